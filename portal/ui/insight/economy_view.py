"""Volym mot kostnad: what the region paid for beside what was done, in words and tables. For the region."""

from collections.abc import Mapping, Sequence

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight.economy import (
    BUDGET,
    COST,
    KRONOR,
    PERCENT,
    TRANSFER,
    Amount,
    CostComparison,
    CostGroup,
    CostLine,
)
from portal.domain.insight.queue import PHASES, STARTED
from portal.domain.registry.values import change
from portal.domain.sources.declared import ECONOMY
from portal.domain.sources.facts import Source
from portal.services.insight import economy
from portal.services.insight.economy import EconomyYear
from portal.ui.base import formats, markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric


TITLE = "Volym mot kostnad"
NO_CAUSE = "Sambandet visar inte orsaken."
# How an indicator is called in the middle of a sentence.
DONE = dict(zip(STARTED, ("första besöken", "startade utredningar", "startade behandlingar"), strict=True))
QUEUE_WORDS = {phase.waiting: f"kön till {phase.awaited}" for phase in PHASES}


def show_effect(source: Source, year: int, user: User) -> None:
    """Show whether the money gave more care, as far as figures can: with the source Ekonomi only."""
    if source is not ECONOMY:
        return
    effect = economy.effect(portal(), user, year)
    comparison = effect.comparison
    st.subheader(f"{TITLE} {year} och {year - 1}", anchor=False)
    st.html("".join(markup.paragraph(sentence) for sentence in answer(effect)))
    _show_lacking(comparison)
    st.html("".join(_table(comparison, group) for group in CostGroup))
    st.caption("Jämförelsen visas aldrig för mottagningarna och står inte i årsuppföljningen.")


def answer(effect: EconomyYear) -> tuple[str, ...]:
    """Say in a few sentences what the money and the care did, and that it shows no cause."""
    comparison = effect.comparison
    year = comparison.year
    if not comparison.is_whole_year:
        text = f"{year} är inte slut: månaderna hittills jämförs inte med hela {year - 1}."
        return (f"{text} Välj {year - 1} för en hel jämförelse.",)
    money = _moved(comparison, {BUDGET: "budgeten", COST: "ersättningen för vårdepisoder"})
    care, queues = _moved(comparison, DONE), _moved(comparison, QUEUE_WORDS)
    if not money or not care:
        return ("Frågan om pengarna gav effekt kan inte besvaras än: se vad som saknas nedan.",)
    text = f"{'; '.join(part for part in (money, care, queues) if part)}. {NO_CAUSE}"
    details = " ".join(
        filter(None, (_transfers(comparison), _per_patient(comparison), _same_clinics(effect)))
    )
    return tuple(filter(None, (text[:1].upper() + text[1:], details)))


def _moved(comparison: CostComparison, words: Mapping[str, str]) -> str:
    """Return `budgeten ökade 25 %, ersättningen 28 %`; what can't be compared is left out."""
    parts, last = [], ""
    for code, name in words.items():
        percent = comparison.of(code).percent
        if percent is None:
            continue
        verb = "ökade" if percent >= 0 else "minskade"
        parts.append(f"{name}{'' if verb == last else f' {verb}'} {formats.percent(abs(percent))}")
        last = verb
    return formats.listed(parts)


def _transfers(comparison: CostComparison) -> str:
    line = comparison.of(TRANSFER)
    transfers = [
        f"{year} fördes {_in_words(abs(amount.value), line)} {'till' if amount.value > 0 else 'från'} vårdvalet."
        for year, amount in ((comparison.year - 1, line.before), (comparison.year, line.now))
        if amount.value
    ]
    return f"{' '.join(transfers)} Om det ingår i budgeten framgår inte av källan." if transfers else ""


def _per_patient(comparison: CostComparison) -> str:
    line = comparison.of("per_active_patients")
    if line.now.value is None or line.before.value is None:
        return ""
    before, now = (_in_words(value, line) for value in (line.before.value, line.now.value))
    return f"Ersättningen per aktuell patient gick från {before} till {now}{_whose_patients(line)}."


def _whose_patients(line: CostLine) -> str:
    """Warn where the patients are those of more or fewer clinics than the year before."""
    if line.clinics is None or line.clinics[0] == line.clinics[1]:
        return ""
    now, before = line.clinics
    return (
        f", men delas med patienterna i {before} mottagningar det första året och {now} det andra: talen kan inte "
        "jämföras rakt av"
    )


def _same_clinics(effect: EconomyYear) -> str:
    """Say what the first visits did where a clinic has both years: the sum grows with every new clinic."""
    if effect.like_for_like is None:
        return ""
    now, before, clinics = effect.like_for_like
    percent = change(now, before, in_points=False)
    if percent is None:
        return ""
    return (
        f"Hos de {clinics} mottagningar som har båda åren var första besöken "
        f"{formats.number(abs(percent))}\u00a0% {'fler' if percent >= 0 else 'färre'}."
    )


def _show_lacking(comparison: CostComparison) -> None:
    """Say what is not entered, year by year, with the way to where it is."""
    for year, before in ((comparison.year, False), (comparison.year - 1, True)):
        if money := comparison.lacking(CostGroup.MONEY, before=before):
            address = markup.link("kallor", kalla=ECONOMY.code, ar=str(year))
            _say_lacking(f"Pengar {year} saknas:", money, before, [(f"Fyll i Ekonomi {year}", address)])
        if volume := comparison.lacking(CostGroup.VOLUME, CostGroup.QUEUE, before=before):
            ways = [
                ("Se på Läget vilka som inte har rapporterat", markup.link("laget")),
                ("Läs in historik", markup.link("historik")),
            ]
            _say_lacking(f"Volym {year} saknas:", volume, before, ways)


def _say_lacking(lead: str, lines: Sequence[CostLine], before: bool, ways: Sequence[tuple[str, str]]) -> None:
    by_reason: dict[str, list[str]] = {}
    for line in lines:
        why = (line.before if before else line.now).why
        by_reason.setdefault(why, []).append(line.label.lower())
    text = "; ".join(f"{', '.join(names)} ({why})" for why, names in by_reason.items())
    st.html(markup.paragraph(f"{text}.", lead=lead) + markup.links(ways))


def _table(comparison: CostComparison, group: CostGroup) -> str:
    rows = [_row(line) for line in comparison.group(group)]
    headings = (group.label, str(comparison.year), str(comparison.year - 1), "Förändring", "I procent")
    caption = f"{group.label} {comparison.year} och {comparison.year - 1}"
    return markup.table(headings, rows, caption=caption, css="economy")


def _row(line: CostLine) -> markup.TableRow:
    return markup.row(
        TableCell(line.label, small=line.basis),
        _cell(line.now, line),
        _cell(line.before, line),
        numeric(_change(line)),
        numeric(formats.change(line.percent, in_points=False)),
    )


def _cell(amount: Amount, line: CostLine) -> TableCell:
    if amount.value is None:
        return markup.missing(amount.why)
    return numeric(_in_words(amount.value, line))


def _change(line: CostLine) -> str:
    if line.change is None:
        return "–"
    if line.unit == PERCENT:
        return formats.change(line.change, in_points=True)
    return formats.signed(line.change) + _unit(line)


def _in_words(value: float, line: CostLine) -> str:
    return formats.percent(value) if line.unit == PERCENT else formats.number(value) + _unit(line)


def _unit(line: CostLine) -> str:
    return "\u00a0kr" if line.unit == KRONOR else ""

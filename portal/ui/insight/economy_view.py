"""Volym mot kostnad: what the region paid for beside what was done, as tiles and tables. For the region."""

from collections.abc import Sequence

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
from portal.domain.insight.queue import STARTED, WAITING
from portal.domain.registry.values import change
from portal.domain.sources.declared import ECONOMY
from portal.domain.sources.facts import Source
from portal.services.insight import economy
from portal.services.insight.economy import EconomyYear
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.base.tiles import NumberTile


TITLE = "Volym mot kostnad"
FOR_THE_REGION = "Jämförelsen visas aldrig för mottagningarna och står inte i årsuppföljningen."
NO_CAUSE = "Sambandet visar inte orsaken."
NOT_ANSWERED = "Frågan om pengarna gav effekt kan inte besvaras än: se vad som saknas nedan."
MILLION = 1_000_000
MOVED = (BUDGET, COST, *STARTED, *WAITING)  # as tiles, where both years have an amount


def show_effect(source: Source, year: int, user: User) -> None:
    """Show whether the money gave more care, as far as figures can: with the source Ekonomi only."""
    if source is not ECONOMY:
        return
    effect = economy.effect(portal(), user, year)
    comparison = effect.comparison
    st.subheader(f"{TITLE} {year}", anchor=False)
    st.html(tiles.numbers(_moved(comparison)) + markup.paragraph(_answer(comparison)))
    _show_lacking(comparison)
    details = _transfers(comparison), _per_patient(comparison), _same_clinics(effect), FOR_THE_REGION
    tables = (_table(comparison, group) for group in CostGroup)
    st.html(tiles.fold("Tabeller", markup.paragraph(" ".join(filter(None, details))), *tables))


def _moved(comparison: CostComparison) -> list[NumberTile]:
    """Return what each amount did, in percent; what can't be compared is left out."""
    lines = [comparison.of(code) for code in MOVED]
    return [
        NumberTile(
            label=line.label,
            value=formats.change(line.percent, in_points=False),
            detail=f"{_short(line.now, line)}, från {_short(line.before, line)}",
        )
        for line in lines
        if line.percent is not None
    ]


def _short(amount: Amount, line: CostLine) -> str:
    """Return an amount with money in millions; the table has it exact."""
    if line.unit != KRONOR:
        return formats.number(amount.value)
    return f"{formats.number((amount.value or 0) / MILLION)}\u00a0mkr"


def _answer(comparison: CostComparison) -> str:
    """Say that what moved shows no cause, or why nothing is compared."""
    year = comparison.year
    if not comparison.is_whole_year:
        return f"{year} är inte slut: månaderna hittills jämförs inte med hela {year - 1}. Välj {year - 1} för en hel jämförelse."
    are_known = any(comparison.of(code).percent is not None for code in (BUDGET, COST))
    are_done = any(comparison.of(code).percent is not None for code in STARTED)
    return NO_CAUSE if are_known and are_done else NOT_ANSWERED


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

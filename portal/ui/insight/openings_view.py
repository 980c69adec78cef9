"""Openings and closings beside the region's figures: new clinics or old ones, and what the neighbours did."""

from collections.abc import Callable

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight.neighbours import Beside, EventKind, OldAndNew, old_and_new
from portal.domain.insight.queue import WAITING
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.domain.registry.months import Month
from portal.services.insight import neighbours
from portal.services.insight.benchmarks import ClinicComparison
from portal.services.insight.neighbours import Openings
from portal.ui.base import formats, markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.words import neighbour_words


NOT_KNOWN = (
    "Var enskilda patienter tar vägen vet portalen inte: inga personuppgifter samlas in, bara antal. En mottagning "
    "kan tappa patienter av andra skäl än att en ny öppnar intill."
)


def show(
    comparison: ClinicComparison, earlier: ClinicComparison, user: User, *, belongs: Callable[[Clinic], bool]
) -> None:
    """Show who stands for the change, and each opening with its neighbours; for patients and queues only."""
    if comparison.indicator.code not in (PATIENTS, *WAITING):
        return
    openings = neighbours.openings(portal(), user, comparison)
    st.subheader("När mottagningar öppnar och stänger", anchor=False)
    if divided := old_and_new(comparison.figures, earlier.figures):
        st.markdown(old_or_new(divided, earlier.last))
    group_names = {clinic.name for clinic, _ in comparison.figures if belongs(clinic)}
    rows = [_row(openings, beside) for beside in openings.beside if beside.event.name in group_names]
    if rows:
        st.html(markup.table(_headings(openings), rows, caption=_caption(openings)))
    else:
        first = portal().calendar.first_month
        st.info(
            f"Ingen av mottagningarna öppnade eller stängde från {first.label} till {openings.now.label}."
        )
    st.caption(" ".join((NOT_KNOWN, *openings.notes)))


def old_or_new(division: OldAndNew, before: Month) -> str:
    """Divide the change in words: the clinics of both periods, those that came, those that went.

    `before`: the month that the earlier sum is of.
    """
    change = division.change
    word = "ökningen" if change > 0 else "minskningen" if change < 0 else "skillnaden"
    grows_all_over = change > 0 and division.same_change >= 0 and not division.went
    start = f"Av {word} {formats.number(division.before)} → {formats.number(division.now)} ({formats.signed(change)})"
    fixed = formats.plural(division.same, "mottagning", "mottagningar")
    same_part = _part(division.same_change, change, grows_all_over)
    clauses = [f"{fixed} som fanns i siffrorna båda gångerna för **{same_part}**{_most(division)}"]
    if division.came:
        clauses.append(
            f"{formats.plural(len(division.came), 'ny', 'nya')} i siffrorna för "
            f"**{_part(division.came_sum, change, grows_all_over)}**, {neighbour_words.came(division.came)}"
        )
    if division.went:
        clauses.append(
            f"{len(division.went)} som saknar värde nu för **{formats.signed(-division.went_sum)}**, "
            f"{neighbour_words.went(division.went)}"
        )
    owed = any(clinic.closed is None for clinic in division.went)
    warning = " De som inte har rapporterat gör summan för låg." if owed else ""
    late_reporters = neighbour_words.opened_before(division.came, before)
    return f"**Gamla eller nya?** {start} står {'; '.join(clauses)}.{late_reporters}{warning}"


def _most(division: OldAndNew) -> str:
    """Name who moved most, up and down: a small sum may hide large movements."""
    if division.same < 2 or not division.largest:
        return ""
    return f": mest {neighbour_words.moves(division.largest)}"


def _part(amount: float, total: float, with_percent: bool) -> str:
    share = f" ({formats.percent(100 * amount / total)})" if with_percent else ""
    return f"{formats.signed(amount)}{share}"


def _unit(indicator: Indicator) -> str:
    return "patienter" if indicator.is_base else "väntande"


def _headings(openings: Openings) -> tuple[str, ...]:
    return (
        "Mottagning",
        "Kommun",
        f"Egna {_unit(openings.indicator)} nu",
        "De andra i kommunen",
        "Månaden före",
        "Samma nu",
        "Ändring",
    )


def _caption(openings: Openings) -> str:
    return (
        f"{openings.indicator.label}: andra mottagningar i samma kommun, tillsammans, sista månaden före händelsen "
        f"och i {openings.now.label}. Bara de som har värde båda månaderna räknas; är ingen annan öppen i kommunen "
        "visas den närmaste kommun som hade en."
    )


def _row(openings: Openings, beside: Beside) -> markup.TableRow:
    event = beside.event
    return markup.row(
        TableCell(event.name, small=event.text),
        event.municipality,
        _own(openings, beside),
        _who(beside),
        numeric(formats.number(beside.before), event.before.label)
        if beside.before is not None
        else markup.missing("inget värde"),
        numeric(formats.number(beside.now)) if beside.now is not None else markup.missing("inget värde"),
        _moved(beside),
    )


def _own(openings: Openings, beside: Beside) -> TableCell:
    if beside.own.value is None:
        has_closed = beside.event.kind is not EventKind.OPENED and beside.event.month < openings.now
        return markup.missing("avslutad" if has_closed else formats.reason(beside.own.reason))
    return numeric(formats.number(beside.own.value))


def _who(beside: Beside) -> TableCell:
    names = ", ".join(clinic.name for clinic in beside.clinics)
    if beside.is_same_municipality:
        return TableCell(names or "ingen med värde båda månaderna")
    return TableCell(
        names or "ingen med värde",
        small=f"ingen annan i {beside.event.municipality}; närmast {beside.municipality}",
    )


def _moved(beside: Beside) -> TableCell:
    if beside.change is None:
        return TableCell("–", css="num")
    percent = "" if beside.percent is None else f"{formats.signed(beside.percent, 1)}\u00a0%"
    return numeric(formats.signed(beside.change), percent)

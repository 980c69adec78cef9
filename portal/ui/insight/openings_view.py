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
    found: ClinicComparison, earlier: ClinicComparison, user: User, *, belongs: Callable[[Clinic], bool]
) -> None:
    """Show who stands for the change, and each opening with its neighbours; for patients and queues only."""
    if found.indicator.code not in (PATIENTS, *WAITING):
        return
    openings = neighbours.openings(portal(), user, found)
    st.subheader("När mottagningar öppnar och stänger", anchor=False)
    if divided := old_and_new(found.figures, earlier.figures):
        st.markdown(old_or_new(divided, earlier.last))
    shown = {clinic.name for clinic, _ in found.figures if belongs(clinic)}
    rows = [_row(openings, one) for one in openings.beside if one.event.name in shown]
    if rows:
        st.html(markup.table(_headings(openings), rows, caption=_caption(openings)))
    else:
        first = portal().calendar.first_month
        st.info(
            f"Ingen av mottagningarna öppnade eller stängde från {first.label} till {openings.now.label}."
        )
    st.caption(" ".join((NOT_KNOWN, *openings.notes)))


def old_or_new(found: OldAndNew, before: Month) -> str:
    """Divide the change in words: the clinics of both periods, those that came, those that went.

    `before`: the month that the earlier sum is of.
    """
    moved = found.change
    word = "ökningen" if moved > 0 else "minskningen" if moved < 0 else "skillnaden"
    grows_all_over = moved > 0 and found.same_change >= 0 and not found.went
    start = (
        f"Av {word} {formats.number(found.before)} → {formats.number(found.now)} ({formats.signed(moved)})"
    )
    fixed = formats.plural(found.same, "mottagning", "mottagningar")
    same = _part(found.same_change, moved, grows_all_over)
    told = [f"{fixed} som fanns i siffrorna båda gångerna för **{same}**{_most(found)}"]
    if found.came:
        told.append(
            f"{formats.plural(len(found.came), 'ny', 'nya')} i siffrorna för "
            f"**{_part(found.came_sum, moved, grows_all_over)}**, {neighbour_words.came(found.came)}"
        )
    if found.went:
        told.append(
            f"{len(found.went)} som saknar värde nu för **{formats.signed(-found.went_sum)}**, "
            f"{neighbour_words.went(found.went)}"
        )
    owed = any(clinic.closed is None for clinic in found.went)
    warning = " De som inte har rapporterat gör summan för låg." if owed else ""
    late = neighbour_words.opened_before(found.came, before)
    return f"**Gamla eller nya?** {start} står {'; '.join(told)}.{late}{warning}"


def _most(found: OldAndNew) -> str:
    """Name who moved most, up and down: a small sum may hide large movements."""
    if found.same < 2 or not found.largest:
        return ""
    return f": mest {neighbour_words.moves(found.largest)}"


def _part(amount: float, whole: float, with_percent: bool) -> str:
    share = f" ({formats.percent(100 * amount / whole)})" if with_percent else ""
    return f"{formats.signed(amount)}{share}"


def _unit(indicator: Indicator) -> str:
    return "patienter" if indicator.code == PATIENTS else "väntande"


def _headings(found: Openings) -> tuple[str, ...]:
    return (
        "Mottagning",
        "Kommun",
        f"Egna {_unit(found.indicator)} nu",
        "De andra i kommunen",
        "Månaden före",
        "Samma nu",
        "Ändring",
    )


def _caption(found: Openings) -> str:
    return (
        f"{found.indicator.label}: andra mottagningar i samma kommun, tillsammans, sista månaden före händelsen "
        f"och i {found.now.label}. Bara de som har värde båda månaderna räknas; är ingen annan öppen i kommunen "
        "visas den närmaste kommun som hade en."
    )


def _row(found: Openings, one: Beside) -> markup.TableRow:
    event = one.event
    return markup.row(
        TableCell(event.name, small=event.text),
        event.municipality,
        _own(found, one),
        _who(one),
        numeric(formats.number(one.before), event.before.label)
        if one.before is not None
        else markup.missing("inget värde"),
        numeric(formats.number(one.now)) if one.now is not None else markup.missing("inget värde"),
        _moved(one),
    )


def _own(found: Openings, one: Beside) -> TableCell:
    if one.own.value is None:
        has_closed = one.event.kind is not EventKind.OPENED and one.event.month < found.now
        return markup.missing("avslutad" if has_closed else formats.reason(one.own.reason))
    return numeric(formats.number(one.own.value))


def _who(one: Beside) -> TableCell:
    names = ", ".join(clinic.name for clinic in one.clinics)
    if one.is_same_municipality:
        return TableCell(names or "ingen med värde båda månaderna")
    return TableCell(
        names or "ingen med värde",
        small=f"ingen annan i {one.event.municipality}; närmast {one.municipality}",
    )


def _moved(one: Beside) -> TableCell:
    if one.change is None:
        return TableCell("–", css="num")
    percent = "" if one.percent is None else f"{formats.signed(one.percent, 1)}\u00a0%"
    return numeric(formats.signed(one.change), percent)

"""Mottagningar, view Ändring: last year and this one as arrows, and what opened and closed since."""

from collections.abc import Sequence

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight import comparing
from portal.domain.insight.neighbours import Beside, EventKind, OldAndNew, old_and_new
from portal.domain.insight.queue import WAITING
from portal.domain.registry.annual import Figure
from portal.domain.registry.changes import change_of
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.domain.registry.months import Month
from portal.services.insight import matrix, neighbours
from portal.services.insight.benchmarks import ClinicComparison
from portal.services.insight.neighbours import Openings
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.base.tiles import NumberTile
from portal.ui.insight import interval_chart
from portal.ui.insight.clinics_view import (
    CHANGE,
    choose_part,
    moved_most,
    period_of,
    show_reading,
    sides,
    table,
)
from portal.ui.insight.interval_chart import Pair
from portal.ui.page import address, folds
from portal.ui.words import findings, neighbour_words


ORDERS = {
    "rapport": ("Rapportens ordning", 0),
    "upp": ("Ökat mest först", 1),
    "ned": ("Minskat mest först", -1),
}
NOT_KNOWN = (
    "Var enskilda patienter tar vägen vet portalen inte: inga personuppgifter samlas in, bara antal. En mottagning "
    "kan tappa patienter av andra skäl än att en ny öppnar intill."
)


def show(comparison: ClinicComparison, earlier: ClinicComparison, user: User, group: Sequence[Pair]) -> None:
    """Show each clinic's figure of the year before and now as an arrow."""
    st.html(tiles.numbers([_moved_tile(comparison, earlier), *_changed_tiles(comparison, earlier, group)]))
    order = address.segment(
        "Ordning",
        list(ORDERS),
        parameter="ordning",
        first=next(iter(ORDERS)),
        words=lambda code: ORDERS[code][0],
        is_label_hidden=True,
    )
    part = choose_part(group)
    rows = interval_chart.in_order(interval_chart.changes_of(comparison, earlier, part), ORDERS[order][1])
    interval_chart.show_changes(comparison, rows)
    show_reading(comparison, CHANGE, _like_for_like(comparison, earlier))
    st.html(tiles.fold("Tabell", table(comparison, earlier, part), is_printed=True))
    if comparison.indicator.code in (PATIENTS, *WAITING):
        with folds.on_demand(
            "När mottagningar öppnar och stänger", key=f"openings-{comparison.indicator.code}"
        ) as is_open:
            if is_open:
                _show_openings(neighbours.openings(portal(), user, comparison), comparison, earlier, group)


def _changed_tiles(
    comparison: ClinicComparison, earlier: ClinicComparison, group: Sequence[Pair]
) -> list[NumberTile]:
    """Name who is better or worse than a year before; of patients, who moved most."""
    indicator, before = comparison.indicator, dict(earlier.figures)
    if indicator.is_base:
        return moved_most(earlier, group)
    placed = [
        (clinic, comparing.moved(indicator, figure, before.get(clinic, Figure()))) for clinic, figure in group
    ]
    return sides(indicator, f"än {period_of(earlier)}", placed)


def _moved_tile(comparison: ClinicComparison, earlier: ClinicComparison) -> NumberTile:
    indicator = comparison.indicator
    amounts = [comparing.compared(indicator, each.region) for each in (earlier, comparison)]
    texts = [findings.charted_alone(indicator, amount) for amount in amounts]
    per = ["per 100 patienter"] if indicator.is_rate else []
    changed = (
        [] if indicator.is_rate else [formats.changed(indicator, change_of(indicator, *reversed(amounts)))]
    )
    return NumberTile(
        label=f"Regionen {period_of(earlier)} → {period_of(comparison)}",
        value=" → ".join(texts),
        detail=" · ".join([*per, *changed]),
    )


def _like_for_like(comparison: ClinicComparison, earlier: ClinicComparison) -> str:
    """Compare with the year before over the clinics that have both: growth is mostly new clinics."""
    like = matrix.like_for_like(comparison, earlier)
    if like is None or like.before.value is None or like.now.value is None:
        return ""
    indicator = comparison.indicator
    return (
        f"**Lika för lika:** de {like.clinics} mottagningar som har värde både {period_of(earlier)} och "
        f"{period_of(comparison)}: {formats.value(indicator, like.before.value)} → "
        f"**{formats.value(indicator, like.now.value)}** ({formats.changed(indicator, like.change)})."
    )


def _show_openings(
    openings: Openings, comparison: ClinicComparison, earlier: ClinicComparison, group: Sequence[Pair]
) -> None:
    """Show who stands for the change, and each opening with its neighbours."""
    if divided := old_and_new(comparison.figures, earlier.figures):
        st.markdown(old_or_new(divided, earlier.last))
    group_names = {clinic.name for clinic, _ in group}
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

"""What may explain an indicator's months, in one list: marks, breaks, neighbours, corrections, plans and comments.

And a place for the clinic to say what it knows.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.insight.stretches import marks
from portal.domain.registry.annual import Figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator
from portal.domain.registry.months import Month
from portal.domain.sources.declared import ENTRY
from portal.services.administration import clinic_register
from portal.services.insight import comments
from portal.services.insight.comments import Comments
from portal.services.insight.indicator_series import Series
from portal.services.plans.plans import FollowedPlan
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.ui.insight import control_chart
from portal.ui.page import pickers
from portal.ui.page.acting import acting, show_outcome
from portal.ui.words import entry_words, month_links, neighbour_words, plan_words, sentences


KEY = "point-comment"
MOST = 30
QUESTION = "Vad kan förklara det?"
WHO_READS = "Regionen läser kommentarerna; andra mottagningar ser dem inte."
CAPTION = f"Vad som är antecknat för månaderna som visas, nyast först. {WHO_READS}"


class Happening(NamedTuple):
    """One thing that is on record of a month."""

    month: Month
    what: str
    text: str
    href: str = ""
    beside: str = ""  # of what it rests on, or by whom and when


def of(series: Series, user: User) -> Comments:
    return comments.of_clinic(portal(), user, clinic=series.clinic.code, indicator=series.indicator)


def show(series: Series, clinic_comments: Comments, plans: Sequence[FollowedPlan], user: User) -> None:
    """Show what may explain the months shown, newest first; the clinic itself can say more."""
    st.subheader(QUESTION, anchor=month_links.WHY)
    place = st.container()
    with place:
        show_outcome()
    happenings = timeline(series, clinic_comments, plans)
    if happenings:
        rows = [
            markup.row(
                happening.month.label,
                happening.what,
                TableCell(happening.text, href=happening.href, small=happening.beside),
            )
            for happening in happenings
        ]
        place.html(markup.table(("Månad", "Vad", "Om det"), rows, caption=CAPTION))
    else:
        place.caption(f"Inget är antecknat för månaderna som visas. {WHO_READS}")
    if isinstance(user, ClinicUser):
        _ask(series, clinic_comments)


def timeline(series: Series, clinic_comments: Comments, plans: Sequence[FollowedPlan]) -> list[Happening]:
    """Return what is on record of the months shown, the newest month first."""
    happenings = [
        *_signals(series),
        *_breaks(series),
        *_entry(series),
        *_neighbours(series),
        *_corrections(series),
        *_plans(series, plans),
        *_comments(series, clinic_comments),
    ]
    return sorted(happenings, key=lambda happening: happening.month, reverse=True)


def _signals(series: Series) -> Iterator[Happening]:
    """The marks of the chart, each with the cases that it rests on."""
    for point, mark in zip(series.points, marks(series.charted), strict=True):
        if mark and mark.is_news:
            text = control_chart.in_words(series.indicator, mark)
            yield Happening(point.month, "Märke", text, beside=sentences.cases(series.indicator, point.own))


def _breaks(series: Series) -> Iterator[Happening]:
    for series_break in series.breaks:
        yield Happening(series_break.month, "Seriebrott", series_break.reason)


def _entry(series: Series) -> Iterator[Happening]:
    if series.entry_start:
        yield Happening(series.entry_start, ENTRY.label, f"Började: {entry_words.COMPARE}")


def _neighbours(series: Series) -> Iterator[Happening]:
    numbers = {event: number for number, event in neighbour_words.numbered(series.neighbours)}
    for event in (*series.neighbours.near, *series.neighbours.elsewhere):
        place = "samma kommun" if event in numbers else event.municipality
        yield Happening(event.month, "Annan mottagning", f"{event.sentence} ({place})")


def _corrections(series: Series) -> Iterator[Happening]:
    for correction in series.corrections:
        before, after = (
            _figure(series.indicator, figure) for figure in (correction.before, correction.after)
        )
        month, clinic = correction.month, series.clinic.code
        yield Happening(
            month,
            "Rättelse",
            f"{before} blev {after}",
            href=markup.link("inlamningar", manad=str(month), mottagning=clinic),
            beside=f"version {correction.version}, {formats.moment(correction.sent_at)}",
        )


def _figure(indicator: Indicator, figure: Figure) -> str:
    return formats.reason(figure.reason) if figure.value is None else formats.figure(indicator, figure)


def _months(series: Series) -> set[Month]:
    return {point.month for point in series.points}


def _plans(series: Series, plans: Sequence[FollowedPlan]) -> Iterator[Happening]:
    """Plans that have begun, in the month they began."""
    months = _months(series)
    for followed in plans:
        plan = followed.plan
        if plan.has_begun and plan.content.starts in months:
            standing = f"{plan.state.label}, {followed.effect.label}"
            yield Happening(
                plan.content.starts,
                "Åtgärd",
                plan.content.action,
                href=plan_words.href(plan),
                beside=standing,
            )


def _comments(series: Series, clinic_comments: Comments) -> Iterator[Happening]:
    months = _months(series)
    for month, comment in clinic_comments.newest.items():
        if month in months:
            version = f", version {comment.version}" if comment.version > 1 else ""
            who = f"{comment.written_by} {formats.moment(comment.written_at)}{version}"
            yield Happening(month, "Kommentar", comment.text, beside=who)


def show_all(indicator: Indicator, user: User) -> None:
    """Show what the clinics say of the indicator; for the region."""
    region_comments = comments.of_region(portal(), user, indicator=indicator, most=MOST)
    if not region_comments:
        return
    names = {clinic.code: clinic.name for clinic in clinic_register.list_clinics(portal(), user)}
    rows = [
        markup.row(
            TableCell(
                names.get(comment.clinic, comment.clinic),
                href=month_links.to_months(comment.clinic, indicator.code, why=comment.month),
            ),
            comment.month.label,
            comment.text,
            f"{comment.written_by} {formats.moment(comment.written_at)}",
        )
        for comment in region_comments
    ]
    st.subheader("Mottagningarnas egna kommentarer", anchor=False)
    st.html(
        markup.table(
            ("Mottagning", "Månad", "Kommentar", "Skriven"), rows, caption=f"{indicator.label}, nyast först"
        )
    )


def _ask(series: Series, clinic_comments: Comments) -> None:
    with st.expander("Kommentera en månad"):
        months = [point.month for point in reversed(series.points)]
        month = pickers.choose_month(months, label="Månad att kommentera")
        key = f"{KEY}-{series.clinic.code}-{series.indicator.code}-{month}"
        comment = clinic_comments.newest.get(month)
        st.text_area(
            "Vad förklarar månaden?",
            value=comment.text if comment else "",
            key=key,
            max_chars=comments.LONGEST_TEXT,
            help="Skriv vad som hände, inget om enskilda. Tom text tar bort kommentaren; det tidigare sparas.",
        )
        st.button(
            "Spara kommentaren",
            on_click=_write,
            args=(
                series.clinic.code,
                series.indicator.code,
                str(month),
                clinic_comments.version_of(month),
                key,
            ),
        )


@acting
def _write(user: User, clinic: str, indicator: str, month: str, base_version: int, key: str) -> None:
    written = comments.write(
        portal(),
        user,
        comments.ClinicPoint(
            clinic=clinic, indicator=INDICATORS_BY_CODE[indicator], month=Month.parse(month)
        ),
        text=session.value_of(key),
        base_version=base_version,
    )
    if written is None:
        session.note_message("Inget är ändrat.")
    else:
        session.note_message("Kommentaren är sparad." if written.text else "Kommentaren är borttagen.")

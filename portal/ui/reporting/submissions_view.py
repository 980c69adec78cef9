"""The parts of Inlämningar: the months as marks; behind each what happened to it, its values, its receipt."""

from collections.abc import Sequence
from typing import Any, Literal

import streamlit as st
from markupsafe import Markup

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month, months_of_year
from portal.domain.reporting.submissions import MonthState, State, Submission
from portal.domain.reporting.texts import plain
from portal.services.reporting import versions
from portal.services.reporting.versions import Pair, VersionComparison
from portal.services.review.reviews import ReviewCase, ReviewLine
from portal.services.review.status import StripMonth
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.login import auth
from portal.ui.page import address, frame
from portal.ui.page.navigation import page_path
from portal.ui.reporting import receipts
from portal.ui.words import correcting


def choose_month(strip: Sequence[StripMonth]) -> StripMonth | None:
    """Return the month in the address, otherwise the newest that is sent or asks for something."""
    asked = address.text_of("manad")
    for strip_month in strip:
        if str(strip_month.month) == asked:
            return strip_month
    if asked:
        st.info(f"”{plain(asked)}” är ingen månad som ni rapporterar. Välj en nedan.")
    return next((strip_month for strip_month in strip if strip_month.state is not MonthState.OPEN), None)


def show_strip(strip: Sequence[StripMonth], clinic: str, chosen: Month | None) -> None:
    """Show every month as a mark, a row per year; each leads to what lies behind it."""
    years = sorted({strip_month.month.year for strip_month in strip}, reverse=True)
    by_month = {strip_month.month: strip_month for strip_month in strip}
    rows = [
        markup.row(str(year), *(_mark(by_month.get(month), clinic, chosen) for month in months_of_year(year)))
        for year in years
    ]
    names = [month.short[:3] for month in months_of_year(years[0])]
    table = markup.table(("År", *names), rows, caption="Månader per år", cards=False, css="grid years")
    marks = dict.fromkeys((strip_month.state.symbol, strip_month.state.label) for strip_month in strip)
    st.html(markup.joined([markup.beside("Månad för månad", list(marks)), table]))


def _mark(strip_month: StripMonth | None, clinic: str, chosen: Month | None) -> TableCell:
    if strip_month is None:
        return TableCell("")
    state, month = strip_month.state, strip_month.month
    return TableCell(
        state.symbol,
        css=f"center {state.value}{' chosen' if month == chosen else ''}",
        href=markup.link("inlamningar", mottagning=clinic, manad=str(month)),
        small=f"v\u00a0{strip_month.version}" if strip_month.version > 1 else "",
        said=f"{month.label}, {state.label}",
    )


def show_unsent(user: User, strip_month: StripMonth, clinic: str) -> None:
    """Say that a month is not sent, by when it is due, and lead to where it is reported."""
    month, state = strip_month.month, strip_month.state
    st.subheader(f"{month.label.capitalize()}: {state.label}", anchor=False)
    if state is MonthState.NOT_OWED:
        st.text("Mottagningen var inte öppen.")
        return
    st.text(f"Inget är inskickat. Sista dag {formats.day_and_year(strip_month.last_day)}.")
    if isinstance(user, ClinicUser) and st.button(f"Rapportera {month.label}", type="primary"):
        _go_to_reporting(clinic, month)


def _go_to_reporting(clinic: str, month: Month) -> None:
    st.switch_page(page_path("submit"), query_params={"manad": str(month), frame.PARAMETER: clinic})


def show_case(user: User, case: ReviewCase) -> None:
    """Show one month: where it stands, what to do, the conversation, and folded its values and versions."""
    submission = case.submission
    st.subheader(
        f"{submission.month.label.capitalize()}, version {submission.version}: {submission.state.label}",
        anchor=False,
    )
    st.caption(
        f"Skickad av {submission.sent_by} {formats.moment(submission.sent_at)}, genom {submission.door.label}"
        + (f" ({plain(submission.file_name)})." if submission.file_name else ".")
    )
    _offer_what_to_do(user, case)
    parts = [conversation(case), tiles.fold(f"Alla {len(case.lines)} värden", lines(case))]
    if isinstance(user, ClinicUser):
        parts.append(correcting.fold(portal().rules))
    st.html(markup.joined(parts))
    if len(case.versions) > 1:
        with st.expander("Jämför två versioner"):
            _show_versions(user, case)


def _offer_what_to_do(user: User, case: ReviewCase) -> None:
    submission = case.submission
    clinic, month, version = case.clinic.code, submission.month, submission.version
    with st.container(horizontal=True):
        if isinstance(user, ClinicUser):
            type_: Literal["primary", "secondary"] = (
                "primary" if submission.state is State.RETURNED else "secondary"
            )
            if st.button(f"Rätta {month.label}", icon=":material/edit:", type=type_):
                _go_to_reporting(clinic, month)
        _offer_receipt(case)
        _offer_file(user, case, version)


def _offer_receipt(case: ReviewCase) -> None:
    submission = case.submission
    month, version = submission.month, submission.version
    text = receipts.text(
        [f"{case.clinic.name}, {month.label}, version {version} ({submission.state.label})"],
        sent_by=submission.sent_by,
        sent_at=submission.sent_at,
        file_name=submission.file_name,
        counts=submission,
    )
    receipts.offer(text, name=f"kvitto-{case.clinic.code}-{month}-v{version}.txt")


def _offer_file(user: User, case: ReviewCase, version: int) -> None:
    """Offer the file a version came as, where the user may have it."""
    clinic, month = case.clinic.code, case.submission.month
    if not versions.may_fetch_file(portal(), user, clinic=clinic, month=month, version=version):
        return
    name = next(submission.file_name for submission in case.versions if submission.version == version)
    sid = auth.session_id()
    st.download_button(
        "Hämta filen",
        data=lambda: _fetched(sid, clinic, month, version),
        file_name=frame.file_name(name or f"{clinic}-{month}"),
        mime="application/octet-stream",
        on_click="ignore",
        icon=":material/description:",
        key=f"file-{clinic}-{month}-{version}",
        help=f"Filen som version {version} kom som. Att den hämtas skrivs i loggen.",
    )


def _fetched(sid: str, clinic: str, month: Month, version: int) -> bytes:
    """Run when the button is pressed, outside the page: asks again who it is."""
    return versions.fetch_file(portal(), auth.who_clicked(sid), clinic=clinic, month=month, version=version)[
        1
    ]


def _show_versions(user: User, case: ReviewCase) -> None:
    """Put two versions side by side, the newest two to begin with."""
    clinic, month = case.clinic.code, case.submission.month
    numbers = [submission.version for submission in case.versions]
    by_number = {submission.version: submission for submission in case.versions}
    left_column, right_column = st.columns(2)
    choices: dict[str, Any] = {
        "options": numbers,
        "words": lambda number: _version_label(by_number[number]),
    }
    case_name = f"{clinic}-{month}"
    with left_column:
        earlier = address.select("Version", parameter=f"version-{case_name}", first=numbers[1], **choices)
    with right_column:
        later = address.select("Jämfört med", parameter=f"mot-{case_name}", first=numbers[0], **choices)
    comparison = versions.compare(portal(), user, clinic=clinic, month=month, earlier=earlier, later=later)
    if comparison is None:
        return
    st.html(
        markup.table(
            ("", f"Version {earlier}", f"Version {later}"),
            _facts(comparison),
            caption="Vem, när och genom vilken dörr",
        )
    )
    st.html(
        markup.table(
            ("Mått", f"Version {earlier}", f"Version {later}", "Skillnad"),
            [_pair(pair) for pair in comparison.pairs],
            caption=f"{formats.plural(comparison.changed, 'värde', 'värden')} skiljer sig mellan versionerna.",
        )
    )
    if earlier != case.submission.version:
        _offer_file(user, case, earlier)


def _version_label(submission: Submission) -> str:
    return f"Version {submission.version}, {formats.moment(submission.sent_at)}"


def _facts(comparison: VersionComparison) -> list[markup.TableRow]:
    both = (comparison.earlier, comparison.later)
    return [
        markup.row("Skickad av", *(submission.sent_by for submission in both)),
        markup.row("När", *(formats.moment(submission.sent_at) for submission in both)),
        markup.row(
            "Genom", *(TableCell(submission.door.label, small=submission.file_name) for submission in both)
        ),
        markup.row("Läge", *(submission.state.label for submission in both)),
        markup.row("Varför rättad", *(submission.reason or "–" for submission in both)),
        markup.row("Om avvikande värden", *(submission.note or "–" for submission in both)),
    ]


def _pair(pair: Pair) -> markup.TableRow:
    return markup.row(
        MEASURES_BY_CODE[pair.measure].label,
        numeric(formats.answer(pair.earlier)),
        numeric(formats.answer(pair.later)),
        TableCell("ändrad" if pair.is_changed else "samma", css="worse" if pair.is_changed else ""),
    )


def conversation(case: ReviewCase) -> Markup:
    """Return what has happened to each version of the month, and what was said."""
    rows = [
        markup.row(
            f"Version {comment.version}",
            comment.event,
            comment.by,
            formats.moment(comment.at),
            comment.text or "–",
        )
        for comment in case.comments
    ]
    table = markup.table(("Version", "Vad", "Vem", "När", "Kommentar"), rows, caption="Vad som har hänt")
    if case.submission.note in ("", *(comment.text for comment in case.comments)):
        return table
    note = markup.paragraph(f"”{case.submission.note}”", lead="Mottagningen om avvikande värden:")
    return markup.joined([table, note])


def lines(case: ReviewCase) -> Markup:
    """Return the values beside the clinic's own past."""
    has_earlier = any(line.previous_version for line in case.lines)
    headings = ["Mått", "Skickat", "Månaden före", "Samma månad i fjol", "Väntat"]
    if has_earlier:
        headings.append("Förra versionen")
    rows = [_line(line, has_earlier=has_earlier) for line in case.lines]
    caption = "Värdena mot mottagningens eget förflutna. Väntat är det spann som de tidigare månaderna ger."
    table = markup.table(headings, rows, caption=caption)
    if not case.not_answered:
        return table
    labels = "; ".join(measure.label for measure in case.not_answered)
    return markup.joined(
        [table, markup.paragraph(f"Frivilliga mått som inte är ifyllda: {labels}.", css="note")]
    )


def _line(line: ReviewLine, *, has_earlier: bool) -> markup.TableRow:
    cells = [
        TableCell(MEASURES_BY_CODE[line.measure].label),
        TableCell(
            formats.answer(line.sent),
            css="num worse" if line.is_warned_of else "num",
            small="! avviker" if line.is_warned_of else "",
        ),
        numeric(formats.answer(line.month_before)),
        numeric(formats.answer(line.year_before)),
        numeric(formats.bounds(line.expected)),
    ]
    if has_earlier:
        changed = line.previous_version != line.sent
        cells.append(numeric(formats.answer(line.previous_version), "ändrad" if changed else ""))
    return markup.TableRow(tuple(cells))

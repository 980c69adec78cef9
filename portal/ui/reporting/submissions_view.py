"""The parts of Inlämningar: every version, what happened to it, its values, its receipt."""

from typing import Any, Literal

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import MonthState, State, Submission
from portal.domain.reporting.texts import plain
from portal.services.context import DEMO_LABEL
from portal.services.reporting import versions
from portal.services.reporting.versions import Pair, VersionComparison
from portal.services.review import reviews
from portal.services.review.reviews import ReviewCase, ReviewLine
from portal.ui.base import formats, markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.login import auth
from portal.ui.page import address, frame
from portal.ui.page.navigation import page_path
from portal.ui.words import correcting


def show_list(user: User, clinic: str) -> list[Month]:
    """Show every version, newest month first; returns the months that have one."""
    submissions = reviews.list_of_clinic(portal(), user, clinic=clinic)
    if not submissions:
        st.info("Inget är inskickat än. Börja på sidan Rapportera: där finns blanketten.")
        return []
    rows = [_sent(submission, clinic) for submission in submissions]
    headings = ("Månad", "Version", "Läge", "Skickad", "Av", "Värden", "Fil")
    st.html(
        markup.table(headings, rows, caption="Allt som skickats, nyaste månaden först. Inget skrivs över.")
    )
    return sorted({submission.month for submission in submissions}, reverse=True)


def _sent(submission: Submission, clinic: str) -> markup.TableRow:
    state = MonthState(submission.state.value)
    label = f"{state.symbol} {state.label}" if submission.is_current else "ersatt av en nyare version"
    return markup.row(
        TableCell(
            submission.month.label,
            href=markup.link("inlamningar", manad=str(submission.month), mottagning=clinic),
        ),
        numeric(str(submission.version)),
        TableCell(label, css="worse" if submission.is_current and submission.state is State.RETURNED else ""),
        formats.moment(submission.sent_at),
        submission.sent_by,
        TableCell(
            formats.plural(submission.read, "värde", "värden"),
            small=f"{submission.new} nya, {submission.changed} ändrade, {submission.unchanged} oförändrade",
        ),
        submission.file_name or submission.door.label,
    )


def show_case(user: User, case: ReviewCase) -> None:
    """Show one month: where it stands, what to do, the conversation, the values, its versions."""
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
    show_conversation(case)
    show_lines(case)
    if len(case.versions) > 1:
        _show_versions(user, case)


def _offer_what_to_do(user: User, case: ReviewCase) -> None:
    submission = case.submission
    clinic, month, version = case.clinic.code, submission.month, submission.version
    with st.container(horizontal=True):
        if isinstance(user, ClinicUser):
            type_: Literal["primary", "secondary"] = (
                "primary" if submission.state is State.RETURNED else "secondary"
            )
            if st.button("Rätta", icon=":material/edit:", type=type_):
                st.switch_page(
                    page_path("submit"),
                    query_params={"manad": str(month), frame.PARAMETER: clinic},
                )
        st.download_button(
            "Ladda ner kvittot",
            data=receipt(case).encode("utf-8-sig"),
            file_name=frame.file_name(f"kvitto-{clinic}-{month}-v{version}.txt"),
            mime="text/plain",
            on_click="ignore",
            icon=":material/download:",
        )
        _offer_file(user, case, version)
    if isinstance(user, ClinicUser):
        correcting.show(portal().rules)


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
    st.markdown("##### Jämför två versioner")
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


def show_conversation(case: ReviewCase) -> None:
    """Show what has happened to each version of the month, and what was said."""
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
    st.html(markup.table(("Version", "Vad", "Vem", "När", "Kommentar"), rows, caption="Vad som har hänt"))
    if case.submission.note:
        st.text(f"Mottagningens förklaring till avvikande värden: {case.submission.note}")


def show_lines(case: ReviewCase) -> None:
    """Show the values beside the clinic's own past."""
    has_earlier = any(line.previous_version for line in case.lines)
    headings = ["Mått", "Skickat", "Månaden före", "Samma månad i fjol", "Väntat"]
    if has_earlier:
        headings.append("Förra versionen")
    rows = [_line(line, has_earlier=has_earlier) for line in case.lines]
    st.html(
        markup.table(
            headings,
            rows,
            caption="Värdena mot mottagningens eget förflutna. Väntat är det spann som de tidigare månaderna ger.",
        )
    )
    if case.not_answered:
        labels = "; ".join(measure.label for measure in case.not_answered)
        st.caption(f"Frivilliga mått som inte är ifyllda: {labels}.")


def _line(line: ReviewLine, *, has_earlier: bool) -> markup.TableRow:
    expected = "–"
    if line.expected:
        expected = f"{formats.number(line.expected[0])}–{formats.number(line.expected[1])}"
    outside = line.is_outside
    cells = [
        TableCell(MEASURES_BY_CODE[line.measure].label),
        TableCell(
            formats.answer(line.sent),
            css="num worse" if outside else "num",
            small="! utanför väntat" if outside else "",
        ),
        numeric(formats.answer(line.month_before)),
        numeric(formats.answer(line.year_before)),
        numeric(expected),
    ]
    if has_earlier:
        changed = line.previous_version != line.sent
        cells.append(numeric(formats.answer(line.previous_version), "ändrad" if changed else ""))
    return markup.TableRow(tuple(cells))


def receipt(case: ReviewCase) -> str:
    """Return the receipt of a version as text, line by line."""
    submission = case.submission
    lines = [
        "KVITTO",
        "Vårdval BUP, Region Dalarna",
        "",
        f"{case.clinic.name}, {submission.month.label}, version {submission.version} ({submission.state.label})",
        f"Inskickad av {submission.sent_by} {formats.moment(submission.sent_at)}",
        f"Fil: {submission.file_name}" if submission.file_name else "Ifylld i formuläret",
        f"Lästa värden: {submission.read} (nya {submission.new}, ändrade {submission.changed}, oförändrade {submission.unchanged})",
        f"{'Filens' if submission.file_name else 'Uppgifternas'} fingeravtryck (SHA-256): {submission.sha256}",
    ]
    if portal().is_demo:
        lines.append(DEMO_LABEL)
    return "\r\n".join(lines)

"""The parts of Inlämningar: every version, what happened to it, its values, its receipt."""

import streamlit as st

from portal.domain.access import User
from portal.domain.measures import MEASURES_BY_CODE
from portal.domain.months import Month
from portal.domain.submissions import MonthState, State, Submission
from portal.services import reviews
from portal.services.context import DEMO_LABEL
from portal.services.reviews import Case, ReviewLine
from portal.ui import formats, frame, markup
from portal.ui.context import portal
from portal.ui.markup import Cell, numeric


def show_list(user: User, clinic: str) -> list[Month]:
    """Show every version, newest month first; returns the months that have one."""
    sent = reviews.list_of_clinic(portal(), user, clinic=clinic)
    if not sent:
        st.info("Inget är inskickat än. Börja på sidan Rapportera: där finns blanketten.")
        return []
    rows = [_sent(found, clinic) for found in sent]
    headings = ("Månad", "Version", "Läge", "Skickad", "Av", "Värden", "Fil")
    st.html(
        markup.table(headings, rows, caption="Allt som skickats, nyaste månaden först. Inget skrivs över.")
    )
    return sorted({found.month for found in sent}, reverse=True)


def _sent(found: Submission, clinic: str) -> markup.Row:
    state = MonthState(found.state.value)
    label = f"{state.symbol} {state.label}" if found.is_current else "ersatt av en nyare version"
    return markup.row(
        Cell(
            found.month.label,
            href=markup.link("inlamningar", manad=str(found.month), mottagning=clinic),
        ),
        numeric(str(found.version)),
        Cell(label, css="worse" if found.is_current and found.state is State.RETURNED else ""),
        formats.moment(found.sent_at),
        found.sent_by,
        Cell(
            formats.plural(found.read, "värde", "värden"),
            small=f"{found.new} nya, {found.changed} ändrade, {found.unchanged} oförändrade",
        ),
        found.file_name or found.door.label,
    )


def show_case(case: Case) -> None:
    """Show one month: where it stands, the conversation, the values beside their history."""
    sent = case.submission
    st.subheader(f"{sent.month.label.capitalize()}, version {sent.version}: {sent.state.label}", anchor=False)
    show_conversation(case)
    show_lines(case)
    st.download_button(
        "Ladda ner kvittot",
        data=receipt(case).encode("utf-8-sig"),
        file_name=frame.file_name(f"kvitto-{case.clinic.code}-{sent.month}-v{sent.version}.txt"),
        mime="text/plain",
        on_click="ignore",
        icon=":material/download:",
    )


def show_conversation(case: Case) -> None:
    rows = [
        markup.row(
            f"Version {comment.version}",
            comment.what,
            comment.by,
            formats.moment(comment.at),
            comment.text or "–",
        )
        for comment in case.comments
    ]
    st.html(markup.table(("Version", "Vad", "Vem", "När", "Kommentar"), rows, caption="Vad som har hänt"))
    if case.submission.note:
        st.text(f"Mottagningens förklaring till avvikande värden: {case.submission.note}")


def show_lines(case: Case) -> None:
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


def _line(line: ReviewLine, *, has_earlier: bool) -> markup.Row:
    expected = "–"
    if line.expected:
        expected = f"{formats.number(line.expected[0])}–{formats.number(line.expected[1])}"
    outside = line.is_outside
    cells = [
        Cell(MEASURES_BY_CODE[line.measure].label),
        Cell(
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
    return markup.Row(tuple(cells))


def receipt(case: Case) -> str:
    sent = case.submission
    lines = [
        "KVITTO",
        "Vårdval BUP, Region Dalarna",
        "",
        f"{case.clinic.name}, {sent.month.label}, version {sent.version} ({sent.state.label})",
        f"Inskickad av {sent.sent_by} {formats.moment(sent.sent_at)}",
        f"Fil: {sent.file_name or '–'}",
        f"Lästa värden: {sent.read} (nya {sent.new}, ändrade {sent.changed}, oförändrade {sent.unchanged})",
        f"SHA-256: {sent.sha256}",
    ]
    if portal().is_demo:
        lines.append(DEMO_LABEL)
    return "\r\n".join(lines)

"""The parts of Rapportera: two doors, what is wrong, the preview, send, the receipt."""

from dataclasses import dataclass
from itertools import groupby

import streamlit as st

from portal.domain.access import User
from portal.domain.measures import MEASURES_BY_CODE
from portal.domain.months import Month
from portal.domain.problems import NOWHERE, Problem
from portal.domain.submissions import State
from portal.services import reporting
from portal.services.context import DEMO_LABEL
from portal.services.reporting import Line, MonthPreview, Receipt, Upload
from portal.ui import auth, formats, frame, markup, session
from portal.ui.context import portal
from portal.ui.markup import Cell, numeric


MOST_PROBLEMS = 50
MISSING = "value.missing"
CHANGES = {"new": "ny", "changed": "ändrad", "unchanged": "oförändrad", "empty": "tom"}


@dataclass(frozen=True, slots=True)
class ChosenFile:
    name: str
    content: bytes


def choose_month(user: User, clinic: str) -> Month | None:
    """Return the month to report, the due one first; `?manad=` chooses another."""
    months = reporting.due_months(portal(), user, clinic=clinic)
    if not months:
        st.info("Ni har ingen månad att rapportera än. Den första visas här när den är slut.")
        return None
    asked = st.query_params.get("manad", "")
    index = next((place for place, month in enumerate(months) if str(month) == asked), 0)
    return st.selectbox("Månad", months, index=index, format_func=lambda month: month.label)


def show_template(user: User, clinic: str, month: Month) -> None:
    st.markdown(f"##### 1. Hämta blanketten för {month.label}")
    st.markdown(
        "Den är förifylld med ert namn, förra månadens värden som stöd och det ni redan skickat. "
        "Fyll i kolumnen för månaden och spara."
    )
    st.download_button(
        "Ladda ner blanketten (Excel)",
        data=lambda: reporting.write_template(portal(), user, clinic=clinic, months=[month]),
        file_name=frame.file_name(f"blankett-{clinic}-{month}.xlsx"),
        mime="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )


def ask_for_file() -> ChosenFile | None:
    st.markdown("##### 2. Lämna in den ifyllda filen")
    st.markdown("Excel (.xlsx) eller CSV, högst 2 MB. Inget sparas förrän du trycker på *Skicka in*.")
    found = st.file_uploader(
        "Ifylld blankett eller lång fil",
        type=["xlsx", "csv"],
        key=f"upload-{session.upload_round()}",
        label_visibility="collapsed",
    )
    return ChosenFile(found.name, found.getvalue()) if found else None


def show_problems(upload: Upload) -> None:
    """Say what is wrong, errors only: each with its cell, what stood there, how to mend it."""
    where = " i " + reporting.safe_name(upload.name)
    if any(problem.code == "privacy.personal_number" for problem in upload.errors):
        where = ""  # the number may stand in the file's name
    st.error(
        f"{len(upload.errors)} fel{where}. Inget är sparat. Rätta i filen och ladda upp den igen.",
        icon=":material/error:",
    )
    _show_notices(upload)
    with_place = [problem for problem in upload.errors if problem.place != NOWHERE]
    with_place.sort(key=lambda problem: problem.place.row or 0)
    without = [problem for problem in upload.errors if problem.place == NOWHERE]
    rows = [_problem(problem) for problem in with_place[:MOST_PROBLEMS]]
    rows += [_problem(problem) for problem in without if problem.code != MISSING]
    rows += _missing([problem for problem in without if problem.code == MISSING])
    st.html(
        markup.table(
            ("Var", "Mått", "Det stod", "Vad är fel och hur rättar man"),
            rows,
            caption="Fel att rätta, i filens ordning",
        )
    )
    if len(with_place) > MOST_PROBLEMS:
        st.caption(f"De första {MOST_PROBLEMS} visas. Rätta dem och ladda upp igen, så visas resten.")


def _problem(problem: Problem) -> markup.Row:
    place = " ".join(filter(None, (problem.place.sheet, problem.place.cell)))
    row = f"rad {problem.place.row}" if problem.place.row else "Filen"
    measure = MEASURES_BY_CODE.get(problem.measure or "")
    return markup.row(
        Cell(place or row),
        measure.label if measure else "–",
        problem.read if problem.read is not None else "–",
        problem.message,
    )


def _missing(problems: list[Problem]) -> list[markup.Row]:
    """Say once per clinic and month which measures the file lacks altogether."""
    by_month: dict[tuple[str | None, Month | None], list[str]] = {}
    for problem in problems:
        by_month.setdefault((problem.clinic, problem.month), []).append(
            MEASURES_BY_CODE[problem.measure or ""].label
        )
    return [
        markup.row(
            "Filen",
            Cell(formats.plural(len(labels), "mått", "mått"), small=month.label if month else ""),
            "–",
            f"Värde saknas för {', '.join(labels)}. Lägg till dem: ett antal, 0 om det inte var några, "
            "eller ett skäl som ”mäts inte”.",
        )
        for (_, month), labels in by_month.items()
    ]


def show_preview(upload: Upload) -> None:
    _show_notices(upload)
    for found in upload.months:
        st.subheader(f"{found.clinic.name}, {found.month.label}", anchor=False)
        version = f" Ersätter version {found.base_version}." if found.base else ""
        st.caption(
            f"{found.count('new')} nya, {found.count('changed')} ändrade, "
            f"{found.count('unchanged')} oförändrade värden.{version}"
        )
        headings = ("Mått", "Läst", "Månaden före", "Samma månad i fjol", "Väntat", "Ändring")
        st.html(
            markup.table(
                headings,
                [_line(line, found) for line in found.lines],
                caption="Så här läste vi filen. Väntat är vad ert eget förflutna brukar ge.",
            )
        )


def _line(line: Line, found: MonthPreview) -> markup.Row:
    expected = "–"
    if line.expected:
        expected = f"{formats.number(line.expected[0])}–{formats.number(line.expected[1])}"
    before = f"tidigare {formats.answer(line.stored)}" if line.change == "changed" else ""
    return markup.row(
        MEASURES_BY_CODE[line.measure].label,
        numeric(formats.answer(line.read)),
        numeric(formats.answer(line.month_before)),
        numeric(formats.answer(line.year_before)),
        numeric(expected),
        Cell(CHANGES[line.change], small=before),
    )


def _show_notices(upload: Upload) -> None:
    for notice in upload.notices:
        st.info(notice, icon=":material/info:")


def send(user: User, file: ChosenFile, upload: Upload) -> None:
    """Ask for what sending needs, and send; a form, so that nothing is read again in between."""
    is_correction = any(found.base for found in upload.months)
    is_returned = any(found.base and found.base.state is State.RETURNED for found in upload.months)
    if not any(found.count("new") or found.count("changed") for found in upload.months) and not is_returned:
        st.info("Filen innehåller samma värden som redan är inskickade. Det finns inget att skicka.")
        return
    with st.form("send", border=True):
        note = _ask_about_warnings(upload)
        reason = ""
        if is_correction:
            label = "Svar på regionens kommentar" if is_returned else "Varför rättar ni?"
            reason = st.text_area(label, max_chars=500, key="reason")
        sent = st.form_submit_button("Skicka in", type="primary")
    if sent and _is_complete(upload, note=note, reason=reason, is_correction=is_correction):
        _commit(user, file, upload, note=note, reason=reason)


def _ask_about_warnings(upload: Upload) -> str:
    if not upload.warnings:
        return ""
    st.warning(
        f"{formats.plural(len(upload.warnings), 'värde', 'värden')} avviker från vad ni brukar ha. "
        "Stämmer de, skriv varför. Stämmer de inte, rätta filen och ladda upp igen.",
        icon=":material/warning:",
    )
    for group, problems in groupby(upload.warnings, key=lambda problem: problem.code):
        del group
        st.text("\n".join(problem.message for problem in problems))
    return st.text_area("Varför stämmer värdena?", max_chars=500, key="note")


def _is_complete(upload: Upload, *, note: str, reason: str, is_correction: bool) -> bool:
    if upload.warnings and not note.strip():
        st.error("Skriv varför de avvikande värdena stämmer.")
        return False
    if is_correction and not reason.strip():
        st.error("Skriv varför ni rättar, så förstår regionen ändringen.")
        return False
    return True


def _commit(user: User, file: ChosenFile, upload: Upload, *, note: str, reason: str) -> None:
    auth.still_user()
    try:
        receipt = reporting.commit(
            portal(),
            user,
            name=file.name,
            content=file.content,
            base_versions=upload.base_versions,
            confirm_warnings=bool(upload.warnings),
            note=note,
            reason=reason,
        )
    except reporting.Conflict as conflict:
        st.error(str(conflict))
        return
    except reporting.Rejected as rejected:
        st.error(f"Inget är sparat: {rejected.problems[0].message}")
        return
    session.note_receipt(_receipt_text(receipt, upload, user))
    session.start_next_upload()
    st.rerun()


def _receipt_text(receipt: Receipt, upload: Upload, user: User) -> str:
    names = {found.clinic.code: found.clinic.name for found in upload.months}
    lines = ["KVITTO", "Vårdval BUP, Region Dalarna", ""]
    lines += [
        f"{names[clinic]}, {month.label}, version {version}" for clinic, month, version in receipt.submissions
    ]
    lines += [
        f"Inskickad av {user.name} ({user.username}) {formats.moment(portal().clock.now)}",
        f"Fil: {reporting.safe_name(upload.name)}",
        f"Lästa värden: {receipt.read}",
        f"Nya {receipt.new}, ändrade {receipt.changed}, oförändrade {receipt.unchanged}",
        f"SHA-256: {receipt.sha256}",
    ]
    if portal().is_demo:
        lines.append(DEMO_LABEL)
    return "\n".join(lines)


def show_receipt() -> bool:
    """Show what was just sent, and what happens next; tells whether there was anything to show."""
    text = session.receipt()
    if not text:
        return False
    st.success("Tack! Månaden är inskickad.", icon=":material/check_circle:")
    st.code(text, language=None, wrap_lines=True)
    st.markdown(
        "Regionen granskar. Era egna värden syns redan i Översikt. Regionens värde släpps den "
        f"{portal().calendar.release_day}:e i månaden efter."
    )
    left, right = st.columns(2)
    left.download_button(
        "Ladda ner kvittot",
        data=text.encode("utf-8-sig"),
        file_name=frame.file_name(f"kvitto-{session.upload_round()}.txt"),
        mime="text/plain",
        on_click="ignore",
        width="stretch",
    )
    right.button("Rapportera en månad till", on_click=session.forget_receipt, width="stretch")
    return True


def refuse(user: User, upload: Upload) -> None:
    """Keep once per file that it was refused."""
    if session.is_new_rejection(upload.sha256):
        reporting.record_rejection(portal(), user, name=upload.name, problems=upload.errors)

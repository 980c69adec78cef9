"""The parts of Rapportera: two doors, what is wrong, the preview, send, the receipt."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import streamlit as st

from portal.domain.access import AccessDenied, User
from portal.domain.measures import MEASURES_BY_CODE
from portal.domain.months import Month, latest_whole_month
from portal.domain.problems import NOWHERE, Problem
from portal.domain.submissions import Door, Submission, needs_answer
from portal.services import accounts, drafts, reporting
from portal.services.context import DEMO_LABEL
from portal.services.month_preview import MonthPreview
from portal.services.reporting import Key, Receipt, Upload
from portal.ui import auth, form_view, formats, frame, markup, preview_view, session
from portal.ui.context import portal
from portal.ui.markup import Cell
from portal.uploads import marking
from portal.uploads.form import parse_form
from portal.uploads.parsing import Parsed


MOST_PROBLEMS = 50
MISSING = "value.missing"
FILE, FORM = "Ladda upp fil", "Fyll i här"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """The first door: a file."""

    name: str
    content: bytes

    read_from = "filen"

    def preview(self, user: User) -> Upload:
        return reporting.preview(portal(), user, name=self.name, content=self.content)

    def commit(self, user: User, **details: Any) -> Receipt:
        return reporting.commit(portal(), user, name=self.name, content=self.content, **details)

    def leave(self) -> None:
        session.start_next_upload()


@dataclass(frozen=True, slots=True)
class FilledForm:
    """The second door: the month filled in here."""

    clinic: str
    month: Month
    texts: Mapping[str, str]

    read_from = "formuläret"

    def preview(self, user: User) -> Upload:
        return reporting.preview_parsed(portal(), user, self._parsed(), name="")

    def commit(self, user: User, **details: Any) -> Receipt:
        return reporting.commit_parsed(portal(), user, self._parsed(), name="", door=Door.FORM, **details)

    def leave(self) -> None:
        form_view.leave(self.clinic, self.month)

    def _parsed(self) -> Parsed:
        return parse_form(self.clinic, self.month, self.texts)


Source = ChosenFile | FilledForm


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
        mime=EXCEL,
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


def choose_source(user: User, clinic: str, month: Month) -> Source | None:
    """Show the two doors; returns what came in through the chosen one, once there is something."""
    if _choose_door(user, clinic, month) == FORM:
        texts = form_view.show(user, clinic, month)
        if texts is None:
            session.forget_seen_bases()
        return None if texts is None else FilledForm(clinic, month, texts)
    left, right = st.columns(2, border=True)
    with left:
        show_template(user, clinic, month)
    with right:
        file = ask_for_file()
    if file is None:
        session.forget_seen_bases()
    return file


def _choose_door(user: User, clinic: str, month: Month) -> str:
    key = f"door {clinic} {month}"
    has_draft = drafts.find(portal(), user, clinic=clinic, month=month) is not None
    session.begin_text(key, FORM if has_draft else FILE)
    return str(st.segmented_control("Hur vill du rapportera?", [FILE, FORM], key=key, required=True) or FILE)


def show_problems(source: Source, upload: Upload) -> None:
    """Say what is wrong, errors only: each with its cell, what stood there, how to mend it."""
    is_file = isinstance(source, ChosenFile)
    where = " i " + reporting.safe_name(upload.name) if is_file else " i formuläret"
    if any(problem.code == "privacy.personal_number" for problem in upload.errors):
        where = ""  # the number may stand in the file's name
    mending = "Inget är sparat. Rätta i filen och ladda upp den igen."
    if not is_file:
        mending = "Inget är inskickat. Rätta i rutorna ovan."
    st.error(f"{len(upload.errors)} fel{where}. {mending}", icon=":material/error:")
    if isinstance(source, ChosenFile):
        _offer_marked_copy(source, upload)
    preview_view.show_notices(upload)
    is_grouped = {problem: _is_grouped(problem, is_file=is_file) for problem in upload.errors}
    with_place = [p for p in upload.errors if p.place != NOWHERE and not is_grouped[p]]
    with_place.sort(key=lambda problem: problem.place.row or 0)
    without = [p for p in upload.errors if p.place == NOWHERE and not is_grouped[p]]
    rows = [_problem(problem) for problem in with_place[:MOST_PROBLEMS]]
    rows += [_problem(problem) for problem in without]
    rows += _missing([p for p in upload.errors if is_grouped[p]])
    headings = ("Var", "Mått", "Det stod", "Vad är fel och hur rättar man")
    if is_file:
        st.html(markup.table(headings, rows, caption="Fel att rätta, i filens ordning"))
    else:  # a form has no cells: the measure says where
        rows = [markup.Row(row.cells[1:]) for row in rows]
        st.html(markup.table(headings[1:], rows, caption="Fel att rätta"))
    if len(with_place) > MOST_PROBLEMS:
        st.caption(f"De första {MOST_PROBLEMS} visas. Rätta dem och ladda upp igen, så visas resten.")


def _is_grouped(problem: Problem, *, is_file: bool) -> bool:
    """Values that are not there are told of together: a form has no cells to point at."""
    return problem.code == MISSING and (problem.place == NOWHERE or not is_file)


def _offer_marked_copy(file: ChosenFile, upload: Upload) -> None:
    if not marking.can_mark(upload.problems):
        return
    stem = reporting.safe_name(file.name).rpartition(".")[0] or "fil"
    sid = auth.session_id()
    st.download_button(
        "Ladda ner din fil med felen markerade",
        data=lambda: _marked_copy(sid, file),
        file_name=frame.file_name(reporting.safe_name(f"{stem[:100]}-att-ratta.xlsx")),
        mime=EXCEL,
        icon=":material/download:",
        help="Cellerna är färgade, med en kommentar var. Rätta i den filen och ladda upp just den.",
        on_click="ignore",
    )


def _marked_copy(sid: str, file: ChosenFile) -> bytes:
    """Run when the button is pressed, outside the page: asks again who it is."""
    user = accounts.current_user(portal(), sid)
    if user is None:
        raise AccessDenied("Du är utloggad.")
    return reporting.marked_copy(portal(), user, name=file.name, content=file.content)


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
    """Say once per clinic and month which measures have no value at all."""
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


def send(user: User, source: Source, upload: Upload) -> None:
    """Ask for what sending needs, and send; a form, so that nothing is read again in between."""
    is_correction = any(found.base for found in upload.months)
    is_returned = any(found.base and needs_answer(found.base.state) for found in upload.months)
    if not is_returned and not any(found.has_changes for found in upload.months):
        st.info("Här står samma värden som redan är inskickade. Det finns inget att skicka.")
        return
    seen = _seen(upload)
    newer = [found.base for found in upload.months if found.base and _is_newer(found, seen)]
    for base in newer:
        _say_newer(base)
    with st.form("send", border=True):
        note = _ask_about_warnings(upload)
        reason = ""
        if is_correction:
            label = "Svar på regionens kommentar" if is_returned else "Varför rättar ni?"
            reason = st.text_area(label, max_chars=500, key="reason")
        sent = st.form_submit_button("Skicka in", type="primary")
    if sent and newer:
        _note_seen(upload)
        st.error("Inget är inskickat än. Se över förhandsvisningen och tryck på Skicka in igen.")
        return
    if sent and _is_complete(upload, note=note, reason=reason, is_correction=is_correction):
        _commit(user, source, upload, note=note, reason=reason, seen=seen)


def _seen(upload: Upload) -> Mapping[Key, int]:
    """Return the versions that the sender's first look at this was made against."""
    kept = session.seen_bases(_what(upload))
    if kept is None:
        _note_seen(upload)
        return upload.base_versions
    versions = {}
    for line in kept.splitlines():
        clinic, month, version = line.split(" ")
        versions[clinic, Month.parse(month)] = int(version)
    return versions


def _note_seen(upload: Upload) -> None:
    bases = (f"{clinic} {month} {version}" for (clinic, month), version in upload.base_versions.items())
    session.note_seen_bases(_what(upload), "\n".join(bases))


def _what(upload: Upload) -> str:
    """Name what is being looked at: a file by its content, the form by its month."""
    if upload.name:
        return f"{session.upload_round()} {upload.sha256}"
    return " ".join(f"{found.clinic.code} {found.month}" for found in upload.months)


def _is_newer(found: MonthPreview, seen: Mapping[Key, int]) -> bool:
    return found.base_version > seen.get((found.clinic.code, found.month), found.base_version)


def _say_newer(base: Submission) -> None:
    st.warning(
        f"{base.sent_by} skickade version {base.version} av {base.month.label} "
        f"{formats.moment(base.sent_at)}, efter att du började. Förhandsvisningen ovan är nu mot den. "
        "Se över den. Ska dina värden gälla, skicka in.",
        icon=":material/group:",
    )


def _ask_about_warnings(upload: Upload) -> str:
    if not upload.warnings:
        return ""
    mending = "rätta filen och ladda upp igen" if upload.name else "ändra dem i rutorna ovan"
    st.warning(
        f"{formats.plural(len(upload.warnings), 'värde', 'värden')} avviker från vad ni brukar ha. "
        f"Stämmer de, skriv varför. Stämmer de inte, {mending}.",
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


def _commit(
    user: User, source: Source, upload: Upload, *, note: str, reason: str, seen: Mapping[Key, int]
) -> None:
    auth.still_user()
    try:
        receipt = source.commit(
            user,
            base_versions=seen,
            confirm_warnings=bool(upload.warnings),
            note=note,
            reason=reason,
        )
    except reporting.Conflict:
        st.rerun()  # sent in this very moment: the page shows it, against the new version
    except reporting.Rejected as rejected:
        st.error(f"Inget är sparat: {rejected.problems[0].message}")
        return
    session.note_receipt(_receipt_text(receipt, upload, user))
    session.forget_seen_bases()
    source.leave()
    st.rerun()


def _receipt_text(receipt: Receipt, upload: Upload, user: User) -> str:
    names = {found.clinic.code: found.clinic.name for found in upload.months}
    lines = ["KVITTO", "Vårdval BUP, Region Dalarna", ""]
    lines += [
        f"{names[clinic]}, {month.label}, version {version}" for clinic, month, version in receipt.submissions
    ]
    lines += [
        f"Inskickad av {user.name} ({user.username}) {formats.moment(portal().clock.now)}",
        f"Fil: {reporting.safe_name(upload.name)}" if upload.name else "Ifylld i formuläret",
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
        f"{portal().calendar.days(latest_whole_month(portal().clock.today)).release_day}:e i månaden efter."
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


def refuse(user: User, source: Source, upload: Upload) -> None:
    """Keep once per file that it was refused; a form is on its way, not refused."""
    if isinstance(source, ChosenFile) and session.is_new_rejection(upload.sha256):
        reporting.record_rejection(portal(), user, name=upload.name, problems=upload.errors)

"""The parts of Rapportera: a file or the form, where it stands, send, the receipt."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.registry.months import Month
from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.problems import count_values
from portal.domain.reporting.submissions import MonthState, Submission, needs_answer
from portal.domain.reporting.texts import clean, plain
from portal.services.administration import clinic_register
from portal.services.insight import tasks
from portal.services.refused import DatabaseUnavailable, Refused
from portal.services.reporting import drafts, kept_uploads, submitting
from portal.services.reporting.kept_uploads import KeptUpload
from portal.services.reporting.month_preview import MonthPreview
from portal.services.reporting.submitting import Key, Receipt, Upload
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from portal.ui.base import faults, formats, markup, refusals, session
from portal.ui.base.context import portal
from portal.ui.base.faults import FieldFault, take_focus
from portal.ui.login import auth
from portal.ui.page import acting, address, downloads
from portal.ui.page.navigation import page_path
from portal.ui.reporting import form_view, problems_view, receipts
from portal.ui.reporting.month_input import ChosenFile, FilledForm, MonthInput
from portal.ui.words import correcting, sentences


SEND = "skicka-in"  # the anchor of the last part
NOTHING_TO_SEND = "Här står samma värden som redan är inskickade. Det finns inget att skicka."
FILE, FORM = "fil", "formular"
DOORS = {FILE: "Ladda upp fil", FORM: "Fyll i här"}


@dataclass(frozen=True, slots=True)
class Explanations:
    """What the sender writes: why values that stand out are right, and why a month is corrected."""

    note: str
    reason: str


def choose_month(user: User, clinic: str) -> Month | None:
    """Name clinic and month, the due one first; `?manad=` chooses another, to report or to correct."""
    months = submitting.due_months(portal(), user, clinic=clinic)
    if not months:
        st.title("Rapportera")
        st.info("Ni har ingen månad att rapportera än. Den första visas här när den är slut.")
        return None
    current_submissions = {
        submission.month: submission
        for submission in reviews.list_of_clinic(portal(), user, clinic=clinic)
        if submission.is_current
    }
    with st.container(horizontal=True, vertical_alignment="center", key="submit-title"):
        title = st.container(width="stretch")
        with st.container(width="content"):
            month = address.select(
                "Månad",
                months,
                parameter="manad",
                first=months[0],
                words=lambda month: correcting.choice(current_submissions.get(month), month.label),
            )
    title.title(f"{month.label.capitalize()} · {_name_of_clinic(user, clinic)}")
    _say_what_is_asked(user, clinic, month)
    _say_what_it_is(clinic, current_submissions.get(month), has_earlier=bool(current_submissions))
    return month


def _name_of_clinic(user: User, code: str) -> str:
    clinics = clinic_register.list_clinics(portal(), user)
    return next(plain(clinic.name) for clinic in clinics if clinic.code == code)


def _say_what_it_is(clinic: str, submission: Submission | None, *, has_earlier: bool) -> None:
    """Say that a month which is sent already is corrected here; otherwise lead to where one chooses one."""
    if submission:
        text = f"Redan skickad. Det ni skickar nu blir version {submission.version + 1}."
        st.html(markup.joined([markup.paragraph(text), correcting.fold(portal().rules)]))
    elif has_earlier:
        st.html(correcting.link(clinic))


def _say_what_is_asked(user: User, clinic: str, month: Month) -> None:
    """Say by when the month is to be sent, and of a returned one what the region asks."""
    task = tasks.of_month(portal(), user, clinic=clinic, month=month)
    if task and task.state is MonthState.RETURNED:
        st.warning(plain(sentences.task_detail(task)).replace("\n", "  \n"), icon=":material/undo:")
    elif task:
        st.markdown(f"**{sentences.task_title(task)}.** {sentences.task_detail(task)}")


def show_template(user: User, clinic: str, month: Month) -> None:
    """Offer the month's workbook to fill in."""
    st.markdown(f"##### 1. Hämta blanketten för {month.label}")
    st.markdown(
        "Den har förra månadens värden som stöd och det ni redan skickat. Fyll i kolumnen för månaden och spara."
    )
    downloads.offer(
        "Ladda ner blanketten (Excel)",
        name=f"blankett-{clinic}-{month}.xlsx",
        make=lambda clicker: submitting.write_template(portal(), clicker, clinic=clinic, months=[month]),
        clinic=clinic,
        width="stretch",
    )


def ask_for_file(user: User, clinic: str) -> ChosenFile | None:
    """Ask for the file; one that was under preview when its process ended is still there."""
    st.markdown("##### 2. Lämna in den ifyllda filen")
    st.markdown("Excel (.xlsx) eller CSV, högst 2 MB. Inget är inskickat förrän du trycker på *Skicka in*.")
    uploaded_file = st.file_uploader(
        "Ifylld blankett eller lång fil (Excel eller CSV)",
        key=session.uploader_key(f"upload-{clinic}"),
        label_visibility="collapsed",
    )
    if uploaded_file:
        session.note_uploaded(clinic)
        return ChosenFile(clinic, uploaded_file.name, uploaded_file.getvalue())
    if session.take_uploaded() == clinic:
        kept_uploads.discard(portal(), user, auth.session_id(), clinic=clinic)  # taken away just now
        return None
    kept = kept_uploads.find(portal(), user, auth.session_id(), clinic=clinic)
    if kept:
        session.take_lost_file()
        _show_kept(clinic, kept)
        return ChosenFile(clinic, kept.name, kept.content)
    refusals.say_lost_file()
    return None


def _show_kept(clinic: str, kept: KeptUpload) -> None:
    """Name the file that lies in the preview though the uploader is empty, and let it be taken away."""
    st.markdown(f"**{plain(kept.name)}** ligger kvar nedan, inte inskickad än.")
    st.button(
        "Ta bort filen", key=f"kept-{clinic}", icon=":material/close:", on_click=_discard, args=(clinic,)
    )


@acting.acting
def _discard(user: User, clinic: str) -> None:
    kept_uploads.discard(portal(), user, auth.session_id(), clinic=clinic)


def ask_for_input(user: User, clinic: str, month: Month) -> MonthInput | None:
    """Ask for a file or show the form; returns what was handed in, once there is something."""
    if _choose_door(user, clinic, month) == FORM:
        session.take_uploaded()  # the file stays in its own way of reporting
        checked = form_view.show(user, clinic, month)
        if checked is None:
            session.forget_seen_bases()
            return None
        return FilledForm(clinic, month, *checked)
    left_column, right_column = st.columns(2, border=True)
    with left_column:
        show_template(user, clinic, month)
    with right_column:
        file = ask_for_file(user, clinic)
    if file is None:
        session.forget_seen_bases()
    return file


def _choose_door(user: User, clinic: str, month: Month) -> str:
    """Return how the month is handed in (`?satt-mora-2025-01=formular`): each month of a clinic its own way."""
    is_begun = drafts.find(portal(), user, clinic=clinic, month=month) is not None
    is_correction = any(sent.month == month for sent in reviews.list_of_clinic(portal(), user, clinic=clinic))
    return address.segment(
        "Hur vill du rapportera?",
        list(DOORS),
        parameter=f"satt-{clinic}-{month}",
        first=FORM if is_begun or is_correction else FILE,
        words=lambda door: DOORS[door],
    )


def show_status(month_input: MonthInput, upload: Upload) -> None:
    """Say that nothing is wrong, and that nothing is sent yet; with the way to the button. It takes the focus."""
    to_explain = count_values(upload.warnings)
    count = f"{formats.plural(to_explain, 'värde', 'värden')} att förklara. " if to_explain else ""
    with st.container():
        if _has_something_to_send(upload):
            st.warning(
                f"**Inga fel. {count}Inte inskickad än.** Se över siffrorna nedan och [gå till Skicka in](#{SEND}).",
                icon=":material/outgoing_mail:",
            )
        else:
            st.info("Inga fel. " + NOTHING_TO_SEND, icon=":material/info:")
        take_focus(month_input.press)


def _is_returned(upload: Upload) -> bool:
    return any(preview.base and needs_answer(preview.base.state) for preview in upload.months)


def _has_something_to_send(upload: Upload) -> bool:
    return _is_returned(upload) or any(preview.has_changes for preview in upload.months)


def send(user: User, month_input: MonthInput, upload: Upload) -> None:
    """Ask for what sending needs, and send; a form, so that nothing is read again in between."""
    if not _has_something_to_send(upload):
        return
    st.subheader("Skicka in", anchor=SEND)
    seen_versions, previewed = _seen_versions(upload), session.swap_previewed(upload.sha256)
    newer_bases = _newer_bases(upload, seen_versions)
    for base in newer_bases:
        _say_newer(base)
    place = st.container()
    with st.form("send", border=True):
        explanations = _ask_for_explanations(month_input, upload)
        is_sent = st.form_submit_button("Skicka in", type="primary")
    if not is_sent:
        return
    if newer_bases:
        _note_seen_versions(upload)
        refusals.say_here("Inget är inskickat än. Se över förhandsvisningen och tryck på Skicka in igen.")
    elif faults_of_sending := _missing_explanations(upload, explanations):
        with place:
            faults.show_summary("Inget är inskickat än", faults_of_sending)
    else:
        confirmation = Confirmation(
            base_versions=seen_versions,
            sha256=previewed,
            has_warnings=bool(upload.warnings),
            note=explanations.note,
            reason=explanations.reason,
        )
        _commit(user, month_input, upload, confirmation)


def _is_correction(upload: Upload) -> bool:
    return any(preview.base for preview in upload.months)


def _newer_bases(upload: Upload, seen_versions: Mapping[Key, int]) -> list[Submission]:
    """Return the versions that somebody else has sent since the sender began."""
    return [preview.base for preview in upload.months if preview.base and _is_newer(preview, seen_versions)]


def _ask_for_explanations(month_input: MonthInput, upload: Upload) -> Explanations:
    note, reason = _ask_about_warnings(month_input, upload), ""
    if _is_correction(upload):
        label = "Svar på regionens kommentar" if _is_returned(upload) else "Varför rättar ni?"
        reason = st.text_area(label, max_chars=500, key=_reason_key(upload))
    return Explanations(note, reason)


def _seen_versions(upload: Upload) -> Mapping[Key, int]:
    """Return the versions that the sender's first look at this was made against."""
    noted_bases = session.seen_bases(_name_of(upload))
    if noted_bases is None:
        _note_seen_versions(upload)
        return upload.base_versions
    versions = {}
    for line in noted_bases.splitlines():
        clinic, month, version = line.split(" ")
        versions[clinic, Month.parse(month)] = int(version)
    return versions


def _note_seen_versions(upload: Upload) -> None:
    bases = (f"{clinic} {month} {version}" for (clinic, month), version in upload.base_versions.items())
    session.note_seen_bases(_name_of(upload), "\n".join(bases))


def _name_of(upload: Upload) -> str:
    """Name what is being looked at: a file by its content, the form by its month."""
    if upload.name:
        return f"{session.upload_round()} {upload.sha256}"
    return _months_of(upload)


def _months_of(upload: Upload) -> str:
    """Name the case: an explanation of one clinic's month never stands in another's box."""
    return " ".join(f"{preview.clinic.code} {preview.month}" for preview in upload.months)


def _reason_key(upload: Upload) -> str:
    return f"reason {_months_of(upload)}"


def _note_key(upload: Upload) -> str:
    return f"note {_months_of(upload)}"


def _is_newer(preview: MonthPreview, seen_versions: Mapping[Key, int]) -> bool:
    return preview.base_version > seen_versions.get(
        (preview.clinic.code, preview.month), preview.base_version
    )


def _say_newer(base: Submission) -> None:
    st.warning(
        f"{base.sent_by} skickade version {base.version} av {base.month.label} "
        f"{formats.moment(base.sent_at)}, efter att du började. Förhandsvisningen ovan är nu mot den. "
        "Se över den. Ska dina värden gälla, skicka in.",
        icon=":material/group:",
    )


def _ask_about_warnings(month_input: MonthInput, upload: Upload) -> str:
    if not upload.warnings:
        return ""
    is_form = not isinstance(month_input, ChosenFile)
    mending = "ändra i rutorna ovan" if is_form else "rätta filen och ladda upp igen"
    count = count_values(upload.warnings)
    is_single = count == 1
    st.warning(
        f"{formats.plural(count, 'värde', 'värden')} avviker från vad ni brukar ha. "
        f"Stämmer {'det' if is_single else 'de'}, skriv varför. Stämmer {'det' if is_single else 'de'} inte, {mending}.",
        icon=":material/warning:",
    )
    problems_view.show_warnings(upload, is_form=is_form)
    label = "Varför stämmer värdet?" if is_single else "Varför stämmer värdena?"
    return st.text_area(label, max_chars=500, key=_note_key(upload))


def _missing_explanations(upload: Upload, explanations: Explanations) -> list[FieldFault]:
    missing = []
    if upload.warnings and not clean(explanations.note):
        values = "det avvikande värdet" if count_values(upload.warnings) == 1 else "de avvikande värdena"
        missing.append(FieldFault(_note_key(upload), f"Skriv varför {values} stämmer."))
    if _is_correction(upload) and not clean(explanations.reason):
        missing.append(
            FieldFault(_reason_key(upload), "Skriv varför ni rättar, så förstår regionen ändringen.")
        )
    return missing


def _commit(user: User, month_input: MonthInput, upload: Upload, confirmation: Confirmation) -> None:
    auth.still_user()
    try:
        with st.spinner("Kontrollerar och skickar in …"):
            receipt = month_input.commit(user, confirmation)
    except submitting.Conflict:
        st.rerun()  # sent in this very moment: the page shows it, against the new version
    except submitting.Rejected as rejected:
        refusals.say_here(f"Inget är sparat: {rejected.problems[0].message}")
        return
    except Refused as refused:
        refusals.say_here(str(refused))
        return
    except DatabaseUnavailable as fault:
        refusals.say_here(refusals.unsaved(fault))
        return
    session.surely(lambda: _note_sent(user, month_input, upload, receipt))
    st.rerun()


def _note_sent(user: User, month_input: MonthInput, upload: Upload, receipt: Receipt) -> None:
    session.note_receipt(
        _thanks(receipt, upload), _receipt_text(receipt, upload, user), _what_is_next(receipt, upload)
    )
    session.forget_seen_bases()
    month_input.leave()


def _thanks(receipt: Receipt, upload: Upload) -> str:
    """`Tack! Januari 2025 för BUP Mora är inskickad`"""
    names = {preview.clinic.code: preview.clinic.name for preview in upload.months}
    keys = [(clinic, month) for clinic, month, _ in receipt.submissions] or list(upload.base_versions)
    clinics = sorted({clinic for clinic, _ in keys})
    whose = plain(names[clinics[0]]) if len(clinics) == 1 else f"{len(clinics)} mottagningar"
    if len(keys) == 1:
        return f"Tack! {keys[0][1].label.capitalize()} för {whose} är inskickad"
    return f"Tack! {len(keys)} månader för {whose} är inskickade"


def _receipt_text(receipt: Receipt, upload: Upload, user: User) -> str:
    names = {preview.clinic.code: preview.clinic.name for preview in upload.months}
    return receipts.text(
        [
            f"{names[clinic]}, {month.label}, version {version}"
            for clinic, month, version in receipt.submissions
        ],
        sent_by=f"{user.name} ({user.username})",
        sent_at=portal().clock.now,
        file_name=safe_name(upload.name) if upload.name else "",
        counts=receipt,
    )


def _what_is_next(receipt: Receipt, upload: Upload) -> str:
    """Say what happens now, and when the region's figures of the months are released, unless they are already."""
    calendar, today = portal().calendar, portal().clock.today
    months = {month for _, month, _ in receipt.submissions}
    released = {preview.month for preview in upload.months if preview.is_released}
    to_come = [month for month in sorted(months - released) if calendar.release_date(month) > today]
    sentences = ["Regionen granskar. Era egna värden syns redan i Översikt."]
    for month in to_come:
        of = f" för {month.label}" if len(months) > 1 else ""
        sentences.append(f"Regionens värde{of} släpps {formats.day(calendar.release_date(month))}.")
    return " ".join(sentences)


def show_receipt() -> bool:
    """Show what was just sent, and what happens next; tells whether there was anything to show."""
    thanks, text = session.receipt()
    if not text:
        return False
    with st.container():
        st.title(thanks)
        take_focus(str(hash(text)))
    st.success(session.what_is_next(), icon=":material/check_circle:")
    with st.container(horizontal=True):
        if st.button("Till översikten", type="primary", on_click=session.forget_receipt):
            st.switch_page(page_path("overview"))
        receipts.offer(text, name=f"kvitto-{session.upload_round()}.txt")
        st.button("Rapportera en månad till", on_click=session.forget_receipt)
    st.html(receipts.fold(text))
    return True


def refuse(user: User, month_input: MonthInput, upload: Upload) -> None:
    """Keep once per file that it was refused; a form is on its way, not refused.

    What is wrong with the file is shown even when the log can't be written.
    """
    if isinstance(month_input, ChosenFile) and session.is_new_rejection(upload.sha256):
        with suppress(DatabaseUnavailable):
            submitting.record_rejection(portal(), user, name=upload.name, problems=upload.errors)

"""The region's own words in the annual report: write, see who wrote what, lose nothing to each other."""

from collections.abc import Mapping

import streamlit as st

from portal.domain.accounts.access import AccessDenied, User
from portal.domain.annual_report.chapters import CHAPTERS_BY_NUMBER
from portal.domain.annual_report.content import AnnualReport, Section
from portal.domain.annual_report.wording import LONGEST_TEXT
from portal.domain.reporting.texts import plain
from portal.services.annual_report import live, texts
from portal.services.annual_report.texts import TextConflict
from portal.services.refused import DatabaseUnavailable, Refused
from portal.ui.annual_report import annual_view
from portal.ui.base import editing, formats, refusals, session
from portal.ui.base.context import portal
from portal.ui.login import auth


KEY = "report-text-"
HOW = (
    "Texten ersätter de automatiska meningarna. En tom rad skiljer stycken, ett streck först på raden gör en "
    "punktlista. Spara en tom text för att gå tillbaka till de automatiska meningarna."
)
OUTDATED = "Siffrorna har ändrats sedan texten skrevs. Läs igenom den mot de automatiska meningarna."


def unsaved(report: AnnualReport) -> dict[str, str]:
    """Return what is typed and not saved, by key: in which passage, or year, it stands."""
    names = {key: key.removeprefix(_key(report.year, "")) for key in editing.unsaved(KEY)}
    return {key: report.passage_of(name) or name for key, name in names.items()}


def keep_undrawn(texts_by_key: Mapping[str, str], passage: str) -> None:
    """Keep what stands in other passages than the one that is drawn; that one has its boxes in the draft only."""
    editing.keep_undrawn(texts_by_key, passage)


def show_passage(user: User, report: AnnualReport, passage: str) -> None:
    """Show a passage of the draft; what can be written under a heading alone is offered at its end."""
    sections, year = annual_view.sections_of(report, passage), report.year
    alone = [section for section in sections if annual_view.is_heading(section)]
    for section in sections:
        _show_section(user, report, section, has_button=section not in alone)
    with st.container(horizontal=True):
        for section in alone:
            if not editing.is_open(_key(year, section.number)):
                _offer_writing(year, section)


def _show_section(user: User, report: AnnualReport, section: Section, *, has_button: bool) -> None:
    """Show a section of the draft; its text is written where it stands."""
    year = report.year
    key = _key(year, section.number)
    can_write = section.number in CHAPTERS_BY_NUMBER
    is_open = can_write and editing.is_open(key)
    annual_view.show_opening(section, report, has_words=not is_open)
    if section.text and texts.is_outdated(section, live.material(portal(), user, year).texts[section.number]):
        st.warning(OUTDATED, icon=":material/update:")
    if outcome := session.take_note(f"{key}.outcome"):
        st.success(outcome, icon=":material/check_circle:")
    if is_open:
        _show_editor(user, year, section)
    elif can_write and has_button:
        _offer_writing(year, section)
    annual_view.show_basis(section, report)


def _offer_writing(year: int, section: Section) -> None:
    key = _key(year, section.number)
    verb = "Ändra texten" if annual_view.has_words(section) else "Skriv"
    st.button(
        f"{verb} i {section.number}",
        key=f"edit-{key}",
        type="tertiary",
        icon=":material/edit:",
        on_click=editing.open_box,
        args=(key,),
    )


def _show_editor(user: User, year: int, section: Section) -> None:
    versions = texts.list_versions(portal(), user, year=year, section=section.number)
    message = session.take_note(_key(year, section.number))
    if message:
        st.error(message)
    _show_box(year, section, versions[0].version if versions else 0)
    if section.text and section.generated:
        st.caption("Automatiska meningar ur siffrorna")
        st.text("\n".join(section.generated))
    for version in versions:
        who = f"Version {version.version}, {formats.moment(version.written_at)}, {version.written_by}"
        with st.expander(plain(who), expanded=bool(message) and version is versions[0]):
            st.text(version.text or "(tom: de automatiska meningarna)")


def _show_box(year: int, section: Section, version: int) -> None:
    key = _key(year, section.number)
    editing.begin(key, section.text or "\n\n".join(section.generated), version)
    st.text_area(f"Text till {section.heading}", key=key, height=220, max_chars=LONGEST_TEXT, help=HOW)
    with st.container(key=f"portal-bases-{key}"):  # not seen: portal/browser/portal.css
        st.text_input("Skrivs från version", key=f"{key}.began")
    with st.container(horizontal=True):
        st.button(
            "Spara texten", key=f"save-{key}", type="primary", on_click=_save, args=(year, section.number)
        )
        st.button("Avbryt", key=f"leave-{key}", on_click=editing.end, args=(key,))


def _key(year: int, number: str) -> str:
    return f"{KEY}{year}-{number}"


def _save(year: int, number: str) -> None:
    """Callback: asks for the user again, since callbacks run before the page's guard."""
    key = _key(year, number)
    try:
        user = auth.still_user()
        section = live.live(portal(), user, year).section(number)
        typed = session.value_of(key)
        if not section.text and typed == "\n\n".join(section.generated):
            _end(key, "Inget är ändrat: de automatiska meningarna står kvar.")
            return
        texts.save(
            portal(), user, year=year, section=section, text=typed, base_version=editing.base_version(key)
        )
    except TextConflict as conflict:
        editing.keep(key, conflict.theirs.version)
        session.put_note(key, str(conflict))
        return
    except (Refused, AccessDenied) as refused:
        _keep(key, str(refused))
        return
    except DatabaseUnavailable as fault:
        _keep(key, refusals.unsaved(fault))
        return
    _end(key, "Texten är sparad.")


def _end(key: str, outcome: str) -> None:
    editing.end(key)
    session.put_note(f"{key}.outcome", outcome)


def _keep(key: str, why: str) -> None:
    """Let the writer go on with what they have typed, from the version they began with, and say why."""
    editing.keep(key, editing.base_version(key))
    session.put_note(key, why)

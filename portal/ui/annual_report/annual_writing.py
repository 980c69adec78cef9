"""The region's own words in the annual report: write, see who wrote what, lose nothing to each other."""

import streamlit as st

from portal.domain.accounts.access import AccessDenied, User
from portal.domain.annual_report.content import Section
from portal.domain.annual_report.wording import LONGEST_TEXT
from portal.domain.reporting.texts import plain
from portal.services.annual_report import live, texts
from portal.services.annual_report.texts import TextConflict
from portal.services.refused import DatabaseUnavailable, Refused
from portal.ui.annual_report import annual_view
from portal.ui.base import formats, refusals, session
from portal.ui.base.context import portal
from portal.ui.login import auth


HOW = (
    "Texten ersätter meningarna ovan. En tom rad skiljer stycken, ett streck först på raden gör en punktlista. "
    "Spara en tom text för att gå tillbaka till de automatiska meningarna."
)


def show_section(user: User, year: int, section: Section) -> None:
    """Show a section of the draft, with its editor beneath."""
    annual_view.show_section(section)
    versions = texts.list_versions(portal(), user, year=year, section=section.number)
    newest = versions[0] if versions else None
    if texts.is_outdated(section, newest):
        st.warning(
            "Siffrorna har ändrats sedan texten skrevs. Läs igenom den mot de automatiska meningarna.",
            icon=":material/update:",
        )
    label = f"Skriv texten till {section.heading}" + (f" (version {newest.version})" if newest else "")
    with st.expander(label, icon=":material/edit:", expanded=session.is_editing(_key(year, section.number))):
        _editor(year, section, newest.version if newest else 0)
        if section.text and section.generated:
            st.caption("Automatiska meningar ur siffrorna")
            st.text("\n".join(section.generated))
        if versions:
            st.caption("Tidigare versioner")
        for version in versions:
            who = f"Version {version.version}, {formats.moment(version.written_at)}, {version.written_by}"
            st.markdown(f"**{plain(who)}**")
            st.text(version.text or "(tom: de automatiska meningarna)")


def _editor(year: int, section: Section, version: int) -> None:
    key = _key(year, section.number)
    session.begin_editing(key, section.text or "\n\n".join(section.generated), version)
    message = session.take_note(key)
    if message:
        st.error(message)
    st.text_area(f"Text till {section.heading}", key=key, height=220, max_chars=LONGEST_TEXT, help=HOW)
    with st.container(key=f"portal-bases-{key}"):  # not seen: portal/browser/portal.css
        st.text_input("Skrivs från version", key=f"{key}.began")
    st.button("Spara texten", key=f"save-{key}", on_click=_save, args=(year, section.number))


def _key(year: int, number: str) -> str:
    return f"report-text-{year}-{number}"


def _save(year: int, number: str) -> None:
    """Callback: asks for the user again, since callbacks run before the page's guard."""
    key = _key(year, number)
    try:
        user = auth.still_user()
        section = live.live(portal(), user, year).section(number)
        typed = session.value_of(key)
        if not section.text and typed == "\n\n".join(section.generated):
            st.toast("Inget är ändrat: de automatiska meningarna står kvar.")
            return
        texts.save(
            portal(), user, year=year, section=section, text=typed, base_version=session.base_version(key)
        )
    except TextConflict as conflict:
        session.keep_editing(key, conflict.theirs.version)
        session.put_note(key, str(conflict))
        return
    except (Refused, AccessDenied) as refused:
        _keep(key, str(refused))
        return
    except DatabaseUnavailable as fault:
        _keep(key, refusals.unsaved(fault))
        return
    session.end_editing(key)
    st.toast("Texten är sparad.")


def _keep(key: str, why: str) -> None:
    """Let the writer go on with what they have typed, from the version they began with, and say why."""
    session.keep_editing(key, session.base_version(key))
    session.put_note(key, why)

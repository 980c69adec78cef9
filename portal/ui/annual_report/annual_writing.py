"""The region's own words in the annual report: write in place, see who wrote what, lose nothing to each other."""

from collections.abc import Mapping

import streamlit as st

from portal.domain.accounts.access import AccessDenied, User
from portal.domain.annual_report import places
from portal.domain.annual_report.chapters import CHAPTERS_BY_NUMBER
from portal.domain.annual_report.content import AnnualReport, Section
from portal.domain.annual_report.wording import LONGEST_TEXT
from portal.domain.reporting.texts import plain
from portal.services.annual_report import live, texts
from portal.services.annual_report.texts import NewText, TextConflict, WrittenPlace
from portal.services.refused import DatabaseUnavailable, Refused
from portal.ui.annual_report import annual_view
from portal.ui.base import editing, formats, refusals, session
from portal.ui.base.context import portal
from portal.ui.login import auth


KEY = "report-text-"
HOW = (
    "En tom rad skiljer stycken, ett streck först på raden gör en punktlista. {meningar} är de automatiska meningarna, "
    "som texten annars ersätter. {år} och {förra} är åren. Ett fält som {sip_meetings.år} följer siffran; ett stycke "
    "vars siffra saknas eller döljs visas inte. Spara en tom text för att gå tillbaka till det som stod där förut."
)
GOES_ON = "Gäller även kommande år"
OUTDATED = "Siffrorna har ändrats sedan texten skrevs. Läs igenom den mot de automatiska meningarna."


def unsaved(report: AnnualReport) -> dict[str, str]:
    """Return what is typed and not saved, by key: in which passage, or year, it stands."""
    names = {key: places.section_of(key.removeprefix(_start(report.year))) for key in editing.unsaved(KEY)}
    return {key: report.passage_of(name) or name for key, name in names.items()}


def keep_undrawn(year: int, texts_by_key: Mapping[str, str], passage: str) -> None:
    """Keep what stands in other passages than the one that is drawn, and in other parts of its sections.

    That one has its boxes in the draft only.
    """
    places_by_key = {
        key: place if _is_chosen(year, key) else f"{place} {key}" for key, place in texts_by_key.items()
    }
    editing.keep_undrawn(places_by_key, passage)


def _is_chosen(year: int, key: str) -> bool:
    """Tell whether the box of that key is the one that its section's editor shows."""
    place = key.removeprefix(_start(year))
    return session.value_of(_choice(year, places.section_of(place))) in ("", place)


def show_passage(user: User, report: AnnualReport, passage: str) -> None:
    """Show a passage of the draft; what can be written under a heading alone is offered at its end."""
    sections, year = annual_view.sections_of(report, passage), report.year
    alone = [section for section in sections if annual_view.is_heading(section)]
    for section in sections:
        _show_section(user, report, section, has_button=section not in alone)
    with st.container(horizontal=True):
        for section in alone:
            if not editing.is_open(_key(year, section.declared_number)):
                _offer_writing(year, section)


def show_summary(user: User, report: AnnualReport) -> None:
    """Show the draft's summary, whose sentences are written where they stand."""
    section, key = report.section(""), _key(report.year, "")
    annual_view.show_summary(report, has_words=not editing.is_open(key))
    if outcome := session.take_note(f"{key}.outcome"):
        st.success(outcome, icon=":material/check_circle:")
    if editing.is_open(key):
        show_editor(user, report.year, section)
    else:
        _offer_writing(report.year, section)


def _show_section(user: User, report: AnnualReport, section: Section, *, has_button: bool) -> None:
    """Show a section of the draft; its text is written where it stands."""
    year, number = report.year, section.declared_number
    key = _key(year, number)
    can_write = number in CHAPTERS_BY_NUMBER or bool(places.OWN_NUMBER.fullmatch(number))
    if session.is_brought(_choice(year, number)):
        editing.open_box(key)
    is_open = can_write and editing.is_open(key)
    annual_view.show_opening(section, report, has_words=not is_open)
    if section.text and texts.is_outdated(section, live.material(portal(), user, year).texts.get(number)):
        st.warning(OUTDATED, icon=":material/update:")
    if outcome := session.take_note(f"{key}.outcome"):
        st.success(outcome, icon=":material/check_circle:")
    if is_open:
        show_editor(user, year, section)
    elif can_write and has_button:
        _offer_writing(year, section)
    annual_view.show_basis(section, report)


def _offer_writing(year: int, section: Section) -> None:
    key = _key(year, section.declared_number)
    verb = "Ändra texten" if annual_view.has_words(section) else "Skriv"
    st.button(
        f"{verb} i {section.number or section.title.lower()}",
        key=f"edit-{key}",
        type="tertiary",
        icon=":material/edit:",
        on_click=editing.open_box,
        args=(key,),
    )


def show_editor(user: User, year: int, section: Section) -> None:
    """Show one part of a section to write in, which one is chosen above it, with who wrote it before."""
    number = section.declared_number
    parts = {part.place: part for part in texts.written_places(portal(), user, year, number)}
    chosen = st.selectbox(
        "Del av avsnittet",
        list(parts),
        index=list(parts).index(_first_part(section)),
        format_func=lambda place: parts[place].label,
        key=_choice(year, number),
    )
    versions = texts.list_versions(portal(), user, year=year, section=chosen)
    message = session.take_note(_key(year, chosen))
    if message:
        st.error(message)
    _show_box(year, section, parts[chosen], versions[0].version if versions else 0)
    if chosen == places.place_of(number) and section.text and section.generated:
        st.caption("Automatiska meningar ur siffrorna")
        st.text("\n".join(section.generated))
    start = texts.start(portal(), user, year=year, section=chosen)
    for version in [*versions, *([start] if start else [])]:
        _show_version(version, is_open=bool(message) and version in versions[:1])


def _first_part(section: Section) -> str:
    """Return the place that is written in first: what opens the section, where nothing else is said in it."""
    is_opening = section.lead and not (section.text or section.generated)
    return places.place_of(section.declared_number, places.LEAD if is_opening else "")


def _show_version(version: texts.ReportText, *, is_open: bool) -> None:
    when = f"{formats.moment(version.written_at)}, " if version.written_at else ""
    years = "kommande år också" if version.goes_on else f"{version.year}"
    who = f"Version {version.version}, {when}{version.written_by}, för {years}"
    with st.expander(plain(who), expanded=is_open):
        is_out = version.placement is places.Placement.OUT
        st.text("(utelämnad)" if is_out else version.text or "(tom: det som stod där förut)")


def _show_box(year: int, section: Section, part: WrittenPlace, version: int) -> None:
    key, number = _key(year, part.place), section.declared_number
    editing.begin(key, part.text, version)
    if part.is_out:
        st.caption("Utelämnas i rapporten. Spara för att ta med den igen.")
    st.text_area(
        f"Text till {section.heading}",
        key=key,
        height=220,
        max_chars=LONGEST_TEXT,
        help=HOW,
    )
    with st.container(key=f"portal-bases-{key}"):  # not seen: portal/browser/portal.css
        st.text_input("Skrivs från version", key=f"{key}.began")
    goes_on = st.checkbox(GOES_ON, value=part.goes_on, key=f"on-{key}")
    with st.container(horizontal=True):
        arguments = (year, number, part.place, goes_on)
        st.button("Spara texten", key=f"save-{key}", type="primary", on_click=_save, args=arguments)
        st.button("Utelämna", key=f"out-{key}", on_click=_save, args=(*arguments, True))
        st.button("Avbryt", key=f"leave-{key}", on_click=editing.end, args=(key, _key(year, number)))


def _key(year: int, place: str) -> str:
    """Return the key of the box of a place; a section's number is the place of its text."""
    return f"{_start(year)}{place or places.place_of(place)}"


def _start(year: int) -> str:
    return f"{KEY}{year}-"


def _choice(year: int, number: str) -> str:
    return f"part-{_key(year, number)}"


def _save(year: int, number: str, place: str, goes_on: bool, is_out: bool = False) -> None:
    """Callback: asks for the user again, since callbacks run before the page's guard."""
    key = _key(year, place)
    try:
        user = auth.still_user()
        outcome = _stored(user, year, _new_text(place, goes_on, is_out=is_out, key=key))
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
    editing.end(key, _key(year, number))
    session.put_note(f"{_key(year, number)}.outcome", outcome)


def _new_text(place: str, goes_on: bool, *, is_out: bool, key: str) -> NewText:
    return NewText(
        place=place,
        text="" if is_out else session.value_of(key),
        base_version=editing.base_version(key),
        goes_on=goes_on,
        placement=places.Placement.OUT if is_out else places.Placement.BODY,
    )


def _stored(user: User, year: int, new: NewText) -> str:
    """Store what was written, and say what came of it."""
    number = places.section_of(new.place)
    part = next(
        part for part in texts.written_places(portal(), user, year, number) if part.place == new.place
    )
    as_before = (part.text, part.is_out, part.goes_on)
    if as_before == (new.text, new.placement is places.Placement.OUT, new.goes_on):
        return "Inget är ändrat: det som stod där står kvar."
    texts.write(portal(), user, year, new)
    missing = ", ".join(f"{{{name}}}" for name in texts.left_out(portal(), user, year, new.text))
    return (
        f"Texten är sparad. Stycken med {missing} visas inte: siffran finns inte eller döljs."
        if missing
        else "Texten är sparad."
    )


def _keep(key: str, why: str) -> None:
    """Let the writer go on with what they have typed, from the version they began with, and say why."""
    editing.keep(key, editing.base_version(key))
    session.put_note(key, why)

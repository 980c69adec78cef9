"""The region's own words and choices in the report: versions that are only ever added to; two writers lose nothing."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from db.annual_report import report_texts
from db.annual_report.report_texts import ReportText
from portal.domain.accounts.access import User, check_is_region
from portal.domain.annual_report import fields, places, wording
from portal.domain.annual_report.chapters import CHAPTERS_BY_NUMBER
from portal.domain.annual_report.content import Section
from portal.domain.annual_report.fields import FieldValues
from portal.domain.annual_report.places import Placement, place_of
from portal.domain.reporting.texts import storable
from portal.services.annual_report import live
from portal.services.annual_report.points import field_values
from portal.services.context import Portal, Writing
from portal.services.refused import Refused


LONGEST_TITLE = 120


class TextConflict(Refused):
    """Someone else saved first; `theirs` is what they wrote. Nothing was stored."""

    def __init__(self, theirs: ReportText) -> None:
        super().__init__(
            f"{theirs.written_by} sparade version {theirs.version} medan du skrev. Läs den nedan, för ihop "
            "texterna och spara igen. Din text står kvar i rutan."
        )
        self.theirs = theirs


@dataclass(frozen=True, kw_only=True, slots=True)
class NewText:
    """What is to stand in a place. `base_version` is the version that the writer began from."""

    place: str
    text: str = ""
    base_version: int = 0
    goes_on: bool = False  # for later years too
    placement: Placement = Placement.BODY


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenPlace:
    """A place that can be written in: what it is called, what stands there, and since which version."""

    place: str
    label: str
    text: str
    is_out: bool = False
    goes_on: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ArrangedPlace:
    """A chapter or a table, and where it stands."""

    place: str
    label: str
    placement: Placement


def save(
    portal: Portal, user: User, *, year: int, section: Section, text: str, base_version: int
) -> ReportText | None:
    """Store the next version of a section's running text of that year; raises TextConflict, Refused, AccessDenied."""
    new = NewText(place=place_of(section.declared_number), text=text, base_version=base_version)
    return write(portal, user, year, new)


def write(portal: Portal, user: User, year: int, new: NewText) -> ReportText | None:
    """Store the next version of what stands in a place, or nothing when it is the same.

    An empty text gives the place back to what stood there before: the text that goes on, or the generated sentences.
    Raises TextConflict, Refused, AccessDenied.
    """
    check_is_region(user)
    sections = {section.number: section for section in live.outline(portal, user, year)}
    _check_place(new.place, sections)
    text = _checked(new, field_values(year, list(sections.values())))
    with portal.writing(user) as scoped:
        versions = report_texts.list_versions(scoped, year=year, section=new.place)
        newest = versions[0] if versions else None
        if _is_same(newest, new, text):
            return newest  # a second click changes nothing
        if newest and newest.version != new.base_version:
            raise TextConflict(newest)
        section = sections.get(places.section_of(new.place))
        cleaned = replace(new, text=text, base_version=newest.version if newest else 0)
        return _store(scoped, year, cleaned, section)


def _store(scoped: Writing, year: int, new: NewText, section: Section | None = None) -> ReportText:
    """Store what is to stand in a place, on top of its base version."""
    version = ReportText(
        year=year,
        section=new.place,
        version=new.base_version + 1,
        text=new.text,
        generated=_generated(section) if section else "",
        written_by=scoped.actor,
        written_at=scoped.clock.now,
        goes_on=new.goes_on,
        placement=new.placement,
    )
    report_texts.add(scoped, version)
    subject = f"{year} {new.place} v{version.version}"
    scoped.record("report.text_saved", subject=subject, details={"characters": len(new.text)})
    return version


def _is_same(newest: ReportText | None, new: NewText, text: str) -> bool:
    if newest is None:
        return not text and new.placement is Placement.BODY
    return (newest.text, newest.placement, newest.goes_on) == (text, new.placement, new.goes_on)


def arrange(
    portal: Portal, user: User, year: int, placements: Mapping[str, Placement], *, goes_on: bool
) -> int:
    """Put chapters and tables where they are to stand, all at once; returns how many were moved.

    Raises Refused, AccessDenied.
    """
    check_is_region(user)
    arranged = {place.place: place for place in arrangement(portal, user, year)}
    if unknown := set(placements) - set(arranged):
        raise Refused(f"Rapporten har inte {min(unknown)}.")
    changed = [place for place, placement in placements.items() if arranged[place].placement is not placement]
    with portal.writing(user) as scoped:
        for place in changed:
            versions = report_texts.list_versions(scoped, year=year, section=place)
            new = NewText(
                place=place,
                base_version=versions[0].version if versions else 0,
                goes_on=goes_on,
                placement=placements[place],
            )
            _store(scoped, year, new)
    return len(changed)


def arrangement(portal: Portal, user: User, year: int) -> list[ArrangedPlace]:
    """Return every chapter and table that the year's report can have, and where each stands; raises AccessDenied."""
    check_is_region(user)
    texts = live.material(portal, user, year).texts
    names = [
        (place, label)
        for section in live.outline(portal, user, year)
        if section.number
        for place, label in _arranged_places(section)
    ]
    return [
        ArrangedPlace(place=place, label=label, placement=places.placement_of(texts, place))
        for place, label in dict(names).items()
    ]


def _arranged_places(section: Section) -> Iterator[tuple[str, str]]:
    yield place_of(section.number, places.PLACEMENT), section.heading
    for table in section.tables:
        yield places.of_table(section, table), f"{section.number} Tabell: {table.caption}"


def written_places(portal: Portal, user: User, year: int, number: str) -> list[WrittenPlace]:
    """Return what can be written in a section: its text, what opens it, its notes; raises AccessDenied, Refused."""
    check_is_region(user)
    texts = live.material(portal, user, year).texts
    section = next((part for part in live.outline(portal, user, year) if part.number == number), None)
    if section is None:
        raise Refused(f"Rapporten har inget avsnitt {number}.")
    return [
        WrittenPlace(
            place=place,
            label=label,
            text=texts[place].text if place in texts else text,
            is_out=places.placement_of(texts, place) is Placement.OUT,
            goes_on=texts[place].goes_on if place in texts else False,
        )
        for place, label, text in _places_with_text(section)
    ]


def _places_with_text(section: Section) -> Iterator[tuple[str, str, str]]:
    """Yield each place with its name and what the figures write there."""
    number = section.number
    yield place_of(number), "Texten", _generated(section)
    yield place_of(number, places.LEAD), "Inledningen", ""
    if number and number not in CHAPTERS_BY_NUMBER:
        yield place_of(number, places.TITLE), "Rubriken", section.title
    for note in section.notes:
        yield place_of(number, places.NOTES, note), f"Anmärkning: {note[:60]}", note
    yield place_of(number, places.NOTES), "Egna anmärkningar", ""


def left_out(portal: Portal, user: User, year: int, text: str) -> list[str]:
    """Return the fields whose paragraphs are not shown, since there is no figure or it is hidden; raises AccessDenied."""
    check_is_region(user)
    return fields.left_out(text, field_values(year, live.outline(portal, user, year)))


def list_versions(portal: Portal, user: User, *, year: int, section: str) -> list[ReportText]:
    """Return every version of what stands in a place of that year's report, the newest first."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return report_texts.list_versions(scoped, year=year, section=section)


def start(portal: Portal, user: User, *, year: int, section: str) -> ReportText | None:
    """Return the text that a place began with, which was there before anybody wrote."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return report_texts.start(scoped, year=year, section=section)


def is_outdated(section: Section, newest: ReportText | None) -> bool:
    """Tell whether the figures' own sentences have changed since the region's text was written.

    A text that holds those sentences follows them.
    """
    if newest is None or not newest.text or f"{{{fields.SENTENCES}}}" in newest.text:
        return False
    return newest.generated != _generated(section)


def _generated(section: Section) -> str:
    return "\n\n".join(section.generated)


def _check_place(place: str, sections: Mapping[str, Section]) -> None:
    number = places.section_of(place)
    is_title = place == place_of(number, places.TITLE)
    if number in sections and not is_title:
        return
    is_own = places.OWN_NUMBER.fullmatch(number) and number not in CHAPTERS_BY_NUMBER
    if not (is_title and is_own):
        raise Refused(f"Rapporten har inget avsnitt {number} att skriva i eller lägga till.", about="place")
    above = number.rpartition(".")[0]
    if above and above not in sections:
        raise Refused(f"Kapitel {number} behöver ett kapitel {above} ovanför sig.", about="place")


def _checked(new: NewText, values: FieldValues) -> str:
    """Return the text as it is stored; raises Refused with what is wrong with it."""
    cleaned = storable(new.text)
    longest = LONGEST_TITLE if new.place.endswith(f":{places.TITLE}") else wording.LONGEST_TEXT
    if len(cleaned) > longest:
        raise Refused(f"Texten är längre än {longest} tecken. Korta den.", about="text")
    if wrong := fields.faults(cleaned, values):
        raise Refused(" ".join(wrong), about="text")
    if new.goes_on and (named := fields.years_named(cleaned, values.year)):
        raise Refused(
            f"Texten nämner {', '.join(named)} och blir fel ett annat år. Skriv {{år}} eller {{förra}}, eller "
            f"låt den gälla bara {values.year}.",
            about="text",
        )
    return cleaned

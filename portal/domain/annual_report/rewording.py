"""The region's texts put into the sections: what opens them, what they say, their notes."""

from collections.abc import Iterator
from dataclasses import replace

from portal.domain.annual_report import fields, places
from portal.domain.annual_report.content import Section
from portal.domain.annual_report.fields import FieldValues
from portal.domain.annual_report.places import Placement, Texts, place_of


def reworded(section: Section, texts: Texts, values: FieldValues) -> Section:
    """Return the section with the region's words, their fields filled in; what it leaves out is gone."""
    text, generated = texts.get(place_of(section.number)), section.generated
    if text and text.placement is Placement.OUT:
        generated = ()
    return replace(
        section,
        lead=_text(texts, place_of(section.number, places.LEAD), values),
        generated=generated,
        text=_text(texts, place_of(section.number), values, section.generated),
        text_version=text.version if text else 0,
        notes=tuple(_notes(section, texts, values)),
    )


def _text(texts: Texts, place: str, values: FieldValues, sentences: tuple[str, ...] = ()) -> str:
    placed = texts.get(place)
    if placed is None or placed.placement is Placement.OUT:
        return ""
    return fields.fill(placed.text, values, sentences)


def _notes(section: Section, texts: Texts, values: FieldValues) -> Iterator[str]:
    """Yield the notes that the figures give, where the region has not put others, then its own."""
    for note in section.notes:
        place = place_of(section.number, places.NOTES, note)
        reworded_note = _text(texts, place, values) if place in texts else note
        if reworded_note:
            yield reworded_note
    own = _text(texts, place_of(section.number, places.NOTES), values)
    yield from (paragraph for paragraph in own.split("\n\n") if paragraph)

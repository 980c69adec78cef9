"""The places of the report that the region writes or puts somewhere else, each with a name that lasts over the years.

A text is stored under its place: `4.5.1` is a section's running text, `4.5.1:inledning` what opens it. A note or a table
that the figures give has no name of its own: it is known by its words, without the years in them, so that a choice
about it holds for the next year and ends when it becomes another note or table.
"""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Protocol

from portal.domain.annual_report.content import SUMMARY, Chart, ReportTable, Section, Shape


LEAD, NOTES, TITLE, PLACEMENT, TABLE = "inledning", "anm", "rubrik", "plats", "tabell"
OWN_NUMBER = re.compile(r"[1-9]\d?(?:\.[1-9]\d?){0,2}")
APPENDIX = "Bilaga"
QUEUES = "4.7"
FORECAST = "Prognos för det följande året, regionen (inom parentes bandet för åtta utfall av tio)"


class Placement(StrEnum):
    """Where a chapter, a table or a text stands in the report."""

    BODY = "body"
    APPENDIX = "appendix"
    OUT = "out"


class PlacedText(Protocol):
    """The newest word of the region about one place, such as it holds for a year."""

    @property
    def text(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def placement(self) -> Placement: ...


Texts = Mapping[str, PlacedText]


def place_of(section: str, part: str = "", words: str = "") -> str:
    """Return the name of a place: of a section, a part of it, or of the note or table with those words."""
    names = [section or SUMMARY, part, _fingerprint(words) if words else ""]
    return ":".join(filter(None, names))


def section_of(place: str) -> str:
    """Return the number of the section that a place belongs to; empty for the summary."""
    number = place.partition(":")[0]
    return "" if number == SUMMARY else number


def of_table(section: Section, table: ReportTable) -> str:
    return place_of(section.number, TABLE, table.caption)


def is_by_choice(place: str) -> bool:
    """Tell whether a table stands in the report only once the region has ticked it."""
    return place == FORECAST_PLACE


def _fingerprint(words: str) -> str:
    without_years = re.sub(r"\d", "", words).casefold()
    return hashlib.sha256(without_years.encode()).hexdigest()[:8]


FORECAST_PLACE = place_of(QUEUES, TABLE, FORECAST)


def placement_of(texts: Texts, place: str) -> Placement:
    if place in texts:
        return texts[place].placement
    return Placement.OUT if is_by_choice(place) else Placement.BODY


def own_chapters(texts: Texts) -> list[Section]:
    """Return the chapters that the region has added, still without their text, in the order of their numbers."""
    titles = {
        section_of(place): placed.text
        for place, placed in texts.items()
        if place.endswith(f":{TITLE}") and placed.text
    }
    return [
        Section(number=number, title=titles[number], is_addition=True) for number in sorted(titles, key=order)
    ]


def order(number: str) -> tuple[bool, tuple[int, ...], str]:
    """Return the sort key of a section's number: 4.9 before 4.10, the appendices last."""
    if not number[:1].isdecimal():
        return bool(number), (), number
    return False, tuple(map(int, number.split("."))), ""


def with_own(sections: list[Section], texts: Texts) -> list[Section]:
    """Return the sections with the region's own chapters where their numbers belong."""
    own = own_chapters(texts)
    numbers = {section.number for section in sections}
    added = [section for section in own if section.number not in numbers]
    return sorted([*sections, *added], key=lambda section: order(section.number)) if added else sections


def arrange(sections: list[Section], texts: Texts) -> list[Section]:
    """Leave out what the region has ticked off, and put at the end what it has moved to the appendix.

    A chapter takes its parts with it. What is moved gets the next appendix's number, and is known by its own.
    """
    body: list[Section] = []
    moved: list[Section] = []
    for section in sections:
        placement = _placement_with_chapters(texts, section.number)
        if placement is not Placement.OUT:
            tables, charts = tuple(_tables(section, texts)), tuple(_charts(section, texts))
            arranged = replace(section, tables=tables, charts=charts)
            (moved if placement is Placement.APPENDIX else body).append(arranged)
    return _with_appendices(body, moved)


def _placement_with_chapters(texts: Texts, number: str) -> Placement:
    """Return where a section stands; what a chapter above it says goes before."""
    parts = number.split(".") if number[:1].isdecimal() else [number]
    for length in range(1, len(parts) + 1):
        placement = placement_of(texts, place_of(".".join(parts[:length]), PLACEMENT))
        if placement is not Placement.BODY:
            return placement
    return Placement.BODY


def _tables(section: Section, texts: Texts) -> Iterator[ReportTable]:
    """Yield the tables that are not left out, those that are moved marked as the appendix's."""
    for table in section.tables:
        placement = placement_of(texts, of_table(section, table))
        if placement is not Placement.OUT:
            yield replace(table, is_appendix=table.is_appendix or placement is Placement.APPENDIX)


def _charts(section: Section, texts: Texts) -> Iterator[Chart]:
    """Yield the charts; a forecast's goes with its table, which the region ticks."""
    has_forecast = placement_of(texts, FORECAST_PLACE) is not Placement.OUT
    for chart in section.charts:
        if chart.shape is not Shape.FORECAST or has_forecast:
            yield chart


def _with_appendices(body: list[Section], moved: list[Section]) -> list[Section]:
    appendix = 1 + sum(section.number.startswith(APPENDIX) for section in body)
    numbers: dict[str, str] = {}
    appended = []
    for section in moved:
        above = section.number.rpartition(".")[0]
        if above not in numbers:
            numbers[section.number] = f"{APPENDIX} {appendix}"
            appendix += 1
        else:
            siblings = sum(number.rpartition(".")[0] == above for number in numbers)
            numbers[section.number] = f"{numbers[above]}.{siblings + 1}"
        appended.append(replace(section, number=numbers[section.number], declared=section.number))
    return [*body, *appended]

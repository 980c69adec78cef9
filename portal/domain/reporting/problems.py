"""Problems: what is wrong with an upload, said so that the reader can mend it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer


class Severity(StrEnum):
    ERROR = "error"  # blocks
    WARNING = "warning"  # is confirmed once, with a note


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where something stood, exactly as the spreadsheet program shows it."""

    sheet: str | None = None
    cell: str | None = None  # "D7"
    row: int | None = None  # 1 is the first line of the file
    column: str | None = None  # "D", or the heading in a text file


NOWHERE = Place()


def spell_place(place: Place) -> str:
    """Return a place in words, such as `Cell D7 i bladet Månadsdata` or `Rad 7, kolumnen värde`."""
    if place.sheet is not None:
        spot = f"Cell {place.cell}" if place.cell else f"Rad {place.row}"
        return f"{spot} i bladet {place.sheet}"
    if place.row is not None:
        return f"Rad {place.row}, kolumnen {place.column}" if place.column else f"Rad {place.row}"
    return f"Cell {place.cell}" if place.cell else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One thing to mend. `message` says where, what was read, what is allowed, how to mend it."""

    code: str
    severity: Severity
    message: str
    place: Place = NOWHERE
    clinic: str | None = None
    month: Month | None = None
    measure: str | None = None
    read: str | None = None
    month_before: Answer | None = None  # what the measure was then, where it is known

    @property
    def advice(self) -> str:
        """The message without its place, for a table that has a column for that."""
        said = self.message.removeprefix(f"{spell_place(self.place) or self.place.column}: ")
        return said[:1].upper() + said[1:]

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.ERROR


def count_values(problems: Iterable[Problem]) -> int:
    """Return how many values the problems are about: one that several checks find odd is one value."""
    return len({(problem.clinic, problem.month, problem.measure) for problem in problems})


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One answer as it stood in a file or form. `answer` None: the cell was left empty."""

    clinic: str
    month: Month
    measure: str
    answer: Answer | None
    place: Place = NOWHERE


def nowhere(_measure: str) -> Place:
    return NOWHERE


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthEntries:
    """All that a file or form says about one clinic's month.

    A place is looked up when somebody asks for it: a history file has a hundred thousand of them, and
    almost nobody asks.
    """

    clinic: str
    month: Month
    answers: Mapping[str, Answer | None]  # by measure; None: the cell was left empty
    place_of: Callable[[str], Place] = field(default=nowhere, compare=False)

    def __iter__(self) -> Iterator[Entry]:
        for measure, answer in self.answers.items():
            place = self.place_of(measure)
            yield Entry(clinic=self.clinic, month=self.month, measure=measure, answer=answer, place=place)


def by_month(entries: Iterable[Entry]) -> tuple[MonthEntries, ...]:
    """Return the entries gathered by clinic and month, in the order in which each first stood."""
    groups: dict[tuple[str, Month], dict[str, Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.clinic, entry.month), {})[entry.measure] = entry
    return tuple(_gathered(clinic, month, group) for (clinic, month), group in groups.items())


def _gathered(clinic: str, month: Month, group: Mapping[str, Entry]) -> MonthEntries:
    answers = {measure: entry.answer for measure, entry in group.items()}
    places = _Places({measure: entry.place for measure, entry in group.items()})
    return MonthEntries(clinic=clinic, month=month, answers=answers, place_of=places.__getitem__)


class _Places(dict[str, Place]):
    """The places of a month's entries; a measure that does not stand there is nowhere."""

    def __missing__(self, measure: str) -> Place:
        return NOWHERE

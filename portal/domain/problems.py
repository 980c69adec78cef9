"""Problems: what is wrong with an upload, said so that the reader can mend it."""

from dataclasses import dataclass
from enum import StrEnum

from portal.domain.months import Month
from portal.domain.values import Answer


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

    @property
    def blocks(self) -> bool:
        return self.severity is Severity.ERROR


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One answer as it stood in a file or form. `answer` None: the cell was left empty."""

    clinic: str
    month: Month
    measure: str
    answer: Answer | None
    place: Place = NOWHERE

"""Months: the unit that everything is reported, released and compared by."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta
from functools import lru_cache


SWEDISH_MONTHS = (
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
)

FIRST_YEAR, LAST_YEAR = 2000, 2100  # what people may write; what is computed from it may lie outside


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """One calendar month; ordered, printed as `2025-01`."""

    year: int
    number: int

    def __post_init__(self) -> None:
        if not (MINYEAR <= self.year <= MAXYEAR and 1 <= self.number <= 12):
            raise ValueError(f"{self.year}-{self.number} is not a month")

    @classmethod
    @lru_cache(maxsize=2_000)  # a page reads the same months hundreds of times
    def parse(cls, text: str) -> "Month":
        """Read the stored form `2025-01`; raises ValueError for anything else."""
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}", text):
            raise ValueError(f"{text!r} is not a month like 2025-01")
        return cls.written(int(text[:4]), int(text[5:]))

    @classmethod
    def written(cls, year: int, number: int) -> "Month":
        """Return a month that somebody wrote; raises ValueError outside 2000-2100."""
        if not is_year(year):
            raise ValueError(f"{year}-{number} is not a month of {FIRST_YEAR}-{LAST_YEAR}")
        return cls(year, number)

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    def plus(self, months: int) -> "Month":
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    @property
    def ends_year(self) -> bool:
        """Whether the year is over with it: figures up to an earlier one are of a part of the year."""
        return self.number == 12

    @property
    def previous(self) -> "Month":
        return self.plus(-1)

    def until(self, other: "Month") -> int:
        """Return how many months later the other one is; negative when it is earlier."""
        return 12 * (other.year - self.year) + other.number - self.number

    @property
    def next(self) -> "Month":
        return self.plus(1)

    @property
    def year_before(self) -> "Month":
        return self.plus(-12)

    @property
    def name(self) -> str:
        """The month in Swedish without its year, such as `januari`."""
        return SWEDISH_MONTHS[self.number - 1]

    @property
    def label(self) -> str:
        """The month as Swedes write it, such as `januari 2025`."""
        return f"{self.name} {self.year}"

    @property
    def short(self) -> str:
        """The month for narrow columns, such as `jan 25`."""
        return f"{self.name[:3]} {self.year % 100:02d}"

    @property
    def last_day(self) -> date:
        return self.day_after(1) - timedelta(days=1)

    def day_after(self, day: int) -> date:
        """Return that day of the month that follows: the 15th after January is 15 February."""
        following = self.next
        return date(following.year, following.number, day)


def is_year(number: int) -> bool:
    """Tell whether the number is a year that people may write."""
    return FIRST_YEAR <= number <= LAST_YEAR


def months_between(first: Month, last: Month) -> list[Month]:
    """Return the months from first to last, both included; empty when last is before first."""
    return list(_walk(first, last))


def _walk(first: Month, last: Month) -> Iterator[Month]:
    month = first
    while month <= last:
        yield month
        month = month.next


def months_of_year(year: int) -> list[Month]:
    return [Month(year, number) for number in range(1, 13)]


def latest_whole_month(today: date) -> Month:
    """Return the newest month that is over: nothing later can be reported."""
    return Month.of(today).previous


def is_enquired(year: int) -> bool:
    """Whether the patient enquiry, which goes out every other year, went out that year."""
    return year % 2 == 0


def enquiry_until(year: int) -> int:
    """Return the year of the newest enquiry up to that year."""
    return year if is_enquired(year) else year - 1

"""Submissions (inlämningar): one clinic's month, its states and the way between them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from portal.domain.registry.months import Month


class State(StrEnum):
    SENT = "sent"
    APPROVED = "approved"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return {"sent": "skickad", "approved": "godkänd", "returned": "återlämnad"}[self.value]


class Event(StrEnum):
    SENT = "sent"
    APPROVED = "approved"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return {"sent": "Skickad", "approved": "Godkänd", "returned": "Återlämnad"}[self.value]


# A correction is a new version, which starts in SENT; nothing goes back to an earlier state.
TRANSITIONS: dict[State, frozenset[State]] = {
    State.SENT: frozenset({State.APPROVED, State.RETURNED}),
    State.APPROVED: frozenset({State.RETURNED}),
    State.RETURNED: frozenset(),
}


def needs_answer(base_state: "State | None") -> bool:
    """Tell whether the next version has to answer the region: what it follows was returned."""
    return base_state is State.RETURNED


class Door(StrEnum):
    """Which way a submission came in."""

    FILE = "file"
    FORM = "form"

    @property
    def label(self) -> str:
        return {"file": "fil", "form": "formulär"}[self.value]


class MonthState(StrEnum):
    """What a cell of the month grid says about one clinic's month."""

    NOT_OWED = "not_owed"
    OPEN = "open"
    LATE = "late"
    SENT = "sent"
    APPROVED = "approved"
    RETURNED = "returned"

    @property
    def label(self) -> str:
        return _MONTH_STATES[self][0]

    @property
    def symbol(self) -> str:
        return _MONTH_STATES[self][1]


_MONTH_STATES = {
    MonthState.NOT_OWED: ("inte öppen", "·"),
    MonthState.OPEN: ("väntas", "○"),
    MonthState.LATE: ("sen", "!"),
    MonthState.SENT: ("skickad", "►"),
    MonthState.APPROVED: ("godkänd", "✓"),
    MonthState.RETURNED: ("återlämnad", "↩"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Days:
    """The last day and the release day, both of the following month, for months from `valid_from` on."""

    deadline_day: int
    release_day: int
    valid_from: Month | None = None  # None: always


DEFAULT_DAYS = Days(deadline_day=15, release_day=20)


def days_of(month: Month, entered: Iterable[Days]) -> Days:
    """Return the days that rule a month: of those in force the newest, entered oldest first."""
    valid = [days for days in entered if days.valid_from and days.valid_from <= month]
    newest = max((days.valid_from for days in valid if days.valid_from), default=None)
    return next((days for days in reversed(valid) if days.valid_from == newest), DEFAULT_DAYS)


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """The days that rule a month. Defaults follow the design; the region can change them from a month on."""

    first_month: Month = Month(2023, 1)  # the portal asks for nothing earlier
    entered: tuple[Days, ...] = ()  # oldest first

    def days(self, month: Month) -> Days:
        return days_of(month, self.entered)

    def deadline(self, month: Month) -> date:
        return month.day_after(self.days(month).deadline_day)

    def release_date(self, month: Month) -> date:
        return month.day_after(self.days(month).release_day)

    def last_day(self, month: Month, until: date | None) -> date:
        """Return the last day for one clinic; `until`: its extended one, which never shortens."""
        return max(self.deadline(month), until) if until else self.deadline(month)

    def days_late(self, month: Month, *, sent_on: date, until: date | None = None) -> int:
        """Return how many days after its last day a month came, 0 when it came in time; `until`: its extended one."""
        return max(0, (sent_on - self.last_day(month, until)).days)

    def state_without_submission(
        self, month: Month, *, owed: bool, today: date, until: date | None = None
    ) -> MonthState:
        """Return where a month stands that has not been sent; `until`: its extended last day."""
        if not owed:
            return MonthState.NOT_OWED
        return MonthState.LATE if today > self.last_day(month, until) else MonthState.OPEN


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """The facts about one version of one clinic's month (its values are read apart)."""

    id: int
    clinic: str
    month: Month
    version: int
    state: State
    door: Door
    is_current: bool
    sent_by: str
    sent_at: datetime
    file_name: str
    sha256: str
    reason: str  # why a correction was sent, or the answer to the region's comment
    note: str  # what the sender wrote about warnings
    read: int
    new: int
    changed: int
    unchanged: int
    is_held: bool = False  # an implausible value in it (R11): no release until the region approves it

    @property
    def waits_for_approval(self) -> bool:
        """Whether it is kept out of releases for now."""
        return self.is_held and self.state is not State.APPROVED

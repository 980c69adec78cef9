"""Clinics (mottagningar): who reports, when they were open, and who owns them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from portal.domain.registry.months import Month, latest_whole_month, months_between, months_of_year
from portal.domain.registry.names import is_same_name, name_key
from portal.domain.registry.values import MissingReason


class Operator(StrEnum):
    """Driftsform: run by the region or by a private provider."""

    PUBLIC = "public"
    PRIVATE = "private"

    @property
    def label(self) -> str:
        return {"public": "offentlig", "private": "privat"}[self.value]


class ClosedKind(StrEnum):
    """Why a clinic is there no more."""

    BANKRUPTCY = "bankruptcy"
    ENDED = "ended"
    MERGED = "merged"
    OTHER = "other"

    @property
    def label(self) -> str:
        return {
            "bankruptcy": "konkurs",
            "ended": "avtalet upphörde",
            "merged": "gick upp i en annan mottagning",
            "other": "annat skäl",
        }[self.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Clinic:
    """One clinic. `opened` is None for one that opened before the portal's first month."""

    code: str
    name: str
    report_name: str
    municipality_code: str
    municipality: str
    operator: Operator
    provider: str  # the owner: clinics of one provider are one contributor to a regional figure
    opened: Month | None = None
    opened_note: str = ""
    closed: Month | None = None  # the last month it was open
    closed_kind: ClosedKind | None = None
    closed_reason: str = ""
    successor: str = ""  # code of the clinic it merged into

    def why_closed(self, successor_name: str = "") -> str:
        """Say how it closed and the reason given: `konkurs: beslut i tingsrätten`; how alone, if the reason says that."""
        kind = self.closed_kind.label if self.closed_kind else ""
        kind = f"gick upp i {successor_name}" if successor_name else kind
        reason = self.closed_reason.rstrip(".")
        if is_same_name(reason, kind):
            return kind
        says_it = name_key(kind) in name_key(reason)
        return reason if says_it else ": ".join(filter(None, (kind, reason)))

    @property
    def owner(self) -> str:
        """The provider as it is counted: one spelled in two ways is one."""
        return name_key(self.provider)

    def not_open_reason(self, month: Month) -> MissingReason | None:
        """Return why the clinic has nothing for that month, or None when it was open."""
        if self.opened and month < self.opened:
            return MissingReason.NOT_STARTED
        if self.closed and month > self.closed:
            return MissingReason.CLOSED
        return None

    def is_open(self, month: Month) -> bool:
        return self.not_open_reason(month) is None

    def was_open_in(self, year: int) -> bool:
        """Whether it was open for any month of the year."""
        return any(self.is_open(month) for month in months_of_year(year))

    def owed_months(self, *, first: Month, today: date) -> list[Month]:
        """Return the months the clinic has to report: open, over, and not before `first`."""
        months = months_between(first, latest_whole_month(today))
        return [month for month in months if self.is_open(month)]

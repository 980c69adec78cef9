"""Values and why they are missing; the only place where shares and averages are computed.

A value that is not there is None and has a reason. It is never 0: 0 means "none", and x/0 is unknown.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.registry.rounding import difference, half_up


class MissingReason(StrEnum):
    """Why there is no figure. `label` is what people read."""

    NOT_STARTED = "not_started"
    CLOSED = "closed"
    NOT_REPORTED = "not_reported"
    NOT_MEASURED = "not_measured"
    NO_DATA = "no_data"
    NO_SURVEY = "no_survey"
    NOT_TAKEN_PART = "not_taken_part"
    SUPPRESSED = "suppressed"

    @property
    def label(self) -> str:
        return _REASON_LABELS[self]


_REASON_LABELS = {
    MissingReason.NOT_STARTED: "ej startad",
    MissingReason.CLOSED: "avslutad",
    MissingReason.NOT_REPORTED: "ej rapporterat",
    MissingReason.NOT_MEASURED: "mäts inte",
    MissingReason.NO_DATA: "inget underlag",
    MissingReason.NO_SURVEY: "ingen mätning",
    MissingReason.NOT_TAKEN_PART: "ej deltagit",
    MissingReason.SUPPRESSED: "visas inte",
}

# What a clinic itself may answer instead of a number; the others follow from what is known.
REPORTABLE_REASONS = (
    MissingReason.NOT_REPORTED,
    MissingReason.NOT_MEASURED,
    MissingReason.NO_DATA,
    MissingReason.NOT_TAKEN_PART,
)


def spelled(value: float) -> str:
    """Return a number as Swedes write it, for messages: `1 248` (with a no-break space) and `12,5`."""
    return f"{half_up(value, 1):,.1f}".removesuffix(".0").replace(",", "\u00a0").replace(".", ",")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a clinic answered for one measure and month: a count, or why there is none."""

    value: int | None = None
    reason: MissingReason | None = None

    def __post_init__(self) -> None:
        if (self.value is None) == (self.reason is None):
            raise ValueError("an answer is either a value or a reason")

    @property
    def text(self) -> str:
        """What people read: the count, or the reason in words."""
        return self.reason.label if self.reason else spelled(self.value or 0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A numerator and a denominator that belong together (same clinic, same months)."""

    numerator: float
    denominator: float

    @property
    def share(self) -> float | None:
        return share(self.numerator, self.denominator)


def share(numerator: float, denominator: float) -> float | None:
    """Return numerator ÷ denominator, or None where there was nothing to divide by."""
    return numerator / denominator if denominator else None


def pooled(ratios: Iterable[Ratio]) -> float | None:
    """Return all numerators over all denominators (sammanslaget): large clinics weigh more.

    This is how SKR aggregates waiting times nationally (väntetider.se, BUP).
    """
    return total(ratios).share


def total(ratios: Iterable[Ratio]) -> Ratio:
    """Return all numerators and all denominators, each added."""
    ratios = list(ratios)
    return Ratio(sum(r.numerator for r in ratios), sum(r.denominator for r in ratios))


def mean_of_clinics(ratios: Iterable[Ratio]) -> float | None:
    """Return the unweighted mean of the clinics' own shares (medeltal per mottagning).

    A clinic whose denominator is 0 has no share and is left out.
    """
    shares = [r.share for r in ratios if r.share is not None]
    return sum(shares) / len(shares) if shares else None


def per_100(count: float, patients: float) -> float | None:
    """Return a count per 100 current patients: clinics differ in size by four times."""
    result = share(count, patients)
    return None if result is None else 100 * result


def change(now: float | None, before: float | None, *, in_points: bool) -> float | None:
    """Return the change from the period before.

    Shares (given in percent) change by percentage points, counts by percent of the earlier count. The points
    are those between the shares as they are printed, whole: 87 → 78 is −9, whatever stands behind. None where either is missing, and for a count that was 0 before.
    """
    if now is None or before is None:
        return None
    if in_points:
        return difference(now, before)
    return None if before == 0 else 100 * (now - before) / before

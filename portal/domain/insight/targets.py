"""Targets with valid-from: the declared ones are the default, what the region sets goes before them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from portal.domain.registry.indicators import Better, Indicator, Target
from portal.domain.sources.year import spell


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetChange:
    """A target that the region set. `value` None: from that day on the indicator has none."""

    indicator: str
    value: float | None
    text: str
    valid_from: date
    reason: str
    entered_by: str
    entered_at: datetime | None = None

    @property
    def target(self) -> Target | None:
        return None if self.value is None else Target(self.value, self.text, self.valid_from)


def target_on(indicator: Indicator, entered: Iterable[TargetChange], day: date) -> Target | None:
    """Return the target in force that day: the newest valid-from, and of several the one entered last.

    `entered` is in the order of entering; declared targets count as entered before all of them.
    """
    declared = [(target.valid_from, target) for target in indicator.targets]
    changes = [(change.valid_from, change.target) for change in entered if change.indicator == indicator.code]
    valid = [pair for pair in (*declared, *changes) if pair[0] <= day]
    newest = max((valid_from for valid_from, _ in valid), default=None)
    return next((target for valid_from, target in reversed(valid) if valid_from == newest), None)


def text_of(indicator: Indicator, value: float) -> str:
    """Return a target in words, such as `minst 90 %` or `högst 1 månader`."""
    bound = {Better.HIGHER: "minst ", Better.LOWER: "högst ", Better.NEUTRAL: ""}[indicator.better]
    unit = "\u00a0%" if indicator.is_share else f" {indicator.unit}"
    return f"{bound}{spell(value)}{unit}"

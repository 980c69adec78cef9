"""Targets with valid-from: what the region sets goes before the declared ones; nothing is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.administration import targets
from portal.domain.accounts.access import User, check_is_administrator, check_is_region
from portal.domain.insight.targets import TargetChange, target_on, text_of
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE, Indicator, Kind, Target
from portal.domain.reporting.texts import LONGEST_REASON, SHORTEST_REASON, storable
from portal.services.context import Portal
from portal.services.refused import Refused


EARLIEST = date(2022, 2, 1)  # the free choice system began
YEARS_AHEAD = 2
LONGEST_TEXT = 80


@dataclass(frozen=True, kw_only=True, slots=True)
class TargetLine:
    """An indicator's target today, the next one that is set, and everything ever set."""

    indicator: Indicator
    now: Target | None
    coming: TargetChange | None
    changes: tuple[TargetChange, ...]  # newest first


def list_targets(portal: Portal, user: User) -> list[TargetLine]:
    """Return every indicator's targets with who set them, in the order of the indicators."""
    check_is_region(user)
    return _lines(portal, user)


def _lines(portal: Portal, user: User) -> list[TargetLine]:
    with portal.reading(user) as scoped:
        entered = targets.list_all(scoped)
    today = portal.clock.today
    lines = []
    for indicator in INDICATORS:
        mine = [change for change in entered if change.indicator == indicator.code]
        coming = min((change for change in mine if change.valid_from > today), key=_start, default=None)
        lines.append(
            TargetLine(
                indicator=indicator,
                now=target_on(indicator, mine, today),
                coming=coming,
                changes=tuple(reversed(mine)),
            )
        )
    return lines


def in_force(portal: Portal, user: User) -> Mapping[str, Target | None]:
    """Return indicator → the target in force today."""
    return {line.indicator.code: line.now for line in _lines(portal, user)}


def _start(change: TargetChange) -> date:
    return change.valid_from


@dataclass(frozen=True, kw_only=True, slots=True)
class NewTarget:
    """A target from a day on, in the indicator's unit; a value of None takes it away."""

    indicator: str
    value: float | None
    valid_from: date
    text: str = ""


def set_target(portal: Portal, user: User, new_target: NewTarget, *, reason: str) -> TargetChange:
    """Set an indicator's target. Raises Refused, AccessDenied."""
    check_is_administrator(user)
    declared = INDICATORS_BY_CODE.get(new_target.indicator)
    if declared is None:
        raise Refused("Indikatorn finns inte.")
    _check(portal, declared, new_target, reason)
    change = TargetChange(
        indicator=new_target.indicator,
        value=new_target.value,
        text=_words_of(declared, new_target),
        valid_from=new_target.valid_from,
        reason=storable(reason),
        entered_by=user.username,
        entered_at=portal.clock.now,
    )
    with portal.writing(user) as scoped:
        entered = targets.list_all(scoped)
        same = target_on(declared, entered, change.valid_from)
        if same == change.target or (same is None and change.value is None):
            return change  # a second click changes nothing
        targets.add(scoped, change)
        scoped.record(
            "target.set",
            subject=f"{change.indicator} {change.valid_from.isoformat()}",
            details={"value": change.value, "text": change.text, "reason": change.reason},
        )
    return change


def _words_of(indicator: Indicator, new_target: NewTarget) -> str:
    written = storable(new_target.text)
    if written or new_target.value is None:
        return written or "inget mål"
    return text_of(indicator, new_target.value)


def _check(portal: Portal, indicator: Indicator, new_target: NewTarget, reason: str) -> None:
    value, valid_from = new_target.value, new_target.valid_from
    if not SHORTEST_REASON <= len(storable(reason)) <= LONGEST_REASON:
        raise Refused(f"Skriv varför, med {SHORTEST_REASON}–{LONGEST_REASON} tecken.", about="reason")
    if len(storable(new_target.text)) > LONGEST_TEXT:
        raise Refused(f"Målet i ord får ha högst {LONGEST_TEXT} tecken.", about="text")
    most = 100 if indicator.is_share or indicator.kind is Kind.INDEX else 9_999_999
    if value is not None and not 0 <= value <= most:
        raise Refused(f"Målet ska ligga mellan 0 och {most} ({indicator.unit}).", about="value")
    latest = date(portal.clock.today.year + YEARS_AHEAD, 12, 31)
    if not EARLIEST <= valid_from <= latest:
        raise Refused(f"Målet kan gälla från {EARLIEST} till {latest}.", about="valid_from")

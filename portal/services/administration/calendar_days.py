"""The first month, and from a month on the last day and the release day: set by the region, days never overwritten."""

from db import installation
from db.administration import calendar_days
from db.administration.calendar_days import DayRule
from db.reporting import submissions
from portal.domain.accounts.access import User, check_is_administrator, check_is_region
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import Days
from portal.domain.reporting.texts import LONGEST_REASON, SHORTEST_REASON, storable
from portal.services.context import Portal
from portal.services.refused import Refused


FIRST_DAY, LAST_DAY = 1, 28  # every month has them
MONTHS_AHEAD = 24


def list_rules(portal: Portal, user: User) -> list[DayRule]:
    """Return every rule ever set, the newest first; before the first of them the defaults rule."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return calendar_days.list_all(scoped)[::-1]


def months_to_set(portal: Portal) -> list[Month]:
    """Return the months that new days can begin with: those whose last day has not passed."""
    running = Month.of(portal.clock.today)
    first = running
    while portal.calendar.deadline(first.previous) >= portal.clock.today:
        first = first.previous
    return [first.plus(ahead) for ahead in range(MONTHS_AHEAD)]


def set_days(
    portal: Portal, user: User, *, valid_from: Month, deadline_day: int, release_day: int, reason: str
) -> DayRule:
    """Set the days for the months from `valid_from` on; raises Refused, AccessDenied."""
    check_is_administrator(user)
    _check(portal, valid_from, deadline_day, release_day, reason)
    new = DayRule(
        days=Days(valid_from=valid_from, deadline_day=deadline_day, release_day=release_day),
        reason=storable(reason),
        entered_by=user.username,
        entered_at=portal.clock.now,
    )
    with portal.writing(user) as scoped:
        entered = calendar_days.list_all(scoped)
        if entered and entered[-1].days == new.days:
            return new  # a second click changes nothing
        calendar_days.add(scoped, new)
        scoped.record(
            "days.set",
            subject=str(valid_from),
            details={"deadline_day": deadline_day, "release_day": release_day, "reason": new.reason},
        )
    portal.forget_days()
    return new


def set_first_month(portal: Portal, user: User, first: Month) -> None:
    """Set the first month that clinics report; raises Refused, AccessDenied."""
    check_is_administrator(user)
    if first > Month.of(portal.clock.today):
        raise Refused(f"{first.label.capitalize()} har inte börjat än.", about="first_month")
    with portal.writing(user) as scoped:
        reported = submissions.earliest_month(scoped)
        if reported and reported < first:
            raise Refused(
                f"{reported.label.capitalize()} är redan rapporterad: den första månaden kan inte ligga senare.",
                about="first_month",
            )
        if installation.find(scoped, name=installation.FIRST_MONTH) == str(first):
            return  # a second click changes nothing
        installation.put(scoped, name=installation.FIRST_MONTH, value=str(first))
        scoped.record("calendar.first_month", subject=str(first))
    portal.forget_days()


def _check(portal: Portal, valid_from: Month, deadline_day: int, release_day: int, reason: str) -> None:
    if not SHORTEST_REASON <= len(storable(reason)) <= LONGEST_REASON:
        raise Refused(f"Skriv varför, med {SHORTEST_REASON}–{LONGEST_REASON} tecken.", about="reason")
    if not FIRST_DAY <= deadline_day < release_day <= LAST_DAY:
        raise Refused(
            f"Dagarna ska ligga mellan den {FIRST_DAY}:a och den {LAST_DAY}:e, och regionens värden släpps "
            "efter mottagningarnas sista dag.",
            about="deadline_day",
        )
    allowed = months_to_set(portal)
    if not allowed[0] <= valid_from <= allowed[-1]:
        raise Refused(
            f"De kan gälla från {allowed[0].label}: för tidigare månader har den sista dagen redan varit.",
            about="valid_from",
        )

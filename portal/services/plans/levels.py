"""What a plan waits for and where the clinic is, in words, for page and report."""

from portal import formats
from portal.domain.plans.plan import ActionPlan
from portal.domain.registry.months import Month
from portal.services.plans.plans import FollowedPlan


WAITS = "väntar på regionens ja"


def expected(plan: ActionPlan) -> str:
    """Return the level that is waited for; empty where no measure shows it."""
    indicator, level = plan.occasion.indicator, plan.content.expected
    return "" if indicator is None or level is None else formats.level(indicator, level)


def newest(followed: FollowedPlan) -> tuple[Month, str] | None:
    """Return the newest month with its value; None before the plan's months are looked at."""
    indicator, newest_value = followed.plan.occasion.indicator, followed.effect.newest
    if indicator is None or newest_value is None:
        return None
    month, amount = newest_value
    return month, formats.value(indicator, amount)

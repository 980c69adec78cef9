"""Which demands the region's contract has, as the region sets them."""

from dataclasses import dataclass, replace
from datetime import date

from db import installation
from portal.domain.accounts.access import User, check_is_administrator
from portal.domain.insight import demands
from portal.domain.insight.demands import Demand, DemandList
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.names import plain_name
from portal.domain.reporting.texts import storable
from portal.services.context import Portal
from portal.services.refused import Refused


SHORTEST_NAME, LONGEST_NAME = 3, 60
SHORTEST_TEXT, LONGEST_TEXT = 5, 500
MOST_DEMANDS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class DemandWish:
    """A demand as it should be. `name`: its own, or of one there is; what is empty stays as it is."""

    name: str
    indicator: str | None = None  # None: answers say whether it is met
    rule: str = ""
    source: str = ""
    valid_from: date | None = None


def set_demand(portal: Portal, user: User, wish: DemandWish) -> None:
    """Add a demand to the contract's, or change what is said of one; raises Refused, AccessDenied.

    The first of another region's takes the place of all those that came with the portal.
    """
    check_is_administrator(user)
    before = portal.demands
    begins_anew = not before.is_own and not portal.region.is_dalarna
    demand = _wished(portal, before, wish)
    if before.named(wish.name) is None and not begins_anew:
        _check_is_another(demand, before)
    own = before.with_demand(demand, begins_anew=begins_anew)
    _check(own)
    if own.demands == before.demands:
        return  # a second click changes nothing
    _store(portal, user, own, action="contract.demand_set", demand=demand)


def remove_demand(portal: Portal, user: User, name: str) -> None:
    """Take a demand out of the contract's; raises Refused, AccessDenied. What was entered about it stays stored."""
    check_is_administrator(user)
    before = portal.demands
    demand = before.named(name)
    if demand is None or before.find(demand.code) is None:
        return  # a second click changes nothing
    _store(portal, user, before.without(demand.code), action="contract.demand_removed", demand=demand)


def _store(portal: Portal, user: User, own: DemandList, *, action: str, demand: Demand) -> None:
    with portal.writing(user) as writing:
        installation.put(writing, name=installation.DEMANDS, value=demands.dump(own.demands))
        details = {"name": demand.short, "rule": demand.rule, "source": demand.source}
        writing.record(action, subject=demand.code, details=details)
    portal.forget_days()


def _wished(portal: Portal, before: DemandList, wish: DemandWish) -> Demand:
    now = before.named(wish.name)
    if now is None:
        return demands.own_demand(
            label=_text(plain_name(wish.name), SHORTEST_NAME, LONGEST_NAME, about="name"),
            indicator=wish.indicator,
            rule=_text(wish.rule, SHORTEST_TEXT, LONGEST_TEXT, about="rule"),
            source=_text(wish.source, SHORTEST_TEXT, LONGEST_TEXT, about="source"),
            valid_from=wish.valid_from or _first_day(portal),
        )
    if wish.indicator not in (None, now.indicator):
        raise Refused(
            "Kravet bedöms redan på ett annat sätt. Ta bort det, och lägg till det nya under ett eget namn.",
            about="indicator",
        )
    return replace(
        now,
        rule=_text(wish.rule or now.rule, SHORTEST_TEXT, LONGEST_TEXT, about="rule"),
        source=_text(wish.source or now.source, SHORTEST_TEXT, LONGEST_TEXT, about="source"),
        valid_from=wish.valid_from or now.valid_from,
    )


def _first_day(portal: Portal) -> date:
    first = portal.calendar.first_month
    return date(first.year, first.number, 1)


def _text(text: str, least: int, most: int, *, about: str) -> str:
    text = storable(text)
    if not least <= len(text) <= most:
        asked_for = {"name": "Namnet", "rule": "Regeln", "source": "Källan"}[about]
        raise Refused(f"{asked_for} ska ha {least}–{most} tecken.", about=about)
    return text


def _check_is_another(new: Demand, before: DemandList) -> None:
    """Raise Refused where a demand under another name would take the place of one that there is."""
    if twin := before.find(new.code):
        about = "indicator" if new.indicator else "name"
        raise Refused(f"{twin.label} är redan ett krav som skulle bli detsamma.", about=about)


def _check(own: DemandList) -> None:
    """Raise Refused where two demands would be judged by the same share, or there are too many."""
    indicators = [demand.indicator for demand in own.demands if demand.indicator]
    twice = next((code for code in indicators if indicators.count(code) > 1), None)
    if twice:
        raise Refused(f"{INDICATORS_BY_CODE[twice].label} hör redan till ett annat krav.", about="indicator")
    if len(own.demands) > MOST_DEMANDS:
        raise Refused(f"Ett avtal har högst {MOST_DEMANDS} krav här.", about="name")

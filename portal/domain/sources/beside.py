"""What others have published, and which of it stands beside a figure of the portal's: only what is of the same period."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from portal.domain.registry.months import Month
from portal.domain.sources.declared import BESIDE
from portal.domain.sources.facts import Fact


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """What others have published of an indicator: the country's months, and the other regions' newest one."""

    country: Mapping[Month, Fact] = field(default_factory=dict)
    regions: tuple[Fact, ...] = ()  # each with its name as its part


def of_months(published: Iterable[Fact], *, span: int = 1) -> Elsewhere:
    """Return what stands beside an indicator's points, which are of `span` months each.

    Beside a rolling year's stands nothing: what is published is of single months.
    """
    by_month: dict[Month, list[Fact]] = {}
    for fact in published:
        if fact.month and _is_of(fact, fact.month.plus(1 - span), fact.month):
            by_month.setdefault(fact.month, []).append(fact)
    country = {month: fact for month, of_month in by_month.items() for fact in of_month if not fact.breakdown}
    return Elsewhere(country=country, regions=_newest_regions(by_month))


def of_period(indicator: str, published: Iterable[Fact], first: Month, last: Month) -> Fact | None:
    """Return the country's figure of the very months from `first` to `last`: one month, or a whole calendar year."""
    stored_as = BESIDE[indicator].indicator if indicator in BESIDE else ""
    return next(
        (
            fact
            for fact in published
            if fact.indicator == stored_as and not fact.breakdown and _is_of(fact, first, last)
        ),
        None,
    )


def _is_of(fact: Fact, first: Month, last: Month) -> bool:
    """Tell whether a figure has a value, and is of exactly those months."""
    if fact.value is None:
        return False
    own = (fact.month, fact.month) if fact.month else (Month(fact.year, 1), Month(fact.year, 12))
    return own == (first, last)


def _newest_regions(by_month: Mapping[Month, Iterable[Fact]]) -> tuple[Fact, ...]:
    """Return the other regions' figures of the newest month that has any."""
    for month in sorted(by_month, reverse=True):
        if regions := [fact for fact in by_month[month] if fact.breakdown]:
            return tuple(sorted(regions, key=lambda fact: fact.breakdown))
    return ()

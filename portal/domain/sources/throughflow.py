"""What comes in and is sent on, month by month: sums that must agree, and what is odd about them.

More can be sent on in a month than came in: earlier ones were waiting. So that is asked about, and not refused.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from portal.domain.registry.months import Month
from portal.domain.sources.declared import FIELDS_BY_CODE
from portal.domain.sources.facts import Fact, Source, SourceLevel, Throughflow
from portal.domain.sources.year import Facts, Remark, spell


MOST_NAMED = 3  # months in one remark

Months = Mapping[Month, Mapping[str, float]]  # values by the field's code


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """The newest month in which the whole region has counted what came in, with the months before it."""

    flow: Throughflow
    month: Month
    months: Months

    @property
    def codes(self) -> list[str]:
        """The counts that the month has of what came in: a region may have referrals alone."""
        return [code for code in self.flow.incoming if code in self.months[self.month]]

    @property
    def compared_with(self) -> Month | None:
        """The month before, or where that lacks what the newest counts the same month a year before."""
        earlier = (self.month.previous, self.month.year_before)
        return next((month for month in earlier if self.received(month) is not None), None)

    @property
    def sent_on(self) -> float | None:
        """How many were sent on in the newest month; None where not every way is counted."""
        values = self.months[self.month]
        return _sum(self.flow.outgoing, values) if values.keys() >= {*self.flow.outgoing} else None

    def received(self, month: Month) -> float | None:
        """Return how many came in, counted as in the newest month; None where one of its counts lacks."""
        values = self.months.get(month, {})
        return _sum(self.codes, values) if values.keys() >= {*self.codes} else None


def intake(source: Source, facts: Iterable[Fact]) -> Intake | None:
    """Return the newest month in which something is said to have come in to the whole region, if any."""
    assert source.flow is not None
    months = months_of(source, facts)
    counted = [month for month, values in months.items() if values.keys() & {*source.flow.incoming}]
    return Intake(flow=source.flow, month=counted[-1], months=months) if counted else None


def start_of(source: Source, facts: Iterable[Fact]) -> Month | None:
    """Return the first month in which anything came in to the whole region; None until then."""
    assert source.flow is not None
    months = months_of(source, facts)
    return next(
        (month for month, values in months.items() if any(map(values.get, source.flow.incoming))), None
    )


def months_of(source: Source, facts: Iterable[Fact], municipality: str = "") -> dict[Month, dict[str, float]]:
    """Return the values of the whole region's months, or of a municipality's, oldest first."""
    codes = {field.indicator: field.code for field in source.fields}
    months: dict[Month, dict[str, float]] = {}
    for fact in facts:
        is_of_place = fact.municipality == municipality and fact.level is not SourceLevel.CLINIC
        if fact.month and fact.value is not None and fact.indicator in codes and is_of_place:
            months.setdefault(fact.month, {})[codes[fact.indicator]] = fact.value
    return dict(sorted(months.items()))


def remarks(source: Source, facts: Facts, year: int) -> list[Remark]:
    """Say what does not add up in the year of a source that errands flow through; nothing of other sources."""
    if source.flow is None:
        return []
    region = months_of(source, facts.values())
    codes = sorted({fact.municipality for fact in facts.values() if fact.municipality})
    together = _added(months_of(source, facts.values(), code) for code in codes)
    sentences = (
        (_above_region(region, together, year), True),
        (_without_region(region, together, year), False),
        (_more_out_than_in(source.flow, region, year), False),
        (_gap(region, year), False),
    )
    return [Remark(text, is_fault) for of_kind, is_fault in sentences for text in of_kind]


def hidden_places(columns: Sequence[Mapping[str, float]], smallest: int) -> frozenset[str]:
    """Return the places whose counts are not told: where few children stand behind one of them, and some more.

    `columns` hold counts by place that one can subtract from each other, so a place is told in all of them or in none.
    The region's total stands beneath each: what is hidden of it are at least two places with so many children together
    that none is known to be few. Where there is no way to that nothing is told.
    """
    sizes: dict[str, float] = {}
    for column in columns:
        for place, count in column.items():
            sizes[place] = sizes.get(place, 0) + count
    hidden = {place for column in columns for place, count in column.items() if 0 < count < smallest}
    others = sorted(sizes.keys() - hidden, key=lambda place: (sizes[place], place))
    while not all(_is_safe(column, hidden, smallest) for column in columns):
        if not others:
            return frozenset(sizes)
        hidden.add(others.pop(0))
    return frozenset(hidden)


def _is_safe(column: Mapping[str, float], hidden: Collection[str], smallest: int) -> bool:
    counts = [count for place, count in column.items() if place in hidden]
    return sum(counts) == 0 or (len(counts) > 1 and sum(counts) >= 2 * smallest)


def _added(places: Iterable[Months]) -> dict[Month, dict[str, float]]:
    """Return the municipalities' values together."""
    months: dict[Month, dict[str, float]] = {}
    for place in places:
        for month, values in place.items():
            sums = months.setdefault(month, {})
            for code, value in values.items():
                sums[code] = sums.get(code, 0) + value
    return months


def _above_region(region: Months, together: Months, year: int) -> Iterator[str]:
    """Say where the municipalities have more together than the region."""
    for code, field in FIELDS_BY_CODE.items():
        above = [
            f"{month.name} {spell(sums[code])} mot {spell(region[month][code])}"
            for month, sums in sorted(together.items())
            if month.year == year
            and code in sums
            and sums[code] > region.get(month, {}).get(code, sums[code])
        ]
        if above:
            yield f"{field.label}: kommunerna har tillsammans fler än regionen ({_named(above)})."


def _without_region(region: Months, together: Months, year: int) -> Iterator[str]:
    """Say where municipalities are entered and the region is not: it is the region's figure that is shown."""
    months = [month.name for month in sorted(together) if month.year == year and month not in region]
    if months:
        yield f"Bara kommuner är inskrivna för {_named(months)}: skriv också in hela regionens tal, det är de som visas."


def _more_out_than_in(flow: Throughflow, region: Months, year: int) -> Iterator[str]:
    """Say where more was sent on than had come in or was waiting."""
    odd = []
    for month, values in region.items():
        if month.year == year and {*flow.incoming, *flow.outgoing} <= values.keys():
            waiting = region.get(month.previous, {}).get(flow.waiting, 0)
            came, went = _sum(flow.incoming, values), _sum(flow.outgoing, values)
            if went > came + waiting:
                odd.append(f"{month.name} {spell(went)} mot {spell(came + waiting)}")
    if odd:
        text = "Fler hänvisades vidare än vad som kom in och väntade sedan månaden före"
        yield f"{text} ({_named(odd)}). Det går om tidigare ärenden saknas här: kontrollera."


def _sum(codes: Sequence[str], values: Mapping[str, float]) -> float:
    return sum(values[code] for code in codes)


def _gap(region: Months, year: int) -> Iterator[str]:
    """Say which months of the year lack between others that have figures."""
    missing: list[str] = []
    for earlier, later in pairwise(region):
        month = earlier.next
        while month < later:
            missing += [month.name] * (month.year == year)
            month = month.next
    if missing:
        yield f"Hela regionens tal saknas för {_named(missing)}, mellan månader som har dem."


def _named(texts: Sequence[str]) -> str:
    more = len(texts) - MOST_NAMED
    return ", ".join(texts[:MOST_NAMED]) + (f" och {more} till" if more > 0 else "")

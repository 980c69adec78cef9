"""All clinics on one indicator, for the region; and the year in figures for everyone's scope."""

from collections.abc import Mapping
from dataclasses import dataclass

from db import audit
from db.registry import clinics
from db.release import releases
from db.reporting import values
from db.scoping import ScopedConnection
from db.sources import facts
from db.sources.facts import PublishedFigure
from portal.domain.accounts.access import RegionUser, User, check_is_region
from portal.domain.registry.annual import (
    Figure,
    RegionalFigure,
    Totals,
    figure_of_month,
    figure_of_period,
    regional_figure,
)
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import INDICATORS, PATIENTS, Frequency, Headline, Indicator, Kind
from portal.domain.registry.months import Month, latest_whole_month, months_between, months_of_year
from portal.domain.registry.values import MissingReason, change, share
from portal.domain.release.standing import Released
from portal.domain.sources.facts import Fact, FactKey
from portal.domain.sources.year import regions_year
from portal.services.context import Portal


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicComparison:
    """One indicator and period for every clinic, with the live regional figure."""

    indicator: Indicator
    first: Month
    last: Month
    figures: tuple[tuple[Clinic, Figure], ...]
    region: RegionalFigure


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedBeside:
    """A printed figure beside what the portal computes for the same period."""

    period: str
    indicator: str
    breakdown: str
    unit: str
    basis: str
    source: str
    published: float | None
    computed: float | None

    @property
    def difference(self) -> float | None:
        if self.published is None or self.computed is None:
            return None
        return self.computed - self.published


@dataclass(frozen=True, kw_only=True, slots=True)
class YearOfIndicator:
    """One indicator's year: regional figure, the year before, change, per clinic, as published."""

    indicator: Indicator
    region: RegionalFigure
    before: RegionalFigure
    change: float | None
    clinics: tuple[tuple[Clinic, Figure, Figure], ...]  # this year, the year before
    published: tuple[PublishedBeside, ...]
    published_before: tuple[PublishedBeside, ...]
    breakdowns: Mapping[str, tuple[float | None, float | None]]  # this year, the year before

    @property
    def change_is_points(self) -> bool:
        return self.indicator.is_share

    @property
    def like_for_like(self) -> tuple[float, float, int] | None:
        """Sums over the clinics that have both years: now, before, how many."""
        both = [
            (now.value, before.value)
            for _, now, before in self.clinics
            if now.value is not None and before.value is not None
        ]
        if not both or self.indicator.denominator:
            return None
        return sum(now for now, _ in both), sum(before for _, before in both), len(both)


@dataclass(frozen=True, kw_only=True, slots=True)
class Year:
    """The combined annual view's figures."""

    year: int
    last_month: Month
    clinics: tuple[Clinic, ...]
    indicators: tuple[YearOfIndicator, ...]
    published: tuple[PublishedBeside, ...]
    is_whole_region: bool

    def of(self, code: str) -> YearOfIndicator:
        return next(found for found in self.indicators if found.indicator.code == code)


def compare_month(portal: Portal, user: User, *, indicator: Indicator, month: Month) -> ClinicComparison:
    """Return every clinic's figure of one month; raises AccessDenied."""
    check_is_region(user)
    measures = sorted({*indicator.measures, PATIENTS})
    with portal.reading(user) as scoped:
        known = clinics.list_in_scope(scoped)
        answers = values.of_month(scoped, month=month, measures=measures)
    figures = [
        (clinic, figure_of_month(indicator, answers.get(clinic.code), otherwise=why_nothing(clinic, month)))
        for clinic in known
    ]
    return _comparison(indicator, month, month, figures)


def compare_year(portal: Portal, user: User, *, indicator: Indicator, year: int) -> ClinicComparison:
    """Return every clinic's figure of one year; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        known = clinics.list_in_scope(scoped)
        last = values.latest_month(scoped, year=year) or Month(year, 12)
        found = values.totals(scoped, first=Month(year, 1), last=last, pairs=_pairs([indicator]))
    return _comparison(indicator, Month(year, 1), last, _of_period(indicator, known, found, last))


def why_nothing(clinic: Clinic, month: Month) -> MissingReason:
    return clinic.not_open_reason(month) or MissingReason.NOT_REPORTED


def years(portal: Portal) -> list[int]:
    """Return the years that have whole months, newest first."""
    last = latest_whole_month(portal.clock.today)
    return list(range(last.year, portal.calendar.first_month.year - 1, -1))


def year_figures(portal: Portal, user: User, year: int) -> Year:
    """Return the year for the user's scope: region staff live figures of all clinics, a clinic
    its own figures and what has been released."""
    if not isinstance(user, RegionUser):
        return _read_year(portal, user, year)
    with portal.reading(user) as scoped:
        version = audit.newest_id(scoped)
    return portal.memo.get(("year", year, version), lambda: _read_year(portal, user, year))


def _read_year(portal: Portal, user: User, year: int) -> Year:
    first, before = Month(year, 1), Month(year - 1, 1)
    with portal.reading(user) as scoped:
        known = clinics.list_in_scope(scoped)
        last = values.latest_month(scoped, year=year) or Month(year, 12)
        now = values.totals(scoped, first=first, last=last, pairs=_pairs(INDICATORS))
        earlier = values.totals(scoped, first=before, last=Month(year - 1, 12), pairs=_pairs(INDICATORS))
        published = facts.list_published(scoped)
        is_region = isinstance(user, RegionUser)
        # A clinic reads its own rows and released figures, nothing else.
        region_facts = facts.list_facts(scoped, years=[year, year - 1]) if is_region else []
        sums = _period_sums(scoped, published, (year, year - 1)) if is_region else {}
        released = None if is_region else {y: _read_released(scoped, y) for y in (year, year - 1)}
    build = _Builder(
        year=year,
        last=last,
        known=known,
        now=now,
        earlier=earlier,
        facts={fact.key: fact for fact in region_facts},
        published=published,
        sums=sums,
        released=released,
    )
    return build.year_of_all()


@dataclass(frozen=True, kw_only=True)
class _ReleasedYear:
    """What has been released of a year: the sums behind its months, and its last month."""

    sums: Mapping[str, tuple[int, int, int]]
    december: Mapping[str, Released]


@dataclass(frozen=True, kw_only=True)
class _Builder:
    """What was read for a year, on its way to be put together; holds no rule of its own."""

    year: int
    last: Month
    known: list[Clinic]
    now: Mapping[str, Totals]
    earlier: Mapping[str, Totals]
    facts: Mapping[FactKey, Fact]
    published: list[PublishedFigure]
    sums: Mapping[tuple[str, str], float]
    released: Mapping[int, _ReleasedYear] | None

    def year_of_all(self) -> Year:
        indicators = tuple(self.of_indicator(indicator) for indicator in INDICATORS)
        return Year(
            year=self.year,
            last_month=self.last,
            clinics=tuple(self.known),
            indicators=indicators,
            published=tuple(self.beside(row, indicators) for row in self.of_years(self.year)),
            is_whole_region=self.released is None,
        )

    def of_indicator(self, indicator: Indicator) -> YearOfIndicator:
        if not indicator.from_clinics:
            now, before = self.region_fact(indicator, self.year), self.region_fact(indicator, self.year - 1)
            per_clinic: tuple[tuple[Clinic, Figure, Figure], ...] = ()
        else:
            these = _of_period(indicator, self.known, self.now, self.last)
            those = _of_period(indicator, self.known, self.earlier, Month(self.year - 1, 12))
            per_clinic = tuple(
                (clinic, figure, old) for (clinic, figure), (_, old) in zip(these, those, strict=True)
            )
            now = self.regional(indicator, [figure for _, figure in these], self.year)
            before = self.regional(indicator, [figure for _, figure in those], self.year - 1)
        return YearOfIndicator(
            indicator=indicator,
            region=now,
            before=before,
            change=change(now.value, before.value, in_points=indicator.is_share),
            clinics=per_clinic,
            published=self.published_of(indicator, now, self.year),
            published_before=self.published_of(indicator, before, self.year - 1),
            breakdowns=self.breakdowns(indicator),
        )

    def regional(self, indicator: Indicator, figures: list[Figure], year: int) -> RegionalFigure:
        if self.released is None:
            return regional_figure(indicator, figures)
        return _released_year(indicator, self.released[year])

    def region_fact(self, indicator: Indicator, year: int) -> RegionalFigure:
        parts = {
            f.breakdown: f
            for f in self.facts.values()
            if f.indicator == indicator.code and f.year == year and f.is_regions_year
        }
        whole = regions_year(self.facts, indicator.code, year)
        if indicator.kind is Kind.RATIO and "visited" in parts and "contacted" in parts:
            return RegionalFigure(
                value=parts["visited"].value,
                numerator=parts["visited"].value,
                denominator=parts["contacted"].value,
            )
        if indicator.kind is Kind.INDEX and any(part.value is not None for part in parts.values()):
            return RegionalFigure()  # its dimensions have figures, and are never put together
        if whole is None:
            hidden = self.released is not None
            return RegionalFigure(reason=MissingReason.SUPPRESSED if hidden else _no_fact(indicator, year))
        return RegionalFigure(value=whole.value, numerator=whole.value, reason=whole.reason)

    def breakdowns(self, indicator: Indicator) -> dict[str, tuple[float | None, float | None]]:
        found: dict[str, tuple[float | None, float | None]] = {}
        for fact in self.facts.values():
            if fact.indicator == indicator.code and fact.breakdown and fact.is_regions_year:
                now, before = found.get(fact.breakdown, (None, None))
                if fact.year == self.year:
                    now = fact.value
                else:
                    before = fact.value
                found[fact.breakdown] = (now, before)
        return found

    def of_years(self, year: int) -> list[PublishedFigure]:
        return [row for row in self.published if row.period.startswith(str(year))]

    def published_of(
        self, indicator: Indicator, region: RegionalFigure, year: int
    ) -> tuple[PublishedBeside, ...]:
        return tuple(
            PublishedBeside(
                period=row.period,
                indicator=row.indicator,
                breakdown=row.breakdown,
                unit=row.unit,
                basis=row.basis,
                source=row.source,
                published=row.value,
                computed=self.computed(row, region),
            )
            for row in self.of_years(year)
            if row.indicator == indicator.code
        )

    def computed(self, row: PublishedFigure, region: RegionalFigure | None) -> float | None:
        """Return what the portal has for the printed figure's own period and part."""
        if ".." in row.period:
            return self.sums.get((row.period, row.indicator))
        if row.breakdown:
            part = self.facts.get(FactKey(row.indicator, int(row.period[:4]), "", row.breakdown, "", ""))
            return part.value if part else None
        return region.value if region and row.period == str(self.year) else self.other_year(row, region)

    def other_year(self, row: PublishedFigure, region: RegionalFigure | None) -> float | None:
        return region.value if region and row.period == str(self.year - 1) else None

    def beside(self, row: PublishedFigure, indicators: tuple[YearOfIndicator, ...]) -> PublishedBeside:
        found = next((i for i in indicators if i.indicator.code == row.indicator), None)
        computed = self.computed(row, found.region if found else None)
        if row.indicator == "clinics" and self.released is None:
            last = Month(self.year, 12)
            computed = float(sum(clinic.is_open(last) for clinic in self.known))
        return PublishedBeside(
            period=row.period,
            indicator=row.indicator,
            breakdown=row.breakdown,
            unit=row.unit,
            basis=row.basis,
            source=row.source,
            published=row.value,
            computed=computed,
        )


def _comparison(
    indicator: Indicator, first: Month, last: Month, figures: list[tuple[Clinic, Figure]]
) -> ClinicComparison:
    return ClinicComparison(
        indicator=indicator,
        first=first,
        last=last,
        figures=tuple(figures),
        region=regional_figure(indicator, [figure for _, figure in figures]),
    )


def _of_period(
    indicator: Indicator, known: list[Clinic], found: Mapping[str, Totals], last: Month
) -> list[tuple[Clinic, Figure]]:
    return [
        (
            clinic,
            figure_of_period(indicator, found.get(clinic.code), otherwise=why_nothing(clinic, last)),
        )
        for clinic in known
    ]


def _pairs(indicators: tuple[Indicator, ...] | list[Indicator]) -> list[tuple[str, str]]:
    return [
        (indicator.numerator, indicator.denominator)
        for indicator in indicators
        if indicator.kind is Kind.PERCENT and indicator.numerator and indicator.denominator
    ]


def _no_fact(indicator: Indicator, year: int) -> MissingReason:
    if indicator.frequency is Frequency.BIENNIAL and year % 2:
        return MissingReason.NO_SURVEY
    return MissingReason.NOT_REPORTED


def _read_released(scoped: ScopedConnection, year: int) -> _ReleasedYear:
    first, last = Month(year, 1), Month(year, 12)
    figures = releases.list_figures(scoped, first=last, last=last)
    return _ReleasedYear(
        sums=releases.year_sums(scoped, first=first, last=last),
        december={code: found for (_, code), found in figures.items() if found.is_shown},
    )


def _released_year(indicator: Indicator, released: _ReleasedYear) -> RegionalFigure:
    """Build a year from released months only, shown when all twelve are (R6)."""
    if indicator.kind is Kind.STOCK:
        found = released.december.get(indicator.code)
        if found is None or found.value is None:
            return RegionalFigure(reason=MissingReason.SUPPRESSED)
        return RegionalFigure(value=found.value, rate=found.rate)
    numerator, denominator, months = released.sums.get(indicator.code, (0, 0, 0))
    if months < len(months_of_year(2000)) or indicator.kind is Kind.QUOTIENT:
        return RegionalFigure(reason=MissingReason.SUPPRESSED)
    if indicator.kind is Kind.COUNT:
        return RegionalFigure(value=numerator)
    together = share(numerator, denominator)
    pooled = None if together is None else round(100 * together, 1)
    is_headline = indicator.headline is Headline.POOLED
    return RegionalFigure(
        value=pooled if is_headline else None,
        pooled=pooled,
        reason=None if is_headline else MissingReason.SUPPRESSED,
    )


def _period_sums(
    scoped: ScopedConnection, published: list[PublishedFigure], wanted: tuple[int, int]
) -> dict[tuple[str, str], float]:
    """Return the mean per month of each measure that a source prints for a run of months."""
    rows = [row for row in published if ".." in row.period and int(row.period[:4]) in wanted]
    found: dict[tuple[str, str], float] = {}
    for period in sorted({row.period for row in rows}):
        first, last = (Month.parse(part) for part in period.split(".."))
        measures = [row.indicator for row in rows if row.period == period]
        sums = values.monthly_sums(scoped, measures=measures, first=first, last=last)
        length = len(months_between(first, last))
        for measure in measures:
            totals = [total for (_, code), total in sums.items() if code == measure]
            if len(totals) == length:
                found[period, measure] = sum(totals) / length
    return found


def compare(portal: Portal, user: User, *, indicator: Indicator, period: Month | int) -> ClinicComparison:
    """Return every clinic's figure of a month or a year; raises AccessDenied."""
    if isinstance(period, int):
        return compare_year(portal, user, indicator=indicator, year=period)
    return compare_month(portal, user, indicator=indicator, month=period)


def group(found: ClinicComparison, operator: Operator) -> RegionalFigure:
    """Put the clinics of one kind of operator together."""
    figures = [figure for clinic, figure in found.figures if clinic.operator is operator]
    return regional_figure(found.indicator, figures)


def newest_month(portal: Portal) -> Month:
    return latest_whole_month(portal.clock.today)

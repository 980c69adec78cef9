"""All clinics on one indicator, for the region; and the year in figures for everyone's scope."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from db import audit
from db.registry import clinics
from db.release import releases
from db.reporting import values
from db.scoping import ScopedConnection
from db.sources import facts
from portal.domain.accounts.access import RegionUser, User, check_is_region
from portal.domain.registry import changes
from portal.domain.registry.annual import (
    Figure,
    RegionalFigure,
    Totals,
    figure_of_month,
    figure_of_period,
    regional_figure,
)
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import (
    INDICATORS,
    PATIENTS,
    Frequency,
    Headline,
    Indicator,
    Kind,
    Target,
)
from portal.domain.registry.months import (
    Month,
    enquiry_until,
    is_enquired,
    latest_whole_month,
    months_of_year,
)
from portal.domain.registry.rounding import for_rounding_again
from portal.domain.registry.values import MissingReason, share
from portal.domain.release.standing import Released
from portal.domain.sources import beside
from portal.domain.sources.facts import Fact, FactKey
from portal.domain.sources.published import PublishedFigure
from portal.domain.sources.year import regions_year
from portal.services.context import Portal
from portal.services.insight.aims import read_aims
from portal.services.insight.published import is_run_of_months, monthly_means
from portal.services.sources import elsewhere


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicComparison:
    """One indicator and period for every clinic, with the live regional figure."""

    indicator: Indicator
    first: Month
    last: Month
    figures: tuple[tuple[Clinic, Figure], ...]
    region: RegionalFigure
    target: Target | None = None  # in force on the last day
    country: Fact | None = None  # what is published of the country, of that very period


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

    @property
    def differs(self) -> bool:
        """Whether the computed figure, with as many digits as the printed one, is another."""
        if self.published is None or self.difference is None:
            return False
        step = 1.0 if self.published == int(self.published) else 0.1
        return abs(self.difference) > step / 2 + 1e-9


@dataclass(frozen=True, kw_only=True, slots=True)
class YearOfIndicator:
    """One indicator's year: regional figure, the year before, change, per clinic, as published."""

    indicator: Indicator
    region: RegionalFigure
    before: RegionalFigure
    change: float | None  # None also where a sum is of a part of the year
    is_comparable: bool = True
    clinics: tuple[tuple[Clinic, Figure, Figure], ...]  # this year, the year before
    published: tuple[PublishedBeside, ...]
    published_before: tuple[PublishedBeside, ...]
    breakdowns: Mapping[str, tuple[float | None, float | None]]  # this year, `year_before`
    year_before: int  # that a part is compared with: of an enquiry, the one before it

    @property
    def like_for_like(self) -> tuple[float, float, int] | None:
        """Sums over the clinics that have both years: now, before, how many."""
        both = [
            (now.value, before.value)
            for _, now, before in self.clinics
            if now.value is not None and before.value is not None
        ]
        if not both or self.indicator.denominator or not self.is_comparable:
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

    @property
    def is_over(self) -> bool:
        """Whether the figures are of the whole year: until then a sum stands beside no whole year's."""
        return self.last_month.ends_year

    @property
    def span(self) -> str:
        """What a sum is of: `2024`, `2025 till och med mars`."""
        return str(self.year) if self.is_over else f"{self.year} till och med {self.last_month.name}"

    @property
    def end(self) -> str:
        """When a stock was counted, after `vid slutet av`: `2024`, `mars 2025`."""
        return str(self.year) if self.is_over else self.last_month.label

    def of(self, code: str) -> YearOfIndicator:
        """Return one indicator's year by its code."""
        return next(year for year in self.indicators if year.indicator.code == code)


def compare(portal: Portal, user: User, *, indicator: Indicator, period: Month | int) -> ClinicComparison:
    """Return every clinic's figure of a month or a year; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        key = ("comparison", indicator.code, str(period), audit.figures_version(scoped))
        return portal.memo.get(key, lambda: _compare(portal, scoped, indicator, period))


def _compare(
    portal: Portal, scoped: ScopedConnection, indicator: Indicator, period: Month | int
) -> ClinicComparison:
    comparison = (
        _compare_year(scoped, indicator, period)
        if isinstance(period, int)
        else _compare_month(scoped, indicator, period)
    )
    aims = read_aims(scoped, portal.demands)
    return replace(comparison, target=aims.target_or_demand(indicator, comparison.last.last_day))


def _compare_month(scoped: ScopedConnection, indicator: Indicator, month: Month) -> ClinicComparison:
    answers = values.of_month(scoped, month=month, measures=sorted({*indicator.measures, PATIENTS}))
    figures = [
        (clinic, figure_of_month(indicator, answers.get(clinic.code), otherwise=why_nothing(clinic, month)))
        for clinic in clinics.list_in_scope(scoped)
    ]
    published = elsewhere.published(scoped, indicator, month, month)
    country = beside.of_period(indicator.code, published, month, month)
    return replace(_comparison(indicator, month, month, figures), country=country)


def _compare_year(scoped: ScopedConnection, indicator: Indicator, year: int) -> ClinicComparison:
    last = values.latest_month(scoped, year=year) or Month(year, 12)
    totals = values.totals(scoped, first=Month(year, 1), last=last, pairs=_pairs([indicator]))
    region_facts = {fact.key: fact for fact in facts.list_facts(scoped, years=(year,))}
    figures = _of_period(indicator, clinics.list_in_scope(scoped), totals, last)
    comparison = _comparison(indicator, Month(year, 1), last, figures)
    return replace(
        comparison,
        region=_or_entered(comparison.region, indicator, region_facts, year),
        country=beside.of_period(indicator.code, region_facts.values(), Month(year, 1), last),
    )


def _or_entered(
    together: RegionalFigure, indicator: Indicator, region_facts: Mapping[FactKey, Fact], year: int
) -> RegionalFigure:
    """Return the clinics' figure together, or where they have none what the region has entered itself."""
    if together.value is not None or not indicator.entered_as:
        return together
    fact = regions_year(region_facts, indicator.entered_as, year)
    if fact is None:
        return together
    return RegionalFigure(value=fact.value, numerator=fact.value, reason=fact.reason)


def _comparison(
    indicator: Indicator, first: Month, last: Month, figures: list[tuple[Clinic, Figure]]
) -> ClinicComparison:
    region = regional_figure(indicator, [figure for _, figure in figures])
    return ClinicComparison(
        indicator=indicator, first=first, last=last, figures=tuple(figures), region=region
    )


def group(comparison: ClinicComparison, operator: Operator) -> RegionalFigure:
    """Return the figure of the clinics of one kind of operator together."""
    figures = [figure for clinic, figure in comparison.figures if clinic.operator is operator]
    return regional_figure(comparison.indicator, figures)


def why_nothing(clinic: Clinic, month: Month) -> MissingReason:
    """Return the reason that stands where a clinic has no value of a month."""
    return clinic.not_open_reason(month) or MissingReason.NOT_REPORTED


def newest_month(portal: Portal) -> Month:
    """Return the newest month that is over."""
    return latest_whole_month(portal.clock.today)


def years(portal: Portal) -> list[int]:
    """Return the years that have whole months, newest first."""
    last = latest_whole_month(portal.clock.today)
    return list(range(last.year, portal.calendar.first_month.year - 1, -1))


def years_of_reports(portal: Portal) -> list[int]:
    """Return the same and the year that has begun, from its first day, newest first."""
    return sorted({portal.clock.today.year, *years(portal)}, reverse=True)


# The year in figures


def year_figures(portal: Portal, user: User, year: int) -> Year:
    """Return the year for the user's scope: region staff live figures of all clinics, a clinic
    its own figures and what has been released."""
    if not isinstance(user, RegionUser):
        return _read_year(portal, user, year).year_of_all()
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
    key = ("year", year, version)
    return portal.memo.get(key, lambda: _read_year(portal, user, year).year_of_all())


def _read_year(portal: Portal, user: User, year: int) -> "_Reading":
    pairs, both_years = _pairs(INDICATORS), (year, year - 1)
    with portal.reading(user) as scoped:
        last = values.latest_month(scoped, year=year) or _last_of_none(portal, year)
        printed = facts.list_published(scoped)
        reading = _Reading(
            year=year,
            last=last,
            register=clinics.list_in_scope(scoped),
            totals=values.totals(scoped, first=Month(year, 1), last=last, pairs=pairs),
            totals_before=values.totals(
                scoped, first=Month(year - 1, 1), last=Month(year - 1, 12), pairs=pairs
            ),
            published=printed,
        )
        # A clinic reads its own rows and released figures, nothing else.
        if not isinstance(user, RegionUser):
            released = {each: _read_released(scoped, each) for each in both_years}
            return replace(reading, released=released)
        enquired = (*both_years, year - 2)
        region_facts = {fact.key: fact for fact in facts.list_facts(scoped, years=enquired)}
        of_years = [row for row in printed if int(row.period[:4]) in both_years]
        return replace(reading, facts=region_facts, own_means=monthly_means(scoped, of_years))


def _last_of_none(portal: Portal, year: int) -> Month:
    """Return the last month of a year that nobody has reported: a year that has just begun is not over."""
    return Month(year, 12 if year < portal.clock.today.year else 1)


@dataclass(frozen=True, kw_only=True)
class _ReleasedYear:
    """What has been released of a year: the sums behind its months, and its last month."""

    sums: Mapping[str, tuple[int, int, int]]
    december: Mapping[str, Released]


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What was read for a year, on its way to be put together; holds no rule of its own.

    A clinic's has what is released, and the region's the facts and the means that go beside what is printed.
    """

    year: int
    last: Month
    register: list[Clinic]
    totals: Mapping[str, Totals]
    totals_before: Mapping[str, Totals]
    published: list[PublishedFigure]
    facts: Mapping[FactKey, Fact] = field(default_factory=dict)
    own_means: Mapping[tuple[str, str], float] = field(default_factory=dict)
    released: Mapping[int, _ReleasedYear] | None = None

    def year_of_all(self) -> Year:
        indicators = tuple(self.of_indicator(indicator) for indicator in INDICATORS)
        regions = {year.indicator.code: year.region for year in indicators}
        published = tuple(
            self.beside(row, self.computed_of_all(row, regions)) for row in self.published_in(self.year)
        )
        return Year(
            year=self.year,
            last_month=self.last,
            clinics=tuple(self.register),
            indicators=indicators,
            published=published,
            is_whole_region=self.released is None,
        )

    def of_indicator(self, indicator: Indicator) -> YearOfIndicator:
        per_clinic = self.per_clinic(indicator) if indicator.from_clinics else ()
        now = self.region(indicator, self.year, [figure for _, figure, _ in per_clinic])
        before = self.region(indicator, self.year - 1, [earlier for _, _, earlier in per_clinic])
        is_comparable = changes.is_comparable(indicator, is_whole_year=self.last.ends_year)
        return YearOfIndicator(
            indicator=indicator,
            region=now,
            before=before,
            change=changes.change_of(indicator, now.value, before.value) if is_comparable else None,
            is_comparable=is_comparable,
            clinics=per_clinic,
            published=self.published_of(indicator, now, self.year),
            published_before=self.published_of(indicator, before, self.year - 1),
            breakdowns=self.breakdowns(indicator),
            year_before=self.year_before(indicator),
        )

    def year_before(self, indicator: Indicator) -> int:
        """Return the year before, or of what is asked in even years only, the even one before."""
        if indicator.frequency is not Frequency.BIENNIAL:
            return self.year - 1
        return enquiry_until(self.year - 1)

    def per_clinic(self, indicator: Indicator) -> tuple[tuple[Clinic, Figure, Figure], ...]:
        """Return each clinic with its figure of the year and of the year before."""
        figures = _of_period(indicator, self.register, self.totals, self.last)
        earlier = _of_period(indicator, self.register, self.totals_before, Month(self.year - 1, 12))
        return tuple(
            (clinic, figure, before) for (clinic, figure), (_, before) in zip(figures, earlier, strict=True)
        )

    def region(self, indicator: Indicator, year: int, figures: list[Figure]) -> RegionalFigure:
        if not indicator.from_clinics:
            return self.region_fact(indicator, year)
        if self.released is not None:
            return _released_year(indicator, self.released[year])
        return _or_entered(regional_figure(indicator, figures), indicator, self.facts, year)

    def region_fact(self, indicator: Indicator, year: int) -> RegionalFigure:
        """Return what the region's source says of a year, as a figure."""
        parts = {fact.breakdown: fact for fact in self.facts_of(indicator) if fact.year == year}
        match indicator.kind:
            case Kind.RATIO if "visited" in parts and "contacted" in parts:
                visited = parts["visited"].value
                return RegionalFigure(value=visited, numerator=visited, denominator=parts["contacted"].value)
            case Kind.INDEX if any(part.value is not None for part in parts.values()):
                return RegionalFigure()  # its dimensions have figures, and are never put together
        fact = regions_year(self.facts, indicator.code, year)
        if fact is not None:
            return RegionalFigure(value=fact.value, numerator=fact.value, reason=fact.reason)
        if self.released is not None:
            return RegionalFigure(reason=MissingReason.SUPPRESSED)
        return RegionalFigure(reason=_no_fact(indicator, year))

    def facts_of(self, indicator: Indicator) -> list[Fact]:
        """Return what is entered of the indicator about all of the region and a whole year."""
        return [
            fact for fact in self.facts.values() if fact.indicator == indicator.code and fact.is_regions_year
        ]

    def breakdowns(self, indicator: Indicator) -> dict[str, tuple[float | None, float | None]]:
        """Return the value of each part, this year and the one that it is compared with."""
        before = self.year_before(indicator)
        parts = [fact for fact in self.facts_of(indicator) if fact.breakdown]
        by_year = {(fact.breakdown, fact.year): fact.value for fact in parts}
        return {
            fact.breakdown: (
                by_year.get((fact.breakdown, self.year)),
                by_year.get((fact.breakdown, before)),
            )
            for fact in parts
            if fact.year in (self.year, before)
        }

    def published_in(self, year: int) -> list[PublishedFigure]:
        return [row for row in self.published if row.period.startswith(str(year))]

    def published_of(
        self, indicator: Indicator, region: RegionalFigure, year: int
    ) -> tuple[PublishedBeside, ...]:
        rows = [row for row in self.published_in(year) if row.indicator == indicator.code]
        return tuple(self.beside(row, self.computed(row, region)) for row in rows)

    def computed(self, row: PublishedFigure, region: RegionalFigure | None) -> float | None:
        """Return what the portal has for the printed figure's own period and part."""
        if is_run_of_months(row):
            return self.own_means.get((row.period, row.indicator))
        if row.breakdown:
            part = self.facts.get(FactKey(row.indicator, int(row.period[:4]), "", row.breakdown, "", ""))
            return part.value if part else None
        if region and row.period in (str(self.year), str(self.year - 1)):
            return region.value
        return None

    def computed_of_all(self, row: PublishedFigure, regions: Mapping[str, RegionalFigure]) -> float | None:
        """Return what the portal has for a figure printed of any indicator, or of the number of clinics."""
        if row.indicator == "clinics" and self.released is None:
            december = Month(self.year, 12)
            return float(sum(clinic.is_open(december) for clinic in self.register))
        return self.computed(row, regions.get(row.indicator))

    def beside(self, row: PublishedFigure, computed: float | None) -> PublishedBeside:
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


def _of_period(
    indicator: Indicator, register: list[Clinic], totals: Mapping[str, Totals], last: Month
) -> list[tuple[Clinic, Figure]]:
    return [
        (
            clinic,
            figure_of_period(indicator, totals.get(clinic.code), otherwise=why_nothing(clinic, last)),
        )
        for clinic in register
    ]


def _pairs(indicators: tuple[Indicator, ...] | list[Indicator]) -> list[tuple[str, str]]:
    return [
        (indicator.numerator, indicator.denominator)
        for indicator in indicators
        if indicator.kind is Kind.PERCENT and indicator.numerator and indicator.denominator
    ]


def _no_fact(indicator: Indicator, year: int) -> MissingReason:
    if indicator.frequency is Frequency.BIENNIAL and not is_enquired(year):
        return MissingReason.NO_SURVEY
    return MissingReason.NOT_REPORTED


def _read_released(scoped: ScopedConnection, year: int) -> _ReleasedYear:
    first, last = Month(year, 1), Month(year, 12)
    figures = releases.list_figures(scoped, first=last, last=last)
    december = {code: figure for (_, code), figure in figures.items() if figure.is_shown}
    return _ReleasedYear(sums=releases.year_sums(scoped, first=first, last=last), december=december)


def _released_year(indicator: Indicator, released: _ReleasedYear) -> RegionalFigure:
    """Build a year from released months only, shown when all twelve are (R6); a share whole.

    With a decimal it would tell how many cases there were in a month that shows the share and not the sum of them.
    """
    if indicator.is_snapshot:
        december = released.december.get(indicator.code)
        if december is None or december.value is None:
            return RegionalFigure(reason=MissingReason.SUPPRESSED)
        return RegionalFigure(value=december.value, pooled=december.pooled, rate=december.rate)
    numerator, denominator, months = released.sums.get(indicator.code, (0, 0, 0))
    if months < len(months_of_year(2000)) or indicator.kind is Kind.QUOTIENT:
        return RegionalFigure(reason=MissingReason.SUPPRESSED)
    if indicator.kind is Kind.COUNT:
        return RegionalFigure(value=numerator)
    together = share(numerator, denominator)
    pooled = None if together is None else for_rounding_again(100 * together, 0)
    is_headline = indicator.headline is Headline.POOLED
    return RegionalFigure(
        value=pooled if is_headline else None,
        pooled=pooled,
        reason=None if is_headline else MissingReason.SUPPRESSED,
    )

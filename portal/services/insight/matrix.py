"""Every clinic on every indicator of a period, and every clinic's months of one indicator. Region only."""

from collections.abc import Mapping
from dataclasses import dataclass

from db import audit
from db.registry import clinics
from db.reporting import breaks, values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight.queue import SHARES
from portal.domain.insight.series import CONTROL_MONTHS, ChartedSeries, charted
from portal.domain.registry.annual import (
    Figure,
    RegionalFigure,
    figure_of_month,
    figure_of_period,
    regional_figure,
)
from portal.domain.registry.changes import change_of
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS, Indicator, Kind
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.registry.values import Answer
from portal.domain.release.standing import Position, Released, position
from portal.domain.sources import beside
from portal.domain.sources.facts import Fact
from portal.services.context import Portal
from portal.services.insight import benchmarks
from portal.services.insight.benchmarks import ClinicComparison
from portal.services.sources import elsewhere


# What the contract is about; queues and volumes stand on their own pages.
COLUMNS = tuple(
    INDICATORS_BY_CODE[code]
    for code in (
        "calls_answered_same_day",
        *SHARES,
        "care_plans",
        "sip_meetings",
    )
)
MONTHS_SHOWN = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class MatrixCell:
    figure: Figure
    position: Position


@dataclass(frozen=True, kw_only=True, slots=True)
class Matrix:
    """Clinics × indicators. `cells` has a row per clinic with a cell per indicator."""

    indicators: tuple[Indicator, ...]
    clinics: tuple[Clinic, ...]
    cells: tuple[tuple[MatrixCell, ...], ...]
    region: tuple[RegionalFigure, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicMonths:
    """One clinic's months of the indicator, with its own limits."""

    clinic: Clinic
    charted: ChartedSeries
    figures: tuple[Figure, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Multiples:
    indicator: Indicator
    months: tuple[Month, ...]
    clinics: tuple[ClinicMonths, ...]
    region: tuple[float | None, ...]  # live, in the unit that is drawn
    country: Mapping[Month, Fact]  # what is published of the country, in the months shown
    highest: float  # of everything drawn: one scale for all


@dataclass(frozen=True, kw_only=True, slots=True)
class LikeForLike:
    """The clinics that have both periods, as one figure then and now."""

    clinics: int
    now: RegionalFigure
    before: RegionalFigure
    change: float | None  # in the indicator's unit of change


def of_period(portal: Portal, user: User, period: Month | int) -> Matrix:
    """Return every clinic on the indicators of a month or a year; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
    return portal.memo.get(("matrix", str(period), version), lambda: _read(portal, user, period))


def _read(portal: Portal, user: User, period: Month | int) -> Matrix:
    with portal.reading(user) as scoped:
        register = clinics.list_in_scope(scoped)
        if isinstance(period, int):
            figures = _of_year(scoped, register, period)
        else:
            figures = _of_month(scoped, register, period)
    return _placed(register, figures)


def _of_year(scoped: ScopedConnection, register: list[Clinic], year: int) -> list[list[Figure]]:
    """Return each clinic's figures of the year, one for each of COLUMNS."""
    last = values.latest_month(scoped, year=year) or Month(year, 12)
    pairs = [
        (share.numerator or "", share.denominator or "") for share in COLUMNS if share.kind is Kind.PERCENT
    ]
    totals = values.totals(scoped, first=Month(year, 1), last=last, pairs=pairs)

    def figures(clinic: Clinic) -> list[Figure]:
        own, reason = totals.get(clinic.code), benchmarks.why_nothing(clinic, last)
        return [figure_of_period(indicator, own, otherwise=reason) for indicator in COLUMNS]

    return [figures(clinic) for clinic in register]


def _of_month(scoped: ScopedConnection, register: list[Clinic], month: Month) -> list[list[Figure]]:
    """Return each clinic's figures of the month, one for each of COLUMNS."""
    measures = sorted({PATIENTS, *(code for indicator in COLUMNS for code in indicator.measures)})
    answers = values.of_month(scoped, month=month, measures=measures)

    def figures(clinic: Clinic) -> list[Figure]:
        own, reason = answers.get(clinic.code), benchmarks.why_nothing(clinic, month)
        return [figure_of_month(indicator, own, otherwise=reason) for indicator in COLUMNS]

    return [figures(clinic) for clinic in register]


def _placed(register: list[Clinic], figures: list[list[Figure]]) -> Matrix:
    columns = zip(*figures, strict=True) if figures else [()] * len(COLUMNS)
    region = [regional_figure(i, list(column)) for i, column in zip(COLUMNS, columns, strict=True)]
    cells = tuple(
        tuple(
            MatrixCell(figure=figure, position=beside_region(indicator, figure, regional))
            for indicator, figure, regional in zip(COLUMNS, row, region, strict=True)
        )
        for row in figures
    )
    return Matrix(indicators=COLUMNS, clinics=tuple(register), cells=cells, region=tuple(region))


def beside_region(indicator: Indicator, figure: Figure, region: RegionalFigure) -> Position:
    """Place a clinic beside the region's live figure, by the same rule as beside the released one."""
    live = Released(
        indicator=indicator.code, month=Month(2000, 1), is_shown=True, value=region.value, rate=region.rate
    )
    return position(indicator, figure, live)


def over_time(portal: Portal, user: User, indicator: Indicator) -> Multiples:
    """Return every clinic's newest months of one indicator, with its own limits; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
    key = ("multiples", indicator.code, portal.clock.today, version)
    return portal.memo.get(key, lambda: _read_over_time(portal, user, indicator))


def _read_over_time(portal: Portal, user: User, indicator: Indicator) -> Multiples:
    last = latest_whole_month(portal.clock.today)
    beginning = portal.calendar.first_month
    months = months_between(max(last.plus(1 - CONTROL_MONTHS), beginning), last)
    measures = sorted({PATIENTS, *indicator.measures})
    with portal.reading(user) as scoped:
        register = clinics.list_in_scope(scoped)
        first_months = breaks.list_months(scoped, clinics=[clinic.code for clinic in register])
        answers = values.of_months(scoped, measures=measures, first=months[0], last=last)
        published = elsewhere.published(scoped, indicator, max(last.plus(1 - MONTHS_SHOWN), months[0]), last)
    every = [
        [
            figure_of_month(indicator, _at(answers, c, m), otherwise=benchmarks.why_nothing(c, m))
            for m in months
        ]
        for c in register
    ]
    start = months.index(max(last.plus(1 - MONTHS_SHOWN), months[0]))
    of_clinics = tuple(
        ClinicMonths(
            clinic=clinic,
            charted=charted(indicator, months, figures, breaks=first_months.get(clinic.code, ())).since(
                months[start]
            ),
            figures=tuple(figures[start:]),
        )
        for clinic, figures in zip(register, every, strict=True)
    )
    drawn = [value for own in of_clinics for value in own.charted.values if value is not None]
    return Multiples(
        indicator=indicator,
        months=tuple(months[start:]),
        clinics=of_clinics,
        region=_regional_months(indicator, every, start),
        country=beside.of_months(published).country,
        highest=100.0 if indicator.is_share else max(drawn, default=0.0),
    )


def _at(
    answers: Mapping[str, Mapping[Month, Mapping[str, Answer]]], clinic: Clinic, month: Month
) -> Mapping[str, Answer] | None:
    return answers.get(clinic.code, {}).get(month)


def _regional_months(indicator: Indicator, every: list[list[Figure]], start: int) -> tuple[float | None, ...]:
    """The region's live figure per month, in the unit drawn; a count of patients is no line beside clinics."""
    drawn: list[float | None] = []
    for month in list(zip(*every, strict=True))[start:]:
        region = regional_figure(indicator, month)
        value = region.rate if indicator.is_rate else region.value
        drawn.append(value if indicator.is_rate or indicator.denominator else None)
    return tuple(drawn)


def year_before(portal: Portal, user: User, comparison: ClinicComparison) -> ClinicComparison:
    """Return the same comparison a year earlier; raises AccessDenied."""
    is_month = comparison.first == comparison.last
    period = comparison.first.year_before if is_month else comparison.first.year - 1
    return benchmarks.compare(portal, user, indicator=comparison.indicator, period=period)


def like_for_like(comparison: ClinicComparison, earlier: ClinicComparison) -> LikeForLike | None:
    """Compare over the clinics that have a value both times; None when there are none."""
    before = {clinic.code: figure for clinic, figure in earlier.figures if figure.value is not None}
    pairs = [
        (figure, before[clinic.code])
        for clinic, figure in comparison.figures
        if figure.value is not None and clinic.code in before
    ]
    if not pairs:
        return None
    now = regional_figure(comparison.indicator, [new for new, _ in pairs])
    then = regional_figure(comparison.indicator, [old for _, old in pairs])
    return LikeForLike(
        clinics=len(pairs),
        now=now,
        before=then,
        change=change_of(comparison.indicator, now.value, then.value),
    )

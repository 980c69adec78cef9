"""A clinic's overview: what it must do now, and how it stands on every indicator of a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db import audit
from db.release import releases
from db.reporting import breaks, values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_may_see_clinic, scope_of
from portal.domain.insight import attention
from portal.domain.insight.attention import AttentionFinding, HistoryMark
from portal.domain.insight.series import CONTROL_MONTHS, YEAR, ChartedSeries, charted
from portal.domain.insight.statistics.control import Assurance
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Indicator, Target
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.release.standing import Position, Released, comparable, position
from portal.domain.reporting.submissions import State, Submission
from portal.services.context import Portal
from portal.services.insight import tasks
from portal.services.insight.aims import Aims, read_aims
from portal.services.insight.clinic_months import AnswersByMonth, get_clinic, own_figure
from portal.services.insight.tasks import Duties, Task


LINE_MONTHS = 24
MOST_CARDS = 3
CHOICE_OF_MONTHS = 36


@dataclass(frozen=True, kw_only=True, slots=True)
class IndicatorRow:
    """One indicator of the overview."""

    indicator: Indicator
    month: Month
    now: Figure
    month_before: Figure
    year_before: Figure
    released: Released | None  # of `compared`
    compared: Month  # the month or, until its regional figures are released, the newest that has them
    target: Target | None  # or, where none is set, what the contract asks of the share
    position: Position
    line: ChartedSeries  # the last 24 months, with their limits
    regional: tuple[float | None, ...]  # released for the same months, in the unit that is drawn
    mark: HistoryMark | None  # what the clinic's own history says of the month
    assurance: Assurance | None  # whether the set target is met as it goes now; None of a demand
    finding: AttentionFinding | None  # what its history, the region or the set target says of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    """A clinic's month: what it must do now, and how it stands on every indicator."""

    clinic: Clinic
    month: Month
    is_reported: bool
    months: tuple[Month, ...]  # that can be chosen, newest first
    tasks: tuple[Task, ...]
    next_deadline: tuple[Month, date] | None  # None: the clinic has closed
    rows: tuple[IndicatorRow, ...]
    release_date: date
    state: State | None

    @property
    def has_regional_figures(self) -> bool:
        """Whether the month's own regional figures are released; otherwise older ones stand there."""
        return any(row.released is not None and row.compared == row.month for row in self.rows)

    @property
    def regional_month(self) -> Month | None:
        """The month that the regional figures shown are of."""
        return next((row.compared for row in self.rows if row.released is not None), None)

    @property
    def attention(self) -> tuple[IndicatorRow, ...]:
        """The few rows to look at first, one per queue, the strongest reason first."""
        findings = [(row.indicator, row.finding) for row in self.rows]
        rows = {row.indicator: row for row in self.rows}
        return tuple(rows[indicator] for indicator in attention.needs_attention(findings, most=MOST_CARDS))

    @property
    def improved(self) -> tuple[IndicatorRow, ...]:
        """The rows whose own history says that the month is better, in the order of the declaration."""
        return tuple(row for row in self.rows if row.mark is HistoryMark.BETTER)

    @property
    def also_worse(self) -> tuple[IndicatorRow, ...]:
        """The rows that are worse by their own history and not among the few to look at first."""
        first = self.attention
        return tuple(row for row in self.rows if row.mark is HistoryMark.WORSE and row not in first)

    @property
    def by_need(self) -> tuple[IndicatorRow, ...]:
        """Every row, what has got worse first, the rest in the order of the declaration."""
        return tuple(sorted(self.rows, key=lambda row: attention.rank(row.indicator, row.finding)))


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What was read for a clinic's month."""

    clinic: Clinic
    month: Month
    answers: AnswersByMonth  # of the months that limits rest on
    breaks: tuple[Month, ...]
    compared: Month
    released: Mapping[tuple[Month, str], Released]  # of the months drawn
    duties: Duties
    aims: Aims

    @property
    def submission(self) -> Submission | None:
        return self.duties.submissions.get(self.month)


def of_clinic(portal: Portal, user: User, *, clinic: str, month: Month | None = None) -> Overview:
    """Return the overview of a month, by default the newest reported; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    last = latest_whole_month(portal.clock.today)
    with portal.reading(user) as scoped:
        key = ("overview", clinic, month, last, scope_of(user), audit.figures_version(scoped))
        reading, rows = portal.memo.get(key, lambda: _rows(_read(portal, scoped, clinic, month, last)))
    return Overview(
        clinic=reading.clinic,
        month=reading.month,
        is_reported=reading.submission is not None,
        months=_months_to_choose(portal, reading.clinic, last),
        tasks=tasks.listed(portal, reading.duties, reading.answers),
        next_deadline=_deadline(portal, reading, last.next),
        rows=rows,
        release_date=portal.calendar.release_date(reading.month),
        state=reading.submission.state if reading.submission else None,
    )


def _rows(reading: _Reading) -> tuple[_Reading, tuple[IndicatorRow, ...]]:
    """Return what was read with its rows; nothing of the calendar, whose days another process may change."""
    return reading, tuple(_row(indicator, reading) for indicator in MONTHLY_INDICATORS)


def _read(portal: Portal, scoped: ScopedConnection, code: str, month: Month | None, last: Month) -> _Reading:
    clinic = get_clinic(scoped, code)
    duties = tasks.read(scoped, clinic)
    month = min(month, last) if month else max(duties.submissions, default=last)
    compared = _compared(month, releases.latest_month(scoped))
    return _Reading(
        clinic=clinic,
        month=month,
        answers=values.of_clinic(scoped, clinic=code, first=month.plus(1 - CONTROL_MONTHS), last=month),
        breaks=breaks.list_months(scoped, clinics=[code]).get(code, ()),
        compared=compared,
        released=releases.list_figures(scoped, first=month.plus(1 - LINE_MONTHS), last=month),
        duties=duties,
        aims=read_aims(scoped, portal.demands),
    )


def _compared(month: Month, released: Month | None) -> Month:
    """Return the month to compare with the region in: the newest released, of the year up to `month`."""
    return released if released and month.plus(-YEAR) < released <= month else month


def _months_to_choose(portal: Portal, clinic: Clinic, last: Month) -> tuple[Month, ...]:
    first = max(last.plus(1 - CHOICE_OF_MONTHS), portal.calendar.first_month)
    return tuple(month for month in reversed(months_between(first, last)) if clinic.is_open(month))


def _deadline(portal: Portal, reading: _Reading, month: Month) -> tuple[Month, date] | None:
    if not reading.clinic.is_open(month):
        return None
    return month, portal.calendar.last_day(month, reading.duties.extended.get(month))


def _row(indicator: Indicator, reading: _Reading) -> IndicatorRow:
    month, compared, day = reading.month, reading.compared, reading.month.last_day
    months = months_between(month.plus(1 - CONTROL_MONTHS), month)
    figures = [own_figure(indicator, reading.clinic, earlier, reading.answers) for earlier in months]
    released = reading.released.get((compared, indicator.code))
    place = position(indicator, figures[months.index(compared)], released)
    series = charted(indicator, months, figures, breaks=reading.breaks)
    finding = attention.find(
        series,
        month,
        position=place if compared == month else Position.UNKNOWN,  # older news is no reason to look
        target=reading.aims.target(indicator, day),
    )
    return IndicatorRow(
        indicator=indicator,
        month=month,
        now=figures[-1],
        month_before=figures[-2],
        year_before=figures[-1 - YEAR],
        released=released,
        compared=compared,
        target=reading.aims.target_or_demand(indicator, day),
        position=place,
        line=series.since(months[-LINE_MONTHS]),
        regional=_regional(indicator, months[-LINE_MONTHS:], reading),
        mark=attention.history_mark(series, month),
        assurance=attention.assurance_of(series, reading.aims.target(indicator, day)),
        finding=finding,
    )


def _regional(indicator: Indicator, months: Sequence[Month], reading: _Reading) -> tuple[float | None, ...]:
    """Return what is released for each month; nothing of a sum, which no clinic's line lies near."""
    if indicator.is_base:
        return (None,) * len(months)
    return tuple(comparable(indicator, reading.released.get((month, indicator.code))) for month in months)

"""A clinic's overview: what it must do now, and how it stands on every indicator of a month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from db.release import releases
from db.reporting import breaks, deadlines, submissions, values
from db.reporting.submissions import SubmissionEvent
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_may_see_clinic
from portal.domain.insight import attention
from portal.domain.insight.attention import AttentionFinding, HistoryMark
from portal.domain.insight.series import CONTROL_MONTHS, YEAR, ChartedSeries, charted
from portal.domain.insight.statistics.control import Assurance
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Indicator, Target
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.registry.values import Answer
from portal.domain.release.standing import Position, Released, comparable, position
from portal.domain.reporting.submissions import MonthState, State, Submission
from portal.services.context import Portal
from portal.services.insight.clinic_months import Aims, AnswersByMonth, get_clinic, own_figure, read_aims


LINE_MONTHS = 24
MOST_CARDS = 3
CHOICE_OF_MONTHS = 36


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A month that asks for something: returned, late or due."""

    month: Month
    state: MonthState
    deadline: date  # the extended one where the region has granted that
    days_left: int
    is_extended: bool = False
    release_date: date
    comment: str = ""  # the region's, on a returned month
    returned_by: str = ""
    answered: int = 0  # how many measures the returned month has an answer to
    missing: tuple[str, ...] = ()  # labels of the required ones without


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
    assurance: Assurance | None  # whether `target` is met as it goes now
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
    released_month: Month | None  # the newest with regional figures
    state: State | None

    @property
    def has_regional_figures(self) -> bool:
        """Whether the month's own regional figures are released; otherwise older ones stand there."""
        return any(row.released is not None and row.compared == row.month for row in self.rows)

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
    def by_need(self) -> tuple[IndicatorRow, ...]:
        """Every row, what has got worse first, the rest in the order of the declaration."""
        return tuple(sorted(self.rows, key=lambda row: attention.rank(row.indicator, row.finding)))


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What was read for a clinic's month."""

    clinic: Clinic
    month: Month
    submissions: Mapping[Month, Submission]  # the current ones
    answers: AnswersByMonth  # of the months that limits rest on
    breaks: tuple[Month, ...]
    compared: Month
    released: Mapping[tuple[Month, str], Released]  # of the months drawn
    released_month: Month | None
    extended: Mapping[Month, date]  # the last day of each month that has a later one
    returns: Mapping[int, SubmissionEvent]  # why a submission was returned, by its id
    aims: Aims

    @property
    def submission(self) -> Submission | None:
        return self.submissions.get(self.month)


def of_clinic(portal: Portal, user: User, *, clinic: str, month: Month | None = None) -> Overview:
    """Return the overview of a month, by default the newest reported; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    last = latest_whole_month(portal.clock.today)
    with portal.reading(user) as scoped:
        reading = _read(scoped, clinic, month, last)
    rows = tuple(_row(indicator, reading) for indicator in MONTHLY_INDICATORS)
    return Overview(
        clinic=reading.clinic,
        month=reading.month,
        is_reported=reading.submission is not None,
        months=_months_to_choose(portal, reading.clinic, last),
        tasks=_tasks(portal, reading),
        next_deadline=_deadline(portal, reading, last.next),
        rows=rows,
        release_date=portal.calendar.release_date(reading.month),
        released_month=reading.released_month,
        state=reading.submission.state if reading.submission else None,
    )


def _read(scoped: ScopedConnection, code: str, month: Month | None, last: Month) -> _Reading:
    clinic = get_clinic(scoped, code)
    current = submissions.list_of_clinic(scoped, clinic=code, current_only=True)
    by_month = {submission.month: submission for submission in current}
    month = min(month, last) if month else max(by_month, default=last)
    released_month = releases.latest_month(scoped)
    compared = _compared(month, released_month)
    return _Reading(
        clinic=clinic,
        month=month,
        submissions=by_month,
        answers=values.of_clinic(scoped, clinic=code, first=month.plus(1 - CONTROL_MONTHS), last=month),
        breaks=breaks.list_months(scoped, clinics=[code]).get(code, ()),
        compared=compared,
        released=releases.list_figures(scoped, first=month.plus(1 - LINE_MONTHS), last=month),
        released_month=released_month,
        extended=_extended_days(scoped, code),
        returns=_returns(scoped, current),
        aims=read_aims(scoped),
    )


def _compared(month: Month, released: Month | None) -> Month:
    """Return the month to compare with the region in: the newest released, of the year up to `month`."""
    return released if released and month.plus(-YEAR) < released <= month else month


def _extended_days(scoped: ScopedConnection, code: str) -> dict[Month, date]:
    last_days = deadlines.last_days(scoped)
    return {month: until for (clinic, month), until in last_days.items() if clinic == code}


def _returns(scoped: ScopedConnection, current: list[Submission]) -> dict[int, SubmissionEvent]:
    """Return the newest event of each submission that stands returned: the return and its comment."""
    returned = [submission.id for submission in current if submission.state is State.RETURNED]
    events = submissions.list_events(scoped, submission_ids=returned)
    return {event.submission_id: event for event in events}


def _months_to_choose(portal: Portal, clinic: Clinic, last: Month) -> tuple[Month, ...]:
    first = max(last.plus(1 - CHOICE_OF_MONTHS), portal.calendar.first_month)
    return tuple(month for month in reversed(months_between(first, last)) if clinic.is_open(month))


def _deadline(portal: Portal, reading: _Reading, month: Month) -> tuple[Month, date] | None:
    if not reading.clinic.is_open(month):
        return None
    return month, portal.calendar.last_day(month, reading.extended.get(month))


_MOST_URGENT_FIRST = (MonthState.RETURNED, MonthState.LATE, MonthState.OPEN)


def _tasks(portal: Portal, reading: _Reading) -> tuple[Task, ...]:
    """Return what asks for something, most urgent first: returned, then late, then due."""
    owed = reading.clinic.owed_months(first=portal.calendar.first_month, today=portal.clock.today)
    tasks = [_task(portal, reading, month) for month in owed if _asks_for_something(reading, month)]
    return tuple(sorted(tasks, key=lambda task: (_MOST_URGENT_FIRST.index(task.state), task.month)))


def _asks_for_something(reading: _Reading, month: Month) -> bool:
    submission = reading.submissions.get(month)
    return submission is None or submission.state is State.RETURNED


def _task(portal: Portal, reading: _Reading, month: Month) -> Task:
    today, until = portal.clock.today, reading.extended.get(month)
    deadline = portal.calendar.last_day(month, until)
    task = Task(
        month=month,
        state=portal.calendar.state_without_submission(month, owed=True, today=today, until=until),
        deadline=deadline,
        days_left=(deadline - today).days,
        is_extended=until is not None,
        release_date=portal.calendar.release_date(month),
        answered=len(reading.answers.get(month, {})),
    )
    returned = reading.submissions.get(month)
    return _of_returned(task, reading, returned) if returned else task


def _of_returned(task: Task, reading: _Reading, returned: Submission) -> Task:
    """Return the task of a returned month: who returned it, why, and what it lacks."""
    event = reading.returns.get(returned.id)
    return replace(
        task,
        state=MonthState.RETURNED,
        comment=event.comment if event else "",
        returned_by=event.by if event else "",
        missing=_missing(reading.answers.get(task.month)),
    )


def _missing(answers: Mapping[str, Answer] | None) -> tuple[str, ...]:
    """Return the labels of the required measures without an answer; none of a month that was not read."""
    if answers is None:
        return ()
    return tuple(measure.label for measure in MEASURES if measure.required and measure.code not in answers)


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
    aim = reading.aims.target_or_demand(indicator, day)
    return IndicatorRow(
        indicator=indicator,
        month=month,
        now=figures[-1],
        month_before=figures[-2],
        year_before=figures[-1 - YEAR],
        released=released,
        compared=compared,
        target=aim,
        position=place,
        line=series.since(months[-LINE_MONTHS]),
        regional=_regional(indicator, months[-LINE_MONTHS:], reading),
        mark=attention.history_mark(series, month),
        assurance=attention.assurance_of(series, aim),
        finding=finding,
    )


def _regional(indicator: Indicator, months: Sequence[Month], reading: _Reading) -> tuple[float | None, ...]:
    """Return what is released for each month; nothing of a sum, which no clinic's line lies near."""
    if indicator.is_base:
        return (None,) * len(months)
    return tuple(comparable(indicator, reading.released.get((month, indicator.code))) for month in months)

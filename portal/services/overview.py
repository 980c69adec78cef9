"""A clinic's own pages: what to do now, every indicator of a month, one indicator over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db import clinics, deadlines, releases, submissions, targets, values
from portal.domain.access import User, check_may_see_clinic
from portal.domain.annual import Figure, figure_of_month
from portal.domain.clinics import Clinic
from portal.domain.indicators import MONTHLY_INDICATORS, Indicator, Target
from portal.domain.months import Month, latest_whole_month, months_between
from portal.domain.standing import Position, Released, position
from portal.domain.submissions import MonthState, State, Submission
from portal.domain.targets import target_on
from portal.domain.values import Answer, MissingReason
from portal.services.context import Portal


TREND_MONTHS = 12


class NoSuchClinic(Exception):
    """The clinic does not exist; said the same way as one the user may not see."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Task:
    """A month that asks for something: returned, late or due."""

    month: Month
    state: MonthState
    deadline: date  # the extended one where the region has granted that
    days_left: int
    is_extended: bool = False
    comment: str = ""  # the region's, on a returned month
    returned_by: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One indicator of the overview."""

    indicator: Indicator
    now: Figure
    month_before: Figure
    year_before: Figure
    released: Released | None
    target: Target | None
    position: Position
    trend: tuple[float | None, ...]  # the last 12 months, None where there is no value


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    clinic: Clinic
    month: Month
    is_reported: bool
    months: tuple[Month, ...]  # that can be chosen, newest first
    tasks: tuple[Task, ...]
    next_deadline: tuple[Month, date] | None  # None: the clinic has closed
    rows: tuple[Row, ...]
    release_date: date
    released_month: Month | None  # the newest with regional figures
    state: State | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Point:
    """One month of one indicator, own beside the released regional figure."""

    month: Month
    own: Figure
    released: Released | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    clinic: Clinic
    indicator: Indicator
    points: tuple[Point, ...]
    targets: Mapping[Month, Target | None]  # in force at each month's end
    release_dates: Mapping[Month, date]

    @property
    def target(self) -> Target | None:
        """The target of the newest month shown."""
        return self.targets.get(self.points[-1].month) if self.points else None

    @property
    def latest(self) -> Point | None:
        """The newest month with a value of the clinic's own."""
        with_value = [point for point in self.points if point.own.value is not None]
        return with_value[-1] if with_value else None


def of_clinic(portal: Portal, user: User, *, clinic: str, month: Month | None = None) -> Overview:
    """Return the overview of a month, by default the newest reported; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    last = latest_whole_month(portal.clock.today)
    first = max(last.plus(-35), portal.calendar.first_month)
    with portal.reading(user) as scoped:
        found = clinics.find(scoped, code=clinic)
        if found is None:
            raise NoSuchClinic(clinic)
        sent = {s.month: s for s in submissions.list_of_clinic(scoped, clinic=clinic, current_only=True)}
        month = min(month, last) if month else max(sent, default=last)
        answers = values.of_clinic(scoped, clinic=clinic, first=month.plus(-TREND_MONTHS), last=month)
        released = releases.list_figures(scoped, first=month, last=month)
        released_month = releases.latest_month(scoped)
        extended = {
            month: until for (code, month), until in deadlines.last_days(scoped).items() if code == clinic
        }
        returned = [s.id for s in sent.values() if s.state is State.RETURNED]
        events = submissions.list_events(scoped, submission_ids=returned)
        set_targets = targets.list_all(scoped)
    comments = {event.submission_id: (event.by, event.comment) for event in events}
    return Overview(
        clinic=found,
        month=month,
        is_reported=month in sent,
        months=tuple(m for m in months_between(first, last)[::-1] if found.is_open(m)),
        tasks=_tasks(portal, found, sent, comments, extended),
        next_deadline=(last.next, portal.calendar.last_day(last.next, extended.get(last.next)))
        if found.is_open(last.next)
        else None,
        rows=tuple(
            _row(
                i,
                found,
                month,
                answers,
                released.get((month, i.code)),
                target_on(i, set_targets, month.last_day),
            )
            for i in MONTHLY_INDICATORS
        ),
        release_date=portal.calendar.release_date(month),
        released_month=released_month,
        state=sent[month].state if month in sent else None,
    )


def series(portal: Portal, user: User, *, clinic: str, indicator: Indicator, months: int) -> Series:
    """Return one indicator's months, oldest first, up to the newest that is over."""
    check_may_see_clinic(user, clinic)
    last = latest_whole_month(portal.clock.today)
    first = max(last.plus(1 - months), portal.calendar.first_month)
    with portal.reading(user) as scoped:
        found = clinics.find(scoped, code=clinic)
        if found is None:
            raise NoSuchClinic(clinic)
        answers = values.of_clinic(scoped, clinic=clinic, first=first, last=last)
        released = releases.list_figures(scoped, first=first, last=last, indicators=[indicator.code])
        set_targets = targets.list_all(scoped)
    shown = months_between(first, last)
    return Series(
        clinic=found,
        indicator=indicator,
        points=tuple(
            Point(
                month=month,
                own=_figure(indicator, found, month, answers),
                released=released.get((month, indicator.code)),
            )
            for month in shown
        ),
        targets={month: target_on(indicator, set_targets, month.last_day) for month in shown},
        release_dates={month: portal.calendar.release_date(month) for month in shown},
    )


def _tasks(
    portal: Portal,
    clinic: Clinic,
    sent: Mapping[Month, Submission],
    comments: Mapping[int, tuple[str, str]],
    extended: Mapping[Month, date],
) -> tuple[Task, ...]:
    """What asks for something, most urgent first: returned, then late, then due."""
    today = portal.clock.today
    tasks = []
    for month in clinic.owed_months(first=portal.calendar.first_month, today=today):
        found = sent.get(month)
        if found is not None and found.state is not State.RETURNED:
            continue
        until = extended.get(month)
        deadline = portal.calendar.last_day(month, until)
        by, comment = comments.get(found.id, ("", "")) if found else ("", "")
        state = (
            MonthState.RETURNED
            if found
            else portal.calendar.state_without_submission(month, owed=True, today=today, until=until)
        )
        tasks.append(
            Task(
                month=month,
                state=state,
                deadline=deadline,
                days_left=(deadline - today).days,
                is_extended=until is not None,
                comment=comment,
                returned_by=by,
            )
        )
    order = [MonthState.RETURNED, MonthState.LATE, MonthState.OPEN]
    return tuple(sorted(tasks, key=lambda task: (order.index(task.state), task.month)))


def _row(
    indicator: Indicator,
    clinic: Clinic,
    month: Month,
    answers: Mapping[Month, Mapping[str, Answer]],
    released: Released | None,
    target: Target | None,
) -> Row:
    figures = {
        m: _figure(indicator, clinic, m, answers) for m in months_between(month.plus(-TREND_MONTHS), month)
    }
    return Row(
        indicator=indicator,
        now=figures[month],
        month_before=figures[month.previous],
        year_before=figures[month.year_before],
        released=released,
        target=target,
        position=position(indicator, figures[month], released),
        trend=tuple(figures[m].value for m in months_between(month.plus(1 - TREND_MONTHS), month)),
    )


def _figure(
    indicator: Indicator, clinic: Clinic, month: Month, answers: Mapping[Month, Mapping[str, Answer]]
) -> Figure:
    reason = clinic.not_open_reason(month) or MissingReason.NOT_REPORTED
    return figure_of_month(indicator, answers.get(month), otherwise=reason)

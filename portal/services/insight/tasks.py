"""What a clinic's months ask of it now: those returned, late or due."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from db import audit
from db.registry import clinics
from db.reporting import deadlines, submissions, values
from db.reporting.submissions import SubmissionEvent
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_may_see_clinic, scope_of
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.submissions import MonthState, State, Submission
from portal.services.context import Portal
from portal.services.insight.clinic_months import AnswersByMonth, get_clinic


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
    answered: int = 0  # how many measures the returned month has an answer to
    missing: tuple[str, ...] = ()  # labels of the required ones without


@dataclass(frozen=True, kw_only=True, slots=True)
class Duties:
    """What was read of a clinic's months: which are sent, and by when the others are due."""

    clinic: Clinic
    submissions: Mapping[Month, Submission]  # the current ones
    extended: Mapping[Month, date]  # the last day of each month that has a later one
    returns: Mapping[int, SubmissionEvent]  # why a submission was returned, by its id


def of_other_clinics(portal: Portal, user: User, *, besides: str) -> tuple[tuple[Clinic, Task], ...]:
    """Return the most urgent task of each clinic of the account that owes something, but for one clinic."""
    with portal.reading(user) as scoped:
        register = [clinic for clinic in clinics.list_in_scope(scoped) if clinic.code != besides]
        readings = [read(scoped, clinic) for clinic in register]
    pairs = [(duties.clinic, listed(portal, duties, {})) for duties in readings]
    return tuple((clinic, tasks[0]) for clinic, tasks in pairs if tasks)


def of_month(portal: Portal, user: User, *, clinic: str, month: Month) -> Task | None:
    """Return what a clinic's month asks for; None where it asks for nothing. Raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        key = ("duties", clinic, month, scope_of(user), audit.figures_version(scoped))
        duties, answers = portal.memo.get(key, lambda: _read_month(scoped, clinic, month))
    return next((task for task in listed(portal, duties, answers) if task.month == month), None)


def _read_month(scoped: ScopedConnection, clinic: str, month: Month) -> tuple[Duties, AnswersByMonth]:
    duties = read(scoped, get_clinic(scoped, clinic))
    return duties, values.of_clinic(scoped, clinic=clinic, first=month, last=month)


def read(scoped: ScopedConnection, clinic: Clinic) -> Duties:
    """Read a clinic's duties: two queries, and one more where a month stands returned."""
    current = submissions.list_of_clinic(scoped, clinic=clinic.code, current_only=True)
    by_month = {submission.month: submission for submission in current}
    return Duties(
        clinic=clinic,
        submissions=by_month,
        extended=_extended_days(scoped, clinic.code),
        returns=_returns(scoped, current),
    )


def _extended_days(scoped: ScopedConnection, code: str) -> dict[Month, date]:
    last_days = deadlines.last_days(scoped)
    return {month: until for (clinic, month), until in last_days.items() if clinic == code}


def _returns(scoped: ScopedConnection, current: list[Submission]) -> dict[int, SubmissionEvent]:
    """Return the newest event of each submission that stands returned: the return and its comment."""
    returned = [submission.id for submission in current if submission.state is State.RETURNED]
    events = submissions.list_events(scoped, submission_ids=returned)
    return {event.submission_id: event for event in events}


_MOST_URGENT_FIRST = (MonthState.RETURNED, MonthState.LATE, MonthState.OPEN)


def listed(portal: Portal, duties: Duties, answers: AnswersByMonth) -> tuple[Task, ...]:
    """Return what asks for something, most urgent first: returned, then late, then due."""
    owed = duties.clinic.owed_months(first=portal.calendar.first_month, today=portal.clock.today)
    tasks = [_task(portal, duties, answers, month) for month in owed if _asks_for_something(duties, month)]
    return tuple(sorted(tasks, key=lambda task: (_MOST_URGENT_FIRST.index(task.state), task.month)))


def _asks_for_something(duties: Duties, month: Month) -> bool:
    submission = duties.submissions.get(month)
    return submission is None or submission.state is State.RETURNED


def _task(portal: Portal, duties: Duties, answers: AnswersByMonth, month: Month) -> Task:
    today, until = portal.clock.today, duties.extended.get(month)
    deadline = portal.calendar.last_day(month, until)
    task = Task(
        month=month,
        state=portal.calendar.state_without_submission(month, owed=True, today=today, until=until),
        deadline=deadline,
        days_left=(deadline - today).days,
        is_extended=until is not None,
        answered=len(answers.get(month, {})),
    )
    returned = duties.submissions.get(month)
    return _of_returned(task, duties, answers, returned) if returned else task


def _of_returned(task: Task, duties: Duties, answers: AnswersByMonth, returned: Submission) -> Task:
    """Return the task of a returned month: who returned it, why, and what it lacks."""
    event = duties.returns.get(returned.id)
    return replace(
        task,
        state=MonthState.RETURNED,
        comment=event.comment if event else "",
        returned_by=event.by if event else "",
        missing=_missing(answers.get(task.month)),
    )


def _missing(answers: Mapping[str, Answer] | None) -> tuple[str, ...]:
    """Return the labels of the required measures without an answer; none of a month that was not read."""
    if answers is None:
        return ()
    return tuple(measure.label for measure in MEASURES if measure.required and measure.code not in answers)

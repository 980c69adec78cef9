"""A clinic's own pages: what to do now, every indicator of a month, one indicator over time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from db.administration import targets
from db.insight import contract
from db.registry import clinics
from db.release import releases
from db.reporting import breaks, deadlines, submissions, values
from db.reporting.breaks import Break
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_may_see_clinic
from portal.domain.insight import attention, neighbours, queue
from portal.domain.insight.attention import Finding
from portal.domain.insight.contract import Level, aim_of
from portal.domain.insight.neighbours import MOVED_BY_NEIGHBOURS, Growth, Neighbourhood
from portal.domain.insight.queue import PHASES, PhaseMonth, QueueState
from portal.domain.insight.series import CONTROL_MONTHS, YEAR, ChartedSeries, can_roll, charted, rolling_year
from portal.domain.insight.statistics import Assurance
from portal.domain.insight.targets import target_on
from portal.domain.registry.annual import Figure, figure_of_month
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import MONTHLY_INDICATORS, PATIENTS, Indicator, Target
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.release.standing import Position, Released, position
from portal.domain.reporting.submissions import MonthState, State, Submission
from portal.services.context import Portal
from portal.services.insight.neighbours import list_events


TREND_MONTHS = 12
MOST_CARDS = 3
ALL_MONTHS = 10_000  # longer than any history

Months = Mapping[Month, Mapping[str, Answer]]


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
    trend: tuple[float | None, ...]  # the last 12 months, None where there is no value
    finding: Finding | None = None  # what the clinic's own history, the region or the target says of it


@dataclass(frozen=True, kw_only=True, slots=True)
class Overview:
    clinic: Clinic
    month: Month
    is_reported: bool
    months: tuple[Month, ...]  # that can be chosen, newest first
    tasks: tuple[Task, ...]
    next_deadline: tuple[Month, date] | None  # None: the clinic has closed
    rows: tuple[IndicatorRow, ...]
    queues: tuple[QueueState, ...]
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
        found = attention.needs_attention(
            ((row.indicator, row.finding) for row in self.rows), most=MOST_CARDS
        )
        rows = {row.indicator: row for row in self.rows}
        return tuple(rows[indicator] for indicator in found)

    @property
    def by_need(self) -> tuple[IndicatorRow, ...]:
        """Every row, what has got worse first, the rest in the order of the declaration."""
        return tuple(sorted(self.rows, key=lambda row: attention.rank(row.indicator, row.finding)))


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesPoint:
    """One month of one indicator, own beside the released regional figure."""

    month: Month
    own: Figure
    released: Released | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One indicator's months, oldest first. `charted` has the same months as `points`."""

    clinic: Clinic
    indicator: Indicator
    points: tuple[SeriesPoint, ...]
    charted: ChartedSeries
    is_rolling: bool  # each point is the twelve months to it; no limits, no regional values
    finding: Finding | None  # of the newest month with a value
    assurance: Assurance | None
    breaks: tuple[Break, ...]  # of the months shown
    queue: QueueState | None  # of the newest reported month, where the indicator is about a queue
    queue_months: tuple[PhaseMonth, ...]  # that month, the one before and the same a year ago
    newest_reported: Month | None
    targets: Mapping[Month, Target | None]  # in force at each month's end
    release_dates: Mapping[Month, date]
    neighbours: Neighbourhood  # what opened and closed nearby in the months shown; empty for most indicators
    growth: tuple[Growth, ...]  # of current patients only: since each opening nearby, the newest first

    @property
    def target(self) -> Target | None:
        """The target of the newest month shown."""
        return self.targets.get(self.points[-1].month) if self.points else None

    @property
    def latest(self) -> SeriesPoint | None:
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
        answers = values.of_clinic(scoped, clinic=clinic, first=month.plus(1 - CONTROL_MONTHS), last=month)
        broken = breaks.list_months(scoped, clinics=[clinic]).get(clinic, ())
        released_month = releases.latest_month(scoped)
        compared = _compared(month, released_month)
        released = releases.list_figures(scoped, first=compared, last=compared)
        extended = {
            month: until for (code, month), until in deadlines.last_days(scoped).items() if code == clinic
        }
        returned = [s.id for s in sent.values() if s.state is State.RETURNED]
        events = submissions.list_events(scoped, submission_ids=returned)
        set_targets = targets.list_all(scoped)
        levels = _levels(scoped)
    comments = {event.submission_id: (event.by, event.comment) for event in events}
    return Overview(
        clinic=found,
        month=month,
        is_reported=month in sent,
        months=tuple(m for m in months_between(first, last)[::-1] if found.is_open(m)),
        tasks=_tasks(portal, found, sent, comments, extended, answers),
        next_deadline=(last.next, portal.calendar.last_day(last.next, extended.get(last.next)))
        if found.is_open(last.next)
        else None,
        rows=tuple(
            _row(
                i,
                found,
                month,
                answers,
                compared,
                released.get((compared, i.code)),
                target_on(i, set_targets, month.last_day),
                aim_of(i, month.last_day, levels),
                broken,
            )
            for i in MONTHLY_INDICATORS
        ),
        queues=tuple(queue.state_at(phase, found, month, answers) for phase in PHASES)
        if month in sent
        else (),
        release_date=portal.calendar.release_date(month),
        released_month=released_month,
        state=sent[month].state if month in sent else None,
    )


def series(
    portal: Portal, user: User, *, clinic: str, indicator: Indicator, months: int, is_rolling: bool = False
) -> Series:
    """Return one indicator's newest months, up to the last that is over; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    last = latest_whole_month(portal.clock.today)
    start = portal.calendar.first_month
    in_all = len(months_between(start, last))
    first = last.plus(1 - min(months, in_all))
    earliest = last.plus(1 - min(max(months, CONTROL_MONTHS) + YEAR, in_all))
    with portal.reading(user) as scoped:
        found = clinics.find(scoped, code=clinic)
        if found is None:
            raise NoSuchClinic(clinic)
        answers = values.of_clinic(scoped, clinic=clinic, first=earliest, last=last)
        broken = [one for one in breaks.list_all(scoped) if one.clinic in (None, clinic)]
        released = releases.list_figures(scoped, first=first, last=last, indicators=[indicator.code])
        set_targets = targets.list_all(scoped)
        levels = _levels(scoped)
    is_moved = indicator.code in MOVED_BY_NEIGHBOURS
    happened = list_events(portal, user, first=start, last=last) if is_moved else ()
    shown = months_between(first, last)
    reading = _Reading(
        clinic=found,
        indicator=indicator,
        answers=answers,
        released=released,
        breaks=tuple(broken),
        targets={
            month: target_on(indicator, set_targets, month.last_day)
            or aim_of(indicator, month.last_day, levels)
            for month in shown
        },
        release_dates={month: portal.calendar.release_date(month) for month in shown},
        neighbours=neighbours.around(found, happened),
    )
    if is_rolling and can_roll(indicator):
        return reading.rolling(first, last)
    return reading.monthly(first, min(first, max(last.plus(1 - CONTROL_MONTHS), start)), last)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What was read of one indicator, on its way to be put together."""

    clinic: Clinic
    indicator: Indicator
    answers: Months
    released: Mapping[tuple[Month, str], Released]
    breaks: tuple[Break, ...]
    targets: Mapping[Month, Target | None]
    release_dates: Mapping[Month, date]
    neighbours: Neighbourhood

    def monthly(self, first: Month, earliest: Month, last: Month) -> Series:
        """Chart all that limits may rest on, and show the months from `first`."""
        months = months_between(earliest, last)
        figures = [_figure(self.indicator, self.clinic, month, self.answers) for month in months]
        whole = charted(self.indicator, months, figures, breaks=self.first_months)
        newest = next(
            (month for month, f in zip(months[::-1], figures[::-1], strict=True) if f.value is not None), None
        )
        shown = months.index(first)
        points = tuple(
            SeriesPoint(month=month, own=figure, released=self.released.get((month, self.indicator.code)))
            for month, figure in zip(months[shown:], figures[shown:], strict=True)
        )
        return self.put_together(
            points,
            whole.since(first),
            is_rolling=False,
            finding=attention.signal_of(whole, newest) if newest else None,
            assurance=attention.assurance_of(whole, self.targets.get(last)),
        )

    def rolling(self, first: Month, last: Month) -> Series:
        """Show the year to each month; such points overlap, so control limits would mean nothing."""
        months = months_between(first, last)
        figures = [
            rolling_year(self.indicator, self.answers, month, otherwise=MissingReason.NOT_REPORTED)
            for month in months
        ]
        bare = charted(self.indicator, months, figures, breaks=self.first_months).without_limits()
        points = tuple(
            SeriesPoint(month=month, own=f, released=None) for month, f in zip(months, figures, strict=True)
        )
        return self.put_together(points, bare, is_rolling=True, finding=None, assurance=None)

    @property
    def first_months(self) -> tuple[Month, ...]:
        return tuple(sorted({one.month for one in self.breaks}))

    def put_together(
        self,
        points: tuple[SeriesPoint, ...],
        charted: ChartedSeries,
        *,
        is_rolling: bool,
        finding: Finding | None,
        assurance: Assurance | None,
    ) -> Series:
        phase = queue.phase_of(self.indicator.code)
        newest = max(self.answers, default=None)
        return Series(
            clinic=self.clinic,
            indicator=self.indicator,
            points=points,
            charted=charted,
            is_rolling=is_rolling,
            finding=finding,
            assurance=assurance,
            breaks=tuple(one for one in self.breaks if one.month >= points[0].month),
            queue=queue.state_at(phase, self.clinic, newest, self.answers) if phase and newest else None,
            queue_months=tuple(
                queue.month_of(phase, month, self.answers)
                for month in (newest, newest.previous, newest.year_before)
            )
            if phase and newest
            else (),
            newest_reported=newest,
            targets=self.targets,
            release_dates=self.release_dates,
            neighbours=self.neighbours.since(points[0].month),
            growth=self.growth() if self.indicator.code == PATIENTS else (),
        )

    def growth(self) -> tuple[Growth, ...]:
        """Tell how the clinic has grown, whichever months are shown."""
        own = {
            month: float(found.value)
            for month, given in self.answers.items()
            if (found := given.get(PATIENTS)) and found.value is not None
        }
        told = (
            neighbours.growth(own, event, breaks=self.first_months)
            for event in (*reversed(self.neighbours.near),) or (None,)
        )
        return tuple(found for found in told if found)


def _compared(month: Month, released: Month | None) -> Month:
    """Return the month to compare with the region in: the newest released, of the year up to `month`."""
    return released if released and month.plus(-YEAR) < released <= month else month


def _tasks(
    portal: Portal,
    clinic: Clinic,
    sent: Mapping[Month, Submission],
    comments: Mapping[int, tuple[str, str]],
    extended: Mapping[Month, date],
    answers: Months,
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
                release_date=portal.calendar.release_date(month),
                comment=comment,
                returned_by=by,
                answered=len(answers.get(month, {})),
                missing=_missing(answers.get(month)) if found else (),
            )
        )
    order = [MonthState.RETURNED, MonthState.LATE, MonthState.OPEN]
    return tuple(sorted(tasks, key=lambda task: (order.index(task.state), task.month)))


def _missing(answers: Mapping[str, Answer] | None) -> tuple[str, ...]:
    """Return the labels of the required measures without an answer; none of a month that was not read."""
    if answers is None:
        return ()
    return tuple(one.label for one in MEASURES if one.required and one.code not in answers)


def _row(
    indicator: Indicator,
    clinic: Clinic,
    month: Month,
    answers: Months,
    compared: Month,
    released: Released | None,
    target: Target | None,
    aim: Target | None,
    breaks: tuple[Month, ...],
) -> IndicatorRow:
    months = months_between(month.plus(1 - CONTROL_MONTHS), month)
    figures = [_figure(indicator, clinic, m, answers) for m in months]
    place = position(indicator, figures[months.index(compared)], released)
    return IndicatorRow(
        indicator=indicator,
        month=month,
        now=figures[-1],
        month_before=figures[-2],
        year_before=figures[-1 - YEAR],
        released=released,
        compared=compared,
        target=target or aim,
        position=place,
        trend=tuple(figure.value for figure in figures[-TREND_MONTHS:]),
        finding=attention.find(
            charted(indicator, months, figures, breaks=breaks),
            month,
            position=place if compared == month else Position.UNKNOWN,  # older news is no reason to look
            target=target,
        ),
    )


def _levels(scoped: ScopedConnection) -> dict[str, list[Level]]:
    """Return the levels that the region has set for the contract's demands, in the order of entry."""
    found: dict[str, list[Level]] = {}
    for entered in contract.list_levels(scoped):
        found.setdefault(entered.demand, []).append(entered.level)
    return found


def _figure(indicator: Indicator, clinic: Clinic, month: Month, answers: Months) -> Figure:
    reason = clinic.not_open_reason(month) or MissingReason.NOT_REPORTED
    return figure_of_month(indicator, answers.get(month), otherwise=reason)

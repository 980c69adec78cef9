"""One indicator of a clinic over time: its own months beside what is released, and what they say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from db import audit
from db.release import forecasts, releases
from db.reporting import breaks, submissions, values
from db.reporting.breaks import Break
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_may_see_clinic, scope_of
from portal.domain.insight import attention, neighbours, queue
from portal.domain.insight.attention import AttentionFinding
from portal.domain.insight.forecasting import SERIES, SeriesForecast, by_series
from portal.domain.insight.neighbours import MOVED_BY_NEIGHBOURS, Neighbourhood
from portal.domain.insight.queue import Phase, QueueState
from portal.domain.insight.series import CONTROL_MONTHS, YEAR, ChartedSeries, can_roll, charted, rolling_year
from portal.domain.insight.statistics.control import Assurance
from portal.domain.registry.annual import Figure, figure_of_month
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator, Target
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.registry.values import MissingReason
from portal.domain.release.standing import Released
from portal.domain.reporting.submissions import Submission
from portal.domain.sources import beside
from portal.domain.sources.beside import Elsewhere
from portal.domain.sources.facts import Fact
from portal.services.context import Portal
from portal.services.insight.aims import read_aims
from portal.services.insight.clinic_months import AnswersByMonth, get_clinic, own_figure
from portal.services.insight.neighbours import list_events
from portal.services.sources import elsewhere, entry_months


ALL_MONTHS = 10_000  # longer than any history


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesPoint:
    """One month of one indicator, own beside the released regional figure."""

    month: Month
    own: Figure
    released: Released | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangedFigure:
    """A later version of a month, where it changed the indicator's figure."""

    month: Month
    version: int
    sent_at: datetime
    before: Figure
    after: Figure


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """One indicator's months, oldest first. `charted` has the same months as `points`."""

    clinic: Clinic
    indicator: Indicator
    points: tuple[SeriesPoint, ...]
    charted: ChartedSeries
    is_rolling: bool  # each point is the twelve months to it; no limits, no regional values
    finding: AttentionFinding | None  # of the newest month with a value
    assurance: Assurance | None
    breaks: tuple[Break, ...]  # of the months shown
    entry_start: Month | None  # of a queue: En väg in began, in the months shown; no break, limits stand
    queue: QueueState | None  # of the newest reported month, where the indicator is about a queue
    newest_reported: Month | None
    targets: Mapping[Month, Target | None]  # in force at each month's end
    release_dates: Mapping[Month, date]
    neighbours: Neighbourhood  # what opened and closed nearby in the months shown; empty for most indicators
    corrections: tuple[ChangedFigure, ...]  # of the months shown, oldest first
    elsewhere: Elsewhere  # what is published of the country and of other regions in the months shown
    forecasts: Mapping[
        str, SeriesForecast
    ]  # of the newest release; only where the indicator is one of the series

    @property
    def target(self) -> Target | None:
        """The target of the newest month shown."""
        return self.targets.get(self.points[-1].month) if self.points else None

    @property
    def latest(self) -> SeriesPoint | None:
        """The newest month with a value of the clinic's own."""
        with_value = [point for point in self.points if point.own.value is not None]
        return with_value[-1] if with_value else None


def of_clinic(
    portal: Portal, user: User, *, clinic: str, indicator: Indicator, months: int, is_rolling: bool = False
) -> Series:
    """Return one indicator's newest months, up to the last that is over; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    last = latest_whole_month(portal.clock.today)
    start = portal.calendar.first_month
    in_all = len(months_between(start, last))
    first = last.plus(1 - min(months, in_all))
    release_dates = {month: portal.calendar.release_date(month) for month in months_between(first, last)}
    with portal.reading(user) as scoped:
        version = (scope_of(user), tuple(release_dates.items()), audit.figures_version(scoped))
    key = ("series", clinic, indicator.code, is_rolling, *version)

    def make() -> Series:
        reading = _read(portal, user, clinic, indicator, release_dates)
        if is_rolling and can_roll(indicator):
            return reading.rolling()
        return reading.monthly(min(first, max(last.plus(1 - CONTROL_MONTHS), start)))

    return portal.memo.get(key, make)


def _read(
    portal: Portal, user: User, code: str, indicator: Indicator, release_dates: Mapping[Month, date]
) -> "_Reading":
    months = list(release_dates)
    first, last = months[0], months[-1]
    start = portal.calendar.first_month
    earliest = max(start, last.plus(1 - max(len(months), CONTROL_MONTHS) - YEAR))
    with portal.reading(user) as scoped:
        clinic = get_clinic(scoped, code)
        answers = values.of_clinic(scoped, clinic=code, first=earliest, last=last)
        own_breaks = tuple(b for b in breaks.list_all(scoped) if b.clinic in (None, code))
        released = releases.list_figures(scoped, first=first, last=last, indicators=[indicator.code])
        aims = read_aims(scoped, portal.demands)
        ahead = forecasts.list_of_clinic(scoped, clinic=code) if indicator.code in SERIES else []
        corrections = _corrections(scoped, code, indicator, months)
        published = elsewhere.published(scoped, indicator, first, last)
        entry_start = entry_months.start(scoped) if queue.phase_of(indicator.code) else None
    is_moved = indicator.code in MOVED_BY_NEIGHBOURS
    events = list_events(portal, user, first=start, last=last) if is_moved else ()
    targets = {month: aims.target_or_demand(indicator, month.last_day) for month in months}
    return _Reading(
        clinic=clinic,
        indicator=indicator,
        months=months,
        answers=answers,
        released={month: figure for (month, _), figure in released.items()},
        breaks=own_breaks,
        entry_start=entry_start,
        targets=targets,
        release_dates=release_dates,
        neighbours=neighbours.around(clinic, events),
        corrections=corrections,
        published=published,
        forecasts=by_series(ahead),
    )


def _corrections(
    scoped: ScopedConnection, clinic: str, indicator: Indicator, months: Sequence[Month]
) -> tuple[ChangedFigure, ...]:
    """Return the months' later versions that changed the figure; the values of the corrected ones alone are read."""
    versions: dict[Month, list[Submission]] = {}
    for submission in reversed(submissions.list_of_clinic(scoped, clinic=clinic)):
        if months[0] <= submission.month <= months[-1]:
            versions.setdefault(submission.month, []).append(submission)
    pairs = [pair for of_month in versions.values() for pair in pairwise(of_month)]
    ids = sorted({submission.id for pair in pairs for submission in pair})
    answers = values.of_submissions(scoped, submission_ids=ids)
    corrections = []
    for earlier, later in pairs:
        before, after = (
            figure_of_month(indicator, answers[each.id], otherwise=MissingReason.NOT_REPORTED)
            for each in (earlier, later)
        )
        if (before.value, before.reason) != (after.value, after.reason):
            corrections.append(
                ChangedFigure(
                    month=later.month,
                    version=later.version,
                    sent_at=later.sent_at,
                    before=before,
                    after=after,
                )
            )
    return tuple(corrections)


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What was read of one indicator, on its way to be put together."""

    clinic: Clinic
    indicator: Indicator
    months: list[Month]  # to show, oldest first
    answers: AnswersByMonth  # of those and of the earlier ones that limits and rolling years rest on
    released: Mapping[Month, Released]
    breaks: tuple[Break, ...]
    entry_start: Month | None
    targets: Mapping[Month, Target | None]
    release_dates: Mapping[Month, date]
    neighbours: Neighbourhood
    corrections: tuple[ChangedFigure, ...]
    published: Sequence[Fact]  # by others, of the months to show
    forecasts: Mapping[str, SeriesForecast]

    def monthly(self, earliest: Month) -> Series:
        """Chart all that limits may rest on, from the earliest month, and show the chosen months."""
        months = months_between(earliest, self.months[-1])
        figures = [own_figure(self.indicator, self.clinic, month, self.answers) for month in months]
        chart = charted(self.indicator, months, figures, breaks=self.first_months)
        with_value = [m for m, figure in zip(months, figures, strict=True) if figure.value is not None]
        return self.put_together(
            figures[-len(self.months) :],
            chart.since(self.months[0]),
            finding=attention.signal_of(chart, with_value[-1]) if with_value else None,
            assurance=attention.assurance_of(chart, self.targets[self.months[-1]]),
        )

    def rolling(self) -> Series:
        """Show the year to each month; such points overlap, so control limits would mean nothing."""
        figures = [
            rolling_year(self.indicator, self.answers, month, otherwise=MissingReason.NOT_REPORTED)
            for month in self.months
        ]
        chart = charted(self.indicator, self.months, figures, breaks=self.first_months).without_limits()
        return self.put_together(figures, chart, is_rolling=True)

    @property
    def first_months(self) -> tuple[Month, ...]:
        """The first month after each break."""
        return tuple(sorted({series_break.month for series_break in self.breaks}))

    def put_together(
        self,
        figures: Sequence[Figure],
        chart: ChartedSeries,
        *,
        is_rolling: bool = False,
        finding: AttentionFinding | None = None,
        assurance: Assurance | None = None,
    ) -> Series:
        """Return the series of the figures shown, one for each of the chosen months."""
        first = self.months[0]
        phase, newest = queue.phase_of(self.indicator.code), max(self.answers, default=None)
        points = tuple(
            SeriesPoint(month=month, own=own, released=None if is_rolling else self.released.get(month))
            for month, own in zip(self.months, figures, strict=True)
        )
        recent_breaks = tuple(b for b in self.breaks if b.month >= first)
        return Series(
            clinic=self.clinic,
            indicator=self.indicator,
            points=points,
            charted=chart,
            is_rolling=is_rolling,
            finding=finding,
            assurance=assurance,
            breaks=recent_breaks,
            entry_start=self.entry_start if self.entry_start in self.months else None,
            queue=self.queue_state(phase, newest),
            newest_reported=newest,
            targets=self.targets,
            release_dates=self.release_dates,
            neighbours=self.neighbours.since(first),
            corrections=self.corrections,
            elsewhere=beside.of_months(self.published, span=YEAR if is_rolling else 1),
            forecasts=self.forecasts,
        )

    def queue_state(self, phase: Phase | None, month: Month | None) -> QueueState | None:
        if phase is None or month is None:
            return None
        return queue.state_at(phase, self.clinic, month, self.answers)

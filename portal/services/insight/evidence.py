"""The evidence behind the clinics' values of a period, for the region: three queries, however long the history."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from db import audit
from db.reporting import breaks, submissions, values
from db.reporting.breaks import Break
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight.evidence import Evidence, Leap, SeriesBreak, largest_leap, neighbours
from portal.domain.insight.series import drawn
from portal.domain.registry.annual import (
    Figure,
    RegionalFigure,
    Totals,
    figure_of_month,
    figure_of_period,
    regional_figure,
)
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer, MissingReason, Ratio
from portal.domain.reporting import checks
from portal.domain.reporting.submissions import State, Submission
from portal.services.context import Portal
from portal.services.insight.benchmarks import ClinicComparison


HISTORY_MONTHS = 36  # what the checks against a clinic's own history look back on
YEAR = 12

Answers = Mapping[Month, Mapping[str, Answer]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """What lies behind each clinic's value, by the clinic's code."""

    of: Mapping[str, Evidence]
    neighbours: Mapping[str, tuple[tuple[Indicator, Figure], ...]]  # the same period
    leap: Leap | None  # the region's largest step in the period; of a single month, in the year it ends
    breaks: tuple[
        tuple[str, SeriesBreak], ...
    ]  # clinic's code, empty for all; in the period or the year before


@dataclass(frozen=True, kw_only=True)
class _Material:
    """What was read of a period."""

    indicator: Indicator
    first: Month
    last: Month
    clinics: tuple[Clinic, ...]
    versions: Mapping[tuple[str, Month], Sequence[Submission]]  # oldest first
    answers: Mapping[str, Answers]  # current ones, by clinic
    breaks: Sequence[Break]  # every one, newest first

    @property
    def near_breaks(self) -> list[Break]:
        """Those in the period or the year before it, oldest first."""
        return [one for one in reversed(self.breaks) if self.first.year_before <= one.month <= self.last]

    @property
    def months(self) -> list[Month]:
        return months_between(self.first, self.last)

    @property
    def compared_months(self) -> list[Month]:
        """The months held against the region's: the period's, of a single month the year that it ends."""
        return months_between(_compared_from(self.first, self.last), self.last)


def behind(portal: Portal, user: User, found: ClinicComparison) -> Behind:
    """Return the evidence behind a comparison's values; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        key = ("evidence", found.indicator.code, found.first, found.last)
        version = (audit.newest_id(scoped), portal.clock.today)
        return portal.memo.get((*key, *version), lambda: _weighed(portal, _read(scoped, found)))


def _read(scoped: ScopedConnection, found: ClinicComparison) -> _Material:
    indicator, first, last = found.indicator, found.first, found.last
    versions: dict[tuple[str, Month], list[Submission]] = {}
    for sent in submissions.list_versions(scoped, first=first, last=last):
        versions.setdefault((sent.clinic, sent.month), []).append(sent)
    is_noted = any(sent.note for kept in versions.values() for sent in kept)
    since = first.plus(-HISTORY_MONTHS) if is_noted else _compared_from(first, last)
    return _Material(
        indicator=indicator,
        first=first,
        last=last,
        clinics=tuple(clinic for clinic, _ in found.figures),
        versions=versions,
        answers=values.of_months(scoped, first=since, last=last, measures=_measures(indicator)),
        breaks=breaks.list_all(scoped),
    )


def _compared_from(first: Month, last: Month) -> Month:
    return first if first < last else last.plus(1 - YEAR)


def _measures(indicator: Indicator) -> list[str]:
    """The indicator's, its neighbours', the patients of a rate, and what a queue is checked against."""
    started = [begun for queue, begun in checks.QUEUES if queue in indicator.measures]
    beside = [measure for other in neighbours(indicator) for measure in other.measures]
    return sorted({PATIENTS, *indicator.measures, *started, *beside})


def _weighed(portal: Portal, read: _Material) -> Behind:
    regional = {month: _region(read, month) for month in read.compared_months}
    return Behind(
        of={clinic.code: _evidence(portal, read, clinic, regional) for clinic in read.clinics},
        neighbours={
            clinic.code: tuple(
                (other, _of_period(other, read, clinic)) for other in neighbours(read.indicator)
            )
            for clinic in read.clinics
        },
        leap=largest_leap(read.compared_months, regional, [_own(read, clinic) for clinic in read.clinics]),
        breaks=tuple((one.clinic or "", _series_break(one)) for one in read.near_breaks),
    )


def _own(read: _Material, clinic: Clinic) -> dict[Month, float | None]:
    """Return a clinic's months in the unit that is drawn."""
    return {month: drawn(read.indicator, _figure(read, clinic, month)) for month in read.compared_months}


def _figure(read: _Material, clinic: Clinic, month: Month) -> Figure:
    answers = read.answers.get(clinic.code, {}).get(month)
    return figure_of_month(read.indicator, answers, otherwise=MissingReason.NOT_REPORTED)


def _region(read: _Material, month: Month) -> float | None:
    """Return the region's figure of a month in the unit that is drawn; a number of patients has none."""
    found = regional_figure(read.indicator, [_figure(read, clinic, month) for clinic in read.clinics])
    return _drawn_of_region(read.indicator, found)


def _drawn_of_region(indicator: Indicator, found: RegionalFigure) -> float | None:
    if indicator.denominator:
        return found.pooled
    return found.rate if indicator.is_rate else None


def _evidence(
    portal: Portal, read: _Material, clinic: Clinic, regional: Mapping[Month, float | None]
) -> Evidence:
    owed = [month for month in read.months if clinic.is_open(month)]
    sent = {
        month: read.versions[clinic.code, month] for month in owed if (clinic.code, month) in read.versions
    }
    figures = [_figure(read, clinic, month) for month in sent]
    reasons = Counter(figure.reason for figure in figures if figure.reason)
    apart = [
        value - beside
        for month in read.compared_months
        if (value := drawn(read.indicator, _figure(read, clinic, month))) is not None
        and (beside := regional[month]) is not None
    ]
    own_breaks = [one for one in read.near_breaks if one.clinic in (None, clinic.code)]
    return Evidence(
        owed=len(owed),
        reported=len(sent),
        without_value=tuple(sorted(reasons.items())),
        confirmed=sum(_confirmed(portal, read, clinic, month) for month in sent),
        corrected=sum(len(versions) > 1 for versions in sent.values()),
        corrected_after_approval=sum(
            any(one.state is State.APPROVED for one in versions[:-1]) for versions in sent.values()
        ),
        breaks=tuple(_series_break(one) for one in own_breaks),
        below=sum(distance < 0 for distance in apart),
        above=sum(distance > 0 for distance in apart),
    )


def _confirmed(portal: Portal, read: _Material, clinic: Clinic, month: Month) -> int:
    """Count the indicator's values that the checks warn of, in a month that was sent with a note about it."""
    if not any(sent.note for sent in read.versions[clinic.code, month]):
        return 0
    own = read.answers.get(clinic.code, {})
    warnings = checks.warnings_of_stored(
        clinic,
        month,
        own.get(month, {}),
        {other: found for other, found in own.items() if month.plus(-HISTORY_MONTHS) <= other < month},
        breaks=[one.month for one in read.breaks if one.clinic in (None, clinic.code)],
        calendar=portal.calendar,
        today=portal.clock.today,
    )
    return len({problem.measure for problem in warnings} & set(read.indicator.measures))


def _of_period(indicator: Indicator, read: _Material, clinic: Clinic) -> Figure:
    """Return a share over the period's months that have both counts."""
    pair = (indicator.numerator or "", indicator.denominator or "")
    own = read.answers.get(clinic.code, {})
    counts = [
        tuple(answer.value if (answer := own.get(month, {}).get(code)) else None for code in pair)
        for month in read.months
    ]
    both = [(over, under) for over, under in counts if over is not None and under is not None]
    ratio = Ratio(sum(over for over, _ in both), sum(under for _, under in both))
    totals = Totals(pairs={pair: ratio} if both else {})
    return figure_of_period(indicator, totals, otherwise=MissingReason.NOT_REPORTED)


def _series_break(found: Break) -> SeriesBreak:
    return SeriesBreak(month=found.month, reason=found.reason, is_everyones=found.clinic is None)

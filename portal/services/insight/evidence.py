"""The evidence behind the clinics' values of a period, for the region: three queries, however long the history."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from db import audit
from db.reporting import breaks, submissions, values
from db.reporting.breaks import Break
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight.evidence import Evidence, Leap, SeriesBreak, largest_leap, neighbours
from portal.domain.insight.queue import PHASES, count_of
from portal.domain.insight.series import drawn
from portal.domain.registry.annual import (
    Figure,
    Totals,
    figure_of_month,
    figure_of_period,
    regional_figure,
)
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import MissingReason, Ratio
from portal.domain.reporting import checks
from portal.domain.reporting.checks import HISTORY_MONTHS
from portal.domain.reporting.problems import MonthEntries
from portal.domain.reporting.submissions import State, Submission
from portal.services.context import Portal
from portal.services.insight.benchmarks import ClinicComparison
from portal.services.insight.clinic_months import AnswersByMonth


YEAR = 12


@dataclass(frozen=True, kw_only=True, slots=True)
class Behind:
    """What lies behind each clinic's value, by the clinic's code."""

    of: Mapping[str, Evidence]
    neighbours: Mapping[str, tuple[tuple[Indicator, Figure], ...]]  # the same period
    leap: Leap | None  # the region's largest step in the period; of a single month, in the year it ends
    breaks: tuple[tuple[str, SeriesBreak], ...]  # near the period, by clinic's code, empty for all


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """What was read of a period."""

    indicator: Indicator
    first: Month
    last: Month
    clinics: tuple[Clinic, ...]
    versions: Mapping[tuple[str, Month], Sequence[Submission]]  # oldest first
    answers: Mapping[str, AnswersByMonth]  # current ones, by clinic
    breaks: Sequence[Break]  # every one, newest first

    @property
    def months(self) -> list[Month]:
        return months_between(self.first, self.last)

    @property
    def compared_months(self) -> list[Month]:
        """The months held against the region's: the period's, of a single month the year that it ends."""
        return months_between(_compared_from(self.first, self.last), self.last)

    @property
    def near_breaks(self) -> list[Break]:
        """Those in the period or the year before it, oldest first."""
        start = self.first.year_before
        return [row for row in reversed(self.breaks) if start <= row.month <= self.last]

    def answers_of(self, clinic: Clinic) -> AnswersByMonth:
        return self.answers.get(clinic.code, {})

    def versions_of(self, clinic: Clinic) -> dict[Month, Sequence[Submission]]:
        """Return the versions of each month of the period that the clinic was open in and has sent."""
        open_months = [month for month in self.months if clinic.is_open(month)]
        sent = {month: self.versions.get((clinic.code, month), ()) for month in open_months}
        return {month: versions for month, versions in sent.items() if versions}

    def figure(self, clinic: Clinic, month: Month) -> Figure:
        answers = self.answers_of(clinic).get(month)
        return figure_of_month(self.indicator, answers, otherwise=MissingReason.NOT_REPORTED)

    def drawn_of_clinic(self, clinic: Clinic, month: Month) -> float | None:
        """Return a clinic's figure of a month in the unit that is drawn."""
        return drawn(self.indicator, self.figure(clinic, month))

    def drawn_of_region(self, month: Month) -> float | None:
        """Return the region's figure of a month in the unit that is drawn; a number of patients has none."""
        region = regional_figure(self.indicator, [self.figure(clinic, month) for clinic in self.clinics])
        if self.indicator.denominator:
            return region.pooled
        return region.rate if self.indicator.is_rate else None


def behind(portal: Portal, user: User, comparison: ClinicComparison) -> Behind:
    """Return the evidence behind a comparison's values; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        key = ("evidence", comparison.indicator.code, comparison.first, comparison.last)
        version = (audit.figures_version(scoped), portal.clock.today)
        return portal.memo.get((*key, *version), lambda: _behind(portal, _read(scoped, comparison)))


def _read(scoped: ScopedConnection, comparison: ClinicComparison) -> _Reading:
    indicator, first, last = comparison.indicator, comparison.first, comparison.last
    versions: dict[tuple[str, Month], list[Submission]] = {}
    for submission in submissions.list_versions(scoped, first=first, last=last):
        versions.setdefault((submission.clinic, submission.month), []).append(submission)
    has_notes = any(_has_note(of_month) for of_month in versions.values())
    since = first.plus(-HISTORY_MONTHS) if has_notes else _compared_from(first, last)
    clinics = tuple(clinic for clinic, _ in comparison.figures)
    return _Reading(
        indicator=indicator,
        first=first,
        last=last,
        clinics=clinics,
        versions=versions,
        answers=values.of_months(scoped, first=since, last=last, measures=_measures(indicator)),
        breaks=breaks.list_all(scoped),
    )


def _has_note(versions: Sequence[Submission]) -> bool:
    return any(submission.note for submission in versions)


def _compared_from(first: Month, last: Month) -> Month:
    return first if first < last else last.plus(1 - YEAR)


def _measures(indicator: Indicator) -> list[str]:
    """The indicator's, its neighbours', the patients of a rate, and what a queue is checked against."""
    started = [phase.started for phase in PHASES if phase.waiting in indicator.measures]
    beside = [measure for neighbour in neighbours(indicator) for measure in neighbour.measures]
    return sorted({PATIENTS, *indicator.measures, *started, *beside})


def _behind(portal: Portal, reading: _Reading) -> Behind:
    clinics, months = reading.clinics, reading.compared_months
    region = {month: reading.drawn_of_region(month) for month in months}
    evidence = {clinic.code: _evidence(portal, reading, clinic, region) for clinic in clinics}
    beside = {clinic.code: _neighbours(reading, clinic) for clinic in clinics}
    own = [{month: reading.drawn_of_clinic(clinic, month) for month in months} for clinic in clinics]
    near_breaks = tuple((row.clinic or "", _series_break(row)) for row in reading.near_breaks)
    return Behind(of=evidence, neighbours=beside, leap=largest_leap(months, region, own), breaks=near_breaks)


def _evidence(
    portal: Portal, reading: _Reading, clinic: Clinic, region: Mapping[Month, float | None]
) -> Evidence:
    versions = reading.versions_of(clinic)
    figures = [reading.figure(clinic, month) for month in versions]
    confirmed = sum(
        _confirmed(portal, reading, clinic, month) for month in versions if _has_note(versions[month])
    )
    distances = _distances(reading, clinic, region)
    below, above = sum(distance < 0 for distance in distances), sum(distance > 0 for distance in distances)
    own_breaks = tuple(_series_break(row) for row in reading.near_breaks if row.clinic in (None, clinic.code))
    return Evidence(
        owed=sum(map(clinic.is_open, reading.months)),
        reported=len(versions),
        without_value=_reasons(figures),
        confirmed=confirmed,
        corrected=sum(map(_is_corrected, versions.values())),
        corrected_after_approval=sum(map(_is_corrected_after_approval, versions.values())),
        breaks=own_breaks,
        below=below,
        above=above,
    )


def _distances(reading: _Reading, clinic: Clinic, region: Mapping[Month, float | None]) -> list[float]:
    """Return how far the clinic lies from the region in each compared month that both have a figure of."""
    pairs = [(reading.drawn_of_clinic(clinic, month), region[month]) for month in reading.compared_months]
    return [own - regional for own, regional in pairs if own is not None and regional is not None]


def _reasons(figures: Iterable[Figure]) -> tuple[tuple[MissingReason, int], ...]:
    """Return how many figures lack a value for each reason."""
    return tuple(sorted(Counter(figure.reason for figure in figures if figure.reason).items()))


def _is_corrected(versions: Sequence[Submission]) -> bool:
    return len(versions) > 1


def _is_corrected_after_approval(versions: Sequence[Submission]) -> bool:
    return any(earlier.state is State.APPROVED for earlier in versions[:-1])


def _confirmed(portal: Portal, reading: _Reading, clinic: Clinic, month: Month) -> int:
    """Count the indicator's values that the checks warn of, in a month that was sent with a note about it."""
    own = reading.answers_of(clinic)
    history = {
        earlier: answers for earlier, answers in own.items() if month.plus(-HISTORY_MONTHS) <= earlier < month
    }
    warnings = checks.warnings_of_stored(
        MonthEntries(clinic=clinic.code, month=month, answers=own.get(month, {})),
        clinic,
        history,
        breaks=[row.month for row in reading.breaks if row.clinic in (None, clinic.code)],
        calendar=portal.calendar,
        today=portal.clock.today,
    )
    return len({problem.measure for problem in warnings} & set(reading.indicator.measures))


def _neighbours(reading: _Reading, clinic: Clinic) -> tuple[tuple[Indicator, Figure], ...]:
    """Return the clinic's figure of each neighbouring indicator in the same period."""
    return tuple(
        (indicator, _share_of_period(indicator, reading.answers_of(clinic), reading.months))
        for indicator in neighbours(reading.indicator)
    )


def _share_of_period(indicator: Indicator, answers: AnswersByMonth, months: Iterable[Month]) -> Figure:
    """Return a share over the period's months that have both counts."""
    numerator, denominator = indicator.numerator or "", indicator.denominator or ""
    counts = [
        (count_of(answers.get(month), numerator), count_of(answers.get(month), denominator))
        for month in months
    ]
    both = [(over, under) for over, under in counts if over is not None and under is not None]
    ratio = Ratio(sum(over for over, _ in both), sum(under for _, under in both))
    totals = Totals(pairs={(numerator, denominator): ratio} if both else {})
    return figure_of_period(indicator, totals, otherwise=MissingReason.NOT_REPORTED)


def _series_break(row: Break) -> SeriesBreak:
    return SeriesBreak(month=row.month, reason=row.reason, is_everyones=row.clinic is None)

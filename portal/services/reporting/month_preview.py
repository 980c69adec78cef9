"""The months at hand: what is known of them, what they would become, and beside what one looks at them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import groupby
from operator import itemgetter
from types import MappingProxyType

from db.release import releases
from db.reporting import breaks, submissions, values
from db.reporting.submissions import Key
from db.scoping import ScopedConnection
from portal.domain.registry.annual import Figure, figure_of_month
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Indicator
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.release.standing import Released
from portal.domain.reporting.checks import HISTORY_MONTHS
from portal.domain.reporting.expectation import counts_since, expected_before
from portal.domain.reporting.problems import MonthEntries, Problem
from portal.domain.reporting.submissions import Submission


@dataclass(frozen=True, kw_only=True, slots=True)
class PreviewLine:
    """One measure of one month in the preview."""

    measure: str
    read: Answer | None
    stored: Answer | None  # the current version's
    month_before: Answer | None
    year_before: Answer | None
    expected: tuple[int, int] | None

    @property
    def change(self) -> str:
        """`new`, `changed`, `unchanged` or `empty`."""
        return change(self.read, self.stored)


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """What the month does to one of the clinic's indicators."""

    indicator: Indicator
    now: Figure
    before: Figure
    released: Released | None  # the region's figure of the month before


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthPreview:
    clinic: Clinic
    month: Month
    base: Submission | None
    lines: tuple[PreviewLine, ...]
    before: Mapping[str, Answer] | None = None  # the month before; None: nothing was sent
    released: Mapping[str, Released] = field(default_factory=dict)  # the month before, by indicator
    is_released: bool = False  # the region's figures of the month itself

    @property
    def base_version(self) -> int:
        return self.base.version if self.base else 0

    @property
    def has_changes(self) -> bool:
        return any(line.change in ("new", "changed") for line in self.lines)

    def count(self, change: str) -> int:
        return sum(line.change == change for line in self.lines)

    @property
    def effects(self) -> tuple[Effect, ...]:
        """Worked out when asked for: a history file has many months that nobody looks at."""
        answers = {line.measure: line.read for line in self.lines if line.read is not None}
        return tuple(
            Effect(
                indicator=indicator,
                now=figure_of_month(indicator, answers, otherwise=MissingReason.NOT_REPORTED),
                before=figure_of_month(indicator, self.before, otherwise=self._why_not_before()),
                released=self.released.get(indicator.code),
            )
            for indicator in MONTHLY_INDICATORS
            if any(measure in answers for measure in indicator.measures)
        )

    def _why_not_before(self) -> MissingReason:
        return self.clinic.not_open_reason(self.month.previous) or MissingReason.NOT_REPORTED


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicPast:
    """What the database holds about the clinic-months of a file."""

    keys: Sequence[Key]
    current: Mapping[Key, Submission]
    answers: Mapping[Key, Mapping[str, Answer]]
    history: Mapping[str, Mapping[Month, Mapping[str, Answer]]]  # clinic → month → measure
    breaks: Mapping[str, tuple[Month, ...]]  # clinic → the first months after a break


@dataclass(frozen=True, kw_only=True, slots=True)
class MergedMonth:
    """A clinic's month as it would be stored: the file's answers laid over the current version's."""

    clinic: Clinic
    month: Month
    base: Submission | None
    stored: Mapping[str, Answer]
    read: Mapping[str, Answer | None]  # None: the file emptied it, or it stayed empty
    changes: Mapping[str, int]  # how many answers are `new`, `changed`, `unchanged` and `empty`

    @property
    def key(self) -> Key:
        return self.clinic.code, self.month

    @property
    def answers(self) -> Mapping[str, Answer | None]:
        """The file's answers and the other stored ones, as the measures stand; made anew, a history has many months."""
        return _laid_over(self.read, self.stored)

    @property
    def filled(self) -> int:
        """How many answers it has when it is stored."""
        if not self.stored:
            return self.changes.get("new", 0)
        return sum(answer is not None for answer in self.answers.values())

    @property
    def base_version(self) -> int:
        return self.base.version if self.base else 0

    @property
    def new_version(self) -> int:
        """The one that it becomes when it is stored."""
        return self.base_version + 1


def change(read: Answer | None, stored: Answer | None) -> str:
    if read == stored:
        return "unchanged" if read else "empty"
    return "changed" if stored else "new"


def past_of(scoped: ScopedConnection, months: Sequence[MonthEntries]) -> ClinicPast:
    """Return what the database holds about the clinic-months, and their clinics' months before."""
    keys = sorted({(entries.clinic, entries.month) for entries in months})
    months_by_clinic = {clinic: [month for _, month in own] for clinic, own in groupby(keys, itemgetter(0))}
    current = submissions.list_current_of(scoped, keys=keys)
    answers_by_submission = values.of_submissions(
        scoped, submission_ids=[sent.id for sent in current.values()]
    )
    history = {}
    for clinic, own in months_by_clinic.items():
        history[clinic] = values.of_clinic(
            scoped, clinic=clinic, first=own[0].plus(-HISTORY_MONTHS), last=own[-1]
        )
    answers = {key: answers_by_submission[sent.id] for key, sent in current.items()}
    return ClinicPast(
        keys=keys,
        current=current,
        answers=answers,
        history=history,
        breaks=breaks.list_months(scoped, clinics=list(history)),
    )


def with_month_before(
    scoped: ScopedConnection, problems: Sequence[Problem], past: ClinicPast
) -> tuple[Problem, ...]:
    """Return the problems with what their measures were the month before: it helps whoever mends them."""
    history = dict(past.history)
    for clinic in {problem.clinic for problem in problems if problem.clinic and problem.month} - set(history):
        # A month without one readable value is not among the past.
        months = [problem.month for problem in problems if problem.clinic == clinic and problem.month]
        first, last = min(months).previous, max(months)
        history[clinic] = values.of_clinic(scoped, clinic=clinic, first=first, last=last)
    return tuple(
        replace(problem, month_before=_before(problem, history)) if problem.measure else problem
        for problem in problems
    )


def _before(problem: Problem, history: Mapping[str, Mapping[Month, Mapping[str, Answer]]]) -> Answer | None:
    if not (problem.clinic and problem.month and problem.measure):
        return None
    return history[problem.clinic].get(problem.month.previous, {}).get(problem.measure)


def released_about(scoped: ScopedConnection, past: ClinicPast) -> Mapping[Month, Mapping[str, Released]]:
    """Return the region's figures of the file's months and of those before them."""
    months = {month for _, month in past.keys}
    if not months:
        return {}
    by_month: dict[Month, dict[str, Released]] = {}
    for (month, indicator), figure in releases.list_figures(
        scoped, first=min(months).previous, last=max(months)
    ).items():
        by_month.setdefault(month, {})[indicator] = figure
    return by_month


def series_of(past: ClinicPast) -> dict[tuple[str, str], dict[Month, int]]:
    history: dict[tuple[str, str], dict[Month, int]] = {}
    for clinic, months in past.history.items():
        for month, answers in months.items():
            for measure, answer in answers.items():
                if answer.value is not None:
                    history.setdefault((clinic, measure), {})[month] = answer.value
    return history


def merge(
    months: Sequence[MonthEntries], past: ClinicPast, clinics_by_code: Mapping[str, Clinic]
) -> tuple[MergedMonth, ...]:
    """Return the months as they would be stored, in the order of the clinics' codes and the months."""
    answers_by_key = {(entries.clinic, entries.month): entries.answers for entries in months}
    return tuple(
        _merged(clinics_by_code[clinic], month, answers, past)
        for (clinic, month), answers in sorted(answers_by_key.items())
    )


def _merged(clinic: Clinic, month: Month, read: Mapping[str, Answer | None], past: ClinicPast) -> MergedMonth:
    stored = past.answers.get((clinic.code, month), {})
    if stored:
        answers = _laid_over(read, stored)
        changes: Mapping[str, int] = Counter(change(answers[code], stored.get(code)) for code in answers)
    else:
        changes = _all_new(len(read), list(read.values()).count(None))
    return MergedMonth(
        clinic=clinic,
        month=month,
        base=past.current.get((clinic.code, month)),
        stored=stored,
        read=read,
        changes=changes,
    )


def _laid_over(read: Mapping[str, Answer | None], stored: Mapping[str, Answer]) -> dict[str, Answer | None]:
    return {
        measure: read[measure] if measure in read else stored.get(measure)
        for measure in MEASURES_BY_CODE
        if measure in read or measure in stored
    }


@cache
def _all_new(count: int, empty: int) -> Mapping[str, int]:
    return MappingProxyType(Counter(new=count - empty, empty=empty))


def preview_of(
    merged_month: MergedMonth, past: ClinicPast, released: Mapping[Month, Mapping[str, Released]]
) -> MonthPreview:
    """Return the month with what a person compares it with; commit goes without, it is half its time."""
    history = past.history[merged_month.clinic.code]
    broken = past.breaks.get(merged_month.clinic.code, ())
    since = max((first for first in broken if first <= merged_month.month), default=None)
    before = history.get(merged_month.month.previous)
    year_before = history.get(merged_month.month.year_before, {})
    lines = tuple(
        PreviewLine(
            measure=measure,
            read=read,
            stored=merged_month.stored.get(measure),
            month_before=(before or {}).get(measure),
            year_before=year_before.get(measure),
            expected=expected_before(counts_since(history, measure, since), merged_month.month),
        )
        for measure, read in merged_month.answers.items()
    )
    return MonthPreview(
        clinic=merged_month.clinic,
        month=merged_month.month,
        base=merged_month.base,
        before=before,
        released=released.get(merged_month.month.previous, {}),
        is_released=merged_month.month in released,
        lines=lines,
    )

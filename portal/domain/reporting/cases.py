"""What the checks look at: one clinic's month as it would be, beside what is stored already."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.problems import MonthEntries
from portal.domain.reporting.submissions import Calendar


Answers = Mapping[str, Answer]  # measure code → answer


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownMonths:
    """What is stored already, for the clinics and months at hand."""

    answers: Mapping[tuple[str, Month], Answers] = field(default_factory=dict)  # current versions
    history: Mapping[tuple[str, str], Mapping[Month, int]] = field(default_factory=dict)  # (clinic, measure)
    breaks: Mapping[str, tuple[Month, ...]] = field(
        default_factory=dict
    )  # clinic → first months of new series


# Not frozen: a history file has thousands of them, and a frozen one costs three times as much to make.
@dataclass(kw_only=True, slots=True)
class Case:
    """One clinic's month as it would be after what was given: what a check looks at."""

    clinic: Clinic
    month: Month
    given: MonthEntries
    answers: Answers  # stored ones overlaid with what was given
    values: Mapping[str, int]  # those of the answers that are counts
    changed: Mapping[
        str, int
    ]  # the file's counts that differ from the stored: once confirmed, not asked again
    earlier: Mapping[str, Answer | None]  # the month before, where the same file holds it
    filed: Mapping[Month, Mapping[str, Answer | None]]  # the clinic's months in the same file
    known: KnownMonths
    calendar: Calendar
    latest: Month

    def history(self, measure: str) -> dict[Month, int]:
        """Return the clinic's values of the other months (leave-one-out)."""
        months = self.known.history.get((self.clinic.code, measure), {})
        return {month: value for month, value in months.items() if month != self.month}

    def filed_counts(self, measure: str) -> dict[Month, int]:
        """Return the counts of the other months in the same file."""
        answers = {
            month: answers.get(measure) for month, answers in self.filed.items() if month != self.month
        }
        return {
            month: answer.value
            for month, answer in answers.items()
            if answer is not None and answer.value is not None
        }

    def distance_to(self, month: Month) -> int:
        """Return how many months lie between."""
        return abs(12 * (month.year - self.month.year) + month.number - self.month.number)

    def comparable(self, measure: str) -> dict[Month, int]:
        """Return the history on the same side of every break."""
        breaks = self.known.breaks.get(self.clinic.code, ())
        first = max((month for month in breaks if month <= self.month), default=None)
        end = min((month for month in breaks if month > self.month), default=None)
        return {
            month: value
            for month, value in self.history(measure).items()
            if (first is None or first <= month) and (end is None or month < end)
        }

    def before(self, measure: str) -> int | None:
        """Return last month's value, in the same file or stored; None across a break."""
        if self.month in self.known.breaks.get(self.clinic.code, ()):
            return None
        if measure in self.earlier:
            answer = self.earlier[measure]
            return answer.value if answer else None
        months = self.known.history.get((self.clinic.code, measure))
        return months.get(self.month.previous) if months else None


def cases_of(
    months: Iterable[MonthEntries],
    *,
    clinics: Mapping[str, Clinic],
    calendar: Calendar,
    latest: Month,
    known: KnownMonths,
) -> Iterator[Case]:
    """Walk the cases in the order of the clinics' codes and the months; a clinic and month stands there once."""
    given_months = list(months)
    filed: dict[str, dict[Month, Mapping[str, Answer | None]]] = {}
    for given in given_months:
        filed.setdefault(given.clinic, {})[given.month] = given.answers
    before: tuple[str, int, Mapping[str, Answer | None]] = ("", 0, {})
    for given in sorted(given_months, key=lambda given: (given.clinic, given.month.year, given.month.number)):
        index = 12 * given.month.year + given.month.number
        answers, values, changed = _merged(known.answers.get((given.clinic, given.month)), given.answers)
        yield Case(
            clinic=clinics[given.clinic],
            month=given.month,
            given=given,
            answers=answers,
            values=values,
            changed=changed,
            earlier=before[2] if before[:2] == (given.clinic, index - 1) else {},
            filed=filed[given.clinic],
            known=known,
            calendar=calendar,
            latest=latest,
        )
        before = (given.clinic, index, given.answers)


def _merged(
    stored: Answers | None, given: Mapping[str, Answer | None]
) -> tuple[dict[str, Answer], dict[str, int], dict[str, int]]:
    """Return the month's answers after what was given, the counts among them, and those that are news."""
    answers = overlay(stored, given)
    values = {measure: count for measure, answer in answers.items() if (count := answer.value) is not None}
    if not stored:
        return answers, values, values
    changed = {
        measure: value
        for measure, value in values.items()
        if measure in given and answers[measure] != stored.get(measure)
    }
    return answers, values, changed


def overlay(stored: Answers | None, given: Mapping[str, Answer | None]) -> dict[str, Answer]:
    """Return the month's answers after what was given: the rest is kept, an empty cell clears."""
    answers = {code: answer for code, answer in given.items() if answer is not None}
    if not stored:
        return answers
    return {code: answer for code, answer in stored.items() if code not in given} | answers

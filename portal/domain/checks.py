"""The checks: rules between values, months and a clinic's own history. One declared entry each."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median

from portal.domain.clinics import Clinic
from portal.domain.measures import MEASURES, MEASURES_BY_CODE
from portal.domain.months import Month, latest_whole_month
from portal.domain.problems import NOWHERE, Entry, Place, Problem, Severity
from portal.domain.submissions import Calendar
from portal.domain.values import Answer


Answers = Mapping[str, Answer]  # measure code → answer

MIN_HISTORY = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What is stored already, for the clinics and months at hand."""

    answers: Mapping[tuple[str, Month], Answers] = field(default_factory=dict)  # current versions
    history: Mapping[tuple[str, str], Mapping[Month, int]] = field(default_factory=dict)  # (clinic, measure)


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One clinic's month as it would be after the entries: what a check looks at."""

    clinic: Clinic
    month: Month
    entries: Mapping[str, Entry]
    answers: Answers  # stored ones overlaid with the entries
    known: Known
    calendar: Calendar
    today: date

    def value(self, measure: str) -> int | None:
        answer = self.answers.get(measure)
        return answer.value if answer else None

    @property
    def new_values(self) -> Iterator[tuple[str, int]]:
        """Yield what differs from what is stored: a value once confirmed is not asked about again."""
        stored = self.known.answers.get((self.clinic.code, self.month), {})
        for measure, entry in self.entries.items():
            if entry.answer and entry.answer.value is not None and entry.answer != stored.get(measure):
                yield measure, entry.answer.value

    def history(self, measure: str) -> dict[Month, int]:
        """Return the clinic's values of the other months (leave-one-out)."""
        months = self.known.history.get((self.clinic.code, measure), {})
        return {month: value for month, value in months.items() if month != self.month}


Facts = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a check found: the measure it concerns (None: the month) and the facts for its text."""

    measure: str | None = None
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A rule. `text` is a Swedish template; {where}, {label}, {month} and the finding's facts fill it in."""

    code: str
    severity: Severity
    text: str
    find: Callable[[Case], Iterable[Finding]]


# --- the month ---


def _future(case: Case) -> Iterator[Finding]:
    latest = latest_whole_month(case.today)
    if case.month > latest:
        yield Finding(facts={"latest": latest})


def _too_early(case: Case) -> Iterator[Finding]:
    if case.month < case.calendar.first_month:
        yield Finding(facts={"first": case.calendar.first_month})


def _not_open(case: Case) -> Iterator[Finding]:
    if case.clinic.is_open(case.month):
        return
    opened, closed = case.clinic.opened, case.clinic.closed
    since = f"öppnade {opened}" if opened and case.month < opened else f"var öppen till och med {closed}"
    yield Finding(facts={"since": since})


# --- the values of one month ---


def _missing(case: Case) -> Iterator[Finding]:
    for measure in MEASURES:
        if measure.required and measure.code not in case.answers:
            yield Finding(measure=measure.code)


_PARTS = tuple((measure, MEASURES_BY_CODE[measure.not_above]) for measure in MEASURES if measure.not_above)


def _above_whole(case: Case) -> Iterator[Finding]:
    for part, whole in _PARTS:
        value, most = case.value(part.code), case.value(whole.code)
        if value is not None and most is not None and value > most:
            yield Finding(measure=part.code, facts={"value": value, "most": most, "whole": whole.label})


def _without_whole(case: Case) -> Iterator[Finding]:
    for part, whole in _PARTS:
        if case.value(part.code) is not None and case.value(whole.code) is None:
            yield Finding(measure=part.code, facts={"whole": whole.label})


def _without_part(case: Case) -> Iterator[Finding]:
    # A part answered with a reason is answered; a required one is asked for by value.missing.
    for part, whole in _PARTS:
        if case.value(whole.code) is not None and part.code not in case.answers and not part.required:
            yield Finding(measure=whole.code, facts={"part": part.label})


# --- the clinic's own history ---


def expected_range(history: Sequence[int]) -> tuple[int, int] | None:
    """Return the lowest and highest value to expect after the clinic's other months; None under 6 of them.

    Mean ± 3 standard deviations; the floors on the spread keep a steady or small series from crying wolf
    (10 % of the mean, the Poisson spread √mean, and 2).
    """
    if len(history) < MIN_HISTORY:
        return None
    mean = sum(history) / len(history)
    sd = math.sqrt(sum((value - mean) ** 2 for value in history) / (len(history) - 1))
    spread = 3 * max(sd, 0.1 * mean, math.sqrt(mean), 2)
    return max(0, math.ceil(mean - spread)), math.floor(mean + spread)


def _outside_history(case: Case) -> Iterator[Finding]:
    for measure, value in case.new_values:
        history = case.history(measure)
        expected = expected_range(list(history.values()))
        if expected and not expected[0] <= value <= expected[1]:
            last_year = history.get(case.month.year_before)
            shown = "inget värde" if last_year is None else str(last_year)
            facts = {"value": value, "low": expected[0], "high": expected[1], "last_year": shown}
            yield Finding(measure=measure, facts=facts)


IMPLAUSIBLE_TIMES, IMPLAUSIBLE_FROM = 5, 50  # R11


def _implausible(case: Case) -> Iterator[Finding]:
    for measure, value in case.new_values:
        first = case.month.year_before
        year = [count for month, count in case.history(measure).items() if first <= month < case.month]
        usual = median(year) if year else None
        if usual is not None and value > IMPLAUSIBLE_FROM and value > IMPLAUSIBLE_TIMES * usual:
            yield Finding(measure=measure, facts={"value": value, "usual": f"{usual:g}".replace(".", ",")})


MONTH_CHECKS = (
    Check(
        code="month.future",
        severity=Severity.ERROR,
        text="{where}: {month} är inte slut än. Senaste månad som kan rapporteras är {latest}.",
        find=_future,
    ),
    Check(
        code="month.too_early",
        severity=Severity.ERROR,
        text="{where}: {month} ligger före portalens första månad, {first}. Kontrollera årtalet.",
        find=_too_early,
    ),
    Check(
        code="month.not_open",
        severity=Severity.ERROR,
        text="{where}: {clinic} {since} och kan inte rapportera {month}. Ta bort månaden eller rätta den.",
        find=_not_open,
    ),
)

ANSWER_CHECKS = (
    Check(
        code="value.missing",
        severity=Severity.ERROR,
        text="{where}: värde saknas för {label}, {clinic} {month}. "
        "Skriv ett antal, 0 om det inte var några, eller ett skäl som ”mäts inte”.",
        find=_missing,
    ),
    Check(
        code="part.above_whole",
        severity=Severity.ERROR,
        text="{where}: {label} är {value} i {month}, mer än {whole} som är {most}. "
        "En del kan inte vara större än helheten: rätta det ena talet.",
        find=_above_whole,
    ),
    Check(
        code="part.without_whole",
        severity=Severity.ERROR,
        text="{where}: {label} har ett värde i {month} men {whole} saknar värde. Fyll i båda eller ingen.",
        find=_without_whole,
    ),
    Check(
        code="whole.without_part",
        severity=Severity.ERROR,
        text="{where}: {label} har ett värde i {month} men {part} saknas. "
        "Fyll i båda, eller skriv ett skäl som ”mäts inte”.",
        find=_without_part,
    ),
    Check(
        code="history.range",
        severity=Severity.WARNING,
        text="{where}: {label} är {value} i {month}. Väntat är {low}–{high} efter mottagningens egna "
        "månader; samma månad förra året: {last_year}. Kontrollera, och skriv en kommentar om det stämmer.",
        find=_outside_history,
    ),
    Check(
        code="history.implausible",
        severity=Severity.WARNING,
        text="{where}: {label} är {value} i {month}, mer än fem gånger det vanliga ({usual}, medianen för "
        "tolv månader). Kontrollera, och skriv en kommentar om det stämmer.",
        find=_implausible,
    ),
)

CHECKS = MONTH_CHECKS + ANSWER_CHECKS


def run(
    entries: Iterable[Entry],
    *,
    clinics: Mapping[str, Clinic],
    calendar: Calendar,
    today: date,
    known: Known,
) -> list[Problem]:
    """Return what is wrong or odd about the entries, month by month in the order of the clinics' codes."""
    groups: dict[tuple[str, Month], dict[str, Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.clinic, entry.month), {})[entry.measure] = entry
    problems: list[Problem] = []
    for (code, month), group in sorted(groups.items(), key=lambda item: item[0]):
        answers = overlay(known.answers.get((code, month), {}), group)
        case = Case(
            clinic=clinics[code],
            month=month,
            entries=group,
            answers=answers,
            known=known,
            calendar=calendar,
            today=today,
        )
        problems += _problems(case)
    return problems


def overlay(stored: Answers, entries: Mapping[str, Entry]) -> dict[str, Answer]:
    """Return the month's answers after the entries: what they don't mention is kept, an empty cell clears."""
    given = {measure: entry.answer for measure, entry in entries.items()}
    return {measure: answer for measure, answer in {**stored, **given}.items() if answer is not None}


def _problems(case: Case) -> list[Problem]:
    # A month that can't be reported at all needs no word about its values.
    return _found(case, MONTH_CHECKS) or _found(case, ANSWER_CHECKS)


def _found(case: Case, checks: Sequence[Check]) -> list[Problem]:
    return [_problem(check, case, finding) for check in checks for finding in check.find(case)]


def _problem(check: Check, case: Case, finding: Finding) -> Problem:
    entry = case.entries.get(finding.measure) if finding.measure else next(iter(case.entries.values()), None)
    place = entry.place if entry else NOWHERE
    label = MEASURES_BY_CODE[finding.measure].label if finding.measure else ""
    where = spell_place(place) or case.clinic.name
    facts = {"where": where, "label": label, "clinic": case.clinic.name, "month": case.month.label}
    return Problem(
        code=check.code,
        severity=check.severity,
        message=check.text.format(**facts, **finding.facts),
        place=place,
        clinic=case.clinic.code,
        month=case.month,
        measure=finding.measure,
        read=_read(entry) if finding.measure else str(case.month),
    )


def _read(entry: Entry | None) -> str | None:
    if entry is None or entry.answer is None:
        return None
    return entry.answer.reason.label if entry.answer.reason else str(entry.answer.value)


def spell_place(place: Place) -> str:
    """Return a place in words, such as `Cell D7 i bladet Månadsdata` or `Rad 7, kolumnen värde`."""
    if place.sheet is not None:
        spot = f"Cell {place.cell}" if place.cell else f"Rad {place.row}"
        return f"{spot} i bladet {place.sheet}"
    if place.row is not None:
        return f"Rad {place.row}, kolumnen {place.column}" if place.column else f"Rad {place.row}"
    return f"Cell {place.cell}" if place.cell else ""

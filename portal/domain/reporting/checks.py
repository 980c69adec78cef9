"""The checks: rules between values, months and a clinic's own history. One declared entry each."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from statistics import median

from portal.domain.insight.queue import OVER_30D, OVER_90D, STARTED, WAITING
from portal.domain.insight.statistics.outliers import usual_range
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE
from portal.domain.registry.months import Month, latest_whole_month
from portal.domain.registry.values import Answer, spelled
from portal.domain.reporting.cases import Case, KnownMonths, cases_of
from portal.domain.reporting.expectation import along_trend, expected_range
from portal.domain.reporting.problems import NOWHERE, MonthEntries, Problem, Severity, spell_place
from portal.domain.reporting.submissions import Calendar


Facts = Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """What a check found: the measure it concerns (None: the month) and the facts for its text."""

    measure: str | None = None
    facts: Facts = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    """A rule. `text` is a Swedish template; {where}, {label}, {month} and the finding's facts fill it in.

    `explanation` says the rule to people, in the portal's list of checks.
    """

    code: str
    severity: Severity
    text: str
    explanation: str
    find: Callable[[Case], Iterable[Finding]]


# --- the month ---


def _future(case: Case) -> Iterator[Finding]:
    if case.month > case.latest:
        yield Finding(facts={"latest": case.latest})


def _too_early(case: Case) -> Iterator[Finding]:
    if case.month < case.calendar.first_month:
        yield Finding(facts={"first": case.calendar.first_month.label})


def _not_open(case: Case) -> Iterator[Finding]:
    if case.clinic.is_open(case.month):
        return
    opened, closed = case.clinic.opened, case.clinic.closed
    since = f"öppnade {opened}" if opened and case.month < opened else f"var öppen till och med {closed}"
    yield Finding(facts={"since": since})


# --- the values of one month ---


_REQUIRED = tuple(measure.code for measure in MEASURES if measure.required)
_REQUIRED_SET = frozenset(_REQUIRED)


def _missing(case: Case) -> Iterable[Finding]:
    if case.answers.keys() >= _REQUIRED_SET:
        return ()
    return [Finding(measure=code) for code in _REQUIRED if code not in case.answers]


_PARTS = tuple((measure.code, measure.not_above) for measure in MEASURES if measure.not_above)
_PARTS_OF_OPTIONAL = tuple((part, whole) for part, whole in _PARTS if not MEASURES_BY_CODE[whole].required)


def _label(measure: str) -> str:
    return MEASURES_BY_CODE[measure].label


def _above(case: Case, pairs: Iterable[tuple[str, str]]) -> Iterator[Finding]:
    values = case.values
    for less, more in pairs:
        if less in values and more in values and values[less] > values[more]:
            facts = {"value": values[less], "most": values[more], "whole": _label(more)}
            yield Finding(measure=less, facts=facts)


def _without_whole(case: Case) -> Iterator[Finding]:
    for part, whole in _PARTS:
        if part in case.values and whole not in case.values:
            yield Finding(measure=part, facts={"whole": _label(whole)})


def _without_part(case: Case) -> Iterator[Finding]:
    # A part answered with a reason is answered; a required one is asked for by value.missing.
    for part, whole in _PARTS_OF_OPTIONAL:
        if whole in case.values and part not in case.answers:
            yield Finding(measure=whole, facts={"part": _label(part)})


# Totals between measures that are no parts of one another: the first is not above the second.
_SIP = (("sip_patients", "sip_meetings"),)
_VIDEO = (("video_contacts", "contacts"),)


# --- queues: this month against last month and what was started ---

HISTORY_MONTHS = 36  # what the checks against a clinic's own history look back on
LEFT_AT_LEAST, LEFT_PART = 2, 10  # children who leave a queue without starting: a tenth, in whole children


def _fallen_queue(case: Case) -> Iterator[Finding]:
    """Newcomers only add to a queue: it falls by what was started and by those who left, and no more."""
    values, changed = case.values, case.changed
    if not changed or not (case.earlier or case.known.history):
        return
    for queue, started in zip(WAITING, STARTED, strict=True):
        if queue not in values or started not in values or not (queue in changed or started in changed):
            continue
        before = case.before(queue)
        if before is None:
            continue
        gone = max(LEFT_AT_LEAST, before // LEFT_PART)
        least = before - values[started] - gone
        if values[queue] < least:
            facts = {"value": values[queue], "before": before, "begun": values[started], "gone": gone}
            yield Finding(measure=queue, facts={**facts, "started": _label(started), "least": least})


def _waited_too_long(case: Case) -> Iterator[Finding]:
    """Nobody waits for more than a month before: who has waited over 30 days stood in the queue at its end.

    And who has waited over 90 days had then waited over 30, whatever the months' lengths.
    """
    values, changed = case.values, case.changed
    if not changed or not (case.earlier or case.known.history):
        return
    pairs = (*zip(OVER_30D, WAITING, strict=True), *zip(OVER_90D, OVER_30D, strict=True))
    for waited, group in pairs:
        before = case.before(group) if waited in changed else None
        if before is not None and values[waited] > before:
            yield Finding(
                measure=waited, facts={"value": values[waited], "before": before, "group": _label(group)}
            )


# --- the clinic's own history ---


def _outside_history(case: Case) -> Iterator[Finding]:
    if not case.known.history:
        return
    for measure, value in case.changed.items():
        if value == 0 and _least_beside_zero(case, measure) is not None:
            continue
        history = case.comparable(measure)
        expected = expected_range(history, case.month)
        if not expected or expected[0] <= value <= expected[1]:
            continue
        last_year = history.get(case.month.year_before)
        if _is_season(case.month, value, history) or _usual_if_implausible(case, measure, value) is not None:
            continue
        shown = "inget värde" if last_year is None else spelled(last_year)
        facts = {"value": value, "low": expected[0], "high": expected[1], "last_year": shown}
        yield Finding(measure=measure, facts=facts)


def _is_season(month: Month, value: int, history: Mapping[Month, int]) -> bool:
    """Tell whether the value is like the same month last year: July is low every year, of a steady clinic."""
    last_year = history.get(month.year_before)
    if last_year is None or along_trend(history, month):
        return False
    low, high = usual_range(list(history.values()), centre=last_year)
    return low <= value <= high


CLEARLY_POSITIVE = 5  # were so many usual, a 0 by chance would be one month in 150


def _unlikely_zero(case: Case) -> Iterator[Finding]:
    for measure, value in case.changed.items():
        least = _least_beside_zero(case, measure) if value == 0 else None
        if least is not None:
            yield Finding(measure=measure, facts={"least": least})


def _least_beside_zero(case: Case, measure: str) -> int | None:
    """Return the least of the twelve nearest months when all are clearly positive, else None.

    A break changes nothing here, nor does a short history: something else than a count became 0.
    """
    counts = case.history(measure) | case.filed_counts(measure)
    nearest = sorted(counts, key=case.distance_to)[:12]
    least = min((counts[month] for month in nearest), default=0)
    return least if least >= CLEARLY_POSITIVE else None


IMPLAUSIBLE = "history.implausible"
IMPLAUSIBLE_TIMES, IMPLAUSIBLE_FROM = 5, 50


def _implausible(case: Case) -> Iterator[Finding]:
    if not case.known.history:
        return
    for measure, value in case.changed.items():
        usual = _usual_if_implausible(case, measure, value)
        if usual is not None:
            yield Finding(measure=measure, facts={"value": value, "usual": usual})


def _usual_if_implausible(case: Case, measure: str, value: int) -> float | None:
    """Return the median of the twelve months before when the value is implausible beside it, else None.

    A break changes nothing here: what goes into a release must not slip in because a series began anew.
    """
    if value <= IMPLAUSIBLE_FROM:
        return None
    first = case.month.year_before
    year = [count for month, count in case.history(measure).items() if first <= month < case.month]
    usual = median(year) if year else None
    return usual if usual is not None and value > IMPLAUSIBLE_TIMES * usual else None


def holds_release(problems: Iterable[Problem]) -> bool:
    """Tell whether what was confirmed must wait for the region before it enters a release."""
    return any(problem.code == IMPLAUSIBLE for problem in problems)


MONTH_CHECKS = (
    Check(
        code="month.future",
        severity=Severity.ERROR,
        text="{where}: {month} är inte slut än. Senaste månad som kan rapporteras är {latest}.",
        explanation="En månad kan rapporteras från den första dagen i månaden efter.",
        find=_future,
    ),
    Check(
        code="month.too_early",
        severity=Severity.ERROR,
        text="{where}: {month} ligger före portalens första månad, {first}. Kontrollera årtalet.",
        explanation="Månader före portalens första månad tas inte emot.",
        find=_too_early,
    ),
    Check(
        code="month.not_open",
        severity=Severity.ERROR,
        text="{where}: {clinic} {since} och kan inte rapportera {month}. Ta bort månaden eller rätta den.",
        explanation="En mottagning rapporterar bara månader då den var öppen.",
        find=_not_open,
    ),
)

ANSWER_CHECKS = (
    Check(
        code="value.missing",
        severity=Severity.ERROR,
        text="{where}: värde saknas för {label}, {clinic} {month}. "
        "Skriv ett antal, 0 om det inte var några, eller ett skäl som ”mäts inte”.",
        explanation="Alla mått som krävs ska ha ett antal eller ett skäl till att det saknas.",
        find=_missing,
    ),
    Check(
        code="part.above_whole",
        severity=Severity.ERROR,
        text="{where}: {label} är {value} i {month}, mer än {whole} som är {most}. "
        "En del kan inte vara större än helheten: rätta det ena talet.",
        explanation="Ett varav-mått kan inte vara större än det mått som det är en del av.",
        find=partial(_above, pairs=_PARTS),
    ),
    Check(
        code="part.without_whole",
        severity=Severity.ERROR,
        text="{where}: {label} har ett värde i {month} men {whole} saknar värde. Fyll i båda eller ingen.",
        explanation="Ett varav-mått har ett värde bara när helheten också har det.",
        find=_without_whole,
    ),
    Check(
        code="whole.without_part",
        severity=Severity.ERROR,
        text="{where}: {label} har ett värde i {month} men {part} saknas. "
        "Fyll i båda, eller skriv ett skäl som ”mäts inte”.",
        explanation="När en frivillig helhet har ett värde ska dess varav-mått ha ett värde eller ett skäl.",
        find=_without_part,
    ),
    Check(
        code="total.sip_patients",
        severity=Severity.ERROR,
        text="{where}: {label} är {value} i {month}, mer än {whole} som är {most}. "
        "Varje patient har minst ett möte: rätta det ena talet.",
        explanation="Patienter med SIP-möte kan inte vara fler än de genomförda SIP-mötena.",
        find=partial(_above, pairs=_SIP),
    ),
    Check(
        code="total.video_contacts",
        severity=Severity.ERROR,
        text="{where}: {label} är {value} i {month}, mer än {whole} som är {most}. "
        "Videokontakter räknas också som vårdkontakter: rätta det ena talet.",
        explanation="Distanskontakter via videolänk kan inte vara fler än alla vårdkontakter.",
        find=partial(_above, pairs=_VIDEO),
    ),
    Check(
        code="queue.arithmetic",
        severity=Severity.WARNING,
        text="{where}: {label} är {value} i {month}. Månaden före väntade {before}, {started} är {begun}, och "
        "{gone} kan ha lämnat kön av andra skäl: {before} − {begun} − {gone} = {least} väntar minst kvar. "
        "Kontrollera talen.",
        explanation="En kö kan inte minska mer än vad som startade under månaden, med marginal för dem som "
        "lämnade kön av andra skäl (10 % av kön, minst 2). Jämförs inte över ett seriebrott.",
        find=_fallen_queue,
    ),
    Check(
        code="queue.waited",
        severity=Severity.WARNING,
        text="{where}: {label} är {value} i {month}, men {group} var bara {before} månaden före. De som har väntat "
        "så länge väntade redan då. Kontrollera talen.",
        explanation="De som har väntat över 30 dagar stod i kön redan månaden före, och de som har väntat över 90 "
        "dagar hade då väntat över 30. Jämförs inte över ett seriebrott.",
        find=_waited_too_long,
    ),
    Check(
        code="history.range",
        severity=Severity.WARNING,
        text="{where}: {label} är {value} i {month}. Väntat är {low}–{high} efter mottagningens egna "
        "månader; samma månad förra året: {last_year}. Kontrollera talet.",
        explanation="Värdet jämförs med mottagningens egna andra månader (minst 6) sedan senaste seriebrott: "
        "medelvärde ± 3 standardavvikelser, och med en spridning på minst 10 % av medelvärdet. Ett värde "
        "som liknar samma månad förra året ger ingen varning. Växer eller minskar måttet tydligt under de tolv "
        "närmaste månaderna jämförs det med den linjen i stället.",
        find=_outside_history,
    ),
    Check(
        code="history.zero",
        severity=Severity.WARNING,
        text="{where}: {label} är 0 i {month}, men minst {least} i mottagningens närmaste månader. Saknas "
        "uppgiften, skriv ett skäl som ”ej rapporterat” i stället. Var det verkligen inga, bekräfta.",
        explanation="En 0 frågas alltid om när de närmaste månaderna (högst tolv) alla har minst 5.",
        find=_unlikely_zero,
    ),
    Check(
        code=IMPLAUSIBLE,
        severity=Severity.WARNING,
        text="{where}: {label} är {value} i {month}, mer än fem gånger det vanliga ({usual}, medianen för "
        "tolv månader). Kontrollera talet. Med det måste regionen godkänna månaden innan den räknas in "
        "i regionens värden.",
        explanation="Värdet är över 50 och mer än fem gånger medianen för de tolv månaderna före. Bekräftas "
        "det ändå väntar månaden på regionens godkännande innan den publiceras.",
        find=_implausible,
    ),
)

CHECKS = MONTH_CHECKS + ANSWER_CHECKS


def run(
    months: Iterable[MonthEntries],
    *,
    clinics: Mapping[str, Clinic],
    calendar: Calendar,
    today: date,
    known: KnownMonths,
) -> list[Problem]:
    """Return what is wrong or odd about the months, in the order of the clinics' codes and the months."""
    latest = latest_whole_month(today)
    cases = cases_of(months, clinics=clinics, calendar=calendar, latest=latest, known=known)
    return [problem for case in cases for problem in _problems(case)]


def warnings_of_stored(
    stored: MonthEntries,
    clinic: Clinic,
    history: Mapping[Month, Mapping[str, Answer]],
    *,
    breaks: Sequence[Month],
    calendar: Calendar,
    today: date,
) -> tuple[Problem, ...]:
    """Return what the checks warn of about a stored month, every value asked about anew.

    `history`: the clinic's months to hold it against, by measure.
    """
    counts: dict[tuple[str, str], dict[Month, int]] = {}
    for month, answers in history.items():
        for measure, answer in answers.items():
            if answer.value is not None:
                counts.setdefault((clinic.code, measure), {})[month] = answer.value
    problems = run(
        [stored],
        clinics={clinic.code: clinic},
        calendar=calendar,
        today=today,
        known=KnownMonths(history=counts, breaks={clinic.code: tuple(breaks)}),
    )
    return tuple(problem for problem in problems if not problem.blocks)


def _problems(case: Case) -> list[Problem]:
    # A month that can't be reported at all needs no word about its values.
    return _found(case, MONTH_CHECKS) or _found(case, ANSWER_CHECKS)


def _found(case: Case, checks: Sequence[Check]) -> list[Problem]:
    return [_problem(check, case, finding) for check in checks for finding in check.find(case)]


def _problem(check: Check, case: Case, finding: Finding) -> Problem:
    given = case.given
    measure = finding.measure or next(iter(given.answers), "")
    place = given.place_of(measure) if measure in given.answers else NOWHERE
    label = MEASURES_BY_CODE[finding.measure].label if finding.measure else ""
    where = spell_place(place) or case.clinic.name
    facts = {"where": where, "label": label, "clinic": case.clinic.name, "month": case.month.label}
    return Problem(
        code=check.code,
        severity=check.severity,
        message=check.text.format(**facts, **_in_words(finding.facts)),
        place=place,
        clinic=case.clinic.code,
        month=case.month,
        measure=finding.measure,
        read=_read(given.answers.get(finding.measure)) if finding.measure else str(case.month),
    )


def _in_words(facts: Facts) -> dict[str, object]:
    return {name: spelled(fact) if isinstance(fact, int | float) else fact for name, fact in facts.items()}


def _read(answer: Answer | None) -> str | None:
    if answer is None:
        return None
    return answer.reason.label if answer.reason else str(answer.value)

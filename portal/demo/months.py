"""The demo's months: invented, but adding up to what the sources publish.

Each measure has weights (a clinic's size, the season, a growth, its own lean, some noise) and totals
(the published sums, or an invented one where nothing is published). The totals are then divided by
the weights in whole numbers with the method of largest remainders, so that the sums are exact.
Everything is drawn from fixed seeds: the same months every time.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from math import exp, pi, sin
from typing import TypeVar

from portal.demo import facts
from portal.demo.arithmetic import apportion, jitter, line, nearest
from portal.demo.facts import ClinicFacts
from portal.domain.insight import queue
from portal.domain.registry.clinics import Operator
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month, months_between, months_of_year
from portal.domain.registry.values import Answer, MissingReason


Cell = tuple[str, Month]  # a clinic's code and a month
Counts = dict[Cell, int]
Weights = dict[Cell, float]

FIRST, LAST = Month(2023, 1), Month(2025, 1)
YEARS = (2023, 2024)
TO_NOVEMBER = "2023-01..2023-11"

JANUARY_2025_STATES = {
    "avesta": "approved",
    "falun-capio": "approved",
    "falun-psykiatripartners": "approved",
    "hedemora-kiron": "approved",
    "borlange-jewe": "sent",
    "borlange": "returned",
}

# January to December: families and staff are away in July, schools refer in the autumn.
SEASON = (1.0, 0.98, 1.06, 1.0, 1.05, 0.94, 0.8, 0.98, 1.06, 1.07, 1.04, 0.92)
QUEUE_SEASON = (1.0, 1.0, 1.01, 1.01, 1.02, 1.01, 0.99, 0.99, 1.01, 1.02, 1.01, 0.99)

# Invented: patients in January 2023 as a share of those in December 2023.
START_OF_2023 = {"falun-psykiatripartners": 0.6, "falun-capio": 0.86, "mora": 1.05, "borlange": 1.02}
USUAL_START = 0.98

# Invented: patients in January 2025 of the clinics that have no published figure yet.
PATIENTS_AT_LAST = {"borlange-moment": 118, "ludvika-psykiatripartners": 64}
RAMP = 0.7  # below 1: a new clinic fills quickly at first

# Invented: the region's starts in 2024 and its calls in 2023, which the sources do not give.
STARTED_2024 = {"first_visits": 3000, "investigations_started": 1000, "treatments_started": 1050}
CALLS_2023 = 31200

# The region's shares of what started within 30 days, by what started.
STARTED_WITHIN = {
    "first_visits": "first_visit_within_30d",
    "investigations_started": "investigation_within_30d",
    "treatments_started": "treatment_within_30d",
}

# Invented: points above the mean of clinics; large clinics answer less, so the two averages differ.
TELEPHONE_LEAN = {
    "avesta": 4.0,
    "borlange": -6.0,
    "borlange-jewe": -3.0,
    "borlange-moment": 5.0,
    "falun": -2.0,
    "falun-capio": 2.0,
    "falun-psykiatripartners": -4.0,
    "hedemora-kiron": 3.5,
    "ludvika": 4.5,
    "ludvika-psykiatripartners": 4.0,
    "mora": 1.0,
}

# Capio's invented telephone system could not count until the spring of 2023.
CALLS_NOT_MEASURED = {("falun-capio", month) for month in months_between(FIRST, Month(2023, 3))}

# Who answers the optional measures; at least three owners each, or no regional figure is ever shown.
ANSWERED_BY = {
    "sip_patients": {"avesta", "borlange", "falun-psykiatripartners", "hedemora-kiron", "mora"},
    "third_visits": set(TELEPHONE_LEAN) - {"borlange-moment"},
    "care_episodes": {"borlange", "ludvika", "falun-capio", "falun-psykiatripartners", "hedemora-kiron"},
    "contacts": set(TELEPHONE_LEAN) - {"borlange-jewe", "ludvika"},
}


# Invented: how long those in the queues have waited is told since 2024, by all clinics but one.
WAITED_FROM = Month(2024, 1)
WAITED_NOT_TOLD_BY = {"ludvika"}


@dataclass(frozen=True, kw_only=True, slots=True)
class DivisionPlan:
    """How a measure's totals are divided over clinics and months."""

    code: str
    first_months: list[Month]  # that `first_total` is the sum of
    first_total: int
    total_2024: int | None = None  # None: follows from `growth`
    growth: float = 1.0  # a month's factor, beyond that of the patients
    multiple: int = 1  # that the whole of 2023 is to be divisible by
    season: tuple[float, ...] = SEASON
    noise: float
    lean: float = 0.1  # how far a clinic may lie from the others, always in the same direction
    private: float = 1.0  # private clinics' weight per patient
    starting: float = 1.0  # the weight per patient of clinics that have just opened


def january_2025_states() -> dict[str, str]:
    """Return each clinic's state of January 2025: approved, sent, returned, or "" for not sent."""
    codes = [clinic_facts.clinic.code for clinic_facts in facts.list_clinics()]
    return {code: JANUARY_2025_STATES.get(code, "") for code in codes}


def months() -> dict[str, dict[Month, dict[str, Answer]]]:
    """Return every clinic's answers: clinic → month → measure. Only months in which it was open.

    2023, 2024 and January 2025; whether a clinic has sent the last one is for the builder to decide.
    """
    clinics = facts.list_clinics()
    answers = _answers(clinics)
    return {
        clinic_facts.clinic.code: {
            month: _in_order(
                {code: cells.get((clinic_facts.clinic.code, month)) for code, cells in answers.items()}
            )
            for month in months_between(FIRST, LAST)
            if clinic_facts.clinic.is_open(month)
        }
        for clinic_facts in clinics
    }


def _in_order(answers: Mapping[str, Answer | None]) -> dict[str, Answer]:
    """Return what was answered, in the order of the measures' declaration."""
    in_order = {measure.code: answers.get(measure.code) for measure in MEASURES}
    return {code: answer for code, answer in in_order.items() if answer is not None}


def _answers(clinics: list[ClinicFacts]) -> dict[str, dict[Cell, Answer]]:
    sizes = _sizes(clinics)
    counts = {plan.code: _divide(plan, clinics, sizes) for plan in _plans()}
    for code, indicator in STARTED_WITHIN.items():
        counts[f"{code}_within_30d"] = _within(counts[code], indicator)
    counts["calls"] = {
        cell: count for cell, count in counts["calls"].items() if cell not in CALLS_NOT_MEASURED
    }
    counts["calls_answered_same_day"] = _answered_same_day(counts["calls"])
    counts |= _optional(counts)
    counts |= {code: cells for phase in queue.PHASES for code, cells in _waited(phase, counts).items()}

    answers = {code: {cell: Answer(count) for cell, count in cells.items()} for code, cells in counts.items()}
    answers["active_patients"] = _patients(clinics, sizes)
    not_measured = dict.fromkeys(CALLS_NOT_MEASURED, Answer(reason=MissingReason.NOT_MEASURED))
    answers["calls"] |= not_measured
    answers["calls_answered_same_day"] |= not_measured
    return answers


# How large each clinic is


def _sizes(clinics: list[ClinicFacts]) -> Weights:
    """Return the patients of every open clinic and month, reported or not."""
    return {
        (clinic_facts.clinic.code, month): _size(clinic_facts, month)
        for clinic_facts in clinics
        for month in months_between(FIRST, LAST)
        if clinic_facts.clinic.is_open(month)
    }


def _size(clinic_facts: ClinicFacts, month: Month) -> float:
    """Return a clinic's patients: as published at the end of the years, smooth between them."""
    if month in clinic_facts.patients:
        return clinic_facts.patients[month]
    level = _ramp(clinic_facts, month) if clinic_facts.clinic.opened else _between(clinic_facts, month)
    wave = 1 + 0.015 * sin(2 * pi * month.number / 12)  # none in December, which is published
    return level * wave * jitter("size", clinic_facts.clinic.code, month, spread=0.004)


def _between(clinic_facts: ClinicFacts, month: Month) -> float:
    """Return the level on a path of constant growth between two known months."""
    code, levels = clinic_facts.clinic.code, dict(clinic_facts.patients)
    levels[FIRST] = round(min(levels.items())[1] * START_OF_2023.get(code, USUAL_START))
    for start, end in pairwise(sorted(levels)):
        growth = (levels[end] / levels[start]) ** (1 / start.until(end))
        if month <= end:
            return levels[start] * growth ** start.until(month)
    return levels[end] * growth ** (end.until(month) / 2)  # after the last one at half the pace


def _ramp(clinic_facts: ClinicFacts, month: Month) -> float:
    """Return the level of a clinic that opened during the demo's months."""
    opened = clinic_facts.clinic.opened or FIRST
    full, patients = max(
        clinic_facts.patients.items(), default=(LAST, PATIENTS_AT_LAST.get(clinic_facts.clinic.code, 0))
    )
    return patients * ((opened.until(month) + 1) / (opened.until(full) + 1)) ** RAMP


def _patients(clinics: list[ClinicFacts], sizes: Weights) -> dict[Cell, Answer]:
    """Return the current patients; a clinic that opened during a year first has any to count the year after.

    It sends its months, so that *ej rapporterat* would speak against what Läget shows of them.
    """
    opened = {clinic_facts.clinic.code: clinic_facts.clinic.opened for clinic_facts in clinics}
    answers = {}
    for (code, month), size in sizes.items():
        start = opened[code]
        late = start is not None and month.year <= start.year
        answers[code, month] = Answer(reason=MissingReason.NO_DATA) if late else Answer(round(size))
    return answers


# What each clinic does


def _plans() -> list[DivisionPlan]:
    return [*_queue_plans(), *_started_plans(), *_volume_plans()]


def _queue_plans() -> list[DivisionPlan]:
    """Queues: the published mean of January to November 2023, then an invented growth per patient."""
    means, to_november = facts.published(period=TO_NOVEMBER), months_of_year(2023)[:11]
    growths = {"waiting_first_visit": 0.976, "waiting_investigation": 1.006, "waiting_treatment": 1.003}
    return [
        DivisionPlan(
            code=code,
            first_months=to_november,
            first_total=means[code] * len(to_november),
            growth=growth,
            season=QUEUE_SEASON,
            noise=0.02,
            lean=0.2,
            private=0.85,
        )
        for code, growth in growths.items()
    ]


def _started_plans() -> list[DivisionPlan]:
    """Starts: the published mean of January to November 2023; December makes the year's share exact."""
    means, to_november = facts.published(period=TO_NOVEMBER), months_of_year(2023)[:11]
    return [
        DivisionPlan(
            code=code,
            first_months=to_november,
            first_total=means[code] * len(to_november),
            total_2024=total,
            multiple=_published_share(STARTED_WITHIN[code], 2023).denominator,
            noise=0.18,
            private=1.15,
            starting=1.4,
        )
        for code, total in STARTED_2024.items()
    ]


def _volume_plans() -> list[DivisionPlan]:
    """Volumes: the published sums of both years; telephone calls have none and are invented."""
    sums = {year: facts.published(period=str(year)) for year in YEARS}

    def plan(code: str, *, noise: float, lean: float, private: float) -> DivisionPlan:
        return DivisionPlan(
            code=code,
            first_months=months_of_year(2023),
            first_total=sums[2023].get(code, CALLS_2023),
            total_2024=sums[2024].get(code),
            noise=noise,
            lean=lean,
            private=private,
        )

    return [
        plan("calls", noise=0.03, lean=0.15, private=0.9),
        plan("care_plans", noise=0.08, lean=0.12, private=1.1),
        plan("sip_meetings", noise=0.45, lean=0.08, private=1.2),
        plan("video_contacts", noise=0.04, lean=0.15, private=1.2),
    ]


def _divide(plan: DivisionPlan, clinics: list[ClinicFacts], sizes: Weights) -> Counts:
    """Divide a measure's totals over clinics and months."""
    weights = _weights(plan, clinics, sizes)
    growth = plan.growth
    if plan.total_2024 is not None:
        growth = _growth(weights, plan.first_months, Fraction(plan.total_2024, plan.first_total))
    weights = {
        (code, month): weight * growth ** FIRST.until(month) for (code, month), weight in weights.items()
    }

    first = _in(weights, plan.first_months)
    per_weight = plan.first_total / sum(first.values())
    rest_of_2023 = _in(weights, [month for month in months_of_year(2023) if month not in plan.first_months])
    year, january = _in(weights, months_of_year(2024)), _in(weights, [LAST])
    missing = -plan.first_total % plan.multiple
    return (
        apportion(plan.first_total, first)
        | apportion(nearest(per_weight * sum(rest_of_2023.values()), missing, plan.multiple), rest_of_2023)
        | apportion(plan.total_2024 or round(per_weight * sum(year.values())), year)
        | apportion(round(per_weight * sum(january.values())), january)
    )


def _weights(plan: DivisionPlan, clinics: list[ClinicFacts], sizes: Weights) -> Weights:
    per_patient = {
        clinic_facts.clinic.code: jitter(plan.code, clinic_facts.clinic.code, spread=plan.lean)
        * (plan.private if clinic_facts.clinic.operator is Operator.PRIVATE else 1)
        * (plan.starting if clinic_facts.clinic.opened else 1)
        for clinic_facts in clinics
    }
    return {
        (code, month): size
        * per_patient[code]
        * plan.season[month.number - 1]
        * jitter(plan.code, code, month, spread=plan.noise)
        for (code, month), size in sizes.items()
    }


def _growth(weights: Weights, first_months: list[Month], ratio: Fraction) -> float:
    """Return the monthly factor with which 2024 is `ratio` times the first months, without a step.

    Found by bisection: the ratio rises with the factor.
    """
    by_month = {
        month: sum(_in(weights, [month]).values()) for month in months_between(FIRST, Month(2024, 12))
    }

    def ratio_at(factor: float) -> float:
        grown = {month: weight * factor ** FIRST.until(month) for month, weight in by_month.items()}
        of_2024 = sum(weight for month, weight in grown.items() if month.year == 2024)
        return of_2024 / sum(grown[month] for month in first_months)

    low, high = 0.8, 1.25
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if ratio_at(middle) < ratio else (low, middle)
    return low


# Parts of a whole


def _within(starts: Counts, indicator: str) -> Counts:
    """Divide the starts within 30 days so that the region's share of each year is as published.

    The share changes by the same number of points each month, through both years' published shares.
    """
    shares = {year: _published_share(indicator, year) for year in YEARS}
    share_in = line({_centre(starts, year): float(share) for year, share in shares.items()})

    weights = {
        (code, month): count
        * _bounded(
            share_in(FIRST.until(month))
            * jitter(indicator, code, spread=0.12)
            * jitter(indicator, code, month, spread=0.15)
        )
        for (code, month), count in starts.items()
    }
    parts: Counts = {}
    for year, share in shares.items():
        total = share * sum(_in(starts, months_of_year(year)).values())
        parts |= apportion(total.numerator, _in(weights, months_of_year(year)))
    january = _in(weights, [LAST])
    return parts | apportion(round(sum(january.values())), january)


def _bounded(share: float) -> float:
    """Keep a share off 0 and 1, so that the division never gives a part above its whole."""
    return min(0.93, max(0.06, share))


def _answered_same_day(calls: Counts) -> Counts:
    """Divide the calls answered so that each year's mean of clinics is as published."""
    means = {year: _published_share("calls_answered_same_day", year) for year in YEARS}
    mean_in = line({_centre(calls, year): float(mean) for year, mean in means.items()})
    missed: Counts = {}
    for year, mean in means.items():
        for code, total in _missed(_by_clinic(_in(calls, months_of_year(year))), mean).items():
            missed |= apportion(total, _missed_weights(calls, code, months_of_year(year), mean_in))
    for code, _ in _in(calls, [LAST]):
        weights = _missed_weights(calls, code, [LAST], mean_in)
        missed |= apportion(round(sum(weights.values())), weights)
    return {cell: count - missed[cell] for cell, count in calls.items()}


def _missed(calls: Mapping[str, int], mean: Fraction) -> dict[str, int]:
    """Return each clinic's missed calls of a year; the clinic with most calls takes up the rounding."""
    middle = sum(TELEPHONE_LEAN[code] for code in calls) / len(calls)
    missed = {
        code: round(count * (1 - float(mean) - (TELEPHONE_LEAN[code] - middle) / 100))
        for code, count in calls.items()
    }
    above = (1 - mean) * len(calls) - sum(Fraction(missed[code], calls[code]) for code in calls)
    largest = max(calls, key=lambda code: calls[code])
    return missed | {largest: missed[largest] + round(above * calls[largest])}


def _missed_weights(
    calls: Counts, code: str, months: list[Month], mean_in: Callable[[float], float]
) -> Weights:
    lean = TELEPHONE_LEAN[code] / 100
    return {
        (code, month): calls[code, month]
        * max(0.01, 1 - mean_in(FIRST.until(month)) - lean)
        * jitter("missed", code, month, spread=0.15)
        for month in months
        if (code, month) in calls
    }


def _optional(counts: Mapping[str, Counts]) -> dict[str, Counts]:
    """Return the optional measures, from the required ones they go with."""
    third_visits = _times(counts["first_visits"], "third_visits", lambda step: 0.62, noise=0.1)
    return {
        "sip_patients": _times(counts["sip_meetings"], "sip_patients", lambda step: 0.88, noise=0.1),
        "contacts": _times(
            counts["video_contacts"], "contacts", line({0: 3.7, 24: 2.2}), noise=0.03
        ),  # video grows faster than care does
        "third_visits": third_visits,
        "third_visits_with_care_plan": _times(
            third_visits, "third_visits", line({0: 0.68, 24: 0.86}), noise=0.1
        ),
        "care_episodes": _times(counts["first_visits"], "care_episodes", lambda step: 0.7, noise=0.12),
    }


def _waited(phase: queue.Phase, counts: Mapping[str, Counts]) -> dict[str, Counts]:
    """Return how many of a queue have waited over 30 and over 90 days: invented, as if drawn by lot from it.

    Who is drawn by lot waits longer than t months with the probability exp(−t · starts ÷ waiting).
    """
    over_30d: Counts = {}
    over_90d: Counts = {}
    for (code, month), waiting in sorted(counts[phase.waiting].items()):
        pace = counts[phase.started][code, month] / max(1, waiting)
        drawn = pace * jitter(phase.over_30d, code, month, spread=0.08)
        before = (code, month.previous)
        least = min(waiting, counts[phase.waiting].get(before, 0))
        over_30d[code, month] = min(least, round(waiting * exp(-drawn)))
        least = min(over_30d[code, month], over_30d.get(before, 0))
        over_90d[code, month] = min(least, round(waiting * exp(-3 * drawn)))
    return {
        code: {cell: count for cell, count in cells.items() if _tells_waited(*cell)}
        for code, cells in ((phase.over_30d, over_30d), (phase.over_90d, over_90d))
    }


def _tells_waited(clinic: str, month: Month) -> bool:
    return month >= WAITED_FROM and clinic not in WAITED_NOT_TOLD_BY


def _times(base: Counts, code: str, factor_in: Callable[[float], float], *, noise: float) -> Counts:
    """Return so many times another measure, for the clinics that answer this one."""
    return {
        (clinic, month): round(
            count * factor_in(FIRST.until(month)) * jitter(f"{code} per", clinic, month, spread=noise)
        )
        for (clinic, month), count in base.items()
        if clinic in ANSWERED_BY[code]
    }


# Sums


def _centre(counts: Counts, year: int) -> float:
    """Return the step that a year's counts lie around."""
    of_year = _in(counts, months_of_year(year))
    return sum(FIRST.until(month) * count for (_, month), count in of_year.items()) / sum(of_year.values())


def _published_share(indicator: str, year: int) -> Fraction:
    return Fraction(facts.published(period=str(year))[indicator], 100)


Number = TypeVar("Number", int, float)


def _in(cells: Mapping[Cell, Number], months: Iterable[Month]) -> dict[Cell, Number]:
    kept_months = set(months)
    return {(code, month): value for (code, month), value in cells.items() if month in kept_months}


def _by_clinic(counts: Counts) -> dict[str, int]:
    totals: dict[str, int] = {}
    for (code, _), count in counts.items():
        totals[code] = totals.get(code, 0) + count
    return totals

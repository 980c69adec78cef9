"""Invented regions that release months again and again: clinics of all sizes, owners in several spellings.

A world is made from its number alone, so that what an attack finds can be found again. Nothing here knows a rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from random import Random

from portal.domain.registry.annual import regional_figure
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import MONTHLY_INDICATORS, PATIENTS, Indicator
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.release.cells import Cell, rounded
from portal.domain.release.contributions import contributions, with_patients
from portal.domain.release.disclosure import Rules
from portal.domain.release.months import MonthSoFar, PastRelease, parts_printed, plan_month
from portal.domain.release.printed import PARTS
from portal.domain.release.standing import Released


RULES = Rules()
MONTHS = tuple(Month(2024, number) for number in range(1, 13))
SPELLINGS = (str, str.upper, str.lower, lambda name: f"{name} ", lambda name: name.replace(" ", "\u200b  "))
WHOLE_OF = {  # part → whole, which comes before what is a part of it
    **{i.numerator: i.denominator for i in MONTHLY_INDICATORS if i.is_share},
    **{part.code: part.not_above for part in MEASURES if part.not_above},
}
COUNTS = (
    *("active_patients", "waiting_first_visit", "waiting_investigation", "waiting_treatment", "care_plans"),
    *("sip_meetings", "first_visits", "investigations_started", "treatments_started", "calls", "contacts"),
    *("third_visits", "cgas_assessed", "care_episodes"),
)
SHARES = [indicator for indicator in MONTHLY_INDICATORS if indicator.is_share]
Counts = dict[str, dict[str, int]]  # clinic → measure → count


@dataclass(frozen=True, kw_only=True)
class Publication:
    """One release of a month: the counts behind it and what clinics were shown."""

    counts: Counts
    cells: tuple[Cell, ...]

    @cached_property
    def printed(self) -> dict[str, Cell]:
        return {cell.indicator.code: cell for cell in self.cells if cell.figure}

    @cached_property
    def as_read(self) -> dict[str, tuple[object, ...]]:
        return {code: as_read(cell, self.counts) for code, cell in self.printed.items()}

    @cached_property
    def clinics_told(self) -> dict[str, list[str]]:
        """Measure → the clinics whose count is in some figure; of the patients, also those behind a rate."""
        clinics: dict[str, set[str]] = {}
        for cell in self.printed.values():
            own = set(contributing(cell.indicator, self.counts))
            comparable = {clinic for clinic in own if self.counts[clinic].get(PATIENTS)}
            is_sum_read = not cell.indicator.is_rate or (cell.figure and cell.figure.value is not None)
            for measure in cell.indicator.measures:
                clinics.setdefault(measure, set()).update(own if is_sum_read else comparable)
            if cell.figure and cell.figure.rate is not None and cell.indicator.is_rate:
                clinics.setdefault(PATIENTS, set()).update(comparable)
        return {measure: sorted(told) for measure, told in clinics.items()}

    @property
    def past(self) -> PastRelease:
        parts = {code: parts_printed(cell) for code, cell in self.printed.items()}
        return PastRelease(answers=answers_of(self.counts), parts=parts)


@dataclass(frozen=True, kw_only=True)
class World:
    """`owners` is the truth: clinic → owner, however the register spells it."""

    owners: Mapping[str, str]
    register: Mapping[str, Clinic]
    months: Mapping[Month, Sequence[Publication]]

    @property
    def publications(self) -> Iterator[Publication]:
        return (publication for releases in self.months.values() for publication in releases)

    def newest(self, month: Month, indicator: Indicator) -> int | None:
        """Return which release's figure clinics see now; None when it is hidden."""
        newest = None
        for index, publication in enumerate(self.months[month]):
            cell = next(cell for cell in publication.cells if cell.indicator == indicator)
            if not cell.is_kept:
                newest = index if cell.figure and cell.figure.value is not None else None
        return newest

    @cached_property
    def shares_by_month(self) -> dict[str, dict[Month, tuple[int, int] | None]]:
        """Share → month → what it counts and of how many, as clinics see it now; None when it is hidden."""
        newest = {(share.code, month): self.newest(month, share) for share in SHARES for month in self.months}
        return {
            share.code: {
                month: None
                if (index := newest[share.code, month]) is None
                else sums_of(share, self.months[month][index].counts)
                for month in self.months
            }
            for share in SHARES
        }

    @cached_property
    def cells(self) -> list[Cell]:
        """All that somebody had a value for."""
        cells = (cell for publication in self.publications for cell in publication.cells)
        return [cell for cell in cells if cell.owners]

    def by_owner(self, counts: Mapping[str, int]) -> dict[str, int]:
        sums: dict[str, int] = {}
        for clinic, count in counts.items():
            sums[self.owners[clinic]] = sums.get(self.owners[clinic], 0) + count
        return sums


def contributing(indicator: Indicator, counts: Counts) -> Counts:
    """Return the months that have all of an indicator's counts; of a share those with a case."""
    own = {
        clinic: month
        for clinic, month in counts.items()
        if all(measure in month for measure in indicator.measures)
    }
    if indicator.is_share:
        return {clinic: month for clinic, month in own.items() if month[indicator.denominator or ""]}
    return own


def sums_of(indicator: Indicator, counts: Counts) -> tuple[int, int]:
    """Return what is counted above and beneath."""
    own = contributing(indicator, counts).values()
    return (
        sum(month[indicator.numerator or ""] for month in own),
        sum(month[indicator.denominator or ""] for month in own),
    )


def as_read(cell: Cell, counts: Counts) -> tuple[object, ...]:
    """Return what a cell would print of these counts, and whom it would stand for."""
    measures = (*cell.indicator.measures, PATIENTS)
    inside = {
        clinic: {measure: own[measure] for measure in measures if measure in own}
        for clinic, own in counts.items()
    }
    figures = contributions(cell.indicator, answers_of(inside))
    figure = rounded(cell.indicator, regional_figure(cell.indicator, figures.values()))
    with_value = {clinic for clinic in figures if figures[clinic].value is not None}
    is_mean_read = cell.figure is not None and cell.figure.mean_of_clinics is not None
    is_rate_read = cell.figure is not None and cell.figure.rate is not None and cell.indicator.is_rate
    return (
        tuple(getattr(figure, part) for part in PARTS if getattr(cell.figure, part) is not None),
        set(figures),
        with_value if is_mean_read else None,
        set(with_patients(figures)) if is_rate_read else None,
    )


def answers_of(counts: Counts) -> dict[str, dict[str, Answer]]:
    return {
        clinic: {measure: Answer(value=count) for measure, count in own.items()}
        for clinic, own in counts.items()
    }


def publish(register: Mapping[str, Clinic], versions: Sequence[Counts]) -> list[Publication]:
    """Release a month once with each of these counts, as the portal does."""
    publications: list[Publication] = []
    before: dict[str, Released] = {}
    behind: dict[str, dict[str, dict[str, Answer]]] = {}
    for counts in versions:
        answers = answers_of(counts)
        so_far = MonthSoFar(
            before=dict(before),
            behind=dict(behind),
            releases=[publication.past for publication in publications],
        )
        cells = plan_month(answers, so_far=so_far, register=register, rules=RULES)
        publications.append(Publication(counts=counts, cells=cells))
        for cell in cells:
            if not cell.is_kept:
                before[cell.indicator.code] = _as_released(cell)
                behind[cell.indicator.code] = answers
    return publications


def _as_released(cell: Cell) -> Released:
    code, month, figure = cell.indicator.code, MONTHS[0], cell.figure
    if figure is None:
        return Released(indicator=code, month=month, is_shown=False)
    return Released(
        indicator=code,
        month=month,
        is_shown=True,
        value=figure.value,
        pooled=figure.pooled,
        mean_of_clinics=figure.mean_of_clinics,
        rate=figure.rate,
    )


def register_of(spelled: Mapping[str, str]) -> dict[str, Clinic]:
    """Return a register of clinics with these owners: clinic → owner as it is spelled there."""
    return {
        code: Clinic(
            code=code,
            name=code,
            report_name=code,
            municipality_code="2080",
            municipality="Falun",
            operator=Operator.PRIVATE,
            provider=provider,
        )
        for code, provider in spelled.items()
    }


def world_of(number: int) -> World:
    """Invent a world: every twentieth has a whole year, the others two months, each released up to three times."""
    random = Random(number)
    owners = _owners(random)
    spelled = {clinic: random.choice(SPELLINGS)(owner) for clinic, owner in owners.items()}
    register = register_of(spelled)
    sizes = {clinic: 10 ** random.uniform(0.2, 2.2) for clinic in owners}
    measures = [measure for measure in COUNTS if random.random() < 0.9]
    months = MONTHS if number % 20 == 0 else MONTHS[:2]
    return World(
        owners=owners,
        register=register,
        months={month: publish(register, _versions(random, sizes, measures)) for month in months},
    )


def _owners(random: Random) -> dict[str, str]:
    """Invent some owners with a clinic each, and the largest with some more."""
    owners = {f"c{place}": f"Vård {'abcdefg'[place]}" for place in range(random.randint(3, 7))}
    more = random.choice((0, 0, 1, 2, 4))
    return owners | {f"d{place}": "Vård a" for place in range(more)}


def _versions(random: Random, sizes: Mapping[str, float], measures: Sequence[str]) -> list[Counts]:
    counts = {clinic: _month(random, size, measures) for clinic, size in sizes.items()}
    late = random.sample(sorted(sizes), random.choice((0, 0, 1, 2)))
    versions = [{clinic: own for clinic, own in counts.items() if clinic not in late}]
    for _ in range(random.choice((0, 1, 1, 2))):
        counts = _corrected(random, counts, sizes, measures)
        versions.append(counts)
    return versions


def _month(random: Random, size: float, measures: Sequence[str]) -> dict[str, int]:
    """Invent a clinic's month: now and then a count is 0, or wasn't made."""
    month = {}
    for measure in measures:
        luck = random.random()
        if luck > 0.04:
            month[measure] = 0 if luck < 0.08 else round(size * random.uniform(0.4, 1.6))
    for part, whole in WHOLE_OF.items():
        if whole in month:
            month[part] = round(month[whole] * random.uniform(0.2, 1))
    return month


def _corrected(random: Random, counts: Counts, sizes: Mapping[str, float], measures: Sequence[str]) -> Counts:
    """Correct a few clinics' months: most by one or two in a measure, some wholly."""
    corrected = dict(counts)
    for clinic in random.sample(sorted(sizes), random.randint(1, min(4, len(sizes)))):
        if random.random() < 0.3:
            corrected[clinic] = _month(random, sizes[clinic], measures)
        else:
            own = counts[clinic]
            corrected[clinic] = {
                measure: max(0, count + random.choice((0, 1, 2))) for measure, count in own.items()
            }
            for part, whole in WHOLE_OF.items():
                if part in own:
                    corrected[clinic][part] = min(corrected[clinic][part], corrected[clinic][whole])
    return corrected

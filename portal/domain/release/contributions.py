"""What clinics and their owners put into a regional figure. Owners are what contributors are counted by."""

from collections.abc import Iterator, Mapping

from portal.domain.registry.annual import Figure, figure_of_month, is_contribution
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.domain.registry.values import Answer, MissingReason


Answers = Mapping[str, Mapping[str, Answer]]  # clinic → measure → answer
Register = Mapping[str, Clinic]


def contributions(indicator: Indicator, answers: Answers) -> dict[str, Figure]:
    """Return the figure of each clinic that the region's counts: clinic → figure."""
    figures = {
        clinic: figure_of_month(indicator, own, otherwise=MissingReason.NOT_REPORTED)
        for clinic, own in answers.items()
    }
    return {clinic: figure for clinic, figure in figures.items() if is_contribution(indicator, figure)}


def with_patients(figures: Mapping[str, Figure]) -> dict[str, Figure]:
    """Return the figures that a rate stands for."""
    return {code: figure for code, figure in figures.items() if figure.patients}


def counts_of(measure: str | None, answers: Answers) -> dict[str, int]:
    """Return the clinics' counts of one measure, none too."""
    measure_answers = {code: own.get(measure or "") for code, own in answers.items()}
    return {
        code: answer.value for code, answer in measure_answers.items() if answer and answer.value is not None
    }


def sums(register: Register, of_clinics: Mapping[str, float | None]) -> dict[str, int]:
    """Return owner → sum over its clinics."""
    by_owner: dict[str, int] = {}
    for code, value in of_clinics.items():
        owner = register[code].owner
        by_owner[owner] = by_owner.get(owner, 0) + round(value or 0)
    return by_owner


def numerators(figures: Mapping[str, Figure]) -> dict[str, float | None]:
    return {code: figure.numerator for code, figure in figures.items()}


def denominators(figures: Mapping[str, Figure]) -> dict[str, float | None]:
    return {code: figure.denominator for code, figure in figures.items()}


def by_owner(figures: Mapping[str, Figure], register: Register) -> dict[str, object]:
    """Return owner → all that its clinics put in, to be compared with what they put in another time."""
    parts: dict[str, list[object]] = {}
    for code, figure in sorted(figures.items()):
        part = (code, figure.numerator, figure.denominator, figure.patients)
        parts.setdefault(register[code].owner, []).append(part)
    return {owner: tuple(of_owner) for owner, of_owner in parts.items()}


def summed_parts(indicator: Indicator, answers: Answers, register: Register) -> Iterator[dict[str, int]]:
    """Yield, by owner, every sum that the figure lets be computed: of its counts, and of those beside patients."""
    figures = contributions(indicator, answers)
    yield sums(register, numerators(figures))
    yield sums(register, denominators(figures))
    if indicator.is_share:
        yield sums(register, {code: _rest(figure) for code, figure in figures.items()})
    if indicator.is_rate:
        beside = with_patients(figures)
        yield sums(register, numerators(beside))
        yield sums(register, {code: figure.patients for code, figure in beside.items()})


def _rest(figure: Figure) -> float:
    """Return the cases that do not count in a share."""
    return (figure.denominator or 0) - (figure.numerator or 0)


def patients_of(answers: Answers) -> dict[str, int]:
    """Return the current patients of each clinic that has said how many, none too."""
    return counts_of(PATIENTS, answers)

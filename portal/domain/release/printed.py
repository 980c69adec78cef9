"""What the figures of a release tell of the counts behind them, to whoever reads them as they are printed.

A sum of counts is printed whole and told exactly. A share, a quotient, a mean and a rate are rounded: they tell
between which limits the figure lies. Who is behind a figure counts as told, more than a clinic ever is.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.domain.release.contributions import Answers, counts_of, figures_with_value, with_patients


PARTS = ("value", "pooled", "mean_of_clinics", "rate")  # of a figure: what is printed of it
UNIT = 10**9  # limits are whole numbers of billionths, so that everything is reckoned in whole numbers


@dataclass(frozen=True, slots=True)
class Limits:
    """Which numbers are printed as one and the same: low ≤ UNIT × number < high."""

    low: int
    high: int


@dataclass(frozen=True, slots=True)
class PrintedSum:
    """The sum of one measure over these clinics is told exactly."""

    measure: str
    clinics: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedRatio:
    """Of one measure over another, times `scale`: between which limits the pooled one lies, and the mean."""

    over: str
    under: str
    scale: int
    clinics: frozenset[str]
    pooled: Limits | None
    mean: Limits | None = None
    is_part: bool = False  # what is counted above is among what is counted beneath


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedMonth:
    """What one release told of a month: its figures, and the counts behind them: measure → clinic → count."""

    counts: Mapping[str, Mapping[str, int]]
    sums: tuple[PrintedSum, ...]
    ratios: tuple[PrintedRatio, ...]

    def clinics_told(self, measure: str) -> set[str]:
        """Return the clinics whose count of the measure is in some figure."""
        clinics = {clinic for total in self.sums if total.measure == measure for clinic in total.clinics}
        for ratio in self.ratios:
            if measure in (ratio.over, ratio.under):
                clinics |= ratio.clinics
        return clinics & self.counts.get(measure, {}).keys()

    def total(self, measure: str, clinics: Collection[str]) -> int:
        counts = self.counts[measure]
        return sum(counts[clinic] for clinic in clinics)


@dataclass(frozen=True, kw_only=True, slots=True)
class PrintedFigure:
    """One indicator as it is printed: the figure and the clinics behind it."""

    indicator: Indicator
    figure: RegionalFigure
    clinics: frozenset[str]


def limits(printed: float, *, cases: float | None = None) -> Limits:
    """Return between which limits a figure lies that `round_figure` prints so; a hair's breadth too narrow."""
    tenths = round(printed * 10)
    middle, step = tenths * UNIT // 10, UNIT // 10
    if cases is not None and cases < 100:
        return Limits(middle - 5 * step, middle + 5 * step - 1)
    low, high = middle - step // 2, middle + step // 2
    if cases is not None:  # 88,4 may be 88,46, which must not become 88,5 and then 89
        low, high = (middle if tenths % 10 == 5 else low), (middle + step if tenths % 10 == 4 else high)
    return Limits(low, high - 1)


def printed_month(answers: Answers, figures: Collection[PrintedFigure]) -> PrintedMonth:
    """Return what these figures tell of these answers."""
    sums, ratios = [], []
    for printed in figures:
        if printed.indicator.denominator is None:
            sums += _sums(printed)
            ratios += _rates(printed, answers)
        else:
            ratios.append(_ratio(printed))
    measures = {total.measure for total in sums}
    measures |= {code for ratio in ratios for code in (ratio.over, ratio.under)}
    counts = {measure: counts_of(measure, answers) for measure in measures}
    return PrintedMonth(counts=counts, sums=tuple(sums), ratios=tuple(ratios))


def _sums(printed: PrintedFigure) -> list[PrintedSum]:
    if printed.figure.value is None:
        return []
    return [PrintedSum(printed.indicator.numerator or "", printed.clinics)]


def _rates(printed: PrintedFigure, answers: Answers) -> list[PrintedRatio]:
    if printed.figure.rate is None or not printed.indicator.is_rate:
        return []
    comparable = with_patients(figures_with_value(printed.indicator, answers))
    return [
        PrintedRatio(
            over=printed.indicator.numerator or "",
            under=PATIENTS,
            scale=100,
            clinics=frozenset(comparable),
            pooled=limits(printed.figure.rate),
        )
    ]


def _ratio(printed: PrintedFigure) -> PrintedRatio:
    indicator, figure = printed.indicator, printed.figure
    cases = figure.denominator or 0 if indicator.is_share else None
    pooled, mean = figure.pooled, figure.mean_of_clinics
    return PrintedRatio(
        over=indicator.numerator or "",
        under=indicator.denominator or "",
        scale=100 if indicator.is_share else 1,
        clinics=printed.clinics,
        pooled=None if pooled is None else limits(pooled, cases=cases),
        mean=None if mean is None else limits(mean, cases=cases),
        is_part=indicator.is_share,
    )

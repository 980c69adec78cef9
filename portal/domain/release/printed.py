"""What the figures of a release tell of the counts behind them, to whoever reads them as they are printed.

A sum of counts is printed whole and told exactly. A share, a quotient, a mean and a rate are rounded: they tell
between which limits the figure lies. Who is behind a figure counts as told, more than a clinic ever is.
"""

from collections.abc import Collection, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from math import prod

from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.domain.registry.measures import MEASURES
from portal.domain.release.contributions import Answers, contributions, counts_of, with_patients


PARTS = ("value", "pooled", "mean_of_clinics", "rate")  # of a figure: what is printed of it
PARTS_OF_WHOLES = tuple((part.code, part.not_above) for part in MEASURES if part.not_above)
UNIT = 10**9  # limits are whole numbers of billionths, so that everything is reckoned in whole numbers


@dataclass(frozen=True, slots=True)
class Limits:
    """Which numbers are printed as one and the same: low ≤ UNIT × number < high."""

    low: int
    high: int

    @property
    def of_the_rest(self) -> "Limits":
        """Between which limits 100 less a share lies; a hair's breadth too narrow."""
        whole = 100 * UNIT
        return Limits(whole - self.high + 1, whole - self.low)

    def have(self, numerator: int, denominator: int) -> bool:
        return self.low * denominator <= UNIT * numerator < self.high * denominator


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

    def is_printed(self, overs: Mapping[str, int], unders: Mapping[str, int]) -> bool:
        """Whether these counts print the ratio as it is; reckoned from the start, with no step of the search."""
        pairs = [(overs[clinic], unders[clinic]) for clinic in self.clinics]
        above, beneath = (sum(counts) for counts in zip(*pairs, strict=True))
        if self.is_part and any(over > under for over, under in pairs):
            return False
        if self.pooled and not (beneath and self.pooled.have(self.scale * above, beneath)):
            return False
        return self.mean is None or self.mean.have(*self._mean(pairs))

    def _mean(self, pairs: Collection[tuple[int, int]]) -> tuple[int, int]:
        """Return the mean as numerator and denominator."""
        divided = [(over, under) for over, under in pairs if under]
        common = prod(under for _, under in divided)
        return self.scale * sum(over * common // under for over, under in divided), common * len(divided)


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

    def is_printed_with(self, changes: Mapping[tuple[str, str], int]) -> bool:
        """Whether all is printed as it is where the counts are so much more or less: (clinic, measure) → change."""
        measures = {measure for _, measure in changes} & self.counts.keys()
        changed = {measure: self._changed(measure, changes) for measure in measures}
        if any(count < 0 for counts in changed.values() for count in counts.values()):
            return False
        now = replace(self, counts={**self.counts, **changed})
        if not now._holds_parts_of(measures):
            return False
        return self._has_sums_of(now, measures) and self._has_ratios_of(now, measures)

    def _holds_parts_of(self, measures: AbstractSet[str]) -> bool:
        """Whether no part of these is above its whole: everybody knows that none may be."""
        return all(
            count <= self.counts[whole].get(clinic, count)
            for part, whole in PARTS_OF_WHOLES
            if part in self.counts and whole in self.counts and not measures.isdisjoint((part, whole))
            for clinic, count in self.counts[part].items()
        )

    def _has_sums_of(self, now: "PrintedMonth", measures: AbstractSet[str]) -> bool:
        return all(
            now.total(total.measure, total.clinics) == self.total(total.measure, total.clinics)
            for total in self.sums
            if total.measure in measures
        )

    def _has_ratios_of(self, now: "PrintedMonth", measures: AbstractSet[str]) -> bool:
        return all(
            ratio.is_printed(now.counts[ratio.over], now.counts[ratio.under])
            for ratio in self.ratios
            if not measures.isdisjoint((ratio.over, ratio.under))
        )

    def _changed(self, measure: str, changes: Mapping[tuple[str, str], int]) -> dict[str, int]:
        counts = self.counts[measure]
        return {clinic: count + changes.get((clinic, measure), 0) for clinic, count in counts.items()}


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
    comparable = with_patients(contributions(printed.indicator, answers))
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
    pooled, mean = (
        None if share is None else _limits_of(indicator, share, cases)
        for share in (figure.pooled, figure.mean_of_clinics)
    )
    return PrintedRatio(
        over=indicator.numerator or "",
        under=indicator.denominator or "",
        scale=100 if indicator.is_share else 1,
        clinics=printed.clinics,
        pooled=pooled,
        mean=mean,
        is_part=indicator.is_share,
    )


def _limits_of(indicator: Indicator, printed: float, cases: float | None) -> Limits:
    """Return between which limits the reported count lies over the one beneath: it may be what the share leaves."""
    of_the_figure = limits(printed, cases=cases)
    return of_the_figure.of_the_rest if indicator.counts_rest else of_the_figure

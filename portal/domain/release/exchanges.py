"""Other solutions of what is printed: two clinics exchange counts, or one changes alone, and all is printed as it is.

A share and a quotient bind the counts above them to the one beneath (a family, `whole_numbers`). For each exchange
of the count beneath, how much of those above may be exchanged is solved for, in whole numbers throughout.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import lcm

from portal.domain.release.printed import UNIT, PrintedMonth, PrintedRatio


TRIES = 60  # exchanges of the count beneath that are tried between two clinics
Changes = Mapping[tuple[str, str], int]  # (clinic, measure) → change
Range = tuple[int, int]  # the whole numbers from and to
FAR_APART = (0, *(sign * 2**power for power in range(1, 12) for sign in (1, -1)))
FAR = 10**40
EVERY: Range = (-(10**9), 10**9)
NONE: Range = (0, -1)


class Exchanges:
    """Between two clinics, or of one alone: of one family's counts, in some releases.

    The first takes so much of each measure, the second gives as much. A measure that is told exactly in a sum of
    one of them stays as it is. The search goes on where it stopped when more is asked of it.
    """

    def __init__(
        self,
        releases: Sequence[PrintedMonth],
        family: tuple[str, tuple[str, ...]],
        clinics: tuple[str, ...],
        span: tuple[int, ...],
    ) -> None:
        self.under, self.overs = family
        self.clinics, self.span = clinics, span
        self._releases = [releases[index] for index in span]
        measures = (self.under, *self.overs) if self.under else self.overs
        self._signs = {measure: self._signs_of(measure) for measure in measures}
        self._bounds = {over: list(self._bounds_of(over)) for over in self.overs}
        self._fixed = {measure: self._fixed_range(measure) for measure in measures}
        self._widest: dict[str, dict[str, int]] = {}
        self._waiting = self._beneath()

    def wider(self, measure: str, least: float) -> Changes | None:
        """Return an exchange of more than this much of a measure; None where there is none, or none is near."""
        if not any(self._signs[measure]):
            return None
        while self._width(measure) <= least:
            beneath = next(self._waiting, None)
            if beneath is None:
                return None
            self._try(beneath)
        return {
            (clinic, code): sign * amount
            for code, amount in self._widest[measure].items()
            for clinic, sign in zip(self.clinics, self._signs[code], strict=True)
            if sign
        }

    def _width(self, measure: str) -> int:
        return abs(self._widest[measure][measure]) if measure in self._widest else 0

    def _signs_of(self, measure: str) -> tuple[int, ...]:
        """Return by how much each clinic's count changes for each that is exchanged: (1, −1) or less."""
        signs = tuple(
            sign * all(clinic in release.counts.get(measure, {}) for release in self._releases)
            for clinic, sign in zip(self.clinics, (1, -1), strict=False)
        )
        sums = [total for release in self._releases for total in release.sums if total.measure == measure]
        return signs if all(self._net(signs, total.clinics) == 0 for total in sums) else (0,) * len(signs)

    def _net(self, signs: tuple[int, ...], summed: frozenset[str]) -> int:
        """Return by how much a sum over these clinics changes for each that is exchanged."""
        return sum(sign for sign, clinic in zip(signs, self.clinics, strict=True) if clinic in summed)

    def _bounds_of(self, over: str) -> Iterator["_Bound"]:
        """Yield what binds a count above to the one beneath."""
        for release in self._releases:
            for ratio in release.ratios:
                if (ratio.over, ratio.under) == (over, self.under):
                    terms = [
                        (release.counts[over][clinic], release.counts[self.under][clinic], sign, under_sign)
                        for clinic, sign, under_sign in zip(
                            self.clinics, self._signs[over], self._signs[self.under], strict=True
                        )
                        if clinic in ratio.clinics
                    ]
                    yield _Bound(release, ratio, ratio.clinics - set(self.clinics), terms)

    def _fixed_range(self, measure: str) -> Range:
        """Return how much may be exchanged whatever becomes of the family's other counts."""
        signs = self._signs[measure]
        return _common(self._fixed_ranges(measure, signs)) if any(signs) else (0, 0)

    def _fixed_ranges(self, measure: str, signs: tuple[int, ...]) -> Iterator[Range]:
        """A count stays 0 or more, one that is divided by 1 or more, and what it alone is in stays as printed."""
        for release in self._releases:
            for clinic, sign in zip(self.clinics, signs, strict=True):
                if sign:
                    yield _solve(sign, release.counts[measure][clinic], _least(release, measure, clinic))
            for ratio in release.ratios:
                if net := self._net(signs, ratio.clinics):
                    yield self._range_of_other(release, ratio, measure, net)

    def _range_of_other(self, release: PrintedMonth, ratio: PrintedRatio, measure: str, net: int) -> Range:
        """Return what leaves a ratio as printed whose other count lies outside the family."""
        if ratio.over == measure and ratio.under != self.under:
            return _pooled_range(release, ratio, net)
        if ratio.under == measure and ratio.over not in self.overs:
            return _range_beneath(release, ratio, net)
        return EVERY

    def _beneath(self) -> Iterator[int]:
        """Yield how much of the count beneath to exchange: some near and far, then all, the nearest first."""
        if not self.under:
            yield 0
            return
        low, high = self._fixed[self.under]
        first = [amount for amount in (*FAR_APART, low, high) if max(low, EVERY[0] + 1) <= amount <= high]
        yield from first
        nearest = min(max(-low, high), TRIES)
        tries = (sign * size for size in range(1, nearest + 1) for sign in (1, -1))
        yield from (amount for amount in tries if low <= amount <= high and amount not in first)

    def _try(self, beneath: int) -> None:
        """Note what this exchange beneath lets be exchanged of each measure, where it is more than before."""
        ranges = {}
        for over in self.overs:
            low, high = self._range(over, beneath)
            if low > high:
                return
            ranges[over] = (low, high)
        if self._changes_places(beneath, ranges):
            return
        nearest = {over: min(max(0, low), high) for over, (low, high) in ranges.items()}
        if self.under:
            nearest[self.under] = beneath
            self._note(self.under, nearest)
        for over, bounds in ranges.items():
            self._note(over, {**nearest, over: max(bounds, key=abs)})

    def _note(self, measure: str, amounts: dict[str, int]) -> None:
        if abs(amounts[measure]) > self._width(measure):
            self._widest[measure] = amounts

    def _range(self, over: str, beneath: int) -> Range:
        """Return how much of a count above may be exchanged, so that all is printed as it is."""
        low, high = self._fixed[over]
        for bound in self._bounds[over]:
            for first, last in bound.ranges(beneath):
                low, high = max(low, first), min(high, last)
                if low > high:
                    return NONE
        return low, high

    def _changes_places(self, beneath: int, ranges: Mapping[str, Range]) -> bool:
        """Whether the only solution is that the two have each other's counts."""
        if not self.under or len(self.clinics) == 1:
            return False
        places = {self.under: (beneath, beneath), **ranges}
        return all(
            low == high == self._distance(measure)
            for measure, (low, high) in places.items()
            if self._signs[measure] == (1, -1)
        )

    def _distance(self, measure: str) -> int:
        first, second = (self._releases[0].counts[measure][clinic] for clinic in self.clinics)
        return second - first


class _Bound:
    """One printed share or quotient: which exchanges above, given one beneath, leave it as printed."""

    def __init__(
        self,
        release: PrintedMonth,
        ratio: PrintedRatio,
        staying: frozenset[str],
        terms: Sequence[tuple[int, int, int, int]],
    ) -> None:
        self.ratio, self.terms = ratio, terms
        self.factor = UNIT * ratio.scale
        self.over, self.below = (
            release.total(ratio.over, ratio.clinics),
            release.total(ratio.under, ratio.clinics),
        )
        self.net_over, self.net_below = sum(term[2] for term in terms), sum(term[3] for term in terms)
        overs, unders = release.counts[ratio.over], release.counts[ratio.under]
        self.common = lcm(*(unders[clinic] for clinic in staying)) if ratio.mean else 1
        self.staying = (
            sum(overs[clinic] * self.common // unders[clinic] for clinic in staying) if ratio.mean else 0
        )

    def ranges(self, beneath: int) -> Iterator[Range]:
        if self.ratio.pooled and (self.net_over or self.net_below * beneath):
            yield self._pooled(self.below + self.net_below * beneath)
        if self.ratio.is_part:  # what is counted above is among what is counted beneath
            for over, below, sign, sign_below in self.terms:
                yield _solve(sign, over, 0, below + sign_below * beneath + 1)
        if self.ratio.mean and self.terms:
            yield self._mean(beneath)

    def _pooled(self, below: int) -> Range:
        limits = self.ratio.pooled
        if limits is None or below <= 0 or (self.ratio.is_part and (below < 100) != (self.below < 100)):
            return NONE  # a share of fewer than a hundred cases is printed whole
        return _solve(
            self.factor * self.net_over, self.factor * self.over, limits.low * below, limits.high * below
        )

    def _mean(self, beneath: int) -> Range:
        """Solve for the sum of the clinics' shares, all multiplied by every denominator."""
        product, base, slope = 1, 0, 0
        for over, below, sign, sign_below in self.terms:
            divisor = below + sign_below * beneath
            base, slope, product = (
                base * divisor + over * product,
                slope * divisor + sign * product,
                product * divisor,
            )
        limits = self.ratio.mean
        if limits is None:
            return EVERY
        size = len(self.ratio.clinics) * self.common * product
        factor = self.factor * self.common
        return _solve(
            factor * slope,
            factor * base + self.factor * self.staying * product,
            limits.low * size,
            limits.high * size,
        )


def _least(release: PrintedMonth, measure: str, clinic: str) -> int:
    """Return what a clinic's count is at least: one that is divided by is not 0."""
    is_divided = any(ratio.under == measure and clinic in ratio.clinics for ratio in release.ratios)
    return int(is_divided and release.counts[measure][clinic] > 0)


def _pooled_range(release: PrintedMonth, ratio: PrintedRatio, net: int) -> Range:
    """Return the amounts, `net` of which is added above and none beneath, that leave it as printed."""
    if ratio.pooled is None:
        return EVERY
    over, below = release.total(ratio.over, ratio.clinics), release.total(ratio.under, ratio.clinics)
    factor = UNIT * ratio.scale
    return _solve(factor * net, factor * over, ratio.pooled.low * below, ratio.pooled.high * below)


def _range_beneath(release: PrintedMonth, ratio: PrintedRatio, net: int) -> Range:
    """Return the amounts, `net` of which is added beneath and none above, that leave it as printed."""
    if ratio.pooled is None:
        return EVERY
    below = release.total(ratio.under, ratio.clinics)
    number = UNIT * ratio.scale * release.total(ratio.over, ratio.clinics)
    low, high = ratio.pooled.low, ratio.pooled.high
    ranges = (
        _solve(net * low, below * low, -FAR, number + 1),
        _solve(net * high, below * high, number + 1, FAR),
    )
    return _common(ranges)


def _common(ranges: Iterable[Range]) -> Range:
    """Return the numbers that are in all of the ranges."""
    low, high = EVERY
    for first, last in ranges:
        low, high = max(low, first), min(high, last)
    return low, high


def _solve(slope: int, base: int, low: int, high: int = FAR) -> Range:
    """Return the whole numbers x with low ≤ slope × x + base < high."""
    if slope == 0:
        return EVERY if low <= base < high else NONE
    if slope < 0:
        slope, base, low, high = -slope, -base, 1 - high, 1 - low
    return -((base - low) // slope), (high - 1 - base) // slope

"""Other solutions of what is printed: two clinics exchange counts, or one changes alone, and all is printed as it is.

A share and a quotient bind the counts above them to the one beneath (a family, `whole_numbers`). For each exchange
of the count beneath, how much of those above may be exchanged is solved for, in whole numbers throughout.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain
from math import lcm

from portal.domain.release.printed import PARTS_OF_WHOLES, UNIT, PrintedMonth, PrintedRatio


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
        self._signs = {measure: self._signs_of(measure) for measure in (self.under, *self.overs)}
        self._widest: dict[str, dict[str, int]] = {}
        self._verified: dict[str, tuple[Mapping[str, int], Changes | None]] = {}
        self._waiting = self._beneath()

    def wider(self, measure: str, least: float) -> Changes | None:
        """Return an exchange of more than this much of a measure; None where there is none, or none is near."""
        if not any(self._signs[measure]):
            return None
        if measure == self.under and self._width(measure) <= least:
            self._try_first(int(least) + 1)
        while self._width(measure) <= least:
            beneath = next(self._waiting, None)
            if beneath is None:
                return None
            self._try(beneath)
        widest = self._widest[measure]
        if self._verified.get(measure, ({}, None))[0] is not widest:
            self._verified[measure] = widest, self._verify(widest)
        return self._verified[measure][1]

    def _verify(self, amounts: Mapping[str, int]) -> Changes | None:
        """Return the changes if all is printed as it is with them: that is reckoned anew, the search isn't believed."""
        changes = {
            (clinic, code): sign * amount
            for code, amount in amounts.items()
            for clinic, sign in zip(self.clinics, self._signs[code], strict=True)
            if sign * amount
        }
        return changes if all(release.is_printed_with(changes) for release in self._releases) else None

    @cached_property
    def _bounds(self) -> Mapping[str, Sequence["_Bound"]]:
        return {over: list(self._bounds_of(over)) for over in self.overs}

    @cached_property
    def _fixed(self) -> Mapping[str, Range]:
        return {measure: self._fixed_range(measure) for measure in self._signs}

    def _width(self, measure: str) -> int:
        return abs(self._widest[measure][measure]) if measure in self._widest else 0

    def _signs_of(self, measure: str) -> tuple[int, ...]:
        """Return by how much each clinic's count changes for each that is exchanged: (1, −1) or less."""
        signs = tuple(
            sign * any(clinic in release.counts.get(measure, {}) for release in self._releases)
            for clinic, sign in zip(self.clinics, (1, -1), strict=False)
        )
        sums = [total for release in self._releases for total in release.sums if total.measure == measure]
        return signs if all(self._net(signs, total.clinics) == 0 for total in sums) else (0,) * len(signs)

    def _net(self, signs: tuple[int, ...], summed: frozenset[str]) -> int:
        """Return by how much a sum over these clinics changes for each that is exchanged."""
        net = 0
        for sign, clinic in zip(signs, self.clinics, strict=True):
            if clinic in summed:
                net += sign
        return net

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
                if sign and clinic in release.counts.get(measure, {}):
                    yield _solve(sign, release.counts[measure][clinic], *_allowed(release, measure, clinic))
            yield from self._ranges_of_others(release, measure, signs)
            yield from self._ranges_of_parts(release, measure, signs)

    def _ranges_of_parts(
        self, release: PrintedMonth, measure: str, signs: tuple[int, ...]
    ) -> Iterator[Range]:
        """Yield what leaves a part within its whole where both are counted above, the other as it is."""
        for part, whole in PARTS_OF_WHOLES:
            if measure not in (part, whole) or not {part, whole} <= set(self.overs):
                continue
            parts, wholes = (release.counts.get(code, {}) for code in (part, whole))
            for clinic, sign in zip(self.clinics, signs, strict=True):
                if not sign or clinic not in parts or clinic not in wholes:
                    continue
                low, high = (0, wholes[clinic] + 1) if measure == part else (parts[clinic], FAR)
                yield _solve(sign, release.counts[measure][clinic], low, high)

    def _ranges_of_others(
        self, release: PrintedMonth, measure: str, signs: tuple[int, ...]
    ) -> Iterator[Range]:
        """Yield what leaves the ratios as printed whose other count lies outside the family."""
        for ratio in release.ratios:
            if ratio.over == measure and ratio.under != self.under:
                yield _pooled_range(release, ratio, self._net(signs, ratio.clinics))
                yield _mean_range(release, ratio, dict(zip(self.clinics, signs, strict=True)))
            elif ratio.under == measure and ratio.over not in self.overs:
                yield _range_beneath(release, ratio, self._net(signs, ratio.clinics))

    def _beneath(self) -> Iterator[int]:
        """Yield how much of the count beneath to exchange: some near and far, then all, the nearest first."""
        low, high = self._fixed[self.under]
        nearest = min(max(-low, high), TRIES)
        near = (sign * size for size in range(1, nearest + 1) for sign in (1, -1))
        passed_over = self._places[self.under] - {0}
        for amount in chain(FAR_APART, (low, low + 1, high - 1, high), near):
            if max(low, EVERY[0] + 2) <= amount <= min(high, EVERY[1] - 2) and amount not in passed_over:
                passed_over.add(amount)
                yield amount

    def _try_first(self, size: int) -> None:
        """Try the least that is asked for, either way: where all clinics stand behind all figures, it will do."""
        low, high = self._fixed[self.under]
        for beneath in (-size, size):
            if low <= beneath <= high and beneath not in self._places[self.under]:
                self._try(beneath)

    def _try(self, beneath: int) -> None:
        """Note what this exchange beneath lets be exchanged of each measure, where it is more than before."""
        ranges = {}
        for over in self.overs:
            low, high = self._range(over, beneath)
            if low > high:
                return
            ranges[over] = (low, high)
        amounts = {over: self._amounts(over, bounds, beneath) for over, bounds in ranges.items()}
        nearest = {over: _nearest(bounds, amounts[over]) for over, bounds in ranges.items()}
        nearest[self.under] = beneath
        self._note(self.under, nearest)
        for over, choices in amounts.items():
            if choices:
                self._note(over, {**nearest, over: max(choices, key=abs)})

    def _amounts(self, over: str, bounds: Range, beneath: int) -> set[int]:
        """Return the most that may be exchanged either way, so that the two do not only change places."""
        low, high = bounds
        places = self._places[over] if self._is_alike_beneath(beneath) else self._places[over] - {0}
        return {amount for amount in (low, low + 1, high - 1, high) if low <= amount <= high} - places

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

    def _is_alike_beneath(self, beneath: int) -> bool:
        """Whether the two have the same count beneath, or none: an exchange above may have them change places."""
        return beneath == 0 and 0 in self._places[self.under]

    @cached_property
    def _places(self) -> Mapping[str, set[int]]:
        """How much of each measure has the two change places: who is the larger is known, so it tells nothing new."""
        return {measure: set(self._distances(measure)) for measure in self._signs}

    def _distances(self, measure: str) -> Iterator[int]:
        for release in self._releases:
            counts = [release.counts.get(measure, {}).get(clinic) for clinic in self.clinics]
            first, second = counts[0], counts[-1]
            if first is not None and second is not None:
                yield second - first


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
        self.size = sum(unders[clinic] > 0 for clinic in ratio.clinics)  # behind the mean
        divided = [clinic for clinic in staying if unders[clinic]] if ratio.mean else []
        self.common = lcm(*(unders[clinic] for clinic in divided))
        self.staying = sum(overs[clinic] * self.common // unders[clinic] for clinic in divided)

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
        """Solve for the sum of the clinics' shares, all multiplied by every denominator that is not 0."""
        product, base, slope = 1, 0, 0
        for over, below, sign, sign_below in self.terms:
            if not below:
                continue
            divisor = below + sign_below * beneath
            base, slope, product = (
                base * divisor + over * product,
                slope * divisor + sign * product,
                product * divisor,
            )
        limits = self.ratio.mean
        if limits is None:
            return EVERY
        size = self.size * self.common * product
        factor = self.factor * self.common
        return _solve(
            factor * slope,
            factor * base + self.factor * self.staying * product,
            limits.low * size,
            limits.high * size,
        )


def _allowed(release: PrintedMonth, measure: str, clinic: str) -> Range:
    """Return from and below what a clinic's count may be: whether something is divided by it doesn't change."""
    beneath = [ratio for ratio in release.ratios if ratio.under == measure]
    if release.counts[measure][clinic]:
        return int(any(clinic in ratio.clinics for ratio in beneath)), FAR
    is_told_none = any(_tells_none(release, ratio, clinic) for ratio in beneath)
    return 0, 1 if is_told_none else FAR


def _tells_none(release: PrintedMonth, ratio: PrintedRatio, clinic: str) -> bool:
    """Whether a ratio or its mean stands for a clinic no more, or only, because it has 0 beneath."""
    if clinic in ratio.clinics:
        return ratio.mean is not None
    return clinic in release.counts.get(ratio.over, {})


def _nearest(bounds: Range, amounts: Collection[int]) -> int:
    """Return the least that may be exchanged: none, where the range has it."""
    low, high = bounds
    return 0 if low <= 0 <= high else min(amounts or bounds, key=abs)


def _pooled_range(release: PrintedMonth, ratio: PrintedRatio, net: int) -> Range:
    """Return the amounts, `net` of which is added above and none beneath, that leave it as printed."""
    if ratio.pooled is None or not net:
        return EVERY
    over, below = release.total(ratio.over, ratio.clinics), release.total(ratio.under, ratio.clinics)
    factor = UNIT * ratio.scale
    return _solve(factor * net, factor * over, ratio.pooled.low * below, ratio.pooled.high * below)


def _mean_range(release: PrintedMonth, ratio: PrintedRatio, signs: Mapping[str, int]) -> Range:
    """Return the amounts, added above by each clinic's sign and nowhere beneath, that leave the mean as printed."""
    overs, unders = release.counts[ratio.over], release.counts[ratio.under]
    divided = [clinic for clinic in ratio.clinics if unders[clinic]]
    common = lcm(*(unders[clinic] for clinic in divided))
    slope = sum(signs.get(clinic, 0) * common // unders[clinic] for clinic in divided)
    if ratio.mean is None or not slope:
        return EVERY
    factor, size = UNIT * ratio.scale, common * len(divided)
    base = sum(overs[clinic] * common // unders[clinic] for clinic in divided)
    return _solve(factor * slope, factor * base, ratio.mean.low * size, ratio.mean.high * size)


def _range_beneath(release: PrintedMonth, ratio: PrintedRatio, net: int) -> Range:
    """Return the amounts, `net` of which is added beneath and none above, that leave it as printed."""
    if ratio.pooled is None or not net:
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

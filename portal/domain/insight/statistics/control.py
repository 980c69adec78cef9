"""Control charts: what has really changed in a series, and what is noise."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import sqrt


FEWEST_POINTS = 13  # a stretch of fewer has limits to look at but no signals
RUN = 7
LIMIT = 2.66  # 3 ÷ d2 for moving ranges of two (1.128)
SCREEN = 3.267  # a moving range this many times the mean one is a jump, not noise
NEAR = 2 / 3


class SignalRule(StrEnum):
    """Why a point is a signal, the strongest reason first."""

    OUTSIDE = "outside"
    TREND = "trend"
    NEAR = "near"
    ONE_SIDE = "one_side"


@dataclass(frozen=True, slots=True)
class Signal:
    rule: SignalRule
    is_high: bool  # above the mean; for a trend: rising


@dataclass(frozen=True, slots=True)
class ControlLimits:
    """A point's mean and limits. Those two thirds of the way out are never clipped: rules use them."""

    mean: float
    low: float
    high: float
    near_low: float
    near_high: float

    def clipped(self, floor: float | None, ceiling: float | None) -> "ControlLimits":
        """Return limits that hold no impossible value, such as a share above 100 %."""
        low = self.low if floor is None else max(floor, self.low)
        high = self.high if ceiling is None else min(ceiling, self.high)
        return ControlLimits(self.mean, low, high, self.near_low, self.near_high)


@dataclass(frozen=True, slots=True)
class ControlChart:
    """One entry per given point; None where there is no value, or (signals) nothing to say.

    `runs` counts for each point how many in a row, itself included, lie on its side of the mean.
    """

    limits: tuple[ControlLimits | None, ...]
    signals: tuple[Signal | None, ...]
    runs: tuple[int, ...]

    @property
    def latest(self) -> ControlLimits | None:
        """The limits in force: those of the newest point that has a value."""
        return next((limits for limits in reversed(self.limits) if limits), None)


class Assurance(StrEnum):
    """Whether a process as it runs now meets a target."""

    PASS = "pass"
    FAIL = "fail"
    HIT_OR_MISS = "hit_or_miss"


def xmr_chart(
    values: Sequence[float | None],
    *,
    breaks: Iterable[int] = (),
    floor: float | None = None,
    ceiling: float | None = None,
) -> ControlChart:
    """Chart single values: mean ± 2.66 · mean moving range.

    Moving ranges of 3.267 times their mean or more are dropped once. Wheeler, Understanding Variation
    (1993); as in NHSRplotthedots ptd_spc_standard (050b07d). `breaks` are indices where the process
    changed: limits start anew there. A missing value is never a zero: no moving range and no run of points
    reaches across it. `floor` and `ceiling` clip limits that no value can reach.
    """
    limits: list[ControlLimits | None] = [None] * len(values)
    for start, stop in _stretches(len(values), breaks):
        stretch_limits = _xmr_limits(values[start:stop])
        if stretch_limits:
            clipped = stretch_limits.clipped(floor, ceiling)
            limits[start:stop] = [None if value is None else clipped for value in values[start:stop]]
    return _with_signals(values, limits, breaks)


def p_chart(
    numerators: Sequence[float | None],
    denominators: Sequence[float | None],
    *,
    breaks: Iterable[int] = (),
) -> ControlChart:
    """Chart shares (0-1) of small denominators: pooled share ± 3 · √(p(1-p)/n), clipped to 0-1.

    The limits are wider where n is smaller. NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.3.2;
    Montgomery, Introduction to Statistical Quality Control, chapter 7. Rules and splits as in `xmr_chart`.
    """
    pairs = [
        None if numerator is None or not denominator else (numerator, denominator)
        for numerator, denominator in zip(numerators, denominators, strict=True)
    ]
    values = [pair and pair[0] / pair[1] for pair in pairs]
    limits: list[ControlLimits | None] = []
    for start, stop in _stretches(len(values), breaks):
        limits += _p_limits_of_stretch(pairs[start:stop])
    return _with_signals(values, limits, breaks)


def _p_limits_of_stretch(pairs: Sequence[tuple[float, float] | None]) -> list[ControlLimits | None]:
    """Return the limits of each month of a stretch, around its pooled share; None where there are no cases."""
    numerator = sum(pair[0] for pair in pairs if pair)
    denominator = sum(pair[1] for pair in pairs if pair)
    return [_p_limits(numerator / denominator, pair[1]) if pair else None for pair in pairs]


def assurance(limits: ControlLimits, target: float, *, higher_is_better: bool) -> Assurance:
    """Tell whether the process meets a target always, never or by chance: the target beside the limits.

    As in NHSRplotthedots ptd_calculate_assurance_type (050b07d); give the latest limits.
    """
    if limits.low <= target <= limits.high:
        return Assurance.HIT_OR_MISS
    return Assurance.PASS if (target < limits.low) is higher_is_better else Assurance.FAIL


def _stretches(length: int, breaks: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield where each stretch between breaks starts and stops."""
    return pairwise(sorted({0, length, *(index for index in breaks if 0 < index < length)}))


def _xmr_limits(values: Sequence[float | None]) -> ControlLimits | None:
    reported = [value for value in values if value is not None]
    ranges = [abs(b - a) for a, b in pairwise(values) if a is not None and b is not None]
    if not ranges:
        return None
    mean_range = sum(ranges) / len(ranges)
    usual_ranges = [moving_range for moving_range in ranges if moving_range < SCREEN * mean_range]
    mean_range = sum(usual_ranges) / len(usual_ranges) if usual_ranges else mean_range
    mean, reach = sum(reported) / len(reported), LIMIT * mean_range
    return ControlLimits(mean, mean - reach, mean + reach, mean - NEAR * reach, mean + NEAR * reach)


def _p_limits(share: float, of: float) -> ControlLimits:
    reach = 3 * sqrt(share * (1 - share) / of)
    near = NEAR * reach
    return ControlLimits(share, share - reach, share + reach, share - near, share + near).clipped(0, 1)


def _with_signals(
    values: Sequence[float | None], limits: Sequence[ControlLimits | None], breaks: Iterable[int]
) -> ControlChart:
    signals: list[Signal | None] = [None] * len(values)
    runs = [0] * len(values)
    for start, stop in _stretches(len(values), breaks):
        enough = sum(value is not None for value in values[start:stop]) >= FEWEST_POINTS
        for first, last in _unbroken(limits[start:stop]):
            part = slice(start + first, start + last)
            points = [
                (value, point_limits)
                for value, point_limits in zip(values[part], limits[part], strict=True)
                if value is not None and point_limits is not None
            ]
            runs[part] = _runs([_side(*point) for point in points])
            if enough:
                signals[part] = _signals(points)
    return ControlChart(tuple(limits), tuple(signals), tuple(runs))


def _unbroken(limits: Sequence[ControlLimits | None]) -> Iterator[tuple[int, int]]:
    """Yield the pieces without a missing value."""
    start: int | None = None
    for index, point_limits in enumerate([*limits, None]):
        if point_limits is not None and start is None:
            start = index
        elif point_limits is None and start is not None:
            yield start, index
            start = None


Point = tuple[float, ControlLimits]


def _signals(points: Sequence[Point]) -> list[Signal | None]:
    """Return each point's strongest signal; the rules of NHSRplotthedots ptd_calculate_point_type."""
    signals: list[Signal | None] = [None] * len(points)
    for rule, marks in (  # the strongest last: it overwrites
        (SignalRule.ONE_SIDE, _one_side(points)),
        (SignalRule.NEAR, _two_of_three_near(points)),
        (SignalRule.TREND, _trend([value for value, _ in points])),
        (SignalRule.OUTSIDE, [_beyond(*point) for point in points]),
    ):
        for index, mark in enumerate(marks):
            if mark:
                signals[index] = Signal(rule, mark > 0)
    return signals


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _side(value: float, limits: ControlLimits) -> int:
    return _sign(value - limits.mean)


def _beyond(value: float, limits: ControlLimits) -> int:
    return (value > limits.high) - (value < limits.low)


def _near(value: float, limits: ControlLimits) -> int:
    """Return the side on which a point lies between the near limit and the limit, else 0."""
    return 0 if _beyond(value, limits) else (value > limits.near_high) - (value < limits.near_low)


def _runs(sides: Sequence[int]) -> list[int]:
    runs: list[int] = []
    for index, side in enumerate(sides):
        goes_on = index > 0 and side != 0 and sides[index - 1] == side
        runs.append(runs[-1] + 1 if goes_on else int(side != 0))
    return runs


def _one_side(points: Sequence[Point]) -> list[int]:
    sides = [_side(*point) for point in points]
    marks = [0] * len(sides)
    for index, run in enumerate(_runs(sides)):
        if run >= RUN:
            marks[index + 1 - RUN : index + 1] = [sides[index]] * RUN
    return marks


def _trend(values: Sequence[float]) -> list[int]:
    """Mark seven points of which each is higher, or each is lower, than the one before."""
    steps = [0, *(_sign(b - a) for a, b in pairwise(values))]
    marks = [0] * len(values)
    for index, run in enumerate(_runs(steps)):
        if run >= RUN - 1:  # six steps join seven points
            marks[index + 1 - RUN : index + 1] = [steps[index]] * RUN
    return marks


def _two_of_three_near(points: Sequence[Point]) -> list[int]:
    """Mark the points near a limit where two of three in a row are, all three on that side of the mean."""
    sides, near = [_side(*point) for point in points], [_near(*point) for point in points]
    marks = [0] * len(points)
    for start in range(len(points) - 2):
        three = range(start, start + 3)
        same_side = abs(sum(sides[index] for index in three)) == 3
        if same_side and sum(near[index] != 0 for index in three) >= 2:
            for index in three:
                marks[index] = marks[index] or near[index]
    return marks

"""Control charts: what has really changed in a series, and what is noise."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise, takewhile
from math import sqrt


FEWEST_POINTS = 13  # a stretch of fewer has limits to look at but no signals
RUN = 7
REACH = RUN + 1  # points that the signals of the newest two rest on
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


SIGNALS = {  # each is one object, however many points have it
    (rule, is_high): Signal(rule, is_high) for rule in SignalRule for is_high in (True, False)
}


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
    limits: list[ControlLimits | None] = []
    for start, stop in _stretches(len(values), breaks):
        limits += _xmr_limits_of_stretch(values[start:stop], floor, ceiling)
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
    pairs = _with_cases(numerators, denominators)
    values = [pair and pair[0] / pair[1] for pair in pairs]
    limits: list[ControlLimits | None] = []
    for start, stop in _stretches(len(values), breaks):
        limits += _p_limits_of_stretch(pairs[start:stop])
    return _with_signals(values, limits, breaks)


@dataclass(frozen=True, slots=True)
class Newest:
    """What a chart says of its newest point, which is a signal."""

    limits: ControlLimits
    signal: Signal
    before: Signal | None  # of the point before it
    run: int  # how many in a row, itself included, lie on its side of the mean


def newest_of_values(
    values: Sequence[float | None], *, floor: float | None = None, ceiling: float | None = None
) -> Newest | None:
    """Return what `xmr_chart` says of the newest of the values, which have no break; None: it is no signal."""
    if not _can_signal(values):
        return None
    return _newest(values, _xmr_limits_of_stretch(values, floor, ceiling)[-REACH:])


def newest_of_cases(
    numerators: Sequence[float | None], denominators: Sequence[float | None]
) -> Newest | None:
    """Return what `p_chart` says of the newest of the shares, which have no break; None: it is no signal."""
    pairs = _with_cases(numerators, denominators)
    if not _can_signal(pairs):
        return None
    values = [pair and pair[0] / pair[1] for pair in pairs]
    return _newest(values, _p_limits_of_stretch(pairs, pairs[-REACH:]))


def _can_signal(stretch: Sequence[object | None]) -> bool:
    """Tell whether the newest point is there and the stretch has the months that signals take."""
    return (
        len(stretch) > 0 and stretch[-1] is not None and len(stretch) - stretch.count(None) >= FEWEST_POINTS
    )


def _newest(values: Sequence[float | None], limits: Sequence[ControlLimits | None]) -> Newest | None:
    """Return the newest point of a stretch, of which only the last points have their limits here."""
    newest_limits = limits[-1]
    if newest_limits is None:
        return None
    *_, (first, last) = _unbroken(limits)
    *before, signal = _signals(_points(values[-len(limits) :][first:last], limits[first:last]))
    if signal is None:
        return None
    return Newest(
        newest_limits, signal, before[-1] if before else None, _run_of_newest(values, newest_limits.mean)
    )


def _run_of_newest(values: Sequence[float | None], mean: float) -> int:
    """Return the newest point's run: a stretch has one mean."""
    sides = (None if value is None else _sign(value - mean) for value in reversed(values))
    side = next(sides)
    return 1 + sum(1 for _ in takewhile(lambda another: another == side, sides)) if side else 0


def _with_cases(
    numerators: Sequence[float | None], denominators: Sequence[float | None]
) -> list[tuple[float, float] | None]:
    return [
        None if numerator is None or not denominator else (numerator, denominator)
        for numerator, denominator in zip(numerators, denominators, strict=True)
    ]


def _xmr_limits_of_stretch(
    values: Sequence[float | None], floor: float | None, ceiling: float | None
) -> list[ControlLimits | None]:
    """Return the limits of each month of a stretch; None where there is no value."""
    limits = _xmr_limits(values)
    clipped = limits and limits.clipped(floor, ceiling)
    return [None if value is None else clipped for value in values]


def _p_limits_of_stretch(
    pairs: Sequence[tuple[float, float] | None], of: Sequence[tuple[float, float] | None] | None = None
) -> list[ControlLimits | None]:
    """Return the limits of each month of a stretch, or `of` some, around its pooled share; None without cases."""
    numerator = sum(pair[0] for pair in pairs if pair)
    denominator = sum(pair[1] for pair in pairs if pair)
    return [
        _p_limits(numerator / denominator, pair[1]) if pair else None
        for pair in (pairs if of is None else of)
    ]


def xmr_chart_after(
    values: Sequence[float | None], start: int, *, floor: float | None = None, ceiling: float | None = None
) -> ControlChart:
    """Chart the values from `start` on within the limits of those before them: has anything changed since?

    No limits and no signals where fewer than FEWEST_POINTS were reported before.
    """
    before, after = values[:start], values[start:]
    limits = _xmr_limits(before) if _are_enough(before) else None
    clipped = limits.clipped(floor, ceiling) if limits else None
    return _with_signals(after, [None if value is None else clipped for value in after], (), fewest=1)


def p_chart_after(
    numerators: Sequence[float | None], denominators: Sequence[float | None], start: int
) -> ControlChart:
    """Do the same with shares of small denominators."""
    pairs = _with_cases(numerators, denominators)
    before, after = pairs[:start], pairs[start:]
    limits = _p_limits_of_stretch(before, after) if _are_enough(before) else [None] * len(after)
    return _with_signals([pair and pair[0] / pair[1] for pair in after], limits, (), fewest=1)


def _are_enough(points: Sequence[object | None]) -> bool:
    """Tell whether so many are reported that limits say something of other points."""
    return sum(point is not None for point in points) >= FEWEST_POINTS


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
    return ControlLimits(share, max(0, share - reach), min(1, share + reach), share - near, share + near)


def _with_signals(
    values: Sequence[float | None],
    limits: Sequence[ControlLimits | None],
    breaks: Iterable[int],
    *,
    fewest: int = FEWEST_POINTS,
) -> ControlChart:
    signals: list[Signal | None] = [None] * len(values)
    runs = [0] * len(values)
    for start, stop in _stretches(len(values), breaks):
        enough = sum(value is not None for value in values[start:stop]) >= fewest
        for first, last in _unbroken(limits[start:stop]):
            part = slice(start + first, start + last)
            points = _points(values[part], limits[part])
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


def _points(values: Sequence[float | None], limits: Sequence[ControlLimits | None]) -> list[Point]:
    return [
        (value, point_limits)
        for value, point_limits in zip(values, limits, strict=True)
        if value is not None and point_limits is not None
    ]


def _signals(points: Sequence[Point]) -> list[Signal | None]:
    """Return each point's strongest signal; the rules of NHSRplotthedots ptd_calculate_point_type."""
    signals: list[Signal | None] = [None] * len(points)
    sides = [_side(*point) for point in points]
    for rule, marks in (  # the strongest last: it overwrites
        (SignalRule.ONE_SIDE, _one_side(sides)),
        (SignalRule.NEAR, _two_of_three_near(sides, [_near(*point) for point in points])),
        (SignalRule.TREND, _trend([value for value, _ in points])),
        (SignalRule.OUTSIDE, [_beyond(*point) for point in points]),
    ):
        for index, mark in enumerate(marks):
            if mark:
                signals[index] = SIGNALS[rule, mark > 0]
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


def _one_side(sides: Sequence[int]) -> list[int]:
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


def _two_of_three_near(sides: Sequence[int], near: Sequence[int]) -> list[int]:
    """Mark the points near a limit where two of three in a row are, all three on that side of the mean."""
    marks = [0] * len(sides)
    for start in range(len(sides) - 2):
        is_two = (near[start] != 0) + (near[start + 1] != 0) + (near[start + 2] != 0) >= 2
        if is_two and abs(sides[start] + sides[start + 1] + sides[start + 2]) == 3:
            for index in range(start, start + 3):
                marks[index] = marks[index] or near[index]
    return marks

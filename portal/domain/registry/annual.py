"""From answers to figures: an indicator for one clinic's month or year, and for the region.

Months become a year by the measure's kind: flows are summed, of a stock the last month counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from portal.domain.registry.indicators import PATIENTS, Headline, Indicator, Kind
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.values import Answer, MissingReason, Ratio, mean_of_clinics, per_100, total


FEWEST_CASES = 10  # a share of fewer says little: it is not judged, ranked or called lowest or highest


@dataclass(frozen=True, kw_only=True, slots=True)
class Figure:
    """One clinic's value in the indicator's unit (percent as 0-100), or why there is none.

    The denominator of a quotient over several months is the mean per month, hence a float. Where it is 0, and
    where a clinic has closed, numerator and denominator stand without a value: the region's figure counts them.
    """

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    months: int = 1  # that such a denominator is the mean of
    patients: int | None = None  # current patients, for the rate
    reason: MissingReason | None = None

    @property
    def rate(self) -> float | None:
        """The value per 100 current patients."""
        if self.value is None or not self.patients:
            return None
        return per_100(self.value, self.patients)


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """One clinic's period in sums. `pairs` are summed over the months that have both counts."""

    flows: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # sum, months with a value
    last: Mapping[str, Answer] = field(default_factory=dict)  # the period's last month
    pairs: Mapping[tuple[str, str], Ratio] = field(default_factory=dict)
    reasons: Mapping[str, MissingReason] = field(default_factory=dict)  # one, if any month has one


@dataclass(frozen=True, kw_only=True, slots=True)
class RegionalFigure:
    """The region's figure on each basis that the indicator has; `value` is the headline."""

    value: float | None = None
    pooled: float | None = None
    mean_of_clinics: float | None = None
    rate: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    clinics: int = 0
    reason: MissingReason | None = None


def has_few_cases(figure: Figure | RegionalFigure) -> bool:
    return figure.value is not None and 0 < (figure.denominator or 0) < FEWEST_CASES


def figure_of_month(
    indicator: Indicator, answers: Mapping[str, Answer] | None, *, otherwise: MissingReason
) -> Figure:
    """Return one clinic's figure for one month; `otherwise` says why when nothing was sent."""
    if answers is None:
        return Figure(reason=otherwise)
    over = answers.get(indicator.numerator or "")
    if over is None or over.value is None:
        return Figure(reason=_why(indicator.numerator, over))
    if indicator.denominator is None:
        return Figure(value=over.value, numerator=over.value, patients=_patients(answers))
    under = answers.get(indicator.denominator)
    if under is None or under.value is None:
        return Figure(reason=_why(indicator.denominator, under))
    return _divided(indicator, counted(indicator, over.value, under.value), under.value)


def figure_of_period(indicator: Indicator, totals: Totals | None, *, otherwise: MissingReason) -> Figure:
    """Return one clinic's figure for a year or another run of months."""
    if totals is None:
        return Figure(reason=otherwise)
    match indicator.kind:
        case Kind.STOCK | Kind.STOCK_PERCENT:
            return figure_of_month(indicator, totals.last or None, otherwise=otherwise)
        case Kind.PERCENT:
            ratio = totals.pairs.get((indicator.numerator or "", indicator.denominator or ""))
            if ratio is None:
                return Figure(reason=_why_period(indicator, totals))
            return _divided(indicator, ratio.numerator, ratio.denominator)
        case Kind.QUOTIENT:
            return _quotient_of_period(indicator, totals, otherwise)
        case _:
            return _count_of_period(indicator, totals)


def totals_of_share(indicator: Indicator, sheets: Sequence[Mapping[str, Answer]]) -> Totals | None:
    """Return in sums what a period's share of what happened needs of one clinic's months; None where it sent none."""
    if not sheets:
        return None
    counts = [both for sheet in sheets if (both := counts_of_share(indicator, sheet))]
    if not counts:
        return _each_by_itself(indicator.measures, sheets)
    ratio = Ratio(sum(over for over, _ in counts), sum(under for _, under in counts))
    return Totals(pairs={(indicator.numerator or "", indicator.denominator or ""): ratio})


def _each_by_itself(measures: Iterable[str], sheets: Sequence[Mapping[str, Answer]]) -> Totals:
    """Return each measure's sum and one of its reasons, the greatest as text."""
    flows, reasons = {}, {}
    for measure in measures:
        answers = [sheet[measure] for sheet in sheets if measure in sheet]
        values = [answer.value for answer in answers if answer.value is not None]
        if values:
            flows[measure] = (sum(values), len(values))
        if why := [answer.reason for answer in answers if answer.reason]:
            reasons[measure] = max(why)
    return Totals(flows=flows, reasons=reasons)


def counts_of_share(indicator: Indicator, sheet: Mapping[str, Answer]) -> tuple[int, int] | None:
    """Return a month's numerator and denominator; None unless it has both."""
    over, under = sheet.get(indicator.numerator or ""), sheet.get(indicator.denominator or "")
    if over is None or under is None or over.value is None or under.value is None:
        return None
    return over.value, under.value


def _count_of_period(indicator: Indicator, totals: Totals) -> Figure:
    flow = totals.flows.get(indicator.numerator or "")
    if flow is None:
        return Figure(reason=_why_period(indicator, totals))
    return Figure(value=flow[0], numerator=flow[0], patients=_patients(totals.last))


def _quotient_of_period(indicator: Indicator, totals: Totals, otherwise: MissingReason) -> Figure:
    waiting = totals.last.get(indicator.numerator or "")
    flow = totals.flows.get(indicator.denominator or "")
    if flow is not None and otherwise is MissingReason.CLOSED:
        return Figure(reason=otherwise, numerator=0, denominator=flow[0] / flow[1], months=flow[1])
    if waiting is None or waiting.value is None:
        return Figure(reason=_why(indicator.numerator, waiting) if waiting else otherwise)
    if flow is None:
        return Figure(reason=_why_period(indicator, totals))
    return _divided(indicator, waiting.value, flow[0] / flow[1], months=flow[1])


def counted(indicator: Indicator, over: float, under: float) -> float:
    """Return the cases that a share counts: what was reported above, or what that leaves of those beneath."""
    return under - over if indicator.counts_rest else over


def value_of(indicator: Indicator, over: float, under: float | None) -> float | None:
    """Return the indicator's value of its counts: the count, percent or a quotient; None of a division by nothing."""
    if indicator.denominator is None:
        return over
    scale = 100 if indicator.is_share else 1
    return scale * over / under if under else None


def _divided(indicator: Indicator, over: float, under: float, *, months: int = 1) -> Figure:
    value = value_of(indicator, over, under)
    reason = MissingReason.NO_DATA if value is None else None
    return Figure(value=value, numerator=over, denominator=under, reason=reason, months=months)


def _patients(answers: Mapping[str, Answer]) -> int | None:
    found = answers.get(PATIENTS)
    return found.value if found else None


def _why(measure: str | None, answer: Answer | None) -> MissingReason:
    if answer and answer.reason:
        return answer.reason
    required = MEASURES_BY_CODE[measure].required if measure in MEASURES_BY_CODE else False
    return MissingReason.NOT_REPORTED if required else MissingReason.NO_DATA


def _why_period(indicator: Indicator, totals: Totals) -> MissingReason:
    for measure in indicator.measures:
        if measure in totals.reasons:
            return totals.reasons[measure]
        if measure not in totals.flows:
            return _why(measure, None)
    return MissingReason.NO_DATA


def regional_figure(indicator: Indicator, figures: Iterable[Figure]) -> RegionalFigure:
    """Put the clinics' figures together on every basis the indicator has."""
    figures = list(figures)
    known = [figure for figure in figures if figure.value is not None]
    if not known:
        return RegionalFigure(reason=_common_reason(figures))
    if indicator.denominator is None:
        return _regional_count(known)
    scale = 100 if indicator.is_share else 1
    counts = _counts_of_all([figure for figure in figures if is_contribution(indicator, figure)])
    together, mean = _times(scale, counts.share), _times(scale, mean_of_clinics(map(_own_ratio, known)))
    return RegionalFigure(
        value=mean if indicator.headline is Headline.MEAN_OF_CLINICS else together,
        pooled=together,
        mean_of_clinics=mean,
        numerator=counts.numerator,
        denominator=counts.denominator,
        clinics=len(known),
    )


def is_contribution(indicator: Indicator, figure: Figure) -> bool:
    """Whether the region's figure counts this one: a queue where nobody started, too, but no share of nothing."""
    if indicator.kind is not Kind.QUOTIENT:
        return figure.value is not None
    return figure.numerator is not None and figure.denominator is not None


def _own_ratio(figure: Figure) -> Ratio:
    return Ratio(_number(figure.numerator), _number(figure.denominator))


def _counts_of_all(figures: list[Figure]) -> Ratio:
    """Add the contributions, the means per month over the longest run of months.

    So the region's months to clear are those waiting at the end over all starts of the year per month, whoever was
    open for a part of it: the report's own tables give the same.
    """
    longest = max(figure.months for figure in figures)
    return total(
        Ratio(_number(figure.numerator), _number(figure.denominator) * figure.months / longest)
        for figure in figures
    )


def _times(scale: int, quotient: float | None) -> float | None:
    return None if quotient is None else scale * quotient


def _regional_count(known: list[Figure]) -> RegionalFigure:
    count = sum(_number(figure.value) for figure in known)
    comparable = [figure for figure in known if figure.patients]
    patients = sum(figure.patients or 0 for figure in comparable)
    counted = sum(_number(figure.value) for figure in comparable)
    return RegionalFigure(
        value=count,
        numerator=count,
        rate=per_100(counted, patients),
        denominator=patients or None,
        clinics=len(known),
    )


def _number(value: float | None) -> float:
    return 0 if value is None else value


def _common_reason(figures: list[Figure]) -> MissingReason:
    """Say why the region has nothing: the clinics' common reason, otherwise no data at all."""
    reasons = {figure.reason for figure in figures if figure.reason}
    reasons -= {MissingReason.NOT_STARTED, MissingReason.CLOSED}
    return next(iter(reasons)) if len(reasons) == 1 else MissingReason.NO_DATA

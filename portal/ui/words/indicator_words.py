"""What Indikator says first: how the two lines have gone, and the newest month in four numbers."""

from collections.abc import Iterable

from portal.domain.insight.attention import HistoryMark, mark_of
from portal.domain.insight.series import drawn
from portal.domain.insight.statistics.control import Assurance
from portal.domain.insight.stretches import worst
from portal.domain.registry.annual import Figure
from portal.domain.registry.changes import change_of
from portal.domain.registry.indicators import Indicator, Kind, Target
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.rounding import difference
from portal.domain.release.standing import Position, cases_lacking, comparable, interval, position
from portal.domain.sources.declared import NATION
from portal.domain.sources.facts import Fact
from portal.services.insight.indicator_series import Series, SeriesPoint
from portal.ui.base import formats
from portal.ui.base.tiles import NumberTile
from portal.ui.words import findings, sentences


NOTHING = "har inte rapporterat något värde för den här indikatorn än."
STANDINGS = {
    Position.BETTER: "bättre",
    Position.WORSE: "sämre",
    Position.ABOVE: "högre",
    Position.BELOW: "lägre",
    Position.LEVEL: "i nivå",
}
ASSURANCES = {
    Assurance.PASS: "✓ nås som det går nu",
    Assurance.FAIL: "✗ nås inte som det går nu",
    Assurance.HIT_OR_MISS: "◐ nås vissa månader",
}
DIRECTIONS = {HistoryMark.BETTER: "better", HistoryMark.WORSE: "worse"}


def elsewhere(series: Series) -> str:
    """Say where the country's line comes from, how it differs, and how other regions stood; empty without any."""
    regions = series.elsewhere.regions
    texts = list(filter(None, [country(series.elsewhere.country.values())]))
    if regions and regions[0].month:
        shares = [
            f"{fact.breakdown.partition(':')[2]} {findings.charted_alone(series.indicator, fact.value)}"
            for fact in regions
        ]
        texts.append(f"**Andra regioner i {regions[0].month.label}:** {', '.join(shares)}.")
    return " ".join(texts)


def country(published: Iterable[Fact]) -> str:
    """Say where the country's shares were read, and how they are counted; empty without any."""
    sources = sorted({fact.source for fact in published})
    return f"**Landet:** {formats.listed(sources)}. {NATION.definition}" if sources else ""


def headline(series: Series, *, who: str) -> str:
    """`Ni +38 procentenheter, regionen +30 sedan februari 2023; sämst i september 2024: 25 av 37.`"""
    if series.latest is None:
        return f"{who} {NOTHING}"
    text = "; ".join(filter(None, (_moved(series, who), _worst(series))))
    return f"{text[0].upper()}{text[1:]}." if text else ""


def _moved(series: Series, who: str) -> str:
    """Compare the two lines over the months that both have, or the own alone; never across a break."""
    own = _own_months(series)
    both = [point for point in own if comparable(series.indicator, point.released) is not None]
    if len(both) > 1 and not series.indicator.is_base:
        return _moved_beside_region(series, both, own[-1], who)
    if len(own) > 1:
        return f"{_own_step(series.indicator, own[0], own[-1], who)} sedan {own[0].month.label}"
    return ""


def _own_months(series: Series) -> list[SeriesPoint]:
    """Return the months with a value since the newest break."""
    start = max((series_break.month for series_break in series.breaks), default=series.points[0].month)
    return [point for point in series.points if point.own.value is not None and point.month >= start]


def _moved_beside_region(series: Series, both: list[SeriesPoint], newest: SeriesPoint, who: str) -> str:
    first, last = both[0], both[-1]
    region = _step(series.indicator, _region(series, first), _region(series, last))
    until = "" if last is newest else f" till {last.month.name}"
    own = _own_step(series.indicator, first, last, who)
    return f"{own}, regionen {region} sedan {first.month.label}{until}"


def _region(series: Series, point: SeriesPoint) -> float:
    return comparable(series.indicator, point.released) or 0.0


def _own_step(indicator: Indicator, first: SeriesPoint, last: SeriesPoint, who: str) -> str:
    before, now = drawn(indicator, first.own), drawn(indicator, last.own)
    if indicator.is_base:
        return f"{who} {_change(indicator, last.own.value, first.own.value) or '–'}"
    if before is None or now is None:
        return f"{who} –"
    step = _step(indicator, before, now)
    unit = "" if step == formats.UNCHANGED else f" {_unit(indicator, step)}"
    return f"{who} {step}{unit}"


def _step(indicator: Indicator, before: float, now: float) -> str:
    digits = findings.digits_of(indicator)
    moved = difference(now, before, digits)
    return formats.signed(moved, digits) if moved else formats.UNCHANGED


def _unit(indicator: Indicator, step: str) -> str:
    if indicator.is_share:
        return formats.points(step)
    if indicator.is_rate:
        return "per 100 patienter"
    return "månader" if indicator.kind is Kind.QUOTIENT else ""


def _worst(series: Series) -> str:
    index = worst(series.charted)
    if index is None:
        return ""
    point = series.points[index]
    when = "är sämst" if point is series.latest else ""
    text = formats.cases(series.indicator, point.own) if series.indicator.is_share else _amount(series, index)
    return f"{point.month.label} {when}: {text}" if when else f"sämst i {point.month.label}: {text}"


def _amount(series: Series, index: int) -> str:
    text = findings.charted_alone(series.indicator, series.charted.values[index])
    return f"{text} {_unit(series.indicator, text)}".strip()


# The mark


def mark(series: Series) -> tuple[HistoryMark, str] | None:
    """Return the newest month's mark against the clinic's own history, and why; None without enough months."""
    if series.finding:
        return series.finding.mark, findings.reason(series.indicator, series.finding)
    if series.charted.chart.latest and not series.is_rolling:
        return HistoryMark.USUAL, "inom det vanliga"
    return None


# The four numbers


def numbers(series: Series) -> list[NumberTile]:
    """Return the newest month, against the month before, the region and the target; a year ago where there is none."""
    latest = series.latest
    if latest is None:
        return []
    tiles = [
        _month(series, latest),
        _against(series, latest, 1),
        _against_region(series),
        _target(series, latest, series.target) if series.target else _against(series, latest, 12),
    ]
    return [tile for tile in tiles if tile]


def _month(series: Series, latest: SeriesPoint) -> NumberTile:
    indicator, own = series.indicator, latest.own
    unit = "\u00a0mån" if indicator.kind is Kind.QUOTIENT else ""
    label = f"12 månader till {latest.month.label}" if series.is_rolling else latest.month.label.capitalize()
    details = (sentences.cases(indicator, own), uncertainty(indicator, own))
    return NumberTile(
        label=label,
        value=f"{formats.figure(indicator, own)}{unit}",
        detail=" · ".join(filter(None, details)),
    )


def uncertainty(indicator: Indicator, own: Figure) -> str:
    """`osäkerhet 3–34 %` of a share (Wilson's interval, 95 %); nothing of what is counted."""
    bounds = interval(indicator, own) if indicator.is_share else None
    if bounds is None:
        return ""
    low, high = bounds
    return f"osäkerhet {formats.number(low)}–{formats.percent(high)}"


def _against(series: Series, latest: SeriesPoint, months: int) -> NumberTile | None:
    """Compare with an earlier month of the series; None where it is not shown."""
    earlier = next((point for point in series.points if point.month == latest.month.plus(-months)), None)
    if earlier is None:
        return None
    label = f"Mot {earlier.month.name if months == 1 else earlier.month.label}"
    if earlier.own.value is None:
        return NumberTile(label=label, value="–", detail=formats.reason(earlier.own.reason))
    if series.indicator.is_rate:
        return _against_rate(series, label, latest, earlier)
    return _against_figure(series, label, latest, earlier)


def _against_figure(series: Series, label: str, latest: SeriesPoint, earlier: SeriesPoint) -> NumberTile:
    step = _change(series.indicator, latest.own.value, earlier.own.value)
    if not step:
        return NumberTile(label=label, value="–", detail="för få för procent")
    amount, _, unit = step.partition("\u00a0")
    is_percent = unit == "%"
    before = f"från {formats.figure(series.indicator, earlier.own)}"
    return NumberTile(
        label=label,
        value=f"{amount}\u00a0%" if is_percent else amount,
        detail=before if is_percent or not unit else f"{unit}, {before}",
        css=_direction(series, latest, earlier),
    )


def _against_rate(series: Series, label: str, latest: SeriesPoint, earlier: SeriesPoint) -> NumberTile:
    """Compare counts per 100 patients, as the chart and the mark do: fewer of fewer patients may be more."""
    now, before = latest.own.rate, earlier.own.rate
    if now is None or before is None:
        return NumberTile(label=label, value="–", detail="patienter saknas")
    return NumberTile(
        label=label,
        value=_step(series.indicator, before, now),
        detail=f"per 100 patienter, från {formats.per_100(before)}",
        css=_direction(series, latest, earlier),
    )


def _change(indicator: Indicator, now: float | None, before: float | None) -> str:
    """`+38 procentenheter`, `1 procentenhet`, `oförändrat`; empty where it says nothing."""
    amount = change_of(indicator, now, before)
    if amount is None:
        return ""
    return formats.changed(indicator, amount)


def _direction(series: Series, latest: SeriesPoint, earlier: SeriesPoint) -> str:
    """Say which way a change goes, in the unit that is compared; nothing of what is printed alike."""
    indicator = series.indicator
    now, before = drawn(indicator, latest.own), drawn(indicator, earlier.own)
    if now is None or before is None:
        return ""
    moved = difference(now, before, findings.digits_of(indicator))
    return DIRECTIONS.get(mark_of(indicator.better, is_high=moved > 0), "") if moved else ""


def _against_region(series: Series) -> NumberTile:
    both = [point for point in series.points if _has_both(point)]
    if not both:
        return _no_region(series)
    point, indicator = both[-1], series.indicator
    figure, basis = sentences.region(indicator, point.released)
    when = "" if point is series.latest else f" i {point.month.name}"
    place = position(indicator, point.own, point.released)
    if place not in STANDINGS:
        detail = basis if indicator.is_base else "kan inte jämföras"
        return NumberTile(label=f"Regionen{when}", value=figure, detail=detail)
    return NumberTile(
        label=f"Mot regionen{when} ({figure})",
        value=f"{place.symbol} {STANDINGS[place]}",
        detail="skillnaden kan vara slump" if place is Position.LEVEL else "mer än slumpen ger",
        css=place.value if place in (Position.BETTER, Position.WORSE) else "",
    )


def _has_both(point: SeriesPoint) -> bool:
    return point.own.value is not None and point.released is not None and point.released.is_shown


def _no_region(series: Series) -> NumberTile:
    """Say why there is no regional value: a rolling year has none, or it is not released, or not shown."""
    if series.is_rolling or series.latest is None:
        return NumberTile(label="Regionen", value="–", detail="visas per månad")
    figure, _ = sentences.region(series.indicator, series.latest.released)
    if series.latest.released:
        return NumberTile(label="Regionen", value=figure, detail="varför: Så räknas det")
    day = formats.day(series.release_dates[series.latest.month])
    return NumberTile(label="Regionen", value=figure, detail=f"släpps {day}")


def _target(series: Series, latest: SeriesPoint, target: Target) -> NumberTile:
    label = f"Mål: {target.text}"
    verdict = ASSURANCES[series.assurance] if series.assurance else ""
    if not series.indicator.is_share:
        return NumberTile(label=label, value=verdict or "–", css="names")
    cases_short = cases_lacking(latest.own, target.value)
    if not cases_short:
        return NumberTile(label=label, value="✓ nått", detail=verdict)
    unit = MEASURES_BY_CODE[series.indicator.denominator or ""].unit
    lacking = f"av {formats.number(latest.own.denominator)} {unit} hade behövt nå dit"
    return NumberTile(
        label=label,
        value=f"{formats.number(cases_short)} till",
        detail=" · ".join(filter(None, (lacking, verdict))),
    )

"""What the statistics say, as sentences: why an indicator needs attention, how to read a chart."""

from portal.domain.insight.attention import AttentionFinding, Cause
from portal.domain.insight.queue import DAYS
from portal.domain.insight.series import ChartedSeries, drawn
from portal.domain.insight.statistics.control import RUN, ControlLimits
from portal.domain.insight.stretches import StretchMark
from portal.domain.registry.indicators import Better, Indicator, Kind
from portal.domain.registry.rounding import difference
from portal.services.insight.indicator_series import Series
from portal.services.insight.overview import IndicatorRow
from portal.ui.base import formats


COUNTED = ("noll", "en", "två", "tre", "fyra", "fem", "sex", "sju", "åtta", "nio", "tio", "elva", "tolv")


def in_words(count: int) -> str:
    return COUNTED[count] if count < len(COUNTED) else formats.number(count)


def digits_of(indicator: Indicator) -> int:
    """How many decimals a drawn amount has: shares and whole counts none."""
    return 1 if indicator.is_rate or indicator.kind is Kind.QUOTIENT else 0


def charted_text(indicator: Indicator, amount: float | None, digits: int = 0) -> str:
    """An amount in the unit that charts are drawn in: per 100 patients for counts."""
    text = charted_alone(indicator, amount, digits)
    return f"{text} per 100 patienter" if indicator.is_rate else text


def charted_alone(indicator: Indicator, amount: float | None, digits: int = 0) -> str:
    """The same where a heading or an axis says per what: `88 %`, `0,45`, `7,3`."""
    if indicator.is_share:
        return formats.percent(amount, digits)
    if indicator.is_rate:
        return formats.per_100(amount)
    return formats.number(amount, digits_of(indicator))


def reason(indicator: Indicator, finding: AttentionFinding) -> str:
    """The reason alone, to follow a comma: of the clinic's own history, or of the target."""
    if finding.cause is Cause.TARGET and finding.target:
        return f"och som det går nu nås inte målet {finding.target.text}"
    return _signal(indicator, finding)


# A card's one line: at most twelve words


def card_reason(row: IndicatorRow) -> str:
    """Say in one line why the indicator stands first; first what is better, where both are true."""
    if row.finding is None:
        return ""
    because = _card_cause(row.finding)
    if not _is_better_than_before(row):
        return f"{because[0].upper()}{because[1:]}."
    if row.finding.cause is Cause.ONE_SIDE:
        because = f"{ordinal(row.finding.months)} månaden {_way(row.finding, 'eget snitt')}"
    return f"Bättre än i {row.month.previous.name}, men {because}."


def _card_cause(finding: AttentionFinding) -> str:
    match finding.cause:
        case Cause.REGION:
            return "sämre än regionen, mer än slumpen ger"
        case Cause.TARGET:
            return "målet nås inte som det går nu"
        case Cause.OUTSIDE:
            return f"{'över' if finding.is_high else 'under'} det vanliga"
        case Cause.NEAR:
            return "två av tre månader nära gränsen"
        case _:
            return _in_a_row(finding, in_words(finding.months), mean="eget snitt")


def _is_better_than_before(row: IndicatorRow) -> bool:
    """Tell whether the month is better than the one before, as both are printed."""
    now, before = drawn(row.indicator, row.now), drawn(row.indicator, row.month_before)
    if now is None or before is None or row.indicator.better is Better.NEUTRAL:
        return False
    moved = difference(now, before, digits_of(row.indicator))
    return moved > 0 if row.indicator.better is Better.HIGHER else moved < 0


def ordinal(count: int) -> str:
    """`13:e`, `21:a`."""
    is_first_or_second = count % 10 in (1, 2) and count % 100 not in (11, 12)
    return f"{formats.number(count)}:{'a' if is_first_or_second else 'e'}"


def _signal(indicator: Indicator, finding: AttentionFinding) -> str:
    side = "över" if finding.is_high else "under"
    match finding.cause:
        case Cause.OUTSIDE:
            return f"tydligt {side} det vanliga ({_span(indicator, finding.limits)})"
        case Cause.NEAR:
            return f"två av tre månader nära {'övre' if finding.is_high else 'nedre'} gränsen"
        case _:
            return _in_a_row(finding, in_words(finding.months), mean="snittet")


def _in_a_row(finding: AttentionFinding, months: str, *, mean: str) -> str:
    """`åtta månader i rad nedåt`, or on which side of the mean."""
    return f"{months} månader i rad {_way(finding, mean)}"


def _way(finding: AttentionFinding, mean: str) -> str:
    if finding.cause is Cause.TREND:
        return "uppåt" if finding.is_high else "nedåt"
    return f"{'över' if finding.is_high else 'under'} {mean}"


def rule(mark: StretchMark) -> str:
    """Say in a few words which rule marks a month, for a table: `under gränsen`, `13 månader i rad över snittet`.

    A month before the seventh is a part of what came to be a run; how long is not said where the run began before
    the months shown.
    """
    finding, limit = mark.finding, "övre gränsen" if mark.finding.is_high else "nedre gränsen"
    match finding.cause:
        case Cause.OUTSIDE:
            return f"{'över' if finding.is_high else 'under'} gränsen"
        case Cause.NEAR:
            return f"två av tre nära {limit}"
    if mark.is_fulfilled:
        return _in_a_row(finding, formats.number(finding.months), mean="snittet")
    if mark.length < RUN:
        return f"del av en följd {_way(finding, 'snittet')}"
    return f"del av {_in_a_row(finding, formats.number(mark.length), mean='snittet')}"


def limit(indicator: Indicator, amount: float | None) -> str:
    """One limit of a month, where a heading says of what: `31`, `8,9`."""
    return formats.number(amount, digits_of(indicator))


def span(indicator: Indicator, limits: ControlLimits) -> str:
    """The limits alone, for a column whose heading says per what: `31,4–58,2 %`, `8,91–9,57`."""
    if indicator.is_share:
        return f"{formats.number(limits.low, 1)}–{formats.percent(limits.high, 1)}"
    digits = digits_of(indicator) + 1
    return f"{formats.number(limits.low, digits)}–{formats.number(limits.high, digits)}"


def _span(indicator: Indicator, limits: ControlLimits | None) -> str:
    """The limits with one digit more than values have: a value outside them reads as outside."""
    if limits is None:
        return "–"
    per = " per 100 patienter" if indicator.is_rate else ""
    return f"{span(indicator, limits)}{per}"


def short(row: IndicatorRow) -> str:
    """A few words for the table: what the clinic's own history says."""
    finding = row.finding
    if finding is None or finding.cause is Cause.REGION:
        return ""
    text = reason(row.indicator, finding)
    if finding.cause is Cause.OUTSIDE:
        text = f"tydligt {'över' if finding.is_high else 'under'} det vanliga"
    elif finding.cause is Cause.TARGET:
        text = "målet nås inte som det går nu"
    return f"{finding.mark.symbol} {text[0].upper()}{text[1:]}"


# How to read a chart


def direction(indicator: Indicator) -> str:
    return f"{indicator.better.label}."


def how_to_read(series: Series) -> str:
    """Say in one line how the clinic's chart is read."""
    if series.is_rolling:
        return (
            "Varje punkt är de tolv månaderna fram till och med den månaden. En punkt finns bara när alla "
            "tolv är rapporterade; regionens värde och gränser visas per månad."
        )
    if series.charted.chart.latest is None:
        return "För få månader för gränser än. En månad utan värde bryter linjen."
    return (
        "Det grå bandet är det vanliga, den prickade linjen snittet. Utanför bandet, sju månader i rad åt samma "
        "håll eller på samma sida om snittet, eller två av tre nära en gräns är en verklig förändring. Märket står på den "
        "senaste månaden och där det senast vände; den sämsta månaden är inringad. Vilken regel som gällde andra månader "
        "står i tabellen, under Gränser."
    )


def limits_basis(charted: ChartedSeries) -> str:
    """Say what the limits rest on."""
    limits = charted.chart.latest
    if limits is None:
        return ""
    follow = " Gränserna är vidare de månader då fallen är få." if charted.follows_cases else ""
    if charted.tells_nothing_of_a_month:
        return (
            f"Snittet är {charted_text(charted.indicator, limits.mean)}. Fallen är så få att en enstaka månad kan bli "
            f"nästan vad som helst av slump: se på flera månader i rad.{follow}"
        )
    return (
        f"Snittet är {charted_text(charted.indicator, limits.mean)}, och det vanliga är "
        f"{_span(charted.indicator, limits)}.{follow}"
    )


def never_mixed_up() -> str:
    return (
        f"Startade inom {DAYS} dagar gäller dem som fick starta, väntat högst {DAYS} dagar dem som står kvar i kön. De "
        "två blandas inte: en kö kan växa medan andelen startade är hög, och den sjunker när de som väntat längst får "
        "starta."
    )


def compares_with_patients(indicator: Indicator) -> str:
    if indicator.is_rate:
        return f"Ritas per 100 aktuella patienter ({indicator.unit})."
    if indicator.is_base:
        return "Ritas i antal. Regionens summa ritas inte i samma skala: den står i tabellen."
    return ""

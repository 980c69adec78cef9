"""Numbers, months and reasons as Swedes write them. Babel's formats, remembered: a page has hundreds."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from portal.domain.insight.contract import NO_LEVEL, Demand, JudgedBy, Level
from portal.domain.insight.statistics.forecasts import ForecastStep
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.changes import ChangeUnit, unit_of_change
from portal.domain.registry.indicators import Indicator, Kind
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import Answer, MissingReason


STOCKHOLM = ZoneInfo("Europe/Stockholm")
LOCALE = "sv_SE"
MINUS = "−"
UNCHANGED = "oförändrat"
FEW_CASES = "få fall"
FEW_PERSONS = 10  # an error with a decimal below


@lru_cache(maxsize=20_000)
def number(value: float | None, digits: int = 0) -> str:
    """`1 248`, `12,5`; no figure is a dash."""
    if value is None:
        return "–"
    pattern = "#,##0" if digits == 0 else "#,##0." + "0" * digits
    rounded = half_up(value, digits)
    return str(format_decimal(rounded, pattern, locale=LOCALE)).replace("-", MINUS)


def exact(value: float) -> str:
    """`80`, `82,5`: no more digits than there are."""
    return number(value, 0 if value == int(value) else 1)


def percent(value: float | None, digits: int = 0) -> str:
    """`88 %`: the value is percent already."""
    return "–" if value is None else f"{number(value, digits)}\u00a0%"


def signed(value: float, digits: int = 0) -> str:
    text = number(value, digits)
    return text if text.startswith(MINUS) or text == number(0, digits) else f"+{text}"


def change(value: float | None, *, in_points: bool) -> str:
    """`+34 %` for counts, `−8 procentenheter` for shares, and in words where nothing changed."""
    if value is None:
        return "–"
    text = signed(value)
    return _moved(text, points(text) if in_points else "%")


def _moved(amount: str, unit: str) -> str:
    """Return a written amount with its unit; one that is printed as 0 in words."""
    return f"{amount}\u00a0{unit}" if amount.strip(f"{MINUS}0,") else UNCHANGED


def points(amount: str) -> str:
    """`procentenhet` after a written 1, whichever its sign, otherwise in the plural."""
    return "procentenhet" if amount.lstrip(f"+{MINUS}") == "1" else "procentenheter"


def changed(indicator: Indicator, amount: float | None) -> str:
    """An indicator's change in its unit of change: `+34 %`, `−8 procentenheter`, `−0,5 månader`."""
    if amount is None:
        return "–"
    match unit_of_change(indicator):
        case ChangeUnit.PERCENT:
            return change(amount, in_points=False)
        case ChangeUnit.POINTS:
            return change(amount, in_points=True)
        case unit:
            return _moved(signed(amount, 1), unit)


def value(indicator: Indicator, amount: float | None) -> str:
    """An indicator's value in its own unit."""
    match indicator.kind:
        case Kind.PERCENT | Kind.STOCK_PERCENT:
            return percent(amount)
        case Kind.QUOTIENT | Kind.INDEX:
            return number(amount, 1)
        case _:
            return number(amount)


def level(indicator: Indicator, amount: float) -> str:
    """A level to reach, as it was written, with its unit: `80 %`, `2,5 månader`."""
    return f"{exact(amount)}\u00a0%" if indicator.is_share else f"{exact(amount)} {indicator.unit}"


def span(first: Month, last: Month) -> str:
    """`mars 2025`, `mars–juni 2025`, `oktober 2024–juni 2025`."""
    if first == last:
        return last.label
    return f"{first.name if first.year == last.year else first.label}–{last.label}"


def figure(indicator: Indicator, clinic_figure: Figure) -> str:
    """A clinic's figure, or in words why there is none."""
    if clinic_figure.value is None:
        return reason(clinic_figure.reason)
    return value(indicator, clinic_figure.value)


def cases(indicator: Indicator, of: Figure | RegionalFigure) -> str:
    """What a share or quotient rests on: `25 av 30`, `69 av 8,3`; a dash where it rests on nothing.

    Of a clinic that has closed it is what the region's figure still counts: those who started until then.
    """
    if indicator.denominator is None or of.numerator is None or of.denominator is None:
        return "–"
    if of.value is None and not of.numerator:
        return f"startade {exact(of.denominator)} i månaden" if of.reason is MissingReason.CLOSED else "–"
    return f"{number(of.numerator)} av {exact(of.denominator)}"


def rate(amount: float | None) -> str:
    return "–" if amount is None else f"{per_100(amount)} per 100"


def listed(parts: Sequence[str]) -> str:
    """`Avesta, Falun och Mora`."""
    return " och ".join(filter(None, (", ".join(parts[:-1]), *parts[-1:])))


def per_100(amount: float | None) -> str:
    """The rate alone: `11,4`, with two decimals below one, where the first says too little."""
    return number(amount, 2 if amount is not None and 0 < abs(amount) < 1 else 1)


def released_rate(amount: float | None) -> str:
    """A released rate, with the one decimal that it was released with: `0,2`, never `0,20`."""
    return number(amount, 1)


def reason(missing_reason: MissingReason | None) -> str:
    return missing_reason.label if missing_reason else "–"


def bounds(expected: tuple[int, int] | None) -> str:
    """What a count is expected to be: `664–1 232`, or nothing."""
    return f"{number(expected[0])}–{number(expected[1])}" if expected else "–"


def answer(reported: Answer | None) -> str:
    """A reported answer: a number, a reason in words, or nothing."""
    if reported is None:
        return "–"
    return reported.reason.label if reported.reason else number(reported.value)


@lru_cache(maxsize=2_000)
def day(calendar_day: date) -> str:
    """`15 februari`, with the year when it isn't obvious elsewhere: `day_and_year`."""
    return str(format_date(calendar_day, "d MMMM", locale=LOCALE))


@lru_cache(maxsize=2_000)
def day_and_year(calendar_day: date) -> str:
    return str(format_date(calendar_day, "d MMMM y", locale=LOCALE))


def moment(instant: datetime) -> str:
    """A stored moment in local time: `10 februari 2025 kl. 14.02`."""
    return str(format_datetime(instant.astimezone(STOCKHOLM), "d MMMM y 'kl.' HH.mm", locale=LOCALE))


def plural(count: int, singular: str, many: str) -> str:
    return f"{number(count)} {singular if count == 1 else many}"


def demand_level(demand: Demand, level: Level) -> str:
    """From where on a demand is met: `uppfyllt från 80 %, delvis från 60 %`, `uppfyllt från 1 träff per år`."""
    partly = "" if level.partly is None else f", delvis från {_of_demand(demand, level.partly)}"
    return f"uppfyllt från {_of_demand(demand, level.met)}{partly}"


def _of_demand(demand: Demand, amount: float) -> str:
    if demand.judged_by is JudgedBy.MEETINGS:
        return f"{exact(amount)} {'träff' if amount == 1 else 'träffar'} per år"
    return f"{exact(amount)}\u00a0%"


def meetings_level(level: Level | None) -> str:
    """How often a clinic has to attend meetings: `minst 1 gång per år`, `minst 2 gånger per år`."""
    if level is None:
        return NO_LEVEL
    partly = "" if level.partly is None else f", delvis från {exact(level.partly)}"
    return f"minst {exact(level.met)} {'gång' if level.met == 1 else 'gånger'} per år{partly}"


def demand_basis(demand: Demand, level: Level) -> str:
    """The level as a sentence, from when it holds and what it rests on."""
    limits = demand_level(demand, level)
    return f"{limits[:1].upper()}{limits[1:]} (gäller från {day_and_year(level.valid_from)}). {level.basis}"


# Forecasts


def band(step: ForecastStep) -> str:
    """`552–660`: where eight outcomes of ten are to lie."""
    return f"{number(step.low)}–{number(step.high)}"


def with_band(step: ForecastStep) -> str:
    """`606 (552–660)`."""
    return f"{number(step.point)} ({band(step)})"


def persons_off(error: float) -> str:
    """A mean error in persons, with a decimal while it is small."""
    return number(error, 0 if error >= FEW_PERSONS else 1)

"""Sentences in Swedish made from figures: where a clinic stands, what changed, what to do."""

from portal.domain.insight.comparing import FewCases
from portal.domain.registry.annual import FEWEST_CASES, Figure, RegionalFigure
from portal.domain.registry.changes import rests_on_few
from portal.domain.registry.indicators import Headline, Indicator, Kind
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import change
from portal.domain.release.standing import Position, Released
from portal.domain.reporting.submissions import MonthState
from portal.services.insight.overview import IndicatorRow
from portal.services.insight.tasks import Task
from portal.ui.base import formats


# The same words whatever the rule was: which one it was may tell something itself.
WHY_NOT_SHOWN = "för få har rapporterat, eller så kunde någons tal räknas ut"


def task_title(task: Task) -> str:
    month = task.month.label.capitalize()
    match task.state:
        case MonthState.RETURNED:
            return f"{month} är återlämnad och behöver rättas"
        case MonthState.LATE:
            return f"{month} är sen: den skulle ha skickats {formats.day(task.deadline)}"
        case _:
            return f"{month} ska skickas in senast {formats.day(task.deadline)}"


def task_detail(task: Task) -> str:
    if task.state is MonthState.RETURNED:
        return "\n".join(filter(None, (_comment(task), _complete(task), _answer_by(task))))
    if task.days_left < 0:
        return f"{formats.plural(-task.days_left, 'dag', 'dagar')} försenad."
    if task.days_left == 0:
        return "Sista dagen är i dag."
    return f"{formats.plural(task.days_left, 'dag', 'dagar')} kvar."


def task_line(task: Task) -> str:
    """The same in a line, where the rest can be read a click away: of a returned month the region's words."""
    if task.state is not MonthState.RETURNED:
        return task_detail(task)
    missing = f"Saknas: {', '.join(task.missing)}." if task.missing else ""
    return " ".join(filter(None, (_comment(task), missing, f"{_until(task)}.")))


def _comment(task: Task) -> str:
    return f"Regionen ({task.returned_by}) skriver: ”{task.comment}”"


def _complete(task: Task) -> str:
    """Say whether anything is missing in what was sent; nothing of a month that was not read."""
    if task.missing:
        return f"Saknas: {', '.join(task.missing)}."
    if not task.answered:
        return ""
    return f"Alla obligatoriska uppgifter är inskickade ({formats.number(task.answered)} med de frivilliga)."


def _answer_by(task: Task) -> str:
    return f"{_until(task)}. Stämmer värdena skickar ni dem oförändrade, med ett svar på kommentaren."


def _until(task: Task) -> str:
    if task.days_left < 0:
        return f"Sista dagen var {formats.day(task.deadline)}: svara så snart ni kan"
    return f"Svara senast {formats.day(task.deadline)}"


def cases(indicator: Indicator, figure: Figure) -> str:
    """`25 av 30 besök`, `11,4 per 100 patienter`, or nothing to add."""
    if (indicator.is_share or indicator.kind is Kind.QUOTIENT) and figure.denominator is not None:
        over, under = formats.number(figure.numerator), formats.number(figure.denominator)
        if indicator.kind is Kind.QUOTIENT:
            return f"{over} väntande, {under} i månaden"
        return f"{over} av {under} {MEASURES_BY_CODE[indicator.denominator or ''].unit}"
    if indicator.is_rate and figure.rate is not None:
        return formats.rate(figure.rate)
    return ""


def region(indicator: Indicator, released: Released | None) -> tuple[str, str]:
    """Return the regional figure and, beneath it, its basis; in words where it is not there."""
    if released is None:
        return "Inte släppt", ""
    if not released.is_shown:
        return "Visas inte", WHY_NOT_SHOWN
    if indicator.is_rate:
        total = f"summa {formats.number(released.value)}" if released.value is not None else ""
        return f"{formats.released_rate(released.rate)}\u00a0per\u00a0100", total
    if indicator.is_base:
        return formats.number(released.value), "summa"
    if indicator.headline is Headline.MEAN_OF_CLINICS:
        return formats.value(indicator, released.value), _beside(indicator, released.pooled, "sammanslaget")
    return formats.value(indicator, released.value), _beside(indicator, released.mean_of_clinics, "medeltal")


def region_of(row: IndicatorRow) -> tuple[str, str]:
    """Return the regional figure of a row; beneath it its month, when that is an older one, and its basis."""
    figure, basis = region(row.indicator, row.released)
    if row.compared == row.month:
        return figure, basis
    return figure, "; ".join(filter(None, (f"i {row.compared.name}", basis)))


def _beside(indicator: Indicator, beside_amount: float | None, name: str) -> str:
    beside = f"; {name} {formats.value(indicator, beside_amount)}" if beside_amount is not None else ""
    return f"{indicator.headline.label}{beside}"


def standing(row: IndicatorRow) -> str:
    """Say where the clinic stands, in one sentence."""
    indicator = row.indicator
    if row.now.value is None:
        return f"Inget värde: {formats.reason(row.now.reason)}."
    if indicator.is_base:
        return _patients(row)
    if row.released is None:
        return "Regionens värde är inte släppt än."
    if not row.released.is_shown:
        return "Regionens värde visas inte."
    when = "" if row.compared == row.month else f" i {row.compared.name}"
    if row.position is Position.UNKNOWN:
        return f"Kan inte jämföras{when}: värdet eller aktuella patienter saknas."
    if row.position is Position.LEVEL:
        return f"{row.position.symbol} I nivå med regionen{when}."
    return f"{row.position.symbol} {row.position.label}{when}, mer än slumpen ger."


def caution(row: IndicatorRow) -> str:
    """Warn where a share rests on few cases."""
    is_uncertain = rests_on_few(row.indicator, row.now)
    return "Få fall: läs med försiktighet." if is_uncertain and row.now.value is not None else ""


def _patients(row: IndicatorRow) -> str:
    growth = change(row.now.value, row.year_before.value, in_points=False)
    if growth is None:
        return "Inget värde från samma månad i fjol att jämföra med."
    word = "fler" if growth > 0 else "färre"
    if half_up(growth) == 0:
        return "Lika många som samma månad i fjol."
    return f"{formats.number(abs(growth))}\u00a0% {word} än samma månad i fjol."


def bases(indicator: Indicator, figure: RegionalFigure) -> str:
    """Name both averages of a share with how many cases they rest on."""
    if not indicator.denominator or figure.pooled is None:
        return ""
    cases = ""
    if indicator.is_share and figure.denominator:
        cases = f" ({formats.number(figure.numerator)} av {formats.number(figure.denominator)})"
    parts = [f"sammanslaget {_with_digit(indicator, figure.pooled)}{cases}"]
    if figure.mean_of_clinics is not None:
        parts.append(f"medeltal per mottagning {_with_digit(indicator, figure.mean_of_clinics)}")
    text = ", ".join(parts)
    return text[0].upper() + text[1:] + f" ({figure.clinics} mottagningar)."


def pulled(few_cases: FewCases | None) -> str:
    """Say who lifts or lowers the mean of clinics with a handful of cases; empty where nobody does."""
    if few_cases is None:
        return ""
    difference = half_up(few_cases.mean, 1) - half_up(few_cases.mean_without, 1)
    if not difference:
        return ""
    names = ", ".join(
        f"{clinic.name} ({formats.percent(figure.value)} av {formats.plural(int(figure.denominator or 0), 'fall', 'fall')})"
        for clinic, figure in few_cases.clinics
    )
    return (
        f"Medeltalet {'lyfts' if difference > 0 else 'dras ned'} av mottagningar med färre än {FEWEST_CASES} fall: {names}; "
        f"utan dem {formats.percent(few_cases.mean_without, 1)}."
    )


def _with_digit(indicator: Indicator, amount: float) -> str:
    return formats.percent(amount, 1) if indicator.is_share else formats.number(amount, 1)

"""Sentences about the year, made from the figures by rules, with the words that the region uses."""

from collections.abc import Mapping, Sequence

from portal import formats
from portal.domain.annual_report.chapters import OPENINGS
from portal.domain.annual_report.wording import change_words
from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator, Kind
from portal.domain.registry.values import change
from portal.services.insight.benchmarks import Year, YearOfIndicator


def of_indicator(found: YearOfIndicator, year: int) -> list[str]:
    """Return what is said about one indicator's year: the figure with its change, then its bases."""
    if found.indicator.code == "medicine_unit_visits":
        return [medicine_unit(found, year)]
    sentences = [year_sentence(found, year)]
    if text := bases(found.indicator, found.region):
        sentences.append(text)
    if found.indicator.code == "patient_board_cases":
        sentences += patient_board(found, year)
    return sentences


def year_sentence(found: YearOfIndicator, year: int) -> str:
    """Say the year's figure and its change, after the pattern of the region's report."""
    indicator, now, before = found.indicator, found.region, found.before
    if now.value is None:
        return f"{indicator.label}: för {year} finns inget värde ({formats.reason(now.reason)})."
    start = _opening(indicator, year, now.value)
    if before.value is None:
        has_before = any(earlier.value is not None for _, _, earlier in found.clinics)
        is_unknown = not indicator.from_clinics or has_before
        return f"{start}. För {year - 1}: {formats.reason(before.reason)}." if is_unknown else f"{start}."
    when = f"vid slutet av {year - 1}" if indicator.kind is Kind.STOCK else f"under {year - 1}"
    earlier = f"{formats.value(indicator, before.value)} {when}"
    if indicator.kind is Kind.QUOTIENT:
        return f"{start}, mot {earlier}."
    words = change_words(found.change, in_points=found.change_is_points)
    if not words:
        return f"{start}, i nivå med {earlier}."
    size = formats.change(found.change, in_points=found.change_is_points)
    return f"{start}, vilket är {words} jämfört med {earlier} ({size})."


def _opening(indicator: Indicator, year: int, value: float) -> str:
    pattern = OPENINGS.get(indicator.code)
    figure = formats.value(indicator, value)
    if pattern:
        return pattern.format(year=year, value=figure)
    unit = "" if indicator.is_share else f" {indicator.unit}"
    return f"{indicator.label} {year}: {figure}{unit}"


def bases(indicator: Indicator, figure: RegionalFigure) -> str:
    """Name both averages of a share with how many cases they rest on."""
    if not indicator.is_share or figure.pooled is None:
        return ""
    parts = [f"sammanslaget {formats.percent(figure.pooled, 1)}"]
    if figure.mean_of_clinics is not None:
        parts.append(f"medeltal per mottagning {formats.percent(figure.mean_of_clinics, 1)}")
    text = ", ".join(parts)
    if figure.denominator:
        text += f"; {formats.number(figure.numerator)} av {formats.number(figure.denominator)}"
    return text[0].upper() + text[1:] + f" ({formats.plural(figure.clinics, 'mottagning', 'mottagningar')})."


def medicine_unit(found: YearOfIndicator, year: int) -> str:
    contacted, visited = found.region.denominator, found.region.numerator
    if contacted is None or visited is None:
        return (
            f"{found.indicator.label}: för {year} finns inget värde ({formats.reason(found.region.reason)})."
        )
    return (
        f"Läkemedelsenheten har under {year} kontaktat {formats.number(contacted)} mottagningar som inte haft "
        f"något besök under {year - 1}. Av dessa har {formats.number(visited)} tagit emot besök."
    )


def patient_board(found: YearOfIndicator, year: int) -> list[str]:
    """Name each division of the cases for itself; they are never added or crossed."""
    now = {name: values[0] for name, values in found.breakdowns.items() if values[0] is not None}
    sentences = []
    if (private := now.get("operator:private")) is not None:
        sentences.append(f"Av ärendena {year} gällde {formats.number(private)} privata aktörer.")
    problems = sorted(
        ((value, name.partition(":")[2]) for name, value in now.items() if name.startswith("problem:")),
        key=lambda part: (-part[0], part[1]),
    )
    if problems:
        listed = ", ".join(f"{problem} ({formats.number(value)})" for value, problem in problems)
        sentences.append(f"Huvudproblem: {listed}.")
    for kind, start in (("sex:", "Kön"), ("age:", "Ålder")):
        parts = [
            (name.partition(":")[2], value) for name, value in sorted(now.items()) if name.startswith(kind)
        ]
        if parts:
            listed = ", ".join(f"{part.replace('-', '–')} ({formats.number(value)})" for part, value in parts)
            sentences.append(f"{start}: {listed}.")
    return sentences


def clinics(year: Year, open_: Sequence[Clinic], closed_reasons: Mapping[str, str]) -> list[str]:
    """Say how many clinics there were, who runs them, and which opened and closed."""
    private = sum(clinic.operator == "private" for clinic in open_)
    count = formats.number(len(open_))
    sentences = [
        f"Under {year.year} var {count} mottagningar öppna. Av dem drevs {formats.number(private)} i privat regi."
    ]
    opened = [clinic for clinic in open_ if clinic.opened and clinic.opened.year == year.year]
    if opened:
        names = ", ".join(f"{c.report_name} ({c.opened.name})" for c in opened if c.opened)
        word = formats.plural(len(opened), "ny mottagning", "nya mottagningar")
        sentences.append(f"Under {year.year} startade {word}: {names}.")
    for clinic in open_:
        if clinic.closed and clinic.closed.year == year.year:
            why = closed_reasons.get(clinic.code, "")
            sentences.append(
                f"{clinic.report_name} stängde efter {clinic.closed.label}" + (f": {why}." if why else ".")
            )
    return sentences


def growth(found: YearOfIndicator, year: int) -> list[str]:
    """Tell raw growth from that of the clinics that have both years."""
    sentences = []
    now, before = found.region.value, found.before.value
    if now is not None and before is not None:
        sentences.append(f"Alla mottagningar: {_moved(now, before)} mellan {year - 1} och {year}.")
    if found.like_for_like:
        same_now, same_before, count = found.like_for_like
        sentences.append(
            f"De {formats.number(count)} mottagningar som har värde båda åren: {_moved(same_now, same_before)}."
        )
        if now is not None and now != same_now:
            sentences.append(
                f"Resten av ökningen, {formats.number(now - same_now)} patienter, finns på mottagningar som "
                f"inte har något värde för {year - 1}."
            )
    return sentences


def _moved(now: float, before: float) -> str:
    moved = change(now, before, in_points=False)
    grown = "" if moved is None else f" ({formats.signed(moved, 1)}\u00a0%)"
    return f"från {formats.number(before)} till {formats.number(now)}{grown}"

"""The report's charts as data: what is drawn, its caption, and its words for those who do not see it."""

from collections.abc import Iterable, Sequence

from portal import formats
from portal.domain.annual_report.content import Chart, Mark, Shape
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.services.annual_report.points import rounded
from portal.services.insight.benchmarks import Year, YearOfIndicator


FIGURE_1 = "Mottagningar i Vårdval BUP Dalarna {year}, antal per kommun"
SEE_TABLE = "Alla värden står i tabellen intill."


def of_clinics(year: Year, found: YearOfIndicator, clinics: Sequence[Clinic]) -> Chart | None:
    """Return bars of every clinic, this year and the year before; None when nobody has a value."""
    indicator, shown = found.indicator, {clinic.code for clinic in clinics}
    rows = [row for row in found.clinics if row[0].code in shown]
    if indicator.figure is None or all(now.value is None for _, now, _ in rows):
        return None
    has_before = any(before.value is not None for _, _, before in rows)
    marks = []
    for clinic, now, before in rows:
        marks.append(_mark(indicator, clinic.report_name, str(year.year), now))
        if has_before:
            marks.append(_mark(indicator, clinic.report_name, str(year.year - 1), before))
    if indicator.denominator:
        marks += _regional(found, year.year, has_before=has_before)
    years = f"{year.year} och {year.year - 1}" if has_before else str(year.year)
    return Chart(
        number=str(indicator.figure),
        shape=Shape.BARS,
        caption=f"{indicator.label} per mottagning {years} ({indicator.unit})",
        alt=_bars_alt(indicator, year.year, years, [(clinic.report_name, now) for clinic, now, _ in rows]),
        axis=indicator.unit,
        marks=tuple(marks),
    )


def _mark(indicator: Indicator, label: str, series: str, figure: Figure) -> Mark:
    return Mark(
        label=label,
        series=series,
        value=rounded(figure.value),
        text=formats.figure(indicator, figure),
    )


def _regional(found: YearOfIndicator, year: int, *, has_before: bool) -> list[Mark]:
    name = f"Regionen ({found.indicator.headline.label})"
    marks = [_mark(found.indicator, name, str(year), Figure(value=found.region.value))]
    if has_before:
        marks.append(_mark(found.indicator, name, str(year - 1), Figure(value=found.before.value)))
    return marks


def _bars_alt(indicator: Indicator, year: int, years: str, rows: list[tuple[str, Figure]]) -> str:
    known = sorted(((f.value, name) for name, f in rows if f.value is not None), reverse=True)
    high, low = known[0], known[-1]
    return (
        f"Stapeldiagram. {indicator.label} per mottagning {years}. Högst {year}: {high[1]}, "
        f"{formats.value(indicator, high[0])}. Lägst: {low[1]}, {formats.value(indicator, low[0])}. {SEE_TABLE}"
    )


def county_map(year: int, open_: Iterable[Clinic]) -> Chart:
    """Return figure 1: Dalarna's municipalities with how many clinics each has."""
    found: dict[str, list[Clinic]] = {}
    for clinic in open_:
        found.setdefault(clinic.municipality_code, []).append(clinic)
    marks = [
        Mark(label=here[0].municipality, code=code, value=float(len(here)), text=formats.number(len(here)))
        for code, here in sorted(found.items())
    ]
    listed = ", ".join(f"{mark.label} {mark.text}" for mark in marks)
    return Chart(
        number="1",
        shape=Shape.MAP,
        caption=FIGURE_1.format(year=year),
        alt=f"Karta över Dalarnas kommuner. Mottagningar per kommun {year}: {listed}. Övriga kommuner: ingen.",
        marks=tuple(marks),
    )


def timeline(number: str, year: Year, clinics: Iterable[Clinic], first: Month) -> Chart:
    """Return one bar per clinic from its opening to its closing, within two years."""
    marks = []
    for clinic in clinics:
        begins = max(clinic.opened or first, first)
        ends = min(clinic.closed or year.last_month, year.last_month)
        marks.append(
            Mark(
                label=clinic.report_name,
                code=str(begins),
                end=str(ends),
                text=_event(clinic, first),
            )
        )
    told = (
        "; ".join(f"{mark.label} {mark.text}" for mark in marks if mark.text) or "ingen öppnade eller stängde"
    )
    return Chart(
        number=number,
        shape=Shape.TIMELINE,
        caption=f"Mottagningarnas öppna tid {first.label}–{year.last_month.label}",
        alt=f"Tidslinje med en stapel per mottagning. {told}. {SEE_TABLE}",
        marks=tuple(marks),
    )


def _event(clinic: Clinic, first: Month) -> str:
    told = []
    if clinic.opened and clinic.opened > first:
        told.append(f"öppnade {clinic.opened.label}")
    if clinic.closed:
        told.append(f"stängde efter {clinic.closed.label}")
    return ", ".join(told)


def over_months(
    number: str, caption: str, axis: str, months: Sequence[Month], lines: dict[str, dict[Month, int]]
) -> Chart:
    """Return one line per name over the months; a month without a value stays empty."""
    marks = [
        Mark(
            label=month.short,
            series=name,
            value=None if month not in values else float(values[month]),
            text=formats.number(values.get(month)),
        )
        for name, values in lines.items()
        for month in months
    ]
    ends = ", ".join(f"{name} {_ends(values)}" for name, values in lines.items() if values)
    return Chart(
        number=number,
        shape=Shape.LINES,
        caption=caption,
        alt=f"Linjediagram över {len(months)} månader. Första och sista månaden: {ends}. {SEE_TABLE}",
        axis=axis,
        marks=tuple(marks),
    )


def _ends(values: dict[Month, int]) -> str:
    return f"{formats.number(values[min(values)])} och {formats.number(values[max(values)])}"


def groups(number: str, caption: str, axis: str, rows: Sequence[tuple[str, str, float | None]]) -> Chart:
    """Return bars of (label, series, value)."""
    marks = tuple(
        Mark(label=label, series=series, value=rounded(value), text=formats.number(value))
        for label, series, value in rows
    )
    told = ", ".join(f"{mark.label} {mark.series}: {mark.text}" for mark in marks)
    return Chart(
        number=number,
        shape=Shape.BARS,
        caption=caption,
        alt=f"Stapeldiagram. {told}.",
        axis=axis,
        marks=marks,
    )

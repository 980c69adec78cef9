"""The report's tables: what one reads, with the number behind each cell."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from portal import formats
from portal.domain.annual_report.chapters import SOURCES
from portal.domain.annual_report.content import CellKind, ReportCell, ReportRow, ReportTable
from portal.domain.registry import changes
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS, Headline, Indicator
from portal.domain.registry.rounding import half_up
from portal.domain.sources.published import LABELS
from portal.services.annual_report.points import part_label, rounded
from portal.services.insight.benchmarks import PublishedBeside, Year, YearOfIndicator


def text(words: str) -> ReportCell:
    return ReportCell(text=words)


def number(
    value: float | None, words: str | None = None, *, digits: int = 0, missing: str = "–"
) -> ReportCell:
    """Return a cell for a number; `missing` is what stands there when there is none."""
    if value is None:
        return ReportCell(text=missing, kind=CellKind.MISSING)
    return ReportCell(
        text=words if words is not None else formats.number(value, digits),
        kind=CellKind.NUMBER,
        value=rounded(value),
    )


def figure(indicator: Indicator, of: Figure | RegionalFigure) -> ReportCell:
    """Return a figure in its own unit, or the reason why there is none."""
    return number(of.value, formats.value(indicator, of.value), missing=formats.reason(of.reason))


def table(
    caption: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[ReportCell]],
    *,
    total: bool = False,
    bar_column: int | None = None,
) -> ReportTable:
    """Return a table still without its number; with `total` the last row is the sum or the region."""
    table_rows = [ReportRow(cells=tuple(cells)) for cells in rows]
    if total and table_rows:
        table_rows[-1] = ReportRow(cells=table_rows[-1].cells, is_total=True)
    return ReportTable(
        number=0, caption=caption, headings=tuple(headings), rows=tuple(table_rows), bar_column=bar_column
    )


def of_clinics(year: Year, indicator_year: YearOfIndicator, clinics: Sequence[Clinic]) -> ReportTable:
    """Return one indicator for every clinic with the region beneath."""
    indicator, codes = indicator_year.indicator, {clinic.code for clinic in clinics}
    rows = [
        _two_years(indicator_year, clinic.name, now, before)
        for clinic, now, before in indicator_year.clinics
        if clinic.code in codes
    ]
    rows.append(_two_years(indicator_year, "Regionen", indicator_year.region, indicator_year.before))
    last = f"Per 100 patienter {year.year}" if indicator.is_rate else f"Underlag {year.year}"
    return table(
        f"{indicator.label} per mottagning ({indicator.unit})",
        ("Mottagning", str(year.year), str(year.year - 1), "Förändring", last),
        rows,
        total=True,
        bar_column=1,
    )


def _two_years(
    indicator_year: YearOfIndicator, name: str, now: Figure | RegionalFigure, before: Figure | RegionalFigure
) -> list[ReportCell]:
    indicator = indicator_year.indicator
    is_comparable = indicator_year.is_comparable
    return [
        text(name),
        figure(indicator, now),
        figure(indicator, before),
        change_of(indicator, now.value, before.value) if is_comparable else number(None),
        _basis(indicator, now),
    ]


def change_of_year(indicator_year: YearOfIndicator) -> ReportCell:
    """Return the region's change; none of a part of the year."""
    return number(indicator_year.change, formats.changed(indicator_year.indicator, indicator_year.change))


def change_of(indicator: Indicator, now: float | None, before: float | None) -> ReportCell:
    """Return the change in the indicator's unit of change."""
    moved = changes.change_of(indicator, now, before)
    return number(moved, formats.changed(indicator, moved))


def _basis(indicator: Indicator, of: Figure | RegionalFigure) -> ReportCell:
    """Return what a figure rests on: the rate of a count, the cases of a share."""
    if indicator.is_rate:
        return number(of.rate, formats.per_100(of.rate))
    cases = formats.cases(indicator, of)
    if cases == "–":
        return number(None)
    if isinstance(of, RegionalFigure) and indicator.headline is Headline.MEAN_OF_CLINICS:
        return text(f"{cases} (sammanslaget {formats.value(indicator, of.pooled)})")
    return text(cases)


def patients(year: Year, clinics: Sequence[Clinic]) -> ReportTable:
    """Return the table of chapter 3: every clinic of the year with its current patients at two year ends."""
    of_patients = year.of(PATIENTS)
    by_code = {clinic.code: (now, before) for clinic, now, before in of_patients.clinics}
    rows = [
        [text(str(place)), *_patients_row(of_patients.indicator, year.year, clinic, *by_code[clinic.code])]
        for place, clinic in enumerate(clinics, start=1)
    ]
    rows.append(_patients_total(of_patients))
    before, now = f"dec-{(year.year - 1) % 100:02d}", f"{year.last_month.name[:3]}-{year.year % 100:02d}"
    return table(
        "Mottagningar och antal aktuella patienter vid årets slut",
        ("Nr", "Mottagning", "Kommun", "Regi", before, now, "Förändring"),
        rows,
        total=True,
        bar_column=5,
    )


def _patients_row(
    indicator: Indicator, year: int, clinic: Clinic, now: Figure, before: Figure
) -> list[ReportCell]:
    return [
        text(clinic.name),
        text(clinic.municipality),
        text(clinic.operator.label),
        _patients(clinic, before, year - 1),
        _patients(clinic, now, year),
        change_of(indicator, now.value, before.value),
    ]


def _patients_total(of_patients: YearOfIndicator) -> list[ReportCell]:
    indicator, now, before = of_patients.indicator, of_patients.region, of_patients.before
    return [
        text(""),
        text("Regionen"),
        text(""),
        text(""),
        figure(indicator, before),
        figure(indicator, now),
        change_of(indicator, now.value, before.value),
    ]


def _patients(clinic: Clinic, count: Figure, year: int) -> ReportCell:
    """Return the count, or `startade oktober 2023` where that is why there is none."""
    if count.value is None and clinic.opened and clinic.opened.year >= year:
        return number(None, missing=f"startade {clinic.opened.label}")
    return number(count.value, missing=formats.reason(count.reason))


def breakdowns(year: Year, indicator_year: YearOfIndicator) -> ReportTable:
    """Return every division of the same cases, each part with what is printed."""
    printed = {row.breakdown: row.published for row in indicator_year.published}
    rows = [
        [
            text(part_label(name)),
            number(now, missing="ej rapporterat"),
            number(before, missing="ej rapporterat"),
            number(printed.get(name)),
        ]
        for name, (now, before) in sorted(indicator_year.breakdowns.items())
    ]
    caption = f"{indicator_year.indicator.label}, varje indelning för sig"
    headings = ("Indelning", str(year.year), str(indicator_year.year_before), f"Publicerat {year.year}")
    return replace(table(caption, headings, rows), is_appendix=True)


def published(rows: Iterable[PublishedBeside]) -> ReportTable | None:
    """Return what is printed elsewhere of the year beside what the portal has; None when nothing is.

    Parts of a figure stand beside their own in the table of its divisions.
    """
    table_rows = [_published(row) for row in rows if not row.breakdown]
    headings = ("Uppgift", "Period", "Publicerat", "Beräknat", "Skillnad", "Källa")
    if not table_rows:
        return None
    return replace(table("Publicerade tal bredvid portalens", headings, table_rows), is_appendix=True)


def _published(row: PublishedBeside) -> list[ReportCell]:
    difference = number(None)
    if row.difference is not None:
        difference = number(
            row.difference, formats.signed(half_up(row.difference, 1), 1) if row.differs else "ingen"
        )
    return [
        text(LABELS.get(row.indicator, row.indicator)),
        text(period_label(row.period)),
        number(row.published, _printed(row, row.published), missing="inget underlag"),
        number(row.computed, _printed(row, row.computed), missing="beräknas inte"),
        difference,
        text(SOURCES.get(row.source, row.source)),
    ]


def _printed(row: PublishedBeside, value: float | None) -> str:
    indicator = INDICATORS_BY_CODE.get(row.indicator)
    if indicator is not None:
        return formats.value(indicator, value)
    return f"{formats.number(value)} {row.unit}"


def period_label(period: str) -> str:
    """Return `2023-01 till 2023-11, medel per månad` for a run of months."""
    first, _, last = period.partition("..")
    return f"{first} till {last}, medel per månad" if last else first


def side_by_side(
    caption: str, indicators: Sequence[YearOfIndicator], clinics: Sequence[Clinic], year: int
) -> ReportTable:
    """Return several indicators for every clinic, one column each, the region beneath."""
    columns = [(of.indicator, {clinic.code: now for clinic, now, _ in of.clinics}) for of in indicators]
    rows = [
        [text(clinic.name), *(figure(indicator, now[clinic.code]) for indicator, now in columns)]
        for clinic in clinics
    ]
    rows.append([text("Regionen"), *(figure(of.indicator, of.region) for of in indicators)])
    rows.append([text(f"Regionen {year - 1}"), *(figure(of.indicator, of.before) for of in indicators)])
    headings = ("Mottagning", *(indicator.label for indicator, _ in columns))
    return table(caption, headings, rows, total=False)

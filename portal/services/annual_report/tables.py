"""The report's tables: what one reads, with the number behind each cell."""

from collections.abc import Iterable, Sequence

from portal import formats
from portal.domain.annual_report.chapters import OTHER_PUBLISHED, SOURCES
from portal.domain.annual_report.content import Cell, CellKind, Table, TableRow
from portal.domain.annual_report.wording import SMALL_COUNT
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import PATIENTS, Indicator, Kind
from portal.domain.registry.values import change
from portal.services.annual_report.points import part_label, rounded
from portal.services.insight.benchmarks import PublishedBeside, Year, YearOfIndicator


def text(words: str) -> Cell:
    return Cell(text=words)


def number(value: float | None, words: str | None = None, *, digits: int = 0, missing: str = "–") -> Cell:
    """Return a cell for a number; `missing` is what stands there when there is none."""
    if value is None:
        return Cell(text=missing, kind=CellKind.MISSING)
    return Cell(
        text=words if words is not None else formats.number(value, digits),
        kind=CellKind.NUMBER,
        value=rounded(value),
    )


def figure(indicator: Indicator, found: Figure | RegionalFigure) -> Cell:
    """Return a figure in its own unit, or the reason why there is none."""
    return number(found.value, formats.value(indicator, found.value), missing=formats.reason(found.reason))


def table(
    caption: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[Cell]],
    *,
    total: bool = False,
    bar_column: int | None = None,
) -> Table:
    """Return a table still without its number; with `total` the last row is the sum or the region."""
    found = [TableRow(cells=tuple(cells)) for cells in rows]
    if total and found:
        found[-1] = TableRow(cells=found[-1].cells, is_total=True)
    return Table(
        number=0, caption=caption, headings=tuple(headings), rows=tuple(found), bar_column=bar_column
    )


def of_clinics(year: Year, found: YearOfIndicator, clinics: Sequence[Clinic]) -> Table:
    """Return one indicator for every clinic with the region beneath."""
    indicator, shown = found.indicator, {clinic.code for clinic in clinics}
    rows = [
        [
            text(clinic.report_name),
            figure(indicator, now),
            figure(indicator, before),
            moved(indicator, now.value, before.value),
            _basis(indicator, now),
        ]
        for clinic, now, before in found.clinics
        if clinic.code in shown
    ]
    rows.append(
        [
            text("Regionen"),
            figure(indicator, found.region),
            figure(indicator, found.before),
            moved(indicator, found.region.value, found.before.value),
            _basis(indicator, found.region),
        ]
    )
    last = f"Per 100 patienter {year.year}" if indicator.is_rate else f"Underlag {year.year}"
    return table(
        f"{indicator.label} per mottagning ({indicator.unit})",
        ("Mottagning", str(year.year), str(year.year - 1), "Förändring", last),
        rows,
        total=True,
        bar_column=1,
    )


def moved(indicator: Indicator, now: float | None, before: float | None) -> Cell:
    """Return the change: percentage points for shares, per cent for counts that are not a handful."""
    if now is None or before is None:
        return number(None)
    if indicator.kind is Kind.QUOTIENT:
        return number(now - before, formats.signed(now - before, 1))
    if not indicator.is_share and before < SMALL_COUNT:
        return number(None)
    found = change(now, before, in_points=indicator.is_share)
    return number(found, formats.change(found, in_points=indicator.is_share))


def _basis(indicator: Indicator, found: Figure | RegionalFigure) -> Cell:
    if indicator.is_rate:
        return number(found.rate, digits=1)
    if indicator.denominator is None or found.numerator is None or found.denominator is None:
        return number(None)
    digits = 0 if indicator.is_share else 1
    return text(f"{formats.number(found.numerator)} av {formats.number(found.denominator, digits)}")


def patients(year: Year, clinics: Sequence[Clinic]) -> Table:
    """Return the table of chapter 3: every clinic of the year with its current patients at two year ends."""
    found = year.of(PATIENTS)
    by_code = {clinic.code: (now, before) for clinic, now, before in found.clinics}
    rows = []
    for place, clinic in enumerate(clinics, start=1):
        now, before = by_code[clinic.code]
        rows.append(
            [
                text(str(place)),
                text(clinic.report_name),
                text(clinic.municipality),
                text(clinic.operator.label),
                _patients(clinic, before, year.year - 1),
                _patients(clinic, now, year.year),
                moved(found.indicator, now.value, before.value),
            ]
        )
    rows.append(
        [
            text(""),
            text("Regionen"),
            text(""),
            text(""),
            figure(found.indicator, found.before),
            figure(found.indicator, found.region),
            moved(found.indicator, found.region.value, found.before.value),
        ]
    )
    name = year.last_month.name[:3]
    return table(
        "Mottagningar och antal aktuella patienter vid årets slut",
        (
            "Nr",
            "Mottagning",
            "Kommun",
            "Regi",
            f"dec-{(year.year - 1) % 100:02d}",
            f"{name}-{year.year % 100:02d}",
            "Förändring",
        ),
        rows,
        total=True,
        bar_column=5,
    )


def _patients(clinic: Clinic, found: Figure, year: int) -> Cell:
    """Return the count, or `startade oktober 2023` where that is why there is none."""
    if found.value is None and clinic.opened and clinic.opened.year >= year:
        return number(None, missing=f"startade {clinic.opened.label}")
    return number(found.value, missing=formats.reason(found.reason))


def breakdowns(year: Year, found: YearOfIndicator) -> Table:
    """Return every division of the same cases, each part with what is printed."""
    printed = {row.breakdown: row.published for row in found.published}
    rows = [
        [
            text(part_label(name)),
            number(now, missing="ej rapporterat"),
            number(before, missing="ej rapporterat"),
            number(printed.get(name)),
        ]
        for name, (now, before) in sorted(found.breakdowns.items())
    ]
    return table(
        f"{found.indicator.label}, varje indelning för sig",
        ("Indelning", str(year.year), str(year.year - 1), f"Publicerat {year.year}"),
        rows,
    )


def published(found: YearOfIndicator) -> Table | None:
    """Return what the sources print beside what the portal computes; None when they print nothing."""
    rows = [
        _published(found.indicator, row)
        for row in (*found.published, *found.published_before)
        if not row.breakdown
    ]
    return _published_table(rows, f"Publicerat bredvid beräknat: {found.indicator.label}") if rows else None


def all_published(found: Sequence[YearOfIndicator]) -> Table | None:
    """Return the printed figures of several indicators in one table."""
    rows = [
        [text(one.indicator.label), *_published(one.indicator, row)]
        for one in found
        for row in (*one.published, *one.published_before)
        if not row.breakdown
    ]
    return _named_table("Publicerat bredvid beräknat", rows)


def other_published(rows: Sequence[PublishedBeside]) -> Table | None:
    """Return the printed figures that belong to no indicator."""
    found = [
        [text(OTHER_PUBLISHED.get(row.indicator, row.indicator)), *_published(None, row)] for row in rows
    ]
    return _named_table("Andra publicerade uppgifter", found)


def _named_table(caption: str, rows: list[list[Cell]]) -> Table | None:
    headings = ("Uppgift", "Period", "Publicerat", "Beräknat", "Skillnad", "Källa")
    return table(caption, headings, rows) if rows else None


def _published_table(rows: list[list[Cell]], caption: str) -> Table:
    return table(caption, ("Period", "Publicerat", "Beräknat", "Skillnad", "Källa"), rows)


def _published(indicator: Indicator | None, row: PublishedBeside) -> list[Cell]:
    difference = number(None)
    if row.difference is not None:
        off = round(row.difference)
        difference = number(float(off), "ingen" if off == 0 else formats.signed(off))
    return [
        text(period(row.period)),
        number(row.published, _printed(indicator, row, row.published), missing="inget underlag"),
        number(row.computed, _printed(indicator, row, row.computed), missing="beräknas inte"),
        difference,
        text(SOURCES.get(row.source, row.source)),
    ]


def _printed(indicator: Indicator | None, row: PublishedBeside, value: float | None) -> str:
    if indicator is not None:
        return formats.value(indicator, value)
    return f"{formats.number(value)} {row.unit}"


def period(found: str) -> str:
    """Return `2023-01 till 2023-11, medel per månad` for a run of months."""
    first, _, last = found.partition("..")
    return f"{first} till {last}, medel per månad" if last else first


def side_by_side(
    caption: str, indicators: Sequence[YearOfIndicator], clinics: Sequence[Clinic], year: int
) -> Table:
    """Return several indicators for every clinic, one column each, the region beneath."""
    values = [{clinic.code: now for clinic, now, _ in found.clinics} for found in indicators]
    rows = [
        [
            text(clinic.report_name),
            *(figure(found.indicator, of[clinic.code]) for found, of in zip(indicators, values, strict=True)),
        ]
        for clinic in clinics
    ]
    for name, pick in (("Regionen", "region"), (f"Regionen {year - 1}", "before")):
        rows.append([text(name), *(figure(found.indicator, getattr(found, pick)) for found in indicators)])
    return table(caption, ("Mottagning", *(found.indicator.label for found in indicators)), rows, total=False)

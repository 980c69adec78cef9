"""All clinics over time on one scale, and all clinics on all indicators. For the region."""

from collections.abc import Callable

import streamlit as st

from portal.domain.insight import neighbours
from portal.domain.insight.neighbours import MOVED_BY_NEIGHBOURS, RegisterEvent
from portal.domain.registry.changes import rests_on_few
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.domain.release.standing import Position
from portal.services.administration import exports
from portal.services.insight.matrix import ClinicMonths, Matrix, MatrixCell, Multiples
from portal.ui.base import charts, drawings, formats, markup, tiles
from portal.ui.base.charts import BLUE, EVENT, GREEN, GREY, PALE
from portal.ui.base.context import portal
from portal.ui.base.drawings import Drawing
from portal.ui.base.markup import Multiple, TableCell
from portal.ui.insight import control_chart
from portal.ui.page import downloads, folds, pickers, pictures
from portal.ui.words import findings, indicator_words, month_links


MARKS = {control_chart.WORSE: "worse", control_chart.BETTER: "better", control_chart.CHANGED: "changed"}
WORDS = {
    Position.WORSE: "sämre",
    Position.BETTER: "bättre",
    Position.ABOVE: "högre",
    Position.BELOW: "lägre",
    Position.LEVEL: "i nivå",
}
CSS = {Position.WORSE: "is-worse", Position.BETTER: "is-better", Position.LEVEL: "is-level"}

Belongs = Callable[[Clinic], bool]
LegendEntry = tuple[str, str, str]  # colour, sign, what it stands for


def show_over_time(multiples: Multiples, *, belongs: Belongs) -> None:
    """Show every clinic's months on one scale, with the region's line, and the table behind them."""
    group = [clinic_months for clinic_months in multiples.clinics if belongs(clinic_months.clinic)]
    group = list(pickers.choose_part(group, lambda clinic_months: clinic_months.clinic.name))
    indicator = multiples.indicator
    has_region = any(value is not None for value in multiples.region)
    country = indicator_words.country(multiples.country.values())
    has_break = any(clinic_months.charted.breaks for clinic_months in group)
    has_events = any(_near(multiples, clinic_months) for clinic_months in group)
    lines = _lines(has_region=has_region, has_country=bool(country))
    st.html(markup.legend([*lines, *_signs(has_break=has_break, has_events=has_events)]))
    small_charts = [_drawing(multiples, clinic_months) for clinic_months in group]
    st.html(
        markup.multiples(
            [
                _multiple(multiples, clinic_months, drawing)
                for clinic_months, drawing in zip(group, small_charts, strict=True)
            ]
        )
    )
    with st.expander("Så läser du"):
        st.markdown(
            f"**{findings.direction(indicator)}** Alla har samma skala: {charts.axis_title(indicator)}. Ett märke är "
            "en verklig förändring mot mottagningens egna gränser; en månad utan värde lämnar linjen öppen.\n\n"
            f"{country}\n\n"
            f"Definition: {indicator.definition}. [Alla definitioner](/definitioner?indikator={indicator.code})"
        )
    st.html(tiles.fold("Tabell", _months_table(multiples, group), is_printed=True))
    with folds.on_demand("Hämta", key=f"over-time-{indicator.code}") as is_open:
        if is_open:
            _offer(multiples, group, small_charts)


def _near(multiples: Multiples, clinic_months: ClinicMonths) -> tuple[RegisterEvent, ...]:
    """Return what opened and closed in the clinic's municipality, for the indicators that it may move."""
    if multiples.indicator.code not in MOVED_BY_NEIGHBOURS:
        return ()
    clinics = [row.clinic for row in multiples.clinics]
    happened = neighbours.events(clinics, first=multiples.months[0], last=multiples.months[-1])
    return neighbours.around(clinic_months.clinic, happened).near


def _lines(*, has_region: bool, has_country: bool) -> list[LegendEntry]:
    return [
        (GREEN, "——", "Mottagningen"),
        *([(BLUE, "– –", "Regionen (alla, sammanlagt i dag)")] if has_region else []),
        *([(PALE, "——", "Landet")] if has_country else []),
    ]


def _signs(*, has_break: bool, has_events: bool) -> list[LegendEntry]:
    signs, colours = control_chart.SIGNS, control_chart.COLOURS
    return [
        *((colours[kind], signs[kind], f"{kind.capitalize()} mot egna månader") for kind in signs),
        *([(GREY, "┊", "Brott i serien")] if has_break else []),
        *([(EVENT, "⋮", "En annan mottagning i kommunen öppnade eller stängde")] if has_events else []),
    ]


def _drawing(multiples: Multiples, clinic_months: ClinicMonths) -> Drawing:
    series = clinic_months.charted
    kinds = [
        control_chart.kind_of(multiples.indicator, signal) if signal else None
        for signal in series.chart.signals
    ]
    marks = [MARKS[kind] if kind else None for kind in kinds]
    breaks = [series.months.index(month) for month in series.breaks]
    events = [series.months.index(event.month) for event in _near(multiples, clinic_months)]
    return Drawing(
        title=clinic_months.clinic.name,
        values=series.values,
        region=multiples.region,
        country=_country_months(multiples),
        marks=marks,
        breaks=breaks,
        events=events,
        highest=multiples.highest,
        labels=(multiples.months[0].short, multiples.months[-1].short),
        scale_label=formats.number(multiples.highest, 0 if multiples.highest >= 10 else 1),
    )


def _country_months(multiples: Multiples) -> list[float | None]:
    """Return what is published of the country month by month; empty without any."""
    published = [multiples.country.get(month) for month in multiples.months] if multiples.country else []
    return [fact.value if fact else None for fact in published]


def _multiple(multiples: Multiples, clinic_months: ClinicMonths, drawing: Drawing) -> Multiple:
    reported_months = [
        (month, value, mark)
        for month, value, mark in zip(
            multiples.months, clinic_months.charted.values, drawing.marks, strict=True
        )
        if value is not None
    ]
    if not reported_months:
        text = "Inget värde under perioden."
    else:
        month, value, mark = reported_months[-1]
        word = {"worse": ", sämre än vanligt", "better": ", bättre än vanligt", "changed": ", ändrat"}
        text = (
            f"{findings.charted_text(multiples.indicator, value)} i {month.short}{word.get(mark or '', '')}"
        )
    if happened := _near(multiples, clinic_months):
        text = f"{text.rstrip('.')}. {'; '.join(event.sentence for event in happened)}."
    marked_months = [month for month, _, mark in reported_months if mark]
    return Multiple(
        image=drawings.address(drawing),
        alt=f"{clinic_months.clinic.name}: {text}",
        title=clinic_months.clinic.name,
        href=month_links.to_months(
            clinic_months.clinic.code, multiples.indicator.code, why=max(marked_months, default=None)
        ),
        text=text,
    )


def _offer(multiples: Multiples, group: list[ClinicMonths], small_charts: list[Drawing]) -> None:
    notes = [
        f"{multiples.indicator.better.label}. {multiples.indicator.definition}.",
        f"Källa: {portal().region.in_words(multiples.indicator.source)}",
        *(
            f"Blek linje: landet ({source})"
            for source in sorted({f.source for f in multiples.country.values()})
        ),
    ]
    pictures.offer_drawing(
        f"over-tid-{multiples.indicator.code}-{multiples.months[0]}-{multiples.months[-1]}",
        lambda: drawings.sheet(
            small_charts,
            title=f"{multiples.indicator.label} per mottagning",
            notes=pictures.with_label(notes),
        ),
        lambda: _csv(multiples, group),
    )


def _csv(multiples: Multiples, group: list[ClinicMonths]) -> bytes:
    headings = ("mottagning", "månad", "värde", "täljare", "nämnare", "ritat", "skäl")
    return exports.csv_bytes(
        headings,
        (
            (
                clinic_months.clinic.code,
                str(month),
                figure.value,
                figure.numerator,
                figure.denominator,
                charted_amount,
                figure.reason.label if figure.reason else "",
            )
            for clinic_months in group
            for month, figure, charted_amount in zip(
                multiples.months, clinic_months.figures, clinic_months.charted.values, strict=True
            )
        ),
    )


def _months_table(multiples: Multiples, group: list[ClinicMonths]) -> str:
    """Return the months in figures; each leads to the submission behind it."""
    months = multiples.months[-13:]
    start = len(multiples.months) - len(months)
    rows = [
        markup.row(
            TableCell(
                clinic_months.clinic.name, href=markup.link("oversikt", mottagning=clinic_months.clinic.code)
            ),
            *(_month(multiples, clinic_months, start + index, month) for index, month in enumerate(months)),
        )
        for clinic_months in group
    ]
    if multiples.country:
        shares = [
            findings.charted_alone(multiples.indicator, value) for value in _country_months(multiples)[start:]
        ]
        rows.append(markup.row("Landet", *(TableCell(share, css="num") for share in shares), css="total"))
    headings = ("Mottagning", *(month.short for month in months))
    caption = f"{multiples.indicator.label}, {charts.axis_title(multiples.indicator)}. Klicka på ett värde för inlämningen bakom det."
    return markup.table(headings, rows, caption=caption, cards=False, css="grid")


def _month(multiples: Multiples, clinic_months: ClinicMonths, index: int, month: Month) -> TableCell:
    value = clinic_months.charted.values[index]
    if value is None:
        return markup.missing(formats.reason(clinic_months.figures[index].reason))
    signal = clinic_months.charted.chart.signals[index]
    sign = f" {control_chart.SIGNS[control_chart.kind_of(multiples.indicator, signal)]}" if signal else ""
    return TableCell(
        f"{findings.charted_alone(multiples.indicator, value)}{sign}",
        css="num",
        href=markup.link("inlamningar", mottagning=clinic_months.clinic.code, manad=str(month)),
    )


# Clinics × indicators


def show_matrix(matrix: Matrix, *, belongs: Belongs, period: str) -> None:
    """Show every clinic on every indicator: the figure, a sign and a word, and only then a colour."""
    group = [row for row in zip(matrix.clinics, matrix.cells, strict=True) if belongs(row[0])]
    part = pickers.choose_part(group, lambda row: row[0].name)
    rows = [_clinic(matrix, clinic, cells) for clinic, cells in part]
    headings = ("Mottagning", *(_heading(indicator) for indicator in matrix.indicators))
    whole = "Hela " * (period.isdecimal() and int(period) < portal().clock.today.year)
    caption = f"{whole}{period}. ▲ bättre, ▼ sämre än regionen."
    with_region = [*rows, _region_row(matrix)]
    st.html(markup.table(headings, with_region, caption=caption, cards=False, css="heat dense"))
    downloads.offer(
        "CSV för Excel",
        name=f"alla-indikatorer-{period.replace(' ', '-')}.csv",
        make=lambda _user: _matrix_csv(matrix, belongs),
    )


def _clinic(matrix: Matrix, clinic: Clinic, cells: tuple[MatrixCell, ...]) -> markup.TableRow:
    return markup.row(
        TableCell(clinic.name, href=markup.link("oversikt", mottagning=clinic.code)),
        *(_cell(indicator, cell) for indicator, cell in zip(matrix.indicators, cells, strict=True)),
    )


def _region_row(matrix: Matrix) -> markup.TableRow:
    values = [
        findings.charted_alone(indicator, region.rate if indicator.is_rate else region.value)
        for indicator, region in zip(matrix.indicators, matrix.region, strict=True)
    ]
    return markup.row("Regionen", *(TableCell(value, css="center") for value in values), css="total")


def _heading(indicator: Indicator) -> str:
    return f"{indicator.label} per 100" if indicator.is_rate else indicator.label


def _cell(indicator: Indicator, cell: MatrixCell) -> TableCell:
    if cell.figure.value is None:
        return TableCell(formats.reason(cell.figure.reason), css="center missing")
    value = cell.figure.rate if indicator.is_rate else cell.figure.value
    if value is None:
        return TableCell("–", css="center missing", said="patienter saknas")
    sign = f"\u00a0{cell.position.symbol}" if cell.position not in (Position.LEVEL, Position.UNKNOWN) else ""
    figure = findings.charted_alone(indicator, value)
    parts = [figure, WORDS.get(cell.position, "kan inte jämföras")]
    parts += [formats.cases(indicator, cell.figure)] if indicator.is_share else []
    if rests_on_few(indicator, cell.figure):
        return TableCell(formats.FEW_CASES, css="center missing", said=", ".join(parts))
    return TableCell(f"{figure}{sign}", css=f"center {CSS.get(cell.position, '')}", said=", ".join(parts))


def _matrix_csv(matrix: Matrix, belongs: Belongs) -> bytes:
    headings = ("mottagning", "regi", "indikator", "värde", "täljare", "nämnare", "per 100", "läge", "skäl")
    return exports.csv_bytes(
        headings,
        (
            (
                clinic.code,
                clinic.operator.label,
                indicator.label,
                cell.figure.value,
                cell.figure.numerator,
                cell.figure.denominator,
                cell.figure.rate if indicator.is_rate else None,
                WORDS.get(cell.position, ""),
                cell.figure.reason.label if cell.figure.reason else "",
            )
            for clinic, cells in zip(matrix.clinics, matrix.cells, strict=True)
            if belongs(clinic)
            for indicator, cell in zip(matrix.indicators, cells, strict=True)
        ),
    )

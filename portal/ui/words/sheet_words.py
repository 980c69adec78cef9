"""What a month sheet says, in the words of the pages that show the same."""

from collections.abc import Sequence

from portal.domain.annual_report.content import Chart, ChartMark, Shape
from portal.domain.insight.attention import HistoryMark
from portal.domain.insight.series import ChartedSeries
from portal.domain.registry.indicators import Indicator, IndicatorGroup
from portal.domain.registry.months import Month
from portal.domain.release.month_sheet import CHARTED, TILES, MonthSheet, SheetGroup, SheetTile
from portal.services.insight.overview import LINE_MONTHS, IndicatorRow
from portal.services.insight.region_months import RegionalLine
from portal.services.release.month_sheets import SheetOfClinic, SheetOfRegion
from portal.ui.base import formats
from portal.ui.words import findings, sentences, tile_words


REGION = "Regionen"
NAME = "Månadsblad"
CHARTS_TITLE = f"Köerna, {LINE_MONTHS} månader"
PER = "per 100 patienter"
OF_CLINIC = (
    "Egna värden är de inskickade, regionens de släppta. Märket jämför månaden med mottagningens egen historia: ▼ sämre, "
    "▲ bättre, ◆ ändrat (ingen riktning är bättre), ≈ som vanligt. Antal jämförs per 100 aktuella patienter."
)
OF_REGION = (
    "Alla värden är regionens släppta, antal per 100 aktuella patienter. Märket jämför månaden med regionens egen historia: "
    "▼ sämre, ▲ bättre, ◆ ändrat (ingen riktning är bättre), ≈ som vanligt."
)
HIDDEN = f"”Visas inte”: {sentences.WHY_NOT_SHOWN}."


def of_clinic(of_month: SheetOfClinic) -> MonthSheet:
    """Return a clinic's sheet: its own values, each with the region's."""
    rows = {row.indicator: row for row in of_month.rows}
    tiles = {indicator: _clinic_tile(rows[indicator]) for indicator in TILES}
    name = of_month.clinic.name
    charts = tuple(_clinic_chart(place, name, rows[each]) for place, each in enumerate(CHARTED, 1))
    return MonthSheet(
        title=f"{NAME} {of_month.month.label}: {name}",
        subtitle="Mottagningens månad bredvid regionens släppta värden",
        news=_news(of_month.changed),
        groups=_groups(tiles),
        charts_title=CHARTS_TITLE,
        charts=charts,
        how=f"{OF_CLINIC} {HIDDEN}",
    )


def of_region(of_month: SheetOfRegion, region: str) -> MonthSheet:
    """Return the region's sheet; `region` is what it is called."""
    lines = {line.series.indicator: line for line in of_month.lines}
    tiles = {indicator: _regional_tile(lines[indicator]) for indicator in TILES}
    charts = tuple(
        _chart(place, lines[indicator].series, {REGION: lines[indicator].series.values})
        for place, indicator in enumerate(CHARTED, 1)
    )
    return MonthSheet(
        title=f"{NAME} {of_month.month.label}: {region}",
        subtitle="Regionens släppta värden",
        news=_news(of_month.changed),
        groups=_groups(tiles),
        charts_title=CHARTS_TITLE,
        charts=charts,
        how=f"{OF_REGION} {HIDDEN}",
    )


def button(month: Month) -> str:
    """What the button says that hands the sheet out."""
    return f"{NAME} {month.label}"


def _news(changed: Sequence[Indicator]) -> str:
    """Say which of the sheet's released values are others than before; nothing of a first release."""
    labels = [indicator.label for indicator in changed if indicator in TILES]
    return f"Ändrat för regionen sedan förra släppet: {formats.listed(labels)}." if labels else ""


def _groups(tiles: dict[Indicator, SheetTile]) -> tuple[SheetGroup, ...]:
    return tuple(SheetGroup(title=group.label, tiles=_of_group(tiles, group)) for group in IndicatorGroup)


def _of_group(tiles: dict[Indicator, SheetTile], group: IndicatorGroup) -> tuple[SheetTile, ...]:
    return tuple(tile for indicator, tile in tiles.items() if indicator.group is group)


def _clinic_tile(row: IndicatorRow) -> SheetTile:
    region = tile_words.region(row)
    if row.now.value is None:
        return SheetTile(
            label=row.indicator.label, value=tile_words.value(row), is_missing=True, lines=(region,)
        )
    rate = tile_words.rate(row)
    news = _news_of_month(row.mark, tile_words.step(row))
    return SheetTile(
        label=row.indicator.label,
        value=tile_words.value(row),
        rate=f"({rate})" if rate else "",
        lines=(news, region, tile_words.aim(row), sentences.caution(row)),
    )


def _regional_tile(line: RegionalLine) -> SheetTile:
    tile = tile_words.regional(line)
    news = _news_of_month(line.mark, tile.region)
    return SheetTile(label=tile.label, value=tile.value, is_missing=tile.is_missing, lines=(news,))


def _news_of_month(mark: HistoryMark | None, step: str) -> str:
    """`▼ sämre, −2 mot november`: both in one line, or what there is of them."""
    return ", ".join(filter(None, (f"{mark.symbol} {mark.label}" if mark else "", step)))


def _clinic_chart(place: int, name: str, row: IndicatorRow) -> Chart:
    lines = {name: row.line.values}
    if any(amount is not None for amount in row.regional):
        lines[REGION] = row.regional
    return _chart(place, row.line, lines)


def _chart(place: int, series: ChartedSeries, lines: dict[str, tuple[float | None, ...]]) -> Chart:
    """Return a line per name over the months, and in words what the first shows beside the region."""
    indicator = series.indicator
    marks = [
        ChartMark(
            label=month.short, series=name, value=amount, text=findings.charted_alone(indicator, amount)
        )
        for name, amounts in lines.items()
        for month, amount in zip(series.months, amounts, strict=True)
    ]
    regional = lines[REGION] if len(lines) > 1 else ()
    return Chart(
        number=str(place),
        shape=Shape.LINES,
        caption=f"{indicator.label}, {PER}",
        alt=f"Linjediagram över {len(series.months)} månader. {tile_words.line_text(series, regional)}",
        axis=PER,
        marks=tuple(marks),
    )

"""Small multiples and pictures: nothing joined over a gap, everything escaped, made on this machine."""

import re
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import pytest

from portal.charts import places
from portal.charts.palette import LAND, SHADES
from portal.charts.places import Area
from portal.domain.accounts.access import ClinicUser, RegionUser
from portal.domain.insight import comparing
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.services.insight import benchmarks, comments, indicator_series, queues
from portal.ui.base import drawings
from portal.ui.base.context import give_portal
from portal.ui.base.drawings import Drawing
from portal.ui.insight import control_chart, funnel_chart, interval_chart, queues_view
from portal.ui.page import pictures


MORA = ClinicUser("mora", "Mora", ("mora",))
REGION = RegionUser("region", "Region")


def drawing(values=(10, 20, 30), **changes):
    fields = {
        "title": "BUP <Mora>",
        "values": values,
        "region": [None] * len(values),
        "marks": [None] * len(values),
        "breaks": [],
        "highest": 100.0,
        "labels": ("jan 24", "dec 24"),
        "scale_label": "100",
    }
    return Drawing(**(fields | changes))


def lines(small_chart, colour=drawings.GREEN):
    """Return the points of each line of that colour."""
    svg = unquote(drawings.address(small_chart))
    paths = re.findall(rf'<polyline fill="none" stroke="{colour}"[^>]* points="([^"]*)"', svg)
    return [path.split() for path in paths]


def test_the_months_are_one_line():
    assert [len(points) for points in lines(drawing())] == [3]


def test_a_month_without_value_is_not_drawn_and_never_joined_over():
    assert [len(points) for points in lines(drawing((10, 20, None, 40, 50, 60)))] == [2, 3]


def test_a_single_month_between_gaps_is_a_dot():
    svg = unquote(drawings.address(drawing((None, 20, None, 40, 50))))

    assert svg.count("<circle") == 2  # that month, and the newest


def test_a_break_parts_the_line():
    assert [len(points) for points in lines(drawing((10, 20, 60, 70), breaks=[2]))] == [2, 2]


def test_the_countrys_line_goes_over_a_clinics_break_and_a_month_of_it_alone_is_a_dot():
    beside_break = drawing((10, 20, 60, 70), breaks=[2], country=[40, 41, 42, 43])
    assert [len(points) for points in lines(beside_break, drawings.PALE)] == [4]

    alone = unquote(drawings.address(drawing((10, 20, 60), country=[None, 41, None])))
    assert alone.count(f'fill="{drawings.PALE}"') == 1


def test_the_same_value_lies_equally_high_whatever_else_the_chart_holds():
    high_line, higher_line = lines(drawing((50, 10)))[0], lines(drawing((50, 99)))[0]

    assert high_line[0] == higher_line[0]


def test_a_signal_has_a_shape_of_its_own():
    shapes = {mark: unquote(drawings.address(drawing(marks=[None, mark, None]))) for mark in drawings.MARKS}

    assert len({re.findall(r'<path d="([^"]*)"', svg)[0] for svg in shapes.values()}) == 3


def test_names_are_escaped_and_the_sheet_is_well_formed():
    sheet = drawings.sheet([drawing(), drawing()], title="A & B", notes=["Källa: <x>"])

    ET.fromstring(sheet)
    assert "BUP &lt;Mora&gt;" in sheet
    assert "Källa: &lt;x&gt;" in sheet


@pytest.mark.parametrize("make", [pictures.png, pictures.svg], ids=["png", "svg"])
def test_a_chart_becomes_a_picture(make):
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"values": [{"x": 1, "y": 2}]},
        "mark": "point",
        "encoding": {"x": {"field": "x", "type": "quantitative"}},
    }

    picture = make(spec)

    assert picture.startswith((b"\x89PNG", b"<svg"))
    assert len(picture) > 500


# The pages' charts as pictures: what the page draws must be in them


@pytest.fixture
def pages_demo(demo):
    give_portal(demo)
    return demo


def test_the_clinics_picture_holds_its_months_legend_and_source(pages_demo):
    indicator = INDICATORS_BY_CODE["investigation_within_30d"]
    series = indicator_series.of_clinic(pages_demo, MORA, clinic="mora", indicator=indicator, months=24)
    clinic_comments = comments.of_clinic(pages_demo, MORA, clinic="mora", indicator=indicator)

    svg = pictures.svg(
        control_chart.picture_spec(series, control_chart.rows_of(series, clinic_comments.newest))
    ).decode()

    for text in (
        "okt 24",
        "Start av utredning inom 30 dagar, BUP Mora",
        "Tydligt sämre",
        "Mottagningen",
        "Exempeldata",
    ):
        assert text in svg
    assert svg.count("mark-symbol") > 2


def test_a_neighbours_opening_is_a_line_from_top_to_bottom_and_parts_nothing():
    small_chart = drawing(events=[1])

    (event,) = lines(small_chart, drawings.EVENT)
    assert len(lines(small_chart)) == 1
    (top_x, top_y), (low_x, low_y) = (point.split(",") for point in event)
    assert top_x == low_x
    assert float(top_y) < float(low_y)
    assert lines(drawing(), drawings.EVENT) == []


def test_the_picture_of_a_clinics_patients_names_the_openings_nearby(pages_demo):
    borlange = ClinicUser("borlange", "Chef", ("borlange",))
    patients = INDICATORS_BY_CODE["active_patients"]
    series = indicator_series.of_clinic(
        pages_demo, borlange, clinic="borlange", indicator=patients, months=24
    )
    clinic_comments = comments.of_clinic(pages_demo, borlange, clinic="borlange", indicator=patients)

    spec = control_chart.picture_spec(series, control_chart.rows_of(series, clinic_comments.newest))

    assert "⋮2 Moment BUP Borlänge öppnade november 2024" in pictures.svg(spec).decode()


def test_the_countys_map_writes_each_figure_in_its_municipality(pages_demo):
    areas = {
        "2062": Area(81, "81 %", ""),
        "2080": Area(82, "82 %", ""),
        "2082": Area(None, "", "15 km till Hedemora"),
    }

    svg = pictures.svg(places.spec(areas) | {"width": 600}).decode()

    for text in ("Mora", "81 %", "Falun", "82 %", "Älvdalen", "Säter"):
        assert f">{text}</" in svg
    narrow = pictures.svg(places.spec(areas) | {"width": 340}).decode()
    assert ">Mora</" in narrow
    assert ">Älvdalen</" not in narrow


def test_a_municipality_is_darker_the_higher_its_figure():
    spec = places.spec({"2062": Area(10, "", ""), "2080": Area(50, "", ""), "2081": Area(90, "", "")})

    colours = {shape["code"]: shape["colour"] for shape in spec["data"]["values"]}
    assert [colours[code] for code in ("2062", "2080", "2081")] == list(SHADES)
    assert colours["2039"] == LAND  # without a figure


def test_the_regions_pictures_name_every_clinic(pages_demo):
    for code, is_funnel in (("first_visit_within_30d", True), ("care_plans", False)):
        comparison = benchmarks.compare(pages_demo, REGION, indicator=INDICATORS_BY_CODE[code], period=2024)
        funnel = comparing.funnel([figure for _, figure in comparison.figures])
        spec = (
            funnel_chart.picture_spec(
                comparison, funnel_chart.funnel_rows(comparison, funnel), "2024", funnel
            )
            if is_funnel
            else interval_chart.picture_spec(
                comparison, interval_chart.rows_of(comparison, comparison.figures), "2024"
            )
        )

        svg = pictures.svg(spec).decode()

        assert [clinic.name for clinic, _ in comparison.figures if clinic.name not in svg] == []


def test_the_queues_picture_holds_all_three(pages_demo):
    spec = queues_view.picture_spec(queues.of_region(pages_demo, REGION, Month(2024, 12)))

    svg = pictures.svg(spec).decode()

    for text in ("Första besök", "Fördjupad utredning", "Behandling", "nov 24", "rapporten 534"):
        assert text in svg
    for text in ("nov 25", "om ett år", "prognos med band"):
        assert text in svg
    assert "null" not in svg

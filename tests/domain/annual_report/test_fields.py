"""Fields in the region's texts: they follow the figures, are checked, and never say more than the tables."""

import pytest

from portal.domain.annual_report import fields
from portal.domain.annual_report.content import Origin, ReportPoint, Section
from portal.domain.annual_report.fields import FieldValues, points_by_name


def point(indicator, period, value, part="", **rest):
    return ReportPoint(
        indicator=indicator,
        label=indicator,
        part=part,
        period=period,
        unit="möten",
        basis="summa",
        value=value,
        **rest,
    )


SECTION = Section(
    number="4.1.1",
    title="SIP",
    points=(
        point("sip_meetings", "2024", 999.0, origin=Origin.PUBLISHED),
        point("sip_meetings", "2024", 218.0),
        point("sip_meetings", "2023", 184.0),
        point("sip_meetings", "2024", None, "mora", reason="visas inte"),
        point("sip_meetings", "2024", 31.0, "falun"),
        point("first_visit_within_30d", "2024", 80.0),
    ),
)
VALUES = FieldValues(year=2024, points=points_by_name([SECTION]), say=lambda point: f"{point.value:.0f}")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("Vi hade {sip_meetings.2024} möten.", "Vi hade 218 möten."),
        ("{sip_meetings.år} mot {sip_meetings.förra}", "218 mot 184"),
        ("{sip_meetings} under {år}, {sip_meetings.2024.falun} i Falun", "218 under 2024, 31 i Falun"),
        ("senast {enkät}, dessförinnan {enkät före}", "senast 2024, dessförinnan 2022"),
    ],
)
def test_a_field_is_the_portals_own_figure_of_its_year(text, filled):
    assert fields.faults(text, VALUES) == []
    assert fields.fill(text, VALUES) == filled


def test_a_paragraph_with_a_hidden_or_missing_figure_is_left_out_and_the_writer_is_told():
    text = "Först.\n\nMora hade {sip_meetings.2024.mora}.\n\n- Falun: {sip_meetings.år.falun}\n- Mora: {sip_meetings.år.mora}"

    assert fields.fill(text, VALUES) == "Först.\n\n- Falun: 31"
    assert fields.left_out(text, VALUES) == ["sip_meetings.2024.mora", "sip_meetings.år.mora"]


def test_the_generated_sentences_can_stand_among_the_regions_own():
    sentences = ("En.", "Två.")

    assert fields.fill("{meningar}\n\nVi tror.", VALUES, sentences) == "En.\n\nTvå.\n\nVi tror."
    assert fields.fill("Läget: {meningar}", VALUES, sentences) == "Läget: En. Två."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "{first_visits_within_30d.2024}",
            "Fältet {first_visits_within_30d.2024} finns inte. Menade du {first_visit_within_30d.2024}?",
        ),
        ("{sip_meeting.förra}", "Fältet {sip_meeting.förra} finns inte. Menade du {sip_meetings.2023}?"),
        (
            "{sip_meetings.2019}",
            "Fältet {sip_meetings.2019} finns inte. Menade du {sip_meetings.2024} eller {sip_meetings.2023}",
        ),
        ("{xyzzy}", "Fältet {xyzzy} finns inte."),
        ("{sip_meetings.2024", "En klammer står ensam."),
    ],
)
def test_what_is_no_field_is_named_with_what_is_called_much_the_same(text, message):
    (fault,) = fields.faults(text, VALUES)

    assert fault.startswith(message)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("Under 2024 ökade det, och 2023 likaså", ["2024", "2023"]),
        ("Sedan den 1 februari 2023 enligt lagen (2017:372)", []),
        ("Målet gäller sedan 2011 och till 2030", []),
        ("{sip_meetings.2024} under {år}", []),
    ],
)
def test_a_text_that_names_the_year_or_one_beside_it_is_of_that_year(text, named):
    assert fields.years_named(text, 2024) == named

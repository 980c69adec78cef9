"""What the annual report rests on before it is frozen, on the demo's months and printed figures."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.accounts.access import OPERATOR, AccessDenied, ClinicUser, RegionUser
from portal.domain.annual_report.readiness import Standing
from portal.domain.plans.plan import PlanState
from portal.domain.registry.months import Month, months_of_year
from portal.domain.registry.values import MissingReason
from portal.domain.reporting.submissions import State
from portal.domain.sources.facts import Fact
from portal.services.annual_report import freezing, readiness, texts
from portal.services.annual_report.live import live, material
from portal.services.insight.benchmarks import PublishedBeside
from portal.services.sources import source_years


REGION = RegionUser("region", "Vårdvalschef")
WHOLE_YEAR = months_of_year(2024)


def item(portal, what, year=2024):
    lines = readiness.of_report(portal, REGION, year).items
    return next(line for line in lines if line.what == what)


def items(portal, *, released=WHOLE_YEAR, year=2024, **changes):
    """Return the lines of the demo's year with some of its material changed."""
    changed = replace(material(portal, OPERATOR, year), **changes)
    lines = readiness.items(live(portal, OPERATOR, year), changed, released)
    return {line.what: line for line in lines}


@pytest.mark.security
def test_a_clinic_never_reads_it(demo):
    with pytest.raises(AccessDenied):
        readiness.of_report(demo, ClinicUser("falun", "Falun", ("falun",)), 2024)


# Figures and months


def test_all_eight_figures_have_a_basis(demo):
    line = item(demo, "Figur 1–8")

    assert (line.standing, line.text) == (Standing.READY, "8 av 8 figurer har underlag.")


def test_a_figure_that_cannot_be_drawn_is_named_with_the_way_to_its_clinics(demo):
    report = live(demo, OPERATOR, 2024)
    without = replace(
        report,
        sections=tuple(
            replace(section, charts=tuple(chart for chart in section.charts if chart.number != "4"))
            for section in report.sections
        ),
    )

    lines = readiness.items(without, material(demo, OPERATOR, 2024), WHOLE_YEAR)

    whole, fourth = lines[0], lines[1]
    assert (whole.standing, whole.text) == (Standing.PARTLY, "7 av 8 figurer har underlag.")
    assert (fourth.what, fourth.standing) == ("Figur 4", Standing.LACKING)
    assert fourth.query == {"indikator": "calls_answered_same_day", "period": "2024"}


def test_clinics_without_current_patients_are_named_with_the_reason(demo):
    line = item(demo, "3 Aktuella patienter")

    assert line.standing is Standing.PARTLY
    assert line.text.startswith("9 av 11 mottagningar har ett värde för december 2024.")
    assert "Moment BUP Borlänge (inget underlag)" in line.text


def test_every_month_is_in_reviewed_and_released(demo):
    lines = items(demo)

    for what in ("Månader inskickade", "Månader granskade", "Månader släppta"):
        assert lines[what].standing is Standing.READY
    assert lines["Månader inskickade"].text == (
        "12 av 12 månader inne från alla 11 mottagningar, de månader de var öppna."
    )


def test_a_month_that_has_not_come_in_is_named_with_its_clinic(demo):
    sent = material(demo, OPERATOR, 2024).submissions
    gone = {("mora", Month(2024, 10)), ("mora", Month(2024, 11))}

    lines = items(demo, submissions={key: sent[key] for key in sent if key not in gone})

    months = lines["Månader inskickade"]
    assert months.standing is Standing.PARTLY
    assert months.text.startswith("10 av 12 månader")
    assert "Saknas: BUP Mora (oktober, november)." in months.text


def test_what_waits_for_review_is_counted(demo):
    sent = dict(material(demo, OPERATOR, 2024).submissions)
    for month, state in ((Month(2024, 10), State.SENT), (Month(2024, 11), State.RETURNED)):
        sent["mora", month] = replace(sent["mora", month], state=state)

    line = items(demo, submissions=sent)["Månader granskade"]

    assert line.standing is Standing.PARTLY
    assert line.text == (
        "109 av 111 inlämningar är godkända, väntar på granskning: 1, återlämnade till mottagningen: 1."
    )


def test_a_month_that_is_not_released_is_named(demo):
    line = items(demo, released=WHOLE_YEAR[:-1])["Månader släppta"]

    assert line.standing is Standing.PARTLY
    assert line.text.endswith("Inte släppta: december.")


def test_a_year_that_has_begun_is_under_way(demo):
    line = item(demo, "Månader inskickade", 2025)

    assert line.standing is Standing.UNDER_WAY
    assert line.text.startswith("0 av 1 månader")
    assert "2025 är inte slut." in line.text


def test_a_year_that_is_over_is_not_under_way_next_year(demo):
    line = items(demo, today=date(2026, 3, 1))["Månader inskickade"]

    assert line.standing is Standing.READY


# The region's sources


@pytest.mark.parametrize(
    ("what", "standing", "words"),
    [
        ("4.4.1 C-GAS", Standing.NO_DATA, "Under 2024 finns inget underlag för sammanställning."),
        ("4.3.1 Nationell Patientenkät", Standing.NO_DATA, "2023: ingen mätning, år utan enkät."),
        ("4.2.3 Patientnämnden", Standing.READY, "2023: ej rapporterat, ingen jämförelse."),
    ],
)
def test_a_source_says_why_it_has_no_figures_this_year_or_the_year_before(demo, what, standing, words):
    line = item(demo, what)

    assert line.standing is standing
    assert words in line.text
    assert line.page == "kallor"


def test_the_survey_of_an_off_year_is_no_gap(demo):
    line = item(demo, "4.3.1 Nationell Patientenkät", 2023)

    assert line.standing is Standing.NOT_SURVEYED
    assert "2023: år utan enkät." in line.text
    assert not line.standing.is_to_do


def test_a_source_names_which_of_its_figures_lack(own_demo):
    source_years.enter(
        own_demo,
        REGION,
        [
            Fact(
                indicator="medicine_unit_visits",
                breakdown=part,
                year=2025,
                value=4,
                source="Läkemedelsenheten",
            )
            for part in ("contacted", "visited")
        ],
    )

    line = item(own_demo, "4.2.1 Läkemedelsenheten", 2025)

    assert line.standing is Standing.PARTLY
    assert "Inte ifyllt: Deltagande i informationsträffar." in line.text
    assert line.query == {"kalla": "lakemedel", "ar": "2025"}


def test_figures_that_are_entered_make_the_survey_whole(own_demo):
    dimension = Fact(
        indicator="npe_index", breakdown="dimension:Tillgänglighet", year=2024, value=71.5, source="SKR"
    )
    answers = Fact(indicator="npe_answers", year=2024, value=150, source="SKR")
    rate = Fact(indicator="npe_response_rate", year=2024, value=24.5, source="SKR")
    source_years.enter(own_demo, REGION, [dimension, answers, rate])

    assert item(own_demo, "4.3.1 Nationell Patientenkät").standing is Standing.READY


def test_a_source_that_cannot_be_right_says_what_is_wrong(own_demo):
    over = Fact(indicator="medicine_unit_visits", breakdown="visited", year=2025, value=5, source="Enheten")
    under = Fact(
        indicator="medicine_unit_visits", breakdown="contacted", year=2025, value=4, source="Enheten"
    )
    source_years.enter(own_demo, REGION, [over, under])

    line = item(own_demo, "4.2.1 Läkemedelsenheten", 2025)

    assert line.standing is Standing.WRONG
    assert "fler än kontaktad av läkemedelsenheten" in line.text


def test_money_is_no_part_of_the_report(demo):
    assert not [line for line in readiness.of_report(demo, REGION, 2024).items if "Ekonomi" in line.what]


# Texts, and what is printed


def test_a_chapter_that_is_not_written_is_named_with_the_way_to_it(demo):
    line = item(demo, "5 Diskussion", 2023)

    assert (line.standing, line.page) == (Standing.LACKING, "arsuppfoljning")
    assert line.query == {"ar": "2023", "kapitel": "5"}


def test_a_text_older_than_its_figures_is_to_be_read_again(own_demo):
    section = live(own_demo, OPERATOR, 2024).section("4.2.2")
    texts.save(own_demo, OPERATOR, year=2024, section=section, text="193 ärenden.", base_version=0)
    new = Fact(indicator="synergi_cases", year=2024, value=195, source="Synergi, februari")
    source_years.enter(own_demo, REGION, [new], correction="Två ärenden kom in sent")

    line = item(own_demo, "4.2.2 Synergi")
    text = next(
        line
        for line in readiness.of_report(own_demo, REGION, 2024).items
        if line.text == "Siffrorna har ändrats sedan texten skrevs."
    )

    assert line.standing is Standing.READY
    assert text.query["kapitel"] == "4.2"


def test_the_printed_figures_agree_with_the_computed(demo):
    line = item(demo, "Publicerade jämförelsetal")

    assert line.standing is Standing.READY
    assert line.text.startswith("35 av 35 publicerade tal stämmer")


def test_a_printed_figure_that_differs_is_named_with_both_values(own_demo):
    new = Fact(indicator="synergi_cases", year=2024, value=195, source="Synergi, februari")
    source_years.enter(own_demo, REGION, [new], correction="Två ärenden kom in sent")

    whole = item(own_demo, "Publicerade jämförelsetal")
    line = item(own_demo, "Ärenden i Synergi 2024")

    assert whole.standing is Standing.DIFFERS
    assert whole.text.startswith("34 av 35")
    assert line.text == "Publicerat 193, beräknat 195 (ärenden)."
    assert (line.page, line.query) == ("kallor", {"kalla": "synergi", "ar": "2024"})


def test_a_printed_figure_without_one_to_set_beside_it_is_named(own_demo):
    gone = Fact(indicator="synergi_cases", year=2024, reason=MissingReason.NO_DATA, source="Synergi")
    source_years.enter(own_demo, REGION, [gone], correction="Uttaget var fel")

    line = item(own_demo, "Publicerade jämförelsetal")

    assert line.standing is Standing.PARTLY
    assert "Kan inte räknas fram: Ärenden i Synergi 2024." in line.text


@pytest.mark.parametrize(
    ("published", "computed", "is_other"),
    [
        (88, 87.9996, False),  # printed without decimals: so is the comparison
        (88, 87.4, True),
        (88, 88.5, False),
        (79.5, 79.54, False),
        (79.5, 79.6, True),
        (None, 5, False),
        (5, None, False),
    ],
)
def test_a_computed_figure_is_compared_with_as_many_digits_as_the_printed(published, computed, is_other):
    row = PublishedBeside(
        period="2024",
        indicator="calls_answered_same_day",
        breakdown="",
        unit="procent",
        basis="",
        source="",
        published=published,
        computed=computed,
    )

    assert row.differs is is_other


# The action plans that the region has chosen


def test_no_plan_that_is_chosen_waits_in_the_demo(demo):
    line = item(demo, "4.9 Åtgärdsplaner")

    assert (line.standing, line.section) == (Standing.READY, "4.9")
    assert line.text == "Ingen av 3 valda planer väntar på regionens ja."


def test_a_chosen_plan_that_waits_for_the_region_is_named_with_the_way_to_where_it_is_answered(demo):
    """Its months are over and it stands in the report: a reader would take it for agreed to."""
    borlange, ludvika, mora = material(demo, OPERATOR, 2024).plans
    unanswered = replace(mora, plan=replace(mora.plan, is_agreed=False))
    ended = replace(ludvika, plan=replace(ludvika.plan, is_agreed=False, state=PlanState.STOPPED))

    line = items(demo, plans=(unanswered, borlange, ended))["4.9 Åtgärdsplaner"]

    assert (line.standing, line.page) == (Standing.PARTLY, "atgarder")
    assert line.query == {"plan": str(mora.plan.number)}
    assert line.text.startswith("1 av 3 valda planer väntar på regionens ja: ")
    assert line.text.count("(") == 1, "the stopped one asks for nothing"
    assert "4.9 Åtgärdsplaner" not in items(demo, plans=())


def test_nothing_of_it_stops_a_freezing(own_demo):
    assert readiness.of_report(own_demo, REGION, 2024).to_do > 0

    assert freezing.freeze(own_demo, REGION, 2024).version == 1

"""Where an invented indicator, check and source are met. Run by tests/test_declarations.py, with its plugin."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from portal.domain.accounts.access import OPERATOR, ClinicUser, RegionUser
from portal.domain.accounts.event_words import detail_in_words, subject_in_words
from portal.domain.annual_report.readiness import Standing
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.sources.facts import Fact
from portal.services.administration import exports
from portal.services.annual_report import readiness
from portal.services.annual_report.live import live
from portal.services.insight import benchmarks
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.sources import source_years
from portal.ui.reporting.submit_view import FORM
from tests.services.region import content_of


SHARE, ONLINE, ALL = "group_sessions_online_share", "group_sessions_online", "group_sessions"
MORA = ClinicUser("mora", "Mora", ("mora",))
REGION = RegionUser("region", "Vårdvalschef")
DECEMBER = Month(2024, 12)


def preview(portal, *, online, total):
    content = content_of("mora", DECEMBER, only={ONLINE: online, ALL: total})
    return submitting.preview(portal, MORA, name="december.csv", content=content)


@pytest.fixture
def portal_with_figures(own_demo):
    """The demo, with 8 of 20 group sessions online in Mora's December and 12 referrals in the region."""
    submitting.commit(
        own_demo,
        MORA,
        name="december.csv",
        content=content_of("mora", DECEMBER, only={ONLINE: 8, ALL: 20}),
        confirmation=Confirmation(
            has_warnings=True, note="Vi har börjat räkna grupper.", reason="Ett nytt mått"
        ),
    )
    fact = Fact(indicator="school_referrals", year=2024, value=12, source="Elevhälsan")
    source_years.enter(own_demo, REGION, [fact])
    return own_demo


def test_the_form_asks_for_both_measures(open_page):
    page = open_page("mora", "submit")
    page.app.segmented_control[0].set_value(FORM).run()

    labels = " ".join(box.label for box in page.app.text_input)
    assert "Gruppbehandlingar, varav på nätet" in labels


def test_the_blankett_has_a_row_for_each(own_demo):
    book = load_workbook(
        BytesIO(submitting.write_template(own_demo, MORA, clinic="mora", months=[Month(2025, 1)]))
    )

    codes = {row[0].value for row in book["Månadsdata"].iter_rows()}
    assert {ONLINE, ALL} <= codes


def test_the_checks_know_the_part_and_the_invented_rule(own_demo):
    assert "part.above_whole" in {problem.code for problem in preview(own_demo, online=9, total=8).problems}

    warnings = {problem.code: problem for problem in preview(own_demo, online=8, total=40).problems}
    assert "Gruppbehandlingar är 40" in warnings["group.many"].message


def test_the_chart_draws_it(open_page, portal_with_figures):
    page = open_page("mora", "indicator", indikator=SHARE)

    assert "Andel gruppbehandlingar på nätet" in page.text
    assert 40 in [row["own"] for row in page.chart_rows()]


def test_the_figures_give_it(portal_with_figures):
    figures = exports.year_as_json(benchmarks.year_figures(portal_with_figures, OPERATOR, 2024))

    share = figures["indicators"][SHARE]
    assert share["value"] == 40
    assert (share["clinics"]["mora"]["numerator"], share["clinics"]["mora"]["denominator"]) == (8, 20)


def test_the_report_tells_of_the_indicator_and_of_the_source(portal_with_figures):
    report = live(portal_with_figures, OPERATOR, 2024)
    sections = {section.number: section for section in report.sections}

    assert any(
        sentence.startswith("Under 2024 skedde 40 % av gruppbehandlingarna på nätet".replace(" %", "\u00a0%"))
        for sentence in sections["4.5.5"].generated
    )
    assert "9" in {chart.number for chart in sections["4.5.5"].charts}
    assert "Ur regionens källa Elevhälsan" in {table.caption for table in sections["4.1.1"].tables}


def test_readiness_counts_its_figure_and_has_a_line_for_the_source(portal_with_figures):
    items = {item.what: item for item in readiness.of_report(portal_with_figures, REGION, 2024).items}

    assert items["Figur 1–9"].text.startswith("9 av 9 figurer har underlag.")
    assert items["4.1.1 Elevhälsan"].standing is Standing.READY


def test_a_source_that_nobody_has_filled_in_lacks_in_readiness(own_demo):
    items = {item.what: item for item in readiness.of_report(own_demo, REGION, 2024).items}

    assert items["4.1.1 Elevhälsan"].standing is Standing.LACKING


def test_the_definitions_have_all_of_it(open_page):
    text = open_page("mora", "definitions", indikator=SHARE).text

    assert INDICATORS_BY_CODE[SHARE].definition in text
    assert "Påhittade gruppbehandlingar på nätet" in text
    assert "Påhittad kontroll: gruppbehandlingar är sällan fler än dagarna." in text


def test_the_source_has_its_page_and_its_words_in_the_log(open_page):
    page = open_page("region", "sources", kalla="elevhalsan", ar="2024")

    assert "Regionen, och alla i en publicerad årsuppföljning, aldrig per mottagning." in page.text
    assert "Remisser från elevhälsan" in " ".join(box.label for box in page.app.text_input)
    assert subject_in_words("source.entered", "elevhalsan 2024") == "Elevhälsan 2024"
    assert detail_in_words("figures", "school_referrals 2024") == "Remisser från elevhälsan 2024"

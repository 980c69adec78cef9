"""What the region reads in or enters itself, in the year's report."""

from datetime import date

from portal.domain.accounts.access import OPERATOR
from portal.domain.registry.annual import FEWEST_CASES
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.sources.facts import Fact
from portal.services.annual_report import quality, reading
from portal.services.annual_report.live import live
from portal.services.insight import benchmarks
from portal.services.sources import source_years
from tests.services.region import CONTROLLER, DECEMBER, add_clinic, send, user_of


def test_a_month_that_the_region_read_in_is_neither_in_time_nor_late(portal):
    send(portal.on(date(2025, 1, 10)), "falun", DECEMBER, user=OPERATOR)
    send(portal.on(date(2025, 1, 10)), "mora", DECEMBER, user=user_of("mora"))
    material = reading.read(portal, OPERATOR, 2024)

    counts = {clinic.code: quality.reported(clinic, material) for clinic in material.clinics}

    assert [(counts[code].in_time, counts[code].read_in) for code in ("falun", "mora")] == [(0, 1), (1, 0)]


def test_patients_rated_with_cgas_that_the_region_enters_reach_their_indicator(portal):
    rated = Fact(indicator="cgas_rated", year=2024, value=300, source="Regionens sammanställning")
    source_years.enter(portal, CONTROLLER, (rated,))

    region = benchmarks.year_figures(portal, OPERATOR, 2024).of("cgas_assessed").region

    assert region.value == 300


def test_patients_rated_that_the_region_enters_stand_where_the_clinics_are_compared_and_give_way_to_theirs(
    portal,
):
    rated = INDICATORS_BY_CODE["cgas_assessed"]
    entered = Fact(indicator="cgas_rated", year=2024, value=300, source="Regionens sammanställning")
    source_years.enter(portal, CONTROLLER, (entered,))

    assert benchmarks.compare(portal, OPERATOR, indicator=rated, period=2024).region.value == 300
    assert benchmarks.compare(portal, OPERATOR, indicator=rated, period=2023).region.value is None

    send(portal.on(date(2025, 1, 10)), "mora", DECEMBER, user=user_of("mora"), cgas_assessed=12)
    assert benchmarks.compare(portal, OPERATOR, indicator=rated, period=2024).region.value == 12


def test_equal_care_names_no_clinic_on_a_handful_of_cases(portal):
    starts = {"falun": (40, 80), "mora": (30, 40), "none-of-two": (0, 2), "both-of-two": (2, 2)}
    for code, (within, started) in starts.items():
        if code not in ("falun", "mora"):
            add_clinic(portal, code, code)
        send(
            portal.on(date(2025, 1, 10)),
            code,
            DECEMBER,
            user=user_of(code),
            first_visits=started,
            first_visits_within_30d=within,
        )

    sentences = next(s for s in live(portal, OPERATOR, 2024).sections if s.number == "4.6").generated

    sentence = next(s for s in sentences if s.startswith(INDICATORS_BY_CODE["first_visit_within_30d"].label))
    assert f"av mottagningar med minst {FEWEST_CASES} fall" in sentence
    assert "50\u00a0%" in sentence
    assert "75\u00a0%" in sentence
    assert "of-two" not in sentence.lower()

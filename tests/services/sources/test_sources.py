"""The region's own sources: versions with provenance, a year as the report reads it, and who may not."""

import unicodedata
from dataclasses import replace
from datetime import date

import pytest

from db.sources import facts
from portal.domain.accounts.access import AccessDenied
from portal.domain.registry.months import Month, months_of_year
from portal.domain.registry.region import DALARNA
from portal.domain.registry.values import MissingReason
from portal.domain.sources.declared import PATIENT_BOARD, SYNERGI
from portal.domain.sources.facts import Fact
from portal.services.administration import clinic_register
from portal.services.context import STOCKHOLM
from portal.services.insight import benchmarks
from portal.services.refused import Refused
from portal.services.sources import source_years
from tests.conftest import SYSTEM, audit_actions
from tests.services.region import CONTROLLER, add_clinic, row_counts, user_of


SOURCE = "Rapport från Patientnämnden, 20 januari 2025"
CASES = "patient_board_cases"


def fact(indicator="synergi_cases", year=2024, **details):
    return Fact(**{"indicator": indicator, "year": year, "source": SOURCE, **details})


def enter(portal, *new, user=CONTROLLER, **details):
    return source_years.enter(portal, user, new, **details)


def remarks(portal, source, year=2024):
    return [remark.text for remark in source_years.year(portal, CONTROLLER, year).of(source).remarks]


# Versions


def test_a_figure_keeps_where_it_came_from_and_who_entered_it(portal):
    enter(portal, fact(value=193, note="hela BUP"))

    found = source_years.year(portal, CONTROLLER, 2024).of("synergi").of("synergi_arenden")
    assert (found.value, found.unit, found.fact.source, found.fact.note) == (
        193,
        "ärenden",
        SOURCE,
        "hela BUP",
    )
    assert (found.fact.version, found.fact.entered_by) == (1, "controller")
    assert found.fact.entered_at.astimezone(STOCKHOLM).date() == date(2025, 2, 5)
    assert audit_actions(portal)[0] == ("controller", "source.entered", "synergi 2024")


def test_a_correction_is_a_new_version_with_its_reason(portal):
    enter(portal, fact(value=193))

    with pytest.raises(Refused, match="Varför ändras"):
        enter(portal, fact(value=195))
    enter(portal, fact(value=195), correction="Två ärenden kom in sent")

    newest, first = source_years.history(portal, CONTROLLER, SYNERGI)
    assert (first.version, first.value, first.correction) == (1, 193, "")
    assert (newest.version, newest.value, newest.correction) == (2, 195, "Två ärenden kom in sent")
    assert source_years.year(portal, CONTROLLER, 2024).of("synergi").of("synergi_arenden").value == 195


def test_what_says_the_same_again_is_no_new_version(portal):
    enter(portal, fact(value=193, note="Hela barn- och ungdomspsykiatrin"))
    before, events = row_counts(portal), len(audit_actions(portal))

    outcome = enter(portal, fact(value=193))

    assert (outcome.count("unchanged"), outcome.count("new")) == (1, 0)
    assert (row_counts(portal), len(audit_actions(portal))) == (before, events)


def test_of_two_who_enter_at_once_the_second_is_told(portal):
    with portal.reading(CONTROLLER) as scoped:
        fingerprint = source_years.fingerprint_of_changes(source_years.plan(scoped, [fact(value=193)]))
    enter(portal, fact(value=190))

    with pytest.raises(Refused, match="controller har hunnit"):
        enter(portal, fact(value=193), fingerprint=fingerprint, correction="Rätt antal")

    assert len(source_years.history(portal, CONTROLLER, SYNERGI)) == 1


def test_one_figure_that_is_wrong_keeps_all_of_them_out(portal):
    with pytest.raises(Refused, match="Tillåtet är 0 till 9"):
        enter(portal, fact(value=193), fact(year=2023, value=-1))

    assert row_counts(portal)["region_fact"] == 0


def test_a_yes_is_stored_as_1_beside_other_numbers(portal):
    add_clinic(portal, "avesta", "Capio")

    visited = {"indicator": "medicine_unit_visits", "breakdown": "visited"}
    enter(portal, fact(**visited, value=4.0), fact(**visited, clinic="avesta", value=True))

    source_year = source_years.year(portal, CONTROLLER, 2024).of("lakemedel")
    assert [source_year.of("lakemedel_besokta", clinic=clinic).value for clinic in ("", "avesta")] == [4, 1]


# What may be entered


def test_what_the_rules_refuse_is_refused_with_its_name(portal):
    with pytest.raises(Refused, match="Ärenden hos Patientnämnden, Kön: katter: Kön kan vara flickor"):
        enter(portal, fact(CASES, value=1, breakdown="sex:katter"))
    with pytest.raises(Refused, match="Varifrån kommer"):
        enter(portal, fact(value=1, source=" "))
    with pytest.raises(Refused, match="två gånger"):
        enter(portal, fact(value=1), fact(value=2))
    assert row_counts(portal)["region_fact"] == 0


def test_a_clinic_has_figures_only_of_years_in_which_it_was_open(portal):
    add_clinic(portal, "avesta", "Capio", opened=Month(2024, 11))

    enter(portal, fact(value=3, clinic="avesta"))
    with pytest.raises(Refused, match="var inte öppen 2023"):
        enter(portal, fact(value=3, clinic="avesta", year=2023))
    with pytest.raises(Refused, match="var inte öppen oktober 2024"):
        enter(portal, fact(value=3, clinic="avesta", month=Month(2024, 10)))


# One type in several spellings

ASSESSMENT = "type:Bedömning"
SPELLINGS = (
    unicodedata.normalize("NFD", ASSESSMENT),
    "type:BEDÖMNING",
    "type:Bedö\u00admning",
    "type:\u200bBedömning",
)


def episodes(breakdown, value, year=2024):
    return fact("episodes_by_type", year, breakdown=breakdown, value=value)


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("year", [2023, 2024])
def test_a_type_in_another_spelling_is_the_type_that_is_stored(portal, spelling, year):
    enter(portal, episodes(ASSESSMENT, 2600))

    outcome = enter(portal, episodes(spelling, 2600, year))

    assert outcome.changes[0].kind == ("unchanged" if year == 2024 else "new")
    assert outcome.changes[0].fact.breakdown == ASSESSMENT


def test_a_type_in_two_spellings_at_once_is_one(portal):
    with pytest.raises(Refused, match="två gånger"):
        enter(portal, episodes(ASSESSMENT, 2600), episodes("type:BEDÖMNING", 10))

    price = fact("episode_price", breakdown="type:BEDÖMNING", value=12300)
    enter(portal, episodes(ASSESSMENT, 2600), price)

    assert source_years.year(portal, CONTROLLER, 2024).episode_costs == {"Bedömning": 2600 * 12300}


def test_types_that_were_stored_twice_are_told(portal):
    with portal.writing(CONTROLLER) as scoped:
        stored = [replace(episodes(text, 5), version=1) for text in (ASSESSMENT, "type:BEDÖMNING")]
        facts.add_many(scoped, stored, by="controller", at=portal.clock.now)

    assert any("är samma och räknas båda" in text for text in remarks(portal, "ekonomi"))


# A year


def test_what_nobody_has_entered_says_why(portal):
    even, odd = (source_years.year(portal, CONTROLLER, year) for year in (2024, 2023))

    assert even.of("npe").of("npe_index").reason is MissingReason.NOT_REPORTED
    assert odd.of("npe").of("npe_index").reason is MissingReason.NO_SURVEY
    assert odd.of("npe").of("npe_index").previous_reason is MissingReason.NOT_REPORTED
    assert even.of("synergi").of("synergi_arenden").reason is MissingReason.NOT_REPORTED


def test_a_surveys_reason_gives_way_to_its_figures(portal):
    enter(portal, fact("npe_index", reason=MissingReason.NO_DATA))
    enter(portal, fact("npe_index", breakdown="dimension:Tillgänglighet", value=71.5))

    found = source_years.year(portal, CONTROLLER, 2024).of("npe")
    assert found.of("npe_index") is None
    assert found.of("npe_index", breakdown="dimension:Tillgänglighet").value == 71.5
    annual = benchmarks.year_figures(portal, CONTROLLER, 2024).of("npe_index")
    assert (annual.region.value, annual.region.reason) == (None, None)
    assert annual.breakdowns == {"dimension:Tillgänglighet": (71.5, None)}


def test_twelve_months_make_a_year_and_eleven_do_not(portal):
    months = months_of_year(2024)
    enter(portal, *(fact(value=10, month=month) for month in months[:11]))
    assert source_years.year(portal, CONTROLLER, 2024).of("synergi").of("synergi_arenden").value is None

    enter(portal, fact(value=12, month=months[11]))

    found = source_years.year(portal, CONTROLLER, 2024).of("synergi").of("synergi_arenden")
    assert (found.value, found.months) == (122, 12)
    assert benchmarks.year_figures(portal, CONTROLLER, 2024).of("synergi_cases").region.value == 122


def test_the_years_own_figure_goes_before_its_months(portal):
    enter(portal, fact(value=193), *(fact(value=10, month=month) for month in months_of_year(2024)))

    found = source_years.year(portal, CONTROLLER, 2024).of("synergi")

    assert (found.of("synergi_arenden").value, found.of("synergi_arenden").months) == (193, 0)
    assert remarks(portal, "synergi") == ["Ärenden i Synergi: månaderna summerar till 120, men året är 193."]


def test_figures_per_clinic_never_add_to_the_regions(portal):
    enter(portal, fact(value=193), fact(value=20, clinic="falun"), fact(value=9, clinic="mora"))

    found = source_years.year(portal, CONTROLLER, 2024).of("synergi")

    assert found.of("synergi_arenden").value == 193
    assert found.of("synergi_arenden", clinic="mora").value == 9
    assert benchmarks.year_figures(portal, CONTROLLER, 2024).of("synergi_cases").region.value == 193
    enter(portal, fact(value=200, clinic="ludvika"))
    assert remarks(portal, "synergi") == [
        "Ärenden i Synergi: mottagningarna summerar till 229, mer än regionens 193."
    ]


def test_each_division_of_the_same_cases_must_make_the_same_total_or_it_is_said(portal):
    def part(breakdown, value):
        return fact(CASES, breakdown=breakdown, value=value)

    enter(portal, part("sex:flickor", 6), part("sex:pojkar", 5))
    assert remarks(portal, "patientnamnden") == ["Kön summerar till 11, men totalen är inte ifylld."]

    enter(
        portal, fact(CASES, value=11), part("operator:private", 4), part("age:0-9", 2), part("age:10-19", 10)
    )

    assert remarks(portal, "patientnamnden") == [
        "Ålder summerar till 12, mer än totalen 11.",
        "Regi summerar till 4 av 11: 7 är inte fördelade.",
    ]
    whole = benchmarks.year_figures(portal, CONTROLLER, 2024).of(CASES)
    assert (whole.region.value, len(whole.breakdowns)) == (11, 5)


def test_no_more_clinics_are_visited_than_were_contacted(portal):
    contacted, visited = (fact("medicine_unit_visits", breakdown=part) for part in ("contacted", "visited"))
    enter(
        portal,
        *(
            fact("medicine_unit_visits", breakdown=f.breakdown, value=v)
            for f, v in ((contacted, 3), (visited, 4))
        ),
    )

    assert remarks(portal, "lakemedel") == [
        "Besökt av Läkemedelsenheten (regionen) är fler än kontaktad av läkemedelsenheten."
    ]


def test_rates_per_1000_children_wait_for_every_municipality(portal):
    new = [fact("population_0_17", municipality=code, value=4000, source="SCB") for code in DALARNA.names]
    enter(portal, *new[:14])
    assert source_years.year(portal, CONTROLLER, 2024).children is None

    enter(portal, new[14])

    assert source_years.year(portal, CONTROLLER, 2024).children == 60_000


def test_money_and_episodes_make_a_cost_when_both_are_entered(portal):
    enter(
        portal,
        fact("episodes_by_type", breakdown="type:Utredning", value=100),
        fact("episodes_by_type", breakdown="type:Behandling", value=50),
        fact("episode_price", breakdown="type:Utredning", value=12_500.50),
        fact("budget_transfer", year=2023, month=Month(2023, 12), value=20_000_000),
    )

    assert source_years.year(portal, CONTROLLER, 2024).episode_costs == {"Utredning": 1_250_050}
    moved = source_years.year(portal, CONTROLLER, 2023).of("ekonomi").of("omfordelning")
    assert (moved.value, moved.months) == (20_000_000, 1)


# Disclosure


@pytest.mark.security
def test_a_clinic_neither_reads_nor_enters_anything_of_it(portal):
    enter(portal, fact(value=193))
    user = user_of("falun")

    for attempt in (
        lambda: source_years.year(portal, user, 2024),
        lambda: source_years.years(portal, user),
        lambda: source_years.history(portal, user, PATIENT_BOARD),
        lambda: enter(portal, fact(value=1), user=user),
    ):
        with pytest.raises(AccessDenied):
            attempt()
    assert benchmarks.year_figures(portal, user, 2024).of("synergi_cases").region.value is None


def test_a_clinic_that_closed_keeps_its_figures(portal):
    enter(portal, fact(value=9, clinic="mora"))

    clinic_register.close(portal, SYSTEM, code="mora", last_month=Month(2024, 12), reason="Konkurs")

    assert (
        source_years.year(portal, CONTROLLER, 2024).of("synergi").of("synergi_arenden", clinic="mora").value
        == 9
    )

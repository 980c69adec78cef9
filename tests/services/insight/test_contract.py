"""Contract follow-up: the matrix from reported months, dated answers and the region's levels."""

from datetime import date

import pytest

from db.insight import contract as rows
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied
from portal.domain.insight.contract import (
    DEMANDS,
    DEMANDS_BY_CODE,
    NO_ANSWER,
    NO_LEVEL,
    YEAR_IS_NOT_OVER,
    DemandAnswer,
    Level,
    Reply,
    Verdict,
)
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import MissingReason
from portal.domain.sources.facts import Fact
from portal.services.administration import clinic_register
from portal.services.insight import contract
from portal.services.refused import Refused
from portal.services.review import reviews
from portal.services.sources import source_years
from tests.conftest import SYSTEM, audit_actions
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, MONTH, add_clinic, row_counts, send, user_of


DAY = date(2024, 7, 1)
FIRST_VISIT, HOURS, SAME_DAY = "first_visit_within_30d", "telephone_hours", "same_day_answers"


def matrix(portal, user=CONTROLLER, year=2024):
    return contract.matrix(portal, user, year)


def cell(portal, demand, clinic="falun", year=2024):
    return matrix(portal, year=year).cells[clinic, demand]


def answer(portal, reply=Reply.NO, user=CONTROLLER, **changes):
    given = {"clinic": "falun", "demand": HOURS, "valid_from": DAY, "source": "Chefens svar i mejl"}
    return contract.enter_answer(portal, user, DemandAnswer(reply=reply, **{**given, **changes}))


def set_level(portal, user=CONTROLLER, **changes):
    given = {"met": 85.0, "partly": 70.0, "valid_from": date(2024, 1, 1), "basis": "Beslut av vårdvalschefen"}
    demand = changes.pop("demand", SAME_DAY)
    return contract.set_level(portal, user, demand=demand, level=Level(**{**given, **changes}))


def visit(portal, part, *, clinic="falun", year=2024, **details):
    fact = Fact(
        indicator="medicine_unit_visits",
        year=year,
        breakdown=part,
        clinic=clinic,
        source="Läkemedelsenheten, januari 2025",
        **details,
    )
    source_years.enter(portal, CONTROLLER, [fact])


# The matrix


def test_the_years_of_a_clinic_are_those_of_each_years_matrix(portal):
    for month in (DECEMBER, JANUARY):
        send(portal, month=month)
    answer(portal)
    matrices = {year: matrix(portal, year=year) for year in (2023, 2024, 2025)}

    of_years = {of_year.year: of_year.cells for of_year in contract.history(portal, CONTROLLER, ["falun"])}

    assert of_years[2024]["falun", FIRST_VISIT].verdict is not Verdict.UNKNOWN
    for year, of_year in matrices.items():
        cells = {key: cell for key, cell in of_year.cells.items() if key[0] == "falun"}
        assert [(key, cell.verdict, cell.value, cell.reason) for key, cell in of_years[year].items()] == [
            (key, cell.verdict, cell.value, cell.reason) for key, cell in cells.items()
        ]


def test_a_clinics_user_reads_no_other_clinics_years(portal):
    cells = contract.history(portal, user_of("falun"), ["falun", "mora"])[-1].cells

    assert {clinic for clinic, _ in cells} == {"falun"}


def test_a_quarter_pools_its_months(portal):
    for month in (Month(2024, 10), DECEMBER):
        send(portal, month=month)

    quarters = matrix(portal).quarters["falun", FIRST_VISIT]

    assert len(quarters) == 8
    assert (quarters[-1].first, quarters[-1].last) == (Month(2024, 10), DECEMBER)
    whole_period = cell(portal, FIRST_VISIT)  # both months lie in the newest quarter
    assert quarters[-1].share == pytest.approx(100 * whole_period.numerator / whole_period.denominator)
    assert {quarter.share for quarter in quarters[:-1]} == {None}


def test_clinics_that_meet_least_stand_first_whether_or_not_the_rest_can_be_judged(portal):
    answer(portal, clinic="falun", reply=Reply.YES)
    answer(portal, clinic="mora", reply=Reply.NO)
    judged = matrix(portal)

    assert [clinic.code for clinic in judged.in_order(contract.FEWEST_MET)] == ["mora", "ludvika", "falun"]
    assert [clinic.code for clinic in judged.in_order(HOURS)][:2] == ["mora", "falun"]
    assert judged.in_order(contract.REPORT_ORDER) == judged.clinics
    sums = {clinic.code: judged.met_of_judged(clinic) for clinic in judged.clinics}
    assert (sums["mora"], sums["falun"], sums["ludvika"]) == ((0, 1), (1, 1), (0, 0))


def test_every_clinic_stands_against_every_demand(portal):
    send(portal, month=DECEMBER)

    found = matrix(portal)

    assert set(found.cells) == {
        (clinic, demand.code) for clinic in ("falun", "mora", "ludvika") for demand in DEMANDS
    }
    assert (found.first, found.last) == (Month(2024, 1), DECEMBER)


def test_a_share_is_pooled_over_the_years_months_that_the_clinic_has_sent(portal):
    for month, within in ((Month(2024, 10), 21), (Month(2024, 11), 28), (DECEMBER, 29)):
        send(portal, month=month, first_visits=30, first_visits_within_30d=within)

    found = cell(portal, FIRST_VISIT)

    assert (found.numerator, found.denominator) == (78, 90)
    assert found.verdict is Verdict.PARTLY  # 86,7 %: from 80 partly, from 100 met
    assert found.broken.months == 3
    assert found.broken.since == Month(2024, 10)


def test_the_row_of_broken_months_reaches_back_over_the_turn_of_the_year(portal):
    for month in months_between(Month(2023, 11), Month(2024, 2)):
        send(portal, month=month)

    found = cell(portal, FIRST_VISIT)

    assert found.denominator == 2 * MONTH["first_visits"]
    assert (found.broken.months, found.broken.since) == (4, Month(2023, 11))


def test_who_has_sent_nothing_or_does_not_measure_is_not_judged(portal):
    send(portal, month=DECEMBER)

    assert cell(portal, FIRST_VISIT, "mora").reason == "ej rapporterat"
    assert cell(portal, "care_plan_by_third_visit").reason == "inget underlag"
    assert matrix(portal).count(DEMANDS_BY_CODE[FIRST_VISIT], Verdict.UNKNOWN) == 2


def test_a_clinic_that_was_not_open_that_year_is_not_judged(portal):
    add_clinic(portal, "avesta", "Capio", opened=Month(2025, 1))
    send(portal, month=DECEMBER)

    found = matrix(portal)

    assert {found.cells["avesta", demand.code].reason for demand in DEMANDS} == {"ej startad"}


def test_a_closed_clinic_is_judged_on_the_months_it_was_open(portal):
    last = Month(2024, 6)
    send(portal, "mora", last)
    send(portal, month=DECEMBER)
    answer(portal, clinic="mora", valid_from=date(2024, 5, 1))
    answer(portal, Reply.YES, clinic="mora", valid_from=date(2024, 9, 1))  # nobody was there any more
    clinic_register.close(portal, SYSTEM, code="mora", last_month=last, reason="Avtalet sades upp")

    assert cell(portal, FIRST_VISIT, "mora").denominator == MONTH["first_visits"]
    assert cell(portal, HOURS, "mora").broken.months == 2
    send(portal, month=JANUARY)
    assert cell(portal, HOURS, "mora", year=2025).reason == "avslutad"


def test_a_correction_shows_at_once(portal):
    send(portal, month=DECEMBER)
    assert cell(portal, FIRST_VISIT).value == pytest.approx(70)

    send(portal, month=DECEMBER, only={"first_visits_within_30d": 30})

    assert cell(portal, FIRST_VISIT).verdict is Verdict.MET


def test_a_clinic_sees_its_own_row_and_nothing_else(portal):
    for clinic in ("falun", "mora"):
        send(portal, clinic, DECEMBER)
    answer(portal)
    answer(portal, clinic="mora", source="Moras hemlighet")

    found = matrix(portal, user_of("falun"))

    assert [clinic.code for clinic in found.clinics] == ["falun"]
    assert {clinic for clinic, _ in found.cells} == {"falun"}
    assert "mora" not in repr(found).lower()
    every = matrix(portal)
    assert found.cells == {key: one for key, one in every.cells.items() if key[0] == "falun"}


# Answers


def test_an_answer_counts_from_its_day(portal):
    send(portal, month=Month(2023, 12))
    send(portal, month=DECEMBER)
    answer(portal)

    assert cell(portal, HOURS).verdict is Verdict.NOT_MET
    assert cell(portal, HOURS).broken.months == 6
    assert cell(portal, HOURS, year=2023).reason == NO_ANSWER


def test_a_new_answer_stands_beside_the_old_one_and_both_are_audited(portal):
    send(portal, month=DECEMBER)
    answer(portal)
    answer(portal, Reply.YES, valid_from=date(2024, 11, 1))

    assert cell(portal, HOURS).verdict is Verdict.MET
    assert [found.answer.reply for found in contract.list_answers(portal, CONTROLLER)] == [
        Reply.YES,
        Reply.NO,
    ]
    assert audit_actions(portal)[:2] == [("controller", "contract.answered", HOURS)] * 2


def test_a_second_click_stores_nothing(portal):
    answer(portal)
    set_level(portal)
    before, audited = row_counts(portal), len(audit_actions(portal))

    answer(portal)
    set_level(portal)

    assert (row_counts(portal), len(audit_actions(portal))) == (before, audited)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"demand": FIRST_VISIT}, "efter rapporterade siffror"),
        ({"demand": "påhitt"}, "kan inte besvaras här"),
        ({"clinic": "finnsinte"}, "finns inte"),
        ({"valid_from": date(2025, 2, 6)}, "2025-02-06 går inte"),
        ({"valid_from": date(2022, 12, 31)}, "mellan januari 2023 och i dag"),
        ({"source": "  ab "}, "5–500 tecken"),
    ],
)
def test_an_answer_that_cannot_be_is_refused_with_the_reason(portal, changes, message):
    before = row_counts(portal)

    with pytest.raises(Refused, match=message):
        answer(portal, **changes)

    assert row_counts(portal) == before


# The region's sources


def enter_fact(portal, indicator, value, year=2024, clinic="falun", **changes):
    fact = Fact(
        indicator=indicator, year=year, clinic=clinic, value=value, source="Mejl 3 februari", **changes
    )
    source_years.enter(portal, CONTROLLER, [fact])


@pytest.mark.parametrize(("attended", "verdict"), [(0, Verdict.NOT_MET), (1, Verdict.MET), (2, Verdict.MET)])
def test_meetings_are_those_of_the_source_for_that_year(portal, attended, verdict):
    send(portal, month=DECEMBER)
    enter_fact(portal, "medicine_unit_meetings", attended)

    found = cell(portal, "information_meetings")

    assert (found.verdict, found.value, found.source) == (verdict, attended, "Mejl 3 februari")
    assert cell(portal, "information_meetings", "mora").reason == "ej rapporterat"
    assert cell(portal, "information_meetings", year=2023).reason == "ej rapporterat"


def test_a_year_that_is_not_over_may_still_get_its_meeting(portal):
    send(portal, month=JANUARY)
    enter_fact(portal, "medicine_unit_meetings", 0, year=2025)

    assert cell(portal, "information_meetings", year=2025).reason == YEAR_IS_NOT_OVER


def test_a_source_that_has_no_figure_says_why(portal):
    enter_fact(portal, "medicine_unit_meetings", None, reason=MissingReason.NO_DATA)

    assert cell(portal, "information_meetings").reason == "inget underlag"


def test_a_connection_to_synergi_holds_until_the_source_says_otherwise(portal):
    send(portal, month=JANUARY)
    enter_fact(portal, "synergi_connected", 1, year=2024)

    assert cell(portal, "synergi_connected", year=2023).reason == NO_ANSWER
    assert cell(portal, "synergi_connected", year=2025).verdict is Verdict.MET

    enter_fact(portal, "synergi_connected", 0, year=2025)

    found = cell(portal, "synergi_connected", year=2025)
    assert (found.verdict, found.broken.since, found.source) == (
        Verdict.NOT_MET,
        JANUARY,
        "Uppgift för 2025: Mejl 3 februari.",
    )


def test_a_clinic_reads_the_sources_figures_about_itself_only(portal):
    send(portal, month=DECEMBER)
    enter_fact(portal, "medicine_unit_meetings", 1)
    enter_fact(portal, "medicine_unit_meetings", 7, clinic="mora")

    assert matrix(portal, user_of("falun")).cells["falun", "information_meetings"].value == 1
    assert matrix(portal, user_of("mora")).cells["mora", "information_meetings"].value == 7


# Levels


def test_a_demand_without_a_level_is_judged_from_the_day_the_region_sets_one(portal):
    send(portal, month=Month(2023, 12))
    send(portal, month=DECEMBER)  # 180 of 200 calls
    assert cell(portal, SAME_DAY).reason == NO_LEVEL

    set_level(portal)

    assert cell(portal, SAME_DAY).verdict is Verdict.MET
    assert cell(portal, SAME_DAY, year=2023).reason == NO_LEVEL
    assert matrix(portal).levels[SAME_DAY].basis == "Beslut av vårdvalschefen"
    assert audit_actions(portal)[0] == ("controller", "contract.level_set", SAME_DAY)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"demand": HOURS}, "har ingen nivå"),
        ({"met": 0.0}, "över 0 och högst 100"),
        ({"met": 101.0}, "över 0 och högst 100"),
        ({"met": float("nan")}, "över 0 och högst 100"),
        ({"partly": 85.0}, "lägre än nivån för uppfyllt"),
        ({"partly": 0.0}, "lägre än nivån för uppfyllt"),
        ({"demand": "information_meetings", "met": 13.0, "partly": None}, "högst 12 träffar per år"),
    ],
)
def test_a_level_that_cannot_be_is_refused_with_the_reason(portal, changes, message):
    with pytest.raises(Refused, match=message):
        set_level(portal, **changes)

    with portal.database.reading(EVERY_CLINIC) as scoped:
        assert rows.list_levels(scoped) == []


@pytest.mark.security
def test_only_the_region_answers_and_sets_levels(portal):
    for act in (answer, set_level):
        with pytest.raises(AccessDenied):
            act(portal, user=user_of("falun"))

    with portal.database.reading(EVERY_CLINIC) as scoped:
        assert rows.list_answers(scoped) == rows.list_levels(scoped) == []


def test_a_returned_month_counts_until_it_is_sent_again_as_on_every_page(portal):
    """The clinic's own figures follow its newest version at once, whatever the review says."""
    send(portal, month=DECEMBER)
    reviews.send_back(portal, CONTROLLER, clinic="falun", month=DECEMBER, comment="Se över besöken, tack.")

    assert cell(portal, FIRST_VISIT).denominator == MONTH["first_visits"]


# Läkemedelsenhetens besök


def test_a_visit_is_read_as_the_region_entered_it(portal):
    visit(portal, "contacted", value=1)
    visit(portal, "visited", value=0)

    found = matrix(portal, user_of("falun")).visits["falun"]

    assert (found.contacted, found.visited) == (True, False)
    assert found.source == "Läkemedelsenheten, januari 2025"


def test_a_visit_that_nobody_has_entered_is_unknown_and_no_other_years(portal):
    visit(portal, "visited", value=1, year=2023)
    visit(portal, "contacted", reason=MissingReason.NO_DATA)

    found = matrix(portal).visits["falun"]

    assert (found.contacted, found.visited, found.source) == (None, None, "")


@pytest.mark.security
def test_a_clinic_reads_its_own_visits_only(portal):
    visit(portal, "visited", value=1, clinic="mora")

    assert set(matrix(portal, user_of("falun")).visits) == {"falun"}


def test_a_visit_changes_no_judgement(portal):
    before = matrix(portal).cells
    visit(portal, "visited", value=1)

    assert matrix(portal).cells == before

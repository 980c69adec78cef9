"""What may explain an indicator's months stands in one list: each kind of it once, the newest month first."""

from dataclasses import replace

from portal.domain.accounts.access import ClinicUser, RegionUser
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.sources.declared import REFERRALS
from portal.domain.sources.facts import Fact
from portal.services.insight import comments, indicator_series, queues
from portal.services.plans import plans
from portal.services.reporting import breaks
from portal.services.sources import source_years
from portal.ui.base.context import give_portal
from portal.ui.insight import control_chart, queues_view
from portal.ui.insight.timeline_view import timeline
from tests.services.region import send, user_of


MORA, REGION = ClinicUser("mora", "Moa Mora", ("mora",)), RegionUser("region", "Rolf Region")
NOVEMBER, DECEMBER = Month(2024, 11), Month(2024, 12)


def happenings(portal, user=MORA, clinic="mora", indicator="investigation_within_30d", months=24):
    of = INDICATORS_BY_CODE[indicator]
    series = indicator_series.of_clinic(portal, user, clinic=clinic, indicator=of, months=months)
    own_comments = comments.of_clinic(portal, user, clinic=clinic, indicator=of)
    own_plans = [
        followed
        for followed in plans.of_clinic(portal, user, clinic=clinic)
        if followed.plan.occasion.concerns(indicator)
    ]
    return timeline(series, own_comments, own_plans)


def of_kind(kind, *args, **chosen):
    return [happening for happening in happenings(*args, **chosen) if happening.what == kind]


def test_marks_breaks_corrections_plans_and_comments_stand_in_one_list_newest_first(own_demo):
    breaks.enter(own_demo, REGION, clinic="mora", month=Month(2024, 6), reason="Nytt journalsystem")
    point = comments.ClinicPoint(
        clinic="mora", indicator=INDICATORS_BY_CODE["investigation_within_30d"], month=NOVEMBER
    )
    comments.write(own_demo, MORA, point, text="En psykolog mindre", base_version=0)
    send(own_demo, "mora", DECEMBER, only={"investigations_started_within_30d": 4}, confirm=True)

    listed = happenings(own_demo)

    assert {happening.what for happening in listed} >= {"Seriebrott", "Rättelse", "Åtgärd", "Kommentar"}
    assert [happening.month for happening in listed] == sorted(
        (happening.month for happening in listed), reverse=True
    )


def test_a_mark_says_its_rule_and_the_cases_that_it_rests_on(demo):
    newest, *_ = of_kind("Märke", demo, indicator="first_visit_within_30d")

    assert newest.text.startswith(("▲ ", "▼ "))
    assert " av " in newest.beside


def test_a_correction_says_both_figures_and_only_where_it_changed_this_one(own_demo):
    send(own_demo, "mora", DECEMBER, only={"care_plans": 30, "first_visits": 18}, confirm=True)

    (correction,) = of_kind("Rättelse", own_demo, indicator="care_plans")
    assert (correction.month, correction.text) == (DECEMBER, "37 blev 30")
    assert correction.beside.startswith("version 2, ")
    assert correction.href == "/inlamningar?manad=2024-12&mottagning=mora"
    assert of_kind("Rättelse", own_demo, indicator="first_visits") == []


def test_what_lies_outside_the_months_shown_is_left_out(own_demo):
    breaks.enter(own_demo, REGION, clinic="mora", month=Month(2023, 6), reason="Nytt journalsystem")

    assert of_kind("Seriebrott", own_demo) != []
    assert of_kind("Seriebrott", own_demo, months=12) == []


def test_a_clinic_reads_nothing_of_anothers_corrections_and_comments(own_demo):
    before = happenings(own_demo)
    send(own_demo, "falun", DECEMBER, only={"investigations_started_within_30d": 1}, confirm=True)
    point = comments.ClinicPoint(
        clinic="falun", indicator=INDICATORS_BY_CODE["investigation_within_30d"], month=NOVEMBER
    )
    comments.write(own_demo, user_of("falun"), point, text="En psykolog mindre", base_version=0)

    assert happenings(own_demo) == before


def series_of_mora(portal, indicator="waiting_investigation"):
    of = INDICATORS_BY_CODE[indicator]
    return indicator_series.of_clinic(portal, MORA, clinic="mora", indicator=of, months=24)


def counted(portal, *months, referrals=40):
    new = [
        Fact(indicator=REFERRALS, year=month.year, month=month, value=referrals, source="Rapport")
        for month in months
    ]
    source_years.enter(portal, REGION, new, correction="Räknat om")


def test_the_month_en_vag_in_began_is_marked_in_the_queues_and_moves_no_limit_and_no_forecast(own_demo):
    before = series_of_mora(own_demo)

    counted(own_demo, NOVEMBER, DECEMBER)

    series = series_of_mora(own_demo)
    assert replace(series, entry_start=None) == before
    rows = control_chart.rows_of(series, ())
    assert [(row["month"], row["break"]) for row in rows if row["break"]] == [("nov 24", "En väg in")]
    assert len({row["stretch"] for row in rows}) == 1
    (began,) = of_kind("En väg in", own_demo, indicator="waiting_investigation")
    assert began.month == NOVEMBER
    assert of_kind("En väg in", own_demo, indicator="care_plans") == []

    give_portal(own_demo)
    region_queues = queues.of_region(own_demo, REGION, DECEMBER)
    rows = queues_view.rows_of(region_queues)
    assert [(row["month"], row["break"]) for row in rows if row["break"]] == [("nov 24", "En väg in")]
    assert "lodrätt streck: En väg in från november 2024" in str(queues_view.picture_spec(region_queues))
    assert queues.of_region(own_demo, REGION, Month(2024, 10)).entry_start is None


def test_a_clinics_queue_is_the_same_whatever_came_to_en_vag_in_since_it_began(own_demo):
    counted(own_demo, NOVEMBER)
    before = series_of_mora(own_demo)

    counted(own_demo, NOVEMBER, DECEMBER, referrals=900)

    assert series_of_mora(own_demo) == before

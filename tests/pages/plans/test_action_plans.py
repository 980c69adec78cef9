"""Åtgärder as clinic and region see it: the list, one plan, what may be done, and the way there from other pages."""

import pytest

from portal.domain.accounts.access import ClinicUser
from portal.domain.plans.plan import PlanState
from portal.domain.registry.months import Month
from portal.services.plans import plans, writing
from portal.services.plans.writing import PlanAt
from tests.conftest import SYSTEM


MORA = ClinicUser("mora", "Mora", ("mora",))


def read(page):
    """Return the page's own words without their markup."""
    return page.html.text_content().replace("\u00a0", " ")


def plan_about(portal, occasion, clinic="mora"):
    return next(
        followed.plan
        for followed in plans.list_plans(portal, SYSTEM)
        if (str(followed.plan.occasion), followed.plan.clinic) == (occasion, clinic)
    )


def fill(page, form, **texts):
    boxes = {box.label: box for box in (*page.app.text_area, *page.app.text_input) if form in box.key}
    for label, text in texts.items():
        boxes[label.replace("_", " ")].set_value(text)


def test_a_clinic_reads_its_own_plans_and_no_other(open_page):
    page = open_page("mora", "action_plans")

    assert "Kön till utredning" in page.text
    assert "skulle vara klar i december 2024" in page.text
    assert "▲ bättre än före" in page.text
    assert "väntar på regionens ja" in page.text
    chosen = open_page("mora", "action_plans", plan="1")
    assert "väntat värde 2 månader, december 2024: 5,1" in chosen.text
    for foreign in ("Borlänge", "Ludvika", "Gruppbehandling", "Capio"):
        assert foreign not in page.text


def test_the_region_reads_all_with_one_of_each_state_and_outcome(open_page):
    page = open_page("region", "action_plans", visa="alla")

    for state in PlanState:
        assert f"{state.symbol} {state.label}" in page.text
    for outcome in (
        "▲ bättre än före",
        "▼ sämre än före",
        "≈ ingen tydlig förändring än",
        "bedöms tidigast i maj 2025",
        "bedöms inte",
        "färre än 13 månader före",
    ):
        assert outcome in page.text
    assert "Skriv en åtgärdsplan" not in page.text


def test_the_first_list_has_the_open_plans_alone(open_page):
    page = open_page("region", "action_plans")

    assert "pågår" in page.text
    assert "avbruten" not in page.text


def test_a_clinic_writes_a_plan_about_what_the_address_says(open_page, own_demo):
    page = open_page("mora", "action_plans", galler="queue:treatment")
    fill(
        page,
        "new-plan",
        Vad_ni_gör="En grupp i veckan",
        Vem_ansvarar="Enhetschef",
        **{"Väntat_värde_(månader)": "4,5"},
    )
    page.press("Spara planen")

    assert "Planen är sparad" in page.text
    assert "Ansvarar: Enhetschef · februari–juli 2025 · väntat värde 4,5 månader" in page.text
    written = plan_about(own_demo, "queue:treatment").content
    assert (written.action, written.expected, written.until) == ("En grupp i veckan", 4.5, Month(2025, 7))
    assert {box.value for box in page.app.text_area if "new-plan" in box.key} == {""}


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("", "Skriv vilket värde ni väntar er, i månader"),
        ("många", "Skriv ett tal"),
        ("4,55", "högst 1 decimal"),
    ],
)
def test_a_value_that_is_none_is_refused_and_all_that_was_typed_stays(open_page, own_demo, amount, why):
    page = open_page("mora", "action_plans", galler="queue:treatment")
    before = len(plans.list_plans(own_demo, SYSTEM))
    fill(
        page,
        "new-plan",
        Vad_ni_gör="En grupp i veckan",
        Vem_ansvarar="Chef",
        **{"Väntat_värde_(månader)": amount},
    )
    page.press("Spara planen")

    assert why in page.text
    assert "En grupp i veckan" in [box.value for box in page.app.text_area]
    assert len(plans.list_plans(own_demo, SYSTEM)) == before


def test_two_who_change_one_plan_lose_nothing_to_each_other(open_page, own_demo):
    plan = plan_about(own_demo, "queue:investigation")
    page = open_page("mora", "action_plans", plan=str(plan.number))
    writing.comment(own_demo, SYSTEM, plan.number, "Vi behöver en annan tid.")
    fill(page, "change-plan", Vem_ansvarar="Vårdchef")
    page.press("Spara ändringen")

    assert "system hann före: planen är nu version 6" in page.text
    assert "Vi behöver en annan tid" in page.text
    assert plan_about(own_demo, "queue:investigation").content.responsible == "Enhetschef"

    page.press("Spara ändringen")
    assert "Ändringen är sparad" in page.text
    assert plan_about(own_demo, "queue:investigation").content.responsible == "Vårdchef"


def test_what_nobody_typed_in_follows_what_another_window_stored(open_page, own_demo):
    plan = plan_about(own_demo, "queue:investigation")
    page = open_page("mora", "action_plans", plan=str(plan.number))
    content = plan.content.__class__(
        action="Tre team",
        responsible="Chef",
        starts=plan.content.starts,
        until=plan.content.until,
        expected=3,
    )
    writing.change(own_demo, MORA, PlanAt(plan.number, plan.version), content)
    page.app.run()

    assert "Tre team" in [box.value for box in page.app.text_area]


def test_the_region_agrees_comments_and_chooses_for_the_report(open_page, own_demo):
    plan = plan_about(own_demo, "demand:telephone_hours")
    page = open_page("region", "action_plans", plan=str(plan.number))
    assert "Klar" not in page.buttons()
    page.press("Säg ja till planen")
    page.press("Ta med i årsuppföljningen")
    fill(page, "comment", Kommentar="Bra.")
    page.press("Kommentera")

    assert "”Bra.” region" in read(page)
    newest = plan_about(own_demo, "demand:telephone_hours")
    assert (newest.is_agreed, newest.is_in_report) == (True, True)
    assert "Ta bort ur årsuppföljningen" in page.buttons()
    assert "Säg ja till planen" not in page.buttons()


def test_the_clinic_ends_a_plan_and_takes_it_up_again(open_page, own_demo):
    plan = plan_about(own_demo, "queue:investigation")
    page = open_page("mora", "action_plans", plan=str(plan.number))
    page.press("Klar")
    assert "Nytt läge: klar" in page.text

    page.press("Ta upp igen: pågår")
    assert "Planen räknas från mars 2024" in page.text
    assert plan_about(own_demo, "queue:investigation").state is PlanState.GOING


def test_another_clinics_plan_in_the_address_is_none(open_page, own_demo):
    plan = plan_about(own_demo, "queue:treatment", "ludvika")
    page = open_page("mora", "action_plans", plan=str(plan.number))

    assert f"Adressens ”{plan.number}” finns inte här" in page.text
    assert "Gruppbehandling" not in page.text


def test_the_chart_marks_where_a_plan_began_and_no_plan_that_has_not(open_page):
    page = open_page("mora", "indicator", indikator="months_to_clear_investigation")

    marked = {row["month"]: row["plan"] for row in page.chart_rows() if row["plan"]}
    assert marked == {"mar 24": "Åtgärd"}
    assert "Åtgärd mar 24: Exempeldata: påhittat. Två team utreder" in page.text
    assert "Åtgärdsplan: pågår" in page.text


def test_a_clinic_finds_the_way_to_writing_where_there_is_a_reason(open_page):
    worse = open_page("mora", "indicator", indikator="treatment_within_30d")
    usual = open_page("mora", "indicator", indikator="sip_meetings")
    regions = open_page("region", "indicator", indikator="treatment_within_30d", mottagning="mora")

    assert "Skriv en åtgärdsplan" in worse.text
    assert worse.html.xpath("//a[contains(@href, 'galler=demand%3Atreatment_within_30d')]")
    assert "Skriv en åtgärdsplan" not in usual.text
    assert "Skriv en åtgärdsplan" not in regions.text


def test_the_plans_stand_in_a_line_where_the_demands_are(open_page):
    clinic, region = open_page("mora", "overview"), open_page("region", "status")

    assert "Åtgärdsplaner: Kön till utredning – pågår, skulle vara klar i december 2024" in read(clinic)
    assert "Skriv en åtgärdsplan" in clinic.text
    assert "Åtgärdsplaner: 1 väntar på er, 2 att påbörja eller avsluta" in read(region)
    demands = open_page("region", "contract")
    assert "3 åtgärdsplaner" in [fold.label for fold in demands.app.expander]
    assert "Första besök inom 30 dagar – pågår, bedöms tidigast i maj 2025 (Kiron Care BUP Hedemora)" in read(
        demands
    )

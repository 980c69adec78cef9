"""The form of a source: a type that exists has its box, or is chosen; in another spelling it is no new one."""

import unicodedata

import pytest

from portal.domain.sources.declared import ECONOMY, EPISODE_TYPE, NATION, OTHER_REGIONS
from portal.domain.sources.facts import Fact
from portal.services.refused import Refused
from portal.services.sources import source_forms, source_years
from portal.services.sources.source_years import EntryNote
from tests.conftest import audit_actions
from tests.services.region import CONTROLLER, row_counts


NOTE = EntryNote(provenance="Ekonomisystemet, mars 2025", correction="Rättat efter bokslutet")


def enter(portal, indicator, breakdown, value, year=2024):
    fact = Fact(indicator=indicator, year=year, breakdown=breakdown, value=value, source="Ekonomisystemet")
    source_years.enter(portal, CONTROLLER, [fact])


def boxes(portal):
    return source_forms.boxes(portal, CONTROLLER, ECONOMY, year=2024)


def type_in(portal, *rows):
    on_screen = {box.key: box.version for box in boxes(portal)}
    return source_forms.enter_texts(
        portal, CONTROLLER, ECONOMY, rows=rows, on_screen=on_screen, note=NOTE
    ).changes


def new_type(name, value="7"):
    return {"uppgift": "episoder", "indelning": f"type:{name}", "period": "2024", "värde": value}


@pytest.mark.parametrize("name", ["BEDÖMNING", "bedömning ", unicodedata.normalize("NFD", "Bedömning")])
def test_a_type_that_has_a_box_is_not_added_in_another_spelling(portal, name):
    enter(portal, "episodes_by_type", "type:Bedömning", 2600)
    before = row_counts(portal)

    with pytest.raises(Refused, match=r"Varför ändras|Typ: Bedömning” finns redan. Skriv värdet i dess ruta"):
        source_forms.enter_texts(
            portal,
            CONTROLLER,
            ECONOMY,
            rows=[new_type(name)],
            on_screen={box.key: box.version for box in boxes(portal)},
            note=EntryNote(provenance=NOTE.provenance),
        )

    assert row_counts(portal) == before


def test_a_type_of_another_year_or_field_is_chosen_and_is_that_type(portal):
    enter(portal, "episodes_by_type", "type:Bedömning", 2600, year=2020)
    enter(portal, "episode_price", "type:Utredning", 53500)
    of_field = [box for box in boxes(portal) if box.field.code == "episoder"]

    assert source_forms.words(portal, CONTROLLER, EPISODE_TYPE, of_field) == ["Bedömning", "Utredning"]
    changes = type_in(portal, new_type("BEDÖMNING"), new_type("Utredning"))

    assert [change.fact.breakdown for change in changes] == ["type:Bedömning", "type:Utredning"]


def test_a_box_of_a_type_that_was_stored_in_another_form_can_be_changed(portal):
    decomposed = unicodedata.normalize("NFD", "type:Bedömning")
    with portal.writing(CONTROLLER) as scoped:
        fact = Fact(
            indicator="episodes_by_type", year=2024, breakdown=decomposed, value=5, source="x", version=1
        )
        source_years.facts.add_many(scoped, [fact], by="controller", at=portal.clock.now)
    row = next(box.row for box in boxes(portal) if box.key.breakdown == decomposed)

    changes = type_in(portal, {**row, "värde": "6"})

    assert [(change.kind, change.fact.value) for change in changes] == [("changed", 6)]


# A month of other regions' shares


MAY = "2024-05"
FIRST_VISITS = "landet_first_visit"


def boxes_of_may(portal):
    return source_forms.boxes(portal, CONTROLLER, NATION, year=2024, month=MAY)


def region_row(name, value="64", period=MAY):
    return {"uppgift": FIRST_VISITS, "indelning": f"region:{name}", "period": period, "värde": value}


def type_regions(portal, *rows):
    on_screen = {box.key: box.version for box in boxes_of_may(portal)}
    return source_forms.enter_texts(
        portal, CONTROLLER, NATION, rows=rows, on_screen=on_screen, note=NOTE
    ).changes


@pytest.mark.parametrize("name", ["Gävleborg", "gävleborgs län", "Region  Gävleborg"])
def test_a_region_without_figures_is_added_in_a_month_by_its_one_name_and_has_a_box_from_then_on(
    portal, name
):
    assert [box.key.breakdown for box in boxes_of_may(portal)] == ["", "", ""]

    (change,) = type_regions(portal, region_row(name))

    assert (str(change.fact.month), change.fact.breakdown, change.fact.value) == (MAY, "region:Gävleborg", 64)
    assert audit_actions(portal)[0] == ("controller", "source.entered", "landet 2024")
    added = next(box for box in boxes_of_may(portal) if box.key.breakdown)
    assert (added.label, added.text, added.version) == (
        "Första besök inom 30 dagar, landet – Region: Gävleborg",
        "64",
        1,
    )
    june = source_forms.boxes(portal, CONTROLLER, NATION, year=2024, month="2024-06")
    assert [box.text for box in june if box.key.breakdown == "region:Gävleborg"] == [""]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([region_row("Gavleborg")], "Region: Gavleborg: namnet är okänt. Menade du ”Gävleborg”"),
        ([region_row("Atlantis")], "Atlantis: namnet är okänt. Skriv någon av Blekinge, .* Östergötland"),
        ([region_row("")], "Region: namnet saknas. Skriv vad värdet gäller"),
        ([region_row("Gävleborg", value="")], "Region: Gävleborg: värdet saknas"),
        (
            [region_row("Gävleborg"), region_row("Gävleborgs län", "65")],
            "”Första besök inom 30 dagar, landet, Region: Gävleborg” finns två gånger. Skriv ett av värdena",
        ),
    ],
)
def test_a_region_that_is_unknown_missing_or_twice_is_refused(portal, rows, words):
    before = row_counts(portal)

    with pytest.raises(Refused, match=words):
        type_regions(portal, *rows)

    assert row_counts(portal) == before


def test_a_region_that_has_a_box_is_not_added_beside_it(portal):
    type_regions(portal, region_row("Gävleborg"))
    box = next(box for box in boxes_of_may(portal) if box.key.breakdown)

    with pytest.raises(Refused, match="Region: Gävleborg” finns två gånger"):
        type_regions(portal, {**box.row, "värde": "70"}, region_row("Region Gävleborg", "71"))

    left = source_forms.words(portal, CONTROLLER, OTHER_REGIONS, [box])
    assert (len(left), left[0], left[-1], "Gävleborg" in left) == (20, "Blekinge", "Östergötland", False)

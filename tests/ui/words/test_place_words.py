"""Sentences about openings and access: what they say, and what they don't dare to."""

from dataclasses import replace

import pytest

from portal.domain.insight.neighbours import EventKind, Neighbourhood, RegisterEvent, old_and_new
from portal.domain.insight.places import TO_CLEAR
from portal.domain.registry.annual import Figure
from portal.domain.registry.months import Month
from portal.ui.insight import changes_view
from portal.ui.words import neighbour_words, place_words
from tests.domain.insight.test_places import FIRST_VISITS, KNOWN, places_of, share


DECEMBER_2023 = Month(2023, 12)
JANUARY, NOVEMBER = Month(2025, 1), Month(2024, 11)
MOMENT = RegisterEvent(
    name="Moment BUP Borlänge",
    municipality_code="2081",
    municipality="Borlänge",
    kind=EventKind.OPENED,
    month=NOVEMBER,
)


def plain(text):
    return text.replace("\u00a0", " ")


def test_two_events_of_a_month_share_a_line():
    closed = replace(MOMENT, name="BUP Två", kind=EventKind.CLOSED)

    assert neighbour_words.marks(Neighbourhood(near=(MOMENT, closed))) == {NOVEMBER: "1, 2"}


def test_that_nobody_has_closed_is_said_where_others_have_opened_and_only_there():
    closed = replace(MOMENT, kind=EventKind.CLOSED)

    assert neighbour_words.nobody_closed(Neighbourhood()) == ""
    assert neighbour_words.nobody_closed(Neighbourhood(near=(MOMENT, closed))) == ""
    nobody = "Ingen mottagning i registret har stängt under tiden."
    assert neighbour_words.nobody_closed(Neighbourhood(near=(MOMENT,))) == nobody


# Old or new


def divided(now, before):
    return plain(
        changes_view.old_or_new(
            old_and_new(
                [(KNOWN[code].clinic, Figure(value=value)) for code, value in now.items()],
                [(KNOWN[code].clinic, Figure(value=value)) for code, value in before.items()],
            ),
            DECEMBER_2023,
        )
    )


def test_parts_are_given_in_percent_only_where_both_grow():
    assert "för **+50 (50 %)**; 1 ny i siffrorna för **+50 (50 %)**" in divided(
        {"mora": 150, "borlange-jewe": 50}, {"mora": 100}
    )
    assert "Av minskningen 100 → 90 (−10) står 1 mottagning" in divided({"mora": 90}, {"mora": 100})
    assert "%" not in divided({"mora": 90, "borlange-jewe": 50}, {"mora": 100})


def test_who_has_not_reported_is_not_told_as_closed():
    text = divided({"mora": 100}, {"mora": 100, "falun": 900})

    assert "1 som saknar värde nu för **−900**, BUP Falun (ej rapporterat)." in text
    assert text.endswith("De som inte har rapporterat gör summan för låg.")


def test_a_small_sum_of_large_movements_names_them():
    # the report's patients: Psykiatripartners BUP Falun 756 and 1 435, Mora 788 and 579
    text = divided(
        {"falun-psykiatripartners": 1435, "mora": 579}, {"falun-psykiatripartners": 756, "mora": 788}
    )

    assert ": mest Psykiatripartners BUP Falun +679 (+90 %), BUP Mora −209 (−27 %)." in text
    assert "mest" not in divided({"mora": 90}, {"mora": 100})
    assert ": mest BUP Mora +1 (+1 %)." in divided({"mora": 101, "falun": 9}, {"mora": 100, "falun": 9})


def test_a_clinic_that_opened_before_its_first_figure_is_told_as_such():
    text = divided({"mora": 150, "borlange-jewe": 50}, {"mora": 100})

    assert text.endswith(" Den öppnade 2023 men har sitt första värde i siffrorna efter december 2023.")
    both = divided({"mora": 150, "borlange-jewe": 50, "borlange-moment": 9}, {"mora": 100})
    assert " JeWe BUP Borlänge öppnade 2023 men har" in both
    assert "sitt första värde" not in divided(
        {"mora": 150, "borlange-moment": 50}, {"mora": 100}
    )  # November 2024


# Access


def test_who_has_the_longest_way_is_said_with_the_way():
    assert place_words.farthest(places_of()) == ("Malung-Sälen och Vansbro", "58 km till Mora")


def test_a_low_share_is_a_point_only_when_it_is_more_than_chance():
    chance = places_of(mora={FIRST_VISITS: share(15, 20)}, falun={FIRST_VISITS: share(800, 1000)})
    real = places_of(mora={FIRST_VISITS: share(100, 200)}, falun={FIRST_VISITS: share(800, 1000)})

    assert "inom slumpen" in " ".join(place_words.points(chance))
    assert "Sämre än länet, mer än slumpen ger: första besök i Mora" in " ".join(place_words.points(real))


def test_the_points_hold_without_any_figure():
    points = [plain(point) for point in place_words.points(places_of(clinics={}))]

    assert points == [
        "**Ingen mottagning i 15 av 15 kommuner.**",
        "Patienterna har inte minskat på ett år i någon kommun.",
        "Lägst andel inom 30 dagar: ingen jämförelse, färre än 10 fall i kommunerna.",
    ]


@pytest.mark.parametrize("months", [8.2])
def test_the_slowest_queue_stands_beside_the_countys(months):
    places = places_of(
        avesta={TO_CLEAR: Figure(value=months, numerator=82, denominator=10)},
        mora={TO_CLEAR: Figure(value=1.8, numerator=18, denominator=10)},
    )

    assert "i Avesta:** 8,2 månader i periodens takt; länet 5,0." in plain(place_words.points(places)[-1])

"""The large figures above a chapter: each says which year it is of, and what new clinics stand for."""

from portal.reports import headline_numbers
from tests.domain.annual_report.test_headlines import of_clinics


def read(figures):
    return [
        (number.label, number.value, number.detail.replace("\u00a0", " "))
        for number in headline_numbers.numbers(figures)
    ]


def test_a_growth_of_new_clinics_has_that_of_the_same_ones_beside_it_as_large():
    _, moved, same = read([of_clinics(None)])

    assert moved[:2] == ("mot 2023", "+38\u00a0%")
    assert same[:2] == ("i samma mottagningar", "+8\u00a0%")
    assert len(read([of_clinics(0)])) == 2


def test_several_figures_leave_the_year_to_the_title_and_name_what_the_same_clinics_stand_for():
    several = read([of_clinics(None)] * 2)

    label, queue = "Kö till fördjupad utredning", "+38 % från 40, +8 % i samma mottagningar · ▼ sämre"
    assert several == [(label, "55", queue)] * 2

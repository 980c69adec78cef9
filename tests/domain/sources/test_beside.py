"""What others have published stands beside a figure of the same period, and beside no other."""

import pytest

from portal.domain.registry.months import Month
from portal.domain.sources import beside
from portal.domain.sources.beside import Elsewhere
from portal.domain.sources.declared import BESIDE
from portal.domain.sources.facts import Fact


FIRST_VISITS = "first_visit_within_30d"
MAY, JUNE = Month(2024, 5), Month(2024, 6)


def published(value, month=None, part="", indicator=FIRST_VISITS):
    return Fact(
        indicator=BESIDE[indicator].indicator,
        year=2024,
        month=month,
        breakdown=part,
        value=value,
        source="väntetider.se",
    )


COUNTRY_MAY, COUNTRY_YEAR = published(70, MAY), published(66)
NEIGHBOUR_MAY, NEIGHBOUR_JUNE = (
    published(60, MAY, "region:Gävleborg"),
    published(61, JUNE, "region:Gävleborg"),
)
EVERYTHING = [COUNTRY_MAY, COUNTRY_YEAR, NEIGHBOUR_MAY, NEIGHBOUR_JUNE, published(None, JUNE)]


def test_beside_months_stand_the_countrys_and_the_other_regions_newest():
    assert beside.of_months(EVERYTHING) == Elsewhere(country={MAY: COUNTRY_MAY}, regions=(NEIGHBOUR_JUNE,))


def test_beside_a_rolling_years_points_stands_nothing():
    assert beside.of_months(EVERYTHING, span=12) == Elsewhere()


@pytest.mark.parametrize(
    ("first", "last", "of_country"),
    [
        (MAY, MAY, COUNTRY_MAY),
        (Month(2024, 1), Month(2024, 12), COUNTRY_YEAR),
        (JUNE, JUNE, None),  # no value
        (MAY, JUNE, None),
        (Month(2024, 1), Month(2024, 11), None),  # a year that is not over
        (Month(2023, 6), MAY, None),  # a rolling year
    ],
)
def test_beside_a_month_or_a_year_stands_the_countrys_figure_of_just_that(first, last, of_country):
    assert beside.of_period(FIRST_VISITS, EVERYTHING, first, last) == of_country


def test_beside_another_indicator_stands_nothing():
    other = [published(70, MAY, indicator="investigation_within_30d")]

    assert beside.of_period(FIRST_VISITS, other, MAY, MAY) is None
    assert beside.of_period("care_plans", EVERYTHING, MAY, MAY) is None

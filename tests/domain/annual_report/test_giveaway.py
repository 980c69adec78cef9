"""What publishing gives away: how many of the clinics' months come out of the report and the monthly sums."""

import pytest

from portal.domain.annual_report.content import AnnualReport, ReportPoint, Section, SubmissionRef
from portal.domain.annual_report.giveaway import Giveaway, giveaway
from portal.domain.registry.months import months_of_year


pytestmark = [pytest.mark.security, pytest.mark.asvs("8.2.3")]

MONTHS = tuple(months_of_year(2024))
SUMS = {(month, "care_plans"): 300.0 if month.number <= 6 else 600.0 for month in MONTHS}


def point(clinic, indicator, value, *, year=2024):
    return ReportPoint(
        indicator=indicator,
        label=indicator,
        part=clinic,
        part_label=clinic,
        period=str(year),
        unit="individer",
        basis="mottagningens värde",
        value=value,
        numerator=value,
    )


def found(*points, counts, sums=SUMS):
    report = AnnualReport(
        year=2024,
        last_month="2024-12",
        is_demo=False,
        sections=(Section(number="3", title="Patienter", points=points),),
        definitions=(),
        sources=(),
        submissions=tuple(
            SubmissionRef(clinic=clinic, month="2024-01", version=1, id=1)
            for clinic in {one.part for one in points}
        ),
    )
    by_month = {key: dict(zip(MONTHS, own, strict=True)) for key, own in counts.items()}
    return giveaway(report, by_month, sums)


def test_a_clinic_whose_year_goes_as_the_regions_is_read_month_by_month():
    plans = [10] * 6 + [20] * 6

    disclosed = found(point("mora", "care_plans", 180.0), counts={("mora", "care_plans"): plans})

    assert disclosed == Giveaway(close=12, months=12, stocks=0)
    assert disclosed.percent == 100


def test_a_clinic_whose_year_goes_the_other_way_is_not():
    plans = [20] * 6 + [10] * 6

    disclosed = found(point("mora", "care_plans", 180.0), counts={("mora", "care_plans"): plans})

    assert disclosed == Giveaway(close=0, months=12, stocks=0)


def test_without_the_monthly_sums_an_even_year_is_read_and_an_uneven_one_is_not():
    even = found(point("mora", "care_plans", 180.0), counts={("mora", "care_plans"): [15] * 12}, sums={})
    uneven = found(
        point("mora", "care_plans", 180.0), counts={("mora", "care_plans"): [10] * 6 + [20] * 6}, sums={}
    )

    assert (even.close, uneven.close) == (12, 0)


@pytest.mark.parametrize(("july", "close"), [(11, 12), (12, 11)])
def test_ten_percent_is_ten_percent(july, close):
    sums = {(month, "care_plans"): 100.0 for month in MONTHS}
    plans = [10] * 6 + [july] + [10] * 5

    disclosed = found(point("mora", "care_plans", 120.0), counts={("mora", "care_plans"): plans}, sums=sums)

    assert disclosed.close == close


def test_a_decembers_stock_stands_in_the_report_and_those_before_lie_on_the_way_to_it():
    patients = [104, 108, 112, 116, 120, 124, 128, 132, 136, 140, 144, 148]
    points = (point("mora", "active_patients", 148.0), point("mora", "active_patients", 100.0, year=2023))

    disclosed = found(*points, counts={("mora", "active_patients"): patients})

    assert disclosed == Giveaway(close=12, months=12, stocks=1)


def test_what_the_report_does_not_print_is_not_counted():
    assert found(point("mora", "care_plans", 120.0), counts={}) == Giveaway(close=0, months=0, stocks=0)
    assert Giveaway(close=0, months=0, stocks=0).percent == 0

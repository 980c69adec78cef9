"""The region's figures: the demo adds up to what is published, and follows what is corrected."""

import csv
from decimal import ROUND_HALF_UP, Decimal

import pytest

from db.release import releases as rows
from db.reporting import values
from portal.demo import build
from portal.domain.accounts.access import EVERY_CLINIC, OPERATOR, AccessDenied, ClinicUser
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE, MONTHLY_INDICATORS, Kind
from portal.domain.registry.months import Month, months_between, months_of_year
from portal.domain.registry.values import Answer, MissingReason
from portal.services.insight import benchmarks
from portal.services.release import releases
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from portal.settings import ROOT


FACTS = ROOT / "db" / "facts"
FALUN = ClinicUser("falun", "Falun", ("falun",))


def facts(name):
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FROM_MEASURES = {indicator.code for indicator in INDICATORS if indicator.from_clinics}
YEARS = [
    (row["period"], row["indicator"], row["value"])
    for row in facts("published.csv")
    if row["period"] in ("2023", "2024") and row["indicator"] in FROM_MEASURES and not row["breakdown"]
]
MEANS = [
    (row["indicator"], row["value"]) for row in facts("published.csv") if row["period"] == "2023-01..2023-11"
]
PATIENTS = [
    (year, row["code"], row[f"patients_{year}_12"]) for row in facts("clinics.csv") for year in (2023, 2024)
]


def as_printed(value):
    """Round half up to a whole number, as every figure of the sources is printed."""
    return int(Decimal(repr(value)).quantize(Decimal(1), rounding=ROUND_HALF_UP))


@pytest.fixture(scope="module")
def years(demo):
    return {year: benchmarks.year_figures(demo, OPERATOR, year) for year in (2023, 2024)}


# The demo against the sources


def test_the_sources_give_figures_to_compare_with():
    assert len(YEARS) > 10
    assert len(MEANS) == 6


@pytest.mark.parametrize(("year", "indicator", "printed"), YEARS)
def test_the_demos_year_is_the_published_one(years, year, indicator, printed):
    found = years[int(year)].of(indicator).region

    if not printed:
        assert (found.value, found.reason) == (None, MissingReason.NO_DATA)
        return
    assert as_printed(found.value) == int(printed)


@pytest.mark.parametrize(("measure", "printed"), MEANS)
def test_the_demos_mean_months_of_2023_are_the_published_ones(years, measure, printed):
    (found,) = [
        row for row in years[2023].published if (row.period, row.indicator) == ("2023-01..2023-11", measure)
    ]

    assert as_printed(found.computed) == int(printed)


@pytest.mark.parametrize(("year", "code", "patients"), PATIENTS)
def test_the_demos_current_patients_are_the_published_ones(years, year, code, patients):
    by_clinic = {clinic.code: figure for clinic, figure, _ in years[year].of("active_patients").clinics}

    found = by_clinic[code]
    assert found.value == (int(patients) if patients else None)
    assert (found.reason is None) is bool(patients)


def test_the_years_hang_together(years):
    for found in years[2024].indicators:
        assert found.before.value == years[2023].of(found.indicator.code).region.value


# The figures follow what is sent


def correct(portal, month, measure, change):
    """Have falun correct one cell, the region approve it, and release the month anew."""
    case = reviews.open_case(portal, FALUN, clinic="falun", month=month)
    now = next(line.sent.value for line in case.lines if line.measure == measure)
    submitting.commit(
        portal,
        FALUN,
        name="rattelse.csv",
        content=build.long_file("falun", month, {measure: Answer(now + change)}),
        confirmation=Confirmation(has_warnings=True, note="Räknat om."),
    )
    reviews.approve(portal, build.REVIEWER, clinic="falun", month=month)
    releases.release(portal, build.REVIEWER, month)


def test_one_corrected_cell_moves_the_year_by_exactly_as_much(own_demo, years):
    correct(own_demo, Month(2024, 12), "care_plans", +7)

    now = benchmarks.year_figures(own_demo, OPERATOR, 2024)

    assert now.of("care_plans").region.value == years[2024].of("care_plans").region.value + 7
    for code in FROM_MEASURES - {"care_plans"}:
        assert now.of(code).region == years[2024].of(code).region, code
    assert now.of("care_plans").before == years[2024].of("care_plans").before


def test_other_clinics_read_the_released_year_unmoved_by_one_owners_correction(own_demo):
    mora = ClinicUser("mora", "Mora", ("mora",))
    before = benchmarks.year_figures(own_demo, mora, 2024)

    correct(own_demo, Month(2024, 12), "care_plans", +7)

    assert benchmarks.year_figures(own_demo, mora, 2024) == before


# A clinic's year


@pytest.mark.asvs("8.2.3", "15.3.1")
def test_a_clinics_year_holds_its_own_clinic_and_no_other(demo):
    year = benchmarks.year_figures(demo, FALUN, 2024)

    assert [clinic.code for clinic in year.clinics] == ["falun"]
    assert not year.is_whole_region
    for found in year.indicators:
        assert {clinic.code for clinic, _, _ in found.clinics} <= {"falun"}
        assert dict(found.breakdowns) == {}


def test_a_clinics_own_figures_are_the_same_as_the_region_sees_them(demo, years):
    own = benchmarks.year_figures(demo, FALUN, 2024)

    for found in own.indicators:
        wanted = [row for row in years[2024].of(found.indicator.code).clinics if row[0].code == "falun"]
        assert list(found.clinics) == wanted


def test_a_clinics_regional_year_is_built_from_released_months_alone(demo):
    year = benchmarks.year_figures(demo, FALUN, 2024)
    with demo.database.reading(EVERY_CLINIC) as scoped:
        released = rows.list_figures(scoped, first=Month(2024, 1), last=Month(2024, 12))

    for found in year.indicators:
        code, kind = found.indicator.code, found.indicator.kind
        if not found.indicator.from_clinics or kind not in (Kind.COUNT, Kind.STOCK):
            continue
        months = [released[month, code] for month in months_of_year(2024)]
        counted = months[-1:] if kind is Kind.STOCK else months
        whole = all(month.is_shown and month.value is not None for month in counted)
        assert found.region.value == (sum(month.value for month in counted) if whole else None), code


def test_a_released_years_share_is_printed_whole(demo):
    """With a decimal it would tell how many cases a month had that shows its share and not the sum of them."""
    shares = [
        year_of.region.pooled
        for year_of in benchmarks.year_figures(demo, FALUN, 2024).indicators
        if year_of.indicator.is_share
        and not year_of.indicator.is_snapshot
        and year_of.region.pooled is not None
    ]

    assert len(shares) >= 3
    assert all(share == int(share) for share in shares)


def test_most_of_the_demos_cells_are_shown(demo):
    """The design asks for 95 of 100 monthly cells, of those in which anybody has reported something."""
    first, last = Month(2023, 1), Month(2024, 12)
    measures = {measure for indicator in MONTHLY_INDICATORS for measure in indicator.measures}
    with demo.database.reading(EVERY_CLINIC) as scoped:
        released = rows.list_figures(scoped, first=first, last=last)
        totals = values.monthly_totals(scoped, measures=sorted(measures), first=first, last=last)
    cells = [
        released[month, indicator.code]
        for month in months_between(first, last)
        for indicator in MONTHLY_INDICATORS
        if all(totals.get((month, measure), (None, 0, 0))[1] for measure in indicator.measures)
    ]

    assert len(cells) >= 400
    assert sum(cell.is_shown for cell in cells) >= 0.95 * len(cells)


# Comparing clinics


@pytest.mark.parametrize("period", [Month(2024, 12), 2024])
def test_the_comparison_is_the_regions(demo, period):
    indicator = INDICATORS_BY_CODE["care_plans"]
    with pytest.raises(AccessDenied):
        benchmarks.compare(demo, FALUN, indicator=indicator, period=period)

    found = benchmarks.compare(demo, OPERATOR, indicator=indicator, period=period)
    values = [figure.value for _, figure in found.figures if figure.value is not None]
    assert found.region.value == sum(values)


def test_a_clinic_that_had_not_opened_has_the_reason_and_no_number(demo):
    found = benchmarks.compare(
        demo, OPERATOR, indicator=INDICATORS_BY_CODE["care_plans"], period=Month(2024, 1)
    )

    (figure,) = [figure for clinic, figure in found.figures if clinic.code == "borlange-moment"]
    assert (figure.value, figure.reason) == (None, MissingReason.NOT_STARTED)


def test_the_operators_groups_together_are_the_region(demo):
    found = benchmarks.compare(demo, OPERATOR, indicator=INDICATORS_BY_CODE["care_plans"], period=2024)

    groups = [benchmarks.group(found, kind).value for kind in benchmarks.Operator]

    assert sum(groups) == found.region.value

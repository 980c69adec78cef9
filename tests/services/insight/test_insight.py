"""Queues, clinics by indicators and months side by side, on the demo; and what they cost as history grows."""

import shutil
from dataclasses import replace

import pytest
from sqlalchemy import event

import db.reporting.submissions
from db.engine import Database
from portal.bench.invented import answers, portal_since_2015, submission
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied, ClinicUser, RegionUser
from portal.domain.insight.queue import PHASES
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month, months_between
from portal.domain.release.standing import Position
from portal.services.context import Memo
from portal.services.insight import (
    benchmarks,
    comments,
    evidence,
    indicator_series,
    matrix,
    neighbours,
    overview,
    queues,
)
from portal.services.reporting import breaks


REGION = RegionUser("region", "Region")
MORA = ClinicUser("mora", "Mora", ("mora",))
DECEMBER = Month(2024, 12)
SHARE = INDICATORS_BY_CODE["first_visit_within_30d"]
PATIENTS = INDICATORS_BY_CODE["active_patients"]


@pytest.fixture(scope="module")
def december(demo):
    return queues.of_region(demo, REGION, DECEMBER)


# Queues


def test_the_newest_month_that_everyone_has_sent_is_december(demo):
    assert queues.newest_complete_month(demo, REGION) == DECEMBER


def test_the_regions_queue_is_the_sum_of_the_clinics(december):
    for queue in december.phases:
        assert len(queue.clinics) == december.open == december.reported == 11
        assert queue.together.waiting == sum(state.waiting for _, state in queue.clinics)
        assert queue.months[-1].waiting == queue.together.waiting


@pytest.mark.parametrize(
    ("phase", "waiting", "started"),
    # SVT Dalarna, November 2023, means January to November; data/published.csv
    [("first_visit", 282, 172), ("investigation", 379, 49), ("treatment", 534, 53)],
)
def test_the_published_queues_stand_beside_the_portals_own(december, phase, waiting, started):
    found = december.of(phase).published

    assert (found.waiting, found.started) == (waiting, started)
    assert (round(found.waiting_here), round(found.started_here)) == (waiting, started)
    assert (found.first, found.last) == (Month(2023, 1), Month(2023, 11))


def test_a_month_that_not_everyone_has_answered_has_no_sum(demo):
    january = queues.of_region(demo, REGION, Month(2025, 1))

    assert january.reported < january.open
    for queue in january.phases:
        assert queue.months[-1].waiting is None
        assert queue.months[-2].waiting is not None


# Clinics × indicators, months side by side


def test_the_matrix_holds_the_same_figures_as_the_comparison(demo):
    for period in (2024, DECEMBER):
        found = matrix.of_period(demo, REGION, period)
        place = found.indicators.index(SHARE)
        one = benchmarks.compare(demo, REGION, indicator=SHARE, period=period)

        assert [row[place].figure for row in found.cells] == [figure for _, figure in one.figures]
        assert found.region[place] == one.region


def test_a_clinic_with_two_cases_is_never_called_better_or_worse(demo):
    found = matrix.of_period(demo, REGION, 2024)

    few = [
        cell
        for row in found.cells
        for cell in row
        if cell.figure.denominator is not None and cell.figure.denominator <= 3
    ]
    assert few
    assert {cell.position for cell in few} <= {Position.LEVEL, Position.UNKNOWN}


def test_every_clinics_months_are_those_of_its_own_page(demo):
    found = matrix.over_time(demo, REGION, SHARE)
    mora = next(one for one in found.clinics if one.clinic.code == "mora")
    own = indicator_series.of_clinic(demo, MORA, clinic="mora", indicator=SHARE, months=matrix.MONTHS_SHOWN)

    assert mora.charted == own.charted
    assert found.months == own.charted.months
    assert found.highest == 100


def test_like_for_like_leaves_out_the_clinics_that_opened_in_between(demo):
    found = benchmarks.compare(demo, REGION, indicator=INDICATORS_BY_CODE["active_patients"], period=2024)
    like = matrix.like_for_like(found, matrix.year_before(demo, REGION, found))

    # The report's table: 5 569 in the seven clinics of December 2023; 7 317 in nine a year later
    assert (like.clinics, like.before.value, like.now.value) == (7, 5569, 5982)
    assert found.region.value == 7317


@pytest.mark.security
def test_all_of_this_is_the_regions(demo):
    for ask in (
        lambda: queues.of_region(demo, MORA, DECEMBER),
        lambda: queues.newest_complete_month(demo, MORA),
        lambda: matrix.of_period(demo, MORA, 2024),
        lambda: matrix.over_time(demo, MORA, SHARE),
        lambda: comments.of_region(demo, MORA, indicator=SHARE, most=1),
    ):
        with pytest.raises(AccessDenied):
            ask()


# What it costs


@pytest.fixture
def ten_years(demo_file, tmp_path):
    """The demo with eight more years of one clinic before it."""
    portal = portal_since_2015(Database(f"sqlite:///{shutil.copy(demo_file, tmp_path / 'years.db')}"))
    earlier = months_between(Month(2015, 1), Month(2022, 12))
    with portal.database.writing(EVERY_CLINIC) as scoped:
        db.reporting.submissions.add_many(scoped, [submission("mora", 1, month) for month in earlier])
    assert set(answers(1, earlier[0]))
    yield portal
    portal.database.engine.dispose()


def series_of_patients(portal):
    return indicator_series.of_clinic(
        portal, MORA, clinic="mora", indicator=PATIENTS, months=indicator_series.ALL_MONTHS
    )


def pages_of(portal):
    """What a clinic's and the region's pages ask for, each told apart."""
    return {
        "oversikt": lambda: overview.of_clinic(portal, MORA, clinic="mora"),
        "indikator": lambda: (
            indicator_series.of_clinic(
                portal, MORA, clinic="mora", indicator=SHARE, months=indicator_series.ALL_MONTHS
            ),
            comments.of_clinic(portal, MORA, clinic="mora", indicator=SHARE),
        ),
        "indikator, patienter": lambda: series_of_patients(portal),
        "öppningar": lambda: neighbours.openings(
            portal, REGION, benchmarks.compare(portal, REGION, indicator=PATIENTS, period=2024)
        ),
        "jämför": lambda: benchmarks.compare(portal, REGION, indicator=SHARE, period=2024),
        "bakom värdet": lambda: evidence.behind(
            portal, REGION, benchmarks.compare(portal, REGION, indicator=SHARE, period=2024)
        ),
        "över tid": lambda: matrix.over_time(portal, REGION, SHARE),
        "alla": lambda: matrix.of_period(portal, REGION, 2024),
        "köer": lambda: queues.of_region(portal, REGION, DECEMBER),
    }


def statements_of(portal, ask):
    found = []

    def note(_connection, _cursor, statement, *_rest):
        if not statement.startswith("BEGIN"):
            found.append(statement)

    event.listen(portal.database.engine, "before_cursor_execute", note)
    ask()
    event.remove(portal.database.engine, "before_cursor_execute", note)
    return len(found)


def test_pages_with_24_and_with_120_months_cost_the_same_number_of_queries(own_demo, ten_years):
    few = {page: statements_of(own_demo, ask) for page, ask in pages_of(own_demo).items()}
    many = {page: statements_of(ten_years, ask) for page, ask in pages_of(ten_years).items()}

    assert many == few
    series = indicator_series.of_clinic(
        ten_years, MORA, clinic="mora", indicator=SHARE, months=indicator_series.ALL_MONTHS
    )
    assert len([point for point in series.points if point.own.value is not None]) == 120
    assert len(PHASES) == 3


def test_nearby_openings_cost_a_page_one_transaction_of_one_query_the_country_and_en_vag_in_one_each(demo):
    """A transaction asks for the version of the data too, so that it knows what another process has set."""

    def ask(indicator):
        cold = replace(demo, memo=Memo())
        indicator_series.of_clinic(cold, MORA, clinic="mora", indicator=indicator, months=24)

    plain = INDICATORS_BY_CODE["care_plans"]
    ask(plain)  # the calendar's days are read once
    assert statements_of(demo, lambda: ask(PATIENTS)) == statements_of(demo, lambda: ask(plain)) + 3
    assert statements_of(demo, lambda: ask(SHARE)) == statements_of(demo, lambda: ask(plain)) + 2


def test_what_is_remembered_outlives_words_and_is_read_again_after_figures(own_demo):
    ask = pages_of(own_demo)["köer"]
    first, second = statements_of(own_demo, ask), statements_of(own_demo, ask)
    point = comments.ClinicPoint(clinic="mora", indicator=SHARE, month=DECEMBER)
    comments.write(own_demo, MORA, point, text="Nytt", base_version=0)
    after_words = statements_of(own_demo, ask)
    breaks.enter(own_demo, REGION, clinic="mora", month=DECEMBER, reason="Annan räkning")

    assert second < first
    assert after_words == second
    assert statements_of(own_demo, ask) == first

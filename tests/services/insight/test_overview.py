"""A clinic's own pages: what to do now, its figures beside what is released, one indicator over time."""

from datetime import date

import pytest

from portal.domain.accounts.access import AccessDenied, ClinicUser
from portal.domain.insight.attention import Cause
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.domain.release.standing import Position
from portal.domain.reporting.submissions import MonthState, State
from portal.services.insight import indicator_series, overview, tasks
from portal.services.insight.clinic_months import NoSuchClinic
from portal.services.release import releases
from portal.services.review import reviews
from tests.services.region import (
    CONTROLLER,
    DECEMBER,
    JANUARY,
    MONTH,
    add_clinic,
    add_region,
    send,
    user_of,
)


NY = user_of("ny")
OCTOBER, NOVEMBER = Month(2024, 10), Month(2024, 11)


@pytest.fixture
def ny(portal):
    """A clinic that opened in October, so that it owes four months."""
    add_clinic(portal, "ny", "Ny AB", opened=OCTOBER)
    return portal


def of_ny(portal, month=None):
    return overview.of_clinic(portal, NY, clinic="ny", month=month)


def row(found, code):
    return next(row for row in found.rows if row.indicator.code == code)


# What to do now


def test_the_most_urgent_stands_first_returned_then_late_then_due(ny):
    send(ny, "ny", NOVEMBER)
    reviews.send_back(ny, CONTROLLER, clinic="ny", month=NOVEMBER, comment="Se över vårdplanerna.")

    tasks = of_ny(ny).tasks

    assert [(task.month, task.state) for task in tasks] == [
        (NOVEMBER, MonthState.RETURNED),
        (OCTOBER, MonthState.LATE),
        (DECEMBER, MonthState.LATE),
        (JANUARY, MonthState.OPEN),
    ]
    assert (tasks[0].comment, tasks[0].returned_by) == ("Se över vårdplanerna.", "controller")


@pytest.mark.parametrize(
    ("today", "days_left", "state"),
    [
        (date(2025, 2, 14), 1, MonthState.OPEN),
        (date(2025, 2, 15), 0, MonthState.OPEN),
        (date(2025, 2, 16), -1, MonthState.LATE),
    ],
)
def test_a_month_is_late_the_day_after_its_deadline(ny, today, days_left, state):
    (task,) = [task for task in of_ny(ny.on(today)).tasks if task.month == JANUARY]

    assert (task.deadline, task.days_left, task.state) == (date(2025, 2, 15), days_left, state)


def test_who_has_sent_everything_has_nothing_to_do_and_sees_the_next_deadline(ny):
    for month in (OCTOBER, NOVEMBER, DECEMBER, JANUARY):
        send(ny, "ny", month)

    found = of_ny(ny)

    assert found.tasks == ()
    assert found.next_deadline == (JANUARY.next, date(2025, 3, 15))


def test_a_month_alone_asks_for_what_it_asks_for_among_all(ny):
    send(ny, "ny", DECEMBER)
    send(ny, "ny", NOVEMBER)
    reviews.send_back(ny, CONTROLLER, clinic="ny", month=NOVEMBER, comment="Se över vårdplanerna.")

    alone = [tasks.of_month(ny, NY, clinic="ny", month=month) for month in (OCTOBER, NOVEMBER, DECEMBER)]

    assert {task for task in alone if task} == {task for task in of_ny(ny).tasks if task.month < DECEMBER}
    assert alone[-1] is None


def test_a_month_asks_for_nothing_more_once_it_is_sent_again(ny):
    send(ny, "ny", NOVEMBER)
    reviews.send_back(ny, CONTROLLER, clinic="ny", month=NOVEMBER, comment="Se över vårdplanerna.")
    before = tasks.of_month(ny, NY, clinic="ny", month=NOVEMBER)

    send(ny, "ny", NOVEMBER, answer="Sett över.", care_plans=31)

    assert before is not None
    assert tasks.of_month(ny, NY, clinic="ny", month=NOVEMBER) is None


def test_an_account_of_several_clinics_hears_of_the_others_that_owe_something(ny):
    both = ClinicUser("chef", "Chef", ("ny", "mora"))
    for month in (OCTOBER, NOVEMBER, DECEMBER, JANUARY):
        send(ny, "ny", month)
    reviews.send_back(ny, CONTROLLER, clinic="ny", month=NOVEMBER, comment="Se över vårdplanerna.")

    ((clinic, task),) = tasks.of_other_clinics(ny, both, besides="mora")

    assert (clinic.code, task.month, task.state) == ("ny", NOVEMBER, MonthState.RETURNED)
    assert [clinic.code for clinic, _ in tasks.of_other_clinics(ny, both, besides="ny")] == ["mora"]
    assert tasks.of_other_clinics(ny, NY, besides="ny") == ()


# The figures


def test_it_opens_at_the_newest_month_sent(ny):
    send(ny, "ny", DECEMBER)

    found = of_ny(ny)

    assert (found.month, found.is_reported, found.state) == (DECEMBER, True, State.SENT)
    assert of_ny(ny, JANUARY).is_reported is False


def test_every_monthly_indicator_has_a_row_in_the_order_of_the_declaration(ny):
    assert [row.indicator for row in of_ny(ny).rows] == list(MONTHLY_INDICATORS)


def test_own_values_show_at_once_beside_the_month_before_and_the_year_before(ny):
    send(ny, "ny", NOVEMBER, care_plans=40)
    send(ny, "ny", DECEMBER, care_plans=50)

    plans = row(of_ny(ny, DECEMBER), "care_plans")

    assert (plans.now.value, plans.month_before.value) == (50, 40)
    assert (plans.year_before.value, plans.year_before.reason) == (None, MissingReason.NOT_STARTED)
    per_100 = [100 * plans.month_before.value / MONTH["active_patients"], plans.now.rate]
    assert plans.line.values[-2:] == pytest.approx(per_100)
    assert plans.line.values[:-2] == (None,) * 22
    assert plans.mark is None  # of two months nothing can be said
    assert plans.released is None


def test_a_month_not_sent_is_not_reported_and_never_zero(ny):
    found = row(of_ny(ny, JANUARY), "care_plans")

    assert (found.now.value, found.now.reason) == (None, MissingReason.NOT_REPORTED)


def test_a_share_is_of_ones_own_cases(ny):
    send(ny, "ny", DECEMBER)

    found = row(of_ny(ny, DECEMBER), "first_visit_within_30d")

    within, all_visits = MONTH["first_visits_within_30d"], MONTH["first_visits"]
    assert found.now.value == pytest.approx(100 * within / all_visits)


def test_the_regional_figure_appears_with_the_release_and_not_before(portal):
    add_region(portal)
    for code in ("falun", "ludvika", "avesta", "borlange"):
        send(portal, code)
    before = overview.of_clinic(portal, user_of("falun"), clinic="falun", month=JANUARY)
    assert before.regional_month is None
    assert before.release_date == date(2025, 2, 20)
    assert row(before, "care_plans").released is None

    releases.release(portal, CONTROLLER, JANUARY)

    after = overview.of_clinic(portal, user_of("falun"), clinic="falun", month=JANUARY)
    assert after.regional_month == JANUARY
    assert row(after, "care_plans").released.value == 4 * MONTH["care_plans"]


@pytest.fixture
def december_released(portal):
    add_region(portal)
    for code in ("falun", "ludvika", "avesta", "borlange"):
        send(portal, code, DECEMBER)
    releases.release(portal, CONTROLLER, DECEMBER)
    return portal


def of_falun(portal, month):
    return overview.of_clinic(portal, user_of("falun"), clinic="falun", month=month)


def test_until_a_month_is_released_the_newest_released_one_is_compared_with(december_released):
    """The own figure of that month too: December's waits for December's, not for January's."""
    send(december_released, "falun", JANUARY, first_visits_within_30d=1)

    found = of_falun(december_released, JANUARY)

    share = row(found, "first_visit_within_30d")
    assert (share.month, share.compared, share.released.month) == (JANUARY, DECEMBER, DECEMBER)
    assert (share.now.numerator, share.position) == (1, Position.LEVEL)
    assert not found.has_regional_figures
    assert of_falun(december_released, DECEMBER).has_regional_figures


def test_older_news_of_the_region_is_no_reason_to_look(december_released):
    """A clinic that lay behind in December is told so in the row, and gets no card for January."""
    send(december_released, "falun", DECEMBER, first_visits_within_30d=0)
    send(december_released, "falun", JANUARY)

    behind = row(of_falun(december_released, JANUARY), "first_visit_within_30d")

    assert behind.position is Position.WORSE
    assert behind.finding is None
    assert row(of_falun(december_released, DECEMBER), "first_visit_within_30d").finding.cause is Cause.REGION


def test_the_regions_line_has_the_released_months_and_no_sum_of_patients(december_released):
    send(december_released, "falun", JANUARY)

    found = of_falun(december_released, JANUARY)

    share = row(found, "first_visit_within_30d")
    assert share.regional == (*(None,) * 22, share.released.value, None)
    assert set(row(found, "active_patients").regional) == {None}


def test_a_month_before_the_first_released_is_compared_with_none(december_released):
    found = row(of_falun(december_released, NOVEMBER), "care_plans")

    assert (found.compared, found.released) == (NOVEMBER, None)


# One indicator over time


def test_a_series_has_every_month_gaps_included_oldest_first(ny):
    send(ny, "ny", OCTOBER, care_plans=40)
    send(ny, "ny", DECEMBER, care_plans=50)

    found = indicator_series.of_clinic(
        ny, NY, clinic="ny", indicator=INDICATORS_BY_CODE["care_plans"], months=5
    )

    assert [(point.month, point.own.value) for point in found.points] == [
        (Month(2024, 9), None),
        (OCTOBER, 40),
        (NOVEMBER, None),
        (DECEMBER, 50),
        (JANUARY, None),
    ]
    assert found.points[0].own.reason is MissingReason.NOT_STARTED
    assert found.points[2].own.reason is MissingReason.NOT_REPORTED
    assert found.latest.month == DECEMBER


# Whose


def test_another_clinics_overview_is_refused_whether_it_exists_or_not(portal):
    messages = set()
    for code in ("mora", "finnsinte"):
        with pytest.raises(AccessDenied) as refused:
            overview.of_clinic(portal, user_of("falun"), clinic=code)
        messages.add(str(refused.value))
        with pytest.raises(AccessDenied):
            indicator_series.of_clinic(
                portal, user_of("falun"), clinic=code, indicator=MONTHLY_INDICATORS[0], months=12
            )
    assert len(messages) == 1


def test_the_region_sees_a_clinic_exactly_as_it_sees_itself(ny):
    send(ny, "ny", DECEMBER)

    assert overview.of_clinic(ny, CONTROLLER, clinic="ny") == of_ny(ny)
    with pytest.raises(NoSuchClinic):
        overview.of_clinic(ny, CONTROLLER, clinic="finnsinte")

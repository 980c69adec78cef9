"""What changed since the month before: late clinics, movements beyond noise, corrections of old months."""

from datetime import date

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.insight.statistics.control import SignalRule
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month, months_between
from portal.services.administration import clinic_register
from portal.services.release import releases
from portal.services.reporting import breaks
from portal.services.review import deadlines, month_news, reviews
from tests.services.region import CONTROLLER, DECEMBER, FEBRUARY, JANUARY, add_region, send, user_of


NOVEMBER = Month(2024, 11)


def news(portal, month=JANUARY, today=None):
    return month_news.news(portal.on(today) if today else portal, CONTROLLER, month)


def send_on(portal, day, clinic="falun", month=JANUARY, **changes):
    send(portal.on(day), clinic, month, **changes)


# Late clinics


def late(portal, month=JANUARY, today=None):
    return {one.clinic.code: (one.sent_on, one.is_new) for one in news(portal, month, today).late}


def test_before_the_last_day_nobody_is_late(portal):
    assert late(portal, today=date(2025, 2, 15)) == {}
    assert not news(portal, today=date(2025, 2, 15)).is_due


def test_a_clinic_is_late_that_has_not_sent_or_sent_after_the_last_day(portal):
    send_on(portal, date(2025, 1, 15), "falun", DECEMBER)
    send_on(portal, date(2025, 1, 17), "mora", DECEMBER)

    assert late(portal, DECEMBER) == {"mora": (date(2025, 1, 17), False), "ludvika": (None, False)}


def test_who_was_late_the_month_before_too_is_not_new(portal):
    for clinic in ("falun", "mora"):
        send_on(portal, date(2024, 12, 10), clinic, NOVEMBER)
    send_on(portal, date(2025, 1, 10), "falun", DECEMBER)

    assert late(portal, DECEMBER) == {"mora": (None, True), "ludvika": (None, False)}


def test_a_later_last_day_counts(portal):
    deadlines.grant(
        portal,
        CONTROLLER,
        clinic="falun",
        month=JANUARY,
        until=date(2025, 2, 28),
        reason="Sjukdom på enheten",
    )
    send_on(portal, date(2025, 2, 20), "falun")

    assert "falun" not in late(portal, today=date(2025, 2, 20))
    assert "mora" in late(portal, today=date(2025, 2, 20))


# Movements


def send_series(portal, plans, clinic="falun", last=JANUARY):
    for month, count in zip(months_between(last.plus(1 - len(plans)), last), plans, strict=True):
        send(portal, clinic, month, confirm=True, care_plans=count)


STEADY = [44, 46, 45, 44, 46, 45, 47, 45, 44, 46, 45, 46, 45]  # per 800 patients


def moved(portal, month=JANUARY):
    """Return the new movements by clinic and indicator."""
    return {
        (movement.clinic.code, movement.indicator.code): movement
        for story in news(portal, month).stories
        for movement in (story.lead, *story.others)
    }


def test_a_value_as_usual_is_no_movement(portal):
    send_series(portal, [*STEADY, 46])

    assert ("falun", "care_plans") not in moved(portal)


def test_a_value_far_outside_the_usual_is_one_with_its_limits(portal):
    send_series(portal, [*STEADY, 60])

    found = moved(portal)["falun", "care_plans"]

    assert found.signal.rule is SignalRule.OUTSIDE and found.signal.is_high
    assert found.is_new
    assert (found.before, found.value) == pytest.approx((100 * 45 / 800, 100 * 60 / 800))
    assert found.limits.low < found.before < found.limits.high < found.value


def test_what_the_month_before_said_already_is_not_new(portal):
    send_series(portal, [*STEADY, 70, 71])

    assert ("falun", "care_plans") not in moved(portal)
    assert news(portal).older_movements > 0
    assert moved(portal, DECEMBER)["falun", "care_plans"].is_new


def test_too_short_a_history_gives_no_movement(portal):
    send_series(portal, [*STEADY[:11], 60])

    assert (news(portal).stories, news(portal).older_movements) == ((), 0)


def test_nothing_is_compared_over_a_break(portal):
    send_series(portal, [*STEADY, 60])
    breaks.enter(portal, CONTROLLER, clinic="falun", month=JANUARY, reason="Nytt journalsystem")

    assert ("falun", "care_plans") not in moved(portal)


def test_the_most_surprising_movement_stands_first(portal):
    send_series(portal, [*STEADY, 55])
    send_series(portal, [*STEADY, 75], "mora")

    leads = [story.lead for story in news(portal).stories]

    assert [(movement.clinic.code, movement.indicator) for movement in leads[:2]] == [
        ("mora", INDICATORS_BY_CODE["care_plans"]),
        ("falun", INDICATORS_BY_CODE["care_plans"]),
    ]


def test_a_movement_in_a_returned_month_is_known_to_be_uncertain(portal):
    send_series(portal, [*STEADY, 60])
    assert not moved(portal)["falun", "care_plans"].is_returned

    reviews.send_back(portal, CONTROLLER, clinic="falun", month=JANUARY, comment="Se över planerna.")

    assert moved(portal)["falun", "care_plans"].is_returned


# Corrections


@pytest.fixture
def released(portal):
    """December is released without borlange; January is not released."""
    add_region(portal)
    for clinic in ("falun", "mora", "ludvika", "avesta"):
        send(portal, clinic, DECEMBER)
    releases.release(portal, CONTROLLER, DECEMBER)
    send(portal)
    return portal


def corrections(portal):
    return [(one.clinic.code, one.month, one.is_late) for one in month_news.corrections(portal, CONTROLLER)]


def test_nothing_is_a_correction_right_after_the_release(released):
    assert corrections(released) == []
    assert news(released).corrections == ()


def test_a_new_version_and_a_late_month_are_corrections_until_they_are_released(released):
    send(released, "ludvika", DECEMBER, only={"care_plans": 50})
    send(released, "borlange", DECEMBER)

    assert set(corrections(released)) == {("ludvika", DECEMBER, False), ("borlange", DECEMBER, True)}
    assert len(news(released).corrections) == 2
    assert news(released, DECEMBER).corrections == ()  # they are of that month itself, not of an older one

    releases.release(released, CONTROLLER, DECEMBER)

    assert corrections(released) == []


def test_a_returned_version_is_no_correction(released):
    send(released, "ludvika", DECEMBER, only={"care_plans": 50})
    reviews.send_back(released, CONTROLLER, clinic="ludvika", month=DECEMBER, comment="Se över planerna.")

    assert corrections(released) == []


def test_only_the_region_reads_the_news(released):
    for read in (
        lambda user: month_news.news(released, user, JANUARY),
        lambda user: month_news.corrections(released, user),
    ):
        with pytest.raises(AccessDenied):
            read(user_of("falun"))


def test_a_month_counts_those_who_have_sent_and_need_not_correct(released):
    send(released, "mora")
    reviews.send_back(released, CONTROLLER, clinic="mora", month=JANUARY, comment="Se över planerna.")

    found = news(released)

    assert (found.reported, found.owed) == (1, 5)


def test_the_months_to_choose_from_end_with_the_newest_that_is_over(portal):
    assert month_news.months(portal)[0] == JANUARY
    assert month_news.months(portal.on(date(2025, 3, 1)))[0] == FEBRUARY
    assert month_news.months(portal.on(date(2023, 3, 1))) == [Month(2023, 2), Month(2023, 1)]


@pytest.mark.parametrize("month", [DECEMBER, JANUARY])
def test_a_clinics_stories_are_the_months_that_are_its_own(demo, month):
    stories = month_news.news(demo, CONTROLLER, month).stories
    codes = {clinic.code for clinic in clinic_register.list_clinics(demo, CONTROLLER)}

    for code in codes:
        own = [story.lead.indicator for story in stories if story.lead.clinic.code == code]
        of_clinic = month_news.stories_of_clinic(demo, CONTROLLER, clinic=code, month=month)
        assert [story.lead.indicator for story in of_clinic] == own
    assert stories

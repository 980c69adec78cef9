"""Releases: the regional figures clinics see, computed right, and hidden or kept by the rules."""

from dataclasses import replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest

from db.release import releases as rows
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied
from portal.domain.insight import queue
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS, Headline
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import MissingReason
from portal.domain.release.disclosure import Rules
from portal.services.insight import indicator_series, overview
from portal.services.refused import Refused
from portal.services.release import releases
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews, status
from tests.conftest import audit_actions
from tests.services.region import (
    CONTROLLER,
    DECEMBER,
    FEBRUARY,
    JANUARY,
    MONTH,
    add_region,
    content_of,
    row_counts,
    send,
    user_of,
)


CLINICS = ("falun", "mora", "ludvika", "avesta", "borlange")  # falun and mora have one owner
COMMENT = "Se över vårdplanerna, tack."

# Another month for each clinic, so that no two figures agree by chance.
SENT = {
    code: {measure: value + 3 * place for measure, value in MONTH.items()}
    for place, code in enumerate(CLINICS)
}
OPTIONAL = {
    "contacts": 300,
    "third_visits": 20,
    "third_visits_with_care_plan": 13,
    "care_episodes": 15,
    "cgas_assessed": 6,
}
SHARES_OF_WAITING = (*queue.WAITED, *queue.WAITED_LONG)
WAITED = {code: 16 for code in queue.OVER_30D} | {code: 9 for code in queue.OVER_90D}


@pytest.fixture
def region(portal):
    add_region(portal)
    return portal


def send_all(portal, clinics=CLINICS, **changes):
    for code in clinics:
        send(portal, code, **{**SENT[code], **changes})


def send_each(portal, measure, *values, **others):
    """Send every clinic's month with these values of one measure, in the order of CLINICS."""
    for code, value in zip(CLINICS, values, strict=True):
        send(portal, code, **{measure: value, **others})


def release(portal, month=JANUARY):
    return releases.release(portal, CONTROLLER, month)


def figures(portal, month=JANUARY):
    """Return what every clinic may read: indicator → figure."""
    with portal.database.reading(EVERY_CLINIC) as scoped:
        found = rows.list_figures(scoped, first=month, last=month)
    return {code: figure for (_, code), figure in found.items()}


def correct(portal, *clinics, **changes):
    for code in clinics:
        send(portal, code, only=changes)


# The numbers


def rounded(value, digits):
    step = Decimal(1).scaleb(-digits)
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return float(exact.quantize(step, rounding=ROUND_HALF_UP))


def obvious_figures(sent):
    """The oracle: indicator → (value, pooled, mean, rate), with school arithmetic on fractions."""
    found = {}
    for indicator in MONTHLY_INDICATORS:
        if not all(measure in month for month in sent for measure in indicator.measures):
            continue
        over = [month[indicator.numerator] for month in sent]
        if indicator.denominator is None:
            patients = [month["active_patients"] for month in sent]
            rate = rounded(Fraction(100 * sum(over), sum(patients)), 1)
            found[indicator.code] = (sum(over), None, None, rate)
            continue
        under = [month[indicator.denominator] for month in sent]
        if indicator.counts_rest:
            over = [below - top for top, below in zip(over, under, strict=True)]
        scale = 100 if indicator.is_share else 1
        digits = 0 if indicator.is_share and sum(under) < 100 else 1
        pooled = rounded(Fraction(scale * sum(over), sum(under)), digits)
        each = [Fraction(scale * top, below) for top, below in zip(over, under, strict=True)]
        mean = rounded(sum(each) / len(each), digits)
        is_mean = indicator.headline is Headline.MEAN_OF_CLINICS
        found[indicator.code] = (mean if is_mean else pooled, pooled, mean, None)
    return found


def sent_with(**optional):
    return {code: {**SENT[code], **optional, "contacts": 300 + place} for place, code in enumerate(CLINICS)}


def test_released_figures_are_those_of_school_arithmetic(region):
    sent = sent_with(**OPTIONAL)
    for code in CLINICS:
        send(region, code, **sent[code])

    done = release(region)

    assert {clinic.code for clinic in done.contributing} == set(CLINICS)
    assert done.kept == ()
    assert {code for code, figure in figures(region).items() if not figure.is_shown} == {*SHARES_OF_WAITING}
    for code, figure in figures(region).items():
        if code in SHARES_OF_WAITING:
            continue
        value, pooled, mean, rate = obvious_figures(sent.values())[code]
        assert (figure.value, figure.pooled, figure.mean_of_clinics) == (value, pooled, mean), code
        assert rate is None or figure.rate == rate, code


def test_how_long_those_who_wait_have_waited_is_released_as_shares_of_the_queues(region):
    """A mean of clinics is let go first, where it would tell a queue beside them."""
    sent = sent_with(**OPTIONAL, **WAITED)
    for code in CLINICS:
        send(region, code, **sent[code])

    done = release(region)

    assert done.hidden == done.kept == ()
    for code, figure in figures(region).items():
        value, pooled, mean, _ = obvious_figures(sent.values())[code]
        assert (figure.value, figure.pooled) == (value, pooled), code
        assert figure.mean_of_clinics in (mean, None), code


def test_a_clinic_without_an_answer_is_left_out_and_not_counted_as_zero(region):
    unknown = MissingReason.NOT_MEASURED
    send_all(region, CLINICS[1:])
    send(region, "falun", **{**SENT["falun"], "calls": unknown, "calls_answered_same_day": unknown})

    release(region)

    others = [SENT[code] for code in CLINICS[1:]]
    each = [Fraction(100 * month["calls_answered_same_day"], month["calls"]) for month in others]
    assert figures(region)["calls_answered_same_day"].value == rounded(sum(each) / len(each), 1)


def test_a_returned_version_does_not_count_but_the_one_before_it_does(region):
    send_all(region)
    correct(region, "falun", care_plans=60)
    reviews.send_back(region, CONTROLLER, clinic="falun", month=JANUARY, comment=COMMENT)

    release(region)

    assert figures(region)["care_plans"].value == sum(month["care_plans"] for month in SENT.values())


# Hidden


def test_nothing_is_shown_of_two_owners_however_many_clinics(region):
    send_all(region, ("falun", "mora", "ludvika"))

    done = release(region)

    assert done.shown == ()
    assert {figure.value for figure in figures(region).values()} == {None}


def test_three_owners_are_enough(region):
    send_all(region, ("falun", "ludvika", "avesta"))

    assert INDICATORS_BY_CODE["care_plans"] in release(region).shown


@pytest.mark.parametrize(
    ("values", "is_shown"),
    [
        # totals below 5 are hidden: of 0 everybody knows everybody's (R13)
        ((0, 0, 0, 0, 0), False),
        ((0, 0, 1, 0, 0), False),
        ((1, 0, 1, 1, 1), False),
        ((1, 1, 1, 1, 1), True),
        # the second largest owner could estimate the largest
        ((1000, 0, 500, 24, 25), False),
        ((1000, 0, 500, 25, 25), True),
        ((500, 500, 500, 24, 25), False),  # falun and mora are one owner
    ],
)
def test_a_count_is_hidden_when_small_or_dominated(region, values, is_shown):
    send_each(region, "care_plans", *values)

    release(region)

    assert figures(region)["care_plans"].is_shown is is_shown


def test_a_hidden_figure_has_no_number_at_all(region):
    send_each(region, "care_plans", 0, 0, 1, 1, 1)

    release(region)

    hidden = figures(region)["care_plans"]
    assert (hidden.value, hidden.pooled, hidden.mean_of_clinics, hidden.rate) == (None,) * 4


@pytest.mark.parametrize(("visits", "is_shown"), [((4, 4, 4, 4, 3), False), ((4, 4, 4, 4, 4), True)])
def test_a_share_of_fewer_than_twenty_cases_is_hidden(region, visits, is_shown):
    send_each(region, "first_visits", *visits, first_visits_within_30d=3)

    release(region)

    assert figures(region)["first_visit_within_30d"].is_shown is is_shown


def test_owners_without_a_case_do_not_make_a_share_showable(region):
    send_each(region, "first_visits", 50, 50, 50, 0, 0, first_visits_within_30d=0)

    release(region)

    assert not figures(region)["first_visit_within_30d"].is_shown


def test_stricter_rules_hide_more_and_stand_with_the_release(region):
    strict = replace(region, rules=Rules(owners=5))
    send_all(strict)

    assert release(strict).shown == ()


# R5: a new figure replaces an old one only when no owner or three owners changed


@pytest.mark.parametrize(
    ("changed", "is_replaced"),
    [
        (("ludvika",), False),
        (("ludvika", "avesta"), False),
        (("falun", "mora", "ludvika"), False),  # two owners
        (("ludvika", "avesta", "borlange"), True),
    ],
)
def test_r5_a_correction_shows_only_together_with_those_of_two_other_owners(region, changed, is_replaced):
    send_all(region)
    release(region)
    before = figures(region)["care_plans"].value
    correct(region, *changed, care_plans=70)

    done = release(region)

    after = before + sum(70 - SENT[code]["care_plans"] for code in changed)
    assert figures(region)["care_plans"].value == (after if is_replaced else before)
    assert (INDICATORS_BY_CODE["care_plans"] in done.kept) is not is_replaced
    assert done.number == 2


def test_r5_releasing_twice_does_not_slip_in_one_owners_correction(region):
    send_all(region)
    release(region)
    before = figures(region)["care_plans"].value
    correct(region, "ludvika", care_plans=70)

    for _ in range(3):
        release(region)

    assert figures(region)["care_plans"].value == before


def test_r5_corrections_that_come_one_by_one_show_when_they_are_three(region):
    send_all(region)
    release(region)
    before = figures(region)["care_plans"].value
    for code in ("ludvika", "avesta"):
        correct(region, code, care_plans=70)
        release(region)
        assert figures(region)["care_plans"].value == before

    correct(region, "borlange", care_plans=70)
    release(region)

    changed = sum(70 - SENT[code]["care_plans"] for code in ("ludvika", "avesta", "borlange"))
    assert figures(region)["care_plans"].value == before + changed


def test_r5_a_release_without_any_change_changes_no_figure(region):
    send_all(region)
    release(region)
    before = {code: replace(figure, release_id=0) for code, figure in figures(region).items()}

    release(region)

    assert {code: replace(figure, release_id=0) for code, figure in figures(region).items()} == before


# What the clinics see


def test_all_clinics_read_the_same_figure(region):
    send_all(region)
    release(region)

    seen = [
        [row.released for row in overview.of_clinic(region, user_of(code), clinic=code, month=JANUARY).rows]
        for code in CLINICS
    ]

    assert all(found == seen[0] for found in seen)


def test_nothing_a_clinic_reads_changes_with_another_clinics_unreleased_month(region):
    send_all(region)
    release(region)

    def seen():
        ludvika = user_of("ludvika")
        series = [
            indicator_series.of_clinic(region, ludvika, clinic="ludvika", indicator=indicator, months=24)
            for indicator in MONTHLY_INDICATORS
        ]
        return overview.of_clinic(region, ludvika, clinic="ludvika", month=JANUARY), series

    before = seen()
    for code in ("falun", "mora", "avesta", "borlange"):
        correct(region, code, care_plans=77, sip_meetings=78, calls=779)
        send(region, code, DECEMBER)

    assert seen() == before


# When


def test_a_month_that_is_not_over_is_not_released(region):
    with pytest.raises(Refused, match="Februari 2025 är inte slut"):
        release(region, FEBRUARY)


def test_a_month_nobody_has_sent_is_not_released(region):
    with pytest.raises(Refused, match="det finns inget att släppa"):
        release(region)


def test_only_the_region_releases(region):
    send_all(region)
    for act in (releases.release, releases.preview):
        with pytest.raises(AccessDenied):
            act(region, user_of("falun"), JANUARY)
    with pytest.raises(AccessDenied):
        releases.release_due(region, user_of("falun"))
    assert figures(region) == {}


def test_a_preview_says_what_a_release_then_does_and_stores_nothing(region):
    send_all(region, CLINICS[:4])
    before = row_counts(region)

    promised = releases.preview(region, CONTROLLER, JANUARY)

    assert row_counts(region) == before
    assert promised == release(region)
    assert [clinic.code for clinic in promised.missing] == ["borlange"]


@pytest.mark.parametrize(
    ("today", "due"),
    [
        (date(2025, 1, 19), [Month(2024, 11)]),
        (date(2025, 1, 20), [Month(2024, 11), DECEMBER]),
        (date(2025, 2, 19), [Month(2024, 11), DECEMBER]),
        (date(2025, 2, 20), [Month(2024, 11), DECEMBER, JANUARY]),
    ],
)
def test_a_month_is_due_on_the_20th_after_it_if_anyone_has_sent_it(region, today, due):
    for month in (Month(2024, 9), Month(2024, 11), DECEMBER, JANUARY):
        send(region, month=month)
    release(region.on(date(2025, 2, 5)), Month(2024, 9))

    done = releases.release_due(region.on(today), CONTROLLER)

    assert [found.month for found in done] == due
    assert releases.release_due(region.on(today), CONTROLLER) == []


def test_a_release_is_audited_with_its_rules_and_inputs(region):
    send_all(region)

    release(region)

    assert audit_actions(region)[0] == ("controller", "month.released", "2025-01")
    with region.database.reading(EVERY_CLINIC) as scoped:
        newest = rows.list_newest(scoped, first=JANUARY, last=JANUARY)[JANUARY]
        inputs = rows.list_inputs(scoped, release_id=newest.id)
    assert set(inputs) == set(CLINICS)


# R11: an implausible value waits for the region


@pytest.fixture
def held(region):
    """Ludvika's January has ten times the usual plans; all others are as usual."""
    for month in months_between(JANUARY.plus(-7), DECEMBER):
        send(region, "ludvika", month)
    send_all(region, [code for code in CLINICS if code != "ludvika"])
    send(region, "ludvika", confirm=True, **{**SENT["ludvika"], "care_plans": 600})
    return region


def test_r11_a_month_with_an_implausible_value_stays_out_until_the_region_has_approved_it(held):
    preview = releases.preview(held, CONTROLLER, JANUARY)
    assert [clinic.code for clinic in preview.held_clinics] == ["ludvika"]
    assert "ludvika" not in [clinic.code for clinic in (*preview.contributing, *preview.missing)]
    assert [(clinic.code, month) for clinic, month in status.grid(held, CONTROLLER).held_months] == [
        ("ludvika", JANUARY)
    ]
    release(held)
    others = sum(SENT[code]["care_plans"] for code in CLINICS if code != "ludvika")
    assert figures(held)["care_plans"].value == others

    reviews.approve(held, CONTROLLER, clinic="ludvika", month=JANUARY)

    preview = releases.preview(held, CONTROLLER, JANUARY)
    assert preview.held_clinics == ()
    assert "ludvika" in [clinic.code for clinic in preview.contributing]
    assert status.grid(held, CONTROLLER).held_months == ()


def test_r11_the_version_before_the_implausible_one_counts_meanwhile(held):
    reviews.send_back(held, CONTROLLER, clinic="ludvika", month=JANUARY, comment=COMMENT)
    submitting.commit(
        held,
        user_of("ludvika"),
        name="x.csv",
        content=content_of("ludvika", **SENT["ludvika"]),
        confirmation=Confirmation(reason="En nolla för mycket."),
    )
    send(held, "ludvika", confirm=True, only={"care_plans": 700})

    preview = releases.preview(held, CONTROLLER, JANUARY)
    release(held)

    assert [clinic.code for clinic in preview.held_clinics] == ["ludvika"]
    assert figures(held)["care_plans"].value == sum(month["care_plans"] for month in SENT.values())

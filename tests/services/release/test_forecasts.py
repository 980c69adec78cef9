"""Forecasts as a release makes them: whose they are, what they rest on, and what no other clinic's figure changes."""

from dataclasses import replace
from itertools import pairwise

import pytest
from sqlalchemy import delete, insert, select, update

from db.release import forecasts as rows
from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied, ClinicUser, RegionUser
from portal.domain.insight.forecasting import SERIES, NoForecast, joining
from portal.domain.insight.queue import FIRST_VISIT, PHASES
from portal.domain.insight.statistics.forecasts import AHEAD, forecast
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.services.context import Memo
from portal.services.insight import indicator_series, queues
from portal.services.release import forecasts, releases
from portal.services.reporting import breaks
from tests.conftest import audit_actions


pytestmark = pytest.mark.security

REGION = RegionUser("region", "Region")
MORA = ClinicUser("mora", "Mora", ("mora",))
DECEMBER = Month(2024, 12)
WAITING = FIRST_VISIT.waiting


def cold(portal):
    """Return a portal that remembers nothing: some of these change what no event tells of."""
    return replace(portal, memo=Memo())


def of_region(portal, until=DECEMBER):
    return queues.of_region(cold(portal), REGION, until).forecasts


def of_clinic(portal, user, clinic):
    patients = INDICATORS_BY_CODE["active_patients"]
    series = indicator_series.of_clinic(cold(portal), user, clinic=clinic, indicator=patients, months=24)
    return series.forecasts


def of_mora(portal):
    return of_clinic(portal, MORA, "mora")


def release_again(portal):
    releases.release(portal, REGION, DECEMBER)


def change(portal, clinic, months, *, plus):
    """Change what a clinic has reported, without releasing it."""
    submission, value = table("submission"), table("submission_value")
    with portal.database.writing(EVERY_CLINIC) as scoped:
        ids = select(submission.c.id).where(
            submission.c.clinic_code == clinic, submission.c.month.in_(list(map(str, months)))
        )
        changed = update(value).where(value.c.submission_id.in_(ids), value.c.value.is_not(None))
        scoped.connection.execute(changed.values(value=value.c.value + plus))


def test_the_demos_region_and_old_clinics_have_forecasts_and_new_clinics_are_told_why_not(demo):
    region, mora = of_region(demo), of_mora(demo)
    jewe = of_clinic(demo, REGION, "borlange-jewe")

    assert set(region) == set(mora) == set(jewe) == set(SERIES)
    for series_forecast in (*region.values(), *mora.values()):
        assert len(series_forecast.forecast.steps) == AHEAD
        assert (series_forecast.month, series_forecast.last, series_forecast.months) == (
            DECEMBER,
            DECEMBER,
            24,
        )
    assert {series_forecast.why_none for series_forecast in jewe.values()} == {NoForecast.FEW_MONTHS}


def test_the_regions_forecast_goes_on_from_the_line_that_koer_draws(demo):
    """The sums that were released, here those of all clinics; who joined is their change and who started."""
    months = queues.of_region(demo, REGION, DECEMBER)
    for phase in PHASES:
        queue = months.of(phase.code).months[-24:]
        waiting = [float(month.waiting) for month in queue]
        pairs = pairwise(queue)
        joined = [float(max(0, now.waiting - before.waiting + now.started)) for before, now in pairs]

        assert of_region(demo)[phase.waiting].forecast.steps == rounded(forecast(waiting).steps)
        assert of_region(demo)[joining(phase)].forecast.steps == rounded(forecast(joined).steps)


def rounded(steps):
    return tuple(replace(step, point=round(step.point, 3)) for step in steps)


def test_an_older_month_is_shown_what_was_said_then(demo):
    assert of_region(demo, until=Month(2024, 6))[WAITING].month == Month(2024, 6)
    assert of_region(demo, until=Month(2024, 6))[WAITING].why_none is NoForecast.FEW_MONTHS
    assert of_region(demo, until=Month(2025, 1))[WAITING].month == DECEMBER


def test_a_clinic_finds_its_own_forecasts_only(demo):
    with pytest.raises(AccessDenied):
        of_clinic(demo, MORA, "falun")
    with pytest.raises(AccessDenied):
        queues.of_region(demo, MORA, DECEMBER)
    with demo.database.reading(EVERY_CLINIC) as scoped:
        assert rows.list_of_clinic(scoped, clinic="") == []  # the region's are no clinic's


def test_no_other_clinics_figure_changes_a_clinics_forecast(own_demo):
    """All that mora reads: every number, method and trial of every series."""
    before, regions = of_mora(own_demo), of_region(own_demo)
    for clinic in ("falun", "avesta", "borlange", "ludvika", "falun-capio", "hedemora-kiron"):
        change(own_demo, clinic, [DECEMBER, Month(2024, 11), Month(2024, 3)], plus=61)

    release_again(own_demo)

    assert of_mora(own_demo) == before
    assert of_region(own_demo) != regions  # the control: what was changed does count


def test_the_regions_forecast_follows_what_was_released_and_nothing_that_was_not(own_demo):
    """Two worlds that have released the same have the same forecast, whatever the clinics have sent since."""
    before = of_region(own_demo)
    change(own_demo, "falun", [Month(2024, 3), Month(2024, 9)], plus=500)
    hide(own_demo, Month(2024, 5))

    with own_demo.writing(REGION) as scoped:
        forecasts.renew(scoped, [DECEMBER])

    after = of_region(own_demo)
    assert after[WAITING].forecast != before[WAITING].forecast  # the hidden month is a hole: drawn across
    assert (
        after["active_patients"] == before["active_patients"]
    )  # not hidden, and not what falun has sent since


def hide(portal, month):
    """Hide the month's figure of one queue, as the rules would."""
    figure = table("released_figure")
    empty = dict.fromkeys(("value", "pooled", "mean_of_clinics", "rate", "numerator", "denominator"))
    with portal.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(
            update(figure)
            .where(figure.c.month == str(month), figure.c.indicator == WAITING)
            .values(is_shown=False, **empty)
        )


def test_a_month_that_an_open_clinic_has_not_answered_is_none_of_the_regions(own_demo):
    """A sum of fewer clinics would look like a queue that shrinks; the release has it all the same.

    Nor is it one once that clinic has sent: its answer stands in no figure before the month is released anew.
    """
    forget_releases(own_demo, DECEMBER)
    set_sent(own_demo, "mora", DECEMBER, is_sent=False)

    release_again(own_demo)

    without = of_region(own_demo)
    assert without[WAITING].last == Month(2024, 11)
    assert of_mora(own_demo)[WAITING].last == Month(2024, 11)
    assert of_clinic(own_demo, REGION, "falun")[WAITING].last == DECEMBER

    set_sent(own_demo, "mora", DECEMBER, is_sent=True)
    with own_demo.writing(REGION) as scoped:
        forecasts.renew(scoped)

    assert of_region(own_demo) == without
    assert of_mora(own_demo)[WAITING].last == DECEMBER


def forget_releases(portal, month):
    release, figure = table("release"), table("released_figure")
    of_month = select(release.c.id).where(release.c.month == str(month))
    with portal.database.writing(EVERY_CLINIC) as scoped:
        for each, condition in (
            (figure, figure.c.month == str(month)),
            (table("release_input"), table("release_input").c.release_id.in_(of_month)),
            (release, release.c.month == str(month)),
        ):
            scoped.connection.execute(delete(each).where(condition))


def set_sent(portal, clinic, month, *, is_sent):
    """Have a clinic's only version of a month count, or not."""
    submission = table("submission")
    of_month = (submission.c.clinic_code == clinic, submission.c.month == str(month))
    values = {"is_current": is_sent, "state": "approved" if is_sent else "returned"}
    with portal.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(update(submission).where(*of_month).values(**values))


def test_after_a_break_months_are_counted_anew(own_demo):
    """From the moment it is entered. Everybody's break is the region's too; one clinic's is that clinic's."""
    breaks.enter(own_demo, REGION, clinic="mora", month=Month(2024, 2), reason="Nytt journalsystem")

    assert {each.why_none for each in of_mora(own_demo).values()} == {NoForecast.AFTER_BREAK}
    assert of_region(own_demo)[WAITING].why_none is None

    breaks.enter(own_demo, REGION, clinic=None, month=Month(2024, 3), reason="Ny definition")

    assert {each.why_none for each in of_region(own_demo).values()} == {NoForecast.AFTER_BREAK}
    assert of_region(own_demo)[WAITING].months == 10


def test_after_an_upgrade_the_newest_release_gets_its_forecasts_once(own_demo):
    """And the year that has ended: its report may still be a draft."""
    mora, regions = of_mora(own_demo), of_region(own_demo)
    with own_demo.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(delete(table("forecast")))
    assert of_mora(own_demo) == {}

    assert forecasts.catch_up(own_demo, REGION) == DECEMBER
    assert forecasts.catch_up(own_demo, REGION) is None

    assert (of_mora(own_demo), of_region(own_demo)) == (mora, regions)
    made = [event for event in audit_actions(own_demo) if event[1] == "forecast.made"]
    assert made == [("region", "forecast.made", "2024-12")]


def test_before_any_release_there_is_nothing_to_forecast(portal):
    assert forecasts.catch_up(portal, REGION) is None


def test_a_release_replaces_the_clinics_forecasts_and_the_regions_of_that_month(own_demo):
    with own_demo.database.writing(EVERY_CLINIC) as scoped:
        gone = {"clinic_code": "gone", "month": "2024-11", "last_month": "2024-11", "months": 23}
        values = {"series": WAITING, "content": "", "why_none": "few_months"}
        scoped.connection.execute(insert(table("forecast")).values(**gone, **values))
    june = of_region(own_demo, until=Month(2024, 6))

    release_again(own_demo)

    with own_demo.database.reading(EVERY_CLINIC) as scoped:
        assert rows.list_of_clinic(scoped, clinic="gone") == []
    assert of_region(own_demo, until=Month(2024, 6)) == june

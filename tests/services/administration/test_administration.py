"""The register, targets and days: changed by the administrator, with a reason, and nothing is lost."""

from dataclasses import replace
from datetime import date

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.registry.clinics import ClosedKind, Operator
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import MonthState
from portal.services.accounts import login_sessions
from portal.services.administration import calendar_days, clinic_register, targets
from portal.services.administration.clinic_register import ClinicChanges
from portal.services.administration.targets import NewTarget
from portal.services.context import Portal
from portal.services.insight import indicator_series, overview
from portal.services.letters import reminders
from portal.services.refused import Refused
from portal.services.release import releases
from portal.services.review import deadlines, status
from tests.conftest import SYSTEM, add_account, audit_actions, log_in
from tests.services.region import CONTROLLER, DECEMBER, FEBRUARY, JANUARY, add_region, send, user_of


WHY = "Beslut i nämnden"


def find(portal, code):
    return next(one for one in clinic_register.list_clinics(portal, CONTROLLER) if one.code == code)


def close(portal, code="mora", last_month=DECEMBER, kind=ClosedKind.BANKRUPTCY, reason="Gick i konkurs"):
    clinic_register.close(portal, SYSTEM, code=code, last_month=last_month, reason=reason, kind=kind)


# A clinic that closes


def test_a_closed_clinic_keeps_its_history_and_owes_nothing_after_its_last_month(portal):
    add_region(portal)
    for code in ("falun", "mora", "ludvika", "avesta", "borlange"):
        send(portal, code, DECEMBER)
    for code in ("falun", "ludvika", "avesta"):
        send(portal, code)
    before = status.grid(portal, CONTROLLER).states["mora", JANUARY]

    close(portal)

    grid = status.grid(portal, CONTROLLER)
    assert before is MonthState.OPEN
    assert (grid.states["mora", JANUARY], grid.states["mora", DECEMBER]) == (
        MonthState.NOT_OWED,
        MonthState.SENT,
    )
    seen = overview.of_clinic(portal, user_of("mora"), clinic="mora")
    assert not [task for task in seen.tasks if task.month > DECEMBER]
    assert (seen.next_deadline, seen.month) == (None, DECEMBER)
    assert [clinic.code for clinic in releases.preview(portal, CONTROLLER, JANUARY).missing] == ["borlange"]
    sent = indicator_series.of_clinic(
        portal, user_of("mora"), clinic="mora", indicator=INDICATORS_BY_CODE["care_plans"], months=2
    )
    assert [point.own.value is not None for point in sent.points] == [True, False]
    assert sent.points[1].own.reason.label == "avslutad"
    with pytest.raises(Refused, match="ska inte rapportera"):
        deadlines.grant(
            portal, CONTROLLER, clinic="mora", month=JANUARY, until=date(2025, 3, 1), reason="Mer tid"
        )


def test_nobody_is_reminded_of_months_after_the_last(portal):
    late = portal.on(date(2025, 2, 20))
    owed = {(item.clinic.code, item.month) for item in _owed(late)}
    assert ("mora", JANUARY) in owed

    close(portal)

    owed = {(item.clinic.code, item.month) for item in _owed(late)}
    assert ("mora", JANUARY) not in owed
    assert ("mora", DECEMBER) in owed
    assert "mora" not in [clinic.code for clinic in reminders.list_unreached(late, CONTROLLER)]


def _owed(portal):
    with portal.reading(CONTROLLER) as scoped:
        known = clinic_register.list_clinics(portal, CONTROLLER)
        return list(reminders._owed(portal, scoped, known, portal.clock.today))


def test_long_after_the_closing_it_leaves_the_grid_and_stays_in_the_register(portal):
    close(portal, last_month=Month(2023, 12))

    later = portal.on(date(2026, 2, 5))

    assert "mora" not in [clinic.code for clinic in status.grid(later, CONTROLLER).clinics]
    assert find(portal, "mora").closed == Month(2023, 12)
    assert find(portal, "mora").closed_kind is ClosedKind.BANKRUPTCY


def test_a_merger_names_the_clinic_that_goes_on(portal):
    clinic_register.merge(portal, SYSTEM, code="mora", into="falun", last_month=DECEMBER, reason=WHY)

    found = find(portal, "mora")
    assert (found.closed, found.closed_kind, found.successor) == (DECEMBER, ClosedKind.MERGED, "falun")
    assert find(portal, "falun").closed is None
    assert audit_actions(portal)[0] == ("system", "clinic.merged", "2024-12")
    clinic_register.reopen(portal, SYSTEM, code="mora", reason="Fel mottagning")
    assert (find(portal, "mora").closed, find(portal, "mora").successor) == (None, "")


def test_what_can_not_be_is_refused_in_words(portal):
    send(portal, "falun")

    for change, words in (
        (lambda: close(portal, "falun"), "har rapporterat januari 2025"),
        (lambda: close(portal, "ny"), "finns inte"),
        (lambda: close(portal, last_month=Month(2052, 1)), "kontrollera årtalet"),
        (lambda: close(portal, reason=" "), "Skriv varför"),
        (lambda: close(portal, kind=ClosedKind.MERGED), "Ange vilken"),
        (lambda: clinic_register.reopen(portal, SYSTEM, code="mora", reason=WHY), "inte stängd"),
        (lambda: merge(portal, "mora", "mora"), "sig själv"),
        (lambda: rename(portal, name="BUP Falun"), "redan en mottagning"),
        (lambda: rename(portal, name="bup\u00a0FALUN "), "redan en mottagning som heter BUP Falun"),
        (lambda: rename(portal, name="Ludvika"), "redan en mottagning"),
        (lambda: add_like_mora(portal, municipality="Falun"), "Kommunkoden 2062 är Mora, inte Falun"),
        (lambda: add_like_mora(portal, provider="region  dalarna"), "skrivs Region Dalarna"),
        (lambda: rename(portal, provider=""), "Vårdgivaren ska ha"),
        (lambda: rename(portal, municipality_code="0180"), "en av regionens"),
        (lambda: rename(portal, code="falun", opened=FEBRUARY), "kan inte ha öppnat senare"),
        (lambda: clinic_register.add(portal, SYSTEM, replace(find(portal, "mora"), code="Ny 1")), "små bok"),
    ):
        with pytest.raises(Refused, match=words):
            change()
    close(portal, "ludvika")
    for change, words in (
        (lambda: close(portal, "ludvika"), "stängde redan"),
        (lambda: merge(portal, "mora", "ludvika"), "är inte öppen"),
    ):
        with pytest.raises(Refused, match=words):
            change()


def merge(portal, code, into):
    clinic_register.merge(portal, SYSTEM, code=code, into=into, last_month=DECEMBER, reason=WHY)


def rename(portal, *, code="mora", **changes):
    return clinic_register.change(portal, SYSTEM, ClinicChanges(**changes), code=code, reason=WHY)


def add_like_mora(portal, **changes):
    new = replace(find(portal, "mora"), code="ny", name="BUP Ny", **changes)
    clinic_register.add(portal, SYSTEM, new)


def test_names_are_stored_without_what_nobody_sees(portal):
    add_like_mora(portal, municipality="MORA", provider=" Ny\u200b  Vård\u00a0AB ")

    found = find(portal, "ny")
    assert (found.municipality, found.provider) == ("Mora", "Ny Vård AB")


def test_a_new_provider_is_written_with_what_stood_before(portal):
    rename(portal, provider="Capio", operator=Operator.PRIVATE, municipality_code="2034")
    rename(portal, provider="Capio")

    found = find(portal, "mora")
    assert (found.provider, found.operator, found.municipality) == ("Capio", Operator.PRIVATE, "Orsa")
    assert [action for _, action, _ in audit_actions(portal)].count("clinic.changed") == 1


# Targets


def set_target(portal, user=SYSTEM, reason=WHY, **changes):
    usual = {"indicator": "calls_answered_same_day", "value": 90, "valid_from": date(2025, 1, 1)}
    return targets.set_target(portal, user, NewTarget(**{**usual, **changes}), reason=reason)


def shown(portal, month):
    rows = overview.of_clinic(portal, user_of("falun"), clinic="falun", month=month).rows
    target = next(row.target for row in rows if row.indicator.code == "calls_answered_same_day")
    return target and target.text


def test_a_page_shows_the_target_that_was_in_force_in_its_month(portal):
    set_target(portal)
    set_target(portal, value=95, valid_from=date(2025, 2, 1))

    assert (shown(portal, DECEMBER), shown(portal, JANUARY)) == (None, "minst 90\u00a0%")
    later = portal.on(date(2025, 3, 5))
    assert shown(later, FEBRUARY) == "minst 95\u00a0%"
    series = indicator_series.of_clinic(
        later,
        user_of("falun"),
        clinic="falun",
        indicator=INDICATORS_BY_CODE["calls_answered_same_day"],
        months=3,
    )
    assert [target and target.value for target in series.targets.values()] == [None, 90, 95]


def test_a_declared_target_is_the_default_and_can_be_replaced_or_taken_away(portal):
    code = "months_to_clear_treatment"
    assert targets.in_force(portal, CONTROLLER)[code].text == "högst 1 månad"

    set_target(portal, indicator=code, value=2, text="högst 2 månader")
    assert targets.in_force(portal, user_of("falun"))[code].value == 2

    set_target(portal, indicator=code, value=None, valid_from=date(2025, 2, 1))
    set_target(portal, indicator=code, value=None, valid_from=date(2025, 2, 1))

    line = next(one for one in targets.list_targets(portal, CONTROLLER) if one.indicator.code == code)
    assert (line.now, [change.value for change in line.changes]) == (None, [None, 2])
    assert audit_actions(portal)[0] == ("system", "target.set", f"{code} 2025-02-01")


def test_a_target_that_makes_no_sense_is_refused(portal):
    for changes, words in (
        ({"value": 101}, "mellan 0 och 100"),
        ({"reason": "x"}, "Skriv varför"),
        ({"indicator": "okänd"}, "finns inte"),
        ({"valid_from": date(2052, 1, 1)}, "kan gälla från"),
    ):
        with pytest.raises(Refused, match=words):
            set_target(portal, **changes)


# Days


def set_days(portal, user=SYSTEM, **changes):
    return calendar_days.set_days(
        portal,
        user,
        **{"valid_from": FEBRUARY, "deadline_day": 10, "release_day": 25, "reason": WHY, **changes},
    )


def test_new_days_rule_from_their_month_on_and_earlier_months_keep_theirs(portal):
    set_days(portal)

    assert portal.calendar.deadline(JANUARY) == date(2025, 2, 15)
    assert portal.calendar.deadline(FEBRUARY) == date(2025, 3, 10)
    assert portal.calendar.release_date(FEBRUARY.next) == date(2025, 4, 25)
    late = portal.on(date(2025, 3, 11))
    assert status.grid(late, CONTROLLER).states["falun", FEBRUARY] is MonthState.LATE
    set_days(portal, deadline_day=12)
    assert portal.calendar.deadline(FEBRUARY) == date(2025, 3, 12)
    assert [rule.days.deadline_day for rule in calendar_days.list_rules(portal, CONTROLLER)] == [12, 10]
    assert audit_actions(portal)[0] == ("system", "days.set", "2025-02")


def test_another_process_has_new_days_with_the_next_page_it_draws_and_what_it_reads_or_writes(
    portal, database
):
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    _, sid = log_in(portal, "falun")
    reads, writes, draws = (Portal(database=database, clock=portal.clock) for _ in range(3))
    for other in (reads, writes, draws):
        assert calendar_days.list_rules(other, CONTROLLER) == []
        assert other.calendar.deadline(FEBRUARY) == date(2025, 3, 15)

    set_days(portal)

    calendar_days.list_rules(reads, CONTROLLER)
    assert reads.calendar.deadline(FEBRUARY) == date(2025, 3, 10)
    login_sessions.visit(draws, sid)
    assert draws.calendar.deadline(FEBRUARY) == date(2025, 3, 10)
    with writes.writing(SYSTEM):
        assert writes.calendar.deadline(FEBRUARY) == date(2025, 3, 10)


def test_a_later_ordinary_day_is_never_cut_short_by_an_older_extension(portal):
    deadlines.grant(
        portal, CONTROLLER, clinic="falun", month=FEBRUARY, until=date(2025, 3, 17), reason="Byter system"
    )

    set_days(portal, deadline_day=20)

    late = portal.on(date(2025, 3, 18))
    assert status.grid(late, CONTROLLER).states["falun", FEBRUARY] is MonthState.OPEN


def test_days_that_make_no_sense_are_refused(portal):
    for changes, words in (
        ({"deadline_day": 25}, "släpps efter"),
        ({"release_day": 29}, "28:e"),
        ({"reason": ""}, "Skriv varför"),
        ({"valid_from": DECEMBER}, "har den sista dagen redan varit"),
    ):
        with pytest.raises(Refused, match=words):
            set_days(portal, **changes)


# Who


@pytest.mark.security
def test_only_the_administrator_changes_anything_here(portal):
    for user in (CONTROLLER, user_of("falun")):
        for attempt in (
            lambda user=user: clinic_register.close(
                portal, user, code="falun", last_month=DECEMBER, reason=WHY
            ),
            lambda user=user: clinic_register.merge(
                portal, user, code="mora", into="falun", last_month=DECEMBER, reason=WHY
            ),
            lambda user=user: clinic_register.change(
                portal, user, ClinicChanges(name="Ny"), code="mora", reason=WHY
            ),
            lambda user=user: clinic_register.reopen(portal, user, code="mora", reason=WHY),
            lambda user=user: set_target(portal, user=user),
            lambda user=user: set_days(portal, user=user),
        ):
            with pytest.raises(AccessDenied):
                attempt()
    assert [action for _, action, _ in audit_actions(portal)] == []

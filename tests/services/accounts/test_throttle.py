"""How often a login may be tried, and that an outsider cannot spend it for others."""

import threading

import pytest
import time_machine

from portal.services.accounts import accounts, login, passwords
from portal.services.accounts.login import Ticket
from portal.services.accounts.throttle import Client, Wait
from tests.conftest import PASSWORD, SYSTEM, add_account, audit_actions


pytestmark = pytest.mark.security
START = 1_000_000_000
WRONG = "fel lösenord, helt fel"
STRANGER, HOME = Client(address="198.51.100.7"), Client(address="203.0.113.9")


@pytest.fixture
def cheap(monkeypatch):
    """Passwords compared without their cost: what is counted here are tries."""
    monkeypatch.setattr(passwords, "is_right", lambda found, typed: bool(found) and typed == PASSWORD)


def fail(portal, times=1, username="falun", client=STRANGER):
    return [login.begin(portal, username, WRONG, client=client) for _ in range(times)]


def waits(portal, client, username="falun", password=PASSWORD):
    """Return the seconds a try has to wait; 0 where it was looked at."""
    found = login.begin(portal, username, password, client=client)
    return found.seconds if isinstance(found, Wait) else 0


@pytest.mark.asvs("6.1.1", "6.3.1")
def test_f4_five_tries_are_free_then_the_wait_doubles_to_a_quarter_of_an_hour(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False) as clock:
        assert fail(portal, 5) == [None] * 5
        seen = []
        for _ in range(7):
            seconds = waits(portal, STRANGER, password=WRONG)
            seen.append(seconds)
            clock.shift(seconds)
            fail(portal)

        assert seen == [30, 60, 120, 240, 480, 900, 900]
        assert waits(portal, STRANGER) == 900
        clock.shift(900)
        assert isinstance(login.begin(portal, "falun", PASSWORD, client=STRANGER), Ticket)
        assert fail(portal, 5) == [None] * 5


def test_a_stranger_makes_only_himself_wait(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False):
        fail(portal, 6)

        assert waits(portal, STRANGER) > 0
        assert waits(portal, HOME) == 0


@pytest.mark.asvs("6.3.1")
def test_after_a_hundred_in_a_row_nobody_new_gets_in_but_a_known_browser_does(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False) as clock:
        ticket = login.begin(portal, "falun", PASSWORD)
        assert login.open_session(portal, ticket.secret, device="den här webbläsaren")
        for number in range(100):
            fail(portal, client=Client(address=f"198.51.100.{number}"))
        clock.shift(86_400)

        assert login.begin(portal, "falun", PASSWORD, client=HOME) == Wait(None)
        known = Client(address="203.0.113.9", device="den här webbläsaren")
        assert isinstance(login.begin(portal, "falun", PASSWORD, client=known), Ticket)


def test_a_known_browser_has_its_own_bounds(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False):
        ticket = login.begin(portal, "falun", PASSWORD)
        login.open_session(portal, ticket.secret, device="stulen")
        thief = Client(device="stulen")

        assert fail(portal, 5, client=thief) == [None] * 5
        assert waits(portal, thief) == 30
        assert waits(portal, Client(device="okänd kaka")) == 0


def test_the_administrator_opens_a_stopped_account(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False):
        for number in range(100):
            fail(portal, client=Client(address=f"198.51.100.{number}"))
        assert login.begin(portal, "falun", PASSWORD, client=HOME) == Wait(None)

        accounts.unlock(portal, SYSTEM, "falun")

        assert isinstance(login.begin(portal, "falun", PASSWORD, client=HOME), Ticket)


@pytest.mark.asvs("2.4.1", "6.3.1")
def test_one_address_has_fifty_wrong_tries_in_ten_minutes_whatever_the_accounts(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False) as clock:
        for number in range(50):
            fail(portal, username=f"gissning{number}")
        assert waits(portal, STRANGER) == 600
        assert waits(portal, HOME) == 0
        clock.shift(600)
        assert waits(portal, STRANGER) == 0


def test_a_house_with_one_address_may_log_in_as_often_as_it_likes(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False):
        assert [waits(portal, HOME) for _ in range(60)] == [0] * 60


@pytest.mark.asvs("6.3.8")
def test_a_name_without_account_is_counted_like_one_that_has_one(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False):
        known = [*fail(portal, 6), *fail(portal, 1, client=HOME)]
        unknown = [*fail(portal, 6, username="finnsinte"), *fail(portal, 1, "finnsinte", client=HOME)]

    assert known == unknown
    assert isinstance(known[5], Wait)


def test_a_try_that_has_to_wait_costs_no_hash_and_is_audited(portal, falun_user, monkeypatch):
    with time_machine.travel(START, tick=False):
        fail(portal, 5)
        monkeypatch.setattr(passwords, "is_right", lambda *_: pytest.fail("a hash was computed"))
        fail(portal)

    assert audit_actions(portal)[0] == ("falun", "login.throttled", "")


def test_tries_sent_at_once_are_all_counted(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False):
        found = []
        threads = [threading.Thread(target=lambda: found.extend(fail(portal))) for _ in range(12)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert found.count(None) == 5
    assert sum(isinstance(one, Wait) for one in found) == 7


def test_wrong_tries_at_one_account_do_not_slow_another(portal, falun_user, cheap):
    add_account(portal, "region", role="region")
    fail(portal, 6, username="region")

    assert isinstance(login.begin(portal, "falun", PASSWORD, client=STRANGER), Ticket)

"""How often a login may be tried, and that an outsider cannot spend it for others."""

import threading
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

import db.accounts.throttle
from db.accounts.throttle import Tries
from portal.domain.accounts.access import NO_CLINIC
from portal.services.accounts import accounts, invitations, login, passwords
from portal.services.accounts.login import Ticket
from portal.services.accounts.throttle import Client, Wait
from portal.services.refused import Refused
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
        clock.shift(86_399)

        assert login.begin(portal, "falun", PASSWORD, client=HOME) == Wait(None)
        known = Client(address="203.0.113.9", device="den här webbläsaren")
        assert isinstance(login.begin(portal, "falun", PASSWORD, client=known), Ticket)


# What an outsider may not bring about


@pytest.mark.asvs("6.1.1", "6.3.1")
def test_one_ipv6_network_alone_stops_nobody_else_however_long_it_tries(portal, falun_user, cheap):
    """The control, that many networks together do, is the hundred in a row above."""
    network = [Client(address=f"2001:db8:1:1:{number:x}::{number:x}") for number in range(22)]
    with time_machine.travel(START, tick=False) as clock:
        for client in network:
            fail(portal, client=client)
            clock.shift(900)  # the longest wait

        assert login.begin(portal, "falun", WRONG, client=network[-1]) == Wait(None)
        assert isinstance(login.begin(portal, "falun", PASSWORD, client=HOME), Ticket)
        assert login.begin(portal, "falun", WRONG, client=network[0]) == Wait(
            None
        )  # nor does it learn of that


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:DB8::1", "2001:db8::/64"),
        ("2001:db8:0:0:ffff:ffff:ffff:ffff", "2001:db8::/64"),
        ("2001:db8:0:1::1", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("okänd", "okänd"),
        ("", ""),
    ],
)
def test_a_place_is_an_ipv4_address_or_an_ipv6_network(address, place):
    assert Client(address=address).place == place


def stop(portal):
    """Stop the account as twenty tries from each of five networks do."""
    account, now = login.find_account(portal, "falun"), datetime.now(UTC)
    with portal.database.writing(NO_CLINIC) as scoped:
        for number in range(5):
            key = f"pair:{account.id} from 198.51.100.{number}"
            db.accounts.throttle.put(scoped, key, Tries(20, now, now))
    assert login.begin(portal, "falun", PASSWORD, client=HOME) == Wait(None)


def test_a_stop_lapses_after_a_day_without_tries(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False) as clock:
        stop(portal)
        clock.shift(86_399)
        assert login.begin(portal, "falun", PASSWORD, client=HOME) == Wait(None)
        clock.shift(1)
        assert isinstance(login.begin(portal, "falun", PASSWORD, client=HOME), Ticket)


def test_a_stop_opens_by_a_mailed_link(portal, falun_user):
    new = "nio gula paraplyer i regn"
    with time_machine.travel(START, tick=False):
        stop(portal)
        url = invitations.reset_password(portal, SYSTEM, "falun").url
        invitations.accept(portal, parse_qs(urlsplit(url).query)["kod"][0], password=new)

        assert isinstance(login.begin(portal, "falun", new, client=HOME), Ticket)


def test_whoever_is_logged_in_keeps_their_own_tries(portal, falun_user, cheap):
    with time_machine.travel(START, tick=False):
        stop(portal)
        assert login.check_password(portal, "falun", PASSWORD)

        assert [login.check_password(portal, "falun", WRONG) for _ in range(5)] == [False] * 5
        with pytest.raises(Refused, match="Vänta 30 sekunder"):
            login.check_password(portal, "falun", PASSWORD)


@pytest.mark.asvs("6.3.8")
@pytest.mark.parametrize("is_used", [False, True], ids=["unused", "its owner logs in meanwhile"])
def test_no_wait_tells_who_exists_whatever_is_tried_when(portal, falun_user, cheap, is_used):
    """The same tries at a name that is there and one that is not, over three days: the same answers."""

    def tries(username):
        answers = []
        with time_machine.travel(START, tick=False) as clock:
            for times, pause in ((6, 3_600), (2, 90_000), (2, 0)):
                answers += fail(portal, times, username=username)
                if is_used:
                    assert isinstance(login.begin(portal, "falun", PASSWORD, client=HOME), Ticket)
                clock.shift(pause)
        return answers

    answers = tries("falun")

    assert answers == tries("finnsinte")
    assert {type(answer) for answer in answers} == {type(None), Wait}


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
        stop(portal)

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

"""F4, F5 and F6 of the threat list (portal/README.md) through the login form of the running server."""

import pytest

from portal.services.accounts import accounts
from portal.services.accounts.accounts import AccountDetails
from portal.services.refused import Refused
from tests.conftest import PASSWORD, SYSTEM, add_account


pytestmark = pytest.mark.security
TICKET = "/session/client.js"  # fetches the cookie with the ticket beside it
LONG = "en lång svensk mening med å, ä och ö som går långt förbi sjuttiotvå byte: slut"


def log_in(tab, username, password):
    return tab.run(fill={"Användarnamn": username, "Lösenord": password}, press="Logga in")


def said(run):
    return [element.alert.body for element in run.elements if element.WhichOneof("type") == "alert"]


def test_the_right_password_gets_a_ticket(server):
    """The control of what follows."""
    add_account(server.portal, "riktig", role="region")
    with server.tab() as tab:
        tab.run("")
        assert log_in(tab, "riktig", PASSWORD).holds(TICKET)


@pytest.mark.asvs("6.3.1", "2.4.1")
def test_f4_wrong_tries_are_counted_over_tabs_and_make_the_right_one_wait(server):
    add_account(server.portal, "angripen", role="region")
    for _ in range(2):
        with server.tab() as tab:
            tab.run("")
            for _ in range(6):
                assert not log_in(tab, "angripen", "fel lösenord, helt fel").holds(TICKET)

    with server.tab() as tab:
        tab.run("")
        assert not log_in(tab, "angripen", PASSWORD).holds(TICKET)


@pytest.mark.asvs("6.2.4", "6.2.5", "6.2.7", "6.2.9")
def test_f5_a_long_passphrase_counts_to_its_end_and_a_common_password_is_none(server):
    add_account(server.portal, "langlosen", role="region", password=LONG)
    assert len(LONG.encode()) > 72
    with server.tab() as tab:
        tab.run("")
        assert not log_in(tab, "langlosen", LONG[:-1]).holds(TICKET)
        assert log_in(tab, "langlosen", LONG).holds(TICKET)
    with pytest.raises(Refused):
        accounts.add(
            server.portal,
            SYSTEM,
            AccountDetails(username="kort", name="K", role="region", clinics=[], password="Password1!"),
        )


@pytest.mark.asvs("6.3.8")
def test_f6_an_unknown_name_and_a_wrong_password_read_the_same(server):
    """That both cost one hash is counted in tests/services."""
    add_account(server.portal, "finns", role="region")
    with server.tab() as tab:
        tab.run("")
        wrong, unknown = (
            said(log_in(tab, name, "fel lösenord, helt fel")) for name in ("finns", "finnsinte")
        )
    assert wrong == unknown != []

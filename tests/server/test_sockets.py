"""Open sockets and garbage of strangers: each has a bound, and those who are logged in work on."""

import asyncio
import json
from contextlib import ExitStack

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from portal import server as serving
from portal.domain.accounts.networks import network_of
from portal.limits import SOCKETS_OF_ADDRESS, STRANGERS, Sockets


pytestmark = [pytest.mark.security, pytest.mark.asvs("15.2.2", "2.4.1")]


@given(st.lists(st.sampled_from("ab"), max_size=30))
def test_nobody_holds_more_sockets_than_allowed_and_closed_ones_are_given_back(keys):
    sockets = Sockets()
    with ExitStack() as opened:
        taken = [opened.enter_context(sockets.place({key: 3, STRANGERS: 5})) for key in keys]

    assert sum(taken) <= 5
    for key in "ab":
        has_place = [took for took, holder in zip(taken, keys, strict=True) if holder == key]
        assert sum(has_place) <= 3
    assert not sockets._open
    with sockets.place({"a": 1}) as again:
        assert again


def test_an_address_of_ipv6_stands_for_its_network():
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:1") != network_of("2001:db8:0:1::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("::ffff:192.0.2.1") == network_of("192.0.2.1")
    assert network_of("") == ""


def test_strangers_who_open_all_they_can_leave_room_for_users(server):
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    token = server.log_in("falun")
    with ExitStack() as opened:
        refused = 0
        for _ in range(SOCKETS_OF_ADDRESS + 20):
            try:
                opened.enter_context(connect(address, origin=server.url, proxy=None))
            except InvalidStatus:
                refused += 1
        assert refused >= 20
        with server.tab(token) as tab:
            assert tab.run("konto").holds("falun")
        with server.http() as http:
            assert http.get("/_stcore/health").is_success


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 4_000,
        b'{"ticket": ' + b"[" * 3_000,
        b"\xff\xfe",
        json.dumps({"ticket": "\ud800"}).encode(),
        b'{"ticket": "a\\u0000b\\nportal: inloggad admin"}',
        b'{"ticket": 7}',
    ],
)
def test_garbage_for_a_ticket_is_a_plain_refusal(server, body):
    with server.http() as http:
        answer = http.post("/session/open", content=body, headers={"Origin": server.url})

    assert (answer.status_code, answer.json()) == (403, {"opened": False})


def test_a_post_that_breaks_off_is_no_ticket():
    class Broken:
        headers = httpx.Headers({"host": "x", "origin": "http://x"})

        async def stream(self):
            yield b"{"
            raise serving.ClientDisconnect

    assert asyncio.run(serving._ticket_of(Broken())) == ""


@pytest.mark.parametrize("path", ["/media/x%0Aportal%20inloggad", "/_stcore/upload_file/a%0Db/c", "/%1b[31m"])
def test_an_address_with_line_breaks_never_reaches_the_log(server, path):
    with server.http(server.log_in("falun")) as http:
        assert http.get(path).status_code == 404


@pytest.mark.parametrize("message", ["text", b"\xff" * 50])
def test_a_socket_that_speaks_no_streamlit_is_closed(server, message):
    address = server.url.replace("http", "ws") + "/_stcore/stream"
    with connect(address, origin=server.url, proxy=None) as opened:
        opened.send(message)
        for _ in range(20):
            try:
                opened.recv(timeout=5)
            except Exception as closed:  # noqa: BLE001  which one depends on who was first
                assert not isinstance(closed, TimeoutError)
                break
        else:
            raise AssertionError("still open")

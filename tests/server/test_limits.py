"""Too much in a short time: one login has to wait, the others notice nothing."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import limits
from portal.limits import Limiter, Rate


pytestmark = [pytest.mark.security, pytest.mark.asvs("2.4.1")]


class Clock:
    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


@given(
    burst=st.integers(1, 20),
    seconds=st.floats(0.1, 60),
    pauses=st.lists(st.floats(0, 100), max_size=100),
)
def test_nobody_gets_more_than_the_burst_and_what_time_has_added(burst, seconds, pauses):
    clock = Clock()
    limiter = Limiter(Rate(burst, seconds), clock)

    taken = 0
    for pause in pauses:
        clock.now += pause
        taken += limiter.wait("a") == 0

    assert taken <= burst + clock.now / seconds + 1e-6
    assert taken >= min(len(pauses), burst)


def test_whoever_waits_as_long_as_told_gets_the_next_one():
    clock = Clock()
    limiter = Limiter(Rate(2, 10), clock)
    assert [limiter.wait("a") for _ in range(2)] == [0, 0]

    seconds = limiter.wait("a")
    assert seconds == pytest.approx(10)
    clock.now += seconds + 0.001

    assert limiter.wait("a") == 0


def test_keys_do_not_wait_for_each_other_and_do_not_pile_up(monkeypatch):
    monkeypatch.setattr(limits, "MOST_KEYS", 5)
    limiter = Limiter(Rate(1, 10), Clock())

    assert not any(limiter.wait(str(key)) for key in range(50))
    assert len(limiter._buckets) == 5
    assert limiter.wait("49")


@pytest.mark.upload
def test_two_hundred_uploads_at_once_are_slowed_down_and_others_are_not(server):
    busy, other = server.log_in("falun"), server.log_in("mora")
    with server.tab(busy) as tab, server.http(busy) as http, server.http(other) as quiet:
        address = f"/_stcore/upload_file/{tab.run('konto').session_id}/x"
        xsrf = {"X-Xsrftoken": http.get("/_stcore/health").cookies["_streamlit_xsrf"]}
        answers = [http.put(address, files={"file": ("a.csv", b"a")}, headers=xsrf) for _ in range(200)]
        statuses = [answer.status_code for answer in answers]

        assert statuses[: limits.UPLOADS.burst] == [204] * limits.UPLOADS.burst
        assert set(statuses[limits.UPLOADS.burst + 1 :]) == {429}
        assert int(answers[-1].headers["retry-after"]) <= limits.UPLOADS.seconds
        began = time.perf_counter()
        assert quiet.get("/media/x").status_code != 429
        assert time.perf_counter() - began < 2

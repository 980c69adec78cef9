"""How many workbooks are read at a time, and how often the same one is."""

import threading
from concurrent.futures import ThreadPoolExecutor
from time import monotonic, sleep

import pytest

from portal.uploads import child, reading
from portal.uploads.reading import Unreadable
from tests.uploads.bad import blankett
from tests.uploads.files import with_parts
from tests.uploads.hostile.wide import with_long_texts


pytestmark = [pytest.mark.security, pytest.mark.upload, pytest.mark.asvs("15.2.2")]
BOOKS = [with_parts(blankett(), **{"docProps/number.txt": str(number)}) for number in range(6)]


@pytest.fixture
def children(monkeypatch):
    """Stand-ins for the children: how many run, and how many at most ran at the same time."""
    running, most, started, lock = [], [], [], threading.Lock()

    def run(*_, **__):
        with lock:
            running.append(1)
            started.append(1)
            most.append(len(running))
        sleep(0.05)
        with lock:
            running.pop()
        return child.subprocess.CompletedProcess([], 0, stdout=b'{"sheets": [], "private": false}')

    monkeypatch.setattr(child.subprocess, "run", run)
    return most, started


def test_two_workbooks_are_read_at_a_time_and_the_others_wait(children):
    most, started = children
    with ThreadPoolExecutor(6) as tabs:
        documents = list(tabs.map(lambda book: reading.read("fil.xlsx", book), BOOKS))

    assert len(documents) == len(started) == 6
    assert max(most) == child.MOST_CHILDREN == 2


def test_the_same_bytes_are_read_once_for_all_tabs_and_clicks(children):
    _, started = children
    with ThreadPoolExecutor(6) as tabs:
        list(tabs.map(lambda _: reading.read("fil.xlsx", BOOKS[0]), range(6)))
    reading.read("annat namn.xlsx", BOOKS[0])
    assert len(started) == 1

    reading.read("fil.xlsx", BOOKS[1])
    assert len(started) == 2


def test_who_waited_in_vain_for_a_seat_is_told_that_the_server_is_busy(children, monkeypatch):
    monkeypatch.setattr(reading, "CHILD_SECONDS", 0.05)
    monkeypatch.setattr(child, "seats", threading.BoundedSemaphore(1))
    start = monotonic()
    with child.seats, pytest.raises(Unreadable, match=r"file\.not_read") as refused:
        reading.read("fil.xlsx", BOOKS[2])

    assert "Servern är upptagen" in refused.value.problem.message
    assert monotonic() - start < 5
    monkeypatch.setattr(reading, "CHILD_SECONDS", 5)
    assert reading.read("fil.xlsx", BOOKS[2]).kind == "xlsx"  # a fault of the machine's is not kept


def test_what_is_kept_of_answers_is_bounded():
    answers = child.Answers()
    for number in range(50):
        answers.get(number, lambda: bytes(1_000_000))

    assert sum(map(child._size, answers._futures.values())) <= answers.MOST_BYTES


def test_one_long_text_in_every_cell_is_too_much():
    small, large = with_long_texts(rows=5), with_long_texts(rows=150)

    assert reading.read("fil.xlsx", small).kind == "xlsx"
    with pytest.raises(Unreadable, match=r"file\.too_complex"):
        reading.read("fil.xlsx", large)

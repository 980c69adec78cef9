"""What a process remembers of costly readings: bounded in bytes, and never two of one key."""

from dataclasses import dataclass

from portal.domain.registry.indicators import INDICATORS
from portal.services.context import Memo, size_of


@dataclass(frozen=True, slots=True)
class Reading:
    rows: tuple[bytes, ...]


def reading(kilobytes):
    return Reading(tuple(bytes([number % 256]) * 1_024 for number in range(kilobytes)))


def test_what_was_not_used_for_longest_goes_when_the_bytes_are_too_many():
    memo = Memo(most_bytes=25 * 1_024)
    for name in "ab":
        memo.get(name, lambda: reading(10))
    memo.get("a", lambda: reading(10))
    memo.get("c", lambda: reading(10))

    assert [name for name in "abc" if memo.holds(name)] == ["a", "c"]
    assert 20 * 1_024 < memo.size <= 25 * 1_024


def test_a_thousand_small_ones_stay_where_one_large_would_not():
    memo = Memo(most_bytes=2_000_000)
    for number in range(1_000):
        memo.get(number, lambda: reading(1))
    assert all(map(memo.holds, range(1_000)))

    assert memo.get("large", lambda: reading(3_000)) == reading(3_000)
    assert not memo.holds("large")
    assert memo.size == 0


def test_it_is_made_once():
    memo, made = Memo(), []
    for _ in range(3):
        memo.get("key", lambda: made.append(1) or reading(1))

    assert made == [1]


def test_a_size_counts_what_is_shared_once_and_nothing_of_the_program():
    rows = reading(10)
    assert 10 * 1_024 < size_of(rows) < 12 * 1_024
    assert size_of((rows, rows)) < size_of(rows) + 200
    assert size_of(size_of) == 0
    assert size_of(INDICATORS) < 200_000


def test_what_is_made_of_a_thing_is_made_once_for_that_very_thing_and_each_choice():
    memo, made = Memo(), []

    def kilobytes(rows, more):
        made.append(more)
        return len(rows.rows) + more

    of_one, alike = reading(10), reading(10)

    assert [memo.made_of(of_one, kilobytes, more) for more in (1, 1, 2)] == [11, 11, 12]
    assert memo.made_of(alike, kilobytes, 1) == 11
    assert made == [1, 2, 1]

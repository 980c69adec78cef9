"""A plain text file is split at once; what comes out is what csv.reader gives, or it is left to csv.reader."""

import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.uploads.text_rows import split_plain


TEXTS = st.text(alphabet="ab1;,\t \n\r\"'å", max_size=40)


def by_csv(text, delimiter):
    return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))


@given(TEXTS, st.sampled_from(";,\t"))
@example("a;b\r\n1;2\r\n", ";")
@example("a;b\n1;2;3\n4", ";")  # as many cells as two even rows, but not in each
@example("a;b\n\n1;2\n", ";")
@example("a;b\n1;2\n\n", ";")
@example("a;b\r1;2", ";")
def test_plain_text_is_split_as_csv_reader_does(text, delimiter):
    rows = split_plain(text, delimiter)

    if rows is not None:
        assert list(rows) == by_csv(text, delimiter)
        assert [rows[number] for number in range(len(rows))] == list(rows)


@given(st.lists(st.tuples(*[st.text(alphabet="ab1 å", max_size=3)] * 3), min_size=1, max_size=6))
def test_even_rows_are_never_left_to_csv_reader(cells):
    rows = split_plain("".join(";".join(row) + "\r\n" for row in cells), ";")

    assert rows is not None
    assert list(rows) == [list(row) for row in cells]
    assert list(rows.column(1, below=1)) == [row[1] for row in cells[1:]]
    assert rows[-1] == list(cells[-1])
    assert rows[:2] == [list(row) for row in cells[:2]]


@pytest.mark.parametrize(
    "text",
    [
        'a;b\n"1";2',
        "a;b\n1",
        "a\nb",
        "a;b\r1;2\n3;4",
        "a;b\n" + "9" * 140_000 + ";1",  # csv.reader says in which row
    ],
)
def test_what_is_not_plain_is_left_to_csv_reader(text):
    assert split_plain(text, ";") is None


def test_there_is_no_row_beyond_the_last():
    rows = split_plain("a;b\n1;2", ";")

    with pytest.raises(IndexError):
        rows[2]

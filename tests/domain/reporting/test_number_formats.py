"""A cell means what it shows: numbers with their format, and what the grammar makes of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.reporting.grammar import PERCENT, GrammarFault, parse_amount, parse_count
from portal.domain.reporting.number_formats import as_shown


PLAIN = [
    "General",
    "0",
    "0.00",
    "#,##0",
    "# ##0",
    "#\\ ##0",
    "@",
    "0.00E+00",
    "[Red]0;[Blue]-0",
    '_-* #,##0_-;-* #,##0_-;_-* "-"_-;_-@_-',
    "_-* #,##0.00\\ _k_r_-",
    "#,##0_);(#,##0)",
    "0;-0;;@",
    '0 "st"',
    '#\\ ##0\\ "patienter"',
    '0" första besök"',
    '"Antal: "#,##0',
    "0\\ \\s\\t",
]
PERCENTAGES = ["0%", "0.00%", "0 %", "[Red]0%;-0%", "0%;-0%;0%", '0% "av alla"']
KRONOR = [
    '#,##0\\ "kr"',
    "#,##0\\ [$kr-41D]",
    '_-* #,##0.00\\ "kr"_-;-* #,##0.00\\ "kr"_-;_-* "-"??\\ "kr"_-',
    '"SEK" 0',
]
OF_ANOTHER_SIZE = [
    "#,##0,",
    '0.0,,"Mkr"',
    '#,##0\\ "tkr"',
    "#,##0\\ [$€-2]",
    '"$"#,##0',
    ";;;",
    '0"000"',
    '0 "tusental"',
    "0\\0",
]
RATES = ['0 "procent"', '0 "promille"', '0 "per 100"', '0 "per vecka"']

counts = st.integers(0, 9_999_999)
hundredths = st.integers(0, 10_000)


@given(counts, st.sampled_from(PLAIN), st.booleans())
def test_a_plain_format_changes_no_count(count, number_format, as_float):
    assert parse_count(as_shown(float(count) if as_float else count, number_format)) == count


@given(hundredths, st.sampled_from(PERCENTAGES))
def test_what_is_shown_in_percent_is_read_in_percent(hundredth, number_format):
    text = as_shown(hundredth / 10_000, number_format)

    assert parse_amount(text, decimals=2, unit=PERCENT) == hundredth / 100


@given(st.integers(0, 100))
def test_percent_in_words_is_percent(share):
    assert parse_amount(as_shown(share, '0 "procent"'), unit=PERCENT) == share


@given(counts, st.sampled_from(KRONOR))
def test_kronor_are_read_where_kronor_belong(amount, number_format):
    assert parse_amount(as_shown(amount, number_format), unit="kronor") == amount


@given(st.integers(1, 9_999_999), st.sampled_from(PERCENTAGES + KRONOR + OF_ANOTHER_SIZE + RATES))
def test_what_is_shown_as_something_else_is_no_count(number, number_format):
    with pytest.raises(GrammarFault):
        parse_count(as_shown(number, number_format))


@given(st.integers(1, 9_999_999), st.sampled_from(PERCENTAGES + OF_ANOTHER_SIZE))
def test_what_is_shown_in_another_size_is_no_sum_of_kronor(number, number_format):
    with pytest.raises(GrammarFault):
        parse_amount(as_shown(number, number_format), unit="kronor")


@pytest.mark.parametrize(
    ("number", "number_format", "hint"),
    [
        (0.8, "0%", "andelen"),
        (1248, '0 "kr"', "utan enhet"),
        (1_248_000, "#,##0,", "visar tusental"),
        (1248, '0 "tkr"', "visar tusental"),
        (1248, '0"000"', "visar tusental"),
        (5, ";;;", "döljer talet"),
    ],
)
def test_the_hint_says_what_the_format_does(number, number_format, hint):
    with pytest.raises(GrammarFault) as fault:
        parse_count(as_shown(number, number_format))

    assert hint in fault.value.hint


def test_a_word_shown_instead_of_a_number_is_that_word():
    assert as_shown(1, '"ja";;"nej"') == "ja"
    assert as_shown(12.000000000000002) == "12"
    assert as_shown(float("inf")) == "inf"


@given(
    st.floats(allow_nan=True, allow_infinity=True), st.text(alphabet='0#?.,;%"\\_*[]$krE+-/ @()', max_size=20)
)
def test_no_number_and_no_format_is_too_odd_to_be_spelled(number, number_format):
    assert isinstance(as_shown(number, number_format), str)

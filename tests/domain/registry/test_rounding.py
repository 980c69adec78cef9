"""Half up, everywhere, and changes of what is printed."""

import re
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import formats
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.changes import change_of, unit_of_change
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.rounding import for_rounding_again, half_up
from portal.domain.registry.values import MissingReason, change
from portal.settings import ROOT


@pytest.mark.parametrize(
    ("value", "text"),
    [(70.5, "71"), (100 / 8, "13"), (0.5, "1"), (100 * 0.285, "29"), (-8.5, "−9"), (-0.4, "0")],
)
def test_halves_are_rounded_up(value, text):
    assert formats.number(value) == text


@given(numerator=st.integers(0, 5_000), denominator=st.integers(1, 5_000))
def test_every_share_is_printed_half_up(numerator, denominator):
    exact = Decimal(100 * numerator) / Decimal(denominator)

    assert half_up(100 * numerator / denominator) == exact.quantize(Decimal(1), rounding=ROUND_HALF_UP)


@given(now=st.floats(0, 100), before=st.floats(0, 100))
def test_a_change_in_points_is_that_of_the_shares_as_printed(now, before):
    printed = [int(formats.number(share)) for share in (now, before)]

    assert change(now, before, in_points=True) == printed[0] - printed[1]


def test_an_index_is_printed_with_its_decimal():
    assert formats.value(INDICATORS_BY_CODE["npe_index"], 70.5) == "70,5"


@given(value=st.floats(-1_000, 1_000))
def test_what_is_kept_with_a_decimal_is_printed_whole_as_the_value_itself(value):
    kept = for_rounding_again(value, 1)

    assert half_up(kept) == half_up(value)
    assert abs(kept - value) <= 0.1


@given(value=st.floats(-1_000, 1_000), digits=st.integers(1, 6))
def test_what_a_file_or_a_tooltip_keeps_is_printed_with_fewer_decimals_as_the_value_itself(value, digits):
    kept = for_rounding_again(value, digits)

    for fewer in range(digits):
        assert formats.number(kept, fewer) == formats.number(value, fewer)


@pytest.mark.parametrize(
    ("code", "now", "before", "change_in_unit", "text"),
    [
        ("calls_answered_same_day", 78.4, 86.6, -9, "−9 procentenheter"),
        ("months_to_clear_treatment", 8.34, 10.14, -1.8, "−1,8 månader"),
        ("npe_index", 70.5, 69.1, 1.4, "+1,4 enheter"),
        ("sip_meetings", 218, 184, pytest.approx(18.478, abs=0.001), "+18 %"),
        ("sip_meetings", 22, 2, None, "–"),  # a handful: its percent says nothing
        ("sip_meetings", None, 184, None, "–"),
    ],
)
def test_a_change_is_in_the_indicators_unit_between_the_figures_as_printed(
    code, now, before, change_in_unit, text
):
    indicator = INDICATORS_BY_CODE[code]

    assert change_of(indicator, now, before) == change_in_unit
    assert formats.changed(indicator, change_of(indicator, now, before)).replace("\u00a0", " ") == text


def test_every_indicator_has_a_unit_of_change():
    assert {unit_of_change(indicator).value for indicator in INDICATORS_BY_CODE.values()} == {
        "procentenheter",
        "procent",
        "månader",
        "enheter",
    }


SHARE, QUEUE = INDICATORS_BY_CODE["first_visit_within_30d"], INDICATORS_BY_CODE["months_to_clear_treatment"]


@pytest.mark.parametrize(
    ("indicator", "figure", "text"),
    [
        (SHARE, Figure(value=62.5, numerator=25, denominator=40), "25 av 40"),
        (QUEUE, Figure(value=8.28, numerator=69, denominator=25 / 3), "69 av 8,3"),
        (QUEUE, Figure(value=8.6, numerator=69, denominator=8.0), "69 av 8"),
        (QUEUE, RegionalFigure(value=8.5, numerator=747, denominator=87.5), "747 av 87,5"),
        (QUEUE, Figure(numerator=69, denominator=0, reason=MissingReason.NO_DATA), "69 av 0"),
        (QUEUE, Figure(numerator=0, denominator=8.25, reason=MissingReason.CLOSED), "startade 8,3 i månaden"),
        (SHARE, Figure(numerator=0, denominator=0, reason=MissingReason.NO_DATA), "–"),
        (SHARE, Figure(reason=MissingReason.CLOSED), "–"),
        (INDICATORS_BY_CODE["first_visits"], RegionalFigure(value=9, numerator=9), "–"),
    ],
)
def test_what_a_figure_rests_on_is_said_alike_everywhere(indicator, figure, text):
    assert formats.cases(indicator, figure) == text


def test_nothing_rounds_by_itself():
    """Python's round() is half to even; sums of whole numbers and a map's coordinates are no figures."""
    exempt = {
        "portal/domain/release/contributions.py",
        "portal/domain/release/printed.py",
        "portal/charts/county.py",
        "portal/uploads/setup/borders.py",
    }
    files = [path for room in ("portal", "db", "pages") for path in (ROOT / room).rglob("*.py")]
    names = [str(path.relative_to(ROOT)) for path in files if re.search(r"\bround\(", path.read_text())]

    assert len(files) > 200
    assert sorted(name for name in names if not name.startswith(("portal/bench/", "portal/demo/"))) == sorted(
        exempt
    )

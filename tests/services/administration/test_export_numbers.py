"""The numbers of a file of figures: read with fewer decimals they are what the pages print."""

import pytest

from portal.services.administration.exports import csv_bytes


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (88.46, "88,46"),
        (88.499999, "88,4999"),  # a page prints 88: 88,5 would be read as 89
        (7.949999, "7,9499"),  # a page prints 7,9
        (0.00005, "0,0001"),  # half up
        (100 * 0.285, "28,5"),
        (-8.5, "-8,5"),
        (12.0, "12"),
    ],
)
def test_a_number_keeps_four_decimals_that_round_as_the_value_itself(value, text):
    assert csv_bytes(("värde",), [(value,)]).decode("utf-8-sig").splitlines()[1] == text

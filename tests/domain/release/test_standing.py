"""Where a clinic stands against a target: how many cases it lacks."""

import pytest

from portal.domain.registry.annual import Figure
from portal.domain.release.standing import cases_lacking


@pytest.mark.parametrize(
    ("over", "under", "target", "lacking"),
    [(3, 16, 100, 13), (16, 16, 100, 0), (498, 610, 90, 51), (9, 10, 90, 0), (0, 0, 100, 0)],
)
def test_so_many_more_cases_would_have_reached_the_target(over, under, target, lacking):
    assert cases_lacking(Figure(numerator=over, denominator=under), target) == lacking

"""A value that deviates is shown among the months of an indicator: the count of it, or a share made of it."""

import pytest

from portal.domain.registry.measures import MEASURES
from portal.services.review import deviations


@pytest.mark.parametrize(
    ("measure", "indicator"),
    [
        ("care_plans", "care_plans"),
        ("waiting_treatment", "waiting_treatment"),
        ("calls_answered_same_day", "calls_answered_same_day"),
    ],
)
def test_a_measure_is_shown_by_its_count_before_a_share_of_it(measure, indicator):
    assert deviations.shown_by(measure).code == indicator


def test_a_measure_that_no_indicator_counts_is_shown_by_none():
    shown_by_none = [measure.code for measure in MEASURES if deviations.shown_by(measure.code) is None]

    assert shown_by_none == ["sip_patients"]

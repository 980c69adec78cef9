"""The clock: a fixed day stays that day in Dalarna, whatever the time."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from portal.services.context import STOCKHOLM, Clock


DAY = date(2025, 2, 5)


@pytest.mark.parametrize("hour", range(24))
def test_what_is_written_on_a_fixed_day_falls_on_that_day(hour):
    """Half past eleven in the evening, UTC, is the day after in Dalarna."""
    with time_machine.travel(datetime(2026, 11, 24, hour, 30, tzinfo=UTC)):
        assert Clock(DAY).now.astimezone(STOCKHOLM).date() == Clock(DAY).today == DAY

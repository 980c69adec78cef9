"""Who may release, and read what a release shows: the rows of `tests/walls/rows.py` for that room."""

from portal.services.release import forecasts, month_sheets, releases
from tests.services.region import JANUARY
from tests.walls.kinds import Kind, Row, clinic, region


RELEASE_ROWS = {
    "release.forecasts.catch_up": region(lambda p, u, c: forecasts.catch_up(p, u), shows=False),
    "release.month_sheets.of_clinic": clinic(
        lambda p, u, c: month_sheets.of_clinic(p, u, clinic=c, month=JANUARY)
    ),
    "release.month_sheets.of_region": region(lambda p, u, c: month_sheets.of_region(p, u, JANUARY)),
    "release.releases.preview": region(lambda p, u, c: releases.preview(p, u, JANUARY)),
    "release.releases.release": region(lambda p, u, c: releases.release(p, u, JANUARY)),
    "release.releases.release_due": region(lambda p, u, c: releases.release_due(p, u)),
    # The calendar releases; whoever opens a page first is only noted.
    "release.releases.release_on_the_day": Row(
        kind=Kind.ALL, call=lambda p, u, c: releases.release_on_the_day(p, u) and None
    ),
}

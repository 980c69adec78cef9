"""The whole life of an installation by the command line alone, on both engines."""

import json

import pytest

from portal.domain.registry.months import Month, months_between
from tests.services.region import content_of
from tests.uploads.setup.books import book, rows


TEN_YEARS = months_between(Month(2015, 1), Month(2024, 12))


@pytest.fixture
def history():
    """Every month of one clinic as one file."""
    parts = [content_of("falun", month) for month in TEN_YEARS]
    return parts[0] + b"".join(part.partition(b"\r\n")[2] for part in parts[1:])


def test_set_up_ten_years_read_in_backed_up_and_restored(place, history, tmp_path):
    region, file, kept = (tmp_path / name for name in ("region.xlsx", "history.csv", "kept.backup"))
    region.write_bytes(book({**rows(), "Region": [["2015-01"]]}))
    file.write_bytes(history)

    def run(*arguments, **options):
        done = place(*arguments, **options)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    run("setup", region)
    receipt = json.loads(run("import", file, "--as", "region", "--json"))["receipt"]
    figures = [run("figures", year, "--json") for year in (2015, 2024)]
    run("backup", kept)
    restored = place.restore(kept)

    assert len(receipt["submissions"]) == len(TEN_YEARS) == 120
    assert restored.returncode == 0, restored.stdout + restored.stderr  # every check that is an error passes
    assert [run("figures", year, "--json", url=place.empty_url) for year in (2015, 2024)] == figures
    assert json.loads(figures[0])["indicators"]["care_plans"]["value"] == 12 * 45

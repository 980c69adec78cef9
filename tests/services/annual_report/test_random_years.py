"""Whatever a year was like, the report of it builds, says nothing of what is missing, and no sentence contradicts a table.

Twenty-five years here; `python -m tests.services.annual_report.random_years 500 DEMO.db` tries more.
"""

from dataclasses import replace

import pytest

from portal.demo.build import REVIEWER
from portal.services.annual_report import building
from portal.services.annual_report.live import material
from tests.services.annual_report import random_years
from tests.services.annual_report.random_years import YEAR, contradictions, invented


YEARS = 25


@pytest.fixture(scope="module")
def base(demo):
    return material(demo, REVIEWER, YEAR)


def test_a_random_years_report_builds_and_contradicts_nothing_beside_it(base):
    assert [fault for seed in range(YEARS) for fault in random_years.check(base, seed)] == []


@pytest.mark.parametrize(
    ("right", "false"),
    [
        ("en ökning", "en minskning"),
        ("en minskning", "en ökning"),
        ("totalt ", "totalt 9"),
        ("fick ", "fick 9"),
    ],
)
def test_a_contradiction_would_be_found(base, right, false):
    reports = (building.build(invented(base, seed)) for seed in range(YEARS))
    for report in reports:
        changed = [
            replace(section, generated=tuple(text.replace(right, false) for text in section.generated))
            for section in report.sections
        ]
        spoilt = replace(report, sections=tuple(changed))
        if spoilt != report:
            assert contradictions(spoilt)
            return
    raise AssertionError(f"no sentence with {right}")

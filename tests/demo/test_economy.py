"""The demo's money is invented, says so, and is plausible beside the figures that are printed."""

from portal.demo import economy, facts
from portal.domain.accounts.access import OPERATOR
from portal.services.insight import benchmarks
from portal.services.sources import source_years


def test_every_figure_says_that_it_is_invented():
    assert {fact.source for fact in economy.list_facts()} == {"Exempeldata: påhittat"}


def test_both_years_are_whole_and_the_next_has_its_budget(demo):
    found = {year: source_years.year(demo, OPERATOR, year).of("ekonomi") for year in (2023, 2024, 2025)}

    assert [found[year].state.label for year in (2023, 2024)] == ["ifylld", "ifylld"]
    assert found[2025].of("budget").value


def test_there_are_no_fewer_reimbursed_episodes_than_the_clinics_closed(demo):
    for year, kinds in economy.EPISODES.items():
        closed = benchmarks.year_figures(demo, OPERATOR, year).of("care_episodes").region.value
        assert sum(count for count, _ in kinds.values()) >= closed


def test_the_printed_transfer_stands_as_it_is_printed(demo):
    printed = [row for row in facts.list_region_facts() if row.indicator == "budget_transfer"]
    stored = source_years.year(demo, OPERATOR, 2023).of("ekonomi").months

    assert [(str(row.month), row.value) for row in printed] == [("2023-12", 20_000_000)]
    assert [(str(fact.month), fact.value) for fact in stored] == [("2023-12", 20_000_000)]
    assert "påhittat" not in stored[0].source

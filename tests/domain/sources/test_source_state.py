"""Where a source's year stands is said as it is: a reason is not a figure, and a year off is not forgotten."""

import pytest

from portal.domain.registry.region import DALARNA
from portal.domain.registry.values import MissingReason
from portal.domain.sources.declared import CGAS, ECONOMY, MEDICINE_UNIT, NPE, PATIENT_BOARD, SYNERGI
from portal.domain.sources.facts import Fact
from portal.domain.sources.year import SourceState, figures_of_year, remarks_of_year, state_of


def fact(indicator, **details):
    return Fact(**{"indicator": indicator, "year": 2024, "source": "Rapport", **details})


def state(source, *entered, year=2024):
    facts = {figure.key: figure for figure in entered}
    figures = figures_of_year(source, facts, year, ["falun"], DALARNA)
    return state_of(source, figures, remarks_of_year(source, facts, year), year, DALARNA)


def reads(source, *entered, year=2024):
    state_then = state(source, *entered, year=year)
    return f"{state_then.symbol} {state_then.label}"


def test_nothing_entered_is_not_filled_in():
    assert reads(CGAS) == "○ inte ifylld"
    assert reads(NPE) == "○ inte ifylld"


def test_a_year_without_a_survey_reads_so_entered_or_not():
    off = fact("npe_index", year=2023, reason=MissingReason.NO_SURVEY)

    assert reads(NPE, year=2023) == "– ingen mätning"
    assert reads(NPE, off, year=2023) == "– ingen mätning"


def test_a_source_with_a_reason_and_no_figure_is_not_called_filled_in():
    assert reads(CGAS, fact("cgas_rated", reason=MissingReason.NO_DATA)) == "– inget underlag"
    assert reads(NPE, fact("npe_index", reason=MissingReason.NO_DATA)) == "– inget underlag"


def test_that_nobody_has_reported_is_still_to_be_filled_in():
    assert (
        reads(PATIENT_BOARD, fact("patient_board_cases", reason=MissingReason.NOT_REPORTED))
        == "○ inte ifylld"
    )


def test_a_reason_for_another_field_than_the_first_speaks_for_that_one_only():
    assert reads(CGAS, fact("cgas_mean", reason=MissingReason.NO_DATA)) == "◐ delvis ifylld"


def test_a_source_with_figures_for_some_of_its_fields_is_partly_filled_in():
    contacted = fact("medicine_unit_visits", breakdown="contacted", value=4)
    visited = fact("medicine_unit_visits", breakdown="visited", value=3)
    meetings = fact("medicine_unit_meetings", value=12)

    assert reads(MEDICINE_UNIT, contacted, visited) == "◐ delvis ifylld"
    assert reads(MEDICINE_UNIT, contacted, visited, meetings) == "✓ ifylld"


def test_a_figure_beside_a_reason_is_filled_in():
    rated = fact("cgas_rated", value=812)

    assert reads(CGAS, rated, fact("cgas_mean", reason=MissingReason.NO_DATA)) == "✓ ifylld"


def test_a_year_without_a_transfer_of_money_is_whole_and_one_without_a_budget_is_not():
    budget = fact("budget", value=100)
    episodes = fact("episodes_by_type", breakdown="type:Utredning", value=3)
    price = fact("episode_price", breakdown="type:Utredning", value=20)
    transfer = fact("budget_transfer", value=-5)

    assert reads(ECONOMY, budget, episodes, price) == "✓ ifylld"
    assert reads(ECONOMY, transfer, episodes, price) == "◐ delvis ifylld"


def test_what_cannot_be_right_comes_before_everything_else():
    parts = [fact("patient_board_cases", breakdown=f"sex:{sex}", value=8) for sex in ("flickor", "pojkar")]

    assert reads(PATIENT_BOARD, fact("patient_board_cases", value=11), *parts) == "! stämmer inte"


@pytest.mark.parametrize("each_state", SourceState)
def test_every_state_has_a_symbol_and_a_word(each_state):
    assert each_state.symbol and each_state.label
    assert state(SYNERGI) in SourceState

"""The guard mutants can be tried at any time: each one's text stands in the tree, and its tests are there."""

import pytest

from portal.settings import ROOT
from tests.mutants import MUTANTS


def test_each_has_a_name_of_its_own_and_none_is_lost():
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 20


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_a_mutants_text_stands_in_the_tree_exactly_once(mutant):
    assert mutant.misplaced() == []
    assert all(edit.old != edit.new for edit in mutant.edits)
    assert all((ROOT / path).exists() for path in mutant.tests)

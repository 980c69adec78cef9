"""No requirement without a test, no number that means nothing, and few things left to the deployment."""

from functools import cache

import pytest

from tests import asvs


proofs = cache(asvs.proofs)


@pytest.mark.parametrize("number", sorted(set(asvs.REQUIREMENTS) - asvs.UNPROVED, key=asvs.in_order))
def test_a_requirement_has_a_test(number):
    assert proofs()[number], f"{number}: {asvs.REQUIREMENTS[number]}"


def test_what_is_known_to_be_unproved_is_just_that():
    assert {number for number in asvs.UNPROVED if proofs()[number]} == set(), "take these off the list"
    assert set(asvs.REQUIREMENTS) >= asvs.UNPROVED


def test_every_number_a_test_claims_is_one_of_ours():
    assert set(proofs()) - set(asvs.REQUIREMENTS) == set()


def test_few_are_duties_of_the_deployment():
    assert len(asvs.DUTIES) <= asvs.MOST_DUTIES
    assert set(asvs.DUTIES) <= set(asvs.REQUIREMENTS)


def test_a_number_makes_a_security_test(request):
    selected = [item for item in request.session.items if item.get_closest_marker("asvs")]

    assert [item.nodeid for item in selected if not item.get_closest_marker("security")] == []

"""Each attack that once got through, as somebody would do it; and that it works where the rule is switched off.

The somebody knows his own clinics' counts, reads every figure that was ever released, and can divide.
"""

from collections.abc import Mapping
from contextlib import nullcontext

import pytest

from db.registry import clinics
from db.reporting import submissions, values
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.registry.months import Month
from portal.domain.release.disclosure import round_figure
from tests.disclosure import attacks
from tests.disclosure.attacks import without
from tests.disclosure.worlds import World, publish, register_of


pytestmark = [pytest.mark.security, pytest.mark.asvs("8.2.2", "8.2.3")]

OWNERS = {"a1": "A", "a2": "A", "b": "B", "c": "C", "d": "D", "e": "E"}


def switched(attack, *, is_on):
    return nullcontext() if is_on else without(attack)


def world_with(versions, owners: Mapping[str, str] = OWNERS, *, spelled: Mapping[str, str] | None = None):
    register = register_of(spelled or owners)
    return World(owners=owners, register=register, months={Month(2024, 1): publish(register, versions)})


def month_of(**counts):
    return {clinic: {"care_plans": count} for clinic, count in counts.items()}


# 1: differences


FIRST = month_of(a1=40, a2=41, b=42, c=43, d=44)


@pytest.mark.parametrize("is_on", [True, False])
def test_two_trivial_corrections_do_not_read_a_late_clinics_value(is_on):
    """A corrects by one and knows that B did: what is left of the difference is E's 57."""
    second = FIRST | month_of(a1=41, b=43, e=57)
    with switched("differences", is_on=is_on):
        world = world_with([FIRST, second])

    before, now = (publication.printed.get("care_plans") for publication in world.publications)

    if is_on:
        assert now is None
        assert before.figure.value == 40 + 41 + 42 + 43 + 44
        return
    assert now.figure.value - before.figure.value - 1 - 1 == 57
    assert list(attacks.differences(world))


@pytest.mark.parametrize("is_on", [True, False])
def test_a_figure_that_was_taken_back_has_been_read_too(is_on):
    """Against the second figure three have changed; against the first, which everybody kept, only E has.

    That one exact sum less another is E's value the whole numbers would find, too.
    """
    versions = [FIRST, FIRST | month_of(a1=60, b=61, c=62, e=57), FIRST | month_of(e=57)]
    with switched("differences", is_on=is_on), switched("values", is_on=is_on):
        world = world_with(versions)
    figures = [publication.printed.get("care_plans") for publication in world.publications]

    assert figures[0]
    assert figures[1]
    assert bool(figures[2]) is not is_on
    assert bool(list(attacks.differences(world))) is not is_on


def test_a_figure_that_was_hidden_tells_nothing_and_stops_no_later_one():
    """Of two owners nothing is shown, and nobody can subtract from it: a third who comes late is shown with them."""
    world = world_with([month_of(a1=40, b=41), month_of(a1=40, b=41, c=42)])

    hidden, shown = (publication.printed.get("care_plans") for publication in world.publications)

    assert (hidden, shown.figure.value) == (None, 40 + 41 + 42)


# 2: whole numbers


DALARNA = {f"d{place}": "Region Dalarna" for place in range(5)} | {
    "capio": "Capio",
    "pp": "Psykiatripartners",
}
JULY = {"d0": (2, 4), "d1": (5, 10), "d2": (3, 6), "d3": (2, 4), "d4": (2, 5), "capio": (2, 4), "pp": (2, 5)}


def july(measures=("investigations_started_within_30d", "investigations_started")):
    return {clinic: dict(zip(measures, pair, strict=True)) for clinic, pair in JULY.items()}


def pairs_of_others(publication):
    """Return every (started within 30 days, started) of the two others that agrees with what is printed."""
    share = publication.printed["investigation_within_30d"].figure
    cases = int(publication.printed["investigations_started"].figure.value)
    own = [pair for clinic, pair in JULY.items() if DALARNA[clinic] == "Region Dalarna"]
    left = cases - sum(under for _, under in own)
    return {
        tuple(sorted([(over, under), (other_over, left - under)]))
        for under in range(1, left)
        for over in range(under + 1)
        for other_over in range(left - under + 1)
        if agrees(share, cases, [*own, (over, under), (other_over, left - under)])
    }


def agrees(share, cases, pairs):
    pooled = 100 * sum(over for over, _ in pairs) / cases
    mean = 100 * sum(over / under for over, under in pairs) / len(pairs)
    is_mean_read = share.mean_of_clinics is not None
    return round_figure(pooled, cases=cases) == share.pooled and (
        not is_mean_read or round_figure(mean, cases=cases) == share.mean_of_clinics
    )


@pytest.mark.parametrize("is_on", [True, False])
def test_whole_numbers_do_not_tell_five_clinics_what_the_two_others_have(is_on):
    """July 2023: a sum, a pooled share and a mean had one solution: 2 of 4 and 2 of 5."""
    with switched("values", is_on=is_on):
        world = world_with([july()], DALARNA)
    [publication] = world.publications

    solutions = pairs_of_others(publication)

    assert ((2, 4), (2, 5)) in solutions  # the truth
    assert (len(solutions) == 1) is not is_on
    assert bool(list(attacks.values(world))) is not is_on
    assert publication.printed["investigation_within_30d"].is_mean_left_out is is_on


@pytest.mark.parametrize("month", [Month(2023, 2), Month(2023, 4), Month(2023, 7)], ids=str)
@pytest.mark.parametrize("is_on", [True, False])
def test_whole_numbers_tell_nothing_of_the_demos_months(demo, month, is_on):
    with demo.database.reading(EVERY_CLINIC) as scoped:
        register = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
        sent = submissions.newest_usable(scoped, month=month)
        answers = values.of_submissions(scoped, submission_ids=[submission.id for submission in sent])
    counts = {
        submission.clinic: {
            measure: answer.value
            for measure, answer in answers[submission.id].items()
            if answer.value is not None
        }
        for submission in sent
    }
    with switched("values", is_on=is_on):
        publications = publish(register, [counts])

    owners = {code: clinic.owner for code, clinic in register.items()}
    world = World(owners=owners, register=register, months={month: publications})

    assert bool(list(attacks.values(world))) is not is_on


# 3: shares, quotients, owners


@pytest.mark.parametrize("is_on", [True, False])
def test_a_share_does_not_tell_a_large_owner_what_the_largest_counts(is_on):
    """B knows its own 30 of 60 and reads 85 % of 280: A's 200 of 210, to within five percent."""
    month = {
        "a1": {"calls_answered_same_day": 200, "calls": 210},
        "b": {"calls_answered_same_day": 30, "calls": 60},
        "c": {"calls_answered_same_day": 8, "calls": 10},
    }
    with switched("shares", is_on=is_on):
        world = world_with([month])
    [publication] = world.publications
    share = publication.printed.get("calls_answered_same_day")

    assert bool(share) is not is_on
    assert bool(list(attacks.shares(world))) is not is_on
    if share:
        estimate = share.figure.pooled / 100 * 280 - 30
        assert abs(estimate - 200) <= 0.05 * 200


MONTHS_TO_CLEAR = {
    clinic: {"waiting_treatment": waiting, "treatments_started": started, "active_patients": 300}
    for clinic, (waiting, started) in {"a1": (40, 20), "b": (41, 22), "c": (45, 23), "d": (50, 21)}.items()
}


@pytest.mark.parametrize("is_on", [True, False])
def test_a_hidden_quotient_is_not_there_for_whoever_divides_its_two_counts(is_on):
    """E has a queue and no starts: the quotient would tell whose, and what is shown beside gives nearly the same."""
    month = MONTHS_TO_CLEAR | {"e": {"waiting_treatment": 3, "active_patients": 20}}
    with switched("quotients", is_on=is_on):
        world = world_with([month])
    [publication] = world.publications
    over, under = (publication.printed.get(code) for code in ("waiting_treatment", "treatments_started"))

    assert "months_to_clear_treatment" not in publication.printed
    assert bool(over and under) is not is_on
    assert bool(list(attacks.quotients(world))) is not is_on
    if over and under:
        assert over.figure.rate / under.figure.rate == pytest.approx(176 / 86, rel=0.03)


@pytest.mark.parametrize("is_on", [True, False])
def test_an_owner_in_two_spellings_does_not_make_a_third(is_on):
    owners = {"a1": "Region Dalarna", "a2": "Region Dalarna", "c": "Capio"}
    spelled = owners | {"a2": "Region  DALARNA\u200b "}
    with switched("owners", is_on=is_on):
        world = world_with([month_of(a1=40, a2=41, c=57)], owners, spelled=spelled)
    [publication] = world.publications

    assert bool(publication.printed) is not is_on
    assert bool(list(attacks.owners(world))) is not is_on
    if not is_on:
        assert publication.printed["care_plans"].figure.value - 40 - 41 == 57

"""A clinic's comments on its points: versions, who may write, who reads, what is refused."""

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.services.insight import comments
from portal.services.refused import Refused
from tests.conftest import audit_actions
from tests.services.region import CONTROLLER, DECEMBER, FEBRUARY, JANUARY, user_of


PLANS = INDICATORS_BY_CODE["care_plans"]
FALUN = user_of("falun")


def write(portal, text, *, user=FALUN, month=JANUARY, base_version=0):
    return comments.write(
        portal,
        user,
        comments.ClinicPoint(clinic="falun", indicator=PLANS, month=month),
        text=text,
        base_version=base_version,
    )


def of_falun(portal, user=FALUN):
    return comments.of_clinic(portal, user, clinic="falun", indicator=PLANS)


def test_what_is_written_is_read_by_the_clinic_and_the_region_and_is_in_the_log(portal):
    write(portal, "  Två   vikarier slutade. ")

    for reader in (FALUN, CONTROLLER):
        assert of_falun(portal, reader).newest[JANUARY].text == "Två vikarier slutade."
    assert audit_actions(portal)[0][1:] == ("comment.written", "care_plans 2025-01")


def test_a_change_is_a_version_and_the_earlier_one_stays(portal):
    write(portal, "Först")
    write(portal, "Sedan", base_version=1)

    found = of_falun(portal)
    assert found.newest[JANUARY].text == "Sedan"
    assert [(one.version, one.text) for one in found.versions] == [(2, "Sedan"), (1, "Först")]
    assert found.version_of(JANUARY) == 2
    assert found.version_of(DECEMBER) == 0


def test_an_empty_text_takes_it_back_and_nothing_is_deleted(portal):
    write(portal, "Först")
    write(portal, " ", base_version=1)

    found = of_falun(portal)
    assert found.newest == {}
    assert [one.text for one in found.versions] == ["", "Först"]
    assert audit_actions(portal)[0][1] == "comment.withdrawn"


def test_a_second_click_changes_nothing(portal):
    write(portal, "Först")

    assert write(portal, "Först") is None
    assert write(portal, "", month=DECEMBER) is None
    assert len(of_falun(portal).versions) == 1


def test_whoever_is_overtaken_is_told_what_was_written(portal):
    write(portal, "Min")

    with pytest.raises(Refused, match="hann skriva.*Min"):
        write(portal, "Din", base_version=0)
    assert of_falun(portal).newest[JANUARY].text == "Min"


@pytest.mark.parametrize(
    ("text", "month", "said"),
    [
        ("Gäller 850709-9805", JANUARY, "personnummer"),
        ("x" * 501, JANUARY, "501 tecken"),
        ("Bra", FEBRUARY, "Februari 2025 har inget värde"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_words_and_not_stored(portal, text, month, said):
    with pytest.raises(Refused, match=said):
        write(portal, text, month=month)

    assert of_falun(portal).versions == ()


@pytest.mark.security
def test_nobody_but_the_clinic_itself_writes_and_no_other_clinic_reads(portal):
    write(portal, "Falun skriver")

    for user in (CONTROLLER, user_of("mora")):
        with pytest.raises(AccessDenied):
            write(portal, "Inte min", user=user, base_version=1)
    with pytest.raises(AccessDenied):
        of_falun(portal, user_of("mora"))
    with pytest.raises(AccessDenied):
        comments.of_region(portal, user_of("mora"), indicator=PLANS, most=10)


def test_the_region_reads_the_newest_word_of_every_clinic(portal):
    write(portal, "Falun", month=DECEMBER)
    write(portal, "Falun igen", month=DECEMBER, base_version=1)
    comments.write(
        portal,
        user_of("mora"),
        comments.ClinicPoint(clinic="mora", indicator=PLANS, month=JANUARY),
        text="Mora",
        base_version=0,
    )

    found = comments.of_region(portal, CONTROLLER, indicator=PLANS, most=10)

    assert [(one.clinic, one.text) for one in found] == [("mora", "Mora"), ("falun", "Falun igen")]

"""Accepted files: kept once, and fetched by those who may see all that is in them."""

from dataclasses import replace

import pytest

from db.reporting import files as rows
from portal.domain.accounts.access import EVERY_CLINIC, NO_CLINIC, AccessDenied, ClinicScope
from portal.domain.registry.months import Month
from portal.services.reporting import submitting, versions
from portal.services.reporting.submitting import Rejected
from portal.services.reporting.versioning import SentFile
from portal.uploads import parsing
from tests.conftest import audit_actions
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, content_of, row_counts, send, user_of
from tests.uploads.files import make_clinic


CLINICS = {code: make_clinic(code, code.title()) for code in ("falun", "mora")}


def fetch(portal, user, clinic="falun", month=JANUARY, version=1):
    return versions.fetch_file(portal, user, clinic=clinic, month=month, version=version)


def both(falun=DECEMBER, mora=JANUARY):
    return content_of("falun", falun) + content_of("mora", mora).partition(b"\r\n")[2]


def test_the_owner_and_the_region_get_the_very_bytes(portal):
    content = content_of()
    submitting.commit(portal, user_of("falun"), name="../januari.csv", content=content)

    for user in (user_of("falun"), user_of("falun", "mora"), CONTROLLER):
        assert fetch(portal, user) == ("januari.csv", content)
        assert versions.may_fetch_file(portal, user, clinic="falun", month=JANUARY, version=1)


def test_fetching_is_audited(portal):
    send(portal)

    fetch(portal, CONTROLLER)

    assert audit_actions(portal)[0] == ("controller", "file.fetched", "2025-01 v1")


@pytest.mark.asvs("8.2.2")
@pytest.mark.security
def test_who_lacks_one_of_the_files_clinics_does_not_get_it(portal):
    submitting.commit(portal, user_of("falun", "mora"), name="bild.csv", content=both())

    with pytest.raises(AccessDenied, match="andra mottagningars värden"):
        fetch(portal, user_of("mora"), "mora")
    assert not versions.may_fetch_file(portal, user_of("mora"), clinic="mora", month=JANUARY, version=1)
    with pytest.raises(AccessDenied, match="Du har inte tillgång"):
        fetch(portal, user_of("mora"), "falun", DECEMBER)
    assert "file.fetched" not in {event[1] for event in audit_actions(portal)}
    assert fetch(portal, user_of("mora", "falun"), "mora")[1] == both()


@pytest.mark.security
def test_a_clinic_whose_month_did_not_change_still_counts(portal):
    send(portal, "falun", DECEMBER)
    submitting.commit(portal, user_of("falun", "mora"), name="bild.csv", content=both())

    with pytest.raises(AccessDenied):
        fetch(portal, user_of("mora"), "mora")


def test_one_of_a_files_months_at_a_time_keeps_the_whole_file_once(portal):
    user, content = user_of("falun", "mora"), both()
    parsed = parsing.parse("bild.csv", content, clinics=CLINICS)
    for key in (("falun", DECEMBER), ("mora", JANUARY)):
        receipt = submitting.commit_parsed(
            portal, user, parsed, file=SentFile("bild.csv", content), keys=[key]
        )
        assert receipt.submissions == ((*key, 1),)

    assert (row_counts(portal)["stored_file"], row_counts(portal)["stored_file_clinic"]) == (1, 2)
    with pytest.raises(AccessDenied):
        fetch(portal, user_of("mora"), "mora")


@pytest.mark.security
def test_a_part_of_a_file_counts_as_all_that_its_sender_may_send_for(portal):
    content = both()
    parsed = parsing.parse("bild.csv", content, clinics=CLINICS)
    part = replace(parsed, months=tuple(given for given in parsed.months if given.clinic == "falun"))
    file = SentFile("bild.csv", content)

    submitting.commit_parsed(portal, CONTROLLER, part, file=file, keys=[("falun", DECEMBER)])

    with pytest.raises(AccessDenied):
        fetch(portal, user_of("falun"), "falun", DECEMBER)
    assert fetch(portal, CONTROLLER, "falun", DECEMBER)[1] == content


def test_a_month_with_an_error_does_not_stop_another(portal):
    user, content = user_of("falun", "mora"), both(mora=Month(2025, 2))
    parsed = parsing.parse("bild.csv", content, clinics=CLINICS)
    with pytest.raises(Rejected):
        submitting.commit_parsed(
            portal, user, parsed, file=SentFile("x", content), keys=[("mora", Month(2025, 2))]
        )

    receipt = submitting.commit_parsed(
        portal, user, parsed, file=SentFile("x", content), keys=[("falun", DECEMBER)]
    )

    assert receipt.submissions == (("falun", DECEMBER, 1),)


def test_what_was_refused_or_unchanged_is_not_kept(portal):
    with pytest.raises(Rejected):
        send(portal, first_visits_within_30d=31)
    assert row_counts(portal)["stored_file"] == 0

    send(portal)
    send(portal)
    assert row_counts(portal)["stored_file"] == 1


@pytest.mark.security
def test_the_rows_lie_within_the_scope(portal):
    receipt = send(portal)

    for scope, expected in (
        (EVERY_CLINIC, True),
        (ClinicScope(frozenset({"falun"})), True),
        (ClinicScope(frozenset({"mora"})), False),
        (NO_CLINIC, False),
    ):
        with portal.database.reading(scope) as scoped:
            assert (rows.find(scoped, sha256=receipt.sha256) is not None) is expected
            assert rows.is_there(scoped, sha256=receipt.sha256) is expected


def test_two_versions_side_by_side(portal):
    send(portal)
    send(portal, care_plans=47)

    found = versions.compare(portal, user_of("falun"), clinic="falun", month=JANUARY, earlier=1, later=2)

    assert found.changed == 1
    (pair,) = [pair for pair in found.pairs if pair.is_changed]
    assert (pair.measure, pair.earlier.value, pair.later.value) == ("care_plans", 45, 47)
    assert (found.earlier.version, found.later.version) == (1, 2)
    for earlier, later in ((1, 3), (0, 2)):
        assert not versions.compare(
            portal, user_of("falun"), clinic="falun", month=JANUARY, earlier=earlier, later=later
        )
    with pytest.raises(AccessDenied):
        versions.compare(portal, user_of("mora"), clinic="falun", month=JANUARY, earlier=1, later=2)


@pytest.mark.parametrize(
    ("row", "action"),
    [
        ("mora;2025-01;calls;1", "upload.cross_clinic_attempt"),
        (";2025-01;calls;1", "upload.rejected"),
        ("Summa;;;300", "upload.rejected"),
        ("mottagning;period;mått;värde", "upload.rejected"),
    ],
)
def test_only_another_clinics_name_in_a_file_is_an_attempt_on_another_clinic(portal, row, action):
    content = f"mottagning;period;mått;värde\n{row}\n".encode()
    with pytest.raises(Rejected) as refused:
        submitting.commit(portal, user_of("falun"), name="januari.csv", content=content)
    submitting.record_rejection(portal, user_of("falun"), name="januari.csv", problems=refused.value.problems)

    assert audit_actions(portal)[0][1] == action

"""Who took figures out of the portal: noted, found in the log by one choice, and summed up per account."""

from datetime import timedelta

import pytest

import db.audit
from db.audit import AuditEvent
from portal.domain.accounts import events
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied, ClinicUser
from portal.services.administration import audit_log, exports
from portal.services.administration.audit_log import Search
from portal.services.release import releases
from portal.services.reporting import breaks
from portal.services.review import reviews
from tests.conftest import audit_actions
from tests.services.region import DECEMBER, JANUARY, add_region, send


pytestmark = pytest.mark.security
SHA = "0123456789abcdef" * 4


def note(portal, action, **event):
    subject, details = event.pop("subject", ""), AuditEvent.in_json(event.pop("details", None))
    event = {"at": portal.clock.now, "actor": "anna", "object": subject, "details": details, **event}
    with portal.database.writing(EVERY_CLINIC) as scoped:
        db.audit.add(scoped, AuditEvent(action=action, **event))


def what_of(log):
    return [(entry.what, entry.subject) for entry in log.entries]


def test_a_file_of_figures_is_an_event_with_its_name_and_format(portal, region_user):
    exports.record_download(portal, region_user, name="mottagningar-care_plans.csv")

    entry = audit_log.read(portal, region_user).entries[0]

    assert (entry.who, entry.what, entry.subject) == (
        "region",
        "Hämtade siffror",
        "mottagningar-care_plans.csv",
    )
    assert entry.details == (("format", "csv"),)


@pytest.mark.asvs("8.2.3")
def test_a_clinic_reads_in_its_own_log_who_took_its_figures(portal, falun_user, region_user):
    exports.record_download(portal, falun_user, name="falun-calls.png", clinic="falun")
    exports.record_download(portal, region_user, name="falun-calls.csv", clinic="falun")
    exports.record_download(portal, region_user, name="mora-calls.csv", clinic="mora")
    exports.record_download(portal, region_user, name="alla.csv")

    log = audit_log.read(portal, falun_user)

    assert [(entry.who, entry.subject) for entry in log.entries if entry.what == "Hämtade siffror"] == [
        ("Regionen", "falun-calls.csv"),
        ("Du", "falun-calls.png"),
    ]


def test_a_file_of_all_own_clinics_is_an_event_of_each(portal):
    duo = ClinicUser("duo", "Duo", ("falun", "mora"))

    exports.record_download(portal, duo, name="att-ratta.xlsx")

    found = audit_log.read(portal, duo, Search(action="figures.downloaded"))
    assert {entry.clinic for entry in found.entries} == {"BUP Falun", "BUP Mora"}


@pytest.mark.asvs("8.2.2")
def test_anothers_figures_are_neither_noted_nor_handed_out(portal, falun_user):
    before = audit_actions(portal)

    with pytest.raises(AccessDenied):
        exports.record_download(portal, falun_user, name="mora.csv", clinic="mora")

    assert audit_actions(portal) == before


@pytest.mark.parametrize("group", [group for group in events.GROUPS.values() if group.actions])
def test_a_groups_actions_are_declared(group):
    assert set(group.actions) <= set(events.ACTIONS_BY_CODE)
    assert not group.corrections_of or group.corrections_of in events.ACTIONS_BY_CODE


def test_what_was_taken_is_one_choice(portal, region_user):
    for action in events.DOWNLOADS:
        note(portal, action)
    note(portal, "login.opened")

    found = audit_log.read(portal, region_user, Search(group="taken"))

    assert {entry.what for entry in found.entries} == {events.label_of(action) for action in events.DOWNLOADS}


def test_what_was_refused_is_one_choice(portal, region_user):
    note(portal, "page.refused", outcome="refused")
    note(portal, "file.fetched")

    assert what_of(audit_log.read(portal, region_user, Search(group="refused"))) == [("Nekades en sida", "")]


def test_a_correction_is_told_apart_from_a_first_sending(portal, region_user):
    add_region(portal)
    send(portal, "falun", DECEMBER)
    send(portal, "falun")
    reviews.send_back(portal, region_user, clinic="falun", month=JANUARY, comment="Se över samtalen.")
    send(portal, "falun", calls=210, answer="Vi har räknat om.")
    releases.release(portal, region_user, JANUARY)
    breaks.enter(portal, region_user, clinic="falun", month=JANUARY, reason="Nytt journalsystem")

    found = audit_log.read(portal, region_user, Search(group="corrected"))

    assert what_of(found) == [
        ("Förde in brott i serien", "januari 2025"),
        ("Släppte månadens värden", "januari 2025"),
        ("Skickade in", "januari 2025, version 2"),
        ("Återlämnade", "januari 2025"),
    ]


@pytest.mark.parametrize(
    ("subject", "is_found"),
    [
        ("2024-01 v1", False),
        ("2024-01 v11", True),
        ("2024-01 v2, 2024-02 v1", True),
        ("2024-01 v1, 2024-02 v1, 2024-03 v1", False),
    ],
)
def test_a_later_version_among_the_months_of_a_file_counts(portal, region_user, subject, is_found):
    note(portal, "submission.sent", subject=subject)

    assert bool(audit_log.read(portal, region_user, Search(group="corrected")).entries) is is_found


def test_who_took_what_is_summed_up_for_thirty_days(portal, region_user, falun_user):
    note(portal, "file.fetched", actor="bo", at=portal.clock.now - timedelta(days=40))
    exports.record_download(portal, falun_user, name="falun.csv", clinic="falun")
    exports.record_download(portal, falun_user, name="falun.png", clinic="falun")
    before = portal.clock.now.replace(microsecond=0)
    audit_log.export(portal, region_user)
    after = portal.clock.now
    note(portal, "file.fetched", actor="bo", outcome="refused")
    note(portal, "login.opened", actor="eva")

    found = {one.who: one for one in audit_log.takers(portal, region_user)}

    assert set(found) == {falun_user.username, "region"}
    assert found[falun_user.username].taken == (("Hämtade siffror", 2),)
    assert found[falun_user.username].count == 2
    assert before <= found["region"].last <= after


@pytest.mark.asvs("8.2.2")
def test_who_took_what_is_the_regions_to_read(portal, falun_user):
    with pytest.raises(AccessDenied):
        audit_log.takers(portal, falun_user)


def test_all_that_is_recorded_of_an_event_is_kept_whole(portal, region_user):
    labels = ["care_plans"] * 20
    note(
        portal,
        "month.released",
        subject="2025-01",
        details={"sha256": SHA, "hidden": labels, "rules": {"owners": 3}, "number": 1},
    )

    entry = audit_log.read(portal, region_user).entries[0]

    assert dict(entry.details) == {
        "filens SHA-256": SHA,
        "dolda värden": ", ".join(["Skrivna vårdplaner"] * 20),
        "regler": "owners 3",
        "nummer": "1",
    }

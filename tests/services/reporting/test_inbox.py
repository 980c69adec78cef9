"""Files that land in a folder: complete ones only, each content once, moved with reports; both engines."""

import json
import os
import stat

import pytest

from db.engine import DatabaseUnavailable
from db.reporting import submissions
from portal.domain.accounts.access import EVERY_CLINIC
from portal.services.reporting import inbox, submitting
from portal.services.reporting.inbox_folder import DONE, REFUSED, TAKING, FolderFault, InboxFolder
from portal.services.reporting.inbox_report import InboxOutcome
from tests.conftest import audit_actions
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, content_of, row_counts, send, user_of


PRIVATE_NAME = "bild-811218-9876.csv"  # the tax agency's example of a personal number


@pytest.fixture
def folder(tmp_path):
    folder = InboxFolder(tmp_path / "inbox")
    folder.path.mkdir(mode=0o750)
    folder.prepare()
    return folder


def land(folder, name="bild.csv", content=None):
    path = folder.path / name
    path.write_bytes(content_of() if content is None else content)
    return path


def take(portal, folder, user=CONTROLLER):
    """Look twice, as the command does."""
    return [*inbox.take_all(portal, user, folder), *inbox.take_all(portal, user, folder)]


def names_in(folder, where=""):
    return sorted(os.listdir(folder.path / where))


def report(folder, where, name="bild.csv"):
    """Return what stands beside a file, in words and as data."""
    beside = folder.path / where / name
    return (beside.with_name(f"{name}.txt")).read_text("utf-8"), json.loads(
        beside.with_name(f"{name}.json").read_text("utf-8")
    )


def versions_of(portal, clinic="falun", month=JANUARY):
    with portal.reading(CONTROLLER) as scoped:
        return submissions.list_of_clinic(scoped, clinic=clinic, month=month)


def test_a_file_is_read_in_and_moved_with_its_reports(portal, folder):
    content = content_of() + content_of("mora", DECEMBER).partition(b"\r\n")[2]
    land(folder, content=content)

    (taken,) = take(portal, folder)

    assert taken.outcome is InboxOutcome.ACCEPTED
    assert names_in(folder, DONE) == ["bild.csv", "bild.csv.json", "bild.csv.txt"]
    assert (folder.path / DONE / "bild.csv").read_bytes() == content
    words, printed = report(folder, DONE)
    assert "Filen är inläst." in words
    assert "mora, december 2024: version 1" in words
    assert printed["outcome"] == "accepted"
    assert {row["clinic"] for row in printed["receipt"]["submissions"]} == {"falun", "mora"}
    assert versions_of(portal)[0].file_name == "bild.csv"
    assert ("controller", "inbox.taken", "bild.csv") in audit_actions(portal)


def test_a_file_is_left_alone_until_it_looks_the_same_twice(portal, folder):
    path = land(folder, content=content_of()[:200])

    assert list(inbox.take_all(portal, CONTROLLER, folder)) == []
    path.write_bytes(content_of())
    assert list(inbox.take_all(portal, CONTROLLER, folder)) == []
    (taken,) = inbox.take_all(portal, CONTROLLER, folder)

    assert taken.outcome is InboxOutcome.ACCEPTED


def test_a_file_that_is_written_to_while_it_is_claimed_waits_and_is_not_lost(portal, folder, monkeypatch):
    path = land(folder, content=content_of()[:200])
    list(inbox.take_all(portal, CONTROLLER, folder))
    claim = folder.claim

    def claim_as_it_grows(place):
        with path.open("ab") as file:
            file.write(content_of()[200:])
        return claim(place)

    with monkeypatch.context() as patch:
        patch.setattr(folder, "claim", claim_as_it_grows)
        assert list(inbox.take_all(portal, CONTROLLER, folder)) == []

    assert [one.outcome for one in take(portal, folder)] == [InboxOutcome.ACCEPTED]


@pytest.mark.parametrize("name", [".bild.csv", "bild.csv.part", "bild.TMP", "bild.csv.tmp"])
def test_an_unfinished_name_is_not_looked_at(portal, folder, name):
    path = land(folder, name)

    assert take(portal, folder) == []
    assert path.exists()


@pytest.mark.security
def test_links_folders_and_pipes_are_left_alone(portal, folder, tmp_path):
    secret = tmp_path / "secret.csv"
    secret.write_bytes(content_of())
    (folder.path / "link.csv").symlink_to(secret)
    (folder.path / "inner").mkdir()
    (folder.path / "inner" / "bild.csv").write_bytes(content_of())
    os.mkfifo(folder.path / "pipe.csv")

    assert take(portal, folder) == []
    assert secret.exists()
    assert {"link.csv", "inner", "pipe.csv"} <= set(names_in(folder))
    assert versions_of(portal) == []


@pytest.mark.security
@pytest.mark.parametrize("name", [DONE, REFUSED, TAKING])
def test_a_link_in_place_of_a_folder_of_ours_stops_it(folder, tmp_path, name):
    (folder.path / name).rmdir()
    (folder.path / name).symlink_to(tmp_path)

    with pytest.raises(FolderFault, match="in the way"):
        folder.prepare()


def test_the_oldest_goes_first(portal, folder):
    os.utime(land(folder, "b.csv", content_of(calls=201)), (1_000, 1_000))
    os.utime(land(folder, "a.csv", content_of(calls=202)), (2_000, 2_000))

    assert [one.name for one in take(portal, folder)] == ["b.csv", "a.csv"]
    assert [sent.file_name for sent in versions_of(portal)] == ["a.csv", "b.csv"]


def test_the_same_content_is_read_in_once_under_any_name(portal, folder):
    """Even when somebody has corrected it since: the old figures don't come back by themselves."""
    land(folder)
    take(portal, folder)
    send(portal, calls=205)
    land(folder)
    land(folder, "again.csv")

    outcomes = [one.outcome for one in take(portal, folder)]

    assert outcomes == [InboxOutcome.REPEATED, InboxOutcome.REPEATED]
    assert len(versions_of(portal)) == 2
    assert {"bild-2.csv", "bild-2.csv.txt", "again.csv"} <= set(names_in(folder, DONE))
    words, printed = report(folder, DONE, "bild-2.csv")
    assert "redan inläst" in words
    assert (printed["outcome"], printed["receipt"]) == ("unchanged", None)
    assert ("controller", "inbox.repeated", "again.csv") in audit_actions(portal)


def test_content_that_held_nothing_new_is_not_read_in_later_either(portal, folder):
    send(portal, user=CONTROLLER)
    spaced = content_of() + b"\r\n"  # the same values in other bytes
    land(folder, content=spaced)
    assert [one.outcome for one in take(portal, folder)] == [InboxOutcome.UNCHANGED]
    send(portal, calls=205)
    land(folder, content=spaced)

    assert [one.outcome for one in take(portal, folder)] == [InboxOutcome.REPEATED]
    assert len(versions_of(portal)) == 2


def test_a_crash_between_storing_and_moving_neither_loses_nor_repeats(portal, folder, monkeypatch):
    land(folder)
    with monkeypatch.context() as patch:
        patch.setattr(folder, "put_away", crash)
        with pytest.raises(KeyboardInterrupt):
            take(portal, folder)
    assert len(versions_of(portal)) == 1

    outcomes = [one.outcome for one in take(portal, InboxFolder(folder.path))]  # another process, later

    assert outcomes == [InboxOutcome.REPEATED]
    assert len(versions_of(portal)) == 1
    assert names_in(folder, DONE) == ["bild.csv", "bild.csv.json", "bild.csv.txt"]
    assert names_in(folder, TAKING) == []


def crash(*_, **__):
    raise KeyboardInterrupt


def test_another_of_the_same_name_that_lands_meanwhile_is_not_lost(portal, folder, monkeypatch):
    land(folder)
    commit = submitting.commit

    def commit_while_one_lands(*arguments, **details):
        land(folder, content=content_of("mora"))
        return commit(*arguments, **details)

    with monkeypatch.context() as patch:
        patch.setattr(submitting, "commit", commit_while_one_lands)
        take(portal, folder)
    take(portal, folder)

    assert len(versions_of(portal)) == len(versions_of(portal, "mora")) == 1
    assert {"bild.csv", "bild-2.csv"} <= set(names_in(folder, DONE))


def test_a_file_waits_while_the_database_is_away(portal, folder, monkeypatch):
    land(folder)
    with monkeypatch.context() as patch:
        patch.setattr(submitting, "commit", away)
        with pytest.raises(DatabaseUnavailable):
            take(portal, folder)

    assert [one.outcome for one in take(portal, folder)] == [InboxOutcome.ACCEPTED]


def away(*_, **__):
    raise DatabaseUnavailable("gone")


def test_a_faulty_file_is_refused_whole_with_every_fault(portal, folder):
    land(folder, content=content_of(calls_answered_same_day=900).replace(b";45;", b";4x;"))
    before = row_counts(portal)

    (refused,) = take(portal, folder)

    assert refused.outcome is InboxOutcome.REJECTED
    assert row_counts(portal) == before
    words, printed = report(folder, REFUSED)
    assert printed["outcome"] == "rejected"
    assert len(printed["problems"]) == 2
    assert all(problem["message"] in words for problem in printed["problems"])
    assert "lägg den i mappen igen" in words
    assert {("controller", "inbox.refused", "bild.csv"), ("controller", "upload.rejected", "")} <= set(
        audit_actions(portal)
    )


def test_what_was_refused_is_read_in_once_it_is_right(portal, folder):
    land(folder, content=content_of("ny"))
    assert take(portal, folder)[0].outcome is InboxOutcome.REJECTED
    land(folder)

    assert take(portal, folder)[0].outcome is InboxOutcome.ACCEPTED


def test_values_that_stand_out_are_refused_with_how_to_confirm_them(portal, folder):
    for month in (JANUARY.plus(-3), JANUARY.plus(-2), DECEMBER):
        send(portal, month=month)
    land(folder, content=content_of(calls=9_000, calls_answered_same_day=8_000))

    (refused,) = take(portal, folder)

    assert refused.outcome is InboxOutcome.NEEDS_CONFIRMATION
    words, printed = report(folder, REFUSED)
    assert printed["problems"]
    assert all(problem["message"] in words for problem in printed["problems"])
    assert "portal import FIL --as controller --confirm-warnings --note" in words
    assert versions_of(portal) == []


@pytest.mark.security
def test_the_account_s_walls_hold(portal, folder):
    land(folder, content=content_of("mora"))

    (refused,) = take(portal, folder, user_of("falun"))

    assert {problem.code for problem in refused.problems} == {"clinic.foreign"}
    assert versions_of(portal, "mora") == []
    assert ("falun-chef", "upload.cross_clinic_attempt", "") in audit_actions(portal)


def test_a_clinic_s_own_file_is_its_own_and_is_known_again(portal, folder):
    for name in ("en.csv", "två.csv"):
        land(folder, name)

    outcomes = {one.outcome for one in take(portal, folder, user_of("falun"))}

    assert outcomes == {InboxOutcome.ACCEPTED, InboxOutcome.REPEATED}


@pytest.mark.security
def test_a_personal_number_in_a_name_is_kept_nowhere(portal, folder):
    land(folder, PRIVATE_NAME)

    (refused,) = take(portal, folder)

    assert [problem.code for problem in refused.problems] == ["privacy.personal_number"]
    assert names_in(folder, REFUSED) == [
        "fil-utan-namn.csv",
        "fil-utan-namn.csv.json",
        "fil-utan-namn.csv.txt",
    ]
    assert "9876" not in "".join(report(folder, REFUSED, refused.name)[0])
    with portal.database.reading(EVERY_CLINIC) as scoped:
        rows = scoped.connection.exec_driver_sql("SELECT object, details FROM audit").all()
    assert "9876" not in repr(rows)


@pytest.mark.security
@pytest.mark.parametrize(
    "name",
    [
        "rad\nbrytning.csv",
        "\u202evsc.exe",
        b"tr\xe4d.csv".decode("utf-8", "surrogateescape"),
        "å" * 125 + ".csv",
        "a" * 255,
        "bild.csv.txt",
    ],
    ids=["line break", "direction", "latin-1", "long", "longest", "a report's"],
)
def test_an_odd_name_is_taken_under_one_that_can_be_shown(portal, folder, name):
    land(folder, name)

    (taken,) = take(portal, folder)

    assert taken.outcome is InboxOutcome.ACCEPTED
    assert taken.name.isprintable()
    assert names_in(folder, DONE) == sorted([taken.name, f"{taken.name}.json", f"{taken.name}.txt"])


def test_a_file_larger_than_the_account_may_send_is_not_read_whole(portal, folder):
    path = land(folder, content=b"")
    os.truncate(path, 3_000_000_000)  # takes no room on the disk

    (refused,) = take(portal, folder, user_of("falun"))

    assert [problem.code for problem in refused.problems] == ["file.too_large"]


def test_who_may_read_the_folder_may_read_the_reports(portal, folder):
    land(folder)
    take(portal, folder)

    modes = [
        stat.S_IMODE((folder.path / DONE / name).stat().st_mode)
        for name in ("", "bild.csv.txt", "bild.csv.json")
    ]
    assert modes == [0o750, 0o640, 0o640]


def test_one_process_at_a_time_takes_files(folder):
    with folder.locked() as is_ours, InboxFolder(folder.path).locked() as is_others:
        assert (is_ours, is_others) == (True, False)
    with folder.locked() as is_ours:
        assert is_ours

"""portal backup, its --verify, and portal restore: nothing lost, nothing half, nothing overwritten; both engines."""

import hashlib
import json
import os
import shutil
import sqlite3
import threading
import time
import zipfile
from contextlib import closing
from types import SimpleNamespace

import pyotp
import pytest

from db import backup, row_security
from db.audit import AuditEvent, list_recent
from db.engine import Database
from portal.services.context import Clock, Portal
from portal.services.release import releases
from tests.cli.command import fails_in_words
from tests.cli.conftest import Place
from tests.conftest import TODAY, add_account, add_clinics
from tests.postgres import OWNER
from tests.services.region import CONTROLLER, JANUARY, OTHERS, add_region, row_counts, send


@pytest.fixture
def filled(place):
    """A region with a released month, in use while it is copied."""
    portal = Portal(database=Database(place.url), clock=Clock(TODAY))
    add_clinics(portal)
    add_region(portal)
    add_account(portal, "admin", role="admin", totp_secret=pyotp.random_base32())
    for clinic in ("falun", "mora", "ludvika", *(code for code, _ in OTHERS)):
        add_account(portal, clinic, role="clinic", clinics=[clinic])
        send(portal, clinic)
    releases.release(portal, CONTROLLER, JANUARY)
    yield portal
    portal.database.engine.dispose()


@pytest.fixture
def file(place, filled, tmp_path):
    path = tmp_path / "kept" / "2025-02-05.backup"
    done = place("backup", path)
    assert done.returncode == 0, done.stdout + done.stderr
    return path


def test_what_was_copied_comes_back_as_it_was(place, filled, file):
    figures = place("figures", 2025, "--json").stdout
    before = row_counts(filled)

    done = place.restore(file)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "checks of the data, 0 not in order" in done.stdout, done.stdout
    restored = Portal(database=Database(place.empty_url), clock=Clock(TODAY))
    assert row_counts(restored) == before
    restored.database.engine.dispose()
    assert place("figures", 2025, "--json", url=place.empty_url).stdout == figures
    assert "care_plans" in figures


def test_who_made_it_and_which_file_it_was_stands_in_the_log(filled, file):
    with filled.reading(CONTROLLER) as scoped:
        event = list_recent(scoped)[0]

    assert (event.action, event.object) == ("backup.made", file.name)
    assert event.details == AuditEvent.in_json({"sha256": listed(file)["sha256"]})


def test_a_copy_is_read_from_beginning_to_end_by_verify(place, file):
    done = place("backup", "--verify", file)

    assert done.returncode == 0, done.stdout + done.stderr
    rows = listed(file)["contents"]["rows"]
    assert f"{sum(rows.values())} rows in {len(rows)} tables" in done.stdout
    assert rows["submission"] == 5
    assert listed(file)["contents"]["audit_end"] in done.stdout


def test_a_copy_is_for_its_owner_only_and_leaves_nothing_beside_it(file):
    assert os.listdir(file.parent) == [file.name]
    assert file.stat().st_mode & 0o077 == 0


def test_nothing_is_ever_written_over(place, filled, file):
    content, before = file.read_bytes(), row_counts(filled)

    fails_in_words(place("backup", file), "is there already")
    fails_in_words(place("restore", file), "with the portal stopped")

    assert file.read_bytes() == content
    assert row_counts(filled) == before


def test_an_empty_database_is_not_copied(place, tmp_path):
    done = place("backup", tmp_path / "empty.backup", url=place.empty_url)

    fails_in_words(done, "portal migrate")
    assert not (tmp_path / "empty.backup").exists()


def listed(file):
    with zipfile.ZipFile(file) as archive:
        return json.loads(archive.read("backup.json"))


def packed_anew(file, *, payload=None, **fields):
    """Write the backup anew with something else in it."""
    with zipfile.ZipFile(file) as archive:
        before = archive.read("database")
    contents = {**listed(file), **fields}
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("backup.json", json.dumps(contents))
        archive.writestr("database", before if payload is None else payload)


def cut(file):
    file.write_bytes(file.read_bytes()[:-2000])


def not_a_backup(file):
    file.write_bytes(b"mottagning;period;m\xc3\xa5tt;v\xc3\xa4rde\n")


def another_archive(file):
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")


def of_another_form(file):
    packed_anew(file, contents={"rows": {}})


def changed(file):
    packed_anew(file, payload=b"SQLite format 3\x00 and nothing more")


def with_fewer_rows(file):
    contents = listed(file)["contents"]
    packed_anew(file, contents={**contents, "rows": {**contents["rows"], "submission": 6}})


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "damage", [cut, not_a_backup, another_archive, of_another_form, changed, with_fewer_rows]
)
def test_a_damaged_backup_is_refused_before_anything_is_put_back(place, file, damage):
    damage(file)

    fails_in_words(place("backup", "--verify", file), code=1)
    fails_in_words(place.restore(file), code=1)

    database = Database(place.empty_url)
    backup.check_is_empty(database)  # raises where something lies there
    database.engine.dispose()
    assert os.listdir(file.parent) == [file.name]


def test_a_copy_that_lacks_what_row_security_hides_is_never_called_done(
    postgres_database, tmp_path, monkeypatch
):
    """As pg_dump writes it on the advice of its own message: tables without rows."""
    portal = Portal(database=postgres_database, clock=Clock(TODAY))
    add_clinics(portal)
    hidden = SimpleNamespace(SETTING=row_security.SETTING, EVERY=",nobody")
    monkeypatch.setattr(backup, "row_security", hidden)

    done = Place(postgres_database.url)("backup", tmp_path / "x.backup")

    fails_in_words(done, "lacks rows of", "clinic")
    assert not (tmp_path / "x.backup").exists()


def test_a_backup_of_one_engine_is_not_put_into_the_other(migrated_file, postgres_server, tmp_path):
    shutil.copy(migrated_file, tmp_path / "portal.db")
    name = postgres_server.create()
    place = Place(f"sqlite:///{tmp_path / 'portal.db'}", postgres_server.url(name, OWNER))
    assert place("backup", tmp_path / "x.backup").returncode == 0

    fails_in_words(place.restore(tmp_path / "x.backup"), "a backup of sqlite")

    postgres_server.drop(name)


def test_what_somebody_changed_in_a_copy_is_found(migrated_file, tmp_path):
    shutil.copy(migrated_file, tmp_path / "portal.db")
    place = Place(f"sqlite:///{tmp_path / 'portal.db'}", f"sqlite:///{tmp_path / 'back.db'}")
    portal = Portal(database=Database(place.url), clock=Clock(TODAY))
    add_region(portal)
    portal.database.engine.dispose()
    file, payload = tmp_path / "x.backup", tmp_path / "payload.db"
    assert place("backup", file).returncode == 0
    with zipfile.ZipFile(file) as archive:
        payload.write_bytes(archive.read("database"))
    with closing(sqlite3.connect(payload)) as connection:
        connection.execute("DROP TRIGGER audit_no_update")
        connection.execute("UPDATE audit SET actor = 'nobody' WHERE id = 2")
        connection.commit()
    packed_anew(file, payload=payload.read_bytes(), sha256=hashlib.sha256(payload.read_bytes()).hexdigest())

    done = place("backup", "--verify", file)

    assert done.returncode == 1
    assert "error audit.chain" in done.stdout


def test_what_was_stored_before_the_copy_began_is_in_it(migrated_file, tmp_path):
    """While others write: a copied file lacks what lies in the -wal beside it."""
    shutil.copy(migrated_file, tmp_path / "portal.db")
    place = Place(f"sqlite:///{tmp_path / 'portal.db'}")
    portal = Portal(database=Database(place.url), clock=Clock(TODAY))
    stored, stop = [], threading.Event()
    writer = threading.Thread(target=write_until, args=(portal, stored, stop))
    writer.start()
    try:
        for number in range(5):
            before = len(stored)
            assert place("backup", tmp_path / f"{number}.backup").returncode == 0
            assert listed(tmp_path / f"{number}.backup")["contents"]["rows"]["audit"] >= before
    finally:
        stop.set()
        writer.join()
        portal.database.engine.dispose()

    assert len(stored) > 5
    assert "error audit" not in place("backup", "--verify", tmp_path / "4.backup").stdout


def write_until(portal, stored, stop):
    while not stop.is_set():
        with portal.writing(CONTROLLER) as writing:
            writing.record("figures.downloaded")
        stored.append(1)
        time.sleep(0.002)  # whoever waits for SQLite's lock gets it by chance

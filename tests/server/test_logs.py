"""What the server writes down: lines that a machine reads, with ids, and nothing of anybody in them."""

import json
import logging
import shutil

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from streamlit.proto.Common_pb2 import FileUploaderState
from streamlit.proto.WidgetStates_pb2 import WidgetState

from db.engine import Database
from portal import logs
from portal.domain.accounts.access import EVERY_CLINIC
from portal.services.context import Clock, Portal
from portal.services.refused import DatabaseUnavailable
from tests.conftest import PASSWORD, TODAY, add_account, add_clinics, log_in
from tests.server.conftest import SCRIPT, Server, start_server, stop_server


pytestmark = [pytest.mark.security, pytest.mark.asvs("16.2.1", "16.2.5")]
SECRET = "19121212-1212 fia.falun@example.se"
APP_THAT_FAILS = f"""
import runpy
import streamlit as st

if "fel" in st.query_params:
    raise RuntimeError("{SECRET}")
runpy.run_path("{SCRIPT}")
"""


def formatted(fault=None, name="portal", message="något hände"):
    record = logging.LogRecord(name, logging.ERROR, "x.py", 1, message, (), (type(fault), fault, None))
    return json.loads(logs.JsonLines().format(record))


def raised(kind, *arguments):
    try:
        raise kind(*arguments)
    except kind as fault:
        return fault


# One line


def test_a_line_tells_when_how_bad_from_where_and_for_which_request():
    with logs.request():
        first, second = formatted(), formatted()
    with logs.request():
        other = formatted()

    assert set(first) == {"time", "level", "logger", "request", "message"}
    assert (first["level"], first["logger"], first["message"]) == ("error", "portal", "något hände")
    assert first["request"] == second["request"] != other["request"]
    assert formatted()["request"] == ""


def test_a_fault_is_its_places_and_kinds_without_the_words_it_was_raised_with():
    fault = raised(ValueError, SECRET)
    fault.__cause__ = raised(KeyError, "Fia")

    line = formatted(fault)["fault"]

    assert SECRET not in line
    assert "Fia" not in line
    assert "test_logs.py" in line
    assert [part for part in line.splitlines() if part.startswith(("builtins", "out of"))] == [
        "builtins.ValueError",
        "out of",
        "builtins.KeyError",
    ]


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (OSError(28, "No space left on device", "Fia Falun.xlsx"), "No space left on device"),
        (DatabaseUnavailable("portal.db: database is locked"), "portal.db: database is locked"),
    ],
)
def test_the_machines_own_faults_say_what_was_the_matter(fault, words):
    line = formatted(fault)["fault"]

    assert line.endswith(f": {words}")
    assert "Fia" not in line


def test_a_statement_that_failed_keeps_its_values_to_itself(database):
    """In lines for people, too: SQLAlchemy would print what it was given."""
    insert = text("INSERT INTO setting (name, value) VALUES ('a', :value)")
    with pytest.raises(IntegrityError) as caught, database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(insert, {"value": SECRET})
        scoped.connection.execute(insert, {"value": SECRET})

    assert SECRET not in str(caught.value)
    assert "SQLITE_CONSTRAINT" in formatted(caught.value)["fault"]


def test_a_deep_fault_is_a_short_line():
    def deeper():
        deeper()

    assert len(formatted(raised_by(deeper))["fault"].splitlines()) <= logs.MOST_FRAMES + 1


def raised_by(call):
    try:
        call()
    except RecursionError as fault:
        return fault


def test_of_a_librarys_line_only_the_first_counts():
    """asyncio's next lines repeat an exception in its own words."""
    message = f"Task exception was never retrieved\nfuture: <ValueError('{SECRET}')>"

    assert formatted(name="asyncio", message=message)["message"] == "Task exception was never retrieved"


# A whole journey


@pytest.fixture(scope="module")
def written(migrated_file, tmp_path_factory):
    """A server's log, and the id on the page that failed, after a login that failed, a refused file and a fault."""
    folder = tmp_path_factory.mktemp("logs")
    path = shutil.copy(migrated_file, folder / "portal.db")
    script = folder / "app.py"
    script.write_text(APP_THAT_FAILS, encoding="utf-8")
    portal = Portal(database=Database(f"sqlite:///{path}"), clock=Clock(TODAY))
    add_clinics(portal)
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    token, _ = log_in(portal, "falun")
    with (folder / "log.txt").open("w") as log:
        process, url = start_server(portal.database.url, script=script, log=log, PORTAL_LOGS="json")
    server = Server(url, portal)
    with server.tab() as tab:
        tab.run("")
        tab.run(fill={"Användarnamn": "falun", "Lösenord": f"{PASSWORD} x"}, press="Logga in")
    with server.tab(token) as tab:
        refused = upload(server, tab, token, "Fia Falun.csv", b"mottagning;period\nfalun;4711\n")
        failed = tab.run("", query="fel=1")
    with server.http(token) as http:
        http.get("/media/x.csv")  # another one's
    with server.http() as http:
        http.get("/media/x.csv")
        figures = http.get("/metrics").text
    stop_server(process)
    portal.database.engine.dispose()
    assert refused.holds("Fia Falun.csv")
    shown = next(element.alert.body for element in failed.elements if element.WhichOneof("type") == "alert")
    return (folder / "log.txt").read_text("utf-8"), shown.split("**")[1], token, figures


def upload(server, tab, token, name, content):
    """Choose a file on Rapportera, as a browser does."""
    run = tab.run("rapportera")
    uploader = next(
        element.file_uploader for element in run.elements if element.WhichOneof("type") == "file_uploader"
    )
    address = f"/_stcore/upload_file/{run.session_id}/one"
    with server.http(token) as http:
        xsrf = {"X-Xsrftoken": http.get("/_stcore/health").cookies["_streamlit_xsrf"]}
        assert http.put(address, files={"file": (name, content)}, headers=xsrf).is_success
    state = FileUploaderState()
    chosen = state.uploaded_file_info.add(file_id="one", name=name, size=len(content))
    chosen.file_urls.file_id, chosen.file_urls.upload_url, chosen.file_urls.delete_url = (
        "one",
        address,
        address,
    )
    return tab.run(states=[WidgetState(id=uploader.id, file_uploader_state_value=state)])


def test_every_line_is_an_object_and_what_belongs_together_has_one_id(written):
    log, *_ = written
    lines = [json.loads(line) for line in log.splitlines()]

    assert lines
    assert {"time", "level", "logger", "request", "message"} <= set.intersection(*map(set, lines))
    assert all(line["request"] for line in lines if line["logger"] == "portal")


def test_the_id_on_a_page_that_failed_is_in_the_log_with_its_places(written):
    log, error_id, *_ = written

    (line,) = [json.loads(line) for line in log.splitlines() if error_id in line]
    assert "app.py" in line["fault"]
    assert line["fault"].endswith("builtins.RuntimeError")
    assert log.count("RuntimeError") == 1  # Streamlit would print it once more, in colours


def test_nothing_of_anybody_is_in_the_log(written):
    log, _, token, _ = written

    for personal in ("Fia", "falun", PASSWORD, SECRET, "19121212", "@", token, "4711", ".csv"):
        assert personal not in log, log


def test_the_figures_tell_of_it_without_naming_anybody(written):
    *_, figures = written
    lines = dict(line.rsplit(" ", 1) for line in figures.splitlines() if not line.startswith("#"))

    assert float(lines['portal_rerun_seconds_count{kind="page"}']) >= 4
    assert float(lines["portal_faults_total"]) == 1
    assert float(lines["portal_logins"]) == 1
    assert sum(float(lines[name]) for name in lines if name.startswith("portal_uploads_refused_total")) >= 1
    assert "falun" not in figures

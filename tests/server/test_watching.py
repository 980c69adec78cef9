"""What whoever watches the server is told, and what is answered above the pages when the database is away."""

import gzip
import shutil

import httpx
import pytest
from prometheus_client import generate_latest
from starlette.requests import Request
from websockets.exceptions import InvalidStatus

import db.audit
from db.engine import Database
from portal import watching
from portal.services.administration.watched import RefusedFiles
from portal.services.context import Portal
from portal.walls import INDEX
from portal.watching import Readiness
from tests.conftest import add_account, log_in
from tests.server.conftest import Server, start_server, stop_server


@pytest.fixture(scope="module")
def own_server(migrated_file, tmp_path_factory):
    """A server whose database a test may take away."""
    folder = tmp_path_factory.mktemp("watched")
    path = shutil.copy(migrated_file, folder / "portal.db")
    portal = Portal(database=Database(f"sqlite:///{path}"))
    add_account(portal, "admin", role="admin")
    token, _ = log_in(portal, "admin")
    portal.database.engine.dispose()
    with (folder / "log.txt").open("w") as log:
        process, url = start_server(f"sqlite:///{path}", log=log)
    yield Server(url, portal), path, token, folder / "log.txt"
    stop_server(process)


@pytest.fixture
def away(own_server):
    """The same server, its database taken away and put back afterwards."""
    _, path, *_ = own_server
    aside = path.with_name("aside.db")
    path.rename(aside)
    yield own_server
    aside.rename(path)


def test_a_server_in_order_lives_and_is_ready(own_server):
    server, *_ = own_server
    with server.http() as http:
        assert http.get("/health/live").text == "ok"
        assert http.get("/health/ready").json() == {"ready": True, "lacking": []}


def test_a_server_without_its_database_lives_and_is_not_ready(portal, tmp_path):
    gone = Portal(database=Database(f"sqlite:///{tmp_path / 'gone.db'}", creates=False))

    assert Readiness(portal).look() == ()
    assert Readiness(gone).look() == ("database",)


def test_a_database_of_another_version_is_not_ready(tmp_path):
    empty = Portal(database=Database(f"sqlite:///{tmp_path / 'empty.db'}"))

    assert Readiness(empty).look() == ("schema",)
    empty.database.engine.dispose()


def figures_of(portal):
    text = generate_latest(watching.registry_of(portal, Readiness(portal))).decode()
    return dict(line.rsplit(" ", 1) for line in text.splitlines() if not line.startswith("#"))


def test_the_figures_say_when_last_and_how_many(portal, falun_user, admin_user):
    log_in(portal, "falun")
    with portal.writing(admin_user) as writing:
        writing.record("backup.made")
        writing.record("upload.rejected", details={"problems": ["month.form", "value.form"]})
        writing.record("upload.cross_clinic_attempt", details={"problems": ["clinic.foreign", "value.form"]})

    figures = figures_of(portal)

    assert (
        figures["portal_database_reachable"] == figures["portal_ready"] == figures["portal_logins"] == "1.0"
    )
    assert figures['portal_uploads_refused_total{code="value.form"}'] == "2.0"
    assert figures['portal_uploads_refused_total{code="clinic.foreign"}'] == "1.0"
    assert float(figures["portal_last_backup_timestamp_seconds"]) == portal.clock.now.timestamp() // 1
    assert "portal_last_release_timestamp_seconds" not in figures  # nothing is released yet
    with portal.reading(admin_user) as scoped:
        assert float(figures["portal_audit_head"]) == db.audit.find_head(scoped).id


def test_a_refused_file_is_counted_once_however_often_is_asked(portal, admin_user):
    refused = RefusedFiles()
    for count in (1, 2):
        with portal.writing(admin_user) as writing:
            writing.record("upload.rejected", details={"problems": ["month.form"]})
        assert refused.count(portal) == {"month.form": count}
        assert refused.count(portal) == {"month.form": count}


def test_without_its_database_the_figures_say_so(tmp_path):
    gone = Portal(database=Database(f"sqlite:///{tmp_path / 'gone.db'}", creates=False))

    figures = figures_of(gone)

    assert figures["portal_database_reachable"] == figures["portal_ready"] == "0.0"
    assert "portal_logins" not in figures
    assert float(figures["process_resident_memory_bytes"]) > 0


@pytest.mark.security
@pytest.mark.asvs("13.4.5")
@pytest.mark.parametrize(
    ("client", "headers", "is_answered"),
    [
        (("127.0.0.1", 5), {}, True),
        (("::1", 5), {}, True),
        (("192.0.2.7", 5), {}, False),
        (("127.0.0.1", 5), {"X-Forwarded-For": "127.0.0.1"}, False),
        (("127.0.0.1", 5), {"Forwarded": "for=127.0.0.1"}, False),
        (("127.0.0.1", 5), {"Via": "1.1 proxy"}, False),
        (("socket", 0), {}, False),
        (None, {}, False),
    ],
    ids=str,
)
def test_figures_are_for_programs_of_this_machine_alone(client, headers, is_answered):
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    request = Request({"type": "http", "client": client, "headers": raw})

    assert watching.is_from_this_machine(request) is is_answered


@pytest.mark.security
def test_what_a_proxy_passes_on_finds_no_figures(own_server):
    server, *_ = own_server
    with server.http() as http:
        assert http.get("/metrics").text.startswith("# HELP portal_rerun_seconds")
        refused = http.get("/metrics", headers={"X-Forwarded-For": "192.0.2.7"})

    assert (refused.status_code, refused.text) == (404, "Sidan finns inte.")


@pytest.mark.security
@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/media/x", {}),
        ("POST", "/session/open", {"content": '{"ticket": "abc"}'}),
        ("POST", "/session/close", {}),
    ],
)
def test_a_database_that_is_away_is_told_in_swedish_with_an_id_that_the_log_has(away, method, path, options):
    server, file, token, log = away
    with server.http(token, headers={"Origin": server.url}) as http:
        answer = http.request(method, path, **options)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "20"
    assert answer.text.startswith("Portalen når inte sina uppgifter just nu.")
    assert str(file) not in answer.text
    error_id = answer.text.removesuffix(".").split()[-1]
    (line,) = [line for line in log.read_text().splitlines() if error_id in line]
    assert str(file) in line
    assert "Traceback" not in log.read_text()


def test_a_new_tab_is_told_to_try_again_and_opens_when_the_database_is_back(own_server):
    server, path, token, _ = own_server
    aside = path.with_name("aside.db")
    path.rename(aside)
    with pytest.raises(InvalidStatus), server.tab(token) as tab:
        tab.run("")
    aside.rename(path)

    with server.tab(token) as tab:
        assert not tab.run("").holds("Lösenord")


def test_bundles_go_out_packed_and_stay_in_the_browser(own_server):
    server, *_ = own_server
    (name,) = [path.name for path in (INDEX.parent / "static" / "js").glob("protobuf.*.js")]
    with (
        httpx.Client(base_url=server.url, trust_env=False) as http,
        http.stream("GET", f"/static/js/{name}", headers={"Accept-Encoding": "gzip"}) as answer,
    ):
        packed = b"".join(answer.iter_raw())

    content = (INDEX.parent / "static" / "js" / name).read_bytes()
    assert gzip.decompress(packed) == content
    assert len(packed) < len(content) / 4
    assert answer.headers["cache-control"] == "public, immutable, max-age=31536000"

"""What whoever watches the server is told, and what is answered above the pages when the database is away."""

import gzip
import shutil

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from db.engine import Database
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

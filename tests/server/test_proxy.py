"""The files for nginx and systemd in portal/operating: not only well formed, but tried, with the portal behind them."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from datetime import UTC, datetime

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from db.engine import Database
from db.migrate import upgrade
from portal.server import only_process
from portal.services.accounts import login
from portal.services.context import Clock, Portal
from portal.settings import ROOT, SettingsFault
from tests.conftest import PASSWORD, TODAY, add_account, add_clinics, log_in, require
from tests.server.conftest import start_server, stop_server
from tests.server.proxies import COOKIE, HOST, operating_file, serve_proxy


pytestmark = pytest.mark.security
ANALYZE = shutil.which("systemd-analyze")


# systemd


SERVICES = sorted(file.name for file in (ROOT / "portal" / "operating").glob("*.service"))
TIMERS = sorted(file.name for file in (ROOT / "portal" / "operating").glob("*.timer"))
AS_ROOT = "portal-failed@.service"  # reads the journal, and mails


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """All units, with a program that is there on every machine."""
    require(ANALYZE, "systemd-analyze")
    folder = tmp_path_factory.mktemp("units")
    for name in (*SERVICES, *TIMERS):
        text = re.sub(
            r"/opt/portal/\S+portal (serve|inbox|check|remind|audit)", r"/bin/true \1", operating_file(name)
        )
        text = re.sub(r"postgresql\.service|.*network-online\.target\n", "", text)
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize("name", [*SERVICES, *TIMERS])
def test_the_unit_is_well_formed(units, name):
    unit = units / name
    done = subprocess.run(
        [ANALYZE, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )

    complaints = [line for line in (done.stdout + done.stderr).splitlines() if unit.name in line]
    assert complaints == []


@pytest.mark.parametrize("timer", TIMERS)
def test_what_a_timer_starts_and_fails_is_told(timer):
    service = operating_file(timer.replace(".timer", ".service"))

    assert "OnCalendar=*-*-* 0" in operating_file(timer)
    assert "OnFailure=portal-failed@%n.service\n" in service


def test_every_daily_command_has_its_timer_and_a_backup_is_made_before_events_go():
    at = dict(sorted((re.findall(r"OnCalendar=(.+)", operating_file(timer))[0], timer) for timer in TIMERS))

    assert list(at.values()) == [f"portal-{name}.timer" for name in ("backup", "prune", "check", "remind")]
    for command in ("backup ", "audit prune\n", "check\n", "remind\n"):
        assert sum(f"/bin/portal {command}" in operating_file(name) for name in SERVICES) == 1


def test_who_is_told_of_a_failed_unit_reads_what_it_said(tmp_path):
    (line,) = re.findall(r"ExecStart=/bin/sh -c '(.+)' %i", operating_file(AS_ROOT))
    for name, content in {
        "systemctl": 'echo "$@: error audit.end"',
        "sendmail": f'cat > "{tmp_path}/$1"',
    }.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{content}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o700)
    command = (
        line.replace("%%", "%")
        .replace("$$", "$")
        .replace("\\\\", "\\")
        .replace("/usr/sbin/sendmail", "sendmail")
    )
    path = f"{tmp_path}:{os.environ['PATH']}"

    subprocess.run(["/bin/sh", "-c", command, "portal-check.service"], env={"PATH": path}, check=True)

    heading, _, body = (tmp_path / "root").read_text("utf-8").partition("\n\n")
    assert "Subject: portal-check.service failed\n" in heading
    assert body.endswith("portal-check.service: error audit.end\n")


@pytest.mark.asvs("13.2.2")
@pytest.mark.parametrize("name", [each for each in SERVICES if each != AS_ROOT])
def test_the_service_may_do_little(units, name):
    done = subprocess.run(
        [ANALYZE, "security", "--offline=yes", "--threshold=25", "--no-pager", str(units / name)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-600:] + done.stderr


@pytest.mark.asvs("12.2.1")
def test_the_portal_itself_listens_on_this_machine_only():
    assert "portal serve --host 127.0.0.1" in operating_file("portal.service")
    nginx = operating_file("nginx.conf")
    assert set(re.findall(r"proxy_pass http://([^;]+);", nginx)) == {"$portal_group"}
    assert set(re.findall(r"^ *(?:# )?(?:default|850[12]) (portal\w*);", nginx, re.MULTILINE)) == set(
        re.findall(r"upstream (\w+)", nginx)
    )
    assert {server.partition(":")[0] for server in re.findall(r"server (\d[^ ;]+)", nginx)} == {"127.0.0.1"}


# nginx


@pytest.fixture(scope="module")
def proxy(tmp_path_factory):
    folder = tmp_path_factory.mktemp("proxy")
    url = f"sqlite:///{folder / 'data' / 'portal.db'}"
    portal = Portal(database=Database(url), clock=Clock(TODAY))
    upgrade(portal.database)
    add_clinics(portal)
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    process, address = start_server(url, PORTAL_BASE_URL=f"https://{HOST}")
    with serve_proxy(folder, portal, address.rpartition(":")[2]) as proxy:
        yield proxy
    stop_server(process)
    portal.database.engine.dispose()


@pytest.mark.asvs("12.2.1", "4.4.1")
def test_plain_http_is_sent_to_https_and_reaches_nothing(proxy):
    with httpx.Client(trust_env=False, headers={"Host": HOST}) as http:
        for path in ("/", "/konto?a=b", "/_stcore/health"):
            answer = http.get(f"http://127.0.0.1:{proxy.http_port}{path}")
            assert answer.status_code == 301
            assert answer.headers["location"] == f"https://{HOST}{path}"
        upgrade_ = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        address = f"http://127.0.0.1:{proxy.http_port}/_stcore/stream"
        assert http.get(address, headers=upgrade_).status_code == 301


@pytest.mark.asvs("3.4.1")
@pytest.mark.parametrize(
    "path", ["/", "/konto", "/_stcore/health", "/media/x", "/session/client.js", "/static/x"]
)
def test_every_answer_says_https_only_once(proxy, path):
    with proxy.https() as https:
        answer = https.get(path)

    assert answer.headers.get_list("strict-transport-security") == ["max-age=31536000; includeSubDomains"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.asvs("3.4.1", "5.2.1")
def test_a_body_that_is_too_large_is_stopped_at_the_door_and_says_https_only_too(proxy):
    token = log_in(proxy.portal, "falun")[0]
    with proxy.https(token) as https:
        answer = https.put("/_stcore/upload_file/a/b", content=bytes(11_000_000))

    assert answer.status_code == 413
    assert "strict-transport-security" in answer.headers


@pytest.mark.asvs("13.4.5")
def test_the_figures_for_watchers_are_not_to_be_had_through_it(proxy):
    with proxy.https() as https:
        assert https.get("/metrics").status_code == 404


def test_files_come_packed_and_are_kept_as_the_server_says(proxy):
    packed = {"Accept-Encoding": "gzip, br"}
    with proxy.https() as https:
        page = https.get("/")
        script = re.search(r"static/js/index\.[^\"]+\.js", page.text)[0]
        answers = {
            path: https.get(f"/{path}", headers=packed).headers for path in (script, "session/client.js")
        }

    assert page.headers["cache-control"] == "no-store"
    kept = {path: answer["cache-control"] for path, answer in answers.items()}
    assert kept == {script: "public, immutable, max-age=31536000", "session/client.js": "no-store"}
    assert {answer["content-encoding"] for answer in answers.values()} <= {"gzip", "br"}


@pytest.mark.asvs("12.2.1")
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_old_tls_is_refused(proxy, newest):
    context = ssl.create_default_context(cafile=proxy.folder / "cert.pem")
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning):
        context.maximum_version = newest

    with socket.create_connection(("127.0.0.1", proxy.https_port)) as plain, pytest.raises(OSError):
        context.wrap_socket(plain, server_hostname=HOST)


@pytest.mark.asvs("4.4.1", "4.4.2")
def test_pages_speak_over_wss_from_our_own_origin_only(proxy):
    token = log_in(proxy.portal, "falun")[0]
    with proxy.websocket(token=token) as socket_:
        assert socket_.subprotocol == "streamlit"
    for origin in ("https://ond.example", f"http://{HOST}.ond.example", None):
        with pytest.raises(InvalidStatus) as refused:
            proxy.websocket(origin=origin, token=token)
        assert refused.value.response.status_code == 403


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.3", "3.3.4")
def test_the_cookie_is_for_this_host_over_https_only(proxy):
    ticket = login.begin(proxy.portal, "falun", PASSWORD)
    with proxy.https() as https:
        answer = https.post("/session/open", json={"ticket": ticket.secret})

    (cookie,) = [one for one in answer.headers.get_list("set-cookie") if one.startswith(f"{COOKIE}=")]
    assert all(one.startswith("__Host-") for one in answer.headers.get_list("set-cookie"))
    parts = {part.strip().lower() for part in cookie.split(";")}
    assert {"secure", "httponly", "samesite=strict", "path=/"} <= parts
    assert not [part for part in parts if part.startswith(("domain", "max-age", "expires"))]


@pytest.mark.asvs("14.2.1", "16.2.5", "16.4.1")
def test_the_access_log_holds_no_session_and_no_question(proxy):
    token = log_in(proxy.portal, "falun")[0]
    with proxy.https(token) as https:
        https.put("/_stcore/upload_file/11111111-2222-3333/fil", content=b"x")
        https.get("/oversikt", params={"manad": "2025-01", "mottagning": "falun"})
        https.get("/a%0d%0aGET /hittad 200")

    log = proxy.log()
    assert "PUT /_stcore/upload_file/- " in log
    assert "11111111" not in log
    assert "2025-01" not in log.replace(datetime.now(UTC).strftime("%Y-%m"), "")
    assert token not in log
    assert not [line for line in log.splitlines() if line.startswith("GET /hittad")]


@pytest.mark.asvs("13.4.4")
def test_trace_is_refused(proxy):
    with proxy.https() as https:
        assert https.request("TRACE", "/").status_code == 405


@pytest.mark.asvs("2.4.1")
def test_a_flood_of_login_attempts_is_slowed_down(proxy):
    with proxy.https() as https:
        statuses = [https.post("/session/open", json={"ticket": "x"}).status_code for _ in range(60)]

    assert 429 in statuses


# Several processes


@pytest.fixture
def several(postgres_database, tmp_path_factory):
    """Two processes on one PostgreSQL database behind nginx: (proxy, port → process)."""
    portal = Portal(database=postgres_database, clock=Clock(TODAY))
    add_clinics(portal)
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    started = [start_server(postgres_database.url, PORTAL_BASE_URL=f"https://{HOST}") for _ in range(2)]
    processes = {address.rpartition(":")[2]: process for process, address in started}
    with serve_proxy(tmp_path_factory.mktemp("several"), portal, *processes) as proxy:
        yield proxy, processes
    for process in processes.values():
        stop_server(process)


def ports_asked(proxy, since=0):
    """Return which process answered each request, in order."""
    return [line.rpartition(":")[2] for line in proxy.log().splitlines()[since:]]


def nodes_set(answer):
    """Return the proxy's own cookies in an answer; Streamlit has one too."""
    headers = answer.headers
    set_there = (
        headers.get_list("set-cookie") if hasattr(headers, "get_list") else headers.get_all("Set-Cookie")
    )
    cookies = [cookie.partition(";")[0] for cookie in set_there]
    return [cookie for cookie in cookies if "portal-node" in cookie]


def test_a_browser_stays_with_its_process_and_goes_on_with_the_other_when_that_one_dies(several):
    proxy, processes = several
    token = log_in(proxy.portal, "falun")[0]
    handed_out = set()
    for _ in range(4):  # as many browsers
        with proxy.https() as https:
            (node,) = nodes_set(https.get("/"))
        handed_out.add(node)
    assert handed_out == {f"__Host-portal-node={port}" for port in processes}
    cookies = {"Cookie": f"{COOKIE}={token}; {node}"}
    before = len(proxy.log().splitlines())
    with proxy.https() as https:
        for path in ("/", "/oversikt", "/_stcore/health", "/session/client.js") * 5:
            assert nodes_set(https.get(path, headers=cookies)) == []
    (its_own,) = set(ports_asked(proxy, before))

    processes[its_own].kill()
    processes[its_own].wait()

    (other,) = set(processes) - {its_own}
    with proxy.https() as https:
        answer = https.get("/oversikt", headers=cookies)
        assert (answer.is_success, nodes_set(answer)) == (
            True,
            [],
        )  # a page's socket says where it is, no file
        # Still logged in: a stranger gets 401.
        assert https.get("/media/x", headers=cookies).status_code == 404
    assert ports_asked(proxy)[-1] == other
    with proxy.websocket(cookie=cookies["Cookie"]) as socket_:
        assert socket_.subprotocol == "streamlit"
        assert nodes_set(socket_.response) == [f"__Host-portal-node={other}"]


def test_a_second_process_on_one_sqlite_file_is_refused_in_words(migrated_file, tmp_path):
    path = shutil.copy(migrated_file, tmp_path / "portal.db")
    portal = Portal(database=Database(f"sqlite:///{path}"))

    refused = pytest.raises(SettingsFault, match="several need PostgreSQL")
    with only_process(portal), refused, only_process(portal):
        pass
    with only_process(portal):  # the lock went with the first one
        pass

"""The real server in a process of its own, with a database the tests can look into.

def test_x(server):
    token = server.log_in("falun")          # the cookie's value
    with server.http(token) as http: http.get("/media/x")
    with server.tab(token) as tab: tab.run("konto")
"""

import os
import socket
import subprocess
import sys
from dataclasses import dataclass

import httpx
import pyotp
import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from db.engine import Database
from db.migrate import upgrade
from portal.bench.client import COOKIE, StreamlitClient
from portal.services.context import Clock, Portal
from portal.settings import ROOT
from tests.conftest import TODAY, add_account, add_clinics, log_in


SCRIPT = ROOT / "portal" / "ui" / "app.py"
SERVE = (
    "import pathlib, sys; from portal import server, settings;"
    " server.SCRIPT = pathlib.Path(sys.argv[2]);"
    " server.serve('127.0.0.1', int(sys.argv[1]), settings.load())"
)


@dataclass(frozen=True)
class Server:
    """A running server; accounts falun, mora (clinics), region, admin, all with conftest.PASSWORD."""

    url: str
    portal: Portal

    def log_in(self, username):
        """Return the cookie's value of a new login."""
        return log_in(self.portal, username)[0]

    def http(self, token=None, **options):
        cookies = {COOKIE: token} if token else None
        return httpx.Client(base_url=self.url, cookies=cookies, timeout=30, trust_env=False, **options)

    def tab(self, token=None, **options):
        return StreamlitClient(self.url, cookie=token, **options)


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def start_server(database_url, *, script=SCRIPT, log=None, port=None, **environment):
    """Start the server, on a free port unless one is given; returns (process, url) once it answers. `log` is a file."""
    port = port or free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port), str(script)],
        stderr=log,
        env={
            **os.environ,
            "PORTAL_DATABASE_URL": database_url,
            "PORTAL_TODAY": TODAY.isoformat(),
            "PORTAL_SECRET_KEY": "only for tests " * 3,
            "PORTAL_BASE_URL": f"http://127.0.0.1:{port}",
            **environment,
        },
    )
    url = f"http://127.0.0.1:{port}"
    # The transport tries again with growing pauses until the port answers.
    with httpx.Client(transport=httpx.HTTPTransport(retries=8), trust_env=False, timeout=60) as http:
        assert http.get(f"{url}/_stcore/health").is_success
    return process, url


def stop_server(process):
    process.terminate()
    process.wait(timeout=20)


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('server') / 'portal.db'}"
    portal = Portal(database=Database(url), clock=Clock(TODAY))
    upgrade(portal.database)
    add_clinics(portal)
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    add_account(portal, "mora", role="clinic", clinics=["mora"])
    add_account(portal, "region", role="region", totp_secret=pyotp.random_base32())
    add_account(portal, "admin", role="admin", totp_secret=pyotp.random_base32())
    process, address = start_server(url)
    yield Server(address, portal)
    stop_server(process)
    portal.database.engine.dispose()


def ask_for_file(tab, session_id, file_id):
    """Have a file made as the button's click does; returns its path."""
    request = BackMsg()
    request.backend_operation_request.request_id = "1"
    request.backend_operation_request.session_id = session_id
    request.backend_operation_request.deferred_file.file_id = file_id
    tab.socket.send(request.SerializeToString())
    message = ForwardMsg()
    while message.WhichOneof("type") != "backend_operation_response":
        message = ForwardMsg.FromString(tab.socket.recv(timeout=30, decode=False))
    assert not message.backend_operation_response.error_msg
    return message.backend_operation_response.deferred_file.url

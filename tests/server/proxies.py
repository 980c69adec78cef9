"""nginx as in portal/operating but for ports and paths, with one portal or several behind it."""

import os
import re
import shutil
import socket
import ssl
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from websockets.sync.client import connect

from portal.services.context import Portal
from portal.settings import ROOT
from tests.conftest import require
from tests.server.conftest import free_port


HOST = "portal.example.se"
COOKIE = "__Host-portal"
NGINX = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
MAIN = """
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{}}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/portal.conf;
}}
"""


def operating_file(name):
    """Return the text of a file that the portal is run with."""
    return (ROOT / "portal" / "operating" / name).read_text("utf-8")


@dataclass(frozen=True)
class Proxy:
    """nginx as in portal/operating but for ports and paths, and the portal behind it."""

    http_port: int
    https_port: int
    folder: Path
    portal: Portal

    def https(self, token=None, **options):
        context = ssl.create_default_context(cafile=self.folder / "cert.pem")
        headers = {"Host": HOST, "Origin": f"https://{HOST}"}
        if token:
            headers["Cookie"] = f"{COOKIE}={token}"
        return httpx.Client(
            base_url=f"https://localhost:{self.https_port}",
            verify=context,
            headers=headers,
            trust_env=False,
            timeout=30,
            **options,
        )

    def websocket(self, *, origin=f"https://{HOST}", token=None, cookie=""):
        cookie = f"{COOKIE}={token}" if token else cookie
        return connect(
            f"wss://{HOST}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", self.https_port)),
            ssl=ssl.create_default_context(cafile=self.folder / "cert.pem"),
            origin=origin,
            subprotocols=["streamlit"],
            additional_headers={"Cookie": cookie} if cookie else {},
            open_timeout=20,
        )

    def log(self):
        return (self.folder / "portal.log").read_text()


def make_certificate(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST), x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )


def write_config(folder, http_port, https_port, portal_port, second_port=None):
    make_certificate(folder)
    text = operating_file("nginx.conf")
    if second_port:
        text = re.sub(r"^( *)# (?=850[12] |server 127|upstream portal_)", r"\1", text, flags=re.MULTILINE)
    ports = {"8501": str(portal_port), "8502": str(second_port)}
    text = re.sub("850[12]", lambda port: ports[port[0]], text)
    for there, here in (
        ("listen 80;", f"listen 127.0.0.1:{http_port};"),
        ("listen 443 ", f"listen 127.0.0.1:{https_port} "),
        ("/etc/ssl/portal/fullchain.pem", f"{folder}/cert.pem"),
        ("/etc/ssl/portal/privkey.pem", f"{folder}/key.pem"),
        ("/var/log/nginx/", f"{folder}/"),
    ):
        assert there in text
        text = text.replace(there, here)
    (folder / "portal.conf").write_text(text, encoding="utf-8")
    (folder / "nginx.conf").write_text(MAIN.format(folder=folder), encoding="utf-8")
    for name in ("body", "proxy", "fastcgi", "uwsgi", "scgi"):
        (folder / name).mkdir()


def run_nginx(folder, *arguments):
    command = [NGINX, "-p", str(folder), "-c", f"{folder}/nginx.conf", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)


@contextmanager
def serve_proxy(folder, portal, *ports):
    """Run nginx in that folder in front of the portal's processes, which listen on those ports."""
    require(NGINX, "nginx")
    folder.chmod(0o755)  # nginx's workers are another user's when it starts as root
    for above in list(folder.parents)[:2]:
        above.chmod(0o755)
    http_port, https_port = free_port(), free_port()
    write_config(folder, http_port, https_port, *ports)
    for arguments in (("-t",), ()):
        done = run_nginx(folder, *arguments)
        assert done.returncode == 0, done.stderr
    try:
        yield Proxy(http_port, https_port, folder, portal)
    finally:
        run_nginx(folder, "-s", "stop")

"""Send mail through the standard library; addressed by PORTAL_SMTP_URL.

`smtp://host:25`, `smtp+starttls://user:password@host:587` or `smtps://user:password@host:465`, with the
sender as `?from=portal@example.org`.
"""

import smtplib
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import parse_qs, unquote, urlsplit


TIMEOUT_SECONDS = 15
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


class MailFault(Exception):
    """Mail can't be sent; the message says why, without the password."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer:
    """Where mail goes out."""

    scheme: str
    host: str
    port: int
    username: str
    password: str
    sender: str

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Read PORTAL_SMTP_URL; raises MailFault."""
        parts = urlsplit(url)
        sender = parse_qs(parts.query).get("from", [""])[0]
        if parts.scheme not in PORTS or not parts.hostname:
            raise MailFault("PORTAL_SMTP_URL is not smtp://, smtp+starttls:// or smtps:// with a host.")
        if "@" not in sender:
            raise MailFault("PORTAL_SMTP_URL lacks the sender: add ?from=portal@example.org.")
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=sender,
        )

    def send(self, mails: Iterable[Mail]) -> Iterator[Mail]:
        """Send one by one over one connection, yielding each that the server took; raises MailFault."""
        with self._connected() as connection:
            for mail in mails:
                message = EmailMessage()
                message["From"], message["To"], message["Subject"] = self.sender, mail.to, mail.subject
                message.set_content(mail.text)
                try:
                    connection.send_message(message)
                except smtplib.SMTPException as fault:
                    raise MailFault(f"{self.host}:{self.port} did not take the mail: {fault}") from fault
                yield mail

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        try:
            connection = self._connect()
        except (OSError, smtplib.SMTPException) as fault:
            raise MailFault(f"The mail server {self.host}:{self.port} can't be reached: {fault}") from fault
        with connection:
            yield connection

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        if self.scheme == "smtp+starttls":
            connection.starttls(context=context)
        if self.username:
            connection.login(self.username, self.password)
        return connection

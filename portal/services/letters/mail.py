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
from email.utils import formatdate, make_msgid
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
        if parts.username and parts.scheme == "smtp":
            raise MailFault(
                "PORTAL_SMTP_URL would send a password in the clear: use smtp+starttls:// or smtps://."
            )
        if "@" not in sender:
            raise MailFault("PORTAL_SMTP_URL lacks the sender: add ?from=portal@example.org.")
        try:
            port = parts.port or PORTS[parts.scheme]
        except ValueError as fault:
            raise MailFault("PORTAL_SMTP_URL has a port that is no number from 1 to 65535.") from fault
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=port,
            username=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=sender,
        )

    def send(self, mails: Iterable[Mail]) -> Iterator[tuple[Mail, str]]:
        """Send one by one over one connection, yielding each with "" once the server took it.

        An address or a mail that the server refuses is yielded with its reason, and the others still go;
        MailFault when the server can't be used at all.
        """
        with self._connected() as connection:
            for mail in mails:
                yield mail, self._send(connection, mail)

    def _send(self, connection: smtplib.SMTP, mail: Mail) -> str:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, mail.to, mail.subject
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain=self.sender.rpartition("@")[2].strip("> "))
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        try:
            connection.send_message(message)
        except smtplib.SMTPRecipientsRefused as fault:
            return _reason(*next(iter(fault.recipients.values())))
        except smtplib.SMTPResponseException as fault:  # the sender, or what it says: not taken
            return _reason(fault.smtp_code, fault.smtp_error)
        except (OSError, smtplib.SMTPException) as fault:
            raise MailFault(f"{self.host}:{self.port} stopped taking mail: {fault}") from fault
        return ""

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        try:
            connection = self._connect()
        except (OSError, smtplib.SMTPException) as fault:
            raise MailFault(f"The mail server {self.host}:{self.port} can't be used: {fault}") from fault
        try:
            yield connection
        finally:
            try:
                connection.quit()
            except (OSError, smtplib.SMTPException):
                connection.close()

    def _connect(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.scheme == "smtps":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            connection = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        try:
            if self.scheme == "smtp+starttls":
                connection.starttls(context=context)
            if self.username:
                connection.login(self.username, self.password)
        except BaseException:
            connection.close()
            raise
        return connection


def _reason(code: int, reason: bytes | str) -> str:
    return f"{code} {reason.decode(errors='replace') if isinstance(reason, bytes) else reason}"

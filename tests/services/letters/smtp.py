"""A real SMTP server in the test's own process: aiosmtpd, with an inbox to look into."""

import socket
from contextlib import contextmanager
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller


class Inbox:
    """Takes mail as aiosmtpd's handler; refuses what goes to one of `refused`."""

    def __init__(self):
        self.mails, self.refused, self.url = [], set(), ""
        self.is_full = False

    async def handle_MAIL(self, server, session, envelope, address, options):
        if self.is_full:
            return "452 insufficient system storage"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    def to(self, address):
        return [mail for mail in self.mails if mail["To"] == address]


@contextmanager
def serve(inbox):
    """Serve on a free port of this machine; `inbox.url` is then what PORTAL_SMTP_URL says."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    inbox.url = f"smtp://127.0.0.1:{port}?from=portal@example.org"
    try:
        yield inbox
    finally:
        server.stop()

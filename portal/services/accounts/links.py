"""Links that were handed out: each opens once, within 72 hours. In the database lies only their SHA-256."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import db.accounts.account_links
from db.accounts.account_links import Link, NewLink
from db.accounts.accounts import Account
from db.scoping import ScopedConnection
from portal.services.accounts.throttle import hashed
from portal.services.context import Portal
from portal.services.refused import Refused


LINK_LIVES = timedelta(hours=72)
PAGE = "valkommen"
PASSWORD_KINDS = ("invitation", "password")
ADDRESS_KIND = "address"
SPENT = "Länken gäller inte längre. Den kan bara användas en gång och i 72 timmar; be om en ny."


@dataclass(frozen=True, slots=True)
class MadeLink:
    url: str
    expires_at: datetime


def make(portal: Portal, scoped: ScopedConnection, account: Account, *, kind: str, by: str) -> MadeLink:
    """Store a new link of the account in the caller's transaction and return its address, this once."""
    secret, now = secrets.token_urlsafe(32), datetime.now(UTC)
    link = NewLink(
        token_hash=hashed(secret),
        account_id=account.id,
        kind=kind,
        made_by=by,
        made_at=now,
        expires_at=now + LINK_LIVES,
    )
    db.accounts.account_links.add(scoped, link)
    return MadeLink(f"{portal.base_url.rstrip('/')}/{PAGE}?kod={quote(secret)}", link.expires_at)


def find(scoped: ScopedConnection, secret: str, kinds: tuple[str, ...]) -> Link | None:
    """Return the open link of one of those kinds: none opens what another is for."""
    link = db.accounts.account_links.find_open(scoped, hashed(secret), now=datetime.now(UTC))
    return link if link and link.kind in kinds else None


def existing(scoped: ScopedConnection, secret: str, kinds: tuple[str, ...]) -> Link:
    if link := find(scoped, secret, kinds):
        return link
    raise Refused(SPENT)

"""What was handed out for an account ends whenever the account changes: links, logins, tickets under way, tokens.

Every service that changes a password, an address, a second factor, a role, clinics or whether the account is
open calls this in the same transaction: a link that was mailed or noted down before must open nothing after.
"""

from datetime import UTC, datetime

import db.accounts.access_tokens
import db.accounts.account_links
import db.accounts.login_sessions
from db.accounts.accounts import Account
from db.scoping import ScopedConnection


def withdraw(scoped: ScopedConnection, account: Account, *, because: str, but: str | None = None) -> None:
    """End the account's links and tokens, and its logins in every browser but the login session `but`."""
    now = datetime.now(UTC)
    withdraw_links(scoped, account)
    db.accounts.access_tokens.end_all(scoped, account.id, now=now, because=because)
    db.accounts.login_sessions.end_all(scoped, account.username, now=now, because=because, but=but)


def withdraw_links(scoped: ScopedConnection, account: Account) -> None:
    db.accounts.account_links.spoil(scoped, account.id, at=datetime.now(UTC))

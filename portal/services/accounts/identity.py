"""The region's own login (OIDC): whom it names gets the login session that the account has anyway.

The provider answers who somebody is. Whether there is an account, and what it may see, is decided here and
on every page as always. No account is made, and a name that fits no account opens nothing. An address counts
only where the provider vouches for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import db.accounts.identities
import db.audit
from db.scoping import ScopedConnection
from portal.domain.accounts.identifiers import address_key, username_key
from portal.services.accounts import login
from portal.services.context import Portal


EMAIL = "email"


@dataclass(frozen=True, kw_only=True, slots=True)
class Terms:
    """Which claim names the account (`email`: its address; any other: its user name), and how strong a
    login the provider has to vouch for (`acr` values, one of them; none: whatever it does)."""

    claim: str = EMAIL
    acr: tuple[str, ...] = ()


def open_session(portal: Portal, claims: Mapping[str, object], terms: Terms) -> tuple[str, str] | None:
    """Open the login session of the account that the claims name; returns (token, session id) or None."""
    with portal.writing_as(login.NOBODY) as scoped:
        fault, account = _account(scoped, claims, terms)
        if account is None:  # of somebody without an account neither name nor address is kept
            scoped.record("login.identity_refused", outcome="refused", details={"wrong": fault})
            return None
        account_id, username = account
        scoped.by(username).record("login.identity")
    return login.open_session(portal, login.make_ticket(portal, account_id).secret)


def _account(
    scoped: ScopedConnection, claims: Mapping[str, object], terms: Terms
) -> tuple[str, tuple[int, str] | None]:
    """Return what was wrong, or the one active account that the claims name."""
    if terms.acr and claims.get("acr") not in terms.acr:
        return "acr", None
    named = claims.get(terms.claim)
    if not isinstance(named, str) or not named or named != named.strip():
        return "claim", None
    if terms.claim == EMAIL:
        if claims.get("email_verified") is not True:  # nor "true", 1 or nothing: the provider has to say it
            return "unverified", None
        account = db.accounts.identities.find_by_email(scoped, address_key(named))
    else:
        account = db.accounts.identities.find_by_username(scoped, username_key(named))
    return ("", account) if account else ("account", None)

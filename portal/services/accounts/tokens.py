"""Tokens with which another program reads what its owner may see: made, shown once, withdrawn, and asked for.

A token opens reading and nothing else. It ends with its time, when its owner withdraws it, and whenever the account
changes (`withdrawing.py`). Like login sessions, tokens keep real time.
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import db.accounts.access_tokens
import db.accounts.accounts
from db.accounts.access_tokens import AccessToken, NewAccessToken
from portal.domain.accounts.access import NO_CLINIC, User
from portal.domain.accounts.tokens import DAYS, MOST_TOKENS, PREFIX, UsedIn, can_be_token
from portal.services.accounts import second_factor
from portal.services.accounts.accounts import existing
from portal.services.accounts.login import check_password
from portal.services.accounts.login_sessions import user_of
from portal.services.accounts.throttle import hashed
from portal.services.context import Portal
from portal.services.refused import Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenWish:
    """A token as it is asked for."""

    used_in: UsedIn
    days: int
    password: str  # the account's own, asked for once more


@dataclass(frozen=True, kw_only=True, slots=True)
class HandedToken:
    """A new token; the secret is here and nowhere else."""

    secret: str
    used_in: UsedIn
    expires_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Who a program reads for; `must_enrol`: it reads nothing before the account has its second factor."""

    user: User
    token_id: int
    must_enrol: bool


def make(portal: Portal, user: User, wish: TokenWish) -> HandedToken:
    """Make a token of one's own; raises Refused."""
    if wish.days not in DAYS:
        raise Refused("Välj hur länge nyckeln ska gälla.", about="days")
    if not check_password(portal, user.username, wish.password):
        raise Refused("Lösenordet stämmer inte.", about="password")
    secret, now = PREFIX + secrets.token_urlsafe(32), datetime.now(UTC)
    expires_at = now + timedelta(days=wish.days)
    with portal.writing(user) as scoped:
        account = existing(scoped, user.username)
        if len(db.accounts.access_tokens.list_open(scoped, user.username, now=now)) >= MOST_TOKENS:
            raise Refused(f"Du har redan {MOST_TOKENS} nycklar. Ta tillbaka en av dem först.")
        new = NewAccessToken(
            token_hash=hashed(secret),
            account_id=account.id,
            used_in=wish.used_in,
            made_at=now,
            expires_at=expires_at,
        )
        number = db.accounts.access_tokens.add(scoped, new)
        until = {"until": expires_at.date().isoformat()}
        scoped.record("account.token_made", subject=str(number), details=until)
    return HandedToken(secret=secret, used_in=wish.used_in, expires_at=expires_at)


def list_own(portal: Portal, user: User) -> list[AccessToken]:
    """Return the user's tokens that hold, the oldest first."""
    with portal.reading(user) as scoped:
        return db.accounts.access_tokens.list_open(scoped, user.username, now=datetime.now(UTC))


def withdraw(portal: Portal, user: User, token_id: int) -> None:
    """End one of the user's own tokens; another's, or one that has ended, is left alone."""
    with portal.writing(user) as scoped:
        if db.accounts.access_tokens.end(scoped, user.username, token_id, now=datetime.now(UTC)):
            scoped.record("account.token_withdrawn", subject=str(token_id))


def holder(portal: Portal, secret: str) -> Holder | None:
    """Return who the token reads for, with role and clinics as of now; None where it does not hold."""
    if not can_be_token(secret):
        return None
    with portal.database.reading(NO_CLINIC) as scoped:
        holding = db.accounts.access_tokens.find_holder(scoped, hashed(secret), now=datetime.now(UTC))
        account = db.accounts.accounts.find_summary(scoped, holding[1]) if holding else None
    user = user_of(account) if account else None
    if holding is None or account is None or user is None:
        return None
    of_clinics = second_factor.clinics_need_it(portal, user)
    is_required = second_factor.is_required(portal, account.role, of_clinics=of_clinics)
    return Holder(user=user, token_id=holding[0], must_enrol=is_required and not account.has_second_factor)

"""Who logs in, and whether they still are: accounts, password checks and login sessions.

Sessions keep real time even where the portal's calendar is fixed (demo, tests): a login of a
fixed day would never end, or have ended at once.
"""

import hashlib
import re
import secrets
import threading
import time
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

import db.accounts
import db.audit
import db.clinics
import db.login_sessions
from db.accounts import Account, AccountSummary
from db.engine import DatabaseUnavailable
from db.login_sessions import Limits, LiveSession, OpenSession
from db.scoping import ScopedConnection
from portal.domain.access import (
    NO_CLINIC,
    ClinicUser,
    RegionUser,
    Role,
    User,
    check_is_administrator,
    check_is_region,
)
from portal.domain.clinics import Clinic
from portal.services.context import Portal


TICKET_LIVES = timedelta(seconds=30)
SESSION_LIVES = timedelta(hours=12)
IDLE_AFTER = timedelta(minutes=30)
TOUCH_EVERY = timedelta(minutes=1)
TOTP_STEP_SECONDS = 30
FREE_TRIES = 5
LONGEST_PAUSE = timedelta(minutes=1)
SHORTEST_PASSWORD = 15
LONGEST_PASSWORD = 1_000
USERNAME = re.compile(r"[a-z0-9åäöéü][a-z0-9åäöéü._@-]{0,99}")  # letters that fit a HTTP header
EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")
NOBODY = "okänd"  # the actor of a failed login without an account: a mistyped name may be a password

# OWASP's argon2id: 19 MiB, two passes. Two at once at most, so that a flood of logins cannot
# take the memory and both cores from those who are working.
hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
hashing = threading.BoundedSemaphore(2)


class AccountFault(Exception):
    """The account can't be made or changed; the message is Swedish and says why."""


@dataclass(frozen=True, slots=True)
class Ticket:
    """A right login: exchange `secret` once, within seconds, for the session's cookie."""

    secret: str


@dataclass(frozen=True, slots=True)
class NeedsCode:
    """The password was right, and the account has a second factor."""


@dataclass(frozen=True, slots=True)
class Session:
    sid: str
    username: str


def normal_username(username: str) -> str:
    return unicodedata.normalize("NFC", username).strip().lower()


def add(
    portal: Portal,
    by: User,
    *,
    username: str,
    name: str,
    role: Role | str,
    clinics: Sequence[str] = (),
    password: str,
    totp_secret: str | None = None,
    email: str = "",
) -> None:
    """Add an account; raises AccountFault with the reason, AccessDenied for others than administrators."""
    check_is_administrator(by)
    check_username(username)
    check_password_rules(password)
    check_totp_secret(totp_secret)
    check_email(email)
    role = Role(role)
    password_hash = _hash(password)
    codes = sorted(set(clinics))
    with portal.writing(by) as scoped:
        _check_is_new(scoped, username, role, codes)
        db.accounts.add(
            scoped,
            username=username,
            name=name,
            role=role.value,
            clinics=codes,
            password_hash=password_hash,
            totp_secret=totp_secret,
            email=email,
            at=portal.clock.now,
        )
        details: dict[str, object] = {"role": role.value, "clinics": codes}
        _record(portal, scoped, by, "account.added", username, details)


def _check_is_new(scoped: ScopedConnection, username: str, role: Role, clinics: list[str]) -> None:
    if db.accounts.find(scoped, username):
        raise AccountFault(f"Användarnamnet {username} finns redan.")
    if (role is Role.CLINIC) is not bool(clinics):
        raise AccountFault("Ett mottagningskonto har minst en mottagning, andra konton ingen.")
    if unknown := db.accounts.list_unknown_clinics(scoped, clinics):
        raise AccountFault(f"Det finns ingen mottagning med kod {', '.join(unknown)}.")


def _record(
    portal: Portal,
    scoped: ScopedConnection,
    by: User,
    action: str,
    username: str,
    details: dict[str, object] | None = None,
) -> None:
    db.audit.add(
        scoped, at=portal.clock.now, actor=by.username, action=action, subject=username, details=details
    )


def check_username(username: str) -> None:
    if not USERNAME.fullmatch(username):
        raise AccountFault(
            "Användarnamnet skrivs med små bokstäver, siffror och tecknen . - _ @, högst 100 tecken."
        )


def check_password_rules(password: str) -> None:
    """Length only: rules about kinds of characters make worse passwords (NIST SP 800-63B)."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise AccountFault(f"Lösenordet behöver minst {SHORTEST_PASSWORD} tecken.")


def check_totp_secret(secret: str | None) -> None:
    """At least 112 bits in base32 (NIST SP 800-63B); `pyotp.random_base32()` makes a good one."""
    if secret is None:
        return
    try:
        pyotp.TOTP(secret)
    except ValueError as error:
        raise AccountFault("Hemligheten för engångskoder ska vara minst 23 tecken base32.") from error


def check_email(email: str) -> None:
    """One plain address, or none: a list, a name beside it or a line break would change the mail."""
    if email and not EMAIL.fullmatch(email):
        raise AccountFault("E-postadressen skrivs som namn@exempel.se, utan mellanslag.")


def list_all(portal: Portal, by: User) -> list[AccountSummary]:
    check_is_region(by)
    with portal.reading(by) as scoped:
        return db.accounts.list_all(scoped)


def set_active(portal: Portal, by: User, username: str, *, is_active: bool) -> None:
    """Let an account in or shut it out; shutting out ends its sessions at once."""
    check_is_administrator(by)
    with portal.writing(by) as scoped:
        if not db.accounts.set_active(scoped, username, is_active=is_active):
            raise AccountFault(f"Det finns inget konto {username}.")
        if not is_active:
            db.login_sessions.end_all(scoped, username, now=_now(), because="disabled")
        action = "account.enabled" if is_active else "account.disabled"
        _record(portal, scoped, by, action, username)


def reset_password(portal: Portal, by: User, username: str, password: str) -> None:
    """Set another's password; ends their sessions at once."""
    check_is_administrator(by)
    _set_password(portal, by, username, password, action="account.password_reset")


def change_password(portal: Portal, user: User, *, current: str, new: str) -> None:
    """Set one's own password; ends every session, this one too. AccountFault when `current` is wrong."""
    if not check_password(portal, user.username, current):
        raise AccountFault("Det nuvarande lösenordet stämmer inte.")
    _set_password(portal, user, user.username, new, action="account.password_changed")


def _set_password(portal: Portal, by: User, username: str, password: str, *, action: str) -> None:
    check_password_rules(password)
    password_hash = _hash(password)
    with portal.writing(by) as scoped:
        if not db.accounts.set_password_hash(scoped, username, password_hash):
            raise AccountFault(f"Det finns inget konto {username}.")
        db.login_sessions.end_all(scoped, username, now=_now(), because="password")
        _record(portal, scoped, by, action, username)


def find_user(portal: Portal, username: str) -> User | None:
    """Return the user of an active account. The caller vouches for who is asking (command line)."""
    with portal.database.reading(NO_CLINIC) as scoped:
        found = db.accounts.find_summary(scoped, normal_username(username))
    return _user(found) if found and found.is_active else None


def check_password(portal: Portal, username: str, password: str) -> bool:
    """Tell whether the password is right; a failed try is audited.

    An unknown or shut-out account costs the same hash as a wrong password: the time must not
    tell which accounts exist.
    """
    account = _find_account(portal, username)
    stand_in = _stand_in_hash()
    is_usable = account is not None and account.is_active
    is_right = _verify(account.password_hash if account and is_usable else stand_in, password)
    if account is None or not is_usable:
        _record_failed_login(portal, account, "password")
        return False
    # Asked after the hash: tries sent at once are judged one after the other, each with those before.
    if _has_to_wait(portal, account):
        _record_failed_login(portal, account, "too soon", action="login.throttled")
        return False
    if not is_right:
        _record_failed_login(portal, account, "password")
    return is_right


def begin_login(portal: Portal, username: str, password: str, code: str = "") -> Ticket | NeedsCode | None:
    """Check everything the account asks for; None when something was wrong, without saying what."""
    if not check_password(portal, username, password):
        return None
    account = _find_account(portal, username)
    if account is None:
        return None
    if account.totp_secret and not code:
        return NeedsCode()
    if account.totp_secret and not _take_code(portal, account, code):
        _record_failed_login(portal, account, "code")
        return None
    return _make_ticket(portal, account)


def open_session(portal: Portal, ticket: str) -> tuple[str, str] | None:
    """Exchange a ticket for (token, session id), once. The token is for the cookie only."""
    now = _now()
    token, sid = secrets.token_urlsafe(32), secrets.token_urlsafe(12)
    with portal.database.writing(NO_CLINIC) as scoped:
        owner = db.login_sessions.use_ticket(scoped, _sha256(ticket), now=now)
        if owner is None:
            return None
        account_id, username = owner
        db.login_sessions.add(
            scoped,
            sid=sid,
            token_hash=_sha256(token),
            account_id=account_id,
            now=now,
            expires_at=now + SESSION_LIVES,
        )
        db.audit.add(scoped, at=portal.clock.now, actor=username, action="login.opened", subject=sid)
    return token, sid


def resolve_token(portal: Portal, token: str) -> Session | None:
    with portal.database.reading(NO_CLINIC) as scoped:
        found = db.login_sessions.find_by_token(scoped, _sha256(token), _limits())
    return Session(*found) if found else None


def current_user(portal: Portal, sid: str) -> User | None:
    """Return who the session belongs to, with role and clinics as of now; None when it has ended."""
    limits = _limits()
    with portal.database.reading(NO_CLINIC) as scoped:
        session = db.login_sessions.find_live(scoped, sid, limits)
    if session is None:
        return None
    if limits.now - session.last_seen_at > TOUCH_EVERY:
        _touch(portal, sid, limits.now)
    return _user(session)


def list_sessions(portal: Portal, user: User) -> list[OpenSession]:
    """Return where the user is logged in, the newest first."""
    with portal.database.reading(NO_CLINIC) as scoped:
        return db.login_sessions.list_open(scoped, user.username, _limits())


def list_own_clinics(portal: Portal, user: User) -> list[Clinic]:
    """Return the clinics the user may act for; every clinic for the region."""
    with portal.reading(user) as scoped:
        return db.clinics.list_in_scope(scoped)


def close_session(portal: Portal, sid: str, because: str = "logout") -> None:
    with portal.database.writing(NO_CLINIC) as scoped:
        username = db.login_sessions.end(scoped, sid, now=_now(), because=because)
        if username:
            _record_closed(portal, scoped, username, sid, because)


def end_all_sessions(portal: Portal, username: str, because: str = "everywhere") -> int:
    """End the user's sessions in every browser at once; return how many there were."""
    with portal.database.writing(NO_CLINIC) as scoped:
        count = db.login_sessions.end_all(scoped, username, now=_now(), because=because)
        _record_closed(portal, scoped, username, "", because)
    return count


def record_refusal(portal: Portal, user: User, page: str) -> None:
    with portal.writing(user) as scoped:
        db.audit.add(
            scoped,
            at=portal.clock.now,
            actor=user.username,
            action="page.refused",
            outcome="refused",
            subject=page,
        )


def _record_closed(portal: Portal, scoped: ScopedConnection, username: str, sid: str, because: str) -> None:
    db.audit.add(
        scoped,
        at=portal.clock.now,
        actor=username,
        action="login.closed",
        subject=sid,
        details={"because": because},
    )


def _has_to_wait(portal: Portal, account: Account) -> bool:
    """Five wrong tries are free; then the pause doubles, up to a minute. Nobody is locked out for good."""
    with portal.database.reading(NO_CLINIC) as scoped:
        failures = db.login_sessions.list_failures(scoped, account.username)
    if len(failures) < FREE_TRIES:
        return False
    pause = min(timedelta(seconds=2 ** min(len(failures) - FREE_TRIES, 10)), LONGEST_PAUSE)
    return failures[0] <= portal.clock.now < failures[0] + pause


def _record_failed_login(
    portal: Portal, account: Account | None, what: str, *, action: str = "login.failed"
) -> None:
    with portal.database.writing(NO_CLINIC) as scoped:
        db.audit.add(
            scoped,
            at=portal.clock.now,
            actor=account.username if account else NOBODY,
            action=action,
            outcome="refused",
            details={"wrong": what},
        )


def _make_ticket(portal: Portal, account: Account) -> Ticket:
    secret, now = secrets.token_urlsafe(32), _now()
    with portal.database.writing(NO_CLINIC) as scoped:
        db.login_sessions.delete_tickets(scoped, expired_before=now - SESSION_LIVES)
        db.login_sessions.add_ticket(
            scoped, ticket_hash=_sha256(secret), account_id=account.id, expires_at=now + TICKET_LIVES
        )
    return Ticket(secret)


def _take_code(portal: Portal, account: Account, code: str) -> bool:
    """Tell whether the code is right for now ± one step and was not used before."""
    totp = pyotp.TOTP(account.totp_secret or "")
    this_step = int(time.time()) // TOTP_STEP_SECONDS
    typed = code.replace(" ", "")
    for step in (this_step - 1, this_step, this_step + 1):
        if pyotp.utils.strings_equal(typed, totp.generate_otp(step)):
            with portal.database.writing(NO_CLINIC) as scoped:
                return db.accounts.use_totp_step(scoped, account.id, step)
    return False


def _touch(portal: Portal, sid: str, now: datetime) -> None:
    # A page must not fail because a long import holds the write lock: a later run writes it.
    with suppress(DatabaseUnavailable), portal.database.writing(NO_CLINIC) as scoped:
        db.login_sessions.touch(scoped, sid, now=now)


def _find_account(portal: Portal, username: str) -> Account | None:
    with portal.database.reading(NO_CLINIC) as scoped:
        return db.accounts.find(scoped, normal_username(username))


def _user(account: AccountSummary | LiveSession) -> User | None:
    match account.role:
        case Role.CLINIC if account.clinics:
            return ClinicUser(account.username, account.name, account.clinics)
        case Role.CLINIC:  # the last clinic was taken from the account: nothing is left to open
            return None
        case Role.REGION:
            return RegionUser(account.username, account.name)
        case Role.ADMIN:
            return RegionUser(account.username, account.name, is_administrator=True)


def _hash(password: str) -> str:
    with hashing:
        return hasher.hash(unicodedata.normalize("NFC", password))


def _verify(password_hash: str, password: str) -> bool:
    with hashing, suppress(VerificationError, InvalidHashError):
        return hasher.verify(password_hash, unicodedata.normalize("NFC", password))
    return False


@cache
def _stand_in_hash() -> str:
    return _hash(secrets.token_urlsafe(32))


def _limits() -> Limits:
    now = _now()
    return Limits(now=now, seen_since=now - IDLE_AFTER)


def _now() -> datetime:
    return datetime.now(UTC)


def _sha256(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()

"""The life of an account: made or invited, changed, shut out, retired when nobody uses it.

Personal accounts only. Whatever changes an account ends its sessions and links in the same transaction.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import db.accounts.account_links
import db.accounts.accounts
import db.accounts.throttle
import db.audit
import db.registry.clinics
from db.accounts.accounts import Account, AccountSummary, NewAccount
from db.scoping import ScopedConnection
from portal.domain.accounts.access import (
    EVERY_CLINIC,
    NO_CLINIC,
    Role,
    User,
    check_is_administrator,
    check_is_region,
)
from portal.domain.accounts.identifiers import USERNAME, address_key, username_key
from portal.domain.reporting.grammar import question
from portal.services.accounts import idle, passwords, second_factor, throttle
from portal.services.accounts.login import check_password
from portal.services.accounts.login_sessions import user_of
from portal.services.accounts.withdrawing import withdraw
from portal.services.context import Portal, Writing
from portal.services.letters import account_letters
from portal.services.letters.posting import notify
from portal.services.refused import Refused


LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """An account as the administrator sees it; `invited_until`: its invitation is still open."""

    account: AccountSummary
    invited_until: datetime | None
    idle_days: int


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountDetails:
    """An account as it is asked for; without a password it waits for an invitation."""

    username: str
    name: str
    role: Role | str
    clinics: Sequence[str] = ()
    password: str = ""
    totp_secret: str | None = None
    email: str = ""


def add(portal: Portal, by: User, details: AccountDetails) -> None:
    """Add an account; without a password it waits for an invitation. Raises Refused, AccessDenied."""
    check_is_administrator(by)
    new = checked(portal, details)
    with portal.writing(by) as scoped:
        put(scoped, new)


def checked(portal: Portal, details: AccountDetails) -> NewAccount:
    """Return the account as it is stored; raises Refused for what can be none."""
    check_username(details.username)
    check_name(details.name)
    second_factor.check_secret(details.totp_secret)
    address = checked_address(details.email)
    if details.password:
        words = [details.username, details.name, *clinic_words(portal)]
        has_second_factor = details.totp_secret is not None
        passwords.check_rules(details.password, has_second_factor=has_second_factor, words=words)
    return NewAccount(
        username=details.username,
        name=details.name.strip(),
        role=Role(details.role),
        clinics=sorted(set(details.clinics)),
        password_hash=passwords.hash_of(details.password) if details.password else "",
        totp_secret=details.totp_secret,
        email=address,
        created_at=portal.clock.now,
        enabled_at=datetime.now(UTC),
    )


def put(scoped: Writing, new: NewAccount) -> None:
    """Store a new account in the caller's transaction; raises Refused where its names are taken."""
    if db.accounts.accounts.find(scoped, new.username):
        raise Refused(f"Användarnamnet {new.username} finns redan.", about="username")
    check_free(scoped, new.username, about="username")
    check_free(scoped, new.email)
    _check_clinics(scoped, new.role, new.clinics)
    db.accounts.accounts.add(scoped, new)
    details = {"role": new.role.value, "clinics": list(new.clinics)}
    scoped.record("account.added", subject=new.username, details=details)


def check_username(username: str) -> None:
    if not USERNAME.fullmatch(username):
        raise Refused(
            "Användarnamnet skrivs med små bokstäver, siffror och tecknen . - _ @, högst 100 tecken.",
            about="username",
        )


def check_name(name: str) -> None:
    if not 0 < len(name.strip()) <= LONGEST_NAME or not name.isprintable():
        raise Refused(f"Skriv personens namn, högst {LONGEST_NAME} tecken.", about="name")


def checked_address(email: str) -> str:
    """Return the address as it is stored, or nothing for none; raises Refused for what is no address."""
    address = address_key(email)
    if email.strip() and not address:
        raise Refused(
            "E-postadressen skrivs som namn@exempel.se, utan mellanslag och å, ä, ö.", about="email"
        )
    return address


def check_free(
    scoped: ScopedConnection, address: str, *, but: int | None = None, about: str = "email"
) -> None:
    """Raise Refused where the address, or a username, finds another account; said to administrators only."""
    holder = db.accounts.accounts.find_holder(scoped, address)
    if holder and holder.id != but:
        raise Refused(
            f"{address} hör redan till kontot {holder.username}. Ett konto har sin egen adress.", about=about
        )


def list_all(portal: Portal, by: User) -> list[AccountSummary]:
    check_is_region(by)
    with portal.reading(by) as scoped:
        return db.accounts.accounts.list_all(scoped)


def list_for_administrator(portal: Portal, by: User) -> list[Listed]:
    """Return the accounts with how long each has been idle, after retiring those idle too long."""
    check_is_administrator(by)
    idle.retire(portal)
    now = datetime.now(UTC)
    with portal.reading(by) as scoped:
        invited = db.accounts.account_links.open_until(scoped, now=now)
        return [
            Listed(account, invited.get(account.username), idle.days(account, now))
            for account in db.accounts.accounts.list_all(scoped)
        ]


def set_active(portal: Portal, by: User, username: str, *, is_active: bool) -> None:
    """Let an account in or shut it out; shutting out ends its sessions at once."""
    check_is_administrator(by)
    with portal.writing(by) as scoped:
        account = existing(scoped, username)
        if is_active:
            db.accounts.accounts.change(scoped, account.id, is_active=True, enabled_at=datetime.now(UTC))
        else:
            _check_not_last(scoped, account)
            idle.shut_out(scoped, account, because="disabled")
        action = "account.enabled" if is_active else "account.disabled"
        scoped.record(action, subject=username)


def set_clinics(portal: Portal, by: User, username: str, clinics: Sequence[str]) -> None:
    """Let a clinic account act for these clinics from now on; ends its sessions."""
    check_is_administrator(by)
    with portal.writing(by) as scoped:
        put_clinics(scoped, existing(scoped, username), clinics)


def set_role(portal: Portal, by: User, username: str, role: Role | str, clinics: Sequence[str] = ()) -> None:
    """Give an account another role, with the clinics that go with it; ends its sessions."""
    check_is_administrator(by)
    with portal.writing(by) as scoped:
        put_role(scoped, existing(scoped, username), Role(role), clinics)


def put_clinics(scoped: Writing, account: Account, clinics: Sequence[str]) -> None:
    """Store a clinic account's clinics in the caller's transaction; ends its sessions."""
    codes = sorted(set(clinics))
    _check_clinics(scoped, account.role, codes)
    db.accounts.accounts.set_clinics(scoped, account.id, codes)
    withdraw(scoped, account, because="clinics")
    scoped.record("account.clinics_changed", subject=account.username, details={"clinics": codes})


def put_role(scoped: Writing, account: Account, role: Role, clinics: Sequence[str]) -> None:
    """Store another role, with its clinics, in the caller's transaction; ends the account's sessions."""
    codes = sorted(set(clinics))
    _check_clinics(scoped, role, codes)
    if role is not Role.ADMIN:
        _check_not_last(scoped, account)
    db.accounts.accounts.change(scoped, account.id, role=role.value)
    db.accounts.accounts.set_clinics(scoped, account.id, codes)
    withdraw(scoped, account, because="role")
    details = {"role": role.value, "clinics": codes}
    scoped.record("account.role_changed", subject=account.username, details=details)


def unlock(portal: Portal, by: User, username: str) -> None:
    """Let an account try again that was stopped after too many wrong logins."""
    check_is_administrator(by)
    with portal.writing(by) as scoped:
        throttle.reset(scoped, existing(scoped, username).id)
        scoped.record("account.unlocked", subject=username)


def change_password(portal: Portal, user: User, *, current: str, new: str) -> None:
    """Set one's own password; ends every session, this one too. Refused when `current` is wrong."""
    if not check_password(portal, user.username, current):
        raise Refused("Det nuvarande lösenordet stämmer inte.", about="current")
    _set_password(portal, user, user.username, new, action="account.password_changed")


def _set_password(portal: Portal, by: User, username: str, password: str, *, action: str) -> None:
    """Store a new password after its rules; ends the account's sessions."""
    with portal.database.reading(NO_CLINIC) as scoped:
        account = existing(scoped, username)
    words = [username, account.name, *clinic_words(portal)]
    passwords.check_rules(password, has_second_factor=account.totp_secret is not None, words=words)
    password_hash = passwords.hash_of(password)
    with portal.writing(by) as scoped:
        db.accounts.accounts.change(scoped, account.id, password_hash=password_hash)
        withdraw(scoped, account, because="password")
        scoped.record(action, subject=username)
    notify(portal, account_letters.password_changed(account))


def find_user(portal: Portal, username: str) -> User | None:
    """Return the user of an active account. The caller vouches for who is asking (command line)."""
    with portal.database.reading(NO_CLINIC) as scoped:
        account = db.accounts.accounts.find_summary(scoped, username_key(username))
    return user_of(account) if account and account.is_active else None


def existing(scoped: ScopedConnection, username: str) -> Account:
    account = db.accounts.accounts.find(scoped, username)
    if account is None:
        raise Refused(f"Det finns inget konto {username}.")
    return account


def _check_clinics(scoped: ScopedConnection, role: Role, clinics: Sequence[str]) -> None:
    if (role is Role.CLINIC) is not bool(clinics):
        raise Refused("Ett mottagningskonto har minst en mottagning, andra konton ingen.", about="clinics")
    if unknown := db.accounts.accounts.list_unknown_clinics(scoped, clinics):
        codes = [clinic.code for clinic in db.registry.clinics.list_in_scope(scoped)]
        meant = " ".join(filter(None, (question(code, codes) for code in unknown)))
        raise Refused(
            f"Det finns ingen mottagning med kod {', '.join(unknown)}. {meant}".rstrip(), about="clinics"
        )


def _check_not_last(scoped: ScopedConnection, account: Account) -> None:
    is_administrator = account.role is Role.ADMIN and account.is_active
    if is_administrator and not db.accounts.accounts.count_administrators(scoped, but=account.id):
        raise Refused(
            f"{account.username} är den sista administratören. Gör någon annan till administratör först.",
            about="role",
        )


def clinic_words(portal: Portal) -> list[str]:
    """Return what passwords must not be made of: the clinics' names are known to everybody here."""
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return [clinic.name for clinic in db.registry.clinics.list_in_scope(scoped)]

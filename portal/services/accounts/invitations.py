"""Links instead of passwords sent around: an invitation, a new password. Each opens once, within 72 hours.

In the database lies only a link's SHA-256. A new link spoils the older ones of the account.
"""

import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import db.accounts.account_links
import db.accounts.accounts
import db.installation
from db.accounts.accounts import Account, AccountSummary
from db.scoping import ScopedConnection
from portal.domain.accounts.access import NO_CLINIC, User, check_is_administrator
from portal.domain.accounts.identifiers import address_key, username_key
from portal.domain.accounts.passwords import shortest
from portal.services.accounts import accounts, links, passwords, second_factor, throttle
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.links import MadeLink
from portal.services.accounts.withdrawing import withdraw
from portal.services.context import Portal, Writing
from portal.services.letters import account_letters
from portal.services.letters.posting import PostOutcome, notify, post
from portal.services.refused import Refused


ASK_AGAIN_AFTER = timedelta(minutes=10)
TRIED_AGAIN_AFTER = (30, 60, 120, 300)  # seconds; the mail server was away


@dataclass(frozen=True, slots=True)
class Invitation:
    """A link to hand over, and what became of the letter with it to the account's address."""

    username: str
    url: str
    expires_at: datetime
    posted: PostOutcome

    @property
    def is_mailed(self) -> bool:
        return self.posted.is_taken


@dataclass(frozen=True, kw_only=True, slots=True)
class Welcome:
    """What a link is for, told to whoever holds it."""

    username: str
    name: str
    is_invitation: bool
    needs_second_factor: bool
    shortest_password: int


def add(portal: Portal, by: User, details: AccountDetails) -> Invitation:
    """Add an account and make the link through which its person sets the first password: both or neither."""
    check_is_administrator(by)
    new = accounts.checked(portal, details)
    with portal.writing(by) as scoped:
        accounts.put(scoped, new)
        account = accounts.existing(scoped, new.username)
        link = _put_link(portal, scoped, account, kind="invitation", by=by.username)
    return _handed_over(portal, account, link, kind="invitation")


def invite(portal: Portal, by: User, username: str) -> Invitation:
    """Make the link through which somebody sets their first password."""
    check_is_administrator(by)
    return _make(portal, by.username, username, kind="invitation")


def list_waiting(portal: Portal, by: User) -> list[AccountSummary]:
    """Return who has no password yet and no invitation that is open."""
    check_is_administrator(by)
    with portal.reading(by) as scoped:
        is_open = db.accounts.account_links.open_until(scoped, now=datetime.now(UTC))
        return [
            account
            for account in db.accounts.accounts.list_all(scoped)
            if account.is_active and not account.has_password and account.username not in is_open
        ]


def invite_waiting(portal: Portal, by: User) -> list[Invitation]:
    """Invite everybody who waits and has an address. Whom the mail server, away by then, can't take waits on.

    The last of the list is then the one that it didn't take: its link opens nothing, and nobody after it was tried.
    """
    made: list[Invitation] = []
    for account in list_waiting(portal, by):
        if account.email:
            made.append(invite(portal, by, account.username))
            if made[-1].posted.is_away:
                _take_back(portal, by.username, account.username)
                break
    return made


def _take_back(portal: Portal, by: str, username: str) -> None:
    """Let a link that nobody has got open nothing, so that its account still waits for one."""
    with portal.writing_as(by) as scoped:
        account = accounts.existing(scoped, username)
        db.accounts.account_links.spoil(scoped, account.id, kinds=links.PASSWORD_KINDS, at=datetime.now(UTC))
        scoped.record("account.link_withdrawn", subject=username)


def reset_password(portal: Portal, by: User, username: str) -> Invitation:
    """Make a link for a new password. The old password and all sessions end at once."""
    check_is_administrator(by)
    with portal.writing(by) as scoped:
        account = accounts.existing(scoped, username)
        db.accounts.accounts.change(scoped, account.id, password_hash="")
        withdraw(scoped, account, because="password")
        throttle.reset(scoped, account.id)
        scoped.record("account.password_reset", subject=username)
        link = _put_link(portal, scoped, account, kind="password", by=by.username)
    return _handed_over(portal, account, link, kind="password")


def ask_for_new_password(portal: Portal, who: str) -> bool:
    """Mail a link to an account's own address, if there is one; returns whether mail goes out here at all.

    The answer and the time are the same for every name: what is found is done in another thread.
    """
    if not portal.smtp_url:
        return False
    threading.Thread(target=_mail_new_password, args=(portal, who), daemon=True).start()
    return True


def find(portal: Portal, secret: str) -> Welcome:
    """Return what an open link is for; raises Refused for any other."""
    with portal.database.reading(NO_CLINIC) as scoped:
        link = links.existing(scoped, secret, links.PASSWORD_KINDS)
        account = accounts.existing(scoped, link.username)
        of_clinics = db.installation.find(scoped, name=db.installation.CLINICS_NEED_SECOND_FACTOR) == "yes"
    must = second_factor.is_required(portal, account.role, of_clinics=of_clinics)
    has_one = account.totp_secret is not None
    return Welcome(
        username=account.username,
        name=account.name,
        is_invitation=link.kind == "invitation",
        needs_second_factor=must and not has_one,
        shortest_password=shortest(has_second_factor=must or has_one),
    )


def accept(
    portal: Portal, secret: str, *, password: str, totp_secret: str | None = None, code: str = ""
) -> list[str]:
    """Set the password, and the second factor where the account needs one; returns its recovery codes.

    Everything or nothing, and the link is spent. Raises Refused.
    """
    welcome = find(portal, secret)
    step = None
    if welcome.needs_second_factor or totp_secret:
        step = _checked_step(totp_secret or "", code)
    has_factor = welcome.shortest_password < shortest(has_second_factor=False) or step is not None
    words = [welcome.username, welcome.name, *accounts.clinic_words(portal)]
    passwords.check_rules(password, has_second_factor=has_factor, words=words)
    password_hash = passwords.hash_of(password)
    with portal.writing_as(welcome.username) as scoped:
        account = _spend(scoped, secret, password_hash)
        codes = []
        if step is not None:
            codes = second_factor.put(scoped, account.id, secret=totp_secret or "", step=step)
        action = "account.invitation_accepted" if welcome.is_invitation else "account.password_chosen"
        scoped.by(account.username).record(action, subject=account.username)
    if not welcome.is_invitation:
        notify(portal, account_letters.password_changed(account))
    return codes


def _checked_step(totp_secret: str, code: str) -> int:
    """Return the time step that the code belongs to; raises Refused for a wrong one."""
    second_factor.check_secret(totp_secret)
    step = second_factor.matching_step(totp_secret, "".join(code.split()))
    if step is None:
        raise Refused(second_factor.WRONG_CODE, about="code")
    return step


def _spend(scoped: ScopedConnection, secret: str, password_hash: str) -> Account:
    """Use the link up: its account has its password, and sessions and stopped tries are gone."""
    now = datetime.now(UTC)
    link = links.existing(scoped, secret, links.PASSWORD_KINDS)  # not used in another tab meanwhile
    account = accounts.existing(scoped, link.username)
    db.accounts.accounts.change(scoped, account.id, password_hash=password_hash, enabled_at=now)
    withdraw(scoped, account, because="password")
    throttle.reset(scoped, account.id)
    return account


def _make(portal: Portal, by: str, username: str, *, kind: str) -> Invitation:
    with portal.writing_as(by) as scoped:
        account = accounts.existing(scoped, username)
        link = _put_link(portal, scoped, account, kind=kind, by=by)
    return _handed_over(portal, account, link, kind=kind)


def _put_link(portal: Portal, scoped: Writing, account: Account, *, kind: str, by: str) -> MadeLink:
    """Make the account's only link in the caller's transaction; raises Refused for a closed one."""
    if not account.is_active:
        raise Refused(f"Kontot {account.username} är stängt. Öppna det först.")
    db.accounts.account_links.spoil(scoped, account.id, kinds=links.PASSWORD_KINDS, at=datetime.now(UTC))
    link = links.make(portal, scoped, account, kind=kind, by=by)
    scoped.record(f"account.link_{kind}", subject=account.username)
    return link


def _handed_over(portal: Portal, account: Account, link: MadeLink, *, kind: str) -> Invitation:
    return Invitation(account.username, link.url, link.expires_at, _mail(portal, account, link.url, kind))


def _mail_new_password(portal: Portal, who: str) -> None:
    account = _find(portal, who)
    if account is None or not account.is_active or not account.email:
        return
    quiet_since = datetime.now(UTC) - ASK_AGAIN_AFTER
    for seconds in (0, *TRIED_AGAIN_AFTER):
        time.sleep(seconds)
        with portal.database.reading(NO_CLINIC) as scoped:
            newest = db.accounts.account_links.newest_at(scoped, account.id, kind="password")
        if newest and newest > quiet_since:  # somebody else's, by now
            return
        made = _make(portal, account.username, account.username, kind="password")
        if not made.posted.may_go_later:
            return
        _take_back(portal, account.username, account.username)
        quiet_since = datetime.now(UTC)


def _find(portal: Portal, who: str) -> Account | None:
    with portal.database.reading(NO_CLINIC) as scoped:
        account = db.accounts.accounts.find(scoped, username_key(who))
        return account or db.accounts.accounts.find_holder(scoped, address_key(who))


def _mail(portal: Portal, account: Account, url: str, kind: str) -> PostOutcome:
    write = account_letters.invitation if kind == "invitation" else account_letters.new_password
    return post(portal, write(account, url))

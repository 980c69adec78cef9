"""Accounts that nobody uses: warned of after 150 days, shut out after 180.

Counted in real time, also where the portal's calendar is fixed. The last administrator stays: somebody
must be able to let the others in again.
"""

from datetime import UTC, datetime, timedelta

import db.accounts.account_links
import db.accounts.accounts
import db.accounts.login_sessions
import db.accounts.throttle
import db.audit
from db.accounts.accounts import Account, AccountSummary
from db.scoping import ScopedConnection
from portal.domain.accounts.access import NO_CLINIC, Role
from portal.services.context import Portal
from portal.services.letters.mail import Mail, MailFault, MailServer


DAYS, WARNED_DAYS = 180, 150
PORTAL_ITSELF = "portalen"  # the actor of what happens by itself
SUBJECT = "Ditt konto i Vårdval BUP stängs snart"
TEXT = (
    "Hej {name}!\n\nDitt konto {username} i portalen för Vårdval BUP har inte använts på {days} dagar. Om {left} "
    "dagar stängs det. Vill du behålla det: logga in på {url}. Behöver du det inte längre: gör ingenting."
)


def days(one: AccountSummary, now: datetime) -> int:
    """Return for how many days nobody has used the account."""
    return (now - one.idle_since) // timedelta(days=1) if one.idle_since else 0


def retire(portal: Portal) -> list[str]:
    """Shut out the accounts that nobody has used for 180 days; return their usernames."""
    now = datetime.now(UTC)
    with portal.database.reading(NO_CLINIC) as scoped:
        found = db.accounts.accounts.list_all(scoped)
    too_idle = [one.username for one in found if one.is_active and days(one, now) >= DAYS]
    if not too_idle:
        return []
    retired = []
    with portal.writing_as(PORTAL_ITSELF) as scoped:
        for username in too_idle:
            account = db.accounts.accounts.find(scoped, username)
            if account is None or _is_last(scoped, account):
                continue
            shut_out(scoped, account, because="idle")
            scoped.record("account.retired", subject=username)
            retired.append(username)
    return retired


def shut_out(scoped: ScopedConnection, account: Account, *, because: str) -> None:
    """Let the account open nothing more: no session, no link, no browser that knows it."""
    now = datetime.now(UTC)
    db.accounts.accounts.change(scoped, account.id, is_active=False)
    db.accounts.account_links.spoil(scoped, account.id, at=now)
    db.accounts.throttle.forget_devices(scoped, account.id)
    db.accounts.login_sessions.end_all(scoped, account.username, now=now, because=because)


def warn(portal: Portal) -> list[str]:
    """Mail those whose account will be retired within a month, once; return their usernames."""
    now = datetime.now(UTC)
    with portal.database.reading(NO_CLINIC) as scoped:
        found = db.accounts.accounts.list_all(scoped)
    wanted = [
        one
        for one in found
        if one.is_active and one.email and one.idle_warned_at is None and days(one, now) >= WARNED_DAYS
    ]
    if not wanted or not portal.smtp_url:
        return []
    warned = []
    mails = [_mail(portal, one, now) for one in wanted]
    try:
        for one, (_, refusal) in zip(wanted, MailServer.parse(portal.smtp_url).send(mails), strict=True):
            if not refusal:
                _note_warned(portal, one.username, now)
                warned.append(one.username)
    except MailFault:
        return warned
    return warned


def _mail(portal: Portal, one: AccountSummary, now: datetime) -> Mail:
    idle = days(one, now)
    text = TEXT.format(
        name=one.name, username=one.username, days=idle, left=max(DAYS - idle, 0), url=portal.base_url
    )
    return Mail(to=one.email, subject=SUBJECT, text=text)


def _note_warned(portal: Portal, username: str, now: datetime) -> None:
    with portal.writing_as(PORTAL_ITSELF) as scoped:
        account = db.accounts.accounts.find(scoped, username)
        if account:
            db.accounts.accounts.change(scoped, account.id, idle_warned_at=now)
            scoped.record("account.idle_warned", subject=username)


def _is_last(scoped: ScopedConnection, account: Account) -> bool:
    return account.role is Role.ADMIN and not db.accounts.accounts.count_administrators(
        scoped, but=account.id
    )

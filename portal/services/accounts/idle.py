"""Accounts that nobody uses: warned of after 150 days, shut out after 180.

Counted in real time, also where the portal's calendar is fixed. The last administrator stays: somebody
must be able to let the others in again.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import db.accounts.accounts
import db.accounts.throttle
import db.audit
from db.accounts.accounts import Account, AccountSummary
from db.scoping import ScopedConnection
from portal.domain.accounts.access import NO_CLINIC, Role
from portal.services.accounts.withdrawing import withdraw
from portal.services.context import Portal
from portal.services.letters import account_letters
from portal.services.letters.letter import Letter
from portal.services.letters.mail import MailFault, MailServer
from portal.services.letters.posting import BY_ITSELF


DAYS, WARNED_DAYS = 180, 150


def days(account: AccountSummary, now: datetime) -> int:
    """Return for how many days nobody has used the account."""
    return (now - account.idle_since) // timedelta(days=1) if account.idle_since else 0


def retire(portal: Portal) -> list[str]:
    """Shut out the accounts that nobody has used for 180 days; return their usernames."""
    now = datetime.now(UTC)
    with portal.database.reading(NO_CLINIC) as scoped:
        summaries = db.accounts.accounts.list_all(scoped)
    too_idle = [summary.username for summary in summaries if summary.is_active and days(summary, now) >= DAYS]
    if not too_idle:
        return []
    retired = []
    with portal.writing_as(BY_ITSELF) as scoped:
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
    db.accounts.accounts.change(scoped, account.id, is_active=False)
    db.accounts.throttle.forget_devices(scoped, account.id)
    withdraw(scoped, account, because=because)


def warn(portal: Portal) -> list[str]:
    """Mail those whose account will be retired within a month, once; return their usernames."""
    now = datetime.now(UTC)
    with portal.database.reading(NO_CLINIC) as scoped:
        idle_accounts = [
            account for account in db.accounts.accounts.list_all(scoped) if _is_to_be_warned(account, now)
        ]
    if not idle_accounts or not portal.smtp_url:
        return []
    warned = []
    mails = [_warning(portal, account, now).as_mail() for account in idle_accounts]
    with suppress(MailFault):
        deliveries = MailServer.parse(portal.smtp_url).send(mails)
        for account, (_, refusal) in zip(idle_accounts, deliveries, strict=True):
            if not refusal:
                _note_warned(portal, account.username, now)
                warned.append(account.username)
    return warned


def _is_to_be_warned(account: AccountSummary, now: datetime) -> bool:
    is_unwarned = account.is_active and bool(account.email) and account.idle_warned_at is None
    return is_unwarned and days(account, now) >= WARNED_DAYS


def _warning(portal: Portal, account: AccountSummary, now: datetime) -> Letter:
    idle_days = days(account, now)
    days_left = max(DAYS - idle_days, 0)
    return account_letters.idle_warning(
        account, idle_days=idle_days, days_left=days_left, url=portal.base_url
    )


def _note_warned(portal: Portal, username: str, now: datetime) -> None:
    with portal.writing_as(BY_ITSELF) as scoped:
        account = db.accounts.accounts.find(scoped, username)
        if account:
            db.accounts.accounts.change(scoped, account.id, idle_warned_at=now)
            scoped.record("account.idle_warned", subject=username)


def _is_last(scoped: ScopedConnection, account: Account) -> bool:
    return account.role is Role.ADMIN and not db.accounts.accounts.count_administrators(
        scoped, but=account.id
    )

"""E-mail addresses: each is one account's, and one that somebody asks for counts once it is confirmed.

Letters, links for a new password and the region's own login find an account by its address. Whoever could
take another's would cut that person off, or be taken for them: so a link goes there first. Whether an
address is taken already, an answer does not tell; the letter says it to whoever has the address. The
administrator, who knows the person, sets an address at once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import db.accounts.account_links
import db.accounts.accounts
from db.accounts.accounts import Account
from db.scoping import ScopedConnection
from portal.domain.accounts.access import NO_CLINIC, User, check_is_administrator
from portal.services.accounts import accounts, links
from portal.services.accounts.login import check_password
from portal.services.accounts.withdrawing import withdraw_links
from portal.services.context import Portal, Writing
from portal.services.letters import account_letters
from portal.services.letters.posting import notify, post
from portal.services.refused import Refused


MOST_ASKED, WITHIN = 5, timedelta(hours=1)
TAKEN = "Adressen hör redan till ett annat konto. Be regionens administratör om hjälp."


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """The address that counts, and the one that waits for its link to be opened; empty for none."""

    email: str
    wanted: str


def own(portal: Portal, user: User) -> OwnAddress:
    with portal.reading(user) as scoped:
        account = db.accounts.accounts.find(scoped, user.username)
    return OwnAddress(account.email, account.email_wanted) if account else OwnAddress("", "")


def set_email(portal: Portal, by: User, username: str, email: str) -> None:
    """Set another's address, where reminders and links go."""
    check_is_administrator(by)
    address = accounts.checked_address(email)
    with portal.writing(by) as scoped:
        account = accounts.existing(scoped, username)
        put(scoped, account, address)
    notify(portal, account_letters.address_changed(account))


def put(scoped: Writing, account: Account, address: str) -> None:
    """Store an address that no other account has, in the caller's transaction; raises Refused."""
    accounts.check_free(scoped, address, but=account.id)
    _put(scoped, account, address)
    scoped.record("account.email_changed", subject=account.username)


def change_own(portal: Portal, user: User, *, password: str, email: str) -> OwnAddress:
    """Ask for another address of one's own; returns what counts now, and what waits for its link.

    A new password can be fetched through it, so the old one is asked for. To have none counts at once.
    """
    address = accounts.checked_address(email)
    if address and not portal.smtp_url:
        raise Refused(
            "Portalen kan inte skicka brev här. Be regionens administratör att byta adressen.", about="email"
        )
    if not check_password(portal, user.username, password):
        raise Refused("Lösenordet stämmer inte.", about="password")
    if address and address == own(portal, user).email:
        raise Refused("Det är redan din adress.", about="email")
    if address:
        _ask(portal, user, address)
    else:
        _remove(portal, user)
    return own(portal, user)


def wanted_behind(portal: Portal, secret: str) -> str:
    """Return the address that an open link confirms; nothing for any other link."""
    with portal.database.reading(NO_CLINIC) as scoped:
        link = links.find(scoped, secret, (links.ADDRESS_KIND,))
        return accounts.existing(scoped, link.username).email_wanted if link else ""


def confirm(portal: Portal, secret: str) -> str:
    """Let the address behind a link count from now on, and tell the one before; raises Refused."""
    with portal.database.reading(NO_CLINIC) as scoped:
        actor = links.existing(scoped, secret, (links.ADDRESS_KIND,)).username
    with portal.writing_as(actor) as scoped:
        link = links.existing(scoped, secret, (links.ADDRESS_KIND,))
        account = accounts.existing(scoped, link.username)
        if _is_taken(scoped, account, account.email_wanted):
            raise Refused(TAKEN)
        _put(scoped, account, account.email_wanted)
        scoped.record("account.email_changed", subject=account.username)
    notify(portal, account_letters.address_changed(account))
    return account.email_wanted


def _ask(portal: Portal, user: User, address: str) -> None:
    """Keep the wanted address and mail its link; to an address that is taken goes a letter without one."""
    with portal.writing(user) as scoped:
        account = accounts.existing(scoped, user.username)
        _check_not_asked_too_often(scoped, account)
        db.accounts.account_links.spoil(scoped, account.id, kinds=(links.ADDRESS_KIND,), at=datetime.now(UTC))
        db.accounts.accounts.change(scoped, account.id, email_wanted=address)
        link = links.make(portal, scoped, account, kind=links.ADDRESS_KIND, by=account.username)
        is_taken = _is_taken(scoped, account, address)
        scoped.record("account.email_asked", subject=account.username)
    if is_taken:
        letter = account_letters.address_taken(address)
    else:
        letter = account_letters.address_to_confirm(account, address, link.url)
    posted = post(portal, letter)
    if posted.may_go_later:
        raise Refused(
            f"Brevet till {address} gick inte iväg: e-posten går inte att nå just nu. Försök igen om en stund. Händer det på "
            f"nytt, uppge felkod {posted.error_id} till supporten."
        )
    if not posted.is_taken:
        raise Refused(
            f"Brevet till {address} gick inte iväg. Läs adressen en gång till och försök igen.", about="email"
        )


def _remove(portal: Portal, user: User) -> None:
    with portal.writing(user) as scoped:
        account = accounts.existing(scoped, user.username)
        _put(scoped, account, "")
        scoped.record("account.email_changed", subject=account.username)
    notify(portal, account_letters.address_changed(account))


def _put(scoped: ScopedConnection, account: Account, address: str) -> None:
    db.accounts.accounts.change(scoped, account.id, email=address, email_wanted="")
    withdraw_links(scoped, account)


def _is_taken(scoped: ScopedConnection, account: Account, address: str) -> bool:
    holder = db.accounts.accounts.find_holder(scoped, address)
    return holder is not None and holder.id != account.id


def _check_not_asked_too_often(scoped: ScopedConnection, account: Account) -> None:
    since = datetime.now(UTC) - WITHIN
    if (
        db.accounts.account_links.count(scoped, account.id, kind=links.ADDRESS_KIND, since=since)
        >= MOST_ASKED
    ):
        raise Refused("Du har bett om adressbyte många gånger den senaste timmen. Vänta en timme.")

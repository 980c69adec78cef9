"""Letters by mail, where mail goes out: what they are about holds whether or not they arrive."""

from collections.abc import Callable

from db.accounts import accounts
from db.accounts.accounts import AccountSummary
from db.scoping import ScopedConnection
from portal.domain.accounts.access import NO_CLINIC, Role
from portal.services.context import Portal
from portal.services.letters.letter import Letter
from portal.services.letters.mail import MailFault, MailServer


def post(portal: Portal, letter: Letter) -> bool:
    """Send the letter; returns whether the mail server took it. Without an address nothing is sent."""
    if not portal.smtp_url or not letter.recipient:
        return False
    try:
        deliveries = list(MailServer.parse(portal.smtp_url).send([letter.as_mail()]))
    except MailFault:
        return False
    return all(not refusal for _, refusal in deliveries)


def post_to_region(
    portal: Portal, letter_to: Callable[[AccountSummary], Letter], *, begin: Callable[[str], bool]
) -> list[str]:
    """Send everybody at the region a letter; return the addresses that took it. Raises MailFault.

    `begin` is told of each right before it goes, and says whether it does. Without a mail server nothing is sent.
    """
    with portal.database.reading(NO_CLINIC) as scoped:
        of_region = [account for account in reachable(scoped) if account.role is not Role.CLINIC]
    if not portal.smtp_url or not of_region:
        return []
    mails = (letter_to(account).as_mail() for account in of_region if begin(account.email))
    deliveries = MailServer.parse(portal.smtp_url).send(mails)
    return [mail.to for mail, refusal in deliveries if not refusal]


def reachable(scoped: ScopedConnection) -> list[AccountSummary]:
    """Return the active accounts with an address."""
    return [account for account in accounts.list_all(scoped) if account.is_active and account.email]

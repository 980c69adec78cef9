"""Letters by mail, where mail goes out: what they are about holds whether or not they arrive."""

import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from threading import Thread

from db.accounts import accounts, unsent_letters
from db.accounts.accounts import AccountSummary
from db.accounts.unsent_letters import UnsentLetter
from db.scoping import ScopedConnection
from portal.domain.accounts.access import NO_CLINIC, Role
from portal.services.context import Portal
from portal.services.letters.letter import Letter
from portal.services.letters.mail import Mail, MailFault, MailServer
from portal.services.refused import DatabaseUnavailable


BY_ITSELF = "portalen"  # the actor of what nobody asks for
BESIDE = "letters"  # the thread that sends while its caller goes on
LONGEST_TRY = timedelta(hours=1)
GIVEN_UP_AFTER = timedelta(days=5)  # as mail servers do
log = logging.getLogger("portal")


@dataclass(frozen=True, kw_only=True, slots=True)
class PostOutcome:
    """What became of a letter. `error_id`: what the log has it under; empty where it was taken, or where none goes out.

    `is_away`: the mail server can't be used; otherwise it refused this one. `may_go_later`: away, or not now (4xx).
    """

    is_taken: bool
    error_id: str = ""
    is_away: bool = False
    may_go_later: bool = False


NOTHING_SENT = PostOutcome(is_taken=False)


def post(portal: Portal, letter: Letter) -> PostOutcome:
    """Send the letter, and those that waited for the mail server. Without an address nothing is sent."""
    if not portal.smtp_url or not letter.recipient:
        return NOTHING_SENT
    outcome = _send(portal, letter.as_mail())
    if outcome.is_taken:
        with suppress(DatabaseUnavailable):  # they wait for the next one
            send_waiting(portal)
    return outcome


def notify(portal: Portal, letter: Letter) -> PostOutcome:
    """Send a letter that tells of something done and holds no secret; what can't go now is kept till it can."""
    outcome = post(portal, letter)
    if outcome.may_go_later:
        mail, now = letter.as_mail(), datetime.now(UTC)
        kept = UnsentLetter(recipient=mail.to, subject=mail.subject, content=mail.text, written_at=now)
        with portal.writing_as(BY_ITSELF) as writing:
            unsent_letters.add(writing, kept)
            writing.record("letter.kept", details={"error": outcome.error_id})
    return outcome


def send_waiting(portal: Portal) -> int:
    """Send what waited for the mail server, each letter once; return how many it took.

    Each is noted before it goes: one whose run broke off in between may have arrived, and isn't sent again.
    """
    if not portal.smtp_url:
        return 0
    with portal.database.reading(NO_CLINIC) as scoped:
        waiting = unsent_letters.list_waiting(scoped)
    sent = 0
    for letter in waiting:
        if not _begin(portal, letter):
            continue
        outcome = _send(portal, Mail(to=letter.recipient, subject=letter.subject, text=letter.content))
        _end(portal, letter, outcome)
        if outcome.is_away:
            break
        sent += outcome.is_taken
    return sent


def send_waiting_beside(portal: Portal) -> None:
    """Send what waits while whoever acted goes on: nobody waits for the mail server. What is begun is ended at exit."""
    if portal.smtp_url:
        Thread(target=_send_waiting_quietly, args=(portal,), name=BESIDE).start()


def _send_waiting_quietly(portal: Portal) -> None:
    with suppress(DatabaseUnavailable):  # they wait for the next one
        send_waiting(portal)


def list_unsure(portal: Portal) -> list[UnsentLetter]:
    """Return the letters that waited and of which nobody knows whether they arrived."""
    with portal.database.reading(NO_CLINIC) as scoped:
        return unsent_letters.list_unsure(scoped, before=datetime.now(UTC) - LONGEST_TRY)


def _begin(portal: Portal, letter: UnsentLetter) -> bool:
    with portal.database.writing(NO_CLINIC) as scoped:
        return unsent_letters.begin(scoped, letter.number, at=datetime.now(UTC))


def _end(portal: Portal, letter: UnsentLetter, outcome: PostOutcome) -> None:
    is_old = letter.written_at < datetime.now(UTC) - GIVEN_UP_AFTER
    with portal.writing_as(BY_ITSELF) as writing:
        if outcome.is_away or (outcome.may_go_later and not is_old):
            unsent_letters.put_back(writing, letter.number)
            return
        unsent_letters.remove(writing, letter.number)
        details = {"error": outcome.error_id} if outcome.error_id else None
        writing.record("letter.sent", outcome="done" if outcome.is_taken else "refused", details=details)


def _send(portal: Portal, mail: Mail) -> PostOutcome:
    try:
        refusals = [refusal for _, refusal in MailServer.parse(portal.smtp_url).send([mail]) if refusal]
    except MailFault as fault:
        return PostOutcome(is_taken=False, error_id=_logged(str(fault)), is_away=True, may_go_later=True)
    if refusals:
        code = refusals[0].partition(" ")[0]  # in whose words the address may stand
        return PostOutcome(
            is_taken=False, error_id=_logged(f"refused with {code}"), may_go_later=code.startswith("4")
        )
    return PostOutcome(is_taken=True)


def _logged(words: str) -> str:
    """Log that a mail did not go; returns the id by which it is found there."""
    error_id = secrets.token_hex(4)
    log.error("mail error %s: %s", error_id, words)
    return error_id


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

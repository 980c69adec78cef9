"""The letters that tell of a month sheet: written in the release's transaction, sent after it, once. No figures in them."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from urllib.parse import urlencode

from db.accounts import unsent_letters
from db.accounts.accounts import AccountSummary
from db.accounts.unsent_letters import UnsentLetter
from db.registry import clinics
from portal.domain.accounts.access import Role
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.services.context import DEMO_LABEL, Portal, Writing
from portal.services.letters.letter import Letter
from portal.services.letters.posting import reachable
from portal.services.letters.reminders import SIGNATURE


OPT_OUT = "Vill du inte ha de här breven? Stäng av dem längst ned på Mitt konto:\n{url}/konto"


def write(portal: Portal, scoped: Writing, month: Month, *, is_first: bool) -> int:
    """Keep a letter to each account that wants one and has a sheet; return how many. None where no mail goes out.

    A clinic's accounts have the sheets of its open clinics, the region's have the region's.
    """
    if not portal.smtp_url:
        return 0
    open_clinics = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped) if clinic.is_open(month)}
    letters = [
        _letter(portal, account, month, ways, is_first=is_first)
        for account in reachable(scoped)
        if account.gets_sheet_letters and (ways := _ways(portal, account, month, open_clinics))
    ]
    for letter in letters:
        unsent_letters.add(scoped, _kept(letter))
    return len(letters)


def _ways(
    portal: Portal, account: AccountSummary, month: Month, open_clinics: Mapping[str, Clinic]
) -> Sequence[str]:
    """Return where the account finds its sheets, a line or two each; nothing where it has none."""
    if account.role is not Role.CLINIC:
        return [_address(portal, "laget", manad=str(month))]
    own = [open_clinics[code] for code in account.clinics if code in open_clinics]
    if len(own) == 1:
        return [_address(portal, "oversikt", manad=str(month), mottagning=own[0].code)]
    return [
        f"{clinic.name}\n{_address(portal, 'oversikt', manad=str(month), mottagning=clinic.code)}"
        for clinic in own
    ]


def _address(portal: Portal, page: str, **parameters: str) -> str:
    return f"{portal.base_url.rstrip('/')}/{page}?{urlencode(parameters)}"


def _letter(
    portal: Portal, account: AccountSummary, month: Month, ways: Sequence[str], *, is_first: bool
) -> Letter:
    page = "Översikt" if account.role is Role.CLINIC else "Läget"
    subject, news = f"Månadsbladet för {month.label} finns", "är släppt"
    if not is_first:
        subject = f"Månadsbladet för {month.label} är ändrat"
        news = "är släppt på nytt, med ändrade värden för regionen"
    opening = f"{month.label.capitalize()} {news}. Månadsbladet, en sida att skriva ut, finns på {page}:"
    return Letter(
        recipient=account.email,
        name=account.name,
        subject=subject,
        paragraphs=(opening, "\n\n".join(ways), OPT_OUT.format(url=portal.base_url.rstrip("/"))),
        signature=portal.region.in_words(SIGNATURE),
        label=DEMO_LABEL if portal.is_demo else "",
    )


def _kept(letter: Letter) -> UnsentLetter:
    mail = letter.as_mail()
    return UnsentLetter(
        recipient=mail.to, subject=mail.subject, content=mail.text, written_at=datetime.now(UTC)
    )

"""The letter to the region about files in the inbox that were not read in. No figures in it."""

from collections.abc import Sequence

from db.accounts.accounts import AccountSummary
from portal.domain.registry.region import Region
from portal.domain.reporting.problems import count_values
from portal.services.context import DEMO_LABEL, Portal
from portal.services.letters.letter import Letter
from portal.services.letters.posting import post_to_region
from portal.services.letters.reminders import SIGNATURE
from portal.services.letters.untold import Untold
from portal.services.reporting.inbox_report import InboxFile, InboxOutcome


def tell_region(portal: Portal, untold: Untold) -> list[str]:
    """Mail everybody at the region what was refused; return the addresses that took it. Raises MailFault.

    Who was being told when a process ended is not mailed again, the others are.
    """
    label = DEMO_LABEL if portal.is_demo else ""
    addresses = post_to_region(
        portal,
        lambda account: letter(account, untold.lines, region=portal.region, label=label),
        begin=untold.begin,
    )
    untold.end()
    return addresses


def letter(account: AccountSummary, lines: Sequence[str], *, region: Region, label: str = "") -> Letter:
    """The letter to one of those at the region."""
    how_many = "En fil" if len(lines) == 1 else f"{len(lines)} filer"
    where = (
        "De ligger i inkorgens mapp refused. Bredvid varje fil ligger en textfil med samma namn som säger vad "
        "som är fel och hur det rättas."
    )
    return Letter(
        recipient=account.email,
        name=account.name,
        subject=f"{how_many} i inkorgen lästes inte in",
        paragraphs=(
            "Portalen har tagit emot filer som den inte kunde läsa in. Inget ur dem är sparat:",
            "\n".join(lines),
            where,
        ),
        signature=region.in_words(SIGNATURE),
        label=label,
    )


def line_about(inbox_file: InboxFile) -> str:
    """What the letter says of one file."""
    if inbox_file.outcome is InboxOutcome.NEEDS_CONFIRMATION:
        return f"{inbox_file.name}: behöver bekräftas eller rättas på {count_values(inbox_file.problems)} ställen"
    errors = sum(problem.blocks for problem in inbox_file.problems)
    return f"{inbox_file.name}: {errors} fel"

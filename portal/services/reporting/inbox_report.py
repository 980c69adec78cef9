"""What is said of a file that was taken out of the inbox: in words, and in the form of `import --json`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from portal.domain.reporting.problems import Problem
from portal.formats import STOCKHOLM
from portal.services.reporting import outcomes
from portal.services.reporting.versioning import Receipt


class InboxOutcome(StrEnum):
    """What became of a file."""

    ACCEPTED = "accepted"
    UNCHANGED = "unchanged"
    REPEATED = "repeated"  # the content was read in before
    REJECTED = "rejected"
    NEEDS_CONFIRMATION = "needs_confirmation"

    @property
    def is_refusal(self) -> bool:
        return self in (InboxOutcome.REJECTED, InboxOutcome.NEEDS_CONFIRMATION)

    @property
    def label(self) -> str:
        return {
            "accepted": "Filen är inläst.",
            "unchanged": "Filen är läst: allt i den fanns redan, så inget är ändrat.",
            "repeated": "Filen är redan inläst, och inget är ändrat.",
            "rejected": "Filen är inte inläst, och inget är sparat. Rätta det här och lägg den i mappen igen:",
            "needs_confirmation": "Filen är inte inläst, och inget är sparat. Det här behöver någon ta ställning till:",
        }[self.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class InboxFile:
    """A file that was taken, and what became of it."""

    name: str  # fit to show, to write and to be a file's
    outcome: InboxOutcome
    problems: tuple[Problem, ...] = ()
    notices: tuple[str, ...] = ()
    receipt: Receipt | None = None


def write(inbox_file: InboxFile, *, username: str, at: datetime) -> dict[str, str]:
    """Return the reports that lie beside the file, by the ending of their names."""
    return {
        ".txt": "\n".join(_lines(inbox_file, username, at)) + "\n",
        ".json": json.dumps(_as_json(inbox_file), ensure_ascii=False, indent=2) + "\n",
    }


def _as_json(inbox_file: InboxFile) -> dict[str, object]:
    """Return what `import --json` prints; a file that was read in before has changed nothing."""
    is_repeated = inbox_file.outcome is InboxOutcome.REPEATED
    outcome = InboxOutcome.UNCHANGED if is_repeated else inbox_file.outcome
    return outcomes.outcome_as_json(
        outcome.value, inbox_file.problems, inbox_file.notices, inbox_file.receipt
    )


def _lines(inbox_file: InboxFile, username: str, at: datetime) -> Iterator[str]:
    yield f"{inbox_file.name}, {at.astimezone(STOCKHOLM):%Y-%m-%d kl. %H.%M}, för kontot {username}"
    yield ""
    yield inbox_file.outcome.label
    yield from (f"- {problem.message}" for problem in inbox_file.problems)
    if inbox_file.outcome is InboxOutcome.NEEDS_CONFIRMATION:
        yield from _how_to_confirm(username)
    if inbox_file.notices:
        yield ""
        yield from inbox_file.notices
    if inbox_file.receipt is not None:
        yield from _receipt_lines(inbox_file.receipt)


def _how_to_confirm(username: str) -> Iterator[str]:
    yield ""
    yield "Är något fel: rätta filen och lägg den i mappen igen. Stämmer det: skicka in filen i portalen med en"
    yield "förklaring, eller vid servern med"
    yield f'portal import FIL --as {username} --confirm-warnings --note "Varför det stämmer"'


def _receipt_lines(receipt: Receipt) -> Iterator[str]:
    yield ""
    yield f"Lästa värden: {receipt.read}, varav nya {receipt.new}, ändrade {receipt.changed} och oförändrade {receipt.unchanged}."
    for clinic, month, version in receipt.submissions:
        yield f"{clinic}, {month.label}: version {version}"
    yield ""
    yield f"Innehållets SHA-256: {receipt.sha256}"

"""The inbox: files that another system puts into a folder are read in as `portal import` does, each content once."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from db.administration import audit_log
from db.reporting import files
from portal.domain.accounts.access import EVERY_CLINIC, AccessDenied, RegionUser, User
from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.grammar import name_holds_personal_number
from portal.domain.reporting.problems import Problem, Severity
from portal.services.context import Portal
from portal.services.refused import Refused
from portal.services.reporting import inbox_report, submitting
from portal.services.reporting.inbox_folder import InboxFolder, NotReadable, Unsettled
from portal.services.reporting.inbox_report import InboxFile, InboxOutcome
from portal.services.reporting.submitting import NeedsConfirmation, Rejected


NAMELESS = "fil-utan-namn"  # stands for a name that holds a personal number
LONGEST_NAME = 120  # in bytes: the reports' names have their endings too


def take_all(portal: Portal, user: User, folder: InboxFolder) -> Iterator[InboxFile]:
    """Read in every file that is complete, oldest first, and put each away with its reports.

    Each is yielded once it lies in its place; between two one can stop. Raises DatabaseUnavailable: the file
    then waits where it is.
    """
    for place in folder.look():
        try:
            claimed = folder.claim(place)
            content = folder.read(claimed, most=submitting.limits_of(user).csv_bytes + 1)
        except Unsettled:
            continue
        except NotReadable as fault:
            inbox_file = refuse(portal, user, name=place.name, message=str(fault))
        else:
            inbox_file = take(portal, user, name=place.name, content=content)
        reports = inbox_report.write(inbox_file, username=user.username, at=portal.clock.now)
        folder.put_away(claimed, inbox_file.name, reports, is_refused=inbox_file.outcome.is_refusal)
        yield inbox_file


def take(portal: Portal, user: User, *, name: str, content: bytes) -> InboxFile:
    """Read a file in, or say why not; content that was read in before changes nothing."""
    sha256 = hashlib.sha256(content).hexdigest()
    name_to_show = shown_name(name)
    if _was_taken(portal, user, sha256):
        _note(portal, user, "inbox.repeated", name_to_show, {"sha256": sha256})
        return InboxFile(name=name_to_show, outcome=InboxOutcome.REPEATED, notices=(_say_repeated(user),))
    try:
        receipt = submitting.commit(portal, user, name=name, content=content)
    except NeedsConfirmation as refused:
        return _refused(portal, user, name_to_show, refused, InboxOutcome.NEEDS_CONFIRMATION)
    except Rejected as refused:
        submitting.record_rejection(portal, user, name=name_to_show, problems=refused.problems)
        return _refused(portal, user, name_to_show, refused, InboxOutcome.REJECTED)
    except (Refused, AccessDenied) as refused:
        return refuse(portal, user, name=name, message=str(refused))
    outcome = InboxOutcome.UNCHANGED if receipt.is_unchanged else InboxOutcome.ACCEPTED
    _note(portal, user, "inbox.taken", name_to_show, {"sha256": sha256})
    return InboxFile(name=name_to_show, outcome=outcome, notices=receipt.notices, receipt=receipt)


def refuse(portal: Portal, user: User, *, name: str, message: str) -> InboxFile:
    """Say of a file that nothing of it was read, and why."""
    problem = Problem(code="file.not_read", severity=Severity.ERROR, message=message)
    return _refused(portal, user, shown_name(name), Rejected([problem]), InboxOutcome.REJECTED)


def shown_name(name: str) -> str:
    """Return a file's name as it may be shown and kept: printable, without a path, short, nobody's number."""
    if name_holds_personal_number(name):
        return NAMELESS + Path(safe_name(name)).suffix[:5]
    path = Path(safe_name(name).lstrip(".") or NAMELESS)
    stem = path.stem.encode()[: LONGEST_NAME - len(path.suffix.encode())].decode(errors="ignore")
    return (stem or NAMELESS) + path.suffix


def _refused(portal: Portal, user: User, name: str, refusal: Rejected, outcome: InboxOutcome) -> InboxFile:
    codes = sorted({problem.code for problem in refusal.problems})
    _note(portal, user, "inbox.refused", name, {"problems": codes, "count": len(refusal.problems)})
    return InboxFile(name=name, outcome=outcome, problems=refusal.problems, notices=refusal.notices)


def _was_taken(portal: Portal, user: User, sha256: str) -> bool:
    """Tell whether a version was made of this content, or this account's inbox has found nothing new in it."""
    with portal.reading(user) as scoped:
        if files.is_there(scoped, sha256=sha256):
            return True
    with portal.database.reading(EVERY_CLINIC) as scoped:  # an event about a file is no clinic's
        detail = ("sha256", sha256)
        return audit_log.is_recorded(scoped, actor=user.username, action="inbox.taken", detail=detail)


def _say_repeated(user: User) -> str:
    page = "Läs in historik" if isinstance(user, RegionUser) else "Rapportera"
    return (
        "Innehållet är redan inläst, och läses inte in en gång till. Saknas något av det, eller ska det gälla "
        f"på nytt: läs in filen på sidan {page}."
    )


def _note(portal: Portal, user: User, action: str, name: str, details: dict[str, object]) -> None:
    outcome = "refused" if action == "inbox.refused" else "done"
    with portal.writing(user) as scoped:
        scoped.record(action, subject=name, outcome=outcome, details=details)

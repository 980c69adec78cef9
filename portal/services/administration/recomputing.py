"""What `portal check` computes anew and compares: stored values, released figures, accounts with their events."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import db.accounts.accounts
import db.administration.audit_log
import db.audit
import db.integrity
from db.accounts.accounts import AccountSummary
from db.annual_report import annual_reports
from db.release import releases
from db.reporting import submissions, values
from db.scoping import ScopedConnection
from portal.domain.annual_report import canonical
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import FIRST_YEAR, LAST_YEAR, Month
from portal.domain.registry.values import Answer
from portal.domain.release.cells import is_figure_of
from portal.services.reporting.versioning import content_key


AT_A_TIME = 500
FIRST_MONTH, LAST_MONTH = Month(FIRST_YEAR, 1), Month(LAST_YEAR, 12)


def changed_contents(scoped: ScopedConnection) -> Iterator[str]:
    """Name the versions whose values are others than those that were sent."""
    keys = db.integrity.content_keys(scoped)
    sent = submissions.list_versions(scoped, first=FIRST_MONTH, last=LAST_MONTH)
    for start in range(0, len(sent), AT_A_TIME):
        some = sent[start : start + AT_A_TIME]
        answers = values.of_submissions(scoped, submission_ids=[submission.id for submission in some])
        for submission in some:
            content = answers.get(submission.id, {})
            key = content_key(submission.clinic, submission.month, submission.version - 1, content)
            if key != keys[submission.id]:
                yield f"{submission.clinic} {submission.month} v{submission.version}"


def changed_figures(scoped: ScopedConnection) -> Iterator[str]:
    """Name the shown figures that their release's submissions do not give."""
    figures = releases.list_figures(scoped, first=FIRST_MONTH, last=LAST_MONTH)
    answers_behind = cache(lambda release_id: _answers_behind(scoped, release_id))
    for (month, code), released in figures.items():
        indicator = INDICATORS_BY_CODE.get(code)
        if indicator is None or not released.is_shown:
            continue
        if not is_figure_of(indicator, answers_behind(released.release_id), released):
            yield f"{month} {code}"


def _answers_behind(scoped: ScopedConnection, release_id: int) -> dict[str, Mapping[str, Answer]]:
    inputs = releases.list_inputs(scoped, release_id=release_id)
    by_submission = values.of_submissions(scoped, submission_ids=list(inputs.values()))
    return {clinic: by_submission.get(id_, {}) for clinic, id_ in inputs.items()}


def changed_reports(scoped: ScopedConnection) -> Iterator[str]:
    """Name the frozen reports that are not what was frozen, or are no more."""
    frozen = {(report.year, report.version): report for report in annual_reports.list_frozen(scoped)}
    for report in frozen.values():
        content = annual_reports.content(scoped, report_id=report.id) or ""
        if canonical.sha256(content) != report.sha256:
            yield f"{report.year} v{report.version}: is not what its SHA-256 says"
    for event in db.administration.audit_log.list_of_actions(scoped, ("report.frozen",)):
        year, _, version = event.object.partition(" v")
        kept = frozen.get((int(year), int(version)))
        if kept is None:
            yield f"{event.object}: was frozen and is no more"
        elif kept.sha256 != json.loads(event.details)["sha256"]:
            yield f"{event.object}: is not what was frozen"


@dataclass(slots=True)
class _Standing:
    """What the events say of an account."""

    role: str | None = None
    clinics: list[str] | None = None
    is_active: bool | None = None


_SHUT_OUT = {"account.disabled": False, "account.retired": False, "account.enabled": True}
_GIVEN = ("account.added", "account.role_changed", "account.clinics_changed")


def unexplained_accounts(scoped: ScopedConnection) -> Iterator[str]:
    """Name the accounts that are not as their events left them; what was pruned explains nothing."""
    standings: dict[str, _Standing] = {}
    for event in db.administration.audit_log.list_of_actions(scoped, (*_GIVEN, *_SHUT_OUT)):
        _follow(standings.setdefault(event.object, _Standing()), event)
    is_whole = db.audit.find_pruned(scoped) is None
    for account in db.accounts.accounts.list_all(scoped):
        standing = standings.get(account.username)
        if standing is None and is_whole:
            yield f"{account.username}: no event says that it was added"
        elif standing is not None:
            yield from _differences(account, standing)


def _follow(standing: _Standing, event: db.audit.AuditEvent) -> None:
    if event.action in _SHUT_OUT:
        standing.is_active = _SHUT_OUT[event.action]
        return
    details = json.loads(event.details)
    standing.role = details.get("role", standing.role)
    standing.clinics = details.get("clinics", standing.clinics)
    if event.action == "account.added":
        standing.is_active = True


def _differences(account: AccountSummary, standing: _Standing) -> Iterator[str]:
    if standing.role not in (None, account.role.value):
        yield f"{account.username}: is {account.role.value}, was made {standing.role}"
    if standing.clinics is not None and sorted(account.clinics) != sorted(standing.clinics):
        yield f"{account.username}: is for {sorted(account.clinics)}, was given {standing.clinics}"
    if standing.is_active not in (None, account.is_active):
        yield f"{account.username}: is {'let in' if account.is_active else 'shut out'} without an event"

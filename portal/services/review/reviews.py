"""The region's review: what waits, one submission beside the clinic's history, approve or return."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from db import audit
from db.registry import clinics
from db.reporting import breaks, submissions, values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region, check_may_review, check_may_see_clinic
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE, Measure
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting import checks
from portal.domain.reporting.checks import HISTORY_MONTHS
from portal.domain.reporting.expectation import counts_since, expected_before
from portal.domain.reporting.problems import MonthEntries, Problem, count_values
from portal.domain.reporting.submissions import TRANSITIONS, State, Submission, needs_answer
from portal.domain.reporting.texts import storable
from portal.services.context import Portal
from portal.services.refused import Refused
from portal.services.review import deviations
from portal.services.review.deviations import Deviation


SHORTEST_COMMENT = 5
LONGEST_COMMENT = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewLine:
    measure: str
    sent: Answer | None
    month_before: Answer | None
    year_before: Answer | None
    previous_version: Answer | None
    expected: tuple[int, int] | None
    is_warned_of: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewComment:
    """One turn in the conversation about a submission."""

    version: int
    event: str  # in words
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewCase:
    """One submission as region and clinic see it: values beside history, comments both ways."""

    clinic: Clinic
    submission: Submission
    versions: tuple[Submission, ...]
    lines: tuple[ReviewLine, ...]
    comments: tuple[ReviewComment, ...]
    warnings: tuple[Problem, ...]  # what the checks say today, against the history
    deviations: tuple[Deviation, ...]  # the values that they are about

    @property
    def not_answered(self) -> tuple[Measure, ...]:
        """The optional measures that the submission says nothing about."""
        answered = {line.measure for line in self.lines if line.sent}
        return tuple(measure for measure in MEASURES if not measure.required and measure.code not in answered)


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """One submission in the queue, and what about it asks for a closer look."""

    clinic: Clinic
    submission: Submission
    warnings: int
    is_answer: bool  # to a return: somebody asked something, and reads what came back

    @property
    def key(self) -> tuple[str, Month, int]:
        return self.clinic.code, self.submission.month, self.submission.version

    @property
    def is_plain(self) -> bool:
        """Whether no value lies outside what the clinic's own history gives."""
        return not (self.warnings or self.submission.is_held or self.is_answer)

    def may_be_approved_by(self, user: User) -> bool:
        return self.submission.sent_by != user.username


def list_waiting(portal: Portal, user: User) -> list[tuple[Clinic, Submission]]:
    """Return what waits for review, oldest first."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        register = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
        return [(register[sent.clinic], sent) for sent in submissions.list_waiting(scoped)]


def queue(portal: Portal, user: User) -> list[Waiting]:
    """Return what waits for review, oldest first, with how many warnings each has."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        key = ("review queue", audit.figures_version(scoped), portal.clock.today)
        return list(portal.memo.get(key, lambda: _queue(portal, scoped)))


def _queue(portal: Portal, scoped: ScopedConnection) -> tuple[Waiting, ...]:
    register = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    waiting = submissions.list_waiting(scoped)
    answers = values.of_submissions(scoped, submission_ids=[sent.id for sent in waiting])
    broken = breaks.list_months(scoped, clinics=list(register))
    histories = {}
    for clinic in {sent.clinic for sent in waiting}:
        months = [sent.month for sent in waiting if sent.clinic == clinic]
        histories[clinic] = values.of_clinic(
            scoped, clinic=clinic, first=min(months).plus(-HISTORY_MONTHS), last=max(months)
        )
    return tuple(
        Waiting(
            clinic=register[sent.clinic],
            submission=sent,
            warnings=count_values(
                _warnings(
                    portal,
                    register[sent.clinic],
                    sent.month,
                    answers[sent.id],
                    _before(histories[sent.clinic], sent.month),
                    broken,
                )
            ),
            is_answer=sent.version > 1 and _is_answer(scoped, sent),
        )
        for sent in waiting
    )


def _is_answer(scoped: ScopedConnection, sent: Submission) -> bool:
    versions = submissions.list_of_clinic(scoped, clinic=sent.clinic, month=sent.month)
    return any(needs_answer(earlier.state) for earlier in versions if earlier.version == sent.version - 1)


def _before(history: Mapping[Month, Mapping[str, Answer]], month: Month) -> dict[Month, Mapping[str, Answer]]:
    first = month.plus(-HISTORY_MONTHS)
    return {earlier: answers for earlier, answers in history.items() if first <= earlier < month}


def list_of_clinic(portal: Portal, user: User, *, clinic: str) -> list[Submission]:
    """Return every version the clinic has sent, newest month first."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        return submissions.list_of_clinic(scoped, clinic=clinic)


def open_case(portal: Portal, user: User, *, clinic: str, month: Month) -> ReviewCase | None:
    """Return the newest version of a clinic's month with all that belongs to it."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        matching_clinic = clinics.find(scoped, code=clinic)
        versions = submissions.list_of_clinic(scoped, clinic=clinic, month=month)
        if matching_clinic is None or not versions:
            return None
        newest_two = [sent.id for sent in versions[:2]]
        answers = values.of_submissions(scoped, submission_ids=newest_two)
        history = values.of_clinic(
            scoped, clinic=clinic, first=month.plus(-HISTORY_MONTHS), last=month.previous
        )
        events = submissions.list_events(scoped, submission_ids=[sent.id for sent in versions])
        broken = breaks.list_months(scoped, clinics=[clinic])
    warnings = _warnings(portal, matching_clinic, month, answers[versions[0].id], history, broken)
    warned_of = {problem.measure for problem in warnings}
    since = max((first for first in broken.get(clinic, ()) if first <= month), default=None)
    with_month = {**history, month: answers[versions[0].id]}
    return ReviewCase(
        clinic=matching_clinic,
        submission=versions[0],
        versions=tuple(versions),
        lines=_lines(month, answers, newest_two, history, warned_of, since),
        comments=_comments(versions, events),
        warnings=warnings,
        deviations=deviations.of_month(month, warnings, with_month, since),
    )


def _comments(
    versions: Sequence[Submission], events: Sequence[submissions.SubmissionEvent]
) -> tuple[ReviewComment, ...]:
    version_of = {submission.id: submission.version for submission in versions}
    return tuple(
        ReviewComment(
            version=version_of[event.submission_id],
            event=event.kind.label,
            by=event.by,
            at=event.at,
            text=event.comment,
        )
        for event in events
    )


def approve(
    portal: Portal, user: User, *, clinic: str, month: Month, version: int | None = None
) -> Submission:
    """Approve the newest version, which is `version` when given; raises Refused, AccessDenied."""
    return _review(
        portal,
        user,
        clinic=clinic,
        month=month,
        version=version,
        decision=_ReviewDecision(state=State.APPROVED),
    )


def approve_plain(
    portal: Portal, user: User, *, only: Collection[tuple[str, Month, int]] | None = None
) -> list[Submission]:
    """Approve what has no value outside the expected range, each in a transaction of its own.

    `only` are the versions that the reviewer was shown. What somebody decided or replaced in the
    meantime is left alone, and so is what the user sent.
    """
    approved = []
    for waiting in queue(portal, user):
        clinic, month, version = waiting.key
        is_wanted = only is None or waiting.key in only
        if not (is_wanted and waiting.is_plain and waiting.may_be_approved_by(user)):
            continue
        with suppress(Refused):
            approved.append(approve(portal, user, clinic=clinic, month=month, version=version))
    return approved


def send_back(
    portal: Portal, user: User, *, clinic: str, month: Month, comment: str, version: int | None = None
) -> Submission:
    """Return the newest version with a comment; raises Refused, AccessDenied."""
    comment = storable(comment)
    if not SHORTEST_COMMENT <= len(comment) <= LONGEST_COMMENT:
        raise Refused(
            f"Skriv en kommentar på {SHORTEST_COMMENT}–{LONGEST_COMMENT} tecken: mottagningen behöver "
            "veta vad som ska ändras.",
            about="comment",
        )
    decision = _ReviewDecision(state=State.RETURNED, comment=comment)
    return _review(portal, user, clinic=clinic, month=month, version=version, decision=decision)


@dataclass(frozen=True, kw_only=True, slots=True)
class _ReviewDecision:
    """The state that a review gives a submission, and the comment that goes with it."""

    state: State
    comment: str = ""


def _review(
    portal: Portal,
    user: User,
    *,
    clinic: str,
    month: Month,
    version: int | None,
    decision: _ReviewDecision,
) -> Submission:
    check_is_region(user)
    state = decision.state
    with portal.writing(user) as scoped:
        current = submissions.list_current_of(scoped, keys=[(clinic, month)]).get((clinic, month))
        if current is None:
            raise Refused(f"{clinic} har inte skickat in {month.label}.")
        check_may_review(user, sent_by=current.sent_by)
        if version not in (None, current.version):
            raise Refused(
                f"Version {current.version} har kommit sedan du öppnade {month.label}. Läs den först."
            )
        if current.state is state:
            return current  # a second click changes nothing
        if state not in TRANSITIONS[current.state]:
            raise Refused(f"Version {current.version} är {current.state.label} och kan inte ändras.")
        submissions.set_state(
            scoped, current, state=state, by=user.username, at=portal.clock.now, comment=decision.comment
        )
        scoped.record(
            f"submission.{state.value}",
            clinic=clinic,
            subject=f"{month} v{current.version}",
            details={"submission": current.id},
        )
    return current


def _warnings(
    portal: Portal,
    clinic: Clinic,
    month: Month,
    answers: Mapping[str, Answer],
    history: Mapping[Month, Mapping[str, Answer]],
    broken: Mapping[str, tuple[Month, ...]],
) -> tuple[Problem, ...]:
    return checks.warnings_of_stored(
        MonthEntries(clinic=clinic.code, month=month, answers=answers),
        clinic,
        history,
        breaks=broken.get(clinic.code, ()),
        calendar=portal.calendar,
        today=portal.clock.today,
    )


def _lines(
    month: Month,
    answers: Mapping[int, Mapping[str, Answer]],
    newest_two: list[int],
    history: Mapping[Month, Mapping[str, Answer]],
    warned_of: Collection[str | None],
    since: Month | None,
) -> tuple[ReviewLine, ...]:
    sent = answers[newest_two[0]]
    earlier = answers[newest_two[1]] if len(newest_two) > 1 else {}
    before, year_before = history.get(month.previous, {}), history.get(month.year_before, {})
    return tuple(
        ReviewLine(
            measure=measure,
            sent=sent.get(measure),
            month_before=before.get(measure),
            year_before=year_before.get(measure),
            previous_version=earlier.get(measure),
            expected=expected_before(counts_since(history, measure, since), month),
            is_warned_of=measure in warned_of,
        )
        for measure in MEASURES_BY_CODE
        if measure in sent or measure in earlier
    )

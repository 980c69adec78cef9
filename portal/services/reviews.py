"""The region's review: what waits, one submission beside the clinic's history, approve or return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db import audit, clinics, submissions, values
from portal.domain.access import User, check_is_region, check_may_review, check_may_see_clinic
from portal.domain.checks import expected_range
from portal.domain.clinics import Clinic
from portal.domain.measures import MEASURES_BY_CODE
from portal.domain.months import Month
from portal.domain.submissions import TRANSITIONS, State, Submission
from portal.domain.values import Answer
from portal.services.context import Portal


SHORTEST_COMMENT = 5
LONGEST_COMMENT = 500


class ReviewRefused(Exception):
    """The review can't be done; the message is Swedish and says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewLine:
    measure: str
    sent: Answer | None
    month_before: Answer | None
    year_before: Answer | None
    previous_version: Answer | None
    expected: tuple[int, int] | None

    @property
    def is_outside(self) -> bool:
        """Whether the value lies outside the clinic's own expected range."""
        if self.expected is None or self.sent is None or self.sent.value is None:
            return False
        return not self.expected[0] <= self.sent.value <= self.expected[1]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comment:
    """One turn in the conversation about a submission."""

    version: int
    what: str
    by: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One submission as region and clinic see it: values beside history, comments both ways."""

    clinic: Clinic
    submission: Submission
    versions: tuple[Submission, ...]
    lines: tuple[ReviewLine, ...]
    comments: tuple[Comment, ...]


def list_waiting(portal: Portal, user: User) -> list[tuple[Clinic, Submission]]:
    """Return what waits for review, oldest first."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        known = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
        return [(known[sent.clinic], sent) for sent in submissions.list_waiting(scoped)]


def list_of_clinic(portal: Portal, user: User, *, clinic: str) -> list[Submission]:
    """Return every version the clinic has sent, newest month first."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        return submissions.list_of_clinic(scoped, clinic=clinic)


def open_case(portal: Portal, user: User, *, clinic: str, month: Month) -> Case | None:
    """Return the newest version of a clinic's month with all that belongs to it."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        found = clinics.find(scoped, code=clinic)
        versions = submissions.list_of_clinic(scoped, clinic=clinic, month=month)
        if found is None or not versions:
            return None
        wanted = [sent.id for sent in versions[:2]]
        answers = values.of_submissions(scoped, submission_ids=wanted)
        history = values.of_clinic(scoped, clinic=clinic, first=month.plus(-36), last=month.previous)
        events = submissions.list_events(scoped, submission_ids=[sent.id for sent in versions])
    by_id = {sent.id: sent.version for sent in versions}
    return Case(
        clinic=found,
        submission=versions[0],
        versions=tuple(versions),
        lines=_lines(month, answers, wanted, history),
        comments=tuple(
            Comment(
                version=by_id[event.submission_id],
                what=event.kind.label,
                by=event.by,
                at=event.at,
                text=event.comment,
            )
            for event in events
        ),
    )


def approve(portal: Portal, user: User, *, clinic: str, month: Month) -> Submission:
    """Approve the newest version; raises ReviewRefused, AccessDenied."""
    return _review(portal, user, clinic=clinic, month=month, state=State.APPROVED, comment="")


def send_back(portal: Portal, user: User, *, clinic: str, month: Month, comment: str) -> Submission:
    """Return the newest version with a comment; raises ReviewRefused, AccessDenied."""
    comment = comment.strip()
    if not SHORTEST_COMMENT <= len(comment) <= LONGEST_COMMENT:
        raise ReviewRefused(
            f"Skriv en kommentar på {SHORTEST_COMMENT}–{LONGEST_COMMENT} tecken: mottagningen behöver "
            "veta vad som ska ändras."
        )
    return _review(portal, user, clinic=clinic, month=month, state=State.RETURNED, comment=comment)


def _review(
    portal: Portal, user: User, *, clinic: str, month: Month, state: State, comment: str
) -> Submission:
    check_is_region(user)
    with portal.writing(user) as scoped:
        current = submissions.list_current_of(scoped, keys=[(clinic, month)]).get((clinic, month))
        if current is None:
            raise ReviewRefused(f"{clinic} har inte skickat in {month.label}.")
        check_may_review(user, sent_by=current.sent_by)
        if current.state is state:
            return current  # a second click changes nothing
        if state not in TRANSITIONS[current.state]:
            raise ReviewRefused(f"Version {current.version} är {current.state.label} och kan inte ändras.")
        at = portal.clock.now
        submissions.set_state(scoped, current, state=state, by=user.username, at=at, comment=comment)
        audit.add(
            scoped,
            at=at,
            actor=user.username,
            action=f"submission.{state.value}",
            clinic=clinic,
            subject=f"{month} v{current.version}",
            details={"submission": current.id},
        )
    return current


def _lines(
    month: Month,
    answers: Mapping[int, Mapping[str, Answer]],
    wanted: list[int],
    history: Mapping[Month, Mapping[str, Answer]],
) -> tuple[ReviewLine, ...]:
    sent = answers[wanted[0]]
    earlier = answers[wanted[1]] if len(wanted) > 1 else {}
    before, year_before = history.get(month.previous, {}), history.get(month.year_before, {})
    return tuple(
        ReviewLine(
            measure=measure,
            sent=sent.get(measure),
            month_before=before.get(measure),
            year_before=year_before.get(measure),
            previous_version=earlier.get(measure),
            expected=expected_range(list(series(history, measure).values())),
        )
        for measure in MEASURES_BY_CODE
        if measure in sent or measure in earlier
    )


def series(history: Mapping[Month, Mapping[str, Answer]], measure: str) -> dict[Month, int]:
    """Return one measure's monthly counts; months without a count are not there."""
    found = {}
    for month, answers in history.items():
        answer = answers.get(measure)
        if answer is not None and answer.value is not None:
            found[month] = answer.value
    return found

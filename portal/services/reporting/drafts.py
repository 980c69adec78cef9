"""The form's month: what to begin with, and the draft that is saved as one types."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from db.registry import clinics
from db.reporting import drafts, values
from portal.domain.accounts.access import User, check_may_see_clinic
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.grammar import holds_personal_number
from portal.services.context import Portal


LONGEST_TEXT = 40  # what one box holds


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    texts: Mapping[str, str]  # measure → text as typed
    saved_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class FormStart:
    """What the form shows before anything is typed in it."""

    clinic: Clinic
    texts: Mapping[str, str]  # the draft's, otherwise those of the version already sent
    before: Mapping[str, Answer]  # the month before
    saved_at: datetime | None  # when the draft was saved; None without one
    changed: list[str]  # the measures of a version sent that the draft has other texts for


def find(portal: Portal, user: User, *, clinic: str, month: Month) -> Draft | None:
    """Return the user's own draft of the month."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        draft = drafts.find(scoped, username=user.username, clinic=clinic, month=month)
    return Draft(texts=draft.texts, saved_at=draft.saved_at) if draft else None


def begin(portal: Portal, user: User, *, clinic: str, month: Month) -> FormStart:
    """Return what the form begins with; stores nothing."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        own_clinic = clinics.find(scoped, code=clinic)
        if own_clinic is None:
            raise LookupError(clinic)
        draft = drafts.find(scoped, username=user.username, clinic=clinic, month=month)
        answers = values.of_clinic(scoped, clinic=clinic, first=month.previous, last=month)
    sent = _sent(answers.get(month, {}))
    texts = draft.texts if draft else sent
    changed = [code for code in MEASURES_BY_CODE if sent and texts.get(code, "") != sent.get(code, "")]
    return FormStart(
        clinic=own_clinic,
        texts=texts,
        before=answers.get(month.previous, {}),
        saved_at=draft.saved_at if draft else None,
        changed=changed,
    )


def save(portal: Portal, user: User, *, clinic: str, month: Month, texts: Mapping[str, str]) -> datetime:
    """Save the boxes that were typed in; the others stay as they are stored, perhaps by another window.

    Read and written in one transaction, so that no window's box is lost in between. A personal number is
    never stored: the box that holds one stays out of the draft.
    """
    check_may_see_clinic(user, clinic)
    at = portal.clock.now
    with portal.writing(user) as scoped:
        own_clinic = clinics.find(scoped, code=clinic)
        owed = (
            own_clinic.owed_months(first=portal.calendar.first_month, today=portal.clock.today)
            if own_clinic
            else []
        )
        if month not in owed:
            raise LookupError(f"{clinic} {month}")
        draft = drafts.find(scoped, username=user.username, clinic=clinic, month=month)
        answers = values.of_clinic(scoped, clinic=clinic, first=month, last=month)
        stored = draft.texts if draft else _sent(answers.get(month, {}))
        draft_texts = _storable({**stored, **texts})
        is_first = drafts.save(
            scoped, username=user.username, clinic=clinic, month=month, texts=draft_texts, at=at
        )
        if is_first:  # not one event per key
            scoped.record("draft.started", clinic=clinic, subject=str(month))
    return at


def discard(portal: Portal, user: User, *, clinic: str, month: Month) -> None:
    """Throw the user's own draft away."""
    check_may_see_clinic(user, clinic)
    with portal.writing(user) as scoped:
        if drafts.remove(scoped, username=user.username, clinic=clinic, month=month):
            scoped.record("draft.discarded", clinic=clinic, subject=str(month))


def _storable(texts: Mapping[str, str]) -> dict[str, str]:
    return {
        measure: text[:LONGEST_TEXT]
        for measure, text in texts.items()
        if measure in MEASURES_BY_CODE and text.strip() and not holds_personal_number(text)
    }


def _sent(answers: Mapping[str, Answer]) -> dict[str, str]:
    """Return the texts of the version that was sent."""
    return {measure: _text(answer) for measure, answer in answers.items()}


def _text(answer: Answer) -> str:
    return answer.reason.label if answer.reason else str(answer.value)

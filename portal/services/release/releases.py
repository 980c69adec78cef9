"""Release a month: the only way regional figures reach clinics, through the disclosure rules."""

import json
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from db import audit, planner
from db.registry import clinics
from db.release import releases
from db.release.releases import NewRelease
from db.reporting import submissions, values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import CALENDAR, User, check_is_region
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.registry.values import Answer
from portal.domain.release.cells import Cell
from portal.domain.release.contributions import Answers
from portal.domain.release.months import MonthSoFar, PastRelease, parts_printed, plan_month
from portal.domain.release.standing import Released
from portal.domain.reporting.submissions import State
from portal.services.context import Portal, Writing
from portal.services.letters import posting, sheet_letters
from portal.services.refused import Refused
from portal.services.release import forecasts


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a release would do: who is in, and each cell shown, hidden or kept from before (R5)."""

    month: Month
    number: int
    contributing: tuple[Clinic, ...]
    unreviewed: tuple[Clinic, ...]  # of the contributing: those whose month nobody has approved
    missing: tuple[Clinic, ...]
    held_clinics: tuple[Clinic, ...]  # sent a version with an implausible value, not approved (R11)
    cells: tuple[Cell, ...]

    @property
    def shown(self) -> tuple[Indicator, ...]:
        return tuple(cell.indicator for cell in self.cells if cell.figure)

    @property
    def hidden(self) -> tuple[Indicator, ...]:
        return tuple(cell.indicator for cell in self.cells if not cell.figure and not cell.is_kept)

    @property
    def kept(self) -> tuple[Indicator, ...]:
        return tuple(cell.indicator for cell in self.cells if cell.is_kept)

    @property
    def printed(self) -> dict[str, list[str]]:
        """What of each shown figure is put before the clinics: a mean may be left out."""
        return {cell.indicator.code: sorted(parts_printed(cell)) for cell in self.cells if cell.figure}

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def changed(self) -> list[str]:
        """Which figures clinics read otherwise than after the release before; of the first, none."""
        return [cell.indicator.code for cell in self.cells if cell.changes and not self.is_first]

    @property
    def is_complete(self) -> bool:
        """Whether all that owe the month have sent it and all that was sent is approved."""
        return not (self.missing or self.held_clinics or self.unreviewed)

    @property
    def would_change(self) -> bool:
        """Whether the clinics would read anything else after it."""
        return self.is_first or any(cell.changes for cell in self.cells)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    preview: Preview
    inputs: Mapping[str, int]


def preview(portal: Portal, user: User, month: Month) -> Preview:
    """Say what a release of the month would show; raises Refused, AccessDenied. Asked again after a write only."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        key = ("release", month, portal.clock.today, portal.rules, audit.figures_version(scoped))
        return portal.memo.get(key, lambda: _plan(portal, scoped, month).preview)


def release(portal: Portal, user: User, month: Month) -> Preview:
    """Compute and store the month's regional figures; raises Refused, AccessDenied."""
    check_is_region(user)
    with portal.writing(user) as scoped:
        outcome = _release(portal, scoped, user, month)
        forecasts.renew(scoped, [month])
        planner.note_sizes(scoped)
    posting.send_waiting_beside(portal)
    return outcome


def release_due(portal: Portal, user: User, *, opened_by: str = "") -> list[Preview]:
    """Release every month whose release day has come, with what has been sent by then.

    One transaction, and what is due is read inside it: of two at once, the second finds nothing left. Letters tell
    of the newest month alone: a history that was read in makes years of them due.
    """
    check_is_region(user)
    with portal.writing(user) as scoped:
        due = _due(portal, scoped)
        previews = [
            _release(portal, scoped, user, month, opened_by=opened_by, is_told=month == due[-1])
            for month in due
        ]
        if due:
            forecasts.renew(scoped, due)
            planner.note_sizes(scoped)
    if due:
        posting.send_waiting_beside(portal)
    return previews


def release_on_the_day(portal: Portal, first: User) -> list[Preview]:
    """Release what is due, done by whoever opens a page first that day; every later view costs nothing.

    The calendar does it, not that person: a clinic's user may be the first, and sees no more for it.
    """
    if not portal.daily.is_first("release", portal.clock.today):
        return []
    with portal.reading(CALENDAR) as scoped:
        if not _due(portal, scoped):
            return []
    return release_due(portal, CALENDAR, opened_by=first.username)


def _due(portal: Portal, scoped: ScopedConnection) -> list[Month]:
    last = latest_whole_month(portal.clock.today)
    released = releases.list_newest(scoped, first=portal.calendar.first_month, last=last)
    return [
        month
        for month in months_between(portal.calendar.first_month, last)
        if month not in released
        and portal.calendar.release_date(month) <= portal.clock.today
        and submissions.newest_usable(scoped, month=month)
    ]


def _release(
    portal: Portal, scoped: Writing, user: User, month: Month, *, opened_by: str = "", is_told: bool = True
) -> Preview:
    plan = _plan(portal, scoped, month)
    new = NewRelease(
        month=month,
        number=plan.preview.number,
        released_by=user.username,
        released_at=portal.clock.now,
        rules=json.dumps({**asdict(portal.rules), **_noted(plan.preview)}),
        inputs=plan.inputs,
    )
    release_id = releases.add(scoped, new)
    replaced = {cell.indicator.code: cell.figure for cell in plan.preview.cells if not cell.is_kept}
    releases.replace_figures(scoped, month=month, release_id=release_id, figures=replaced)
    is_written = is_told and plan.preview.would_change
    letters = sheet_letters.write(portal, scoped, month, is_first=plan.preview.is_first) if is_written else 0
    noted = {"letters": letters, "opened_by": opened_by}
    details = _recorded(portal, plan) | {name: value for name, value in noted.items() if value}
    scoped.record("month.released", subject=str(month), details=details)
    return plan.preview


def _recorded(portal: Portal, plan: _Plan) -> dict[str, Any]:
    """Return what the log says of a release: the rules it followed, what it rests on and what became of each."""
    preview = plan.preview
    return {
        "number": preview.number,
        "rules": asdict(portal.rules),
        "inputs": dict(plan.inputs),
        "shown": [indicator.code for indicator in preview.shown],
        "hidden": [indicator.code for indicator in preview.hidden],
        "kept": [indicator.code for indicator in preview.kept],
        "held": [clinic.code for clinic in preview.held_clinics],
    }


def _noted(preview: Preview) -> dict[str, Any]:
    """Return what is kept of a release beside its rules: what it put before the clinics, and what it changed."""
    shown_codes = [indicator.code for indicator in preview.shown]
    return {"shown": shown_codes, "printed": preview.printed, "changed": preview.changed}


def _plan(portal: Portal, scoped: ScopedConnection, month: Month) -> _Plan:
    if month > latest_whole_month(portal.clock.today):
        raise Refused(f"{month.label.capitalize()} är inte slut och kan inte släppas.")
    usable = {submission.clinic: submission for submission in submissions.newest_usable(scoped, month=month)}
    inputs = {clinic: submission.id for clinic, submission in usable.items()}
    if not inputs:
        raise Refused(f"Inget som kan ingå är inskickat för {month.label}: det finns inget att släppa.")
    register = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    newest = releases.list_newest(scoped, first=month, last=month).get(month)
    held_codes = _codes_of_held(scoped, month)
    unreviewed = {code for code, submission in usable.items() if submission.state is State.SENT}
    owing = {code for code, clinic in register.items() if clinic.is_open(month)}
    month_preview = Preview(
        month=month,
        number=newest.number + 1 if newest else 1,
        contributing=_with_codes(register, inputs),
        unreviewed=_with_codes(register, unreviewed),
        missing=_with_codes(register, owing - inputs.keys() - held_codes),
        held_clinics=_with_codes(register, held_codes),
        cells=_cells(portal, scoped, month, _answers(scoped, inputs), register),
    )
    return _Plan(inputs=inputs, preview=month_preview)


def _codes_of_held(scoped: ScopedConnection, month: Month) -> set[str]:
    current = submissions.list_current(scoped, months=[month])
    return {
        submission.clinic for submission in current if submission.state is State.SENT and submission.is_held
    }


def _with_codes(register: Mapping[str, Clinic], codes: Collection[str]) -> tuple[Clinic, ...]:
    """Return the clinics with these codes, in the register's order."""
    return tuple(clinic for code, clinic in register.items() if code in codes)


def _cells(
    portal: Portal,
    scoped: ScopedConnection,
    month: Month,
    answers: Answers,
    register: Mapping[str, Clinic],
) -> tuple[Cell, ...]:
    figures = releases.list_figures(scoped, first=month, last=month)
    current = {code: figure for (_, code), figure in figures.items()}
    so_far = MonthSoFar(
        before=current,
        behind=_answers_behind(scoped, current),
        releases=_past_releases(scoped, month),
    )
    return plan_month(answers, so_far=so_far, register=register, rules=portal.rules)


def _answers_behind(
    scoped: ScopedConnection, current: Mapping[str, Released]
) -> dict[str, dict[str, Mapping[str, Answer]]]:
    """Return, by indicator, the answers that the figure shown now was computed from.

    Not those of the newest release: a figure that R5 kept still stands on an older one, and
    comparing it with the newest would let one owner's correction through at the next release.
    """
    answers = {
        id_: _answers(scoped, releases.list_inputs(scoped, release_id=id_))
        for id_ in {figure.release_id for figure in current.values()}
    }
    return {code: answers[figure.release_id] for code, figure in current.items()}


def _past_releases(scoped: ScopedConnection, month: Month) -> list[PastRelease]:
    """Return every release of the month, with what it printed (R5, R13).

    A figure that was taken back has still been read: three owners may change and one of them change back.
    """
    return [
        PastRelease(answers=_answers(scoped, releases.list_inputs(scoped, release_id=id_)), parts=parts)
        for id_, parts in releases.list_printed(scoped, month=month).items()
    ]


def _answers(scoped: ScopedConnection, inputs: Mapping[str, int]) -> dict[str, Mapping[str, Answer]]:
    by_submission = values.of_submissions(scoped, submission_ids=list(inputs.values()))
    return {clinic: by_submission[id_] for clinic, id_ in inputs.items()}

"""Release a month: the only way regional figures reach clinics, through the disclosure rules."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from db.registry import clinics
from db.release import releases
from db.release.releases import NewRelease
from db.reporting import submissions, values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import CALENDAR, User, check_is_region
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Indicator
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.registry.values import Answer
from portal.domain.release.cells import Answers, Cell, plan_cell
from portal.domain.release.standing import Released
from portal.domain.reporting.submissions import State
from portal.services.context import Portal, Writing
from portal.services.refused import Refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a release would do: who is in, and each cell shown, hidden or kept from before (R5)."""

    month: Month
    number: int
    contributing: tuple[Clinic, ...]
    unreviewed: tuple[Clinic, ...]  # of the contributing: those whose month nobody has approved
    missing: tuple[Clinic, ...]
    held: tuple[Clinic, ...]  # sent a version with an implausible value, not approved (R11)
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
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_complete(self) -> bool:
        """Whether all that owe the month have sent it and all that was sent is approved."""
        return not (self.missing or self.held or self.unreviewed)

    @property
    def would_change(self) -> bool:
        """Whether the clinics would read anything else after it."""
        return self.is_first or any(cell.changes for cell in self.cells)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    preview: Preview
    inputs: Mapping[str, int]


def preview(portal: Portal, user: User, month: Month) -> Preview:
    """Say what a release of the month would show; raises Refused, AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return _plan(portal, scoped, month).preview


def release(portal: Portal, user: User, month: Month) -> Preview:
    """Compute and store the month's regional figures; raises Refused, AccessDenied."""
    check_is_region(user)
    with portal.writing(user) as scoped:
        return _release(portal, scoped, user, month)


def release_due(portal: Portal, user: User, *, opened_by: str = "") -> list[Preview]:
    """Release every month whose release day has come, with what has been sent by then.

    One transaction, and what is due is read inside it: of two at once, the second finds nothing left.
    """
    check_is_region(user)
    with portal.writing(user) as scoped:
        return [_release(portal, scoped, user, month, opened_by=opened_by) for month in _due(portal, scoped)]


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
    done = releases.list_newest(scoped, first=portal.calendar.first_month, last=last)
    return [
        month
        for month in months_between(portal.calendar.first_month, last)
        if month not in done
        and portal.calendar.release_date(month) <= portal.clock.today
        and submissions.newest_usable(scoped, month=month)
    ]


def _release(portal: Portal, scoped: Writing, user: User, month: Month, *, opened_by: str = "") -> Preview:
    plan = _plan(portal, scoped, month)
    shown = [indicator.code for indicator in plan.preview.shown]
    new = NewRelease(
        month=month,
        number=plan.preview.number,
        released_by=user.username,
        released_at=portal.clock.now,
        rules=json.dumps({**asdict(portal.rules), "shown": shown}),
        inputs=plan.inputs,
    )
    release_id = releases.add(scoped, new)
    replaced = {cell.indicator.code: cell.figure for cell in plan.preview.cells if not cell.is_kept}
    releases.replace_figures(scoped, month=month, release_id=release_id, figures=replaced)
    scoped.record(
        "month.released",
        subject=str(month),
        details={
            "number": plan.preview.number,
            "rules": asdict(portal.rules),
            "inputs": dict(plan.inputs),
            "shown": shown,
            "hidden": [indicator.code for indicator in plan.preview.hidden],
            "kept": [indicator.code for indicator in plan.preview.kept],
            "held": [clinic.code for clinic in plan.preview.held],
            **({"opened_by": opened_by} if opened_by else {}),
        },
    )
    return plan.preview


def _plan(portal: Portal, scoped: ScopedConnection, month: Month) -> _Plan:
    if month > latest_whole_month(portal.clock.today):
        raise Refused(f"{month.label.capitalize()} är inte slut och kan inte släppas.")
    known = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    usable = {sent.clinic: sent for sent in submissions.newest_usable(scoped, month=month)}
    inputs = {clinic: found.id for clinic, found in usable.items()}
    if not inputs:
        raise Refused(f"Inget som kan ingå är inskickat för {month.label}: det finns inget att släppa.")
    newest = releases.list_newest(scoped, first=month, last=month).get(month)
    owing = [clinic for clinic in known.values() if clinic.is_open(month)]
    sent = submissions.list_current(scoped, months=[month])
    held = {found.clinic for found in sent if found.state is State.SENT and found.is_held}
    return _Plan(
        inputs=inputs,
        preview=Preview(
            month=month,
            number=newest.number + 1 if newest else 1,
            contributing=tuple(known[code] for code in known if code in inputs),
            unreviewed=tuple(
                known[code] for code in known if code in usable and usable[code].state is State.SENT
            ),
            missing=tuple(clinic for clinic in owing if clinic.code not in {*inputs, *held}),
            held=tuple(known[code] for code in known if code in held),
            cells=_cells(portal, scoped, month, _answers(scoped, inputs), known),
        ),
    )


def _cells(
    portal: Portal,
    scoped: ScopedConnection,
    month: Month,
    answers: Answers,
    known: Mapping[str, Clinic],
) -> tuple[Cell, ...]:
    figures = releases.list_figures(scoped, first=month, last=month)
    seen = {code: found for (_, code), found in figures.items()}
    behind, earlier = _answers_behind(scoped, seen), _answers_shown(scoped, month)
    return tuple(
        plan_cell(
            indicator,
            answers=answers,
            behind=behind.get(indicator.code),
            earlier=[found for found, codes in earlier if indicator.code in codes],
            before=seen.get(indicator.code),
            known=known,
            rules=portal.rules,
        )
        for indicator in MONTHLY_INDICATORS
    )


def _answers_behind(
    scoped: ScopedConnection, seen: Mapping[str, Released]
) -> dict[str, dict[str, Mapping[str, Answer]]]:
    """Return, by indicator, the answers that the figure shown now was computed from.

    Not those of the newest release: a figure that R5 kept still stands on an older one, and
    comparing it with the newest would let one owner's correction through at the next release.
    """
    answers = {
        id_: _answers(scoped, releases.list_inputs(scoped, release_id=id_))
        for id_ in {figure.release_id for figure in seen.values()}
    }
    return {code: answers[figure.release_id] for code, figure in seen.items()}


def _answers_shown(scoped: ScopedConnection, month: Month) -> list[tuple[Answers, frozenset[str]]]:
    """Return, for every release of the month, its answers and the indicators whose figures it showed (R5).

    A figure that was taken back has still been read: three owners may change and one of them change back.
    """
    return [
        (_answers(scoped, releases.list_inputs(scoped, release_id=id_)), codes)
        for id_, codes in releases.list_shown(scoped, month=month).items()
    ]


def _answers(scoped: ScopedConnection, inputs: Mapping[str, int]) -> dict[str, Mapping[str, Answer]]:
    found = values.of_submissions(scoped, submission_ids=list(inputs.values()))
    return {clinic: found[id_] for clinic, id_ in inputs.items()}

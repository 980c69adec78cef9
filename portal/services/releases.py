"""Release a month: the only way regional figures reach clinics, through the disclosure rules."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from db import audit, clinics, releases, submissions, values
from db.scoping import ScopedConnection
from portal.domain.access import User, check_is_region
from portal.domain.annual import Figure, RegionalFigure, figure_of_month, regional_figure
from portal.domain.clinics import Clinic
from portal.domain.disclosure import Rules, may_replace, may_show_count, may_show_share
from portal.domain.indicators import MONTHLY_INDICATORS, Indicator, Kind
from portal.domain.months import Month, latest_whole_month, months_between
from portal.domain.submissions import State
from portal.domain.values import Answer, MissingReason, Ratio
from portal.services.context import Portal


class ReleaseRefused(Exception):
    """The month can't be released now; the message is Swedish and says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Preview:
    """What a release would do: who is in, what is shown, hidden, or kept from before (R5)."""

    month: Month
    number: int
    contributing: tuple[Clinic, ...]
    missing: tuple[Clinic, ...]
    held: tuple[Clinic, ...]  # sent a version with an implausible value, not approved (R11)
    shown: tuple[Indicator, ...]
    hidden: tuple[Indicator, ...]
    kept: tuple[Indicator, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Plan:
    preview: Preview
    inputs: Mapping[str, int]
    figures: Mapping[str, RegionalFigure | None]  # the cells to replace


def preview(portal: Portal, user: User, month: Month) -> Preview:
    """Say what a release of the month would show; raises ReleaseRefused, AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        return _plan(portal, scoped, month).preview


def release(portal: Portal, user: User, month: Month) -> Preview:
    """Compute and store the month's regional figures; raises ReleaseRefused, AccessDenied."""
    check_is_region(user)
    with portal.writing(user) as scoped:
        return _release(portal, scoped, user, month)


def release_due(portal: Portal, user: User) -> list[Preview]:
    """Release every month whose release day has come, with what has been sent by then."""
    check_is_region(user)
    last = latest_whole_month(portal.clock.today)
    with portal.writing(user) as scoped:
        done = releases.list_newest(scoped, first=portal.calendar.first_month, last=last)
        due = [
            month
            for month in months_between(portal.calendar.first_month, last)
            if month not in done and portal.calendar.release_date(month) <= portal.clock.today
        ]
        return [
            _release(portal, scoped, user, month)
            for month in due
            if submissions.newest_usable(scoped, month=month)
        ]


def _release(portal: Portal, scoped: ScopedConnection, user: User, month: Month) -> Preview:
    plan = _plan(portal, scoped, month)
    at = portal.clock.now
    release_id = releases.add(
        scoped,
        month=month,
        number=plan.preview.number,
        by=user.username,
        at=at,
        rules=json.dumps(asdict(portal.rules)),
        inputs=plan.inputs,
    )
    releases.replace_figures(scoped, month=month, release_id=release_id, shown=plan.figures)
    audit.add(
        scoped,
        at=at,
        actor=user.username,
        action="month.released",
        subject=str(month),
        details={
            "number": plan.preview.number,
            "rules": asdict(portal.rules),
            "inputs": dict(plan.inputs),
            "shown": [indicator.code for indicator in plan.preview.shown],
            "hidden": [indicator.code for indicator in plan.preview.hidden],
            "kept": [indicator.code for indicator in plan.preview.kept],
            "held": [clinic.code for clinic in plan.preview.held],
        },
    )
    return plan.preview


def _plan(portal: Portal, scoped: ScopedConnection, month: Month) -> _Plan:
    if month > latest_whole_month(portal.clock.today):
        raise ReleaseRefused(f"{month.label.capitalize()} är inte slut och kan inte släppas.")
    known = {clinic.code: clinic for clinic in clinics.list_in_scope(scoped)}
    inputs = {sent.clinic: sent.id for sent in submissions.newest_usable(scoped, month=month)}
    if not inputs:
        raise ReleaseRefused(
            f"Inget som kan ingå är inskickat för {month.label}: det finns inget att släppa."
        )
    answers = _answers(scoped, inputs)
    newest = releases.list_newest(scoped, first=month, last=month).get(month)
    before = _answers_behind(scoped, month)
    cells = {
        indicator: _cell(indicator, answers, known, portal.rules)
        for indicator in MONTHLY_INDICATORS
        if indicator.code not in before
        or _may_replace(indicator, before[indicator.code], answers, known, portal.rules)
    }
    owing = [clinic for clinic in known.values() if clinic.is_open(month)]
    sent = submissions.list_current(scoped, months=[month])
    held = {found.clinic for found in sent if found.state is State.SENT and found.is_held}
    return _Plan(
        inputs=inputs,
        figures={indicator.code: found for indicator, found in cells.items()},
        preview=Preview(
            month=month,
            number=newest.number + 1 if newest else 1,
            contributing=tuple(known[code] for code in known if code in inputs),
            missing=tuple(clinic for clinic in owing if clinic.code not in {*inputs, *held}),
            held=tuple(known[code] for code in known if code in held),
            shown=tuple(indicator for indicator, found in cells.items() if found),
            hidden=tuple(indicator for indicator, found in cells.items() if not found),
            kept=tuple(indicator for indicator in MONTHLY_INDICATORS if indicator not in cells),
        ),
    )


def _answers_behind(scoped: ScopedConnection, month: Month) -> dict[str, dict[str, Mapping[str, Answer]]]:
    """Return, by indicator, the answers that the figure shown now was computed from.

    Not those of the newest release: a figure that R5 kept still stands on an older one, and
    comparing it with the newest would let one owner's correction through at the next release.
    """
    shown = releases.list_figures(scoped, first=month, last=month)
    answers = {
        id_: _answers(scoped, releases.list_inputs(scoped, release_id=id_))
        for id_ in {figure.release_id for figure in shown.values()}
    }
    return {code: answers[figure.release_id] for (_, code), figure in shown.items()}


def _answers(scoped: ScopedConnection, inputs: Mapping[str, int]) -> dict[str, Mapping[str, Answer]]:
    found = values.of_submissions(scoped, submission_ids=list(inputs.values()))
    return {clinic: found[id_] for clinic, id_ in inputs.items()}


def _figures(indicator: Indicator, answers: Mapping[str, Mapping[str, Answer]]) -> dict[str, Figure]:
    return {
        clinic: figure_of_month(indicator, found, otherwise=MissingReason.NOT_REPORTED)
        for clinic, found in answers.items()
    }


def _cell(
    indicator: Indicator,
    answers: Mapping[str, Mapping[str, Answer]],
    known: Mapping[str, Clinic],
    rules: Rules,
) -> RegionalFigure | None:
    """Return the rounded figure clinics may see, or None to hide it."""
    figures = {code: found for code, found in _figures(indicator, answers).items() if found.value is not None}
    if not figures or not _may_show(indicator, figures, known, rules):
        return None
    together = regional_figure(indicator, figures.values())
    without_patients = {known[code].provider for code, found in figures.items() if not found.patients}
    if indicator.is_rate and 0 < len(without_patients) < rules.owners:
        # The sum less what the rate stands for would be the value of those few owners.
        together = replace(together, value=None)
    return _rounded(indicator, together)


def _may_show(
    indicator: Indicator, figures: Mapping[str, Figure], known: Mapping[str, Clinic], rules: Rules
) -> bool:
    if indicator.kind is Kind.PERCENT:
        return may_show_share(
            {owner: Ratio(over, under) for owner, (over, under) in _by_owner(figures, known).items()},
            rules,
        )
    sides = _by_owner(figures, known)
    over = {owner: round(pair[0]) for owner, pair in sides.items()}
    if indicator.kind is not Kind.QUOTIENT:
        return may_show_count(over, rules)
    under = {owner: round(pair[1]) for owner, pair in sides.items()}
    return may_show_count(over, rules) and may_show_count(under, rules)


def _by_owner(figures: Mapping[str, Figure], known: Mapping[str, Clinic]) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for code, figure in figures.items():
        over, under = found.get(known[code].provider, (0.0, 0.0))
        found[known[code].provider] = (
            over + (figure.numerator or 0),
            under + (figure.denominator or 0),
        )
    return found


def _may_replace(
    indicator: Indicator,
    before: Mapping[str, Mapping[str, Answer]],
    now: Mapping[str, Mapping[str, Answer]],
    known: Mapping[str, Clinic],
    rules: Rules,
) -> bool:
    def contributions(answers: Mapping[str, Mapping[str, Answer]]) -> dict[str, Any]:
        figures = _figures(indicator, answers)
        return {
            known[code].provider + "/" + code: (found.numerator, found.denominator, found.patients)
            for code, found in figures.items()
            if found.value is not None
        }

    old, new = _per_owner(contributions(before)), _per_owner(contributions(now))
    return may_replace(old, new, rules)


def _per_owner(contributions: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, list[object]] = {}
    for key in sorted(contributions):
        found.setdefault(key.partition("/")[0], []).append((key, contributions[key]))
    return {owner: tuple(parts) for owner, parts in found.items()}


def _rounded(indicator: Indicator, figure: RegionalFigure) -> RegionalFigure:
    """Round as every clinic sees it (R7): counts whole, shares by how many cases they rest on."""
    digits = 1
    if indicator.is_share and (figure.denominator or 0) < 100:
        digits = 0
    if indicator.denominator is None:
        return replace(figure, rate=_round(figure.rate, 1), denominator=None)
    return replace(
        figure,
        value=_round(figure.value, digits),
        pooled=_round(figure.pooled, digits),
        mean_of_clinics=_round(figure.mean_of_clinics, digits),
    )


def _round(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value + 1e-9, digits)

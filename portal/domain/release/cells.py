"""One cell of a release: what an indicator's regional figure would be, and what the rules say about it.

Pure functions over answers that were read; `portal.services.release.releases` reads and stores.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations
from typing import Any

from portal.domain.registry.annual import Figure, RegionalFigure, figure_of_month, regional_figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import PATIENTS, Indicator, Kind
from portal.domain.registry.values import Answer, MissingReason, Ratio
from portal.domain.release.disclosure import (
    Hidden,
    Rules,
    changed_owners,
    is_rest_safe,
    may_replace,
    round_figure,
    why_hide_count,
    why_hide_share,
)
from portal.domain.release.standing import Released


Answers = Mapping[str, Mapping[str, Answer]]  # clinic → measure → answer


class CellOutcome(StrEnum):
    """What a release does with the figure that clinics see."""

    SHOWN = "shown"  # for the first time, or with another value than before
    UNCHANGED = "unchanged"
    HIDDEN = "hidden"
    KEPT = "kept"  # the older figure stays, by R5


@dataclass(frozen=True, kw_only=True, slots=True)
class Cell:
    """One indicator in a release, with what the region may know about why."""

    indicator: Indicator
    figure: RegionalFigure | None  # what would be stored; None hides it
    before: Released | None  # what clinics see now
    why: Hidden | None  # why it is hidden
    owners: int  # with a value
    changed_owners: int  # since the figure that clinics see now was computed
    is_kept: bool

    @property
    def outcome(self) -> CellOutcome:
        if self.is_kept:
            return CellOutcome.KEPT
        if self.figure is None:
            return CellOutcome.HIDDEN
        return CellOutcome.SHOWN if self.changes else CellOutcome.UNCHANGED

    @property
    def is_rate_only(self) -> bool:
        """Whether the sum is left out, since it would tell what few owners without patients have."""
        return self.figure is not None and self.figure.value is None and self.figure.rate is not None

    @property
    def changes(self) -> bool:
        """Whether clinics would read something else than now."""
        if self.is_kept:
            return False
        if self.before is None:
            return True
        return _as_read(self.figure) != (
            (self.before.value, self.before.pooled, self.before.mean_of_clinics, self.before.rate)
            if self.before.is_shown
            else None
        )


def _as_read(figure: RegionalFigure | None) -> tuple[float | None, ...] | None:
    return (figure.value, figure.pooled, figure.mean_of_clinics, figure.rate) if figure else None


def plan_cell(
    indicator: Indicator,
    *,
    answers: Answers,
    behind: Answers | None,
    earlier: Sequence[Answers] = (),
    before: Released | None,
    known: Mapping[str, Clinic],
    rules: Rules,
) -> Cell:
    """Say what a release would do with one indicator.

    `behind`: the answers that the figure shown now was computed from; None before the first release.
    `earlier`: those behind figures that were shown before it. Whoever kept them can subtract, too.
    """
    figures = {code: found for code, found in _figures(indicator, answers).items() if found.value is not None}
    changed = _changed(indicator, behind or {}, answers, known)
    seen = [*earlier, *([] if behind is None else [behind])]
    is_kept = not all(may_replace(*_changed(indicator, one, answers, known), rules) for one in seen)
    why = Hidden.NO_DATA if not figures else _why_hide(indicator, figures, known, rules)
    if why is None and indicator.kind is Kind.QUOTIENT:
        why = _why_hide_beside_counts(indicator, set(figures), answers, known, rules)
    return Cell(
        indicator=indicator,
        figure=None if why or is_kept else _shown(indicator, figures, _patients(answers), known, rules),
        before=before,
        why=why,
        owners=len({known[code].provider for code in figures}),
        changed_owners=len(changed_owners(*changed)) if behind is not None else 0,
        is_kept=is_kept,
    )


def _figures(indicator: Indicator, answers: Mapping[str, Mapping[str, Answer]]) -> dict[str, Figure]:
    return {
        clinic: figure_of_month(indicator, found, otherwise=MissingReason.NOT_REPORTED)
        for clinic, found in answers.items()
    }


def _shown(
    indicator: Indicator,
    figures: Mapping[str, Figure],
    patients: Mapping[str, int],
    known: Mapping[str, Clinic],
    rules: Rules,
) -> RegionalFigure:
    """Return the rounded figure clinics may see; `patients` are those of every clinic that reported them."""
    together = _rounded(indicator, regional_figure(indicator, figures.values()))
    if not indicator.is_rate:
        return together
    comparable = {code: found for code, found in figures.items() if found.patients}
    counted = _sums(known, {code: found.numerator or 0 for code, found in comparable.items()})
    beneath = _sums(known, {code: found.patients or 0 for code, found in comparable.items()})
    if why_hide_count(counted, rules) or why_hide_count(beneath, rules):
        return replace(together, rate=None, denominator=None)
    counts = {code: found.numerator or 0 for code, found in figures.items()}
    if _is_rest_safe(counts, comparable, known, rules) and _is_rest_safe(patients, comparable, known, rules):
        return together
    # R4: the sum less what the rate stands for, or the patients less those behind it, would be few owners'.
    return replace(together, value=None)


def _sums(known: Mapping[str, Clinic], of_clinics: Mapping[str, float]) -> dict[str, int]:
    found: dict[str, int] = {}
    for code, value in of_clinics.items():
        found[known[code].provider] = found.get(known[code].provider, 0) + round(value)
    return found


def _patients(answers: Answers) -> dict[str, int]:
    """Return the current patients of each clinic that has said how many, none too."""
    return _counts_of(PATIENTS, answers)


def _why_hide(
    indicator: Indicator, figures: Mapping[str, Figure], known: Mapping[str, Clinic], rules: Rules
) -> Hidden | None:
    sides = _by_owner(figures, known)
    if indicator.kind is Kind.PERCENT:
        return why_hide_share({owner: Ratio(over, under) for owner, (over, under) in sides.items()}, rules)
    over = {owner: round(pair[0]) for owner, pair in sides.items()}
    why = why_hide_count(over, rules)
    if why or indicator.kind is not Kind.QUOTIENT:
        return why
    return why_hide_count({owner: round(pair[1]) for owner, pair in sides.items()}, rules)


def _why_hide_beside_counts(
    indicator: Indicator, within: Collection[str], answers: Answers, known: Mapping[str, Clinic], rules: Rules
) -> Hidden | None:
    """R4 for a quotient of two counts that are released, too.

    With one side's sum known it gives the other's, over the clinics that have both. So on either side
    the clinics with a value, those with both, and those with patients, too, may not differ by few owners.
    """
    patients = {code for code, count in _patients(answers).items() if count}
    for measure in (indicator.numerator, indicator.denominator):
        whole = _counts_of(measure, answers)
        both = set(within)
        parts = [whole.keys(), whole.keys() & both, whole.keys() & patients, whole.keys() & both & patients]
        for one, other in combinations(parts, 2):
            apart = one ^ other
            if not _is_rest_safe({code: whole[code] for code in apart}, (), known, rules):
                return Hidden.REST
    return None


def _is_rest_safe(
    whole: Mapping[str, float], part: Collection[str], known: Mapping[str, Clinic], rules: Rules
) -> bool:
    """R4: whether what the clinics in the whole and not in the part have may be told; nothing is a value, too."""
    return is_rest_safe(_sums(known, {code: whole[code] for code in whole if code not in part}), rules)


def _counts_of(measure: str | None, answers: Answers) -> dict[str, int]:
    """Return the clinics' counts of one measure."""
    found = {code: given.get(measure or "") for code, given in answers.items()}
    return {code: answer.value for code, answer in found.items() if answer and answer.value is not None}


def _by_owner(figures: Mapping[str, Figure], known: Mapping[str, Clinic]) -> dict[str, tuple[float, float]]:
    found: dict[str, tuple[float, float]] = {}
    for code, figure in figures.items():
        over, under = found.get(known[code].provider, (0.0, 0.0))
        found[known[code].provider] = (
            over + (figure.numerator or 0),
            under + (figure.denominator or 0),
        )
    return found


def _changed(
    indicator: Indicator, before: Answers, now: Answers, known: Mapping[str, Clinic]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return each owner's contribution before and now."""

    def contributions(answers: Answers) -> dict[str, Any]:
        figures = _figures(indicator, answers)
        return {
            known[code].provider + "/" + code: (found.numerator, found.denominator, found.patients)
            for code, found in figures.items()
            if found.value is not None
        }

    return _per_owner(contributions(before)), _per_owner(contributions(now))


def _per_owner(contributions: Mapping[str, Any]) -> dict[str, object]:
    found: dict[str, list[object]] = {}
    for key in sorted(contributions):
        found.setdefault(key.partition("/")[0], []).append((key, contributions[key]))
    return {owner: tuple(parts) for owner, parts in found.items()}


def _rounded(indicator: Indicator, figure: RegionalFigure) -> RegionalFigure:
    """R7: as every clinic sees it."""
    if indicator.denominator is None:
        return replace(figure, rate=round_figure(figure.rate))
    cases = figure.denominator or 0 if indicator.is_share else None
    return replace(
        figure,
        value=round_figure(figure.value, cases=cases),
        pooled=round_figure(figure.pooled, cases=cases),
        mean_of_clinics=round_figure(figure.mean_of_clinics, cases=cases),
    )

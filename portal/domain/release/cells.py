"""One cell of a release: what an indicator's regional figure would be, and what the rules say about it.

Pure functions over answers that were read; `portal.services.release.releases` reads and stores.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import combinations

from portal.domain.registry.annual import (
    Figure,
    RegionalFigure,
    figure_of_month,
    is_contribution,
    regional_figure,
)
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


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownSoFar:
    """What clinics have been shown of one indicator and month.

    `behind`: the answers that the figure shown now was computed from; None before the first release.
    `earlier`: those behind figures that were shown before it. Whoever kept them can subtract, too.
    """

    before: Released | None = None
    behind: Answers | None = None
    earlier: Sequence[Answers] = ()


def plan_cell(
    indicator: Indicator,
    *,
    answers: Answers,
    shown_so_far: ShownSoFar,
    register: Mapping[str, Clinic],
    rules: Rules,
) -> Cell:
    """Say what a release would do with one indicator."""
    figures = _contributing(indicator, answers)
    is_kept = not _may_replace_all(indicator, answers, shown_so_far, register, rules)
    has_value = any(figure.value is not None for figure in figures.values())
    why = _why_hide(indicator, figures, register, rules) if has_value else Hidden.NO_DATA
    if why is None and indicator.kind is Kind.QUOTIENT:
        why = _why_hide_beside_counts(indicator, set(figures), answers, register, rules)
    is_shown = why is None and not is_kept
    owners = {register[code].owner for code in figures}
    return Cell(
        indicator=indicator,
        figure=_shown(indicator, figures, _patients(answers), register, rules) if is_shown else None,
        before=shown_so_far.before,
        why=why,
        owners=len(owners),
        changed_owners=_count_changed(indicator, answers, shown_so_far.behind, register),
        is_kept=is_kept,
    )


def _may_replace_all(
    indicator: Indicator,
    answers: Answers,
    shown_so_far: ShownSoFar,
    register: Mapping[str, Clinic],
    rules: Rules,
) -> bool:
    """R5 against every figure ever shown: each of them may be replaced by what the answers give."""
    behind = [] if shown_so_far.behind is None else [shown_so_far.behind]
    return all(
        may_replace(*_changed(indicator, answers_then, answers, register), rules)
        for answers_then in (*shown_so_far.earlier, *behind)
    )


def _count_changed(
    indicator: Indicator, answers: Answers, behind: Answers | None, register: Mapping[str, Clinic]
) -> int:
    if behind is None:
        return 0
    return len(changed_owners(*_changed(indicator, behind, answers, register)))


def _contributing(indicator: Indicator, answers: Answers) -> dict[str, Figure]:
    """Return the figure of each clinic that the region's counts: clinic → figure."""
    figures = {
        clinic: figure_of_month(indicator, clinic_answers, otherwise=MissingReason.NOT_REPORTED)
        for clinic, clinic_answers in answers.items()
    }
    return {clinic: figure for clinic, figure in figures.items() if is_contribution(indicator, figure)}


def _shown(
    indicator: Indicator,
    figures: Mapping[str, Figure],
    patients: Mapping[str, int],
    register: Mapping[str, Clinic],
    rules: Rules,
) -> RegionalFigure:
    """Return the rounded figure clinics may see; `patients` are those of every clinic that reported them."""
    together = _rounded(indicator, regional_figure(indicator, figures.values()))
    if not indicator.is_rate:
        return together
    comparable = {code: figure for code, figure in figures.items() if figure.patients}
    counted = _sums(register, _numerators(comparable))
    beneath = _sums(register, {code: figure.patients or 0 for code, figure in comparable.items()})
    if why_hide_count(counted, rules) or why_hide_count(beneath, rules):
        return replace(together, rate=None, denominator=None)
    counts = _numerators(figures)
    if _is_rest_safe(counts, comparable, register, rules) and _is_rest_safe(
        patients, comparable, register, rules
    ):
        return together
    # R4: the sum less what the rate stands for, or the patients less those behind it, would be few owners'.
    return replace(together, value=None)


def _numerators(figures: Mapping[str, Figure]) -> dict[str, float]:
    return {code: figure.numerator or 0 for code, figure in figures.items()}


def _sums(register: Mapping[str, Clinic], of_clinics: Mapping[str, float]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for code, value in of_clinics.items():
        owner = register[code].owner
        sums[owner] = sums.get(owner, 0) + round(value)
    return sums


def _patients(answers: Answers) -> dict[str, int]:
    """Return the current patients of each clinic that has said how many, none too."""
    return _counts_of(PATIENTS, answers)


def _why_hide(
    indicator: Indicator, figures: Mapping[str, Figure], register: Mapping[str, Clinic], rules: Rules
) -> Hidden | None:
    sides = _by_owner(figures, register)
    if indicator.kind is Kind.PERCENT:
        return why_hide_share({owner: Ratio(over, under) for owner, (over, under) in sides.items()}, rules)
    over = {owner: round(pair[0]) for owner, pair in sides.items()}
    why = why_hide_count(over, rules)
    if why or indicator.kind is not Kind.QUOTIENT:
        return why
    return why_hide_count({owner: round(pair[1]) for owner, pair in sides.items()}, rules)


def _why_hide_beside_counts(
    indicator: Indicator,
    within: Collection[str],
    answers: Answers,
    register: Mapping[str, Clinic],
    rules: Rules,
) -> Hidden | None:
    """R4 for a quotient of two counts that are released, too.

    With one side's sum register it gives the other's, over the clinics that have both. So on either side
    the clinics with a value, those with both, and those with patients, too, may not differ by few owners.
    """
    patients = {code for code, count in _patients(answers).items() if count}
    for measure in (indicator.numerator, indicator.denominator):
        counts = _counts_of(measure, answers)
        all_codes, both = counts.keys(), set(within)
        parts = [all_codes, all_codes & both, all_codes & patients, all_codes & both & patients]
        for part, another_part in combinations(parts, 2):
            if not _is_rest_safe({code: counts[code] for code in part ^ another_part}, (), register, rules):
                return Hidden.REST
    return None


def _is_rest_safe(
    counts: Mapping[str, float], part: Collection[str], register: Mapping[str, Clinic], rules: Rules
) -> bool:
    """R4: whether what the clinics in the whole and not in the part have may be told; nothing is a value, too."""
    return is_rest_safe(_sums(register, {code: counts[code] for code in counts if code not in part}), rules)


def _counts_of(measure: str | None, answers: Answers) -> dict[str, int]:
    """Return the clinics' counts of one measure."""
    measure_answers = {code: own.get(measure or "") for code, own in answers.items()}
    return {
        code: answer.value for code, answer in measure_answers.items() if answer and answer.value is not None
    }


def _by_owner(
    figures: Mapping[str, Figure], register: Mapping[str, Clinic]
) -> dict[str, tuple[float, float]]:
    sums: dict[str, tuple[float, float]] = {}
    for code, figure in figures.items():
        owner = register[code].owner
        over, under = sums.get(owner, (0.0, 0.0))
        sums[owner] = (over + (figure.numerator or 0), under + (figure.denominator or 0))
    return sums


def _changed(
    indicator: Indicator, before: Answers, now: Answers, register: Mapping[str, Clinic]
) -> tuple[dict[str, object], dict[str, object]]:
    """Return each owner's contribution before and now."""

    def contributions(answers: Answers) -> dict[str, object]:
        return _contributions(_contributing(indicator, answers), register)

    return contributions(before), contributions(now)


def _contributions(figures: Mapping[str, Figure], register: Mapping[str, Clinic]) -> dict[str, object]:
    parts_of: dict[str, list[object]] = {}
    for code, figure in sorted(figures.items()):
        part = (code, figure.numerator, figure.denominator, figure.patients)
        parts_of.setdefault(register[code].owner, []).append(part)
    return {owner: tuple(parts) for owner, parts in parts_of.items()}


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


def is_figure_of(indicator: Indicator, answers: Answers, released: Released) -> bool:
    """Tell whether a released figure says nothing but what the answers give; a part may be left out.

    Releases made before version 0.4 left out a queue where nobody started.
    """
    figures = list(_contributing(indicator, answers).values())
    with_value = [figure for figure in figures if figure.value is not None]
    return any(
        _says_no_more(released, _rounded(indicator, regional_figure(indicator, of)))
        for of in (figures, with_value)
    )


def _says_no_more(released: Released, whole: RegionalFigure) -> bool:
    pairs = (
        (released.value, whole.value),
        (released.pooled, whole.pooled),
        (released.mean_of_clinics, whole.mean_of_clinics),
        (released.rate, whole.rate),
    )
    return all(shown is None or shown == computed for shown, computed in pairs)

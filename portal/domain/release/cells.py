"""One cell of a release: what an indicator's regional figure would be, and what R1-R5 say about it.

Pure functions over answers that were read; `months` puts a month's cells together.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from portal.domain.registry.annual import RegionalFigure, regional_figure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator, Kind
from portal.domain.registry.values import Ratio
from portal.domain.release.contributions import (
    Answers,
    Register,
    by_owner,
    contributions,
    counts_of,
    denominators,
    numerators,
    patients_of,
    summed_parts,
    sums,
    with_patients,
)
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
    why: Hidden | None  # why it is hidden, or is of fewer clinics than have a value
    owners: int  # with a value
    changed_owners: int  # since the figure that clinics see now was computed
    is_kept: bool
    clinics: frozenset[str]  # behind the figure

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
    def is_mean_left_out(self) -> bool:
        """Whether the mean of clinics is left out, since whole numbers could be told from it."""
        has_mean = self.indicator.denominator is not None
        return self.figure is not None and has_mean and self.figure.mean_of_clinics is None

    @property
    def is_rate_left_out(self) -> bool:
        return self.indicator.is_rate and self.figure is not None and self.figure.rate is None

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

    `behind`: the answers that the figure now was computed from, if it is shown; None before the first release.
    `earlier`: those behind figures that were shown before it. Whoever kept them can subtract, too.
    """

    before: Released | None = None
    behind: Answers | None = None
    earlier: Sequence[Answers] = ()

    @property
    def behind_shown(self) -> Sequence[Answers]:
        """The answers behind every figure that was ever shown: from one that was hidden nothing is subtracted."""
        is_hidden = self.before is not None and not self.before.is_shown
        return self.earlier if self.behind is None or is_hidden else (*self.earlier, self.behind)


def plan_cell(
    indicator: Indicator,
    *,
    answers: Answers,
    shown_so_far: ShownSoFar,
    register: Register,
    rules: Rules,
) -> Cell:
    """Say what a release would do with one indicator by R1-R5, looking at no other figure of the month."""
    figures = contributions(indicator, answers)
    is_kept = not _may_replace_all(indicator, answers, shown_so_far, register, rules)
    why = _why_hide(indicator, answers, register, rules)
    is_shown = why is None and not is_kept
    return Cell(
        indicator=indicator,
        figure=figure_shown(indicator, answers, register, rules) if is_shown else None,
        before=shown_so_far.before,
        why=why,
        owners=len(sums(register, numerators(figures))),
        changed_owners=_count_changed(indicator, answers, shown_so_far.behind, register),
        is_kept=is_kept,
        clinics=frozenset(figures),
    )


def figure_shown(indicator: Indicator, answers: Answers, register: Register, rules: Rules) -> RegionalFigure:
    """Return the rounded figure that clinics may see of an indicator that may be shown."""
    figures = contributions(indicator, answers)
    together = rounded(indicator, regional_figure(indicator, figures.values()))
    if not indicator.is_rate:
        return together
    comparable = with_patients(figures)
    counted = sums(register, numerators(comparable))
    beneath = sums(register, {code: figure.patients for code, figure in comparable.items()})
    if why_hide_count(counted, rules) or why_hide_count(beneath, rules):
        return replace(together, rate=None, denominator=None)
    totals = (numerators(figures), patients_of(answers))
    if all(_is_rest_safe(total, comparable, register, rules) for total in totals):
        return together
    # R4: the sum less what the rate stands for, or the patients less those behind it, would be few owners'.
    return replace(together, value=None)


def _may_replace_all(
    indicator: Indicator, answers: Answers, shown_so_far: ShownSoFar, register: Register, rules: Rules
) -> bool:
    """R5 against every figure ever shown: each of them may be replaced by what the answers give."""
    return all(
        _may_replace(indicator, answers_then, answers, register, rules)
        for answers_then in shown_so_far.behind_shown
    )


def _may_replace(
    indicator: Indicator, before: Answers, now: Answers, register: Register, rules: Rules
) -> bool:
    """Tell whether enough owners changed, and whether each sum's difference may be told."""
    if 0 < len(_changed(indicator, before, now, register)) < rules.owners:
        return False
    parts_before, parts_now = (summed_parts(indicator, answers, register) for answers in (before, now))
    return all(may_replace(old, new, rules) for old, new in zip(parts_before, parts_now, strict=True))


def _changed(indicator: Indicator, before: Answers, now: Answers, register: Register) -> set[str]:
    return changed_owners(
        *(by_owner(contributions(indicator, answers), register) for answers in (before, now))
    )


def _count_changed(indicator: Indicator, answers: Answers, behind: Answers | None, register: Register) -> int:
    return 0 if behind is None else len(_changed(indicator, behind, answers, register))


def _why_hide(indicator: Indicator, answers: Answers, register: Register, rules: Rules) -> Hidden | None:
    figures = contributions(indicator, answers)
    over, under = sums(register, numerators(figures)), sums(register, denominators(figures))
    if not figures or (indicator.denominator and not any(under.values())):
        return Hidden.NO_DATA
    if indicator.is_share:
        return why_hide_share({owner: Ratio(over[owner], under[owner]) for owner in over}, rules)
    why = why_hide_count(over, rules)
    if why or indicator.kind is not Kind.QUOTIENT:
        return why
    return why_hide_count(under, rules) or _why_hide_beside_counts(indicator, answers, register, rules)


def _why_hide_beside_counts(
    quotient: Indicator, answers: Answers, register: Register, rules: Rules
) -> Hidden | None:
    """R4 for a quotient of two counts that are released, too.

    Where one side's sum is told of the very clinics that have both, the quotient tells the other side's; where they
    differ by one owner's clinics, it tells that owner. What the other side is told of may not differ by few owners.
    """
    both = set(contributions(quotient, answers))
    over, under = (INDICATORS_BY_CODE[measure] for measure in quotient.measures)
    for count, another in ((over, under), (under, over)):
        counts = counts_of(another.code, answers)
        rests = [clinics ^ both for clinics in _clinics_told(another, answers, register, rules)]
        for clinics in _clinics_told(count, answers, register, rules):
            foreign = _told_to_one(clinics ^ both, rests, register)
            if not all(
                _is_rest_safe({code: counts[code] for code in rest}, (), register, rules) for rest in foreign
            ):
                return Hidden.REST
    return None


def _told_to_one(
    clinics: Collection[str], rests: Sequence[Collection[str]], register: Register
) -> list[Collection[str]]:
    """Return the rests that are told to whoever has these clinics, alone: those with a clinic of somebody else."""
    viewer = _owners(clinics, register)
    return [rest for rest in rests if len(viewer) <= 1 and _owners(rest, register) - viewer]


def _owners(clinics: Collection[str], register: Register) -> set[str]:
    return {register[code].owner for code in clinics}


def _clinics_told(count: Indicator, answers: Answers, register: Register, rules: Rules) -> list[set[str]]:
    """Return which clinics' sum of a count is told: of all that have it, and of those that its rate stands for."""
    if _why_hide(count, answers, register, rules):
        return []
    figures = contributions(count, answers)
    figure = figure_shown(count, answers, register, rules)
    all_told = [set(figures)] if figure.value is not None else []
    return all_told if figure.rate is None else [*all_told, set(with_patients(figures))]


def _is_rest_safe(
    counts: Mapping[str, float | None], part: Collection[str], register: Register, rules: Rules
) -> bool:
    """R4: whether what the clinics in the whole and not in the part have may be told; nothing is a value, too."""
    return is_rest_safe(sums(register, {code: counts[code] for code in counts if code not in part}), rules)


def rounded(indicator: Indicator, figure: RegionalFigure) -> RegionalFigure:
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

    Releases made before version 0.4 left out a queue where nobody started, and had one decimal that was rounded again.
    """
    figures = list(contributions(indicator, answers).values())
    with_value = [figure for figure in figures if figure.value is not None]
    return any(
        _says_no_more(released, as_printed)
        for of in (figures, with_value)
        for as_printed in _roundings(indicator, regional_figure(indicator, of))
    )


def _roundings(indicator: Indicator, figure: RegionalFigure) -> Iterator[RegionalFigure]:
    yield rounded(indicator, figure)
    if indicator.denominator is not None:
        yield replace(
            figure,
            value=round_figure(figure.value),
            pooled=round_figure(figure.pooled),
            mean_of_clinics=round_figure(figure.mean_of_clinics),
        )


def _says_no_more(released: Released, whole: RegionalFigure) -> bool:
    pairs = (
        (released.value, whole.value),
        (released.pooled, whole.pooled),
        (released.mean_of_clinics, whole.mean_of_clinics),
        (released.rate, whole.rate),
    )
    return all(shown is None or shown == computed for shown, computed in pairs)

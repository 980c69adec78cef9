"""A month's release: every cell by R1-R5, then what they all tell together, in whole numbers (R13)."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from portal.domain.registry.annual import regional_figure
from portal.domain.registry.indicators import (
    INDICATORS_BY_CODE,
    MONTHLY_INDICATORS,
    PATIENTS,
    Headline,
    Indicator,
    Kind,
)
from portal.domain.release.cells import Cell, ShownSoFar, plan_cell, rounded
from portal.domain.release.contributions import Answers, Register, contributions
from portal.domain.release.disclosure import Hidden, Rules
from portal.domain.release.printed import PARTS, PrintedFigure, PrintedMonth, printed_month
from portal.domain.release.standing import Released
from portal.domain.release.whole_numbers import Family, WholeNumbers, families_of


STAGES = range(7)


@dataclass(frozen=True, kw_only=True, slots=True)
class PastRelease:
    """An earlier release of the month: the answers behind it, and what it printed: indicator → parts of its figure."""

    answers: Answers
    parts: Mapping[str, Collection[str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthSoFar:
    """What clinics see of the month now, the answers behind each figure, and every release before."""

    before: Mapping[str, Released] = field(default_factory=dict)
    behind: Mapping[str, Answers] = field(default_factory=dict)
    releases: Sequence[PastRelease] = ()

    def of(self, code: str) -> ShownSoFar:
        earlier = [past.answers for past in self.releases if code in past.parts]
        return ShownSoFar(before=self.before.get(code), behind=self.behind.get(code), earlier=earlier)


def plan_month(answers: Answers, *, so_far: MonthSoFar, register: Register, rules: Rules) -> tuple[Cell, ...]:
    """Say what a release of these answers would do with every indicator."""
    cells = [
        plan_cell(
            indicator,
            answers=answers,
            shown_so_far=so_far.of(indicator.code),
            register=register,
            rules=rules,
        )
        for indicator in MONTHLY_INDICATORS
    ]
    past: list[PrintedMonth] = []
    for release in so_far.releases:
        printed = _as_printed(release)
        past += [] if printed in past else [printed]
    draft = _Draft(answers, past, register, rules)
    draft.put_together(_stages(cells))
    cells = [_with_figure(cell, draft.figures.get(cell.indicator.code)) for cell in cells]
    return tuple(_hide_beside(cells))


def parts_printed(cell: Cell) -> frozenset[str]:
    """Return what of a shown cell is put before the clinics."""
    return frozenset(part for part in PARTS if getattr(cell.figure, part) is not None)


def _as_printed(past: PastRelease) -> PrintedMonth:
    figures = [
        _printed_again(INDICATORS_BY_CODE[code], parts, past.answers)
        for code, parts in past.parts.items()
        if code in INDICATORS_BY_CODE
    ]
    return printed_month(past.answers, figures)


def _printed_again(indicator: Indicator, parts: Collection[str], answers: Answers) -> PrintedFigure:
    """Return a figure of an earlier release as it was printed."""
    figures = contributions(indicator, answers)
    figure = rounded(indicator, regional_figure(indicator, figures.values()))
    left_out: dict[str, Any] = dict.fromkeys(set(PARTS) - set(parts))
    figure = replace(figure, **left_out)
    return PrintedFigure(indicator=indicator, figure=figure, clinics=frozenset(figures))


class _Draft:
    """A month's figures, put together piece by piece: each that tells too much beside what there is stays out."""

    def __init__(
        self,
        answers: Answers,
        past: Sequence[PrintedMonth],
        register: Register,
        rules: Rules,
    ) -> None:
        self.figures: dict[str, PrintedFigure] = {}
        self.answers, self.past, self.p_percent = answers, past, rules.p_percent
        self.owners = {code: clinic.owner for code, clinic in register.items()}
        self._answered: dict[object, bool] = {}

    def put_together(self, stages: Iterable[Mapping[str, PrintedFigure]]) -> None:
        """Put in everything at once, which is mostly safe, or else one stage after the other."""
        stages = list(stages)
        if not self._put_in({code: piece for stage in stages for code, piece in stage.items()}):
            for stage in stages:
                self._add(stage)

    def _add(self, pieces: Mapping[str, PrintedFigure]) -> None:
        """Put in what can be told of these, all at once or else in halves."""
        if self._put_in(pieces) or len(pieces) == 1:
            return
        codes = list(pieces)
        for half in (codes[: len(codes) // 2], codes[len(codes) // 2 :]):
            self._add({code: pieces[code] for code in half})

    def _put_in(self, pieces: Mapping[str, PrintedFigure]) -> bool:
        """Put these in if all is safe with them; say whether."""
        before, families_before = self.figures, families_of(self._releases())
        self.figures = {**before, **pieces}
        is_safe = self._is_safe(pieces, families_before)
        if not is_safe:
            self.figures = before
        return is_safe

    def _releases(self) -> Sequence[PrintedMonth]:
        printed = printed_month(self.answers, self.figures.values())
        return self.past if printed in self.past else [*self.past, printed]

    def _is_safe(self, pieces: Mapping[str, PrintedFigure], families_before: Collection[Family]) -> bool:
        """Whether nobody could tell another's value of the measures behind these, beside all that is in.

        Nor of any whose family they divide anew: what could be exchanged before with its counts may not be now.
        """
        behind = {measure for code in pieces for measure in _behind(INDICATORS_BY_CODE[code])}
        releases = self._releases()
        system = WholeNumbers(releases, self.owners, self.p_percent)
        asked = [
            family
            for family in families_of(releases)
            if family not in families_before or family.touches(behind)
        ]
        return all(self._is_family_safe(system, family) for family in asked)

    def _is_family_safe(self, system: WholeNumbers, family: Family) -> bool:
        printed = [figure for figure in self.figures.values() if family.touches(_behind(figure.indicator))]
        key = (family, tuple((figure.indicator.code, figure.figure) for figure in printed))
        if key not in self._answered:
            self._answered[key] = system.is_safe(family)
        return self._answered[key]


def _stages(cells: Iterable[Cell]) -> Iterator[dict[str, PrintedFigure]]:
    """Yield what to put in first, next and last."""
    printed = [
        PrintedFigure(indicator=cell.indicator, figure=cell.figure, clinics=cell.clinics)
        for cell in cells
        if cell.figure
    ]
    pieces = [*map(_bare, printed), *printed]
    for stage in STAGES:
        yield {piece.indicator.code: piece for piece in pieces if _stage(piece) == stage}


def _stage(printed: PrintedFigure) -> int:
    """Sums come first, then quotients and shares, then rates, then means: of the last is let go first.

    What a clinic may leave out comes after all that it owes, and costs none of it; only means beside are let go before.
    """
    indicator = printed.indicator
    if printed.figure.mean_of_clinics is not None:
        return 4 if _is_mean_first(indicator) else 6
    if indicator.denominator:
        return 5 if indicator.is_optional else 2 if indicator.is_share else 1
    return 3 if indicator.is_rate and printed.figure.rate is not None else 0


def _bare(printed: PrintedFigure) -> PrintedFigure:
    """Return a figure without the mean of clinics, and without the rate unless that is all there is."""
    figure = replace(printed.figure, mean_of_clinics=None)
    if printed.indicator.is_rate and figure.value is not None:
        figure = replace(figure, rate=None, denominator=None)
    return replace(printed, figure=figure)


def _is_mean_first(indicator: Indicator) -> bool:
    return indicator.headline is Headline.MEAN_OF_CLINICS


def _with_figure(cell: Cell, printed: PrintedFigure | None) -> Cell:
    """Return the cell with what may be told of it; one whose headline is a mean that may not be is hidden."""
    if cell.figure is None:
        return cell
    if printed is None or (_is_mean_first(cell.indicator) and printed.figure.mean_of_clinics is None):
        return _hidden(cell, Hidden.WHOLE_NUMBERS)
    return replace(cell, figure=printed.figure)


def _hidden(cell: Cell, why: Hidden) -> Cell:
    return replace(cell, figure=None, why=why, is_kept=_is_shown_before(cell))


def _hide_beside(cells: Sequence[Cell]) -> Iterator[Cell]:
    """Yield the cells, hiding the two counts of a quotient that is hidden: divided they would give it."""
    beside = {
        measure
        for cell in cells
        if cell.indicator.kind is Kind.QUOTIENT and _is_hidden(cell)
        for measure in cell.indicator.measures
    }
    for cell in cells:
        yield _hidden(cell, Hidden.BESIDE) if cell.figure and cell.indicator.code in beside else cell


def _is_hidden(cell: Cell) -> bool:
    """Whether clinics read nothing after the release: what stays as it was may be hidden, too."""
    is_read = cell.figure is not None or (cell.is_kept and _is_shown_before(cell))
    return not is_read and cell.why is not Hidden.NO_DATA


def _is_shown_before(cell: Cell) -> bool:
    return cell.before is not None and cell.before.is_shown


def _behind(indicator: Indicator) -> tuple[str, ...]:
    """Return the measures behind a figure; behind a rate, the patients, too."""
    return (*indicator.measures, PATIENTS) if indicator.is_rate else indicator.measures

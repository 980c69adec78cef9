"""A month's release: every cell by R1-R5, then what they all tell together, in whole numbers (R13)."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from portal.domain.registry.annual import RegionalFigure, regional_figure
from portal.domain.registry.indicators import (
    INDICATORS_BY_CODE,
    MONTHLY_INDICATORS,
    PATIENTS,
    Headline,
    Indicator,
    Kind,
)
from portal.domain.release.cells import Cell, ShownSoFar, plan_cell, rounded
from portal.domain.release.contributions import Answers, Register, figures_with_value
from portal.domain.release.disclosure import Hidden, Rules
from portal.domain.release.printed import PARTS, PrintedFigure, PrintedMonth, printed_month
from portal.domain.release.standing import Released
from portal.domain.release.whole_numbers import FAMILIES, Family, WholeNumbers


_QUOTIENTS = {indicator.code for indicator in MONTHLY_INDICATORS if indicator.kind is Kind.QUOTIENT}
_SHARES = {indicator.code for indicator in MONTHLY_INDICATORS if indicator.is_share}


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
    cells = {
        indicator.code: plan_cell(
            indicator,
            answers=answers,
            shown_so_far=so_far.of(indicator.code),
            register=register,
            rules=rules,
        )
        for indicator in MONTHLY_INDICATORS
    }
    past = [_as_printed(release) for release in so_far.releases]
    return tuple(_Draft(cells, answers, past, register, rules).safe_cells())


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
    figures = figures_with_value(indicator, answers)
    figure = rounded(indicator, regional_figure(indicator, figures.values()))
    left_out: dict[str, Any] = dict.fromkeys(set(PARTS) - set(parts))
    figure = replace(figure, **left_out)
    return PrintedFigure(indicator=indicator, figure=figure, clinics=frozenset(figures))


class _Draft:
    """A month's cells on their way through R13: means are left out first, then figures."""

    def __init__(
        self,
        cells: Mapping[str, Cell],
        answers: Answers,
        past: Sequence[PrintedMonth],
        register: Register,
        rules: Rules,
    ) -> None:
        self.cells = dict(cells)
        self.answers, self.past, self.p_percent = answers, past, rules.p_percent
        self.owners = {code: clinic.owner for code, clinic in register.items()}

    def safe_cells(self) -> Iterator[Cell]:
        """Return the cells in their order, each with no more than may be told beside all that is."""
        for family in FAMILIES:
            if self._estimable([family]):
                self._leave_out_means(family)
        for indicator in MONTHLY_INDICATORS:
            if indicator.kind is Kind.QUOTIENT and _is_hidden(self.cells[indicator.code]):
                self._hide(indicator.measures, why=Hidden.BESIDE)
        yield from self.cells.values()

    def _leave_out_means(self, family: Family) -> None:
        """Leave the family's means out, hide what can be told still, and put back the means that can be."""
        figures = {
            code: cell.figure for code, cell in self.cells.items() if family.touches(cell.indicator.measures)
        }
        for code, figure in figures.items():
            self._print(code, _without_mean(figure))
        while binding := self._binding(self._estimable([family])):
            self._hide(binding, why=Hidden.WHOLE_NUMBERS)
        for code, figure in figures.items():
            self._add_mean(family, code, figure)

    def _print(self, code: str, figure: RegionalFigure | None) -> None:
        self.cells[code] = replace(self.cells[code], figure=figure)

    def _binding(self, measures: AbstractSet[str]) -> list[str]:
        """Return which printed indicators to hide for these measures: quotients, then shares, sums and rates."""
        printed = [cell.indicator for cell in self.cells.values() if cell.figure]
        bound = [indicator for indicator in printed if not measures.isdisjoint(_behind(indicator))]
        for group in (_QUOTIENTS, _SHARES, measures):
            codes = [indicator.code for indicator in bound if indicator.code in group]
            if codes:
                return codes
        return [indicator.code for indicator in bound]

    def _hide(self, codes: Collection[str], *, why: Hidden) -> None:
        for code in codes:
            cell = self.cells[code]
            if cell.figure:
                is_kept = cell.before is not None and cell.before.is_shown
                self.cells[code] = replace(cell, figure=None, why=why, is_kept=is_kept)

    def _add_mean(self, family: Family, code: str, figure: RegionalFigure | None) -> None:
        cell = self.cells[code]
        if cell.figure is None or figure is None or figure.mean_of_clinics is None:
            return
        self._print(code, figure)
        if not self._estimable([family]):
            return
        if cell.indicator.headline is Headline.MEAN_OF_CLINICS:
            self._hide([code], why=Hidden.WHOLE_NUMBERS)
        else:
            self._print(code, cell.figure)

    def _estimable(self, families: Collection[Family]) -> set[str]:
        printed = [
            PrintedFigure(indicator=cell.indicator, figure=cell.figure, clinics=cell.clinics)
            for cell in self.cells.values()
            if cell.figure
        ]
        system = WholeNumbers([*self.past, printed_month(self.answers, printed)], self.owners, self.p_percent)
        return {measure for family in families for measure in system.estimable(family)}


def _without_mean(figure: RegionalFigure | None) -> RegionalFigure | None:
    return replace(figure, mean_of_clinics=None) if figure else None


def _is_hidden(cell: Cell) -> bool:
    return cell.figure is None and not cell.is_kept and cell.why is not Hidden.NO_DATA


def _behind(indicator: Indicator) -> tuple[str, ...]:
    """Return the measures behind a figure; behind a rate, the patients, too."""
    return (*indicator.measures, PATIENTS) if indicator.is_rate else indicator.measures

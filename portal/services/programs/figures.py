"""Figures as another program reads them: the pages' own, month by month, a part at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, islice, product

from db.registry import clinics
from db.release import releases
from db.reporting import values
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_may_see_clinic
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import MONTHLY_INDICATORS, Indicator
from portal.domain.registry.months import Month, latest_whole_month, months_between
from portal.domain.release.standing import Released, comparable
from portal.services.context import Portal
from portal.services.insight.clinic_months import get_clinic, own_figure


@dataclass(frozen=True, kw_only=True, slots=True)
class FigureChoice:
    """Which figures: empty or None is all that the user may see."""

    clinic: str = ""
    indicator: str = ""
    first: Month | None = None
    last: Month | None = None

    @property
    def indicators(self) -> tuple[Indicator, ...]:
        return tuple(each for each in MONTHLY_INDICATORS if self.indicator in ("", each.code))


@dataclass(frozen=True, kw_only=True, slots=True)
class Stretch:
    """Which part of many rows: so many are skipped, and at most so many follow."""

    start: int
    most: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicFigure:
    """A clinic's figure of one month beside the region's released one."""

    clinic: Clinic
    month: Month
    indicator: Indicator
    own: Figure
    released: Released | None

    @property
    def regional(self) -> float | None:
        """The regional figure that the clinic is compared with."""
        return comparable(self.indicator, self.released)


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicFigures:
    """A part of the figures that were asked for; `total` is how many there are in all."""

    rows: tuple[ClinicFigure, ...]
    total: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ReleasedFigures:
    """A part of the released figures that were asked for; `total` is how many there are in all."""

    rows: tuple[Released, ...]
    total: int


_Cell = tuple[Clinic, Month, Indicator]


def of_clinics(portal: Portal, user: User, choice: FigureChoice, stretch: Stretch) -> ClinicFigures:
    """Return the figures by clinic, month and indicator; raises AccessDenied, NoSuchClinic."""
    if choice.clinic:
        check_may_see_clinic(user, choice.clinic)
    months = _months(portal, choice)
    with portal.reading(user) as scoped:
        chosen = [get_clinic(scoped, choice.clinic)] if choice.clinic else clinics.list_in_scope(scoped)
        every_cell = product(chosen, months, choice.indicators)
        cells = list(islice(every_cell, stretch.start, stretch.start + stretch.most))
        rows = tuple(_rows(scoped, cells))
    return ClinicFigures(rows=rows, total=len(chosen) * len(months) * len(choice.indicators))


def released(portal: Portal, user: User, choice: FigureChoice, stretch: Stretch) -> ReleasedFigures:
    """Return the region's released figures by month and indicator, as every clinic reads them."""
    months, codes = _months(portal, choice), [indicator.code for indicator in choice.indicators]
    if not months:
        return ReleasedFigures(rows=(), total=0)
    with portal.reading(user) as scoped:
        figures = releases.list_figures(scoped, first=months[0], last=months[-1], indicators=codes)
    in_order = [figures[cell] for cell in product(months, codes) if cell in figures]
    part = in_order[stretch.start : stretch.start + stretch.most]
    return ReleasedFigures(rows=tuple(part), total=len(in_order))


def _months(portal: Portal, choice: FigureChoice) -> list[Month]:
    """Return the months that pages show, up to the last that is over, as far as they are asked for."""
    first, last = portal.calendar.first_month, latest_whole_month(portal.clock.today)
    return months_between(max(first, choice.first or first), min(last, choice.last or last))


def _rows(scoped: ScopedConnection, cells: Sequence[_Cell]) -> Iterator[ClinicFigure]:
    if not cells:
        return
    months = [month for _, month, _ in cells]
    regional = releases.list_figures(scoped, first=min(months), last=max(months))
    for clinic, cells_of_clinic in groupby(cells, key=lambda cell: cell[0]):
        own_cells = list(cells_of_clinic)
        first, last = own_cells[0][1], own_cells[-1][1]
        answers = values.of_clinic(scoped, clinic=clinic.code, first=first, last=last)
        for _, month, indicator in own_cells:
            yield ClinicFigure(
                clinic=clinic,
                month=month,
                indicator=indicator,
                own=own_figure(indicator, clinic, month, answers),
                released=regional.get((month, indicator.code)),
            )

"""Which clinics opened and closed: for a clinic beside its own chart, for the region beside all figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from db.registry import clinics
from db.reporting import values
from db.sources import facts
from portal.domain.accounts.access import OPERATOR, User, check_is_region
from portal.domain.insight import neighbours
from portal.domain.insight.neighbours import Beside, RegisterEvent
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.services.context import Portal
from portal.services.insight.benchmarks import ClinicComparison


def list_events(portal: Portal, user: User, *, first: Month, last: Month) -> tuple[RegisterEvent, ...]:
    """Return what opened and closed in those months, oldest first: the same for everyone. One query.

    A clinic's own scope holds its own row of the register only, in the database too (db.row_security), so the
    register is read as the operator would. What comes out is public, printed in the region's yearly report:
    name, municipality, opened, closed. No figure, owner, reason in words or code leaves this function.
    """
    with portal.reading(OPERATOR) as scoped:
        return neighbours.events(clinics.list_in_scope(scoped), first=first, last=last)


@dataclass(frozen=True, kw_only=True, slots=True)
class Openings:
    """Every opening and closing up to a month, with what the clinics beside it had before and have now."""

    indicator: Indicator
    now: Month
    beside: tuple[Beside, ...]
    notes: tuple[str, ...]  # what the printed report tells and the register doesn't have


def openings(portal: Portal, user: User, comparison: ClinicComparison) -> Openings:
    """Return the events up to the comparison's last month, for a count at the month's end; raises AccessDenied.

    Two queries, however many events.
    """
    check_is_region(user)
    register = [clinic for clinic, _ in comparison.figures]
    first = portal.calendar.first_month
    opened_or_closed = neighbours.events(register, first=first, last=comparison.last)
    measure = comparison.indicator.numerator or ""
    with portal.reading(user) as scoped:
        printed = facts.list_published(scoped)
        answers = values.of_months(scoped, first=first, last=comparison.last, measures=[measure])
    counts = {
        code: {m: float(a[measure].value) for m, a in months.items() if a[measure].value is not None}  # type: ignore[arg-type]
        for code, months in answers.items()
    }
    now: dict[str, Figure] = {clinic.code: figure for clinic, figure in comparison.figures}
    region = portal.region
    beside = tuple(neighbours.beside(event, register, counts, now, region) for event in opened_or_closed)
    return Openings(
        indicator=comparison.indicator,
        now=comparison.last,
        beside=beside,
        notes=tuple(unnamed_bankruptcies(printed, register)),
    )


class Printed(Protocol):
    """A figure as printed in one of the region's sources."""

    @property
    def period(self) -> str: ...
    @property
    def indicator(self) -> str: ...
    @property
    def basis(self) -> str: ...


def unnamed_bankruptcies(printed: Sequence[Printed], register: Iterable[Clinic]) -> list[str]:
    """Say what is printed of a bankruptcy in a year in which no clinic of the register closed."""
    closings = {str(clinic.closed.year) for clinic in register if clinic.closed}
    return [
        f"Regionens publicerade uppföljning nämner en mottagning som gick i konkurs {year}, utan namn. Ingen "
        f"mottagning i registret stängde {year}."
        for year in (row.period[:4] for row in printed if _tells_of_bankruptcy(row))
        if year not in closings
    ]


def _tells_of_bankruptcy(row: Printed) -> bool:
    return row.indicator == "clinics" and "bankrupt" in row.basis

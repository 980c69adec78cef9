"""A clinic's own year beside the region's released figures: its own rows and what is released, nothing else."""

from dataclasses import dataclass

from portal import formats
from portal.domain.accounts.access import ClinicUser, User, check_may_see_clinic
from portal.domain.registry import changes
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.reports import pdf
from portal.services.context import DEMO_LABEL, Portal
from portal.services.insight import benchmarks
from portal.services.insight.benchmarks import YearOfIndicator


HIDDEN = MissingReason.SUPPRESSED.label
HOW = (
    "Egna siffror är ur de månader som är inskickade. Regionens värde är det som är släppt för hela året; är en månad "
    "inte släppt, eller döljs dess värde, visas inget. Förändringen är mottagningens egen."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnFigure:
    """One indicator of the clinic's year, the year before and the region's released value."""

    indicator: Indicator
    now: Figure
    before: Figure
    change: float | None
    region: RegionalFigure

    @property
    def words(self) -> tuple[str, ...]:
        """What stands in its row after the name: this year, the year before, the change, the region."""
        moved = "–" if self.change is None else formats.changed(self.indicator, self.change)
        region = formats.value(self.indicator, self.region.value) if self.region.value is not None else HIDDEN
        return (
            _own(self.indicator, self.now),
            _own(self.indicator, self.before),
            moved,
            region,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnYear:
    """A clinic's year."""

    clinic: Clinic
    year: int
    last_month: Month
    figures: tuple[OwnFigure, ...]

    @property
    def title(self) -> str:
        return f"{self.clinic.name} {self.year}"

    @property
    def span(self) -> str:
        return "Hela året" if self.last_month.ends_year else f"Till och med {self.last_month.label}"

    @property
    def headings(self) -> tuple[str, ...]:
        return "Indikator", str(self.year), str(self.year - 1), "Förändring", f"Regionen {self.year}"


def of_clinic(portal: Portal, user: User, *, clinic: str, year: int) -> OwnYear:
    """Return the year as the clinic itself may see it, whoever looks; raises AccessDenied."""
    check_may_see_clinic(user, clinic)
    as_clinic = ClinicUser(user.username, user.name, (clinic,))
    figures = benchmarks.year_figures(portal, as_clinic, year)
    own = [_figure(of) for of in figures.indicators if of.clinics]
    (register,) = figures.clinics
    return OwnYear(clinic=register, year=year, last_month=figures.last_month, figures=tuple(own))


def _figure(indicator_year: YearOfIndicator) -> OwnFigure:
    ((_, now, before),) = indicator_year.clinics
    indicator = indicator_year.indicator
    is_comparable = indicator_year.is_comparable
    return OwnFigure(
        indicator=indicator,
        now=now,
        before=before,
        change=changes.change_of(indicator, now.value, before.value) if is_comparable else None,
        region=indicator_year.region,
    )


def _own(indicator: Indicator, figure: Figure) -> str:
    if figure.value is None:
        return formats.reason(figure.reason)
    cases = formats.cases(indicator, figure)
    value = formats.value(indicator, figure.value)
    return f"{value} ({cases})" if indicator.is_share and cases != "–" else value


def as_pdf(portal: Portal, user: User, *, clinic: str, year: int) -> bytes:
    """Return the year on one page; raises AccessDenied."""
    own = of_clinic(portal, user, clinic=clinic, year=year)
    rows = [[figure.indicator.label, *figure.words] for figure in own.figures]
    return pdf.write_sheet(
        {
            "title": own.title,
            "author": f"{portal.region.name}, Vårdval BUP",
            "subtitle": f"{own.span}. Hämtat {formats.day_and_year(portal.clock.today)}.",
            "demo": DEMO_LABEL if portal.is_demo else "",
            "headings": list(own.headings),
            "rows": rows,
            "how": HOW,
        }
    )

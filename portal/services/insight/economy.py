"""Volume against cost for the region: the source Ekonomi beside the clinics' months. Never for a clinic."""

from dataclasses import dataclass

from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight import economy
from portal.domain.insight.economy import VOLUMES, WAITING, Amount, CostComparison, Volume
from portal.domain.insight.queue import FIRST_VISIT
from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.indicators import Kind
from portal.domain.sources.declared import ECONOMY
from portal.services.context import Portal
from portal.services.insight import benchmarks
from portal.services.insight.benchmarks import YearOfIndicator
from portal.services.sources import source_years


@dataclass(frozen=True, kw_only=True, slots=True)
class EconomyYear:
    """What the money of a year bought. `like_for_like`: first visits now, before, of how many clinics."""

    comparison: CostComparison
    like_for_like: tuple[float, float, int] | None


def effect(portal: Portal, user: User, year: int) -> EconomyYear:
    """Return the year's money and volume beside the year before's; raises AccessDenied."""
    check_is_region(user)
    figures = benchmarks.year_figures(portal, user, year)
    own = source_years.year(portal, user, year).of(ECONOMY.code)
    volumes = [_volume(figures.of(code)) for code in (*VOLUMES, *WAITING)]
    comparison = economy.compare(
        year,
        own.figures,
        volumes,
        is_whole_year=figures.is_over,
    )
    return EconomyYear(comparison=comparison, like_for_like=figures.of(FIRST_VISIT.started).like_for_like)


def _volume(year: YearOfIndicator) -> Volume:
    indicator = year.indicator
    return Volume(
        code=indicator.code,
        label=indicator.label,
        unit=indicator.unit,
        is_stock=indicator.kind is Kind.STOCK,
        now=_amount(year.region),
        before=_amount(year.before),
        clinics=(year.region.clinics, year.before.clinics),
        open_clinics=len(year.clinics),
    )


def _amount(figure: RegionalFigure) -> Amount:
    if figure.value is not None:
        return Amount(value=figure.value)
    return Amount(why=figure.reason.label if figure.reason else "inget underlag")

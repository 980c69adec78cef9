"""Access by municipality, for the region: what chapter 4.6 of the annual report tells, for any period."""

from collections.abc import Mapping

from db import audit
from db.registry import clinics
from db.reporting import values
from db.scoping import ScopedConnection
from db.sources import facts
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight.places import SHOWN, Places, by_municipality
from portal.domain.registry.annual import Figure, figure_of_month, figure_of_period
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS, Kind
from portal.domain.registry.months import Month
from portal.domain.sources.declared import POPULATION
from portal.domain.sources.facts import Fact
from portal.services.context import Portal
from portal.services.insight.benchmarks import why_nothing


def of_period(portal: Portal, user: User, period: Month | int) -> Places:
    """Return the region's municipalities in a month or a year; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        version = audit.figures_version(scoped)
    return portal.memo.get(("places", str(period), version), lambda: _read(portal, user, period))


def _read(portal: Portal, user: User, period: Month | int) -> Places:
    with portal.reading(user) as scoped:
        register = clinics.list_in_scope(scoped)
        if isinstance(period, int):
            last = values.latest_month(scoped, year=period) or Month(period, 12)
            figures = _of_year(scoped, register, period, last)
        else:
            last = period
            figures = _of_month(scoped, register, period)
        earlier = values.of_month(scoped, month=last.year_before, measures=[PATIENTS])
        entered = facts.list_facts(scoped, years=[last.year, last.year - 1])
    patients = INDICATORS_BY_CODE[PATIENTS]
    before = {
        clinic.code: figure_of_month(
            patients, earlier.get(clinic.code), otherwise=why_nothing(clinic, last.year_before)
        )
        for clinic in register
    }
    year, children = _children(entered, last.year)
    return by_municipality(
        [(clinic, figures[clinic.code]) for clinic in register],
        before,
        last=last,
        children=children,
        population_year=year,
        region=portal.region,
    )


def _of_year(
    scoped: ScopedConnection, register: list[Clinic], year: int, last: Month
) -> dict[str, dict[str, Figure]]:
    pairs = [(i.numerator or "", i.denominator or "") for i in SHOWN if i.kind is Kind.PERCENT]
    totals = values.totals(scoped, first=Month(year, 1), last=last, pairs=pairs)
    return {
        clinic.code: {
            i.code: figure_of_period(i, totals.get(clinic.code), otherwise=why_nothing(clinic, last))
            for i in SHOWN
        }
        for clinic in register
    }


def _of_month(scoped: ScopedConnection, register: list[Clinic], month: Month) -> dict[str, dict[str, Figure]]:
    measures = sorted({code for i in SHOWN for code in i.measures})
    answers = values.of_month(scoped, month=month, measures=measures)
    return {
        clinic.code: {
            i.code: figure_of_month(i, answers.get(clinic.code), otherwise=why_nothing(clinic, month))
            for i in SHOWN
        }
        for clinic in register
    }


def _children(entered: list[Fact], year: int) -> tuple[int | None, Mapping[str, int]]:
    """Return the newest population that is entered, of that year's end or the one before."""
    indicator = POPULATION.fields[0].indicator
    for counted_year in (year, year - 1):
        children = {
            fact.municipality: int(fact.value)
            for fact in entered
            if (fact.indicator, fact.year) == (indicator, counted_year) and fact.municipality and fact.value
        }
        if children:
            return counted_year, children
    return None, {}

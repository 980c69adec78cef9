"""Everything the report is made from, read in one go; holds no rule of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from db.administration import audit_log
from db.annual_report import report_texts
from db.annual_report.report_texts import ReportText
from db.registry import clinics
from db.release import forecasts
from db.reporting import breaks, deadlines, submissions, values
from db.reporting.breaks import Break
from db.reporting.submissions import Key
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User
from portal.domain.insight.forecasting import SeriesForecast
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS, Indicator
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.region import Region
from portal.domain.reporting.submissions import Submission
from portal.services.context import Portal
from portal.services.insight import benchmarks, contract
from portal.services.insight.aims import Aims, read_aims
from portal.services.insight.benchmarks import Year
from portal.services.insight.contract import YearVerdicts
from portal.services.plans import plans
from portal.services.plans.plans import FollowedPlan
from portal.services.sources import source_years
from portal.services.sources.source_years import RegionYear


@dataclass(frozen=True, kw_only=True)
class Material:
    """One year's material."""

    region: Region
    year: Year
    is_demo: bool
    today: date
    first: Month
    monthly: Mapping[tuple[Month, str], int]  # the region's sums of the year, by month and measure
    submissions: Mapping[Key, Submission]  # the newest of each clinic's month, both years
    first_sent: Mapping[Key, datetime]
    read_in: frozenset[Key]  # by the region, afterwards: neither in time nor late
    last_days: Mapping[Key, date]  # the deadline of each month, extended or not
    breaks: tuple[Break, ...]
    texts: Mapping[str, ReportText]  # the newest by section
    contract: YearVerdicts
    aims: Aims
    sources: RegionYear
    smallest_count: int  # below it a municipality's children are not told
    forecasts: tuple[SeriesForecast, ...]  # the region's, by the newest release of the year
    plans: tuple[FollowedPlan, ...]  # that the region has chosen for the report

    @property
    def months(self) -> list[Month]:
        """The months of the year that there are reports of."""
        return months_between(self.first, self.year.last_month)

    @property
    def clinics(self) -> tuple[Clinic, ...]:
        """The clinics of the year's table: open in some month of it."""
        year = self.year.year
        return tuple(
            clinic
            for clinic in self.year.clinics
            if (clinic.opened is None or clinic.opened.year <= year)
            and (clinic.closed is None or clinic.closed.year >= year)
        )


def read(portal: Portal, user: User, year: int) -> Material:
    """Return the year's material for the user's scope."""
    figures = benchmarks.year_figures(portal, user, year)
    verdicts, sources = contract.verdicts(portal, user, year), source_years.year(portal, user, year)
    first, last = Month(year, 1), figures.last_month
    months = months_between(Month(year - 1, 1), last)
    with portal.reading(user) as scoped:
        register = clinics.list_in_scope(scoped)
        current = submissions.list_current(scoped, months=months)
        newest = {(submission.clinic, submission.month): submission for submission in current}
        first_versions = submissions.first_sent_of(scoped, months=months)
        regions_own = audit_log.list_region(scoped, sorted({sender for _, sender in first_versions.values()}))
        read_in = frozenset(key for key, (_, sender) in first_versions.items() if sender in regions_own)
        first_sent = {key: sent_at for key, (sent_at, _) in first_versions.items()}
        return Material(
            region=portal.region,
            year=figures,
            is_demo=portal.is_demo,
            today=portal.clock.today,
            first=max(first, portal.calendar.first_month),
            monthly=values.monthly_sums(scoped, measures=_measures(), first=first, last=last),
            submissions=newest,
            first_sent=first_sent,
            read_in=read_in,
            last_days=_last_days(portal, scoped, register, months),
            breaks=tuple(breaks.list_all(scoped)),
            texts=report_texts.newest(scoped, year=year),
            contract=verdicts,
            aims=read_aims(scoped, portal.demands),
            sources=sources,
            smallest_count=portal.rules.smallest_count,
            forecasts=_forecasts(scoped, last),
            plans=plans.for_report(scoped, portal.demands, first=portal.calendar.first_month, last=last),
        )


def _forecasts(scoped: ScopedConnection, last: Month) -> tuple[SeriesForecast, ...]:
    rows = forecasts.list_of_region(scoped, until=last)
    return tuple(row for row in rows if row.month.year == last.year)


def _last_days(
    portal: Portal, scoped: ScopedConnection, register: list[Clinic], months: list[Month]
) -> dict[Key, date]:
    extended = deadlines.last_days(scoped, months=months)
    ordinary = {month: portal.calendar.deadline(month) for month in months}
    keys = [(clinic.code, month) for clinic in register for month in months]
    return {key: extended.get(key) or ordinary[key[1]] for key in keys}


def _measures() -> list[str]:
    """Return the measures of the queues and of what was done, for the months' lines."""
    return sorted({code for indicator in INDICATORS if _is_monthly(indicator) for code in indicator.measures})


def _is_monthly(indicator: Indicator) -> bool:
    return indicator.chapter in ("queue", "volume")

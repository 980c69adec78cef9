"""The year to come, said once by each release: of each clinic for itself, and of the region from what was released.

A clinic's forecast is made from its own months alone, the region's from released sums that every open clinic's answer
stands in. A clinic can read the region's in a published report alone, beside that year's own months, where the region
has ticked it: some of the sums beneath it were told to clinics as rates only.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import partial

from db.registry import clinics
from db.release import forecasts, releases
from db.reporting import breaks, values
from db.reporting.breaks import Break
from db.scoping import ScopedConnection
from portal.domain.accounts.access import User, check_is_region
from portal.domain.insight.forecasting import (
    LONGEST_HISTORY,
    MEASURES,
    SERIES,
    SeriesForecast,
    counts_of,
    history_of,
    reported_months,
    why_none,
)
from portal.domain.insight.statistics.forecasts import forecast
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer
from portal.services.context import Portal, Writing


AnswersByMonth = Mapping[Month, Mapping[str, Answer]]


def renew(scoped: Writing, released: Collection[Month] = ()) -> None:
    """Say the year to come anew, in the transaction that released those months.

    Of the clinics after the newest month of all; of the region also after each of them that ends a year, for its report.
    """
    newest = releases.latest_month(scoped)
    if newest is None:
        return
    register, all_breaks = clinics.list_in_scope(scoped), breaks.list_all(scoped)
    for month in sorted({newest, *filter(lambda month: month.ends_year, released)}):
        answers = _of_region(scoped, register, month)
        region = _series(forecasts.REGION, answers, month, _breaks(all_breaks))
        forecasts.replace_region(scoped, month, list(region))
    forecasts.replace_clinics(scoped, list(_of_clinics(scoped, register, newest, all_breaks)))


def catch_up(portal: Portal, user: User) -> Month | None:
    """Say the year to come after the newest release where that one has not: it is of a version from before forecasts.

    Returns the released month, None where there is nothing to do; raises AccessDenied.
    """
    check_is_region(user)
    with portal.writing(user) as scoped:
        newest = releases.latest_month(scoped)
        if newest is None or any(
            each.month == newest for each in forecasts.list_of_region(scoped, until=newest)
        ):
            return None
        year_before = Month(newest.year - 1, 1)  # its report may still be a draft
        renew(scoped, releases.list_newest(scoped, first=year_before, last=newest).keys())
        scoped.record("forecast.made", subject=str(newest))
    return newest


def after_break(scoped: Writing, clinic: str | None) -> None:
    """Say it anew of the clinic that has a break, or of everybody; in the transaction that entered it."""
    newest = releases.latest_month(scoped)
    broken = None if clinic is None else clinics.find(scoped, code=clinic)
    if broken is None or newest is None:
        renew(scoped)
        return
    answers = values.of_clinic(scoped, clinic=broken.code, first=_first(newest), last=newest)
    own = _of_clinic(broken, answers, newest, breaks.list_all(scoped))
    forecasts.replace_clinics(scoped, list(own), only=broken.code)


def _breaks(all_breaks: Iterable[Break], clinic: str | None = None) -> list[Month]:
    """Return the months from which a series cannot be compared with earlier ones; the region's are everybody's."""
    return [series_break.month for series_break in all_breaks if series_break.clinic in (None, clinic)]


def _first(month: Month) -> Month:
    """Return the earliest month that is looked at: who joined in the first takes the month before."""
    return month.plus(-LONGEST_HISTORY)


def _of_region(scoped: ScopedConnection, register: Sequence[Clinic], month: Month) -> AnswersByMonth:
    """Return the region's released sums, of the months in which every open clinic's answer stands in them."""
    first = _first(month)
    sums = releases.list_sums(scoped, first=first, last=month, indicators=MEASURES)
    answered = releases.count_answered(scoped, first=first, last=month, indicators=MEASURES)
    is_open = {
        each: sum(clinic.is_open(each) for clinic in register) for each in months_between(first, month)
    }
    answers: dict[Month, dict[str, Answer]] = {}
    for (each, measure), released in sums.items():
        if answered.get((each, measure), 0) >= is_open[each]:
            answers.setdefault(each, {})[measure] = Answer(released)
    return answers


def _of_clinics(
    scoped: ScopedConnection, register: Sequence[Clinic], month: Month, all_breaks: Sequence[Break]
) -> Iterator[SeriesForecast]:
    answers = values.of_months(scoped, measures=MEASURES, first=_first(month), last=month)
    for clinic in register:
        if clinic.code in answers:
            yield from _of_clinic(clinic, answers[clinic.code], month, all_breaks)


def _of_clinic(
    clinic: Clinic, answers: AnswersByMonth, month: Month, all_breaks: Sequence[Break]
) -> Iterator[SeriesForecast]:
    return _series(clinic.code, answers, month, _breaks(all_breaks, clinic.code), clinic.closed)


def _series(
    clinic: str,
    answers: AnswersByMonth,
    month: Month,
    series_breaks: Collection[Month],
    closed: Month | None = None,
) -> Iterator[SeriesForecast]:
    """Yield each series' forecast, or why it has none."""
    for series in SERIES:
        history = history_of(counts_of(series, answers), last=month, breaks=series_breaks)
        make = partial(
            SeriesForecast,
            clinic=clinic,
            series=series,
            month=month,
            last=history.last,
            months=reported_months(series, history),
        )
        reason = why_none(series, history, last=month, closed=closed)
        yield make(why_none=reason) if reason else make(forecast=forecast(history.counts))

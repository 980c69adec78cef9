"""Choices that pages share: clinic, month, year, indicator. A choice never widens what one may see."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.insight.queue import FIRST_VISIT
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS, Indicator
from portal.domain.registry.months import Month
from portal.services.administration import clinic_register
from portal.services.insight import benchmarks
from portal.ui.base.context import portal
from portal.ui.page import address, frame


YEAR = "ar"  # ?ar=2024
MOST_CLINICS = 60  # of a list that is shown at once

Row = TypeVar("Row")


def choose_clinic(user: User) -> str:
    """Return the clinic the page is about: the user's own, or the one the region looks at."""
    if isinstance(user, ClinicUser):
        return frame.chosen_clinic(user)
    chosen = frame.chosen_clinic(user)
    if chosen:
        address.hold(frame.PARAMETER, chosen)
    names = {clinic.code: clinic.name for clinic in clinic_register.list_clinics(portal(), user)}
    codes = list(names)
    return address.select(
        "Mottagning",
        codes,
        parameter=frame.PARAMETER,
        first=chosen if chosen in names else codes[0],
        words=lambda code: names[code],
    )


def choose_month(
    months: list[Month] | tuple[Month, ...], *, label: str = "Månad", parameter: str = "manad"
) -> Month:
    """Return a month of the list, the first one to begin with; `?manad=2024-12` is another."""
    return address.select(
        label, months, parameter=parameter, first=months[0], words=lambda month: month.label
    )


def month_in_address() -> Month | None:
    """Return the month in the address, or None; an unreadable one counts as none."""
    try:
        return Month.parse(address.text_of("manad") or "")
    except ValueError:
        return None


def choose_year() -> int:
    """Return a year, to begin with the newest that is over; `?ar=2024` is another."""
    years = benchmarks.years(portal())
    return address.select("År", years, parameter=YEAR, first=years[min(1, len(years) - 1)])


def choose_indicator(default: str = FIRST_VISIT.share) -> Indicator:
    """Return one of the monthly indicators; `?indikator=code` is one of them."""
    code = address.select(
        "Indikator",
        [indicator.code for indicator in MONTHLY_INDICATORS],
        parameter="indikator",
        first=default,
        words=lambda code: INDICATORS_BY_CODE[code].label,
    )
    return INDICATORS_BY_CODE[code]


def choose_part(rows: Sequence[Row], name: Callable[[Row], str]) -> Sequence[Row]:
    """Return the rows to show: where there are very many clinics, one part at a time (`?fran=60`)."""
    if len(rows) <= MOST_CLINICS:
        return rows
    starts = list(range(0, len(rows), MOST_CLINICS))
    start = address.select(
        f"{len(rows)} mottagningar",
        starts,
        parameter="fran",
        first=0,
        words=lambda start: f"{name(rows[start])} – {name(rows[start : start + MOST_CLINICS][-1])}",
    )
    return rows[start : start + MOST_CLINICS]

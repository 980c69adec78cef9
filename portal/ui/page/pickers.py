"""Choices that pages share: clinic, month, year, indicator. A choice never widens what one may see."""

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.insight.queue import FIRST_VISIT
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS, Indicator
from portal.domain.registry.months import Month
from portal.services.administration import clinic_register
from portal.services.insight import benchmarks
from portal.ui.base.context import portal
from portal.ui.page import frame


def choose_clinic(user: User) -> str:
    """Return the clinic the page is about: the user's own, or the one the region looks at."""
    if isinstance(user, ClinicUser):
        return frame.chosen_clinic(user)
    chosen = frame.chosen_clinic(user)
    names = {clinic.code: clinic.name for clinic in clinic_register.list_clinics(portal(), user)}
    codes = list(names)
    return st.selectbox(
        "Mottagning",
        codes,
        index=codes.index(chosen) if chosen in codes else 0,
        format_func=lambda code: names[code],
    )


def choose_month(
    months: list[Month] | tuple[Month, ...], *, label: str = "Månad", parameter: str = "manad"
) -> Month:
    """Return a month of the list; `?manad=2024-12` chooses one to begin with."""
    month_in_address = st.query_params.get(parameter, "")
    index = next((place for place, month in enumerate(months) if str(month) == month_in_address), 0)
    return st.selectbox(label, months, index=index, format_func=lambda month: month.label)


def month_in_address() -> Month | None:
    """Return the month in the address, or None; an unreadable one counts as none."""
    try:
        return Month.parse(st.query_params.get("manad", ""))
    except ValueError:
        return None


def choose_year(*, key: str = "year") -> int:
    """Return a year, to begin with the newest that is over; `?ar=2024` chooses another."""
    years = benchmarks.years(portal())
    year_in_address = st.query_params.get("ar", "")
    index = (
        [str(year) for year in years].index(year_in_address)
        if year_in_address in map(str, years)
        else min(1, len(years) - 1)
    )
    return st.selectbox("År", years, index=index, key=key)


def choose_indicator(default: str = FIRST_VISIT.share, *, disabled: bool = False) -> Indicator:
    """Return one of the monthly indicators; `?indikator=code` chooses one to begin with."""
    codes = [indicator.code for indicator in MONTHLY_INDICATORS]
    code_in_address = st.query_params.get("indikator", default)
    code = st.selectbox(
        "Indikator",
        codes,
        index=codes.index(code_in_address) if code_in_address in codes else codes.index(default),
        format_func=lambda code: INDICATORS_BY_CODE[code].label,
        disabled=disabled,
    )
    return INDICATORS_BY_CODE[code]

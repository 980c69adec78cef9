"""Swedish formats, by the name that the views know; documents and sentences use the same ones."""

from portal.formats import (
    LOCALE,
    MINUS,
    answer,
    change,
    day,
    day_and_year,
    demand_basis,
    demand_level,
    exact,
    figure,
    moment,
    number,
    percent,
    plural,
    rate,
    reason,
    signed,
    value,
)


__all__ = [
    "LOCALE",
    "MINUS",
    "answer",
    "change",
    "day",
    "day_and_year",
    "demand_basis",
    "demand_level",
    "exact",
    "figure",
    "moment",
    "number",
    "percent",
    "plural",
    "rate",
    "reason",
    "signed",
    "value",
]

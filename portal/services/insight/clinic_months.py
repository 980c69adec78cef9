"""A clinic's own months, as both of the clinic's pages read them."""

from collections.abc import Mapping

from db.registry import clinics
from db.scoping import ScopedConnection
from portal.domain.registry.annual import Figure, figure_of_month
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.services.insight.benchmarks import why_nothing


AnswersByMonth = Mapping[Month, Mapping[str, Answer]]


class NoSuchClinic(Exception):
    """The clinic does not exist; said the same way as one the user may not see."""


def get_clinic(scoped: ScopedConnection, code: str) -> Clinic:
    """Return the clinic; raises NoSuchClinic."""
    clinic = clinics.find(scoped, code=code)
    if clinic is None:
        raise NoSuchClinic(code)
    return clinic


def own_figure(indicator: Indicator, clinic: Clinic, month: Month, answers: AnswersByMonth) -> Figure:
    """Return a clinic's figure of one month; without a value, with the reason."""
    return figure_of_month(indicator, answers.get(month), otherwise=why_nothing(clinic, month))

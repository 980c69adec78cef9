"""A clinic's own months and what they are held against, as both of the clinic's pages read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.administration import targets
from db.insight import contract
from db.registry import clinics
from db.scoping import ScopedConnection
from portal.domain.insight.contract import Level, aim_of
from portal.domain.insight.targets import TargetChange, target_on
from portal.domain.registry.annual import Figure, figure_of_month
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator, Target
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


@dataclass(frozen=True, kw_only=True, slots=True)
class Aims:
    """What an indicator should reach: the targets set for it, and the levels the contract's demands have."""

    targets: Sequence[TargetChange]
    levels: Mapping[str, Sequence[Level]]  # set by the region, by demand, in the order of entry

    def target(self, indicator: Indicator, day: date) -> Target | None:
        """Return the target in force that day."""
        return target_on(indicator, self.targets, day)

    def target_or_demand(self, indicator: Indicator, day: date) -> Target | None:
        """Return the target in force that day or, where none is set, what the contract asks of the share."""
        return self.target(indicator, day) or aim_of(indicator, day, self.levels)


def read_aims(scoped: ScopedConnection) -> Aims:
    """Return every target and level. The same for everyone; two queries."""
    levels: dict[str, list[Level]] = {}
    for entered in contract.list_levels(scoped):
        levels.setdefault(entered.demand, []).append(entered.level)
    return Aims(targets=targets.list_all(scoped), levels=levels)

"""What an indicator is held against: the targets set for it, and the levels of the contract's demands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from db.administration import targets
from db.insight import contract
from db.scoping import ScopedConnection
from portal.domain.insight.contract import Level
from portal.domain.insight.demands import DemandList
from portal.domain.insight.targets import TargetChange, target_on
from portal.domain.registry.indicators import Indicator, Target


@dataclass(frozen=True, kw_only=True, slots=True)
class Aims:
    """What an indicator should reach: the targets set for it, and the levels the contract's demands have."""

    targets: Sequence[TargetChange]
    demands: DemandList
    levels: Mapping[str, Sequence[Level]]  # set by the region, by demand, in the order of entry

    def target(self, indicator: Indicator, day: date) -> Target | None:
        """Return the target in force that day."""
        return target_on(indicator, self.targets, day)

    def target_or_demand(self, indicator: Indicator, day: date) -> Target | None:
        """Return the target in force that day or, where none is set, what the contract asks of the share."""
        return self.target(indicator, day) or self.demands.aim_of(indicator, day, self.levels)


def read_aims(scoped: ScopedConnection, demands: DemandList) -> Aims:
    """Return every target, and level of these demands. The same for everyone; two queries."""
    levels: dict[str, list[Level]] = {}
    for entered in contract.list_levels(scoped):
        levels.setdefault(entered.demand, []).append(entered.level)
    return Aims(targets=targets.list_all(scoped), demands=demands, levels=levels)

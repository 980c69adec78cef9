"""The demands of the region's own contract: those that come with the portal, until the region sets others."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from portal.domain.insight.contract import (
    ALL,
    DEMANDS,
    DEMANDS_BY_CODE,
    Demand,
    JudgedBy,
    Level,
)
from portal.domain.registry.indicators import INDICATORS_BY_CODE, MONTHLY_INDICATORS, Indicator, Target
from portal.domain.registry.names import code_of_name
from portal.domain.sources.year import spell


PRESET = "Förvalt i portalen"
NO_DEMANDS = "Regionen har inga avtalskrav i portalen."
MEASURED = tuple(
    indicator for indicator in MONTHLY_INDICATORS if indicator.is_share
)  # what a demand can be judged by


@dataclass(frozen=True, slots=True)
class DemandList:
    """A contract's demands in their order. `is_own`: the region has set them, otherwise they came with the portal."""

    demands: tuple[Demand, ...] = DEMANDS
    is_own: bool = False

    def find(self, code: str) -> Demand | None:
        return next((demand for demand in self.demands if demand.code == code), None)

    def named(self, text: str) -> Demand | None:
        """Return the demand that somebody means: one of these, or one that comes with the portal."""
        by_code = {demand.code: demand for demand in (*DEMANDS, *self.demands)}
        code = code_of_name(text, {code: [demand.label, demand.short] for code, demand in by_code.items()})
        return by_code[code] if code else None

    @property
    def answerable(self) -> tuple[Demand, ...]:
        """Those whose answers are entered beside the matrix."""
        return tuple(demand for demand in self.demands if demand.is_answered_here)

    @property
    def from_sources(self) -> tuple[Demand, ...]:
        """Those that the region's sources answer."""
        return tuple(
            demand
            for demand in self.demands
            if demand.judged_by is not JudgedBy.SHARE and not demand.is_answered_here
        )

    @property
    def adjustable(self) -> tuple[Demand, ...]:
        """Those that the region may set a level for."""
        return tuple(demand for demand in self.demands if demand.judged_by is not JudgedBy.ANSWER)

    @property
    def shares(self) -> dict[str, Indicator]:
        """The shares that months give, by the demands that they are judged by."""
        return {
            demand.code: INDICATORS_BY_CODE[demand.indicator or ""]
            for demand in self.demands
            if demand.judged_by is JudgedBy.SHARE
        }

    def aim_of(
        self, indicator: Indicator, day: date, set_by_region: Mapping[str, Sequence[Level]]
    ) -> Target | None:
        """Return what the contract asks of a share that day, as a target; None where no demand has a level."""
        for demand in self.demands:
            if demand.judged_by is JudgedBy.SHARE and demand.indicator == indicator.code:
                set_here = set_by_region.get(demand.code, ())
                level = demand.level_on(day, set_here)
                if level is not None:
                    return Target(level.met, _in_words(level, level in set_here), level.valid_from)
        return None

    def with_demand(self, new: Demand, *, begins_anew: bool) -> "DemandList":
        """Return the region's own list with a demand in it, at its place or last; `begins_anew`: with that one alone."""
        before = () if begins_anew else self.demands
        kept = tuple(new if demand.code == new.code else demand for demand in before)
        return DemandList(kept if new in kept else (*kept, new), is_own=True)

    def without(self, code: str) -> "DemandList":
        return DemandList(tuple(demand for demand in self.demands if demand.code != code), is_own=True)


COMES_WITH_PORTAL = DemandList()


def preset() -> DemandList:
    """Return what another region than the first has until it sets its own: the same demands, with no source of its."""
    return DemandList(tuple(replace(demand, source=PRESET) for demand in DEMANDS))


def label_of(code: str, demands: DemandList) -> str:
    """Return what a demand is called, also one that the region no longer has."""
    demand = demands.find(code) or DEMANDS_BY_CODE.get(code)
    return demand.label if demand else INDICATORS_BY_CODE[code].label if code in INDICATORS_BY_CODE else code


def dump(demands: Iterable[Demand]) -> str:
    """Return the region's own demands as they are stored; of one that came with the portal what is its own."""
    return json.dumps([_as_fields(demand) for demand in demands], ensure_ascii=False, sort_keys=True)


def _as_fields(demand: Demand) -> dict[str, object]:
    return {
        "code": demand.code,
        "label": demand.label,
        "rule": demand.rule,
        "source": demand.source,
        "indicator": demand.indicator,
        "valid_from": demand.valid_from.isoformat(),
        "came_with_portal": comes_with_portal(demand),
    }


def comes_with_portal(demand: Demand) -> bool:
    declared = DEMANDS_BY_CODE.get(demand.code)
    return declared is not None and declared.label == demand.label


def load(text: str) -> DemandList:
    """Return the demands that `dump` wrote."""
    return DemandList(tuple(map(_of_fields, json.loads(text))), is_own=True)


def _of_fields(fields: Mapping[str, str]) -> Demand:
    valid_from = date.fromisoformat(fields["valid_from"])
    if fields["came_with_portal"]:
        declared = DEMANDS_BY_CODE[fields["code"]]
        return replace(declared, rule=fields["rule"], source=fields["source"], valid_from=valid_from)
    return own_demand(
        label=fields["label"],
        indicator=fields["indicator"],
        rule=fields["rule"],
        source=fields["source"],
        valid_from=valid_from,
    )


def own_demand(*, label: str, indicator: str | None, rule: str, source: str, valid_from: date) -> Demand:
    """Return a demand of the region's: judged by a share that months give or, without one, by answers."""
    return Demand(
        code=indicator or f"krav_{_plain(label)}",
        label=label,
        short=label,
        rule=rule,
        source=source,
        judged_by=JudgedBy.SHARE if indicator else JudgedBy.ANSWER,
        valid_from=valid_from,
        indicator=indicator,
    )


def _plain(label: str) -> str:
    letters = label.lower().translate(str.maketrans("åäöéü", "aaoeu"))
    return "_".join(
        "".join(letter if letter.isascii() and letter.isalnum() else " " for letter in letters).split()
    )


def _in_words(level: Level, is_regions: bool) -> str:
    words = "alla (100 %)" if level.met == ALL else f"minst {spell(level.met)}\u00a0%"
    return f"{words}, satt av regionen" if is_regions else words

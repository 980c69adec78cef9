"""The region's economy in the demo: invented budgets, episodes and prices around the printed 20 million."""

from collections.abc import Mapping

from portal.demo.inputs import INVENTED
from portal.domain.sources.declared import EPISODE_TYPE
from portal.domain.sources.facts import Fact


BUDGETS = {2023: 88_000_000, 2024: 110_000_000, 2025: 116_000_000}
# Per type of episode: how many were reimbursed, and the standard reimbursement of one in kronor.
EPISODES: Mapping[int, Mapping[str, tuple[int, int]]] = {
    2023: {
        "Bedömning": (1_850, 12_000),
        "Utredning": (520, 52_000),
        "Behandling": (590, 38_000),
        "Läkemedelsuppföljning": (2_300, 9_000),
    },
    2024: {
        "Bedömning": (2_600, 12_300),
        "Utredning": (640, 53_500),
        "Behandling": (700, 39_000),
        "Läkemedelsuppföljning": (2_700, 9_200),
    },
}


def list_facts() -> list[Fact]:
    """Return every invented figure of the source Ekonomi, each saying that it is invented."""
    economy_facts = [_fact("budget", year, amount) for year, amount in BUDGETS.items()]
    for year, kinds in EPISODES.items():
        for kind, (count, price) in kinds.items():
            economy_facts.append(_fact("episodes_by_type", year, count, EPISODE_TYPE.part(kind)))
            economy_facts.append(_fact("episode_price", year, price, EPISODE_TYPE.part(kind)))
    return economy_facts


def _fact(indicator: str, year: int, value: float, breakdown: str = "") -> Fact:
    return Fact(indicator=indicator, year=year, breakdown=breakdown, value=value, source=INVENTED)

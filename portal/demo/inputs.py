"""What the demo's clinics and region have answered beside the months: invented, and labelled so.

The sources give sums or nothing of it: of Läkemedelsenheten's visits they say that four clinics were
contacted in 2024 and three of them visited, not which.
"""

from dataclasses import dataclass
from datetime import date

from portal.demo import facts
from portal.domain.insight.contract import Reply
from portal.domain.registry.months import Month, months_between
from portal.domain.sources.declared import BESIDE, OTHER_REGIONS
from portal.domain.sources.facts import Fact


INVENTED = "Exempeldata: påhittat"
YEAR = 2024
CONTACTED = ("avesta", "borlange", "falun-capio", "mora")
VISITED = ("borlange", "falun-capio", "mora")
MEETINGS = {  # clinics' attendance in 2024; one where nothing stands here
    "borlange-jewe": 0,
    "falun-psykiatripartners": 2,
    "ludvika": 2,
}
SAME_DAY_FROM, SAME_DAY_PARTLY = 90, 80  # percent: the contract sets no level


# The country's shares, percent, and a neighbouring region's: invented, for no month of them is printed in the sources.
COUNTRY = {"first_visit_within_30d": 68, "investigation_within_30d": 41, "treatment_within_30d": 37}
NEIGHBOUR = "Grannregion (påhittad)"
SEASON = (0, 1, 2, 1, 0, -2, -6, -4, 1, 2, 2, -1)


def shares_of_the_country() -> list[Fact]:
    """Return two years of them, month by month, and the neighbour's of the last one."""
    months = months_between(Month(YEAR - 1, 1), Month(YEAR, 12))
    country = [
        _share(indicator, month, share + SEASON[month.number - 1] - place // 8)
        for indicator, share in COUNTRY.items()
        for place, month in enumerate(months)
    ]
    neighbour = [
        _share(indicator, months[-1], share - 5, OTHER_REGIONS.part(NEIGHBOUR))
        for indicator, share in COUNTRY.items()
    ]
    return [*country, *neighbour]


def _share(indicator: str, month: Month, percent: int, breakdown: str = "") -> Fact:
    return Fact(
        indicator=BESIDE[indicator].indicator,
        year=month.year,
        month=month,
        breakdown=breakdown,
        value=percent,
        source=INVENTED,
    )


@dataclass(frozen=True, slots=True)
class HoursAnswer:
    """A clinic's answer about its telephone hours, from a day on."""

    clinic: str
    reply: Reply
    since: date
    words: str


CHANGES = (
    HoursAnswer("borlange", Reply.PARTLY, date(2024, 9, 2), "stängt 12–13 sedan växeln lades om"),
    HoursAnswer("mora", Reply.PARTLY, date(2024, 3, 4), "stängt fredagar efter 15"),
    HoursAnswer("falun-psykiatripartners", Reply.PARTLY, date(2024, 5, 6), "stängt 12–13"),
    HoursAnswer("falun-psykiatripartners", Reply.YES, date(2024, 11, 4), "öppet även 12–13 igen"),
    HoursAnswer("hedemora-kiron", Reply.NO, date(2024, 10, 7), "öppet 9–12 tills vikarie är på plats"),
)


def telephone_hours() -> list[HoursAnswer]:
    """Return every clinic's answers in the order they were given: open as agreed, then what changed."""
    clinics = [clinic_facts.clinic for clinic_facts in facts.list_clinics()]
    opened = [
        HoursAnswer(
            clinic.code,
            Reply.YES,
            date(clinic.opened.year, clinic.opened.number, 1) if clinic.opened else date(2023, 1, 2),
            "öppet vardagar 8–16, även 12–13",
        )
        for clinic in clinics
    ]
    return [*opened, *CHANGES]


def medicine_unit() -> list[Fact]:
    """Return whom Läkemedelsenheten contacted and visited, and who came to its meetings, also in all."""
    unit_facts = []
    for clinic in (clinic_facts.clinic.code for clinic_facts in facts.list_clinics()):
        unit_facts += [
            _fact("medicine_unit_visits", "contacted", clinic, clinic in CONTACTED),
            _fact("medicine_unit_visits", "visited", clinic, clinic in VISITED),
            _fact("medicine_unit_meetings", "", clinic, MEETINGS.get(clinic, 1)),
        ]
    attended = sum(fact.value or 0 for fact in unit_facts if fact.indicator == "medicine_unit_meetings")
    return [*unit_facts, _fact("medicine_unit_meetings", "", "", attended)]


def _fact(indicator: str, breakdown: str, clinic: str, value: float) -> Fact:
    return Fact(
        indicator=indicator,
        year=YEAR,
        breakdown=breakdown,
        clinic=clinic,
        value=value,
        source=INVENTED,
    )

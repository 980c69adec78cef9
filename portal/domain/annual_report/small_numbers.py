"""Small numbers in the annual report: which of its figures rest on so few that a child might be told by them.

No rule of its own: the limits are those of portal.domain.disclosure, which hides regional figures month by
month. The report shows each clinic, as the region's own does, so there they hide nothing; they tell what to look at.
What to look at first is a proposal and hides nothing either: the region decides, per version (D016). The one exception
is a municipality with few errands in En väg in, which portal.domain.sources.throughflow leaves out of every report.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.annual_report.content import AnnualReport, Origin, ReportPoint, Section
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.values import MissingReason
from portal.domain.release.disclosure import Rules


CALLS = "samtal"  # the unit that no child stands behind
BOARD = "patient_board_cases"
NO_CASES = {"ja eller nej", "mottagningar", "träffar"}  # units that count neither children nor cases
SHARE = "procent"
JUDGED = "krav:"  # begins what judges a figure that stands elsewhere, too


class Handling(StrEnum):
    """What becomes of a small figure when the report is published."""

    SHOWN = "shown"
    PRINTED = "printed"
    HIDDEN = "hidden"

    @property
    def label(self) -> str:
        return {
            "shown": "visas",
            "printed": "visas; redan publicerat av regionen",
            "hidden": "döljs",
        }[self.value]


class Proposal(StrEnum):
    """What to do about a small figure before publishing. A proposal: the region decides (D016)."""

    REVIEW = "review"
    LOW_RISK = "low_risk"
    NO_CHILDREN = "no_children"
    AS_PUBLISHED = "as_published"
    PUBLISHED = "published"
    HIDDEN = "hidden"

    @property
    def label(self) -> str:
        return {
            "review": "se över",
            "low_risk": "låg risk för utpekande",
            "no_children": "inga barn",
            "as_published": "som publicerat",
            "published": "redan publicerat",
            "hidden": "döljs",
        }[self.value]

    @property
    def short(self) -> str:
        """For a line that counts them."""
        return "låg risk" if self is Proposal.LOW_RISK else self.label

    @property
    def why(self) -> str:
        """What follows the label; empty where it says all."""
        return {
            "review": "kan peka ut någon",
            "low_risk": "men osäkert tal: läs med försiktighet",
            "no_children": "telefonsamtal; osäkert tal",
            "as_published": "regionens rapport skriver ut delarna",
        }.get(self.value, "")


@dataclass(frozen=True, kw_only=True, slots=True)
class SmallNumber:
    """A figure of a part (a clinic, a cell of a breakdown), and how many cases it rests on."""

    section: Section
    point: ReportPoint
    cases: float | None  # None: hidden
    is_share: bool  # of enough cases for a count, too few for a share
    handling: Handling

    @property
    def proposal(self) -> Proposal:
        return propose(self.point, is_few=not self.is_share, handling=self.handling)


def small_numbers(report: AnnualReport, rules: Rules) -> list[SmallNumber]:
    """Return the parts' figures of fewer cases than the rules ask of a regional one, in the report's order."""
    printed = {
        (point.indicator, point.part, point.period)
        for _, point in report.points
        if point.origin is Origin.PUBLISHED and point.value is not None
    }
    return [
        SmallNumber(
            section=section,
            point=point,
            cases=_cases(point),
            is_share=not _is_few(point, rules) and not _is_hidden(point),
            handling=_handling(point, (point.indicator, point.part, point.period) in printed),
        )
        for section, point in _of_parts(report)
        if _is_few(point, rules) or _is_share_of_few(point, rules) or _is_hidden(point)
    ]


def _of_parts(report: AnnualReport) -> Iterator[tuple[Section, ReportPoint]]:
    """The figures of parts, each once: not as printed beside it, not again where it is judged."""
    return (
        (section, point)
        for section, point in report.points
        if point.part
        and point.origin is not Origin.PUBLISHED
        and point.unit not in NO_CASES
        and not point.indicator.startswith(JUDGED)
    )


def _cases(point: ReportPoint) -> float | None:
    return point.denominator if point.denominator is not None else point.value


def _is_few(point: ReportPoint, rules: Rules) -> bool:
    return 0 < (_cases(point) or 0) < rules.smallest_count


def _is_share_of_few(point: ReportPoint, rules: Rules) -> bool:
    return point.unit == SHARE and 0 < (point.denominator or 0) < rules.smallest_denominator


def _is_hidden(point: ReportPoint) -> bool:
    return point.value is None and point.reason == MissingReason.SUPPRESSED.label


def _handling(point: ReportPoint, is_printed: bool) -> Handling:
    if _is_hidden(point):
        return Handling.HIDDEN
    return Handling.PRINTED if is_printed else Handling.SHOWN


def propose(point: ReportPoint, *, is_few: bool, handling: Handling) -> Proposal:
    """Judge a small figure; `is_few`: on fewer cases than a count needs, not only a share.

    Behind a handful of children, visits, plans or meetings stands somebody whom a reader may know, and a share
    of few that is none or all says the same of each. Other shares of few are uncertain rather than telling.
    Telephone calls are no children. The Patientnämnd's parts stand in the region's printed report (facts:
    db/facts/published.csv).
    """
    if handling is Handling.HIDDEN:
        return Proposal.HIDDEN
    if handling is Handling.PRINTED:
        return Proposal.PUBLISHED
    if point.indicator == BOARD:
        return Proposal.AS_PUBLISHED
    if _unit_of_cases(point) == CALLS:
        return Proposal.NO_CHILDREN
    says_it_of_each = point.unit == SHARE and point.value in (0, 100)
    return Proposal.REVIEW if is_few or says_it_of_each else Proposal.LOW_RISK


def _unit_of_cases(point: ReportPoint) -> str:
    """The unit of what a figure rests on: of a share, its denominator's."""
    indicator = INDICATORS_BY_CODE.get(point.indicator)
    if point.denominator is None or indicator is None or indicator.denominator not in MEASURES_BY_CODE:
        return point.unit
    return MEASURES_BY_CODE[indicator.denominator].unit


def count_proposals(found: Sequence[SmallNumber]) -> list[tuple[Proposal, int]]:
    """Return how many there are of each proposal, what to look at first; none that nothing has."""
    counts = Counter(one.proposal for one in found)
    return [(proposal, counts[proposal]) for proposal in Proposal if counts[proposal]]

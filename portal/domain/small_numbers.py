"""Small numbers in the annual report: which of its figures rest on so few that a child might be told by them.

No rule of its own: the limits are those of portal.domain.disclosure, which hides regional figures month by
month. The report shows each clinic, as the region's own does, so there they hide nothing; they tell what to look at.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.annual_report import AnnualReport, Origin, Point, Section
from portal.domain.disclosure import Rules
from portal.domain.values import MissingReason


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


@dataclass(frozen=True, kw_only=True, slots=True)
class SmallNumber:
    """A figure of a part (a clinic, a cell of a breakdown), and how many cases it rests on."""

    section: Section
    point: Point
    cases: float | None  # None: hidden
    is_share: bool  # of enough cases for a count, too few for a share
    handling: Handling


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


def _of_parts(report: AnnualReport) -> Iterator[tuple[Section, Point]]:
    """The figures of parts, each once: not as printed beside it, not again where it is judged."""
    return (
        (section, point)
        for section, point in report.points
        if point.part
        and point.origin is not Origin.PUBLISHED
        and point.unit not in NO_CASES
        and not point.indicator.startswith(JUDGED)
    )


def _cases(point: Point) -> float | None:
    return point.denominator if point.denominator is not None else point.value


def _is_few(point: Point, rules: Rules) -> bool:
    return 0 < (_cases(point) or 0) < rules.smallest_count


def _is_share_of_few(point: Point, rules: Rules) -> bool:
    return point.unit == SHARE and 0 < (point.denominator or 0) < rules.smallest_denominator


def _is_hidden(point: Point) -> bool:
    return point.value is None and point.reason == MissingReason.SUPPRESSED.label


def _handling(point: Point, is_printed: bool) -> Handling:
    if _is_hidden(point):
        return Handling.HIDDEN
    return Handling.PRINTED if is_printed else Handling.SHOWN

"""The region's figure of each indicator of a section, and which ones the year is summed up by.

Read from the report alone, so that a frozen version says what it said.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portal.domain.annual_report.chapters import CHAPTERS_BY_NUMBER
from portal.domain.annual_report.content import OWN_VALUE, AnnualReport, Origin, ReportPoint, Section
from portal.domain.annual_report.wording import LARGE_PERCENT, LARGE_POINTS, SMALL_PERCENT
from portal.domain.insight.attention import HistoryMark, mark_of
from portal.domain.insight.queue import WAITED_LONG, phase_of
from portal.domain.registry.changes import change_of, is_comparable
from portal.domain.registry.indicators import Better, Indicator
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import change


MOST_MESSAGES, MOST_SENTENCES = 3, 5
MOST_SURPRISING = 2.0
DIRECTED = (HistoryMark.WORSE, HistoryMark.BETTER)


@dataclass(frozen=True, kw_only=True, slots=True)
class HeadlineFigure:
    """The region's figure of one indicator, beside the year before's and the printed one."""

    indicator: Indicator
    section: Section
    now: ReportPoint
    before: float | None
    published: float | None
    of_the_same: float | None = None  # the change in percent of the clinics that have both years
    why: str = ""  # a queue takes shorter though it is longer, or the other way round

    @property
    def change(self) -> float | None:
        """The change in the indicator's unit of change."""
        return change_of(self.indicator, self.now.value, self.before)

    @property
    def same(self) -> float | None:
        """The change of the clinics that have both years, where it is clearly another than that of all."""
        if self.change is None or self.of_the_same is None:
            return None
        return self.of_the_same if abs(self.change - self.of_the_same) >= SMALL_PERCENT else None

    @property
    def mark(self) -> HistoryMark | None:
        """Whether it is better or worse than the year before; None where nothing is seen to have changed."""
        moved = self.change
        if moved is None or not half_up(moved, 0 if self.indicator.is_share else 1):
            return None
        return mark_of(self.indicator.better, is_high=moved > 0)

    @property
    def weight(self) -> float:
        """How large the change is: 1 is what the report calls clear."""
        return surprise(self.indicator, self.now.value, self.before)


def of_section(section: Section, report: AnnualReport) -> list[HeadlineFigure]:
    """Return the figures of the indicators that the section is about, in the order of their declaration."""
    chapter = CHAPTERS_BY_NUMBER.get(section.declared_number)
    indicators = chapter.indicators if chapter else ()
    figures = [figure for indicator in indicators if (figure := _headline(section, indicator, report))]
    marks = {figure.indicator.code: figure.mark for figure in figures}
    return [replace(figure, why=_why(figure, marks)) for figure in figures]


def on_screen(figures: Sequence[HeadlineFigure]) -> list[HeadlineFigure]:
    """Return those that a first screen has room for: documents print the share over 90 days too, pages its table."""
    return [figure for figure in figures if figure.indicator.code not in WAITED_LONG]


def _why(figure: HeadlineFigure, marks: Mapping[str, HistoryMark | None]) -> str:
    """Say why a queue takes shorter though it is longer, or longer though it is shorter: it follows from the two."""
    phase = phase_of(figure.indicator.code)
    if phase is None or figure.indicator.code != phase.to_clear:
        return ""
    match marks.get(phase.waiting), figure.mark:
        case HistoryMark.WORSE, HistoryMark.BETTER:
            return "fler startar"
        case HistoryMark.BETTER, HistoryMark.WORSE:
            return "färre startar"
        case _:
            return ""


def _headline(section: Section, indicator: Indicator, report: AnnualReport) -> HeadlineFigure | None:
    points = _of_region(section, indicator)
    now = _own(points, report.year)
    if now is None:
        return None
    has_before = is_comparable(indicator, is_whole_year=report.is_of_whole_year)
    on_its_basis = [point for point in points if has_before and point.basis == now.basis]
    return HeadlineFigure(
        indicator=indicator,
        section=section,
        now=now,
        before=_value(_own(on_its_basis, report.year - 1)),
        published=_value(_printed(points, report.year)),
        of_the_same=_of_the_same(section, indicator, report.year) if has_before else None,
    )


def _of_the_same(section: Section, indicator: Indicator, year: int) -> float | None:
    """Return how the clinics with both years have changed, in percent; None where all have, or a count says nothing."""
    now, before = (_of_clinics(section, indicator, str(period)) for period in (year, year - 1))
    both = now.keys() & before.keys()
    if not both or now.keys() == before.keys() or indicator.denominator:
        return None
    return change_of(indicator, sum(now[part] for part in both), sum(before[part] for part in both))


def _of_clinics(section: Section, indicator: Indicator, period: str) -> dict[str, float]:
    """Return each clinic's own value of a year."""
    wanted = (indicator.code, OWN_VALUE, period)
    return {
        point.part: point.value
        for point in section.points
        if (point.indicator, point.basis, point.period) == wanted and point.value is not None
    }


def _of_region(section: Section, indicator: Indicator) -> list[ReportPoint]:
    return [point for point in section.points if point.indicator == indicator.code and not point.part]


def _own(points: Sequence[ReportPoint], year: int) -> ReportPoint | None:
    """Return the portal's figure of a year; that on the region's own basis stands before the other one."""
    own = (point for point in points if point.origin is not Origin.PUBLISHED)
    return next((point for point in own if point.period == str(year)), None)


def _printed(points: Sequence[ReportPoint], year: int) -> ReportPoint | None:
    printed = (point for point in points if point.origin is Origin.PUBLISHED)
    return next((point for point in printed if point.period == str(year)), None)


def _value(point: ReportPoint | None) -> float | None:
    return point.value if point else None


def of_report(report: AnnualReport) -> list[HeadlineFigure]:
    """Return the figures of every section, in the report's order."""
    return [figure for section in report.sections for figure in of_section(section, report)]


def messages(headlines: Sequence[HeadlineFigure]) -> list[HeadlineFigure]:
    """Return the largest changes for better or worse, the shares that have a figure first; both kinds if there are."""
    ranked = sorted((figure for figure in headlines if figure.mark in DIRECTED), key=_rank)
    heaviest = ranked[:MOST_MESSAGES]
    for mark in DIRECTED:
        of_mark = [figure for figure in ranked if figure.mark is mark]
        if of_mark and of_mark[0] not in heaviest:
            heaviest[-1] = of_mark[0]
    return heaviest


def _rank(headline: HeadlineFigure) -> tuple[bool, float]:
    has_figure = headline.indicator.is_share and headline.indicator.figure is not None
    return not has_figure, -headline.weight


def surprise(indicator: Indicator, now: float | None, before: float | None) -> float:
    """Return how large a change is: 1 is what the report calls clear, and twice that is the most there is."""
    if now is None or before is None:
        return 0.0
    if indicator.is_share:
        size = abs(change_of(indicator, now, before) or 0.0) / LARGE_POINTS
    else:
        size = abs(change(now, before, in_points=False) or 0.0) / LARGE_PERCENT
    return min(size, MOST_SURPRISING)


def importance(indicator: Indicator) -> float:
    """Return how much a change matters: shares with a figure of their own in the report, which the contract is about,
    then what has a figure or a better way, then the rest."""
    if indicator.figure is not None:
        return 3.0 if indicator.is_share else 2.0
    return 1.0 if indicator.better is Better.NEUTRAL else 1.5

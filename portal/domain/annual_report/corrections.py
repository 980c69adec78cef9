"""What reads differently in a report than in another version of it: figures as printed, and words."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from portal.domain.annual_report.content import AnnualReport, ReportPoint, Section
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Kind
from portal.domain.registry.rounding import half_up


SHARE = "procent"
MOST_NAMED = 6
FOLLOWING = ("", "Bilaga 2")  # sections that repeat other sections' figures


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """A figure that is not as it was when the report was frozen; None: it was or is not there."""

    section: Section
    point: ReportPoint
    frozen: ReportPoint | None
    live: ReportPoint | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Changes:
    """What reads differently than when the report was frozen."""

    figures: tuple[Difference, ...]
    texts: tuple[Section, ...]

    def __bool__(self) -> bool:
        return bool(self.figures or self.texts)

    @property
    def in_words(self) -> str:
        """Name what was corrected, for the version's cover: `Skrivna vårdplaner; texten i 5 Diskussion`."""
        figures = list(dict.fromkeys(difference.point.label for difference in self.figures))
        texts = [f"texten i {section.heading}" for section in self.texts]
        return "; ".join(filter(None, (_named(figures), _named(texts))))


def _named(names: Sequence[str]) -> str:
    listed = ", ".join(names[:MOST_NAMED])
    return f"{listed} och {len(names) - MOST_NAMED} till" if len(names) > MOST_NAMED else listed


def changes(frozen: AnnualReport, live: AnnualReport) -> Changes:
    """Return what reads differently in the live report, in its order."""
    figures = differences(frozen, live)
    with_figures = {difference.section.declared_number for difference in figures}
    return Changes(figures=tuple(figures), texts=tuple(_changed_texts(frozen, live, with_figures)))


def differences(frozen: AnnualReport, live: AnnualReport) -> list[Difference]:
    """Return the figures that read differently; one that is rounded to the same is the same."""
    was = {point.key: (section, point) for section, point in frozen.points}
    now = {point.key: (section, point) for section, point in live.points}
    changed: list[Difference] = []
    for key, (section, point) in (was | now).items():
        old, new = was.get(key), now.get(key)
        if old and new and as_read(old[1]) == as_read(new[1]):
            continue
        changed.append(
            Difference(
                section=section,
                point=point,
                frozen=old[1] if old else None,
                live=new[1] if new else None,
            )
        )
    return changed


def as_read(point: ReportPoint) -> tuple[object, ...]:
    """Return what one reads of a figure: as many digits as are printed, the cases of a share, or the reason."""
    if point.value is None:
        return (point.reason,)
    cases = (_whole(point.numerator), _whole(point.denominator)) if point.unit == SHARE else ()
    return (half_up(point.value, _digits(point)), *cases)


def _digits(point: ReportPoint) -> int:
    """Return how many decimals a figure is printed with, at most."""
    indicator = INDICATORS_BY_CODE.get(point.indicator)
    if indicator is None or indicator.kind in (Kind.QUOTIENT, Kind.INDEX):
        return 1
    return 1 if indicator.is_share and not point.part else 0


def _whole(count: float | None) -> float | None:
    return None if count is None else half_up(count)


def _changed_texts(frozen: AnnualReport, live: AnnualReport, with_figures: set[str]) -> Iterator[Section]:
    """Yield the sections whose words read differently; sentences and tables only where no figure tells it already."""
    was = {section.declared_number: section for section in frozen.sections}
    now = {section.declared_number: section for section in live.sections}
    for number, section in (was | now).items():
        old, new = was.get(number), now.get(number)
        is_told = number in FOLLOWING or number in with_figures
        if (
            old is None
            or new is None
            or _words(old) != _words(new)
            or not is_told
            and _of_figures(old) != _of_figures(new)
        ):
            yield section


def _words(section: Section) -> tuple[object, ...]:
    return section.title, section.lead, section.text, section.notes


def _of_figures(section: Section) -> tuple[object, ...]:
    """Return what the figures make of a section: its sentences, where they are read, and its tables."""
    cells = [[cell.text for cell in row.cells] for table in section.tables for row in table.rows]
    captions = [table.caption for table in section.tables]
    return () if section.text else section.generated, captions, cells

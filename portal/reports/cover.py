"""What every document says about itself: what it is, which version, and that a demo is a demo."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import groupby

from portal.domain.annual_report.content import AnnualReport, Chart, Section
from portal.domain.annual_report.wording import Block, blocks
from portal.domain.registry.logo import Logo
from portal.domain.registry.months import Month


DEMO = "Exempeldata – påhittade månader"
LANGUAGE = "sv-SE"
UNWRITTEN = "Regionen har inte skrivit något här än."
HOW_TO_READ = (
    "Publicerade värden står bredvid de beräknade, med sin källa. Ett värde som saknas har sitt skäl i ord och "
    "är aldrig noll. Sammanslaget är alla täljare delat med alla nämnare; medeltal per mottagning väger alla "
    "mottagningar lika."
)


MOST_IN_A_ROW = 3  # generated sentences; more are set as a list


class Format(StrEnum):
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    HTML = "html"
    DATA = "data"

    @property
    def label(self) -> str:
        return {"docx": "Word", "pdf": "PDF", "xlsx": "Excel", "html": "webbsida", "data": "datapaket"}[
            self.value
        ]

    @property
    def ending(self) -> str:
        """What a file's name ends with."""
        return "-data.zip" if self is Format.DATA else f".{self.value}"

    @property
    def mime(self) -> str:
        return {
            "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "pdf": "application/pdf",
            "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "html": "text/html",
            "data": "application/zip",
        }[self.value]


@dataclass(frozen=True, kw_only=True, slots=True)
class Cover:
    """Which state of the report a document shows; beside the report, since it is no part of what is frozen."""

    state: str  # Utkast 5 februari 2025, or Fastställd version 2 …
    sha256: str = ""
    logo: Logo | None = None  # the region's, as it is when the document is made


_BROKEN = re.compile(
    r"(?<=\d) (?=\d{3}(?!\d))|(?<=\d) (?=%|kr\b|procentenhet)|(?:(?<=\bFigur)|(?<=\b[Tt]abell)|(?<=\b[Bb]ilaga)) (?=T?\d)"
)

Progress = Callable[[int, int, str], None]  # the step that begins, how many steps, what is being done


def author(report: AnnualReport) -> str:
    return f"{report.region}, Vårdval BUP"


def quiet(_step: int, _steps: int, _label: str) -> None:
    """The progress of those who do not watch."""


@lru_cache(maxsize=20_000)  # every document asks for the same texts
def unbroken(text: str) -> str:
    """Return a text whose numbers stay on one line: in their groups, with their unit, and after what they number."""
    return _BROKEN.sub("\u00a0", text)


def subtitle(report: AnnualReport) -> str:
    """Return how much of the year the report holds."""
    last = Month.parse(report.last_month)
    return "Hela året" if last.ends_year else f"Till och med {last.label}"


def demo(report: AnnualReport) -> str:
    """Return what says that the months are invented, where they are."""
    return DEMO if report.is_demo else ""


def opening(section: Section) -> list[Block]:
    """Return what opens a section: the region's standing words."""
    return blocks(section.lead)


def words(section: Section) -> list[Block]:
    """Return the section's running text: the region's own words, otherwise the generated sentences."""
    if section.text:
        return blocks(section.text)
    if len(section.generated) > MOST_IN_A_ROW:
        return [Block(sentence, is_item=True) for sentence in section.generated]
    return [Block(" ".join(section.generated))] if section.generated else []


def runs(written: list[Block]) -> list[tuple[bool, list[Block]]]:
    """Return a text in runs: whether the blocks are items of a list, and the blocks."""
    return [(is_item, list(run)) for is_item, run in groupby(written, lambda block: block.is_item)]


def is_unwritten(section: Section) -> bool:
    """Tell whether a chapter that only the region can write is still empty."""
    return (
        not (section.lead or section.text or section.generated or section.tables) and section.number in "56"
    )


def alternative(chart: Chart) -> str:
    """Return a chart in words, for those who do not see it."""
    return f"{chart.title}. {chart.alt}"

"""What the region wrote in an annual report, as rows: append-only versions per year and place.

A place is a section's number, or a part of it (portal/domain/annual_report/places.py). A text holds for its year, and
for later ones when it goes on. Before the first there is the text that the report began with. The region's alone: others
read the texts of a published report, which holds them itself.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, insert, select

from db import installation
from db.scoping import ScopedConnection, table
from portal.domain.annual_report.places import Placement


report_text = table("report_text")
start_text = table("report_start_text")
EVERY_YEAR = 0
AT_THE_START = "startuppsättningen"  # who wrote what was there from the beginning


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportText:
    """One version. `generated` is what the rules had written when it was saved; text empty: use that.

    Version 0 is the text that the report began with.
    """

    year: int
    section: str
    version: int
    text: str
    generated: str
    written_by: str
    written_at: datetime | None
    goes_on: bool = False
    placement: Placement = Placement.BODY

    @property
    def says_nothing(self) -> bool:
        """Whether it gives the place back to what stood there before."""
        return not self.text and self.placement is Placement.BODY


def newest(scoped: ScopedConnection, *, year: int) -> dict[str, ReportText]:
    """Return the text that holds in each place of the year's report that has one; raises OutOfScope."""
    scoped.check_every_clinic()
    texts = {text.section: text for text in _start_texts(scoped, year)}
    for text in _newest_of_years(scoped, year):
        gives_back = text.says_nothing and text.section in texts and texts[text.section].text
        if (text.year == year or text.goes_on) and not gives_back:
            texts[text.section] = text
    return texts


def start(scoped: ScopedConnection, *, year: int, section: str) -> ReportText | None:
    """Return the text that a place of the year's report began with; raises OutOfScope."""
    scoped.check_every_clinic()
    return next((text for text in reversed(_start_texts(scoped, year)) if text.section == section), None)


def _start_texts(scoped: ScopedConnection, year: int) -> list[ReportText]:
    """Return every year's texts, then those of that year alone."""
    is_of_year = start_text.c.year.in_((EVERY_YEAR, year))
    query = select(start_text).where(is_of_year, installation.COMES_WITH_FACTS).order_by(start_text.c.year)
    return [
        ReportText(
            year=row.year,
            section=row.place,
            version=0,
            text=row.text,
            generated="",
            written_by=AT_THE_START,
            written_at=None,
            goes_on=row.year == EVERY_YEAR,
        )
        for row in scoped.connection.execute(query)
    ]


def _newest_of_years(scoped: ScopedConnection, year: int) -> list[ReportText]:
    """Return the newest version of each place and year until that one, the years in order."""
    query = select(report_text).where(report_text.c.year <= year)
    rows = scoped.connection.execute(query.order_by(report_text.c.year, report_text.c.version))
    return list({(row.year, row.section): _text(row) for row in rows}.values())


def list_versions(scoped: ScopedConnection, *, year: int, section: str) -> list[ReportText]:
    """Return every version of one section, the newest first; raises OutOfScope."""
    scoped.check_every_clinic()
    query = (
        select(report_text)
        .where(report_text.c.year == year, report_text.c.section == section)
        .order_by(report_text.c.version.desc())
    )
    return [_text(row) for row in scoped.connection.execute(query)]


def add(scoped: ScopedConnection, new: ReportText) -> None:
    """Store a version of a section's text; raises OutOfScope."""
    scoped.check_every_clinic()
    scoped.connection.execute(
        insert(report_text).values(
            year=new.year,
            section=new.section,
            version=new.version,
            text=new.text,
            generated=new.generated,
            written_by=new.written_by,
            written_at=new.written_at,
            goes_on=new.goes_on,
            placement=new.placement.value,
        )
    )


def _text(row: Row) -> ReportText:
    return ReportText(
        year=row.year,
        section=row.section,
        version=row.version,
        text=row.text,
        generated=row.generated,
        written_by=row.written_by,
        written_at=row.written_at,
        goes_on=row.goes_on,
        placement=Placement(row.placement),
    )

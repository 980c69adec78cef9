"""What the region has published elsewhere: entered with its source, and held against what the portal has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from db.sources import facts
from portal.domain.accounts.access import User, check_is_region
from portal.domain.reporting.problems import Problem
from portal.domain.sources import published
from portal.domain.sources.published import PublishedFigure
from portal.services.administration.exports import csv_bytes
from portal.services.context import Portal
from portal.services.insight import benchmarks
from portal.services.insight.benchmarks import PublishedBeside
from portal.services.refused import Refused
from portal.uploads import source_file
from portal.uploads.source_file import RowForm


FORM = RowForm(
    headings=published.HEADINGS,
    needed=published.NEEDED,
    read_row=published.read_row,
    key=lambda figure: figure.key,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """A printed figure with its source, beside what the portal has for the same period."""

    printed: PublishedFigure
    beside: PublishedBeside


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedUpload:
    """What a file would enter. With any problem, nothing of it."""

    name: str
    problems: tuple[Problem, ...]
    notices: tuple[str, ...]
    new: tuple[PublishedFigure, ...]  # what is not stored as it is


def comparisons(portal: Portal, user: User, year: int) -> list[Comparison]:
    """Return the printed figures of the year, each beside the portal's; raises AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        printed = {figure.key: figure for figure in facts.list_published(scoped)}
    figures = benchmarks.year_figures(portal, user, year)
    of_indicators = [row for of in figures.indicators for row in of.published]
    rows = {_key(row): row for row in (*figures.published, *of_indicators)}
    return [Comparison(printed=printed[key], beside=row) for key, row in rows.items() if key in printed]


def _key(row: PublishedBeside) -> tuple[str, str, str]:
    return row.period, row.indicator, row.breakdown


def template_csv(portal: Portal, user: User, year: int) -> bytes:
    """Return the file to fill in, with what was entered of the year in it; raises AccessDenied."""
    rows = [
        (
            figure.label,
            figure.breakdown,
            figure.period,
            figure.value,
            figure.unit,
            figure.basis,
            figure.source,
            figure.issued,
            figure.provenance,
        )
        for figure in (comparison.printed for comparison in comparisons(portal, user, year))
        if figure.version
    ]
    return csv_bytes(published.HEADINGS, rows)


def preview(portal: Portal, user: User, *, name: str, content: bytes) -> PublishedUpload:
    """Say what a file holds and what it would enter. Stores nothing; raises AccessDenied."""
    check_is_region(user)
    parsed = source_file.parse_rows(name, content, FORM)
    with portal.reading(user) as scoped:
        stored = {figure.key: figure for figure in facts.list_published(scoped)}
    new = [figure for figure in parsed.facts if not _is_stored(figure, stored)]
    return PublishedUpload(
        name=parsed.name,
        problems=parsed.problems,
        notices=parsed.notices,
        new=tuple(new),
    )


def commit(portal: Portal, user: User, *, name: str, content: bytes) -> int:
    """Read the same bytes again and enter what they change, all or nothing; returns how many. Raises Refused."""
    upload = preview(portal, user, name=name, content=content)
    if upload.problems:
        raise Refused("Filen har fel och kan inte läsas in. Inget är sparat.")
    return _enter(portal, user, upload.new)


def enter(portal: Portal, user: User, texts: Mapping[str, str]) -> PublishedFigure:
    """Enter one printed figure, as the boxes of the form spell it; raises Refused, AccessDenied."""
    check_is_region(user)
    figure, faults = published.read_row(texts)
    if figure is None:
        message = faults[0].message
        raise Refused(f"{faults[0].column.capitalize()}: {message}", about=faults[0].column)
    with portal.reading(user) as scoped:
        stored = {figure.key: figure for figure in facts.list_published(scoped)}
    if not _is_stored(figure, stored):
        _enter(portal, user, [figure])
    return figure


def withdraw(portal: Portal, user: User, key: tuple[str, str, str]) -> None:
    """Take a printed figure away, in a new version; raises Refused, AccessDenied."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        stored = {figure.key: figure for figure in facts.list_published(scoped)}
    if key not in stored:
        raise Refused("Den uppgiften finns inte.")
    _enter(portal, user, [replace(stored[key], is_withdrawn=True)])


def _is_stored(figure: PublishedFigure, stored: Mapping[tuple[str, str, str], PublishedFigure]) -> bool:
    """Tell whether the same figure stands there, as entered or as it came with the portal."""
    other = stored.get(figure.key)
    if other is None:
        return False
    own = replace(other, version=0, entered_by="", entered_at=None)
    return own == figure


def _enter(portal: Portal, user: User, new: Sequence[PublishedFigure]) -> int:
    if not new:
        return 0
    with portal.writing(user) as scoped:
        versions = facts.published_versions(scoped)
        numbered = [replace(figure, version=versions.get(figure.key, 0) + 1) for figure in new]
        facts.add_published(scoped, numbered, by=user.username, at=portal.clock.now)
        for figure in numbered:
            subject = " ".join(filter(None, figure.key))
            action = "published.withdrawn" if figure.is_withdrawn else "published.entered"
            scoped.record(action, subject=subject, details={"value": figure.value, "source": figure.source})
    return len(new)

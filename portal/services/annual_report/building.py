"""Put the report together: every section from the material, in the order of the region's report."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

from portal.charts.county import attribution
from portal.domain.annual_report import places, rewording
from portal.domain.annual_report.chapters import CHAPTERS, ENTRY, PLANS, SOURCES, Chapter
from portal.domain.annual_report.content import (
    ADDED_FIGURE,
    AnnualReport,
    Chart,
    Definition,
    ReportSource,
    ReportTable,
    Section,
    SubmissionRef,
)
from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.region import Region
from portal.domain.reporting.submissions import Submission
from portal.services.annual_report import (
    additions,
    charts,
    demands,
    quality,
    region_sources,
    sentences,
    tables,
)
from portal.services.annual_report.points import field_values, of_indicator, published
from portal.services.annual_report.reading import Material
from portal.services.insight.benchmarks import PublishedBeside, Year, YearOfIndicator
from portal.services.plans import chapter as plans_chapter
from portal.services.sources import entry_chapter


def build(material: Material) -> AnnualReport:
    """Return the year's report as one object; the same material gives the same object."""
    return of_sections(material, sections_of(material))


def sections_of(material: Material) -> list[Section]:
    """Return every section that there can be, as the figures give it: before the region's words and choices."""
    empty = [
        *([] if material.plans else [PLANS]),
        *([] if entry_chapter.has_figures(material) else [ENTRY]),
    ]
    chapters = [chapter for chapter in CHAPTERS if chapter.number not in empty]
    sections = [additions.summary(material), *(_section(chapter, material) for chapter in chapters)]
    return places.with_own(sections, material.texts)


def of_sections(material: Material, sections: list[Section]) -> AnnualReport:
    """Return the report with the region's words in the sections, in the order that it has chosen."""
    values = field_values(material.year.year, sections)
    reworded = [rewording.reworded(section, material.texts, values) for section in sections]
    submissions = sorted(material.submissions.values(), key=lambda sent: (sent.month, sent.clinic))
    return AnnualReport(
        year=material.year.year,
        region=material.region.name,
        last_month=str(material.year.last_month),
        is_demo=material.is_demo,
        sections=_numbered(places.arrange(reworded, material.texts)),
        definitions=_definitions(material.region),
        sources=_sources(material),
        submissions=tuple(map(_reference, submissions)),
    )


def _reference(submission: Submission) -> SubmissionRef:
    return SubmissionRef(
        clinic=submission.clinic,
        month=str(submission.month),
        version=submission.version,
        id=submission.id,
    )


def _section(chapter: Chapter, material: Material) -> Section:
    plain = Section(number=chapter.number, title=chapter.title, is_addition=chapter.is_addition)
    fill = _MAKERS.get(chapter.number, _indicators)
    filled = region_sources.add(fill(plain, chapter, material), material)
    return _with_suppliers(filled, material.region)


def _with_suppliers(section: Section, region: Region) -> Section:
    """Name who gives the figures as the region does."""
    words = {source: region.in_words(source) for source in {point.source for point in section.points}}
    points = [
        point if words[point.source] == point.source else replace(point, source=words[point.source])
        for point in section.points
    ]
    return replace(section, source=region.in_words(section.source), points=tuple(points))


def _indicators(plain: Section, chapter: Chapter, material: Material) -> Section:
    """Fill a section with its indicators: sentences, chart, table per clinic, what is printed."""
    section = plain
    for indicator in chapter.indicators:
        section = _with_indicator(section, material.year.of(indicator.code), material)
    return replace(section, notes=tuple(dict.fromkeys(section.notes)))


def _with_indicator(section: Section, indicator_year: YearOfIndicator, material: Material) -> Section:
    """Return the section with one more indicator at its end."""
    year, indicator = material.year, indicator_year.indicator
    caveats = [indicator.caveat] if indicator.caveat else []
    return replace(
        section,
        generated=(*section.generated, *sentences.of_indicator(indicator_year, year)),
        notes=(*section.notes, *caveats),
        charts=(*section.charts, *_charts(indicator_year, material)),
        tables=(*section.tables, *_tables(indicator_year, material)),
        points=(*section.points, *of_indicator(year, indicator_year, material.clinics, material.region)),
        source=indicator.source,
    )


def _charts(indicator_year: YearOfIndicator, material: Material) -> list[Chart]:
    if not indicator_year.indicator.per_clinic:
        return []
    target = material.aims.target_or_demand(indicator_year.indicator, material.year.last_month.last_day)
    chart = charts.of_clinics(material.year, indicator_year, material.clinics, target)
    return [chart] if chart else []


def _tables(indicator_year: YearOfIndicator, material: Material) -> Iterator[ReportTable]:
    """Yield the tables that have something to show: per clinic, by part."""
    year = material.year
    if any(now.value is not None for _, now, _ in indicator_year.clinics):
        yield tables.of_clinics(year, indicator_year, material.clinics)
    if indicator_year.breakdowns:
        yield tables.breakdowns(year, indicator_year)


def _basis(plain: Section, chapter: Chapter, material: Material) -> Section:
    """Chapter 3: the year's clinics on the map and in the table."""
    year, clinics = material.year, material.clinics
    section = _indicators(plain, chapter, material)
    outside = _published_outside_indicators(year)
    borders = filter(None, [attribution(material.region.outline)])
    return replace(
        section,
        generated=(*sentences.clinics(year, clinics), *section.generated),
        notes=(*section.notes, *additions.notes_on_clinics(material), *borders),
        charts=(charts.county_map(year.year, clinics, material.region),),
        tables=(tables.patients(year, clinics),),
        points=(*section.points, *(published(row, None) for row in outside)),
    )


def _published_outside_indicators(year: Year) -> list[PublishedBeside]:
    """Return the printed figures that no indicator computes and no indicator counts from."""
    indicators = {indicator.code for indicator in INDICATORS}
    numerators = {indicator.numerator for indicator in INDICATORS if indicator.numerator}
    return [row for row in year.published if row.indicator not in indicators | numerators]


def _free(plain: Section, _chapter: Chapter, _material: Material) -> Section:
    return plain


def _sources_beside(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Bilaga 2: what is printed elsewhere in one table, before the lists that the documents end with."""
    printed = tables.published(material.year.published)
    return replace(plain, tables=(printed,) if printed else ())


_MAKERS: dict[str, Callable[[Section, Chapter, Material], Section]] = {
    "3": _basis,
    "3.1": additions.growth,
    "3.2": additions.operators,
    "3.3": additions.openings,
    "4.6": additions.equal_care,
    "4.7": additions.queues,
    "4.8": demands.section,
    ENTRY: entry_chapter.section,
    PLANS: plans_chapter.section,
    "5": _free,
    "6": _free,
    "Bilaga 1": quality.section,
    "Bilaga 2": _sources_beside,
}


def _numbered(sections: list[Section]) -> tuple[Section, ...]:
    """Give the tables, and the figures that the source report has not, their numbers through the whole report."""
    table_numbers, figure_numbers = count(1), count(1)
    numbered: list[Section] = []
    for section in sections:
        tables = [replace(table, number=next(table_numbers)) for table in section.tables]
        figures = [
            replace(chart, number=f"{ADDED_FIGURE}{next(figure_numbers)}")
            if chart.number == ADDED_FIGURE
            else chart
            for chart in section.charts
        ]
        numbered.append(replace(section, tables=tuple(tables), charts=tuple(figures)))
    return tuple(numbered)


def _definitions(region: Region) -> tuple[Definition, ...]:
    return tuple(
        Definition(
            code=indicator.code,
            label=indicator.label,
            definition=indicator.definition,
            unit=indicator.unit,
            basis=indicator.headline.label,
            source=region.in_words(indicator.source),
            caveat=indicator.caveat,
        )
        for indicator in INDICATORS
    )


def _sources(material: Material) -> tuple[ReportSource, ...]:
    """Return who gives which figures, the printed sources last."""
    labels_by_source: dict[str, list[str]] = {}
    for indicator in INDICATORS:
        labels_by_source.setdefault(material.region.in_words(indicator.source), []).append(indicator.label)
    sources = [ReportSource(name=name, gives=", ".join(labels)) for name, labels in labels_by_source.items()]
    printed = {row.source for row in material.year.published}
    sources += [
        ReportSource(name=SOURCES.get(name, name), gives="Publicerade uppgifter, visade bredvid de beräknade")
        for name in sorted(printed)
    ]
    borders = attribution(material.region.outline)
    return (*sources, *([ReportSource(name="SCB", gives=borders)] if borders else []))

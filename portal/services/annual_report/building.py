"""Put the report together: every section from the material, in the order of the region's report."""

from collections.abc import Callable
from dataclasses import replace

from portal.charts.county import ATTRIBUTION
from portal.domain.annual_report.chapters import CHAPTERS, SOURCES, Chapter
from portal.domain.annual_report.content import (
    AnnualReport,
    Definition,
    Section,
    Source,
    SubmissionRef,
    Table,
)
from portal.domain.registry.indicators import INDICATORS
from portal.services.annual_report import (
    additions,
    charts,
    demands,
    quality,
    region_sources,
    sentences,
    tables,
)
from portal.services.annual_report.points import of_indicator, published
from portal.services.annual_report.reading import Material


def build(material: Material) -> AnnualReport:
    """Return the year's report as one object; the same material gives the same object."""
    sections = [additions.summary(material), *(_section(chapter, material) for chapter in CHAPTERS)]
    return AnnualReport(
        year=material.year.year,
        last_month=str(material.year.last_month),
        is_demo=material.is_demo,
        sections=_numbered(sections),
        definitions=_definitions(),
        sources=_sources(material),
        submissions=tuple(
            SubmissionRef(clinic=found.clinic, month=str(found.month), version=found.version, id=found.id)
            for _, found in sorted(material.submissions.items(), key=lambda item: (item[0][1], item[0][0]))
        ),
    )


def _section(chapter: Chapter, material: Material) -> Section:
    plain = Section(
        number=chapter.number, title=chapter.title, is_addition=chapter.is_addition, lead=chapter.text
    )
    made = region_sources.add(_MAKERS.get(chapter.number, _indicators)(plain, chapter, material), material)
    written = material.texts.get(chapter.number)
    return replace(made, text=written.text, text_version=written.version) if written else made


def _indicators(plain: Section, chapter: Chapter, material: Material) -> Section:
    """Fill a section with its indicators: sentences, chart, table per clinic, what is printed."""
    year = material.year
    section = plain
    for indicator in chapter.indicators:
        found = year.of(indicator.code)
        shown = material.clinics
        chart = charts.of_clinics(year, found, shown) if indicator.per_clinic else None
        more: list[Table | None] = []
        if found.clinics and any(now.value is not None for _, now, _ in found.clinics):
            more.append(tables.of_clinics(year, found, shown))
        if found.breakdowns:
            more.append(tables.breakdowns(year, found))
        more.append(tables.published(found))
        section = replace(
            section,
            generated=(*section.generated, *sentences.of_indicator(found, year.year)),
            notes=(*section.notes, *([indicator.caveat] if indicator.caveat else [])),
            charts=(*section.charts, *([chart] if chart else [])),
            tables=(*section.tables, *(table for table in more if table)),
            points=(*section.points, *of_indicator(year, found, shown)),
            source=indicator.source,
        )
    return replace(section, notes=tuple(dict.fromkeys(section.notes)))


def _basis(plain: Section, chapter: Chapter, material: Material) -> Section:
    """Chapter 3: the year's clinics on the map and in the table, and what else the sources print."""
    year, open_ = material.year, material.clinics
    made = _indicators(plain, chapter, material)
    codes = {indicator.code for indicator in INDICATORS} | {
        indicator.numerator for indicator in INDICATORS if indicator.numerator
    }
    others = [row for row in year.published if row.indicator not in codes]
    found = [tables.patients(year, open_), tables.other_published(others)]
    return replace(
        made,
        generated=(
            *sentences.clinics(year, open_, material.closed_reasons),
            *made.generated,
        ),
        notes=(*made.notes, *additions.notes_on_clinics(material), ATTRIBUTION),
        charts=(charts.county_map(year.year, open_),),
        tables=tuple(table for table in found if table),
        points=(*made.points, *(published(row, None) for row in others)),
    )


def _free(plain: Section, _chapter: Chapter, _material: Material) -> Section:
    return plain


_MAKERS: dict[str, Callable[[Section, Chapter, Material], Section]] = {
    "3": _basis,
    "3.1": additions.growth,
    "3.2": additions.operators,
    "3.3": additions.openings,
    "4.6": additions.equal_care,
    "4.7": additions.queues,
    "4.8": demands.section,
    "5": _free,
    "6": _free,
    "Bilaga 1": quality.section,
    "Bilaga 2": _free,
}


def _numbered(sections: list[Section]) -> tuple[Section, ...]:
    """Give the tables their numbers through the whole report."""
    found, number = [], 0
    for section in sections:
        counted = []
        for table in section.tables:
            number += 1
            counted.append(replace(table, number=number))
        found.append(replace(section, tables=tuple(counted)))
    return tuple(found)


def _definitions() -> tuple[Definition, ...]:
    return tuple(
        Definition(
            code=indicator.code,
            label=indicator.label,
            definition=indicator.definition,
            unit=indicator.unit,
            basis=indicator.headline.label,
            source=indicator.source,
            caveat=indicator.caveat,
        )
        for indicator in INDICATORS
    )


def _sources(material: Material) -> tuple[Source, ...]:
    """Return who gives which figures, the printed sources last."""
    found: dict[str, list[str]] = {}
    for indicator in INDICATORS:
        found.setdefault(indicator.source, []).append(indicator.label)
    sources = [Source(name=name, gives=", ".join(labels)) for name, labels in found.items()]
    printed = {row.source for row in material.year.published}
    sources += [
        Source(name=SOURCES.get(name, name), gives="Publicerade uppgifter, visade bredvid de beräknade")
        for name in sorted(printed)
    ]
    return (*sources, Source(name="SCB", gives=ATTRIBUTION))

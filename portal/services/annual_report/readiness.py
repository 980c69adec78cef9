"""What the annual report rests on before it is frozen: what is whole, what lacks a basis and where it is filled in.

For the region alone. Nothing here stops a freezing: what lacks stands in the report with its reason in words.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from db.annual_report import report_texts
from db.annual_report.report_texts import ReportText
from db.release import releases
from portal import formats
from portal.domain.accounts.access import User, check_is_region
from portal.domain.annual_report.chapters import CHAPTERS, CHAPTERS_BY_NUMBER, PLANS
from portal.domain.annual_report.content import AnnualReport, Section
from portal.domain.annual_report.places import OWN_NUMBER
from portal.domain.annual_report.readiness import Item, Readiness, Standing
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE, PATIENTS, Indicator
from portal.domain.registry.months import Month, latest_whole_month, months_of_year
from portal.domain.registry.region import Region
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import MissingReason
from portal.domain.reporting.submissions import State
from portal.domain.sources.declared import FIELDS_BY_CODE, IN_REPORT, POPULATION, source_of
from portal.domain.sources.year import SourceState
from portal.services.annual_report import texts
from portal.services.annual_report.live import live, material, state_of
from portal.services.annual_report.points import part_label
from portal.services.annual_report.reading import Material
from portal.services.context import Portal
from portal.services.insight.benchmarks import PublishedBeside, Year
from portal.services.plans import levels
from portal.services.plans.chapter import plan_name
from portal.services.plans.plans import FollowedPlan
from portal.services.sources import source_years
from portal.services.sources.source_years import RegionYear, SourceYear


MOST_NAMED = 6
EXPECTED_GAPS = (MissingReason.NOT_STARTED, MissingReason.CLOSED)
UNWRITTEN = "Kapitlet är inte skrivet."
OUTDATED = "Siffrorna har ändrats sedan texten skrevs."

_OF_SOURCE = {
    SourceState.FILLED: Standing.READY,
    SourceState.PARTLY: Standing.PARTLY,
    SourceState.EMPTY: Standing.LACKING,
    SourceState.NOT_SURVEYED: Standing.NOT_SURVEYED,
    SourceState.NO_DATA: Standing.NO_DATA,
    SourceState.FAULT: Standing.WRONG,
}


def of_report(portal: Portal, user: User, year: int) -> Readiness:
    """Return how the year's draft stands, in the order of the report; raises AccessDenied."""
    check_is_region(user)
    key = ("readiness", year, portal.clock.today, state_of(portal, user))
    return portal.memo.get(key, lambda: _read(portal, user, year))


def _read(portal: Portal, user: User, year: int) -> Readiness:
    report, year_material = live(portal, user, year), material(portal, user, year)
    months = months_of_year(year)
    with portal.reading(user) as scoped:
        released = releases.list_newest(scoped, first=months[0], last=months[-1])
        texts_before = report_texts.newest(scoped, year=year - 1)
    sources_before = source_years.year(portal, user, year - 1)
    lines = items(report, year_material, released.keys())
    asked = [replace(item, ask=_ask(item, portal.region, sources_before, texts_before)) for item in lines]
    return Readiness(year=year, items=tuple(asked))


def _ask(
    item: Item, region: Region, sources_before: RegionYear, texts_before: Mapping[str, ReportText]
) -> str:
    """Say whom to ask about a part that lacks something: who gave or wrote it the year before."""
    if not item.standing.is_to_do:
        return ""
    if item.page == "kallor":
        return _ask_for_source(sources_before.of(item.query["kalla"]), region)
    text = texts_before.get(item.section)
    is_written = item.page == "arsuppfoljning" and text is not None and bool(text.text)
    return f"Skrevs för {sources_before.year} av {text.written_by}." if text and is_written else ""


def _ask_for_source(before: SourceYear, region: Region) -> str:
    """Name who supplies a source, and how it came the year before."""
    facts = [figure.fact for figure in before.entered if figure.fact]
    names = ", ".join(dict.fromkeys(fact.entered_by for fact in facts if fact.entered_by))
    papers = _named(list(dict.fromkeys(fact.source for fact in facts if fact.source)), most=2)
    earlier = f" {before.year} infördes den av {names}, ur {papers}." if names and papers else ""
    return f"Fråga {region.in_words(before.source.supplier)}.{earlier}"


def items(report: AnnualReport, material: Material, released: Iterable[Month]) -> tuple[Item, ...]:
    """Return every line, in the order of the report; `released` are the year's released months."""
    newest = latest_whole_month(material.today)
    past = [month for month in months_of_year(report.year) if material.first <= month <= newest]
    return (
        *_figures(report, material.year),
        _patients(material),
        _months(material, past),
        _reviewed(material, past),
        _released(past, set(released)),
        *(_source(of_year) for of_year in _sources(material)),
        *_plans(material.plans),
        *_texts(report, material),
        *_published(material.year),
    )


# --- figures 1-8 ---


def _figures(report: AnnualReport, year: Year) -> list[Item]:
    """Say how many of the report's own figures have something to draw, and which have not."""
    numbered = _numbered_indicators()
    drawn = _drawn(numbered, report)
    lacking = [
        _lacking_figure(number, numbered[number], year.year) for number in numbered if number not in drawn
    ]
    gaps = _gaps(drawn, year)
    text = f"{len(drawn)} av {len(numbered)} figurer har underlag."
    every_figure = Item(
        what=f"Figur 1–{len(numbered)}",
        standing=Standing.PARTLY if lacking or gaps else Standing.READY,
        text=f"{text} Utan värde: {gaps}." if gaps else text,
        page="mottagningar",
        query={"visa": "alla", "period": str(year.year)},
    )
    return [every_figure, *lacking]


def _numbered_indicators() -> dict[str, Indicator]:
    """Return the indicators that have a figure in the report, by its number."""
    return {str(indicator.figure): indicator for indicator in INDICATORS if indicator.figure is not None}


def _drawn(numbered: Mapping[str, Indicator], report: AnnualReport) -> dict[str, Indicator]:
    """Return those of them whose figure has something to draw."""
    with_marks = {chart.number for chart in report.charts if chart.marks}
    return {number: indicator for number, indicator in numbered.items() if number in with_marks}


def _gaps(drawn: Mapping[str, Indicator], year: Year) -> str:
    """Name the clinics without a value in each figure, the figures with the same gaps together.

    The patients have a line of their own.
    """
    figures_by_clinics: dict[str, list[str]] = {}
    for number, indicator in drawn.items():
        if not indicator.is_base:
            clinics = _named(_without_value(year, indicator))
            figures_by_clinics.setdefault(clinics, []).append(number)
    gaps = [
        f"figur {', '.join(numbers)}: {clinics}" for clinics, numbers in figures_by_clinics.items() if clinics
    ]
    return "; ".join(gaps)


def _without_value(year: Year, indicator: Indicator) -> list[str]:
    """Name the clinics that have no value though they were open, with the reason."""
    return [
        f"{clinic.name} ({formats.reason(now.reason)})"
        for clinic, now, _ in year.of(indicator.code).clinics
        if now.value is None and now.reason not in EXPECTED_GAPS
    ]


def _patients(material: Material) -> Item:
    """Say how many of the year's clinics have current patients at its end: chapter 3's table."""
    year, count = material.year, len(material.clinics)
    names = _without_value(year, INDICATORS_BY_CODE[PATIENTS])
    text = f"{count - len(names)} av {count} mottagningar har ett värde för {year.last_month.label}."
    return Item(
        what="3 Aktuella patienter",
        section="3",
        standing=Standing.PARTLY if names else Standing.READY,
        text=text + (f" Utan värde: {_named(names)}." if names else ""),
        page="mottagningar",
        query={"indikator": PATIENTS, "period": str(year.last_month)},
    )


def _lacking_figure(number: str, indicator: Indicator, year: int) -> Item:
    return Item(
        what=f"Figur {number}",
        section=indicator.chapter,
        standing=Standing.LACKING,
        text=f"{indicator.label}: ingen mottagning har något värde för {year}.",
        page="mottagningar",
        query={"indikator": indicator.code, "period": str(year)},
    )


# --- the clinics' months ---


def _months(material: Material, past: list[Month]) -> Item:
    """Say how many of the year's months are in from every clinic that owed them, and which are not."""
    year, missing = material.year.year, _missing_months(material, past)
    is_under_way = len(past) < len(months_of_year(year)) and year == material.today.year
    sentences = [_whole_months(material, past, missing)]
    if missing:
        clinics = [f"{name} ({_months_text(months)})" for name, months in missing.items()]
        sentences.append(f"Saknas: {_named(clinics)}.")
    if is_under_way:
        sentences.append(f"{year} är inte slut.")
    return Item(
        what="Månader inskickade",
        standing=Standing.UNDER_WAY if is_under_way else Standing.PARTLY if missing else Standing.READY,
        text=" ".join(sentences),
        page="laget",
    )


def _missing_months(material: Material, past: list[Month]) -> dict[str, list[Month]]:
    """Return the months that each clinic owes, by its name in the report."""
    missing: dict[str, list[Month]] = {}
    for month in past:
        for clinic in _open_clinics(material, month):
            if (clinic.code, month) not in material.submissions:
                missing.setdefault(clinic.name, []).append(month)
    return missing


def _open_clinics(material: Material, month: Month) -> list[Clinic]:
    return [clinic for clinic in material.clinics if clinic.is_open(month)]


def _whole_months(material: Material, past: list[Month], missing: Mapping[str, list[Month]]) -> str:
    late = {month for months in missing.values() for month in months}
    clinics = len(material.clinics)
    text = f"{len(past) - len(late)} av {len(past)} månader inne från alla {clinics} mottagningar"
    is_open_in_part = any(len(_open_clinics(material, month)) < clinics for month in past)
    return f"{text}, de månader de var öppna." if is_open_in_part else f"{text}."


def _reviewed(material: Material, past: list[Month]) -> Item:
    months = set(past)
    states = [submission.state for (_, month), submission in material.submissions.items() if month in months]
    waiting, returned = states.count(State.SENT), states.count(State.RETURNED)
    parts = [f"{len(states) - waiting - returned} av {len(states)} inlämningar är godkända"]
    if waiting:
        parts.append(f"väntar på granskning: {waiting}")
    if returned:
        parts.append(f"återlämnade till mottagningen: {returned}")
    return Item(
        what="Månader granskade",
        standing=Standing.PARTLY if waiting or returned else Standing.READY,
        text=f"{', '.join(parts)}.",
        page="granska",
    )


def _released(past: list[Month], released: set[Month]) -> Item:
    not_yet = [month for month in past if month not in released]
    text = f"{len(past) - len(not_yet)} av {len(past)} månader är släppta till mottagningarna."
    if not_yet:
        text += f" Inte släppta: {_months_text(not_yet)}."
    return Item(
        what="Månader släppta",
        standing=Standing.PARTLY if not_yet else Standing.READY,
        text=text,
        page="laget",
    )


def _months_text(months: list[Month]) -> str:
    return _named([month.name for month in months], most=12)


def _named(names: list[str], *, most: int = MOST_NAMED) -> str:
    """Name the first ones and count the rest."""
    listed = ", ".join(names[:most])
    return f"{listed} och {len(names) - most} till" if len(names) > most else listed


# --- the region's own sources ---


def _sources(material: Material) -> list[SourceYear]:
    """Return those that the year's report shows: what may lack and does is no part of it."""
    years = [material.sources.of(source.code) for source in IN_REPORT]
    return [of_year for of_year in years if of_year.is_to_do or of_year.state is not SourceState.EMPTY]


def _source(source_year: SourceYear) -> Item:
    """Say where a source stands, which of its figures lack, and whether there is a year before."""
    parts = [_lacks(source_year), _why(source_year), _before(source_year)]
    if source_year.source is POPULATION and source_year.state is not SourceState.FILLED:
        parts.append("Värden per 1 000 barn visas när alla kommuner är ifyllda.")
    return Item(
        what=f"{source_year.source.chapter} {source_year.source.label}",
        section=source_year.source.chapter,
        standing=_OF_SOURCE[source_year.state],
        text=" ".join(filter(None, parts)) or "Siffrorna är inlagda.",
        page="kallor",
        query={"kalla": source_year.source.code, "ar": str(source_year.year)},
    )


def _lacks(source_year: SourceYear) -> str:
    if source_year.state is SourceState.FAULT:
        return " ".join(remark.text for remark in source_year.remarks if remark.is_fault)
    if source_year.state not in (SourceState.PARTLY, SourceState.EMPTY):
        return ""
    entered = {figure.field.code for figure in source_year.entered}
    names = [field.label for field in source_year.source.fields if field.code not in entered]
    if names:
        return f"Inte ifyllt: {', '.join(names)}."
    return "Inte ifyllt för alla."


def _why(source_year: SourceYear) -> str:
    """Return the note beside a reason, such as why there is no basis, or that it is a year off."""
    if source_year.state is SourceState.NOT_SURVEYED:
        return f"{source_year.year}: år utan enkät."
    if source_year.state is not SourceState.NO_DATA:
        return ""
    notes = [figure.fact.note for figure in source_year.entered if figure.fact and figure.fact.note]
    return " ".join(["Inga siffror inlagda.", *dict.fromkeys(notes)])


def _before(source_year: SourceYear) -> str:
    """Say that the year before has no figures to compare with, and why."""
    if any(figure.previous is not None for figure in source_year.figures):
        return ""
    year = source_year.year - 1
    reasons = [figure.previous_reason for figure in source_year.figures if figure.previous_reason]
    if MissingReason.NO_SURVEY in reasons:
        return f"{year}: ingen mätning, år utan enkät."
    label = reasons[0].label if reasons else MissingReason.NOT_REPORTED.label
    return f"{year}: {label}, ingen jämförelse."


# --- the clinics' action plans ---


def _plans(chosen: Sequence[FollowedPlan]) -> list[Item]:
    """Say which of the plans chosen for the report the region has not agreed to; nothing where none is chosen."""
    if not chosen:
        return []
    waiting = [followed for followed in chosen if followed.waits_for_region]
    count = f"{len(waiting) or 'Ingen'} av {formats.plural(len(chosen), 'vald plan', 'valda planer')}"
    named = f": {_named(list(map(plan_name, waiting)))}" if waiting else ""
    return [
        Item(
            what=f"{PLANS} Åtgärdsplaner",
            section=PLANS,
            standing=Standing.PARTLY if waiting else Standing.READY,
            text=f"{count} {levels.WAITS}{named}.",
            page="atgarder",
            query={"plan": str(waiting[0].plan.number)} if len(waiting) == 1 else {},
        )
    ]


# --- the region's own words ---


def _texts(report: AnnualReport, material: Material) -> list[Item]:
    """Say which chapters are unwritten or behind their figures, and how many speak for themselves."""
    unwritten = [section for section in _free_sections(report) if not section.text]
    outdated = [
        section
        for section in report.sections
        if texts.is_outdated(section, material.texts.get(section.declared_number))
    ]
    if not unwritten and not outdated:
        return [_written(report)]
    return [
        *(_text(report.year, section, Standing.LACKING, UNWRITTEN) for section in unwritten),
        *(_text(report.year, section, Standing.PARTLY, OUTDATED) for section in outdated),
    ]


def _written(report: AnnualReport) -> Item:
    by_region = [section.number for section in report.sections if section.text]
    automatic = [section for section in report.sections if section.generated and not section.text]
    return Item(
        what="Texter",
        standing=Standing.READY,
        text=f"Skrivna av regionen: {', '.join(by_region)}. {len(automatic)} avsnitt har automatiska meningar.",
        page="arsuppfoljning",
        query={"ar": str(report.year), "kapitel": "5"},
    )


def _free_sections(report: AnnualReport) -> list[Section]:
    """Return the sections that the region writes all of."""
    return [section for section in report.sections if _is_free(section)]


def _is_free(section: Section) -> bool:
    """Tell whether nothing is generated in it: a chapter of discussion, or one that the region has added."""
    chapter = CHAPTERS_BY_NUMBER.get(section.declared_number)
    return chapter.is_free if chapter else bool(OWN_NUMBER.fullmatch(section.declared_number))


def _text(year: int, section: Section, standing: Standing, text: str) -> Item:
    return Item(
        what=section.heading,
        section=section.number,
        standing=standing,
        text=text,
        page="arsuppfoljning",
        query={"ar": str(year), "kapitel": section.chapter},
    )


# --- what is printed, beside what is computed ---


def _published(year: Year) -> list[Item]:
    """Say how many printed figures agree with what the portal has, and name each that does not."""
    printed = [row for row in _comparable(year) if row.published is not None]
    differing = [row for row in printed if row.differs]
    uncomputed = [row for row in printed if row.computed is None]
    every_figure = Item(
        what="Publicerade jämförelsetal",
        standing=Standing.DIFFERS if differing else Standing.PARTLY if uncomputed else Standing.READY,
        text=_agreement(printed, differing, uncomputed),
    )
    return [every_figure, *(_differing(row) for row in differing)]


def _agreement(
    printed: list[PublishedBeside], differing: list[PublishedBeside], uncomputed: list[PublishedBeside]
) -> str:
    if not printed:
        return "Det finns inga publicerade tal att jämföra med."
    agreeing = len(printed) - len(differing) - len(uncomputed)
    text = f"{agreeing} av {len(printed)} publicerade tal stämmer med dem som portalen räknar fram."
    if uncomputed:
        text += f" Kan inte räknas fram: {_named([_name(row) for row in uncomputed])}."
    return text


def _comparable(year: Year) -> list[PublishedBeside]:
    """Return the printed figures that the portal has a figure of its own for, both years'."""
    of_indicators = [
        row
        for indicator_year in year.indicators
        for row in (*indicator_year.published, *indicator_year.published_before)
    ]
    return [*of_indicators, *(row for row in year.published if row.indicator == "clinics")]


def _name(row: PublishedBeside) -> str:
    indicator = INDICATORS_BY_CODE.get(row.indicator)
    label = indicator.label if indicator else "Mottagningar"
    part = f", {part_label(row.breakdown)}" if row.breakdown else ""
    return f"{label}{part} {row.period.replace('..', '–')}"


def _differing(row: PublishedBeside) -> Item:
    indicator = INDICATORS_BY_CODE.get(row.indicator)
    published, computed = (formats.exact(half_up(value or 0, 1)) for value in (row.published, row.computed))
    page, query = "mottagningar", {"indikator": row.indicator, "period": row.period[:4]}
    if indicator and not indicator.from_clinics:
        page, query = "kallor", {"kalla": _source_of(row.indicator), "ar": row.period[:4]}
    return Item(
        what=_name(row),
        section=_section_of(indicator),
        standing=Standing.DIFFERS,
        text=f"Publicerat {published}, beräknat {computed} ({row.unit}).",
        page=page,
        query=query,
    )


def _section_of(indicator: Indicator | None) -> str:
    """Return the section that an indicator's figures stand in; what belongs to none stands in chapter 3."""
    return next((chapter.number for chapter in CHAPTERS if indicator in chapter.indicators), "3")


def _source_of(indicator: str) -> str:
    return next(source_of(field).code for field in FIELDS_BY_CODE.values() if field.indicator == indicator)

"""What the annual report rests on before it is frozen: what is whole, what lacks a basis and where it is filled in.

For the region alone. Nothing here stops a freezing: what lacks stands in the report with its reason in words.
"""

from collections.abc import Iterable

from db.release import releases
from portal import formats
from portal.domain.accounts.access import User, check_is_region
from portal.domain.annual_report.chapters import CHAPTERS_BY_NUMBER
from portal.domain.annual_report.content import AnnualReport, Section
from portal.domain.annual_report.readiness import Item, Readiness, Standing
from portal.domain.registry.indicators import INDICATORS, INDICATORS_BY_CODE, PATIENTS, Indicator
from portal.domain.registry.months import Month, latest_whole_month, months_of_year
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
from portal.services.sources.source_years import SourceYear


MOST_NAMED = 6
EXPECTED_GAPS = (MissingReason.NOT_STARTED, MissingReason.CLOSED)


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
    report, found = live(portal, user, year), material(portal, user, year)
    months = months_of_year(year)
    with portal.reading(user) as scoped:
        released = releases.list_newest(scoped, first=months[0], last=months[-1])
    return Readiness(year=year, items=items(report, found, released.keys()))


def items(report: AnnualReport, found: Material, released: Iterable[Month]) -> tuple[Item, ...]:
    """Put every line together from what the report is made from."""
    over = [
        month
        for month in months_of_year(report.year)
        if found.first <= month <= latest_whole_month(found.today)
    ]
    return (
        *_figures(report, found),
        _patients(found),
        _months(found, over),
        _reviewed(found, over),
        _released(found, over, set(released)),
        *(_source(found.sources.of(source.code)) for source in IN_REPORT),
        *_texts(report, found),
        *_published(found.year),
    )


# --- figures 1-8 ---


def _figures(report: AnnualReport, found: Material) -> list[Item]:
    """Say how many of the report's own figures have something to draw, and which have not."""
    year, numbered = found.year, {str(one.figure): one for one in INDICATORS if one.figure is not None}
    drawn = {chart.number for chart in report.charts if chart.marks}
    lacking = [number for number in numbered if number not in drawn]
    gaps: dict[str, list[str]] = {}
    for number, indicator in numbered.items():
        if not indicator.is_base and number in drawn:
            gaps.setdefault(_named(_without_value(year, indicator)), []).append(number)
    told = [f"figur {', '.join(numbers)}: {names}" for names, numbers in gaps.items() if names]
    text = f"{len(numbered) - len(lacking)} av {len(numbered)} figurer har underlag."
    whole = Item(
        what=f"Figur 1–{len(numbered)}",
        standing=Standing.PARTLY if lacking or told else Standing.READY,
        text=text + (f" Utan värde: {'; '.join(told)}." if told else ""),
        page="mottagningar",
        query={"visa": "alla", "period": str(year.year)},
    )
    return [whole, *(_lacking_figure(number, numbered[number], year.year) for number in lacking)]


def _without_value(year: Year, indicator: Indicator) -> list[str]:
    """Name the clinics that have no value though they were open, with the reason."""
    return [
        f"{clinic.report_name} ({formats.reason(now.reason)})"
        for clinic, now, _ in year.of(indicator.code).clinics
        if now.value is None and now.reason not in EXPECTED_GAPS
    ]


def _patients(found: Material) -> Item:
    """Say how many of the year's clinics have current patients at its end: chapter 3's table."""
    names = _without_value(found.year, INDICATORS_BY_CODE[PATIENTS])
    count = len(found.clinics)
    text = f"{count - len(names)} av {count} mottagningar har ett värde för {found.year.last_month.label}."
    return Item(
        what="3 Aktuella patienter",
        standing=Standing.PARTLY if names else Standing.READY,
        text=text + (f" Utan värde: {_named(names)}." if names else ""),
        page="mottagningar",
        query={"indikator": PATIENTS, "period": str(found.year.last_month)},
    )


def _lacking_figure(number: str, indicator: Indicator, year: int) -> Item:
    return Item(
        what=f"Figur {number}",
        standing=Standing.LACKING,
        text=f"{indicator.label}: ingen mottagning har något värde för {year}.",
        page="mottagningar",
        query={"indikator": indicator.code, "period": str(year)},
    )


# --- the clinics' months ---


def _months(found: Material, over: list[Month]) -> Item:
    """Say how many of the year's months are in from every clinic that owed them, and which are not."""
    year = found.year.year
    owed = {month: [one for one in found.clinics if one.is_open(month)] for month in over}
    missing: dict[str, list[Month]] = {}
    for month, clinics in owed.items():
        for clinic in clinics:
            if (clinic.code, month) not in found.submissions:
                missing.setdefault(clinic.report_name, []).append(month)
    late = {month for months in missing.values() for month in months}
    text = f"{len(over) - len(late)} av {len(over)} månader inne från alla {len(found.clinics)} mottagningar"
    text += ", de månader de var öppna." if any(len(c) < len(found.clinics) for c in owed.values()) else "."
    if missing:
        text += f" Saknas: {_named([f'{name} ({_months_text(m)})' for name, m in missing.items()])}."
    if len(over) < len(months_of_year(year)) and year == found.today.year:
        text += f" {year} är inte slut."
        standing = Standing.UNDER_WAY
    else:
        standing = Standing.PARTLY if missing else Standing.READY
    return Item(what="Månader inskickade", standing=standing, text=text, page="laget")


def _reviewed(found: Material, over: list[Month]) -> Item:
    current = [one for (_, month), one in found.submissions.items() if month in over]
    waiting = sum(one.state is State.SENT for one in current)
    returned = sum(one.state is State.RETURNED for one in current)
    parts = [
        f"väntar på granskning: {waiting}" if waiting else "",
        f"återlämnade till mottagningen: {returned}" if returned else "",
    ]
    text = f"{len(current) - waiting - returned} av {len(current)} inlämningar är godkända"
    return Item(
        what="Månader granskade",
        standing=Standing.PARTLY if waiting or returned else Standing.READY,
        text=", ".join(filter(None, (text, *parts))) + ".",
        page="granska",
    )


def _released(found: Material, over: list[Month], released: set[Month]) -> Item:
    not_yet = [month for month in over if month not in released]
    text = f"{len(over) - len(not_yet)} av {len(over)} månader är släppta till mottagningarna."
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
    shown = names[:most]
    return ", ".join(shown) + (f" och {len(names) - most} till" if len(names) > most else "")


# --- the region's own sources ---


def _source(found: SourceYear) -> Item:
    """Say where a source stands, which of its figures lack, and whether there is a year before."""
    parts = [_lacks(found), _why(found), _before(found)]
    if found.source is POPULATION and found.state is not SourceState.FILLED:
        parts.append("Värden per 1 000 barn visas när alla kommuner är ifyllda.")
    return Item(
        what=f"{found.source.chapter} {found.source.label}",
        standing=_OF_SOURCE[found.state],
        text=" ".join(filter(None, parts)) or "Siffrorna är inlagda.",
        page="kallor",
        query={"kalla": found.source.code, "ar": str(found.year)},
    )


def _lacks(found: SourceYear) -> str:
    if found.state is SourceState.FAULT:
        return " ".join(remark.text for remark in found.remarks if remark.is_fault)
    if found.state not in (SourceState.PARTLY, SourceState.EMPTY):
        return ""
    entered = {figure.field.code for figure in found.entered}
    names = [one.label for one in found.source.fields if one.code not in entered]
    if names:
        return f"Inte ifyllt: {', '.join(names)}."
    return "Inte ifyllt för alla."


def _why(found: SourceYear) -> str:
    """Return the note beside a reason, such as why there is no basis, or that it is a year off."""
    if found.state is SourceState.NOT_SURVEYED:
        return f"{found.year}: år utan enkät."
    if found.state is not SourceState.NO_DATA:
        return ""
    notes = [figure.fact.note for figure in found.entered if figure.fact and figure.fact.note]
    return " ".join(["Inga siffror inlagda.", *dict.fromkeys(notes)])


def _before(found: SourceYear) -> str:
    """Say that the year before has no figures to compare with, and why."""
    if any(figure.previous is not None for figure in found.figures):
        return ""
    year = found.year - 1
    reasons = [figure.previous_reason for figure in found.figures if figure.previous_reason]
    if MissingReason.NO_SURVEY in reasons:
        return f"{year}: ingen mätning, år utan enkät."
    label = reasons[0].label if reasons else MissingReason.NOT_REPORTED.label
    return f"{year}: {label}, ingen jämförelse."


# --- the region's own words ---


def _texts(report: AnnualReport, found: Material) -> list[Item]:
    """Say which chapters are unwritten or behind their figures, and how many speak for themselves."""
    free = [section for section in report.sections if _is_free(section)]
    unwritten = [section for section in free if not section.text]
    outdated = [
        section for section in report.sections if texts.is_outdated(section, found.texts.get(section.number))
    ]
    if unwritten or outdated:
        return [
            *(_text(report.year, one, Standing.LACKING, "Kapitlet är inte skrivet.") for one in unwritten),
            *(
                _text(report.year, one, Standing.PARTLY, "Siffrorna har ändrats sedan texten skrevs.")
                for one in outdated
            ),
        ]
    own = [section.number for section in report.sections if section.text]
    automatic = sum(bool(section.generated and not section.text) for section in report.sections)
    return [
        Item(
            what="Texter",
            standing=Standing.READY,
            text=f"Skrivna av regionen: {', '.join(own)}. {automatic} avsnitt har automatiska meningar.",
            page="arsuppfoljning",
            query={"ar": str(report.year), "kapitel": free[0].chapter},
        )
    ]


def _is_free(section: Section) -> bool:
    chapter = CHAPTERS_BY_NUMBER.get(section.number)
    return bool(chapter and chapter.is_free)


def _text(year: int, section: Section, standing: Standing, text: str) -> Item:
    return Item(
        what=section.heading,
        standing=standing,
        text=text,
        page="arsuppfoljning",
        query={"ar": str(year), "kapitel": section.chapter},
    )


# --- what is printed, beside what is computed ---


def _published(year: Year) -> list[Item]:
    """Say how many printed figures agree with what the portal has, and name each that does not."""
    rows = [row for row in _comparable(year) if row.published is not None]
    differing = [row for row in rows if row.computed is not None and differs(row)]
    unknown = [row for row in rows if row.computed is None]
    if not rows:
        text = "Det finns inga publicerade tal att jämföra med."
    else:
        agreeing = len(rows) - len(differing) - len(unknown)
        text = f"{agreeing} av {len(rows)} publicerade tal stämmer med dem som portalen räknar fram."
    if unknown:
        text += f" Kan inte räknas fram: {_named([_name(row) for row in unknown])}."
    standing = Standing.DIFFERS if differing else Standing.PARTLY if unknown else Standing.READY
    whole = Item(
        what="Publicerade jämförelsetal",
        standing=standing,
        text=text,
    )
    return [whole, *(_differing(row) for row in differing)]


def _comparable(year: Year) -> list[PublishedBeside]:
    """Return the printed figures that the portal has a figure of its own for, both years'."""
    clinics = [row for row in year.published if row.indicator == "clinics"]
    return [
        *(row for one in year.indicators for row in (*one.published, *one.published_before)),
        *clinics,
    ]


def differs(row: PublishedBeside) -> bool:
    """Tell whether a computed figure, with as many digits as the printed one, is another."""
    if row.published is None or row.computed is None:
        return False
    step = 1.0 if row.published == int(row.published) else 0.1
    return abs(row.computed - row.published) > step / 2 + 1e-9


def _name(row: PublishedBeside) -> str:
    indicator = INDICATORS_BY_CODE.get(row.indicator)
    label = indicator.label if indicator else "Mottagningar"
    part = f", {part_label(row.breakdown)}" if row.breakdown else ""
    return f"{label}{part} {row.period.replace('..', '–')}"


def _differing(row: PublishedBeside) -> Item:
    indicator = INDICATORS_BY_CODE.get(row.indicator)
    from_clinics = indicator is None or indicator.from_clinics
    values = [formats.exact(round(value or 0, 1)) for value in (row.published, row.computed)]
    return Item(
        what=_name(row),
        standing=Standing.DIFFERS,
        text=f"Publicerat {values[0]}, beräknat {values[1]} ({row.unit}).",
        page="mottagningar" if from_clinics else "kallor",
        query={"indikator": row.indicator, "period": row.period[:4]}
        if from_clinics
        else {"kalla": _source_of(row.indicator), "ar": row.period[:4]},
    )


def _source_of(indicator: str) -> str:
    return next(source_of(one).code for one in FIELDS_BY_CODE.values() if one.indicator == indicator)

"""What the report adds to the region's own of 2024: summary, growth, operators, openings, equal care, queues."""

from collections.abc import Iterable
from dataclasses import replace

from portal import formats
from portal.domain.annual_report.chapters import CHAPTERS, Chapter
from portal.domain.annual_report.content import Point, Section, Table
from portal.domain.registry.annual import RegionalFigure, regional_figure
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import PATIENTS, Indicator, Kind
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import change
from portal.services.annual_report import charts, sentences, tables
from portal.services.annual_report.points import of_indicator, part_label, region_point
from portal.services.annual_report.reading import Material
from portal.services.insight.benchmarks import YearOfIndicator
from portal.services.insight.neighbours import unnamed_bankruptcies


SHARES = ("first_visit_within_30d", "investigation_within_30d", "treatment_within_30d")
QUEUES = ("waiting_first_visit", "waiting_investigation", "waiting_treatment")
DONE = ("first_visits", "investigations_started", "treatments_started")
TO_CLEAR = (
    "months_to_clear_first_visit",
    "months_to_clear_investigation",
    "months_to_clear_treatment",
)
SHORT = ("Kö första besök", "Kö utredning", "Kö behandling", "Första besök", "Utredningar", "Behandlingar")
OF_THE_CLINIC = "Kommunen är mottagningens, inte barnets: var barnen bor rapporteras inte."
NOT_COLLECTED = (
    "Kön och ålder rapporteras inte av mottagningarna. Patientnämndens ärenden efter kön och ålder står i 4.2.3, "
    "för hela regionen."
)
SAME = "samma mottagningar båda åren"


def summary(material: Material) -> Section:
    """The headline figures of every chapter in one table, before the first chapter."""
    year = material.year
    rows = []
    for chapter in CHAPTERS:
        for indicator in chapter.indicators:
            found = year.of(indicator.code)
            rows.append(
                [
                    tables.text(indicator.label),
                    tables.text(chapter.number),
                    _headline(found),
                    tables.figure(indicator, found.before),
                    tables.moved(indicator, found.region.value, found.before.value),
                    _printed(found),
                    tables.text(indicator.headline.label),
                ]
            )
    headings = (
        "Indikator",
        "Kapitel",
        str(year.year),
        str(year.year - 1),
        "Förändring",
        "Publicerat",
        "Grund",
    )
    return Section(
        number="",
        title="Sammanfattning",
        is_addition=True,
        lead="Regionens huvudsiffror, i kapitlens ordning.",
        tables=(tables.table("Alla huvudsiffror", headings, rows),),
    )


def _headline(found: YearOfIndicator) -> tables.Cell:
    region = found.region
    if found.indicator.kind is Kind.RATIO and region.value is not None:
        words = f"{formats.number(region.value)} av {formats.number(region.denominator)}"
        return tables.number(region.value, words)
    return tables.figure(found.indicator, region)


def _printed(found: YearOfIndicator) -> tables.Cell:
    whole = [row for row in found.published if not row.breakdown and ".." not in row.period]
    if not whole:
        return tables.number(None)
    value = whole[0].published
    return tables.number(value, formats.value(found.indicator, value), missing="inget underlag")


def notes_on_clinics(material: Material) -> list[str]:
    """Say what the printed report tells of clinics that the register does not have."""
    return unnamed_bankruptcies(material.year.published)


def growth(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """All clinics against those that have both years, for the patients and every other count."""
    year = material.year
    patients = year.of(PATIENTS)
    counted = [patients, *(found for found in year.indicators if found.indicator.kind is Kind.COUNT)]
    rows = [row for found in counted if (row := _growth_row(found))]
    before, now = str(year.year - 1), str(year.year)
    headings = (
        "Mått",
        f"Alla {before}",
        f"Alla {now}",
        "Förändring",
        f"Samma {before}",
        f"Samma {now}",
        "Förändring, samma",
    )
    table = tables.table("Tillväxt: alla mottagningar och de som har värde båda åren", headings, rows)
    return replace(
        plain,
        generated=tuple(sentences.growth(patients, year.year)),
        charts=_growth_chart(patients, year.year),
        tables=(table,) if rows else (),
        points=tuple(point for found in counted for point in _growth_points(found, year.year)),
        source=patients.indicator.source,
    )


def _growth_row(found: YearOfIndicator) -> list[tables.Cell] | None:
    now, before, same = found.region.value, found.before.value, found.like_for_like
    if now is None or before is None or same is None:
        return None
    return [
        tables.text(f"{found.indicator.label} ({formats.plural(same[2], 'mottagning', 'mottagningar')})"),
        tables.number(before),
        tables.number(now),
        _percent(now, before),
        tables.number(same[1]),
        tables.number(same[0]),
        _percent(same[0], same[1]),
    ]


def _percent(now: float, before: float) -> tables.Cell:
    moved = change(now, before, in_points=False)
    return tables.number(moved, "–" if moved is None else f"{formats.signed(moved, 1)}\u00a0%")


def _growth_chart(found: YearOfIndicator, year: int) -> tuple[charts.Chart, ...]:
    if found.like_for_like is None or found.region.value is None or found.before.value is None:
        return ()
    same_now, same_before, count = found.like_for_like
    same = f"Samma {formats.number(count)} mottagningar"
    rows = [
        ("Alla mottagningar", str(year), found.region.value),
        ("Alla mottagningar", str(year - 1), found.before.value),
        (same, str(year), same_now),
        (same, str(year - 1), same_before),
    ]
    caption = f"Aktuella patienter vid årets slut {year - 1} och {year}"
    return (charts.groups("T1", caption, found.indicator.unit, rows),)


def _growth_points(found: YearOfIndicator, year: int) -> list[Point]:
    if found.like_for_like is None:
        return []
    now, before, _ = found.like_for_like
    return [
        region_point(found.indicator, str(period), SAME, value, RegionalFigure())
        for period, value in ((year, now), (year - 1, before))
    ]


def operators(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """The region's own clinics beside the private ones."""
    year = material.year
    chosen = [year.of(code) for code in (PATIENTS, "first_visits", *SHARES, "video_contacts", *QUEUES)]
    rows, points = [], []
    for found in chosen:
        cells = [tables.text(found.indicator.label)]
        for period in (year.year, year.year - 1):
            for operator in Operator:
                group = _group(found, lambda clinic, o=operator: clinic.operator is o, period == year.year)
                cells.append(tables.figure(found.indicator, group))
                points.append(_group_point(found.indicator, period, f"operator:{operator.value}", group))
        rows.append(cells)
    headings = ("Mått", *(f"{o.label} {p}" for p in (year.year, year.year - 1) for o in Operator))
    patients = year.of(PATIENTS)
    bars = [
        (operator.label.capitalize(), str(period), _of(points, PATIENTS, operator, period))
        for operator in Operator
        for period in (year.year, year.year - 1)
    ]
    caption = f"Aktuella patienter efter regi {year.year - 1} och {year.year}"
    return replace(
        plain,
        generated=_operator_sentences(material, points),
        charts=(charts.groups("T2", caption, patients.indicator.unit, bars),),
        tables=(tables.table("Offentlig och privat regi", headings, rows),),
        points=tuple(points),
        notes=("Andelar är sammanslagna: alla täljare delat med alla nämnare i gruppen.",),
        source=patients.indicator.source,
    )


def _group(found: YearOfIndicator, belongs: object, is_now: bool) -> RegionalFigure:
    """Put the clinics that belong together; percentages pooled."""
    figures = [now if is_now else before for clinic, now, before in found.clinics if belongs(clinic)]  # type: ignore[operator]
    together = regional_figure(found.indicator, figures)
    return replace(together, value=together.pooled) if together.pooled is not None else together


def _group_point(indicator: Indicator, period: int, part: str, group: RegionalFigure) -> Point:
    basis = "sammanslaget" if indicator.denominator else indicator.headline.label
    return region_point(
        indicator, str(period), basis, group.value, group, part=part, part_label=part_label(part)
    )


def _of(points: Iterable[Point], code: str, operator: Operator, period: int) -> float | None:
    wanted = (code, f"operator:{operator.value}", str(period))
    return next((p.value for p in points if (p.indicator, p.part, p.period) == wanted), None)


def _operator_sentences(material: Material, points: list[Point]) -> tuple[str, ...]:
    year = material.year.year
    said = []
    for period in (year, year - 1):
        public, private = (_of(points, PATIENTS, operator, period) for operator in Operator)
        if public is None or private is None:
            continue
        share = formats.percent(100 * private / (public + private))
        said.append(
            f"Vid slutet av {period} var {formats.number(private)} av {formats.number(public + private)} aktuella "
            f"patienter på privata mottagningar ({share})."
        )
    return tuple(said)


def openings(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Who opened and closed when."""
    year, first = material.year, Month(material.year.year - 1, 1)
    rows = []
    for clinic in material.clinics:
        opened = clinic.opened.label if clinic.opened else f"före {first.label}"
        closed = clinic.closed.label if clinic.closed else "öppen"
        reason = material.closed_reasons.get(clinic.code, "")
        rows.append(
            [
                tables.text(clinic.report_name),
                tables.text(clinic.municipality),
                tables.text(clinic.operator.label),
                tables.text(opened),
                tables.text(f"{closed} ({reason})" if reason else closed),
            ]
        )
    headings = ("Mottagning", "Kommun", "Regi", "Öppnade", "Sista månad")
    return replace(
        plain,
        charts=(charts.timeline("T3", year, material.clinics, first),),
        tables=(tables.table("Öppnade och stängda mottagningar", headings, rows),),
        source="Portalens register över mottagningar",
    )


def equal_care(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Access by the clinic's municipality; what is not collected is said, not guessed."""
    year = material.year
    chosen = [year.of(code) for code in (PATIENTS, *SHARES)]
    places: dict[str, list[Clinic]] = {}
    for clinic in material.clinics:
        places.setdefault(clinic.municipality, []).append(clinic)
    rows, points = [], []
    for place, here in sorted(places.items(), key=lambda item: _swedish(item[0])):
        codes = {clinic.code for clinic in here}
        cells = [tables.text(place), tables.number(float(len(here)))]
        for found in chosen:
            group = _group(found, lambda clinic, c=codes: clinic.code in c, True)
            cells.append(tables.figure(found.indicator, group))
            points.append(
                replace(
                    _group_point(
                        found.indicator, year.year, f"municipality:{here[0].municipality_code}", group
                    ),
                    part_label=f"Mottagningarna i {place}",
                )
            )
        rows.append(cells)
    headings = ("Mottagningens kommun", "Mottagningar", *(found.indicator.label for found in chosen))
    return replace(
        plain,
        generated=_spread(chosen[1:], year.year),
        tables=(tables.table(f"Tillgänglighet efter mottagningens kommun {year.year}", headings, rows),),
        points=tuple(points),
        notes=(OF_THE_CLINIC, NOT_COLLECTED),
        source=chosen[0].indicator.source,
    )


def _swedish(name: str) -> str:
    """Return a key that sorts å, ä and ö last."""
    return name.lower().translate(str.maketrans("åäö", "{|}"))


def _spread(chosen: list[YearOfIndicator], year: int) -> tuple[str, ...]:
    """Say how far the clinics lie apart on each share."""
    said = []
    for found in chosen:
        known = sorted(
            (now.value, clinic.report_name) for clinic, now, _ in found.clinics if now.value is not None
        )
        if len(known) > 1:
            (low, lowest), (high, highest) = known[0], known[-1]
            said.append(
                f"{found.indicator.label} {year}: från {formats.percent(low)} ({lowest}) till "
                f"{formats.percent(high)} ({highest})."
            )
    return tuple(said)


def queues(plain: Section, chapter: Chapter, material: Material) -> Section:
    """Those who wait and what was done, the phases kept apart."""
    year, shown = material.year, material.clinics
    found = {indicator.code: year.of(indicator.code) for indicator in chapter.indicators}
    months = months_between(material.first, year.last_month)
    said = [sentences.year_sentence(found[code], year.year) for code in (*QUEUES, *TO_CLEAR, *DONE)]
    beside = tables.all_published([found[code] for code in (*QUEUES, *DONE)])
    columns = [
        (f"Väntande vid slutet av {year.last_month.label}", QUEUES),
        (f"Genomförda under {year.year}", DONE),
        ("Månader att beta av kön i årets takt", TO_CLEAR),
    ]
    return replace(
        plain,
        generated=tuple(said),
        notes=(found[TO_CLEAR[0]].indicator.caveat,),
        charts=(
            _line_chart("T4", "Väntande vid månadens slut", "väntande", QUEUES, months, material),
            _line_chart("T5", "Genomförda under månaden", "per månad", DONE, months, material),
        ),
        tables=(
            _by_month(months, material),
            *(
                tables.side_by_side(caption, [found[code] for code in codes], shown, year.year)
                for caption, codes in columns
            ),
            *([beside] if beside else []),
        ),
        points=tuple(point for one in found.values() for point in of_indicator(year, one, shown)),
        source=found[QUEUES[0]].indicator.source,
    )


def _line_chart(
    number: str, caption: str, axis: str, codes: tuple[str, ...], months: list[Month], material: Material
) -> charts.Chart:
    lines = {
        MEASURES_BY_CODE[code].label: {
            month: material.monthly[month, code] for month in months if (month, code) in material.monthly
        }
        for code in codes
    }
    return charts.over_months(number, f"{caption} {material.year.year}, regionen", axis, months, lines)


def _by_month(months: list[Month], material: Material) -> Table:
    codes = (*QUEUES, *DONE)
    rows = [
        [
            tables.text(month.label),
            *(
                tables.number(
                    None if (total := material.monthly.get((month, code))) is None else float(total),
                    missing="ej rapporterat",
                )
                for code in codes
            ),
        ]
        for month in months
    ]
    headings = ("Månad", *SHORT)
    return tables.table("Regionen månad för månad", headings, rows)

"""What the report adds to the region's own of 2024: summary, growth, operators, openings, equal care, queues."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from portal import formats
from portal.domain.annual_report import places
from portal.domain.annual_report.chapters import CHAPTERS, Chapter
from portal.domain.annual_report.content import Chart, ReportCell, ReportPoint, ReportTable, Section
from portal.domain.insight.forecasting import HORIZONS, SeriesForecast, name_of
from portal.domain.insight.queue import FIRST_VISIT, SHARES, STARTED, TO_CLEAR, WAITED, WAITED_LONG, WAITING
from portal.domain.insight.statistics.forecasts import Forecast
from portal.domain.registry.annual import FEWEST_CASES, RegionalFigure, has_few_cases, regional_figure
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import PATIENTS, Indicator, Kind
from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.names import swedish_key
from portal.domain.registry.rounding import half_up
from portal.domain.registry.values import change
from portal.services.annual_report import charts, sentences, tables
from portal.services.annual_report.points import ReportPart, of_indicator, part_label, region_point
from portal.services.annual_report.reading import Material
from portal.services.insight.benchmarks import Year, YearOfIndicator
from portal.services.insight.neighbours import unnamed_bankruptcies


SHORT = ("Kö första besök", "Kö utredning", "Kö behandling", "Första besök", "Utredningar", "Behandlingar")
SAME = "samma mottagningar båda åren"
MISSING_MONTH = "ej rapporterat"


@dataclass(frozen=True, kw_only=True, slots=True)
class ClinicGroup:
    """The clinics that are put together to one figure: those of one operator, or of one municipality."""

    part: ReportPart
    codes: frozenset[str]  # of its clinics


@dataclass(frozen=True, slots=True)
class LineChart:
    """A chart of the region's months: its words, and the measures that get a line each."""

    caption: str
    axis: str
    codes: tuple[str, ...]


def summary(material: Material) -> Section:
    """The year in five sentences, and the headline figures of every chapter in one table."""
    year = material.year
    indicators = [indicator for chapter in CHAPTERS for indicator in chapter.indicators]
    rows = [
        _summary_row(chapter, year.of(indicator.code))
        for chapter in CHAPTERS
        for indicator in chapter.indicators
    ]
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
        generated=tuple(sentences.of_the_year(year, indicators)),
        tables=(replace(tables.table("Alla huvudsiffror", headings, rows), is_appendix=True),),
    )


def _summary_row(chapter: Chapter, indicator_year: YearOfIndicator) -> list[ReportCell]:
    indicator, now, before = indicator_year.indicator, indicator_year.region, indicator_year.before
    return [
        tables.text(indicator.label),
        tables.text(chapter.number),
        _headline(indicator, now),
        tables.figure(indicator, before),
        tables.change_of_year(indicator_year),
        _printed(indicator_year),
        tables.text(indicator.headline.label),
    ]


def _headline(indicator: Indicator, region: RegionalFigure) -> ReportCell:
    if indicator.kind is Kind.RATIO and region.value is not None:
        words = f"{formats.number(region.value)} av {formats.number(region.denominator)}"
        return tables.number(region.value, words)
    return tables.figure(indicator, region)


def _printed(indicator_year: YearOfIndicator) -> ReportCell:
    """Return what the sources print of the whole year and the whole region."""
    of_the_region = [row for row in indicator_year.published if not row.breakdown and ".." not in row.period]
    if not of_the_region:
        return tables.number(None)
    value = of_the_region[0].published
    return tables.number(value, formats.value(indicator_year.indicator, value), missing="inget underlag")


def notes_on_clinics(material: Material) -> list[str]:
    """Say what the printed report tells of clinics that the register does not have."""
    return unnamed_bankruptcies(material.year.published, material.year.clinics)


def growth(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """All clinics against those that have both years, for the patients and every other count."""
    year, patients = material.year, material.year.of(PATIENTS)
    counts = [patients, *(count for count in year.indicators if count.indicator.kind is Kind.COUNT)]
    rows = [row for count in counts if (row := _growth_row(count))]
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
    points = [point for count in counts for point in _growth_points(count, year.year)]
    return replace(
        plain,
        generated=tuple(sentences.growth(patients, year)),
        charts=_growth_chart(patients, year.year),
        tables=(table,) if rows else (),
        points=tuple(points),
        source=patients.indicator.source,
    )


def _growth_row(count: YearOfIndicator) -> list[ReportCell] | None:
    now, before, same_clinics = count.region.value, count.before.value, count.like_for_like
    if now is None or before is None or same_clinics is None:
        return None
    same_now, same_before, clinics = same_clinics
    return [
        tables.text(f"{count.indicator.label} ({formats.plural(clinics, 'mottagning', 'mottagningar')})"),
        tables.number(before),
        tables.number(now),
        _percent(now, before),
        tables.number(same_before),
        tables.number(same_now),
        _percent(same_now, same_before),
    ]


def _percent(now: float, before: float) -> ReportCell:
    moved = change(now, before, in_points=False)
    return tables.number(moved, "–" if moved is None else f"{formats.signed(moved, 1)}\u00a0%")


def _growth_chart(patients: YearOfIndicator, year: int) -> tuple[Chart, ...]:
    if patients.like_for_like is None or patients.region.value is None or patients.before.value is None:
        return ()
    same_now, same_before, clinics = patients.like_for_like
    same = f"Samma {formats.number(clinics)} mottagningar"
    bars = [
        ("Alla mottagningar", str(year), patients.region.value),
        ("Alla mottagningar", str(year - 1), patients.before.value),
        (same, str(year), same_now),
        (same, str(year - 1), same_before),
    ]
    caption = f"Aktuella patienter vid årets slut {year - 1} och {year}"
    return (charts.groups(caption, patients.indicator.unit, bars),)


def _growth_points(count: YearOfIndicator, year: int) -> list[ReportPoint]:
    if count.like_for_like is None:
        return []
    now, before, _ = count.like_for_like
    return [
        region_point(count.indicator, str(period), SAME, value, RegionalFigure())
        for period, value in ((year, now), (year - 1, before))
    ]


def operators(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """The region's own clinics beside the private ones."""
    year = material.year
    codes = (PATIENTS, FIRST_VISIT.started, *SHARES, "video_contacts", *WAITING)
    compared = [year.of(code) for code in codes]
    groups = [_operator_group(operator, year.clinics) for operator in Operator]
    headings = ("Mått", *(f"{o.label} {period}" for period in (year.year, year.year - 1) for o in Operator))
    rows = [_operator_row(indicator_year, groups) for indicator_year in compared]
    points = [
        point for indicator_year in compared for point in _operator_points(indicator_year, groups, year.year)
    ]
    return replace(
        plain,
        generated=_operator_sentences(points, year),
        charts=(_operator_chart(year, points),),
        tables=(tables.table("Offentlig och privat regi", headings, rows),),
        points=tuple(points),
        source=year.of(PATIENTS).indicator.source,
    )


def _operator_group(operator: Operator, clinics: Iterable[Clinic]) -> ClinicGroup:
    codes = frozenset(clinic.code for clinic in clinics if clinic.operator is operator)
    name = f"operator:{operator.value}"
    return ClinicGroup(part=ReportPart(name, part_label(name)), codes=codes)


def _operator_row(indicator_year: YearOfIndicator, groups: Sequence[ClinicGroup]) -> list[ReportCell]:
    indicator = indicator_year.indicator
    cells = [
        tables.figure(indicator, _group_figure(indicator_year, group, is_before=is_before))
        for is_before in (False, True)
        for group in groups
    ]
    return [tables.text(indicator.label), *cells]


def _operator_points(
    indicator_year: YearOfIndicator, groups: Sequence[ClinicGroup], year: int
) -> list[ReportPoint]:
    return [
        _group_point(indicator_year, group, year, is_before=is_before)
        for is_before in (False, True)
        for group in groups
    ]


def _operator_chart(year: Year, points: list[ReportPoint]) -> Chart:
    bars = [
        (operator.label.capitalize(), str(period), _patients_of(points, operator, period))
        for operator in Operator
        for period in (year.year, year.year - 1)
    ]
    caption = f"Aktuella patienter efter regi {year.year - 1} och {year.year}"
    return charts.groups(caption, year.of(PATIENTS).indicator.unit, bars)


def _group_figure(indicator_year: YearOfIndicator, group: ClinicGroup, *, is_before: bool) -> RegionalFigure:
    """Put the figures of the group's clinics together; percentages pooled."""
    figures = [
        before if is_before else now
        for clinic, now, before in indicator_year.clinics
        if clinic.code in group.codes
    ]
    together = regional_figure(indicator_year.indicator, figures)
    return replace(together, value=together.pooled) if together.pooled is not None else together


def _group_point(
    indicator_year: YearOfIndicator, group: ClinicGroup, year: int, *, is_before: bool
) -> ReportPoint:
    indicator, period = indicator_year.indicator, year - 1 if is_before else year
    figure = _group_figure(indicator_year, group, is_before=is_before)
    basis = "sammanslaget" if indicator.denominator else indicator.headline.label
    return region_point(indicator, str(period), basis, figure.value, figure, group.part)


def _patients_of(points: Iterable[ReportPoint], operator: Operator, period: int) -> float | None:
    key = (PATIENTS, f"operator:{operator.value}", str(period))
    return next((point.value for point in points if (point.indicator, point.part, point.period) == key), None)


def _operator_sentences(points: list[ReportPoint], year: Year) -> tuple[str, ...]:
    ends = {year.year: year.end, year.year - 1: str(year.year - 1)}
    by_year = (_operator_sentence(points, period, end) for period, end in ends.items())
    return tuple(sentence for sentence in by_year if sentence)


def _operator_sentence(points: list[ReportPoint], period: int, end: str) -> str:
    public, private = (_patients_of(points, operator, period) for operator in Operator)
    if public is None or private is None:
        return ""
    share = formats.percent(100 * private / (public + private))
    return (
        f"Vid slutet av {end} var {formats.number(private)} av {formats.number(public + private)} aktuella "
        f"patienter på privata mottagningar ({share})."
    )


def openings(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Who opened and closed when."""
    first = Month(material.year.year - 1, 1)
    rows = [_opening_row(clinic, first) for clinic in material.clinics]
    headings = ("Mottagning", "Kommun", "Regi", "Öppnade", "Sista månad")
    timeline = charts.timeline(material.year, material.clinics, first)
    return replace(
        plain,
        charts=(timeline,) if timeline else (),
        tables=(tables.table("Öppnade och stängda mottagningar", headings, rows),),
        source="Portalens register över mottagningar",
    )


def _opening_row(clinic: Clinic, first: Month) -> list[ReportCell]:
    opened = clinic.opened.label if clinic.opened else f"före {first.label}"
    closed = clinic.closed.label if clinic.closed else "öppen"
    reason = clinic.why_closed() if clinic.closed else ""
    return [
        tables.text(clinic.name),
        tables.text(clinic.municipality),
        tables.text(clinic.operator.label),
        tables.text(opened),
        tables.text(f"{closed} ({reason})" if reason else closed),
    ]


def equal_care(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Access by the clinic's municipality; what is not collected is said, not guessed."""
    year = material.year
    shares = [year.of(code) for code in SHARES]
    compared = [year.of(PATIENTS), *shares]
    groups = _municipality_groups(material.clinics)
    rows = [_municipality_row(name, group, compared) for name, group in groups.items()]
    points = [
        _group_point(indicator_year, group, year.year, is_before=False)
        for group in groups.values()
        for indicator_year in compared
    ]
    headings = (
        "Mottagningens kommun",
        "Mottagningar",
        *(indicator_year.indicator.label for indicator_year in compared),
    )
    return replace(
        plain,
        generated=_spread(shares, year),
        tables=(tables.table(f"Tillgänglighet efter mottagningens kommun {year.year}", headings, rows),),
        points=tuple(points),
        source=compared[0].indicator.source,
    )


def _municipality_groups(clinics: Iterable[Clinic]) -> dict[str, ClinicGroup]:
    """Return the municipalities that have clinics, by name in Swedish order."""
    by_name: dict[str, list[Clinic]] = {}
    for clinic in clinics:
        by_name.setdefault(clinic.municipality, []).append(clinic)
    names = sorted(by_name, key=swedish_key)
    return {name: _municipality_group(name, by_name[name]) for name in names}


def _municipality_group(name: str, clinics: list[Clinic]) -> ClinicGroup:
    codes = frozenset(clinic.code for clinic in clinics)
    part = ReportPart(f"municipality:{clinics[0].municipality_code}", f"Mottagningarna i {name}")
    return ClinicGroup(part=part, codes=codes)


def _municipality_row(name: str, group: ClinicGroup, compared: Iterable[YearOfIndicator]) -> list[ReportCell]:
    figures = [
        tables.figure(indicator_year.indicator, _group_figure(indicator_year, group, is_before=False))
        for indicator_year in compared
    ]
    return [tables.text(name), tables.number(float(len(group.codes))), *figures]


def _spread(shares: Iterable[YearOfIndicator], year: Year) -> tuple[str, ...]:
    """Say how far the clinics lie apart on each share."""
    return tuple(sentence for share in shares if (sentence := _spread_sentence(share, year)))


def _spread_sentence(share: YearOfIndicator, year: Year) -> str:
    by_value = sorted(
        (now.value, clinic.name)
        for clinic, now, _ in share.clinics
        if now.value is not None and not has_few_cases(now)
    )
    if len(by_value) < 2:
        return ""
    (low, lowest), (high, highest) = by_value[0], by_value[-1]
    return (
        f"{share.indicator.label} {year.span}: från {formats.percent(low)} ({lowest}) till "
        f"{formats.percent(high)} ({highest}), av mottagningar med minst {FEWEST_CASES} fall."
    )


def queues(plain: Section, chapter: Chapter, material: Material) -> Section:
    """Those who wait and what was done, the phases kept apart."""
    year = material.year
    by_code = {indicator.code: year.of(indicator.code) for indicator in chapter.indicators}
    waited = [code for code in WAITED if by_code[code].region.value is not None]
    codes = (*WAITING, *waited, *TO_CLEAR, *STARTED)
    points = [
        point
        for indicator_year in by_code.values()
        for point in of_indicator(year, indicator_year, material.clinics, material.region)
    ]
    return replace(
        plain,
        generated=tuple(sentences.year_sentence(by_code[code], year) for code in codes),
        notes=(by_code[TO_CLEAR[0]].indicator.caveat,),
        charts=_queue_charts(material),
        tables=_queue_tables(by_code, material),
        points=tuple(points),
        source=by_code[WAITING[0]].indicator.source,
    )


def _queue_charts(material: Material) -> tuple[Chart, ...]:
    waiting = LineChart("Väntande vid månadens slut", "väntande", WAITING)
    carried_out = LineChart("Genomförda under månaden", "per månad", STARTED)
    return _line_chart(waiting, material), _line_chart(carried_out, material), *_charts_ahead(material)


def _charts_ahead(material: Material) -> list[Chart]:
    """Return how many wait and what is forecast of them; it goes with the forecast's table, which the region ticks."""
    lines = [
        (each, {month: material.monthly.get((month, each.series)) for month in material.months})
        for each in material.forecasts
        if each.series in WAITING and each.forecast
    ]
    caption = f"Väntande {material.year.year} och prognos för det följande året, regionen"
    return [charts.ahead(caption, "väntande", lines)] if lines else []


def _queue_tables(by_code: Mapping[str, YearOfIndicator], material: Material) -> tuple[ReportTable, ...]:
    """Return the months, then the clinics side by side in each phase."""
    year = material.year
    at_the_end = f"vid slutet av {year.last_month.label}"
    waited = (
        (f"Av de väntande {at_the_end}: väntat högst 30 dagar", WAITED),
        (f"Av de väntande {at_the_end}: väntat över 90 dagar", WAITED_LONG),
    )
    phases = (
        (f"Väntande {at_the_end}", WAITING),
        *(table for table in waited if any(by_code[code].region.value is not None for code in table[1])),
        (f"Genomförda under {year.year}", STARTED),
        (
            "Månader att beta av kön: väntande vid slutet delat med genomförda per månad (ny mottagning: dess månader)",
            TO_CLEAR,
        ),
    )
    per_clinic = [
        tables.side_by_side(caption, [by_code[code] for code in codes], material.clinics, year.year)
        for caption, codes in phases
    ]
    return _by_month(material), *per_clinic, *_forecast(material.forecasts)


def _forecast(forecasts: Sequence[SeriesForecast]) -> list[ReportTable]:
    """Return the year to come, with how it has gone so far; it stands in the report once the region has ticked it."""
    horizons = [f"Om {months} mån" for months in HORIZONS]
    headings = ("Antal", *horizons, "Utfall i bandet hittills", "Fel i medeltal", "Fel som året före")
    rows = [_forecast_row(name_of(each.series), each.forecast) for each in forecasts if each.forecast]
    return [tables.table(places.FORECAST, headings, rows)] if rows else []


def _forecast_row(name: str, forecast: Forecast) -> list[ReportCell]:
    steps = [forecast.steps[months - 1] for months in HORIZONS]
    trials = forecast.trials
    return [
        tables.text(name),
        *(tables.number(half_up(step.point), formats.with_band(step)) for step in steps),
        tables.number(trials.within, f"{formats.number(trials.within)} av {formats.number(trials.count)}"),
        *(
            tables.number(error, formats.persons_off(error))
            for error in (trials.error, trials.seasonal_error)
        ),
    ]


def _line_chart(chart: LineChart, material: Material) -> Chart:
    months = material.months
    lines = {
        MEASURES_BY_CODE[code].label: {
            month: material.monthly[month, code] for month in months if (month, code) in material.monthly
        }
        for code in chart.codes
    }
    caption = f"{chart.caption} {material.year.year}, regionen"
    return charts.over_months(caption, chart.axis, months, lines)


def _by_month(material: Material) -> ReportTable:
    rows = [_month_row(month, material) for month in material.months]
    return tables.table("Regionen månad för månad", ("Månad", *SHORT), rows)


def _month_row(month: Month, material: Material) -> list[ReportCell]:
    sums = [material.monthly.get((month, code)) for code in (*WAITING, *STARTED)]
    cells = [tables.number(None if total is None else float(total), missing=MISSING_MONTH) for total in sums]
    return [tables.text(month.label), *cells]

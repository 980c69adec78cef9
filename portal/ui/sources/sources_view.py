"""The parts of Regionens källor: what is filled in, one source's figures with their provenance, history."""

from collections.abc import Iterator, Sequence

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight.contract import Assessment
from portal.domain.insight.economy import KRONOR, NOT_ENTERED
from portal.domain.insight.queue import STARTED
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import PATIENTS
from portal.domain.reporting.texts import plain
from portal.domain.sources.checks import label_of
from portal.domain.sources.declared import ECONOMY, MEDICINE_UNIT, POPULATION, SOURCES_BY_CODE
from portal.domain.sources.facts import Fact, Source, SourceLevel
from portal.domain.sources.year import SourceFigure, SourceState, per_1000
from portal.services.insight import benchmarks, contract
from portal.services.sources import source_files, source_years
from portal.services.sources.source_years import RegionYear, SourceYear
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, joined, numeric, tag
from portal.ui.page import address, downloads


SOURCE, YEAR = "kalla", "ar"  # ?kalla=synergi&ar=2024
MOST_VERSIONS = 100
COLOURS = {
    SourceState.FILLED: "met",
    SourceState.PARTLY: "partly",
    SourceState.EMPTY: "partly",
    SourceState.FAULT: "not_met",
}
PER_CHILDREN = (PATIENTS, *STARTED)


def show_title(user: User) -> int:
    """Return the year to look at: `?ar=2024`, or the one before this, which the report is about."""
    years = source_years.years(portal(), user)
    latest = portal().clock.today.year - 1
    with st.container(horizontal=True, vertical_alignment="center", key="sources-title"):
        st.title("Regionens källor", width="content")
        return address.select("År", years, parameter=YEAR, first=latest if latest in years else years[0])


def chosen_source() -> Source:
    """Return the source in the address, `?kalla=synergi`, or the first."""
    return SOURCES_BY_CODE.get(address.text_of(SOURCE) or "", next(iter(SOURCES_BY_CODE.values())))


def show_overview(region_year: RegionYear, source: Source) -> None:
    """Say what is left to do, and show where each source stands, with the way to it."""
    to_do = [year.source.label for year in region_year.sources if year.is_to_do]
    text = f"Återstår: {', '.join(to_do)}."
    lead = text if to_do else f"Inget återstår för {region_year.year}."
    marks = (_mark(source_year, region_year.year, source) for source_year in region_year.sources)
    st.html(tag("p", lead, class_="portal-lead") + tag("ul", *marks, class_="portal-strip sources"))


def _mark(source_year: SourceYear, year: int, chosen: Source) -> str:
    source, state = source_year.source, source_year.state
    href = markup.link("kallor", kalla=source.code, ar=str(year))
    name = tag("a", source.label, href=href, target="_self", aria_current="page" * (source is chosen))
    return tag(
        "li",
        tag("span", f"{state.symbol} ", name),
        tag("b", _filled(source_year)),
        class_=_colour(source_year),
        title=state.label,
    )


def _colour(source_year: SourceYear) -> str:
    is_marked = source_year.is_to_do or source_year.state is SourceState.FILLED
    return COLOURS[source_year.state] if is_marked else "unknown"


def _filled(source_year: SourceYear) -> str:
    entered = [
        *(figure.value for figure in source_year.entered),
        *(fact.value for fact in source_year.months),
    ]
    with_value = sum(value is not None for value in entered)
    return formats.plural(with_value, "uppgift", "uppgifter") if with_value else source_year.state.label


def _moment(fact: Fact) -> str:
    return formats.moment(fact.entered_at) if fact.entered_at else ""


# --- one source's year ---


def show_source(source_year: SourceYear, region_year: RegionYear) -> None:
    """Show the year's figures of the region; its parts, places, months and sums behind a click."""
    source = source_year.source
    st.subheader(source.label, anchor=False)
    st.caption(plain(f"{source.definition} Ser det: {source.seen_by}"))
    for remark in source_year.remarks:
        if remark.is_fault:
            st.error(plain(remark.text), icon=":material/error:")
        else:
            st.info(plain(remark.text), icon=":material/info:")
    if parts := list(_parts(source_year, region_year)):
        st.html(joined(parts))


def _parts(source_year: SourceYear, region_year: RegionYear) -> Iterator[str]:
    wholes = [figure for figure in source_year.figures if _is_whole(figure)]
    if wholes:
        yield _figures(wholes, source_year, region_year)
    if len(wholes) < len(source_year.figures):
        table = _figures(source_year.figures, source_year, region_year)
        yield tiles.fold(f"Alla {len(source_year.figures)} uppgifter {source_year.year}", table)
    if source_year.months:
        yield tiles.fold("Månad för månad", _months(source_year, region_year))
    if source_year.source is ECONOMY and region_year.episode_costs:
        yield tiles.fold("Vårdepisoder × ersättning", _costs(region_year))


def _is_whole(figure: SourceFigure) -> bool:
    """Tell whether the figure is the region's, undivided."""
    return not figure.part and figure.level is SourceLevel.REGION


def _figures(figures: Sequence[SourceFigure], source_year: SourceYear, region_year: RegionYear) -> str:
    year = source_year.year
    has_places = any(figure.level is not SourceLevel.REGION for figure in figures)
    rows = [markup.row(*_figure_cells(figure, region_year, has_places=has_places)) for figure in figures]
    headings = ("Uppgift", *["Gäller"] * has_places, str(year), str(year - 1), "Hämtat ur")
    return markup.table(headings, rows, caption="Uppgifter")


def _figure_cells(
    figure: SourceFigure, region_year: RegionYear, *, has_places: bool
) -> list[TableCell | str]:
    month = figure.fact.month.label if figure.fact and figure.fact.month else ""
    small = ", ".join(filter(None, (figure.part, figure.unit, month)))
    return [
        TableCell(figure.field.label, small=small),
        *[_place(figure.clinic, figure.municipality, region_year)] * has_places,
        _value(figure, figure.value, _why(figure)),
        _value(figure, figure.previous, figure.previous_reason and figure.previous_reason.label),
        _provenance(figure),
    ]


def _place(clinic: str, municipality: str, region_year: RegionYear) -> str:
    if clinic:
        declared_clinic = region_year.clinics.get(clinic)
        return declared_clinic.name if declared_clinic else clinic
    return region_year.municipalities.get(municipality, municipality) if municipality else "hela regionen"


def _value(figure: SourceFigure, value: float | None, reason: str | None) -> TableCell:
    if value is None:
        return markup.missing(reason or "–")
    if figure.field.is_yes_no and figure.level is SourceLevel.CLINIC:
        return numeric("ja" if value else "nej")
    digits = figure.field.decimals if value % 1 or figure.unit != KRONOR else 0
    return numeric(formats.number(value, digits))


def _why(figure: SourceFigure) -> str | None:
    """Say why there is no value; what nobody has filled in is the region's own to do."""
    return figure.reason and (figure.reason.label if figure.is_entered else NOT_ENTERED)


def _provenance(figure: SourceFigure) -> TableCell:
    if figure.months:
        return TableCell(f"summa av {formats.plural(figure.months, 'månad', 'månader')}")
    fact = figure.fact
    if fact is None:
        return TableCell("–")
    return TableCell(fact.source or "–", more=tuple(filter(None, (_version(fact), fact.note))))


def _version(fact: Fact) -> str:
    return f"Version {fact.version}, {fact.entered_by}, {_moment(fact)}"


def _months(source_year: SourceYear, region_year: RegionYear) -> str:
    rows = [
        markup.row(
            TableCell(fact.month.label if fact.month else ""),
            label_of(source_year.source, fact),
            _place(fact.clinic, fact.municipality, region_year),
            numeric(formats.number(fact.value))
            if fact.value is not None
            else markup.missing(formats.reason(fact.reason)),
            TableCell(fact.source, small=_version(fact)),
        )
        for fact in source_year.months
    ]
    return markup.table(("Månad", "Uppgift", "Gäller", "Värde", "Hämtat ur"), rows, caption="Månad för månad")


def show_demand(user: User, source_year: SourceYear, region_year: RegionYear) -> None:
    """Show each clinic's visits and meetings against the contract's demand, as Avtalskrav judges them."""
    if source_year.source is not MEDICINE_UNIT:
        return
    if portal().demands.find(contract.MEETINGS.code) is None:
        return
    matrix = contract.matrix(portal(), user, source_year.year)
    rows = [
        _demand_row(clinic, source_year, matrix.of(clinic, contract.MEETINGS))
        for clinic in region_year.clinics.values()
        if clinic.was_open_in(source_year.year)
    ]
    level = formats.meetings_level(matrix.levels[contract.MEETINGS.code])
    headings = ("Mottagning", "Kontaktad", "Besökt", "Informationsträffar", f"Avtalet: {level}")
    caption = "Mottagningarna mot avtalets krav"
    if target := matrix.other_targets.get(contract.MEETINGS.code):
        caption += f". Målet som står i Definitioner är ett annat: {target.text}"
    st.html(markup.table(headings, rows, caption=caption))


def _demand_row(clinic: Clinic, source_year: SourceYear, assessment: Assessment) -> markup.TableRow:
    figures = [source_year.of(field.code, clinic=clinic.code) for field in source_year.source.fields]
    values = [_value(figure, figure.value, _why(figure)) if figure else "–" for figure in figures]
    return markup.row(clinic.name, *values, _verdict(figures[-1], assessment))


def _verdict(meetings: SourceFigure | None, assessment: Assessment) -> TableCell | str:
    if meetings is None or not meetings.is_entered:
        return f"– {NOT_ENTERED}"
    verdict = assessment.verdict
    return TableCell(f"{verdict.symbol} {verdict.label}", small=assessment.reason)


def _costs(region_year: RegionYear) -> str:
    rows = [
        markup.row(kind, numeric(f"{formats.number(cost)} kr"))
        for kind, cost in region_year.episode_costs.items()
    ]
    rows.append(
        markup.row(
            "Summa", numeric(f"{formats.number(sum(region_year.episode_costs.values()))} kr"), css="total"
        )
    )
    return markup.table(("Typ", "Vårdepisoder × ersättning"), rows, caption="Räknat på typer som har båda")


def show_rates(source_year: SourceYear, region_year: RegionYear, user: User) -> None:
    """Show counts per 1 000 children, once every municipality has its population."""
    if source_year.source is not POPULATION:
        return
    if region_year.children is None:
        st.info(
            "Värden per 1 000 barn visas när alla 15 kommuner har sin befolkning ifylld.",
            icon=":material/info:",
        )
        return
    year = benchmarks.year_figures(portal(), user, region_year.year)
    rows = [
        markup.row(
            TableCell(of.indicator.label, small=of.indicator.headline.label),
            numeric(formats.number(of.region.value)),
            numeric(formats.number(per_1000(of.region.value, region_year.children), 1)),
        )
        for of in (year.of(code) for code in PER_CHILDREN)
    ]
    children = formats.number(region_year.children)
    st.html(
        markup.table(
            ("Indikator", str(region_year.year), "Per 1 000 barn"),
            rows,
            caption=f"Regionens värden per 1 000 invånare 0–17 år ({children} i alla 15 kommuner)",
        )
    )


# --- history ---


def show_history(user: User, source: Source) -> None:
    with st.expander("Historik: alla versioner", icon=":material/history:"):
        versions = source_years.history(portal(), user, source)
        if not versions:
            st.text("Ingenting är infört än.")
            return
        rows = [_version_row(source, fact) for fact in versions[:MOST_VERSIONS]]
        headings = ("Uppgift", "Period", "Värde", "Version", "Hämtat ur", "Infört av")
        st.html(markup.table(headings, rows, caption="Nyast först. Inget skrivs över."))
        if len(versions) > MOST_VERSIONS:
            st.caption(f"De {MOST_VERSIONS} nyaste av {formats.number(len(versions))}. Alla finns i filen.")
        downloads.offer(
            "Ladda ner historiken (CSV)",
            name=f"kalla-{source.code}-historik.csv",
            make=lambda clicker: source_files.history_csv(portal(), clicker, source),
        )


def _version_row(source: Source, fact: Fact) -> markup.TableRow:
    place = fact.clinic or portal().region.names.get(fact.municipality, fact.municipality)
    value = (
        markup.missing(formats.reason(fact.reason))
        if fact.value is None
        else numeric(formats.number(fact.value, 1 if fact.value % 1 else 0))
    )
    return markup.row(
        TableCell(label_of(source, fact), small=place),
        fact.month.label if fact.month else str(fact.year),
        value,
        TableCell(str(fact.version), css="num", small=fact.correction),
        TableCell(fact.source, small=fact.note),
        TableCell(fact.entered_by, small=_moment(fact)),
    )

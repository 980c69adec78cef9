"""The parts of Regionens källor: what is filled in, one source's figures with their provenance, history."""

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight.economy import KRONOR
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.municipalities import MUNICIPALITIES
from portal.domain.sources.checks import label_of
from portal.domain.sources.declared import ECONOMY, MEDICINE_UNIT, POPULATION, SOURCES_BY_CODE
from portal.domain.sources.facts import Fact, Source, SourceLevel
from portal.domain.sources.year import SourceFigure, SourceState, per_1000
from portal.services.insight import benchmarks
from portal.services.sources import source_files, source_years
from portal.services.sources.source_years import RegionYear, SourceYear
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.page import downloads, frame


SOURCE, YEAR = "kalla", "ar"  # ?kalla=synergi&ar=2024
MOST_VERSIONS = 100
TO_DO = (SourceState.EMPTY, SourceState.PARTLY, SourceState.FAULT)
PER_CHILDREN = ("active_patients", "first_visits", "investigations_started", "treatments_started")


def show_message() -> None:
    """Show why the last click was refused, once; in a place that is always there."""
    place = st.container()
    message = session.take_message()
    if message:
        place.error(frame.plain(message), icon=":material/error:")


def choose_year(user: User) -> int:
    """Return the year to look at: `?ar=2024`, or the one before this, which the report is about."""
    years = source_years.years(portal(), user)
    asked = st.query_params.get(YEAR, "")
    latest = portal().clock.today.year - 1
    begin = int(asked) if asked.isdigit() and int(asked) in years else latest
    return st.selectbox("År", years, index=years.index(begin) if begin in years else 0)


def choose_source() -> Source:
    codes = list(SOURCES_BY_CODE)
    asked = st.query_params.get(SOURCE, codes[0])
    code = st.selectbox(
        "Källa",
        codes,
        index=codes.index(asked) if asked in codes else 0,
        format_func=lambda code: SOURCES_BY_CODE[code].label,
    )
    return SOURCES_BY_CODE[code]


def show_overview(found: RegionYear) -> None:
    """Say what is left to do, and where each source stands."""
    left = [one.source.label for one in found.sources if one.state in TO_DO]
    if left:
        st.markdown(f"**Att fylla i eller se över för {found.year}:** {', '.join(left)}.")
    else:
        st.success(
            f"Inget kvar att fylla i för {found.year}: varje källa har siffror, eller ett skäl till att de saknas.",
            icon=":material/check_circle:",
        )
    rows = [_overview_row(one, found.year) for one in found.sources]
    headings = ("Källa", f"Läge {found.year}", "Ifyllt", "Senast", "Vem ser det")
    st.html(markup.table(headings, rows, caption="Regionens egna källor"))


def _overview_row(one: SourceYear, year: int) -> markup.TableRow:
    newest = one.newest
    state = one.state
    return markup.row(
        TableCell(
            one.source.label,
            href=markup.link("kallor", kalla=one.source.code, ar=str(year)),
            small=one.source.period.label,
        ),
        TableCell(f"{state.symbol} {state.label}", css="worse" if state is SourceState.FAULT else ""),
        _filled(one),
        TableCell(newest.entered_by, small=_moment(newest)) if newest else "–",
        TableCell(one.source.seen_by),
    )


def _filled(one: SourceYear) -> str:
    found = [*(figure.value for figure in one.entered), *(fact.value for fact in one.months)]
    values = sum(value is not None for value in found)
    if found and not values:
        return "inga siffror, bara skäl"
    return formats.plural(values, "uppgift", "uppgifter") if found else "–"


def _moment(fact: Fact) -> str:
    return formats.moment(fact.entered_at) if fact.entered_at else ""


# --- one source ---


def show_source(one: SourceYear, found: RegionYear) -> None:
    source = one.source
    st.subheader(f"{source.label} {one.year}", anchor=False)
    st.markdown(frame.plain(f"{source.definition} Källa: {source.supplier}. {source.seen_by}"))
    for remark in one.remarks:
        if remark.is_fault:
            st.error(frame.plain(remark.text), icon=":material/error:")
        else:
            st.info(frame.plain(remark.text), icon=":material/info:")
    st.html(_figures(one, found))
    if one.months:
        st.html(_months(one, found))
    if source is MEDICINE_UNIT:
        st.html(_demand(one, found))
    if source is ECONOMY and found.episode_costs:
        st.html(_costs(found))


def _figures(one: SourceYear, found: RegionYear) -> str:
    rows = [_figure_row(figure, one.source, found) for figure in one.figures]
    year = one.year
    headings = ("Uppgift", "Gäller", str(year), str(year - 1), "Enhet", "Hämtat ur")
    return markup.table(headings, rows, caption=f"Uppgifter {year}, med året före och varifrån de kommer")


def _figure_row(figure: SourceFigure, source: Source, found: RegionYear) -> markup.TableRow:
    return markup.row(
        TableCell(figure.field.label, small=figure.part),
        _place(figure.clinic, figure.municipality, found),
        _value(figure, figure.value, figure.reason and figure.reason.label),
        _value(figure, figure.previous, figure.previous_reason and figure.previous_reason.label),
        figure.unit,
        _provenance(figure),
    )


def _place(clinic: str, municipality: str, found: RegionYear) -> str:
    if clinic:
        known = found.clinics.get(clinic)
        return known.name if known else clinic
    return MUNICIPALITIES.get(municipality, municipality) if municipality else "hela regionen"


def _value(figure: SourceFigure, value: float | None, reason: str | None) -> TableCell:
    if value is None:
        return markup.missing(reason or "–")
    if figure.field.is_yes_no and figure.level is SourceLevel.CLINIC:
        return numeric("ja" if value else "nej")
    digits = figure.field.decimals if value % 1 or figure.unit != KRONOR else 0
    return numeric(formats.number(value, digits))


def _provenance(figure: SourceFigure) -> TableCell:
    if figure.months:
        return TableCell(f"summa av {formats.plural(figure.months, 'månad', 'månader')}")
    fact = figure.fact
    if fact is None:
        return TableCell("–")
    version = f"version {fact.version}, {fact.entered_by}, {_moment(fact)}"
    return TableCell(fact.source, small=f"{version}. {fact.note}" if fact.note else version)


def _months(one: SourceYear, found: RegionYear) -> str:
    rows = [
        markup.row(
            TableCell(fact.month.label if fact.month else ""),
            label_of(one.source, fact),
            _place(fact.clinic, "", found),
            numeric(formats.number(fact.value))
            if fact.value is not None
            else markup.missing(formats.reason(fact.reason)),
            TableCell(fact.source, small=f"version {fact.version}, {fact.entered_by}, {_moment(fact)}"),
        )
        for fact in one.months
    ]
    return markup.table(("Månad", "Uppgift", "Gäller", "Värde", "Hämtat ur"), rows, caption="Månad för månad")


def _demand(one: SourceYear, found: RegionYear) -> str:
    """Return each clinic's visits and meetings against the contract's demand."""
    target = INDICATORS_BY_CODE["medicine_unit_meetings"].targets[0]
    rows = []
    for clinic in found.clinics.values():
        if not _was_open(clinic, one.year):
            continue
        cells = [one.of(code, clinic=clinic.code) for code in (field.code for field in one.source.fields)]
        meetings = cells[-1].value if cells[-1] else None
        verdict = "– inte ifyllt"
        if meetings is not None:
            verdict = "✓ uppfyllt" if meetings >= target.value else "✕ inte uppfyllt"
        shown = [
            _value(cell, cell.value, cell.reason and cell.reason.label) if cell else "–" for cell in cells
        ]
        rows.append(markup.row(clinic.name, *shown, verdict))
    headings = ("Mottagning", "Kontaktad", "Besökt", "Informationsträffar", f"Avtalet: {target.text}")
    return markup.table(headings, rows, caption="Mottagningarna mot avtalets krav")


def _was_open(clinic: Clinic, year: int) -> bool:
    began = clinic.opened is None or clinic.opened.year <= year
    return began and (clinic.closed is None or clinic.closed.year >= year)


def _costs(found: RegionYear) -> str:
    rows = [
        markup.row(kind, numeric(f"{formats.number(cost)} kr")) for kind, cost in found.episode_costs.items()
    ]
    rows.append(
        markup.row("Summa", numeric(f"{formats.number(sum(found.episode_costs.values()))} kr"), css="total")
    )
    return markup.table(("Typ", "Vårdepisoder × ersättning"), rows, caption="Räknat på typer som har båda")


def show_rates(one: SourceYear, found: RegionYear, user: User) -> None:
    """Show counts per 1 000 children, once every municipality has its population."""
    if one.source is not POPULATION:
        return
    if found.children is None:
        st.info(
            "Värden per 1 000 barn visas när alla 15 kommuner har sin befolkning ifylld.",
            icon=":material/info:",
        )
        return
    year = benchmarks.year_figures(portal(), user, found.year)
    rows = [
        markup.row(
            TableCell(of.indicator.label, small=of.indicator.headline.label),
            numeric(formats.number(of.region.value)),
            numeric(formats.number(per_1000(of.region.value, found.children), 1)),
        )
        for of in (year.of(code) for code in PER_CHILDREN)
    ]
    children = formats.number(found.children)
    st.html(
        markup.table(
            ("Indikator", str(found.year), "Per 1 000 barn"),
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
            mime=downloads.CSV,
            make=lambda clicker: source_files.history_csv(portal(), clicker, source),
        )


def _version_row(source: Source, fact: Fact) -> markup.TableRow:
    place = fact.clinic or MUNICIPALITIES.get(fact.municipality, "")
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

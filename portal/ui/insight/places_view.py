"""Mottagningar, view Karta: the municipalities coloured by a measure, and how far it is to a clinic. For the region."""

import streamlit as st

from portal.charts import county
from portal.charts import places as county_map
from portal.charts.places import Area
from portal.domain.insight.places import SHARES, SHOWN, TO_CLEAR, MunicipalityAccess, Places
from portal.domain.insight.queue import DAYS, PHASES, WAITING
from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.changes import rests_on_few
from portal.domain.registry.clinics import Operator
from portal.domain.registry.indicators import INDICATORS_BY_CODE, PATIENTS, Indicator
from portal.domain.registry.rounding import half_up
from portal.services.administration import exports
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, missing, numeric
from portal.ui.base.tiles import NumberTile
from portal.ui.insight import matrix_view
from portal.ui.page import address, downloads
from portal.ui.words import place_words


AROUND = 20  # pixels that Streamlit takes of a map's height
HEADINGS = {
    **{phase.share: f"{phase.awaited.capitalize()} inom {DAYS} dagar" for phase in PHASES},
    **{phase.waiting: f"Väntar på {phase.awaited}" for phase in PHASES},
    TO_CLEAR: "Månader att beta av utredning",
}
CHILDREN = "Patienter per 1 000 barn"
PER_1000, WAY = "per-1000", "vag"  # measures beside the indicators
MEASURES = {
    **{code: HEADINGS[code] for code in SHARES},
    WAY: "Väg till närmaste mottagning",
    PATIENTS: "Aktuella patienter",
    PER_1000: CHILDREN,
    **{code: HEADINGS[code] for code in (*WAITING, TO_CLEAR)},
}


def choose_measure() -> str:
    """Return what the municipalities are coloured by: an indicator's code, PER_1000 or WAY (`?matt=active_patients`)."""
    return address.select(
        "Mått", list(MEASURES), parameter="matt", first=SHARES[0], words=MEASURES.__getitem__
    )


def show(places: Places, measure: str, *, period: str) -> None:
    """Show the county coloured by the measure, who has the longest way to a clinic, and folded every figure."""
    reported, clinic_count = places.county.of(WAITING[0]).clinics, len(places.county.clinics)
    if reported < clinic_count:
        st.warning(
            f"{reported} av {clinic_count} mottagningar har värden för {places.last.label}: jämför med försiktighet.",
            icon=":material/hourglass_empty:",
        )
    st.html(tiles.numbers(_tiles(places, measure, period)))
    map_column, list_column = st.columns([3, 2])
    with map_column:
        _show_map(places, measure)
    with list_column:
        st.html(_list(places, measure))
    with st.expander("Mer om tillgången"):
        st.markdown("\n".join(f"- {point}" for point in place_words.points(places)))
        st.markdown(f"{_population(places)} {county.attribution(portal().region.outline)}")
    st.html(tiles.fold("Tabell", _table(places), is_printed=True))
    downloads.offer(
        "Tabellen (CSV för Excel)",
        name=f"kommuner-{period.replace(' ', '-')}.csv",
        make=lambda _user: _csv(places),
    )


def _tiles(places: Places, measure: str, period: str) -> list[NumberTile]:
    names, way = place_words.farthest(places)
    whole_county = _area(places.county, measure)
    nobody = f"{len(places.without_clinic)} av {len(places.places)}"
    county_tile = NumberTile(label=f"Länet {period}", value=whole_county.text, detail=whole_county.detail)
    return [
        *([county_tile] if whole_county.text else []),
        NumberTile(label="Kommuner utan mottagning", value=nobody),
        NumberTile(label="Längst till en mottagning har", value=names or "–", detail=way, css="names"),
    ]


def _area(place: MunicipalityAccess, measure: str) -> Area:
    """Return a municipality's figure of the measure, and what it rests on."""
    if measure == WAY:
        km = place.nearest.km if place.nearest else None
        return Area(km, "" if km is None else f"{formats.number(km)}\u00a0km", _basis(place, None))
    if measure == PER_1000:
        return Area(place.per_1000, _text(place.per_1000, 1), _basis(place, None))
    indicator, figure = INDICATORS_BY_CODE[measure], place.of(measure)
    text = "" if figure.value is None else formats.value(indicator, figure.value)
    return Area(figure.value, text, _basis(place, formats.cases(indicator, figure)))


def _text(amount: float | None, digits: int) -> str:
    return "" if amount is None else formats.number(amount, digits)


def _basis(place: MunicipalityAccess, cases: str | None) -> str:
    """`139 av 185`; without a clinic the way to one."""
    if not place.clinics:
        return place_words.nearest(place)
    clinics = formats.plural(len(place.clinics), "mottagning", "mottagningar")
    return clinics if cases in (None, "–") else f"{cases}, {clinics}"


def _show_map(places: Places, measure: str) -> None:
    areas = {place.code: _area(place, measure) for place in places.places}
    listed = "; ".join(
        f"{place.name} {areas[place.code].text}" for place in places.places if areas[place.code].text
    )
    alt = f"Karta över länets kommuner, mörkare för högre: {MEASURES[measure]}. {listed}."
    spec = county_map.spec(areas, portal().region.outline)
    st.vega_lite_chart(spec, width="stretch", height=spec.pop("height") + AROUND, alt=alt, key="places")


def _list(places: Places, measure: str) -> str:
    """Return every municipality's figure beside the map, from north to south."""
    areas = [(place, _area(place, measure)) for place in places.places]
    rows = [
        markup.row(
            place.name, numeric(area.text) if area.text else missing(place_words.nearest(place) or "–")
        )
        for place, area in areas
    ]
    caption = f"{MEASURES[measure]}, från norr till söder"
    return markup.table(("Kommun", "Värde"), rows, caption=caption, cards=False, css="dense")


def _table(places: Places) -> str:
    rows, headings = [_row(places, place) for place in places.places], _headings(places)
    return markup.table(
        headings,
        [*rows, _county(places)],
        caption=_caption(places),
        css="heat places",
        columns=["", "opened", "patients", *[""] * (len(headings) - 3)],
    )


def _headings(places: Places) -> tuple[str, ...]:
    children = (CHILDREN,) if places.population_year else ()
    return ("Kommun", "Mottagningar", "Patienter", *HEADINGS.values(), *children)


def _caption(places: Places) -> str:
    return (
        f"Från norr till söder. Patienter och väntande är de sista {places.last.label}. ▲ bättre och ▼ sämre än länet, "
        "mer än slumpen brukar ge; ≈ i nivå. Kommunen är mottagningens, inte barnets: var barnen bor rapporteras "
        "inte. Avstånd är fågelvägen mellan centralorterna."
    )


def _population(places: Places) -> str:
    if places.population_year is None:
        return (
            f"Patienter per 1 000 barn visas inte: befolkning saknas för {places.last.year}. Den förs in under "
            "[Regionens källor](/kallor?kalla=befolkning)."
        )
    return (
        f"Patienter per 1 000 barn: mottagningarnas aktuella patienter mot kommunens invånare 0–17 år den 31 december "
        f"{places.population_year} (SCB). Patienter från andra kommuner är med, så talet säger inte hur stor del av "
        "kommunens barn som är patienter."
    )


def _row(places: Places, place: MunicipalityAccess) -> markup.TableRow:
    if not place.clinics and place.patients is None and all(f.value is None for f in place.figures.values()):
        blank = [TableCell("")] * (len(_headings(places)) - 2)
        return markup.row(place.name, _clinics(place), *blank)
    return markup.row(
        place.name,
        _clinics(place),
        _patients(place),
        *(_share(places, place, INDICATORS_BY_CODE[code]) for code in SHARES),
        *(_number(place, code) for code in WAITING),
        _number(place, TO_CLEAR, 1),
        *_children(places, place),
    )


def _clinics(place: MunicipalityAccess) -> TableCell:
    if not place.clinics:
        earlier_patients = place.before.value
        had = (
            f"\nhade {formats.number(earlier_patients)} patienter ett år tidigare" if earlier_patients else ""
        )
        return TableCell(
            "ingen mottagning", css="missing", small=f"närmaste: {place_words.nearest(place)}{had}"
        )
    parts = [f"{place.count(operator)} {operator.label}" for operator in Operator if place.count(operator)]
    return TableCell(str(len(place.clinics)), small=", ".join(parts))


def _patients(place: MunicipalityAccess) -> TableCell:
    patients = place.of(PATIENTS)
    if patients.value is None:
        return missing(formats.reason(patients.reason))
    silent = _silent(place, patients)
    if place.grown is not None:
        small = f"{place_words.percent(place.grown)}\nfrån {formats.number(place.before.value)}"
    elif place.silent:
        small = "kan inte jämföras med året före"
    else:
        small = "inget värde ett år tidigare"
    return numeric(formats.number(patients.value), f"{small}\n{silent}" if silent else small)


def _silent(place: MunicipalityAccess, figure: RegionalFigure) -> str:
    """Say how many of the open clinics are in a sum, where it is not all of them."""
    count = len(place.clinics)
    return f"{figure.clinics} av {count} mottagningar" if figure.clinics < count else ""


def _share(places: Places, place: MunicipalityAccess, indicator: Indicator) -> TableCell:
    figure = place.of(indicator.code)
    if figure.value is None:
        return missing(formats.reason(figure.reason))
    position = place_words.position(places, place, indicator)
    word = matrix_view.WORDS.get(position, "kan inte jämföras")
    small = f"{position.symbol} {word}\n{formats.cases(indicator, figure)}"
    if rests_on_few(indicator, figure):
        small += f"\n{formats.FEW_CASES}"
    return TableCell(
        formats.percent(figure.value), css=f"center {matrix_view.CSS.get(position, '')}", small=small
    )


def _number(place: MunicipalityAccess, code: str, digits: int = 0) -> TableCell:
    figure = place.of(code)
    if figure.value is None:
        return missing(formats.reason(figure.reason))
    return numeric(formats.number(figure.value, digits), _silent(place, figure))


def _children(places: Places, place: MunicipalityAccess) -> list[TableCell]:
    if places.population_year is None:
        return []
    if place.children is None:
        return [missing("befolkning saknas")]
    return [numeric(formats.number(place.per_1000, 1), f"{formats.number(place.children)} barn")]


def _county(places: Places) -> markup.TableRow:
    whole_county = places.county
    shares = [
        TableCell(
            formats.percent(whole_county.of(c).value),
            css="center",
            small=f"sammanslaget\n{formats.cases(INDICATORS_BY_CODE[c], whole_county.of(c))}",
        )
        for c in SHARES
    ]
    return markup.row(
        whole_county.name,
        _clinics(whole_county),
        _patients(whole_county),
        *shares,
        *(_number(whole_county, code) for code in WAITING),
        _number(whole_county, TO_CLEAR, 1),
        *([TableCell("")] if places.population_year else []),
        css="total",
    )


def _csv(places: Places) -> bytes:
    headings = ["kommun", "offentliga", "privata", "närmaste km", "patienter ett år tidigare", "barn 0–17 år"]
    for indicator in SHOWN:
        headings += [indicator.label, *(["täljare", "nämnare"] if indicator.denominator else [])]
    return exports.csv_bytes(headings, (_csv_row(place) for place in places.places))


def _csv_row(place: MunicipalityAccess) -> tuple[object, ...]:
    values: list[object] = [place.name, place.count(Operator.PUBLIC), place.count(Operator.PRIVATE)]
    km = int(half_up(place.nearest.km)) if place.nearest else None
    values += [km, place.before.value, place.children]
    for indicator in SHOWN:
        figure = place.of(indicator.code)
        values.append(figure.value)
        values += [figure.numerator, figure.denominator] if indicator.denominator else []
    return tuple(values)

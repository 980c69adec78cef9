"""The parts of Mottagningar: all clinics on one indicator, beside each other, since last year, or as a funnel."""

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight import comparing
from portal.domain.insight.comparing import Funnel
from portal.domain.insight.neighbours import old_and_new
from portal.domain.insight.statistics.funnel import FunnelPlace
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.changes import change_of, rests_on_few
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import Better, Headline, Indicator
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import difference
from portal.domain.release.standing import Position
from portal.services.administration import clinic_register, exports
from portal.services.insight import benchmarks, evidence
from portal.services.insight.benchmarks import ClinicComparison
from portal.ui.base import charts, formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.base.tiles import NumberTile
from portal.ui.insight import evidence_view, funnel_chart, interval_chart
from portal.ui.insight.interval_chart import Pair
from portal.ui.insight.matrix_view import WORDS
from portal.ui.page import address, folds, pickers, pictures
from portal.ui.words import findings, indicator_words, month_links, neighbour_words, sentences


EVERY, COMPARE, CHANGE, FUNNEL, OVER_TIME = "Alla", "Jämför", "Ändring", "Tratt", "Över tid"
ALL_INDICATORS, PLACES = "Alla indikatorer", "Karta"
VIEWS = {
    "jamfor": COMPARE,
    "andring": CHANGE,
    "tratt": FUNNEL,
    "tid": OVER_TIME,
    "alla": ALL_INDICATORS,
    "kommuner": PLACES,
}
# Of the two tiles: what stands over the names, their mark, and whose names they are.
DIRECTED = (("Tydligt bättre", "▲", Position.BETTER), ("Tydligt sämre", "▼", Position.WORSE))
NEUTRAL = (("Tydligt högre", "◆", Position.ABOVE), ("Tydligt lägre", "◆", Position.BELOW))
CSS = {Position.WORSE: "worse", Position.BETTER: "better"}
FAR = "långt från de andra"
CAPTION = (
    "I rapportens ordning; ingen rangordning. Mottagningens namn öppnar dess egen översikt. ”Regionen utan "
    "den” visar vilka som flyttar regionens värde."
)
HOW_TO_READ = {
    COMPARE: (
        "Punkten är mottagningens värde och strecket dess osäkerhet (95 %). Når strecket inte regionens linje skiljer sig "
        "mottagningen mer än slumpen brukar ge. Ihålig punkt: färre än tio fall. Ingen rangordning."
    ),
    CHANGE: (
        "Den ihåliga ringen är året före och pilspetsen nu. En färgad pil är mer än slumpen: de två värdenas osäkerheter "
        "(95 %) möts inte."
    ),
    FUNNEL: (
        "En mottagning innanför tratten skiljer sig inte mer från regionen än slumpen brukar ge för så många fall; utanför "
        "gör den det. Bara de utanför har namn; peka på en punkt för de andra. Ingen rangordning."
    ),
}


def choose_view() -> str:
    """Return how to look; `?visa=tid` chooses."""
    code = address.segment(
        "Visa",
        list(VIEWS),
        parameter="visa",
        first=next(iter(VIEWS)),
        words=lambda code: VIEWS[code],
        is_label_hidden=True,
    )
    return VIEWS[code]


def choose_period() -> Month | int:
    """Return a year or a month; `?period=2024-12` or `2024` chooses."""
    years = benchmarks.years(portal())
    newest = benchmarks.newest_month(portal())
    periods: list[Month | int] = [*years, *[newest.plus(-back) for back in range(13)]]
    return address.select(
        "Period",
        periods,
        parameter="period",
        first=years[min(1, len(years) - 1)],
        words=name_of,
    )


def name_of(period: Month | int) -> str:
    return str(period) if isinstance(period, int) else period.label


def choose_group(user: User) -> Callable[[Clinic], bool]:
    """Return which clinics to show: all, those of one operator, or those of one municipality (`?grupp=Mora`)."""
    clinics = clinic_register.list_clinics(portal(), user)
    kinds: dict[str, Callable[[Clinic], bool]] = {EVERY: lambda _clinic: True}
    for operator in Operator:
        kinds[f"{operator.label.capitalize()} regi"] = lambda clinic, of=operator: clinic.operator is of  # type: ignore[misc]
    for name in sorted({clinic.municipality for clinic in clinics}):
        kinds[name] = lambda clinic, of=name: clinic.municipality == of  # type: ignore[misc]
    return kinds[address.select("Grupp", list(kinds), parameter="grupp", first=EVERY)]


def choose_part(group: Sequence[Pair]) -> Sequence[Pair]:
    """Return the clinics to draw and list; the numbers above are of all."""
    return pickers.choose_part(group, lambda pair: pair[0].name)


def period_of(comparison: ClinicComparison) -> str:
    if comparison.first == comparison.last:
        return comparison.last.label
    return str(comparison.last.year) if comparison.last.ends_year else f"januari–{comparison.last.label}"


def show_beside(
    comparison: ClinicComparison, earlier: ClinicComparison, user: User, group: Sequence[Pair]
) -> None:
    """Show each clinic's figure beside the region's, who differs, and folded what lies behind."""
    st.html(tiles.numbers([_region_tile(comparison, earlier), *_beside_tiles(comparison, earlier, group)]))
    part = choose_part(group)
    rows = interval_chart.show(comparison, part)
    country = indicator_words.country([comparison.country] if comparison.country else [])
    show_reading(comparison, COMPARE, country, _groups(comparison))
    st.html(tiles.fold("Tabell", table(comparison, earlier, part), is_printed=True))
    with folds.on_demand("Är det verkligt?", key=f"evidence-{_case(comparison)}") as is_open:
        if is_open:
            behind = evidence.behind(portal(), user, comparison)
            evidence_view.show_whether_real(comparison, earlier, behind, _flagged(comparison, group))
    _offer(
        comparison,
        group,
        lambda: interval_chart.picture_spec(comparison, rows, period_of(comparison)),
        {pair: WORDS.get(interval_chart.position_of(comparison, pair[1]), "") for pair in group},
    )


def _case(comparison: ClinicComparison) -> str:
    return f"{comparison.indicator.code}-{comparison.first}-{comparison.last}"


def _region_tile(comparison: ClinicComparison, earlier: ClinicComparison) -> NumberTile:
    """The region's figure with what it rests on, and the year before."""
    indicator, region = comparison.indicator, comparison.region
    before = comparing.compared(indicator, earlier.region)
    parts = [
        _region_basis(indicator, region),
        f"{period_of(earlier)}: {findings.charted_alone(indicator, before)}" if before is not None else "",
    ]
    return NumberTile(
        label=f"Regionen {period_of(comparison)}, {indicator.headline.label}",
        value=findings.charted_alone(indicator, comparing.compared(indicator, region)),
        detail=" · ".join(filter(None, parts)),
    )


def _region_basis(indicator: Indicator, region: RegionalFigure) -> str:
    """Return what the region's figure rests on; a mean of clinics on no cases, so the pooled figure stands beside it."""
    if indicator.is_rate:
        return f"per 100 patienter ({formats.value(indicator, region.value)} i allt)"
    if indicator.headline is Headline.MEAN_OF_CLINICS:
        return f"sammanslaget {findings.charted_alone(indicator, region.pooled)}"
    return formats.cases(indicator, region) if indicator.denominator else ""


def _beside_tiles(
    comparison: ClinicComparison, earlier: ClinicComparison, group: Sequence[Pair]
) -> list[NumberTile]:
    """Name who differs from the region; of patients, where size tells nothing, who moved most since last year."""
    if comparison.indicator.is_base:
        return moved_most(earlier, group)
    placed = [(clinic, interval_chart.position_of(comparison, figure)) for clinic, figure in group]
    return sides(comparison.indicator, "än regionen", placed)


def moved_most(earlier: ClinicComparison, group: Sequence[Pair]) -> list[NumberTile]:
    divided = old_and_new(group, earlier.figures)
    return [
        NumberTile(
            label=f"{'Ökar' if movement.change > 0 else 'Minskar'} mest på ett år",
            value=neighbour_words.moves([movement]),
            css="names",
        )
        for movement in (divided.largest if divided else ())
    ]


def sides(indicator: Indicator, than: str, placed: Iterable[tuple[Clinic, Position]]) -> list[NumberTile]:
    """Two tiles: the clinics that are better, and those that are worse, by more than chance."""
    names: dict[Position, list[str]] = {}
    for clinic, position in placed:
        names.setdefault(position, []).append(clinic.name)
    sides = NEUTRAL if indicator.better is Better.NEUTRAL else DIRECTED
    last_named = next((position for *_, position in reversed(sides) if position in names), None)
    return [
        NumberTile(
            label=f"{label} {than}",
            value=f"{mark} {formats.listed(names[position])}" if position in names else "Ingen",
            css=f"names {CSS.get(position, '')}" if position in names else "names",
            detail="övriga inom slumpen" if position is last_named else "",
        )
        for label, mark, position in sides
    ]


def show_reading(comparison: ClinicComparison, view: str, *more: str) -> None:
    """Show, folded, how the chart is read, what the region's figure is, and what the indicator counts."""
    indicator = comparison.indicator
    pulled = sentences.pulled(comparing.few_cases(indicator, comparison.figures))
    definition = f"Definition: {indicator.definition}. Källa: {portal().region.in_words(indicator.source)}."
    texts = (
        f"**{findings.direction(indicator)}** {HOW_TO_READ[view]}",
        f"{sentences.bases(indicator, comparison.region)} {pulled}".strip(),
        *more,
        f"{definition} [Alla definitioner](/definitioner?indikator={indicator.code})",
    )
    with st.expander("Så läser du"):
        st.markdown("\n\n".join(filter(None, texts)))


def _offer(
    comparison: ClinicComparison,
    group: Sequence[Pair],
    spec: Callable[[], charts.Spec],
    standings: Mapping[Pair, str],
) -> None:
    with folds.on_demand("Hämta", key=f"offer-{_case(comparison)}") as is_open:
        if is_open:
            name = f"mottagningar-{comparison.indicator.code}-{comparison.first}-{comparison.last}"
            pictures.offer(name, spec, lambda: _csv(comparison, group, standings))


# The funnel


def show_funnel(
    comparison: ClinicComparison, _earlier: ClinicComparison, _user: User, group: Sequence[Pair]
) -> None:
    """Show a share's funnel with names at the points that differ."""
    if not comparison.indicator.is_share:
        st.info(
            "Tratten finns för andelar. Välj en sådan indikator, till exempel Första besök inom 30 dagar."
        )
        return
    place = st.container()
    spread = address.check(
        "Vidga tratten för skillnader som slumpen inte förklarar (överspridning)", parameter="vidga"
    )
    funnel = comparing.funnel([figure for _, figure in comparison.figures], allow_spread=spread)
    if funnel is None:
        return
    indicator, places = comparison.indicator, dict(zip(comparison.figures, funnel.places, strict=True))
    placed = [
        (pair[0], comparing.position_of(places[pair] or FunnelPlace.WITHIN, indicator.better))
        for pair in group
    ]
    with place:
        st.html(
            tiles.numbers([_average_tile(comparison, funnel), *sides(indicator, "än slumpen ger", placed)])
        )
        rows = funnel_chart.show_funnel(comparison, funnel, names=[clinic.name for clinic, _ in group])
    show_reading(comparison, FUNNEL)
    st.html(tiles.fold("Tabell", _funnel_table(indicator, places, group), is_printed=True))
    _offer(
        comparison,
        group,
        lambda: funnel_chart.picture_spec(comparison, rows, period_of(comparison), funnel),
        {pair: funnel_chart.word(place) for pair, place in places.items() if place},
    )


def _average_tile(comparison: ClinicComparison, funnel: Funnel) -> NumberTile:
    """The funnel's own middle: all cases together, whichever figure the region's headline is."""
    return NumberTile(
        label=f"Regionen {period_of(comparison)}, sammanslaget",
        value=formats.percent(100 * funnel.average),
        detail=formats.cases(comparison.indicator, comparison.region),
    )


def _funnel_table(
    indicator: Indicator, places: Mapping[Pair, FunnelPlace | None], group: Sequence[Pair]
) -> str:
    rows = [
        markup.row(
            clinic.name,
            _value(indicator, figure),
            numeric(formats.cases(indicator, figure)),
            _in_funnel(places[clinic, figure], indicator, figure),
        )
        for clinic, figure in choose_part(group)
    ]
    return markup.table(
        ("Mottagning", "Värde", "Underlag", "I tratten"), rows, caption="I rapportens ordning"
    )


def _value(indicator: Indicator, figure: Figure) -> TableCell:
    if figure.value is None:
        return markup.missing(formats.reason(figure.reason))
    return numeric(formats.figure(indicator, figure))


def _in_funnel(place: FunnelPlace | None, indicator: Indicator, figure: Figure) -> TableCell:
    if place is None:
        return TableCell("–")
    position = comparing.position_of(place, indicator.better)
    meaning = {Position.WORSE: " – sämre", Position.BETTER: " – bättre"}.get(position, "")
    text = f"{funnel_chart.sign(place)} {funnel_chart.word(place).capitalize()}{meaning}"
    return TableCell(
        text, css=CSS.get(position, ""), small=formats.FEW_CASES * rests_on_few(indicator, figure)
    )


def _csv(comparison: ClinicComparison, group: Sequence[Pair], standings: Mapping[Pair, str]) -> bytes:
    headings = ("mottagning", "regi", "kommun", "värde", "täljare", "nämnare", "per 100", "skäl", "läge")
    return exports.csv_bytes(
        headings,
        (
            (
                clinic.code,
                clinic.operator.label,
                clinic.municipality,
                figure.value,
                figure.numerator,
                figure.denominator,
                figure.rate if comparison.indicator.is_rate else None,
                figure.reason.label if figure.reason else "",
                standings.get((clinic, figure), ""),
            )
            for clinic, figure in group
        ),
    )


def _flagged(comparison: ClinicComparison, group: Sequence[Pair]) -> dict[str, str]:
    """Return the clinics to look behind, and why: a share beside the region's, anything else far from the others."""
    if comparison.indicator.is_share:
        words = {clinic.code: _standing(comparison, figure) for clinic, figure in group}
        return {code: word for code, word in words.items() if word}
    far_flags = comparing.stands_out(comparison.indicator, [figure for _, figure in comparison.figures])
    flags, codes = zip(comparison.figures, far_flags, strict=True), {clinic.code for clinic, _ in group}
    return {clinic.code: FAR for (clinic, _), is_far in flags if is_far and clinic.code in codes}


def _standing(comparison: ClinicComparison, figure: Figure) -> str:
    """Say where a clinic lies beside the region; empty where that is within chance."""
    position = interval_chart.position_of(comparison, figure)
    return "" if position in (Position.LEVEL, Position.UNKNOWN) else position.label


def table(
    comparison: ClinicComparison,
    earlier: ClinicComparison,
    group: Sequence[Pair],
) -> str:
    """Return the figures: this year's and last year's, where each lies, and who moves the region's."""
    figures = [figure for _, figure in comparison.figures]
    far_flags = comparing.stands_out(comparison.indicator, figures)
    before = {clinic.code: figure for clinic, figure in earlier.figures}
    codes = {clinic.code for clinic, _ in group}
    rows = [
        _row(
            comparison,
            pair,
            before.get(pair[0].code, Figure()),
            _place(comparison, pair[1], is_far=is_far),
            comparing.without(comparison.indicator, figures, index),
        )
        for index, (pair, is_far) in enumerate(zip(comparison.figures, far_flags, strict=True))
        if pair[0].code in codes
    ]
    rows.append(_total(comparison, earlier.region))
    return markup.table(_headings(comparison.indicator), rows, caption=CAPTION)


def _headings(indicator: Indicator) -> tuple[str, ...]:
    return (
        "Mottagning",
        "Regi",
        "Värde",
        "Per 100 patienter" if indicator.is_rate else "Underlag",
        "Ett år tidigare",
        "Läge",
        "Regionen utan den",
        "Bakom värdet",
    )


def _row(
    comparison: ClinicComparison, pair: Pair, before: Figure, place: TableCell, without: float | None
) -> markup.TableRow:
    indicator, (clinic, figure) = comparison.indicator, pair
    basis = formats.per_100(figure.rate) if indicator.is_rate else formats.cases(indicator, figure)
    return markup.row(
        TableCell(
            clinic.name, href=markup.link("oversikt", mottagning=clinic.code), small=clinic.municipality
        ),
        clinic.operator.label,
        _value(indicator, figure),
        numeric(basis),
        _earlier(indicator, figure, before),
        place,
        _without(comparison, without),
        _behind(comparison, clinic),
    )


def _earlier(indicator: Indicator, now: Figure, before: Figure) -> TableCell:
    """The year before, and the change since: in the indicator's own unit of change."""
    if before.value is None:
        return markup.missing(formats.reason(before.reason))
    moved = change_of(indicator, now.value, before.value)
    return numeric(
        formats.figure(indicator, before), "" if moved is None else formats.changed(indicator, moved)
    )


def _place(comparison: ClinicComparison, figure: Figure, *, is_far: bool) -> TableCell:
    """Say where the clinic lies beside the region, by its interval."""
    position = interval_chart.position_of(comparison, figure)
    text = "–" if position is Position.UNKNOWN else f"{position.symbol} {position.label}"
    few = rests_on_few(comparison.indicator, figure)
    notes = [formats.FEW_CASES] * few + [f"! {FAR}: kontrollera"] * is_far
    return TableCell(text, css=CSS.get(position, ""), small="; ".join(notes))


def _without(comparison: ClinicComparison, without: float | None) -> TableCell:
    """The region's figure without this clinic, and how far that is from the one with it."""
    region_amount = comparing.compared(comparison.indicator, comparison.region)
    if without is None or region_amount is None or comparison.indicator.is_base:
        return TableCell("–", css="num")
    digits = _digits_beside_region(comparison.indicator, region_amount)
    return numeric(
        findings.charted_alone(comparison.indicator, without, digits),
        formats.signed(difference(without, region_amount, digits), digits),
    )


def _digits_beside_region(indicator: Indicator, region_amount: float) -> int:
    """One decimal more than values have, for clinics move the region a little: a rate below one has two."""
    if indicator.is_rate and region_amount < 1:
        return 2
    return 1 if indicator.is_rate or indicator.denominator else 0


def _behind(comparison: ClinicComparison, clinic: Clinic) -> TableCell:
    """Lead to the submission behind a month's value, or to the months behind a year's."""
    if comparison.first == comparison.last:
        href = markup.link("inlamningar", mottagning=clinic.code, manad=str(comparison.last))
        return TableCell("Inlämningen", href=href)
    href = month_links.to_months(clinic.code, comparison.indicator.code)
    return TableCell("Månaderna", href=href)


def _total(comparison: ClinicComparison, before: RegionalFigure) -> markup.TableRow:
    indicator, region = comparison.indicator, comparison.region
    rate = formats.per_100(region.rate)
    return markup.row(
        "Regionen",
        "",
        numeric(formats.value(indicator, region.value) if region.value is not None else "–"),
        numeric(rate if indicator.is_rate else formats.cases(indicator, region)),
        numeric(formats.value(indicator, before.value) if before.value is not None else "–"),
        indicator.headline.label,
        "",
        "",
        css="total",
    )


def _groups(comparison: ClinicComparison) -> str:
    """Compare public and private as groups, each on the headline's basis."""
    if comparison.indicator.is_base:
        return ""
    parts = []
    for operator in Operator:
        group = benchmarks.group(comparison, operator)
        if group.value is not None:
            group_amount = group.rate if comparison.indicator.is_rate else group.value
            text = (
                f"{formats.per_100(group_amount)} per 100 patienter"
                if comparison.indicator.is_rate
                else formats.value(comparison.indicator, group_amount)
            )
            parts.append(f"{operator.label} regi **{text}** ({group.clinics} mottagningar)")
    return f"**Offentligt och privat:** {'; '.join(parts)}." if parts else ""

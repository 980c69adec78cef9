"""The parts of Mottagningar: all clinics on one indicator, as funnel or bars with their table."""

from collections.abc import Callable, Mapping

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight import comparing
from portal.domain.insight.comparing import Funnel
from portal.domain.insight.statistics.funnel import FunnelPlace
from portal.domain.registry.annual import Figure, RegionalFigure, has_few_cases
from portal.domain.registry.changes import change_of
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.domain.registry.rounding import difference
from portal.domain.release.standing import Position
from portal.services.administration import clinic_register, exports
from portal.services.insight import benchmarks, evidence, matrix
from portal.services.insight.benchmarks import ClinicComparison
from portal.services.insight.evidence import Behind
from portal.ui.base import formats, markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.insight import evidence_view, funnel_chart, openings_view
from portal.ui.page import address, pictures
from portal.ui.words import findings, sentences


EVERY, COMPARE, OVER_TIME = "Alla", "Jämför", "Över tid"
ALL_INDICATORS, PLACES = "Alla indikatorer", "Kommuner"
VIEWS = {"jamfor": COMPARE, "tid": OVER_TIME, "alla": ALL_INDICATORS, "kommuner": PLACES}
CSS = {Position.WORSE: "worse", Position.BETTER: "better"}
FAR = "långt från de andra"
CAPTION = (
    "I rapportens ordning; ingen rangordning. Mottagningens namn öppnar dess egen översikt. ”Regionen utan "
    "den” visar vilka som flyttar regionens värde."
)


def choose_view() -> str:
    """Return how to look; `?visa=tid` chooses."""
    code = address.segment(
        "Visa", list(VIEWS), parameter="visa", first=next(iter(VIEWS)), words=lambda code: VIEWS[code]
    )
    return VIEWS[code]


def choose_period(*, disabled: bool = False) -> Month | int:
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
        disabled=disabled,
    )


def name_of(period: Month | int) -> str:
    return str(period) if isinstance(period, int) else period.label


def choose_group(user: User, *, disabled: bool = False) -> Callable[[Clinic], bool]:
    """Return which clinics to show: all, those of one operator, or those of one municipality (`?grupp=Mora`)."""
    clinics = clinic_register.list_clinics(portal(), user)
    kinds: dict[str, Callable[[Clinic], bool]] = {EVERY: lambda _clinic: True}
    for operator in Operator:
        kinds[f"{operator.label.capitalize()} regi"] = lambda clinic, of=operator: clinic.operator is of  # type: ignore[misc]
    for name in sorted({clinic.municipality for clinic in clinics}):
        kinds[name] = lambda clinic, of=name: clinic.municipality == of  # type: ignore[misc]
    return kinds[address.select("Grupp", list(kinds), parameter="grupp", first=EVERY, disabled=disabled)]


def show_headline(comparison: ClinicComparison) -> None:
    indicator, region = comparison.indicator, comparison.region
    st.subheader(f"{indicator.label}, {period_of(comparison)}", anchor=False)
    if region.value is None:
        st.info(f"Inget värde: {formats.reason(region.reason)}.")
        return
    text = f"Regionen: **{formats.value(indicator, region.value)}** ({indicator.headline.label}). "
    if indicator.is_rate and region.rate is not None:
        text += f"{formats.per_100(region.rate)} per 100 aktuella patienter. "
    st.markdown(text + sentences.bases(indicator, region))
    if pulled := sentences.pulled(comparing.few_cases(indicator, comparison.figures)):
        st.markdown(pulled)


def period_of(comparison: ClinicComparison) -> str:
    if comparison.first == comparison.last:
        return comparison.last.label
    return str(comparison.last.year) if comparison.last.number == 12 else f"januari–{comparison.last.label}"


def show_comparison(comparison: ClinicComparison, user: User, *, belongs: Callable[[Clinic], bool]) -> None:
    """Show the chart, what moves the region, and the table behind it."""
    if comparison.region.value is None:
        return
    indicator, earlier = comparison.indicator, matrix.year_before(portal(), user, comparison)
    behind = evidence.behind(portal(), user, comparison)
    group_codes = [clinic.code for clinic, _ in comparison.figures if belongs(clinic)]
    funnel = _show_chart(comparison, group_codes)
    st.caption(
        f"Definition: {indicator.definition}. Källa: {indicator.source}. "
        f"[Alla definitioner](/definitioner?indikator={indicator.code})"
    )
    _show_table(comparison, earlier, funnel, group_codes, behind)
    evidence_view.show_whether_real(comparison, earlier, behind, _flagged(comparison, funnel, group_codes))
    _show_groups(comparison)
    _show_like_for_like(comparison, earlier)
    openings_view.show(comparison, earlier, user, belongs=belongs)


def _show_chart(comparison: ClinicComparison, group_codes: list[str]) -> Funnel | None:
    figures = [figure for _, figure in comparison.figures]
    if not comparison.indicator.is_share:
        line_words = funnel_chart.bar_words(funnel_chart.bar_rows(comparison, group_codes=group_codes))
        st.caption(
            f"**{findings.direction(comparison.indicator)}** {line_words}En mottagning utan stapel saknar värde. Ordningen är "
            "rapportens: ingen rangordning."
        )
        rows = funnel_chart.show_bars(comparison, group_codes=group_codes)
        _offer(comparison, rows, None, group_codes, is_funnel=False)
        return None
    place = st.container()
    spread = address.check(
        "Vidga tratten för skillnader som slumpen inte förklarar (överspridning)", parameter="vidga"
    )
    funnel = comparing.funnel(figures, allow_spread=spread)
    if funnel is None:
        return None
    with place:
        st.caption(
            f"**{findings.direction(comparison.indicator)}** En mottagning innanför tratten skiljer sig inte mer från "
            "regionen än slumpen brukar ge för så många fall; utanför gör den det. Numren är tabellens. Ingen "
            "rangordning."
        )
        rows = funnel_chart.show_funnel(comparison, funnel, group_codes=group_codes)
        if start := funnel_chart.scale_of(rows)[0]:
            st.caption(f"Skalan börjar vid {start} procent.")
    _offer(comparison, rows, funnel, group_codes, is_funnel=True)
    return funnel


def _offer(
    comparison: ClinicComparison,
    rows: funnel_chart.Rows,
    funnel: Funnel | None,
    group_codes: list[str],
    *,
    is_funnel: bool,
) -> None:
    pictures.offer(
        f"mottagningar-{comparison.indicator.code}-{comparison.first}-{comparison.last}",
        lambda: funnel_chart.picture_spec(comparison, rows, period_of(comparison), is_funnel=is_funnel),
        lambda: _csv(comparison, funnel, group_codes),
    )


def _csv(comparison: ClinicComparison, funnel: Funnel | None, group_codes: list[str]) -> bytes:
    headings = ("mottagning", "regi", "kommun", "värde", "täljare", "nämnare", "per 100", "skäl", "läge")
    places = funnel.places if funnel else (None,) * len(comparison.figures)
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
                funnel_chart.word(place) if place else "",
            )
            for (clinic, figure), place in zip(comparison.figures, places, strict=True)
            if clinic.code in group_codes
        ),
    )


def _flagged(comparison: ClinicComparison, funnel: Funnel | None, group_codes: list[str]) -> dict[str, str]:
    """Return the clinics outside the funnel, or far from the others where there is none: code → in words."""
    words = _outside_funnel(comparison, funnel) if funnel else _far_from_others(comparison)
    return {
        clinic.code: word
        for (clinic, _), word in zip(comparison.figures, words, strict=True)
        if word and clinic.code in group_codes
    }


def _outside_funnel(comparison: ClinicComparison, funnel: Funnel) -> list[str]:
    """Return where each clinic lies, in words; empty within the funnel and without a value."""
    return [
        _place_in_words(place, comparison.indicator) if place and place is not FunnelPlace.WITHIN else ""
        for place in funnel.places
    ]


def _far_from_others(comparison: ClinicComparison) -> list[str]:
    figures = [figure for _, figure in comparison.figures]
    return [FAR if is_far else "" for is_far in comparing.stands_out(comparison.indicator, figures)]


def _show_table(
    comparison: ClinicComparison,
    earlier: ClinicComparison,
    funnel: Funnel | None,
    group_codes: list[str],
    behind: Behind,
) -> None:
    indicator = comparison.indicator
    before = {clinic.code: figure for clinic, figure in earlier.figures}
    figures = [figure for _, figure in comparison.figures]
    without = comparing.without_each(indicator, figures)
    far_flags = comparing.stands_out(indicator, figures)
    places = funnel.places if funnel else (None,) * len(comparison.figures)
    rows = [
        _row(
            comparison,
            number,
            before,
            _place(comparison, number, place, is_far=is_far),
            region_without,
            behind,
        )
        for number, (place, region_without, is_far) in enumerate(zip(places, without, far_flags, strict=True))
        if comparison.figures[number][0].code in group_codes
    ]
    rows.append(_total(comparison, earlier.region))
    st.html(markup.table(_headings(indicator), rows, caption=CAPTION))


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
    comparison: ClinicComparison,
    number: int,
    before: Mapping[str, Figure],
    place: TableCell,
    without: float | None,
    behind: Behind,
) -> markup.TableRow:
    indicator, (clinic, figure) = comparison.indicator, comparison.figures[number]
    basis = formats.per_100(figure.rate) if indicator.is_rate else formats.cases(indicator, figure)
    return markup.row(
        TableCell(
            f"{number + 1} {clinic.name}" if indicator.is_share else clinic.name,
            href=markup.link("oversikt", mottagning=clinic.code),
            small=clinic.municipality,
        ),
        clinic.operator.label,
        numeric(formats.figure(indicator, figure))
        if figure.value is not None
        else markup.missing(formats.reason(figure.reason)),
        numeric(basis),
        _earlier(indicator, figure, before.get(clinic.code, Figure())),
        place,
        _without(comparison, without),
        _behind(comparison, clinic, behind),
    )


def _earlier(indicator: Indicator, now: Figure, before: Figure) -> TableCell:
    """The year before, and the change since: in the indicator's own unit of change."""
    if before.value is None:
        return markup.missing(formats.reason(before.reason))
    moved = change_of(indicator, now.value, before.value)
    return numeric(
        formats.figure(indicator, before), "" if moved is None else formats.changed(indicator, moved)
    )


def _place(
    comparison: ClinicComparison, number: int, place: FunnelPlace | None, *, is_far: bool
) -> TableCell:
    """Say where the clinic lies: in the funnel of a share, beside the region by its interval otherwise."""
    indicator, (_, figure) = comparison.indicator, comparison.figures[number]
    if place is None:
        position = matrix.beside_region(indicator, figure, comparison.region)
        text = "–" if position is Position.UNKNOWN else f"{position.symbol} {position.label}"
        return TableCell(text, css=CSS.get(position, ""), small=f"! {FAR}: kontrollera" if is_far else "")
    position = comparing.position_of(place, indicator.better)
    text = f"{funnel_chart.sign(place)} {_place_in_words(place, indicator)}"
    return TableCell(text, css=CSS.get(position, ""), small="få fall" if has_few_cases(figure) else "")


def _place_in_words(place: FunnelPlace, indicator: Indicator) -> str:
    position = comparing.position_of(place, indicator.better)
    meaning = {Position.WORSE: " – sämre", Position.BETTER: " – bättre"}.get(position, "")
    return f"{funnel_chart.word(place).capitalize()}{meaning}"


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


def _behind(comparison: ClinicComparison, clinic: Clinic, behind: Behind) -> TableCell:
    """Lead to the submission behind a month's value, or to the months behind a year's, and say what they are."""
    record = evidence_view.in_words(behind.of[clinic.code])
    if comparison.first == comparison.last:
        href = markup.link("inlamningar", mottagning=clinic.code, manad=str(comparison.last))
        return TableCell("Inlämningen", href=href, small=record)
    href = markup.link("indikator", mottagning=clinic.code, indikator=comparison.indicator.code)
    return TableCell("Månaderna", href=href, small=record)


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


def _show_groups(comparison: ClinicComparison) -> None:
    """Compare public and private as groups, each on the headline's basis."""
    if comparison.indicator.is_base:
        return
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
    if parts:
        st.markdown("**Offentligt och privat:** " + "; ".join(parts) + ".")


def _show_like_for_like(comparison: ClinicComparison, earlier: ClinicComparison) -> None:
    """Compare with the year before over the clinics that have both: growth is mostly new clinics."""
    like = matrix.like_for_like(comparison, earlier)
    if like is None or like.before.value is None or like.now.value is None:
        return
    indicator = comparison.indicator
    earlier_period = (
        str(comparison.first.year - 1)
        if comparison.first != comparison.last
        else comparison.first.year_before.label
    )
    st.markdown(
        f"**Lika för lika:** de {like.clinics} mottagningar som har värde både {earlier_period} och {period_of(comparison)}: "
        f"{formats.value(indicator, like.before.value)} → **{formats.value(indicator, like.now.value)}** ({formats.changed(indicator, like.change)})."
    )

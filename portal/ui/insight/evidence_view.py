"""What lies behind the clinics' values: in a table's cell, and whether what stands out is real."""

from collections.abc import Mapping, Sequence

import streamlit as st

from portal.domain.insight.evidence import Evidence, FirstCheck, Leap, SeriesBreak, neighbours
from portal.domain.insight.neighbours import old_and_new
from portal.domain.insight.series import drawn
from portal.domain.registry.annual import Figure, regional_figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.services.insight.benchmarks import ClinicComparison
from portal.services.insight.evidence import Behind
from portal.ui.base import formats, markup
from portal.ui.base.markup import TableCell
from portal.ui.words import findings, month_links, neighbour_words


JOURNAL = (
    "Årsuppföljningen för 2024 nämner en övergång till nytt journalsystem (avsnitt 4.2.1) utan att säga när. "
    "Ändrade den hur något registreras, för in från vilken månad på [Läget](/laget), under Brott i serien."
)


def in_words(evidence: Evidence) -> str:
    """`12 av 12 månader · 2 varningar bekräftade · 1 rättad · inget brott`."""
    if not evidence.owed:
        return "inte öppen då"
    parts = [f"{formats.number(evidence.reported)} av {formats.plural(evidence.owed, 'månad', 'månader')}"]
    parts += [f"{formats.number(count)} {formats.reason(reason)}" for reason, count in evidence.without_value]
    if evidence.confirmed:
        parts.append(f"{formats.plural(evidence.confirmed, 'varning bekräftad', 'varningar bekräftade')}")
    if evidence.corrected:
        parts.append(_corrected(evidence))
    parts.append(", ".join(_break(series_break) for series_break in evidence.breaks) or "inget brott")
    return " · ".join(parts)


def _corrected(evidence: Evidence) -> str:
    text = formats.plural(evidence.corrected, "rättad", "rättade")
    if not evidence.corrected_after_approval:
        return text
    if evidence.corrected_after_approval == evidence.corrected:
        return f"{text} efter godkännande"
    return f"{text}, {formats.number(evidence.corrected_after_approval)} efter godkännande"


def _break(series_break: SeriesBreak) -> str:
    return f"brott {series_break.month.label}"


def show_whether_real(
    comparison: ClinicComparison,
    earlier: ClinicComparison,
    behind: Behind,
    places_in_words: Mapping[str, str],
) -> None:
    """List the clinics that stand out, each with what is on record about it and where to look first.

    `flagged`: code → where the clinic lies, in words. The region stands there, too, beside its neighbours.
    """
    clinics = [clinic for clinic, _ in comparison.figures if clinic.code in places_in_words]
    if not clinics:
        st.markdown(_nobody(comparison, earlier))
    if clinics or neighbours(comparison.indicator):
        st.html(_table(comparison, behind, clinics, places_in_words))
        st.caption(_how_to_read(comparison))
    st.markdown(
        "  \n".join(
            filter(
                None,
                (
                    _records(comparison, behind, places_in_words),
                    _since_then(comparison, earlier),
                    _leap(comparison.indicator, behind.leap),
                    _breaks(comparison, behind),
                ),
            )
        )
    )


def _records(comparison: ClinicComparison, behind: Behind, places_in_words: Mapping[str, str]) -> str:
    """Say what is on record of the clinics that don't stand out."""
    records = [
        f"{clinic.name} {in_words(behind.of[clinic.code])}"
        for clinic, _ in comparison.figures
        if clinic.code not in places_in_words
    ]
    return f"**På registreringen, de andra:** {'; '.join(records)}." if records else ""


def _nobody(comparison: ClinicComparison, earlier: ClinicComparison) -> str:
    """Say that no clinic stands out; of patients, who moved most, for there size tells nothing."""
    if comparison.indicator.is_share:
        return "Ingen mottagning skiljer sig från regionen mer än slumpen ger."
    if not comparison.indicator.is_base:
        return "Ingen mottagning ligger långt från de andra."
    text = "Mottagningarna är olika stora, så antalet patienter jämförs inte med de andras."
    divided = old_and_new(comparison.figures, earlier.figures)
    if divided is None or not divided.largest:
        return text
    return f"{text} Störst ändring mot året före: {neighbour_words.moves(divided.largest)}."


def _since_then(comparison: ClinicComparison, earlier: ClinicComparison) -> str:
    """Say how many clinics moved the way of the region: a change of system or definition moves all at once."""
    pairs = _now_and_then(comparison, earlier)
    if not pairs:
        return ""
    down, up = sum(now < then for now, then in pairs), sum(now > then for now, then in pairs)
    most_count, way = (down, "lägre") if down >= up else (up, "högre")
    opposite_count, opposite_way = (up, "högre") if down >= up else (down, "lägre")
    opposite = f", {formats.number(opposite_count)} {opposite_way}" if opposite_count else ""
    basis = " per 100 patienter" if comparison.indicator.is_rate else ""
    return (
        f"**Mot året före:** {formats.number(most_count)} av "
        f"{formats.plural(len(pairs), 'mottagning', 'mottagningar')} har {way} värde{basis}{opposite}."
    )


def _now_and_then(comparison: ClinicComparison, earlier: ClinicComparison) -> list[tuple[float, float]]:
    """Return the charted amounts of the clinics that have both periods."""
    before = {clinic.code: figure for clinic, figure in earlier.figures}
    amounts = [
        (drawn(comparison.indicator, figure), drawn(comparison.indicator, before.get(clinic.code, Figure())))
        for clinic, figure in comparison.figures
    ]
    return [(now, then) for now, then in amounts if now is not None and then is not None]


def _step(indicator: Indicator, amount: str) -> str:
    return f"{amount} {formats.points(amount)}" if indicator.is_share else amount


def _leap(indicator: Indicator, leap: Leap | None) -> str:
    """Say whether everyone leapt in one month, which is what a new system or definition looks like."""
    if leap is None:
        return ""
    over_time = markup.link("mottagningar", visa="tid", indikator=indicator.code)
    digits = findings.digits_of(indicator)
    step, usual = (
        _step(indicator, text)
        for text in (formats.signed(leap.step, digits), formats.number(leap.usual, digits))
    )
    judged = (
        "Så ser ett byte av system eller definition ut: fråga mottagningarna, och för in ett brott om det var så."
        if leap.is_like_a_change_of_system
        else "Ingen månad där alla hoppar långt på en gång: ändringen är gradvis, inte som vid ett byte av system."
    )
    return (
        f"**Största steget från en månad till nästa:** {step} i {leap.month.label}, "
        f"{formats.number(leap.same_way)} av {formats.plural(leap.clinics, 'mottagning', 'mottagningar')} åt samma håll "
        f"(månaderna: [Över tid]({over_time})); ett vanligt steg är {usual}. {judged}"
    )


def _table(
    comparison: ClinicComparison,
    behind: Behind,
    clinics: Sequence[Clinic],
    places_in_words: Mapping[str, str],
) -> str:
    beside = neighbours(comparison.indicator)
    rows = [
        markup.row(
            TableCell(
                clinic.name,
                href=month_links.to_months(clinic.code, comparison.indicator.code),
                small=places_in_words[clinic.code],
            ),
            _one_way(behind.of[clinic.code]),
            *(_neighbour(clinic, indicator, figure) for indicator, figure in behind.neighbours[clinic.code]),
            TableCell(in_words(behind.of[clinic.code])),
            TableCell(_first_check(comparison.indicator, behind.of[clinic.code])),
        )
        for clinic in clinics
    ]
    if beside:
        together = (_together(place, indicator, behind) for place, indicator in enumerate(beside))
        rows.append(markup.row("Regionen", "", *together, "", "", css="total"))
    headings = ("Mottagning", "Åt samma håll", *map(_short, beside), "På registreringen", "Kontrollera först")
    caption = "Mottagningarna som avviker, i rapportens ordning. Namnet öppnar mottagningens månader."
    return markup.table(headings, rows, caption=caption)


def _short(indicator: Indicator) -> str:
    """The clocks' labels without what all three have in common."""
    return indicator.label.removesuffix(" inom 30 dagar").removeprefix("Start av ").capitalize()


def _one_way(evidence: Evidence) -> TableCell:
    if not evidence.compared:
        return markup.missing("kan inte jämföras")
    side = "under" if evidence.below >= evidence.above else "över"
    month_count = formats.plural(evidence.compared, "månad", "månader")
    return TableCell(f"{formats.number(evidence.one_way)} av {month_count} {side} regionen")


def _neighbour(clinic: Clinic, indicator: Indicator, figure: Figure) -> TableCell:
    if figure.value is None:
        return markup.missing(formats.reason(figure.reason))
    cases = formats.cases(indicator, figure)
    return TableCell(
        formats.figure(indicator, figure),
        css="num",
        small=cases,
        href=month_links.to_months(clinic.code, indicator.code),
    )


def _together(place: int, indicator: Indicator, behind: Behind) -> TableCell:
    """The region's share, all clinics' cases put together, whatever the headline's basis."""
    region = regional_figure(indicator, [figures[place][1] for figures in behind.neighbours.values()])
    if region.pooled is None:
        return markup.missing(formats.reason(region.reason))
    cases = formats.cases(indicator, region)
    return TableCell(formats.value(indicator, region.pooled), css="num", small=cases)


def _first_check(indicator: Indicator, evidence: Evidence) -> str:
    match evidence.first_check:
        case FirstCheck.BREAK:
            newest_break = evidence.breaks[-1]
            who = "alla mottagningar" if newest_break.is_everyones else "mottagningen"
            return f"Månaderna före och efter {newest_break.month.label}: brott för {who} ({newest_break.reason})."
        case FirstCheck.GAPS:
            return "Månaderna som saknas eller saknar värde: är de som finns typiska?"
        case FirstCheck.CONFIRMED:
            return "De bekräftade varningarna: vad skrev mottagningen när den skickade?"
        case FirstCheck.CORRECTED:
            return "De rättade månaderna: vad ändrades, och gäller det fler månader?"
        case FirstCheck.UNSTEADY:
            return "Enstaka månader: de ligger på båda sidor om regionen."
        case FirstCheck.FEW_MONTHS:
            return "Vänta: månaderna är för få för att säga om de går åt samma håll."
        case FirstCheck.CLOCK:
            question = "vad klockan startas av" if neighbours(indicator) else "hur det räknas"
            return f"Inget i registreringen talar emot. Fråga {question}, och om arbetssättet."


def _how_to_read(comparison: ClinicComparison) -> str:
    months = (
        "periodens månader"
        if comparison.first < comparison.last
        else "de tolv månaderna till och med perioden"
    )
    text = f"Åt samma håll: {months}, var och en mot regionens värde samma månad. "
    text += (
        "Varning: ett av indikatorns tal avvek när det skickades, och mottagningen bekräftade det med en förklaring. "
        "Rättad: månaden har fler än en version."
    )
    if neighbours(comparison.indicator):
        text += (
            " De tre andelarna mäts med olika klockor: första besöket från det att remissen var mottagen och "
            "bedömd, utredning och behandling från beslutet om dem. En hög och en låg andel bredvid varandra "
            "kan alltså båda stämma; få fall eller en klocka som startas av något annat syns här."
        )
    return text


def _breaks(comparison: ClinicComparison, behind: Behind) -> str:
    names = {clinic.code: clinic.name for clinic, _ in comparison.figures}
    if not behind.breaks:
        return f"**Inget brott i serien** är infört för perioden eller året före. {JOURNAL}"
    break_texts = [
        f"{names.get(code, 'alla mottagningar')} från {series_break.month.label} ({series_break.reason})"
        for code, series_break in behind.breaks
    ]
    return f"**Brott i serien** under perioden eller året före: {'; '.join(break_texts)}. Förs in på [Läget](/laget)."

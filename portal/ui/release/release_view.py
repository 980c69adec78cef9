"""Release a month: what each figure would be, shown, hidden or kept, and why; and the release by itself."""

import logging
from collections.abc import Sequence

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.registry.annual import RegionalFigure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import Indicator
from portal.domain.registry.months import Month
from portal.domain.release.cells import Cell as Planned
from portal.domain.release.cells import CellOutcome
from portal.domain.release.disclosure import Hidden
from portal.domain.release.standing import Released
from portal.domain.reporting.submissions import MonthState
from portal.domain.reporting.texts import plain
from portal.services.refused import Refused
from portal.services.release import releases
from portal.services.release.releases import Preview
from portal.services.review import month_news
from portal.services.review.month_news import Correction
from portal.services.review.status import Grid
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.ui.page import address, asking
from portal.ui.page.acting import acting
from portal.ui.release import sheet_view
from portal.ui.words import disclosure_words
from portal.ui.words.sentences import WHY_NOT_SHOWN


log = logging.getLogger(__name__)

MOST_NAMED = 12  # of a sentence's list
OUTCOMES = {
    CellOutcome.SHOWN: "●\u00a0visas",
    CellOutcome.UNCHANGED: "=\u00a0oförändrat",
    CellOutcome.HIDDEN: "○\u00a0visas inte",
    CellOutcome.KEPT: "↺\u00a0behålls",
}


ORDER = [
    CellOutcome.SHOWN,
    CellOutcome.KEPT,
    CellOutcome.HIDDEN,
    CellOutcome.UNCHANGED,
]  # what differs stands first


def release_on_the_day(user: User) -> None:
    """Release what is due, once a day; a fault there must not close the portal for everybody."""
    try:
        releases.release_on_the_day(portal(), user)
    except Exception:
        log.exception("the automatic release failed; the region can release the month by hand")


def show_corrections(user: User) -> None:
    """Name the released months that something has come in for since."""
    corrections = month_news.corrections(portal(), user)
    if not corrections:
        return
    months = sorted({correction.month for correction in corrections}, reverse=True)
    parts = [f"**{month.label}** ({_who(corrections, month)})" for month in months]
    st.info(
        f"Inkommet efter släppet: {', '.join(parts)}. Välj månaden nedan för att se vad ett nytt släpp "
        "skulle ändra.",
        icon=":material/update:",
    )


def _who(corrections: tuple[Correction, ...], month: Month) -> str:
    return ", ".join(
        f"{plain(correction.clinic.name)} {'sen' if correction.is_late else 'rättad'}"
        for correction in corrections
        if correction.month == month
    )


def show_release(grid: Grid, user: User) -> None:
    """Choose a month, see what will be shown, hidden and kept, and why; click."""
    st.subheader("Släpp en månad", anchor=False)
    months = list(reversed(grid.months))
    month = address.select(
        "Månad att släppa",
        months,
        parameter="manad",
        first=months[0],
        words=lambda month: _choice(grid, month),
    )
    try:
        preview = releases.preview(portal(), user, month)
    except Refused as refused:
        st.info(str(refused))
        return
    _show_summary(preview, grid.in_state(month, MonthState.RETURNED))
    with st.expander("Varje värde, och varför", icon=":material/visibility:"):
        st.markdown(_what_is_hidden(preview))
        st.html(_table(preview))
        st.caption(_neutral())
    _show_button(grid, preview)
    if month in grid.releases and month != max(grid.releases):  # the newest one's is above, at the tiles
        sheet_view.offer_month(month)


def _choice(grid: Grid, month: Month) -> str:
    return f"{month.label} ({'släppt' if month in grid.releases else 'inte släppt'})"


def _show_summary(preview: Preview, returned_to: Sequence[Clinic]) -> None:
    returned = [clinic for clinic in preview.missing if clinic in returned_to]
    missing = [clinic for clinic in preview.missing if clinic not in returned_to]
    lacking = f"Saknas: {_names(missing) or 'ingen'}." + f" Återlämnad: {_names(returned)}." * bool(returned)
    st.markdown(f"{_who_is_in(preview)}. {lacking}  \n**{_outcomes(preview)}.**")
    if preview.held_clinics:
        st.warning(
            f"Väntar på ditt godkännande, och ingår inte med det senast inskickade: {_names(preview.held_clinics)}. Månaden "
            "innehåller ett osannolikt värde.",
            icon=":material/front_hand:",
        )
    if not preview.is_first:
        st.markdown(_what_would_change(preview))


def _names(clinics: Sequence[Clinic]) -> str:
    names = [plain(clinic.name) for clinic in clinics[:MOST_NAMED]]
    more = len(clinics) - len(names)
    return ", ".join(names) + (f" och {more} till" if more else "")


def _outcomes(preview: Preview) -> str:
    """`20 värden visas, 1 visas inte`; nothing of none."""
    counts = (("visas inte", len(preview.hidden)), ("behålls som de är", len(preview.kept)))
    counted = f"{formats.plural(len(preview.shown), 'värde', 'värden')} visas"
    return ", ".join([counted, *(f"{count} {word}" for word, count in counts if count)])


def _who_is_in(preview: Preview) -> str:
    """Say how many are in, and whose figures nobody has reviewed."""
    count, waiting = len(preview.contributing), len(preview.unreviewed)
    parts = [formats.plural(count - waiting, "godkänd", "godkända")]
    if waiting:
        unreviewed_count = formats.plural(waiting, "skickad men inte granskad", "skickade men inte granskade")
        parts.append(f"{unreviewed_count}: {_names(preview.unreviewed)}")
    return f"**{formats.plural(count, 'mottagning', 'mottagningar')}** ingår ({', '.join(parts)})"


def _what_is_hidden(preview: Preview) -> str:
    """Say what may be shown at all, and name what is not, by its reason."""
    by_reason: dict[str, list[str]] = {}
    for cell in preview.cells:
        if cell.outcome is CellOutcome.HIDDEN and cell.why:
            reason = disclosure_words.why(cell.why, portal().rules)
            by_reason.setdefault(reason, []).append(cell.indicator.label)
    reasons = "; ".join(f"{', '.join(labels)} ({reason})" for reason, labels in by_reason.items())
    hidden = f"**Visas inte:** {reasons}." if reasons else "**Allt visas.**"
    return f"**Vad kan publiceras?** {disclosure_words.in_force(portal().rules)}  \n{hidden}"


def _what_would_change(preview: Preview) -> str:
    """Say what a new release would replace, and what stays and why."""
    changing = ", ".join(cell.indicator.label for cell in preview.cells if cell.changes)
    kept_labels = ", ".join(cell.indicator.label for cell in preview.cells if cell.is_kept)
    if not changing and not kept_labels:
        return "Månaden är släppt och **inget har ändrats sedan dess**: ett nytt släpp behövs inte."
    sentences = [f"**Byts ut:** {changing}."] if changing else []
    if kept_labels:
        sentences.append(
            f"**Behålls:** {kept_labels}. Ett släppt värde byts ut först när minst tre vårdgivare har ändrat "
            "sina siffror och ingen av dem nästan ensam; annars skulle skillnaden visa vad en av dem ändrade (R5)."
        )
    return "  \n".join(sentences)


def _show_button(grid: Grid, preview: Preview) -> None:
    """The main thing to do once the day has come or nothing is missing; before that it can be done."""
    if not preview.would_change:
        return
    month, day = preview.month, grid.release_dates[preview.month]
    is_early = preview.is_first and portal().clock.today < day and not preview.is_complete
    label = f"Släpp {month.label}" + ("" if preview.is_first else " på nytt")
    if is_early:
        label = f"Släpp redan nu (dagen är {formats.day(day)})"
    if st.button(label, type="secondary" if is_early else "primary"):
        asking.ask(
            _question(preview, early_before=formats.day(day) if is_early else ""), _release, str(month)
        )


def _question(preview: Preview, *, early_before: str) -> asking.Question:
    """Say what follows on a release, and who is not in it; `early_before` is the day of a release before it."""
    label, shown_count = preview.month.label, formats.plural(len(preview.shown), "värde", "värden")
    consequences = [f"Alla mottagningar ser {shown_count} för regionen. Det kan inte tas tillbaka."]
    if not preview.is_first:
        consequences = [f"Alla mottagningar ser de nya värdena: {shown_count} visas."]
    if early_before:
        consequences.append(
            f"Månaden släpps annars av sig självt {early_before}. Det som kommer in efter ett släpp i dag kräver "
            "ett nytt släpp."
        )
    again = "" if preview.is_first else " på nytt"
    return asking.Question(
        title=f"Släppa {label}{again}?",
        consequences=tuple(consequences),
        missing=_what_is_missing(preview),
        button=f"Släpp {label}{again}",
    )


def _what_is_missing(preview: Preview) -> tuple[str, ...]:
    """Name the clinics that are not in, those nobody has reviewed and those that wait for an approval."""
    lists = (
        ("Saknas", preview.missing),
        ("Inte granskade", preview.unreviewed),
        ("Osannolikt värde, ingår inte", preview.held_clinics),
    )
    return tuple(
        f"**{heading}:** {', '.join(plain(clinic.name) for clinic in clinics)}"
        for heading, clinics in lists
        if clinics
    )


@acting
def _release(user: User, month: str) -> None:
    release = releases.release(portal(), user, Month.parse(month))
    session.note_message(f"{release.month.label.capitalize()} är släppt: {len(release.shown)} värden visas.")


def _table(preview: Preview) -> str:
    rows = [
        markup.row(
            cell.indicator.label,
            *(() if preview.is_first else (TableCell(_before(cell.indicator, cell.before)),)),
            TableCell(_planned(cell)),
            TableCell(OUTCOMES[cell.outcome], css="better" if cell.outcome is CellOutcome.SHOWN else ""),
            TableCell(_why(cell)),
        )
        for cell in sorted(preview.cells, key=lambda cell: ORDER.index(cell.outcome))
    ]
    before = () if preview.is_first else ("Mottagningarna ser nu",)
    headings = ("Indikator", *before, "Efter släppet", "Utfall", "Varför")
    return markup.table(
        headings, rows, caption=f"{preview.month.label.capitalize()}: bara regionen ser varför"
    )


def _before(indicator: Indicator, before: Released | None) -> str:
    if before is None:
        return "–"
    if not before.is_shown:
        return "visas inte"
    return _value(indicator, before)


def _planned(cell: Planned) -> str:
    if cell.is_kept:
        return _before(cell.indicator, cell.before)
    return _value(cell.indicator, cell.figure) if cell.figure else "visas inte"


def _value(indicator: Indicator, figure: Released | RegionalFigure) -> str:
    """As the clinics read it: a rate for counts, with the sum where that may be shown."""
    if not indicator.is_rate or indicator.is_base:
        return formats.value(indicator, figure.value)
    total = f" (summa {formats.number(figure.value)})" if figure.value is not None else ""
    return f"{formats.released_rate(figure.rate)} per 100{total}" if figure.rate is not None else f"–{total}"


def _why(cell: Planned) -> str:
    if cell.is_kept and cell.why not in (Hidden.WHOLE_NUMBERS, Hidden.BESIDE):
        return _why_kept(cell)
    if cell.why:
        owners = f"; {cell.owners} av minst {portal().rules.owners}" if cell.why is Hidden.FEW_OWNERS else ""
        return f"{cell.why.label}{owners}"
    owners = formats.plural(cell.owners, "vårdgivare", "vårdgivare")
    if cell.is_rate_only:
        return f"{owners}; bara per 100 patienter: summan skulle visa vad de få utan patientantal har"
    basis = "ingen dominerar"
    if cell.indicator.is_share and cell.figure:
        basis = f"{formats.number(cell.figure.denominator)} fall"
    return f"{owners} ingår, {basis}{_left_out(cell)}"


def _left_out(cell: Planned) -> str:
    """Say what of a shown figure the clinics do not read."""
    if cell.is_mean_left_out:
        return "; medeltalet visas inte: ett tal bakom det kunde räknas ut (R13)"
    return "; inte per 100 patienter" if cell.is_rate_left_out else ""


def _why_kept(cell: Planned) -> str:
    """Say why the older figure stays: few changed, or the difference to a figure shown would tell a change."""
    changed, least = formats.plural(cell.changed_owners, "vårdgivare", "vårdgivare"), portal().rules.owners
    if cell.changed_owners < least:
        return f"{changed} har ändrat: minst {least} krävs (R5)"
    return f"{changed} har ändrat, men skillnaden mot ett visat värde skulle röja en av dem (R5)"


def _neutral() -> str:
    return (
        f"Mottagningarna läser en enda neutral mening när ett värde inte visas: ”Visas inte – {WHY_NOT_SHOWN}.” "
        "Vilken regel det var får de inte veta, för det kan i sig avslöja något."
    )

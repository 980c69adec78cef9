"""The parts of Månaden: late clinics, movements that are more than noise, corrections of old months."""

import streamlit as st

from portal.domain.insight.statistics import Rule
from portal.domain.registry.indicators import Better, Indicator
from portal.services.review.month_news import Correction, LateClinic, MonthNews, Movement
from portal.ui.base import formats, markup
from portal.ui.base.markup import TableCell, numeric
from portal.ui.words import findings


MOST_ROWS = 12
RETURNED = "↩ återlämnad, kan ändras"
RULES = {
    Rule.OUTSIDE: "utanför det vanliga spannet",
    Rule.TREND: "sju månader i rad åt samma håll",
    Rule.NEAR: "två av tre månader nära gränsen",
    Rule.ONE_SIDE: "minst sju månader i rad på samma sida om medelvärdet",
}


def show_summary(found: MonthNews) -> None:
    new = [one for one in found.movements if one.is_new]
    late = [one for one in found.late if one.is_new]
    returned = sum(one.is_returned for one in new)
    uncertain = f" (varav {returned} hos den som fått månaden återlämnad: de kan ändras)" if returned else ""
    st.markdown(
        f"**{found.month.label.capitalize()} mot {found.month.previous.label}.** "
        f"{found.reported} av {found.owed} mottagningar har skickat månaden och väntar inte på rättelse. "
        f"{formats.plural(len(late), 'ny sen mottagning', 'nya sena mottagningar')}, "
        f"{formats.plural(len(new), 'ny rörelse', 'nya rörelser')} som är större än slumpen{uncertain}, "
        f"{formats.plural(len(found.corrections), 'rättelse', 'rättelser')} i äldre månader."
    )


def show_late(found: MonthNews) -> None:
    st.subheader("Sena mottagningar", anchor=False)
    if not found.late:
        st.markdown(
            "Ingen mottagning är sen."
            if found.is_due
            else f"Ingen är sen än: sista dagen är {formats.day_and_year(found.deadline)}."
        )
        return
    rows = [
        markup.row(
            TableCell(one.clinic.name, href=markup.link("oversikt", mottagning=one.clinic.code)),
            "! ny" if one.is_new else "sen även månaden före",
            formats.day_and_year(one.last_day),
            _sent(one),
        )
        for one in sorted(found.late, key=lambda one: not one.is_new)
    ]
    headings = ("Mottagning", "Sen", "Sista dag", "Skickad")
    st.html(markup.table(headings, rows, caption=f"Sena med {found.month.label}"))


def _sent(one: LateClinic) -> str:
    if one.sent_on is None:
        return "inte skickad"
    days = (one.sent_on - one.last_day).days
    return f"{formats.day_and_year(one.sent_on)}, {formats.plural(days, 'dag', 'dagar')} sent"


def show_movements(found: MonthNews) -> None:
    st.subheader("Större än slumpen", anchor=False)
    new = [one for one in found.movements if one.is_new]
    others = len(found.movements) - len(new)
    if not new:
        st.markdown("Inget nytt värde skiljer sig mer från mottagningens egen historia än slumpen brukar ge.")
    else:
        headings = (
            "Mottagning",
            "Indikator",
            found.month.previous.short,
            found.month.short,
            "Vanligt spann",
            "Varför",
        )
        caption = (
            "Störst först, mätt i mottagningens egen vanliga variation (XmR-diagram över 24 månader; minst 13 "
            "månader krävs). Antal räknas per 100 aktuella patienter."
        )
        st.html(markup.table(headings, [_row(one) for one in new[:MOST_ROWS]], caption=caption))
        if len(new) > MOST_ROWS:
            st.caption(f"Ytterligare {len(new) - MOST_ROWS} nya rörelser är mindre än dessa.")
    if others:
        st.caption(
            f"{formats.plural(others, 'rörelse', 'rörelser')} till fanns redan månaden före och visas inte här; "
            "de syns på mottagningens sida Indikator."
        )


def _row(one: Movement) -> markup.TableRow:
    indicator = one.indicator
    return markup.row(
        TableCell(
            one.clinic.name,
            href=markup.link("oversikt", mottagning=one.clinic.code),
            small=RETURNED if one.is_returned else "",
        ),
        TableCell(
            indicator.label,
            href=markup.link("indikator", mottagning=one.clinic.code, indikator=indicator.code),
            small="per 100 patienter" if indicator.is_rate else "",
        ),
        numeric(_shown(indicator, one.before)),
        numeric(_shown(indicator, one.value)),
        numeric(findings.span(indicator, one.limits)),
        TableCell(f"{_sign(one)}", css=_css(one), small=RULES[one.signal.rule]),
    )


def _shown(indicator: Indicator, value: float | None) -> str:
    return formats.number(value, 1) if indicator.is_rate else formats.value(indicator, value)


def _sign(one: Movement) -> str:
    arrow, word = ("↑", "högre") if one.signal.is_high else ("↓", "lägre")
    if one.indicator.better is Better.NEUTRAL:
        return f"{arrow} {word}"
    return f"{arrow} {word}: {'bättre' if _is_better(one) else 'sämre'}"


def _is_better(one: Movement) -> bool:
    return one.signal.is_high is (one.indicator.better is Better.HIGHER)


def _css(one: Movement) -> str:
    if one.indicator.better is Better.NEUTRAL:
        return ""
    return "better" if _is_better(one) else "worse"


def show_corrections(found: MonthNews) -> None:
    st.subheader("Rättelser i äldre månader", anchor=False)
    if not found.corrections:
        st.markdown("Inget har kommit in för en äldre månad sedan den släpptes.")
        return
    headings = ("Månad", "Mottagning", "Vad", "Skäl", "Skickad")
    caption = (
        "Inkommet efter månadens senaste släpp. Klicka på månaden för att se vad ett nytt släpp skulle ändra."
    )
    rows = [_correction(one) for one in found.corrections[:MOST_ROWS]]
    st.html(markup.table(headings, rows, caption=caption))
    if len(found.corrections) > MOST_ROWS:
        st.caption(f"Ytterligare {len(found.corrections) - MOST_ROWS} rättelser är äldre än dessa.")


def _correction(one: Correction) -> markup.TableRow:
    sent = one.submission
    return markup.row(
        TableCell(one.month.label, href=markup.link("laget", manad=str(one.month))),
        TableCell(
            one.clinic.name, href=markup.link("granska", mottagning=one.clinic.code, manad=str(one.month))
        ),
        "kom efter släppet" if one.is_late else f"rättad, version {sent.version}",
        sent.reason or sent.note or "–",
        TableCell(formats.moment(sent.sent_at), small=sent.sent_by),
    )

"""The parts of Månaden: late clinics, movements that are more than noise, corrections of old months."""

from dataclasses import replace

import streamlit as st

from portal.domain.insight.attention import HistoryMark
from portal.domain.insight.movements import Movement, Story
from portal.domain.insight.series import ChartedSeries
from portal.domain.insight.statistics.control import SignalRule
from portal.domain.registry.indicators import Indicator
from portal.services.review.month_news import Correction, LateClinic, MonthNews
from portal.ui.base import formats, markup, tiles
from portal.ui.base.markup import TableCell, numeric
from portal.ui.base.tiles import Tile
from portal.ui.words import findings, month_links, tile_words


MOST_ROWS = 12
MOST_ON_STATUS = 4
TILE_MONTHS = 24
CSS = {HistoryMark.BETTER: "better", HistoryMark.WORSE: "worse"}
RETURNED = "↩ återlämnad, kan ändras"
RULES = {
    SignalRule.OUTSIDE: "utanför det vanliga spannet",
    SignalRule.TREND: "sju månader i rad åt samma håll",
    SignalRule.NEAR: "två av tre månader nära gränsen",
    SignalRule.ONE_SIDE: "minst sju månader i rad",
}

METHOD = (
    "Varje värde jämförs med mottagningens egna senaste tre år i samma styrdiagram som på Indikator (minst 13 "
    "månader krävs; antal per 100 aktuella patienter). Ordningen är hur osannolikt värdet vore om inget hade "
    "ändrats, gånger hur viktigt det är: det som avtalet kräver väger dubbelt, det som bara är större eller mindre "
    "enkelt. I en serie där inget ändrats ger reglerna i snitt färre än ett nytt utslag per mottagning och månad."
)


def show_summary(news: MonthNews) -> None:
    """Say in one line what is new since the month before."""
    returned = sum(story.lead.is_returned for story in news.stories)
    uncertain = f" (varav {returned} hos den som fått månaden återlämnad: de kan ändras)" if returned else ""
    st.markdown(
        f"**{news.month.label.capitalize()} mot {news.month.previous.label}.** "
        f"{news.reported} av {news.owed} inne. "
        f"{formats.plural(len(news.stories), 'ny rörelse', 'nya rörelser')} större än slumpen{uncertain}."
    )


def show_late(news: MonthNews) -> None:
    """List the clinics that are late with the month, the newly late first."""
    st.subheader("Sena mottagningar", anchor=False)
    if not news.late:
        st.markdown(
            "Ingen mottagning är sen."
            if news.is_due
            else f"Ingen är sen än: sista dagen är {formats.day_and_year(news.deadline)}."
        )
        return
    rows = [
        markup.row(
            TableCell(
                late_clinic.clinic.name, href=markup.link("oversikt", mottagning=late_clinic.clinic.code)
            ),
            "! ny" if late_clinic.is_new else "sen även månaden före",
            formats.day_and_year(late_clinic.last_day),
            _sent(late_clinic),
        )
        for late_clinic in sorted(news.late, key=lambda late_clinic: not late_clinic.is_new)
    ]
    headings = ("Mottagning", "Sen", "Sista dag", "Skickad")
    st.html(markup.table(headings, rows, caption=f"Sena med {news.month.label}"))


def _sent(late_clinic: LateClinic) -> str:
    if late_clinic.sent_on is None:
        return "inte skickad"
    days = (late_clinic.sent_on - late_clinic.last_day).days
    return f"{formats.day_and_year(late_clinic.sent_on)}, {formats.plural(days, 'dag', 'dagar')} sent"


def show_movements(news: MonthNews) -> None:
    """Show what has moved more than noise since the month before, the most surprising and important first."""
    st.subheader("Större än slumpen, mot eget snitt", anchor=False)
    if not news.stories:
        st.markdown("Inget nytt värde skiljer sig mer från mottagningens egen historia än slumpen brukar ge.")
    else:
        st.html(tiles.grid([_moved_tile(*drawn) for drawn in news.drawn]))
        with st.expander(f"Visa alla {len(news.stories)} i en tabell"):
            st.html(_stories_table(news))
    with st.expander("Så räknas det"):
        st.markdown(METHOD)
        if news.older_movements:
            st.markdown(
                f"{formats.plural(news.older_movements, 'rörelse', 'rörelser')} till fanns redan månaden före och "
                "visas inte här; de syns på mottagningens sida Indikator."
            )


def _stories_table(news: MonthNews) -> str:
    months = (news.month.previous.short, news.month.short)
    headings = ("Mottagning", "Indikator", *months, "Vanligt spann", "Varför")
    caption = "Det mest överraskande i det viktigaste först; en kös mått hör ihop."
    return markup.table(headings, [_row(story) for story in news.stories], caption=caption)


def _row(story: Story) -> markup.TableRow:
    movement, indicator = story.lead, story.lead.indicator
    return markup.row(
        TableCell(
            movement.clinic.name,
            href=markup.link("oversikt", mottagning=movement.clinic.code),
            small=RETURNED if movement.is_returned else "",
        ),
        TableCell(
            indicator.label,
            href=month_links.to_months(movement.clinic.code, indicator.code, why=movement.month),
            small="per 100 patienter" if indicator.is_rate else "",
        ),
        numeric(_amount(indicator, movement.before)),
        numeric(_amount(indicator, movement.value)),
        numeric(findings.span(indicator, movement.limits)),
        TableCell(f"{_sign(movement)}", css=CSS.get(movement.mark, ""), small=_why(story)),
    )


def _why(story: Story) -> str:
    """Return the rule, and what else of the same queue has moved."""
    others = ", ".join(movement.indicator.label for movement in story.others)
    return "\n".join(filter(None, (RULES[story.lead.signal.rule], f"Även: {others}" if others else "")))


def _amount(indicator: Indicator, value: float | None) -> str:
    return formats.per_100(value) if indicator.is_rate else formats.value(indicator, value)


def _sign(movement: Movement) -> str:
    arrow, word = ("↑", "högre") if movement.signal.is_high else ("↓", "lägre")
    if movement.signal.rule is SignalRule.ONE_SIDE:  # the newest step may go the other way
        arrow, word = ("↑", "över snittet") if movement.signal.is_high else ("↓", "under snittet")
    if movement.mark is HistoryMark.CHANGED:
        return f"{arrow} {word}"
    return f"{arrow} {word}: {movement.mark.label}"


def show_biggest(news: MonthNews) -> None:
    """Show the month's biggest changes as tiles, the most surprising and important first."""
    if not news.stories:
        return
    way = (f"Visa alla {len(news.stories)}", markup.link("manaden", manad=str(news.month)))
    heading = markup.heading(2, f"Störst förändring i {news.month.name}")
    biggest = tiles.grid([_tile(*drawn) for drawn in news.drawn[:MOST_ON_STATUS]])
    st.html(markup.joined([heading, biggest, markup.links([way])]))


def _moved_tile(movement: Movement, series: ChartedSeries) -> Tile:
    """Return the tile with how far the value has moved instead of the value itself, which Läget shows."""
    moved = tile_words.moved(movement.indicator, movement.distance)
    since = f" mot {movement.month.previous.name}" if movement.is_step else ""
    return replace(_tile(movement, series), value=f"{moved}{since}")


def _tile(movement: Movement, series: ChartedSeries) -> Tile:
    indicator = movement.indicator
    first = series.months[-TILE_MONTHS:][0]
    clinic = movement.clinic
    return Tile(
        label=clinic.name,
        value=tile_words.amount(indicator, movement.value),
        region=f"{indicator.label} (↩ kan ändras)" if movement.is_returned else indicator.label,
        mark=movement.mark,
        line=tile_words.line_of(series.since(first), (), movement.mark),
        href=month_links.to_months(clinic.code, indicator.code, why=movement.month),
    )


def show_corrections(news: MonthNews) -> None:
    """List what came in for older months after their release."""
    st.subheader("Rättelser i äldre månader", anchor=False)
    if not news.corrections:
        st.markdown("Inget har kommit in för en äldre månad sedan den släpptes.")
        return
    headings = ("Månad", "Mottagning", "Vad", "Skäl", "Skickad")
    caption = (
        "Inkommet efter månadens senaste släpp. Klicka på månaden för att se vad ett nytt släpp skulle ändra."
    )
    rows = [_correction(correction) for correction in news.corrections[:MOST_ROWS]]
    st.html(markup.table(headings, rows, caption=caption))
    if len(news.corrections) > MOST_ROWS:
        st.caption(f"Ytterligare {len(news.corrections) - MOST_ROWS} rättelser är äldre än dessa.")


def _correction(correction: Correction) -> markup.TableRow:
    submission = correction.submission
    return markup.row(
        TableCell(correction.month.label, href=markup.link("laget", manad=str(correction.month))),
        TableCell(
            correction.clinic.name,
            href=markup.link("granska", mottagning=correction.clinic.code, manad=str(correction.month)),
        ),
        "kom efter släppet" if correction.is_late else f"rättad, version {submission.version}",
        submission.reason or submission.note or "–",
        TableCell(formats.moment(submission.sent_at), small=submission.sent_by),
    )

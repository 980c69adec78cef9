"""The parts of Översikt: what to do now, what needs attention, every indicator."""

from collections.abc import Sequence

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.indicators import IndicatorGroup
from portal.domain.registry.months import Month
from portal.domain.release.standing import Position
from portal.domain.reporting.submissions import MonthState, State
from portal.domain.reporting.texts import plain
from portal.services.insight.overview import IndicatorRow, Overview
from portal.services.insight.tasks import Task
from portal.ui.base import formats, markup, tiles
from portal.ui.base.markup import TableCell, joined, numeric, tag
from portal.ui.base.tiles import Tile
from portal.ui.page import address
from portal.ui.page.navigation import page_path
from portal.ui.release import sheet_view
from portal.ui.words import correcting, findings, month_links, sentences, tile_words


ICONS = {
    MonthState.RETURNED: ":material/undo:",
    MonthState.LATE: ":material/warning:",
    MonthState.OPEN: ":material/assignment:",
}
MOST_TASKS = 3  # with a line of their own
MOST_NAMES = 2  # of what else is worse, and of what is better
PICTURES, TABLE = "bilder", "tabell"
TABLE_CAPTION = "Det som behöver uppmärksamhet först. Klicka på en indikator för dess månader."
LEGEND = markup.paragraph("— egna · - - regionen · ▒ det vanliga", css="note")
METHOD = (
    (
        "Märket jämför månaden med mottagningens egen historia i ett styrdiagram: ▼ sämre, ▲ bättre, ◆ ändrat (ingen riktning är "
        "bättre), ≈ som vanligt. Linjen är 24 månader, det grå bandet det vanliga. Inget märke: färre än 13 månader."
    ),
    (
        "Antal jämförs per 100 aktuella patienter, så att stora och små mottagningar kan jämföras. Regionens värde är det "
        "släppta, och mottagningen räknas med i det. En skillnad räknas först när den är större än slumpen brukar ge."
    ),
    f"”Visas inte”: {sentences.WHY_NOT_SHOWN}. Mottagningar av samma storlek visas inte för sig, av samma skäl.",
    "Målet: ✓ nås varje månad som det går nu, ◐ vissa månader, ✗ nås inte.",
)


def show_title(overview: Overview, user: User, *, clinic: str) -> None:
    """Show whose month it is, with the way to the months beside it and the month sheet."""
    with st.container(horizontal=True, vertical_alignment="center", key="overview-title"):
        st.title(plain(overview.clinic.name), width="content")
        st.html(_stepper(overview, clinic), width="content")
        st.html(_released(overview, user), width="content")
        sheet_view.offer_clinic(overview)
    address.say_unknown([overview.month], "manad", overview.month.label)


def _stepper(overview: Overview, clinic: str) -> str:
    """Return the month between the ways to the one before and the one after."""
    months = overview.months
    earlier = max((month for month in months if month < overview.month), default=None)
    later = min((month for month in months if month > overview.month), default=None)
    return tag(
        "nav",
        _step("◂", earlier, clinic),
        tag("b", overview.month.label),
        _step("▸", later, clinic),
        class_="portal-stepper",
        aria_label="Månad",
    )


def _step(sign: str, month: Month | None, clinic: str) -> str:
    if month is None:
        return tag("span", sign, aria_hidden="true")
    href = markup.link("oversikt", manad=str(month), mottagning=clinic)
    return tag("a", sign, href=href, target="_self", aria_label=month.label, title=month.label)


def _released(overview: Overview, user: User) -> str:
    month = overview.regional_month
    text = f"Regionens värden: {month.label}" if month else "Inga regionvärden är släppta än"
    if not isinstance(user, ClinicUser):
        text = f"Så ser mottagningen sin sida · {text}"
    return markup.paragraph(text, css="note")


def show_tasks(overview: Overview, user: User) -> None:
    """Show a line per month that asks for something, with its button; where all is sent, what comes next."""
    way_back = (
        correcting.link(overview.clinic.code) if isinstance(user, ClinicUser) and overview.months else ""
    )
    if not overview.tasks:
        with st.container(border=True, horizontal=True, vertical_alignment="center", key="task-none"):
            st.markdown(f":material/check_circle: {_all_sent(overview)}")
            if way_back:
                st.html(way_back, width="content")
    for place, task in enumerate(overview.tasks[:MOST_TASKS]):
        _show_task(task, user, overview.clinic.code, "" if place else way_back)
    more = len(overview.tasks) - MOST_TASKS
    if more > 0:
        st.caption(
            f"Ytterligare {formats.plural(more, 'månad', 'månader')} väntar: välj dem under Rapportera."
        )


def _show_task(task: Task, user: User, clinic: str, way_back: str) -> None:
    key = f"task-{task.state}-{task.month}-{clinic}"
    with st.container(border=True, horizontal=True, vertical_alignment="center", key=key):
        extended = f" ({_extended(task)})" if task.is_extended else ""
        st.markdown(f"**{ICONS[task.state]} {sentences.task_title(task)}{extended}**", width="content")
        st.text(sentences.task_line(task), width="stretch")
        if way_back:
            st.html(way_back, width="content")
        if isinstance(user, ClinicUser):
            _action(task, clinic)


def show_other_clinics(tasks: Sequence[tuple[Clinic, Task]]) -> None:
    """Say which of the account's other clinics owe something, each with the way there."""
    for clinic, task in tasks:
        href = markup.link("oversikt", mottagning=clinic.code)
        with st.container(border=True, horizontal=True, key=f"task-of-{clinic.code}"):
            title = f"**{ICONS[task.state]} {plain(clinic.name)}:** {sentences.task_title(task)}"
            st.markdown(title, width="stretch")
            st.html(markup.links([(f"Öppna {clinic.name}", href)]), width="content")


def _all_sent(overview: Overview) -> str:
    if overview.next_deadline is None:
        return "Allt är inskickat, och mottagningen har stängt."
    month, deadline = overview.next_deadline
    return f"Allt är inskickat{_accepted(overview)}. Nästa: {month.label}, senast {formats.day(deadline)}."


def _accepted(overview: Overview) -> str:
    """Say whether the region has approved the month."""
    if overview.state is None:
        return ""
    stands = (
        "godkänd" if overview.state is State.APPROVED else f"{overview.state.label} och väntar på granskning"
    )
    return f"; {overview.month.label} är {stands}"


def _extended(task: Task) -> str:
    return f"förlängd till {formats.day(task.deadline)}"


def _action(task: Task, clinic: str) -> None:
    verb = "Rätta" if task.state is MonthState.RETURNED else "Rapportera"
    if st.button(f"{verb} {task.month.name}", type="primary", key=f"begin-{clinic}-{task.month}"):
        st.switch_page(page_path("submit"), query_params={"manad": str(task.month)})


def show_attention(overview: Overview, *, clinic: str) -> None:
    """Show at most three indicators that have got worse, lie behind or can't meet a target; and what is better."""
    if not overview.is_reported:
        return
    rows = overview.attention
    if rows:
        st.subheader("Behöver uppmärksamhet", anchor=False)
    else:
        st.markdown("≈ **Inget sticker ut**: inga tydliga försämringar, och inget sämre än regionen.")
    cards = [tile_words.card(row, _href(row, clinic)) for row in rows]
    lines = [
        _line("▼ Också sämre", "worse", overview.also_worse, clinic),
        _line("▲ Bättre", "better", overview.improved, clinic),
    ]
    if cards or any(lines):
        st.html(joined([tiles.large(cards) if cards else "", *lines]))


def _line(heading: str, css: str, rows: Sequence[IndicatorRow], clinic: str) -> str:
    """Return a line of the first indicators by name: what they are, and which more, stands on the tiles."""
    if not rows:
        return ""
    names = [
        tag("a", row.indicator.label, href=_href(row, clinic), target="_self") for row in rows[:MOST_NAMES]
    ]
    return tag("p", tag("b", heading, class_=css), *names, class_="portal-news")


def _href(row: IndicatorRow, clinic: str) -> str:
    is_marked = row.mark is not None and row.mark.is_change
    return month_links.to_months(clinic, row.indicator.code, why=row.month if is_marked else None)


def show_indicators(overview: Overview, *, clinic: str) -> None:
    """Show every indicator of the month, as pictures or as a table."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="overview-choice"):
        st.subheader("Alla indikatorer", anchor=False, width="content")
        st.html(LEGEND, width="stretch")
        choice = address.segment(
            "Visa som",
            (PICTURES, TABLE),
            parameter="visa",
            first=PICTURES,
            words=str.capitalize,
            is_label_hidden=True,
        )
    if not overview.is_reported:
        when = f" Regionens värde släpps {formats.day_and_year(overview.release_date)}."
        st.info(
            f"{overview.month.label.capitalize()} är inte inskickad. När månaden är skickad står värdena här."
            f"{when * (not overview.has_regional_figures)}"
        )
    st.html(_pictures(overview, clinic) if choice == PICTURES else _table(overview, clinic))
    if overview.is_reported and not overview.has_regional_figures:
        st.caption(
            f"Regionens värde för {overview.month.label} släpps {formats.day_and_year(overview.release_date)}. "
            "Till dess jämförs det senast släppta med det egna för samma månad."
        )
    with st.expander("Så räknas det"):
        st.markdown("\n\n".join(METHOD))


def _pictures(overview: Overview, clinic: str) -> str:
    """Return the key indicators as tiles, a group at a time, and the rest behind a line to click on."""
    key_rows = [row for row in overview.rows if row.indicator.is_key]
    rest = [tile_words.tile(row, _href(row, clinic)) for row in overview.rows if not row.indicator.is_key]
    groups = [tiles.group(group.label, _of_group(key_rows, group, clinic)) for group in IndicatorGroup]
    return joined([*groups, tiles.fold(f"Visa alla {len(overview.rows)}", tiles.grid(rest))])


def _of_group(rows: list[IndicatorRow], group: IndicatorGroup, clinic: str) -> list[Tile]:
    return [tile_words.tile(row, _href(row, clinic)) for row in rows if row.indicator.group is group]


def _table(overview: Overview, clinic: str) -> str:
    headings = (
        "Indikator",
        overview.month.short,
        overview.month.previous.short,
        overview.month.year_before.short,
        "Regionen",
        "Mål",
        "Läge",
        "24 månader",
    )
    rows = [_row(row, clinic) for row in overview.by_need]
    columns = ("", "own", "", "", "region", "target", "standing", "")
    return markup.table(headings, rows, caption=TABLE_CAPTION, css="overview", columns=columns)


def _row(row: IndicatorRow, clinic: str) -> markup.TableRow:
    indicator = row.indicator
    figure, basis = sentences.region_of(row)
    region_missing = row.released is None or not row.released.is_shown
    return markup.row(
        TableCell(
            indicator.label,
            href=_href(row, clinic),
            small=indicator.better.label,
        ),
        _own(row, sentences.cases(indicator, row.now)),
        _earlier(row, row.month_before),
        _earlier(row, row.year_before),
        TableCell(figure, css="missing" if region_missing else "", small="" if region_missing else basis),
        _aim(row),
        _position(row),
        _months(row),
    )


def _aim(row: IndicatorRow) -> TableCell:
    """The level to reach, and beneath it what the contract asks in words; those alone where there is no level."""
    requirement = row.indicator.requirement
    return TableCell(row.target.text, small=requirement) if row.target else TableCell(requirement or "–")


def _own(row: IndicatorRow, small: str) -> TableCell:
    if row.now.value is None:
        return markup.missing(formats.reason(row.now.reason))
    return numeric(formats.figure(row.indicator, row.now), small)


def _earlier(row: IndicatorRow, figure: Figure) -> TableCell:
    if figure.value is None:
        return markup.missing(formats.reason(figure.reason))
    small = (
        f"{formats.per_100(figure.rate)}\u00a0per\u00a0100"
        if row.indicator.is_rate and figure.rate is not None
        else ""
    )
    return numeric(formats.figure(row.indicator, figure), small)


def _position(row: IndicatorRow) -> TableCell:
    css = {Position.WORSE: "worse", Position.BETTER: "better"}.get(row.position, "")
    small = ". ".join(part.rstrip(".") for part in (findings.short(row), sentences.caution(row)) if part)
    return TableCell(sentences.standing(row), css=css, small=small)


def _months(row: IndicatorRow) -> TableCell:
    drawing = tiles.image(tile_words.line_of(row.line, row.regional), (100, 28))
    return TableCell("", drawing=drawing) if drawing else TableCell("", small="för få månader")

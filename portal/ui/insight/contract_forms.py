"""What the region enters on Avtalskrav: answers that no measure shows, and its own levels."""

from datetime import date

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.insight.contract import (
    Demand,
    DemandAnswer,
    Level,
    Reply,
)
from portal.domain.insight.demands import label_of
from portal.domain.reporting.grammar import GrammarFault, parse_amount
from portal.services.insight import contract
from portal.services.insight.contract import ContractMatrix
from portal.services.refused import Refused
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.base.markup import TableCell
from portal.ui.insight import contract_view
from portal.ui.page.acting import acting, chosen_day


MOST_ROWS = 60


def show_answers(matrix: ContractMatrix, user: User) -> None:
    """Enter what a clinic answered or the region found, and list what has been entered."""
    answerable = portal().demands.answerable
    if not answerable:
        return
    names = {clinic.code: clinic.name for clinic in matrix.clinics}
    with st.expander(contract_view.answers_title(answerable), icon=":material/edit_note:"):
        _show_answer_form(names)
        _list_answers(names, user)


def _show_answer_form(names: dict[str, str]) -> None:
    with st.form("contract-answer", border=False, clear_on_submit=False):
        left_column, right_column = st.columns(2)
        left_column.selectbox(
            "Mottagning", list(names), format_func=lambda code: names[code], key="answer-clinic"
        )
        right_column.selectbox(
            "Krav",
            [demand.code for demand in portal().demands.answerable],
            format_func=_label,
            key="answer-demand",
        )
        left_column.radio(
            "Uppfylls kravet?",
            [reply.value for reply in Reply],
            format_func=lambda reply: Reply(reply).label,
            horizontal=True,
            key="answer-reply",
        )
        right_column.date_input(
            "Gäller från",
            value=portal().clock.today,
            min_value=_first_day(),
            max_value=portal().clock.today,
            format="YYYY-MM-DD",
            key="answer-from",
        )
        st.text_input(
            "Vem svarar, och hur vet ni det?",
            max_chars=contract.LONGEST_TEXT,
            placeholder="Verksamhetschefens svar i mejl, eller regionens provringning",
            key="answer-source",
        )
        st.form_submit_button("Lägg in svaret", on_click=_enter_answer)


def _label(code: str) -> str:
    return label_of(code, portal().demands)


def _short(code: str) -> str:
    demand = portal().demands.find(code)
    return demand.short if demand else _label(code)


def _level(code: str, level: Level) -> str:
    """The level in words; of a demand that the region no longer has, the number alone."""
    demand = portal().demands.named(code)
    return formats.demand_level(demand, level) if demand else formats.exact(level.met)


def _first_day() -> date:
    first = portal().calendar.first_month
    return date(first.year, first.number, 1)


def _list_answers(names: dict[str, str], user: User) -> None:
    rows = [
        markup.row(
            names.get(entered_answer.answer.clinic, entered_answer.answer.clinic),
            _label(entered_answer.answer.demand),
            TableCell(
                entered_answer.answer.reply.label,
                small=f"från {formats.day_and_year(entered_answer.answer.valid_from)}",
            ),
            entered_answer.answer.source,
            TableCell(entered_answer.entered_by, small=formats.moment(entered_answer.entered_at)),
        )
        for entered_answer in contract.list_answers(portal(), user)[:MOST_ROWS]
    ]
    if rows:
        headings = ("Mottagning", "Krav", "Svar", "Vem och hur", "Inlagt av")
        st.html(markup.table(headings, rows, caption="Svar, senast inlagda först. Inget tas bort."))


@acting
def _enter_answer(user: User) -> None:
    answer = DemandAnswer(
        clinic=session.value_of("answer-clinic"),
        demand=session.value_of("answer-demand"),
        reply=Reply(session.value_of("answer-reply")),
        valid_from=chosen_day("answer-from"),
        source=session.value_of("answer-source"),
    )
    with at_fields(source="answer-source", valid_from="answer-from"):
        contract.enter_answer(portal(), user, answer)
    session.put_text("answer-source", "")
    session.note_message(f"Svaret om {_short(answer.demand)} är inlagt.")


def show_levels(user: User) -> None:
    """Set the level from which a demand counts as met, and list the levels the region has set."""
    if not portal().demands.adjustable:
        return
    with st.expander("Nivåer", icon=":material/tune:"):
        st.markdown(
            "Avtalets källor anger få procentnivåer. En nivå som ni sätter här gäller från sin dag och "
            "framåt; äldre år bedöms som förut. 30-dagarsmålet är en målsättning (förstärkt vårdgaranti), "
            "inte ett lagkrav."
        )
        _show_level_form()
        _list_levels(user)


def _show_level_form() -> None:
    with st.form("contract-level", border=False):
        st.selectbox(
            "Krav",
            [demand.code for demand in portal().demands.adjustable],
            format_func=_label,
            key="level-demand",
        )
        left_column, middle_column, right_column = st.columns(3)
        left_column.text_input("Uppfyllt från (% eller träffar per år)", key="level-met", max_chars=6)
        middle_column.text_input("Delvis från (tomt: inget delvis)", key="level-partly", max_chars=6)
        right_column.date_input("Gäller från", value=_year_start(), format="YYYY-MM-DD", key="level-from")
        st.text_input("Varför, och vem har beslutat?", max_chars=contract.LONGEST_TEXT, key="level-basis")
        st.form_submit_button("Sätt nivån", on_click=_set_level)


def _year_start() -> date:
    return date(portal().clock.today.year, 1, 1)


def _list_levels(user: User) -> None:
    rows = [
        markup.row(
            _label(entered_level.demand),
            _level(entered_level.demand, entered_level.level),
            formats.day_and_year(entered_level.level.valid_from),
            entered_level.level.basis,
            TableCell(entered_level.entered_by, small=formats.moment(entered_level.entered_at)),
        )
        for entered_level in contract.list_levels(portal(), user)[:MOST_ROWS]
    ]
    if rows:
        headings = ("Krav", "Nivå", "Gäller från", "Varför", "Satt av")
        st.html(markup.table(headings, rows, caption="Nivåer som regionen har satt, senaste först"))


@acting
def _set_level(user: User) -> None:
    demand = portal().demands.named(session.value_of("level-demand"))
    if demand is None:
        raise Refused("Kravet finns inte längre.")
    partly = session.value_of("level-partly").strip()
    with at_fields(met="level-met", partly="level-partly", basis="level-basis"):
        level = Level(
            met=_number(session.value_of("level-met"), "Uppfyllt från", demand, about="met"),
            partly=_number(partly, "Delvis från", demand, about="partly") if partly else None,
            valid_from=chosen_day("level-from"),
            basis=session.value_of("level-basis"),
        )
        contract.set_level(portal(), user, demand=demand.code, level=level)
    for key in ("level-met", "level-partly", "level-basis"):
        session.put_text(key, "")
    session.note_message(f"Nivån gäller från {formats.day_and_year(level.valid_from)}.")


def _number(text: str, label: str, demand: Demand, *, about: str) -> float:
    """Read `80` or `82,5 %`; raises Refused with what was read."""
    try:
        return parse_amount(text, decimals=contract.LEVEL_DECIMALS, unit=demand.unit)
    except GrammarFault:
        message = f"{label}: ”{text}” är inget tal. Skriv till exempel 80 eller 82,5."
        raise Refused(message, about=about) from None

"""Where a clinic writes a plan, and changes one: what, who, from when, until when, and what it waits for."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.plans.plan import (
    LONGEST_ACTION,
    LONGEST_PLAN,
    LONGEST_RESPONSIBLE,
    ActionPlan,
    Occasion,
    PlanContent,
    first_months,
)
from portal.domain.registry.months import Month, months_between
from portal.domain.reporting.grammar import GrammarFault, parse_amount
from portal.services.plans import occasions, plans, writing
from portal.services.plans.writing import PlanAt, PlanConflict
from portal.services.refused import Refused
from portal.ui.base import editing, formats, session
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.page import address, frame
from portal.ui.page.acting import acting


PARAMETER = "galler"
PARTS = ("action", "responsible", "starts", "until", "expected")
MONTHS_OF_FIRST = 6  # how long a plan is to begin with


def show_new(user: User) -> None:
    """Let a clinic write a plan; `?galler=queue:treatment` says about what, and opens the fold."""
    if not isinstance(user, ClinicUser):
        return
    clinic = frame.chosen_clinic(user)
    with st.expander("Skriv en åtgärdsplan", expanded=bool(address.text_of(PARAMETER))):
        occasion = _choose_occasion(occasions.list_occasions(portal(), user, clinic=clinic))
        start = f"new-plan-{clinic}-{occasion}"
        today = Month.of(portal().clock.today)
        _begin(start, ("", "", str(today), str(today.plus(MONTHS_OF_FIRST - 1)), ""), 0)
        _boxes(start, occasion)
        st.button(
            "Spara planen", key=f"save-{start}", type="primary", on_click=_write, args=(clinic, str(occasion))
        )


def _choose_occasion(every: Sequence[Occasion]) -> Occasion:
    return address.select(
        "Gäller",
        every,
        parameter=PARAMETER,
        first=every[0],
        words=lambda occasion: f"{occasion.label} ({occasion.kind.label})",
    )


def show_change(plan: ActionPlan) -> None:
    """Let the clinic change what its plan says, from the version that it began with."""
    start, content = f"change-plan-{plan.number}", plan.content
    if not editing.unsaved(f"{start}-"):
        editing.end(*_keys(start))  # what nobody typed in follows what another window stored
    expected = "" if content.expected is None else formats.exact(content.expected)
    texts = (content.action, content.responsible, str(content.starts), str(content.until), expected)
    _begin(start, texts, plan.version)
    with st.expander("Ändra planen"):
        _boxes(start, plan.occasion)
        st.button("Spara ändringen", key=f"save-{start}", on_click=_change, args=(plan.number,))


def _keys(start: str) -> list[str]:
    return [f"{start}-{part}" for part in PARTS]


def _begin(start: str, texts: Sequence[str], version: int) -> None:
    for key, text in zip(_keys(start), texts, strict=True):
        editing.begin(key, text, version)


def _boxes(start: str, occasion: Occasion) -> None:
    months = first_months(portal().clock.today, portal().calendar.first_month)
    ends = months_between(months[0], months[-1].plus(LONGEST_PLAN - 1))
    st.text_area(
        "Vad ni gör",
        key=f"{start}-action",
        height=100,
        max_chars=LONGEST_ACTION,
        help="Skriv inget om enskilda.",
    )
    with st.container(key=f"portal-bases-{start}-action"):  # not seen: portal/browser/portal.css
        st.text_input("Skrivs från version", key=f"{start}-action.began")
    who, starts, until, expected = st.columns(4)
    who.text_input(
        "Vem ansvarar",
        key=f"{start}-responsible",
        max_chars=LONGEST_RESPONSIBLE,
        help="En roll, inget namn: enhetschef, vårdenhetschef.",
    )
    starts.selectbox("Från", list(map(str, months)), format_func=_label, key=f"{start}-starts")
    until.selectbox("Till och med", list(map(str, ends)), format_func=_label, key=f"{start}-until")
    if occasion.indicator:
        expected.text_input(
            f"Väntat värde ({occasion.indicator.unit})",
            key=f"{start}-expected",
            max_chars=10,
            help=f"Den nivå ni vill nå: {occasion.indicator.label.lower()}.",
        )


def _label(month: str) -> str:
    return Month.parse(month).label


def _at_boxes(start: str) -> AbstractContextManager[None]:
    """Let a refusal mark the box that it is about."""
    action, responsible, starts, until, expected = _keys(start)
    return at_fields(action=action, responsible=responsible, starts=starts, until=until, expected=expected)


def _content(start: str, occasion: Occasion) -> PlanContent:
    """Return what stands in the boxes; raises Refused for a value that is no number."""
    action, responsible, starts, until, expected = map(session.value_of, _keys(start))
    return PlanContent(
        action=action,
        responsible=responsible,
        starts=Month.parse(starts),
        until=Month.parse(until),
        expected=_amount(expected, occasion) if occasion.indicator and expected.strip() else None,
    )


def _amount(text: str, occasion: Occasion) -> float:
    unit = occasion.indicator.unit if occasion.indicator else ""
    try:
        return parse_amount(text, decimals=1, unit=unit)
    except GrammarFault as fault:
        raise Refused(str(fault), about="expected") from None


@acting
def _write(user: User, clinic: str, about: str) -> None:
    occasion, start = Occasion.parse(about, portal().demands), f"new-plan-{clinic}-{about}"
    with _at_boxes(start):
        content = _content(start, occasion)
        plan = writing.write(portal(), user, clinic=clinic, occasion=occasion, content=content)
    editing.end(*_keys(start))
    address.hold("plan", str(plan.number))
    session.note_message("Planen är sparad. Regionen läser den och säger ja.")


@acting
def _change(user: User, number: int) -> None:
    start = f"change-plan-{number}"
    keys, occasion = _keys(start), plans.story(portal(), user, number).followed.plan.occasion
    at = PlanAt(number, editing.base_version(keys[0]))
    try:
        with _at_boxes(start):
            plan = writing.change(portal(), user, at, _content(start, occasion))
    except PlanConflict as conflict:
        editing.keep(keys[0], conflict.theirs.plan.version)
        raise
    editing.end(*keys)
    session.note_message("Ändringen är sparad." if plan else "Inget är ändrat.")

"""The parts of Åtgärder: the list of plans, the one that is looked at with its history, and what may be done with it."""

from collections.abc import Sequence
from textwrap import shorten

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.insight.series import CONTROL_MONTHS
from portal.domain.insight.statistics.control import FEWEST_POINTS
from portal.domain.plans.effect import FEWEST_MONTHS
from portal.domain.plans.plan import LONGEST_COMMENT, ActionPlan, PlanState, PlanVersion, StepKind, ways
from portal.domain.reporting.texts import plain
from portal.services.plans import levels, plans, writing
from portal.services.plans.plans import FollowedPlan, PlanStory
from portal.services.plans.writing import PlanAt
from portal.ui.base import formats, markup, session, tiles
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.base.markup import TableCell, tag
from portal.ui.page import address, pickers
from portal.ui.page.acting import acting
from portal.ui.plans import plan_form
from portal.ui.words import month_links, plan_words


OPEN, EVERY = "oppna", "alla"
SHOWN = {OPEN: "Öppna", EVERY: "Alla"}
PARAMETER = "plan"
LONGEST_ACTION = 80  # characters in the list
METHOD = (
    (
        "Mottagningen skriver planen och regionen säger ja; en ändrad plan behöver ett nytt ja. Båda kommenterar. Andra "
        "mottagningar ser den inte, om inte regionen tar med den i årsuppföljningen."
    ),
    (
        f"**Effekten** bedöms tidigast {FEWEST_MONTHS} månader efter starten, när {FEWEST_MONTHS} månader är rapporterade. "
        "Månaderna från starten jämförs med gränserna för det vanliga från månaderna före (högst "
        f"{CONTROL_MONTHS}, minst {FEWEST_POINTS}) med styrdiagrammets regler. Pekar de {FEWEST_MONTHS} senaste åt ett håll "
        "är det bättre eller sämre än före, annars är förändringen inte tydlig än. Diagrammet säger inte varför."
    ),
    "En plan om en kö bedöms efter månaderna att beta av kön.",
)


def choose_states() -> bool:
    """Ask for the open plans or all (`?visa=alla`); returns whether all are shown."""
    shown_states = address.segment(
        "Planer",
        list(SHOWN),
        parameter="visa",
        first=OPEN,
        words=lambda code: SHOWN[code],
        is_label_hidden=True,
    )
    return shown_states == EVERY


def show_list(followed: Sequence[FollowedPlan], user: User, *, shows_all: bool) -> None:
    """Show the plans in a table, what asks for something first."""
    listed = [entry for entry in followed if shows_all or entry.plan.state.is_open]
    if not listed:
        st.text("Inga åtgärdsplaner än." if not followed else "Inga öppna åtgärdsplaner.")
        return
    names_clinic = not isinstance(user, ClinicUser) or len(user.clinics) > 1
    rows = [
        _row(entry, names_clinic=names_clinic)
        for entry in pickers.choose_part(listed, lambda entry: entry.clinic.name)
    ]
    headings = ("Plan", "Läge", "Tid", "Att göra", "Effekt")
    caption = f"{formats.plural(len(listed), 'plan', 'planer')}, det som väntar på något först"
    st.html(markup.table(headings, rows, caption=caption))


def _row(followed: FollowedPlan, *, names_clinic: bool) -> markup.TableRow:
    plan = followed.plan
    action = shorten(plan.content.action, LONGEST_ACTION, placeholder=" …")
    about = followed.clinic.name if names_clinic else action
    return markup.row(
        TableCell(plan.occasion.label, small=about, href=plan_words.href(plan)),
        plan_words.state(plan),
        formats.span(plan.content.starts, plan.content.until),
        plan_words.to_do(followed) or "–",
        plan_words.effect(followed),
    )


def show_chosen(followed: Sequence[FollowedPlan], user: User) -> None:
    """Show the plan of the address (`?plan=3`), what may be done with it, and its history."""
    numbers = [entry.plan.number for entry in followed]
    text = address.text_of(PARAMETER)
    if not text or not followed:
        return
    address.say_unknown(numbers, PARAMETER, "ingen plan")
    number = next((number for number in numbers if str(number) == text), None)
    if number is None:
        return
    story = plans.story(portal(), user, number)
    with st.container(border=True, key=f"plan-{number}"):
        _show_plan(story, user)


def _show_plan(story: PlanStory, user: User) -> None:
    followed, plan = story.followed, story.followed.plan
    st.subheader(f"{plan.occasion.label} – {plain(followed.clinic.name)}", anchor=False)
    st.text(plan.content.action)
    st.html(_facts(followed))
    with st.container(horizontal=True):
        if isinstance(user, ClinicUser):
            _offer_states(plan)
        else:
            _offer_decisions(plan)
    if isinstance(user, ClinicUser):
        plan_form.show_change(plan)
    _ask_comment(plan)
    st.html(_history(story.versions))


def _facts(followed: FollowedPlan) -> str:
    """Return how the plan stands, what it says, and what it has led to, a line each."""
    plan, content = followed.plan, followed.plan.content
    agreed = "regionen har sagt ja" if plan.is_agreed else levels.WAITS
    parts = (
        f"Ansvarar: {content.responsible}",
        formats.span(content.starts, content.until),
        plan_words.level(followed),
    )
    effect = markup.joined(["Effekt: ", plan_words.effect(followed).text])
    lines = (f"{plan_words.state(plan)}, {agreed}", " · ".join(filter(None, parts)), effect)
    return markup.joined([*map(markup.paragraph, lines), _way_to_chart(plan)])


def _way_to_chart(plan: ActionPlan) -> str:
    indicator = plan.occasion.indicator
    if indicator is None:
        return ""
    href = month_links.to_months(plan.clinic, indicator.code)
    return markup.links([("Diagrammet", href)])


def _offer_states(plan: ActionPlan) -> None:
    for state in ways(plan, portal().clock.today):
        st.button(
            state.verb if plan.state.is_open else f"Ta upp igen: {state.label}",
            key=f"plan-{plan.number}-{state.value}",
            on_click=_move,
            args=(plan.number, plan.version, state.value),
        )


def _offer_decisions(plan: ActionPlan) -> None:
    if plan.state.is_open and not plan.is_agreed:
        st.button(
            "Säg ja till planen",
            key=f"plan-{plan.number}-agree",
            type="primary",
            on_click=_agree,
            args=(plan.number, plan.version),
        )
    st.button(
        "Ta bort ur årsuppföljningen" if plan.is_in_report else "Ta med i årsuppföljningen",
        key=f"plan-{plan.number}-report",
        on_click=_put_in_report,
        args=(plan.number, not plan.is_in_report),
    )


def _ask_comment(plan: ActionPlan) -> None:
    key = f"plan-{plan.number}-comment"
    with st.form(f"form-{key}", border=False):
        st.text_input("Kommentar", key=key, max_chars=LONGEST_COMMENT)
        st.form_submit_button("Kommentera", on_click=_comment, args=(plan.number, key))


def _history(versions: Sequence[PlanVersion]) -> str:
    """Return every step, the newest first: comments in the open, the others folded."""
    comments = [_comment_line(version) for version in reversed(versions) if version.comment]
    rows = [
        markup.row(formats.moment(version.at), version.by, _step(version)) for version in reversed(versions)
    ]
    table = markup.table(("När", "Vem", "Vad"), rows, caption="Nyast först. Inget tas bort.")
    return markup.joined([*comments, tiles.fold("Historik", table)])


def _comment_line(version: PlanVersion) -> str:
    who = f"{version.by} {formats.moment(version.at)}"
    return markup.paragraph(markup.joined([f"”{version.comment}” ", tag("span", who, class_="small")]))


def _step(version: PlanVersion) -> TableCell:
    plan, content = version.plan, version.plan.content
    words = plan_words.STEPS[version.step].format(state=plan.state.label)
    if version.step in (StepKind.WRITTEN, StepKind.CHANGED):
        parts = (content.action, content.responsible, formats.span(content.starts, content.until))
        return TableCell(words, small=" · ".join(filter(None, (*parts, levels.expected(plan)))))
    return TableCell(words, small=version.comment)


def show_method() -> None:
    """Show, folded, who does what with a plan, and how its effect is judged."""
    with st.expander("Så bedöms effekten"):
        st.markdown("\n\n".join(METHOD))


@acting
def _move(user: User, number: int, version: int, to: str) -> None:
    plan = writing.move(portal(), user, PlanAt(number, version), PlanState(to))
    session.note_message(f"Nytt läge: {plan.state.label}.{_since_when(plan)}")


def _since_when(plan: ActionPlan) -> str:
    """Say of a plan that has begun from which month its effect is counted: a late click is no late start."""
    if plan.state is not PlanState.GOING:
        return ""
    return f" Planen räknas från {plan.content.starts.label}. Började ni en annan månad, ändra den."


@acting
def _agree(user: User, number: int, version: int) -> None:
    writing.agree(portal(), user, PlanAt(number, version))
    session.note_message("Ni har sagt ja till planen.")


@acting
def _put_in_report(user: User, number: int, is_in: bool) -> None:
    writing.put_in_report(portal(), user, number, is_in=is_in)
    session.note_message(
        "Planen står i årsuppföljningen för sina år." if is_in else "Planen står inte i årsuppföljningen."
    )


@acting
def _comment(user: User, number: int, key: str) -> None:
    with at_fields(comment=key):
        writing.comment(portal(), user, number, session.value_of(key))
    session.put_text(key, "")
    session.note_message("Kommentaren är sparad.")

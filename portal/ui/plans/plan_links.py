"""Plans where something is not as it should: a line each on other pages, and the way to writing one."""

from collections.abc import Sequence

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.plans.plan import Occasion, OccasionKind
from portal.domain.registry.indicators import Indicator
from portal.services.plans import occasions, plans
from portal.services.plans.plans import FollowedPlan
from portal.ui.base import formats, markup
from portal.ui.base.context import portal
from portal.ui.base.markup import joined, tag
from portal.ui.words import plan_words


def of_indicator(user: User, clinic: str, indicator: Indicator) -> list[FollowedPlan]:
    """Return the clinic's plans that the indicator's chart shows."""
    own = plans.of_clinic(portal(), user, clinic=clinic)
    return [followed for followed in own if followed.plan.occasion.concerns(indicator.code)]


def way(user: User, clinic: str, indicator: Indicator, followed: Sequence[FollowedPlan]) -> str:
    """Return the way to the open plan about the indicator, or for the clinic to writing one where there is a reason."""
    open_plans = [entry for entry in followed if entry.plan.state.is_open]
    if open_plans:
        plan = open_plans[0].plan
        text = f"Åtgärdsplan: {plan.state.label}"
        return tag("a", text, href=plan_words.href(plan), target="_self")
    if not isinstance(user, ClinicUser):
        return ""
    every = occasions.list_occasions(portal(), user, clinic=clinic)
    occasion = next((entry for entry in every if entry.concerns(indicator.code)), None)
    return _way_to_writing(occasion, clinic) if occasion else ""


def _way_to_writing(occasion: Occasion, clinic: str) -> str:
    href = markup.link("atgarder", mottagning=clinic, galler=str(occasion))
    return tag("a", "Skriv en åtgärdsplan", href=href, target="_self")


def show_of_clinic(user: User, clinic: str) -> None:
    """Show the clinic's open plans in a line each; where a demand is unmet and has none, the way to writing one."""
    own = [followed for followed in plans.of_clinic(portal(), user, clinic=clinic)]
    lines = [plan_words.line(followed) for followed in own if followed.plan.state.is_open]
    without = _unmet_without_plan(user, clinic, own) if isinstance(user, ClinicUser) else None
    if without:
        lines.append(_way_to_writing(without, clinic))
    if lines:
        st.html(tag("p", tag("strong", "Åtgärdsplaner: "), joined(_parted(lines)), class_="portal note"))


def _parted(lines: Sequence[str]) -> list[str]:
    return [part for place, line in enumerate(lines) for part in ((" · " if place else ""), line)]


def _unmet_without_plan(user: User, clinic: str, own: Sequence[FollowedPlan]) -> Occasion | None:
    """Return the first unmet demand that no open plan is about."""
    with_plan = {followed.plan.occasion for followed in own if followed.plan.state.is_open}
    every = occasions.list_occasions(portal(), user, clinic=clinic)
    return next(
        (entry for entry in every if entry.kind is OccasionKind.DEMAND and entry not in with_plan), None
    )


def show_waiting(user: User) -> None:
    """Say to the region how many plans wait for it, and how many have gone over their time."""
    followed = plans.list_plans(portal(), user)
    waiting = sum(entry.waits_for_region for entry in followed)
    due = sum(entry.due is not None for entry in followed)
    counts = ((waiting, f"{waiting} väntar på er"), (due, f"{due} att påbörja eller avsluta"))
    parts = [text for count, text in counts if count]
    if parts:
        way_there = tag("a", "Åtgärdsplaner", href=markup.link("atgarder"), target="_self")
        st.html(tag("p", way_there, f": {', '.join(parts)}", class_="portal note"))


def show_of_demands(user: User) -> None:
    """Show the region the open plans about demands, folded under the demands themselves."""
    about_demands = [
        followed
        for followed in plans.list_plans(portal(), user)
        if followed.plan.occasion.kind is OccasionKind.DEMAND and followed.plan.state.is_open
    ]
    if about_demands:
        lines = [
            markup.paragraph(joined([plan_words.line(entry), f" ({entry.clinic.name})"]))
            for entry in about_demands
        ]
        count = formats.plural(len(about_demands), "åtgärdsplan", "åtgärdsplaner")
        with st.expander(count, icon=":material/task_alt:"):
            st.html(joined(lines))

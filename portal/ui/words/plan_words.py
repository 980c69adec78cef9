"""Action plans in words: what one is about, what it asks for, how it stands and what it has led to."""

from portal.domain.plans.plan import ActionPlan, Due, StepKind
from portal.services.plans import levels
from portal.services.plans.plans import FollowedPlan
from portal.ui.base import markup
from portal.ui.base.markup import TableCell


STEPS = {
    StepKind.WRITTEN: "skrev planen",
    StepKind.CHANGED: "ändrade planen",
    StepKind.MOVED: "satte läget till {state}",
    StepKind.COMMENTED: "kommenterade",
    StepKind.AGREED: "sade ja till planen",
    StepKind.SHOWN: "tog med planen i årsuppföljningen",
    StepKind.LEFT_OUT: "tog bort planen ur årsuppföljningen",
}


def href(plan: ActionPlan) -> str:
    return markup.link("atgarder", plan=str(plan.number))


def state(plan: ActionPlan) -> str:
    return f"{plan.state.symbol}\u00a0{plan.state.label}"


def to_do(followed: FollowedPlan) -> str:
    """Say what the plan asks for now; empty when nothing."""
    content = followed.plan.content
    if followed.due is Due.END:
        return f"skulle vara klar i {content.until.label}"
    if followed.waits_for_region:
        return levels.WAITS
    return f"dags att påbörja: {content.starts.label}" if followed.due is Due.START else ""


def level(followed: FollowedPlan) -> str:
    """Return the level that is waited for and the newest month's value; empty where no measure shows it."""
    newest, expected = levels.newest(followed), levels.expected(followed.plan)
    parts = (
        f"väntat värde {expected}" if expected else "",
        f"{newest[0].label}: {newest[1]}" if newest else "",
    )
    return ", ".join(filter(None, parts))


def effect(followed: FollowedPlan) -> TableCell:
    """Return what the plan has led to, with its mark where it is judged."""
    mark, label = followed.effect.mark, followed.effect.label
    return TableCell(markup.tag("span", f"{mark.symbol} {label}", class_=f"mark {mark}") if mark else label)


def line(followed: FollowedPlan) -> str:
    """Return the plan in one line: a link, how it stands, and what it asks for or has led to."""
    plan = followed.plan
    way = markup.tag("a", plan.occasion.label, href=href(plan), target="_self")
    parts = (plan.state.label, to_do(followed) or followed.effect.label)
    return markup.joined([way, f" – {', '.join(parts)}"])

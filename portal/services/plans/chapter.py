"""The report's chapter of action plans: those that the region has chosen, and what has come of them."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

from portal import formats
from portal.domain.annual_report.chapters import Chapter
from portal.domain.annual_report.content import ReportCell, Section
from portal.domain.plans.effect import FEWEST_MONTHS, Outcome
from portal.domain.plans.plan import PlanState
from portal.services.annual_report import tables
from portal.services.annual_report.reading import Material
from portal.services.plans import levels
from portal.services.plans.plans import FollowedPlan


HEADINGS = ("Mottagning", "Gäller", "Åtgärd", "Tid", "Väntat (senaste värde)", "Läge", "Effekt")


def section(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Return 4.9: the chosen plans in a table, how far they have come, and what their months say."""
    year = material.year
    rows = [_row(followed) for followed in material.plans]
    how = (
        f"Effekten bedöms tidigast {FEWEST_MONTHS} månader efter starten: månaderna till och med "
        f"{year.last_month.label} mot gränserna för det vanliga från månaderna före. Den säger inte varför."
    )
    return replace(
        plain,
        generated=tuple(_sentences(material.plans)),
        notes=(how,),
        tables=(tables.table(f"Åtgärdsplaner {year.year}", HEADINGS, rows),),
        source="Mottagningarnas åtgärdsplaner och månadsrapporter",
    )


def _sentences(plans: Sequence[FollowedPlan]) -> Iterator[str]:
    """Say how many plans have come how far, and of which their months say what."""
    states = Counter(followed.plan.state for followed in plans)
    counted = [f"{formats.number(states[state])} {state.label}" for state in PlanState if state in states]
    yield f"{formats.plural(len(plans), 'åtgärdsplan', 'åtgärdsplaner')}: {', '.join(counted)}."
    for outcome in Outcome:
        of_outcome = [followed for followed in plans if followed.effect.outcome is outcome]
        if outcome.is_judged and of_outcome:
            label = of_outcome[0].effect.label
            yield f"{label[0].upper()}{label[1:]}: {formats.listed(list(map(plan_name, of_outcome)))}."


def plan_name(followed: FollowedPlan) -> str:
    """Return whose plan it is and what it is about, within a sentence."""
    label = followed.plan.occasion.label
    return f"{followed.clinic.name} ({label[0].lower()}{label[1:]})"


def _row(followed: FollowedPlan) -> list[ReportCell]:
    plan, content, effect = followed.plan, followed.plan.content, followed.effect
    state = f"{plan.state.label}, {levels.WAITS}" if followed.waits_for_region else plan.state.label
    return [
        tables.text(followed.clinic.name),
        tables.text(plan.occasion.label),
        tables.text(f"{content.action.rstrip('.')}. Ansvarar: {content.responsible}"),
        tables.text(formats.span(content.starts, content.until)),
        tables.text(_levels(followed)),
        tables.text(state),
        tables.text(f"{effect.mark.symbol} {effect.label}" if effect.mark else effect.label),
    ]


def _levels(followed: FollowedPlan) -> str:
    newest = levels.newest(followed)
    return (levels.expected(followed.plan) or "–") + (f" ({newest[1]})" if newest else "")

"""Plans are written by the clinic, commented on by both, agreed to by the region; each step is a version and an event."""

from dataclasses import dataclass, replace

from db.plans import plans
from portal.domain.accounts.access import (
    AccessDenied,
    ClinicUser,
    User,
    check_is_region,
    check_may_see_clinic,
    scope_of,
)
from portal.domain.plans import plan as rules
from portal.domain.plans.plan import (
    LONGEST_ACTION,
    LONGEST_COMMENT,
    LONGEST_RESPONSIBLE,
    SHORTEST_WORDS,
    ActionPlan,
    Occasion,
    PlanContent,
    PlanState,
    PlanVersion,
    StepKind,
)
from portal.domain.reporting.texts import storable
from portal.services.context import Portal, Writing
from portal.services.plans.occasions import list_occasions
from portal.services.refused import Refused


MOST = 100_000  # no count of a month is larger


class PlanConflict(Refused):
    """Someone else was first; `theirs` is the plan as they left it. Nothing was stored."""

    def __init__(self, theirs: PlanVersion) -> None:
        super().__init__(
            f"{theirs.by} hann före: planen är nu version {theirs.plan.version}. Läs den och spara igen; det du "
            "skrev står kvar."
        )
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class PlanAt:
    """A plan in the version that somebody has before them."""

    number: int
    version: int


def write(portal: Portal, user: User, *, clinic: str, occasion: Occasion, content: PlanContent) -> ActionPlan:
    """Write a clinic's plan; raises Refused, AccessDenied. The same plan once more changes nothing."""
    _check_writes(user, clinic)
    cleaned = _checked(portal, occasion, content)
    if occasion not in list_occasions(portal, user, clinic=clinic):
        raise Refused(
            "Kravet är uppfyllt, eller måttet är som vanligt: det finns inget att skriva en plan om."
        )
    with portal.writing(user) as scoped:
        for plan in plans.list_newest(scoped, portal.demands):
            if (plan.clinic, plan.occasion, plan.content) == (clinic, occasion, cleaned):
                return plan  # a second click changes nothing
        first = ActionPlan(number=0, clinic=clinic, occasion=occasion, content=cleaned)
        step = PlanVersion(plan=first, step=StepKind.WRITTEN, by=user.username, at=portal.clock.now)
        written = plans.add(scoped, step)
        _record(scoped, written)
    return written.plan


def change(portal: Portal, user: User, at: PlanAt, content: PlanContent) -> ActionPlan | None:
    """Change what a plan says; the region has to agree anew. Returns None when nothing changes.

    Raises PlanConflict, Refused, AccessDenied.
    """
    _check_is_clinic(user)
    with portal.writing(user) as scoped:
        newest = _newest(portal, scoped, user, at.number)
        cleaned = _checked(portal, newest.plan.occasion, content)
        if cleaned == newest.plan.content:
            return None
        _check_not_overtaken(newest, at)
        return _step(scoped, rules.changed(newest.plan, cleaned), StepKind.CHANGED)


def move(portal: Portal, user: User, at: PlanAt, to: PlanState) -> ActionPlan:
    """Put a plan in another state; raises PlanConflict, Refused, AccessDenied."""
    _check_is_clinic(user)
    with portal.writing(user) as scoped:
        newest = _newest(portal, scoped, user, at.number)
        if newest.plan.state is to:
            return newest.plan  # a second click changes nothing
        _check_not_overtaken(newest, at)
        return _step(scoped, rules.moved(newest.plan, to, portal.clock.today), StepKind.MOVED)


def comment(portal: Portal, user: User, number: int, text: str) -> ActionPlan:
    """Say something of a plan; raises Refused, AccessDenied."""
    text = " ".join(storable(text).split())
    if not SHORTEST_WORDS <= len(text) <= LONGEST_COMMENT:
        raise Refused(f"Skriv en kommentar med {SHORTEST_WORDS}–{LONGEST_COMMENT} tecken.", about="comment")
    with portal.writing(user) as scoped:
        newest = _newest(portal, scoped, user, number)
        if (newest.by, newest.comment) == (user.username, text):
            return newest.plan  # a second click changes nothing
        following = replace(newest.plan, version=newest.plan.version + 1)
        return _step(scoped, following, StepKind.COMMENTED, text)


def agree(portal: Portal, user: User, at: PlanAt) -> ActionPlan:
    """Agree to a plan as it stands; raises PlanConflict, AccessDenied."""
    check_is_region(user)
    with portal.writing(user) as scoped:
        newest = _newest(portal, scoped, user, at.number)
        if newest.plan.is_agreed:
            return newest.plan
        _check_not_overtaken(newest, at)
        agreed = replace(newest.plan, version=newest.plan.version + 1, is_agreed=True)
        return _step(scoped, agreed, StepKind.AGREED)


def put_in_report(portal: Portal, user: User, number: int, *, is_in: bool) -> ActionPlan:
    """Let the annual report of the plan's years show it, or not; raises AccessDenied."""
    check_is_region(user)
    with portal.writing(user) as scoped:
        newest = _newest(portal, scoped, user, number)
        if newest.plan.is_in_report is is_in:
            return newest.plan
        chosen = replace(newest.plan, version=newest.plan.version + 1, is_in_report=is_in)
        return _step(scoped, chosen, StepKind.SHOWN if is_in else StepKind.LEFT_OUT)


def _check_writes(user: User, clinic: str) -> None:
    check_may_see_clinic(user, clinic)
    _check_is_clinic(user)


def _check_is_clinic(user: User) -> None:
    if not isinstance(user, ClinicUser):
        raise AccessDenied("Bara mottagningen själv skriver sina planer.")


def _newest(portal: Portal, scoped: Writing, user: User, number: int) -> PlanVersion:
    versions = plans.list_versions(scoped, portal.demands, number=number)
    if not versions or not scope_of(user).holds(versions[-1].plan.clinic):
        raise AccessDenied("Du har inte tillgång till den planen.")
    return versions[-1]


def _check_not_overtaken(newest: PlanVersion, at: PlanAt) -> None:
    if newest.plan.version != at.version:
        raise PlanConflict(newest)


def _step(scoped: Writing, plan: ActionPlan, step: StepKind, comment: str = "") -> ActionPlan:
    version = PlanVersion(plan=plan, step=step, comment=comment, by=scoped.actor, at=scoped.clock.now)
    plans.add_version(scoped, version)
    _record(scoped, version)
    return plan


def _record(scoped: Writing, version: PlanVersion) -> None:
    plan = version.plan
    scoped.record(
        f"plan.{version.step.value}",
        clinic=plan.clinic,
        subject=f"{plan.occasion.logged} {plan.number}",
        details={"version": plan.version, "state": plan.state.value},
    )


def _checked(portal: Portal, occasion: Occasion, content: PlanContent) -> PlanContent:
    """Return what is stored; raises Refused with the part that is wrong."""
    rules.check_months(content, rules.first_months(portal.clock.today, portal.calendar.first_month))
    _check_expected(occasion, content.expected)
    return replace(
        content,
        action=_words(content.action, LONGEST_ACTION, "vad ni gör", about="action"),
        responsible=_words(
            content.responsible, LONGEST_RESPONSIBLE, "vem som ansvarar, som en roll", about="responsible"
        ),
    )


def _check_expected(occasion: Occasion, expected: float | None) -> None:
    indicator = occasion.indicator
    if indicator is None:
        if expected is not None:
            raise Refused("Inget månadsmått visar det här: lämna väntat värde tomt.", about="expected")
        return
    if expected is None:
        raise Refused(f"Skriv vilket värde ni väntar er, i {indicator.unit}.", about="expected")
    if not 0 <= expected <= (100 if indicator.is_share else MOST):
        raise Refused("Det väntade värdet kan måttet inte ha.", about="expected")


def _words(text: str, longest: int, asked_for: str, *, about: str) -> str:
    words = " ".join(storable(text).split())
    if not SHORTEST_WORDS <= len(words) <= longest:
        raise Refused(f"Skriv {asked_for}, med {SHORTEST_WORDS}–{longest} tecken.", about=about)
    return words

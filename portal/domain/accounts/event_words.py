"""The codes that events are written with, in the words that people know them by."""

import re
from collections.abc import Mapping
from datetime import date

from portal.domain.accounts.access import Role
from portal.domain.insight.contract import DEMANDS, Reply
from portal.domain.insight.queue import PHASES
from portal.domain.plans.plan import Due, Occasion, OccasionKind, PlanState
from portal.domain.registry.clinics import ClosedKind
from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.months import Month
from portal.domain.sources.declared import FIELDS_BY_CODE, SOURCES, field_of


MONTH = re.compile(r"(?<![\w.-])[0-9]{4}-(?:0[1-9]|1[0-2])(?![\w.-])")
DAY = re.compile(r"(?<![\w.-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?![\w.-])")
PASSAGE = re.compile(r"([0-9]{4}) ([0-9][^ ]*)")  # of the report
VERSION = re.compile(r"(?<=[0-9]) v([0-9]+)$")
CODE = re.compile(r"[a-z][a-z0-9_]*")
FACT = re.compile(
    r"(?P<indicator>[a-z][a-z0-9_]*) (?P<period>[0-9]{4}(?: [0-9]{4}-[0-9]{2})?)"
    r" (?P<breakdown>[a-z_]+(?::[^\s,]+)?(?![a-z0-9-]))"
)
WORDS = {
    **{field.indicator: field.label for field in FIELDS_BY_CODE.values()},
    **{source.code: source.label for source in SOURCES},
    **{demand.code: demand.short for demand in DEMANDS},
    **{indicator.code: indicator.label for indicator in INDICATORS},
}
PLANS = WORDS | {phase.code: Occasion(OccasionKind.QUEUE, phase.code).label for phase in PHASES}
REMINDERS = {
    "before": "före sista dagen",
    "after": "efter sista dagen",
    "returned": "återlämnad",
    "approved": "godkänd",
    f"plan_{Due.START.value}": "åtgärdsplan att påbörja",
    f"plan_{Due.END.value}": "åtgärdsplan att avsluta",
}
CLOSINGS = {kind.value: kind.label for kind in ClosedKind}
ENDINGS = {
    "logout": "loggade ut",
    "elsewhere": "avslutades från en annan webbläsare",
    "everywhere": "loggade ut överallt",
    "ended": "inloggningen är slut",
}
OF_DETAIL = {
    "because": ENDINGS,
    "closed_kind": CLOSINGS,
    "kind": REMINDERS | CLOSINGS,
    "figures": WORDS,
    "held": WORDS,
    "hidden": WORDS,
    "kept": WORDS,
    "shown": WORDS,
    "reply": {reply.value: reply.label for reply in Reply},
    "role": {role.value: role.label for role in Role},
    "state": {state.value: state.label for state in PlanState},
}
OF_MONTHS = ("closed", "from", "last_month", "months", "opened", "until", "valid_from")
ABOUT_CODES = ("comment.", "contract.", "source.", "target.")  # beginnings of actions


def subject_in_words(action: str, subject: str, titles: Mapping[str, str] | None = None) -> str:
    """`synergi 2024` → `Synergi 2024`, `2024-12 v2` → `december 2024, version 2`; a file's name stays as it is.

    `titles`: what the region calls demands of its own, by their codes.
    """
    if action.startswith(ABOUT_CODES):
        subject = _replaced(subject, WORDS | dict(titles or {}))
    if action.startswith("plan."):
        subject = _replaced(subject, PLANS)
    if action.startswith("reminder."):
        subject = _replaced(subject, REMINDERS)
    if action == "report.text_saved":
        subject = PASSAGE.sub(r"kapitel \2, \1", subject)
    subject = VERSION.sub(r", version \1", DAY.sub(_day, MONTH.sub(_month, subject)))
    return subject if action.startswith("report.") else subject.removesuffix(", version 1")


def detail_in_words(name: str, text: str) -> str:
    """Return a detail's text in words; a detail that holds no codes is left alone."""
    if name == "figures":
        text = FACT.sub(_fact, text)
    if name in OF_MONTHS:
        return DAY.sub(_day, MONTH.sub(_month, text))
    return _replaced(text, OF_DETAIL.get(name, {}))


def _month(written: re.Match[str]) -> str:
    return Month.parse(written[0]).label


def _day(written: re.Match[str]) -> str:
    try:
        day = date.fromisoformat(written[0])
    except ValueError:
        return written[0]
    return f"{day.day} {Month.of(day).label}"


def _fact(found: re.Match[str]) -> str:
    """`medicine_unit_visits 2024 visited` → `Besökt av Läkemedelsenheten 2024`; what is no part stays.

    Of a part of several words, such as `problem:Vård och behandling`, only the first is looked at.
    """
    field = field_of(found["indicator"], found["breakdown"])
    if field is None:
        return found[0]
    part = field.label_of(found["breakdown"])
    return f"{field.label} {found['period']} {part}".rstrip()


def _replaced(text: str, words: dict[str, str]) -> str:
    return CODE.sub(lambda found: words.get(found[0], found[0]), text)

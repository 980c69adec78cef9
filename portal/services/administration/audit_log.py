"""The audit for people: its pages, its export, and how long events are kept.

The region reads everything. A clinic reads what concerns its own clinics; who did it is then a colleague's
name or "Regionen", never another's user name, which may be an e-mail address.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta

import db.administration.audit_log
import db.audit
import db.registry.clinics
from db import installation
from db.administration.audit_log import Filter, LogPosition, Taking
from db.audit import AuditEvent
from db.scoping import ScopedConnection
from portal.domain.accounts import events
from portal.domain.accounts.access import (
    EVERY_CLINIC,
    NO_CLINIC,
    ClinicUser,
    User,
    check_is_administrator,
    check_is_region,
    check_may_see_clinic,
)
from portal.domain.accounts.event_words import detail_in_words, subject_in_words
from portal.services.administration.exports import csv_bytes
from portal.services.context import STOCKHOLM, Portal
from portal.services.refused import Refused


PAGE_SIZE = 12
MOST_EXPORTED = 50_000
SUMMARY_DAYS = 30
REGION, YOURSELF, SOMEBODY = "Regionen", "Du", "Annat konto"
NEWEST = LogPosition()

Details = tuple[tuple[str, str], ...]  # names and texts


@dataclass(frozen=True, kw_only=True, slots=True)
class Search:
    """What someone looks for; days are Swedish ones and both are included."""

    first: date | None = None
    last: date | None = None
    actor: str = ""
    action: str = ""
    clinic: str = ""
    outcome: str = ""
    group: str = ""  # one of events.GROUPS

    def as_filter(self) -> Filter:
        group = events.GROUPS[self.group]
        return Filter(
            actions=group.actions,
            corrections_of=group.corrections_of,
            since=_midnight(self.first) if self.first else None,
            until=_midnight(self.last + timedelta(days=1)) if self.last else None,
            actor=self.actor.strip(),
            action=self.action,
            clinic=self.clinic,
            outcome=self.outcome or group.outcome,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LogEntry:
    """One event in Swedish words."""

    id: int
    at: datetime
    who: str
    what: str
    clinic: str  # its name, or empty
    subject: str
    is_refused: bool
    details: Details


@dataclass(frozen=True, kw_only=True, slots=True)
class Log:
    """A page of the log, the newest first, and where its neighbours begin."""

    entries: tuple[LogEntry, ...] = field(default=())
    older: LogPosition | None = None
    newer: LogPosition | None = None


def read(portal: Portal, user: User, search: Search = Search(), place: LogPosition = NEWEST) -> Log:
    """Return a page of what the user may see; raises AccessDenied for another's clinic, Refused for odd days."""
    _check(user, search)
    with portal.reading(user) as scoped:
        page = db.administration.audit_log.list_page(
            scoped, search.as_filter(), place=place, limit=PAGE_SIZE + 1
        )
        if place.newer_than is not None and len(page) <= PAGE_SIZE:
            place = NEWEST
            page = db.administration.audit_log.list_page(scoped, search.as_filter(), limit=PAGE_SIZE + 1)
        titles = {demand.code: demand.short for demand in portal.demands.demands}
        return _page(scoped, user, page, place, titles)


def _check(user: User, search: Search) -> None:
    if search.clinic:
        check_may_see_clinic(user, search.clinic)
    if search.first and search.last and search.first > search.last:
        raise Refused("Till och med ligger före från och med. Byt plats på dagarna.")
    if search.actor and isinstance(user, ClinicUser):  # who did what by user name is the region's question
        check_is_region(user)


def _page(
    scoped: ScopedConnection,
    user: User,
    page: Sequence[AuditEvent],
    place: LogPosition,
    titles: Mapping[str, str],
) -> Log:
    has_more = len(page) > PAGE_SIZE
    backwards = place.newer_than is not None
    events_of_page = page[-PAGE_SIZE:] if backwards else page[:PAGE_SIZE]
    if not events_of_page:
        return Log()
    return Log(
        entries=_entries(scoped, user, events_of_page, titles),
        older=LogPosition(older_than=events_of_page[-1].id) if has_more or backwards else None,
        newer=LogPosition(newer_than=events_of_page[0].id)
        if place != NEWEST and (has_more or not backwards)
        else None,
    )


def _entries(
    scoped: ScopedConnection, user: User, page: Sequence[AuditEvent], titles: Mapping[str, str]
) -> tuple[LogEntry, ...]:
    names = {clinic.code: clinic.name for clinic in db.registry.clinics.list_in_scope(scoped)}
    actors = _actors(scoped, user, sorted({event.actor for event in page}))
    names_shown = events.DETAILS_FOR_CLINICS if isinstance(user, ClinicUser) else tuple(events.DETAILS)
    entries = [
        LogEntry(
            id=event.id,
            at=event.at,
            who=actors.get(event.actor, event.actor),
            what=events.label_of(event.action),
            clinic=names.get(event.clinic, event.clinic),
            subject=_subject(event, titles),
            is_refused=event.outcome == "refused",
            details=_details(event.details, names_shown),
        )
        for event in page
    ]
    return tuple(entries)


def _actors(scoped: ScopedConnection, user: User, usernames: Sequence[str]) -> dict[str, str]:
    """Return what a clinic may call those who acted; the region sees user names as they are."""
    if not isinstance(user, ClinicUser):
        return {}
    region = db.administration.audit_log.list_region(scoped, usernames)
    return {
        **dict.fromkeys(usernames, SOMEBODY),
        **db.administration.audit_log.list_colleagues(scoped, usernames),
        **dict.fromkeys(region, REGION),
        user.username: YOURSELF,
    }


def _subject(event: AuditEvent, titles: Mapping[str, str]) -> str:
    """Say what it was about; a demand by the title it had then, or without one in the event by the one it has now."""
    action = events.ACTIONS_BY_CODE.get(event.action)
    if action is not None and not action.tells_object:
        return ""
    if not event.action.startswith("contract."):
        return subject_in_words(event.action, event.object)
    answer = json.loads(event.details)
    title = answer.get("name") or titles.get(event.object)
    subject = subject_in_words(event.action, event.object, {event.object: title} if title else {})
    if event.action != "contract.answered":
        return subject
    # which of several answers about the same demand it is
    return f"{subject}, {detail_in_words('reply', answer['reply'])} från {detail_in_words('valid_from', answer['valid_from'])}"


def _details(details: str, names_shown: Sequence[str]) -> Details:
    """Return the details' names and texts, those that are shown and not empty."""
    recorded = json.loads(details)
    return tuple(
        (events.DETAILS[name], detail_in_words(name, _plain(recorded[name])))
        for name in sorted(recorded)
        if name in names_shown and recorded[name]
    )


def _plain(value: object) -> str:
    if isinstance(value, dict):
        value = [f"{name} {part}" for name, part in value.items()]
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return " ".join(text.split())


@dataclass(frozen=True, kw_only=True, slots=True)
class Taker:
    """What one account took out of the portal: label of the event and how often, and when last."""

    who: str
    taken: tuple[tuple[str, int], ...]
    last: datetime

    @property
    def count(self) -> int:
        return sum(count for _, count in self.taken)


def takers(portal: Portal, user: User) -> tuple[Taker, ...]:
    """Return who took data out in the last SUMMARY_DAYS days, whoever did so last first; raises AccessDenied."""
    check_is_region(user)
    since = _midnight(portal.clock.today - timedelta(days=SUMMARY_DAYS))
    with portal.reading(user) as scoped:
        counts = db.administration.audit_log.count_by_actor(
            scoped, Filter(actions=events.DOWNLOADS, since=since, outcome="done")
        )
    return tuple(_taker(actor, counts) for actor in dict.fromkeys(count.actor for count in counts))


def _taker(actor: str, counts: Sequence[Taking]) -> Taker:
    own_counts = [count for count in counts if count.actor == actor]
    taken = tuple((events.label_of(count.action), count.count) for count in own_counts)
    last = max(count.last for count in own_counts)
    return Taker(who=actor, taken=taken, last=last)


def export(portal: Portal, user: User, search: Search = Search()) -> bytes:
    """Return what was asked for as CSV for Swedish Excel, the newest first; the export is an event itself."""
    check_is_region(user)
    _check(user, search)
    with portal.writing(user) as scoped:
        exported = db.administration.audit_log.list_page(scoped, search.as_filter(), limit=MOST_EXPORTED)
        details: dict[str, object] = {"count": len(exported)}
        details |= {"from": str(search.first)} if search.first else {}
        details |= {"until": str(search.last)} if search.last else {}
        group = events.GROUPS[search.group].label if search.group else ""
        searched = ", ".join(
            filter(None, (group, search.actor, search.action, search.clinic, search.outcome))
        )
        scoped.record(
            "audit.exported",
            subject=searched,
            details=details,
        )
    return csv_bytes(
        ("nr", "tid", "vem", "händelse", "kod", "mottagning", "gäller", "utfall", "uppgifter"),
        (
            (
                event.id,
                event.at.astimezone(STOCKHOLM).strftime("%Y-%m-%d %H:%M:%S"),
                event.actor,
                events.label_of(event.action),
                event.action,
                event.clinic,
                event.object,
                events.OUTCOMES.get(event.outcome, event.outcome),
                event.details,
            )
            for event in exported
        ),
    )


# How long


def retention_years(portal: Portal) -> int:
    with portal.database.reading(NO_CLINIC) as scoped:
        years = installation.find(scoped, name=installation.AUDIT_YEARS)
    return int(years) if years else events.RETENTION_YEARS


def set_retention(portal: Portal, user: User, years: int) -> None:
    """Decide how long events are kept; nothing is removed until someone prunes."""
    check_is_administrator(user)
    if not events.SHORTEST_RETENTION <= years <= events.LONGEST_RETENTION:
        raise Refused(f"Händelser sparas i {events.SHORTEST_RETENTION} till {events.LONGEST_RETENTION} år.")
    with portal.writing(user) as scoped:
        installation.put(scoped, name=installation.AUDIT_YEARS, value=str(years))
        scoped.record(
            "audit.retention_changed",
            details={"years": years},
        )


@dataclass(frozen=True, slots=True)
class Pruning:
    """How many events are older than what is kept, and from which moment on they are kept."""

    count: int
    before: datetime
    years: int


def plan_pruning(portal: Portal, user: User) -> Pruning:
    check_is_administrator(user)
    years = retention_years(portal)
    before = _years_before(portal.clock.now.astimezone(STOCKHOLM), years)
    with portal.reading(user) as scoped:
        _, count = db.audit.count_before(scoped, before)
    return Pruning(count, before, years)


def prune(portal: Portal, user: User) -> Pruning:
    """Remove the events past their retention; the one that says so stays, and the chain holds."""
    check_is_administrator(user)
    planned = plan_pruning(portal, user)
    with portal.writing(user) as scoped:
        count = db.audit.prune(
            scoped, at=portal.clock.now, actor=user.username, before=planned.before, years=planned.years
        )
    return replace(planned, count=count)


def _years_before(moment: datetime, years: int) -> datetime:
    day = moment.day if (moment.month, moment.day) != (2, 29) else 28
    return moment.replace(year=moment.year - years, day=day)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=STOCKHOLM)


def end_of_chain(portal: Portal) -> str:
    """Return the end of the audit's chain as text, to be kept outside the database."""
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return db.audit.end_of_chain(scoped)


def holds_end(portal: Portal, text: str) -> bool:
    """Tell whether the chain still has what an earlier check printed as its end."""
    id_, _, digest = text.partition(":")
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return id_.isascii() and id_.isdigit() and db.audit.holds(scoped, id_=int(id_), digest=digest)

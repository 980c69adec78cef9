"""What every service needs: the database, the clock, the calendar's days and the disclosure rules."""

import gc
import json
import sys
from collections.abc import Callable, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from enum import Enum
from itertools import starmap
from threading import Lock
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any, TypeVar

from db import audit, installation
from db.administration import calendar_days
from db.audit import AuditEvent
from db.engine import Database
from db.scoping import ScopedConnection
from portal.domain.accounts.access import NO_CLINIC, ClinicScope, User, check_is_administrator, scope_of
from portal.domain.insight import demands
from portal.domain.insight.demands import COMES_WITH_PORTAL, DemandList
from portal.domain.registry.logo import Logo
from portal.domain.registry.months import Month
from portal.domain.registry.municipalities import Municipality
from portal.domain.registry.region import DALARNA, Region
from portal.domain.release.disclosure import Rules
from portal.domain.reporting.submissions import Calendar, Days
from portal.domain.sources.declared import SUPPLIERS
from portal.formats import STOCKHOLM
from portal.services.refused import Refused
from portal.settings import Settings


Value = TypeVar("Value")

DEMO_LABEL = "Exempeldata – påhittade månader"


@dataclass(frozen=True, slots=True)
class Clock:
    """What day it is in Dalarna. A fixed day serves the demo and tests.

    Login sessions do not use it: their time is always the real one.
    """

    fixed: date | None = None

    @property
    def today(self) -> date:
        return self.fixed or datetime.now(STOCKHOLM).date()

    @property
    def now(self) -> datetime:
        """The moment to write beside what people do: the fixed day, at Dalarna's real time of day."""
        if self.fixed is None:
            return datetime.now(UTC)
        time_of_day = datetime.now(STOCKHOLM).time()  # in UTC a late evening would fall on the day after
        return datetime.combine(self.fixed, time_of_day, tzinfo=STOCKHOLM).astimezone(UTC)


MOST_REMEMBERED = 128 * 2**20  # bytes, of one process: with a thousand clinics a year takes a hundred
WEIGHED = 32  # entries of one list
OF_THE_PROGRAM = (type, ModuleType, FunctionType, BuiltinFunctionType, MethodType, Enum)  # not of a result
OF_REGION = (
    installation.FIRST_MONTH,
    installation.REGION_NAME,
    installation.SUPPLIERS,
    installation.MUNICIPALITIES,
    installation.BORDERS,
    installation.LOGO,
    installation.DEMANDS,
)


class Memo:
    """The last used results of costly readings that are the same for all who may see the same clinics.

    The key holds the version of the data, so nothing stale is ever found, and of what clinics read too the scope,
    so that nothing is found beyond it; values are frozen objects. Bounded in bytes: what was not used for longest goes.
    """

    def __init__(self, most_bytes: int = MOST_REMEMBERED) -> None:
        self._most_bytes = most_bytes
        self._remembered: dict[object, tuple[Any, int]] = {}
        self._lock = Lock()
        self.size = 0

    def holds(self, key: object) -> bool:
        with self._lock:
            return key in self._remembered

    def get(self, key: object, make: Callable[[], Value]) -> Value:
        with self._lock:
            if key in self._remembered:
                entry = self._remembered.pop(key)
                self._remembered[key] = entry  # the last one asked for goes last
                remembered: Value = entry[0]
                return remembered
        value = make()
        size = size_of(value)
        with self._lock:
            self._forget(key)
            self._remembered[key] = (value, size)
            self.size += size
            while self.size > self._most_bytes:
                self._forget(next(iter(self._remembered)))
        return value

    def made_of(self, thing: object, make: Callable[..., Value], *choices: Hashable) -> Value:
        """Return what is made of something that is remembered here itself and of people's choices, and nothing else.

        Made once, for as long as it is that very thing: what is read anew is another one.
        """
        return self.get((make, _Same(thing), *choices), lambda: make(thing, *choices))

    def _forget(self, key: object) -> None:
        self.size -= self._remembered.pop(key, (None, 0))[1]


class _Same:
    """A key that only the same object finds; it holds that, so that no other gets its number."""

    __slots__ = ("_thing",)

    def __init__(self, thing: object) -> None:
        self._thing = thing

    def __hash__(self) -> int:
        return id(self._thing)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other._thing is self._thing


def size_of(value: object) -> int:
    """Return about how many bytes a value and all it holds take; of a long list every so many entries are weighed."""
    size, seen = 0, set[int]()
    left: list[tuple[object, int]] = [(value, 1)]
    while left:
        part, weight = left.pop()
        if id(part) not in seen and not isinstance(part, OF_THE_PROGRAM):
            seen.add(id(part))
            size += weight * sys.getsizeof(part)
            held = gc.get_referents(part)
            step = max(1, len(held) // WEIGHED) | 1  # odd: a dict gives its keys and values in turns
            left += [(entry, weight * step) for entry in held[::step]]
    return size


class Daily:
    """What has been done today in this process, so that every other page view only looks here."""

    def __init__(self) -> None:
        self._done: dict[str, date] = {}
        self._lock = Lock()

    def is_first(self, what: str, today: date) -> bool:
        """Tell, once a day, that it has not been done yet; from then on it counts as done."""
        with self._lock:
            is_first = self._done.get(what) != today
            self._done[what] = today
            return is_first


@dataclass(frozen=True, kw_only=True, slots=True)
class SetUp:
    """What the region has set of itself and of the calendar. `first_month` None: nothing yet."""

    region: Region = DALARNA
    demands: DemandList = COMES_WITH_PORTAL
    first_month: Month | None = None
    days: tuple[Days, ...] = ()


class _Kept:
    """What was last read of it, since a page asks hundreds of times, and the version of the data that it is of."""

    def __init__(self) -> None:
        self._set_up: SetUp | None = None
        self._version = ""

    def get(self, read: Callable[[], SetUp]) -> SetUp:
        set_up = self._set_up
        return read() if set_up is None else set_up

    def follow(self, version: str, read: Callable[[], SetUp]) -> None:
        """Read it anew where the data are of another version, whichever process changed them."""
        if self._set_up is None or self._version != version:
            self._set_up, self._version = read(), version

    def forget(self, *, unless: str = "") -> None:
        """Forget it, unless it is of that version."""
        if self._version != unless:
            self._set_up = None


class LiveCalendar(Calendar):
    """The calendar with what the region has set, as it is now; what it has not is as the portal was started with."""

    __slots__ = ("database", "kept", "started_with")
    started_with: Calendar
    database: Database
    kept: _Kept

    def __init__(self, started_with: Calendar, database: Database) -> None:
        object.__setattr__(self, "started_with", started_with)
        object.__setattr__(self, "database", database)
        object.__setattr__(self, "kept", _Kept())

    @property
    def region(self) -> Region:
        return self.kept.get(self._read).region

    @property
    def demands(self) -> DemandList:
        return self.kept.get(self._read).demands

    @property
    def first_month(self) -> Month:
        return self.kept.get(self._read).first_month or self.started_with.first_month

    @property
    def entered(self) -> tuple[Days, ...]:
        return (*self.started_with.entered, *self.kept.get(self._read).days)

    def follow(self, scoped: ScopedConnection) -> None:
        """Know what is set as a transaction that just began sees it."""
        self.kept.follow(audit.common_version(scoped), lambda: _set_up_in(scoped))

    def _read(self) -> SetUp:
        with self.database.reading(NO_CLINIC) as scoped:
            return _set_up_in(scoped)


def _set_up_in(scoped: ScopedConnection) -> SetUp:
    settings = installation.find_all(scoped, names=OF_REGION)
    first_month = settings.get(installation.FIRST_MONTH)
    days = tuple(rule.days for rule in calendar_days.list_all(scoped))
    region = _region_of(settings)
    return SetUp(
        region=region,
        demands=_demands_of(settings, region),
        first_month=Month.parse(first_month) if first_month else None,
        days=days,
    )


def _demands_of(settings: Mapping[str, str], region: Region) -> DemandList:
    stored = settings.get(installation.DEMANDS)
    if stored is not None:
        return demands.load(stored)
    return COMES_WITH_PORTAL if region.is_dalarna else demands.preset()


def region_in(scoped: ScopedConnection) -> Region:
    """Return the region as a transaction finds it."""
    return _region_of(installation.find_all(scoped, names=OF_REGION))


def _region_of(settings: Mapping[str, str]) -> Region:
    by_code = json.loads(settings.get(installation.SUPPLIERS, "{}"))
    suppliers = {SUPPLIERS[code]: name for code, name in by_code.items() if code in SUPPLIERS}
    municipalities = json.loads(settings.get(installation.MUNICIPALITIES, "[]"))
    logo = settings.get(installation.LOGO)
    return Region(
        name=settings.get(installation.REGION_NAME, DALARNA.name),
        municipalities=tuple(starmap(Municipality, municipalities)) or DALARNA.municipalities,
        suppliers=suppliers,
        borders=settings.get(installation.BORDERS, ""),
        logo=Logo.parse(logo) if logo else None,
    )


@dataclass(frozen=True, slots=True)
class Writing(ScopedConnection):
    """A transaction that changes something, and in whose name: it keeps what is done in the audit log."""

    actor: str
    clock: Clock

    def record(
        self,
        action: str,
        *,
        clinic: str = "",
        subject: str = "",
        outcome: str = "done",
        details: Mapping[str, object] | None = None,
    ) -> None:
        """Append to the audit log, in this transaction, that the actor does this now."""
        event = AuditEvent(
            at=self.clock.now,
            actor=self.actor,
            action=action,
            outcome=outcome,
            clinic=clinic,
            object=subject,
            details=AuditEvent.in_json(details),
        )
        audit.add(self, event)

    def by(self, actor: str) -> "Writing":
        """The same transaction in another's name: whose login it is shows only inside it."""
        return replace(self, actor=actor)


@dataclass(frozen=True, kw_only=True, slots=True)
class Portal:
    """Handed to every service function; pages pass it on and never open its database."""

    database: Database
    clock: Clock = Clock()
    calendar: Calendar = Calendar()
    rules: Rules = field(default_factory=Rules)
    is_demo: bool = False
    base_url: str = "http://localhost:8501"  # where links in mails lead
    smtp_url: str = ""  # empty: no mail goes out
    region_needs_second_factor: bool = True
    contact: str = ""  # e-mail address or words; shown on the pages about data and accessibility
    identity_provider: str = ""  # what its button says; empty where the region's own login is not used
    memo: Memo = field(default_factory=Memo, compare=False, repr=False)
    daily: Daily = field(default_factory=Daily, compare=False, repr=False)

    def __post_init__(self) -> None:
        calendar = self.calendar
        if isinstance(calendar, LiveCalendar):
            if calendar.database is self.database:
                return
            calendar = calendar.started_with
        object.__setattr__(self, "calendar", LiveCalendar(calendar, self.database))

    @property
    def region(self) -> Region:
        """The region, as it has set itself up."""
        return self.calendar.region if isinstance(self.calendar, LiveCalendar) else DALARNA

    @property
    def demands(self) -> DemandList:
        """The demands that the region's contract has."""
        return self.calendar.demands if isinstance(self.calendar, LiveCalendar) else COMES_WITH_PORTAL

    @property
    def is_reachable(self) -> bool:
        """Whether its database answers."""
        return self.database.is_reachable()

    def forget_days(self, *, unless: str = "") -> None:
        """Have the calendar read anew: its days were just changed, or the data are not of that version any more."""
        if isinstance(self.calendar, LiveCalendar):
            self.calendar.kept.forget(unless=unless)

    def follow_days(self, scoped: ScopedConnection) -> None:
        """Have the calendar as this transaction finds it, whichever process set its days."""
        if isinstance(self.calendar, LiveCalendar):
            self.calendar.follow(scoped)

    @contextmanager
    def reading(self, user: User) -> Iterator[ScopedConnection]:
        with self.database.reading(scope_of(user)) as scoped:
            self.follow_days(scoped)
            yield scoped

    @contextmanager
    def writing(self, user: User) -> Iterator[Writing]:
        with self.writing_as(user.username, scope_of(user)) as writing:
            yield writing

    @contextmanager
    def writing_as(self, actor: str, scope: ClinicScope = NO_CLINIC) -> Iterator[Writing]:
        """Open a transaction for somebody who is not logged in, or for the portal itself."""
        with self.database.writing(scope) as scoped:
            self.follow_days(scoped)
            yield Writing(scoped.connection, scoped.scope, actor, self.clock)

    def on(self, day: date) -> "Portal":
        """Return the same portal with the calendar fixed on that day."""
        return replace(self, clock=Clock(day))


def open_portal(settings: Settings, *, creates: bool = False) -> Portal:
    """Open the database of the settings; only the database says that it is a demo, and which day it is there.

    A SQLite file that is missing is made only by what `creates` it.
    """
    database = Database(settings.database_url, secrets=settings.secrets, creates=creates)
    day = demo_day(database)
    return Portal(
        database=database,
        clock=Clock(settings.today or day),
        calendar=Calendar(first_month=Month.parse(settings.first_month)),
        is_demo=day is not None,
        base_url=settings.base_url,
        smtp_url=settings.smtp_url,
        contact=settings.contact,
        identity_provider=settings.oidc_label if settings.uses_oidc else "",
    )


def demo_day(database: Database) -> date | None:
    """Return the day on which a finished demo's calendar stands; None for any other database."""
    with database.reading(NO_CLINIC) as scoped:
        day = installation.find(scoped, name=installation.DEMO_DAY)
    return date.fromisoformat(day) if day else None


def mark_as_demo(portal: Portal, user: User, today: date) -> None:
    """Let the database say from now on that its months are invented; one that was begun as real stays real."""
    check_is_administrator(user)
    with portal.writing(user) as writing:
        if installation.find(writing, name=installation.DEMO_BEGUN) is None:
            raise Refused("Databasen är ingen påbörjad demo, och blir ingen.")
        installation.add(writing, name=installation.DEMO_DAY, value=today.isoformat())
        writing.record("installation.demo", subject=today.isoformat())

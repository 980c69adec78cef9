"""Clinics that open and close, and what the figures of the clinics nearby did after that.

When a clinic opened, closed or went bankrupt is public: it stands in the register, and the region prints it in
its yearly report. Where single patients went is collected by nobody: sums before and after are all there is.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from portal.domain.insight.queue import FIRST_VISIT, WAITING
from portal.domain.registry.annual import Figure
from portal.domain.registry.clinics import Clinic, ClosedKind
from portal.domain.registry.indicators import PATIENTS
from portal.domain.registry.months import Month
from portal.domain.registry.municipalities import nearest
from portal.domain.registry.values import change


# What a new neighbour may change: who is a patient, who waits, who comes for the first time.
MOVED_BY_NEIGHBOURS = frozenset({PATIENTS, *WAITING, FIRST_VISIT.started})


class EventKind(StrEnum):
    OPENED = "opened"
    CLOSED = "closed"
    BANKRUPT = "bankrupt"
    MERGED = "merged"


_WORDS = {
    EventKind.OPENED: "öppnade {}",
    EventKind.CLOSED: "stängde efter {}",
    EventKind.BANKRUPT: "gick i konkurs, sista månad {}",
    EventKind.MERGED: "gick upp i en annan mottagning, sista månad {}",
}
_KINDS = {ClosedKind.BANKRUPTCY: EventKind.BANKRUPT, ClosedKind.MERGED: EventKind.MERGED}


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisterEvent:
    """A clinic that opened or closed. `month` is its first one or its last one."""

    name: str
    municipality_code: str
    municipality: str
    kind: EventKind
    month: Month

    @property
    def text(self) -> str:
        """What happened in words, such as `öppnade november 2024`."""
        return _WORDS[self.kind].format(self.month.label)

    @property
    def sentence(self) -> str:
        return f"{self.name} {self.text}"

    @property
    def before(self) -> Month:
        """The last month that the event can't have changed: what came after is compared with it."""
        return self.month.previous if self.kind is EventKind.OPENED else self.month


def events(clinics: Iterable[Clinic], *, first: Month, last: Month) -> tuple[RegisterEvent, ...]:
    """Return what opened and closed from `first` to `last`, both included, oldest first.

    A clinic that was there before the portal's first month has no opening: the register doesn't know it.
    """
    found = []
    for clinic in clinics:
        if clinic.opened and first <= clinic.opened <= last:
            found.append(_event(clinic, EventKind.OPENED, clinic.opened))
        if clinic.closed and first <= clinic.closed <= last:
            kind = _KINDS.get(clinic.closed_kind or ClosedKind.OTHER, EventKind.CLOSED)
            found.append(_event(clinic, kind, clinic.closed))
    return tuple(sorted(found, key=lambda event: (event.month, event.name)))


def _event(clinic: Clinic, kind: EventKind, month: Month) -> RegisterEvent:
    return RegisterEvent(
        name=clinic.name,
        municipality_code=clinic.municipality_code,
        municipality=clinic.municipality,
        kind=kind,
        month=month,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Neighbourhood:
    """What happened around one clinic: in its own municipality, and elsewhere in the county."""

    near: tuple[RegisterEvent, ...] = ()
    elsewhere: tuple[RegisterEvent, ...] = ()

    def since(self, first: Month) -> "Neighbourhood":
        """Keep what happened from that month on."""
        return Neighbourhood(
            near=tuple(event for event in self.near if event.month >= first),
            elsewhere=tuple(event for event in self.elsewhere if event.month >= first),
        )


def around(clinic: Clinic, happened: Iterable[RegisterEvent]) -> Neighbourhood:
    """Return the events of the other clinics, those of the clinic's municipality apart.

    Names are unique in the register, so a name tells the clinic's own events.
    """
    others = [event for event in happened if event.name != clinic.name]
    here = clinic.municipality_code
    return Neighbourhood(
        near=tuple(event for event in others if event.municipality_code == here),
        elsewhere=tuple(event for event in others if event.municipality_code != here),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Growth:
    """A clinic's own count now, a year back, and in the month before a neighbour's event."""

    month: Month
    value: float
    year_before: float | None
    since: RegisterEvent | None = None
    before_event: float | None = None
    crosses_break: bool = False  # a break in the series lies between what is compared

    @property
    def in_a_year(self) -> float | None:
        """Percent since the same month of the year before."""
        return change(self.value, self.year_before, in_points=False)

    @property
    def since_event(self) -> float | None:
        """Percent since the month before the event."""
        return change(self.value, self.before_event, in_points=False)


def growth(
    values: Mapping[Month, float], since: RegisterEvent | None, *, breaks: Sequence[Month] = ()
) -> Growth | None:
    """Return how a clinic's own count has grown to its newest month, in a year and since an event.

    None without any value.
    An event of the newest month or later has nothing after it yet: then only the year is told.
    """
    if not values:
        return None
    month = max(values)
    event = since if since and since.before < month and since.before in values else None
    compared = [month.year_before] if month.year_before in values else []
    compared += [event.before] if event else []
    return Growth(
        month=month,
        value=values[month],
        year_before=values.get(month.year_before),
        since=event,
        before_event=values[event.before] if event else None,
        crosses_break=any(min(compared) < one <= month for one in breaks) if compared else False,
    )


# The region's questions: old clinics or new ones, and what the neighbours of a new one did


@dataclass(frozen=True, slots=True)
class Moved:
    """A clinic's count in two periods."""

    clinic: Clinic
    before: float
    now: float

    @property
    def change(self) -> float:
        return self.now - self.before

    @property
    def percent(self) -> float | None:
        return change(self.now, self.before, in_points=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class OldAndNew:
    """A change of the region's sum, divided over who was there both times, who came and who went."""

    before: float
    now: float
    moved: tuple[Moved, ...]  # the clinics with a value both times
    came: tuple[Clinic, ...]
    came_sum: float
    went: tuple[Clinic, ...]
    went_sum: float

    @property
    def change(self) -> float:
        """Always same_change + came_sum - went_sum."""
        return self.now - self.before

    @property
    def same(self) -> int:
        return len(self.moved)

    @property
    def same_change(self) -> float:
        return sum(one.change for one in self.moved)

    @property
    def largest(self) -> tuple[Moved, ...]:
        """The largest rise and the largest fall among those with both; none where nobody rose or fell."""
        rise = max(self.moved, key=lambda one: one.change, default=None)
        fall = min(self.moved, key=lambda one: one.change, default=None)
        return tuple(one for one, way in ((rise, 1), (fall, -1)) if one is not None and one.change * way > 0)


def old_and_new(
    now: Iterable[tuple[Clinic, Figure]], before: Iterable[tuple[Clinic, Figure]]
) -> OldAndNew | None:
    """Divide the change of a count between two periods; None unless both have a value.

    The clinics with both are those of the annual report's chapter 3.1.
    """
    new = {clinic.code: (clinic, figure.value) for clinic, figure in now if figure.value is not None}
    old = {clinic.code: (clinic, figure.value) for clinic, figure in before if figure.value is not None}
    if not new or not old:
        return None
    both = new.keys() & old.keys()
    came = [found for code, found in new.items() if code not in both]
    went = [found for code, found in old.items() if code not in both]
    return OldAndNew(
        before=sum(value for _, value in old.values()),
        now=sum(value for _, value in new.values()),
        moved=tuple(
            Moved(clinic, old[code][1], value) for code, (clinic, value) in new.items() if code in both
        ),
        came=tuple(clinic for clinic, _ in came),
        came_sum=sum(value for _, value in came),
        went=tuple(clinic for clinic, _ in went),
        went_sum=sum(value for _, value in went),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """An event with a count of the clinics beside it, before and now, over those that have both."""

    event: RegisterEvent
    own: Figure  # the clinic's own count now
    municipality: str  # of the clinics compared: the event's, or the nearest one with a clinic
    clinics: tuple[Clinic, ...]
    before: float | None
    now: float | None

    @property
    def is_same_municipality(self) -> bool:
        return self.municipality == self.event.municipality

    @property
    def change(self) -> float | None:
        return None if self.now is None or self.before is None else self.now - self.before

    @property
    def percent(self) -> float | None:
        return change(self.now, self.before, in_points=False)


def beside(
    event: RegisterEvent,
    clinics: Sequence[Clinic],
    values: Mapping[str, Mapping[Month, float]],
    now: Mapping[str, Figure],
) -> Beside:
    """Return what the others' count was in the month before the event, and is now.

    `values` are clinic → month → count, `now` clinic → figure. Where the municipality has no other clinic, those
    of the nearest municipality that had one are taken.
    """
    others = [one for one in clinics if one.name != event.name and one.is_open(event.before)]
    place = event.municipality_code
    if place not in {one.municipality_code for one in others} and others:
        place = nearest(place, {one.municipality_code for one in others}).code
    here = [one for one in others if one.municipality_code == place]
    pairs = [
        (one, values[one.code][event.before], value)
        for one in here
        if event.before in values.get(one.code, {}) and (value := _value(now, one)) is not None
    ]
    own = next((now.get(one.code) for one in clinics if one.name == event.name), None)
    return Beside(
        event=event,
        own=own or Figure(),
        municipality=here[0].municipality if here else event.municipality,
        clinics=tuple(one for one, _, _ in pairs),
        before=sum(old for _, old, _ in pairs) if pairs else None,
        now=sum(new for _, _, new in pairs) if pairs else None,
    )


def _value(now: Mapping[str, Figure], clinic: Clinic) -> float | None:
    found = now.get(clinic.code)
    return found.value if found else None

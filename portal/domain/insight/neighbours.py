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
from portal.domain.registry.region import Region
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
    register_events = []
    for clinic in clinics:
        if clinic.opened and first <= clinic.opened <= last:
            register_events.append(_event(clinic, EventKind.OPENED, clinic.opened))
        if clinic.closed and first <= clinic.closed <= last:
            kind = _KINDS.get(clinic.closed_kind or ClosedKind.OTHER, EventKind.CLOSED)
            register_events.append(_event(clinic, kind, clinic.closed))
    return tuple(sorted(register_events, key=lambda event: (event.month, event.name)))


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
        near = tuple(event for event in self.near if event.month >= first)
        elsewhere = tuple(event for event in self.elsewhere if event.month >= first)
        return Neighbourhood(near=near, elsewhere=elsewhere)


def around(clinic: Clinic, happened: Iterable[RegisterEvent]) -> Neighbourhood:
    """Return the events of the other clinics, those of the clinic's municipality apart.

    Names are unique in the register, so a name tells the clinic's own events.
    """
    foreign_events = [event for event in happened if event.name != clinic.name]
    municipality = clinic.municipality_code
    near = tuple(event for event in foreign_events if event.municipality_code == municipality)
    elsewhere = tuple(event for event in foreign_events if event.municipality_code != municipality)
    return Neighbourhood(near=near, elsewhere=elsewhere)


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
        return sum(clinic.change for clinic in self.moved)

    @property
    def largest(self) -> tuple[Moved, ...]:
        """The largest rise and the largest fall among those with both; none where nobody rose or fell."""
        rise = max(self.moved, key=lambda clinic: clinic.change, default=None)
        fall = min(self.moved, key=lambda clinic: clinic.change, default=None)
        risen = [rise] if rise and rise.change > 0 else []
        fallen = [fall] if fall and fall.change < 0 else []
        return (*risen, *fallen)


def old_and_new(
    now: Iterable[tuple[Clinic, Figure]], before: Iterable[tuple[Clinic, Figure]]
) -> OldAndNew | None:
    """Divide the change of a count between two periods; None unless both have a value.

    The clinics with both are those of the annual report's chapter 3.1.
    """
    new, old = _counted(now), _counted(before)
    if not new or not old:
        return None
    moved = [Moved(clinic, old[code][1], value) for code, (clinic, value) in new.items() if code in old]
    came = [pair for code, pair in new.items() if code not in old]
    went = [pair for code, pair in old.items() if code not in new]
    return OldAndNew(
        before=_sum(old.values()),
        now=_sum(new.values()),
        moved=tuple(moved),
        came=_clinics(came),
        came_sum=_sum(came),
        went=_clinics(went),
        went_sum=_sum(went),
    )


Counted = tuple[Clinic, float]


def _counted(figures: Iterable[tuple[Clinic, Figure]]) -> dict[str, Counted]:
    """Return the clinics that have a value, with it, by code: the register may have been edited in between."""
    return {clinic.code: (clinic, figure.value) for clinic, figure in figures if figure.value is not None}


def _sum(pairs: Iterable[Counted]) -> float:
    return sum(value for _, value in pairs)


def _clinics(pairs: Iterable[Counted]) -> tuple[Clinic, ...]:
    return tuple(clinic for clinic, _ in pairs)


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
    region: Region,
) -> Beside:
    """Return what the others' count was in the month before the event, and is now.

    `values` are clinic → month → count, `now` clinic → figure. Where the municipality has no other clinic, those
    of the nearest municipality that had one are taken.
    """
    compared = _compared_clinics(event, clinics, region)
    pairs = _both_times(event.before, compared, values, now)
    own = next((now.get(clinic.code) for clinic in clinics if clinic.name == event.name), None)
    before_sum = sum(pair.before for pair in pairs) if pairs else None
    clinics_compared = tuple(pair.clinic for pair in pairs)
    now_sum = sum(pair.now for pair in pairs) if pairs else None
    return Beside(
        event=event,
        own=own or Figure(),
        municipality=compared[0].municipality if compared else event.municipality,
        clinics=clinics_compared,
        before=before_sum,
        now=now_sum,
    )


def _compared_clinics(event: RegisterEvent, clinics: Sequence[Clinic], region: Region) -> list[Clinic]:
    """Return the other clinics of the event's municipality, or of the nearest that had one, open before it."""
    candidates = [clinic for clinic in clinics if clinic.name != event.name and clinic.is_open(event.before)]
    municipalities = {clinic.municipality_code for clinic in candidates}
    municipality = event.municipality_code
    if municipality not in municipalities and (near := region.nearest(municipality, municipalities)):
        municipality = near.code
    return [clinic for clinic in candidates if clinic.municipality_code == municipality]


def _both_times(
    before: Month,
    clinics: Sequence[Clinic],
    values: Mapping[str, Mapping[Month, float]],
    now: Mapping[str, Figure],
) -> list[Moved]:
    """Return the clinics that have a count both in the month before and now."""
    pairs = []
    for clinic in clinics:
        earlier, figure = values.get(clinic.code, {}).get(before), now.get(clinic.code)
        if earlier is not None and figure and figure.value is not None:
            pairs.append(Moved(clinic, earlier, figure.value))
    return pairs

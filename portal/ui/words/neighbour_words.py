"""What opens and closes near a clinic, in words, and how the clinic itself has grown since."""

from collections.abc import Sequence

from portal.domain.insight.neighbours import Event, EventKind, Growth, Moved, Neighbourhood
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.ui.base import formats


def numbered(happened: Neighbourhood) -> list[tuple[str, Event]]:
    """Return the own municipality's events with the numbers that they have in the chart, oldest first."""
    return [(str(place), event) for place, event in enumerate(happened.near, start=1)]


def marks(happened: Neighbourhood) -> dict[Month, str]:
    """Return month → what stands at its line: the numbers of what happened that month."""
    found: dict[Month, list[str]] = {}
    for number, event in numbered(happened):
        found.setdefault(event.month, []).append(number)
    return {month: ", ".join(numbers) for month, numbers in found.items()}


def happened(around: Neighbourhood) -> str:
    """Name every opening and closing of the shown months; empty when there was none."""
    told = [f"{number} {event.sentence} (samma kommun)" for number, event in numbered(around)]
    told += [f"{event.sentence} ({event.municipality})" for event in around.elsewhere]
    if not told:
        return ""
    has_closed = any(event.kind is not EventKind.OPENED for event in (*around.near, *around.elsewhere))
    nobody = "" if has_closed else " Ingen mottagning i registret har stängt under tiden."
    return f"**Öppningar och stängningar:** {' · '.join(told)}.{nobody}"


def growth(told: Sequence[Growth]) -> str:
    """`1 158 patienter i januari 2025: −7 % på ett år (från 1 249), +1 % sedan …`; empty without a value."""
    if not told:
        return ""
    newest = told[0]
    start = f"**{formats.number(newest.value)} patienter i {newest.month.label}**"
    parts = [_in_a_year(newest), *map(_since_event, told)]
    if not any(parts):
        return f"{start}. Det finns inget värde ett år tidigare att jämföra med."
    crosses = any(one.crosses_break for one in told)
    warning = " Ett seriebrott ligger emellan: jämför med försiktighet." if crosses else ""
    return f"{start}: {', '.join(filter(None, parts))}.{warning}"


def _in_a_year(found: Growth) -> str:
    if found.in_a_year is None or found.year_before is None:
        return ""
    return f"{_percent(found.in_a_year)} på ett år (från {formats.number(found.year_before)})"


def _since_event(found: Growth) -> str:
    if found.since is None or found.since_event is None:
        return ""
    return f"{_percent(found.since_event)} sedan {_since(found.since)} (från {formats.number(found.before_event)})"


def _since(event: Event) -> str:
    """Name the month that is compared with, and what happened after it."""
    if event.kind is EventKind.OPENED:
        return f"{event.before.label}, månaden innan {event.name} öppnade"
    return f"{event.before.label}, den sista månaden för {event.name}"


def _percent(amount: float) -> str:
    return formats.change(amount, in_points=False)


def came(clinics: Sequence[Clinic]) -> str:
    """`JeWe BUP Borlänge (öppnade oktober 2023) och Kiron Care BUP Hedemora (öppnade november 2023)`."""
    return formats.listed(
        [one.name + (f" (öppnade {one.opened.label})" if one.opened else "") for one in clinics]
    )


def went(clinics: Sequence[Clinic]) -> str:
    """`BUP Mora (ej rapporterat)`, or its last month where it has closed."""
    return formats.listed(
        [
            f"{one.name} ({f'sista månad {one.closed.label}' if one.closed else MissingReason.NOT_REPORTED.label})"
            for one in clinics
        ]
    )


def moves(found: Sequence[Moved]) -> str:
    """`Psykiatripartners BUP Falun +679 (+90 %), BUP Mora −209 (−27 %)`."""
    return ", ".join(map(_move, found))


def _move(one: Moved) -> str:
    percent = "" if one.percent is None else f" ({_percent(one.percent)})"
    return f"{one.clinic.name} {formats.signed(one.change)}{percent}"


def opened_before(clinics: Sequence[Clinic], before: Month) -> str:
    """Say of clinics that came into the figures after they had opened that they did; empty where none did."""
    known = [one for one in clinics if one.opened is not None and one.opened <= before]
    if not known:
        return ""
    years = sorted({str(one.opened.year) for one in known if one.opened})
    who = formats.listed([one.name for one in known])
    if len(known) == len(clinics):
        who = {1: "Den", 2: "Båda"}.get(len(known), "De")
    return (
        f" {who} öppnade {formats.listed(years)} men har sitt första värde i siffrorna efter {before.label}."
    )

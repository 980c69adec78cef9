"""What opens and closes near a clinic, in words."""

from collections.abc import Sequence

from portal.domain.insight.neighbours import EventKind, Moved, Neighbourhood, RegisterEvent
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.ui.base import formats


def numbered(happened: Neighbourhood) -> list[tuple[str, RegisterEvent]]:
    """Return the own municipality's events with the numbers that they have in the chart, oldest first."""
    return [(str(place), event) for place, event in enumerate(happened.near, start=1)]


def marks(happened: Neighbourhood) -> dict[Month, str]:
    """Return month → what stands at its line: the numbers of what happened that month."""
    numbers_by_month: dict[Month, list[str]] = {}
    for number, event in numbered(happened):
        numbers_by_month.setdefault(event.month, []).append(number)
    return {month: ", ".join(numbers) for month, numbers in numbers_by_month.items()}


def nobody_closed(around: Neighbourhood) -> str:
    """Say that nobody has closed where others have opened; empty when nothing happened or somebody did."""
    every = (*around.near, *around.elsewhere)
    if not every or any(event.kind is not EventKind.OPENED for event in every):
        return ""
    return "Ingen mottagning i registret har stängt under tiden."


def _percent(amount: float) -> str:
    return formats.change(amount, in_points=False)


def came(clinics: Sequence[Clinic]) -> str:
    """`JeWe BUP Borlänge (öppnade oktober 2023) och Kiron Care BUP Hedemora (öppnade november 2023)`."""
    return formats.listed(
        [clinic.name + (f" (öppnade {clinic.opened.label})" if clinic.opened else "") for clinic in clinics]
    )


def went(clinics: Sequence[Clinic]) -> str:
    """`BUP Mora (ej rapporterat)`, or its last month where it has closed."""
    return formats.listed(
        [
            f"{clinic.name} ({f'sista månad {clinic.closed.label}' if clinic.closed else MissingReason.NOT_REPORTED.label})"
            for clinic in clinics
        ]
    )


def moves(movements: Sequence[Moved]) -> str:
    """`Psykiatripartners BUP Falun +679 (+90 %), BUP Mora −209 (−27 %)`."""
    return ", ".join(map(_move, movements))


def _move(movement: Moved) -> str:
    percent = "" if movement.percent is None else f" ({_percent(movement.percent)})"
    return f"{movement.clinic.name} {formats.signed(movement.change)}{percent}"


def opened_before(clinics: Sequence[Clinic], before: Month) -> str:
    """Say of clinics that came into the figures after they had opened that they did; empty where none did."""
    earlier_clinics = [clinic for clinic in clinics if clinic.opened is not None and clinic.opened <= before]
    if not earlier_clinics:
        return ""
    years = sorted({str(clinic.opened.year) for clinic in earlier_clinics if clinic.opened})
    who = formats.listed([clinic.name for clinic in earlier_clinics])
    if len(earlier_clinics) == len(clinics):
        who = {1: "Den", 2: "Båda"}.get(len(earlier_clinics), "De")
    return (
        f" {who} öppnade {formats.listed(years)} men har sitt första värde i siffrorna efter {before.label}."
    )

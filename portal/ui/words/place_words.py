"""Where in the county access is poor, and why, as sentences with figures."""

from collections.abc import Sequence

from portal.domain.insight.places import FEWEST_CASES, SHARES, TO_CLEAR, Place, Places, farthest
from portal.domain.registry.annual import Figure, RegionalFigure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator
from portal.domain.registry.municipalities import MUNICIPALITIES
from portal.domain.release.standing import Position
from portal.services.insight import matrix
from portal.ui.base import formats


SHORT = {
    "first_visit_within_30d": "första besök",
    "investigation_within_30d": "utredning",
    "treatment_within_30d": "behandling",
}
FEWEST_REASONS = 2  # points on which a municipality is last before it is called the poorest

Reason = tuple[Place, str]


def position(found: Places, place: Place, indicator: Indicator) -> Position:
    """Say whether the municipality differs from the county by more than chance."""
    own = place.of(indicator.code)
    figure = Figure(value=own.value, numerator=own.numerator, denominator=own.denominator)
    return matrix.beside_region(indicator, figure, found.county.of(indicator.code))


def headline(found: Places) -> str:
    """Name the municipality that is last on most points, with its figures; or say that none is."""
    reasons = _reasons(found)
    by_place: dict[str, list[Reason]] = {}
    for place, text in reasons:
        by_place.setdefault(place.code, []).append((place, text))
    most = max((len(told) for told in by_place.values()), default=0)
    weakest = [told for told in by_place.values() if len(told) == most]
    if most < FEWEST_REASONS:
        return "**Ingen kommun ligger sämst på mer än en punkt.** Punkterna står nedan."
    told = [
        f"**{last[0][0].name}**: {'; '.join(filter(None, (*(text for _, text in last), _waits(found, last[0][0]))))}"
        for last in weakest
    ]
    late = any(_is_late(found, last[0][0]) for last in weakest)
    start = "Sämst är tillgången i" if late else "Sämst geografisk tillgång har"
    return f"{start} {'. Lika många punkter: '.join(told)}."


def _is_late(found: Places, place: Place) -> bool:
    """Tell whether the municipality is last on a point of waiting: its share, or its queue."""
    return place is found.slowest or any(
        place is found.lowest(code) and position(found, place, INDICATORS_BY_CODE[code]) is Position.WORSE
        for code in SHARES
    )


def _waits(found: Places, place: Place) -> str:
    """Say that the waits there are the county's, where that is known of every share; empty otherwise."""
    positions = {position(found, place, INDICATORS_BY_CODE[code]) for code in SHARES}
    if found.slowest is place or positions != {Position.LEVEL}:
        return ""
    return "väntetiderna där är i nivå med länets"


def _reasons(found: Places) -> list[Reason]:
    """Return each point on which one municipality is last; shares only when it is more than chance."""
    reasons: list[Reason] = []
    if nearest := _most_depend_on(found):
        reasons.append((nearest, _alone(found, nearest)))
    if fallen := found.largest_fall:
        reasons.append((fallen, f"patienterna har minskat mest, {_moved(fallen)}"))
    for code in SHARES:
        place = found.lowest(code)
        if place and position(found, place, INDICATORS_BY_CODE[code]) is Position.WORSE:
            reasons.append((place, f"lägst andel {SHORT[code]} inom 30 dagar, {_share(place.of(code))}"))
    if slow := found.slowest:
        months = formats.number(slow.of(TO_CLEAR).value, 1)
        reasons.append((slow, f"kön till utredning tar längst tid att beta av, {months} månader"))
    return reasons


def points(found: Places) -> list[str]:
    """Return the points themselves: no clinic, fewer patients, shares, queue."""
    return [text for text in (_without(found), _fall(found), _shares(found), _slow(found)) if text]


def _without(found: Places) -> str:
    without = found.without_clinic
    if not without:
        return "**Alla kommuner har en mottagning.**"
    text = f"**Ingen mottagning i {len(without)} av {len(found.places)} kommuner.**"
    if far := found.farthest:
        text += f" Längst är det från {_ways(far)}."
    if close := _most_depend_on(found):
        names = formats.listed([place.name for place in found.depend_on(close.code)])
        text += f" {close.name} ({_clinics(close)}) är närmast för {names}."
    return text


def _fall(found: Places) -> str:
    place = found.largest_fall
    owing = [one.name for one in found.places if one.silent]
    not_in = (
        f" Kan inte jämföras, mottagningar har inte rapporterat: {formats.listed(owing)}." if owing else ""
    )
    if place is None:
        compared = " av dem som kan jämföras" if owing else ""
        return f"Patienterna har inte minskat på ett år i någon kommun{compared}.{not_in}"
    county = f"; länet {percent(found.county.grown)}" if found.county.grown is not None else ""
    return f"**Patienterna minskar mest i {place.name}:** {_moved(place)} på ett år{county}.{not_in}"


def _shares(found: Places) -> str:
    told = []
    for code in SHARES:
        place, county = found.lowest(code), found.county.of(code)
        if place is None:
            continue
        is_worse = position(found, place, INDICATORS_BY_CODE[code]) is Position.WORSE
        told.append(
            f"{SHORT[code]} {place.name} {_share(place.of(code))}, länet {formats.percent(county.value)}, "
            f"{'mer än slumpen ger' if is_worse else 'inom slumpen'}"
        )
    if not told:
        return f"Lägst andel inom 30 dagar: ingen jämförelse, färre än {FEWEST_CASES} fall i kommunerna."
    lowest = f"**Lägst andel inom 30 dagar** (av kommuner med minst {FEWEST_CASES} fall): {'; '.join(told)}."
    return f"{lowest} {_worse(found)}"


def _worse(found: Places) -> str:
    """Name every share that is worse than the county's by more than chance, the lowest or not."""
    told = [
        f"{SHORT[code]} i {place.name}, {_share(place.of(code))}"
        for code in SHARES
        for place in found.places
        if place.of(code).value is not None
        and position(found, place, INDICATORS_BY_CODE[code]) is Position.WORSE
    ]
    if not told:
        return "Ingen kommun är sämre än länet mer än slumpen ger."
    return f"Sämre än länet, mer än slumpen ger: {'; '.join(told)}."


def _slow(found: Places) -> str:
    place, county = found.slowest, found.county.of(TO_CLEAR)
    if place is None:
        return ""
    return (
        f"**Kön till utredning tar längst tid att beta av i {place.name}:** "
        f"{formats.number(place.of(TO_CLEAR).value, 1)} månader i periodens takt; länet "
        f"{formats.number(county.value, 1)}."
    )


def nearest(place: Place) -> str:
    """`58 km till Mora`: the straight line between the seats."""
    if place.nearest is None:
        return ""
    return f"{formats.number(place.nearest.km)} km till {MUNICIPALITIES[place.nearest.code]}"


def _ways(far: Sequence[Place]) -> str:
    """`Malung-Sälen och Vansbro: 58 km till Mora`: one clinic's municipality after the other."""
    ways: dict[str, list[str]] = {}
    for place in far:
        ways.setdefault(nearest(place), []).append(place.name)
    return "; ".join(f"{formats.listed(names)}: {way}" for way, names in ways.items())


def percent(amount: float) -> str:
    """`−26,5 %`, as the report writes how patients grew."""
    return f"{formats.signed(amount, 1)}\u00a0%"


def _most_depend_on(found: Places) -> Place | None:
    with_clinic = [place for place in found.places if place.clinics]
    most = max(with_clinic, key=lambda place: len(found.depend_on(place.code)), default=None)
    return most if most and found.depend_on(most.code) else None


def _alone(found: Places, place: Place) -> str:
    depend = found.depend_on(place.code)
    far = farthest(depend)
    count = formats.plural(len(depend), "kommun", "kommuner")
    km = formats.number(far[0].nearest.km if far[0].nearest else None)
    names = formats.listed([one.name for one in far])
    return f"{_clinics(place)}, närmast för {count} utan egen, längst bort {names} ({km} km fågelvägen)"


def _clinics(place: Place) -> str:
    return formats.plural(len(place.clinics), "mottagning", "mottagningar")


def _moved(place: Place) -> str:
    return f"{formats.number(place.before.value)} → {formats.number(place.patients)} ({percent(place.grown or 0)})"


def _share(figure: RegionalFigure) -> str:
    cases = f"{formats.number(figure.numerator)} av {formats.number(figure.denominator)}"
    return f"{formats.percent(figure.value)} ({cases})"

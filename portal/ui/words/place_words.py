"""Where in the county access is poor, and why, as sentences with figures."""

from collections.abc import Sequence

from portal.domain.insight.places import SHARES, TO_CLEAR, MunicipalityAccess, Places, farthest
from portal.domain.insight.queue import PHASES
from portal.domain.registry.annual import FEWEST_CASES, Figure, RegionalFigure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator
from portal.domain.registry.municipalities import MUNICIPALITIES
from portal.domain.release.standing import Position
from portal.services.insight import matrix
from portal.ui.base import formats


SHORT = {phase.share: phase.awaited for phase in PHASES}
FEWEST_REASONS = 2  # points on which a municipality is last before it is called the poorest

Reason = tuple[MunicipalityAccess, str]


def position(places: Places, place: MunicipalityAccess, indicator: Indicator) -> Position:
    """Say whether the municipality differs from the county by more than chance."""
    own = place.of(indicator.code)
    figure = Figure(value=own.value, numerator=own.numerator, denominator=own.denominator)
    return matrix.beside_region(indicator, figure, places.county.of(indicator.code))


def headline(places: Places) -> str:
    """Name the municipality that is last on most points, with its figures; or say that none is."""
    reasons_by_place: dict[str, list[Reason]] = {}
    for place, text in _reasons(places):
        reasons_by_place.setdefault(place.code, []).append((place, text))
    most = max(map(len, reasons_by_place.values()), default=0)
    if most < FEWEST_REASONS:
        return "**Ingen kommun ligger sämst på mer än en punkt.** Punkterna står nedan."
    weakest = [reasons for reasons in reasons_by_place.values() if len(reasons) == most]
    is_late = any(_is_late(places, reasons[0][0]) for reasons in weakest)
    start = "Sämst är tillgången i" if is_late else "Sämst geografisk tillgång har"
    sentences = [_with_reasons(places, reasons) for reasons in weakest]
    return f"{start} {'. Lika många punkter: '.join(sentences)}."


def _with_reasons(places: Places, reasons: Sequence[Reason]) -> str:
    place = reasons[0][0]
    texts = [text for _, text in reasons]
    return f"**{place.name}**: {'; '.join(filter(None, (*texts, _waits(places, place))))}"


def _is_late(places: Places, place: MunicipalityAccess) -> bool:
    """Tell whether the municipality is last on a point of waiting: its share, or its queue."""
    return place is places.slowest or any(
        place is places.lowest(code) and position(places, place, INDICATORS_BY_CODE[code]) is Position.WORSE
        for code in SHARES
    )


def _waits(places: Places, place: MunicipalityAccess) -> str:
    """Say that the waits there are the county's, where that is known of every share; empty otherwise."""
    positions = {position(places, place, INDICATORS_BY_CODE[code]) for code in SHARES}
    if places.slowest is place or positions != {Position.LEVEL}:
        return ""
    return "väntetiderna där är i nivå med länets"


def _reasons(places: Places) -> list[Reason]:
    """Return each point on which one municipality is last; shares only when it is more than chance."""
    reasons: list[Reason] = []
    if nearest := _most_depend_on(places):
        reasons.append((nearest, _alone(places, nearest)))
    if fallen := places.largest_fall:
        reasons.append((fallen, f"patienterna har minskat mest, {_moved(fallen)}"))
    for code in SHARES:
        place = places.lowest(code)
        if place and position(places, place, INDICATORS_BY_CODE[code]) is Position.WORSE:
            reasons.append((place, f"lägst andel {SHORT[code]} inom 30 dagar, {_share(place.of(code))}"))
    if slow := places.slowest:
        months = formats.number(slow.of(TO_CLEAR).value, 1)
        reasons.append((slow, f"kön till utredning tar längst tid att beta av, {months} månader"))
    return reasons


def points(places: Places) -> list[str]:
    """Return the points themselves: no clinic, fewer patients, shares, queue."""
    return [text for text in (_without(places), _fall(places), _shares(places), _slow(places)) if text]


def _without(places: Places) -> str:
    without = places.without_clinic
    if not without:
        return "**Alla kommuner har en mottagning.**"
    text = f"**Ingen mottagning i {len(without)} av {len(places.places)} kommuner.**"
    if far_places := places.farthest:
        text += f" Längst är det från {_ways(far_places)}."
    if close := _most_depend_on(places):
        names = formats.listed([place.name for place in places.depend_on(close.code)])
        text += f" {close.name} ({_clinics(close)}) är närmast för {names}."
    return text


def _fall(places: Places) -> str:
    place = places.largest_fall
    silent_names = [municipality.name for municipality in places.places if municipality.silent]
    not_in = (
        f" Kan inte jämföras, mottagningar har inte rapporterat: {formats.listed(silent_names)}."
        if silent_names
        else ""
    )
    if place is None:
        limitation = " av dem som kan jämföras" if silent_names else ""
        return f"Patienterna har inte minskat på ett år i någon kommun{limitation}.{not_in}"
    county = f"; länet {percent(places.county.grown)}" if places.county.grown is not None else ""
    return f"**Patienterna minskar mest i {place.name}:** {_moved(place)} på ett år{county}.{not_in}"


def _shares(places: Places) -> str:
    share_texts = []
    for code in SHARES:
        place, county = places.lowest(code), places.county.of(code)
        if place is None:
            continue
        is_worse = position(places, place, INDICATORS_BY_CODE[code]) is Position.WORSE
        share_texts.append(
            f"{SHORT[code]} {place.name} {_share(place.of(code))}, länet {formats.percent(county.value)}, "
            f"{'mer än slumpen ger' if is_worse else 'inom slumpen'}"
        )
    if not share_texts:
        return f"Lägst andel inom 30 dagar: ingen jämförelse, färre än {FEWEST_CASES} fall i kommunerna."
    lowest = f"**Lägst andel inom 30 dagar** (av kommuner med minst {FEWEST_CASES} fall): {'; '.join(share_texts)}."
    return f"{lowest} {_worse(places)}"


def _worse(places: Places) -> str:
    """Name every share that is worse than the county's by more than chance, the lowest or not."""
    share_texts = [
        f"{SHORT[code]} i {place.name}, {_share(place.of(code))}"
        for code in SHARES
        for place in places.places
        if place.of(code).value is not None
        and position(places, place, INDICATORS_BY_CODE[code]) is Position.WORSE
    ]
    if not share_texts:
        return "Ingen kommun är sämre än länet mer än slumpen ger."
    return f"Sämre än länet, mer än slumpen ger: {'; '.join(share_texts)}."


def _slow(places: Places) -> str:
    place, county = places.slowest, places.county.of(TO_CLEAR)
    if place is None:
        return ""
    return (
        f"**Kön till utredning tar längst tid att beta av i {place.name}:** "
        f"{formats.number(place.of(TO_CLEAR).value, 1)} månader i periodens takt; länet "
        f"{formats.number(county.value, 1)}."
    )


def nearest(place: MunicipalityAccess) -> str:
    """`58 km till Mora`: the straight line between the seats."""
    if place.nearest is None:
        return ""
    return f"{formats.number(place.nearest.km)} km till {MUNICIPALITIES[place.nearest.code]}"


def _ways(far_places: Sequence[MunicipalityAccess]) -> str:
    """`Malung-Sälen och Vansbro: 58 km till Mora`: one clinic's municipality after the other."""
    ways: dict[str, list[str]] = {}
    for place in far_places:
        ways.setdefault(nearest(place), []).append(place.name)
    return "; ".join(f"{formats.listed(names)}: {way}" for way, names in ways.items())


def percent(amount: float) -> str:
    """`−26,5 %`, as the report writes how patients grew."""
    return f"{formats.signed(amount, 1)}\u00a0%"


def _most_depend_on(places: Places) -> MunicipalityAccess | None:
    with_clinic = [place for place in places.places if place.clinics]
    most = max(with_clinic, key=lambda place: len(places.depend_on(place.code)), default=None)
    return most if most and places.depend_on(most.code) else None


def _alone(places: Places, place: MunicipalityAccess) -> str:
    depend = places.depend_on(place.code)
    far_places = farthest(depend)
    count = formats.plural(len(depend), "kommun", "kommuner")
    km = formats.number(far_places[0].nearest.km if far_places[0].nearest else None)
    names = formats.listed([municipality.name for municipality in far_places])
    return f"{_clinics(place)}, närmast för {count} utan egen, längst bort {names} ({km} km fågelvägen)"


def _clinics(place: MunicipalityAccess) -> str:
    return formats.plural(len(place.clinics), "mottagning", "mottagningar")


def _moved(place: MunicipalityAccess) -> str:
    return f"{formats.number(place.before.value)} → {formats.number(place.patients)} ({percent(place.grown or 0)})"


def _share(figure: RegionalFigure) -> str:
    cases = f"{formats.number(figure.numerator)} av {formats.number(figure.denominator)}"
    return f"{formats.percent(figure.value)} ({cases})"

"""Access by municipality, as sentences with figures."""

from portal.domain.insight.places import SHARES, TO_CLEAR, MunicipalityAccess, Places
from portal.domain.insight.queue import PHASES
from portal.domain.registry.annual import FEWEST_CASES, Figure, RegionalFigure
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator
from portal.domain.release.standing import Position
from portal.services.insight import matrix
from portal.ui.base import formats


SHORT = {phase.share: phase.awaited for phase in PHASES}


def position(places: Places, place: MunicipalityAccess, indicator: Indicator) -> Position:
    """Say whether the municipality differs from the county by more than chance."""
    own = place.of(indicator.code)
    figure = Figure(value=own.value, numerator=own.numerator, denominator=own.denominator)
    return matrix.beside_region(indicator, figure, places.county.of(indicator.code))


def farthest(places: Places) -> tuple[str, str]:
    """Return who has the longest way to a clinic, and how far: `Malung-Sälen och Vansbro`, `58 km till Mora`."""
    names = formats.listed([place.name for place in places.farthest])
    return names, "; ".join(dict.fromkeys(map(nearest, places.farthest)))


def points(places: Places) -> list[str]:
    """Return the points themselves: no clinic, fewer patients, shares, queue."""
    return [text for text in (_without(places), _fall(places), _shares(places), _slow(places)) if text]


def _without(places: Places) -> str:
    without = places.without_clinic
    if not without:
        return "**Alla kommuner har en mottagning.**"
    text = f"**Ingen mottagning i {len(without)} av {len(places.places)} kommuner.**"
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
    return f"{formats.number(place.nearest.km)} km till {place.nearest.name}"


def percent(amount: float) -> str:
    """`−26,5 %`, as the report writes how patients grew."""
    return f"{formats.signed(amount, 1)}\u00a0%"


def _most_depend_on(places: Places) -> MunicipalityAccess | None:
    with_clinic = [place for place in places.places if place.clinics]
    most = max(with_clinic, key=lambda place: len(places.depend_on(place.code)), default=None)
    return most if most and places.depend_on(most.code) else None


def _clinics(place: MunicipalityAccess) -> str:
    return formats.plural(len(place.clinics), "mottagning", "mottagningar")


def _moved(place: MunicipalityAccess) -> str:
    return f"{formats.number(place.before.value)} → {formats.number(place.patients)} ({percent(place.grown or 0)})"


def _share(figure: RegionalFigure) -> str:
    cases = f"{formats.number(figure.numerator)} av {formats.number(figure.denominator)}"
    return f"{formats.percent(figure.value)} ({cases})"

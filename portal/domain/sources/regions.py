"""The country's regions by their names, each with what else it is called."""

_ALSO = {
    "Jämtland Härjedalen": ("Jämtland", "Jämtlands län"),
    "Sörmland": ("Södermanland", "Södermanlands län"),
    "Västra Götaland": ("Västra Götalandsregionen",),
}
_NAMES = (
    *("Blekinge", "Dalarna", "Gotland", "Gävleborg", "Halland", "Jämtland Härjedalen", "Jönköping", "Kalmar"),
    *("Kronoberg", "Norrbotten", "Skåne", "Stockholm", "Sörmland", "Uppsala", "Värmland", "Västerbotten"),
    *("Västernorrland", "Västmanland", "Västra Götaland", "Örebro", "Östergötland"),
)


def _names(name: str) -> tuple[str, ...]:
    """`Gävleborg`, `Region Gävleborg`, `Gävleborgs län`; the name itself first."""
    forms = (name, f"{name} län", f"{name}s län")
    return (*forms, *(f"Region {form}" for form in forms), *_ALSO.get(name, ()))


REGIONS = tuple(map(_names, _NAMES))

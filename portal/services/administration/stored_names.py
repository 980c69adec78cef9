"""Names that are stored in two spellings, or beside a code that has another: what `portal check` says of them."""

from collections.abc import Iterable, Iterator

from db.registry import clinics
from db.scoping import ScopedConnection
from db.sources import facts
from portal.domain.registry.names import near_equals
from portal.services.context import region_in


def near_equal_clinics(scoped: ScopedConnection) -> Iterator[str]:
    return _quoted(clinic.name for clinic in clinics.list_in_scope(scoped))


def near_equal_providers(scoped: ScopedConnection) -> Iterator[str]:
    return _quoted(clinic.provider for clinic in clinics.list_in_scope(scoped))


def near_equal_parts(scoped: ScopedConnection) -> Iterator[str]:
    return _quoted(facts.list_parts(scoped, with_value=True))


def other_municipalities(scoped: ScopedConnection) -> Iterator[str]:
    """Yield the clinics whose municipality is not called what its code is called."""
    names = region_in(scoped).names
    for clinic in clinics.list_in_scope(scoped):
        if clinic.municipality != names.get(clinic.municipality_code):
            yield f"{clinic.code}: {clinic.municipality_code} {clinic.municipality!r}"


def _quoted(names: Iterable[str]) -> Iterator[str]:
    for spellings in near_equals(names):
        yield ", ".join(map(repr, spellings))

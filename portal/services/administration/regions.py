"""What the region says of itself: its name, and who gives it the figures of its sources."""

import json

from db import installation
from portal.domain.accounts.access import User, check_is_administrator
from portal.domain.registry.names import plain_name
from portal.domain.registry.region import DALARNA
from portal.domain.reporting.texts import storable
from portal.domain.sources.declared import SUPPLIERS
from portal.services.context import Portal
from portal.services.refused import Refused


SHORTEST_NAME, LONGEST_NAME = 3, 60


def set_name(portal: Portal, user: User, name: str) -> None:
    """Set what the region is called; raises Refused, AccessDenied.

    What the portal comes with about its first region, printed figures and the report's first texts, is not another's.
    """
    check_is_administrator(user)
    name = storable(plain_name(name))
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        raise Refused(f"Regionens namn ska ha {SHORTEST_NAME}–{LONGEST_NAME} tecken.", about="name")
    if name == portal.region.name:
        return  # a second click changes nothing
    with portal.writing(user) as writing:
        if name == DALARNA.name:
            installation.remove(writing, name=installation.REGION_NAME)
        else:
            installation.put(writing, name=installation.REGION_NAME, value=name)
        writing.record("region.changed", subject=name)
    portal.forget_days()


def set_supplier(portal: Portal, user: User, *, code: str, name: str) -> None:
    """Set who gives the figures of one of the sources, or the clinics' own; raises Refused, AccessDenied."""
    check_is_administrator(user)
    name = storable(plain_name(name))
    if not SHORTEST_NAME <= len(name) <= LONGEST_NAME:
        raise Refused(f"Den som lämnar siffrorna ska ha {SHORTEST_NAME}–{LONGEST_NAME} tecken.", about="name")
    if name == portal.region.in_words(SUPPLIERS[code]):
        return  # a second click changes nothing
    with portal.writing(user) as writing:
        stored = json.loads(installation.find(writing, name=installation.SUPPLIERS) or "{}")
        value = json.dumps(stored | {code: name}, ensure_ascii=False, sort_keys=True)
        installation.put(writing, name=installation.SUPPLIERS, value=value)
        writing.record("region.changed", subject=code, details={"source": name})
    portal.forget_days()

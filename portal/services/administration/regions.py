"""What the region says of itself: its name and logo, its municipalities and their shapes, and who gives it the figures of its sources."""

import json
import re
from collections.abc import Collection, Sequence
from dataclasses import astuple
from hashlib import sha256

from db import installation
from db.registry import clinics
from portal.domain.accounts.access import User, check_is_administrator
from portal.domain.registry.municipalities import (
    EASTERNMOST,
    NORTHERNMOST,
    SOUTHERNMOST,
    WESTERNMOST,
    Municipality,
)
from portal.domain.registry.names import plain_name
from portal.domain.registry.region import DALARNA, Region
from portal.domain.reporting.texts import storable
from portal.domain.sources.declared import SUPPLIERS
from portal.services.context import Portal, Writing
from portal.services.refused import Refused
from portal.uploads.setup import borders, logo_file


SHORTEST_NAME, LONGEST_NAME = 3, 60
SHORTEST_MUNICIPALITY = 2
MAP_SUBJECT, LOGO_SUBJECT = "karta", "logotyp"


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


def set_municipality(portal: Portal, user: User, new: Municipality) -> None:
    """Add a municipality, or change what is known of one; raises Refused, AccessDenied.

    The first of another county begins a list of its own: of the ones before, those stay in which there are clinics.
    """
    check_is_administrator(user)
    _check_municipality(new)
    if new in portal.region.municipalities:
        return  # a second click changes nothing
    with portal.writing(user) as writing:
        used = _used(writing)
        if new.code in used and new.name != portal.region.names.get(new.code):
            raise Refused("I kommunen finns mottagningar: den byter inte namn.", about="name")
        _put(writing, _with(new, portal.region, used))
        writing.record("region.changed", subject=new.code, details={"municipality": new.name})
    portal.forget_days()


def remove_municipality(portal: Portal, user: User, code: str) -> None:
    """Take a municipality out of the region; raises Refused, AccessDenied. What was entered about it stays stored."""
    check_is_administrator(user)
    names = portal.region.names
    if code not in names:
        return  # a second click changes nothing
    with portal.writing(user) as writing:
        if code in _used(writing):
            raise Refused(f"I {names[code]} finns mottagningar: kommunen blir kvar.", about="code")
        others = [municipality for municipality in portal.region.municipalities if municipality.code != code]
        if not others:
            raise Refused("Det är regionens enda kommun: den blir kvar.", about="code")
        _put(writing, others)
        writing.record("region.municipality_removed", subject=code, details={"municipality": names[code]})
    portal.forget_days()


def _used(writing: Writing) -> set[str]:
    """Return the codes of the municipalities in which there is a clinic, open or closed."""
    return {clinic.municipality_code for clinic in clinics.list_in_scope(writing)}


def _put(writing: Writing, municipalities: Sequence[Municipality]) -> None:
    value = json.dumps([astuple(municipality) for municipality in municipalities], ensure_ascii=False)
    installation.put(writing, name=installation.MUNICIPALITIES, value=value)


def _with(new: Municipality, region: Region, used: Collection[str]) -> list[Municipality]:
    counties = {municipality.county for municipality in region.municipalities}
    others = [
        municipality
        for municipality in region.municipalities
        if municipality.code != new.code and (new.county in counties or municipality.code in used)
    ]
    return sorted([*others, new], key=lambda municipality: municipality.code)


def _check_municipality(new: Municipality) -> None:
    if not re.fullmatch(r"[0-9]{4}", new.code):
        raise Refused("Kommunkoden är fyra siffror.", about="code")
    if not SHORTEST_MUNICIPALITY <= len(storable(new.name)) <= LONGEST_NAME:
        raise Refused(f"Namnet ska ha {SHORTEST_MUNICIPALITY}–{LONGEST_NAME} tecken.", about="name")
    if not SOUTHERNMOST <= new.latitude <= NORTHERNMOST:
        raise Refused(
            f"Latituden ligger mellan {SOUTHERNMOST} och {NORTHERNMOST} i Sverige.", about="latitude"
        )
    if not WESTERNMOST <= new.longitude <= EASTERNMOST:
        raise Refused(
            f"Longituden ligger mellan {WESTERNMOST} och {EASTERNMOST} i Sverige.", about="longitude"
        )


def set_borders(portal: Portal, user: User, content: bytes) -> None:
    """Set the municipalities' shapes, from a file; raises Refused, AccessDenied."""
    check_is_administrator(user)
    shapes = borders.read(content, portal.region)
    if shapes == portal.region.borders:
        return  # a second click changes nothing
    with portal.writing(user) as writing:
        installation.put(writing, name=installation.BORDERS, value=shapes)
        writing.record("region.changed", subject=MAP_SUBJECT, details={"sha256": sha256(content).hexdigest()})
    portal.forget_days()


def set_logo(portal: Portal, user: User, content: bytes) -> None:
    """Set the picture that stands for the region, from a file; raises Refused, AccessDenied."""
    check_is_administrator(user)
    logo = logo_file.read(content)
    if logo == portal.region.logo:
        return  # a second click changes nothing
    with portal.writing(user) as writing:
        installation.put(writing, name=installation.LOGO, value=logo.address)
        writing.record("region.changed", subject=LOGO_SUBJECT, details={"sha256": logo.sha256})
    portal.forget_days()


def remove_logo(portal: Portal, user: User) -> None:
    """Have the word mark again; raises AccessDenied."""
    check_is_administrator(user)
    if portal.region.logo is None:
        return  # a second click changes nothing
    with portal.writing(user) as writing:
        installation.remove(writing, name=installation.LOGO)
        writing.record("region.logo_removed", subject=LOGO_SUBJECT)
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

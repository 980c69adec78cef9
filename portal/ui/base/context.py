"""The process's one Portal: handed over by the server, or opened from the environment."""

from functools import cache

from portal import settings
from portal.services.context import Portal, open_portal


_portals: list[Portal] = []


def give_portal(new_portal: Portal) -> None:
    """Make this the portal of every page from now on."""
    _portals[:] = [new_portal]


def portal() -> Portal:
    return _portals[0] if _portals else _opened()


@cache
def _opened() -> Portal:
    return open_portal(settings.load())

"""The process's one Portal: handed over by the server, or opened from the environment."""

from functools import cache

from portal import settings
from portal.services.context import Portal, open_portal


_given: list[Portal] = []


def give_portal(given: Portal) -> None:
    """Make this the portal of every page from now on."""
    _given[:] = [given]


def portal() -> Portal:
    return _given[0] if _given else _opened()


@cache
def _opened() -> Portal:
    return open_portal(settings.load())

"""What every run would pay for anew, done once or when nobody waits: the theme's message, and Python's full collection."""

import asyncio
import gc
import time
from collections.abc import Callable
from functools import cache

from streamlit.navigation import page as navigation_page
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.util import calc_hash


PAUSE = 1.0  # seconds between two looks
AT_REST = 0.5  # of a processor: with less in use in the last pause nobody waits long
WORTH_IT = 5  # collections of younger objects since the last full one
MANY = 100  # of them: then Python does not wait for rest
WRITTEN_THEME = app_session._populate_theme_msg


@cache
def _theme_of(section: str) -> CustomThemeConfig:
    theme = CustomThemeConfig()
    WRITTEN_THEME(theme, section)
    return theme


def _write_theme(msg: CustomThemeConfig, section: str = "theme") -> None:
    theme = _theme_of(section)
    if theme.ByteSize():
        msg.MergeFrom(theme)


_hash_of = cache(calc_hash)


def _page_hash(page: navigation_page.Page) -> str:
    return _hash_of(page._url_path)


def bind() -> None:
    """Have Streamlit read the theme out of its options once, not six times for every run, and name pages once.

    After options are set.
    """
    _theme_of.cache_clear()
    app_session._populate_theme_msg = _write_theme
    navigation_page.Page._script_hash = property(_page_hash)  # type: ignore[assignment]


def spread_collections() -> None:
    """Have Python leave full collections to `collect_at_rest`, unless the server has no rest for long.

    One looks through all that is remembered, for a tenth of a second in which no page goes on.
    """
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, MANY)


async def collect_at_rest(clock: Callable[[], float] = time.process_time) -> None:
    """Collect whenever it is worth it and the server has little to do, until cancelled."""
    used = clock()
    while True:
        await asyncio.sleep(PAUSE)
        before, used = used, clock()
        if used - before < AT_REST * PAUSE and gc.get_count()[-1] >= WORTH_IT:
            gc.collect()
            used = clock()

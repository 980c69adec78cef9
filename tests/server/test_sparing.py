"""What runs are spared: the theme is the one that Streamlit would write, and garbage goes when nobody waits."""

import asyncio
import gc
from itertools import count

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig

from portal import settings, sparing


SECTIONS = (
    "theme",
    "theme.light",
    "theme.dark",
    "theme.sidebar",
    "theme.light.sidebar",
    "theme.dark.sidebar",
)


@pytest.fixture
def own_theme():
    """The portal's own theme in Streamlit's options, as the server sets it."""
    themed = {name: value for name, value in settings.streamlit_options().items() if name.startswith("theme")}
    before = {name: config.get_option(name) for name in themed}
    for name, value in themed.items():
        config.set_option(name, value)
    sparing.bind()
    yield
    for name, value in before.items():
        config.set_option(name, value)
    sparing.bind()


def written(write):
    message = CustomThemeConfig()
    for section in SECTIONS:
        place = message
        for name in section.split(".")[1:]:
            place = getattr(place, name)
        write(place, section)
    return message


def test_the_theme_that_is_kept_is_the_one_that_streamlit_writes(own_theme):
    expected = written(sparing.WRITTEN_THEME)

    assert written(sparing.app_session._populate_theme_msg) == expected
    assert written(sparing.app_session._populate_theme_msg) == expected
    assert expected.dark.sidebar.text_color == "#ffffff"
    assert not expected.HasField("sidebar")


@pytest.mark.parametrize(
    ("processor_time", "younger", "is_collected"),
    [
        (lambda: 7.0, sparing.WORTH_IT, True),
        (lambda: 7.0, sparing.WORTH_IT - 1, False),
        (count().__next__, sparing.WORTH_IT, False),
    ],
    ids=["at rest", "hardly anything to collect", "busy"],
)
def test_garbage_is_collected_when_there_is_some_and_the_server_has_little_to_do(
    monkeypatch, processor_time, younger, is_collected
):
    collected = []
    monkeypatch.setattr(sparing, "PAUSE", 0.001)
    monkeypatch.setattr(gc, "get_count", lambda: (0, 0, younger))
    monkeypatch.setattr(gc, "collect", lambda: collected.append(1))

    async def wait():
        await asyncio.wait_for(sparing.collect_at_rest(processor_time), timeout=0.1)

    with pytest.raises(TimeoutError):
        asyncio.run(wait())
    assert bool(collected) is is_collected


def test_only_full_collections_wait(monkeypatch):
    asked = []
    monkeypatch.setattr(gc, "get_threshold", lambda: (700, 10, 10))
    monkeypatch.setattr(gc, "set_threshold", lambda *thresholds: asked.append(thresholds))

    sparing.spread_collections()

    assert asked == [(700, 10, sparing.MANY)]

"""Pages as AppTest sees them, written out as indented lines: every element, every word, every chart."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qsl

import pyarrow as pa
from google.protobuf.json_format import MessageToDict
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest, local_script_runner
from streamlit.testing.v1.element_tree import parse_tree_from_messages
from time_machine import Traveller

from tests.outputs.documents import is_readable, text_of
from tests.outputs.recording import Recording


TIMEOUT = 60
SECONDS_APART = 10  # two pages, two files
# What an element is called between Streamlit and the browser: nobody sees it, and it differs from run to run.
UNSEEN = {"id", "form_id", "element_id", "deferred_file_id", "page_script_hash"}


@dataclass
class Listener:
    """What Streamlit sends and keeps of a run, where AppTest itself doesn't tell."""

    messages: list = field(default_factory=list)
    files: dict[str, Callable[[], bytes]] = field(default_factory=dict)

    @contextmanager
    def listening(self) -> Iterator[None]:
        with (
            patch.object(local_script_runner, "parse_tree_from_messages", self._parse),
            patch.object(MediaFileManager, "add_deferred", self._add_deferred),
            patch.object(MediaFileManager, "add", self._add),
        ):
            yield

    def sent(self, kind: str) -> list:
        """Return the messages of a kind, such as the menu."""
        return [getattr(message, kind) for message in self.messages if message.WhichOneof("type") == kind]

    def _parse(self, messages):
        self.messages = list(messages)
        return parse_tree_from_messages(messages)

    def _add_deferred(self, make, mimetype, coordinates, file_name=None, **_):
        self.files[file_name] = make
        return "made-on-the-click"

    def _add(self, content, mimetype, coordinates, file_name=None, **_):
        self.files[file_name] = lambda: content if isinstance(content, bytes) else content.encode()
        return "/file"


@dataclass
class Browser:
    """Opens pages as somebody, and writes down what stands there."""

    recording: Recording
    entry: Path  # the script that Streamlit runs
    clock: Traveller  # stands still, so that what is ordered by time has its order on every machine
    listener: Listener = field(default_factory=Listener)
    offers: dict[str, Callable[[], bytes]] = field(default_factory=dict)

    @cached_property
    def pages(self) -> dict[str, str]:
        """Every registered page's path, with what Streamlit calls it."""
        self._new().run()
        (menu, *_) = self.listener.sent("navigation")
        return {page.url_pathname: page.page_script_hash for page in menu.app_pages}

    def open(self, username: str, address: str) -> AppTest:
        """Open a page and its choices (`indikator?manad=2024-12`) as somebody, or as nobody."""
        path, _, query = address.partition("?")
        page_hash = self.pages[path]
        app = self._new()
        app.user = {"username": username, "sid": f"session-{username}"} if username else {}
        app.query_params.update(parse_qsl(query))
        app._page_hash = page_hash  # switch_page would want a run of the start page first
        return app.run()

    def _new(self) -> AppTest:
        return AppTest.from_file(str(self.entry), default_timeout=TIMEOUT)

    def write(self, name: str, app: AppTest) -> None:
        """Write the page, its charts to a file of their own, and remember the files it offers."""
        outline = Outline()
        titles = [message.title for message in self.listener.sent("page_config_changed") if message.title]
        lines = [*outline.of("window", titles), *outline.of_node(app._tree)]
        self.recording.write(f"{name}.txt", "\n".join(lines))
        if outline.charts:
            self.recording.write(f"{name}.charts.txt", "\n".join(outline.charts))
        for file_name, make in self.listener.files.items():
            self.offers.setdefault(f"files/{'/'.join(name.split('/')[:2])}/{file_name}", make)
        self.listener.files.clear()
        self.clock.shift(SECONDS_APART)

    def write_menu(self, name: str) -> None:
        menu = [dict_of(message) for message in self.listener.sent("navigation")]
        self.recording.write(f"{name}.txt", "\n".join(Outline().of("menu", menu)))

    def write_files(self) -> None:
        """Write the files that pages offered, made now as if on the click."""
        for name, make in self.offers.items():
            if is_readable(name):
                self.recording.write(f"{name}.txt", text_of(name, make()))
                self.clock.shift(SECONDS_APART)
        self.offers.clear()


def dict_of(message) -> dict:
    return MessageToDict(message, preserving_proto_field_name=True)


@dataclass
class Outline:
    """A page as indented lines; charts are numbered and kept beside them."""

    charts: list[str] = field(default_factory=list)

    def of(self, name: str, value, depth: int = 0) -> Iterator[str]:
        margin = "  " * depth
        if isinstance(value, dict):
            yield f"{margin}{name}"
            for key in sorted(value.keys() - UNSEEN):
                yield from self.of(key, value[key], depth + 1)
        elif isinstance(value, list):
            yield f"{margin}{name}"
            for entry in value:
                yield from self.of("-", entry, depth + 1)
        else:
            first, *further = re.sub(r">\s*<", ">\n<", str(value)).split("\n")
            yield f"{margin}{name}: {first}"
            yield from (f"{margin}    {line}" for line in further)

    def of_node(self, node, depth: int = 0) -> Iterator[str]:
        yield from self.of(node.type, self._fields(node), depth)
        for _, child in sorted(getattr(node, "children", {}).items()):
            yield from self.of_node(child, depth + 1)

    def _fields(self, node) -> dict:
        if node.type == "table":
            return {"rows": node.value.to_csv(sep=";")}
        if node.type == "vega_lite_chart":
            self.charts.append(chart_text(len(self.charts) + 1, node.proto))
            looks = dict_of(node.proto)
            return {key: looks[key] for key in looks.keys() - {"spec", "data", "datasets"}}
        return dict_of(node.proto) if getattr(node, "proto", None) else {}


def chart_text(number: int, proto) -> str:
    """Return a chart's specification and the rows that it was sent."""
    spec = json.dumps(json.loads(proto.spec), ensure_ascii=False, indent=1, sort_keys=True)
    tables = [table.data for table in (proto.data, *(entry.data for entry in proto.datasets)) if table.data]
    rows = [row for table in tables for row in pa.ipc.open_stream(table).read_all().to_pylist()]
    return "\n".join([f"# chart {number}", spec, *(json.dumps(row, ensure_ascii=False) for row in rows)])

"""Pages as AppTest sees them, on the demo's figures."""

import re
from html import unescape
from math import isnan

import pyarrow as pa
import pytest
from lxml import html
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from portal.demo import build
from portal.services.accounts import login
from portal.settings import ROOT
from portal.ui.base.context import give_portal
from portal.ui.page.navigation import PAGES, page_path


ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+!<>|~$:])")  # of frame.plain: shown without its stroke
APP = str(ROOT / "portal" / "ui" / "app.py")


def is_nan(value):
    return isinstance(value, float) and isnan(value)


class OpenPage:
    """A page opened by somebody; what people can read on it, and its widgets."""

    def __init__(self, app):
        self.app = app

    @property
    def text(self):
        app = self.app
        texts = [element.proto.body for element in app.get("html")]
        for kind in (app.title, app.header, app.subheader, app.markdown, app.caption, app.text):
            texts += [element.value for element in kind]
        for kind in (app.info, app.success, app.warning, app.error):
            texts += [element.value for element in kind]
        return ESCAPED.sub(r"\1", unescape(" ".join(texts)).replace("\u00a0", " "))

    @property
    def html(self):
        """The page's own HTML, as one tree."""
        bodies = "".join(element.proto.body for element in self.app.get("html"))
        return html.fragment_fromstring(bodies, create_parent="div")

    def chart_rows(self, place=0):
        """Return what a chart was sent, row by row; a value that isn't there is None."""
        proto = self.app.get("vega_lite_chart")[place].proto
        rows = pa.ipc.open_stream(proto.data.data).read_all().to_pylist()
        return [{name: None if is_nan(value) else value for name, value in row.items()} for row in rows]

    def buttons(self):
        return [button.label for button in self.app.button]

    def unfold(self, key):
        """Open a fold whose inside is made when somebody opens it."""
        self.app.session_state[f"fold-{key}"] = True
        self.app.run()
        assert not self.app.exception
        return self

    def press(self, label):
        next(button for button in self.app.button if button.label == label).click().run()
        assert not self.app.exception
        return self

    def confirm(self, label):
        """Press the dialog's own button, which acts and closes it."""
        asked = self.app.button(key="asked-yes")
        assert asked.label == label
        asked.click().run()
        assert not self.app.exception
        return self

    def choose(self, label, value):
        boxes = (*self.app.selectbox, *self.app.radio)
        next(box for box in boxes if box.label == label).set_value(value).run()
        assert not self.app.exception
        return self


def open_app(portal, username):
    """Return the pages as a demo account meets them: logged in, with the first one open."""
    return new_app(portal, username).run()


def new_app(portal, username):
    """Return the pages for a demo account that has logged in, before one of them is open."""
    password = next(a.password for a in build.list_accounts() if a.username == username)
    ticket = login.begin(portal, username, password)
    _, sid = login.open_session(portal, ticket.secret)
    app = AppTest.from_file(APP, default_timeout=30)
    app.user = {"username": username, "sid": sid}
    # As in a browser, an address leads to its page at once; AppTest knows the pages after its first run only.
    app._registered_pages = {
        calc_hash(page.url_path): {
            "script_path": str(ROOT / "pages" / page.file),
            "url_pathname": page.url_path,
        }
        for page in PAGES
    }
    return app


@pytest.fixture
def open_page(own_demo):
    """Return a function that opens a page as a demo account, with the address's choices."""
    give_portal(own_demo)

    def open_(username, page, **parameters):
        app = new_app(own_demo, username)
        for name, value in parameters.items():
            app.query_params[name] = value
        app.switch_page(str(page_path(page))).run()
        assert not app.exception
        return OpenPage(app)

    return open_


@pytest.fixture
def press_download(monkeypatch):
    """Return a function: (page, label) → the file that a click on the button hands out, made as the click makes it."""
    contents, add_deferred = {}, MediaFileManager.add_deferred

    def note(manager, content, *args, **details):
        file_id = add_deferred(manager, content, *args, **details)
        contents[file_id] = content
        return file_id

    monkeypatch.setattr(MediaFileManager, "add_deferred", note)

    def press(page, label):
        (button,) = [each.proto for each in page.app.get("download_button") if each.proto.label == label]
        return contents[button.deferred_file_id]()

    return press

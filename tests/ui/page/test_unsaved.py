"""When nothing can be stored, each page says so, keeps what was typed, and stores it at the next try."""

import resource
import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.state.common import TESTING_KEY

from db import engine
from db.engine import Database
from portal.domain.accounts.access import OPERATOR, ClinicUser
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import State
from portal.services.annual_report import texts
from portal.services.annual_report.texts import NewText
from portal.services.reporting import drafts
from portal.services.review import reviews
from portal.ui.base.context import give_portal
from portal.ui.page.frame import PRESS_LOST
from tests.conftest import add_account
from tests.services.region import send
from tests.ui.login.test_login import open_app


JANUARY = Month(2025, 1)
FALUN = ClinicUser("falun", "Fia Falun", ("falun",))
UNSAVED = "Inte sparat. Det du skrev står kvar. Försök igen om en stund."


@contextmanager
def lock(path):
    """Another program holds the write lock for longer than anybody waits."""
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def fill_disk(_path):
    """No file of this process may grow by one byte."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.fixture
def impatient(portal, monkeypatch):
    """The portal, which waits for a lock no longer than a test may."""
    monkeypatch.setattr(engine, "BUSY_TIMEOUT_MS", 20)
    object.__setattr__(portal, "database", Database(portal.database.url))
    give_portal(portal)
    yield portal
    portal.database.engine.dispose()


@dataclass
class Box:
    """A box on an open page, and how what stands in it is stored."""

    app: object
    kind: str
    key: str
    button: str = ""

    @property
    def element(self):
        return getattr(self.app, self.kind)(key=self.key)

    def type(self, text):
        self.element.set_value(text)
        return self.store()

    def store(self):
        self.click()
        self.app.run()
        return self

    def click(self):
        if self.button:
            next(button for button in self.app.button if button.label == self.button).click()

    def lose_session(self):
        """Send what the page holds to a session that knows nothing of it, as a browser does that finds it again."""
        widget_states = self.app._tree.get_widget_states()
        begun = SessionState()
        begun[TESTING_KEY] = {}
        self.app._session_state = SafeSessionState(begun, lambda: None)
        self.app._run(widget_states)
        assert not self.app.exception


def form_box(portal):
    app = open_app(portal, "falun", "submit")
    app.get("button_group")[0].set_value("Fyll i här").run()
    return Box(app, "text_input", "form falun 2025-01 calls")


def stored_draft(portal):
    draft = drafts.find(portal, FALUN, clinic="falun", month=JANUARY)
    return draft.texts.get("calls") if draft else None


def review_box(portal):
    send(portal, month=JANUARY)
    app = open_app(portal, "region", "review")
    return Box(app, "text_area", "comment falun 2025-01 1", "Återlämna BUP Falun januari 2025")


def stored_comment(portal):
    case = reviews.open_case(portal, OPERATOR, clinic="falun", month=JANUARY)
    return case.comments[-1].text if case.submission.state is State.RETURNED else None


def report_box(portal):
    app = open_app(portal, "region", "annual_report")
    app.radio[0].set_value("2").run()
    open_text(app)
    return Box(app, "text_area", "report-text-2024-2:inledning", "Spara texten")


def open_text(app):
    app.button(key="edit-report-text-2024-2").click().run()


def stored_text(portal):
    versions = texts.list_versions(portal, OPERATOR, year=2024, section="2:inledning")
    return versions[0].text if versions else None


BOXES = [
    (form_box, stored_draft, "12"),
    (review_box, stored_comment, "Se över."),
    (report_box, stored_text, "Vår text."),
]


@pytest.mark.parametrize("prevent", [lock, fill_disk], ids=["locked", "full"])
@pytest.mark.parametrize(("open_box", "stored", "text"), BOXES, ids=["draft", "comment", "report"])
def test_what_was_typed_stands_and_is_stored_at_the_next_try(
    impatient, falun_user, prevent, open_box, stored, text
):
    add_account(impatient, "region", role="region")
    box = open_box(impatient)

    with prevent(impatient.database.engine.url.database):
        box.type(text)

    assert not box.app.exception
    assert [error.value.startswith(UNSAVED) for error in box.app.error] == [True]
    assert box.element.value == text
    assert stored(impatient) is None
    box.type(f"{text}0" if box.kind == "text_input" else text)
    assert not box.app.error
    assert stored(impatient).startswith(text)


@pytest.mark.parametrize(("open_box", "stored", "text"), BOXES, ids=["draft", "comment", "report"])
def test_what_was_typed_outlives_its_session_and_is_stored(
    pages, falun_user, region_user, open_box, stored, text
):
    box = open_box(pages)
    box.element.set_value(text)
    box.lose_session()

    assert box.element.value == text
    box.store()
    assert stored(pages) == text


def test_a_box_that_saves_itself_is_saved_as_soon_as_the_page_finds_the_portal_again(pages, falun_user):
    box = form_box(pages)
    box.element.set_value("12")
    box.lose_session()

    assert stored_draft(pages) == "12"
    assert any("Utkast sparat" in element.value for element in box.app.markdown)


def test_after_a_lost_session_a_box_nobody_typed_in_shows_what_another_window_stored(pages, falun_user):
    box = form_box(pages).type("12")
    drafts.save(pages, FALUN, clinic="falun", month=JANUARY, texts={"calls": "20"})

    box.app.text_input(key="form falun 2025-01 first_visits").set_value("7")
    box.lose_session()

    assert box.element.value == "20"
    texts_stored = drafts.find(pages, FALUN, clinic="falun", month=JANUARY).texts
    assert (texts_stored["calls"], texts_stored["first_visits"]) == ("20", "7")


def test_a_press_that_comes_with_a_lost_session_is_said_and_the_next_is_heard(pages, region_user):
    box = review_box(pages)
    box.element.set_value("Se över.")
    box.click()
    box.lose_session()

    assert [toast.value for toast in box.app.toast] == [PRESS_LOST]
    assert stored_comment(pages) is None
    box.store()
    assert stored_comment(pages) == "Se över."
    assert PRESS_LOST not in [toast.value for toast in box.app.toast]


def test_after_a_lost_session_the_writer_goes_on_from_the_version_they_began_from(pages, region_user):
    box = report_box(pages).type("Min text.")
    open_text(box.app)
    box.element.set_value("Min längre text.")
    box.lose_session()

    box.store()

    assert stored_text(pages) == "Min längre text."


def test_after_a_lost_session_another_writers_text_is_shown_before_it_is_replaced(pages, region_user):
    box = report_box(pages)
    texts.write(pages, OPERATOR, 2024, NewText(place="2:inledning", text="Den andras text."))

    box.element.set_value("Min text.")
    box.lose_session()
    box.store()
    assert (stored_text(pages), box.element.value) == ("Den andras text.", "Min text.")

    box.store()
    assert stored_text(pages) == "Min text."

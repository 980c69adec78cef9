"""A callback runs before the page's guard, so it asks for itself whether the session still holds."""

import pytest
from streamlit.testing.v1 import AppTest

from portal.settings import ROOT
from portal.ui.base.context import give_portal
from portal.ui.page.navigation import page_path
from tests.conftest import audit_actions, log_in
from tests.services.region import row_counts
from tests.walls.test_matrix import ENDS


pytestmark = [pytest.mark.security, pytest.mark.asvs("7.4.1", "8.3.1")]


def open_account_page(region, user, sid):
    app = AppTest.from_file(str(ROOT / "portal" / "ui" / "app.py"), default_timeout=30)
    app.user = {"username": user, "sid": sid}
    app.run()
    return app.switch_page(str(page_path("account"))).run()


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def closings(region):
    return [event for event in audit_actions(region) if event[:2] == ("falun", "login.closed")]


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
def test_a_button_of_a_page_left_open_does_nothing_once_the_session_has_ended(region, end):
    give_portal(region)
    _, sid = log_in(region, "falun")
    app = open_account_page(region, "falun", sid)
    end(region, sid)
    before, closed = row_counts(region), closings(region)

    press(app, "Avsluta alla inloggningar")

    assert closings(region) == closed
    assert row_counts(region) == before


def test_the_button_works_while_the_session_holds(region):
    give_portal(region)
    _, sid = log_in(region, "falun")

    press(open_account_page(region, "falun", sid), "Avsluta alla inloggningar")

    assert len(closings(region)) == 1

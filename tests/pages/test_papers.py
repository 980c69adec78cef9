"""Dina uppgifter and Tillgänglighet: for everybody, complete, and true."""

import re
from dataclasses import replace

import pytest
from sqlmodel import SQLModel
from streamlit.testing.v1 import AppTest

import db.models  # noqa: F401  the tables
from portal import walls
from portal.settings import Settings
from portal.ui.base.context import give_portal
from portal.ui.login import papers_view
from portal.ui.page.navigation import page_path
from tests.pages.conftest import APP, OpenPage


PERSONAL = re.compile(
    r"(username|actor|recipient|comment|[._]by$)|^account\.|^account_\w+\.|^login_\w+\.|^draft\.|^audit\."
)


def personal_columns():
    """Return the columns that say something about a user."""
    every = [
        f"{name}.{column.name}"
        for name, table in SQLModel.metadata.tables.items()
        for column in table.columns
    ]
    return [column for column in every if PERSONAL.search(column)]


def test_there_are_personal_columns():
    assert {"account.email", "submission.sent_by", "login_session.opened_at", "audit.actor"} <= set(
        personal_columns()
    )


@pytest.mark.parametrize("column", personal_columns())
def test_everything_stored_about_a_user_is_told(column):
    columns = {name for stored in papers_view.STORED for name in stored.columns}

    assert columns & {column, f"{column.partition('.')[0]}.*"}, f"say on Dina uppgifter why {column} is kept"


def test_nothing_is_told_that_is_not_stored():
    every = {
        f"{name}.{column.name}"
        for name, table in SQLModel.metadata.tables.items()
        for column in table.columns
    }
    every |= {f"{name}.*" for name in SQLModel.metadata.tables}

    assert {column for stored in papers_view.STORED for column in stored.columns} <= every


@pytest.mark.security
@pytest.mark.parametrize(
    ("page", "heading"), [("privacy", "Dina uppgifter"), ("accessibility", "Tillgänglighet")]
)
def test_the_papers_are_read_without_login_and_with(pages, open_page, page, heading):
    app = AppTest.from_file(APP, default_timeout=30)
    app.run()
    app.switch_page(str(page_path(page))).run()
    assert not app.exception
    stranger = OpenPage(app)

    assert app.title[0].value == heading
    assert "Till inloggningen" in stranger.text
    assert "Logga ut" not in stranger.buttons()
    own = open_page("mora", page)
    assert own.app.title[0].value == heading
    assert "Till inloggningen" not in own.text


def test_the_login_page_leads_to_both(pages):
    app = AppTest.from_file(APP, default_timeout=30)
    app.run()

    text = " ".join(element.proto.body for element in app.get("html"))
    assert 'href="/integritet"' in text
    assert 'href="/tillganglighet"' in text


def test_the_privacy_page_says_who_how_long_and_which_cookies(open_page):
    text = open_page("mora", "privacy").text

    assert "Region Dalarna är personuppgiftsansvarig" in text
    assert "5 år" in text
    assert "portal_session" in text
    assert "imy.se" in text
    assert "din kontaktperson" in text


def test_the_accessibility_statement_names_faults_law_and_authority(open_page):
    text = open_page("mora", "accessibility").text

    for fault, _, _ in papers_view.FAULTS:
        assert fault in text
    for named in ("2018:1937", "EN 301 549", "WCAG 2.1", "digg.se", "delvis förenlig"):
        assert named in text


@pytest.mark.parametrize("base_url", ["https://portal.example.se", "http://localhost:8501"])
def test_the_cookies_are_called_as_the_server_calls_them(portal, base_url):
    give_portal(replace(portal, base_url=base_url))
    settings = Settings(base_url=base_url)

    assert papers_view._cookie("session") == walls.cookie_name(settings)
    assert papers_view._cookie("device") == walls.device_name(settings)


def test_a_definition_is_looked_for_and_the_address_holds_the_search(open_page):
    page = open_page("mora", "definitions")
    everything = page.text
    page.app.text_input(key="address-sok").set_value("wilson").run()

    assert page.app.query_params["sok"] == "wilson"
    assert '<details class="portal-fold" open="open"><summary>Osäkerhet' in page.text
    assert "Aktuella patienter" not in page.text
    assert (
        everything.index("Aktuella patienter")
        < everything.index("Ärenden")
        < everything.index("Statistik</h2>")
    )


def test_a_misspelt_search_asks_what_was_meant(open_page):
    assert (
        "Menade du ”Telefontillgänglighet”?"
        in open_page("mora", "definitions", sok="telefontilgänglihet").text
    )
    assert "Pröva ett kortare ord." in open_page("mora", "definitions", sok="xyz").text

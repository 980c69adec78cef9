"""How many SQL statements a rerun of each page costs, with two years of history and with ten."""

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import event
from streamlit.testing.v1 import AppTest

import db.reporting.submissions
from db.engine import Database
from portal import server
from portal.bench import invented
from portal.bench.measuring import BenchFault, Measurement
from portal.bench.pages import PAGES, MeasuredPage
from portal.demo.build import FIRST, REVIEWER, TODAY, list_accounts
from portal.domain.accounts.access import OPERATOR
from portal.services.accounts import login
from portal.services.administration import clinic_register
from portal.services.context import Clock, Portal
from portal.services.release import releases
from portal.settings import ROOT
from portal.ui.base.context import give_portal
from portal.ui.page import navigation


PATIENCE = 60
COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


def measure(demo: Path, folder: Path) -> list[Measurement]:
    """Return an entry per page: statements with 120 months ÷ statements with the demo's 24."""
    longer = folder / "ten-years.db"
    shutil.copy(demo, longer)
    few_months = Portal(database=Database(f"sqlite:///{demo}"), clock=Clock(TODAY), is_demo=True)
    many_months = invented.portal_since_2015(Database(f"sqlite:///{longer}"))
    add_history(many_months)
    few, many = _count_all(few_months), _count_all(many_months)
    return [
        Measurement(
            name=f"queries.{page.path}",
            numerator=many[page.path],
            floor=few[page.path],
            target=1.0,
            is_time=False,
            extra={"floor": "24 months", "queries": {"24": few[page.path], "120": many[page.path]}},
        )
        for page in PAGES
    ]


def add_history(portal: Portal) -> None:
    """Put the years before the demo's in, released like the others."""
    months = [month for month in invented.MONTHS if month < FIRST]
    clinics = [clinic for clinic in clinic_register.list_clinics(portal, OPERATOR) if clinic.opened is None]
    with portal.writing(OPERATOR) as scoped:
        db.reporting.submissions.add_many(
            scoped,
            [
                invented.submission(clinic.code, number, month)
                for number, clinic in enumerate(clinics)
                for month in months
            ],
        )
    for month in months:
        releases.release(portal.on(portal.calendar.release_date(month)), REVIEWER, month)


def _count_all(portal: Portal) -> dict[str, int]:
    give_portal(portal)
    logging.disable(logging.WARNING)  # AppTest sets the loggers' own levels back, and warns of no browser
    try:
        return {page.path: _count(portal, page) for page in PAGES}
    finally:
        logging.disable(logging.NOTSET)
        portal.database.engine.dispose()


def _count(portal: Portal, page: MeasuredPage) -> int:
    """Return the statements of one rerun of the whole script on an open session, BEGIN and COMMIT apart."""
    app = AppTest.from_file(str(server.SCRIPT), default_timeout=PATIENCE)
    app.user = {"username": page.username, "sid": _log_in(portal, page.username)}
    app.run()
    app.switch_page(str(ROOT / "pages" / _file_of(page))).run()
    with _statements(portal.database) as statements:
        app.run()
    if app.exception or page.heading not in "".join(title.value for title in app.title):
        raise BenchFault(f"/{page.path} does not show its page: {[title.value for title in app.title]}")
    return len(statements)


def _file_of(page: MeasuredPage) -> str:
    return next(
        navigation_page.file for navigation_page in navigation.PAGES if navigation_page.url_path == page.path
    )


def _log_in(portal: Portal, username: str) -> str:
    password = next(account.password for account in list_accounts() if account.username == username)
    ticket = login.begin(portal, username, password)
    opened = login.open_session(portal, ticket.secret) if isinstance(ticket, login.Ticket) else None
    if opened is None:
        raise BenchFault(f"{username} could not log in")
    return opened[1]


@contextmanager
def _statements(database: Database) -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_details: Any) -> None:
        if statement.lstrip().upper().startswith(COUNTED):
            statements.append(statement)

    event.listen(database.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(database.engine, "before_cursor_execute", note)

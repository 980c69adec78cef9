"""One database per test, three clinics, and a user of each kind. No network but the machine itself."""

import fcntl
import functools
import gc
import os
import shutil
from datetime import date
from pathlib import Path

import hypothesis
import pytest
from argon2 import PasswordHasher
from playwright.sync_api import sync_playwright
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.manifest_scanner import scan_component_manifests

import db.audit
import db.registry.clinics
from db.engine import Database
from db.migrate import upgrade
from portal.bench import browser as chromium
from portal.demo import build
from portal.domain.accounts.access import EVERY_CLINIC, ClinicUser, RegionUser
from portal.domain.registry.clinics import Clinic, Operator
from portal.services.accounts import accounts, login, passwords
from portal.services.accounts.accounts import AccountDetails
from portal.services.context import Clock, Portal
from portal.ui.base.context import give_portal
from tests import asvs, postgres


# Hypothesis fails an example that takes 200 ms by the clock: on a busy machine that says nothing of the code.
hypothesis.settings.register_profile("portal", deadline=None)
hypothesis.settings.load_profile("portal")

TESTS = Path(__file__).parent
PASSWORD = "korrekt häst batteri"
PRODUCTS_HASHER = passwords.hasher
DEMO_OF = "TESTS_DEMO"  # where the demo lies that another run of tests has built, for one that it starts
TODAY = date(2025, 2, 5)
CLINICS = (
    ("falun", "BUP Falun", "2080", Operator.PUBLIC, "Region Dalarna"),
    ("mora", "BUP Mora", "2062", Operator.PUBLIC, "Region Dalarna"),
    ("ludvika", "Barnpsyk Ludvika", "2085", Operator.PRIVATE, "Barnpsyk AB"),
)
SYSTEM = RegionUser("system", "Systemet", is_administrator=True)


# Tests of rows and services run on both (their conftest takes these); pages run on SQLite.
BOTH_DATABASES = ("sqlite", pytest.param("postgres", marks=pytest.mark.postgres))


def require(found, what):
    """Go on, or skip the test where something is not installed; CI forbids that and fails instead."""
    if found:
        return
    if os.environ.get("PORTAL_TESTS_MUST_RUN") == "1":
        pytest.fail(f"PORTAL_TESTS_MUST_RUN=1, and here is no {what}")
    pytest.skip(f"here is no {what}")


# Tracing nearly doubles what a test takes, so the suite goes without. Coverage is asked for by itself, where the rules
# are: --cov runs their own tests, and the first case of each. Further cases, hundreds of random ones and the second
# database take the same ways.
COUNTED = tuple(TESTS / name for name in ("domain", "uploads", "services", "db"))


@pytest.hookimpl(tryfirst=True)  # before -m selects
def pytest_collection_modifyitems(config, items):
    asvs.note_numbers(items)
    if config.pluginmanager.hasplugin("_cov") and config.option.cov_source:
        counted = list(first_cases(items))
        config.hook.pytest_deselected(items=[item for item in items if item not in counted])
        items[:] = counted


def first_cases(items):
    """Yield the tests that coverage is counted of."""
    yielded = set()
    for item in items:
        test = item.nodeid.partition("[")[0]
        of_the_rules = any(item.path.is_relative_to(folder) for folder in COUNTED)
        repeated = (
            test in yielded or hypothesis.is_hypothesis_test(item.obj) or item.get_closest_marker("postgres")
        )
        if of_the_rules and not repeated:
            yielded.add(test)
            yield item


@pytest.hookimpl(wrapper=True)
def pytest_collection():
    """Keep what every test needs out of the garbage collector's sight: Streamlit collects after every run.

    While the tests are read it rests: hundreds of thousands of new objects made it look through all of them again.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


def pytest_terminal_summary(terminalreporter, config):
    asvs.print_table(terminalreporter, config.option.markexpr)


@pytest.fixture(scope="session", autouse=True)
def cheap_hashes():
    """Argon2 at its lowest cost: thousands of tests make accounts and log in."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "hasher", PasswordHasher(memory_cost=8, time_cost=1, parallelism=1))
        yield


@pytest.fixture(scope="session", autouse=True)
def one_scan_for_components():
    """Streamlit reads the papers of every installed package whenever an AppTest begins: here once a process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(manifest_scanner, "scan_component_manifests", functools.cache(scan_component_manifests))
        yield


@pytest.fixture
def database(sqlite_database):
    return sqlite_database


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory):
    """An empty SQLite database of this version, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "portal.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.engine.dispose()
    return path


@pytest.fixture(scope="session")
def sqlite_place(tmp_path_factory):
    """One database for the files of all tests: SQLAlchemy keeps with it how each statement is written."""
    return Database(f"sqlite:///{tmp_path_factory.mktemp('sqlite') / 'portal.db'}")


@pytest.fixture
def sqlite_database(sqlite_place, migrated_file):
    path = Path(sqlite_place.engine.url.database)
    for leftover in path.parent.iterdir():
        leftover.unlink()
    shutil.copy(migrated_file, path)
    yield sqlite_place
    sqlite_place.engine.dispose()


@pytest.fixture(scope="session")
def postgres_server():
    require(postgres.is_available(), "PostgreSQL server (initdb, pg_ctl)")
    with postgres.serve() as server:
        yield server


@pytest.fixture
def postgres_database(postgres_server):
    with postgres_server.database() as database:
        yield database


@pytest.fixture(scope="module")  # two of Playwright's loops in one thread don't go together
def chromium_browser():
    require(chromium.CHROMIUM.exists(), f"Chromium ({chromium.CHROMIUM})")
    with sync_playwright() as playwright:
        browser = chromium.launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory):
    """The demo, built once, by the worker that needs it first: to be copied.

    Nobody keeps it open: closing a copied file lets go of this process's locks on it, and another process then
    takes the database for closed and removes its log under an open connection (a disk I/O error later).
    """
    if DEMO_OF in os.environ:
        return Path(os.environ[DEMO_OF])
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    path = folder / "built" / "demo.db"
    with (folder / "demo.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not path.exists():
            path.parent.mkdir()
            portal = open_demo(path)
            build.build(portal)
            portal.database.engine.dispose()
    return path


@pytest.fixture(scope="session")
def demo(demo_file, tmp_path_factory):
    """The demo to read from; a test that writes takes `own_demo`."""
    portal = open_demo(shutil.copy(demo_file, tmp_path_factory.mktemp("read") / "demo.db"))
    yield portal
    portal.database.engine.dispose()


@pytest.fixture
def own_demo(demo_file, tmp_path):
    portal = open_demo(shutil.copy(demo_file, tmp_path / "demo.db"))
    yield portal
    portal.database.engine.dispose()


def open_demo(path):
    return Portal(database=Database(f"sqlite:///{path}"), clock=Clock(TODAY), is_demo=True)


@pytest.fixture
def portal(database):
    portal = Portal(database=database, clock=Clock(TODAY), region_needs_second_factor=False)
    add_clinics(portal)
    return portal


@pytest.fixture
def pages(portal):
    """The portal, as the pages find it."""
    give_portal(portal)
    return portal


@pytest.fixture
def falun_user(portal):
    add_account(portal, "falun", role="clinic", clinics=["falun"])
    return ClinicUser("falun", "Fia Falun", ("falun",))


@pytest.fixture
def region_user(portal):
    add_account(portal, "region", role="region")
    return RegionUser("region", "Rolf Region")


@pytest.fixture
def admin_user(portal):
    add_account(portal, "admin", role="admin")
    return RegionUser("admin", "Agnes Admin", is_administrator=True)


NAMES = {"falun": "Fia Falun", "region": "Rolf Region", "admin": "Agnes Admin"}


def add_clinics(portal):
    with portal.database.writing(EVERY_CLINIC) as scoped:
        for code, name, municipality_code, operator, provider in CLINICS:
            new = Clinic(
                code=code,
                name=name,
                report_name=name,
                municipality_code=municipality_code,
                municipality=name.split()[-1],
                operator=operator,
                provider=provider,
            )
            db.registry.clinics.add(scoped, new)


def add_account(portal, username, *, role, clinics=(), password=PASSWORD, totp_secret=None):
    accounts.add(
        portal,
        SYSTEM,
        AccountDetails(
            username=username,
            name=NAMES.get(username, username.title()),
            role=role,
            clinics=clinics,
            password=password,
            totp_secret=totp_secret,
        ),
    )


def log_in(portal, username, password=PASSWORD, code=""):
    """Log in without a browser, past a second factor too; returns (token, session id)."""
    ticket = login.begin(portal, username, password, code)
    if isinstance(ticket, login.NeedsCode):
        ticket = login.make_ticket(portal, login.find_account(portal, username).id)
    assert isinstance(ticket, login.Ticket), ticket
    opened = login.open_session(portal, ticket.secret)
    assert opened
    return opened


def audit_actions(portal):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return [(event.actor, event.action, event.object) for event in db.audit.list_recent(scoped)]

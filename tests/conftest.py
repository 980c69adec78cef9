"""One database per test, three clinics, and a user of each kind. No network but the machine itself."""

from datetime import date

import pytest

import db.audit
import db.clinics
from db.engine import Database
from db.migrate import upgrade
from portal.domain.access import EVERY_CLINIC, ClinicUser, RegionUser
from portal.domain.clinics import Clinic, Operator
from portal.services import accounts
from portal.services.context import Clock, Portal
from portal.ui.context import give_portal


PASSWORD = "korrekt häst batteri"
TODAY = date(2025, 2, 5)
CLINICS = (
    ("falun", "BUP Falun", "2080", Operator.PUBLIC, "Region Dalarna"),
    ("mora", "BUP Mora", "2062", Operator.PUBLIC, "Region Dalarna"),
    ("ludvika", "Barnpsyk Ludvika", "2085", Operator.PRIVATE, "Barnpsyk AB"),
)
SYSTEM = RegionUser("system", "Systemet", is_administrator=True)


@pytest.fixture
def database(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'portal.db'}")
    upgrade(database)
    yield database
    database.engine.dispose()


@pytest.fixture
def portal(database):
    portal = Portal(database=database, clock=Clock(TODAY))
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
            db.clinics.add(scoped, new)


def add_account(portal, username, *, role, clinics=(), password=PASSWORD, totp_secret=None):
    accounts.add(
        portal,
        SYSTEM,
        username=username,
        name=NAMES.get(username, username.title()),
        role=role,
        clinics=clinics,
        password=password,
        totp_secret=totp_secret,
    )


def log_in(portal, username, password=PASSWORD, code=""):
    """Log in without a browser; returns (token, session id)."""
    ticket = accounts.begin_login(portal, username, password, code)
    assert isinstance(ticket, accounts.Ticket), ticket
    opened = accounts.open_session(portal, ticket.secret)
    assert opened
    return opened


def audit_actions(portal):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return [(event.actor, event.action, event.object) for event in db.audit.list_recent(scoped)]

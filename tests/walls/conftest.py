"""A small region where every clinic has something, built once and copied for each cell."""

import shutil
from datetime import UTC, date, datetime

import pytest

from db import installation
from db.engine import Database
from db.reporting import drafts
from portal.domain.accounts.access import EVERY_CLINIC, ClinicUser, RegionUser
from portal.domain.insight.contract import DemandAnswer, Reply
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.services.administration import clinic_register
from portal.services.annual_report import freezing
from portal.services.context import Clock, Portal
from portal.services.insight import comments, contract
from portal.services.plans import writing
from portal.services.release import releases
from portal.services.reporting import breaks
from portal.services.review import deadlines, reviews
from tests.conftest import SYSTEM, TODAY, add_account, add_clinics
from tests.services.region import CONTROLLER, DECEMBER, FEBRUARY, JANUARY, add_region, send
from tests.walls.plan_rows import QUEUE, content_of


FOREIGN = 7_919  # mora's number, which no sum of another clinic's own gives
USERS = {
    "falun": ClinicUser("falun", "Fia Falun", ("falun",)),
    "duo": ClinicUser("duo", "Duo", ("falun", "ludvika")),
    "region": RegionUser("region", "Rolf Region"),
    "admin": RegionUser("admin", "Agnes Admin", is_administrator=True),
}


@pytest.fixture(scope="session")
def region_file(tmp_path_factory, migrated_file):
    path = shutil.copy(migrated_file, tmp_path_factory.mktemp("walls") / "region.db")
    portal = open_region(path)
    with portal.database.writing(EVERY_CLINIC) as scoped:  # so that it can be marked as a demo
        installation.put(scoped, name=installation.DEMO_BEGUN, value="yes")
    add_clinics(portal)
    add_region(portal)
    for user in (*USERS.values(), ClinicUser("mora", "Moa Mora", ("mora",))):
        role = "clinic" if isinstance(user, ClinicUser) else "admin" if user.is_administrator else "region"
        add_account(portal, user.username, role=role, clinics=getattr(user, "clinics", ()))
    _report(portal)
    _decide(portal)
    portal.database.engine.dispose()
    return path


def open_region(path):
    return Portal(
        database=Database(f"sqlite:///{path}"), clock=Clock(TODAY), region_needs_second_factor=False
    )


def _report(portal):
    """Mora has two versions with its number, the others one or two without."""
    send(portal, "falun", DECEMBER)
    for code in ("falun", "ludvika", "avesta", "borlange"):
        send(portal, code)
    for code in ("falun", "ludvika"):
        send(portal, code, calls=210, answer="Vi har räknat om.")
    send(portal, "mora", care_plans=FOREIGN)
    reviews.send_back(portal, CONTROLLER, clinic="mora", month=JANUARY, comment="Mora: se över planerna.")
    send(portal, "mora", care_plans=FOREIGN + 1, answer="Mora har räknat om.")
    releases.release(portal, CONTROLLER, JANUARY)
    freezing.freeze(portal, CONTROLLER, 2024)


def _decide(portal):
    clinic_register.close(portal, SYSTEM, code="borlange", last_month=FEBRUARY, reason="Upphör")
    for code in ("falun", "ludvika", "mora"):
        why = f"{code.title()} byter journalsystem"
        deadlines.grant(portal, CONTROLLER, clinic=code, month=FEBRUARY, until=date(2025, 3, 31), reason=why)
        breaks.enter(portal, CONTROLLER, clinic=code, month=JANUARY, reason=why)
        contract.enter_answer(
            portal,
            CONTROLLER,
            DemandAnswer(
                clinic=code,
                demand="telephone_hours",
                reply=Reply.YES,
                valid_from=date(2024, 1, 1),
                source=f"Platsbesök i {code.title()}",
            ),
        )
        comments.write(
            portal,
            ClinicUser(code, code.title(), (code,)),
            comments.ClinicPoint(clinic=code, indicator=INDICATORS_BY_CODE["care_plans"], month=JANUARY),
            text=f"{code.title()} hade två sjuka.",
            base_version=0,
        )
        writer = ClinicUser(code, code.title(), (code,))
        writing.write(portal, writer, clinic=code, occasion=QUEUE, content=content_of(code))
    with portal.database.writing(EVERY_CLINIC) as scoped:
        drafts.save(
            scoped,
            username="mora",
            clinic="mora",
            month=FEBRUARY,
            texts={"care_plans": str(FOREIGN)},
            at=datetime(2025, 2, 5, tzinfo=UTC),
        )


@pytest.fixture
def region(region_file, tmp_path):
    portal = open_region(shutil.copy(region_file, tmp_path / "region.db"))
    yield portal
    portal.database.engine.dispose()

"""P8 once more, as a clever clinic would try it: two worlds that differ in nothing but what I may not know.

In one the others keep quiet; in the other they send, correct, write and plan, and the region counts, grants, and
releases anew what its rules then keep from me. Whatever I do in both, I am sent the same: every page and file, every
answer that my programs get with all its headers, and every letter. A release that does tell me something is the control.
"""

import shutil
import threading
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import update

from db.scoping import table
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.sources.declared import REFERRALS, TO_BUP
from portal.domain.sources.facts import Fact
from portal.services.accounts import accounts
from portal.services.annual_report import freezing
from portal.services.context import Clock
from portal.services.insight import comments
from portal.services.letters import posting
from portal.services.plans import plans, writing
from portal.services.plans.writing import PlanAt
from portal.services.release import releases
from portal.services.reporting import breaks
from portal.services.review import deadlines, reviews
from portal.services.sources import source_years
from tests.conftest import SYSTEM
from tests.services.region import CONTROLLER, DECEMBER, FEBRUARY, JANUARY, send, user_of
from tests.walls.conftest import USERS, open_region
from tests.walls.plan_rows import QUEUE, content_of
from tests.walls.sent import SHARE, Insider, differing


pytestmark = [pytest.mark.security, pytest.mark.asvs("8.2.2", "8.2.3")]

AWAY = "smtp://127.0.0.1:9?from=portal@example.org"  # letters wait, so that they can be looked at
FALUN, EMAIL, NOVEMBER = USERS["falun"], "falun@example.org", Month(2024, 11)
CARE_PLANS = INDICATORS_BY_CODE["care_plans"]


@pytest.fixture(scope="module", autouse=True)
def one_moment():
    """When something was done is in both worlds the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clock, "now", property(lambda _: datetime(2025, 2, 5, 12, tzinfo=UTC)))
        yield


@pytest.fixture(scope="module")
def begun_file(region_file, tmp_path_factory):
    """What both worlds have in common: the country's line, En väg in, a month released anew, a published report."""
    path = shutil.copy(region_file, tmp_path_factory.mktemp("worlds") / "region.db")
    portal = open_region(path)
    account = table("account")
    with portal.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(
            update(account).where(account.c.username == FALUN.username).values(email=EMAIL)
        )
    enter(portal, f"nation_{SHARE}", DECEMBER, 61)
    enter(portal, f"nation_{SHARE}", JANUARY, 63)
    enter(portal, REFERRALS, NOVEMBER, 40)
    for code in ("falun", "ludvika", "avesta", "borlange"):
        send(portal, code, only={"waiting_first_visit": 52 + 3 * len(code)}, confirm=True)
    assert "waiting_first_visit" in release(replace(portal, smtp_url=AWAY), JANUARY).changed
    (frozen,) = freezing.list_frozen(portal, CONTROLLER, 2024)
    freezing.publish(portal, CONTROLLER, year=2024, version=frozen.version, sha256=frozen.sha256)
    portal.database.engine.dispose()
    return path


@pytest.fixture
def world(begun_file, tmp_path_factory):
    """Return a function that begins a world of its own, where letters wait."""
    begun = []

    def begin():
        path = shutil.copy(begun_file, tmp_path_factory.mktemp("world") / "region.db")
        begun.append(replace(open_region(path), smtp_url=AWAY))
        return begun[-1]

    yield begin
    for portal in begun:
        portal.database.engine.dispose()


def enter(portal, indicator, month, value, **about):
    fact = Fact(
        indicator=indicator, year=month.year, month=month, value=value, source="Rapport", note="", **about
    )
    source_years.enter(portal, CONTROLLER, [fact], correction="Räknat om")


def release(portal, month):
    preview = releases.release(portal, CONTROLLER, month)
    for thread in threading.enumerate():
        if thread.name == posting.BESIDE:
            thread.join(timeout=30)
    return preview


def sent_to_falun(portal):
    """What falun is sent after it has done something itself."""
    send(portal, "falun", only={"calls": 214}, confirm=True)
    point = comments.ClinicPoint(clinic="falun", indicator=CARE_PLANS, month=JANUARY)
    comments.write(portal, FALUN, point, text="Vi har räknat om.", base_version=1)
    return Insider(portal, FALUN, EMAIL).everything()


def two_owners_december(portal, *, care_plans, waiting):
    """A release in which everything is hidden: falun's owner and one more."""
    send(portal, "ludvika", DECEMBER, care_plans=care_plans, waiting_first_visit=waiting)
    preview = release(portal, DECEMBER)
    assert preview.shown == ()


def others_are_busy(portal):
    """All that another clinic and the region may do without falun being told."""
    for code in ("mora", "ludvika", "avesta", "borlange"):
        send(portal, code, only={"care_plans": 97, "first_visits": 41}, confirm=True, answer="Räknat om.")
        send(portal, code, DECEMBER, confirm=True, care_plans=78)
    reviews.approve(portal, CONTROLLER, clinic="avesta", month=JANUARY)
    reviews.send_back(portal, CONTROLLER, clinic="borlange", month=JANUARY, comment="Se över planerna.")
    breaks.enter(portal, CONTROLLER, clinic="mora", month=DECEMBER, reason="Nytt journalsystem")
    deadlines.grant(
        portal, CONTROLLER, clinic="avesta", month=FEBRUARY, until=date(2025, 3, 20), reason="Sjukdom"
    )
    point = comments.ClinicPoint(clinic="avesta", indicator=CARE_PLANS, month=JANUARY)
    comments.write(portal, user_of("avesta"), point, text="En psykolog mindre.", base_version=0)
    (mora,) = plans.of_clinic(portal, CONTROLLER, clinic="mora")
    writing.comment(portal, CONTROLLER, mora.plan.number, "Hur går det?")
    writing.agree(portal, CONTROLLER, PlanAt(mora.plan.number, mora.plan.version + 1))
    writing.write(portal, user_of("avesta"), clinic="avesta", occasion=QUEUE, content=content_of("avesta"))
    accounts.set_active(portal, SYSTEM, "mora", is_active=False)
    enter(portal, REFERRALS, DECEMBER, 900)
    enter(portal, REFERRALS, NOVEMBER, 7, municipality="2062")
    enter(portal, TO_BUP, DECEMBER, 4, municipality="2062")


def one_owner_corrects_and_the_region_releases_anew(portal):
    """R5: the older figure stays."""
    send(portal, "avesta", only={"waiting_first_visit": 51}, confirm=True)
    preview = release(portal, JANUARY)
    assert preview.kept and not preview.would_change


def test_what_others_do_and_what_is_hidden_tells_me_nothing_anywhere(world):
    quiet, busy = world(), world()
    two_owners_december(quiet, care_plans=45, waiting=40)
    two_owners_december(busy, care_plans=77, waiting=93)
    one_owner_corrects_and_the_region_releases_anew(busy)
    others_are_busy(busy)

    one, other = sent_to_falun(quiet), sent_to_falun(busy)

    assert differing(one, other) == []
    assert all(len(repr(one[name])) > 2 for name in one)  # there is something everywhere to be compared


def test_a_release_that_shows_something_is_seen_everywhere(world):
    """The control: all that is compared would have told."""
    quiet, heard = world(), world()
    two_owners_december(quiet, care_plans=45, waiting=40)
    for code in ("ludvika", "avesta", "borlange"):
        send(heard, code, DECEMBER, care_plans=45, waiting_first_visit=47)
    release(heard, DECEMBER)
    enter(heard, f"nation_{SHARE}", DECEMBER, 58)

    differences = differing(sent_to_falun(quiet), sent_to_falun(heard))

    assert {name.partition(" {")[0] for name in differences} >= {
        "page overview",
        "page indicator of a count's share",
        "page indicator that the country publishes",
        "page indicator of a queue",
        "month sheet 2024-12",
        f"the file of {SHARE}",
        "the own year",
        "/api/v1/releases",
        "/api/v1/figures",
    }

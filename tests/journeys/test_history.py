"""Reading in history in a browser: looked at first, then read in, and the same file again changes nothing."""

import pytest
from playwright.sync_api import expect

from portal.demo.build import REVIEWER
from portal.domain.registry.months import Month
from portal.services.review import reviews
from tests.journeys.conftest import choose_file, go, settle


pytestmark = pytest.mark.browser
NOVEMBER, DECEMBER = Month(2024, 11), Month(2024, 12)
CLINICS = ("falun", "mora", "ludvika")
HEADING = "mottagning;period;mått;värde\n"


def plans_of(demo_server, clinic, month):
    """Return the stored number of care plans and the version it stands in."""
    portal = demo_server.open()
    case = reviews.open_case(portal, REVIEWER, clinic=clinic, month=month)
    portal.database.engine.dispose()
    (line,) = [line for line in case.lines if line.measure == "care_plans"]
    return line.sent.value, case.submission.version


def as_file(name, rows):
    return {"name": name, "mimeType": "text/csv", "buffer": (HEADING + "".join(rows)).encode()}


def test_a_file_with_many_months_is_looked_at_read_in_and_read_again(demo_server, open_page):
    stored = {
        (clinic, month): plans_of(demo_server, clinic, month)
        for clinic in CLINICS
        for month in (NOVEMBER, DECEMBER)
    }
    rows = [f"{clinic};{month};care_plans;{value + 1}\n" for (clinic, month), (value, _) in stored.items()]
    page = open_page("region", "/historik")

    choose_file(page, as_file("uttag.csv", [*rows, "mora;2024-10;care_plans;1,5\n"]))
    expect(
        page.get_by_text("7 månader från 3 mottagningar: 0 nya, 6 ändrade, 0 oförändrade, 1 med fel.")
    ).to_be_visible()
    expect(page.get_by_text("1 månad har fel och läses inte in.")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="rad 8")).to_contain_text("1,5")
    expect(page.get_by_text("Allt eller inget kan väljas när filen är utan fel.")).to_be_visible()
    assert plans_of(demo_server, "mora", DECEMBER) == stored["mora", DECEMBER]

    go(page, "/historik")
    choose_file(page, as_file("uttag.csv", rows))
    page.get_by_text("Allt eller inget", exact=True).click()
    page.get_by_role("button", name="Läs in 6 månader").click()
    expect(page.get_by_text("6 månader inlästa: 0 nya och 6 ändrade värden.")).to_be_visible()
    for (clinic, month), (value, version) in stored.items():
        assert plans_of(demo_server, clinic, month) == (value + 1, version + 1)

    go(page, "/historik")
    choose_file(page, as_file("uttag.csv", rows))
    expect(page.get_by_text("Allt i filen finns redan i portalen.")).to_be_visible()
    settle(page)
    assert page.get_by_role("button", name="Läs in").count() == 0

"""An invented region, set up from its workbook alone: no page, file or report of its says Dalarna."""

import json
import re
from dataclasses import dataclass, field

import pytest
from streamlit.testing.v1 import AppTest

from portal.charts import county
from portal.domain.accounts.access import ClinicUser, RegionUser
from portal.domain.annual_report import canonical
from portal.domain.insight.demands import NO_DEMANDS
from portal.domain.registry.months import Month, months_between
from portal.reports.cover import Format
from portal.services.administration import regions, setting_up
from portal.services.administration.setting_up import SetupFiles
from portal.services.annual_report import documents
from portal.services.context import Clock, Portal
from portal.services.insight import demands
from portal.services.insight.demands import DemandWish
from portal.services.review import reviews
from portal.ui.base import style
from portal.ui.base.context import give_portal
from tests.conftest import SYSTEM, TODAY
from tests.pages.conftest import APP
from tests.pages.screen import Screens
from tests.services.region import CONTROLLER, send, user_of
from tests.uploads.setup.books import book, square, svg


INVENTED = "Region Exempel (påhittad)"
BOOK = {
    "Region": [["2023-12", INVENTED]],
    "Kommuner": [["9901", "Exempelby", 63.1, 17.2], ["9902", "Provköping", 63.4, 17.9]],
    "Källor": [["Läkemedelsenheten", "Exempels läkemedelskommitté"]],
    "Mottagningar": [
        ["by", "BUP Exempelby", "Exempelby", "offentlig", INVENTED, None],
        ["by-provet", "Provet Exempelby", "9901", "privat", "Provet AB", None],
    ],
    "Konton": [["admin", "Ada Admin", "regionadministratör", None, None]],
    "Invånare": [["Exempelby", 2024, 1200, "Påhittat"], ["Provköping", 2024, 800, "Påhittat"]],
}
REGIONS_PAGES = (
    *("status", "month", "review", "queues", "contract", "annual_report", "sources", "history"),
    *("administration", "audit_log", "setup", "accounts/accounts"),
)
EVERYBODYS_PAGES = ("papers/definitions", "papers/privacy", "papers/accessibility")
CLINICS_PAGES = ("overview", "indicator", "submit", "submissions", "annual_report", *EVERYBODYS_PAGES)
VIEWS = ("", "tratt", "tid", "alla", "andring", "kommuner")
MONTHS = months_between(Month(2023, 12), Month(2025, 1))


@pytest.fixture
def portal(sqlite_database):
    portal = Portal(database=sqlite_database, clock=Clock(TODAY))
    assert setting_up.run(portal, SYSTEM, SetupFiles(name="bok.xlsx", content=book(BOOK))).problems == ()
    for month in MONTHS:
        for clinic in ("by", "by-provet"):
            send(portal, clinic, month, user=user_of(clinic), confirm=True)
            reviews.approve(portal, CONTROLLER, clinic=clinic, month=month)
    give_portal(portal)
    return portal


@dataclass
class Reader:
    """Notes where a word stands."""

    screens: Screens
    places: list[str] = field(default_factory=list)

    def open(self, page, **parameters):
        drawn = self.screens.open(page, **parameters)
        texts = [*drawn.html, *drawn.words, json.dumps(drawn.charts, default=str)]
        files = [make(self.screens.user) for name, make in drawn.files.items() if name.endswith("csv")]
        texts += [content.decode("utf-8", "replace") for content in files]
        for text in texts:
            self.places += [
                f"{page} {parameters}: {context}" for context in re.findall(r".{0,60}Dalarna.{0,40}", text)
            ]
        return drawn


def test_no_page_says_dalarna(portal):
    region = Reader(Screens(RegionUser("admin", "Ada Admin", is_administrator=True)))
    clinic = Reader(Screens(ClinicUser("by-chef", "By", ("by",))))

    for page in (*REGIONS_PAGES, *EVERYBODYS_PAGES):
        region.open(page)
    for view in VIEWS:
        region.open("clinics", visa=view)
    for page in CLINICS_PAGES:
        clinic.open(page)
    read = " ".join(region.open("papers/privacy").html)

    assert region.places + clinic.places == []
    assert f"{INVENTED} är personuppgiftsansvarig" in read
    assert f"Vårdval BUP · {INVENTED}" in style.of_region(portal.region)
    assert "/session/logo" not in style.of_region(portal.region)


def test_the_report_is_the_regions_own(portal):
    edition = documents.open_edition(portal, CONTROLLER, year=2024)

    assert edition.report.title == "Årsuppföljning Vårdval BUP Exempel (påhittad) 2024"
    assert re.findall(r".{0,60}Dalarna.{0,40}", canonical.dump(edition.report)) == []
    page = documents.make(portal, edition, Format.HTML).decode()
    assert INVENTED in page
    assert re.findall(r".{0,60}Dalarna.{0,40}", page) == []


def test_its_logo_stands_above_the_menu_at_the_login_and_in_the_report(portal):
    regions.set_logo(portal, SYSTEM, svg())
    address = f"/session/logo?{portal.region.logo.sha256}"

    sheet = style.of_region(portal.region)
    login = AppTest.from_file(APP, default_timeout=60).run()
    report = documents.open_edition(portal, CONTROLLER, year=2024)

    assert f"url({address})" in sheet
    assert f"Vårdval BUP · {INVENTED}" in sheet  # for those who don't see it
    assert [login.title[0].value, login.get("html")[0].proto.body] == [
        "Logga in",
        f'<img class="region-logo" src="{address}" alt="{INVENTED}">',
    ]
    assert report.about.logo == portal.region.logo


def test_its_contract_is_its_own_and_pages_say_so_where_it_has_no_demands(portal):
    region = Reader(Screens(RegionUser("admin", "Ada Admin", is_administrator=True)))
    clinic = Reader(Screens(ClinicUser("by-chef", "By", ("by",))))
    wish = DemandWish(name="Tolk vid varje besök", rule="Tolk erbjuds alla.", source="Avtalet, punkt 7")
    demands.set_demand(portal, SYSTEM, wish)

    drawn = " ".join(region.open("contract").html)
    assert "Tolk vid varje besök" in drawn
    assert "Avtalet, punkt 7" in drawn
    assert "Vårdplan" not in drawn

    demands.remove_demand(portal, SYSTEM, wish.name)

    assert NO_DEMANDS in region.open("contract").words
    assert NO_DEMANDS in clinic.open("overview").words
    region.open("sources")
    section = documents.open_edition(portal, CONTROLLER, year=2024).report.section("4.8")
    assert (section.generated, section.tables, section.points) == ((NO_DEMANDS,), (), ())


def test_its_map_has_a_point_a_municipality_until_it_has_shapes(portal):
    region = Reader(Screens(CONTROLLER))

    points = region.open("clinics", visa="kommuner").charts["places"]
    assert [(row["name"], row["geometry"]["type"]) for row in points] == [
        ("Exempelby", "Point"),
        ("Provköping", "Point"),
    ]

    shapes = {"type": "FeatureCollection", "features": [square("9901", 17.1, 63), square("9902", 17.8, 63.3)]}
    regions.set_borders(portal, SYSTEM, json.dumps(shapes).encode())

    areas = region.open("clinics", visa="kommuner").charts["places"]
    assert [row["geometry"]["type"] for row in areas] == ["MultiPolygon", "MultiPolygon"]
    (chart,) = [
        chart
        for chart in documents.open_edition(portal, CONTROLLER, year=2024).report.charts
        if chart.shape == "map"
    ]
    assert [one["name"] for one in county.features(chart.outline)] == ["Exempelby", "Provköping"]

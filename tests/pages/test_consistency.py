"""Each figure, change, verdict and number of cases is printed alike wherever it stands: pages, documents, commands."""

import pytest
from streamlit.testing.v1 import AppTest

from portal.demo.build import REVIEWER
from portal.domain.accounts.access import OPERATOR
from portal.domain.registry.indicators import MONTHLY_INDICATORS
from portal.reports.cover import Format
from portal.services.administration import clinic_register
from portal.services.annual_report import documents
from portal.ui.base.context import give_portal
from portal.ui.page.navigation import page_path
from tests.cli.command import Command
from tests.conftest import log_in
from tests.journeys.conftest import password_of
from tests.pages import printed
from tests.pages.conftest import APP
from tests.pages.printed import REGION, Ledger


CLINICS_LOOKED_AT = (
    "borlange",
    "mora",
)  # of the page with one clinic and indicator at a time; the others show all


class Reader:
    """Opens pages as one user and reads their tables."""

    def __init__(self, portal, username):
        give_portal(portal)
        _, session = log_in(portal, username, password_of(username))
        self.app = AppTest.from_file(APP, default_timeout=30)
        self.app.user = {"username": username, "sid": session}
        self.app.run()

    def tables(self, page, **parameters):
        self._go("privacy")  # where no choice is made: the page begins with what its address says
        return list(printed.tables_of_html(self._go(page, **parameters)))

    def _go(self, page, **parameters):
        for name in list(self.app.query_params):
            del self.app.query_params[name]
        for name, choice in parameters.items():
            self.app.query_params[name] = choice
        self.app.switch_page(str(page_path(page))).run()
        assert not self.app.exception
        return [element.proto.body for element in self.app.get("html")]


@pytest.fixture(scope="module")
def ledger(demo, demo_file):
    clinics = clinic_register.list_clinics(demo, REVIEWER)
    names = {name: clinic.code for clinic in clinics for name in (clinic.name, clinic.report_name)}
    ledger, reader = Ledger(names), Reader(demo, "region")
    for clinic in clinics:
        read_overviews(ledger, reader, clinic.code)
    for indicator in MONTHLY_INDICATORS:
        read_indicator(ledger, reader, indicator.code)
    for period in ("2024-12", "2024", "2023"):
        tables = reader.tables("clinics", visa="alla", period=period)
        printed.matrix(ledger, tables, period, f"mottagningar alla {period}")
    printed.queues(ledger, reader.tables("queues"), REGION, "koer")
    printed.contract(ledger, reader.tables("contract"), REGION, "avtalskrav")
    printed.movements(ledger, reader.tables("month", manad="2024-12"), "manaden 2024-12")
    for year in (2023, 2024):
        read_year(ledger, reader, demo, year)
        figures = Command(demo_file).json("figures", year)["indicators"]
        printed.figures(ledger, figures, year, f"figures {year}")
    return ledger


def read_overviews(ledger, reader, clinic):
    for month in ("2024-12", "2025-01"):
        place = f"oversikt {clinic} {month}"
        tables = reader.tables("overview", mottagning=clinic, manad=month)
        printed.overview(ledger, tables, clinic, place)
        printed.queues(ledger, tables, clinic, place)
        printed.contract(ledger, tables, clinic, place)


def read_indicator(ledger, reader, code):
    for clinic in CLINICS_LOOKED_AT:
        place = f"indikator {clinic} {code}"
        tables = reader.tables("indicator", mottagning=clinic, indikator=code)
        printed.indicator(ledger, tables, code, clinic, place)
        printed.queues(ledger, tables, clinic, place)
    for period, before in (("2024-12", "2023-12"), ("2024", "2023")):
        tables = reader.tables("clinics", indikator=code, period=period)
        printed.comparison(ledger, tables, code, (period, before), f"mottagningar {code} {period}")


def read_year(ledger, reader, demo, year):
    """Årsuppföljning on the page and in Word; the contract's verdicts are those of 2024 elsewhere too."""
    tables = reader.tables("annual_report", ar=str(year))
    edition = documents.open_edition(demo, OPERATOR, year=year)
    word = list(printed.tables_of_word(documents.make(demo, edition, Format.DOCX)))
    for place, of_year in ((f"arsuppfoljning {year}", tables), (f"Word {year}", word)):
        printed.report(ledger, of_year, year, place)
        if year == 2024:
            printed.contract(ledger, of_year, REGION, place)


def test_what_two_pages_print_of_a_figure_is_the_same(ledger):
    assert ledger.disagreements == []


def test_the_walk_is_not_blind(ledger):
    shared = ledger.shared()

    assert set(shared) >= {"value", "cases", "rate", "change", "released", "verdict", "joining"}
    assert min(shared.values()) >= 10
    assert sum(shared.values()) > 1_000

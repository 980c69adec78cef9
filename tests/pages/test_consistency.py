"""Each figure, change, verdict and number of cases is printed alike wherever it stands.

All pages, with what their charts say beside the pointer and their files; the report as a page, Word, PDF and Excel;
`portal figures`. Every indicator, clinic and period of the demo is looked at on two of them at least.
"""

import io
import shutil
from itertools import cycle
from unittest import mock

import pytest
from openpyxl import load_workbook

from portal.charts import drawing
from portal.demo.build import REVIEWER
from portal.domain.accounts.access import OPERATOR, ClinicUser, RegionUser
from portal.domain.annual_report.chapters import CHAPTERS
from portal.domain.insight.queue import PHASES
from portal.domain.registry.indicators import MONTHLY_INDICATORS
from portal.domain.registry.months import Month, months_between
from portal.reports import excel, word
from portal.services.administration import clinic_register, exports
from portal.services.annual_report import documents
from portal.services.insight import benchmarks
from portal.services.insight.indicator_series import ALL_MONTHS
from portal.ui.base.context import give_portal
from portal.ui.insight import control_chart, funnel_chart, interval_chart, queues_view
from tests.cli.command import Command
from tests.pages.printing import printed, printed_files
from tests.pages.printing.ledger import REGION, Ledger, tables_of_html, tables_of_word, text_of
from tests.pages.screen import Screens


FIRST, LAST = Month(2023, 1), Month(2025, 1)
MONTHS = months_between(FIRST, LAST)
YEARS = (2023, 2024)
PERIODS = (*map(str, (*YEARS, 2025)), *map(str, MONTHS[-13:]))  # those that Mottagningar offers
COMPARED = ("2023", "2024", "2024-12", "2025-01")  # one indicator at a time
RELEASED = MONTHS[::2]  # what a release would give is sought anew for each, and takes half a second
ON_OVERVIEWS = (Month(2023, 12), Month(2024, 12), Month(2025, 1))
# What a chart is drawn with costs a second, and says nothing of its figures.
SHAPES = (
    (control_chart, "main_spec"),
    (funnel_chart, "funnel_spec"),
    (interval_chart, "spec"),
    (interval_chart, "changes_spec"),
    (queues_view, "queue_spec"),
)
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


class Walk:
    """Opens every page as the region, and notes what it prints."""

    def __init__(self, ledger, clinics, screens):
        self.ledger, self.clinics, self.screens, self.wrong = ledger, clinics, screens, []

    def open(self, page, **parameters):
        """Return what the page drew, its tables, and its name."""
        drawn = self.screens.open(page, **parameters)
        self.wrong += printed.wrong_shares([*drawn.words, *map(text_of, drawn.html)])
        place = " ".join((page, *parameters.values()))
        return drawn, list(tables_of_html(drawn.html)), place

    def file(self, drawn, ending="csv"):
        (make,) = [make for name, make in drawn.files.items() if name.endswith(ending)]
        return make(self.screens.user)

    def overviews(self, clinic, months):
        for month in months:
            _, tables, place = self.open("overview", mottagning=clinic, manad=str(month), visa="tabell")
            printed.overview(self.ledger, tables, clinic, place)
            drawn, tables, place = self.open("overview", mottagning=clinic, manad=str(month))
            printed.tiles(self.ledger, drawn.html, clinic, str(month), place)
            printed.contract(self.ledger, tables, clinic, 2024, place)

    def indicator(self, clinic, code):
        drawn, tables, place = self.open(
            "indicator", mottagning=clinic, indikator=code, manader=str(ALL_MONTHS)
        )
        printed.indicator(self.ledger, tables, code, clinic, place)
        printed.queues(self.ledger, tables, clinic, place)
        printed_files.indicator_csv(self.ledger, self.file(drawn), code, f"{place} csv")
        printed_files.tooltips(self.ledger, drawn.charts["over-time"], code, clinic, f"{place} tooltip")

    def comparison(self, code, period):
        before = f"{int(period[:4]) - 1}{period[4:]}"
        drawn, tables, place = self.open("clinics", indikator=code, period=period)
        printed.comparison(self.ledger, tables, code, (period, before), place)
        printed.neighbours(self.ledger, tables, period, place)
        if drawn.files:  # not where nobody has a value
            printed_files.comparison_csv(self.ledger, self.file(drawn), code, period, f"{place} csv")
        printed_files.points(self.ledger, drawn.charts.get("clinics", ()), code, period, f"{place} tooltip")
        drawn, tables, place = self.open("clinics", visa="tratt", indikator=code, period=period)
        printed.funnel(self.ledger, tables, code, period, place)
        printed_files.points(self.ledger, drawn.charts.get("funnel", ()), code, period, f"{place} tooltip")

    def over_time(self, code):
        drawn, tables, place = self.open("clinics", visa="tid", indikator=code)
        printed.months(self.ledger, tables, code, place)
        printed_files.months_csv(self.ledger, self.file(drawn), code, f"{place} csv")

    def period(self, period):
        drawn, tables, place = self.open("clinics", visa="alla", period=period)
        printed.matrix(self.ledger, tables, period, place)
        printed_files.matrix_csv(self.ledger, self.file(drawn), period, f"{place} csv")
        drawn, tables, place = self.open("clinics", visa="kommuner", period=period)
        printed.places(self.ledger, tables, period, place)
        printed_files.places_csv(self.ledger, self.file(drawn), period, f"{place} csv")

    def queues(self, month, phase):
        drawn, tables, place = self.open("queues", manad=str(month), ko=phase.code)
        printed.queues(self.ledger, tables, REGION, place)
        printed.queue_months(self.ledger, tables, place)
        printed_files.queue_lines(self.ledger, drawn.charts["queues"], f"{place} tooltip")
        printed_files.queues_csv(self.ledger, self.file(drawn), f"{place} csv")

    def month(self, month):
        _, tables, place = self.open("month", manad=str(month))
        printed.movements(self.ledger, tables, place)

    def release(self, month):
        drawn, tables, place = self.open("status", manad=str(month))
        summary = " ".join(drawn.words)
        is_whole = "Saknas: ingen" in summary and "inte gransk" not in summary
        printed.release(self.ledger, tables, str(month), place, is_whole=is_whole)

    def submissions(self, clinic, month):
        drawn, tables, place = self.open("submissions", mottagning=clinic, manad=str(month))
        printed.submission(self.ledger, tables, drawn.words, clinic, place)

    def year(self, year):
        """The year's pages: the report, the contract, the money."""
        for chapter in ("sammanfattning", *(chapter.number for chapter in CHAPTERS)):
            _, tables, place = self.open("annual_report", ar=str(year), kapitel=chapter)
            self.report(year, place, tables)
        _, tables, place = self.open("contract", ar=str(year))
        printed.contract(self.ledger, tables, REGION, year, place)
        _, tables, place = self.open("sources", kalla="ekonomi", ar=str(year))
        printed.economy(self.ledger, tables, year, place)

    def report(self, year, place, tables):
        tables = list(tables)
        printed.report(self.ledger, tables, year, place)
        printed.contract(self.ledger, tables, REGION, year, place)

    def documents(self, demo, year):
        """The report in Word, PDF and Excel; their pictures are other tests'."""
        edition = documents.open_edition(demo, OPERATOR, year=year)
        with (
            mock.patch.object(drawing, "png", lambda _chart: PIXEL),
            mock.patch.object(drawing, "svg", lambda _chart: '<svg width="1" height="1"/>'),
        ):
            docx = word.write(edition.report, edition.about)
        book = load_workbook(io.BytesIO(excel.write(edition.report, edition.about)))
        self.report(year, f"Word {year}", tables_of_word(docx))
        self.report(year, f"PDF {year}", printed_files.tables_of_pdf(edition))
        self.report(year, f"Excel {year}", printed_files.tables_of_excel(book))
        printed_files.data_of_excel(self.ledger, book, f"Excel {year} Data")
        sentences = [text for section in edition.report.sections for text in section.generated]
        self.wrong += printed.wrong_shares(sentences)

    def data(self, demo, command, year):
        """The year's figures for other programs."""
        content = exports.year_as_csv(benchmarks.year_figures(demo, OPERATOR, year))
        printed_files.year_csv(self.ledger, content, f"arsuppfoljning-{year}.csv")
        figures = command.json("figures", year)["indicators"]
        printed_files.figures(self.ledger, figures, year, f"figures {year}")
        printed_files.figures_of_clinics(self.ledger, figures, year, f"figures {year}")
        of_mora = command.json("figures", year, "--as", "mora")["indicators"]
        assert {clinic for figure in of_mora.values() for clinic in figure["clinics"]} == {"mora"}
        printed_files.figures_of_clinics(self.ledger, of_mora, year, f"figures {year} --as mora")


@pytest.fixture(scope="module")
def walk(demo, demo_file, tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        for module, name in SHAPES:
            patch.setattr(module, name, lambda *_: {"layer": []})
        return walked(demo, Command(shutil.copy(demo_file, tmp_path_factory.mktemp("walk") / "demo.db")))


def walked(demo, command):
    give_portal(demo)
    clinics = clinic_register.list_clinics(demo, REVIEWER)
    ledger = Ledger({name: clinic.code for clinic in clinics for name in (clinic.name, clinic.report_name)})
    codes = [clinic.code for clinic in clinics]
    walk = Walk(ledger, codes, Screens(RegionUser("region", "Rolf Region")))
    of_clinics(walk)
    of_the_region(walk)
    for year in YEARS:
        walk.year(year)
        walk.documents(demo, year)
        walk.data(demo, command, year)
    own = Walk(ledger, ["mora"], Screens(ClinicUser("mora", "Moa Mora", ("mora",))))
    own.overviews("mora", MONTHS[::4])
    ledger.of_measures()
    walk.wrong += own.wrong
    return walk


def of_clinics(walk):
    for clinic in walk.clinics:
        walk.overviews(clinic, ON_OVERVIEWS)
        for month in ON_OVERVIEWS:
            walk.submissions(clinic, month)
        for indicator in MONTHLY_INDICATORS:
            walk.indicator(clinic, indicator.code)


def of_the_region(walk):
    for indicator in MONTHLY_INDICATORS:
        walk.over_time(indicator.code)
        for period in COMPARED:
            walk.comparison(indicator.code, period)
    for period in PERIODS:
        walk.period(period)
    for month, phase in zip(MONTHS, cycle(PHASES), strict=False):
        walk.queues(month, phase)
        walk.month(month)
    for month in RELEASED:
        walk.release(month)


def test_what_two_places_print_of_a_figure_is_the_same(walk):
    assert walk.ledger.disagreements == []


def test_a_percentage_is_that_of_the_cases_named_with_it(walk):
    assert walk.wrong == []


def test_a_change_in_points_is_that_of_the_shares_as_printed(walk):
    assert walk.ledger.wrong_changes == []


def test_the_walk_is_not_blind(walk):
    shared = walk.ledger.shared()

    assert min(shared.values()) >= 10
    assert set(shared) >= {"value", "cases", "rate", "change", "released", "verdict", "joining", "within"}
    assert set(shared) >= {"limits", "funnel", "position", "measure"}
    assert sum(shared.values()) > 10_000


def test_every_indicator_clinic_and_month_is_looked_at_in_two_places(walk):
    keys = walk.ledger.printed_twice("value")
    missing = [
        (indicator.code, clinic, str(month))
        for indicator in MONTHLY_INDICATORS
        for clinic in walk.clinics
        for month in MONTHS
        if (indicator.code, clinic, str(month)) not in keys
    ]

    assert missing == []

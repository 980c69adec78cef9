"""P8: what another clinic has not yet had released changes no byte of what I am sent.

And the demo's figures do get through: a wall that hides everything would pass all the other tests.
"""

import json

import pytest
from pyarrow import ipc
from sqlalchemy import select

from db.scoping import table
from portal.demo import build
from portal.domain.accounts.access import EVERY_CLINIC, ClinicUser
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.services.administration import exports
from portal.services.insight import benchmarks, queues
from portal.services.release import month_sheets, releases
from portal.services.reporting import submitting, versions
from portal.services.review import reviews
from portal.ui.base.context import give_portal
from portal.ui.words import sheet_words
from tests.conftest import log_in
from tests.services.region import CONTROLLER, DECEMBER, JANUARY, send
from tests.walls.conftest import USERS
from tests.walls.sent import file_of, leaves, opened


pytestmark = [pytest.mark.security, pytest.mark.asvs("8.2.2", "8.2.3")]

PAGES = {"overview": {"manad": "2025-01"}, "indicator": {"indikator": "care_plans"}, "submissions": {}}


@pytest.fixture
def sent_to_falun(region):
    """Return a function that gives all bytes that falun is sent: pages and downloads."""
    give_portal(region)
    _, sid = log_in(region, "falun")

    def page(name, **parameters):
        return leaves(opened(sid, "falun", name, **parameters)._tree)

    def everything():
        falun = USERS["falun"]
        year = benchmarks.year_figures(region, falun, 2025)
        sheet = month_sheets.of_clinic(region, falun, clinic="falun", month=JANUARY)
        files = [
            exports.year_as_csv(year),
            repr(exports.year_as_json(year)).encode(),
            versions.fetch_file(region, falun, clinic="falun", month=JANUARY, version=1)[1],
            repr(sheet_words.of_clinic(sheet)).encode(),
        ]
        template = submitting.write_template(region, falun, clinic="falun", months=[JANUARY])
        return {name: page(name, **given) for name, given in PAGES.items()}, files, len(template)

    return everything


def test_p8_what_others_send_and_have_released_changes_no_byte_of_my_forecast(own_demo):
    """A clinic's year to come rests on its own months alone: even a release leaves it as it was."""
    give_portal(own_demo)
    password = next(account.password for account in build.list_accounts() if account.username == "mora")
    _, sid = log_in(own_demo, "mora", password)

    def chart_and_words():
        app = opened(sid, "mora", "indicator", indikator="waiting_investigation")
        (chart,) = [chart for chart in app.get("vega_lite_chart") if "own_ahead" in chart.proto.spec]
        assert set(columns_of(chart.proto.data)) <= {"month", "own", "own_text", *FORECAST}
        words = [element.value for kind in (app.markdown, app.caption) for element in kind]
        folded = [element.proto.body for element in app.get("html") if "Fel i medeltal" in element.proto.body]
        assert folded and any("Troligen" in text for text in words)
        file = file_of(own_demo, ClinicUser("mora", "Moa Mora", ("mora",)), "waiting_investigation")
        ahead = [row for row in file.splitlines() if ";prognos;" in row]
        assert len(ahead) == 1 + 12  # the heading and a year
        return chart.proto.SerializeToString(deterministic=True), words, folded, ahead

    before, regions = chart_and_words(), forecast_of_region(own_demo)
    raised = {"waiting_investigation": 140}
    for code in FOUR_OWNERS:
        send(own_demo, code, DECEMBER, only=raised, answer="Vi har räknat om.", confirm=True)
        reviews.approve(own_demo, CONTROLLER, clinic=code, month=DECEMBER)
    releases.release(own_demo, CONTROLLER, DECEMBER)

    assert forecast_of_region(own_demo) != regions  # the control: it did count
    assert chart_and_words() == before


FOUR_OWNERS = ("falun", "falun-capio", "hedemora-kiron", "borlange-jewe")  # fewer, and R5 keeps the figure


def forecast_of_region(portal):
    return queues.of_region(portal, CONTROLLER, DECEMBER).forecasts["waiting_investigation"]


def change_all_others(region):
    for code in ("mora", "ludvika", "avesta", "borlange"):
        send(region, code, only={"care_plans": 77, "first_visits": 41}, answer="Vi har räknat om.")
        send(region, code, DECEMBER, care_plans=78)
    reviews.approve(region, CONTROLLER, clinic="avesta", month=JANUARY)


def test_p8_others_unreleased_months_change_no_byte(region, sent_to_falun):
    before = sent_to_falun()
    assert all(sum(map(len, found)) > 2_000 for found in before[0].values())  # there is something to compare

    change_all_others(region)

    assert sent_to_falun() == before


def test_p8_the_release_does_change_what_is_sent(region, sent_to_falun):
    """The control: it would have been seen."""
    before = sent_to_falun()
    change_all_others(region)

    releases.release(region, CONTROLLER, JANUARY)

    after = sent_to_falun()
    assert after[1][-1] != before[1][-1]  # the month sheet
    assert after[0]["overview"] != before[0]["overview"]
    assert after[0]["indicator"] != before[0]["indicator"]


# What a clinic's chart may hold of a month: its own figures and the region's released one.
DRAWN = {"month", "series", "value", "own", "region", "target", "mean", "low", "high"}
DRAWN |= {"signal", "cases", "comment", "break", "stretch"}
DRAWN |= {"note", "rule"}  # what stands at an own month, and by which rule the own months mark it
DRAWN |= {"nation", "nation_text"}  # what the country has published of itself
DRAWN |= {"plan", "plans"}  # the own action plans' beginnings
DRAWN |= {"event"}  # the number of what opened or closed nearby, out of the public register
DRAWN |= {
    f"{name}_text" for name in ("own", "region", "mean", "low", "high", "cases")
}  # as the table prints it


FORECAST = ("own_ahead", "own_low", "own_high")  # of the own series alone


def test_r10_a_clinics_chart_is_sent_what_it_draws_and_nothing_else(region):
    """Altair sends columns that no chart uses, too."""
    give_portal(region)
    _, sid = log_in(region, "falun")
    app = opened(sid, "falun", "indicator", indikator="care_plans")

    charts = [chart.proto for chart in app.get("vega_lite_chart")]
    sent = [columns_of(data) for chart in charts for data in (chart.data, *(d.data for d in chart.datasets))]

    assert any(len(columns) >= 3 for columns in sent)
    assert set().union(*sent) <= DRAWN
    assert all("values" not in json.loads(chart.spec).get("data", {}) for chart in charts)


def columns_of(data):
    """Return the names of the columns that go to the browser, drawn or not."""
    return set(ipc.open_stream(data.data).schema.names) if data.data else set()


def test_at_least_95_percent_of_the_demos_monthly_figures_are_shown(demo):
    figure, sent, value = table("released_figure"), table("submission"), table("submission_value")
    with demo.database.reading(EVERY_CLINIC) as scoped:
        found = scoped.connection.execute(select(figure)).all()
        reported = scoped.connection.execute(
            select(sent.c.month, value.c.measure)
            .join_from(sent, value, value.c.submission_id == sent.c.id)
            .where(value.c.value.is_not(None))
            .distinct()
        )
        known = {(row.month, row.measure) for row in reported}
    # What nobody reported is no cell.
    cells = [
        row
        for row in found
        if all((row.month, code) in known for code in INDICATORS_BY_CODE[row.indicator].measures)
    ]

    assert len(cells) >= 24 * 19
    assert sum(row.is_shown for row in cells) / len(cells) >= 0.95
    # And as what a clinic is compared with: the rate for counts.
    compared = [row.rate if INDICATORS_BY_CODE[row.indicator].is_rate else row.value for row in cells]
    assert sum(value is not None for value in compared) / len(cells) >= 0.95

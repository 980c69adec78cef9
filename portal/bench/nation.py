"""Pages of a nation: three hundred invented clinics with ten years of months, and how they grow with more clinics.

Processor time of the server alone, since the tab that asks runs beside it.
"""

from dataclasses import dataclass
from pathlib import Path

import db.release.releases
import db.reporting.submissions
from db import installation
from db.release.releases import NewRelease
from portal.bench import invented, servers
from portal.bench.client import StreamlitClient
from portal.bench.measuring import BenchFault, Measurement
from portal.bench.servers import Server
from portal.domain.accounts.access import EVERY_CLINIC, OPERATOR, Role
from portal.domain.registry.months import Month
from portal.domain.reporting.submissions import State
from portal.services.accounts import accounts
from portal.services.accounts.accounts import AccountDetails
from portal.services.context import Portal, mark_as_demo
from portal.services.release import forecasts, releases


CLINICS, YEARS = 300, 10
MANY_CLINICS, FEW_YEARS = 1_100, 2  # what growth is measured between, with the CLINICS
WARM_S, COLD_S, BYTES = 0.150, 0.700, 500_000
GROWTH, CLINIC_GROWTH = 0.7, 0.1  # of a page's time, when the clinics grow by all
TURNS = 8
WAITING = 8  # every eighth clinic's newest month has not been reviewed
BROKEN = "Något gick fel"

REGION_PAGES = (
    "laget",
    "manaden",
    "granska",
    "mottagningar",
    "koer",
    "avtalskrav",
    "atgarder",
    "arsuppfoljning",
)
CLINIC_PAGES = ("oversikt", "indikator", "inlamningar", "rapportera")


@dataclass(frozen=True, slots=True)
class PageCost:
    """A page's first run and a later one, in processor seconds of the server, and what it sends."""

    cold_s: float
    warm_s: float
    size: int


def measure(folder: Path) -> list[Measurement]:
    """Return an entry per region page and limit, and how region and clinic pages grow with the clinics."""
    costs = _costs_of(folder, CLINICS, YEARS)
    entries = [entry for page in REGION_PAGES for entry in _of_page(page, costs[page])]
    few = _costs_of(folder, CLINICS, FEW_YEARS)
    many = _costs_of(folder, MANY_CLINICS, FEW_YEARS)
    growth = [
        _growth(page, few[page], many[page], target)
        for pages, target in ((REGION_PAGES, GROWTH), (CLINIC_PAGES, CLINIC_GROWTH))
        for page in pages
    ]
    return [*entries, *growth]


def build(path: Path, clinics: int, years: int) -> Portal:
    """Make a database of invented clinics whose months are approved and released, but for some of the newest."""
    portal = invented.empty_portal(f"sqlite:///{path}", clinics)
    with portal.database.writing(EVERY_CLINIC) as scoped:
        installation.put(scoped, name=installation.DEMO_BEGUN, value="yes")
    months = [month for month in invented.MONTHS if month.year > invented.LAST.year - years]
    _send(portal, clinics, months)
    for username, role, own in (
        ("region", Role.REGION, ()),
        ("mottagning", Role.CLINIC, (invented.code(0),)),
    ):
        details = AccountDetails(
            username=username, name=username, role=role, clinics=own, password=_password(username)
        )
        accounts.add(portal.on(invented.TODAY), OPERATOR, details)
    _release(portal, months)
    mark_as_demo(portal.on(invented.TODAY), OPERATOR, invented.TODAY)
    return portal


def _password(username: str) -> str:
    return f"exempel-{username}-nationen"


def _send(portal: Portal, clinics: int, months: list[Month]) -> None:
    """Send and approve every month; of every eighth clinic the newest has not been reviewed."""
    moment = portal.clock.now
    with portal.writing(OPERATOR) as scoped:
        for number in range(clinics):
            of_clinic = [invented.submission(invented.code(number), number, month) for month in months]
            db.reporting.submissions.add_many(scoped, of_clinic)
        waiting = {invented.code(number) for number in range(0, clinics, WAITING)}
        for sent in db.reporting.submissions.list_current(scoped, months=months):
            if sent.month < months[-1] or sent.clinic not in waiting:
                db.reporting.submissions.set_state(
                    scoped, sent, state=State.APPROVED, by=OPERATOR.username, at=moment, comment=""
                )


def _release(portal: Portal, months: list[Month]) -> None:
    """Release the newest month; the others get its figures, since a release takes longer the more clinics there are."""
    *earlier, newest = months
    preview = releases.release(portal.on(portal.calendar.release_date(newest)), OPERATOR, newest)
    figures = {cell.indicator.code: cell.figure for cell in preview.cells}
    with portal.writing(OPERATOR) as scoped:
        for month in earlier:
            sent = db.reporting.submissions.list_current(scoped, months=[month])
            inputs = {submission.clinic: submission.id for submission in sent}
            release = NewRelease(
                month=month,
                number=1,
                released_by=OPERATOR.username,
                released_at=portal.clock.now,
                rules="{}",
                inputs=inputs,
            )
            release_id = db.release.releases.add(scoped, release)
            db.release.releases.replace_figures(scoped, month=month, release_id=release_id, figures=figures)
        forecasts.renew(scoped)


def _costs_of(folder: Path, clinics: int, years: int) -> dict[str, PageCost]:
    path = folder / f"nation-{clinics}-{years}.db"
    portal = build(path, clinics, years)
    try:
        with servers.our_server(f"sqlite:///{path}", folder) as server:
            return {
                page: _cost(server, page, servers.log_in(portal, server, username, _password(username)))
                for pages, username in ((REGION_PAGES, "region"), (CLINIC_PAGES, "mottagning"))
                for page in pages
            }
    finally:
        portal.database.engine.dispose()


def _cost(server: Server, page: str, cookie: str) -> PageCost:
    with StreamlitClient(server.url, cookie=cookie) as tab:
        start = server.processor_s
        first = tab.run(page)
        cold_s = server.processor_s - start
        start = server.processor_s
        for _ in range(TURNS):
            rerun = tab.run()
        warm_s = (server.processor_s - start) / TURNS
    if rerun.holds(BROKEN):
        raise BenchFault(f"/{page} does not show its page: {rerun.headings}")
    return PageCost(cold_s, warm_s, first.size)


def _of_page(page: str, cost: PageCost) -> list[Measurement]:
    def entry(kind: str, numerator: float, floor: float, in_words: str) -> Measurement:
        extra = {"floor": in_words, "clock": "processor"}
        is_time = kind != "bytes"
        return Measurement(
            name=f"nation.{page}.{kind}",
            numerator=numerator,
            floor=floor,
            target=1.0,
            size="nation",
            is_time=is_time,
            extra=extra,
        )

    return [
        entry("cold", cost.cold_s, COLD_S, f"{COLD_S:g} s"),
        entry("warm", cost.warm_s, WARM_S, f"{WARM_S:g} s"),
        entry("bytes", cost.size, BYTES, f"{BYTES} bytes"),
    ]


def _growth(page: str, few: PageCost, many: PageCost, target: float) -> Measurement:
    """Return by how much of itself a page's time grows when the clinics grow by all: 1 is in step, 0 not at all."""
    more_clinics = MANY_CLINICS / CLINICS - 1
    return Measurement(
        name=f"growth.{page}",
        numerator=max(0.0, many.warm_s - few.warm_s),
        floor=few.warm_s * more_clinics,
        target=target,
        size=f"{CLINICS} to {MANY_CLINICS} clinics",
        extra={
            "floor": f"the time with {CLINICS} clinics, times how many more there are",
            "clock": "processor",
        },
    )

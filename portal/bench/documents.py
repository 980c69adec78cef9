"""The annual report's documents against drawing the same charts alone, in one process and one run.

Processor time: the charts are drawn on a thread of their own, which waits its turn on a busy machine.
"""

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median

import db.reporting.submissions
from db.engine import Database
from portal.bench import invented
from portal.bench.measuring import BenchFault, Effort, Measurement
from portal.charts import drawing
from portal.demo.build import LAST, TODAY
from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report.content import AnnualReport, Chart, Section
from portal.reports import data_package, excel, pdf, web, word
from portal.reports.cover import Cover, Format
from portal.services.annual_report.live import live
from portal.services.context import Clock, Portal


TARGET = 2.5
NATION_CLINICS, NATION_YEARS, NATION_S = (
    300,
    2,
    30.0,
)  # processor seconds for the report and all its documents
WRITERS = {
    Format.DOCX: word.write,
    Format.PDF: pdf.write,
    Format.XLSX: excel.write,
    Format.HTML: web.write,
    Format.DATA: data_package.write,
}
ABOUT = Cover(state="Mätning")


def measure(demo: Path, effort: Effort) -> list[Measurement]:
    """Return the entries for the demo's report of its last whole year."""
    portal = Portal(database=Database(f"sqlite:///{demo}"), clock=Clock(TODAY), is_demo=True)
    report = live(portal, OPERATOR, LAST.year)
    portal.database.engine.dispose()
    if len(report.charts) < 8:
        raise BenchFault(f"the report has {len(report.charts)} charts only")
    return measure_report(report, effort)


def measure_nation(folder: Path, clinics: int = NATION_CLINICS) -> list[Measurement]:
    """Return the entry of what a nation's report costs: put together from its months, and made into every document."""
    portal = invented.empty_portal(f"sqlite:///{folder / 'nation.db'}", clinics)
    months = [month for month in invented.MONTHS if month.year > LAST.year - NATION_YEARS]
    with portal.writing(OPERATOR) as scoped:
        for number, code in enumerate(invented.clinics(clinics)):
            submissions = [invented.submission(code, number, month) for month in months]
            db.reporting.submissions.add_many(scoped, submissions)
    took = _processor_s(lambda: _make_all(live(portal, OPERATOR, LAST.year)))
    portal.database.engine.dispose()
    return [
        Measurement(
            name="report.nation",
            numerator=took,
            floor=NATION_S,
            target=1.0,
            size="nation",
            extra={"floor": f"{NATION_S:g} s", "clock": "processor", "clinics": clinics},
        )
    ]


def measure_report(report: AnnualReport, effort: Effort) -> list[Measurement]:
    """Return an entry per format, and `document.all`: all of them in a row, as the page makes them.

    Every turn has a report of its own (other words in every chart and table): otherwise Typst and the charts'
    memory would hand out what they made the turn before.
    """
    variants = (_variant(report, number) for number in count())
    _draw(next(variants))  # loads the engine, which each floor and numerator then has
    times: dict[str, list[float]] = {}
    for _ in range(effort.documents):
        gc.collect()
        for name, took in _turn([next(variants) for _ in range(2 + len(WRITERS))]).items():
            times.setdefault(name, []).append(took)
    medians = {name: median(took) for name, took in times.items()}
    extra = {"floor": "the charts alone, as SVG", "clock": "processor", "charts": len(report.charts)}
    return [
        Measurement(
            name=f"document.{name}",
            numerator=medians[name],
            floor=medians["charts"],
            target=TARGET,
            extra=extra,
        )
        for name in (*Format, "all")
    ]


def _turn(reports: list[AnnualReport]) -> dict[str, float]:
    """Draw one report's charts, then make others' documents: each format for itself, and all in a row."""
    alone, together, *each = reports
    took = {"charts": _processor_s(partial(_draw, alone))}
    for (kind, write), report in zip(WRITERS.items(), each, strict=True):
        took[kind.value] = _processor_s(partial(write, report, ABOUT))
    took["all"] = _processor_s(partial(_make_all, together))
    return took


def _make_all(report: AnnualReport) -> None:
    for write in WRITERS.values():
        write(report, ABOUT)


def _draw(report: AnnualReport) -> None:
    for chart in report.charts:
        drawing.svg(chart)


def _variant(report: AnnualReport, number: int) -> AnnualReport:
    return replace(report, sections=tuple(_section(section, number) for section in report.sections))


def _section(section: Section, number: int) -> Section:
    return replace(
        section,
        lead=f"{section.lead} {number}".strip(),
        charts=tuple(_chart(chart, number) for chart in section.charts),
        tables=tuple(replace(table, caption=f"{table.caption} {number}") for table in section.tables),
    )


def _chart(chart: Chart, number: int) -> Chart:
    return replace(
        chart,
        caption=f"{chart.caption} {number}",
        marks=tuple(replace(mark, text=f"{mark.text}·{number}") for mark in chart.marks),
    )


def _processor_s(run: Callable[[], object]) -> float:
    """Return the processor time that it took, that of every thread."""
    start = time.process_time()
    run()
    return time.process_time() - start

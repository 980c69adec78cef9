"""The report's figures as a Frictionless data package: tables in CSV, and a description of every column.

What stands there is what the report shows and nothing else: it is made from the same object.
"""

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from portal.domain.annual_report.content import AnnualReport
from portal.domain.reporting.texts import FORMULA_SIGNS
from portal.reports import cover, figures
from portal.reports.cover import Cover, Progress
from portal.reports.figures import FigureColumn, Value


DESCRIPTOR = "datapackage.json"
FIGURES, INDICATORS, MONTHS, SOURCES = "siffror", "indikatorer", "manader", "kallor"
WHEN = (1980, 1, 1, 0, 0, 0)  # the earliest that a zip file knows: the same report gives the same bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class DataTable:
    """One CSV file of the package with what its descriptor says of it."""

    name: str
    title: str
    description: str
    columns: tuple[FigureColumn, ...]
    rows: tuple[tuple[Value, ...], ...]
    keys: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return f"{self.name}.csv"


def write(report: AnnualReport, about: Cover, progress: Progress = cover.quiet) -> bytes:
    """Return the package as a zip file."""
    progress(0, 1, "Skriver datapaketet")
    contents = {table.path: (table, _csv(table)) for table in tables(report)}
    resources = [_resource(table, content) for table, content in contents.values()]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as package:
        _add(
            package,
            DESCRIPTOR,
            json.dumps(_descriptor(report, about, resources), ensure_ascii=False, indent=2),
        )
        for path, (_, content) in contents.items():
            _add(package, path, content)
    return file.getvalue()


def _add(package: zipfile.ZipFile, path: str, content: str) -> None:
    package.writestr(zipfile.ZipInfo(path, WHEN), content.encode(), zipfile.ZIP_DEFLATED)


def tables(report: AnnualReport) -> list[DataTable]:
    """Return what the package holds: the figures, what they count, the months of the figures' lines, the sources."""
    figure_table = DataTable(
        name=FIGURES,
        title=report.title,
        description="En rad per siffra. Ett värde som saknas är tomt och har sitt skäl i ord, aldrig noll.",
        columns=figures.COLUMNS,
        rows=tuple(figures.rows(report)),
    )
    return [figure_table, _indicators(report), _months(report), _sources(report)]


def _indicators(report: AnnualReport) -> DataTable:
    rows = [
        (entry.code, entry.label, entry.definition, entry.unit, entry.basis, entry.source, entry.caveat)
        for entry in report.definitions
    ]
    return DataTable(
        name=INDICATORS,
        title="Definitioner",
        description="Vad varje indikator räknar, som det gällde när rapporten gjordes.",
        columns=(
            _text("indikator", "Indikatorns kod"),
            _text("benämning", "Indikatorns namn"),
            _text("definition", "Vad som räknas"),
            _text("enhet", "Enheten som den visas i"),
            _text("grund", "Hur regionens värde är sammanställt"),
            _text("källa", "Vem som lämnar uppgiften"),
            _text("förbehåll", "Vad man bör veta när man läser den"),
        ),
        rows=tuple(rows),
        keys=("indikator",),
    )


def _months(report: AnnualReport) -> DataTable:
    rows = [
        (chart.number, mark.series, mark.label, mark.value, chart.axis)
        for chart in report.charts
        if chart.is_over_months
        for mark in chart.marks
    ]
    return DataTable(
        name=MONTHS,
        title="Regionen månad för månad",
        description="Punkterna i rapportens linjediagram.",
        columns=(
            _text("figur", "Figurens nummer i rapporten"),
            _text("serie", "Linjens namn"),
            _text("månad", "Månaden, som den står i figuren"),
            FigureColumn("värde", 12, True, "Värdet, i figurens enhet"),
            _text("enhet", "Enheten som den visas i"),
        ),
        rows=tuple(rows),
    )


def _sources(report: AnnualReport) -> DataTable:
    rows = [(source.name, source.gives) for source in report.sources]
    return DataTable(
        name=SOURCES,
        title="Källor",
        description="Vem som lämnar vilka uppgifter.",
        columns=(_text("källa", "Källans namn"), _text("ger", "Vilka uppgifter den lämnar")),
        rows=tuple(rows),
        keys=("källa",),
    )


def _text(name: str, meaning: str) -> FigureColumn:
    return FigureColumn(name, 0, False, meaning)


def _csv(table: DataTable) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.name for column in table.columns])
    writer.writerows([_cell(value) for value in row] for row in table.rows)
    return text.getvalue()


def _cell(value: Value) -> str:
    """Return a number with a point, as programs read it; a text that a spreadsheet would compute is quoted."""
    if value is None:
        return ""
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA_SIGNS) else value
    return str(int(value)) if value == int(value) else repr(float(value))


def _descriptor(report: AnnualReport, about: Cover, resources: Sequence[dict[str, Any]]) -> dict[str, Any]:
    demo = f" {cover.DEMO}." if report.is_demo else ""
    return {
        "profile": "tabular-data-package",
        "name": f"arsuppfoljning-vardval-bup-dalarna-{report.year}",
        "title": report.title,
        "description": f"{cover.subtitle(report)}. {about.state}{demo} {cover.HOW_TO_READ}",
        "version": about.sha256 or "utkast",
        "keywords": ["Vårdval BUP", "årsuppföljning", str(report.year)],
        "contributors": [{"title": cover.author(report), "role": "publisher"}],
        "sources": [{"title": source.name} for source in report.sources],
        "resources": list(resources),
    }


def _resource(table: DataTable, content: str) -> dict[str, Any]:
    raw = content.encode()
    schema: dict[str, Any] = {
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.keys:
        schema["primaryKey"] = list(table.keys)
    return {
        "profile": "tabular-data-resource",
        "name": table.name,
        "path": table.path,
        "title": table.title,
        "description": table.description,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "header": True},
        "bytes": len(raw),
        "hash": f"sha256:{hashlib.sha256(raw).hexdigest()}",
        "schema": schema,
    }


def _field(column: FigureColumn) -> dict[str, str]:
    return {
        "name": column.name,
        "title": column.name.capitalize(),
        "type": "number" if column.is_number else "string",
        "description": column.meaning,
    }

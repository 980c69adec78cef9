"""What files, tooltips and `portal figures` say of clinics' figures, in the words that pages print them in."""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unittest import mock

import typst
from openpyxl import Workbook

from portal.charts import drawing
from portal.domain.insight.queue import PHASES
from portal.domain.registry.indicators import PATIENTS, Indicator
from portal.reports import pdf
from portal.services.annual_report.documents import Edition
from portal.ui.base import formats
from tests.pages.printing.ledger import BY_CODE, REGION, Cell, Key, Ledger, Table, plain
from tests.pages.printing.printed import BY_LABEL, CLINICS_ALONE, INDICATORS_OF_QUEUES, note_rate


@dataclass(frozen=True, kw_only=True)
class Numbers:
    """One figure as numbers: what a file for other programs holds of it."""

    value: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    rate: float | None = None


def note(
    ledger: Ledger, indicator: Indicator, clinic: str, period: str, numbers: Numbers, place: str
) -> None:
    """Note a figure's value, its rate and its cases as a page would print them."""
    key = Key("value", indicator.code, clinic, period)
    text = "saknas" if numbers.value is None else formats.value(indicator, numbers.value)
    ledger.figure(key, text, place)
    if indicator.is_rate and numbers.rate is not None:
        note_rate(ledger, Key("rate", indicator.code, clinic, period), formats.per_100(numbers.rate), place)
    if indicator.is_share and numbers.value is not None and numbers.denominator:
        cases = f"{formats.number(numbers.numerator)} av {formats.number(numbers.denominator)}"
        ledger.put(Key("cases", indicator.code, clinic, period), cases, place)


# CSV for Swedish Excel


def rows_of(content: bytes) -> Iterator[dict[str, str]]:
    """Return the rows by heading; of headings that stand more than once, the columns after the first have a number."""
    headings, *rows = csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";")
    names = [f"{name}{headings[:at].count(name) or ''}" for at, name in enumerate(headings)]
    return (dict(zip(names, row, strict=True)) for row in rows)


def number(text: str) -> float | None:
    return float(text.replace(",", ".")) if text else None


def numbers_of(row: Mapping[str, str], *, rate: str = "per 100") -> Numbers:
    return Numbers(
        value=number(row["värde"]),
        numerator=number(row["täljare"]),
        denominator=number(row["nämnare"]),
        rate=number(row.get(rate, "")),
    )


def _outcomes(content: bytes) -> Iterator[dict[str, str]]:
    """Yield the months that have been; a month ahead has a forecast and nothing that was counted."""
    for row in rows_of(content):
        is_ahead, counted = row["slag"] == "prognos", row.get("värde") or row.get("väntar")
        assert is_ahead is bool(row["prognos"]) and not (is_ahead and counted), row
        if not is_ahead:
            yield row


def indicator_csv(ledger: Ledger, content: bytes, code: str, place: str) -> None:
    """Indikator's months: the clinic's figure, the region's released one, the limits."""
    indicator = BY_CODE[code]
    for row in _outcomes(content):
        clinic, period = row["mottagning"], row["månad"]
        note(ledger, indicator, clinic, period, numbers_of(row, rate="ritat"), place)
        if (released := number(row["region"])) is not None:
            text = formats.number(released, 1) if indicator.is_rate else formats.value(indicator, released)
            ledger.figure(Key("released", code, REGION, period), text, place)
        limits = number(row["nedre gräns"]), number(row["övre gräns"])
        if None not in limits:
            ledger.put(Key("limits", code, clinic, period), _span(indicator, *limits), place)


def _span(indicator: Indicator, low: float, high: float) -> str:
    digits = 1 if indicator.is_rate or indicator.kind.value == "quotient" else 0
    return f"{formats.number(low, digits)}–{formats.number(high, digits)}"


def comparison_csv(ledger: Ledger, content: bytes, code: str, period: str, place: str) -> None:
    """Mottagningar: every clinic on one indicator, and where it lies beside the region."""
    for row in rows_of(content):
        note(ledger, BY_CODE[code], row["mottagning"], period, numbers_of(row), place)
        if row["läge"]:
            ledger.put(Key("position", code, row["mottagning"], period), row["läge"], place)


def matrix_csv(ledger: Ledger, content: bytes, period: str, place: str) -> None:
    for row in rows_of(content):
        indicator = BY_LABEL[row["indikator"]]
        note(ledger, indicator, row["mottagning"], period, numbers_of(row), place)
        if row["läge"]:
            ledger.put(Key("position", indicator.code, row["mottagning"], period), row["läge"], place)


def months_csv(ledger: Ledger, content: bytes, code: str, place: str) -> None:
    """Över tid: every clinic's months on one indicator."""
    for row in rows_of(content):
        numbers = numbers_of(row, rate="ritat")
        note(ledger, BY_CODE[code], row["mottagning"], row["månad"], numbers, place)


def places_csv(ledger: Ledger, content: bytes, period: str, place: str) -> None:
    """Kommuner: of a municipality with one clinic, that clinic's figures."""
    for row in rows_of(content):
        if clinic := CLINICS_ALONE.get(row["kommun"]):
            divided = 0
            for label in (label for label in row if label in BY_LABEL):
                indicator, numbers = BY_LABEL[label], Numbers(value=number(row[label]))
                if indicator.denominator:
                    names = (f"{name}{divided or ''}" for name in ("täljare", "nämnare"))
                    over, under = (number(row[name]) for name in names)
                    numbers, divided = (
                        Numbers(value=numbers.value, numerator=over, denominator=under),
                        divided + 1,
                    )
                note(ledger, indicator, clinic, period, numbers, place)


def queues_csv(ledger: Ledger, content: bytes, place: str) -> None:
    """Köer: the region's months, those that every clinic has answered."""
    for row in _outcomes(content):
        for name, heading in (("väntar", "Väntar"), ("startar", "Startade i månaden")):
            if row[name]:
                code = INDICATORS_OF_QUEUES[row["kö"]][heading]
                ledger.figure(
                    Key("value", code, REGION, row["månad"]), formats.number(number(row[name])), place
                )


def year_csv(ledger: Ledger, content: bytes, place: str) -> None:
    """The year's figures as a file: every clinic and the region, and the year before."""
    for row in rows_of(content):
        clinic = REGION if row["mottagning"] == "region" else row["mottagning"]
        indicator, year = BY_CODE[row["indikator"]], int(row["år"])
        before = number(row["året före"])
        numbers = numbers_of(row) if clinic != REGION else Numbers(value=number(row["värde"]))
        note(ledger, indicator, clinic, str(year), numbers, place)
        note(ledger, indicator, clinic, str(year - 1), Numbers(value=before), place)


# Tooltips


def tooltips(
    ledger: Ledger, rows: Iterable[Mapping[str, object]], code: str, clinic: str, place: str
) -> None:
    """Indikator's chart: what stands beside the pointer at each month."""
    indicator = BY_CODE[code]
    for row in rows:
        period = ledger.month(str(row["month"]))
        _drawn(ledger, indicator, clinic, period, str(row["own_text"]), place)
        if row["region"] is not None:
            ledger.figure(Key("released", code, REGION, period), str(row["region_text"]), place)
        if row["low"] is not None:
            ledger.put(Key("limits", code, clinic, period), f"{row['low_text']}–{row['high_text']}", place)
        if indicator.is_rate and row["cases"] is not None:
            ledger.figure(Key("value", PATIENTS, clinic, period), str(row["cases_text"]), place)


def _drawn(ledger: Ledger, indicator: Indicator, clinic: str, period: str, text: str, place: str) -> None:
    if indicator.is_rate:
        note_rate(ledger, Key("rate", indicator.code, clinic, period), text, place)
    else:
        ledger.figure(Key("value", indicator.code, clinic, period), text, place)


def points(ledger: Ledger, rows: Iterable[Mapping[str, object]], code: str, period: str, place: str) -> None:
    """Mottagningar's points on one axis or in the funnel: each clinic's figure, and where it lies."""
    for row in rows:
        if "clinic" in row:
            clinic = ledger.clinic(str(row["clinic"]))
            _drawn(ledger, BY_CODE[code], clinic, period, str(row["value_text"]), place)
            if "place" in row:
                ledger.put(Key("funnel", code, clinic, period), str(row["place"]), place)


def queue_lines(ledger: Ledger, rows: Iterable[Mapping[str, object]], place: str) -> None:
    """Köer's chart: each queue's months as they are drawn, and as the pointer says them."""
    for row in rows:
        month = ledger.month(str(row["month"]))
        for phase in PHASES:
            if row[phase.code] is not None:
                words = str(row[f"{phase.code}_text"])
                waiting, started = re.fullmatch("(.+) väntar, (.+) startar", words).groups()
                ledger.figure(
                    Key("value", phase.waiting, REGION, month), formats.number(row[phase.code]), place
                )
                ledger.figure(Key("value", phase.waiting, REGION, month), waiting, place)
                ledger.figure(Key("value", phase.started, REGION, month), started, place)


# `portal figures`


def figures(ledger: Ledger, year: Mapping[str, Mapping[str, object]], period: int, place: str) -> None:
    """What `portal figures --json` says of the region."""
    for code, of_year in year.items():
        indicator = BY_CODE[code]
        numbers = Numbers(
            value=of_year["value"],
            numerator=of_year["numerator"],
            denominator=of_year["denominator"],
            rate=of_year["per_100_patients"],
        )
        note(ledger, indicator, REGION, str(period), numbers, place)
        note(ledger, indicator, REGION, str(period - 1), Numbers(value=of_year["previous"]), place)
        if of_year["change"] is not None:
            unit = {"procent": "%"}.get(of_year["change_unit"], of_year["change_unit"])
            digits = 0 if unit in ("%", "procentenheter") else 1
            words = f"{formats.signed(of_year['change'], digits)} {unit}"
            ledger.put(Key("change", code, REGION, str(period)), words, place)


def figures_of_clinics(
    ledger: Ledger, year: Mapping[str, Mapping[str, object]], period: int, place: str
) -> None:
    """What it says of each clinic; a clinic's user gets no more than its own."""
    for code, of_year in year.items():
        for clinic, figure in of_year["clinics"].items():
            numbers = Numbers(
                value=figure["value"],
                numerator=figure["numerator"],
                denominator=figure["denominator"],
                rate=figure["per_100_patients"],
            )
            note(ledger, BY_CODE[code], clinic, str(period), numbers, place)
            note(ledger, BY_CODE[code], clinic, str(period - 1), Numbers(value=figure["previous"]), place)


# The report as Excel and as PDF

YEAR = re.compile(r"\d{4}")
NUMBER_FORMAT = re.compile(r"(?P<sign>\+)?#,##0(?:\.(?P<decimals>0+))?(?:\"(?P<unit>[^\"]*)\")?(?:;.*)?")


def tables_of_excel(book: Workbook) -> Iterator[Table]:
    """Return each chapter's tables as Excel shows them: a title, headings, rows until an empty one."""
    for sheet in book.worksheets:
        rows = [tuple(map(_shown, row)) for row in sheet.iter_rows()]
        for at, row in enumerate(rows):
            if row and row[0].startswith("Tabell "):
                yield _table(row[0], rows[at + 1 :])


def _table(caption: str, rows: Sequence[tuple[str, ...]]) -> Table:
    headings = tuple(text for text in rows[0] if text)
    body = []
    for row in rows[1:]:
        if not any(row):
            break
        body.append(tuple(Cell(text) for text in row[: len(headings)]))
    return Table(plain(caption), headings, tuple(body))


def _shown(cell) -> str:
    """Return what Excel shows of a cell."""
    pattern = NUMBER_FORMAT.fullmatch(cell.number_format)
    if not isinstance(cell.value, int | float) or pattern is None:
        return plain(str(cell.value)) if cell.value is not None else ""
    write = formats.signed if pattern["sign"] else formats.number
    return plain(write(cell.value, len(pattern["decimals"] or "")) + (pattern["unit"] or ""))


def data_of_excel(ledger: Ledger, book: Workbook, place: str) -> None:
    """The sheet with every figure as a row of its own."""
    headings, *rows = book["Data"].iter_rows(values_only=True)
    for row in (dict(zip(headings, row, strict=True)) for row in rows):
        indicator = BY_CODE.get(row["indikator"])
        if not indicator or row["benämning"] != indicator.label or row["ursprung"] == "publicerat":
            continue
        clinic = {"region": REGION}.get(row["del"], row["del"])
        is_headline = clinic in ledger.clinics.values() or row["grund"] == indicator.headline.label
        if is_headline and YEAR.fullmatch(row["period"]):
            numbers = Numbers(value=row["värde"], numerator=row["täljare"], denominator=row["nämnare"])
            note(ledger, indicator, clinic, row["period"], numbers, place)


def tables_of_pdf(edition: Edition) -> Iterator[Table]:
    """Return the tables that Typst is given to set; pictures and setting are other tests'."""
    with (
        mock.patch.object(drawing, "svg", lambda _chart: '<svg width="1" height="1"/>'),
        mock.patch.object(typst, "compile", return_value=b"") as compile_,
    ):
        pdf.write(edition.report, edition.about)
    report = json.loads(compile_.call_args.kwargs["sys_inputs"]["report"])
    sections = (*report["chapters"], *report["appendices"], *report["moved"])
    for table in (table for section in sections for table in section["tables"]):
        rows = [tuple(Cell(plain(cell["text"])) for cell in row["cells"]) for row in table["rows"]]
        yield Table(plain(table["title"]), tuple(map(plain, table["headings"])), tuple(rows))

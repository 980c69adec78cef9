"""What pages and documents print of clinics' figures, and where two places print it differently."""

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from docx import Document
from lxml import html

from portal.domain.insight.queue import PHASES, WINDOW
from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.months import Month
from portal.ui.base import formats


REGION = "Regionen"
MISSING = "saknas"  # whatever the reason in words is
FIGURE = re.compile(r"[+−]?\d[\d ]*(?:,\d+)?")
CASES = re.compile(r"(\d[\d ]*) av (\d[\d ]*)")
VERDICT = re.compile(r"[✓◐✗?] [a-zåäö]+(?: [a-zåäö]+)*")
RATE = re.compile(r"(\d[\d ]*(?:,\d+)?) per 100")
MONTHS = {
    name: month
    for month in (Month(year, number) for year in range(2022, 2026) for number in range(1, 13))
    for name in (month.short, month.label, f"{month.short[:3]}-{month.short[-2:]}")
}
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}
BY_LABEL = {indicator.label: indicator for indicator in INDICATORS}
JOINING = f"Nya i kön per månad, {WINDOW} mån"
INDICATORS_OF_QUEUES = {
    phase.label: {"Väntar": phase.waiting, "Startade i månaden": phase.started, "Räcker": phase.to_clear}
    for phase in PHASES
}


@dataclass(frozen=True)
class Cell:
    text: str
    small: str = ""
    href: str = ""


@dataclass(frozen=True)
class Table:
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def column(self, heading: str) -> int | None:
        return self.headings.index(heading) if heading in self.headings else None


@dataclass(frozen=True)
class Key:
    """Which figure: its kind, its indicator, whose it is, and of which month or year."""

    kind: str
    indicator: str
    clinic: str
    period: str


class Ledger:
    """Every figure with what was printed of it, and where."""

    def __init__(self, clinics: Mapping[str, str]) -> None:
        self.clinics = clinics  # name, also the report's → code
        self.prints: dict[Key, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))

    def put(self, key: Key, text: str, place: str) -> None:
        self.prints[key][plain(text)].add(place)

    def figure(self, key: Key, text: str, place: str) -> None:
        """Note a figure, or that there is none; a dash says neither."""
        if plain(text) not in ("", "–"):
            match = FIGURE.match(plain(text))
            self.put(key, match[0].strip() if match else MISSING, place)

    def found_in(self, pattern: re.Pattern[str], key: Key, text: str, place: str) -> None:
        if match := pattern.search(plain(text)):
            self.put(key, match[0], place)

    def clinic(self, name: str) -> str:
        """Return the code of a clinic's name, before which its number in a chart may stand."""
        name = re.sub(r"^\d+ ", "", plain(name))
        return REGION if name == REGION else self.clinics.get(name, "")

    @property
    def disagreements(self) -> list[str]:
        return [
            f"{key}: {dict(sorted((text, sorted(places)[:3]) for text, places in texts.items()))}"
            for key, texts in self.prints.items()
            if len(texts) > 1
        ]

    def shared(self) -> Counter[str]:
        """Return by kind how many figures stand in more than one place."""
        places = {key: set().union(*texts.values()) for key, texts in self.prints.items()}
        return Counter(key.kind for key, where in places.items() if len(where) > 1)


def plain(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u202f", " ")).strip()


# Tables of pages, of Word and of Excel


def tables_of_html(bodies: Iterable[str]) -> Iterator[Table]:
    for body in bodies:
        for table in html.fragment_fromstring(body, create_parent="div").iter("table"):
            rows = [tuple(map(_cell, row)) for row in table.iterfind("tbody/tr")]
            headings = tuple(plain(cell.text_content()) for cell in table.find("thead/tr"))
            yield Table(plain(table.findtext("caption") or ""), headings, tuple(rows))


def _cell(element) -> Cell:
    anchors = [anchor.get("href") for anchor in element.iter("a")]
    small = [plain(part.text_content()) for part in element.iter("span") if part.get("class") == "small"]
    for part in [part for part in element.iter("span", "div", "details") if part.get("class") == "small"]:
        part.drop_tree()
    return Cell(plain(element.text_content()), " ".join(small), anchors[0] if anchors else "")


def tables_of_word(content: bytes) -> Iterator[Table]:
    caption = ""
    for part in Document(io.BytesIO(content)).iter_inner_content():
        if not hasattr(part, "rows"):
            caption = plain(part.text) or caption
            continue
        rows = [tuple(Cell(plain(text)) for text in _word_texts(row)) for row in part._tbl.tr_lst]
        yield Table(caption, tuple(cell.text for cell in rows[0]), tuple(rows[1:]))


def _word_texts(row) -> Iterator[str]:
    for cell in row.tc_lst:
        yield "".join(
            text.text or ""
            for text in cell.iter("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}t")
        )


# What the tables say


def overview(ledger: Ledger, tables: Iterable[Table], clinic: str, place: str) -> None:
    """Översikt: the month, the one before, the year before and what is released of the region."""
    for table in tables:
        if table.headings[:1] != ("Indikator",):
            continue
        for row in table.rows:
            code = BY_LABEL[row[0].text].code
            for heading, cell in list(zip(table.headings, row, strict=True))[1:4]:
                key = Key("value", code, clinic, str(MONTHS[heading]))
                ledger.figure(key, cell.text, place)
                ledger.found_in(CASES, Key("cases", code, clinic, key.period), cell.small, place)
                ledger.found_in(RATE, Key("rate", code, clinic, key.period), cell.small, place)
            released = row[table.headings.index("Regionen")]
            if not released.small.startswith("i "):  # an older month's
                ledger.figure(
                    Key("released", code, REGION, str(MONTHS[table.headings[1]])), released.text, place
                )


def contract(ledger: Ledger, tables: Iterable[Table], clinic: str, place: str) -> None:
    """The contract's demands: one clinic's, or every clinic's beside each other."""
    for table in tables:
        if table.headings[:2] == ("Krav", "Så står ni"):
            for row in table.rows:
                ledger.found_in(VERDICT, Key("verdict", row[0].text, clinic, ""), row[1].text, place)
        if table.headings[:2] == ("Mottagning", "Första besök inom 30 dagar"):
            for row in table.rows:
                for heading, cell in zip(table.headings[1:], row[1:], strict=True):
                    key = Key("verdict", heading, ledger.clinic(row[0].text), "")
                    ledger.found_in(VERDICT, key, cell.text, place)


def movements(ledger: Ledger, tables: Iterable[Table], place: str) -> None:
    """Månaden: the figures that moved, of the month and the one before."""
    for table in tables:
        if table.headings[:2] != ("Mottagning", "Indikator"):
            continue
        for row in table.rows:
            clinic, code = ledger.clinic(row[0].text), BY_LABEL[row[1].text].code
            for heading, cell in zip(table.headings[2:4], row[2:4], strict=True):
                if row[1].small:
                    _rate(ledger, Key("rate", code, clinic, str(MONTHS[heading])), cell.text, place)
                else:
                    ledger.figure(Key("value", code, clinic, str(MONTHS[heading])), cell.text, place)


def queues(ledger: Ledger, tables: Iterable[Table], clinic: str, place: str) -> None:
    """The queues of one clinic or of the region, or of each clinic in one queue."""
    for table in tables:
        if table.headings[1:2] != ("Väntar",):
            continue
        month = next(MONTHS[name] for name in MONTHS if re.search(rf"\b{name}\b", table.caption))
        named = next(
            (label for label in INDICATORS_OF_QUEUES if table.caption.startswith(f"{label} per")), ""
        )
        for row in table.rows:
            owner = ledger.clinic(row[0].text) if named else clinic
            for heading, code in INDICATORS_OF_QUEUES[named or row[0].text].items():
                cell = row[table.headings.index(heading)]
                ledger.figure(Key("value", code, owner, str(month)), cell.text, place)
            joining = row[table.headings.index(JOINING)]
            ledger.figure(Key("joining", named or row[0].text, owner, str(month)), joining.text, place)


def indicator(ledger: Ledger, tables: Iterable[Table], code: str, clinic: str, place: str) -> None:
    """Indikator: each month's own figure and its cases."""
    for table in tables:
        if table.headings[:2] != ("Månad", "Mottagningen"):
            continue
        for row in table.rows:
            period = str(MONTHS[row[0].text])
            ledger.figure(Key("value", code, clinic, period), row[1].text, place)
            ledger.found_in(CASES, Key("cases", code, clinic, period), row[2].text, place)
            ledger.found_in(RATE, Key("rate", code, clinic, period), row[2].text, place)
            if plain(row[4].text) != "Inte släppt":
                ledger.figure(Key("released", code, REGION, period), row[4].text, place)


def comparison(
    ledger: Ledger, tables: Iterable[Table], code: str, periods: tuple[str, str], place: str
) -> None:
    """Mottagningar: each clinic's figure, its cases, the year before and the change."""
    for table in tables:
        if table.headings[:3] != ("Mottagning", "Regi", "Värde"):
            continue
        for row in table.rows:
            clinic = ledger.clinic(row[0].text)
            ledger.figure(Key("value", code, clinic, periods[0]), row[2].text, place)
            if table.headings[3] == "Underlag":
                ledger.found_in(CASES, Key("cases", code, clinic, periods[0]), row[3].text, place)
            else:
                _rate(ledger, Key("rate", code, clinic, periods[0]), row[3].text, place)
            ledger.figure(Key("value", code, clinic, periods[1]), row[4].text, place)
            if row[4].small:
                ledger.put(Key("change", code, clinic, periods[0]), row[4].small, place)


def matrix(ledger: Ledger, tables: Iterable[Table], period: str, place: str) -> None:
    """Mottagningar, all indicators: each clinic's figure, or its rate where the heading says so."""
    for table in tables:
        if table.headings[:2] != ("Mottagning", "Telefontillgänglighet ↑"):
            continue
        for row in table.rows:
            clinic = ledger.clinic(row[0].text)
            for heading, cell in zip(table.headings[1:], row[1:], strict=True):
                label = heading[:-2].removesuffix(" per 100")
                if label != heading[:-2]:
                    _rate(ledger, Key("rate", BY_LABEL[label].code, clinic, period), cell.text, place)
                else:
                    ledger.figure(Key("value", BY_LABEL[label].code, clinic, period), cell.text, place)
                    ledger.found_in(
                        CASES, Key("cases", BY_LABEL[label].code, clinic, period), cell.small, place
                    )


def _rate(ledger: Ledger, key: Key, text: str, place: str) -> None:
    if FIGURE.match(plain(text)):
        ledger.put(key, f"{plain(text)} per 100", place)


def report(ledger: Ledger, tables: Iterable[Table], year: int, place: str) -> None:
    """The annual report: every clinic and indicator of the year and the one before."""
    for table in tables:
        _headline_figures(ledger, table, year, place)
        _per_clinic(ledger, table, year, place)
        _by_queue(ledger, table, year, place)


def _headline_figures(ledger: Ledger, table: Table, year: int, place: str) -> None:
    if table.headings[:2] != ("Indikator", "Kapitel"):
        return
    for row in table.rows:
        code = BY_LABEL[row[0].text].code
        ledger.figure(Key("value", code, REGION, str(year)), row[2].text, place)
        ledger.figure(Key("value", code, REGION, str(year - 1)), row[3].text, place)
        if plain(row[4].text) != "–":
            ledger.put(Key("change", code, REGION, str(year)), row[4].text, place)


def _per_clinic(ledger: Ledger, table: Table, year: int, place: str) -> None:
    match = re.search(r"(?:^|\. )([^.]+) per mottagning \(", table.caption)
    if not match or match[1] not in BY_LABEL:
        return
    code = BY_LABEL[match[1]].code
    for row in table.rows:
        clinic = ledger.clinic(row[0].text)
        ledger.figure(Key("value", code, clinic, str(year)), row[1].text, place)
        ledger.figure(Key("value", code, clinic, str(year - 1)), row[2].text, place)
        if plain(row[3].text) != "–":
            ledger.put(Key("change", code, clinic, str(year)), row[3].text, place)
        if table.headings[4].startswith("Per 100"):
            _rate(ledger, Key("rate", code, clinic, str(year)), row[4].text, place)
        else:
            ledger.found_in(CASES, Key("cases", code, clinic, str(year)), row[4].text, place)


def _by_queue(ledger: Ledger, table: Table, year: int, place: str) -> None:
    """Tables with a clinic in each row and an indicator in each column."""
    if table.headings[0] != "Mottagning" or not all(label in BY_LABEL for label in table.headings[1:]):
        return
    for row in table.rows:
        owner, earlier = re.subn(r" (\d{4})$", "", row[0].text)
        period = row[0].text[-4:] if earlier else str(year)
        for label, cell in zip(table.headings[1:], row[1:], strict=True):
            ledger.figure(Key("value", BY_LABEL[label].code, ledger.clinic(owner), period), cell.text, place)


def figures(ledger: Ledger, year: Mapping[str, Mapping[str, object]], period: int, place: str) -> None:
    """What `portal figures --json` says of the region, in the words of the pages."""
    for code, told in year.items():
        indicator, value = BY_CODE[code], told["value"]
        ledger.figure(Key("value", code, REGION, str(period)), formats.value(indicator, value), place)
        ledger.figure(
            Key("value", code, REGION, str(period - 1)), formats.value(indicator, told["previous"]), place
        )
        _rate(
            ledger, Key("rate", code, REGION, str(period)), formats.per_100(told["per_100_patients"]), place
        )
        if told["change"] is not None:
            unit = {"procent": "%"}.get(told["change_unit"], told["change_unit"])
            digits = 0 if unit in ("%", "procentenheter") else 1
            words = f"{formats.signed(told['change'], digits)} {unit}"
            ledger.put(Key("change", code, REGION, str(period)), words, place)
        if indicator.is_share and told["denominator"] is not None:
            cases = f"{formats.number(told['numerator'])} av {formats.number(told['denominator'])}"
            ledger.put(Key("cases", code, REGION, str(period)), cases, place)

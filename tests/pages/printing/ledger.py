"""Figures with what was printed of each, and where; and the tables of pages and of Word, as cells."""

import io
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from docx import Document
from lxml import html

from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.months import Month


REGION, COUNTRY = "Regionen", "Landet"
MISSING = "saknas"  # whatever the reason in words is
FIGURE = re.compile(r"[+−]?\d[\d ]*(?:,\d+)?")
CASES = re.compile(r"(\d[\d ]*) av (\d[\d ]*(?:,\d+)?)")
MONTH = re.compile(r"\d{4}-\d{2}")
MONTHS = {
    name: month
    for month in (Month(year, number) for year in range(2022, 2026) for number in range(1, 13))
    for name in (month.short, month.label, f"{month.short[:3]}-{month.short[-2:]}")
}
BY_CODE = {indicator.code: indicator for indicator in INDICATORS}


@dataclass(frozen=True)
class Cell:
    text: str
    small: str = ""
    href: str = ""


BESIDE = ("small", "portal-said")  # what stands under a cell's figure, and what is said of its mark


@dataclass(frozen=True)
class Table:
    caption: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


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

    def month(self, name: str) -> str:
        return str(MONTHS[name])

    def found_in(self, pattern: re.Pattern[str], key: Key, text: str, place: str) -> None:
        if match := pattern.search(plain(text)):
            self.put(key, match[0], place)

    def clinic(self, name: str) -> str:
        """Return a clinic's code by its name, before which its number in a chart may stand; the two lines keep theirs."""
        name = re.sub(r"^\d+ ", "", plain(name))
        return name if name in (REGION, COUNTRY) else self.clinics.get(name, "")

    def of_measures(self) -> None:
        """What a month's counts and cases say of the measures beneath them: Inlämningar prints those."""
        for key, texts in list(self.prints.items()):
            indicator = BY_CODE.get(key.indicator)
            if indicator is None or key.clinic == REGION or not MONTH.fullmatch(key.period):
                continue
            if key.kind == "value" and indicator.numerator and not indicator.denominator:
                self._add(replace(key, kind="measure", indicator=indicator.numerator), texts)
            if key.kind == "cases" and indicator.is_share:
                counts = {CASES.fullmatch(text).groups(): places for text, places in texts.items()}
                for (of, whole), places in counts.items():
                    self._add(replace(key, kind="measure", indicator=indicator.denominator), {whole: places})
                    rest = counted(whole) - counted(of)
                    over = f"{rest:,}".replace(",", " ") if indicator.counts_rest else of
                    self._add(replace(key, kind="measure", indicator=indicator.numerator), {over: places})

    def _add(self, key: Key, texts: Mapping[str, set[str]]) -> None:
        for text, places in texts.items():
            self.prints[key][text] |= places

    @property
    def disagreements(self) -> list[str]:
        return [
            f"{key}: {dict(sorted((text, sorted(places)[:3]) for text, places in texts.items()))}"
            for key, texts in self.prints.items()
            if len(texts) > 1
        ]

    def printed_twice(self, kind: str) -> set[tuple[str, str, str]]:
        """Return which figures of a kind stand in two places at least: indicator, clinic, period."""
        return {
            (key.indicator, key.clinic, key.period)
            for key, texts in self.prints.items()
            if key.kind == kind and len(set().union(*texts.values())) > 1
        }

    @property
    def wrong_changes(self) -> list[str]:
        """Return the changes in points that are not those of the two shares as they are printed."""
        wrong = []
        for key, text in [(figure, text) for figure, texts in self.prints.items() for text in texts]:
            before = f"{int(key.period[:4]) - 1}{key.period[4:]}" if key.kind == "change" else ""
            keys = (replace(key, kind="value"), replace(key, kind="value", period=before))
            now, then = (next(iter(self.prints.get(share, {"": ()}))) for share in keys)
            is_known = text.endswith("procentenheter") and now.isdecimal() and then.isdecimal()
            if is_known and int(text.split()[0].replace("−", "-")) != int(now) - int(then):
                wrong.append(f"{key}: {then} → {now} {text}")
        return wrong

    def shared(self) -> Counter[str]:
        """Return by kind how many figures stand in more than one place."""
        places = {key: set().union(*texts.values()) for key, texts in self.prints.items()}
        return Counter(key.kind for key, where in places.items() if len(where) > 1)


def counted(text: str) -> int:
    return int(text.replace(" ", ""))


def plain(text: str) -> str:
    return " ".join(text.split())  # no-break spaces, too


# Tables of pages, of Word and of Excel


def tables_of_html(bodies: Iterable[str]) -> Iterator[Table]:
    for body in bodies:
        for table in html.fragment_fromstring(body, create_parent="div").iter("table"):
            rows = [tuple(map(_cell, row)) for row in table.iterfind("tbody/tr")]
            headings = tuple(plain(cell.text_content()) for cell in table.find("thead/tr"))
            yield Table(plain(table.findtext("caption") or ""), headings, tuple(rows))


def text_of(body: str) -> str:
    """Return what one reads of a page's HTML; cells are apart from each other."""
    return " | ".join(html.fragment_fromstring(body, create_parent="div").itertext())


def _cell(element) -> Cell:
    anchors = [anchor.get("href") for anchor in element.iter("a")]
    small = [plain(part.text_content()) for part in element.iter("span") if part.get("class") in BESIDE]
    for part in [part for part in element.iter("span", "div", "details") if part.get("class") in BESIDE]:
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

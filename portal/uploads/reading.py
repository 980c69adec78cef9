"""Bytes → cells of text: the bounded readers for CSV and xlsx, and what to say about every other file."""

import csv
import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Literal, overload

from portal.domain.registry.rounding import half_up
from portal.domain.reporting.garbled import garbled_headings
from portal.domain.reporting.grammar import match_key
from portal.domain.reporting.problems import NOWHERE, Place, Problem, Severity, spell_place
from portal.uploads import child


MEGABYTE = 1024 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingLimits:
    """How much is read; `rows` are those below the heading."""

    csv_bytes: int
    xlsx_bytes: int
    rows: int
    columns: int = 61  # five years of months and one more

    @property
    def lines(self) -> int:
        return self.rows + 1


CLINIC_LIMITS = ReadingLimits(csv_bytes=2 * MEGABYTE, xlsx_bytes=2 * MEGABYTE, rows=2_000)
REGION_LIMITS = ReadingLimits(csv_bytes=64 * MEGABYTE, xlsx_bytes=8 * MEGABYTE, rows=2_000_000)

LARGE = MEGABYTE  # a text file of more is not kept as rows
TOP = 100  # rows

MAX_ENTRIES = 200
MAX_UNPACKED = 40 * MEGABYTE
CHILD = "portal.uploads.xlsx_child"
CHILD_SECONDS = 40  # wall clock, on a busy machine; the child's own limit is 10 s of processor time

answers = child.Answers()

Kind = Literal["xlsx", "csv"]


class CellMark:
    """What is odd about an xlsx cell (constants)."""

    DATE = "date"
    ERROR = "error"
    FORMULA = "formula"  # without a stored value


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """One sheet: rows[0] is row 1. Rows of a workbook end with their last filled cell."""

    name: str | None  # None: a text file has no sheets
    rows: Sequence[list[str]]
    visible: bool = True
    marks: Mapping[str, str] = field(default_factory=dict)  # cell address → CellMark
    formulas: Mapping[str, str] = field(default_factory=dict)  # those without a stored value, as text
    hidden_rows: tuple[int, ...] = ()  # filled ones only
    hidden_columns: tuple[str, ...] = ()  # filled ones only, by letter


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """A file as cells of text. `private`: a comment or other hidden part holds a personal number."""

    kind: Kind
    sheets: tuple[Sheet, ...]
    notices: tuple[str, ...] = ()
    private: bool = False


class Unreadable(Exception):
    """The file cannot be read at all; its one problem says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


def _unreadable(code: str, message: str, place: Place = NOWHERE) -> Unreadable:
    return Unreadable(Problem(code=code, severity=Severity.ERROR, message=message, place=place))


def read(name: str, content: bytes, *, limits: ReadingLimits = CLINIC_LIMITS) -> Document:
    """Return the file's cells as text, or raise Unreadable. The name decides nothing: the bytes do."""
    if not content or content.isspace():
        raise _unreadable("file.empty", "Filen är tom. Fyll i blanketten, spara den och skicka den igen.")
    is_zip = content.startswith(b"PK")
    if not is_zip:
        _check_kind(content)
    _check_size(content, limits.xlsx_bytes if is_zip else limits.csv_bytes)
    if is_zip:
        return _read_xlsx(content, limits)
    return _read_csv(content, limits)


def _check_size(content: bytes, most: int) -> None:
    if len(content) > most:
        # A file that is a little too large is not said to be as large as it may be.
        megabytes = max(half_up(len(content) / MEGABYTE, 1), most / MEGABYTE + 0.1)
        size = f"{megabytes:.1f}".replace(".", ",")
        raise _unreadable(
            "file.too_large",
            f"Filen är för stor: {size} MB, högst {most // MEGABYTE} MB går att skicka. "
            "Dela upp den eller spara bara bladet med siffrorna.",
        )


# --- what a file is, from its first bytes ---

_MENDING = "Skicka blanketten som Excel-fil (.xlsx) eller en textfil (.csv)."
_SAVING_ANEW = "Öppna den och spara den som Excel-arbetsbok (.xlsx)."
_SPREADSHEETS = (".xls", ".xlsb", ".ods", "Numbers")

_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "en PDF-fil"),
    (b"MZ", "ett program (exe)"),
    (b"\x7fELF", "ett program"),
    (b"\x89PNG", "en bild (PNG)"),
    (b"\xff\xd8\xff", "en bild (JPEG)"),
    (b"GIF8", "en bild (GIF)"),
    (b"Rar!", "ett packat arkiv (rar)"),
    (b"7z\xbc\xaf\x27\x1c", "ett packat arkiv (7z)"),
    (b"\x1f\x8b", "ett packat arkiv (gzip)"),
    (b"{\\rtf", "ett textdokument (rtf)"),
    (b"<", "en webbsida eller XML-fil"),
    (b"{", "en JSON-fil"),
    (b"[", "en JSON-fil"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # old Office files, and the wrapping of encrypted ones


def _kind_fault(kind: str) -> Unreadable:
    is_spreadsheet = any(name in kind for name in _SPREADSHEETS)
    mending = _SAVING_ANEW if is_spreadsheet else _MENDING
    return _unreadable("file.kind", f"Filen ser ut att vara {kind}, och den kan inte läsas. {mending}")


def _check_kind(content: bytes) -> None:
    if content.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise _password_fault()
        raise _kind_fault("en äldre Excel-fil (.xls) eller ett annat äldre Office-dokument")
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    for magic, kind in _MAGIC:
        if start.startswith(magic):
            raise _kind_fault(kind)


def _password_fault() -> Unreadable:
    return _unreadable(
        "file.password", "Filen är lösenordsskyddad. Ta bort lösenordet, spara filen och skicka den igen."
    )


# --- xlsx: the directory first, then a child process ---


def _read_xlsx(content: bytes, limits: ReadingLimits) -> Document:
    _check_package(content)
    return to_document(_ask_child(content, limits), limits)


def _check_package(content: bytes) -> None:
    """Judge the zip by its directory alone, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members, mimetype = archive.infolist(), _mimetype(archive)
    # zipfile raises struct.error, ValueError, OSError … for broken directories, not BadZipFile alone.
    except Exception:  # noqa: BLE001
        raise _damaged() from None
    names = [member.filename.lower() for member in members]
    _check_workbook(names, mimetype)
    if any(member.flag_bits & 0x1 for member in members):
        raise _password_fault()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MAX_ENTRIES or unpacked > MAX_UNPACKED or len(set(names)) < len(names):
        raise _too_complex()


def _mimetype(archive: zipfile.ZipFile) -> str:
    """Return what a package says that it is, as those of OpenDocument do; empty where it says nothing."""
    with suppress(Exception), archive.open("mimetype") as member:
        return member.read(LONGEST_MIMETYPE).decode("ascii").strip()
    return ""


def _check_workbook(names: list[str], mimetype: str) -> None:
    if any("vbaproject" in name or name.startswith("xl/macrosheets/") for name in names):
        raise _unreadable(
            "file.macro",
            "Arbetsboken innehåller makron och läses inte. Spara den som vanlig Excel-arbetsbok (.xlsx).",
        )
    if any(name.startswith("xl/externallink") for name in names):
        raise _unreadable(
            "file.external_links",
            "Arbetsboken har länkar till andra filer. Bryt länkarna (Data – Redigera länkar) och spara igen.",
        )
    if "[content_types].xml" not in names or "xl/workbook.xml" not in names:
        raise _kind_fault(_kind_of_zip(names, mimetype))


LONGEST_MIMETYPE = 100
_OPEN_DOCUMENT = "application/vnd.oasis.opendocument."
_MIMETYPES = {
    f"{_OPEN_DOCUMENT}spreadsheet": "en OpenDocument-fil (.ods)",
    f"{_OPEN_DOCUMENT}text": "ett textdokument (.odt)",
    f"{_OPEN_DOCUMENT}presentation": "en presentation (.odp)",
    f"{_OPEN_DOCUMENT}graphics": "en teckning (.odg)",
    _OPEN_DOCUMENT: "en OpenDocument-fil",
    "application/epub+zip": "en bok (.epub)",
}


def _kind_of_zip(names: list[str], mimetype: str) -> str:
    """Say what a package is: by what it calls itself, otherwise by what lies in it."""
    if kind := next((kind for start, kind in _MIMETYPES.items() if mimetype.startswith(start)), None):
        return kind
    signs = (
        ("xl/workbook.bin", "en binär Excel-fil (.xlsb)"),
        ("word/", "ett Word-dokument"),
        ("ppt/", "en PowerPoint-fil"),
        ("index/", "en Numbers-fil"),
        ("meta-inf/manifest.xml", "en OpenDocument-fil"),
    )
    for sign, kind in signs:
        if any(name.startswith(sign) for name in names):
            return kind
    return "ett packat arkiv (zip)"


def _damaged() -> Unreadable:
    return _unreadable(
        "file.damaged",
        "Arbetsboken är skadad eller ofullständig. Öppna den i Excel och spara den på nytt som .xlsx.",
    )


def _too_complex() -> Unreadable:
    return _unreadable(
        "file.too_complex",
        "Arbetsboken är för stor eller för invecklad för att läsas. Kopiera siffrorna till en ny blankett.",
    )


def _ask_child(content: bytes, limits: ReadingLimits) -> dict[str, Any]:
    """Return what the child read."""
    try:
        key = hashlib.sha256(content).digest(), limits.lines, limits.columns
        stdout = answers.get(key, lambda: _run_child(content, limits))
        answer: dict[str, Any] = json.loads(stdout)
    except child.TooMuch:
        raise _too_complex() from None
    except child.ChildFailed as fault:
        raise _not_read(fault) from None
    except ValueError as garbled:
        raise _not_read(child.failed(CHILD, garbled)) from None
    return answer


def _run_child(content: bytes, limits: ReadingLimits) -> bytes:
    return child.ask(CHILD, str(limits.lines), str(limits.columns), content=content, seconds=CHILD_SECONDS)


def _not_read(fault: child.ChildFailed) -> Unreadable:
    why = "Servern är upptagen." if fault.is_busy else "Felet är vårt, inte filens."
    return _unreadable(
        "file.not_read",
        f"Filen kunde inte läsas just nu. {why} Försök igen om en stund; händer det på "
        f"nytt, uppge felkod {fault.error_id} till supporten.",
    )


def to_document(answer: Mapping[str, Any], limits: ReadingLimits = CLINIC_LIMITS) -> Document:
    """Return the child's answer as a document, or raise Unreadable for what it refused."""
    if "fault" in answer:
        raise _child_fault(answer, limits)
    sheets = tuple(
        Sheet(
            name=sheet["name"],
            rows=sheet["rows"],
            visible=sheet["visible"],
            marks=sheet["marks"],
            formulas=sheet["formulas"],
            hidden_rows=tuple(sheet["hidden_rows"]),
            hidden_columns=tuple(sheet["hidden_columns"]),
        )
        for sheet in answer["sheets"]
    )
    return Document(kind="xlsx", sheets=sheets, private=answer["private"])


def _child_fault(answer: Mapping[str, Any], limits: ReadingLimits) -> Unreadable:
    place = Place(sheet=answer["sheet"], cell=answer["cell"])
    match answer["fault"]:
        case "too_many_rows":
            return _too_many_rows(limits, place)
        case "too_many_columns":
            return _too_many_columns(limits, place)
        case "long_text":
            return _unreadable(
                "file.long_text", f"Cell {place.cell} har mer än 500 tecken text. Ta bort texten.", place
            )
        case "too_complex":
            return _too_complex()
    return _damaged()


def _too_many_rows(limits: ReadingLimits, place: Place) -> Unreadable:
    most = f"{limits.rows:,}".replace(",", "\u00a0")
    return _unreadable(
        "file.too_many_rows",
        f"{spell_place(place)}: något står nedanför de {most} rader som läses. Ta bort det eller dela upp filen.",
        place,
    )


def _too_many_columns(limits: ReadingLimits, place: Place) -> Unreadable:
    return _unreadable(
        "file.too_many_columns",
        f"{spell_place(place)}: något står utanför de {limits.columns} kolumner som läses. Ta bort det eller dela upp filen.",
        place,
    )


# --- text ---


def _read_csv(content: bytes, limits: ReadingLimits) -> Document:
    text, encoding, notices = _decoded(content)
    if "\0" in text:
        raise _kind_fault("något annat än text")
    if not text or text.isspace():
        raise _unreadable("file.empty", "Filen är tom. Fyll i blanketten, spara den och skicka den igen.")
    _check_joined(text)
    rows = TextRows(content, encoding, _delimiter(text))
    _check_rows(rows, limits)
    kept = rows if len(content) > LARGE else list(rows)
    return Document(kind="csv", sheets=(Sheet(name=None, rows=kept),), notices=notices)


_CP1252_NOTICE = (
    "Filen är sparad med den äldre teckentabellen Windows-1252. Kontrollera att å, ä och ö ser rätt ut."
)


def _decoded(content: bytes) -> tuple[str, str, tuple[str, ...]]:
    """Return the text, the encoding that it is read in, and what to say of it."""
    is_wide = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    unicode = "utf-16" if is_wide else "utf-8-sig"
    for encoding, notices in ((unicode, ()), ("cp1252", (_CP1252_NOTICE,))):
        with suppress(UnicodeDecodeError):
            return content.decode(encoding), encoding, notices
    text = content.decode("latin-1")
    if not garbled_headings(re.split(r"[;,\t\r\n]", text[:2_000])):
        raise _kind_fault("något annat än text")
    return text, "latin-1", ()


DELIMITERS = (";", "\t", ",")
_HEADINGS = {"mottagning", "period", "mått", "värde", "skäl", "kod", "enhet"}
_HEADING_WITHIN = 20  # the blankett's heading comes after a few rows of title


def _delimiter(text: str) -> str:
    """Return the delimiter that splits the heading row best; values never decide."""
    lines = [line for _, line in zip(range(_HEADING_WITHIN), io.StringIO(text[:100_000]), strict=False)]
    return max(DELIMITERS, key=lambda delimiter: _best_heading(lines, delimiter))


def _best_heading(lines: list[str], delimiter: str) -> tuple[int, int]:
    """Return how many known headings the best line has, and into how many the first line splits."""
    headings = max(
        sum(match_key(cell.strip('"\r\n')) in _HEADINGS for cell in line.split(delimiter)) for line in lines
    )
    first = next((line for line in lines if line.strip()), "")
    return headings, first.count(delimiter)


class TextRows(Sequence[list[str]]):
    """The rows of a text file, read anew each time they are walked: kept, those of a large one take seven times its size.

    The first ones, where headings are looked for, are kept.
    """

    def __init__(self, content: bytes, encoding: str, delimiter: str) -> None:
        self._content, self._encoding, self._delimiter = content, encoding, delimiter
        self.columns: int | None = None  # that are read of each
        self.length = 0
        self.top: list[list[str]] = []

    def all(self) -> Iterator[list[str]]:
        """Walk the file to its end, all columns of it; raises csv.Error."""
        lines = io.TextIOWrapper(io.BytesIO(self._content), self._encoding, newline="")
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        rows = islice(self.all(), self.length)
        return rows if self.columns is None else (row[: self.columns] for row in rows)

    def __len__(self) -> int:
        return self.length

    @overload
    def __getitem__(self, index: int) -> list[str]: ...
    @overload
    def __getitem__(self, index: slice) -> list[list[str]]: ...
    def __getitem__(self, index: int | slice) -> list[str] | list[list[str]]:
        places = range(self.length)[index]
        if isinstance(places, int):
            return (self.top if places < len(self.top) else list(self))[places]
        rows = self.top if max(places, default=0) < len(self.top) else list(self)
        return [rows[place] for place in places]


def _check_rows(rows: TextRows, limits: ReadingLimits) -> None:
    """Count the rows, and refuse what can't be split into cells or stands beyond what is read."""
    reader, widest = rows.all(), 0
    try:
        for row in islice(reader, limits.lines):
            rows.length += 1
            widest = max(widest, len(row))
        below = next(
            (number for number, row in enumerate(reader, start=limits.lines + 1) if _is_filled(row)), None
        )
    except csv.Error:
        raise _csv_fault(_broken_row(rows)) from None
    if below:
        raise _too_many_rows(limits, Place(row=below))
    if widest > limits.columns:
        _check_columns(rows, limits)
        rows.columns = limits.columns
    rows.top = list(islice(rows, TOP))


def _is_filled(cells: Sequence[str]) -> bool:
    return any(map(str.strip, cells))


def _check_columns(rows: TextRows, limits: ReadingLimits) -> None:
    """Refuse a filled cell beyond the columns that are read."""
    for number, row in enumerate(rows, start=1):
        if _is_filled(row[limits.columns :]):
            raise _too_many_columns(limits, Place(row=number))


JOINED = "två filer är sammanfogade. Ta bort rubrikraden om den står en gång till, eller skicka filerna var för sig."
_INNER_START = re.compile('[\r\n]"?\ufeff')  # what begins a text file, where it begins a line inside it


def _check_joined(text: str) -> None:
    start = _INNER_START.search(text) if "\ufeff" in text else None
    if start:
        place = Place(row=len(text[: start.end()].splitlines()))
        raise _unreadable("file.joined", f"{spell_place(place)}: här börjar en fil till, {JOINED}", place)


def _broken_row(rows: TextRows) -> int:
    number = 0
    with suppress(csv.Error):
        for _ in rows.all():
            number += 1
    return number + 1


def _csv_fault(row: int) -> Unreadable:
    return _unreadable(
        "file.csv",
        f"Rad {row} går inte att dela upp i celler: ett citattecken är inte avslutat eller står fel. "
        "Rätta raden och skicka filen igen.",
        Place(row=row),
    )

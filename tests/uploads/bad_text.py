"""Text files that must be refused: rows, encodings, headings, and what is no text at all."""

from functools import partial

from portal.services.administration.exports import csv_bytes
from tests.uploads.bad import HEADING, LAST, PERSONAL, Bad, blankett, good_rows, long_file, with_row
from tests.uploads.files import EMPTY_CELLS, blankett_as_text


D = f"D{LAST}"
NEW = "falun;2025-01;care_episodes"  # a measure that the good rows don't have

ROWS = (
    ("U29-other-clinic", "mora;2025-01;care_episodes;1", "clinic.foreign", "A"),
    ("U29-no-such-clinic", "atlantis;2025-01;care_episodes;1", "clinic.foreign", "A"),
    ("U30-NA", "NA;2025-01;care_episodes;1", "clinic.foreign", "A"),
    ("U30-leading-zeros", "0012;2025-01;care_episodes;1", "clinic.foreign", "A"),
    ("no-clinic", ";2025-01;care_episodes;1", "clinic.missing", "A"),
    ("heading-again", HEADING, "file.joined", None),
    ("heading-again-otherwise-spelt", HEADING.upper(), "file.joined", None),
    ("another-file-after", "\ufefffalun;2024-12;care_episodes;1", "file.joined", None),
    ("U28-month-13", "falun;2025-13;care_episodes;1", "value.month", "B"),
    ("U28-month-00", "falun;2025-00;care_episodes;1", "value.month", "B"),
    ("U28-mid-month", "falun;2025-01-15;care_episodes;1", "value.month", "B"),
    ("U28-american", "falun;01/01/2025;care_episodes;1", "value.month", "B"),
    ("U28-week", "falun;2025-W01;care_episodes;1", "value.month", "B"),
    ("U28-year", "falun;2025;care_episodes;1", "value.month", "B"),
    ("U28-serial", "falun;45658;care_episodes;1", "value.month", "B"),
    ("U28-future", "falun;2025-02;care_episodes;1", "month.future", "D"),
    ("U28-too-early", "falun;2022-12;care_episodes;1", "month.too_early", "D"),
    ("no-month", "falun;;care_episodes;1", "value.month", "B"),
    ("U33-look-alike", "falun;2025-01;c\u0430re_episodes;1", "measure.unknown", "C"),
    ("unknown-measure", "falun;2025-01;samtal;1", "measure.unknown", "C"),
    ("no-measure", "falun;2025-01;;1", "measure.unknown", "C"),
    ("U27-twice", "falun;2025-01;calls;20", "value.duplicate", "D"),
    ("U27-twice-otherwise-spelt", "falun;januari 2025;Inkomna telefonsamtal;9", "value.duplicate", "D"),
    ("U32-sum-row", "Summa;;;300", "measure.unknown", "A"),
    ("no-value", f"{NEW};", "value.empty", "D"),
    ("U20-one-too-many", f"{NEW};1;2", "row.length", None),
    ("U20-semicolon-in-value", f"{NEW};1;248", "row.length", None),
    ("U21-one-too-few", NEW, "value.empty", "D"),
    ("U24-mixed-delimiters", "falun,2025-01,care_episodes,1", "row.length", None),
    ("U24-tabs-among-semicolons", "falun\t2025-01\tcare_episodes\t1", "row.length", None),
    ("U18-line-break-in-value", f'{NEW};"1\n2"', "value.number", "D"),
    ("U18-quoted-words", f'{NEW};"ca ""20"""', "value.number", "D"),
    ("U31-value", f"{NEW};{PERSONAL}", "privacy.personal_number", "D"),
    ("U31-clinic", f"{PERSONAL};2025-01;calls;1", "privacy.personal_number", "A"),
    ("U31-measure", "falun;2025-01;8507099805;1", "privacy.personal_number", "C"),
    ("U31-beyond-the-columns", f"{NEW};1;{PERSONAL}", "privacy.personal_number", "E"),
    ("U31-reserve-number", f"{NEW};20250132-1234", "privacy.personal_number", "D"),
)

COUNTS = {
    "U1-formula": "=cmd|' /C calc'!A0",
    "U1-at": "@SUM(1+1)",
    "U1-plus": "+1",
    "U1-minus": "-1",
    "U1-tab": "\t1",
    "U1-return": '"\r1"',
    "U23-infinite": "1e309",
    "U23-inf": "inf",
    "U23-nan": "NaN",
    "U23-minus-zero": "-0",
    "U23-minus-sign": "−5",
    "U23-hex": "0x10",
    "U23-underscore": "1_000",
    "U23-exponent": "1e3",
    "U23-comma": "12,5",
    "U23-point": "12.5",
    "U23-2^63": "9223372036854775808",
    "U23-2^64": "18446744073709551616",
    "U23-fullwidth": "１２",
    "U23-arabic": "٣",
    "U23-true": "True",
    "U25-DIV": "#DIV/0!",
    "U25-NA": "#N/A",
    "decimal-zero": "12,0",
    "thousands-point": "1.248",
    "percent": "88 %",
    "words": "några",
}


def _rows():
    for id_, row, code, column in ROWS:
        yield Bad(f"row-{id_}", with_row(row), code, column and f"{column}{LAST}")
    for id_, value in COUNTS.items():
        yield Bad(f"row-{id_}", with_row(f"{NEW};{value}"), "value.number", D)
    reasons = [f"{row};" for row in good_rows()]
    for id_, value, code in (
        ("both", "5;mäts inte", "value.and_reason"),
        ("no-reason", ";semester", "value.reason"),
        ("neither", ";", "value.empty"),
    ):
        rows = [f"{HEADING};skäl", *reasons, f"{NEW};{value}", ""]
        yield Bad(f"reason-{id_}", "\n".join(rows).encode(), code, D)
    yield Bad("U21-half-a-month", "\n".join([HEADING, *good_rows()[:-3]]).encode(), "value.missing")


# U16: the name is for the eye only; it neither decides how a file is read nor stands in a message
NAMES = (
    "../../x.csv",
    "..\\..\\x.csv",
    "x\0.csv",
    "x\r\nSet-Cookie: a=b.csv",
    '"x".csv',
    "x" * 300 + ".csv",
    "con.csv",
    ".csv",
    "\u202evsc.exe",
    "x.csv ",
    "",
)


def _names():
    for number, name in enumerate(NAMES):
        yield Bad(f"U16-name-{number}", with_row(f"{NEW};x"), "value.number", D, name=name)
    for name in (f"{PERSONAL}.csv", "8507099805.xlsx", "x_19850709-9805_y.csv"):
        yield Bad("U31-file-name", long_file().encode(), "privacy.personal_number", name=name)


WRONG = long_file(f"{NEW};x")


def _encodings():
    """Text in every encoding is read: the bad cell is named as in UTF-8. What can't be decoded is refused."""
    for id_, content in (
        ("bom", WRONG.encode("utf-8-sig")),
        ("utf-16", WRONG.encode("utf-16")),
        ("utf-16-be", b"\xfe\xff" + WRONG.encode("utf-16-be")),
        ("cp1252", WRONG.encode("cp1252")),
        ("crlf", WRONG.replace("\n", "\r\n").encode()),
        ("cr", WRONG.replace("\n", "\r").encode()),
        ("tabs", WRONG.replace(";", "\t").encode()),
        ("commas", WRONG.replace(";", ",").encode()),
    ):
        yield Bad(f"U17-{id_}", content, "value.number", D)
    twice = WRONG.encode().decode("cp1252").encode()
    yield Bad("U17-mojibake", twice, "file.garbled", "C1")
    for table in ("mac_roman", "cp850"):
        yield Bad(f"U17-{table}", WRONG.encode(table), "file.garbled", "C1")
    yield Bad("U17-mac-with-undefined", f"{WRONG}Å".encode("mac_roman"), "file.garbled", "C1")
    yield Bad("U17-lost-letters", WRONG.encode().decode("ascii", "replace").encode(), "file.garbled", "C1")
    yield Bad("U17-question-marks", WRONG.encode("ascii", "replace"), "file.garbled", "C1")
    quoted = "\n".join(f'"{line}"' for line in WRONG.splitlines())
    yield Bad("quotes-around-the-rows", quoted.encode(), "file.one_column", None)
    yield Bad("U17-utf-16-without-bom", WRONG.encode("utf-16-le"), "file.kind")
    yield Bad("U17-half-utf-16", WRONG.encode("utf-16")[:-1], "file.kind")
    yield Bad("U17-neither", b"mottagning;\x81\x8d\n", "file.kind")
    yield Bad("U22-nul", with_row(f"{NEW};\0"), "file.kind")
    yield Bad("U19-unterminated-quote", with_row(f'{NEW};"1'), "file.csv")
    yield Bad("U19-quote-inside", with_row(f'{NEW};"1"2'), "file.csv")
    yield Bad("U19-cell-without-end", f'{HEADING}\n"{"9" * 140_000}'.encode(), "file.csv")


KINDS = {
    "exe": b"MZ\x90\x00",
    "elf": b"\x7fELF\x02\x01",
    "html": b"<!DOCTYPE html><table>",
    "xml": b'<?xml version="1.0"?>',
    "pdf": b"%PDF-1.7 x",
    "png": b"\x89PNG\r\n\x1a\n",
    "jpeg": b"\xff\xd8\xff\xe0",
    "xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old",
    "rtf": b"{\\rtf1",
    "json": b'{"falun": 1}',
    "gzip": b"\x1f\x8b\x08",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "rar": b"Rar!\x1a\x07",
}

OWN = ("månad", "mottagning", "värde", "täljare", "nämnare", "skäl", "region", "enhet")
YEAR = ("år", "indikator", "mottagning", "värde", "täljare", "nämnare", "skäl", "året före", "enhet")


def _files():
    for kind, content in KINDS.items():
        yield Bad(f"U15-{kind}", content, "file.kind", name="januari.csv")
    encrypted = KINDS["xls"] + "EncryptedPackage".encode("utf-16-le")
    yield Bad("U13-encrypted", encrypted, "file.password")
    yield Bad("U35-empty", b"", "file.empty")
    yield Bad("U35-blank", b" \r\n\t", "file.empty")
    yield Bad("U35-bom-only", b"\xef\xbb\xbf", "file.empty")
    yield Bad("U35-empty-cells", EMPTY_CELLS, "file.empty")
    yield Bad("U35-heading-only", f"{HEADING}\n".encode(), "file.no_values")
    eicar = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
    yield Bad("U38-eicar", eicar, "file.headings")
    yield Bad("U9-too-many-rows", f"{HEADING}\n".encode() * 2_002, "file.too_many_rows")
    yield Bad("U6-too-many-columns", HEADING.encode() + b";x" * 61, "file.too_many_columns")
    yield Bad("too-large", long_file().encode() + b"\n" * 2_200_000, "file.too_large")
    yield Bad("no-heading", "\n".join(good_rows()).encode(), "file.headings")
    yield Bad("another-program", b"enhet;besok;datum\nBUP;3;2025-01-31\n", "file.headings")
    yield Bad("a-sources-file", "uppgift;period;värde\nBudget;2024;1\n".encode(), "file.other_form")
    yield Bad("prose", "Hej! Här kommer siffrorna.\n".encode(), "file.headings")
    yield Bad(
        "own-indicator-export", csv_bytes(OWN, [("2025-01", "falun", 1, 1, 2, "", 3, "%")]), "file.own_export"
    )
    yield Bad(
        "own-year-export", csv_bytes(YEAR, [(2025, "x", "falun", 1, 1, 2, "", 3, "%")]), "file.own_export"
    )


def _headings():
    for id_, heading, row, code, cell in (
        ("U26-value-twice", f"{HEADING};värde", ";1", "heading.duplicate", "E1"),
        ("U26-twice-by-case", f"{HEADING};VÄRDE", ";1", "heading.duplicate", "E1"),
        ("U36-role", f"{HEADING};role", ";admin", "heading.unknown", "E1"),
        ("U36-clinic-id", f"{HEADING};clinic_id", ";mora", "heading.unknown", "E1"),
        ("U36-approved", f"{HEADING};approved", ";1", "heading.unknown", "E1"),
        ("U31-heading", f"{HEADING};{PERSONAL}", ";1", "privacy.personal_number", "E1"),
        ("no-heading-of-a-column", f"{HEADING};", ";1", "heading.empty", "E2"),
    ):
        rows = [heading, *(good + row for good in good_rows()), ""]
        yield Bad(f"heading-{id_}", "\n".join(rows).encode(), code, cell)
    without = "\n".join(["mottagning;period;mått", *(row.rpartition(";")[0] for row in good_rows())])
    yield Bad("heading-value-missing", without.encode(), "heading.missing")
    look_alike = long_file(heading=HEADING.replace("period", "peri\u043ed"))
    yield Bad("heading-U33-look-alike", look_alike.encode(), "heading.unknown", "B1")
    title = long_file(heading=f"Gäller {PERSONAL};;;\n{HEADING}")
    yield Bad("heading-U31-title", title.encode(), "privacy.personal_number", "A1")


def _blanketts_as_text():
    for id_, old, new, code, cell in (
        ("count", b'"calls";', b'"calls2";', "measure.unknown", "A23"),
        ("clinic", b'"falun"', b'"mora"', "clinic.foreign", "C2"),
        ("month", b'"2025-01"', b'"2025-13"', "value.month", "F6"),
    ):
        yield Bad(f"text-blankett-{id_}", partial(_changed_text, old, new), code, cell)


def _changed_text(old, new):
    return blankett_as_text(blankett()).replace(old, new)


BAD_TEXTS = (
    *_rows(),
    *_names(),
    *_encodings(),
    *_files(),
    *_headings(),
    *_blanketts_as_text(),
)

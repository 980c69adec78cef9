"""Bytes → cells of text: what is read, and that hostile files are refused with one message."""

import io
import re
import signal
import zipfile
from datetime import date, datetime

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.uploads import child, reading, xlsx_child
from portal.uploads.reading import ReadingLimits, Unreadable, read, to_document
from tests.uploads.files import (
    make_blankett,
    make_book,
    parts_of,
    save,
    with_parts,
    with_sheet,
    zip_of,
)


pytestmark = pytest.mark.upload


def refusal(content, **options):
    with pytest.raises(Unreadable) as fault:
        read("fil", content, **options)
    assert fault.value.problem.message.endswith(".")
    assert fault.value.problem.blocks
    return fault.value.problem


def extract(content, *, rows=2001, columns=61):
    return to_document(xlsx_child.extract(content, rows=rows, columns=columns))


def refused_here(content):
    with pytest.raises(Unreadable) as fault:
        extract(content)
    return fault.value.problem


# --- text ---


TEXT = "mottagning;period;mått;värde\nfalun;2025-01;calls;1 248\n"
ROWS = [["mottagning", "period", "mått", "värde"], ["falun", "2025-01", "calls", "1 248"]]


@pytest.mark.parametrize(
    "content",
    [TEXT.encode(), TEXT.encode("utf-8-sig"), TEXT.encode("utf-16"), b"\xfe\xff" + TEXT.encode("utf-16-be")]
    + [TEXT.replace("\n", end).encode() for end in ("\r\n", "\r")]
    + [TEXT.replace(";", delimiter).encode() for delimiter in ("\t", ",")],
)
def test_text_is_read_in_every_encoding_line_ending_and_delimiter(content):
    document = read("fil.csv", content)

    assert (document.kind, list(document.sheets[0].rows), document.notices) == ("csv", ROWS, ())


def test_windows_text_is_read_with_a_notice():
    document = read("fil.csv", TEXT.encode("cp1252"))

    assert list(document.sheets[0].rows) == ROWS
    assert "Windows-1252" in document.notices[0]


def test_the_delimiter_is_found_from_the_heading_and_not_from_the_values():
    document = read("fil.csv", b"mottagning;period;x;y\na,b,c,d,e,f;1;2;3\n")

    assert document.sheets[0].rows[1] == ["a,b,c,d,e,f", "1", "2", "3"]


def test_quotes_and_line_breaks_inside_cells_are_read():
    assert read("f", b'kod;x\n"a;b\nc";"d""e"\n').sheets[0].rows[1] == ["a;b\nc", 'd"e']


@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "file.empty", "tom"),
        (b" \r\n\t", "file.empty", "tom"),
        (b"\xef\xbb\xbf", "file.empty", "tom"),
        (b"%PDF-1.7 x", "file.kind", "PDF"),
        (b"MZ\x90\x00", "file.kind", "program"),
        (b"\x7fELF..", "file.kind", "program"),
        (b"\x89PNG\r\n\x1a\n", "file.kind", "bild"),
        (b"\xff\xd8\xff\xe0", "file.kind", "bild"),
        (b"GIF89a", "file.kind", "bild"),
        (b"Rar!\x1a\x07", "file.kind", "arkiv"),
        (b"7z\xbc\xaf\x27\x1c", "file.kind", "arkiv"),
        (b"\x1f\x8b\x08", "file.kind", "arkiv"),
        (b"{\\rtf1", "file.kind", "rtf"),
        (b"<!DOCTYPE html><table>", "file.kind", "webbsida"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>', "file.kind", "XML"),
        (b'{"a": 1}', "file.kind", "JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 old", "file.kind", ".xls"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "file.password",
            "lösenord",
        ),
        (b"kod;x\na;\x00\n", "file.kind", "annat än text"),
        (TEXT.encode("utf-16-le"), "file.kind", "annat än text"),
        (b"kod;\x81\x8d\n", "file.kind", "annat än text"),
        (b"kod;x\n" * 400_000, "file.too_large", "2,3 MB"),
        (b"kod;x\n" * 2_002, "file.too_many_rows", "2\u00a0000"),
        (b"kod" + b";x" * 61, "file.too_many_columns", "61"),
        (b'kod;x\na;"b\n', "file.csv", "Rad 2"),
        (b'kod;x\na;1\nb;"c"d\n', "file.csv", "Rad 3"),
        (b"kod;x\na;" + b"9" * 140_000, "file.csv", "Rad 2"),
    ],
)
def test_what_is_no_text_file_is_refused(content, code, words):
    problem = refusal(content)

    assert (problem.code, words in problem.message) == (code, True), problem.message


def test_two_thousand_rows_below_the_heading_are_read():
    assert len(read("f", b"kod;x\n" * 2_001).sheets[0].rows) == 2_001


@given(st.binary(max_size=300))
def test_whatever_bytes_come_in_there_is_an_answer(content):
    if not content.startswith(b"PK\x03\x04"):
        try:
            read("fil.csv", content)
        except Unreadable as fault:
            assert fault.problem.message


# --- workbooks, by their directory ---


GOOD = make_book([["Kod", "x"], ["a", 1]])


def encrypted():
    raw = bytearray(GOOD)
    at = raw.index(b"PK\x01\x02")
    raw[at + 8] |= 1
    return bytes(raw)


def with_duplicate():
    target = io.BytesIO(GOOD)
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("XL/Workbook.xml", "x")
    return target.getvalue()


OPEN_DOCUMENT = "application/vnd.oasis.opendocument."


def open_document(kind):
    return zip_of({"mimetype": f"{OPEN_DOCUMENT}{kind}", "META-INF/manifest.xml": "x", "content.xml": "x"})


@pytest.mark.asvs("5.2.3", "1.5.1")
@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (GOOD[: len(GOOD) // 2], "file.damaged", "skadad"),
        (b"PK\x03\x04", "file.damaged", "skadad"),
        (b"PKkod;x\n", "file.damaged", "skadad"),
        (zip_of({}), "file.kind", "zip"),
        (zip_of({"a.csv": "kod;x"}), "file.kind", "zip"),
        (zip_of({"../../etc/passwd": "x"}), "file.kind", "zip"),
        (zip_of({"mimetype": "x", "META-INF/manifest.xml": "x"}), "file.kind", "en OpenDocument-fil,"),
        (
            open_document("spreadsheet"),
            "file.kind",
            "en OpenDocument-fil (.ods), och den kan inte läsas. Öppna",
        ),
        (open_document("spreadsheet-template"), "file.kind", "OpenDocument-fil (.ods)"),
        (zip_of({"mimetype": f"{OPEN_DOCUMENT}spreadsheet\n"}), "file.kind", "OpenDocument-fil (.ods)"),
        (open_document("text"), "file.kind", "ett textdokument (.odt), och den kan inte läsas. Skicka"),
        (open_document("presentation"), "file.kind", "(.odp)"),
        (open_document("formula"), "file.kind", "en OpenDocument-fil,"),
        (zip_of({"mimetype": "application/epub+zip"}), "file.kind", "(.epub)"),
        (zip_of({"mimetype": b"\xff" * 5_000, "a.csv": "kod"}), "file.kind", "zip"),
        (zip_of({"word/document.xml": "x"}), "file.kind", "Word"),
        (zip_of({"ppt/presentation.xml": "x"}), "file.kind", "PowerPoint"),
        (zip_of({"Index/Document.iwa": "x"}), "file.kind", "Numbers"),
        (zip_of({"[Content_Types].xml": "x", "xl/workbook.bin": "x"}), "file.kind", "xlsb"),
        (with_parts(GOOD, xl__vbaProject__bin=b"x"), "file.macro", "makron"),
        (with_parts(GOOD, xl__macrosheets__sheet1=b"x"), "file.macro", "makron"),
        (with_parts(GOOD, xl__externalLinks__externalLink1=b"x"), "file.external_links", "länkar"),
        (encrypted(), "file.password", "lösenord"),
        (with_duplicate(), "file.too_complex", "invecklad"),
        (with_parts(GOOD, **{f"x{number}": b"" for number in range(200)}), "file.too_complex", "invecklad"),
        (with_parts(GOOD, bomb=b"0" * (41 * 1024 * 1024)), "file.too_complex", "invecklad"),
        (GOOD + b"\0" * (3 * 1024 * 1024), "file.too_large", "för stor"),
    ],
)
def test_hostile_packages_are_refused_before_anything_is_unpacked(content, code, words, monkeypatch):
    monkeypatch.setattr(reading, "_ask_child", None)

    problem = refusal(content)

    assert (problem.code, words in problem.message) == (code, True), problem.message


# --- workbooks, through the child ---


def test_a_workbook_is_read_through_the_child():
    document = read("whatever.csv", make_blankett())

    assert document.kind == "xlsx"
    assert [sheet.name for sheet in document.sheets] == ["Månadsdata", "Definitioner"]
    assert document.sheets[0].rows[1][1:3] == ["Mottagning", "falun"]


@pytest.mark.parametrize("executable", ["/bin/false", "/finns/inte"])
def test_a_child_that_dies_or_cannot_start_is_our_fault_and_the_log_says_why(monkeypatch, caplog, executable):
    monkeypatch.setattr(child.sys, "executable", executable)

    problem = refusal(GOOD)

    assert problem.code == "file.not_read"
    assert "Felet är vårt, inte filens" in problem.message
    error_id = re.search("felkod ([0-9a-f]{8})", problem.message)[1]
    assert f"child error {error_id}: {reading.CHILD}" in caplog.text
    assert executable in caplog.text


@pytest.mark.parametrize(
    ("returncode", "stderr", "code"),
    [
        (-signal.SIGKILL, b"", "file.not_read"),  # the machine ran out of memory
        (1, b"ImportError: openpyxl", "file.not_read"),
        (-signal.SIGXCPU, b"", "file.too_complex"),
        (1, b"MemoryError", "file.too_complex"),
    ],
)
def test_how_the_child_ends_says_whose_fault_it_is(monkeypatch, caplog, returncode, stderr, code):
    def end(*_, **__):
        raise child.subprocess.CalledProcessError(returncode, "child", stderr=stderr)

    monkeypatch.setattr(child.subprocess, "run", end)

    assert refusal(GOOD).code == code
    assert ("child error" in caplog.text) == (code == "file.not_read")


def test_a_child_that_writes_no_answer_is_our_fault(monkeypatch):
    monkeypatch.setattr(child.sys, "executable", "/bin/true")

    assert refusal(GOOD).code == "file.not_read"


def test_a_child_that_gets_no_processor_time_is_the_machines_fault_not_the_files(monkeypatch, caplog):
    monkeypatch.setattr(reading, "CHILD_SECONDS", 0.01)  # it has not even started by then

    problem = refusal(GOOD)

    assert problem.code == "file.not_read"
    assert "Servern är upptagen. Försök igen" in problem.message
    assert re.search("felkod ([0-9a-f]{8})", problem.message)[1] in caplog.text


def test_the_child_runs_within_bounds_and_without_our_environment(monkeypatch):
    monkeypatch.setenv("PORTAL_SECRET_KEY", "hemlig")
    seen = {}
    run = child.subprocess.run

    def spy(*args, **options):
        seen.update(options)
        return run(*args, **options)

    monkeypatch.setattr(child.subprocess, "run", spy)
    read("f", GOOD)

    assert seen["timeout"] == pytest.approx(reading.CHILD_SECONDS, abs=1)
    assert "hemlig" not in str(seen["env"])


def test_a_swarm_of_cells_is_stopped_by_the_memory_limit_or_the_row_limit():
    rows = "".join(f'<row r="{number}"><c r="A{number}"><v>1</v></c></row>' for number in range(1, 100_000))
    content = with_sheet(
        lambda xml: f"{xml.split('<sheetData>')[0]}<sheetData>{rows}</sheetData></worksheet>"
    )

    assert refusal(content).code == "file.too_many_rows"


def test_cells_become_the_text_that_the_grammar_reads():
    book = openpyxl.Workbook()
    book.active.append(
        [1248, 1248.0, 12.5, True, date(2025, 1, 1), datetime(2025, 1, 1, 12, 30), " x ", "#N/A"]
    )

    sheet = extract(save(book)).sheets[0]

    assert sheet.rows == [
        ["1248", "1248", "12,5", "SANT", "2025-01-01", "2025-01-01 12:30:00", " x ", "#N/A"]
    ]
    assert sheet.marks == {"E1": "date", "F1": "date", "H1": "error"}


def test_dates_of_1904_workbooks_are_read_right():
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active["A1"] = date(2025, 1, 1)

    assert extract(save(book)).sheets[0].rows == [["2025-01-01"]]


def with_formulas(calculation):
    """Return a workbook with 3 stored for the first of two formulas, and this said about its values."""
    parts = parts_of(make_book([["=1+2", "=1+2"]]))
    sheet = re.sub(r"<v></v>|<v ?/>", "<v>3</v>", parts["xl/worksheets/sheet1.xml"].decode(), count=1)
    book, count = re.subn(r"<calcPr [^>]*>", calculation, parts["xl/workbook.xml"].decode())
    assert count == 1
    parts["xl/worksheets/sheet1.xml"] = sheet.encode()
    parts["xl/workbook.xml"] = book.encode()
    return zip_of(parts)


@pytest.mark.parametrize(
    "calculation", ["", '<calcPr calcId="191029"/>', '<calcPr calcId="1" fullCalcOnLoad="0"/>']
)
def test_a_formula_without_stored_value_is_marked_and_one_with_is_read(calculation):
    read_sheet = extract(with_formulas(calculation)).sheets[0]

    assert read_sheet.rows == [["3"]] or read_sheet.rows == [["3", ""]]
    assert read_sheet.marks == {"B1": "formula"}


@pytest.mark.parametrize(
    "calculation",
    [
        '<calcPr calcId="124519" fullCalcOnLoad="1"/>',
        "<calcPr fullCalcOnLoad='true' calcId='1'></calcPr>",
        '<calcPr calcCompleted="0"/>',
    ],
)
def test_what_stands_for_a_formula_in_a_workbook_that_is_not_computed_is_no_value(calculation):
    read_sheet = extract(with_formulas(calculation)).sheets[0]

    assert not any(map(any, read_sheet.rows))
    assert read_sheet.marks == {"A1": "formula", "B1": "formula"}
    assert read_sheet.formulas["A1"] == "=1+2"


@pytest.mark.parametrize("said", ["A1:A1", "A1:XFD1048576"])
def test_what_the_sheet_says_about_its_size_is_not_asked(said):
    content = with_sheet(lambda xml: xml.replace('ref="A1:B2"', f'ref="{said}"'))

    assert extract(content).sheets[0].rows == [["Kod", "x"], ["a", "1"]]


@pytest.mark.parametrize(
    ("content", "code", "cell"),
    [
        (
            with_sheet(lambda xml: xml.replace('r="2"', 'r="1048576"').replace('"A2"', '"XFD1048576"')),
            "file.too_many_columns",
            "XFD1048576",
        ),
        (make_book([["a"] * 62]), "file.too_many_columns", "BJ1"),
        (make_book([["a", "x" * 501]]), "file.long_text", "B1"),
        (with_sheet(lambda xml: xml.replace('r="B2"', 'r="A2"')), "file.damaged", None),
        (with_sheet(lambda xml: xml.replace('<row r="2"', '<row r="1"')), "file.damaged", None),
        (with_sheet(lambda xml: xml[: len(xml) // 2]), "file.damaged", None),
        (with_sheet(lambda xml: xml.replace('r="B2"', 'r="??"')), "file.damaged", None),
        (with_sheet(lambda xml: f'<!DOCTYPE x [<!ENTITY a "b">]>{xml}'), "file.damaged", None),
        (
            with_sheet(lambda xml: f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{xml}'),
            "file.damaged",
            None,
        ),
        (zip_of({"[Content_Types].xml": "x", "xl/workbook.xml": "x"}), "file.damaged", None),
    ],
)
def test_hostile_sheets_are_refused(content, code, cell):
    problem = refused_here(content)

    assert problem.code == code
    assert problem.place.cell == cell


def test_strict_workbooks_are_read():
    parts = {
        name: part.replace(
            b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
            b"http://purl.oclc.org/ooxml/spreadsheetml/main",
        ).replace(
            b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        for name, part in parts_of(GOOD).items()
    }

    assert extract(zip_of(parts)).sheets[0].rows == [["Kod", "x"], ["a", "1"]]


def test_hidden_sheets_and_rows_are_noted():
    book = openpyxl.load_workbook(io.BytesIO(GOOD))
    book.create_sheet("Dold").sheet_state = "hidden"
    book.active.row_dimensions[2].hidden = True

    document = extract(save(book))

    assert [(sheet.visible, sheet.hidden_rows) for sheet in document.sheets] == [(True, (2,)), (False, ())]


@given(st.data())
def test_a_damaged_workbook_is_read_or_refused(data):
    raw = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(4, len(raw) - 1))] = data.draw(st.integers(0, 255))
    try:
        reading._check_package(bytes(raw))
        extract(bytes(raw))
    except Unreadable as fault:
        assert fault.problem.message


@pytest.mark.asvs("2.3.2")
def test_limits_count_the_rows_below_the_heading():
    assert ReadingLimits(csv_bytes=1, xlsx_bytes=1, rows=2).lines == 3


# Numbers as their cells show them


@pytest.mark.parametrize(
    ("value", "number_format", "text"),
    [
        (0.8, "0%", "80 %"),
        (1248, "#,##0", "1248"),
        (1248, '_-* #,##0.00\\ "kr"_-', "1248 kr"),
        (1248000, "#,##0,", "1248000 i tusental"),
        (0.5, "[h]:mm", "12:00:00"),
        (0.5, "h:mm", "12:00:00"),
        (45658, "yyyy-mm-dd", "2025-01-01"),
    ],
)
def test_a_number_is_read_as_its_cell_shows_it(value, number_format, text):
    book = openpyxl.Workbook()
    book.active["A1"] = value
    book.active["A1"].number_format = number_format

    assert extract(save(book)).sheets[0].rows == [[text]]


def test_what_a_file_is_comes_before_that_it_is_large():
    problem = refusal(b"%PDF-1.7" + b"0" * (5 * reading.MEGABYTE))

    assert problem.code == "file.kind"
    assert "PDF" in problem.message


@pytest.mark.parametrize(("megabytes", "text"), [(2, "2,1"), (2.25, "2,3"), (3, "3,0"), (9, "9,0")])
def test_a_file_over_the_limit_says_so_in_our_words(megabytes, text):
    content = b"mottagning;period\n" + b"x" * int(megabytes * reading.MEGABYTE)

    assert f"Filen är för stor: {text} MB, högst 2 MB" in refusal(content).message


def test_a_spreadsheet_of_another_kind_is_to_be_saved_anew():
    assert (
        "spara den som Excel-arbetsbok (.xlsx)" in refusal(bytes.fromhex("d0cf11e0a1b11ae1") + b"x").message
    )


@pytest.mark.parametrize(
    "content",
    [
        "mottagning;period;mått;värde\r\nfalun;2025-01;calls;200\r\n".encode("utf-8-sig"),
        "mottagning;mått\rmora;väntande\r".encode("cp1252"),
        "mottagning\tmått\nmora\tväntande\n".encode("utf-16"),
        b'mottagning;period\n"two\nlines";2025-01\n\n;;\n',
        b"mottagning;period\n" + b"falun;2025-01" + b";" * 300 + b"\n",
    ],
)
def test_a_large_text_files_rows_are_those_of_a_small_one(content, monkeypatch):
    kept = reading.read("januari.csv", content).sheets[0].rows
    monkeypatch.setattr(reading, "LARGE", 0)
    monkeypatch.setattr(reading, "TOP", 1)
    walked = reading.read("januari.csv", content).sheets[0].rows

    assert isinstance(walked, reading.TextRows)
    assert (list(walked), len(walked)) == (kept, len(kept))
    for index in (0, -1, len(kept) - 1, slice(1), slice(1, None), slice(-1, 1), slice(None)):
        assert walked[index] == kept[index]

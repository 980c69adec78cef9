"""The template workbook: what it shows, and that what it writes is read back."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import REPORTABLE_REASONS, Answer
from portal.uploads import template
from tests.uploads.files import CLINICS, FEBRUARY, JANUARY, make_blankett, parse_here


pytestmark = pytest.mark.upload

ANSWERS = st.one_of(
    st.builds(Answer, st.integers(min_value=0, max_value=9_999_999)),
    st.builds(lambda reason: Answer(reason=reason), st.sampled_from(REPORTABLE_REASONS)),
)
CELLS = st.tuples(st.sampled_from([JANUARY, FEBRUARY]), st.sampled_from([m.code for m in MEASURES]))


def sheet_of(content, name=template.DATA_SHEET):
    return openpyxl.load_workbook(io.BytesIO(content))[name]


def test_the_sheet_has_what_the_contract_says():
    sheet = sheet_of(make_blankett(months=(JANUARY, FEBRUARY)))
    heading = [cell.value for cell in sheet[template.HEADING_ROW]]

    assert (sheet["B2"].value, sheet["C2"].value, sheet["D2"].value) == ("Mottagning", "falun", "BUP Falun")
    assert (sheet["B3"].value, sheet["C3"].value) == ("Mallversion", "2")
    assert heading == ["Kod", "Mått", "Enhet", "Krävs", "Förra månaden (2024-12)", "2025-01", "2025-02"]
    assert sheet.max_row == template.HEADING_ROW + len(MEASURES)


def test_every_part_stands_directly_under_its_whole():
    order = [measure.code for measure in template.ordered_measures()]

    assert sorted(order) == sorted(measure.code for measure in MEASURES)
    for measure in MEASURES:
        if measure.not_above:
            assert order.index(measure.code) == order.index(measure.not_above) + 1


def test_only_the_cells_to_fill_are_open_and_the_sheet_prints_on_a_landscape_page():
    sheet = sheet_of(make_blankett())

    assert sheet.protection.sheet
    assert sheet["E7"].protection.locked
    assert not sheet["F7"].protection.locked
    assert sheet.page_setup.orientation == "landscape"
    assert sheet.freeze_panes == "F7"
    assert sheet["A6"].font.bold
    assert sheet.column_dimensions["A"].hidden  # labels first; the codes are read all the same


def test_definitions_follow_the_declarations():
    sheet = sheet_of(make_blankett(), template.DEFINITIONS_SHEET)
    rows = list(sheet.iter_rows(min_row=2, values_only=True))

    assert {(row[0], row[1], row[5]) for row in rows} == {(m.code, m.label, m.definition) for m in MEASURES}


def test_the_same_input_gives_the_same_bytes():
    assert make_blankett() == make_blankett()


def test_without_a_reference_month_there_is_no_such_column():
    sheet = sheet_of(template.write(CLINICS["falun"], [JANUARY]))

    assert [cell.value for cell in sheet[template.HEADING_ROW]] == [
        "Kod",
        "Mått",
        "Enhet",
        "Krävs",
        "2025-01",
    ]


@settings(max_examples=15)
@given(st.dictionaries(CELLS, ANSWERS, min_size=1))
def test_what_the_template_writes_is_read_back(values):
    parsed = parse_here(make_blankett(values, months=(JANUARY, FEBRUARY)))

    assert parsed.problems == ()
    assert {(e.month, e.measure): e.answer for e in parsed.entries if e.answer} == values
    assert {entry.clinic for entry in parsed.entries} == {"falun"}


def test_five_years_fit():
    months = [Month(2023, 1).plus(index) for index in range(55)]
    values = {(months[-1], "calls"): Answer(7)}

    assert [e.answer for e in parse_here(make_blankett(values, months)).entries if e.answer] == [Answer(7)]


def test_a_blankett_of_the_version_before_is_read_as_it_is_and_what_it_lacks_is_no_answer():
    def make_old(_, sheet):
        sheet["C3"] = "1"
        for row in range(sheet.max_row, template.HEADING_ROW, -1):
            if str(sheet.cell(row, 1).value).endswith(("_over_30d", "_over_90d")):
                sheet.delete_rows(row)

    parsed = parse_here(make_blankett(edit=make_old))

    assert parsed.problems == ()
    newer = {measure.code for measure in MEASURES if measure.code.endswith(("_over_30d", "_over_90d"))}
    assert parsed.months[0].answers.keys() == MEASURES_BY_CODE.keys() - newer

"""What documents set in their chapters and what behind them."""

from dataclasses import replace

import pytest

from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report.content import ReportCell, ReportRow
from portal.domain.insight.contract import Verdict
from portal.reports import layout
from portal.services.annual_report import documents


@pytest.fixture(scope="module")
def report(demo):
    return documents.open_edition(demo, OPERATOR, year=2024).report


def placed(report, number):
    (found_section,) = [each for each in layout.arrange(report) if each.section.number == number]
    return found_section


def with_section(report, at, **changes):
    sections = [
        replace(section, **changes) if section.number == at else section for section in report.sections
    ]
    return replace(report, sections=tuple(sections))


def texts(table):
    return [cell.text for row in table.rows for cell in row.cells]


def test_every_table_stands_in_its_chapter_or_in_the_appendix_and_never_in_both(report):
    for each in layout.arrange(report):
        here, behind = {t.number for t in each.tables}, {t.number for t in each.moved}
        assert not here & behind
        assert here | behind >= {table.number for table in each.section.tables}


def test_a_matrix_of_many_clinics_moves_and_its_sentences_stay(report):
    section = report.section("4.8")
    matrix = section.tables[0]
    long = replace(matrix, rows=matrix.rows * 3)

    before = placed(report, "4.8")
    after = placed(with_section(report, "4.8", tables=(long, *section.tables[1:])), "4.8")

    assert (len(before.tables), before.words, len(before.moved_words)) == (1, (), len(section.generated))
    assert (after.tables, after.moved_words, len(after.words)) == ((), (), len(section.generated))


def test_a_verdict_is_its_mark_and_shortest_word_with_the_figure_behind(report):
    table = replace(
        report.section("4.8").tables[0],
        rows=(
            ReportRow(
                cells=tuple(
                    ReportCell(text=text)
                    for text in ("Mora", "✗ inte uppfyllt (74,3 %)", "✓ uppfyllt (svar: ja)")
                )
            ),
        ),
        headings=("Mottagning", "A", "B"),
    )

    (here,) = placed(with_section(report, "4.8", tables=(table,)), "4.8").tables

    assert texts(here) == ["Mora", "✗\u00a0nej (74,3 %)", "✓\u00a0ja"]
    assert len({verdict.answer for verdict in Verdict}) == len(Verdict)


def test_answers_of_clinics_are_a_matrix_with_a_row_each(report):
    (matrix,) = [table for table in report.section("4.2.1").tables if table.headings[0] == "Mottagning"]
    clinics = len(report.section("3.3").charts[0].marks)

    assert len(matrix.rows) == clinics
    assert {cell.text for row in matrix.rows for cell in row.cells[1:3]} <= {
        "✓ ja",
        "– nej",
        "ej rapporterat",
    }


def test_a_note_is_said_once(report):
    notes = [note for each in layout.arrange(report) for note in each.notes]

    assert len(set(notes)) == len(notes)
    assert set(notes) == {note for section in report.sections for note in section.notes}


def test_a_heading_with_nothing_of_its_own_stays_with_what_follows(report):
    first = placed(report, "4.5.1")

    assert [section.number for section in first.openings] == ["4.5"]
    assert first.is_together


def test_levels_never_skip_a_step_where_a_heading_above_is_left_out(report):
    sections = [report.section(number) for number in ("4.5.1", "4.5.2", "5")]

    assert layout.levels(sections) == {"4.5.1": 1, "4.5.2": 1, "5": 1}
    assert layout.levels([report.section("4"), *sections]) == {"4": 1, "4.5.1": 2, "4.5.2": 2, "5": 1}
    assert layout.levels(report.sections) == {section.number: section.level for section in report.sections}


def test_the_appendix_of_tables_has_the_next_number(report):
    moved = with_section(report, "6", number="Bilaga 3", declared="6")

    assert layout.tables_heading(report).startswith("Bilaga 3 ")
    assert layout.tables_heading(moved).startswith("Bilaga 4 ")
    assert "bilaga 4" in placed(moved, "4.5.1").remarks

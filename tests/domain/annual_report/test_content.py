"""The report object: the same bytes for the same content, read back whole, compared figure by figure."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.annual_report import canonical
from portal.domain.annual_report.content import (
    AnnualReport,
    CellKind,
    Chart,
    ChartMark,
    Origin,
    ReportCell,
    ReportPoint,
    ReportRow,
    ReportTable,
    Section,
    Shape,
    SubmissionRef,
)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
NUMBERS = st.one_of(st.none(), st.floats(-1e6, 1e6).map(lambda value: round(value, 6)))


def point(indicator="sip_meetings", value=218.0, **changes):
    return ReportPoint(
        **{
            "indicator": indicator,
            "label": "SIP-möten",
            "period": "2024",
            "unit": "möten",
            "basis": "summa",
            "value": value,
            **changes,
        }
    )


def report(*points, text="", **changes):
    section = Section(number="4.1.1", title="SIP", text=text, points=points)
    return AnnualReport(
        **{
            "year": 2024,
            "last_month": "2024-12",
            "is_demo": False,
            "sections": (section,),
            "definitions": (),
            "sources": (),
            "submissions": (SubmissionRef(clinic="falun", month="2024-01", version=1, id=7),),
            **changes,
        }
    )


WHOLE = report(
    point(),
    sections=(
        Section(
            number="3",
            title="Underlag",
            is_addition=True,
            generated=("En mening.",),
            charts=(
                Chart(
                    number="1",
                    shape=Shape.MAP,
                    caption="Karta",
                    alt="En karta",
                    marks=(ChartMark(label="Falun", code="2080", value=3.0),),
                ),
            ),
            tables=(
                ReportTable(
                    number=1,
                    caption="Tabell",
                    headings=("A", "B"),
                    rows=(
                        ReportRow(
                            cells=(
                                ReportCell(text="a"),
                                ReportCell(text="1", kind=CellKind.NUMBER, value=1.0),
                            )
                        ),
                    ),
                    bar_column=1,
                ),
            ),
            points=(point(origin=Origin.PUBLISHED, numerator=1.0),),
        ),
    ),
)


# Canonical JSON


def test_a_report_is_read_back_as_it_was():
    assert canonical.load(AnnualReport, canonical.dump(WHOLE)) == WHOLE


@given(label=TEXTS, value=NUMBERS, text=TEXTS)
def test_whatever_it_holds_is_read_back_as_it_was(label, value, text):
    found = report(point(label=label, value=value), text=text)

    assert canonical.load(AnnualReport, canonical.dump(found)) == found


@given(value=NUMBERS)
def test_reading_and_writing_again_gives_the_same_bytes(value):
    content = canonical.dump(report(point(value=value)))

    assert canonical.dump(canonical.load(AnnualReport, content)) == content


def test_the_bytes_are_canonical():
    content = canonical.dump(WHOLE)

    assert content == json.dumps(
        json.loads(content), ensure_ascii=False, sort_keys=True, separators=(",", ":")
    )
    assert len(canonical.sha256(content)) == 64


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_number_is_not_frozen(value):
    with pytest.raises(ValueError, match="JSON"):
        canonical.dump(report(point(value=value)))


def test_a_field_that_this_version_does_not_know_is_refused():
    raw = json.loads(canonical.dump(WHOLE)) | {"published_by": "någon"}

    with pytest.raises(ValueError, match="published_by"):
        canonical.load(AnnualReport, json.dumps(raw))


@pytest.mark.parametrize(
    "change",
    [
        {"value": 219.0},
        {"value": None, "reason": "ej rapporterat"},
        {"denominator": 12.0},
    ],
)
def test_any_change_of_a_figure_changes_the_hash(change):
    before, after = report(point()), report(replace(point(), **change))

    assert canonical.dump(before) != canonical.dump(after)


# Shape


def test_what_is_read_at_a_time_is_a_chapter_or_a_part_of_4_5_under_the_headings_above_it():
    numbers = (
        "",
        "1",
        "3",
        "3.1",
        "4",
        "4.1",
        "4.1.1",
        "4.5",
        "4.5.1",
        "4.5.2",
        "4.6",
        "Bilaga 1",
        "Bilaga 2",
    )
    sections = tuple(Section(number=number, title=number) for number in numbers)

    whole = report(sections=sections)

    assert {passage: [section.number for section in here] for passage, here in whole.passages.items()} == {
        "sammanfattning": [""],
        "1": ["1"],
        "3": ["3", "3.1"],
        "4.1": ["4", "4.1", "4.1.1"],
        "4.5.1": ["4.5", "4.5.1"],
        "4.5.2": ["4.5.2"],
        "4.6": ["4.6"],
        "bilagor": ["Bilaga 1", "Bilaga 2"],
    }
    assert [whole.passage_of(number) for number in ("3.1", "4.5", "4.5.2", "bilagor", "9")] == [
        "3",
        "4.5.1",
        "4.5.2",
        "bilagor",
        None,
    ]


def test_chapters_gather_their_sections_in_order():
    sections = tuple(
        Section(number=number, title=number)
        for number in ("", "3", "3.1", "4", "4.5", "4.5.1", "5", "Bilaga 1")
    )

    found = report(sections=sections).chapters

    assert {chapter: [section.number for section in here] for chapter, here in found.items()} == {
        "": [""],
        "3": ["3", "3.1"],
        "4": ["4"],
        "4.5": ["4.5", "4.5.1"],
        "5": ["5"],
        "Bilaga 1": ["Bilaga 1"],
    }

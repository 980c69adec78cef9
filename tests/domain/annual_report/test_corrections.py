"""What reads differently in another version: figures as printed, words; nothing that looks the same."""

from dataclasses import replace

import pytest

from portal.domain.annual_report.content import ReportCell, ReportPoint, ReportRow, ReportTable, Section
from portal.domain.annual_report.corrections import as_read, changes, differences
from tests.domain.annual_report.test_content import WHOLE, point, report


def share(value, numerator=240.0, denominator=300.0, part="falun"):
    return ReportPoint(
        indicator="first_visit_within_30d",
        label="Första besök inom 30 dagar",
        part=part,
        period="2024",
        unit="procent",
        basis="sammanslaget",
        value=value,
        numerator=numerator,
        denominator=denominator,
    )


def section(**parts):
    return report(sections=(Section(number="3.3", title="Öppnade", **parts),))


def test_the_same_report_has_no_differences():
    assert differences(WHOLE, WHOLE) == []
    assert not changes(WHOLE, WHOLE)


@pytest.mark.parametrize(
    ("was", "now", "reads_the_same"),
    [
        (point(value=218.0), point(value=219.0), False),
        (point(value=None, reason="ej rapporterat"), point(value=None, reason="mäts inte"), False),
        (point(value=None, reason="ej rapporterat"), point(value=0.0), False),
        (share(80.0), share(80.4), True),  # a clinic's share is printed whole
        (share(80.0), share(80.6), False),
        (share(80.0), share(80.0, numerator=241.0), False),  # its cases stand beside it
        (share(80.0, part=""), share(80.4, part=""), False),  # the region's has a decimal in its sentence
        (share(80.0, part=""), share(80.04, part=""), True),
        (point("waiting_first_visit_months", 2.04), point("waiting_first_visit_months", 1.96), True),
    ],
)
def test_a_figure_differs_when_it_reads_differently(was, now, reads_the_same):
    assert (as_read(was) == as_read(now)) is reads_the_same


def test_a_figure_that_came_or_went_is_a_difference():
    one, other = point(), point("care_plans")

    assert [(change.frozen, change.live) for change in differences(report(one), report(other))] == [
        (one, None),
        (None, other),
    ]


def test_a_new_label_is_no_change_of_the_figure():
    assert differences(report(point()), report(point(label="Möten"))) == []


@pytest.mark.parametrize(
    "part", [{"text": "Nytt"}, {"lead": "Nytt"}, {"notes": ("Nytt",)}, {"generated": ("Nytt",)}]
)
def test_other_words_are_found(part):
    assert [changed.heading for changed in changes(section(), section(**part)).texts] == ["3.3 Öppnade"]


def test_a_table_without_figures_of_its_own_is_compared_cell_by_cell():
    tables = [
        ReportTable(
            number=number,
            caption="Öppnade",
            headings=("Mottagning",),
            rows=(ReportRow(cells=(ReportCell(text=name),)),),
        )
        for number, name in ((1, "Falun"), (2, "Falun"), (1, "Mora"))
    ]
    was, moved, other = (section(tables=(table,)) for table in tables)

    assert not changes(was, moved)  # another table's coming changes this one's number alone
    assert changes(was, other).texts


def test_a_sentence_that_follows_a_changed_figure_is_not_told_twice():
    was, now = (
        report(
            sections=(
                Section(number="4.1.1", title="SIP", generated=(f"{value}",), points=(point(value=value),)),
            )
        )
        for value in (218.0, 219.0)
    )

    assert (len(changes(was, now).figures), changes(was, now).texts) == (1, ())


def test_a_chapter_that_was_left_out_or_moved_is_one_that_reads_differently_only_when_it_is_gone():
    was = section(text="Text")
    moved = report(sections=(replace(was.sections[0], number="Bilaga 3", declared="3.3"),))

    assert not changes(was, moved)
    assert [gone.heading for gone in changes(was, report(sections=())).texts] == ["3.3 Öppnade"]


def test_what_was_corrected_is_named_for_the_cover():
    was = report(point(), point("care_plans", label="Vårdplaner"))
    now = report(point(value=1.0), point("care_plans", 2.0, label="Vårdplaner"), text="Nytt")

    assert changes(was, now).in_words == "SIP-möten, Vårdplaner; texten i 4.1.1 SIP"

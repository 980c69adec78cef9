"""What stands over the list of faults: only what can be mended in the file is asked to be mended there."""

from types import SimpleNamespace

import pytest

from portal.domain.reporting.problems import Problem, Severity
from portal.ui.reporting import problems_view
from portal.uploads.findings import FINDINGS


def heading_over(*codes):
    faults = [Problem(code=code, severity=Severity.ERROR, message="Så är det.") for code in codes]
    return problems_view._heading_of_file(SimpleNamespace(name="januari.ods", errors=faults, warnings=()))


@pytest.mark.parametrize(
    "code",
    ["file.kind", "file.password", "file.damaged", "file.not_read", "file.too_large", "file.own_export"],
)
def test_a_file_that_is_refused_as_such_is_not_asked_to_be_mended(code):
    assert heading_over(code) == "**januari.ods kan inte läsas in. Inget är sparat.**  \nSå är det."


@pytest.mark.parametrize("code", ["value.number", "heading.unknown", "file.two_sheets", "file.no_values"])
def test_what_lies_in_the_file_is_mended_there(code):
    assert (
        heading_over(code, "value.month")
        == "2 fel i januari.ods. Inget är sparat. Rätta i filen och ladda upp den igen."
    )


def test_a_personal_number_in_a_files_name_is_not_repeated():
    assert (
        heading_over("privacy.personal_number")
        == "1 fel. Inget är sparat. Rätta i filen och ladda upp den igen."
    )


def test_what_is_about_a_cell_is_never_about_the_whole_file():
    whole = {fault.code for fault in FINDINGS if fault.of_whole_file}

    assert whole
    assert not [
        code for code in whole if code.startswith(("value.", "month.", "heading.", "measure.", "row."))
    ]

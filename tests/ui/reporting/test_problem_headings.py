"""What stands over the list of faults: only what can be mended in the file is asked to be mended there."""

from types import SimpleNamespace

import pytest

from portal.domain.reporting.problems import Problem, Severity
from portal.ui.reporting import problems_view
from portal.ui.reporting.month_input import ChosenFile
from portal.uploads.findings import FINDINGS


def heading_over(monkeypatch, *codes):
    said = []
    monkeypatch.setattr(problems_view.st, "error", lambda text, **_: said.append(text))
    faults = [Problem(code=code, severity=Severity.ERROR, message="Så är det.") for code in codes]
    upload = SimpleNamespace(name="januari.ods", errors=faults, warnings=())
    problems_view._say_how_much(ChosenFile("januari.ods", b""), upload)
    return [*said, problems_view._caption(upload, is_form=False)]


@pytest.mark.parametrize(
    "code",
    ["file.kind", "file.password", "file.damaged", "file.not_read", "file.too_large", "file.own_export"],
)
def test_a_file_that_is_refused_as_such_is_not_asked_to_be_mended(monkeypatch, code):
    assert heading_over(monkeypatch, code) == ["januari.ods kan inte läsas in. Inget är sparat.", "Varför"]


@pytest.mark.parametrize("code", ["value.number", "heading.unknown", "file.two_sheets", "file.no_values"])
def test_what_lies_in_the_file_is_mended_there(monkeypatch, code):
    assert heading_over(monkeypatch, code, "value.month") == [
        "2 fel i januari.ods. Inget är sparat. Rätta i filen och ladda upp den igen.",
        "Fel att rätta, i filens ordning",
    ]


def test_a_personal_number_in_a_files_name_is_not_repeated(monkeypatch):
    assert heading_over(monkeypatch, "privacy.personal_number") == [
        "1 fel. Inget är sparat. Rätta i filen och ladda upp den igen.",
        "Fel att rätta, i filens ordning",
    ]


def test_what_is_about_a_cell_is_never_about_the_whole_file():
    whole = {fault.code for fault in FINDINGS if fault.of_whole_file}

    assert whole
    assert not [
        code for code in whole if code.startswith(("value.", "month.", "heading.", "measure.", "row."))
    ]

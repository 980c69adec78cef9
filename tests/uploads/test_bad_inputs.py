"""Every bad input is refused with a code, a place and words, and nothing of it is stored."""

import re
from collections import Counter

import pytest

from portal.domain.reporting.checks import CHECKS
from portal.domain.reporting.problems import Severity
from portal.services.reporting import submitting
from portal.settings import ROOT
from portal.uploads import reading, xlsx_child
from portal.uploads.findings import FINDINGS
from tests.services.region import row_counts, user_of
from tests.uploads.bad import blankett, long_file
from tests.uploads.bad_blanketts import BAD_BLANKETTS
from tests.uploads.bad_packages import BAD_PACKAGES
from tests.uploads.bad_text import BAD_TEXTS


pytestmark = pytest.mark.upload

BAD = (*BAD_BLANKETTS, *BAD_TEXTS, *BAD_PACKAGES)
STORED = ("submission", "submission_value", "stored_file")


@pytest.fixture
def no_child(monkeypatch):
    """Read workbooks in this process: the child costs a third of a second each time."""

    def ask_here(content, limits):
        return xlsx_child.extract(content, rows=limits.lines, columns=limits.columns)

    monkeypatch.setattr(reading, "_ask_child", ask_here)


def stored(portal):
    counts = row_counts(portal)
    return {table: counts[table] for table in STORED}


def send(portal, content, name="januari.xlsx"):
    return submitting.commit(portal, user_of("falun"), name=name, content=content)


@pytest.mark.parametrize("made", [blankett, lambda: long_file().encode()], ids=["blankett", "long file"])
def test_what_the_bad_inputs_are_made_from_is_accepted(portal, no_child, made):
    send(portal, made())

    assert stored(portal)["submission"] == 1


@pytest.mark.asvs("2.2.1", "5.2.2", "5.2.3", "1.5.1", "15.3.3")
@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_input_is_refused_with_where_and_what_and_nothing_is_stored(request, portal, bad):
    if not bad.child:
        request.getfixturevalue("no_child")
    before = stored(portal)

    with pytest.raises(submitting.Rejected) as refused:
        send(portal, bad.content, bad.name)

    errors = [problem for problem in refused.value.problems if problem.severity is Severity.ERROR]
    assert (errors[0].code, errors[0].place.cell) == (bad.code, bad.cell), errors[0]
    for problem in errors:
        assert problem.message.endswith("."), problem.message
        assert is_placed(problem), problem
        assert not bad.name or bad.name not in problem.message
    assert "9805" not in repr(errors)
    assert stored(portal) == before


def is_placed(problem):
    """Tell whether the message says where: its cell as Excel shows it, or its row."""
    if problem.place.sheet and problem.place.cell:
        return bool(re.search(rf"[Cc]ell {problem.place.cell}\b|kolumn", problem.message))
    if problem.place.row:
        return f"Rad {problem.place.row}" in problem.message
    return len(problem.message) > 20


@pytest.mark.asvs("5.2.2")
def test_there_are_at_least_150_and_every_attack_is_among_them():
    numbers = {int(number) for bad in BAD for number in re.findall(r"\bU(\d+)", bad.id)}

    assert len(BAD) >= 150
    assert max(Counter(str(bad) for bad in BAD if "U31-file-name" not in bad.id).values()) == 1
    assert numbers == set(range(1, 39))
    assert sum(bad.child for bad in BAD) <= 60


@pytest.mark.asvs("2.1.1", "2.1.3")
def test_every_code_of_the_reader_is_explained_once_and_met_here():
    declared = [finding.code for finding in FINDINGS]
    sources = "".join(path.read_text("utf-8") for path in (ROOT / "portal" / "uploads").glob("*.py"))
    used = set(
        re.findall(r'"((?:file|value|heading|row|measure|clinic|month|template|privacy)\.[a-z_]+)"', sources)
    )

    assert len(set(declared)) == len(declared)
    assert used <= set(declared) | {check.code for check in CHECKS}
    # No file brings about what is the machine's fault: tests/uploads/test_reading.py does.
    assert set(declared) - {"file.not_read"} <= {bad.code for bad in BAD}
    assert all(finding.explanation.endswith(".") for finding in FINDINGS)


@pytest.mark.asvs("2.1.2", "2.2.3")
def test_every_check_that_stops_is_met_here():
    stopping = {check.code for check in CHECKS if check.severity is Severity.ERROR}

    assert stopping - {"month.not_open"} <= {bad.code for bad in BAD}

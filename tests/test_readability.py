"""The house stays readable: what `python -m tests.measure_code` counts is within its limits."""

import re

import pytest

from portal.settings import ROOT
from tests import measure_code


PAPERS = ("README.md", "portal/README.md", "portal/DECISIONS.md", "portal/operating/README.md")
NAMED_FILE = re.compile(
    r"`((?:[\w.@-]+/)*[\w.@-]+\.(?:py|css|js|toml|md|conf|service|timer))`|\]\(([^)#:]+)\)"
)


@pytest.fixture(scope="module")
def figures():
    yield measure_code.measured()
    measure_code.walked.cache_clear()


@pytest.mark.parametrize("figure", measure_code.LIMITS)
def test_the_code_is_within_its_limits(figures, figure):
    """When one is over: `python -m tests.measure_code --list` says where."""
    assert figures[figure] <= measure_code.LIMITS[figure]


def test_what_is_an_exception_still_exists():
    homonyms, functions = measure_code.homonyms(), measure_code.complex_functions()

    assert set(measure_code.HOMONYMS) <= set(homonyms)
    assert len(measure_code.HOMONYMS) <= measure_code.LIMITS["class names with several meanings"]
    assert len(functions) <= measure_code.LIMITS["functions of radon grade C or worse"]


def test_the_measures_see_what_they_are_there_for(tmp_path, monkeypatch):
    path = tmp_path / "portal" / "sample.py"
    path.parent.mkdir()
    path.write_text(
        "class Cell: pass\ndef f(a, b, c, d, e, f, g):\n    found = Cell(rows=[one for one in a])\n"
    )
    (path.parent / "another.py").write_text("class Cell: pass\n")
    monkeypatch.setattr(measure_code, "ROOT", tmp_path)

    assert [place.name for place in measure_code.variables() if measure_code.is_filler(place.name)] == [
        "found",
        "one",
    ]
    assert list(measure_code.homonyms()) == ["Cell"]
    assert len(measure_code.dense_constructors()) == 1
    assert max(measure_code.parameter_count(function) for _, function in measure_code.functions()) == 7


@pytest.mark.parametrize("paper", PAPERS)
def test_every_file_that_a_paper_names_is_there(paper):
    """From the top or from the paper's folder; a bare name anywhere in the product or its tests."""
    text = (ROOT / paper).read_text("utf-8")
    named = {match[1] or match[2] for match in NAMED_FILE.finditer(text)}
    bare = {
        path.name for folder in ("portal", "pages", "db", "tests") for path in (ROOT / folder).rglob("*.*")
    }

    places = (ROOT, (ROOT / paper).parent)
    gone = [name for name in named if not any((place / name).exists() for place in places)]

    assert len(named) > 3
    assert sorted(set(gone) - bare) == []

"""A box to write in is named by what it is about, so that a text never stands under another case's heading."""

import ast
from pathlib import Path

from portal.settings import ROOT


UI = ROOT / "portal" / "ui"
BOXES = {"text_input", "text_area", "number_input", "file_uploader"}
# What the text is about is chosen beside it in the same form, and the text is emptied once it is saved;
# or the page is about one thing only: the log, the days of the month.
ONE_SUBJECT = {
    *("target-value", "target-text", "target-why", "answer-source", "level-met", "level-partly"),
    *("level-basis", "extend-reason", "break-reason", "days-why", "YEARS"),
}
# The person who logs in, or the account that the form is named by, is the same for all that is shown.
OWN = {"accounts", "login"}
SEARCH = "Användarnamn"  # what one looks for in the log: nothing is stored


def keys(path: Path) -> list[str]:
    """Return the key of every box to write in of a view, as its source has it; "" without one."""
    calls = [node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)]
    return [
        next((ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg == "key"), "")
        for call in calls
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in BOXES
        and ast.unparse(call.args[0]) != repr(SEARCH)
    ]


def test_every_box_to_write_in_names_its_case():
    views = [path for path in UI.rglob("*.py") if path.relative_to(UI).parts[0] not in OWN]

    named_by_nothing = {
        key.strip("'") for path in views for key in keys(path) if not key or key.isupper() or key[0] in "'\""
    }

    assert named_by_nothing == ONE_SUBJECT

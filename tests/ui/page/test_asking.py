"""What a dialog's button does draws nothing itself: in the browser a toast would take the dialog's place and stop it."""

import ast

from portal.settings import ROOT


def test_what_is_asked_about_is_done_without_drawing():
    acts, drawing = [], []
    for path in (ROOT / "portal" / "ui").rglob("*.py"):
        tree = ast.parse(path.read_text())
        names = {
            ast.unparse(call.args[1])
            for call in ast.walk(tree)
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "asking.ask"
        }
        acts += names
        drawing += [
            f"{path.stem}.{function.name}"
            for function in ast.walk(tree)
            if isinstance(function, ast.FunctionDef) and function.name in names
            for node in ast.walk(function)
            if isinstance(node, ast.Attribute) and ast.unparse(node).startswith("st.")
        ]

    assert {"_freeze", "_publish"} <= set(acts)
    assert drawing == []

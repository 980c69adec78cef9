"""A copy of the user's own workbook with the faulty cells coloured and commented, and a list of them.

openpyxl opens what somebody sent only in the child process (`portal.uploads.marking_child`).
"""

import json
from collections.abc import Mapping, Sequence

from portal.domain.reporting.problems import Problem
from portal.uploads import child, mending
from portal.uploads.reading import Document


CHILD_SECONDS = 40  # wall clock, on a busy machine; the child has its own limit of processor time
UNMARKABLE = "privacy.personal_number"  # a copy would carry the number on
ERROR, WARNING = "Fel", "Kontrollera"
EXPLAIN_LATER = "Stämmer det, låt det stå: förklara på sidan när filen är utan fel."


class CannotMark(Exception):
    """There is no copy to give: nothing has a cell, or the file can't be opened."""


def can_mark(problems: Sequence[Problem]) -> bool:
    """Tell whether a marked copy would help: some cell is faulty, and none holds a personal number."""
    return any(problem.place.cell for problem in problems) and not any(
        problem.code == UNMARKABLE for problem in problems
    )


def mark(content: bytes, document: Document, problems: Sequence[Problem]) -> bytes:
    """Return an .xlsx; of a text file, one with the same rows. Raises CannotMark."""
    if not can_mark(problems):
        raise CannotMark
    order = {
        "kind": document.kind,
        "rows": list(document.sheets[0].rows) if document.kind == "csv" else [],
        "lines": [_order(line) for line in mending.lines_of(problems)],
    }
    header = json.dumps(order).encode()
    return _ask_child(len(header).to_bytes(8, "big") + header + content)


def _order(line: mending.LineToMend) -> Mapping[str, str | int | None]:
    """Return a line as the child reads it."""
    return {
        "kind": ERROR if line.blocks else WARNING,
        "sheet": line.place.sheet,
        "cell": line.place.cell,
        "row": line.place.row,
        "measure": line.measure,
        "read": line.read,
        "before": line.before,
        "advice": line.advice if line.blocks else f"{line.advice} {EXPLAIN_LATER}",
    }


def _ask_child(order: bytes) -> bytes:
    try:
        return child.ask("portal.uploads.marking_child", content=order, seconds=CHILD_SECONDS)
    except (child.TooMuch, child.ChildFailed) as fault:
        raise CannotMark from fault

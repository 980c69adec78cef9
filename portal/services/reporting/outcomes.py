"""What came of a file, as data for other programs: its outcome, its problems with their cells, its receipt."""

from collections.abc import Sequence
from typing import Any

from portal.domain.reporting.problems import Problem
from portal.services.reporting.submitting import Receipt, Upload


def preview_as_json(upload: Upload) -> dict[str, Any]:
    if upload.errors:
        return outcome_as_json("rejected", upload.problems, upload.notices)
    if upload.warnings:
        return outcome_as_json("needs_confirmation", upload.problems, upload.notices)
    changes = any(preview.count("new") or preview.count("changed") for preview in upload.months)
    return outcome_as_json("accepted" if changes else "unchanged", (), upload.notices)


def outcome_as_json(
    outcome: str, problems: Sequence[Problem], notices: Sequence[str], receipt: Receipt | None = None
) -> dict[str, Any]:
    return {
        "outcome": outcome,
        "problems": [problem_as_json(problem) for problem in problems],
        "notices": list(notices),
        "receipt": {
            "submissions": [
                {"clinic": clinic, "month": str(month), "version": version}
                for clinic, month, version in receipt.submissions
            ],
            "sha256": receipt.sha256,
            "read": receipt.read,
            "new": receipt.new,
            "changed": receipt.changed,
            "unchanged": receipt.unchanged,
        }
        if receipt
        else None,
    }


def problem_as_json(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "sheet": problem.place.sheet,
        "cell": problem.place.cell,
        "row": problem.place.row,
        "column": problem.place.column,
        "clinic": problem.clinic,
        "month": str(problem.month) if problem.month else None,
        "measure": problem.measure,
        "read": problem.read,
        "message": problem.message,
    }

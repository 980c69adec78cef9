"""Reads the form in the browser: the same grammar, codes and messages as the files."""

import hashlib
import json
from collections.abc import Mapping
from typing import cast

from portal.domain.registry.measures import MEASURES_BY_CODE, Measure, MeasureKind
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.domain.reporting.grammar import GrammarFault, holds_personal_number
from portal.domain.reporting.problems import Entry, Place, Problem, Severity, by_month
from portal.uploads import parsing
from portal.uploads.findings import MAX_READ
from portal.uploads.tables import to_answer
from portal.uploads.template import ordered_measures


KIND = "formulär"


def parse_form(
    clinic: str,
    month: Month,
    texts: Mapping[str, str],
    reasons: Mapping[str, MissingReason] | None = None,
) -> parsing.Parsed:
    """Return what the boxes say, every measure's; a reason counts where it is given. Never raises."""
    answers = {code: text.strip() for code, text in texts.items()}
    answers.update({code: reason.label for code, reason in (reasons or {}).items()})
    content = json.dumps([clinic, str(month), dict(sorted(answers.items()))])
    digest = hashlib.sha256(content.encode()).hexdigest()
    entries: list[Entry] = []
    problems = _refusals(answers)
    if not problems:
        for measure in ordered_measures():
            _read(clinic, month, measure, answers.get(measure.code, ""), entries, problems)
        problems += [_unknown(code) for code in answers if code not in MEASURES_BY_CODE]
    return parsing.Parsed(
        kind=cast("parsing.Kind", KIND),
        months=by_month(entries),
        problems=tuple(problems),
        sha256=digest,
    )


def _refusals(answers: Mapping[str, str]) -> list[Problem]:
    """Return why the form is not read at all: a personal number, or nothing in any box."""
    private = [_private(code) for code, text in answers.items() if holds_personal_number(text)]
    if private or any(answers.values()):
        return private
    return [_error("file.no_values", "Inget är ifyllt än. Fyll i månadens värden.")]


def nothing_to_report(texts: Mapping[str, str]) -> dict[str, str]:
    """Return the texts with 0 for everything that happens during a month.

    Patients and queues remain as they are: they have a size also in a month when nothing happened.
    """
    return {**texts, **{m.code: "0" for m in ordered_measures() if m.kind is MeasureKind.FLOW}}


def place_of(measure: Measure) -> Place:
    return Place(column=measure.label)


def _read(
    clinic: str, month: Month, measure: Measure, text: str, entries: list[Entry], problems: list[Problem]
) -> None:
    try:
        answer = to_answer(text) if text else None
    except GrammarFault as fault:
        problems.append(
            Problem(
                code="value.number",
                severity=Severity.ERROR,
                message=f"{measure.label}: ”{text[:MAX_READ]}” är inget antal. {fault.hint}",
                place=place_of(measure),
                clinic=clinic,
                month=month,
                measure=measure.code,
                read=text[:MAX_READ],
            )
        )
        return
    entries.append(
        Entry(clinic=clinic, month=month, measure=measure.code, answer=answer, place=place_of(measure))
    )


def _private(code: str) -> Problem:
    measure = MEASURES_BY_CODE.get(code)
    return Problem(
        code="privacy.personal_number",
        severity=Severity.ERROR,
        message=f"{measure.label if measure else 'Formuläret'} innehåller något som ser ut som ett "
        "personnummer. Det är inte sparat. Ta bort det: portalen tar bara emot antal.",
        place=place_of(measure) if measure else Place(),
        measure=code if measure else None,
    )


def _unknown(code: str) -> Problem:
    return _error("measure.unknown", f"”{code[:MAX_READ]}” är ingen måttkod.")


def _error(code: str, message: str) -> Problem:
    return Problem(code=code, severity=Severity.ERROR, message=message)

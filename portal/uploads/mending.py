"""What there is to mend, line by line: the page and the marked copy tell the same, in the same order."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import spelled
from portal.domain.reporting.grammar import GrammarFault, parse_count
from portal.domain.reporting.problems import NOWHERE, Place, Problem


MISSING = "value.missing"
NONE = "–"
WHOLE_FILE = "Filen"


@dataclass(frozen=True, kw_only=True, slots=True)
class LineToMend:
    """One thing to mend, or to look at, in words."""

    place: Place
    measure: str
    read: str
    before: str  # what the measure was the month before; "": not known, or no measure
    advice: str
    blocks: bool

    @property
    def where(self) -> str:
        row = f"rad {self.place.row}" if self.place.row else ""
        return " ".join(filter(None, (self.place.sheet, self.place.cell or row))) or WHOLE_FILE


def lines_of(problems: Iterable[Problem], *, is_form: bool = False) -> tuple[LineToMend, ...]:
    """Return the lines in the file's order, errors first, and last what has no place in it.

    Required values that are not there at all are told of together, once per clinic and month.
    """
    ordered = sorted(problems, key=_file_order)
    single = [problem for problem in ordered if not _is_grouped(problem, is_form=is_form)]
    grouped = [problem for problem in ordered if _is_grouped(problem, is_form=is_form)]
    errors = [_line(problem) for problem in single if problem.blocks]
    warnings = [_line(problem) for problem in single if not problem.blocks]
    return (*errors, *_missing(grouped), *warnings)


def _is_grouped(problem: Problem, *, is_form: bool) -> bool:
    # A form has no cells to point at.
    return problem.code == MISSING and (is_form or problem.place == NOWHERE)


def _file_order(problem: Problem) -> tuple[bool, int, int, str]:
    """Sort by row, then by column (AA comes after Z)."""
    place = problem.place
    letters = re.match("[A-Z]*", place.cell or "")
    column = letters[0] if letters else ""
    return place == NOWHERE, place.row or 0, len(column), column


def _line(problem: Problem) -> LineToMend:
    measure = MEASURES_BY_CODE.get(problem.measure or "")
    return LineToMend(
        place=problem.place,
        measure=measure.label if measure else NONE,
        read=_shown(problem.read),
        before=problem.month_before.text if problem.month_before else "",
        advice=problem.advice,
        blocks=problem.blocks,
    )


def _shown(read: str | None) -> str:
    """Return what stood there; a count as Swedes write it."""
    if read is None:
        return NONE
    try:
        return spelled(parse_count(read))
    except GrammarFault:
        return read


def _missing(problems: Sequence[Problem]) -> list[LineToMend]:
    by_month: dict[tuple[str | None, Month | None], list[str]] = {}
    for problem in problems:
        label = MEASURES_BY_CODE[problem.measure or ""].label
        by_month.setdefault((problem.clinic, problem.month), []).append(label)
    return [
        LineToMend(
            place=NOWHERE,
            measure=", ".join(filter(None, (f"{len(labels)} mått", month.label if month else ""))),
            read=NONE,
            before="",
            advice=f"Värde saknas för {', '.join(labels)}. Lägg till dem: ett antal, 0 om det inte var "
            "några, eller ett skäl som ”mäts inte”.",
            blocks=True,
        )
        for (_, month), labels in by_month.items()
    ]


def count_words(errors: int, warnings: int) -> str:
    """Say how much there is: `13 fel och 2 värden att kontrollera`."""
    amounts = [f"{errors} fel"] if errors else []
    amounts += [f"{warnings} {'värde' if warnings == 1 else 'värden'} att kontrollera"] if warnings else []
    return " och ".join(amounts)

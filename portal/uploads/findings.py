"""What is found on the way through one file, and the messages that both forms of upload share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portal.domain.checks import spell_place
from portal.domain.clinics import Clinic
from portal.domain.months import Month
from portal.domain.problems import NOWHERE, Entry, Place, Problem, Severity


Clinics = Mapping[str, Clinic]

MAX_PROBLEMS = 1_000
MAX_READ = 60  # characters of what was read that a message repeats


@dataclass(slots=True)
class Report:
    """What is found on the way through one file."""

    entries: list[Entry] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def error(self, code: str, message: str, place: Place = NOWHERE, *, read: str | None = None) -> None:
        """Note an error; the message begins with where."""
        shown = None if read is None else read[:MAX_READ]
        text = f"{spell_place(place)}: {message}" if place != NOWHERE else message
        self.problems.append(
            Problem(code=code, severity=Severity.ERROR, message=text, place=place, read=shown)
        )

    def belong_to(self, since: int, *, clinic: str | None, month: Month | None, measure: str | None) -> None:
        """Say which value the problems noted since then are about."""
        self.problems[since:] = [
            replace(problem, clinic=clinic, month=month, measure=measure) for problem in self.problems[since:]
        ]


def foreign_clinic(clinics: Clinics) -> str:
    """Say the same of a clinic that exists and of one that does not."""
    allowed = ", ".join(sorted(clinics)) or "ingen mottagning"
    return f"kontot kan inte skicka in för den mottagningskod som står här. Kontot gäller: {allowed}."

"""What is found on the way through one file, and the messages that both forms of upload share."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.domain.reporting.problems import NOWHERE, MonthEntries, Place, Problem, Severity, spell_place


Clinics = Mapping[str, Clinic]

MARKED_SHEET = "Att rätta"  # the list in the marked copy that the portal gives back: never read
MAX_PROBLEMS = 1_000
MAX_READ = 60  # characters of what was read that a message repeats


@dataclass(frozen=True, slots=True)
class Finding:
    """What the reader refuses: its code, and what it means to people."""

    code: str
    explanation: str


FINDINGS = (
    # the file
    Finding("file.empty", "Filen har inget innehåll."),
    Finding("file.kind", "Filen är av ett annat slag än .xlsx eller .csv, vad den än heter."),
    Finding("file.too_large", "Filen är större än 2 MB (64 MB text för regionens historikfiler)."),
    Finding("file.too_complex", "Arbetsboken är för stor, för invecklad eller tar för lång tid att läsa."),
    Finding("file.too_many_rows", "Filen har fler rader än som läses (2 000 för en mottagning)."),
    Finding("file.too_many_columns", "Något står utanför de 61 kolumner som läses."),
    Finding("file.long_text", "En cell har mer än 500 tecken text."),
    Finding("file.damaged", "Arbetsboken är skadad, ofullständig eller skriven på ett sätt som inte läses."),
    Finding("file.password", "Filen är lösenordsskyddad."),
    Finding("file.macro", "Arbetsboken innehåller makron."),
    Finding("file.external_links", "Arbetsboken har länkar till andra filer."),
    Finding("file.csv", "Ett citattecken i textfilen är inte avslutat eller står fel."),
    Finding("file.hidden", "Ett dolt blad, en dold rad eller en dold kolumn har innehåll som inte syns."),
    Finding(
        "file.headings", "Filen har inga rubriker som portalen känner: en export från ett annat program."
    ),
    Finding("file.own_export", "Filen är siffror eller en lista som hämtats ur portalen, inte en inlämning."),
    Finding("file.no_values", "Filen är en blankett eller lång fil utan ifyllda värden."),
    Finding("privacy.personal_number", "Något ser ut som ett personnummer. Inget sparas av filen."),
    Finding("template.version", "Blanketten är äldre eller nyare än den som gäller."),
    # headings
    Finding("clinic.missing", "Blanketten saknar mottagningskod."),
    Finding("clinic.foreign", "Filen gäller en mottagning som kontot inte kan skicka in för."),
    Finding("heading.missing", "En rubrik som den långa filen måste ha saknas."),
    Finding("heading.unknown", "En rubrik är okänd."),
    Finding("heading.duplicate", "En rubrik eller månad finns två gånger."),
    Finding("heading.empty", "Ett värde står i en kolumn utan rubrik."),
    Finding("month.missing", "Blanketten har ingen månadskolumn."),
    # rows and cells
    Finding("row.length", "En rad i en textfil har fler eller färre värden än rubriken."),
    Finding("measure.unknown", "Måttets kod eller namn är okänt, eller raden är en summarad."),
    Finding("measure.duplicate", "Ett mått finns på två rader i blanketten."),
    Finding(
        "value.month", "Månaden är inte skriven som 2025-01, 202501, jan-25, januari 2025 eller 2025-01-01."
    ),
    Finding("value.number", "Värdet är varken ett helt tal från 0 till 9 999 999 eller ett godtaget skäl."),
    Finding("value.empty", "Värdet saknas i en rad av den långa filen."),
    Finding("value.reason", "Skälet är inget av de godtagna."),
    Finding("value.and_reason", "En rad har både värde och skäl."),
    Finding("value.duplicate", "Samma mottagning, månad och mått finns på två rader."),
    Finding("value.formula", "En formel har inget uträknat värde sparat i filen."),
)


@dataclass(slots=True)
class Report:
    """What is found on the way through one file."""

    months: list[MonthEntries] = field(default_factory=list)
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

"""What is found on the way through one file, and the messages that both forms of upload share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import Month
from portal.domain.reporting.problems import NOWHERE, MonthEntries, Place, Problem, Severity, spell_place


Clinics = Mapping[str, Clinic]

MARKED_SHEET = "Att rätta"  # the list in the marked copy that the portal gives back: never read
MAX_PROBLEMS = 1_000
MAX_READ = 60  # characters of what was read that a message repeats


@dataclass(frozen=True, slots=True)
class FileFault:
    """What the reader refuses: its code, and what it means to people."""

    code: str
    explanation: str
    of_whole_file: bool = (
        False  # another file, or the same one saved anew, helps: nothing in it is to be mended
    )


FINDINGS = (
    # the file
    FileFault("file.empty", "Filen har inget innehåll.", of_whole_file=True),
    FileFault(
        "file.kind", "Filen är av ett annat slag än .xlsx eller .csv, vad den än heter.", of_whole_file=True
    ),
    FileFault(
        "file.too_large",
        "Filen är större än 2 MB (64 MB text för regionens historikfiler).",
        of_whole_file=True,
    ),
    FileFault(
        "file.too_complex",
        "Arbetsboken är för stor, för invecklad eller tar för lång tid att läsa.",
        of_whole_file=True,
    ),
    FileFault(
        "file.not_read",
        "Portalen kunde inte läsa filen just nu: felet är vårt, inte filens.",
        of_whole_file=True,
    ),
    FileFault("file.too_many_rows", "Något står nedanför de rader som läses (2 000 för en mottagning)."),
    FileFault("file.too_many_columns", "Något står utanför de 61 kolumner som läses."),
    FileFault("file.long_text", "En cell har mer än 500 tecken text."),
    FileFault(
        "file.damaged",
        "Arbetsboken är skadad, ofullständig eller skriven på ett sätt som inte läses.",
        of_whole_file=True,
    ),
    FileFault("file.password", "Filen är lösenordsskyddad.", of_whole_file=True),
    FileFault("file.macro", "Arbetsboken innehåller makron.", of_whole_file=True),
    FileFault("file.external_links", "Arbetsboken har länkar till andra filer.", of_whole_file=True),
    FileFault("file.csv", "Ett citattecken i textfilen är inte avslutat eller står fel."),
    FileFault("file.joined", "Två textfiler är sammanfogade till en, eller rubrikraden står två gånger."),
    FileFault("file.one_column", "Alla uppgifter står i en enda kolumn."),
    FileFault("file.garbled", "Bokstäverna å, ä och ö har blivit fel i rubrikerna."),
    FileFault("file.hidden", "Ett dolt blad, en dold rad eller en dold kolumn har innehåll som inte syns."),
    FileFault("file.two_sheets", "Flera blad är ifyllda och kan vara det som ska läsas."),
    FileFault(
        "file.headings",
        "Filen har inga rubriker som portalen känner: en export från ett annat program.",
        of_whole_file=True,
    ),
    FileFault(
        "file.own_export",
        "Filen är siffror eller en lista som hämtats ur portalen, inte en inlämning.",
        of_whole_file=True,
    ),
    FileFault(
        "file.other_form", "Filen har rubriker som hör till en annan sida i portalen.", of_whole_file=True
    ),
    FileFault("file.no_values", "Filen är en blankett eller lång fil utan ifyllda värden."),
    FileFault("privacy.personal_number", "Något ser ut som ett personnummer. Inget sparas av filen."),
    FileFault("template.version", "Blanketten är äldre eller nyare än den som gäller.", of_whole_file=True),
    # headings
    FileFault("clinic.missing", "Mottagningens kod eller namn saknas."),
    FileFault("clinic.foreign", "Filen gäller en mottagning som kontot inte kan skicka in för."),
    FileFault("heading.missing", "En rubrik som måste finnas saknas."),
    FileFault("heading.unknown", "En rubrik är okänd."),
    FileFault("heading.duplicate", "En rubrik eller månad finns två gånger."),
    FileFault("heading.empty", "Ett värde står i en kolumn utan rubrik."),
    FileFault("month.missing", "Blanketten har ingen månadskolumn."),
    # rows and cells
    FileFault("row.length", "En rad i en textfil har fler värden än rubriken, eller ett annat skiljetecken."),
    FileFault("measure.unknown", "Måttets kod eller namn är okänt, eller raden är en summarad."),
    FileFault("measure.mixed", "En rad har ett måtts kod och ett annat måtts namn."),
    FileFault("measure.duplicate", "Ett mått finns på två rader i blanketten."),
    FileFault(
        "value.month", "Månaden är inte skriven som 2025-01, 202501, jan-25, januari 2025 eller 2025-01-01."
    ),
    FileFault("value.number", "Värdet är varken ett helt tal från 0 till 9 999 999 eller ett godtaget skäl."),
    FileFault("value.empty", "Värdet saknas i en rad av den långa filen."),
    FileFault("value.reason", "Skälet är inget av de godtagna."),
    FileFault("value.and_reason", "En rad har både värde och skäl."),
    FileFault("value.duplicate", "Samma mottagning, månad och mått finns på två rader."),
    FileFault("value.formula", "En formel har inget uträknat värde sparat i filen."),
)

_OF_WHOLE_FILE = frozenset(fault.code for fault in FINDINGS if fault.of_whole_file)


def is_unreadable(problems: Iterable[Problem]) -> bool:
    """Tell whether the file is refused as such, so that to mend something in it would not help."""
    return any(problem.code in _OF_WHOLE_FILE for problem in problems if problem.blocks)


@dataclass(slots=True)
class Report:
    """What is found on the way through one file."""

    months: list[MonthEntries] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)

    def error(self, code: str, message: str, place: Place = NOWHERE, *, read: str | None = None) -> None:
        """Note an error; the message begins with where."""
        quoted = None if read is None else read[:MAX_READ]
        text = f"{spell_place(place)}: {message}" if place != NOWHERE else message
        self.problems.append(
            Problem(code=code, severity=Severity.ERROR, message=text, place=place, read=quoted)
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

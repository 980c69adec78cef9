"""How good the data are: what was reported, in time, corrected afterwards, and where a series breaks."""

from dataclasses import dataclass, replace

from db.reporting.submissions import Key
from portal import formats
from portal.domain.annual_report.chapters import Chapter
from portal.domain.annual_report.content import ReportCell, Section
from portal.domain.registry.clinics import Clinic
from portal.domain.reporting.submissions import State
from portal.services.annual_report import tables
from portal.services.annual_report.reading import Material


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportedMonths:
    """One clinic's year in months."""

    owed: int
    sent: int
    in_time: int
    read_in: int
    corrected: int
    approved: int

    def __add__(self, other_clinic: "ReportedMonths") -> "ReportedMonths":
        return ReportedMonths(
            owed=self.owed + other_clinic.owed,
            sent=self.sent + other_clinic.sent,
            in_time=self.in_time + other_clinic.in_time,
            read_in=self.read_in + other_clinic.read_in,
            corrected=self.corrected + other_clinic.corrected,
            approved=self.approved + other_clinic.approved,
        )


NO_MONTHS = ReportedMonths(owed=0, sent=0, in_time=0, read_in=0, corrected=0, approved=0)


def section(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Return Bilaga 1: each clinic's reported months, and the breaks in the series."""
    per_clinic = [(clinic.name, reported(clinic, material)) for clinic in material.clinics]
    total = sum((counts for _, counts in per_clinic), NO_MONTHS)
    rows = [_row(name, counts) for name, counts in (*per_clinic, ("Alla", total))]
    headings = (
        "Mottagning",
        "Månader att rapportera",
        "Inskickade",
        "I tid",
        "Inlästa av regionen",
        "Rättade i efterhand",
        "Godkända",
    )
    return replace(
        plain,
        generated=(_sentence(total, material), *_breaks(material)),
        tables=(tables.table(f"Rapporterade månader {material.year.year}", headings, rows, total=True),),
        source="Portalens inlämningar",
    )


def reported(clinic: Clinic, material: Material) -> ReportedMonths:
    """Count one clinic's months of the year: owed, sent, sent in time, corrected, approved."""
    keys = [(clinic.code, month) for month in material.months if clinic.is_open(month)]
    current = [material.submissions[key] for key in keys if key in material.submissions]
    states = [submission.state for submission in current]
    corrected = [submission for submission in current if submission.version > 1]
    in_time = [key for key in keys if _is_in_time(key, material)]
    read_in = material.read_in.intersection(keys)
    return ReportedMonths(
        owed=len(keys),
        sent=len(current),
        in_time=len(in_time),
        read_in=len(read_in),
        corrected=len(corrected),
        approved=states.count(State.APPROVED),
    )


def _is_in_time(key: Key, material: Material) -> bool:
    sent = material.first_sent.get(key)
    return (
        sent is not None
        and key not in material.read_in
        and sent.astimezone(formats.STOCKHOLM).date() <= material.last_days[key]
    )


def _row(name: str, months: ReportedMonths) -> list[ReportCell]:
    counts = (months.owed, months.sent, months.in_time, months.read_in, months.corrected, months.approved)
    return [tables.text(name), *(tables.number(float(count)) for count in counts)]


def _sentence(total: ReportedMonths, material: Material) -> str:
    return (
        f"Av {formats.number(total.owed)} månader att rapportera för {material.year.year} har "
        f"{formats.number(total.sent)} kommit in, {formats.number(total.in_time)} i tid"
        f"{_read_in(total)}. "
        f"{formats.number(total.corrected)} har rättats i efterhand."
    )


def _read_in(total: ReportedMonths) -> str:
    return f"; {formats.number(total.read_in)} har regionen läst in i efterhand" if total.read_in else ""


def _breaks(material: Material) -> list[str]:
    """Name the breaks of both years: values on each side of one can't be compared."""
    names = {clinic.code: clinic.name for clinic in material.year.clinics}
    years = (material.year.year - 1, material.year.year)
    breaks = [series_break for series_break in material.breaks if series_break.month.year in years]
    sentences = [
        f"Brott i serien från {series_break.month.label} "
        f"({names.get(series_break.clinic or '', 'alla mottagningar')}): {series_break.reason}"
        for series_break in sorted(breaks, key=lambda at: (at.month, at.clinic or ""))
    ]
    return sentences or ["Inga brott i serierna är inlagda för de två åren."]

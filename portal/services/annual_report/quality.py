"""How good the data are: what was reported, in time, corrected afterwards, and where a series breaks."""

from dataclasses import dataclass, replace

from portal import formats
from portal.domain.annual_report.chapters import Chapter
from portal.domain.annual_report.content import Section
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import months_between
from portal.domain.reporting.submissions import State
from portal.services.annual_report import tables
from portal.services.annual_report.reading import Material


@dataclass(frozen=True, kw_only=True, slots=True)
class Reported:
    """One clinic's year in months."""

    owed: int
    sent: int
    in_time: int
    corrected: int
    approved: int


def section(plain: Section, _chapter: Chapter, material: Material) -> Section:
    found = {clinic.code: reported(clinic, material) for clinic in material.clinics}
    whole = Reported(
        **{
            name: sum(getattr(one, name) for one in found.values())
            for name in ("owed", "sent", "in_time", "corrected", "approved")
        }
    )
    rows = [_row(clinic.report_name, found[clinic.code]) for clinic in material.clinics]
    rows.append(_row("Alla", whole))
    headings = (
        "Mottagning",
        "Månader att rapportera",
        "Inskickade",
        "I tid",
        "Rättade i efterhand",
        "Godkända",
    )
    return replace(
        plain,
        generated=(_sentence(whole, material), *_breaks(material)),
        tables=(tables.table(f"Rapporterade månader {material.year.year}", headings, rows, total=True),),
        source="Portalens inlämningar",
    )


def reported(clinic: Clinic, material: Material) -> Reported:
    """Count one clinic's months of the year: owed, sent, sent in time, corrected, approved."""
    year = material.year
    owed = [month for month in months_between(material.first, year.last_month) if clinic.is_open(month)]
    keys = [(clinic.code, month) for month in owed]
    current = [material.submissions[key] for key in keys if key in material.submissions]
    return Reported(
        owed=len(owed),
        sent=len(current),
        in_time=sum(
            key in material.first_sent
            and material.first_sent[key].astimezone(formats.STOCKHOLM).date() <= material.last_days[key]
            for key in keys
        ),
        corrected=sum(one.version > 1 for one in current),
        approved=sum(one.state is State.APPROVED for one in current),
    )


def _row(name: str, found: Reported) -> list[tables.Cell]:
    counts = (found.owed, found.sent, found.in_time, found.corrected, found.approved)
    return [tables.text(name), *(tables.number(float(count)) for count in counts)]


def _sentence(whole: Reported, material: Material) -> str:
    return (
        f"Av {formats.number(whole.owed)} månader att rapportera för {material.year.year} har "
        f"{formats.number(whole.sent)} kommit in, {formats.number(whole.in_time)} i tid. "
        f"{formats.number(whole.corrected)} har rättats i efterhand."
    )


def _breaks(material: Material) -> list[str]:
    """Name the breaks of both years: values on each side of one can't be compared."""
    names = {clinic.code: clinic.report_name for clinic in material.year.clinics}
    told = [
        f"Brott i serien från {one.month.label} ({names.get(one.clinic or '', 'alla mottagningar')}): {one.reason}"
        for one in sorted(material.breaks, key=lambda one: (one.month, one.clinic or ""))
        if material.year.year - 1 <= one.month.year <= material.year.year
    ]
    return told or ["Inga brott i serierna är inlagda för de två åren."]

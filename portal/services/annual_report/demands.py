"""Måluppfyllelse in the report: every clinic against every demand, with the rule and its level behind."""

from dataclasses import replace

from portal import formats
from portal.domain.annual_report.chapters import Chapter
from portal.domain.annual_report.content import ReportCell, ReportPoint, ReportTable, Section
from portal.domain.insight.contract import Assessment, Demand, JudgedBy, Level, Verdict
from portal.domain.insight.demands import NO_DEMANDS
from portal.domain.registry.clinics import Clinic
from portal.services.annual_report import tables
from portal.services.annual_report.points import rounded
from portal.services.annual_report.reading import Material


BASIS = "bedömning"
EXPLANATION = ", ".join(f"{verdict.symbol} {verdict.label}" for verdict in Verdict)


def section(plain: Section, _chapter: Chapter, material: Material) -> Section:
    """Return 4.8: the clinics against the demands, and the demands' rules."""
    contract = material.contract
    if not contract.demands:
        return replace(plain, generated=(NO_DEMANDS,))
    points = [
        _point(demand, clinic, contract.of(clinic, demand), contract.year)
        for clinic in material.clinics
        for demand in contract.demands
    ]
    return replace(
        plain,
        generated=tuple(_sentence(demand, material) for demand in material.contract.demands),
        notes=(f"Tecken: {EXPLANATION}.",),
        tables=(_clinics_table(material), _rules_table(material)),
        points=tuple(points),
        source="Mottagningarnas månadsrapporter, regionens källor och inlagda svar",
    )


def _clinics_table(material: Material) -> ReportTable:
    rows = [_clinic_row(clinic, material) for clinic in material.clinics]
    headings = ("Mottagning", *(demand.short for demand in material.contract.demands))
    return tables.table(f"Mottagningar mot avtalets krav {material.year.year}", headings, rows)


def _clinic_row(clinic: Clinic, material: Material) -> list[ReportCell]:
    assessments = [(demand, material.contract.of(clinic, demand)) for demand in material.contract.demands]
    return [
        tables.text(clinic.name),
        *(tables.text(_verdict(demand, assessment)) for demand, assessment in assessments),
    ]


def _rules_table(material: Material) -> ReportTable:
    levels = material.contract.levels
    rules = [
        [
            tables.text(demand.label),
            tables.text(demand.rule),
            tables.text(_level(demand, levels[demand.code])),
            tables.text(demand.source),
        ]
        for demand in material.contract.demands
    ]
    headings = ("Krav", "Regel", "Nivå", "Källa")
    return replace(tables.table("Kravens regler och nivåer", headings, rules), is_appendix=True)


def _verdict(demand: Demand, assessment: Assessment) -> str:
    verdict = f"{assessment.verdict.symbol} {assessment.verdict.label}"
    behind = _figure(demand, assessment) or assessment.reason
    return f"{verdict} ({behind})" if behind else verdict


def _figure(demand: Demand, assessment: Assessment) -> str:
    if assessment.reply is not None:
        return f"svar: {assessment.reply.label}"
    if assessment.value is None:
        return ""
    if demand.judged_by is JudgedBy.MEETINGS:
        return formats.plural(int(assessment.value), "träff", "träffar")
    return formats.percent(assessment.value, 1)


def _level(demand: Demand, level: Level | None) -> str:
    """Return from where on the demand is met and from when that holds, or why nothing says so."""
    if demand.judged_by is JudgedBy.ANSWER:
        return "Svar med datum"
    if level is None:
        return demand.note
    return formats.demand_basis(demand, level)


def _sentence(demand: Demand, material: Material) -> str:
    """Count the clinics of the year by how they stand against the demand."""
    verdicts = [material.contract.of(clinic, demand).verdict for clinic in material.clinics]
    counts = [
        f"{formats.number(verdicts.count(verdict))} {verdict.label}"
        for verdict in Verdict
        if verdict in verdicts
    ]
    return f"{demand.label}: {', '.join(counts)}."


def _point(demand: Demand, clinic: Clinic, assessment: Assessment, year: int) -> ReportPoint:
    return ReportPoint(
        indicator=f"krav:{demand.code}",
        label=demand.label,
        part=clinic.code,
        part_label=clinic.name,
        period=str(year),
        unit="träffar" if demand.judged_by is JudgedBy.MEETINGS else "procent",
        basis=BASIS,
        value=rounded(assessment.value),
        numerator=rounded(assessment.numerator),
        denominator=rounded(assessment.denominator),
        reason=assessment.verdict.label,
        source=demand.source,
    )

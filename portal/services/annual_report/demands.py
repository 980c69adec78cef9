"""Måluppfyllelse in the report: every clinic against every demand, with the rule and its level behind."""

from dataclasses import replace

from portal import formats
from portal.domain.annual_report.chapters import Chapter
from portal.domain.annual_report.content import Point, Section
from portal.domain.insight.contract import Assessment, Demand, JudgedBy, Level, Verdict
from portal.services.annual_report import tables
from portal.services.annual_report.points import rounded
from portal.services.annual_report.reading import Material


BASIS = "bedömning"
EXPLANATION = ", ".join(f"{verdict.symbol} {verdict.label}" for verdict in Verdict)


def section(plain: Section, _chapter: Chapter, material: Material) -> Section:
    matrix, clinics = material.contract, material.clinics
    rows = [
        [
            tables.text(clinic.report_name),
            *(tables.text(_shown(demand, matrix.of(clinic, demand))) for demand in matrix.demands),
        ]
        for clinic in clinics
    ]
    rules = [
        [
            tables.text(demand.label),
            tables.text(demand.rule),
            tables.text(_level(demand, matrix.levels[demand.code])),
            tables.text(demand.source),
        ]
        for demand in matrix.demands
    ]
    return replace(
        plain,
        generated=tuple(_sentence(demand, material) for demand in matrix.demands),
        notes=(f"Tecken: {EXPLANATION}.",),
        tables=(
            tables.table(
                f"Mottagningar mot avtalets krav {matrix.year}",
                ("Mottagning", *(demand.short for demand in matrix.demands)),
                rows,
            ),
            tables.table("Kravens regler och nivåer", ("Krav", "Regel", "Nivå", "Källa"), rules),
        ),
        points=tuple(
            _point(demand, clinic.code, clinic.report_name, matrix.of(clinic, demand), matrix.year)
            for clinic in clinics
            for demand in matrix.demands
        ),
        source="Mottagningarnas månadsrapporter, regionens källor och inlagda svar",
    )


def _shown(demand: Demand, assessment: Assessment) -> str:
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
    found = [material.contract.of(clinic, demand).verdict for clinic in material.clinics]
    counts = [
        f"{formats.number(found.count(verdict))} {verdict.label}" for verdict in Verdict if verdict in found
    ]
    return f"{demand.label}: {', '.join(counts)}."


def _point(demand: Demand, code: str, name: str, assessment: Assessment, year: int) -> Point:
    return Point(
        indicator=f"krav:{demand.code}",
        label=demand.label,
        part=code,
        part_label=name,
        period=str(year),
        unit="träffar" if demand.judged_by is JudgedBy.MEETINGS else "procent",
        basis=BASIS,
        value=rounded(assessment.value),
        numerator=rounded(assessment.numerator),
        denominator=rounded(assessment.denominator),
        reason=assessment.verdict.label,
        source=demand.source,
    )

"""Facts from the sources that the demo is built on: clinics, current patients, published figures."""

import csv
from dataclasses import dataclass
from pathlib import Path

from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.months import Month
from portal.domain.sources.declared import field_of


FACTS = Path(__file__).resolve().parents[2] / "db" / "facts"

PATIENT_COLUMNS = {"patients_2023_12": Month(2023, 12), "patients_2024_12": Month(2024, 12)}


@dataclass(frozen=True, slots=True)
class ClinicFacts:
    """A clinic and its current patients at the ends of the years that the sources give."""

    clinic: Clinic
    patients: dict[Month, int]


def list_clinics() -> list[ClinicFacts]:
    return [ClinicFacts(_to_clinic(row), _patients(row)) for row in _rows("clinics.csv")]


def published(*, period: str) -> dict[str, int]:
    """Return the region's published figures of a period, such as `2024`: indicator → value.

    Breakdowns are left out, and so is what the source has no figure for.
    """
    return {
        row["indicator"]: int(row["value"])
        for row in _rows("published.csv")
        if (row["period"], row["scope"], row["breakdown"]) == (period, "region", "") and row["value"]
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedFact:
    """A printed figure from the region's own sources, as it can be entered in the portal."""

    indicator: str
    year: int
    month: Month | None
    breakdown: str
    value: float
    basis: str
    is_from_report: bool


REPORT = "000_f0e29728e9599efc.txt"


def list_region_facts() -> list[PublishedFact]:
    return [
        PublishedFact(
            indicator=row["indicator"],
            year=int(row["period"][:4]),
            month=Month.parse(row["period"]) if "-" in row["period"] else None,
            breakdown=row["breakdown"],
            value=float(row["value"]),
            basis=row["basis"],
            is_from_report=row["source"] == REPORT,
        )
        for row in _rows("published.csv")
        if row["value"] and field_of(row["indicator"], row["breakdown"])
    ]


def _rows(name: str) -> list[dict[str, str]]:
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _to_clinic(row: dict[str, str]) -> Clinic:
    return Clinic(
        code=row["code"],
        name=row["name"],
        report_name=row["report_name"],
        municipality_code=row["municipality_code"],
        municipality=row["municipality"],
        operator=Operator(row["operator"]),
        provider=row["provider"],
        opened=Month.parse(row["opened"]) if row["opened"] else None,
        opened_note=row["opened_note"],
    )


def _patients(row: dict[str, str]) -> dict[Month, int]:
    return {month: int(row[column]) for column, month in PATIENT_COLUMNS.items() if row[column]}

"""Invented clinics and months for the bench: plausible enough to pass every check, and labelled as such."""

from datetime import UTC, date, datetime, time

import db.registry.clinics
from db import migrate
from db.engine import Database
from db.reporting.submissions import NewSubmission
from portal.domain.accounts.access import EVERY_CLINIC
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.measures import MEASURES, MEASURES_BY_CODE, Measure
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer
from portal.domain.reporting.submissions import Calendar, Door
from portal.services.context import Clock, Portal


TODAY = date(2025, 2, 5)
FIRST, LAST = Month(2015, 1), Month(2024, 12)  # 120 months
MONTHS = tuple(months_between(FIRST, LAST))


def portal_since_2015(database: Database) -> Portal:
    """Return a portal that asks for 120 months, as it would after ten years."""
    return Portal(database=database, clock=Clock(TODAY), calendar=Calendar(first_month=FIRST), is_demo=True)


def empty_portal(database_url: str, clinics: int) -> Portal:
    portal = portal_since_2015(Database(database_url))
    migrate.upgrade(portal.database)
    with portal.database.writing(EVERY_CLINIC) as scoped:
        for number in range(clinics):
            db.registry.clinics.add(scoped, _clinic(number))
    return portal


_BASES = {"contacts": 60, "sip_meetings": 60}  # totals: not below what they are compared with
_PART, _PART_OF_PART, _WHOLE = 20, 5, 45


def count(measure: Measure, clinic: int, month: Month) -> int:
    """Return a whole number around 50, a part below its whole, as it was the month before too; the same every time."""
    swing = (31 * clinic + 17 * month.number + 7 * month.year + len(measure.code)) % 15
    return _base(measure) + swing


def _base(measure: Measure) -> int:
    if measure.not_above is None:
        return _BASES.get(measure.code, _WHOLE)
    return _PART_OF_PART if MEASURES_BY_CODE[measure.not_above].not_above else _PART


def answers(clinic: int, month: Month) -> dict[str, Answer]:
    return {measure.code: Answer(count(measure, clinic, month)) for measure in MEASURES}


def clinics_for(values: int) -> int:
    """Return how many clinics with all their months it takes to reach that many values."""
    return -(-values // (len(MONTHS) * len(MEASURES)))


def long_file(values: int) -> bytes:
    """Return a lång fil of whole clinic-months with at least that many values, month by month."""
    lines = ["mottagning;period;mått;värde"]
    for month in MONTHS:
        for clinic in range(clinics_for(values)):
            lines += [f"{code(clinic)};{month};{m.code};{count(m, clinic, month)}" for m in MEASURES]
            if len(lines) > values:
                return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")
    raise AssertionError("clinics_for gives enough")


def clinics(count: int) -> dict[str, Clinic]:
    """Return the clinics that a lång fil is about, by code."""
    return {code(number): _clinic(number) for number in range(count)}


def code(number: int) -> str:
    return f"paahittad-{number:03}"


def _clinic(number: int) -> Clinic:
    name = f"Påhittad mottagning {number:03}"
    return Clinic(
        code=code(number),
        name=name,
        report_name=name,
        municipality_code="2080",
        municipality="Falun",
        operator=Operator.PUBLIC,
        provider=name,
    )


def submission(clinic: str, number: int, month: Month) -> NewSubmission:
    """Return a clinic's month as it was sent in."""
    of_month = answers(number, month)
    return NewSubmission(
        clinic=clinic,
        month=month,
        version=1,
        door=Door.FILE,
        sent_by=clinic,
        sent_at=_noon(month.day_after(10)),
        file_name="historik.csv",
        sha256="",
        idempotency_key=f"bench {clinic} {month}",
        reason="",
        note="Mätning: påhittad månad",
        read=len(of_month),
        new=len(of_month),
        changed=0,
        unchanged=0,
        answers=of_month,
    )


def _noon(day: date) -> datetime:
    return datetime.combine(day, time(12), tzinfo=UTC)

"""A small region by hand: five clinics of four owners, and months that they send."""

from sqlmodel import SQLModel

from portal.demo.build import long_file
from portal.domain.accounts.access import EVERY_CLINIC, ClinicUser, RegionUser
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.services.administration import clinic_register
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from tests.conftest import SYSTEM


DECEMBER, JANUARY, FEBRUARY = Month(2024, 12), Month(2025, 1), Month(2025, 2)
CONTROLLER = RegionUser("controller", "Controller")
OTHERS = (("avesta", "Capio"), ("borlange", "JeWe"))  # beside conftest's falun, mora and ludvika
MONTH = {
    "active_patients": 800,
    "waiting_first_visit": 40,
    "waiting_investigation": 60,
    "waiting_treatment": 50,
    "first_visits": 30,
    "first_visits_within_30d": 21,
    "investigations_started": 20,
    "investigations_started_within_30d": 8,
    "treatments_started": 25,
    "treatments_started_within_30d": 10,
    "calls": 200,
    "calls_answered_same_day": 180,
    "care_plans": 45,
    "sip_meetings": 9,
    "video_contacts": 110,
}
assert set(MONTH) == {measure.code for measure in MEASURES if measure.required}


def user_of(*clinics):
    return ClinicUser(f"{clinics[0]}-chef", clinics[0].title(), clinics)


def as_answers(values):
    return {
        measure: Answer(value) if isinstance(value, int) else Answer(reason=value)
        for measure, value in values.items()
    }


def content_of(clinic="falun", month=JANUARY, *, only=None, **changes):
    """Return a lång fil with the whole month, or `only` some measures of it."""
    values = {**MONTH, **changes} if only is None else only
    return long_file(clinic, month, as_answers(values))


def send(portal, clinic="falun", month=JANUARY, *, user=None, only=None, confirm=False, answer="", **changes):
    """Send a month as the clinic would; `confirm` its warnings, `answer` the region's comment."""
    return submitting.commit(
        portal,
        user or user_of(clinic),
        name="januari.csv",
        content=content_of(clinic, month, only=only, **changes),
        confirmation=Confirmation(
            has_warnings=confirm, note="Det stämmer, vi har räknat om." if confirm else "", reason=answer
        ),
    )


def preview(portal, clinic="falun", month=JANUARY, *, only=None, **changes):
    content = content_of(clinic, month, only=only, **changes)
    return submitting.preview(portal, user_of(clinic), name="januari.csv", content=content)


def add_clinic(portal, code, provider, **details):
    clinic = Clinic(
        code=code,
        name=f"BUP {code.title()}",
        report_name=f"BUP {code.title()}",
        municipality_code="2080",
        municipality="Falun",
        operator=Operator.PRIVATE,
        provider=provider,
        **details,
    )
    clinic_register.add(portal, SYSTEM, clinic)


def add_region(portal):
    """Make the clinics five: falun and mora have one owner, the others one each."""
    for code, provider in OTHERS:
        add_clinic(portal, code, provider)


def row_counts(portal):
    """Return table → number of rows, the audit apart."""
    counts = (
        f"SELECT '{name}', count(*) FROM \"{name}\"" for name in SQLModel.metadata.tables if name != "audit"
    )
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return dict(scoped.connection.exec_driver_sql(" UNION ALL ".join(counts)).all())

"""Build the demo database through the same services as real use. Its months are invented."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from db import installation, migrate, revision
from portal.demo import economy, facts, inputs, months, plans, texts
from portal.domain.accounts.access import EVERY_CLINIC, OPERATOR, ClinicUser, RegionUser, Role
from portal.domain.insight.contract import DemandAnswer, Level
from portal.domain.registry.months import Month, months_between
from portal.domain.registry.values import Answer, MissingReason
from portal.domain.sources.declared import field_of, source_of
from portal.domain.sources.facts import Fact
from portal.services.accounts import accounts
from portal.services.accounts.accounts import AccountDetails
from portal.services.administration import clinic_register
from portal.services.annual_report import texts as report_texts
from portal.services.annual_report.live import live
from portal.services.context import Portal, demo_day, mark_as_demo
from portal.services.insight import contract
from portal.services.release import releases
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from portal.services.sources import source_years


TODAY = date(2025, 2, 5)
FIRST, LAST = Month(2023, 1), Month(2024, 12)
JANUARY = Month(2025, 1)
SENT_ON, REVIEWED_ON = 10, 14  # days of the following month
REVIEWER = RegionUser("granskare", "Controller, vårdval")
CONFIRMATION = "Exempeldata: värdet är påhittat och stämmer."
RETURN_COMMENT = (
    "Ni har {now} startade utredningar i januari mot {before} i december. Startade alla under månaden? "
    "Rätta eller bekräfta."
)
DEMO_SOURCE = "Årsuppföljning Vårdval BUP Dalarna 2024"
NEWS_SOURCE = "SVT Nyheter Dalarna"
NOTES = {  # the basis of a printed figure, as the region would note it
    "": "",
    "sum": "",
    "sum; 2023 not given": "För 2023 anges inget antal.",
    "sum; whole child and adolescent psychiatry": "Hela barn- och ungdomspsykiatrin.",
    "clinics without a visit in 2023": "Mottagningar som inte haft besök under 2023.",
    "of the four contacted": "Av de fyra kontaktade.",
    "moved from primary care": "Flyttade från primärvården.",
}
WITHOUT_FIGURES = (
    (
        "npe_index",
        2024,
        MissingReason.NO_DATA,
        "Enkäten skickades ut 2024; siffrorna står inte i årsuppföljningen.",
    ),
    ("npe_index", 2023, MissingReason.NO_SURVEY, "Enkäten går ut vartannat år, senast 2024."),
    ("cgas_rated", 2024, MissingReason.NO_DATA, "Under 2024 finns inget underlag för sammanställning."),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoAccount:
    username: str
    name: str
    role: Role
    clinics: tuple[str, ...] = ()
    totp_secret: str | None = None

    @property
    def password(self) -> str:
        """The same in every build, so that it can be printed again; the demo is loopback only."""
        return f"exempel-{self.username}-dalarna"

    @property
    def email(self) -> str:
        """Whom reminders go to; `.example` is nobody's (RFC 2606), and the demo has no mail server."""
        return f"{self.username}@mottagning.example" if self.role is Role.CLINIC else ""


def list_accounts() -> list[DemoAccount]:
    """One account per clinic, one with both Psykiatripartners clinics, four at the region."""
    clinics = [clinic_facts.clinic for clinic_facts in facts.list_clinics()]
    partners = tuple(clinic.code for clinic in clinics if clinic.provider == "Psykiatripartners")
    secret = base64.b32encode(hashlib.sha256(b"demo second factor").digest()[:20]).decode()
    return [
        *(
            DemoAccount(
                username=clinic.code,
                name=f"Verksamhetschef {clinic.name}",
                role=Role.CLINIC,
                clinics=(clinic.code,),
            )
            for clinic in clinics
        ),
        DemoAccount(
            username="psykiatripartners",
            name="Verksamhetschef Psykiatripartners",
            role=Role.CLINIC,
            clinics=partners,
        ),
        DemoAccount(username="region", name="Vårdvalschef", role=Role.REGION),
        DemoAccount(username=REVIEWER.username, name=REVIEWER.name, role=Role.REGION),
        DemoAccount(
            username="region-engangskod",
            name="Controller med engångskod",
            role=Role.REGION,
            totp_secret=secret,
        ),
        DemoAccount(username="admin", name="Administratör", role=Role.ADMIN),
    ]


def is_real(portal: Portal) -> bool:
    """Tell whether the database holds somebody's data and was not begun as a demo: it is left alone."""
    with portal.database.reading(EVERY_CLINIC) as scoped:
        is_demo = any(
            installation.find(scoped, name=name) for name in (installation.DEMO_BEGUN, installation.DEMO_DAY)
        )
        return installation.holds_data(scoped) and not is_demo


def is_begun(portal: Portal) -> bool:
    """Tell whether anything has been built here."""
    return revision.is_current(portal.database) and bool(clinic_register.list_clinics(portal, OPERATOR))


def is_of_another_version(portal: Portal) -> bool:
    """Tell whether this is a finished demo with the tables of another version of the portal."""
    return demo_day(portal.database) is not None and not revision.is_current(portal.database)


def is_built(portal: Portal) -> bool:
    """Tell whether the build came to its end: that it is a demo is noted last."""
    return revision.is_current(portal.database) and demo_day(portal.database) is not None


def build(portal: Portal) -> None:
    """Fill an empty database: clinics, accounts, 24 months sent, reviewed and released, January."""
    migrate.upgrade(portal.database)
    _begin(portal)
    start = portal.on(date(2023, 1, 2))
    for clinic_facts in facts.list_clinics():
        clinic_register.add(start, OPERATOR, clinic_facts.clinic)
    for account in list_accounts():
        accounts.add(
            start,
            OPERATOR,
            AccountDetails(
                username=account.username,
                name=account.name,
                role=account.role,
                clinics=account.clinics,
                password=account.password,
                totp_secret=account.totp_secret,
                email=account.email,
            ),
        )
    invented, steps_of_plans = months.months(), plans.steps(REVIEWER)
    for month in months_between(FIRST, LAST):
        _report_month(portal, month, invented)
        plans.follow(portal, steps_of_plans, until=portal.calendar.release_date(month))
    _enter_facts(portal.on(date(2025, 1, 31)))
    _follow_the_contract_up(portal.on(date(2025, 1, 31)))
    _write_report(portal.on(date(2025, 1, 31)))
    plans.follow(portal, steps_of_plans, until=date(2025, 1, 31))
    _report_january(portal, invented)
    plans.follow(portal, steps_of_plans, until=TODAY)
    mark_as_demo(portal.on(TODAY), OPERATOR, TODAY)


def _begin(portal: Portal) -> None:
    """Let the database say, before anything is in it, that it is to be a demo."""
    if is_real(portal):
        raise ValueError("a real portal is not built upon")
    with portal.database.writing(EVERY_CLINIC) as scoped:
        installation.put(scoped, name=installation.DEMO_BEGUN, value="yes")


def _report_month(
    portal: Portal, month: Month, invented: Mapping[str, Mapping[Month, Mapping[str, Answer]]]
) -> None:
    sending = portal.on(month.day_after(SENT_ON))
    reviewing = portal.on(month.day_after(REVIEWED_ON))
    for clinic, answers_by_month in invented.items():
        if month in answers_by_month:
            _send(sending, clinic, month, answers_by_month[month])
    for clinic, answers_by_month in invented.items():
        if month in answers_by_month:
            reviews.approve(reviewing, REVIEWER, clinic=clinic, month=month)
    releases.release(portal.on(portal.calendar.release_date(month)), REVIEWER, month)


def _report_january(portal: Portal, invented: Mapping[str, Mapping[Month, Mapping[str, Answer]]]) -> None:
    sending, reviewing = portal.on(date(2025, 2, 3)), portal.on(date(2025, 2, 4))
    states = {clinic: state for clinic, state in months.january_2025_states().items() if state}
    for clinic in states:
        _send(sending, clinic, JANUARY, invented[clinic][JANUARY])
    for clinic, state in states.items():
        if state == "approved":
            reviews.approve(reviewing, REVIEWER, clinic=clinic, month=JANUARY)
        if state == "returned":
            started = [invented[clinic][month]["investigations_started"].value for month in (LAST, JANUARY)]
            comment = RETURN_COMMENT.format(before=started[0], now=started[1])
            reviews.send_back(reviewing, REVIEWER, clinic=clinic, month=JANUARY, comment=comment)


def _send(portal: Portal, clinic: str, month: Month, answers: Mapping[str, Answer]) -> None:
    """Send one month as the clinic would: a lång fil through the ordinary service."""
    sender = ClinicUser(clinic, clinic, (clinic,))
    name, content = f"{clinic}-{month}.csv", long_file(clinic, month, answers)
    try:
        submitting.commit(portal, sender, name=name, content=content)
    except submitting.NeedsConfirmation:
        submitting.commit(
            portal,
            sender,
            name=name,
            content=content,
            confirmation=Confirmation(has_warnings=True, note=CONFIRMATION),
        )


def long_file(clinic: str, month: Month, answers: Mapping[str, Answer]) -> bytes:
    lines = ["mottagning;period;mått;värde;skäl"]
    for measure, answer in answers.items():
        value = "" if answer.value is None else str(answer.value)
        reason = answer.reason.label if answer.reason else ""
        lines.append(f"{clinic};{month};{measure};{value};{reason}")
    return ("\r\n".join(lines) + "\r\n").encode("utf-8-sig")


def _enter_facts(portal: Portal) -> None:
    """Enter what is printed from the region's own sources, and why the rest has no figures there."""
    printed = [
        Fact(
            indicator=row.indicator,
            year=row.year,
            month=row.month,
            breakdown=row.breakdown,
            value=row.value,
            source=DEMO_SOURCE if row.is_from_report else NEWS_SOURCE,
            note=NOTES[row.basis],
        )
        for row in facts.list_region_facts()
    ]
    missing = [
        Fact(indicator=indicator, year=year, reason=reason, source=DEMO_SOURCE, note=note)
        for indicator, year, reason, note in WITHOUT_FIGURES
    ]
    invented = [*inputs.medicine_unit(), *inputs.shares_of_the_country(), *economy.list_facts()]
    every = sorted([*printed, *missing, *_connected(), *invented], key=_source_code)
    for _, of_source in groupby(every, key=_source_code):
        source_years.enter(portal, REVIEWER, list(of_source))


def _follow_the_contract_up(portal: Portal) -> None:
    """Enter the clinics' answers about telephone hours, and a level where the contract sets none."""
    for answer in inputs.telephone_hours():
        reply = DemandAnswer(
            clinic=answer.clinic,
            demand="telephone_hours",
            reply=answer.reply,
            valid_from=answer.since,
            source=f"{inputs.INVENTED}. Mottagningens svar: {answer.words}.",
        )
        contract.enter_answer(portal, REVIEWER, reply)
    level = Level(
        met=inputs.SAME_DAY_FROM,
        partly=inputs.SAME_DAY_PARTLY,
        valid_from=date(2023, 1, 1),
        basis=f"{inputs.INVENTED}: avtalet anger ingen nivå.",
    )
    contract.set_level(portal, REVIEWER, demand="same_day_answers", level=level)


def _write_report(portal: Portal) -> None:
    """Write the report's free chapters as the region wrote them; nothing is frozen or published."""
    report = live(portal, REVIEWER, texts.YEAR)
    for number, text in texts.WRITTEN.items():
        report_texts.save(
            portal, REVIEWER, year=texts.YEAR, section=report.section(number), text=text, base_version=0
        )


def _connected() -> list[Fact]:
    """The report's 4.2.2, of the clinics in its table: "Samtliga mottagningar är anslutna till Synergi"."""
    return [
        Fact(
            indicator="synergi_connected",
            year=2024,
            clinic=clinic_facts.clinic.code,
            value=1,
            source=DEMO_SOURCE,
            note="Samtliga mottagningar är anslutna.",
        )
        for clinic_facts in facts.list_clinics()
    ]


def _source_code(fact: Fact) -> str:
    field = field_of(fact.indicator, fact.breakdown)
    return source_of(field).code if field else ""

"""Reminders by mail: to those who owe a month or have a plan to see to, and to senders whose month was decided.

No figures in them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode

from db.accounts.accounts import AccountSummary
from db.administration import reminders
from db.administration.reminders import Decision, Sent
from db.plans import plans
from db.registry import clinics
from db.reporting import deadlines, submissions
from db.scoping import ScopedConnection
from portal.domain.accounts.access import EVERY_CLINIC, OPERATOR, Role, User, check_is_region
from portal.domain.plans.plan import ActionPlan, Due
from portal.domain.registry.clinics import Clinic
from portal.domain.registry.months import SWEDISH_MONTHS, Month, months_between
from portal.domain.registry.region import Region
from portal.domain.reporting.submissions import State
from portal.services.context import DEMO_LABEL, Portal
from portal.services.letters.letter import Letter
from portal.services.letters.mail import Mail, MailFault, MailServer
from portal.services.letters.posting import reachable
from portal.settings import Settings


BEFORE, AFTER, UNREACHED, RETURNED, APPROVED = "before", "after", "no recipient", "returned", "approved"
PLAN_DUE = {due: f"plan_{due.value}" for due in Due}
PLAN_START, PLAN_END = PLAN_DUE[Due.START], PLAN_DUE[Due.END]
DAYS_BEFORE = 5
LONGEST_RUN = timedelta(hours=1)
TOLD_WITHIN = timedelta(days=14)  # of a decision: the first run doesn't tell of years of them

SIGNATURE = (
    "Vänliga hälsningar\n"
    "Vårdval BUP, {region}\n\n"
    "Brevet skickas automatiskt och går inte att svara på. Det innehåller aldrig några siffror ur rapporterna."
)
OPENINGS = {
    BEFORE: "Snart är det dags att rapportera till Vårdval BUP:",
    AFTER: "Vi saknar det här från er, och sista dagen har varit. Skicka in så snart ni kan:",
    RETURNED: "Regionen har läst det ni skickat och behöver att ni ser över det. Kommentaren står i portalen:",
    APPROVED: "Regionen har godkänt det ni skickat. Tack! Ni behöver inte göra något mer.",
    PLAN_START: "Det är dags att påbörja den här åtgärdsplanen. Har den börjat, säg det i portalen:",
    PLAN_END: "Den här åtgärdsplanens tid har gått ut. Säg i portalen om den är klar, eller ge den mer tid:",
    UNREACHED: "De här mottagningarna ska påminnas, men inget aktivt konto hos dem har en e-postadress:",
}
CLOSINGS = {
    BEFORE: "Behöver ni mer tid, hör av er till regionen.",
    AFTER: "Behöver ni mer tid, hör av er till regionen.",
    UNREACHED: "Hör av er till mottagningen, och lägg till en e-postadress på ett av dess konton.",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Planned:
    """One mail to one person: what it is about, and what it will count as having told."""

    kind: str
    username: str
    mail: Mail
    covers: tuple[Sent, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Delivery:
    """What became of a planned mail; `refusal` is the mail server's reason, empty when it took it."""

    planned: Planned
    refusal: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class _MonthToTell:
    """One clinic's month to tell somebody of; of a plan, the month in which it was to begin or to be done."""

    kind: str
    clinic: Clinic
    month: Month
    last_day: date | None = None
    version: int | None = None
    plan: ActionPlan | None = None

    def sent_to(self, recipient: str) -> Sent:
        kind = self.kind if self.version is None else f"{self.kind} v{self.version}"
        kind = f"{kind} {self.plan.number}" if self.plan else kind
        return self.clinic.code, self.month, kind, recipient

    @property
    def about(self) -> str:
        about = f"{self.clinic.name}, {self.month.label}"
        return f"{about}: {self.plan.occasion.label}" if self.plan else about


@dataclass(frozen=True, kw_only=True, slots=True)
class _Register:
    clinics: Mapping[str, Clinic]
    accounts: Sequence[AccountSummary]  # active, with an address
    sent: set[Sent]
    region: Region

    def of_clinic(self, code: str) -> list[AccountSummary]:
        return [account for account in self.accounts if code in account.clinics]

    def of_region(self) -> list[AccountSummary]:
        return [account for account in self.accounts if account.role is not Role.CLINIC]


def plan(portal: Portal, *, base_url: str, today: date | None = None) -> list[Planned]:
    """Return the mails to send today: one per person and kind, each clinic's month in it told once."""
    today = today or portal.clock.today
    with portal.database.reading(EVERY_CLINIC) as scoped:
        register = _Register(
            clinics={clinic.code: clinic for clinic in clinics.list_in_scope(scoped)},
            accounts=reachable(scoped),
            sent=reminders.list_sent(scoped),
            region=portal.region,
        )
        owed = list(_owed(portal, scoped, list(register.clinics.values()), today))
        since = datetime.combine(today, time(), tzinfo=UTC) - TOLD_WITHIN
        decisions = reminders.list_decisions(scoped, since=since)
        due_plans = list(_due_plans(register.clinics, plans.list_newest(scoped, portal.demands), today))
    recipients = [
        *_to_clinics(register, [*owed, *due_plans]),
        *_to_region(register, owed),
        *_to_senders(register, decisions),
    ]
    return _grouped(register, recipients, base_url, is_demo=portal.is_demo)


def send(portal: Portal, settings: Settings, *, dry_run: bool = False) -> list[Delivery]:
    """Send what is planned; raises MailFault. Each mail is noted before it goes, and what became of it after.

    Nobody gets a mail twice: not from two runs at once, nor when one was broken off between the server's answer and
    its note. A run that breaks off goes on with the rest the next time.
    """
    server = None if dry_run else _server(settings)
    planned = plan(portal, base_url=settings.base_url)
    if server is None or not planned:
        return [Delivery(planned=letter) for letter in planned]
    claimed: list[Planned] = []

    def mails() -> Iterator[Mail]:
        for letter in planned:
            if _claim(portal, letter):
                claimed.append(letter)
                yield letter.mail

    outcomes = []
    for _, refusal in server.send(mails()):
        _note(portal, claimed[-1], refusal)
        outcomes.append(Delivery(planned=claimed[-1], refusal=refusal))
    return outcomes


def list_unsure(portal: Portal, user: User) -> list[Sent]:
    """Return the mails of which nobody knows whether they arrived: the run that sent them was broken off.

    They are not sent again; who should have got one can be told in another way.
    """
    check_is_region(user)
    with portal.reading(user) as scoped:
        return reminders.list_unsure(scoped, before=portal.clock.now - LONGEST_RUN)


def list_unreached(portal: Portal, user: User) -> list[Clinic]:
    """Return the clinics that owe months and have nobody to remind."""
    check_is_region(user)
    with portal.reading(user) as scoped:
        reached = {code for account in reachable(scoped) for code in account.clinics}
        open_now = [
            clinic
            for clinic in clinics.list_in_scope(scoped)
            if clinic.is_open(Month.of(portal.clock.today).previous)
        ]
    return [clinic for clinic in open_now if clinic.code not in reached]


def _server(settings: Settings) -> MailServer:
    if not settings.smtp_url:
        raise MailFault(
            "PORTAL_SMTP_URL is not set, so no mail can be sent. Set it, such as "
            "smtp+starttls://user:password@mail.example.org?from=portal@example.org, or use --dry-run."
        )
    return MailServer.parse(settings.smtp_url)


def _owed(
    portal: Portal, scoped: ScopedConnection, every_clinic: Sequence[Clinic], today: date
) -> Iterator[_MonthToTell]:
    """Yield what nobody has sent and whose last day is near or past."""
    first = portal.calendar.first_month
    months = months_between(first, Month.of(today))
    extended = deadlines.last_days(scoped)
    sent = {
        (submission.clinic, submission.month)
        for submission in submissions.list_current(scoped, months=months)
    }
    for clinic in every_clinic:
        for month in clinic.owed_months(first=first, today=today):
            if (clinic.code, month) in sent:
                continue
            last_day = portal.calendar.last_day(month, extended.get((clinic.code, month)))
            if today > last_day:
                yield _MonthToTell(kind=AFTER, clinic=clinic, month=month, last_day=last_day)
            elif last_day - today <= timedelta(days=DAYS_BEFORE):
                yield _MonthToTell(kind=BEFORE, clinic=clinic, month=month, last_day=last_day)


def _due_plans(
    every_clinic: Mapping[str, Clinic], newest: Sequence[ActionPlan], today: date
) -> Iterator[_MonthToTell]:
    """Yield the plans that are to begin, or whose time is out, of the clinics that are open."""
    for plan in newest:
        due, clinic = plan.due(today), every_clinic[plan.clinic]
        if due is not None and clinic.is_open(Month.of(today)):
            month = plan.content.starts if due is Due.START else plan.content.until
            yield _MonthToTell(kind=PLAN_DUE[due], clinic=clinic, month=month, plan=plan)


def _to_clinics(
    register: _Register, owed: Sequence[_MonthToTell]
) -> Iterator[tuple[AccountSummary, _MonthToTell]]:
    for month_to_tell in owed:
        for account in register.of_clinic(month_to_tell.clinic.code):
            yield account, month_to_tell


def _to_region(
    register: _Register, owed: Sequence[_MonthToTell]
) -> Iterator[tuple[AccountSummary, _MonthToTell]]:
    for account in register.of_region():
        for month_to_tell in owed:
            if not register.of_clinic(month_to_tell.clinic.code):
                unreached = _MonthToTell(
                    kind=UNREACHED,
                    clinic=month_to_tell.clinic,
                    month=month_to_tell.month,
                    last_day=month_to_tell.last_day,
                )
                yield account, unreached


def _to_senders(
    register: _Register, decisions: Sequence[Decision]
) -> Iterator[tuple[AccountSummary, _MonthToTell]]:
    """Whoever sent a month is told, if the account still may see the clinic."""
    for decision in decisions:
        month_to_tell = _MonthToTell(
            kind=RETURNED if decision.state is State.RETURNED else APPROVED,
            clinic=register.clinics[decision.clinic],
            month=decision.month,
            version=decision.version,
        )
        for account in register.accounts:
            may_see = account.role is not Role.CLINIC or decision.clinic in account.clinics
            if account.username == decision.sent_by and may_see:
                yield account, month_to_tell


def _grouped(
    register: _Register,
    recipients: Sequence[tuple[AccountSummary, _MonthToTell]],
    base_url: str,
    *,
    is_demo: bool,
) -> list[Planned]:
    groups: dict[tuple[str, str], dict[Sent, tuple[AccountSummary, _MonthToTell]]] = {}
    for account, month_to_tell in recipients:
        to = account.email.lower()
        sent = month_to_tell.sent_to(to)
        if sent not in register.sent:
            groups.setdefault((month_to_tell.kind, to), {}).setdefault(sent, (account, month_to_tell))
    planned = []
    for (kind, to), covered in groups.items():
        account = next(iter(covered.values()))[0]
        months = [month_to_tell for _, month_to_tell in covered.values()]
        letter = _letter(kind, to, account.name, months, base_url.rstrip("/"), is_demo=is_demo)
        mail = replace(letter, signature=register.region.in_words(SIGNATURE)).as_mail()
        planned.append(Planned(kind=kind, username=account.username, mail=mail, covers=tuple(covered)))
    return planned


def _subject(kind: str, months: Sequence[_MonthToTell]) -> str:
    many = "planer" if months[0].plan else "månader"
    about = months[0].about if len(months) == 1 else f"{len(months)} {many}"
    match kind:
        case "before":
            return f"Dags att rapportera: {about}"
        case "after":
            return f"Saknas fortfarande: {about}"
        case "returned":
            return f"Återlämnad för rättelse: {about}"
        case "approved":
            return f"Godkänd: {about}"
        case "plan_start":
            return f"Dags att påbörja åtgärdsplan: {about}"
        case "plan_end":
            return f"Åtgärdsplanens tid har gått ut: {about}"
        case _:
            return f"Påminnelser som inte når fram: {about}"


def _letter(
    kind: str, to: str, name: str, months: Sequence[_MonthToTell], base_url: str, *, is_demo: bool
) -> Letter:
    lines = "\n\n".join(_line(month_to_tell, base_url) for month_to_tell in months)
    return Letter(
        recipient=to,
        name=name,
        subject=_subject(kind, months),
        paragraphs=(OPENINGS[kind], lines, CLOSINGS.get(kind, "")),
        label=DEMO_LABEL if is_demo else "",
    )


def _line(month_to_tell: _MonthToTell, base_url: str) -> str:
    if month_to_tell.plan:
        about = urlencode({"mottagning": month_to_tell.clinic.code, "plan": month_to_tell.plan.number})
        return f"{month_to_tell.about}\n{base_url}/atgarder?{about}"
    when = f": sista dag {_day(month_to_tell.last_day)}" if month_to_tell.last_day else ""
    page = {UNREACHED: "laget", RETURNED: "rapportera", APPROVED: "inlamningar"}.get(
        month_to_tell.kind, "rapportera"
    )
    about = urlencode({"manad": str(month_to_tell.month), "mottagning": month_to_tell.clinic.code})
    address = f"{base_url}/{page}" + ("" if month_to_tell.kind == UNREACHED else f"?{about}")
    return f"{month_to_tell.about}{when}\n{address}"


def _day(day: date) -> str:
    return f"{day.day} {SWEDISH_MONTHS[day.month - 1]} {day.year}"


def _claim(portal: Portal, planned: Planned) -> bool:
    """Note that the mail is about to go out; say no where another run has noted any of it."""
    with portal.writing(OPERATOR) as scoped:
        if reminders.list_sent(scoped).intersection(planned.covers):
            return False
        reminders.add_many(scoped, planned.covers, at=portal.clock.now)
    return True


def _note(portal: Portal, planned: Planned, refusal: str) -> None:
    """Keep that the mail went out, or that it is to be tried again."""
    with portal.writing(OPERATOR) as scoped:
        if refusal:
            reminders.remove(scoped, planned.covers)
            return
        reminders.confirm(scoped, planned.covers)
        for clinic in sorted({code for code, *_ in planned.covers}):
            of_clinic = [(month, kind) for code, month, kind, _ in planned.covers if code == clinic]
            scoped.record(
                "reminder.sent",
                clinic=clinic,
                subject=", ".join(f"{month} {kind}" for month, kind in of_clinic[:3]),
                details={"to": planned.username, "kind": planned.kind, "months": len(of_clinic)},
            )

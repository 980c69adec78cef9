"""Set the portal up from one workbook: clinics, accounts, days, targets and levels, all of it or nothing.

Every row goes through the service that its page uses. The same workbook again changes nothing; what reads
otherwise in it is changed, and what is not in it stays.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import db.accounts.accounts
from db import audit
from db.accounts.accounts import Account
from db.registry import clinics
from portal.domain.accounts.access import Role, User, check_is_administrator
from portal.domain.accounts.events import label_of
from portal.domain.insight.contract import Level
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.municipalities import MUNICIPALITIES
from portal.domain.registry.names import name_key
from portal.domain.reporting.problems import Problem
from portal.domain.reporting.submissions import Days
from portal.domain.reporting.texts import PrivateText, storable
from portal.services.accounts import accounts, changing
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.changing import Particulars
from portal.services.administration import calendar_days, clinic_register, targets
from portal.services.administration.clinic_register import ClinicChanges
from portal.services.administration.one_transaction import one_transaction
from portal.services.administration.targets import NewTarget
from portal.services.context import Portal, Writing
from portal.services.insight import contract
from portal.services.letters import account_letters
from portal.services.letters.posting import post
from portal.services.refused import Refused
from portal.services.reporting import outcomes
from portal.uploads.findings import MAX_READ, Report
from portal.uploads.setup import template, workbook
from portal.uploads.setup.sheets import ACCOUNTS, CLINICS, DAYS, LEVELS, TARGETS, Values
from portal.uploads.setup.workbook import SetupRow


REASON = "Inläst ur arbetsboken som portalen sätts upp med"
MOST_EVENTS = 10  # of one row


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupStep:
    """What a row changed, as the event log has it."""

    sheet: str
    row: int
    subject: str
    actions: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"{', '.join(map(label_of, self.actions))}: {self.subject}"


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupReport:
    """What was changed (or would be, of a dry run), or why nothing was."""

    problems: tuple[Problem, ...]
    steps: tuple[SetupStep, ...]

    @property
    def outcome(self) -> str:
        """`accepted`, `unchanged` or `rejected`."""
        if self.problems:
            return "rejected"
        return "accepted" if self.steps else "unchanged"


def as_json(report: SetupReport) -> dict[str, object]:
    """Return what `portal setup --json` prints."""
    return {
        "outcome": report.outcome,
        "problems": [outcomes.problem_as_json(problem) for problem in report.problems],
        "done": [
            {"sheet": step.sheet, "row": step.row, "subject": step.subject, "actions": list(step.actions)}
            for step in report.steps
        ],
    }


class _NotStored(Exception):
    """Takes the transaction back: something is wrong, or it was a dry run."""


def write_template() -> bytes:
    """Return the empty workbook."""
    return template.write()


def run(portal: Portal, user: User, *, name: str, content: bytes, dry_run: bool = False) -> SetupReport:
    """Set up what the workbook says; stores nothing where a row is wrong. Raises AccessDenied."""
    check_is_administrator(user)
    parsed = workbook.parse(name, content)
    setting_up = _SettingUp(user, Report())
    try:
        with one_transaction(portal, user) as (joined, writing):
            for row in parsed.rows:
                setting_up.apply(joined, writing, row)
            if parsed.problems or setting_up.report.problems or dry_run:
                raise _NotStored
    except _NotStored:
        setting_up.readdressed.clear()
    for account in setting_up.readdressed:
        post(portal, account_letters.address_changed(account))
    problems = (*parsed.problems, *setting_up.report.problems)
    return SetupReport(problems=problems, steps=() if problems else tuple(setting_up.steps))


@dataclass
class _SettingUp:
    """Row after row: what was changed, what is wrong, and which clinics are missing for that."""

    user: User
    report: Report
    steps: list[SetupStep] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)
    readdressed: list[Account] = field(default_factory=list)

    def apply(self, portal: Portal, writing: Writing, row: SetupRow) -> None:
        """Hand the row to its service, or note why it can't be."""
        if row.is_whole:
            newest = max((event.id for event in audit.list_recent(writing, limit=1)), default=0)
            try:
                self._service(row)(portal, row.values)
            except Refused as refused:
                self._say(row, refused)
            else:
                self._note(row, writing, newest)
                return
        if row.sheet is CLINICS:
            self.missing.add(name_key(row.texts["code"]))

    def _service(self, row: SetupRow) -> Callable[[Portal, Values], None]:
        return {
            CLINICS.name: self._clinic,
            ACCOUNTS.name: self._account,
            DAYS.name: self._days,
            TARGETS.name: self._target,
            LEVELS.name: self._level,
        }[row.sheet.name]

    def _say(self, row: SetupRow, refused: Refused) -> None:
        text = row.texts.get(refused.about or row.sheet.key[0], "").strip()
        quoted = f"”{text[:MAX_READ]}” går inte. " if text and not isinstance(refused, PrivateText) else ""
        self.report.error(
            "setup.refused", f"{quoted}{refused}", row.place_of(refused.about), read=text if quoted else None
        )

    def _note(self, row: SetupRow, writing: Writing, before: int) -> None:
        events = [event for event in audit.list_recent(writing, limit=MOST_EVENTS) if event.id > before]
        if events:
            actions = tuple(event.action for event in reversed(events))
            subject = " ".join(row.texts[name].strip() for name in row.sheet.key)
            self.steps.append(
                SetupStep(sheet=row.sheet.name, row=row.number, subject=subject, actions=actions)
            )

    def _clinic(self, portal: Portal, values: Values) -> None:
        with portal.reading(self.user) as scoped:
            is_new = clinics.find(scoped, code=values["code"]) is None
        if is_new:
            clinic_register.add(portal, self.user, _new_clinic(values))
            return
        changes = ClinicChanges(
            name=values["name"],
            municipality_code=values["municipality_code"],
            operator=Operator(values["operator"]),
            provider=values["provider"],
            opened=values["opened"],
        )
        clinic_register.change(portal, self.user, changes, code=values["code"], reason=REASON)

    def _account(self, portal: Portal, values: Values) -> None:
        """Add an account, which waits for its invitation, or change what the sheet says of one."""
        username, codes = values["username"], values["clinics"] or ()
        with portal.reading(self.user) as scoped:
            account = db.accounts.accounts.find(scoped, username)
        details = AccountDetails(
            username=username,
            name=values["name"],
            role=values["role"],
            clinics=codes,
            email=values["email"] or "",
        )
        if not self.missing.isdisjoint(map(name_key, codes)):
            accounts.checked(
                portal, details
            )  # that its clinics are not there only follows from another fault
            return
        if account is None:
            accounts.add(portal, self.user, details)
            return
        if values["name"] != account.name:
            raise Refused(f"Kontot är {account.name}s: ett konto byter inte person.", about="name")
        email = account.email if values["email"] is None else values["email"]
        particulars = Particulars(role=Role(values["role"]), clinics=codes, email=email)
        changing.change(portal, self.user, username, particulars)
        if accounts.checked_address(email) != account.email:
            self.readdressed.append(account)

    def _days(self, portal: Portal, values: Values) -> None:
        days = Days(
            valid_from=values["valid_from"],
            deadline_day=values["deadline_day"],
            release_day=values["release_day"],
        )
        rules = calendar_days.list_rules(portal, self.user)
        same_start = (rule.days for rule in rules if rule.days.valid_from == days.valid_from)
        if next(same_start, None) == days:
            return
        calendar_days.set_days(
            portal,
            self.user,
            valid_from=values["valid_from"],
            deadline_day=days.deadline_day,
            release_day=days.release_day,
            reason=values["reason"],
        )

    def _target(self, portal: Portal, values: Values) -> None:
        new_target = NewTarget(
            indicator=values["indicator"],
            value=values["value"],
            valid_from=values["valid_from"],
            text=values["text"] or "",
        )
        targets.set_target(portal, self.user, new_target, reason=values["reason"])

    def _level(self, portal: Portal, values: Values) -> None:
        level = Level(
            met=values["met"],
            partly=values["partly"],
            valid_from=values["valid_from"],
            basis=storable(values["basis"]),
        )
        levels = (
            row.level for row in contract.list_levels(portal, self.user) if row.demand == values["demand"]
        )
        if next((entered for entered in levels if entered.valid_from == level.valid_from), None) != level:
            contract.set_level(portal, self.user, demand=values["demand"], level=level)


def _new_clinic(values: Values) -> Clinic:
    return Clinic(
        code=values["code"],
        name=values["name"],
        report_name=values["name"],
        municipality_code=values["municipality_code"],
        municipality=MUNICIPALITIES[values["municipality_code"]],
        operator=Operator(values["operator"]),
        provider=values["provider"],
        opened=values["opened"],
    )

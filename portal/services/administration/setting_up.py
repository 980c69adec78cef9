"""Set the portal up from one workbook, all of it or nothing.

Every row goes through the service that its page uses. The same workbook again changes nothing; what reads
otherwise in it is changed, and what is not in it stays.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256

import db.accounts.accounts
from db import audit
from db.accounts.accounts import Account
from db.audit import AuditEvent
from portal.domain.accounts.access import Role, User, check_is_administrator
from portal.domain.accounts.events import label_of
from portal.domain.registry.names import name_key
from portal.domain.registry.region import DALARNA, Region
from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.problems import Problem
from portal.domain.reporting.texts import PrivateText
from portal.services.accounts import accounts, changing
from portal.services.accounts.accounts import AccountDetails
from portal.services.accounts.changing import Particulars
from portal.services.administration import regions, setup_rows
from portal.services.administration.one_transaction import one_transaction
from portal.services.context import Portal, Writing
from portal.services.letters import account_letters
from portal.services.letters.posting import notify
from portal.services.refused import Refused
from portal.services.reporting import outcomes
from portal.uploads.findings import MAX_READ, Report
from portal.uploads.setup import template, workbook
from portal.uploads.setup.columns import SetupSheet, Values
from portal.uploads.setup.sheets import ACCOUNTS, CLINICS, MUNICIPALITIES
from portal.uploads.setup.workbook import SetupRow


MOST_EVENTS = 10  # of one row
MAP, LOGO = "Karta", "Logotyp"  # files beside the sheets
CHANGED_MEANWHILE = (
    "Inget är sparat: något ändrades i portalen sedan du såg vad boken gör. Titta igen och spara sedan."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupStep:
    """What a row changed, as the event log has it."""

    sheet: str
    row: int
    subject: str
    events: tuple[AuditEvent, ...]

    @property
    def actions(self) -> tuple[str, ...]:
        return tuple(event.action for event in self.events)

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(map(label_of, self.actions))

    @property
    def words(self) -> str:
        return f"{', '.join(self.labels)}: {self.subject}"

    @property
    def place(self) -> str:
        """Where it stands: a sheet and its row, or the file beside the workbook."""
        return f"{self.sheet} {self.row}" if self.row else self.sheet


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

    @property
    def fingerprint(self) -> str:
        """What it says, to the last value: the same again only while nothing of that has changed meanwhile."""
        seen = [problem.message for problem in self.problems]
        for step in self.steps:
            seen += [f"{event.action} {event.clinic} {event.object} {event.details}" for event in step.events]
        return sha256("\n".join(seen).encode()).hexdigest()


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


def _newest(writing: Writing) -> int:
    return max((event.id for event in audit.list_recent(writing, limit=1)), default=0)


def _events_since(writing: Writing, before: int) -> list[AuditEvent]:
    """Return what was written to the log after an event, the oldest first."""
    return [event for event in audit.list_recent(writing, limit=MOST_EVENTS) if event.id > before][::-1]


class _NotStored(Exception):
    """Takes the transaction back: something is wrong, or it was to be looked at first."""


def write_template(region: Region = DALARNA) -> bytes:
    """Return the empty workbook."""
    return template.write(region)


@dataclass(frozen=True, kw_only=True, slots=True)
class SetupFiles:
    """The workbook, and what comes beside it: the municipalities' shapes, the region's picture."""

    name: str
    content: bytes
    borders: bytes | None = None
    logo: bytes | None = None


def preview(portal: Portal, user: User, files: SetupFiles) -> SetupReport:
    """Return what the workbook would change, or everything that is wrong; stores nothing. Raises AccessDenied."""
    check_is_administrator(user)
    return _carry_out(portal, user, files, lambda report: False)


def run(portal: Portal, user: User, files: SetupFiles, *, seen: str | None = None) -> SetupReport:
    """Set up what the workbook says, and what comes beside it; nothing where a row is wrong. Raises AccessDenied.

    `seen` is the fingerprint of the preview that somebody agreed to: raises Refused where it would be another now.
    """
    check_is_administrator(user)

    def is_to_store(report: SetupReport) -> bool:
        if seen not in (None, report.fingerprint):
            raise Refused(CHANGED_MEANWHILE)
        return not report.problems

    return _carry_out(portal, user, files, is_to_store)


def _carry_out(
    portal: Portal, user: User, files: SetupFiles, is_to_store: Callable[[SetupReport], bool]
) -> SetupReport:
    """Hand every row to its service, in one transaction that ends as `is_to_store` says of what came of it."""
    parsed = workbook.parse(files.name, files.content)
    setting_up = _SettingUp(user, Report())
    try:
        with one_transaction(portal, user) as (joined, writing):
            for row in parsed.rows:
                setting_up.apply(joined, writing, row)
            setting_up.apply_files(joined, writing, files, parsed.problems)
            report = setting_up.report_with(parsed.problems)
            if not is_to_store(report):
                raise _NotStored
            if report.steps:
                writing.record("installation.set_up", details=_origin(files, report))
    except _NotStored:
        return report
    for account in setting_up.readdressed:
        notify(portal, account_letters.address_changed(account))
    return report


def _origin(files: SetupFiles, report: SetupReport) -> dict[str, object]:
    name, digest = safe_name(files.name), sha256(files.content).hexdigest()
    return {"file": name, "sha256": digest, "count": len(report.steps)}


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
            before = _newest(writing)
            try:
                self._service(row)(portal, row.values)
            except Refused as refused:
                self._say(row, refused)
            else:
                subject = " ".join(row.texts[name].strip() for name in row.sheet.key)
                self._note_step(row.sheet.name, row.number, subject, _events_since(writing, before))
                return
        if row.sheet is CLINICS:
            self.missing.add(name_key(row.texts["code"]))

    def apply_files(
        self, portal: Portal, writing: Writing, files: SetupFiles, problems: Sequence[Problem]
    ) -> None:
        """Set the region's logo, and the shapes of the municipalities that the workbook has just set."""
        if files.borders is not None and not self.is_faulty(problems, MUNICIPALITIES):
            self._apply_file(writing, MAP, partial(regions.set_borders, portal, self.user, files.borders))
        if files.logo is not None:
            self._apply_file(writing, LOGO, partial(regions.set_logo, portal, self.user, files.logo))

    def _apply_file(self, writing: Writing, place: str, carry_out: Callable[[], None]) -> None:
        before = _newest(writing)
        try:
            carry_out()
        except Refused as refused:
            self.report.error("setup.file", str(refused))
        else:
            self._note_step(place, 0, place.lower(), _events_since(writing, before))

    def is_faulty(self, problems: Sequence[Problem], sheet: SetupSheet) -> bool:
        """Whether something is wrong on a sheet: what rests on it would only be wrong for that."""
        every_problem = (*problems, *self.report.problems)
        return any(problem.place.sheet == sheet.name for problem in every_problem)

    def report_with(self, problems: Sequence[Problem]) -> SetupReport:
        """Return what came of the rows; `problems` are those of reading the workbook."""
        every_problem = (*problems, *self.report.problems)
        return SetupReport(problems=every_problem, steps=() if every_problem else tuple(self.steps))

    def _service(self, row: SetupRow) -> Callable[[Portal, Values], None]:
        if row.sheet is ACCOUNTS:
            return self._account
        carry_out = setup_rows.CARRIED_OUT_BY[row.sheet.name]
        return lambda portal, values: carry_out(portal, self.user, values)

    def _say(self, row: SetupRow, refused: Refused) -> None:
        text = row.texts.get(refused.about or row.sheet.key[0], "").strip()
        quoted = f"”{text[:MAX_READ]}” går inte. " if text and not isinstance(refused, PrivateText) else ""
        self.report.error(
            "setup.refused", f"{quoted}{refused}", row.place_of(refused.about), read=text if quoted else None
        )

    def _note_step(self, sheet: str, row: int, subject: str, events: Sequence[AuditEvent]) -> None:
        if events:
            self.steps.append(SetupStep(sheet=sheet, row=row, subject=subject, events=tuple(events)))

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

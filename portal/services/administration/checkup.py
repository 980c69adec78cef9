"""`portal check`: is the installation safe to run, and does its data hold together? A declared list.

Each check says what must be so, finds what is not, and names the remedy. Errors must be mended; a warning
is for the operator to judge.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from packaging.requirements import Requirement

import db.administration.audit_log
import db.audit
import db.integrity
import db.migrate
import db.row_security
from db.scoping import ScopedConnection
from portal import settings as portal_settings
from portal.domain.accounts import events
from portal.domain.accounts.access import EVERY_CLINIC, OPERATOR
from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.services.administration import audit_log, recomputing, stored_names
from portal.services.context import Portal, demo_day
from portal.services.letters.mail import MailFault, MailServer
from portal.settings import Settings, SettingsFault


PACKAGE = "vardval-bup-portal"
SMALLEST_FREE = 500 * 1024 * 1024
DEMO_PASSWORD = "exempel-{username}-dalarna"

# What must be in force whatever the configuration file says; TRUST of the browser's side rests on these.
HARDENED = {
    "client.showErrorDetails": "none",
    "client.toolbarMode": "minimal",
    "browser.gatherUsageStats": False,
    "server.enableXsrfProtection": True,
    "server.enableCORS": True,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.maxUploadSize": 10,
    "runner.magicEnabled": False,
    "global.developmentMode": False,
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at. A demo is what its database says it is: a variable makes none."""

    portal: Portal
    settings: Settings
    is_demo: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class HealthCheck:
    """`find` returns what is wrong, in words; nothing when all is well."""

    code: str
    what: str
    remedy: str
    find: Callable[[Subject], Iterable[str]]
    is_error: bool = True
    in_demo: bool = True  # whether it means anything in a demo


@dataclass(frozen=True, slots=True)
class HealthFinding:
    """A check and what it found."""

    check: HealthCheck
    found: tuple[str, ...]

    @property
    def is_ok(self) -> bool:
        return not self.found

    @property
    def severity(self) -> str:
        return "error" if self.check.is_error else "warning"


def run(portal: Portal, settings: Settings) -> list[HealthFinding]:
    """Run every check that applies; those of the data only where the schema is this version's."""
    subject = Subject(portal, settings, is_demo=demo_day(portal.database) is not None)
    findings = _run_all(DEPLOYMENT, subject)
    if all(finding.is_ok for finding in findings if finding.check.code == "schema.version"):
        findings += _run_all(DATA, subject)
    return findings


def run_data(portal: Portal, settings: Settings) -> list[HealthFinding]:
    """Run the checks of the data alone, of a database with this version's schema."""
    return _run_all(DATA, Subject(portal, settings, is_demo=demo_day(portal.database) is not None))


def _run_all(checks: Iterable[HealthCheck], subject: Subject) -> list[HealthFinding]:
    return [_run(check, subject) for check in checks if check.in_demo or not subject.is_demo]


def _run(check: HealthCheck, subject: Subject) -> HealthFinding:
    return HealthFinding(check, tuple(check.find(subject))[: db.integrity.MOST_FOUND])


def _reading(read: Callable[[ScopedConnection], Iterable[str]]) -> Callable[[Subject], list[str]]:
    def find(subject: Subject) -> list[str]:
        with subject.portal.database.reading(EVERY_CLINIC) as scoped:
            return list(read(scoped))

    return find


# The environment


def _production_faults(subject: Subject) -> Iterator[str]:
    """As `portal serve` judges it."""
    try:
        subject.settings.check_production()
    except SettingsFault as fault:
        yield str(fault)


def _weak_secret(subject: Subject) -> Iterator[str]:
    secret = subject.settings.secret_key
    if len(secret) >= portal_settings.SHORTEST_SECRET and len(set(secret)) < 12:
        yield f"{len(secret)} characters, but only {len(set(secret))} different ones"


def _http(subject: Subject) -> Iterator[str]:
    if not subject.settings.uses_https:
        yield f"PORTAL_BASE_URL={subject.settings.base_url}: the cookie is neither Secure nor __Host-"


def _options(_subject: Subject) -> Iterator[str]:
    options = portal_settings.streamlit_options()
    for name, setting in HARDENED.items():
        if options.get(name) != setting:
            yield f"{name} is {options.get(name)!r}, not {setting!r}"


def _demo(subject: Subject) -> Iterator[str]:
    if subject.is_demo:
        yield "the database is a demo: its months are invented"


def _fixed_day(subject: Subject) -> Iterator[str]:
    if subject.settings.today:
        yield f"PORTAL_TODAY={subject.settings.today}"


def _demo_accounts(subject: Subject) -> Iterator[str]:
    """Only accounts called like the demo's are tried: a try costs one hash."""
    with subject.portal.database.reading(EVERY_CLINIC) as scoped:
        hashes = db.integrity.find_hashes(scoped, db.integrity.usernames(scoped))
    for username, password_hash in hashes.items():
        if _is_password(password_hash, DEMO_PASSWORD.format(username=username)):
            yield username


def _is_password(password_hash: str, password: str) -> bool:
    try:
        return PasswordHasher().verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _mail(subject: Subject) -> Iterator[str]:
    if not subject.settings.smtp_url:
        yield "PORTAL_SMTP_URL is not set"
        return
    try:
        MailServer.parse(subject.settings.smtp_url)
    except MailFault as fault:
        yield str(fault)


def _contact(subject: Subject) -> Iterator[str]:
    if not subject.settings.contact:
        yield "PORTAL_CONTACT is not set: the accessibility statement has to say whom to write to"


def _identity_provider(subject: Subject) -> Iterator[str]:
    if subject.settings.uses_oidc and not subject.settings.oidc_acr:
        yield "PORTAL_OIDC_ACR is not set: the provider alone decides whether a second factor was used"


def _open_files(subject: Subject) -> Iterator[str]:
    """Others on the machine must not read the database, nor put another in its place."""
    path = _sqlite_file(subject)
    if path is None or not path.exists():
        return
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        yield f"{path} is open to others on this machine: {stat.filemode(path.stat().st_mode)}"
    if path.parent.stat().st_mode & stat.S_IWOTH and not path.parent.stat().st_mode & stat.S_ISVTX:
        yield f"{path.parent} can be written by everybody"


def _disk(subject: Subject) -> Iterator[str]:
    path = _sqlite_file(subject)
    if path is not None and (free := shutil.disk_usage(path.parent).free) < SMALLEST_FREE:
        yield f"{free // 1024 // 1024} MB free in {path.parent}"


def _sqlite_file(subject: Subject) -> Path | None:
    database = subject.portal.database
    name = database.engine.url.database
    return Path(name) if database.is_sqlite and name and name != ":memory:" else None


def _root(_subject: Subject) -> Iterator[str]:
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield "this command runs as root; the service should not"


def _packages(_subject: Subject) -> Iterator[str]:
    """The tests were run with these versions; an upgrade beside them is untried."""
    try:
        requirements = [Requirement(line) for line in requires(PACKAGE) or []]
    except PackageNotFoundError:
        yield f"{PACKAGE} is not installed as a package"
        return
    for requirement in requirements:
        if requirement.marker is None and version(requirement.name) not in requirement.specifier:
            yield f"{requirement.name} {version(requirement.name)} is not {requirement.specifier}"


def _schema(subject: Subject) -> Iterator[str]:
    if db.migrate.is_current(subject.portal.database):
        return
    with subject.portal.database.reading(EVERY_CLINIC) as scoped:
        yield f"the database is at revision {db.integrity.revision(scoped) or 'none'}"


DEPLOYMENT = (
    HealthCheck(
        code="environment.production",
        what="secret, address and identity provider are set as production needs them",
        remedy="Set the variable that is named.",
        find=_production_faults,
        in_demo=False,
    ),
    HealthCheck(
        code="environment.secret",
        what="the secret is random",
        remedy='Make one: python -c "import secrets; print(secrets.token_urlsafe(48))"',
        find=_weak_secret,
        in_demo=False,
    ),
    HealthCheck(
        code="environment.https",
        what="browsers reach the portal by https",
        remedy="Set PORTAL_BASE_URL to the https address of the proxy.",
        find=_http,
        in_demo=False,
    ),
    HealthCheck(
        code="environment.demo",
        what="this is no demo",
        remedy="Point PORTAL_DATABASE_URL at an empty database and run: portal migrate",
        find=_demo,
        is_error=False,
    ),
    HealthCheck(
        code="environment.today",
        what="the calendar is the real one",
        remedy="Unset PORTAL_TODAY.",
        find=_fixed_day,
        in_demo=False,
    ),
    HealthCheck(
        code="environment.mail",
        what="reminders can be sent",
        remedy="Set PORTAL_SMTP_URL, with TLS where there is a password.",
        find=_mail,
        is_error=False,
        in_demo=False,
    ),
    HealthCheck(
        code="environment.contact",
        what="users are told whom to write to about their data and about accessibility",
        remedy="Set PORTAL_CONTACT, such as an e-mail address.",
        find=_contact,
        is_error=False,
        in_demo=False,
    ),
    HealthCheck(
        code="environment.identity_provider",
        what="the region's login has to vouch for a second factor",
        remedy="Set PORTAL_OIDC_ACR to the value(s) that mean one with your provider.",
        find=_identity_provider,
        is_error=False,
        in_demo=False,
    ),
    HealthCheck(
        code="server.options",
        what="Streamlit's hardened options stand in .streamlit/config.toml",
        remedy="Put the file back as it was delivered.",
        find=_options,
    ),
    HealthCheck(
        code="server.packages",
        what="the installed packages are within the tested ranges",
        remedy="Install the portal anew: pip install -e '.[postgres]'",
        find=_packages,
    ),
    HealthCheck(
        code="server.user",
        what="the portal has a user of its own",
        remedy="Run it by systemd as in portal/operating.",
        find=_root,
        is_error=False,
        in_demo=False,
    ),
    HealthCheck(
        code="database.files",
        what="others on the machine cannot read the database",
        remedy="chmod 600 the file, 700 its folder; the systemd file's UMask does it for new ones.",
        find=_open_files,
        in_demo=False,
    ),
    HealthCheck(
        code="database.disk",
        what="there is room for the database to grow",
        remedy="Make room: at 0 bytes nothing more can be sent in.",
        find=_disk,
        is_error=False,
    ),
    HealthCheck(
        code="schema.version",
        what="the database has this version's schema",
        remedy="portal migrate",
        find=_schema,
    ),
)


# The data


def _chain(subject: Subject) -> Iterator[str]:
    with subject.portal.database.reading(EVERY_CLINIC) as scoped:
        broken = db.audit.first_broken_link(scoped)
    if broken is not None:
        yield f"the chain breaks at event {broken}"


def _cut(subject: Subject) -> Iterator[str]:
    with subject.portal.database.reading(EVERY_CLINIC) as scoped:
        if not db.audit.is_cut(scoped):
            return
        head, rows = db.audit.find_head(scoped), db.audit.find_newest(scoped).id
    yield f"the newest event is {rows}; the kept end says {head.id if head else 'nothing'}"


def _overdue(subject: Subject) -> Iterator[str]:
    plan = audit_log.plan_pruning(subject.portal, OPERATOR)
    if plan.count:
        yield f"{plan.count} events are older than {plan.years} years"


def _unknown_actions(scoped: ScopedConnection) -> list[str]:
    return db.administration.audit_log.used_actions(scoped, [action.code for action in events.ACTIONS])


def _rule(rule: db.integrity.IntegrityRule) -> HealthCheck:
    def find(subject: Subject) -> list[str]:
        now = datetime.now(UTC)
        parameters = {
            "measures": [measure.code for measure in MEASURES],
            "reasons": [reason.value for reason in MissingReason],
            "indicators": [indicator.code for indicator in INDICATORS],
            "this_month": str(Month.of(subject.portal.clock.today)),
            "now": now,
            "tomorrow": now + timedelta(days=1),
        }
        with subject.portal.database.reading(EVERY_CLINIC) as scoped:
            return db.integrity.find(scoped, rule, parameters)

    return HealthCheck(
        code=rule.code, what=rule.requirement, remedy=rule.remedy, find=find, is_error=rule.is_error
    )


DATA = (
    HealthCheck(
        code="database.engine",
        what="the database engine finds nothing wrong",
        remedy=db.integrity.BY_HAND,
        find=_reading(db.integrity.engine_faults),
    ),
    HealthCheck(
        code="database.role",
        what="the PostgreSQL role may do no more than it needs",
        remedy="Run the portal as a role that owns nothing; migrate as the owner.",
        find=_reading(db.integrity.role_faults),
    ),
    HealthCheck(
        code="database.row_security",
        what="PostgreSQL itself keeps each clinic's rows apart",
        remedy="portal migrate",
        find=_reading(lambda scoped: db.row_security.faults(scoped.connection)),
    ),
    HealthCheck(
        code="account.demo",
        what="no account has a password that the demo prints",
        remedy="Disable it or reset its password: portal user reset-password.",
        find=_demo_accounts,
        in_demo=False,
    ),
    HealthCheck(
        code="audit.chain",
        what="no event was changed or taken out",
        remedy="Find out who had access to the database; restore a backup from before.",
        find=_chain,
    ),
    HealthCheck(
        code="audit.end",
        what="no event was cut off the end",
        remedy="Find out who had access to the database; restore a backup from before.",
        find=_cut,
    ),
    HealthCheck(
        code="audit.retention",
        what="no event is kept longer than decided",
        remedy="portal audit prune",
        find=_overdue,
        is_error=False,
    ),
    HealthCheck(
        code="audit.actions",
        what="every event is of a kind that this version knows",
        remedy="None, after a downgrade; otherwise declare it in portal/domain/accounts/events.py.",
        find=_reading(_unknown_actions),
        is_error=False,
    ),
    HealthCheck(
        code="value.content",
        what="every version has the values that it was sent with",
        remedy="Find out who had access to the database; restore a backup from before.",
        find=_reading(recomputing.changed_contents),
    ),
    HealthCheck(
        code="figure.content",
        what="every released figure is what its submissions give",
        remedy="Find out who had access to the database; then release the month anew.",
        find=_reading(recomputing.changed_figures),
    ),
    HealthCheck(
        code="account.events",
        what="every account is as its events left it",
        remedy="Disable it, and find out who had access to the database.",
        find=_reading(recomputing.unexplained_accounts),
    ),
    HealthCheck(
        code="file.content",
        what="every kept file is as it came",
        remedy=db.integrity.BY_HAND,
        find=_reading(db.integrity.altered_files),
    ),
    HealthCheck(
        code="clinic.names",
        what="no two clinics have names that the eye takes for one",
        remedy="Rename one: portal clinic change CODE --name.",
        find=_reading(stored_names.near_equal_clinics),
    ),
    HealthCheck(
        code="clinic.provider_names",
        what="every provider is spelled in one way",
        remedy="They count as one owner. Spell them alike: portal clinic change CODE --provider.",
        find=_reading(stored_names.near_equal_providers),
        is_error=False,
    ),
    HealthCheck(
        code="clinic.municipality",
        what="a clinic's municipality has the name of its code",
        remedy="Give the right one: portal clinic change CODE --municipality-code.",
        find=_reading(stored_names.other_municipalities),
    ),
    HealthCheck(
        code="fact.parts",
        what="every type and category of the region's sources is spelled in one way",
        remedy="On Regionens källor, give one of them the reason 'inget underlag': else it counts twice.",
        find=_reading(stored_names.near_equal_parts),
    ),
    *(_rule(rule) for rule in db.integrity.RULES),
)

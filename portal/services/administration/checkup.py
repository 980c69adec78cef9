"""`portal check`: is the installation safe to run, and does its data hold together? A declared list."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

import db.administration.audit_log
import db.audit
import db.integrity
import db.migrate
import db.postgres
import db.row_security
import db.structure
from db.engine import DatabaseUnavailable
from db.scoping import ScopedConnection
from portal.domain.accounts import events
from portal.domain.accounts.access import EVERY_CLINIC, OPERATOR
from portal.domain.registry.indicators import INDICATORS
from portal.domain.registry.measures import MEASURES
from portal.domain.registry.months import Month
from portal.domain.registry.values import MissingReason
from portal.services.administration import audit_log, recomputing, stored_names
from portal.services.administration.deployment_checks import DEPLOYMENT, RIGHTS, STRUCTURE
from portal.services.administration.health import HealthCheck, HealthFinding, Subject, reading
from portal.services.context import Portal, demo_day
from portal.settings import Settings


DEMO_PASSWORD = "exempel-{username}-dalarna"


def run(portal: Portal, settings: Settings) -> list[HealthFinding]:
    """Run every check that applies; those of the data only where the schema is this version's."""
    subject = Subject(portal, settings, is_demo=demo_day(portal.database) is not None)
    findings = _run_all(DEPLOYMENT, subject)
    if all(
        finding.is_ok for finding in findings if finding.check.code in (RIGHTS, "schema.version", STRUCTURE)
    ):
        findings += _run_all(DATA, subject)
    return findings


def run_data(portal: Portal, settings: Settings) -> list[HealthFinding]:
    """Run the checks of the data alone, of a database with this version's schema."""
    return _run_all(DATA, Subject(portal, settings, is_demo=demo_day(portal.database) is not None))


def unreadable(fault: DatabaseUnavailable) -> HealthFinding:
    """The finding of a database that cannot be opened or read, in which nothing else is looked for."""
    return HealthFinding(UNREADABLE, (str(fault),))


def _run_all(checks: Iterable[HealthCheck], subject: Subject) -> list[HealthFinding]:
    return [_run(check, subject) for check in checks if check.in_demo or not subject.is_demo]


def _run(check: HealthCheck, subject: Subject) -> HealthFinding:
    return HealthFinding(check, tuple(_find(check, subject))[: db.integrity.MOST_FOUND])


def _find(check: HealthCheck, subject: Subject) -> Iterator[str]:
    """What is so broken that it can't even be looked at is found too, and the other checks go on."""
    try:
        yield from check.find(subject)
    except Exception as fault:  # noqa: BLE001 -- whatever the reading of broken rows ends in
        yield f"can't be looked at: {type(fault).__name__}: {fault}"


UNREADABLE = HealthCheck(
    code="database.open",
    what="the database can be opened and read",
    remedy="Check PORTAL_DATABASE_URL and that the file or server is there; restore the newest backup if it is damaged.",
    find=lambda subject: (),
)


# The data


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
        find=reading(db.structure.engine_faults),
    ),
    HealthCheck(
        code="database.role",
        what="the PostgreSQL role may do no more than it needs",
        remedy="Run the portal as a role that owns nothing; migrate as the owner.",
        find=reading(db.postgres.role_faults),
    ),
    HealthCheck(
        code="database.sequences",
        what="PostgreSQL's sequences give new rows numbers that are free",
        remedy="portal migrate",
        find=reading(db.postgres.sequence_faults),
    ),
    HealthCheck(
        code="database.row_security",
        what="PostgreSQL itself keeps each clinic's rows apart",
        remedy="portal migrate",
        find=reading(lambda scoped: db.row_security.faults(scoped.connection)),
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
        find=reading(_unknown_actions),
        is_error=False,
    ),
    HealthCheck(
        code="value.content",
        what="every version has the values that it was sent with",
        remedy="Find out who had access to the database; restore a backup from before.",
        find=reading(recomputing.changed_contents),
    ),
    HealthCheck(
        code="figure.content",
        what="every released figure is what its submissions give",
        remedy="Find out who had access to the database; then release the month anew.",
        find=reading(recomputing.changed_figures),
    ),
    HealthCheck(
        code="report.content",
        what="every frozen report is there as it was frozen",
        remedy="Find out who had access to the database; restore a backup from before.",
        find=reading(recomputing.changed_reports),
    ),
    HealthCheck(
        code="account.events",
        what="every account is as its events left it",
        remedy="Disable it, and find out who had access to the database.",
        find=reading(recomputing.unexplained_accounts),
    ),
    HealthCheck(
        code="file.content",
        what="every kept file is as it came",
        remedy=db.integrity.BY_HAND,
        find=reading(db.integrity.altered_files),
    ),
    HealthCheck(
        code="clinic.names",
        what="no two clinics have names that the eye takes for one",
        remedy="Rename one: portal clinic change CODE --name.",
        find=reading(stored_names.near_equal_clinics),
    ),
    HealthCheck(
        code="clinic.provider_names",
        what="every provider is spelled in one way",
        remedy="They count as one owner. Spell them alike: portal clinic change CODE --provider.",
        find=reading(stored_names.near_equal_providers),
        is_error=False,
    ),
    HealthCheck(
        code="clinic.municipality",
        what="a clinic's municipality has the name of its code",
        remedy="Give the right one: portal clinic change CODE --municipality-code.",
        find=reading(stored_names.other_municipalities),
    ),
    HealthCheck(
        code="fact.parts",
        what="every type and category of the region's sources is spelled in one way",
        remedy="On Regionens källor, give one of them the reason 'inget underlag': else it counts twice.",
        find=reading(stored_names.near_equal_parts),
    ),
    *(_rule(rule) for rule in db.integrity.RULES),
)

"""`portal check`: is the installation safe to run?"""

import os
import re
import shutil
import stat
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path

from packaging.requirements import Requirement

import db.administration.audit_log
import db.audit
import db.postgres
import db.revision
import db.row_security
import db.structure
from portal import settings as portal_settings
from portal.domain.accounts.access import EVERY_CLINIC
from portal.services.administration.health import HealthCheck, Subject, reading
from portal.services.letters.mail import MailFault, MailServer
from portal.settings import Settings, SettingsFault


PACKAGE = "vardval-bup-portal"
RIGHTS, STRUCTURE = "database.rights", "schema.structure"
SMALLEST_FREE = 500 * 1024 * 1024
FEWEST_SIGNS = 12  # of a secret, different ones
FEWEST_NUMBERS = 3  # digits side by side are one
FEWEST_CAPITALS = 0.3  # of the letters

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


def _production_faults(subject: Subject) -> Iterator[str]:
    """As `portal serve` judges it."""
    try:
        subject.settings.check_production()
    except SettingsFault as fault:
        yield str(fault)


def _weak_secret(subject: Subject) -> Iterator[str]:
    secret = subject.settings.secret_key
    if len(secret) < portal_settings.SHORTEST_SECRET:
        return
    if len(set(secret)) < FEWEST_SIGNS:
        yield f"{len(secret)} characters, but only {len(set(secret))} different ones"
    elif _reads_like_words(secret):
        yield "it reads like words: digits stand in few places, and capitals are few or all"


def _reads_like_words(secret: str) -> bool:
    """Whether it was thought of: chance strews digits, or mixes capitals with small letters, in all but one of 1,000."""
    letters = [character for character in secret if character.isalpha()]
    capitals = sum(character.isupper() for character in letters) / max(1, len(letters))
    is_mixed = FEWEST_CAPITALS <= capitals <= 1 - FEWEST_CAPITALS
    return len(re.findall(r"\d+", secret)) < FEWEST_NUMBERS and not is_mixed


def _http(subject: Subject) -> Iterator[str]:
    if not subject.settings.uses_https:
        yield f"PORTAL_BASE_URL={subject.settings.base_url}: the cookie is neither Secure nor __Host-"


def _options(_subject: Subject) -> Iterator[str]:
    options = portal_settings.streamlit_options()
    for name, setting in HARDENED.items():
        if options.get(name) != setting:
            yield f"{name} is {options.get(name)!r}, not {setting!r}"
        if (variable := _variable_of(name)) in os.environ:
            yield f"{variable} is set, and goes before the file"


def _variable_of(option: str) -> str:
    """Return what Streamlit calls an option among the variables: client.toolbarMode, STREAMLIT_CLIENT_TOOLBAR_MODE."""
    words = re.sub(r"([A-Z]+)", r"_\1", option).replace(".", "_")
    return f"STREAMLIT_{words.upper()}"


def _demo(subject: Subject) -> Iterator[str]:
    if subject.is_demo:
        yield "the database is a demo: its months are invented"


def _fixed_day(subject: Subject) -> Iterator[str]:
    if subject.settings.today:
        yield f"PORTAL_TODAY={subject.settings.today}"


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
    for file in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if file.exists() and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            yield f"{file} is open to others on this machine: {stat.filemode(file.stat().st_mode)}"
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


_lacking_rights = reading(db.postgres.lacking_rights)


def _schema(subject: Subject) -> Iterator[str]:
    if _lacking_rights(subject):  # the number can't be read
        return
    if db.revision.is_current(subject.portal.database):
        return
    with subject.portal.database.reading(EVERY_CLINIC) as scoped:
        revision = db.revision.find(scoped)
    if revision is None:
        yield "the database is empty; if it held anything, restore the newest backup instead"
    else:
        yield f"the database is at revision {revision}"


def _structure(subject: Subject) -> Iterator[str]:
    if not _lacking_rights(subject) and db.revision.is_current(subject.portal.database):
        with subject.portal.database.reading(EVERY_CLINIC) as scoped:
            yield from db.structure.structure_faults(scoped)


def _unknown_variables(_subject: Subject) -> Iterator[str]:
    read_by_settings = {f"PORTAL_{name.upper()}" for name in Settings.model_fields}
    for name in sorted(os.environ):
        if name.startswith("PORTAL_") and name not in read_by_settings and not name.startswith("PORTAL_TEST"):
            yield name


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
        code="environment.variables",
        what="every PORTAL_ variable is one that the portal reads",
        remedy="Look for a misspelling: the names stand in portal/operating/README.md.",
        find=_unknown_variables,
        is_error=False,
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
        remedy="Put the file back as it was delivered, and unset the variable.",
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
        code=RIGHTS,
        what="the PostgreSQL role may do what it needs",
        remedy="portal migrate, with PORTAL_MIGRATION_URL as the owner of the tables: it lets the role in again.",
        find=_lacking_rights,
    ),
    HealthCheck(
        code="schema.version",
        what="the database has this version's schema",
        remedy="portal migrate",
        find=_schema,
    ),
    HealthCheck(
        code=STRUCTURE,
        what="tables, columns, indexes and checks are those that the migrations make",
        remedy="Restore a backup from before: `portal migrate` looks at the schema's number only.",
        find=_structure,
    ),
)

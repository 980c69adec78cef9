"""What must be true of the stored data, as a list: each rule is a query that finds what breaks it.

Most of it constraints forbid already; a restored, moved or hand-mended database may still break it.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import bindparam, select, text

from db.scoping import ScopedConnection, table


MOST_FOUND = 20


@dataclass(frozen=True, kw_only=True, slots=True)
class IntegrityRule:
    """`statement` returns one text per offender: what to look at."""

    code: str
    requirement: str
    remedy: str
    statement: str
    is_error: bool = True


BY_HAND = (
    "Restore the newest backup that passes `portal check`, or mend the rows by hand with the portal stopped."
)
SEND_AGAIN = "Let the clinic send the month again; a new version replaces the broken one."
RELEASE_AGAIN = "Release the month again (`portal release MONTH`)."

RULES = (
    IntegrityRule(
        code="submission.one_current",
        requirement="every clinic's month has exactly one current version",
        remedy=BY_HAND,
        statement="SELECT clinic_code || ' ' || month FROM submission GROUP BY clinic_code, month"
        " HAVING sum(CASE WHEN is_current THEN 1 ELSE 0 END) <> 1",
    ),
    IntegrityRule(
        code="submission.newest_current",
        requirement="the current version is the newest",
        remedy=BY_HAND,
        statement="SELECT old.clinic_code || ' ' || old.month FROM submission AS old JOIN submission AS new"
        " ON new.clinic_code = old.clinic_code AND new.month = old.month AND new.version > old.version"
        " WHERE old.is_current",
    ),
    IntegrityRule(
        code="submission.versions",
        requirement="versions count from 1 without a gap",
        remedy=BY_HAND,
        statement="SELECT clinic_code || ' ' || month FROM submission GROUP BY clinic_code, month"
        " HAVING max(version) <> count(*) OR min(version) <> 1",
    ),
    IntegrityRule(
        code="submission.values",
        requirement="every submission has values",
        remedy=SEND_AGAIN,
        statement="SELECT clinic_code || ' ' || month || ' v' || version FROM submission AS sent"
        " WHERE NOT EXISTS (SELECT 1 FROM submission_value WHERE submission_id = sent.id)",
    ),
    IntegrityRule(
        code="submission.event",
        requirement="every submission has the event of its sending",
        remedy=BY_HAND,
        statement="SELECT clinic_code || ' ' || month || ' v' || version FROM submission AS sent WHERE NOT EXISTS"
        " (SELECT 1 FROM submission_event WHERE submission_id = sent.id AND kind = 'sent')",
    ),
    IntegrityRule(
        code="submission.approval",
        requirement="an approved submission has the event of its approval",
        remedy=BY_HAND,
        statement="SELECT clinic_code || ' ' || month || ' v' || version FROM submission AS sent"
        " WHERE state = 'approved' AND NOT EXISTS"
        " (SELECT 1 FROM submission_event WHERE submission_id = sent.id AND kind = 'approved')",
    ),
    IntegrityRule(
        code="submission.return",
        requirement="a returned submission has the comment that says why",
        remedy="Open Granska and return the month again, with a comment.",
        statement="SELECT clinic_code || ' ' || month || ' v' || version FROM submission AS sent"
        " WHERE state = 'returned' AND NOT EXISTS (SELECT 1 FROM submission_event"
        " WHERE submission_id = sent.id AND kind = 'returned' AND comment <> '')",
    ),
    IntegrityRule(
        code="submission.own_approval",
        requirement="nobody has approved what they sent themselves",
        remedy="Return the month, and let somebody else approve it.",
        statement="SELECT sent.clinic_code || ' ' || sent.month || ' v' || sent.version FROM submission AS sent"
        " JOIN submission_event AS event ON event.submission_id = sent.id"
        " WHERE event.kind = 'approved' AND event.by = sent.sent_by",
    ),
    IntegrityRule(
        code="submission.future",
        requirement="no month has been sent before it began",
        remedy="Check the machine's clock and PORTAL_TODAY; return the month.",
        statement="SELECT clinic_code || ' ' || month FROM submission WHERE is_current AND month > :this_month",
    ),
    IntegrityRule(
        code="submission.open",
        requirement="a clinic's months lie between its opening and its closing",
        remedy="Correct the clinic's months (`portal clinic`), or return the month.",
        statement="SELECT sent.clinic_code || ' ' || sent.month FROM submission AS sent"
        " JOIN clinic ON clinic.code = sent.clinic_code"
        " WHERE sent.is_current AND (sent.month < clinic.opened OR sent.month > clinic.closed)",
        is_error=False,
    ),
    IntegrityRule(
        code="month.form",
        requirement="months are written as 2025-01",
        remedy=BY_HAND,
        statement="SELECT 'submission ' || month FROM submission WHERE month NOT LIKE '____-__'"
        " OR substr(month, 6) NOT BETWEEN '01' AND '12' UNION ALL"
        " SELECT 'release ' || month FROM release WHERE month NOT LIKE '____-__'"
        " OR substr(month, 6) NOT BETWEEN '01' AND '12'",
    ),
    IntegrityRule(
        code="value.submission",
        requirement="every value belongs to a submission",
        remedy=BY_HAND,
        statement="SELECT 'submission ' || submission_id || ' ' || measure FROM submission_value"
        " WHERE NOT EXISTS (SELECT 1 FROM submission WHERE id = submission_id)",
    ),
    IntegrityRule(
        code="value.clinic",
        requirement="a value belongs to the clinic of its submission",
        remedy=BY_HAND,
        statement="SELECT 'submission ' || sent.id || ' ' || found.measure FROM submission_value AS found"
        " JOIN submission AS sent ON sent.id = found.submission_id WHERE found.clinic_code <> sent.clinic_code",
    ),
    IntegrityRule(
        code="value.or_reason",
        requirement="a value is a number or has a reason, never both or neither",
        remedy=SEND_AGAIN,
        statement="SELECT 'submission ' || submission_id || ' ' || measure FROM submission_value"
        " WHERE (value IS NULL) = (reason IS NULL)",
    ),
    IntegrityRule(
        code="value.range",
        requirement="counts lie between 0 and 9 999 999",
        remedy=SEND_AGAIN,
        statement="SELECT 'submission ' || submission_id || ' ' || measure FROM submission_value"
        " WHERE value < 0 OR value > 9999999",
    ),
    IntegrityRule(
        code="value.measure",
        requirement="every measure is one that this version declares",
        remedy="Run the version that wrote it, or migrate: `portal migrate`.",
        statement="SELECT DISTINCT measure FROM submission_value WHERE measure NOT IN :measures",
    ),
    IntegrityRule(
        code="value.reason",
        requirement="every reason is one that this version declares",
        remedy="Run the version that wrote it, or migrate: `portal migrate`.",
        statement="SELECT DISTINCT reason FROM submission_value WHERE reason IS NOT NULL AND reason NOT IN :reasons",
    ),
    IntegrityRule(
        code="event.submission",
        requirement="every event belongs to a submission of its own clinic",
        remedy=BY_HAND,
        statement="SELECT 'event ' || event.id FROM submission_event AS event LEFT JOIN submission AS sent"
        " ON sent.id = event.submission_id WHERE sent.id IS NULL OR sent.clinic_code <> event.clinic_code",
    ),
    IntegrityRule(
        code="file.kept",
        requirement="a submission that came as a file has its file",
        remedy="None is needed for months read in before files were kept; otherwise restore a backup.",
        statement="SELECT clinic_code || ' ' || month || ' v' || version FROM submission AS sent WHERE door = 'file'"
        " AND NOT EXISTS (SELECT 1 FROM stored_file WHERE sha256 = sent.sha256)",
        is_error=False,
    ),
    IntegrityRule(
        code="file.clinics",
        requirement="every kept file says whose values it holds",
        remedy=BY_HAND,
        statement="SELECT sha256 FROM stored_file AS kept WHERE NOT EXISTS"
        " (SELECT 1 FROM stored_file_clinic WHERE sha256 = kept.sha256)",
    ),
    IntegrityRule(
        code="release.inputs",
        requirement="every release names the submissions it was computed from",
        remedy=RELEASE_AGAIN,
        statement="SELECT month || ' release ' || number FROM release AS made"
        " WHERE NOT EXISTS (SELECT 1 FROM release_input WHERE release_id = made.id)",
    ),
    IntegrityRule(
        code="release.numbers",
        requirement="a month's releases count from 1 without a gap",
        remedy=BY_HAND,
        statement="SELECT month FROM release GROUP BY month HAVING max(number) <> count(*) OR min(number) <> 1",
    ),
    IntegrityRule(
        code="release.input_month",
        requirement="what a release was computed from is of its own month and clinic",
        remedy=RELEASE_AGAIN,
        statement="SELECT made.month || ' release ' || made.number || ' ' || used.clinic_code"
        " FROM release_input AS used JOIN release AS made ON made.id = used.release_id"
        " LEFT JOIN submission AS sent ON sent.id = used.submission_id"
        " WHERE sent.id IS NULL OR sent.month <> made.month OR sent.clinic_code <> used.clinic_code",
    ),
    IntegrityRule(
        code="release.input_values",
        requirement="what a released figure was computed from still has its values",
        remedy=RELEASE_AGAIN,
        statement="SELECT figure.month || ' ' || figure.indicator FROM released_figure AS figure"
        " WHERE figure.is_shown AND NOT EXISTS (SELECT 1 FROM release_input AS used"
        " JOIN submission_value AS found ON found.submission_id = used.submission_id"
        " WHERE used.release_id = figure.release_id)",
    ),
    IntegrityRule(
        code="figure.release",
        requirement="a released figure comes from a release of its own month",
        remedy=RELEASE_AGAIN,
        statement="SELECT figure.month || ' ' || figure.indicator FROM released_figure AS figure"
        " LEFT JOIN release AS made ON made.id = figure.release_id"
        " WHERE made.id IS NULL OR made.month <> figure.month",
    ),
    IntegrityRule(
        code="figure.hidden",
        requirement="a hidden figure holds no number",
        remedy=RELEASE_AGAIN,
        statement="SELECT month || ' ' || indicator FROM released_figure WHERE NOT is_shown AND (value IS NOT NULL"
        " OR pooled IS NOT NULL OR mean_of_clinics IS NOT NULL OR rate IS NOT NULL"
        " OR numerator IS NOT NULL OR denominator IS NOT NULL)",
    ),
    IntegrityRule(
        code="figure.shown",
        requirement="a shown figure holds a number",
        remedy=RELEASE_AGAIN,
        statement="SELECT month || ' ' || indicator FROM released_figure WHERE is_shown AND value IS NULL"
        " AND rate IS NULL AND pooled IS NULL AND numerator IS NULL",
    ),
    IntegrityRule(
        code="figure.indicator",
        requirement="every released figure is of an indicator that this version declares",
        remedy="Run the version that wrote it, or migrate: `portal migrate`.",
        statement="SELECT DISTINCT indicator FROM released_figure WHERE indicator NOT IN :indicators",
    ),
    IntegrityRule(
        code="fact.or_reason",
        requirement="a fact from the region's sources is a number or has a reason, and says its source",
        remedy="Enter it again; the newest counts.",
        statement="SELECT indicator || ' ' || year FROM region_fact"
        " WHERE (value IS NULL) = (reason IS NULL) OR source = ''",
    ),
    IntegrityRule(
        code="fact.clinic",
        requirement="every figure of the region's sources is about a clinic that is there",
        remedy=BY_HAND,
        statement="SELECT DISTINCT source || ' ' || year || ' ' || clinic_code FROM region_fact"
        " WHERE clinic_code <> '' AND clinic_code NOT IN (SELECT code FROM clinic)",
    ),
    IntegrityRule(
        code="published.loaded",
        requirement="the published figures are there",
        remedy="Run `portal migrate`: it loads them.",
        statement="SELECT 'none' WHERE NOT EXISTS (SELECT 1 FROM published_figure)",
    ),
    IntegrityRule(
        code="clinic.provider",
        requirement="every clinic says its provider, and a closed one why",
        remedy="Close it again with a reason (`portal clinic close`), or mend the row.",
        statement="SELECT code FROM clinic WHERE provider = '' OR (closed IS NOT NULL AND closed_reason = '')",
        is_error=False,
    ),
    IntegrityRule(
        code="account.clinics",
        requirement="a clinic's account has a clinic, the region's have none",
        remedy="Give the account its clinics (`portal user set-clinics`), or disable it.",
        statement="SELECT username FROM account WHERE is_active AND (role = 'clinic') ="
        " (NOT EXISTS (SELECT 1 FROM account_clinic WHERE account_id = account.id))",
    ),
    IntegrityRule(
        code="account.administrator",
        requirement="there is an active administrator",
        remedy="Add one: `portal user add NAME --role admin`.",
        statement="SELECT 'none' WHERE NOT EXISTS (SELECT 1 FROM account WHERE role = 'admin' AND is_active)",
    ),
    IntegrityRule(
        code="account.clinic_covered",
        requirement="every open clinic has an active account",
        remedy="Add one: `portal user add NAME --role clinic --clinic CODE`.",
        statement="SELECT code FROM clinic WHERE closed IS NULL AND NOT EXISTS (SELECT 1 FROM account_clinic"
        " JOIN account ON account.id = account_id WHERE clinic_code = clinic.code AND is_active)",
        is_error=False,
    ),
    IntegrityRule(
        code="account.hash",
        requirement="passwords are kept as argon2id",
        remedy="Reset the account's password.",
        statement="SELECT username FROM account WHERE password_hash <> '' AND password_hash NOT LIKE '$argon2id$%'",
    ),
    IntegrityRule(
        code="account.copied_hash",
        requirement="no two accounts have the same password hash: each is salted by itself",
        remedy="One is a copy. Disable both, find out who had access to the database, reset their passwords.",
        statement="SELECT username FROM account WHERE password_hash <> '' AND password_hash IN (SELECT"
        " password_hash FROM account GROUP BY password_hash HAVING count(*) > 1) ORDER BY username",
    ),
    IntegrityRule(
        code="account.second_factor",
        requirement="the region's accounts have a second factor",
        remedy="Let them set it up under Mitt konto.",
        statement="SELECT username FROM account WHERE is_active AND role <> 'clinic' AND totp_secret IS NULL"
        " AND password_hash <> ''",  # without a password nobody comes in yet
        is_error=False,
    ),
    IntegrityRule(
        code="account.email",
        requirement="no account waits for an address to be confirmed that is another's, or in capitals",
        remedy="Set it anew (portal user set-email): accounts are personal, and an address is one account's.",
        statement="SELECT username FROM account WHERE email <> lower(email) OR (email_wanted <> '' AND is_active"
        " AND (SELECT count(*) FROM account AS other WHERE account.email_wanted IN (other.email, other.email_wanted)) > 1)",
        is_error=False,
    ),
    IntegrityRule(
        code="session.account",
        requirement="a shut-out account has no open login",
        remedy="Shut it out again (`portal user disable`): that ends its logins.",
        statement="SELECT username FROM account JOIN login_session ON account_id = account.id"
        " WHERE NOT is_active AND ended_at IS NULL AND expires_at > :now",
    ),
    IntegrityRule(
        code="draft.account",
        requirement="drafts belong to accounts that are there",
        remedy="Harmless; the rows may be removed.",
        statement="SELECT username || ' ' || month FROM draft"
        " WHERE NOT EXISTS (SELECT 1 FROM account WHERE account.username = draft.username)",
        is_error=False,
    ),
    IntegrityRule(
        code="audit.time",
        requirement="no event lies in the future",
        remedy="Check the machine's clock and PORTAL_TODAY.",
        statement="SELECT 'event ' || id FROM audit WHERE at > :tomorrow",
        is_error=False,
    ),
)


def find(scoped: ScopedConnection, rule: IntegrityRule, allowed_codes: Mapping[str, object]) -> list[str]:
    """Return up to MOST_FOUND offenders; `allowed_codes` holds what rules name with a colon."""
    scoped.check_every_clinic()
    statement = text(rule.statement)
    for name in ("measures", "reasons", "indicators"):
        if f":{name}" in rule.statement:
            statement = statement.bindparams(bindparam(name, expanding=True))
    parameters = {name: value for name, value in allowed_codes.items() if f":{name}" in rule.statement}
    rows = scoped.connection.execute(statement, parameters).fetchmany(MOST_FOUND)
    return [str(row[0]) for row in rows]


def content_keys(scoped: ScopedConnection) -> dict[int, str]:
    """Return, by version, what it was sent with: the hash of its clinic, month, version and values."""
    scoped.check_every_clinic()
    submission = table("submission")
    rows = scoped.connection.execute(select(submission.c.id, submission.c.idempotency_key))
    return {row.id: row.idempotency_key for row in rows}


def altered_files(scoped: ScopedConnection) -> list[str]:
    """Return the names of kept files whose content is not what their SHA-256 says."""
    scoped.check_every_clinic()
    stored_file = table("stored_file")
    statement = select(stored_file.c.sha256, stored_file.c.content).execution_options(yield_per=10)
    with scoped.connection.execute(statement) as rows:
        return [row.sha256 for row in rows if hashlib.sha256(row.content).hexdigest() != row.sha256]


def find_hashes(scoped: ScopedConnection, usernames: Iterable[str]) -> dict[str, str]:
    """Return username → password hash of the active ones among them."""
    scoped.check_every_clinic()
    account = table("account")
    statement = select(account.c.username, account.c.password_hash).where(
        account.c.username.in_(list(usernames)), account.c.is_active
    )
    return {row.username: row.password_hash for row in scoped.connection.execute(statement)}


def usernames(scoped: ScopedConnection) -> list[str]:
    scoped.check_every_clinic()
    return list(scoped.connection.scalars(select(table("account").c.username)))

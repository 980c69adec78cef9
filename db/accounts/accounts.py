"""Accounts and the clinics they may act for. Not clinic rows: whoever may ask decides the service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, delete, func, insert, select, update

from db.scoping import ScopedConnection, table
from portal.domain.accounts.access import Role


account = table("account")
account_clinic = table("account_clinic")
clinic = table("clinic")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """An account with its secrets, for checking a login and nothing else."""

    id: int
    username: str
    password_hash: str
    totp_secret: str | None
    is_active: bool
    role: Role
    name: str
    email: str
    email_wanted: str


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountSummary:
    """An account as it can be listed: no secrets."""

    username: str
    name: str
    role: Role
    clinics: tuple[str, ...]
    is_active: bool
    has_second_factor: bool
    email: str  # where letters go; empty for none
    email_wanted: str = ""  # not confirmed: nothing goes there
    gets_sheet_letters: bool = True  # about month sheets
    has_password: bool = True
    last_login_at: datetime | None = None
    idle_since: datetime | None = None  # the last login, or when the account was made or enabled
    idle_warned_at: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAccount:
    """An account to be added; without a password it waits for an invitation."""

    username: str
    name: str
    role: Role
    clinics: Sequence[str]
    password_hash: str
    totp_secret: str | None
    email: str
    created_at: datetime  # by the calendar
    enabled_at: datetime  # by the real clock


def find(scoped: ScopedConnection, username: str) -> Account | None:
    return _one(scoped, account.c.username == username)


def _one(scoped: ScopedConnection, condition: ColumnElement[bool]) -> Account | None:
    row = scoped.connection.execute(select(account).where(condition)).one_or_none()
    if row is None:
        return None
    return Account(
        id=row.id,
        username=row.username,
        password_hash=row.password_hash,
        totp_secret=row.totp_secret,
        is_active=row.is_active,
        role=Role(row.role),
        name=row.name,
        email=row.email,
        email_wanted=row.email_wanted,
    )


def find_summary(scoped: ScopedConnection, username: str) -> AccountSummary | None:
    accounts = _list(scoped, username)
    return accounts[0] if accounts else None


def list_all(scoped: ScopedConnection) -> list[AccountSummary]:
    return _list(scoped, None)


def find_holder(scoped: ScopedConnection, email: str) -> Account | None:
    """Return the account, open or closed, whose address it is, or that is called so."""
    return _one(scoped, account.c.email == email) or find(scoped, email) if email else None


def list_unknown_clinics(scoped: ScopedConnection, codes: Sequence[str]) -> list[str]:
    """Return those of the codes that no clinic has."""
    existing_codes = set(scoped.connection.scalars(select(clinic.c.code).where(clinic.c.code.in_(codes))))
    return [code for code in codes if code not in existing_codes]


def add(scoped: ScopedConnection, new: NewAccount) -> int:
    """Add the account and return its id."""
    statement = insert(account).values(
        username=new.username,
        name=new.name,
        role=new.role.value,
        password_hash=new.password_hash,
        totp_secret=new.totp_secret,
        totp_last_step=0,
        is_active=True,
        email=new.email,
        created_at=new.created_at,
        enabled_at=new.enabled_at,
    )
    account_id: int = scoped.connection.execute(statement.returning(account.c.id)).scalar_one()
    set_clinics(scoped, account_id, new.clinics)
    return account_id


def set_clinics(scoped: ScopedConnection, account_id: int, clinics: Sequence[str]) -> None:
    """Let the account act for these clinics and no others."""
    scoped.connection.execute(delete(account_clinic).where(account_clinic.c.account_id == account_id))
    rows = [{"account_id": account_id, "clinic_code": code} for code in clinics]
    if rows:
        scoped.connection.execute(insert(account_clinic), rows)


def change(scoped: ScopedConnection, account_id: int, **values: object) -> None:
    """Set columns of one account."""
    scoped.connection.execute(update(account).where(account.c.id == account_id).values(**values))


def count_administrators(scoped: ScopedConnection, *, but: int) -> int:
    """Return how many active administrators with a password there are beside one account."""
    statement = select(func.count()).where(
        account.c.role == Role.ADMIN.value,
        account.c.is_active,
        account.c.password_hash != "",
        account.c.id != but,
    )
    return int(scoped.connection.execute(statement).scalar_one())


def use_totp_step(scoped: ScopedConnection, account_id: int, step: int) -> bool:
    """Take a time step; False when it, or a later one, was used before."""
    statement = (
        update(account)
        .where(account.c.id == account_id, account.c.totp_last_step < step)
        .values(totp_last_step=step)
    )
    return scoped.connection.execute(statement).rowcount == 1


def _list(scoped: ScopedConnection, username: str | None) -> list[AccountSummary]:
    rows = scoped.connection.execute(_summary_query(username)).all()
    clinics: dict[str, list[str]] = {}
    for row in rows:
        clinics.setdefault(row.username, []).extend([row.clinic_code] if row.clinic_code else [])
    by_username = {row.username: row for row in rows}
    return [_summary(row, clinics[row.username]) for row in by_username.values()]


def _summary_query(username: str | None) -> Select:
    """Return the query for every account, or one, with a row per clinic of each."""
    statement = (
        select(
            account.c.username,
            account.c.name,
            account.c.role,
            account.c.is_active,
            account.c.email,
            account.c.email_wanted,
            account.c.gets_sheet_letters,
            account.c.totp_secret.is_not(None).label("has_second_factor"),
            (account.c.password_hash != "").label("has_password"),
            account.c.enabled_at,
            account.c.last_login_at,
            account.c.idle_warned_at,
            account_clinic.c.clinic_code,
        )
        .outerjoin_from(account, account_clinic, account_clinic.c.account_id == account.c.id)
        .order_by(account.c.username, account_clinic.c.clinic_code)
    )
    return statement if username is None else statement.where(account.c.username == username)


def _summary(row: Row, clinics: Sequence[str]) -> AccountSummary:
    return AccountSummary(
        username=row.username,
        name=row.name,
        role=Role(row.role),
        clinics=tuple(clinics),
        is_active=row.is_active,
        has_second_factor=bool(row.has_second_factor),
        email=row.email,
        email_wanted=row.email_wanted,
        gets_sheet_letters=row.gets_sheet_letters,
        has_password=bool(row.has_password),
        last_login_at=row.last_login_at,
        idle_since=max(filter(None, (row.last_login_at, row.enabled_at)), default=None),
        idle_warned_at=row.idle_warned_at,
    )

"""The tables of accounts, links, logins and sessions. No clinic's data."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Column, Index, text, true
from sqlmodel import Field, SQLModel

from db.columns import FreeText, UtcTime, utc


class AccountRow(SQLModel, table=True):
    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("role IN ('clinic', 'region', 'admin')", name="account_role"),
        CheckConstraint("username = lower(username)", name="account_username_lower"),
        Index(
            "account_email_once",
            "email",
            unique=True,
            sqlite_where=text("email <> ''"),
            postgresql_where=text("email <> ''"),
        ),
    )
    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(unique=True)
    name: str = Field(sa_type=FreeText)
    role: str
    password_hash: str
    totp_secret: str | None = None
    totp_last_step: int = 0  # the newest time step used, so that a code works once
    is_active: bool = True
    email: str = Field(default="", sa_column_kwargs={"server_default": ""})  # where letters go; lower case
    email_wanted: str = Field(default="", sa_column_kwargs={"server_default": ""})  # until it is confirmed
    gets_sheet_letters: bool = Field(default=True, sa_column_kwargs={"server_default": true()})
    created_at: datetime = Field(sa_column=utc())
    last_login_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    enabled_at: datetime | None = Field(
        default=None, sa_column=utc(nullable=True)
    )  # from when idleness counts
    idle_warned_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))


class AccountClinicRow(SQLModel, table=True):
    __tablename__ = "account_clinic"
    account_id: int = Field(primary_key=True, foreign_key="account.id")
    clinic_code: str = Field(primary_key=True, foreign_key="clinic.code")


class AccountLinkRow(SQLModel, table=True):
    """A link that was handed to somebody: invitation, new password, new address. Used once, then spent."""

    __tablename__ = "account_link"
    __table_args__ = (
        CheckConstraint("kind IN ('invitation', 'password', 'address')", name="account_link_kind"),
    )
    token_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    kind: str
    made_by: str
    made_at: datetime = Field(sa_column=utc())
    expires_at: datetime = Field(sa_column=utc())
    used_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))


class RecoveryCodeRow(SQLModel, table=True):
    """A code that stands in for the second factor once; 80 random bits, here only their SHA-256."""

    __tablename__ = "recovery_code"
    code_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    used_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))


class LoginThrottleRow(SQLModel, table=True):
    """How often something was tried in a row since it last went well."""

    __tablename__ = "login_throttle"
    __table_args__ = (CheckConstraint("tries >= 1", name="login_throttle_tries"),)
    key: str = Field(primary_key=True)
    tries: int
    first_at: datetime = Field(sa_column=utc())
    last_at: datetime = Field(sa_column=Column(UtcTime(), nullable=False, index=True))


class LoginDeviceRow(SQLModel, table=True):
    """A browser in which an account has logged in before; its token only as SHA-256."""

    __tablename__ = "login_device"
    token_hash: str = Field(primary_key=True)
    account_id: int = Field(primary_key=True, foreign_key="account.id")
    seen_at: datetime = Field(sa_column=utc())


class LoginStepRow(SQLModel, table=True):
    """A login whose password was right and whose code is still to come."""

    __tablename__ = "login_step"
    token_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    expires_at: datetime = Field(sa_column=utc())


class LoginSessionRow(SQLModel, table=True):
    """A login. The browser holds a random token; here is only its SHA-256."""

    __tablename__ = "login_session"
    id: str = Field(primary_key=True)  # public name of the session, not a secret
    token_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    opened_at: datetime = Field(sa_column=utc())
    last_seen_at: datetime = Field(sa_column=utc())
    expires_at: datetime = Field(sa_column=utc())
    ended_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    ended_because: str = ""


class LoginTicketRow(SQLModel, table=True):
    """Exchanged once, within seconds, for the login session's cookie."""

    __tablename__ = "login_ticket"
    ticket_hash: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id")
    expires_at: datetime = Field(sa_column=utc())
    used_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))


class AccessTokenRow(SQLModel, table=True):
    """With which another program reads what the account may see; the program has the token, here is its SHA-256."""

    __tablename__ = "access_token"
    __table_args__ = (
        CheckConstraint("used_in IN ('excel', 'power_bi', 'other')", name="access_token_used_in"),
    )
    id: int | None = Field(default=None, primary_key=True)
    token_hash: str = Field(unique=True)
    account_id: int = Field(foreign_key="account.id", index=True)
    used_in: str
    made_at: datetime = Field(sa_column=utc())
    expires_at: datetime = Field(sa_column=utc())
    last_used_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    ended_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))
    ended_because: str = ""


class UnsentLetterRow(SQLModel, table=True):
    """A letter without a secret that the mail server could not take yet; `begun_at`: it is being sent."""

    __tablename__ = "unsent_letter"
    id: int | None = Field(default=None, primary_key=True)
    recipient: str
    subject: str
    content: str
    written_at: datetime = Field(sa_column=utc())
    begun_at: datetime | None = Field(default=None, sa_column=utc(nullable=True))

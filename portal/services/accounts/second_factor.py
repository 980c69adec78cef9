"""The second factor: one-time codes of an app (TOTP, RFC 6238) and recovery codes for when the phone is lost.

Region accounts must have it; clinics are offered it, and the administrator may ask it of them too.
"""

import base64
import hmac
import secrets
import time
from datetime import UTC, datetime

import pyotp
import segno

import db.accounts.account_links
import db.accounts.accounts
import db.audit
import db.installation
from db.accounts.accounts import Account
from db.scoping import ScopedConnection
from portal.domain.accounts.access import (
    ClinicUser,
    Role,
    User,
    check_is_administrator,
)
from portal.services.accounts.throttle import hashed
from portal.services.accounts.withdrawing import withdraw
from portal.services.context import Portal
from portal.services.refused import Refused


STEP_SECONDS = 30
RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 random bits: too many to guess, so a plain SHA-256 is enough
ISSUER = "Vårdval BUP"
WRONG_CODE = "Koden stämmer inte. Skriv den som appen visar just nu; klockan i telefonen behöver gå rätt."


def is_required(portal: Portal, role: Role, *, of_clinics: bool) -> bool:
    """Tell whether accounts with that role must have a second factor. The demo asks nobody."""
    if portal.is_demo:
        return False
    return of_clinics if role is Role.CLINIC else portal.region_needs_second_factor


def new_secret() -> str:
    return pyotp.random_base32()


def qr_code(secret: str, username: str) -> str:
    """Return the QR code for an app as an SVG data address; drawn here, the secret leaves for nowhere."""
    address = pyotp.TOTP(secret).provisioning_uri(name=username, issuer_name=ISSUER)
    drawn: str = segno.make_qr(address, error="m").svg_data_uri(scale=5, border=4, light="#ffffff")
    return drawn


def check_secret(secret: str | None) -> None:
    """At least 112 bits in base32 (NIST SP 800-63B)."""
    if secret is None:
        return
    try:
        pyotp.TOTP(secret)
    except ValueError as error:
        raise Refused("Hemligheten för engångskoder ska vara minst 23 tecken base32.") from error


def take(portal: Portal, account: Account, code: str) -> bool:
    """Tell whether the code is right, and spend it: an app's of now ± one step, or a recovery code."""
    typed = "".join(code.split())
    step = matching_step(account.totp_secret or "", typed)
    with portal.writing_as(account.username) as scoped:
        if step is not None:
            return db.accounts.accounts.use_totp_step(scoped, account.id, step)
        if not db.accounts.account_links.use_code(
            scoped, account.id, _code_hash(typed), at=datetime.now(UTC)
        ):
            return False
        scoped.record("account.recovery_code_used", subject=account.username)
    return True


def matching_step(secret: str, typed: str) -> int | None:
    """Return the time step whose code was typed, out of now and one to either side."""
    totp, this_step = pyotp.TOTP(secret), int(time.time()) // STEP_SECONDS
    for step in (this_step - 1, this_step, this_step + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def enrol(portal: Portal, user: User, *, secret: str, code: str, sid: str) -> list[str]:
    """Set the user's own second factor; returns new recovery codes. Ends their other sessions.

    Whoever calls has asked for the password where the account had a second factor already.
    """
    check_secret(secret)
    step = matching_step(secret, "".join(code.split()))
    if step is None:
        raise Refused(WRONG_CODE, about="code")
    with portal.writing(user) as scoped:
        account = db.accounts.accounts.find(scoped, user.username)
        if account is None:
            raise Refused("Kontot finns inte längre.")
        codes = put(scoped, account.id, secret=secret, step=step)
        withdraw(scoped, account, because="second factor", but=sid)
        scoped.record("account.second_factor_set", subject=user.username)
    return codes


def put(scoped: ScopedConnection, account_id: int, *, secret: str, step: int) -> list[str]:
    """Store a confirmed secret and new recovery codes in the caller's transaction."""
    db.accounts.accounts.change(scoped, account_id, totp_secret=secret, totp_last_step=step)
    return _new_codes(scoped, account_id)


def renew_codes(portal: Portal, user: User) -> list[str]:
    """Make new recovery codes; the old ones stop working. The caller has asked for the password."""
    with portal.writing(user) as scoped:
        account = db.accounts.accounts.find(scoped, user.username)
        if account is None or not account.totp_secret:
            raise Refused("Reservkoder hör till den andra faktorn. Sätt på den först.")
        codes = _new_codes(scoped, account.id)
        scoped.record("account.recovery_codes_renewed", subject=user.username)
    return codes


def count_codes(portal: Portal, user: User) -> int:
    with portal.reading(user) as scoped:
        return db.accounts.account_links.count_codes(scoped, user.username)


def is_set(portal: Portal, user: User) -> bool:
    with portal.reading(user) as scoped:
        account = db.accounts.accounts.find(scoped, user.username)
    return bool(account and account.totp_secret)


def turn_off(portal: Portal, user: User, *, sid: str) -> None:
    """Take the user's own second factor away, where the portal does not ask for it."""
    role = Role.CLINIC if isinstance(user, ClinicUser) else Role.REGION
    if is_required(portal, role, of_clinics=clinics_need_it(portal, user)):
        raise Refused("Ditt konto måste ha en andra faktor.")
    _take_away(portal, user, user.username, "account.second_factor_off", but=sid)


def reset(portal: Portal, by: User, username: str) -> None:
    """Take another's second factor away: the phone is lost. Ends their sessions at once."""
    check_is_administrator(by)
    _take_away(portal, by, username, "account.second_factor_reset")


def clinics_need_it(portal: Portal, user: User) -> bool:
    """Tell whether the administrator asks a second factor of clinics too."""
    with portal.reading(user) as scoped:
        return db.installation.find(scoped, name=db.installation.CLINICS_NEED_SECOND_FACTOR) == "yes"


def ask_of_clinics(portal: Portal, by: User, *, is_asked: bool) -> None:
    check_is_administrator(by)
    value = "yes" if is_asked else "no"
    with portal.writing(by) as scoped:
        db.installation.put(scoped, name=db.installation.CLINICS_NEED_SECOND_FACTOR, value=value)
        scoped.record("setting.clinics_second_factor", subject=value)


def _take_away(portal: Portal, by: User, username: str, action: str, *, but: str | None = None) -> None:
    with portal.writing(by) as scoped:
        account = db.accounts.accounts.find(scoped, username)
        if account is None:
            raise Refused(f"Det finns inget konto {username}.")
        db.accounts.accounts.change(scoped, account.id, totp_secret=None, totp_last_step=0)
        db.accounts.account_links.replace_codes(scoped, account.id, [])
        withdraw(scoped, account, because="second factor", but=but)
        scoped.record(action, subject=username)


def _new_codes(scoped: ScopedConnection, account_id: int) -> list[str]:
    codes = [_spelled(secrets.token_bytes(RECOVERY_BYTES)) for _ in range(RECOVERY_CODES)]
    db.accounts.account_links.replace_codes(scoped, account_id, [_code_hash(code) for code in codes])
    return codes


def _spelled(raw: bytes) -> str:
    text = base64.b32encode(raw).decode().lower()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def _code_hash(code: str) -> str:
    return hashed("".join(char for char in code.lower() if char.isalnum()))

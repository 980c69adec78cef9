"""What the administrator changes of an account in one go: its role, its clinics and its address."""

from collections.abc import Sequence
from dataclasses import dataclass

import db.accounts.accounts
from portal.domain.accounts.access import Role, User, check_is_administrator
from portal.services.accounts import accounts, addresses
from portal.services.context import Portal
from portal.services.letters import account_letters
from portal.services.letters.posting import notify


@dataclass(frozen=True, kw_only=True, slots=True)
class Particulars:
    """An account's role, clinics and address as they shall be."""

    role: Role
    clinics: Sequence[str]
    email: str


def change(portal: Portal, by: User, username: str, particulars: Particulars) -> bool:
    """Store all of it or nothing, and tell whether anything is new; what is as it was ends no session.

    Raises Refused, AccessDenied.
    """
    check_is_administrator(by)
    address = accounts.checked_address(particulars.email)
    with portal.writing(by) as scoped:
        account = accounts.existing(scoped, username)
        summary = db.accounts.accounts.find_summary(scoped, username)
        is_moved = summary is not None and set(particulars.clinics) != set(summary.clinics)
        is_readdressed = address != account.email
        if particulars.role is not account.role:
            accounts.put_role(scoped, account, particulars.role, particulars.clinics)
        elif is_moved:
            accounts.put_clinics(scoped, account, particulars.clinics)
        if is_readdressed:
            addresses.put(scoped, account, address)
    if is_readdressed:
        notify(portal, account_letters.address_changed(account))
    return is_moved or is_readdressed or particulars.role is not account.role

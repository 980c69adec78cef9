"""Whether one's own account gets the letters that tell of a month sheet."""

import db.accounts.accounts
from portal.domain.accounts.access import User
from portal.services.accounts import accounts
from portal.services.context import Portal


def are_wanted(portal: Portal, user: User) -> bool:
    """Tell whether the user gets them."""
    with portal.reading(user) as scoped:
        account = db.accounts.accounts.find_summary(scoped, user.username)
    return account is not None and account.gets_sheet_letters


def choose(portal: Portal, user: User, *, are_wanted: bool) -> None:
    """Have them come, or no longer."""
    with portal.writing(user) as scoped:
        account = accounts.existing(scoped, user.username)
        db.accounts.accounts.change(scoped, account.id, gets_sheet_letters=are_wanted)
        scoped.record("account.sheet_letters", subject=account.username, details={"are_wanted": are_wanted})

"""What other programs read is noted before they are given it: for whom, what, and of which clinic."""

from dataclasses import dataclass
from datetime import UTC, datetime

import db.accounts.access_tokens
from portal.domain.accounts.access import ClinicUser, User
from portal.services.context import Portal


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenUse:
    """One request: with which token, of what, in which format; `clinic` empty: of all that the user may see."""

    token_id: int
    subject: str
    format: str
    clinic: str = ""
    is_refused: bool = False


def record(portal: Portal, user: User, use: TokenUse) -> None:
    """Note a request. A clinic that the user may not see is no part of the note: its log is not theirs to fill."""
    concerned = user.clinics if isinstance(user, ClinicUser) else ("",)
    if use.clinic:
        concerned = tuple(code for code in (use.clinic,) if not use.is_refused)
    with portal.writing(user) as scoped:
        db.accounts.access_tokens.touch(scoped, use.token_id, now=datetime.now(UTC))
        for clinic in concerned or ("",):
            scoped.record(
                "program.read",
                clinic=clinic,
                subject=use.subject,
                outcome="refused" if use.is_refused else "done",
                details={"format": use.format},
            )

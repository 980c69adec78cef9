"""What whoever watches the portal asks of its database: counts and moments, of nobody in particular."""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock

import db.accounts.login_sessions
import db.audit
from db.administration import audit_log
from portal.domain.accounts.access import OPERATOR
from portal.services.accounts.login import limits
from portal.services.context import Portal


REFUSALS = ("upload.rejected", "upload.cross_clinic_attempt")


@dataclass(slots=True)
class RefusedFiles:
    """How many files were refused for what, by the codes of their problems: of the log only the new part is read."""

    by_code: Counter[str] = field(default_factory=Counter)
    last_id: int = 0
    lock: Lock = field(default_factory=Lock)

    def count(self, portal: Portal) -> Counter[str]:
        with self.lock, portal.reading(OPERATOR) as scoped:
            for event in audit_log.list_of_actions(scoped, REFUSALS, after=self.last_id):
                self.by_code.update(json.loads(event.details).get("problems", ()))
                self.last_id = event.id
            return Counter(self.by_code)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watched:
    """How the portal stands, as its database has it."""

    logins: int
    audit_head: int
    last_release: datetime | None
    last_backup: datetime | None


def look(portal: Portal) -> Watched:
    with portal.reading(OPERATOR) as scoped:
        head = db.audit.find_head(scoped)
        return Watched(
            logins=db.accounts.login_sessions.count_live(scoped, limits()),
            audit_head=head.id if head else 0,
            last_release=audit_log.newest_of(scoped, "month.released"),
            last_backup=audit_log.newest_of(scoped, "backup.made"),
        )

"""A file under preview on Rapportera: kept for the login that it was chosen in, so that it outlives its process.

Only one in which nothing is wrong is kept: a file with a personal number or another clinic's code never is. A login
has one and an account few logins, so what lies here is bounded; it goes with its login (services/accounts/login.py).
"""

from contextlib import suppress
from datetime import UTC, datetime

from db.reporting import kept_uploads
from db.reporting.kept_uploads import KeptUpload
from portal.domain.accounts.access import User, check_may_see_clinic
from portal.domain.reporting.file_names import safe_name
from portal.services.context import Portal
from portal.services.refused import DatabaseUnavailable
from portal.services.reporting import submitting
from portal.services.reporting.submitting import Upload
from portal.uploads.reading import CLINIC_LIMITS


LARGEST = CLINIC_LIMITS.xlsx_bytes  # a region's history, which may be larger, is chosen again


def preview(portal: Portal, user: User, sid: str, *, clinic: str, name: str, content: bytes) -> Upload:
    """Read and check a file, and keep it until it is sent, thrown away or left; a preview does without keeping."""
    check_may_see_clinic(user, clinic)
    upload = submitting.preview(portal, user, name=name, content=content)
    if not upload.errors and len(content) <= LARGEST:
        kept = KeptUpload(
            name=safe_name(name), sha256=upload.sha256, content=content, kept_at=datetime.now(UTC)
        )
        with suppress(DatabaseUnavailable):
            _keep(portal, user, sid, kept, clinic)
    return upload


def _keep(portal: Portal, user: User, sid: str, upload: KeptUpload, clinic: str) -> None:
    with portal.reading(user) as scoped:
        is_kept = kept_uploads.is_kept(
            scoped, session=sid, username=user.username, clinic=clinic, sha256=upload.sha256
        )
    if not is_kept:
        with portal.writing(user) as writing:
            kept_uploads.put(writing, upload, session=sid, username=user.username, clinic=clinic)
            writing.record("upload.kept", clinic=clinic)


def find(portal: Portal, user: User, sid: str, *, clinic: str) -> KeptUpload | None:
    """Return the file that the user was looking at in that login, on the clinic's page."""
    check_may_see_clinic(user, clinic)
    with portal.reading(user) as scoped:
        return kept_uploads.find(scoped, session=sid, username=user.username, clinic=clinic)


def discard(portal: Portal, user: User, sid: str, *, clinic: str) -> None:
    """Throw the user's own file away."""
    check_may_see_clinic(user, clinic)
    with portal.writing(user) as writing:
        if kept_uploads.remove(writing, session=sid, username=user.username, clinic=clinic):
            writing.record("upload.discarded", clinic=clinic)

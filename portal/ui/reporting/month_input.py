"""What a clinic hands in for a month on Rapportera: a chosen file, or the form filled in there."""

from collections.abc import Mapping
from dataclasses import dataclass

from portal.domain.accounts.access import User
from portal.domain.registry.months import Month
from portal.services.reporting import kept_uploads, submitting
from portal.services.reporting.submitting import Receipt, Upload
from portal.services.reporting.versioning import Confirmation
from portal.ui.base import session
from portal.ui.base.context import portal
from portal.ui.login import auth
from portal.ui.reporting import form_view
from portal.uploads.form import parse_form
from portal.uploads.parsing import Parsed


@dataclass(frozen=True, slots=True)
class ChosenFile:
    """A file with the month, or with several; chosen on the page of one clinic."""

    clinic: str
    name: str
    content: bytes

    read_from = "filen"

    @property
    def press(self) -> str:
        """Name what brought it here: another file is another press."""
        return f"{self.name} {hash(self.content)}"

    def preview(self, user: User) -> Upload:
        return kept_uploads.preview(
            portal(), user, auth.session_id(), clinic=self.clinic, name=self.name, content=self.content
        )

    def commit(self, user: User, confirmation: Confirmation) -> Receipt:
        return submitting.commit(
            portal(),
            user,
            name=self.name,
            content=self.content,
            confirmation=confirmation,
        )

    def leave(self) -> None:
        session.take_uploaded()
        session.start_next_upload()


@dataclass(frozen=True, slots=True)
class FilledForm:
    """The month filled in here."""

    clinic: str
    month: Month
    texts: Mapping[str, str]
    press: str  # which asked to have it checked

    read_from = "formuläret"

    def preview(self, user: User) -> Upload:
        return submitting.preview_parsed(portal(), user, self._parsed(), name="")

    def commit(self, user: User, confirmation: Confirmation) -> Receipt:
        return submitting.commit_parsed(
            portal(),
            user,
            self._parsed(),
            file=None,
            confirmation=confirmation,
        )

    def leave(self) -> None:
        form_view.leave(self.clinic, self.month)

    def _parsed(self) -> Parsed:
        return parse_form(self.clinic, self.month, self.texts)


MonthInput = ChosenFile | FilledForm

"""`portal inbox`: read in the files that another system puts into a folder."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from portal.cli.terminal import FAILED, As, find_user, open_portal, stop


if TYPE_CHECKING:
    from portal.services.context import Portal
    from portal.services.reporting.inbox_folder import InboxFolder
    from portal.services.reporting.inbox_report import InboxFile


SECONDS_BETWEEN_LOOKS = 30


def inbox(
    folder: Annotated[Path, typer.Argument(help="Where files land; they end up in its done or refused.")],
    username: As,
    once: Annotated[bool, typer.Option("--once", help="Two looks, then end.")] = False,
    every: Annotated[int, typer.Option(min=1, metavar="SECONDS", help="Time between looks.")] = (
        SECONDS_BETWEEN_LOOKS
    ),
) -> None:
    """Read in every file that lands in a folder, until ended (SIGTERM); a file in the making is left alone.

    With --once: 0 everything was read in or there was nothing, 1 something was refused.
    """
    from portal.services.reporting.inbox_folder import FolderFault, InboxFolder

    rounds = _Rounds(open_portal(), username, InboxFolder(folder))
    try:
        with _listening_for_end() as end:
            for number in count(1):
                rounds.take(is_ending=end.is_set)
                if once and (number > 1 or not rounds.folder.appearances):
                    break
                if end.wait(every):
                    break
    except FolderFault as fault:
        stop(str(fault))
    if once and rounds.refused_count:
        raise typer.Exit(FAILED)


@contextmanager
def _listening_for_end() -> Iterator[Event]:
    """Hold what is set once somebody ends the command: the file in hand is finished first."""
    end = Event()
    before = {
        number: signal.signal(number, lambda *_: end.set()) for number in (signal.SIGTERM, signal.SIGINT)
    }
    try:
        yield end
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


class _Rounds:
    """Look by look: how much was refused so far."""

    def __init__(self, portal: "Portal", username: str, folder: "InboxFolder") -> None:
        self.portal, self.username, self.folder = portal, username, folder
        self.refused_count = 0

    def take(self, *, is_ending: Callable[[], bool]) -> None:
        """Take what is complete; the account is looked up anew, since it may have been shut out meanwhile."""
        from portal.services.reporting import inbox as service

        self.folder.prepare()
        with self.folder.locked() as is_ours:
            if not is_ours:
                typer.echo(f"Another process is taking files in {self.folder.path}.", err=True)
                return
            user = find_user(self.portal, self.username)
            for inbox_file in service.take_all(self.portal, user, self.folder):
                self._note(inbox_file)
                if is_ending():
                    break
            self._tell()

    def _note(self, inbox_file: "InboxFile") -> None:
        from portal.services.letters import inbox_letter
        from portal.services.letters.untold import Untold

        typer.echo(f"{inbox_file.name}: {inbox_file.outcome.value}")
        if inbox_file.outcome.is_refusal:
            self.refused_count += 1
            Untold.read(self.folder.path).add(inbox_letter.line_about(inbox_file))

    def _tell(self) -> None:
        """Mail the region in one go what was refused; a mail server that is away is tried again at the next look.

        What a process that ended had not told yet, the next one tells.
        """
        from portal.services.letters import inbox_letter
        from portal.services.letters.mail import MailFault
        from portal.services.letters.untold import Untold

        untold = Untold.read(self.folder.path)
        if not untold.lines:
            return
        if not self.portal.smtp_url:
            typer.echo("Nobody was mailed: PORTAL_SMTP_URL is not set.", err=True)
            untold.end()
            return
        try:
            addresses = inbox_letter.tell_region(self.portal, untold)
        except MailFault as fault:
            typer.echo(str(fault), err=True)
            return
        typer.echo(f"The region was mailed: {', '.join(addresses) or 'nobody has an address'}", err=True)

"""What commands share: open the portal, find who acts, print, stop with one line and a code."""

import atexit
import gc
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from portal.domain.accounts.access import User
from portal.domain.registry.months import FIRST_YEAR, LAST_YEAR, Month, is_year


if TYPE_CHECKING:
    from portal.services.context import Portal
    from portal.settings import Settings

DEFAULT_FILE, DEMO_FILE = Path("var/portal.db"), Path("var/demo.db")
DEFAULT_URL = f"sqlite:///{DEFAULT_FILE}"

FAILED, WRONG_USAGE, TO_CONFIRM = 1, 2, 3
MOST_MONTHS = 24  # of one blankett

As = Annotated[str, typer.Option("--as", metavar="USERNAME", help="Act as this account.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@contextmanager
def collector_at_rest() -> Iterator[None]:
    """Collect no garbage meanwhile, nor of it when the process ends: for a command that reads little and prints it.

    Looking again and again through what it imports takes a fifth of its time.
    """
    gc.disable()
    atexit.register(gc.freeze)
    try:
        yield
    finally:
        gc.enable()


def open_portal(*, migrated: bool = True, creates: bool = False) -> "Portal":
    """Open the portal of the environment; a database of another version is refused."""
    from portal.services import context

    settings = load_settings()
    if migrated and settings.database_url == DEFAULT_URL and not DEFAULT_FILE.exists() and DEMO_FILE.exists():
        typer.echo(f"No {DEFAULT_FILE} here: using the demo in {DEMO_FILE}.", err=True)
        settings = settings.model_copy(update={"database_url": f"sqlite:///{DEMO_FILE}"})
    portal = context.open_portal(settings, creates=creates)
    if migrated:
        from db import revision

        revision.check_is_not_newer(portal.database)
        if not revision.is_current(portal.database):
            stop(f"{portal.database.safe_url} is empty or of another version: run `portal migrate` first.")
    return portal


def load_settings() -> "Settings":
    """Read the environment; only what needs it pays for its reader."""
    from portal import settings

    return settings.load()


def find_user(portal: "Portal", username: str) -> User:
    from portal.services.accounts import accounts

    user = accounts.find_user(portal, username)
    if user is None:
        stop(f"There is no active account {username!r}: see `portal user list`.", WRONG_USAGE)
    return user


def print_rows(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo("  ".join("–" if value in (None, []) else str(value) for value in row.values()))


def print_json(content: object) -> None:
    typer.echo(json.dumps(content, ensure_ascii=False, indent=2, default=str))


def stop(message: str, code: int = FAILED) -> NoReturn:
    typer.echo(message, err=True)
    raise SystemExit(code)


# --- months, years and other whole numbers of the command line: parsers of its arguments and options ---


def read_month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError:
        stop(
            f"”{text}” är ingen månad. Skriv den som 2025-01, från {FIRST_YEAR}-01 till {LAST_YEAR}-12.",
            WRONG_USAGE,
        )


def read_year(text: str) -> int:
    year = _whole_number(text)
    if year is None or not is_year(year):
        stop(f"”{text}” är inget år. Skriv ett år från {FIRST_YEAR} till {LAST_YEAR}.", WRONG_USAGE)
    return year


def read_version(text: str) -> int:
    version = _whole_number(text)
    if not version:
        stop(f"”{text}” är ingen version. Skriv dess nummer, som 1.", WRONG_USAGE)
    return version


def read_template_size(text: str) -> int:
    months = _whole_number(text)
    if not months or months > MOST_MONTHS:
        stop(f"”{text}” är inget antal månader. Skriv ett tal från 1 till {MOST_MONTHS}.", WRONG_USAGE)
    return months


def _whole_number(text: object) -> int | None:
    """Return a number of at most four digits, with which every database can count; else None."""
    return int(str(text)) if re.fullmatch(r"[0-9]{1,4}", str(text)) else None


MONTH_FORM = "YYYY-MM"
YearArgument = Annotated[int, typer.Argument(parser=read_year, metavar="YEAR")]
MonthArgument = Annotated[Month, typer.Argument(parser=read_month, metavar=MONTH_FORM)]
LastMonth = Annotated[
    Month, typer.Option(parser=read_month, metavar=MONTH_FORM, help="The last month it was open.")
]
FirstMonth = Annotated[
    Month | None,
    typer.Option(parser=read_month, metavar=MONTH_FORM, help="First month, such as 2025-03."),
]

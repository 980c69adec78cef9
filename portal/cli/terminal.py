"""What commands share: open the portal, find who acts, print, stop with one line and a code."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from portal import settings as portal_settings
from portal.domain.accounts.access import User
from portal.domain.registry.months import FIRST_YEAR, LAST_YEAR, Month


if TYPE_CHECKING:
    from portal.services.context import Portal

DEFAULT_FILE, DEMO_FILE = Path("var/portal.db"), Path("var/demo.db")
DEFAULT_URL = f"sqlite:///{DEFAULT_FILE}"

FAILED, WRONG_USAGE, TO_CONFIRM = 1, 2, 3

Year = Annotated[int, typer.Argument(min=FIRST_YEAR, max=LAST_YEAR)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def open_portal(*, migrated: bool = True) -> "Portal":
    """Open the portal of the environment; a database of another version is refused."""
    from portal.services import context

    settings = portal_settings.load()
    if migrated and settings.database_url == DEFAULT_URL and not DEFAULT_FILE.exists() and DEMO_FILE.exists():
        typer.echo(f"No {DEFAULT_FILE} here: using the demo in {DEMO_FILE}.", err=True)
        settings = settings.model_copy(update={"database_url": f"sqlite:///{DEMO_FILE}"})
    portal = context.open_portal(settings)
    if migrated:
        from db import migrate as migrations

        if not migrations.is_current(portal.database):
            stop(f"{portal.database.safe_url} is empty or of another version: run `portal migrate` first.")
    return portal


def find_user(portal: "Portal", username: str) -> User:
    from portal.services.accounts import accounts

    user = accounts.find_user(portal, username)
    if user is None:
        stop(f"There is no active account {username!r}: see `portal user list`.", WRONG_USAGE)
    return user


def read_month(text: str) -> Month:
    try:
        return Month.parse(text)
    except ValueError as fault:
        stop(str(fault), WRONG_USAGE)


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

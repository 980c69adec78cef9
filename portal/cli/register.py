"""Commands for the registers: accounts and clinics."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from portal.cli.terminal import WRONG_USAGE, AsJson, FirstMonth, LastMonth, open_portal, print_rows, stop
from portal.domain.accounts.access import OPERATOR, Role
from portal.domain.refused import Refused


if TYPE_CHECKING:
    from portal.services.accounts.invitations import Invitation
    from portal.services.context import Portal

user_commands = typer.Typer(no_args_is_help=True, help="Accounts.")
clinic_commands = typer.Typer(no_args_is_help=True, help="Clinics.")


@user_commands.command("add")
def user_add(
    username: str,
    name: Annotated[str, typer.Option(help="Name to show.")],
    role: Annotated[Role, typer.Option()],
    clinic: Annotated[list[str] | None, typer.Option(help="Code; may be repeated.")] = None,
    email: Annotated[str, typer.Option(help="Where reminders and links go.")] = "",
    invite: Annotated[bool, typer.Option(help="Print a link instead of asking for a password.")] = False,
) -> None:
    """Add an account; the password is asked for, or read from standard input, or chosen through a link."""
    from portal.services.accounts import accounts, invitations

    portal = open_portal()
    password = "" if invite else _ask_for_password()
    with faults():
        accounts.add(
            portal,
            OPERATOR,
            accounts.AccountDetails(
                username=username,
                name=name,
                role=role,
                clinics=tuple(clinic or ()),
                password=password,
                email=email,
            ),
        )
        typer.echo(f"{username}: added as {role.value}")
        if invite:
            print_link(invitations.invite(portal, OPERATOR, username))


def _ask_for_password() -> str:
    if sys.stdin.isatty():
        password: str = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        return password
    return sys.stdin.readline().rstrip("\n")


@contextmanager
def faults() -> Iterator[None]:
    """Stop the command with what is wrong about an account."""

    try:
        yield
    except Refused as fault:
        stop(str(fault))


def print_link(invitation: "Invitation") -> None:
    typer.echo(f"{invitation.url}\nWorks once, until {invitation.expires_at:%Y-%m-%d %H:%M} UTC.")
    if invitation.is_mailed:
        typer.echo("Mailed too.")


@user_commands.command("invite")
def user_invite(
    username: Annotated[str, typer.Argument()] = "",
    waiting: Annotated[
        bool, typer.Option("--waiting", help="Everybody with an address who has neither password nor link.")
    ] = False,
) -> None:
    """Print a link, good once and for 72 hours, through which somebody chooses their first password.

    With --waiting the links are mailed, and printed where that failed.
    """
    from portal.services.accounts import invitations

    if waiting is bool(username):
        stop("Name the account, or say --waiting.", WRONG_USAGE)
    with faults():
        if username:
            print_link(invitations.invite(open_portal(), OPERATOR, username))
            return
        for invitation in invitations.invite_waiting(open_portal(), OPERATOR):
            if invitation.posted.is_away:
                stop(
                    f"The mail server can't be used (error {invitation.posted.error_id}): {invitation.username} and those "
                    "after it wait still. Run it again later."
                )
            typer.echo(f"{invitation.username}: {'mailed' if invitation.is_mailed else invitation.url}")


@user_commands.command("reset-password")
def user_reset_password(username: str) -> None:
    """Print a link for a new password; the old one and all sessions end at once."""
    from portal.services.accounts import invitations

    with faults():
        print_link(invitations.reset_password(open_portal(), OPERATOR, username))


@user_commands.command("reset-second-factor")
def user_reset_second_factor(username: str) -> None:
    """Take a second factor away, for somebody whose phone is lost; ends all sessions."""
    from portal.services.accounts import second_factor

    _change(username, lambda portal: second_factor.reset(portal, OPERATOR, username), "second factor removed")


@user_commands.command("disable")
def user_disable(username: str) -> None:
    """Shut an account out; its sessions end at once."""
    from portal.services.accounts import accounts

    _change(username, lambda p: accounts.set_active(p, OPERATOR, username, is_active=False), "disabled")


@user_commands.command("enable")
def user_enable(username: str) -> None:
    """Let an account in again."""
    from portal.services.accounts import accounts

    _change(username, lambda p: accounts.set_active(p, OPERATOR, username, is_active=True), "enabled")


@user_commands.command("unlock")
def user_unlock(username: str) -> None:
    """Let an account try again at once that was stopped after 100 wrong logins in a row."""
    from portal.services.accounts import accounts

    _change(username, lambda p: accounts.unlock(p, OPERATOR, username), "unlocked")


@user_commands.command("set-clinics")
def user_set_clinics(
    username: str, clinic: Annotated[list[str], typer.Option(help="Code; may be repeated.")]
) -> None:
    """Let a clinic account act for these clinics and no others; ends its sessions."""
    from portal.services.accounts import accounts

    _change(username, lambda p: accounts.set_clinics(p, OPERATOR, username, clinic), "clinics set")


@user_commands.command("set-role")
def user_set_role(
    username: str,
    role: Annotated[Role, typer.Option()],
    clinic: Annotated[list[str] | None, typer.Option(help="Code; may be repeated.")] = None,
) -> None:
    """Give an account another role; ends its sessions."""
    from portal.services.accounts import accounts

    _change(username, lambda p: accounts.set_role(p, OPERATOR, username, role, clinic or ()), role.value)


@user_commands.command("set-email")
def user_set_email(username: str, email: str) -> None:
    """Set where reminders and links go."""
    from portal.services.accounts import addresses

    _change(username, lambda p: addresses.set_email(p, OPERATOR, username, email), "address set")


def _change(username: str, change: "Callable[[Portal], None]", outcome: str) -> None:
    with faults():
        change(open_portal())
    typer.echo(f"{username}: {outcome}")


@user_commands.command("list")
def user_list(as_json: AsJson = False) -> None:
    """List the accounts."""
    from portal.services.accounts import accounts

    rows = [
        {
            "username": account.username,
            "name": account.name,
            "role": account.role.value,
            "clinics": list(account.clinics),
            "is_active": account.is_active,
            "email": account.email or None,
            "second_factor": account.has_second_factor,
            "last_login_at": account.last_login_at.isoformat() if account.last_login_at else None,
        }
        for account in accounts.list_all(open_portal(), OPERATOR)
    ]
    print_rows(rows, as_json)


@clinic_commands.command("list")
def clinic_list(as_json: AsJson = False) -> None:
    """List the clinics."""
    from portal.services.administration import clinic_register

    rows = [
        {
            "code": clinic.code,
            "name": clinic.name,
            "municipality": clinic.municipality,
            "operator": clinic.operator.value,
            "provider": clinic.provider,
            "opened": str(clinic.opened) if clinic.opened else None,
            "closed": str(clinic.closed) if clinic.closed else None,
            "closed_kind": clinic.closed_kind.value if clinic.closed_kind else None,
            "successor": clinic.successor or None,
        }
        for clinic in clinic_register.list_clinics(open_portal(), OPERATOR)
    ]
    print_rows(rows, as_json)


@clinic_commands.command("add")
def clinic_add(  # noqa: PLR0913 - a command's parameters are its options
    code: str,
    name: Annotated[str, typer.Option()],
    municipality_code: Annotated[str, typer.Option()],
    operator: Annotated[str, typer.Option(help="public or private")],
    provider: Annotated[str, typer.Option()],
    municipality: Annotated[str, typer.Option(help="Its name; has to agree with the code.")] = "",
    opened: FirstMonth = None,
) -> None:
    """Add a clinic."""
    from portal.domain.registry.clinics import Clinic, Operator

    if operator not in list(Operator):
        stop("--operator is public or private.", WRONG_USAGE)
    new = Clinic(
        code=code,
        name=name,
        report_name=name,
        municipality_code=municipality_code,
        municipality=municipality,
        operator=Operator(operator),
        provider=provider,
        opened=opened,
    )
    from portal.services.administration import clinic_register

    _register(lambda portal: clinic_register.add(portal, OPERATOR, new), f"{code}: added")


@clinic_commands.command("close")
def clinic_close(
    code: str,
    last_month: LastMonth,
    reason: Annotated[str, typer.Option()],
    kind: Annotated[str, typer.Option(help="bankruptcy, ended or other")] = "other",
) -> None:
    """Close a clinic: it keeps its history and owes nothing after its last month."""
    from portal.domain.registry.clinics import ClosedKind
    from portal.services.administration import clinic_register

    if kind not in list(ClosedKind):
        stop("--kind is bankruptcy, ended or other; for a merger use portal clinic merge.", WRONG_USAGE)
    _register(
        lambda portal: clinic_register.close(
            portal, OPERATOR, code=code, last_month=last_month, reason=reason, kind=ClosedKind(kind)
        ),
        f"{code}: closed after {last_month}",
    )


@clinic_commands.command("merge")
def clinic_merge(
    code: str,
    into: Annotated[str, typer.Option(help="Code of the clinic that takes over.")],
    last_month: LastMonth,
    reason: Annotated[str, typer.Option()],
) -> None:
    """Close a clinic that another takes over; both keep their own history."""
    from portal.services.administration import clinic_register

    _register(
        lambda portal: clinic_register.merge(
            portal, OPERATOR, code=code, into=into, last_month=last_month, reason=reason
        ),
        f"{code}: merged into {into} after {last_month}",
    )


@clinic_commands.command("reopen")
def clinic_reopen(code: str, reason: Annotated[str, typer.Option()]) -> None:
    """Take back a closing that was a mistake."""
    from portal.services.administration import clinic_register

    _register(
        lambda portal: clinic_register.reopen(portal, OPERATOR, code=code, reason=reason), f"{code}: open"
    )


@clinic_commands.command("change")
def clinic_change(  # noqa: PLR0913 - a command's parameters are its options
    code: str,
    reason: Annotated[str, typer.Option()],
    name: Annotated[str | None, typer.Option()] = None,
    municipality_code: Annotated[str | None, typer.Option()] = None,
    operator: Annotated[str | None, typer.Option(help="public or private")] = None,
    provider: Annotated[str | None, typer.Option()] = None,
    opened: FirstMonth = None,
) -> None:
    """Change a clinic's name, municipality, operator, provider or first month."""
    from portal.domain.registry.clinics import Operator
    from portal.services.administration import clinic_register

    if operator is not None and operator not in list(Operator):
        stop("--operator is public or private.", WRONG_USAGE)
    _register(
        lambda portal: clinic_register.change(
            portal,
            OPERATOR,
            clinic_register.ClinicChanges(
                name=name,
                municipality_code=municipality_code,
                operator=Operator(operator) if operator else None,
                provider=provider,
                opened=opened,
            ),
            code=code,
            reason=reason,
        ),
        f"{code}: changed",
    )


def _register(change: "Callable[[Portal], object]", outcome: str) -> None:

    try:
        change(open_portal())
    except Refused as refused:
        stop(str(refused))
    typer.echo(outcome)

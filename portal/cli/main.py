"""The command line: thin, each command calls one service. Heavy modules load inside commands."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

from portal.cli import inbox, operate, register, report, setup
from portal.cli.terminal import (
    FAILED,
    MONTH_FORM,
    TO_CONFIRM,
    WRONG_USAGE,
    As,
    AsJson,
    MonthArgument,
    YearArgument,
    collector_at_rest,
    find_user,
    load_settings,
    open_portal,
    print_json,
    read_month,
    read_template_size,
    read_version,
    stop,
)
from portal.domain.accounts.access import OPERATOR, AccessDenied, User
from portal.domain.refused import Refused
from portal.domain.registry.months import LAST_YEAR, Month, is_year


if TYPE_CHECKING:
    from collections.abc import Sequence

    from db.administration.reminders import Sent
    from portal.services.context import Portal
    from portal.services.letters.reminders import Delivery
    from portal.services.release.releases import Preview

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich alone costs as much as all else of it
)
app.add_typer(register.user_commands, name="user")
app.add_typer(register.clinic_commands, name="clinic")
app.command()(report.report)
app.add_typer(operate.audit_commands, name="audit")
app.command()(operate.migrate)
app.command()(operate.check)
app.command()(operate.backup)
app.command()(operate.restore)
app.command()(inbox.inbox)
app.command()(setup.setup)

DEMO_IS_LOCAL = "The demo has known passwords and is served on this machine only (127.0.0.1)."

MaybeAs = Annotated[str | None, typer.Option("--as", metavar="USERNAME", help="Act as this account.")]
Port = Annotated[int, typer.Option(help="Port to listen on.")]


OWN_FILES_ONLY = 0o077


def main() -> None:
    """Run the command line; faults are one line on stderr and an exit code, never a traceback."""
    os.umask(OWN_FILES_ONLY)  # whatever the shell's: what the portal writes is for its own user
    try:
        app()
    except SystemExit:
        raise
    except AccessDenied as denied:
        stop(str(denied))
    except OSError as fault:
        stop(f"{fault.strerror}: {fault.filename}" if fault.filename else str(fault))
    except _known_faults() as fault:
        stop(_explained(fault))


def _known_faults() -> tuple[type[Exception], ...]:
    """Return the faults of settings and database. A command that went well has not loaded what it didn't need."""
    from db.backup import BackupFault
    from db.engine import DatabaseUnavailable
    from db.revision import NewerDatabase
    from portal.settings import SettingsFault

    return (DatabaseUnavailable, SettingsFault, NewerDatabase, BackupFault)


def _explained(fault: Exception) -> str:
    from db.engine import DatabaseUnavailable

    if not isinstance(fault, DatabaseUnavailable):
        return str(fault)
    return (
        f"The database can't be used: {fault}\n"
        "Check PORTAL_DATABASE_URL and that the file or server is there, with room, and may be read and written."
    )


@app.command()
def demo(
    port: Port = 8501,
    database: Annotated[str, typer.Option(help="Where the demo lies.")] = "sqlite:///var/demo.db",
    build_only: Annotated[bool, typer.Option("--build-only", help="Build, do not serve.")] = False,
    reset: Annotated[bool, typer.Option("--reset", help="Build anew.")] = False,
    as_json: AsJson = False,
    host: Annotated[str, typer.Option(help="This machine only.")] = "127.0.0.1",
) -> None:
    """Build the demo database if missing, print its accounts, serve it."""
    from portal.demo import build
    from portal.settings import is_loopback

    if not is_loopback(host):
        stop(DEMO_IS_LOCAL, WRONG_USAGE)

    os.environ.update(
        PORTAL_DATABASE_URL=database,
        PORTAL_TODAY=os.environ.get("PORTAL_TODAY", build.TODAY.isoformat()),
        PORTAL_BASE_URL=f"http://localhost:{port}",
    )
    _build_demo(database, reset=reset)
    _print_demo(database, port, as_json=as_json)
    if not build_only:
        from portal import server

        server.serve(host, port, load_settings())


@app.command()
def serve(host: Annotated[str, typer.Option()] = "127.0.0.1", port: Port = 8501) -> None:
    """Serve the portal on a migrated database."""
    from portal.settings import is_loopback

    loaded = load_settings()
    portal = open_portal()
    if portal.is_demo and not is_loopback(host):
        stop(DEMO_IS_LOCAL, WRONG_USAGE)
    from portal import server

    server.serve(host, port, loaded, portal)


@app.command()
def template(
    clinic: Annotated[str, typer.Option(help="Code of the clinic.")],
    month: Annotated[
        Month,
        typer.Option(parser=read_month, metavar=MONTH_FORM, help="First month, such as 2025-01."),
    ],
    out: Annotated[Path, typer.Option(help="File to write.")],
    months: Annotated[int, typer.Option(parser=read_template_size, metavar="N", help="1 to 24.")] = 1,
) -> None:
    """Write the blankett for a clinic, prefilled where a month has been sent."""
    from portal.services.reporting import submitting

    template_months = [month.plus(step) for step in range(months)]
    if not is_year(template_months[-1].year):
        stop(f"Blanketten kan gå till {LAST_YEAR}-12, inte längre.", WRONG_USAGE)
    try:
        content = submitting.write_template(open_portal(), OPERATOR, clinic=clinic, months=template_months)
    except LookupError:
        stop(f"There is no clinic {clinic!r}: see `portal clinic list`.", WRONG_USAGE)
    out.write_bytes(content)
    typer.echo(f"{out}: {clinic}, {', '.join(map(str, template_months))}")


@app.command("import")
def import_file(
    file: Path,
    username: As,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Check, store nothing.")] = False,
    confirm_warnings: Annotated[bool, typer.Option("--confirm-warnings")] = False,
    note: Annotated[str, typer.Option(help="Why the warnings are right.")] = "",
    as_json: AsJson = False,
) -> None:
    """Send a file: 0 accepted or unchanged, 1 rejected, 3 warnings to confirm, 2 wrong usage."""
    from portal.domain.reporting.texts import clean
    from portal.services.reporting import outcomes, submitting
    from portal.services.reporting.versioning import Confirmation

    if not file.is_file():
        stop(f"There is no file {file}.", WRONG_USAGE)
    if confirm_warnings and not clean(note):
        stop("--confirm-warnings needs --note TEXT that says why they are right.", WRONG_USAGE)
    portal = open_portal()
    user = find_user(portal, username)
    content = file.read_bytes()
    if dry_run:
        _finish_import(
            outcomes.preview_as_json(submitting.preview(portal, user, name=file.name, content=content)),
            as_json,
        )
    try:
        receipt = submitting.commit(
            portal,
            user,
            name=file.name,
            content=content,
            confirmation=Confirmation(has_warnings=confirm_warnings, note=note),
        )
    except submitting.NeedsConfirmation as refused:
        _finish_import(
            outcomes.outcome_as_json("needs_confirmation", refused.problems, refused.notices), as_json
        )
    except submitting.Rejected as refused:
        submitting.record_rejection(portal, user, name=file.name, problems=refused.problems)
        _finish_import(outcomes.outcome_as_json("rejected", refused.problems, refused.notices), as_json)
    except Refused as refused:
        stop(str(refused), WRONG_USAGE)
    outcome = "unchanged" if receipt.is_unchanged else "accepted"
    _finish_import(outcomes.outcome_as_json(outcome, (), receipt.notices, receipt), as_json)


@app.command()
def review(
    month: MonthArgument,
    clinic: Annotated[str, typer.Option()],
    username: As,
    approve: Annotated[bool, typer.Option("--approve")] = False,
    send_back: Annotated[str | None, typer.Option("--return", metavar="COMMENT")] = None,
    version: Annotated[
        int | None,
        typer.Option(
            parser=read_version, metavar="N", help="Only if this version, the one read, is the newest."
        ),
    ] = None,
) -> None:
    """Approve a clinic's month, or return it with a comment."""
    from portal.services.review import reviews

    if approve == (send_back is not None):
        stop("Say either --approve or --return COMMENT.", WRONG_USAGE)
    portal = open_portal()
    user = find_user(portal, username)
    try:
        if approve:
            reviewed = reviews.approve(portal, user, clinic=clinic, month=month, version=version)
        else:
            reviewed = reviews.send_back(
                portal, user, clinic=clinic, month=month, comment=send_back or "", version=version
            )
    except Refused as refused:
        stop(str(refused))
    typer.echo(f"{clinic} {month} v{reviewed.version}: {'approved' if approve else 'returned'}")


@app.command()
def release(
    username: As,
    month: Annotated[Month | None, typer.Argument(parser=read_month, metavar=MONTH_FORM)] = None,
    due: Annotated[bool, typer.Option("--due", help="Every month whose release day has come.")] = False,
    as_json: AsJson = False,
) -> None:
    """Release a month's regional figures to the clinics."""
    from portal.services.release import releases

    if due == (month is not None):
        stop("Say either a month or --due.", WRONG_USAGE)
    portal = open_portal()
    user = find_user(portal, username)
    try:
        new_releases = (
            releases.release_due(portal, user) if month is None else [releases.release(portal, user, month)]
        )
    except Refused as refused:
        stop(str(refused))
    rows = [_release_as_json(new_release) for new_release in new_releases]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        typer.echo(
            f"{row['month']}: release {row['number']}, {len(row['clinics'])} clinics, "
            f"{len(row['shown'])} figures shown, {len(row['hidden'])} hidden, {len(row['kept'])} kept"
        )


def _release_as_json(new_release: "Preview") -> dict[str, Any]:
    return {
        "month": str(new_release.month),
        "number": new_release.number,
        "clinics": [clinic.code for clinic in new_release.contributing],
        "missing": [clinic.code for clinic in new_release.missing],
        "shown": [indicator.code for indicator in new_release.shown],
        "hidden": [indicator.code for indicator in new_release.hidden],
        "kept": [indicator.code for indicator in new_release.kept],
    }


@app.command()
def remind(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Print the mails, send none.")] = False,
    as_json: AsJson = False,
) -> None:
    """Send the reminders that are due, warn of idle accounts and retire them; run it once a day.

    Exit 1 when a mail was not taken.
    """
    from portal.services.letters import reminders
    from portal.services.letters.mail import MailFault

    portal, away = open_portal(), ""
    try:
        outcomes = reminders.send(portal, load_settings(), dry_run=dry_run)
    except MailFault as fault:
        outcomes, away = [], str(fault)
    if not dry_run:
        _look_after_accounts(portal)
    if away:
        stop(away)
    if as_json:
        print_json([_mail_as_json(mail) for mail in outcomes])
    else:
        _print_mails(outcomes, dry_run=dry_run)
        _print_unreached([clinic.code for clinic in reminders.list_unreached(portal, OPERATOR)])
        _print_unsure(reminders.list_unsure(portal, OPERATOR))
    if any(mail.refusal for mail in outcomes):
        raise typer.Exit(FAILED)


def _look_after_accounts(portal: "Portal") -> None:
    """Warn of idle accounts, retire them, and send the letters that waited for the mail server."""
    from portal.services.accounts import idle

    _say_idle("warned", idle.warn(portal))
    _say_idle("retired", idle.retire(portal))
    _say_waited(portal)


def _say_idle(treatment: str, usernames: list[str]) -> None:
    if usernames:
        typer.echo(f"Idle accounts {treatment}: {', '.join(usernames)}", err=True)


def _say_waited(portal: "Portal") -> None:
    """Send the letters that waited for the mail server, and say of which nobody knows whether they arrived."""
    from portal.services.letters import posting

    if sent := posting.send_waiting(portal):
        typer.echo(f"Letters sent that had waited: {sent}", err=True)
    for letter in posting.list_unsure(portal):
        typer.echo(
            f"Perhaps never sent, and not sent again: {letter.subject} to {letter.recipient}", err=True
        )


def _print_unreached(clinics: list[str]) -> None:
    if clinics:
        typer.echo(f"No account with an e-mail address: {', '.join(clinics)}", err=True)


def _print_unsure(mails: "Sequence[Sent]") -> None:
    for clinic, month, kind, recipient in mails:
        about = f"{clinic} {month} {kind} to {recipient}"
        typer.echo(f"Perhaps never sent, and not sent again: {about}", err=True)


@app.command()
def figures(year: YearArgument, username: MaybeAs = None, as_json: AsJson = False) -> None:
    """Print a year's figures: the whole region, or one clinic's own beside what is released."""
    with collector_at_rest():
        year_figures = _year_of(year, username)
    if as_json:
        print_json(year_figures)
        return
    for code, figure in year_figures["indicators"].items():
        value = figure["missing_reason"] or f"{figure['value']:g} {figure['unit']}"
        printed = "–" if figure["published"] is None else figure["published"]
        typer.echo(f"{code:32} {value:24} {figure['basis']}; published: {printed}")


def _year_of(year: int, username: str | None) -> dict[str, Any]:
    from portal.services.administration import exports
    from portal.services.insight import benchmarks

    portal = open_portal()
    user: User = find_user(portal, username) if username else OPERATOR
    return exports.year_as_json(benchmarks.year_figures(portal, user, year))


@app.command()
def bench(as_json: AsJson = False, quick: Annotated[bool, typer.Option("--quick")] = False) -> None:
    """Print ratios against floors measured in the same run."""
    from portal.bench import run

    run.main(as_json=as_json, quick=quick)


def _build_demo(database: str, *, reset: bool) -> None:
    """Build the demo where it is missing; somebody's own database is never touched."""
    from portal.demo import build

    portal = open_portal(migrated=False, creates=True)
    if build.is_real(portal):
        stop(f"{database} holds data and does not say that it is a demo: nothing was touched.")
    if build.is_built(portal) and not reset:
        return
    # A build that was broken off is not trusted, and another version's lacks what is new.
    if reset or build.is_begun(portal) or build.is_of_another_version(portal):
        portal.database.engine.dispose()
        _remove_database(database)
        portal = open_portal(migrated=False, creates=True)
    build.build(portal)


def _remove_database(url: str) -> None:
    """Remove the demo's own SQLite file; another database is emptied by its owner, not by us."""
    if not url.startswith("sqlite:///"):
        stop("--reset works on the demo's SQLite file only.", WRONG_USAGE)
    for ending in ("", "-wal", "-shm"):
        Path(url.removeprefix("sqlite:///") + ending).unlink(missing_ok=True)


def _print_demo(database: str, port: int, *, as_json: bool) -> None:
    from portal.demo.build import list_accounts

    demo: dict[str, Any] = {
        "database": database,
        "url": f"http://localhost:{port}",
        "accounts": [
            {
                "username": account.username,
                "password": account.password,
                "role": account.role.value,
                "clinics": list(account.clinics),
                "totp_secret": account.totp_secret,
            }
            for account in list_accounts()
        ],
    }
    if as_json:
        print_json(demo)
        return
    typer.echo(f"Exempeldata (påhittade månader) i {database}")
    for account in demo["accounts"]:
        second = f"  engångskod: {account['totp_secret']}" if account["totp_secret"] else ""
        typer.echo(f"  {account['username']:26} {account['password']:44} {account['role']}{second}")
    typer.echo(f"Öppna {demo['url']}", nl=True)
    sys.stdout.flush()


def _mail_as_json(outcome: "Delivery") -> dict[str, Any]:
    planned = outcome.planned
    return {
        "kind": planned.kind,
        "to": planned.mail.to,
        "subject": planned.mail.subject,
        "text": planned.mail.text,
        "months": [{"clinic": clinic, "month": str(month)} for clinic, month, *_ in planned.covers],
        "refusal": outcome.refusal or None,
    }


def _print_mails(outcomes: "Sequence[Delivery]", *, dry_run: bool) -> None:
    for outcome in outcomes:
        _print_mail(outcome, dry_run=dry_run)
    typer.echo(f"{len(outcomes)} mails" + (" (dry run: none was sent)" if dry_run else ""))


def _print_mail(outcome: "Delivery", *, dry_run: bool) -> None:
    planned = outcome.planned
    typer.echo(f"{planned.kind} to {planned.mail.to}: {planned.mail.subject}", err=bool(outcome.refusal))
    if outcome.refusal:
        typer.echo(f"  not taken by the mail server: {outcome.refusal}", err=True)
    elif dry_run:
        typer.echo("".join(f"    {line}\n" for line in planned.mail.text.splitlines()))


def _finish_import(outcome: dict[str, Any], as_json: bool) -> NoReturn:
    if as_json:
        print_json(outcome)
    else:
        for problem in outcome["problems"]:
            where = " ".join(filter(None, (problem["sheet"], problem["cell"])))
            typer.echo(f"{problem['severity']} {problem['code']} {where}: {problem['message']}", err=True)
        for notice in outcome["notices"]:
            typer.echo(f"notice: {notice}", err=True)
        typer.echo(outcome["outcome"])
    code = {"rejected": FAILED, "needs_confirmation": TO_CONFIRM}.get(outcome["outcome"], 0)
    raise typer.Exit(code)

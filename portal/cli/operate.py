"""Commands for whoever runs the portal: is it well, and what of the audit may go."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portal.cli.terminal import (
    FAILED,
    WRONG_USAGE,
    AsJson,
    load_settings,
    open_portal,
    print_json,
    stop,
)
from portal.domain.accounts.access import OPERATOR
from portal.domain.refused import Refused


if TYPE_CHECKING:
    from portal.services.administration.backups import Manifest
    from portal.services.administration.health import HealthFinding
    from portal.services.context import Portal


audit_commands = typer.Typer(no_args_is_help=True, help="The audit log.")

DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would go, remove nothing.")]


AuditEnd = Annotated[
    str, typer.Option("--audit-end", metavar="ID:HASH", help="An end that an earlier check printed.")
]


def migrate() -> None:
    """Bring the database to this version's schema, and say what the newest release had no forecast of.

    With PORTAL_MIGRATION_URL, as the owner of the tables; the role of PORTAL_DATABASE_URL is then let in.
    """
    from db import migrate as migrations
    from db.engine import Database
    from portal.services.release import forecasts

    settings = load_settings()
    if settings.migration_url:
        owner = Database(settings.migration_url, secrets=settings.secrets)
        migrations.upgrade(owner, works_as=Database(settings.database_url).role)
    else:
        migrations.upgrade(open_portal(migrated=False, creates=True).database)
    forecasts.catch_up(open_portal(), OPERATOR)
    typer.echo("The database is up to date.")


def check(as_json: AsJson = False, audit_end: AuditEnd = "") -> None:
    """Check the deployment and the data. Exit 1 on an error; warnings are for the operator to judge.

    The last line is the end of the audit's chain: kept outside, as in the journal, it shows what is cut off.
    """
    from portal.services.administration import audit_log

    portal, findings = _look(as_json)
    wrong = [finding for finding in findings if not finding.is_ok]
    if as_json:
        print_json([_finding_as_json(finding) for finding in findings])
    else:
        for finding in wrong:
            _print_finding(finding)
        typer.echo(f"{len(findings)} checks, {len(wrong)} not in order")
        typer.echo(f"audit end {audit_log.end_of_chain(portal)}")
    if audit_end and not audit_log.holds_end(portal, audit_end):
        stop(f"The audit no longer has the event {audit_end}: it was cut, or built anew.")
    if any(finding.check.is_error for finding in wrong):
        raise typer.Exit(FAILED)


def _look(as_json: bool) -> tuple["Portal", list["HealthFinding"]]:
    """Run the checks; a timer gets JSON of a database that cannot be read, too."""
    from portal.services.administration import checkup
    from portal.services.refused import DatabaseUnavailable

    try:
        portal = open_portal(migrated=False)
        return portal, checkup.run(portal, load_settings())
    except DatabaseUnavailable as fault:
        if not as_json:
            raise
        print_json([_finding_as_json(checkup.unreadable(fault))])
        raise typer.Exit(FAILED) from fault


def _finding_as_json(finding: "HealthFinding") -> dict[str, object]:
    return {
        "code": finding.check.code,
        "severity": finding.severity,
        "ok": finding.is_ok,
        "what": finding.check.what,
        "found": list(finding.found),
        "remedy": None if finding.is_ok else finding.check.remedy,
    }


def _print_finding(finding: "HealthFinding") -> None:
    typer.echo(f"{finding.severity} {finding.check.code}: not so: {finding.check.what}")
    for offender in finding.found:
        typer.echo(f"    {offender}")
    typer.echo(f"  → {finding.check.remedy}")


def backup(
    file: Annotated[Path | None, typer.Argument(help="The file to write.")] = None,
    verify: Annotated[Path | None, typer.Option(help="Read a backup instead, and say what is in it.")] = None,
) -> None:
    """Write everything that is stored to one file, while the portal runs, and read it back."""
    from portal.services.administration import backups

    if (file is None) is (verify is None):
        stop("Name the file to write, or with --verify the one to read.", WRONG_USAGE)
    if verify is None:
        _print_manifest(backups.make(open_portal(), OPERATOR, file or Path()))
        return
    verification = backups.verify(verify, load_settings())
    for finding in verification.findings:
        if not finding.is_ok:
            _print_finding(finding)
    _print_manifest(verification.manifest)
    if verification.faults:
        raise typer.Exit(FAILED)


def restore(file: Annotated[Path, typer.Argument(help="A file that `portal backup` wrote.")]) -> None:
    """Put a backup back where PORTAL_DATABASE_URL says; nothing may lie there yet."""
    from db import revision
    from portal.services.administration import backups, checkup

    settings = load_settings()
    manifest, database = backups.restore(file, settings)
    for difference in backups.differences(manifest, database):
        stop(f"Not as it was: {difference}")
    _print_manifest(manifest)
    revision.check_is_not_newer(database)
    if not revision.is_current(database):
        typer.echo("It was made by an earlier version: run `portal migrate` next.")
        return
    findings = checkup.run_data(open_portal(), settings)
    wrong = [finding for finding in findings if not finding.is_ok]
    for finding in wrong:
        _print_finding(finding)
    typer.echo(f"{len(findings)} checks of the data, {len(wrong)} not in order")
    if any(finding.check.is_error for finding in wrong):
        raise typer.Exit(FAILED)


def _print_manifest(manifest: "Manifest") -> None:
    contents = manifest.contents
    typer.echo(
        f"{sum(contents.rows.values())} rows in {len(contents.rows)} tables of {manifest.engine},"
        f" portal {manifest.portal}, revision {contents.revision}, made {manifest.made_at}"
    )
    typer.echo(f"audit end {contents.audit_end}")


@audit_commands.command("prune")
def audit_prune(dry_run: DryRun = False) -> None:
    """Remove events older than the region keeps them; the removal itself stays in the log."""
    from portal.services.administration import audit_log

    portal = open_portal()
    pruning = audit_log.plan_pruning(portal, OPERATOR) if dry_run else audit_log.prune(portal, OPERATOR)
    word = "would go" if dry_run else "removed"
    typer.echo(
        f"{pruning.count} events from before {pruning.before:%Y-%m-%d} {word} (kept {pruning.years} years)"
    )


@audit_commands.command("keep")
def audit_keep(years: int) -> None:
    """Set for how many years events are kept."""
    from portal.services.administration import audit_log

    try:
        audit_log.set_retention(open_portal(), OPERATOR, years)
    except Refused as fault:
        stop(str(fault))
    typer.echo(f"Events are kept for {years} years; older ones go by `portal audit prune`.")

"""`portal setup`: everything that a new installation needs to know, from one workbook."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from portal.cli.terminal import FAILED, WRONG_USAGE, AsJson, open_portal, print_json, stop
from portal.domain.accounts.access import OPERATOR


if TYPE_CHECKING:
    from portal.services.administration.setting_up import SetupReport


def setup(
    workbook: Annotated[Path, typer.Argument(metavar="WORKBOOK.xlsx")],
    template: Annotated[bool, typer.Option("--template", help="Write an empty one there.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would be done, store nothing.")
    ] = False,
    borders: Annotated[
        Path | None, typer.Option("--map", help="The municipalities' shapes too, as GeoJSON.")
    ] = None,
    logo: Annotated[Path | None, typer.Option("--logo", help="The region's picture too, PNG or SVG.")] = None,
    as_json: AsJson = False,
) -> None:
    """Set up the region from a workbook: 0 done or unchanged, 1 rejected, 2 wrong usage.

    All of it or nothing; the same workbook again changes nothing.
    """
    from portal.services.administration import setting_up

    if template:
        _write_template(workbook)
    for path in filter(None, (workbook, borders, logo)):
        if not path.is_file():
            stop(f"There is no file {path}.", WRONG_USAGE)
    carry_out = setting_up.preview if dry_run else setting_up.run
    files = setting_up.SetupFiles(
        name=workbook.name,
        content=workbook.read_bytes(),
        borders=borders.read_bytes() if borders else None,
        logo=logo.read_bytes() if logo else None,
    )
    report = carry_out(open_portal(), OPERATOR, files)
    if as_json:
        print_json(setting_up.as_json(report))
    else:
        _print(report, dry_run=dry_run)
    raise typer.Exit(FAILED if report.problems else 0)


def _write_template(path: Path) -> NoReturn:
    from portal.services.administration import setting_up

    if path.exists():
        stop(f"{path} is there already: choose another name.", WRONG_USAGE)
    path.write_bytes(setting_up.write_template())
    typer.echo(f"{path}: fill it in, then `portal setup {path} --dry-run`.")
    raise typer.Exit


def _print(report: "SetupReport", *, dry_run: bool) -> None:
    for problem in report.problems:
        typer.echo(problem.message, err=True)
    for step in report.steps:
        typer.echo(f"{step.place}: {step.words}")
    typer.echo(report.outcome + (" (dry run: nothing was stored)" if dry_run else ""))

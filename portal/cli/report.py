"""`portal report`: the annual report as a document."""

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from portal.cli.terminal import YearArgument, find_user, open_portal, read_version, stop
from portal.domain.accounts.access import OPERATOR, User
from portal.domain.refused import Refused


class DocumentFormat(StrEnum):
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
    HTML = "html"
    DATA = "data"


def report(
    year: YearArgument,
    kind: Annotated[
        DocumentFormat,
        typer.Option("--format", help="Word, PDF, Excel, a web page, or a data package (zip)."),
    ],
    out: Annotated[Path, typer.Option(help="File to write.")],
    username: Annotated[
        str | None, typer.Option("--as", metavar="USERNAME", help="Act as this account.")
    ] = None,
    version: Annotated[
        int | None,
        typer.Option(
            parser=read_version, metavar="N", help="A frozen version; without it, the data as they are."
        ),
    ] = None,
) -> None:
    """Write the annual report: the draft for the region, what is published for a clinic."""
    from portal.reports.cover import Format
    from portal.services.annual_report import documents

    portal = open_portal()
    user: User = find_user(portal, username) if username else OPERATOR
    try:
        if version is None:
            edition = documents.newest_for(portal, user, year)
        else:
            edition = documents.open_edition(portal, user, year=year, version=version)
        content = documents.make(portal, edition, Format(kind.value), _print_progress)
        out.write_bytes(content)
        documents.record_download(portal, user, edition, Format(kind.value))
    except Refused as refused:
        stop(str(refused))
    typer.echo(f"{out}: {edition.report.title}. {edition.about.state}")


def _print_progress(step: int, steps: int, label: str) -> None:
    if sys.stderr.isatty():
        typer.echo(f"{step + 1}/{steps} {label}", err=True)

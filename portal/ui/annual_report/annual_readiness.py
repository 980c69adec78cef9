"""Innan du fastställer: what the draft rests on and what it lacks, each with the way to where it is filled in."""

from collections.abc import Sequence

import streamlit as st
from markupsafe import Markup

from portal.domain.accounts.access import User
from portal.domain.annual_report.readiness import Item, Readiness, Standing
from portal.services.annual_report import readiness
from portal.ui.annual_report import annual_view
from portal.ui.base import formats, markup, tiles
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, joined


OWN_PAGE = "arsuppfoljning"
STILL = "Det som saknas står i rapporten med sitt skäl i ord."


def show(user: User, year: int) -> None:
    """Show what is not whole, and folded what is; for the region, which alone has the draft."""
    report_readiness = readiness.of_report(portal(), user, year)
    ready = [item for item in report_readiness.items if item.standing is Standing.READY]
    lacking = [item for item in report_readiness.items if item.standing is not Standing.READY]
    address = markup.link("kallor", kalla="ekonomi", ar=str(year))
    parts = [
        markup.heading(2, "Innan du fastställer"),
        _table(lacking, summary(report_readiness))
        if lacking
        else markup.paragraph(summary(report_readiness)),
        tiles.fold(f"Klara delar ({len(ready)})", _table(ready, "Klara delar")) if ready else "",
        markup.links([("Volym mot kostnad", address)]),
    ]
    st.html(joined(parts))


def _table(items: Sequence[Item], caption: str) -> Markup:
    return markup.table(("Del", "Läge", "Underlag"), [_row(item) for item in items], caption=caption)


def summary(listed: Readiness) -> str:
    """Say in one line how much is whole, how much has no basis, and how much one can mend."""
    without = listed.count(Standing.NO_DATA, Standing.NOT_SURVEYED)
    parts = [f"{listed.summary}."]
    if listed.to_do:
        parts.append(f"{formats.plural(listed.to_do, 'punkt', 'punkter')} att se över.")
    if without:
        parts.append(f"{formats.plural(without, 'punkt', 'punkter')} utan underlag eller mätning.")
    return " ".join(parts)


def _way(item: Item) -> str:
    """Return the address of where a part is filled in; a text is written in the draft, whichever version opens first."""
    if not item.page:
        return ""
    draft = (
        {annual_view.version_parameter(item.query["ar"]): str(annual_view.NOW)}
        if item.page == OWN_PAGE
        else {}
    )
    return markup.link(item.page, **item.query, **draft)


def _row(line: Item) -> markup.TableRow:
    css = "whole worse" if line.standing is Standing.WRONG else "whole"
    return markup.row(
        TableCell(line.what, href=_way(line)),
        TableCell(f"{line.standing.symbol} {line.standing.label}", css=css),
        TableCell(line.text, small=line.ask),
    )

"""Innan du fastställer: what the draft rests on and what it lacks, each with the way to where it is filled in."""

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.annual_report.readiness import Item, Readiness, Standing
from portal.services.annual_report import readiness
from portal.ui.base import formats, markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell


STILL = "Det går att fastställa ändå: det som saknas står i rapporten med sitt skäl i ord."


def show(user: User, year: int) -> None:
    """Show the list above Fastställ; for the region, which alone has the draft."""
    found = readiness.of_report(portal(), user, year)
    st.markdown("##### Innan du fastställer")
    st.markdown(summary(found))
    rows = [_row(item) for item in found.items]
    headings = ("Del", "Läge", "Underlag")
    caption = f"Underlaget till årsuppföljningen {year}. Öppna en del för att fylla i eller se efter."
    st.html(markup.table(headings, rows, caption=caption))
    address = markup.link("kallor", kalla="ekonomi", ar=str(year))
    st.html(markup.links([("Volym mot kostnad (bara för regionen, ingår inte i rapporten)", address)]))


def summary(found: Readiness) -> str:
    """Say in one line how much is whole, how much has no basis, and how much one can mend."""
    ready = found.count(Standing.READY)
    without = found.count(Standing.NO_DATA, Standing.NOT_SURVEYED)
    parts = [f"**{ready} av {len(found.items)} delar är klara.**"]
    if found.to_do:
        parts.append(f"{formats.plural(found.to_do, 'del', 'delar')} att se över.")
    if without:
        parts.append(f"{formats.plural(without, 'del', 'delar')} utan underlag eller mätning.")
    return " ".join([*parts, *([STILL] if ready < len(found.items) else [])])


def _row(item: Item) -> markup.TableRow:
    css = "whole worse" if item.standing is Standing.WRONG else "whole"
    return markup.row(
        TableCell(item.what, href=markup.link(item.page, **item.query) if item.page else ""),
        TableCell(f"{item.standing.symbol} {item.standing.label}", css=css),
        item.text,
    )

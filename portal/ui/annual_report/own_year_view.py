"""A clinic's own year on Årsuppföljning, as long as the region has not published its report of it."""

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.services.annual_report.own_year import figures
from portal.services.annual_report.own_year.figures import OwnFigure
from portal.ui.base import markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.page import downloads, frame


def show(user: User, year: int) -> None:
    """Show the year of the clinic chosen in the side bar, with the same as a page to take along."""
    if not isinstance(user, ClinicUser):
        return
    clinic = frame.chosen_clinic(user)
    own = figures.of_clinic(portal(), user, clinic=clinic, year=year)
    rows = [markup.row(*_cells(figure)) for figure in own.figures]
    st.html(markup.heading(2, own.title))
    st.html(
        markup.table(
            own.headings, rows, caption=f"{own.span}. Er egen mottagning bredvid regionens släppta värden"
        )
    )
    st.caption(figures.HOW)
    downloads.offer(
        "Hämta som PDF, en sida",
        name=f"{clinic}-{year}.pdf",
        make=lambda clicker: figures.as_pdf(portal(), clicker, clinic=clinic, year=year),
        clinic=clinic,
    )


def _cells(figure: OwnFigure) -> list[TableCell | str]:
    label = TableCell(figure.indicator.label, small=figure.indicator.unit)
    return [label, *(numeric(words) for words in figure.words)]

"""Årsuppföljning: the combined annual view, chapter by chapter as in the published report."""

import streamlit as st

from portal.services import benchmarks
from portal.ui import annual_view
from portal.ui.auth import require_region_user
from portal.ui.context import portal


user = require_region_user()

title = st.container()
year = benchmarks.year_figures(portal(), user, annual_view.choose_year())

with title:
    annual_view.show_title(year)
annual_view.show_summary(year)
annual_view.show_download(year)
annual_view.show_chapters(year)

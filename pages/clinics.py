"""Mottagningar: all clinics on one indicator."""

import streamlit as st

from portal.services import benchmarks
from portal.ui import clinics_view, pickers
from portal.ui.auth import require_region_user
from portal.ui.context import portal


user = require_region_user()

st.title("Mottagningar")
left, right = st.columns([3, 2])
with left:
    indicator = pickers.choose_indicator()
with right:
    period = clinics_view.choose_period()
found = benchmarks.compare(portal(), user, indicator=indicator, period=period)

clinics_view.show_headline(found)
clinics_view.show_chart(found)
clinics_view.show_table(found)

"""Läs in historik: a file with many clinics and months, looked at first, then read in."""

import streamlit as st

from portal.ui.login.auth import require_region_user
from portal.ui.reporting import history_view


user = require_region_user()

st.title("Läs in historik")
history_view.show_introduction()
history_view.show_summary()
file = history_view.ask_for_file()
if file is None:
    st.stop()

plan = history_view.read_file(user, file)
history_view.show_plan(plan)
chosen = history_view.choose(plan)
if chosen:
    history_view.read_in(user, plan, chosen)

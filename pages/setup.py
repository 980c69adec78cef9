"""Sätt upp portalen: one workbook with all that a portal needs to know, looked at first, then stored; then invitations."""

import streamlit as st

from portal.ui.administration import setup_view
from portal.ui.login.auth import require_administrator
from portal.ui.page import acting


user = require_administrator()

st.title("Sätt upp portalen")
acting.show_outcome()
setup_view.show_introduction()
setup_view.show_file(user)
setup_view.show_waiting(user)
setup_view.show_map()
setup_view.show_logo()

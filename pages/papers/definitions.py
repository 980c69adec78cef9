"""Definitioner: every indicator, measure and word of the portal, to look up."""

import streamlit as st

from portal.ui.login.auth import require_user
from portal.ui.registry import definitions_view


user = require_user()

st.title("Definitioner")
definitions_view.show_entries(user)
definitions_view.show_checks()

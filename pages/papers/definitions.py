"""Definitioner: every indicator and measure, and the words of the portal."""

import streamlit as st

from portal.ui.login.auth import require_user
from portal.ui.registry import definitions_view


user = require_user()

st.title("Definitioner")
definitions_view.show_indicator_in_address(user)
definitions_view.show_words()
definitions_view.show_indicators(user)
definitions_view.show_measures()
definitions_view.show_checks()

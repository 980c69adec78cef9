"""Konton: who may log in, how, and how somebody gets in or out."""

import streamlit as st

from portal.ui.accounts import accounts_view
from portal.ui.login.auth import require_administrator


user = require_administrator()

st.title("Konton")
accounts_view.show_last_change()
accounts_view.show_demands(user)
chosen = accounts_view.show_list(user)
accounts_view.show_changes(user, chosen)
accounts_view.show_new(user)

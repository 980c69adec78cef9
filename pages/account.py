"""Mitt konto: who am I here, where am I logged in, and how do I get out."""

import streamlit as st

from portal.ui import account_view
from portal.ui.auth import require_user


user = require_user()

st.title("Mitt konto")

account_view.show_account(user)
account_view.show_sessions(user)
account_view.show_password_form(user)

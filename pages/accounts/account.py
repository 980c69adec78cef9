"""Mitt konto: who am I here, where am I logged in, how do I get out, and how is the account guarded."""

import streamlit as st

from portal.ui.accounts import account_view, tokens_view
from portal.ui.login.auth import require_user
from portal.ui.page import acting


user = require_user()

st.title("Mitt konto")

acting.show_outcome()
account_view.show_account(user)
account_view.show_sessions(user)
account_view.show_second_factor(user)
tokens_view.show(user)
account_view.show_password_form(user)
account_view.show_email_form(user)
account_view.show_letters(user)

"""Händelselogg: who did what; the region everything, a clinic what concerns its own."""

import streamlit as st

from portal.ui.administration import audit_view
from portal.ui.login.auth import require_user


user = require_user()

st.title("Händelselogg")
search = audit_view.choose(user)
log = audit_view.read(user, search)

audit_view.show(user, search, log)
audit_view.show_takers(user)
audit_view.show_export(user, search)
audit_view.show_retention(user)

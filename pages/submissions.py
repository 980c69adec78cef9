"""Inlämningar: every month as a mark; behind one its versions, comments, receipt and file."""

import streamlit as st

from portal.services.review import reviews, status
from portal.ui.base.context import portal
from portal.ui.login.auth import require_user
from portal.ui.page import pickers
from portal.ui.reporting import submissions_view


user = require_user()

st.title("Inlämningar")
clinic = pickers.choose_clinic(user)
strip = status.strip(portal(), user, clinic=clinic)
if not strip:
    st.info("Ni har ingen månad att rapportera än. Den första visas här när den är slut.")
    st.stop()

chosen = submissions_view.choose_month(strip)
submissions_view.show_strip(strip, clinic, chosen.month if chosen else None)
if chosen is None:
    st.stop()

case = reviews.open_case(portal(), user, clinic=clinic, month=chosen.month)
if case:
    submissions_view.show_case(user, case)
else:
    submissions_view.show_unsent(user, chosen, clinic)

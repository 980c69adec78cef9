"""Inlämningar: what was sent, its versions side by side, comments, receipts and files."""

import streamlit as st

from portal.services import reviews
from portal.ui import pickers, submissions_view
from portal.ui.auth import require_user
from portal.ui.context import portal


user = require_user()

clinic = pickers.choose_clinic(user)
st.title("Inlämningar")

place = st.container()
with st.expander("Allt som skickats", expanded=True):
    months = submissions_view.show_list(user, clinic)
if not months:
    st.stop()

with place:
    month = pickers.choose_month(months, label="Öppna en månad")
    case = reviews.open_case(portal(), user, clinic=clinic, month=month)
    if case:
        submissions_view.show_case(user, case)

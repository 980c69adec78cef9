"""Inlämningar: what was sent, its versions side by side, comments, receipts and files."""

import streamlit as st

from portal.services.review import reviews
from portal.ui.base.context import portal
from portal.ui.login.auth import require_user
from portal.ui.page import pickers
from portal.ui.reporting import submissions_view


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

"""Rapportera: choose the month, upload the blankett or fill in here, see, send, receipt."""

import streamlit as st

from portal.ui.login.auth import require_clinic_user
from portal.ui.page import acting, pickers
from portal.ui.reporting import preview_view, problems_view, submit_view


user = require_clinic_user()

acting.show_outcome()
if submit_view.show_receipt():
    st.stop()

clinic = pickers.choose_clinic(user)
month = submit_view.choose_month(user, clinic)
if month is None:
    st.stop()

summary = st.container()
month_input = submit_view.ask_for_input(user, clinic, month)
if month_input is None:
    st.stop()

with st.spinner(f"Läser {month_input.read_from} och kontrollerar …"):
    upload = month_input.preview(user)
if upload.errors:
    submit_view.refuse(user, month_input, upload)
    problems_view.show_problems(month_input, upload, summary)
    st.stop()

submit_view.show_status(month_input, upload)
preview_view.show(upload, read_from=month_input.read_from)
submit_view.send(user, month_input, upload)

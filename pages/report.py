"""Rapportera: choose the month, upload the blankett or fill in here, see, send, receipt."""

import streamlit as st

from portal.ui import pickers, preview_view, problems_view, report_view
from portal.ui.auth import require_clinic_user


user = require_clinic_user()

st.title("Rapportera månaden")
if report_view.show_receipt():
    st.stop()

clinic = pickers.choose_clinic(user)
month = report_view.choose_month(user, clinic)
if month is None:
    st.stop()

source = report_view.choose_source(user, clinic, month)
if source is None:
    st.stop()

upload = source.preview(user)
if upload.errors:
    report_view.refuse(user, source, upload)
    problems_view.show_problems(source, upload)
    st.stop()

report_view.show_status(upload)
preview_view.show(upload, read_from=source.read_from)
report_view.send(user, source, upload)

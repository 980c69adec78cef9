"""Rapportera: choose the month, fetch the blankett, upload it, see, send, receipt."""

import streamlit as st

from portal.services import reporting
from portal.ui import pickers, report_view
from portal.ui.auth import require_clinic_user
from portal.ui.context import portal


user = require_clinic_user()

st.title("Rapportera månaden")
if report_view.show_receipt():
    st.stop()

clinic = pickers.choose_clinic(user)
month = report_view.choose_month(user, clinic)
if month is None:
    st.stop()

left, right = st.columns(2, border=True)
with left:
    report_view.show_template(user, clinic, month)
with right:
    file = report_view.ask_for_file()
if file is None:
    st.stop()

upload = reporting.preview(portal(), user, name=file.name, content=file.content)
if upload.errors:
    report_view.refuse(user, upload)
    report_view.show_problems(upload)
    st.stop()

report_view.show_preview(upload)
report_view.send(user, file, upload)

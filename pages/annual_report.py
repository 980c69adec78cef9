"""Årsuppföljning: the report chapter by chapter; the region writes, freezes, publishes; clinics read."""

import streamlit as st

from portal.ui.annual_report import annual_publishing, annual_view, annual_writing, small_numbers_view
from portal.ui.login.auth import require_user


user = require_user()

title = st.container()
report_shown = annual_view.choose(user)

with title:
    annual_view.show_title(report_shown)
if report_shown is None:
    st.stop()

annual_publishing.show_state(user, report_shown)
annual_publishing.show_documents(user, report_shown)
small_numbers_view.show(user, report_shown)
part = annual_view.choose_part(report_shown.report)
if part == annual_view.WHOLE:
    annual_view.show_whole(report_shown)
elif report_shown.frozen:
    for section in report_shown.report.chapters[part]:
        annual_view.show_section(section)
else:
    for section in report_shown.report.chapters[part]:
        annual_writing.show_section(user, report_shown.report.year, section)

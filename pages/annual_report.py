"""Årsuppföljning: the report chapter by chapter; the region writes, freezes, publishes; clinics read."""

import streamlit as st

from portal.ui.annual_report import annual_publishing, annual_view, annual_writing, small_numbers_view
from portal.ui.login.auth import require_user


user = require_user()

title = st.container()
shown = annual_view.choose(user)

with title:
    annual_view.show_title(shown)
if shown is None:
    st.stop()

annual_publishing.show_state(user, shown)
annual_publishing.show_documents(user, shown)
small_numbers_view.show(user, shown)
part = annual_view.choose_part(shown.report)
if part == annual_view.WHOLE:
    annual_view.show_whole(shown)
elif shown.frozen:
    for section in shown.report.chapters[part]:
        annual_view.show_section(section)
else:
    for section in shown.report.chapters[part]:
        annual_writing.show_section(user, shown.report.year, section)

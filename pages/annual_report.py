"""Årsuppföljning: the report chapter by chapter; the region writes, freezes, publishes; clinics read."""

import streamlit as st

from portal.ui.annual_report import annual_publishing, annual_view, annual_writing, small_numbers_view
from portal.ui.login.auth import require_user


user = require_user()

title = st.container()
edition = annual_view.choose(user)

with title:
    annual_view.show_title(edition)
if edition is None:
    st.stop()

annual_publishing.show_state(user, edition)
annual_publishing.show_documents(user, edition)
small_numbers_view.show(user, edition)
part = annual_view.choose_part(edition.report)
if part == annual_view.WHOLE:
    annual_view.show_whole(edition)
elif edition.frozen:
    for section in edition.report.chapters[part]:
        annual_view.show_section(section)
else:
    for section in edition.report.chapters[part]:
        annual_writing.show_section(user, edition.report.year, section)

"""Årsuppföljning: the report a passage at a time; the region writes, freezes, publishes; clinics read."""

import streamlit as st

from portal.domain.annual_report.content import SUMMARY
from portal.ui.annual_report import (
    annual_contents,
    annual_publishing,
    annual_view,
    annual_writing,
    own_year_view,
)
from portal.ui.login.auth import require_user
from portal.ui.page import acting


user = require_user()

with st.container(horizontal=True, vertical_alignment="center", key="report-title"):
    title = st.container(width="stretch")
    with st.container(horizontal=True, width="content"):
        year = annual_view.choose_year(user)
        edition = annual_view.choose(user, year)
        if edition:
            annual_publishing.show_documents(user, edition)
            annual_publishing.show_next_step(user, edition)
with title:
    annual_view.show_title(edition, year)
if edition is None:
    own_year_view.show(user, year)
    st.stop()

acting.show_outcome()
unsaved = annual_writing.unsaved(edition.report)
with st.container(horizontal=True, key="report"):
    with st.container(key="report-contents"):
        passage = annual_contents.choose(user, edition, set(unsaved.values()))
        annual_writing.keep_undrawn(edition.report.year, unsaved, "" if edition.frozen else passage)
    with st.container(key="report-passage"):
        if passage == annual_contents.STATE:
            annual_publishing.show_state(user, edition)
        elif edition.frozen and passage == SUMMARY:
            annual_view.show_summary(edition.report)
        elif edition.frozen:
            annual_view.show_passage(edition.report, passage)
        elif passage == SUMMARY:
            annual_writing.show_summary(user, edition.report)
        else:
            annual_writing.show_passage(user, edition.report, passage)

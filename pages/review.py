"""Granska: the region's queue, one submission at a time."""

import streamlit as st

from portal.services import status
from portal.ui import review_view, submissions_view
from portal.ui.auth import require_region_user
from portal.ui.context import portal


user = require_region_user()

st.title("Granska")
review_view.show_message()
review_view.show_progress(status.grid(portal(), user))
case = review_view.choose_case(user)
if case is None:
    st.stop()

review_view.show_title(case)
review_view.show_warnings(case)
review_view.decide(case)
submissions_view.show_conversation(case)
submissions_view.show_lines(case)

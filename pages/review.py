"""Granska: the region's queue, one submission at a time."""

import streamlit as st

from portal.services.review import status
from portal.ui.base.context import portal
from portal.ui.login.auth import require_region_user
from portal.ui.page import acting
from portal.ui.reporting import submissions_view
from portal.ui.review import review_view


user = require_region_user()

st.title("Granska")
acting.show_outcome()
review_view.show_progress(status.grid(portal(), user))
case = review_view.choose_case(user)
if case is None:
    st.stop()

review_view.show_title(case)
review_view.show_warnings(case)
review_view.decide(case)
submissions_view.show_conversation(case)
submissions_view.show_lines(case)

"""Granska: the region's queue, one submission at a time."""

import streamlit as st

from portal.services.review import status
from portal.ui.base.context import portal
from portal.ui.login.auth import require_region_user
from portal.ui.page import acting
from portal.ui.review import review_view


user = require_region_user()

acting.show_outcome()
title = st.container()
case = review_view.choose_case(user)
with title:
    review_view.show_title(case)
if case:
    review_view.show_deviations(case, user)
    review_view.decide(case, user)
    review_view.show_behind(case)
review_view.show_progress(status.grid(portal(), user))

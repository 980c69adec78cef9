"""Köer: who waits in the three queues, how long each lasts, and what would empty it by when."""

import streamlit as st

from portal.services.insight import queues
from portal.ui.base.context import portal
from portal.ui.insight import queues_view
from portal.ui.login.auth import require_region_user


user = require_region_user()

with st.container(horizontal=True, vertical_alignment="center", key="queues-title"):
    st.title("Köer", width="content")
    month = queues_view.choose_month(user)
region_queues = queues.of_region(portal(), user, month)

queues_view.show_completeness(region_queues)
queues_view.show_state(region_queues)
queues_view.show_chart(region_queues)

st.subheader("Per mottagning", anchor=False)
queues_view.show_clinics(region_queues)
queues_view.show_plan(region_queues)

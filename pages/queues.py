"""Köer: who waits in the three queues, how long each lasts, and what would empty it by when."""

import streamlit as st

from portal.services.insight import queues
from portal.ui.base.context import portal
from portal.ui.insight import queues_view
from portal.ui.login.auth import require_region_user


user = require_region_user()

st.title("Köer")
region_queues = queues.of_region(portal(), user, queues_view.choose_month(user))

queues_view.show_completeness(region_queues)
queues_view.show_charts(region_queues)
queues_view.show_state(region_queues)

st.subheader("Per mottagning", anchor=False)
queue = region_queues.of(queues_view.choose_phase())
queues_view.show_clinics(region_queues, queue)
queues_view.show_plan(region_queues, queue)

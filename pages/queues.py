"""Köer: who waits in the three queues, how long each lasts, and what would empty it by when."""

import streamlit as st

from portal.services import queues
from portal.ui import queues_view
from portal.ui.auth import require_region_user
from portal.ui.context import portal


user = require_region_user()

st.title("Köer")
found = queues.of_region(portal(), user, queues_view.choose_month(user))

queues_view.show_state(found)
queues_view.show_charts(found)

st.subheader("Per mottagning", anchor=False)
queue = found.of(queues_view.choose_phase())
queues_view.show_clinics(found, queue)
queues_view.show_plan(found, queue)

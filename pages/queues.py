"""Köer: who waits in the three queues, how long each lasts, and what would empty it by when."""

import streamlit as st

from portal.services.insight import queues
from portal.ui.base.context import portal
from portal.ui.insight import queues_view
from portal.ui.login.auth import require_region_user


user = require_region_user()

st.title("Köer")
found = queues.of_region(portal(), user, queues_view.choose_month(user))

queues_view.show_state(found)
queues_view.show_charts(found)

st.subheader("Per mottagning", anchor=False)
queue = found.of(queues_view.choose_phase())
queues_view.show_clinics(found, queue)
queues_view.show_plan(found, queue)

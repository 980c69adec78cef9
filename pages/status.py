"""Läget: who has sent which month, what waits, release."""

import streamlit as st

from portal.services import status
from portal.ui import release_view, status_view
from portal.ui.auth import require_region_user
from portal.ui.context import portal


user = require_region_user()

st.title("Läget")
status_view.show_message()
grid = status.grid(portal(), user)

status_view.show_waiting(grid)
status_view.show_grid(grid)
release_view.show_corrections(user)
release_view.show_release(grid, user)
status_view.show_unreached(user)
status_view.show_extensions(grid, user)
status_view.show_breaks(grid, user)

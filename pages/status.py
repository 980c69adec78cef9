"""Läget: who has sent which month, what waits, release."""

import streamlit as st

from portal.services.insight import region_months
from portal.services.review import month_news, status
from portal.services.sources import entry_months
from portal.ui.base.context import portal
from portal.ui.login.auth import require_region_user
from portal.ui.page import acting
from portal.ui.plans import plan_links
from portal.ui.release import release_view, sheet_view
from portal.ui.review import month_view, status_view


user = require_region_user()

st.title("Läget")
acting.show_outcome()
grid = status.grid(portal(), user)
lines = region_months.key_lines(portal(), user)

status_view.show_waiting(grid)
plan_links.show_waiting(user)
status_view.show_grid(grid)
status_view.show_region(lines, entry_months.newest(portal(), user))
sheet_view.offer_region(lines)
month_view.show_biggest(month_news.news(portal(), user, grid.months[-1]))
release_view.show_corrections(user)
release_view.show_release(grid, user)
status_view.show_unreached(user)
status_view.show_extensions(grid, user)

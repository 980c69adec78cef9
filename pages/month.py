"""Månaden: what changed since the month before."""

import streamlit as st

from portal.services import month_news
from portal.ui import month_view, pickers
from portal.ui.auth import require_region_user
from portal.ui.context import portal


user = require_region_user()

st.title("Månaden")
left, _ = st.columns([1, 3])
with left:
    month = pickers.choose_month(month_news.months(portal()))
found = month_news.news(portal(), user, month)

month_view.show_summary(found)
month_view.show_late(found)
month_view.show_movements(found)
month_view.show_corrections(found)

"""Månaden: what changed since the month before."""

import streamlit as st

from portal.services.review import month_news
from portal.ui.base.context import portal
from portal.ui.login.auth import require_region_user
from portal.ui.page import pickers
from portal.ui.review import month_view


user = require_region_user()

st.title("Månaden")
left_column, _ = st.columns([1, 3])
with left_column:
    month = pickers.choose_month(month_news.months(portal()))
news = month_news.news(portal(), user, month)

month_view.show_summary(news)
month_view.show_movements(news)
month_view.show_late(news)
month_view.show_corrections(news)

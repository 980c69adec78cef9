"""Indikator: one indicator over time against the region."""

import streamlit as st

from portal.domain.reporting.texts import plain
from portal.services.insight import indicator_series
from portal.ui.base.context import portal
from portal.ui.insight import forecast_view, indicator_view, timeline_view
from portal.ui.login.auth import require_user
from portal.ui.page import pickers
from portal.ui.plans import plan_links


user = require_user()

with st.container(horizontal=True, vertical_alignment="center", key="indicator-title"):
    title = st.container(width="stretch")
    with st.container(horizontal=True, width="content"):
        clinic = pickers.choose_clinic(user)
        indicator = pickers.choose_indicator()
answer = st.container()
with st.container(horizontal=True, vertical_alignment="center", key="indicator-choice"):
    mark = st.container(width="stretch")
    months = indicator_view.choose_period()
    rolling = indicator_view.choose_rolling(indicator)
series = indicator_series.of_clinic(
    portal(), user, clinic=clinic, indicator=indicator, months=months, is_rolling=rolling
)
comments = timeline_view.of(series, user)
plans = plan_links.of_indicator(user, clinic, indicator)
who = indicator_view.whose(user)

title.title(f"{indicator.label} – {plain(series.clinic.name)}")
with answer:
    indicator_view.show_answer(series, who=who)
with mark:
    indicator_view.show_mark(series, plan_links.way(user, clinic, indicator, plans))
indicator_view.show_chart(series, comments, [followed.plan for followed in plans], who=who)
timeline_view.show(series, comments, plans, user)
forecast_view.show_clinic(series)
indicator_view.show_queue(series, who=who)
indicator_view.show_method(indicator)

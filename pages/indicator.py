"""Indikator: one indicator over time against the region."""

import streamlit as st

from portal.domain.reporting.texts import plain
from portal.services.insight import indicator_series
from portal.ui.base.context import portal
from portal.ui.insight import comments_view, indicator_view
from portal.ui.login.auth import require_user
from portal.ui.page import pickers


user = require_user()

clinic = pickers.choose_clinic(user)
title = st.container()
left_column, middle_column, right_column = st.columns([3, 2, 2])
with left_column:
    indicator = pickers.choose_indicator()
with middle_column:
    months = indicator_view.choose_period()
with right_column:
    rolling = indicator_view.choose_rolling(indicator)
series = indicator_series.of_clinic(
    portal(), user, clinic=clinic, indicator=indicator, months=months, is_rolling=rolling
)
comments = comments_view.of(series, user)

title.title(f"{indicator.label} – {plain(series.clinic.name)}")
indicator_view.show_chart(series, comments)
indicator_view.show_about(indicator)
indicator_view.show_queue(series)
comments_view.show(series, comments, user)
indicator_view.show_table(series)

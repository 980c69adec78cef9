"""Indikator: one indicator over time against the region."""

import streamlit as st

from portal.services import overview
from portal.ui import frame, indicator_view, pickers
from portal.ui.auth import require_user
from portal.ui.context import portal


user = require_user()

clinic = pickers.choose_clinic(user)
title = st.container()
left, right = st.columns([3, 2])
with left:
    indicator = pickers.choose_indicator()
with right:
    months = indicator_view.choose_period()
series = overview.series(portal(), user, clinic=clinic, indicator=indicator, months=months)

title.title(f"{indicator.label} – {frame.plain(series.clinic.name)}")
indicator_view.show_chart(series)
indicator_view.show_about(indicator)
indicator_view.show_table(series)
indicator_view.show_download(series)

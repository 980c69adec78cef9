"""Mottagningar: all clinics beside each other, over time, and on every indicator."""

import streamlit as st

from portal.services import benchmarks, matrix
from portal.ui import clinics_view, comments_view, matrix_view, pickers
from portal.ui.auth import require_region_user
from portal.ui.context import portal


user = require_region_user()

st.title("Mottagningar")
view = clinics_view.choose_view()
left, middle, right = st.columns([3, 2, 2])
with left:
    indicator = pickers.choose_indicator(disabled=view == clinics_view.ALL_INDICATORS)
with middle:
    period = clinics_view.choose_period(disabled=view == clinics_view.OVER_TIME)
with right:
    belongs = clinics_view.choose_group(user)

if view == clinics_view.OVER_TIME:
    st.subheader(f"{indicator.label}, månad för månad", anchor=False)
    matrix_view.show_over_time(matrix.over_time(portal(), user, indicator), belongs=belongs)
    comments_view.show_all(indicator, user)
elif view == clinics_view.ALL_INDICATORS:
    matrix_view.show_matrix(
        matrix.of_period(portal(), user, period), belongs=belongs, period=clinics_view.name_of(period)
    )
else:
    found = benchmarks.compare(portal(), user, indicator=indicator, period=period)
    clinics_view.show_headline(found)
    clinics_view.show_comparison(found, user, belongs=belongs)
    comments_view.show_all(indicator, user)

"""Mottagningar: all clinics beside each other, over time, on every indicator, and by municipality."""

import streamlit as st

from portal.services.insight import benchmarks, matrix, places
from portal.ui.base.context import portal
from portal.ui.insight import clinics_view, comments_view, matrix_view, places_view
from portal.ui.login.auth import require_region_user
from portal.ui.page import pickers


user = require_region_user()

st.title("Mottagningar")
view = clinics_view.choose_view()
left_column, middle_column, right_column = st.columns([3, 2, 2])
with left_column:
    indicator = pickers.choose_indicator(disabled=view in (clinics_view.ALL_INDICATORS, clinics_view.PLACES))
with middle_column:
    period = clinics_view.choose_period(disabled=view == clinics_view.OVER_TIME)
with right_column:
    belongs = clinics_view.choose_group(user, disabled=view == clinics_view.PLACES)

if view == clinics_view.OVER_TIME:
    st.subheader(f"{indicator.label}, månad för månad", anchor=False)
    matrix_view.show_over_time(matrix.over_time(portal(), user, indicator), belongs=belongs)
    comments_view.show_all(indicator, user)
elif view == clinics_view.ALL_INDICATORS:
    matrix_view.show_matrix(
        matrix.of_period(portal(), user, period), belongs=belongs, period=clinics_view.name_of(period)
    )
elif view == clinics_view.PLACES:
    places_view.show(places.of_period(portal(), user, period), period=clinics_view.name_of(period))
else:
    comparison = benchmarks.compare(portal(), user, indicator=indicator, period=period)
    clinics_view.show_headline(comparison)
    clinics_view.show_comparison(comparison, user, belongs=belongs)
    comments_view.show_all(indicator, user)

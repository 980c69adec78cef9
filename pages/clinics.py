"""Mottagningar: all clinics beside each other, over time, on every indicator, and by municipality."""

import streamlit as st

from portal.services.insight import benchmarks, matrix, places
from portal.ui.base import formats
from portal.ui.base.context import portal
from portal.ui.insight import changes_view, clinics_view, matrix_view, places_view, timeline_view
from portal.ui.insight.clinics_view import (
    ALL_INDICATORS,
    CHANGE,
    FUNNEL,
    OVER_TIME,
    PLACES,
    choose_group,
    choose_period,
    name_of,
)
from portal.ui.login.auth import require_region_user
from portal.ui.page import pickers


user = require_region_user()

with st.container(horizontal=True, vertical_alignment="center", key="clinics-title"):
    st.title("Mottagningar", width="content")
    choices = st.container(horizontal=True, width="content")
view = clinics_view.choose_view()

if view == PLACES:
    with choices:
        measure, period = places_view.choose_measure(), choose_period()
    places_view.show(places.of_period(portal(), user, period), measure, period=name_of(period))
elif view == ALL_INDICATORS:
    with choices:
        period, belongs = choose_period(), choose_group(user)
    matrix_view.show_matrix(matrix.of_period(portal(), user, period), belongs=belongs, period=name_of(period))
elif view == OVER_TIME:
    with choices:
        indicator, belongs = pickers.choose_indicator(), choose_group(user)
    matrix_view.show_over_time(matrix.over_time(portal(), user, indicator), belongs=belongs)
    timeline_view.show_all(indicator, user)
else:
    with choices:
        indicator, period, belongs = pickers.choose_indicator(), choose_period(), choose_group(user)
    comparison = benchmarks.compare(portal(), user, indicator=indicator, period=period)
    if comparison.region.value is None:
        st.info(f"Inget värde: {formats.reason(comparison.region.reason)}.")
    else:
        earlier = matrix.year_before(portal(), user, comparison)
        group = [pair for pair in comparison.figures if belongs(pair[0])]
        draw = {CHANGE: changes_view.show, FUNNEL: clinics_view.show_funnel}.get(
            view, clinics_view.show_beside
        )
        draw(comparison, earlier, user, group)
    timeline_view.show_all(indicator, user)

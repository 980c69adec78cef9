"""Avtalskrav: how every clinic stands against the contract's demands."""

import streamlit as st

from portal.services.insight import contract
from portal.ui.base.context import portal
from portal.ui.insight import contract_forms, contract_view
from portal.ui.login.auth import require_region_user
from portal.ui.page import acting, pickers
from portal.ui.plans import plan_links


user = require_region_user()

if not portal().demands.demands:
    st.title("Avtalskrav")
    contract_view.show_none(user)
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", key="contract-title"):
    st.title("Avtalskrav", width="content")
    year = pickers.choose_year()
    matrix = contract.matrix(portal(), user, year)
    order = contract_view.choose_order(matrix)
    st.html(contract_view.legend(matrix), width="content")

acting.show_outcome()
contract_view.show_matrix(matrix, user, order)
plan_links.show_of_demands(user)
contract_view.show_method(matrix)
contract_forms.show_answers(matrix, user)
contract_forms.show_levels(user)

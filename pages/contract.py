"""Avtalskrav: how every clinic stands against the contract's demands."""

import streamlit as st

from portal.services.insight import contract
from portal.ui.base.context import portal
from portal.ui.insight import contract_forms, contract_view
from portal.ui.login.auth import require_region_user
from portal.ui.page import acting, pickers


user = require_region_user()

st.title("Avtalskrav")
acting.show_refusal()
left_column, _ = st.columns([1, 4])
with left_column:
    year = pickers.choose_year()
matrix = contract.matrix(portal(), user, year)

contract_view.show_summary(matrix)
contract_view.show_matrix(matrix)
contract_view.show_demands(matrix)
contract_forms.show_answers(matrix, user)
contract_forms.show_levels(user)

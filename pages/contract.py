"""Avtalskrav: how every clinic stands against the contract's demands."""

import streamlit as st

from portal.services.insight import contract
from portal.ui.base.context import portal
from portal.ui.insight import contract_forms, contract_view
from portal.ui.login.auth import require_region_user
from portal.ui.page import pickers


user = require_region_user()

st.title("Avtalskrav")
contract_forms.show_message()
left, _ = st.columns([1, 4])
with left:
    year = pickers.choose_year()
found = contract.matrix(portal(), user, year)

contract_view.show_summary(found)
contract_view.show_matrix(found)
contract_view.show_demands(found)
contract_forms.show_answers(found, user)
contract_forms.show_levels(user)

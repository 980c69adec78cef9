"""Avtalskrav: how every clinic stands against the contract's demands."""

import streamlit as st

from portal.services import contract
from portal.ui import contract_forms, contract_view, pickers
from portal.ui.auth import require_region_user
from portal.ui.context import portal


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

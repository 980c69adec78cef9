"""Åtgärder: what the clinics do about what is not as it should, what it asks for now, and whether it helps."""

import streamlit as st

from portal.services.plans import plans
from portal.ui.base.context import portal
from portal.ui.login.auth import require_user
from portal.ui.page import acting
from portal.ui.plans import plan_form, plans_view


user = require_user()

with st.container(horizontal=True, vertical_alignment="center", key="plans-title"):
    st.title("Åtgärder", width="content")
    shows_all = plans_view.choose_states()
acting.show_outcome()

followed = plans.list_plans(portal(), user)
plans_view.show_chosen(followed, user)
plans_view.show_list(followed, user, shows_all=shows_all)
plan_form.show_new(user)
plans_view.show_method()

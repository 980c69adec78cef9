"""Administration: the register of clinics, targets, days and extensions, breaks."""

import streamlit as st

from portal.services.review import status
from portal.ui.administration import administration_view
from portal.ui.base.context import portal
from portal.ui.login.auth import require_region_user
from portal.ui.page import acting
from portal.ui.review import status_view


user = require_region_user()

st.title("Administration")
acting.show_outcome()
clinics, targets, days, breaks = st.tabs(["Mottagningar", "Mål", "Sista dagar", "Brott i serien"])
with clinics:
    administration_view.show_clinics(user)
with targets:
    administration_view.show_targets(user)
grid = status.grid(portal(), user)
with days:
    administration_view.show_days(user)
    status_view.show_extensions(grid, user)
with breaks:
    status_view.show_breaks(grid, user)

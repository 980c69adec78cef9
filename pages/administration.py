"""Administration: clinics, targets, days, breaks."""

import streamlit as st

from portal.ui.auth import require_region_user


user = require_region_user()

st.title("Administration")

"""Översikt: what must I do, and how are we doing."""

from portal.domain.accounts.access import ClinicUser
from portal.services.insight import overview, tasks
from portal.ui.base.context import portal
from portal.ui.insight import contract_view, overview_view
from portal.ui.login.auth import require_user
from portal.ui.page import pickers
from portal.ui.plans import plan_links


user = require_user()

clinic = pickers.choose_clinic(user)
clinic_overview = overview.of_clinic(portal(), user, clinic=clinic, month=pickers.month_in_address())

# A link opens the page anew: it must say which clinic, where there are several.
named = "" if isinstance(user, ClinicUser) and len(user.clinics) == 1 else clinic
overview_view.show_title(clinic_overview, user, clinic=named)
overview_view.show_tasks(clinic_overview, user)
if named and isinstance(user, ClinicUser):
    overview_view.show_other_clinics(tasks.of_other_clinics(portal(), user, besides=clinic))
overview_view.show_attention(clinic_overview, clinic=named)
overview_view.show_indicators(clinic_overview, clinic=named)
contract_view.show_own(clinic, user)
plan_links.show_of_clinic(user, clinic)

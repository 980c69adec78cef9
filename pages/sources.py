"""Regionens källor: what the region itself enters, with provenance and history."""

from portal.services.sources import source_years
from portal.ui.base.context import portal
from portal.ui.insight import economy_view
from portal.ui.login.auth import require_region_user
from portal.ui.page import acting
from portal.ui.sources import published_view, sources_form_view, sources_view


user = require_region_user()

year = sources_view.show_title(user)
acting.show_outcome()
source = sources_view.chosen_source()
region_year = source_years.year(portal(), user, year)
source_year = region_year.of(source.code)

sources_view.show_overview(region_year, source)
economy_view.show_effect(source, year, user)
sources_view.show_source(source_year, region_year)
sources_view.show_demand(user, source_year, region_year)
sources_view.show_rates(source_year, region_year, user)
sources_form_view.show_form(user, source, region_year)
sources_form_view.show_file(user, source, year)
sources_view.show_history(user, source)
published_view.show(user, year)

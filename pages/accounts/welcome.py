"""Välkommen: the page behind an invitation or a link for a new password, and where one asks for a link."""

from portal.ui.accounts import welcome_view
from portal.ui.login.auth import find_user


user = find_user()

welcome_view.show(user)

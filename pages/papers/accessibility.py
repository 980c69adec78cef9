"""Tillgänglighet: the statement the law asks for, with what is not good enough. For everybody, also without login."""

from portal.ui.login import papers_view
from portal.ui.login.auth import find_user


user = find_user()

papers_view.show_accessibility(user)

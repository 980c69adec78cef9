"""Dina uppgifter: what is stored about users, why and for how long. For everybody, also without login."""

from portal.ui.login import papers_view
from portal.ui.login.auth import find_user


user = find_user()

papers_view.show_privacy(user)

"""Start: sends everyone to the first page of their role."""

from portal.ui.login.auth import require_user
from portal.ui.page.navigation import open_start_page


user = require_user()

open_start_page(user)

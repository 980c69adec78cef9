"""The entry script: asks who it is, registers every page, draws the frame, runs the page.

Whoever comes first on a release day also sets the release off.

st.navigation runs on every run, logged in or not: otherwise Streamlit would open a page file
without this script.
"""

from portal.services.refused import DatabaseUnavailable
from portal.ui.base import session
from portal.ui.login import auth
from portal.ui.page import frame, navigation
from portal.ui.release import release_view


frame.set_up_page()
try:
    user = auth.find_user()
except DatabaseUnavailable:
    navigation.show_menu(None)  # it stays the page that was asked for: another one would drop what was typed
    raise
page = navigation.show_menu(user)
frame.name_page(page.title if user else "Logga in")
session.note_page(page.url_path)

if user:
    session.put_texts_again()
    release_view.release_on_the_day(user)
    frame.show(user)
    frame.stay_in_touch()

with session.run() as is_press_lost:
    if user and is_press_lost:
        frame.say_press_lost()
    page.run()

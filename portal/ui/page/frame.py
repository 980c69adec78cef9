"""What stands around every page: the sidebar with who, which clinic and log out, and the styles."""

from datetime import timedelta
from typing import overload

import streamlit as st

from portal.domain.accounts.access import AccessDenied, ClinicUser, RegionUser, User, check_may_see_clinic
from portal.domain.reporting.grammar import closest_name
from portal.domain.reporting.texts import plain
from portal.services.accounts import login_sessions
from portal.services.context import DEMO_LABEL
from portal.ui.base import session
from portal.ui.base.context import portal
from portal.ui.login import auth
from portal.ui.page import address
from portal.ui.page.navigation import foot_pages


PRESS_LOST = (
    "Kontakten med portalen bröts. Det senaste trycket kom kanske inte fram: se efter och tryck igen."
)
SIDEBAR_WIDTH = 232  # px; on a telephone the sidebar is folded away until it is asked for
PARAMETER = "mottagning"  # ?mottagning=mora
ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7"'
    ' fill="#0e5a4c"/><path d="M7 21l6-7 5 4 7-9" fill="none" stroke="#fff" stroke-width="3"/></svg>'
)


@st.fragment(run_every=timedelta(days=20))
def stay_in_touch() -> None:
    """Draw nothing. A page with a part that runs by itself sends all it holds when it finds the server again.

    Without one, what was typed while the network was away would wait for the next click, and that would be lost.
    """


def say_press_lost() -> None:
    """Say that a press came before the page was taken up again; the browser says the same: portal/browser/access.js."""
    st.toast(PRESS_LOST, icon=":material/cloud_off:", duration="infinite")


def set_up_page() -> None:
    """Set layout and the tab's icon; the styles come with the page (portal/browser/portal.css).

    Before st.navigation: without an icon of its own the tab would get the page's, and the browser
    would fetch that from fonts.gstatic.com.
    """
    st.set_page_config(page_icon=ICON, layout="wide", initial_sidebar_state=SIDEBAR_WIDTH)


def file_name(name: str) -> str:
    """Return what a download is called; the demo's name says that its months are invented."""
    return f"exempeldata-{name}" if portal().is_demo else name


def name_page(title: str) -> None:
    st.set_page_config(page_title=f"{title} – Vårdval BUP")


def show(user: User) -> None:
    """Draw the sidebar; called by the entry script on every run, before the page."""
    if portal().is_demo:  # where the sidebar is folded away, and on paper
        st.html(f'<div class="portal-demo">{DEMO_LABEL}</div>')
    with st.sidebar:
        if isinstance(user, ClinicUser) and len(user.clinics) > 1:
            _choose_clinic(user)
        st.markdown(f"**{plain(user.name)}**  \n{plain(_role(user))}")
        with st.container(horizontal=True, key="portal-foot"):
            for page in foot_pages(user):
                st.page_link(page)
        st.button("Logga ut", key="log-out", on_click=auth.log_out, width="stretch")
        if portal().is_demo:
            st.markdown(DEMO_LABEL)


@overload
def chosen_clinic(user: ClinicUser) -> str: ...
@overload
def chosen_clinic(user: RegionUser) -> str | None: ...


def chosen_clinic(user: User) -> str | None:
    """Return the code of the clinic the page is about; None for the region without a choice.

    `?mottagning=CODE` chooses, if it lies in the user's scope; otherwise the page is refused.
    """
    code_in_address = address.text_of(PARAMETER)
    if code_in_address:
        session.choose_clinic(_checked(user, code_in_address))
    choice = session.chosen_clinic()
    if isinstance(user, ClinicUser):
        return choice if choice in user.clinics else user.clinics[0]
    return choice


def _checked(user: User, code: str) -> str:
    try:
        check_may_see_clinic(user, code)
    except AccessDenied as denied:
        auth.refuse(user, str(denied))
    if isinstance(user, RegionUser) and code not in _names(user):
        meant = closest_name(code, _names(user))
        ask = f" Menade du {meant}?" if meant else ""
        auth.refuse(user, f"Det finns ingen mottagning med den koden.{ask}")
    return code


def _choose_clinic(user: ClinicUser) -> None:
    names = _names(user)
    codes = sorted(user.clinics, key=lambda code: names.get(code, code))
    chosen = chosen_clinic(user)
    if session.chosen_clinic():
        address.hold(PARAMETER, chosen)
    address.select(
        "Mottagning", codes, parameter=PARAMETER, first=chosen, words=lambda code: names.get(code, code)
    )


def _role(user: User) -> str:
    if isinstance(user, ClinicUser):
        return ", ".join(_names(user).values())
    return "Regionens administratör" if user.is_administrator else "Regionen"


def _names(user: User) -> dict[str, str]:
    return {clinic.code: clinic.name for clinic in login_sessions.list_own_clinics(portal(), user)}

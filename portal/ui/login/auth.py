"""Who is using the page. Every page starts with one of these; each asks the database on every run."""

from typing import NoReturn

import streamlit as st

from portal.domain.accounts.access import AccessDenied, ClinicUser, RegionUser, User
from portal.services.accounts import login_sessions
from portal.services.accounts.login_sessions import Visit
from portal.ui.base import login_notes, session
from portal.ui.base.context import portal
from portal.ui.login import login_view, second_factor_view


def require_user() -> User:
    visit = _visit()
    if visit is None:
        login_view.show()
        st.stop()
    if login_notes.new_codes():
        second_factor_view.show_new_codes()
        st.stop()
    if visit.must_enrol:
        second_factor_view.show_demand(visit.user, session_id())
        st.stop()
    return visit.user


def require_clinic_user() -> ClinicUser:
    user = require_user()
    if isinstance(user, ClinicUser):
        return user
    refuse(user, "Sidan är till för mottagningarna.")


def require_region_user() -> RegionUser:
    user = require_user()
    if isinstance(user, RegionUser):
        return user
    refuse(user, "Sidan är till för regionen.")


def require_administrator() -> RegionUser:
    user = require_region_user()
    if user.is_administrator:
        return user
    refuse(user, "Sidan är till för regionens administratör.")


def find_user() -> User | None:
    """Return who may use the portal at this moment, or None."""
    visit = _visit()
    return visit.user if visit and not visit.must_enrol else None


def _visit() -> Visit | None:
    sid = session_id()
    return login_sessions.visit(portal(), sid) if sid else None


def still_user() -> User:
    """For callbacks, which run before the page's guard: return who is logged in, or stop."""
    user = find_user()
    if user is None:
        st.stop()
    return user


def session_id() -> str:
    """Return the login session's public name, which the server's middleware put in st.user."""
    return str(st.user.get("sid") or "")


def who_clicked(sid: str) -> User:
    """For a file made on the click, outside the page: return who has that session, or raise AccessDenied."""
    user = login_sessions.current_user(portal(), sid)
    if user is None:
        raise AccessDenied("Du är utloggad.")
    return user


def log_out() -> None:
    """Callback: end the session in the database first; the browser's cookie is then worthless."""
    login_sessions.close(portal(), session_id(), "logout")
    session.note_leaving()


def log_out_there(sid: str) -> None:
    """Callback: end one of the user's other sessions."""
    login_sessions.close_own(portal(), still_user(), sid)


def log_out_everywhere() -> None:
    """Callback: end the user's sessions in every browser."""
    login_sessions.close_all(portal(), still_user().username, "everywhere")
    session.note_leaving()


def refuse(user: User, message: str) -> NoReturn:
    """Say friendly no, note it in the audit, and stop the page."""
    page = session.page()
    if session.is_new_refusal(page):
        login_sessions.record_refusal(portal(), user, f"/{page}")
    st.title("Du kan inte öppna den här sidan")
    st.info(message)
    st.markdown("[Gå till din startsida](/)")
    st.stop()

"""The parts of the page about one's own account."""

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.accounts.passwords import shortest
from portal.domain.reporting.texts import plain
from portal.services.accounts import accounts, addresses, login_sessions, second_factor, sheet_letters
from portal.services.accounts.addresses import OwnAddress
from portal.ui.base import formats, refusals, session
from portal.ui.base.context import portal
from portal.ui.login import auth, second_factor_view
from portal.ui.page.acting import acting, show_choice


CURRENT, NEW = "password-current", "password-new"  # the boxes
LASTS = (
    "En inloggning upphör efter 30 minuter utan användning och senast efter 12 timmar. Du kan vara inloggad i högst "
    "fem webbläsare samtidigt."
)


def show_account(user: User) -> None:
    """Show who the user is: name, role, clinics, e-mail."""
    rows = {"Namn": plain(user.name), "Användarnamn": user.username, "Roll": _role(user)}
    if isinstance(user, ClinicUser):
        names = [plain(clinic.name) for clinic in login_sessions.list_own_clinics(portal(), user)]
        rows["Mottagning" if len(names) == 1 else "Mottagningar"] = ", ".join(names)
    address = addresses.own(portal(), user)
    rows["E-post"] = address.email or "ingen: påminnelser och länkar når dig inte"
    if address.wanted:
        rows["Väntar på att du öppnar länken i brevet"] = address.wanted
    st.table(rows, border="horizontal")


def show_sessions(user: User) -> None:
    """Fold the browsers where the user is logged in, each with its way out."""
    sessions = login_sessions.list_open(portal(), user)
    with st.expander(f"Inloggad i {formats.plural(len(sessions), 'webbläsare', 'webbläsare')}"):
        st.caption(LASTS)
        for number, open_session in enumerate(sessions, start=1):
            opened, last_seen = map(formats.moment, (open_session.opened_at, open_session.last_seen_at))
            _show_session(number, open_session.sid, f"Inloggad sedan {opened}, använd senast {last_seen}")
        st.button("Avsluta alla inloggningar", on_click=auth.log_out_everywhere)


def _show_session(number: int, sid: str, when: str) -> None:
    text, button = st.columns([4, 1], vertical_alignment="center")
    if sid == auth.session_id():
        text.markdown(f"{when} – **den här webbläsaren**")
        return
    text.markdown(when)
    button.button(f"Avsluta nr {number}", key=f"end-{sid}", on_click=auth.log_out_there, args=(sid,))


def show_second_factor(user: User) -> None:
    second_factor_view.show(user, auth.session_id())


def show_password_form(user: User) -> None:
    """Ask for a new password."""
    st.subheader("Byt lösenord")
    shortest_length = shortest(has_second_factor=second_factor.is_set(portal(), user))
    st.caption(f"Minst {shortest_length} tecken; gärna flera ord. Efter bytet loggar du in på nytt.")
    with st.form("password"):
        current = st.text_input(
            "Nuvarande lösenord", key=CURRENT, type="password", autocomplete="current-password"
        )
        new_password = st.text_input("Nytt lösenord", key=NEW, type="password", autocomplete="new-password")
        is_sent = st.form_submit_button("Byt lösenord")
    if is_sent:
        _change_password(user, current, new_password)


def show_email_form(user: User) -> None:
    """Ask for a new e-mail address and the password."""
    st.subheader("Byt e-postadress")
    st.caption(
        "Dit går påminnelser, besked om granskningen och länkar till nytt lösenord. En ny adress gäller när du "
        "öppnat länken i brevet som går dit."
    )
    form = session.form_name("email")
    with st.form(form):
        email = st.text_input("E-postadress", key=f"{form}-address", autocomplete="email", max_chars=200)
        password = st.text_input(
            "Ditt lösenord", key=f"{form}-password", type="password", autocomplete="current-password"
        )
        is_sent = st.form_submit_button("Byt adress")
    if not is_sent:
        return
    with refusals.said_here(email=f"{form}-address", password=f"{form}-password"):
        address = addresses.change_own(portal(), user, password=password, email=email)
        session.surely(lambda: _note_address(address))
        st.rerun()


def show_letters(user: User) -> None:
    """Ask whether letters about month sheets come."""
    are_wanted = sheet_letters.are_wanted(portal(), user)
    label = "Brev när ett månadsblad finns"
    show_choice(label, key="sheet-letters", is_stored=are_wanted, choose=_choose_letters)


@acting
def _choose_letters(user: User, are_wanted: bool) -> None:
    sheet_letters.choose(portal(), user, are_wanted=are_wanted)
    session.note_message(f"Brev om månadsblad {'kommer' if are_wanted else 'kommer inte längre'}.")


def _note_address(address: OwnAddress) -> None:
    session.note_message(_of_address(address))
    session.start_next_form("email")


def _of_address(address: OwnAddress) -> str:
    if not address.wanted:
        return "E-postadressen är borttagen."
    until_then = f" Till dess gäller {address.email}." if address.email else ""
    return f"Ett brev är på väg till {address.wanted}. Öppna länken i det inom 72 timmar.{until_then}"


def _change_password(user: User, current: str, new_password: str) -> None:
    with refusals.said_here(current=CURRENT, password=NEW):
        accounts.change_password(portal(), user, current=current, new=new_password)
        session.surely(session.note_leaving)
        st.rerun()


def _role(user: User) -> str:
    if isinstance(user, ClinicUser):
        return "Mottagning"
    return "Regionens administratör" if user.is_administrator else "Regionen"

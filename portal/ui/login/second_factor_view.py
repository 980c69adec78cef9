"""The second factor on screen: its QR code, setting it, recovery codes."""

import streamlit as st

from portal.domain.accounts.access import User
from portal.services.accounts import login, second_factor
from portal.services.refused import Refused
from portal.ui.base import login_notes, markup, refusals, session
from portal.ui.base.context import portal


CODE, PASSWORD = "second-factor-code", "second-factor-password"  # the boxes


def show_demand(user: User, sid: str) -> None:
    """Stand in for every page until the account has its second factor."""
    st.title("Sätt på din andra faktor")
    st.markdown(
        "Ditt konto behöver mer än ett lösenord. Med en app i telefonen får du en ny kod var trettionde sekund; "
        "den skrivs in efter lösenordet när du loggar in. Ingen annan sida öppnas förrän det är gjort."
    )
    _enrol(user, sid)


def show_new_codes() -> None:
    """Stand in for every page until somebody says that the new recovery codes are kept."""
    st.title("Dina reservkoder")
    show_codes(login_notes.new_codes())
    st.button("Jag har sparat reservkoderna", type="primary", on_click=login_notes.forget_new_codes)


def show(user: User, sid: str) -> None:
    """The part of Mitt konto about the second factor."""
    st.subheader("Andra faktor", anchor=False)
    if second_factor.is_set(portal(), user):
        code_count = second_factor.count_codes(portal(), user)
        st.markdown(f":material/verified_user: På. Du har **{code_count}** reservkoder kvar.")
        with st.expander("Byt, stäng av eller gör nya reservkoder"):
            _change(user, sid)
        return
    st.markdown(
        "Av. Med en app i telefonen räcker det inte för någon annan att komma över ditt lösenord, och lösenordet "
        "får vara kortare."
    )
    with st.expander("Sätt på den andra faktorn"):
        _enrol(user, sid)


def show_secret(secret: str, username: str) -> None:
    """Show what the app needs: a picture to scan and the same as text."""
    st.markdown(
        "Skanna bilden med en app för engångskoder (till exempel den som telefonen har, eller regionens), eller "
        "skriv in nyckeln för hand."
    )
    st.html(markup.picture(second_factor.qr_code(secret, username), alt="QR-kod för appen", width=220))
    st.caption("Nyckel")
    st.code(" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)), language=None)


def ask_for_code() -> str:
    return st.text_input("Kod ur appen", key=CODE, autocomplete="one-time-code", max_chars=10)


def show_codes(codes: list[str]) -> None:
    """Show new recovery codes, this once."""
    st.warning(
        "**Spara reservkoderna nu.** De visas bara den här gången. Var och en ersätter koden ur appen en gång, "
        "om telefonen är borta.",
        icon=":material/key:",
    )
    st.code("\n".join(codes), language=None)


def _enrol(user: User, sid: str) -> None:
    """Ask for the app's code; once it was right the recovery codes are shown."""
    secret = login_notes.totp_secret(second_factor.new_secret)
    with st.form("second-factor", border=False):
        show_secret(secret, user.username)
        code = ask_for_code()
        is_sent = st.form_submit_button("Sätt på", type="primary")
    if not is_sent:
        return
    with refusals.said_here(code=CODE):
        codes = second_factor.enrol(portal(), user, secret=secret, code=code, sid=sid)
        session.surely(lambda: login_notes.note_new_codes(codes))
        st.rerun()


def _change(user: User, sid: str) -> None:
    with st.form("second-factor-change", border=False):
        password = st.text_input(
            "Ditt lösenord", key=PASSWORD, type="password", autocomplete="current-password"
        )
        wish = st.radio("Vad vill du göra?", ["Nya reservkoder", "Stäng av den andra faktorn"])
        is_sent = st.form_submit_button("Gör det")
    if not is_sent:
        return
    with refusals.said_here(password=PASSWORD):
        if not login.check_password(portal(), user.username, password):
            raise Refused("Lösenordet stämmer inte.", about="password")
        if wish == "Nya reservkoder":
            codes = second_factor.renew_codes(portal(), user)
            session.surely(lambda: login_notes.note_new_codes(codes))
        else:
            second_factor.turn_off(portal(), user, sid=sid)
        st.rerun()

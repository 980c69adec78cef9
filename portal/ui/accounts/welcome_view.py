"""The page behind a link: choose a password and, where it is asked for, a second factor. No login needed."""

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.reporting.texts import plain
from portal.services.accounts import addresses, invitations, second_factor
from portal.services.accounts.invitations import Welcome
from portal.services.refused import Refused
from portal.ui.base import login_notes, refusals, session
from portal.ui.base.context import portal
from portal.ui.base.faults import FieldFault, show_summary
from portal.ui.login import second_factor_view


PARAMETER = "kod"
PASSWORD, AGAIN = "welcome-password", "welcome-again"  # the boxes


def show(user: User | None) -> None:
    """Show what the link is for, or the form that asks for one."""
    codes = login_notes.new_codes()
    secret = _link()
    _, middle, _ = st.columns([1, 2, 1])
    with middle:
        if sentence := login_notes.welcome():
            _show_confirmation(sentence, codes, is_inside=user is not None)
        elif secret:
            _show_link(secret)
        elif user:
            st.title("Du är redan inloggad")
            st.markdown("[Gå till din startsida](/)")
        else:
            _ask_for_link()


def _link() -> str:
    """Take the code out of the address at once: it must not stay in the history or be sent on."""
    if code := st.query_params.get(PARAMETER):
        login_notes.note_link(code)
        st.query_params.clear()
    return login_notes.link()


def _show_link(secret: str) -> None:
    if wanted := addresses.wanted_behind(portal(), secret):
        _show_address(secret, wanted)
        return
    try:
        welcome = invitations.find(portal(), secret)
    except Refused as fault:
        login_notes.note_link("")
        st.title("Länken går inte att använda")
        st.error(str(fault))
        _ask_form()
        return
    st.title("Välkommen" if welcome.is_invitation else "Välj ett nytt lösenord")
    st.markdown(
        f"**{plain(welcome.name)}**, ditt användarnamn är **{plain(welcome.username)}**. Kontot är "
        "personligt: lämna aldrig över det till någon annan."
    )
    _show_form(secret, welcome)


def _show_address(secret: str, wanted: str) -> None:
    """Ask for a click: a mail program that opens links by itself must confirm nothing."""
    st.title("Bekräfta din e-postadress")
    st.markdown(f"Brev om ditt konto ska gå till **{plain(wanted)}**.")
    if not st.button("Bekräfta", type="primary"):
        return
    with refusals.said_here():
        addresses.confirm(portal(), secret)
        session.surely(lambda: login_notes.note_welcome("E-postadressen gäller från och med nu.", []))
        st.rerun()


def _show_form(secret: str, welcome: Welcome) -> None:
    totp_secret = login_notes.totp_secret(second_factor.new_secret) if welcome.needs_second_factor else None
    with st.form("welcome"):
        st.caption(
            f"Minst {welcome.shortest_password} tecken, gärna flera ord. Alla tecken går bra, och lösenordet "
            "behöver inte bytas med jämna mellanrum."
        )
        # Password managers want to know whose password it is.
        st.text_input("Konto", value=welcome.username, autocomplete="username", disabled=True)
        password = st.text_input("Nytt lösenord", key=PASSWORD, type="password", autocomplete="new-password")
        again = st.text_input("Samma lösenord igen", key=AGAIN, type="password", autocomplete="new-password")
        code = ""
        if totp_secret:
            second_factor_view.show_secret(totp_secret, welcome.username)
            code = second_factor_view.ask_for_code()
        is_sent = st.form_submit_button("Spara", type="primary")
    if not is_sent:
        return
    if password != again:
        fault = FieldFault(AGAIN, "De två lösenorden är inte lika. Skriv samma i båda rutorna.")
        show_summary("Inget är sparat", [fault])
        return
    with refusals.said_here(password=PASSWORD, code=second_factor_view.CODE):
        codes = invitations.accept(portal(), secret, password=password, totp_secret=totp_secret, code=code)
        session.surely(lambda: login_notes.note_welcome("Lösenordet är sparat. Nu kan du logga in.", codes))
        st.rerun()


def _show_confirmation(sentence: str, codes: list[str], *, is_inside: bool) -> None:
    st.title("Klart")
    st.success(sentence, icon=":material/check_circle:")
    if codes:
        second_factor_view.show_codes(codes)
    st.markdown("[Gå till din startsida](/)" if is_inside else "[Logga in](/)")


def _ask_for_link() -> None:
    st.title("Glömt lösenordet?")
    _ask_form()
    st.markdown("[Tillbaka till inloggningen](/)")


def _ask_form() -> None:
    with st.form("ask"):
        who = st.text_input("Ditt användarnamn eller din e-postadress", max_chars=100)
        is_sent = st.form_submit_button("Skicka en länk", type="primary")
    if not is_sent or not who.strip():
        return
    if invitations.ask_for_new_password(portal(), who):
        st.info(
            "Finns det ett konto med en e-postadress är ett brev på väg dit, med en länk som gäller i 72 timmar. "
            "Kommer inget brev: be regionens administratör om en länk."
        )
    else:
        st.info("Portalen kan inte skicka brev här. Be regionens administratör om en länk.")

"""The part of Mitt konto about tokens for other programs: made, shown once, taken back."""

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.accounts.tokens import DAYS, UsedIn
from portal.services.accounts import tokens
from portal.services.accounts.tokens import HandedToken, TokenWish
from portal.ui.base import formats, login_notes, refusals, session
from portal.ui.base.context import portal
from portal.ui.page.acting import acting


USUAL_DAYS = 90
FIRST_READ = "/api/v1/figures?format=csv&size=10000"
USES = [use.value for use in UsedIn]
WHAT = (
    "Med en nyckel läser ett annat program det som dina egna sidor visar, och inget annat. Det kan inte ändra något. En "
    "nyckel slutar gälla när tiden är ute, när du tar tillbaka den och när ditt lösenord, din andra faktor eller "
    "dina mottagningar ändras. Varje läsning står i händelseloggen."
)
STEPS = """
1. Gör en nyckel och kopiera den.
2. Excel: *Data → Hämta data → Från andra källor → Från webben → Avancerat*. Power BI: *Hämta data → Webb → Avancerat*.
   Adressen är `{address}`. Som HTTP-huvud skriver du `Authorization`, och som dess värde
   `Bearer`, ett mellanslag och nyckeln.
3. Välj *Anonym* när programmet frågar hur du loggar in, och sedan *Läs in*.
"""


def show(user: User) -> None:
    """Show a new token as long as it is not kept; fold the ones that hold, and the form for another."""
    _show_new()
    own = tokens.list_own(portal(), user)
    with st.expander(f"Nycklar för Excel och andra program ({len(own)})"):
        st.caption(WHAT)
        _show_steps()
        for number, token in enumerate(own, start=1):
            text, button = st.columns([4, 1], vertical_alignment="center")
            used = (
                f"använd senast {formats.moment(token.last_used_at)}" if token.last_used_at else "inte använd"
            )
            until = formats.moment(token.expires_at)
            text.markdown(f"{token.used_in.label}: gäller till {until}, {used}")
            button.button(
                f"Ta tillbaka nr {number}", key=f"token-{token.id}", on_click=_withdraw, args=(token.id,)
            )
        _show_form(user)


def _show_new() -> None:
    sentence, secret = login_notes.new_token()
    if not secret:
        return
    st.warning(
        f"{sentence} **Kopiera den nu:** den visas bara den här gången. Den som har nyckeln läser det du får läsa.",
        icon=":material/key:",
    )
    st.code(secret, language=None)
    _show_steps()
    st.button("Jag har sparat nyckeln", type="primary", on_click=login_notes.forget_new_token)


def _show_steps() -> None:
    st.markdown(STEPS.format(address=f"{portal().base_url.rstrip('/')}{FIRST_READ}"))


def _show_form(user: User) -> None:
    form = session.form_name("token")
    with st.form(form):
        code = st.selectbox(
            "Används i", USES, key=f"{form}-used", format_func=lambda code: UsedIn(code).label
        )
        days = st.selectbox(
            "Gäller i",
            DAYS,
            index=DAYS.index(USUAL_DAYS),
            key=f"{form}-days",
            format_func=lambda number: f"{number} dagar",
        )
        password = st.text_input(
            "Ditt lösenord", key=f"{form}-password", type="password", autocomplete="current-password"
        )
        is_sent = st.form_submit_button("Gör en nyckel")
    if not is_sent:
        return
    with refusals.said_here(password=f"{form}-password", days=f"{form}-days"):
        handed = tokens.make(portal(), user, TokenWish(used_in=UsedIn(code), days=days, password=password))
        session.surely(lambda: _note_new(handed))
        st.rerun()


def _note_new(handed: HandedToken) -> None:
    sentence = (
        f"Nyckeln för {handed.used_in.label} är gjord och gäller till {formats.moment(handed.expires_at)}."
    )
    login_notes.note_new_token(sentence, handed.secret)
    session.start_next_form("token")


@acting
def _withdraw(user: User, token_id: int) -> None:
    tokens.withdraw(portal(), user, token_id)
    session.note_message("Nyckeln är tillbakatagen.")

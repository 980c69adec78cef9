"""The parts of Konton: the list, what can be done with one account, a new account, what is asked of all."""

from collections.abc import Sequence
from contextlib import AbstractContextManager

import streamlit as st

from portal.domain.accounts.access import RegionUser, Role, User
from portal.domain.reporting.texts import plain
from portal.services.accounts import accounts, changing, idle, invitations, second_factor
from portal.services.accounts.accounts import AccountDetails, Listed
from portal.services.accounts.changing import Particulars
from portal.services.accounts.invitations import Invitation
from portal.services.administration import clinic_register
from portal.ui.base import formats, markup, refusals, session
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.base.markup import TableCell
from portal.ui.page.acting import acting, show_outcome


NEW_ACCOUNT = "new-account"
ROLES = {Role.CLINIC: "Mottagning", Role.REGION: "Regionen", Role.ADMIN: "Regionens administratör"}


def show_last_change() -> None:
    """Say what came of the last change, with its link where it made one."""
    show_outcome()
    sentence, url = session.invitation()
    if url:
        st.success(
            f"{sentence} Den visas tills du lämnar sidan. Lämna den till personen själv, på ett säkert sätt:",
            icon=":material/check_circle:",
        )
        st.code(url, language=None, wrap_lines=True)


def show_demands(user: RegionUser) -> None:
    """Say what is asked of accounts; the administrator may ask clinics for a second factor."""
    is_asked = second_factor.clinics_need_it(portal(), user)
    with st.expander("Vad som krävs av kontona"):
        st.markdown(
            "Regionens konton måste ha en andra faktor. Ett konto som ingen använt på "
            f"{idle.DAYS} dagar stängs av sig självt; efter {idle.WARNED_DAYS} dagar varnas det här och med e-post. "
            "Efter 100 felaktiga inloggningar i rad stoppas kontot ett dygn, om inte du eller en ny länk öppnar det."
        )
        if portal().is_demo:
            st.caption("Exempeldata: här krävs ingen andra faktor av någon, så att man kan se sig om direkt.")
        is_demanded = st.toggle("Kräv en andra faktor av mottagningarna också", value=is_asked)
        if is_demanded != is_asked:
            with refusals.said_here():
                second_factor.ask_of_clinics(portal(), user, is_asked=is_demanded)
                st.rerun()


def show_list(user: RegionUser) -> Listed | None:
    """Show every account, and return the one that is chosen for a change."""
    listed_accounts = accounts.list_for_administrator(portal(), user)
    names = _clinic_names(user)
    rows = [_row(listed, names) for listed in listed_accounts]
    headings = ("Konto", "Roll", "Tillstånd", "Andra faktor", "Senast inloggad", "E-post")
    st.html(markup.table(headings, rows, caption=formats.plural(len(rows), "konto", "konton")))
    by_name = {listed.account.username: listed for listed in listed_accounts}
    username = st.selectbox(
        "Ändra ett konto",
        list(by_name),
        index=None,
        format_func=lambda name: f"{by_name[name].account.name} ({name})",
        placeholder="Välj konto",
    )
    return by_name.get(username) if username else None


def _row(listed: Listed, names: dict[str, str]) -> markup.TableRow:
    account = listed.account
    clinics = ", ".join(names.get(code, code) for code in account.clinics)
    last_login = account.last_login_at
    return markup.row(
        TableCell(account.name, small=account.username),
        TableCell(clinics or ROLES[account.role]),
        _state(listed),
        TableCell("På" if account.has_second_factor else "Av"),
        TableCell(formats.day_and_year(last_login.date()) if last_login else "aldrig"),
        _address(listed),
    )


def _address(listed: Listed) -> TableCell:
    wanted = listed.account.email_wanted
    return TableCell(listed.account.email or "–", small=f"inte bekräftad: {wanted}" if wanted else "")


def _state(listed: Listed) -> TableCell:
    if not listed.account.is_active:
        return TableCell("✕ Stängt", css="worse")
    if listed.invited_until:
        return TableCell("✉ Inbjuden", small=f"länken gäller till {formats.moment(listed.invited_until)}")
    if not listed.account.has_password:
        return TableCell("! Saknar lösenord", css="worse", small="skicka en länk")
    if listed.idle_days >= idle.WARNED_DAYS:
        return TableCell("! Oanvänt", css="worse", small=f"stängs om {idle.DAYS - listed.idle_days} dagar")
    return TableCell("✓ Öppet")


def show_changes(user: RegionUser, listed: Listed | None) -> None:
    """Show what can be done with the chosen account."""
    if listed is None:
        return
    account = listed.account
    with st.container(border=True):
        st.subheader(f"{plain(account.name)} ({account.username})", anchor=False)
        left_column, middle_column, right_column = st.columns(3)
        kind = "inbjudan" if not account.has_password else "länk till nytt lösenord"
        if left_column.button(f"Gör en {kind}", key=session.form_name(_link_key(listed)), width="stretch"):
            _send_link(listed)
            st.rerun()
        if account.is_active:
            middle_column.button("Stäng kontot", on_click=_set_active, args=(listed, False), width="stretch")
        else:
            middle_column.button("Öppna kontot", on_click=_set_active, args=(listed, True), width="stretch")
        right_column.button(
            "Tillåt nya försök",
            help="Efter för många felaktiga inloggningar",
            on_click=_unlock,
            args=(listed,),
            width="stretch",
        )
        if account.has_second_factor:
            left_column.button(
                "Ta bort andra faktorn",
                help="När telefonen och reservkoderna är borta",
                on_click=_reset_second_factor,
                args=(listed,),
                width="stretch",
            )
        st.caption("En ny länk gör att det gamla lösenordet och alla inloggningar upphör.")
        _change_form(user, listed)


def _change_form(user: RegionUser, listed: Listed) -> None:
    account, form = listed.account, session.form_name(_change_key(listed))
    role = _choose_role(form, account.role)
    with st.form(form, border=False):
        clinics = _choose_clinics(user, form, role, account.clinics)
        email = st.text_input("E-postadress", value=account.email, max_chars=200, key=f"{form}-email")
        is_sent = st.form_submit_button("Spara ändringarna")
    if is_sent:
        _save(listed, role, clinics, email.strip())
        st.rerun()


def _choose_role(form: str, first: Role) -> Role:
    """Choose a role; beside the form, which asks for clinics where the role has any."""
    roles = list(ROLES)
    role: Role = st.selectbox(
        "Roll",
        roles,
        index=roles.index(first),
        format_func=lambda role: ROLES[role],
        key=f"{form}-role",
    )
    return role


def _choose_clinics(user: RegionUser, form: str, role: Role, first: Sequence[str] = ()) -> list[str]:
    """Choose the clinics of an account that has any."""
    if role is not Role.CLINIC:
        return []
    names = _clinic_names(user)
    return st.multiselect(
        "Mottagningar",
        list(names),
        default=[code for code in first if code in names],
        format_func=lambda code: names[code],
        placeholder="Välj mottagningar",
        key=f"{form}-clinics",
    )


@acting
def _save(user: User, listed: Listed, role: Role, clinics: list[str], email: str) -> None:
    particulars = Particulars(role=role, clinics=clinics, email=email)
    with _at_fields(_change_key(listed)):
        is_changed = changing.change(portal(), user, listed.account.username, particulars)
    if not is_changed:
        session.note_message("Inget är ändrat.")
        return
    renewal = " Inbjudan som var ute gäller inte längre: gör en ny." if listed.invited_until else ""
    session.surely(lambda: _note_saved(listed, renewal))


def _change_key(listed: Listed) -> str:
    return f"change-{listed.account.username}"


def _note_saved(listed: Listed, renewal: str) -> None:
    session.note_message(f"Ändringarna är sparade.{renewal}")
    session.start_next_form(_change_key(listed))


def show_new(user: RegionUser) -> None:
    """Show the form that adds an account and makes its invitation."""
    form = session.form_name(NEW_ACCOUNT)
    with st.expander("Lägg till ett konto"):
        role = _choose_role(form, next(iter(ROLES)))
        with st.form(form, border=False):
            st.caption(
                "Kontot är personligt. Personen får en länk som gäller en gång i 72 timmar och väljer sitt lösenord själv."
            )
            username = st.text_input("Användarnamn för den nya", max_chars=100, key=f"{form}-username")
            name = st.text_input("Namn", max_chars=accounts.LONGEST_NAME, key=f"{form}-name")
            email = st.text_input("E-postadress", max_chars=200, key=f"{form}-email")
            clinics = _choose_clinics(user, form, role)
            is_sent = st.form_submit_button("Lägg till och gör en inbjudan", type="primary")
    if is_sent:
        _add(username.strip(), name, email.strip(), role, clinics)
        st.rerun()


@acting
def _add(user: User, username: str, name: str, email: str, role: Role, clinics: list[str]) -> None:
    details = AccountDetails(username=username, name=name, role=role, clinics=clinics, email=email)
    with _at_fields(NEW_ACCOUNT):
        invitation = invitations.add(portal(), user, details)
    session.surely(lambda: _note_link(invitation, NEW_ACCOUNT))


def _at_fields(name: str) -> AbstractContextManager[None]:
    """Mark the box of the form that is wrong."""
    form = session.form_name(name)
    return at_fields(
        username=f"{form}-username",
        name=f"{form}-name",
        email=f"{form}-email",
        clinics=f"{form}-clinics",
        role=f"{form}-role",
    )


# Callbacks: the service checks the administrator's role of whoever clicked.


@acting
def _send_link(user: User, listed: Listed) -> None:
    account = listed.account
    make_link = invitations.reset_password if account.has_password else invitations.invite
    invitation = make_link(portal(), user, account.username)
    session.surely(lambda: _note_link(invitation, _link_key(listed)))


@acting
def _set_active(user: User, listed: Listed, is_active: bool) -> None:
    accounts.set_active(portal(), user, listed.account.username, is_active=is_active)
    session.note_message("Kontot är öppet." if is_active else "Kontot är stängt och utloggat överallt.")


@acting
def _unlock(user: User, listed: Listed) -> None:
    accounts.unlock(portal(), user, listed.account.username)
    session.note_message("Nya försök är tillåtna.")


@acting
def _reset_second_factor(user: User, listed: Listed) -> None:
    second_factor.reset(portal(), user, listed.account.username)
    session.note_message(
        "Den andra faktorn är borttagen. Den sätts på nytt vid nästa inloggning där den krävs."
    )


def _link_key(listed: Listed) -> str:
    return f"link-{listed.account.username}"


def _note_link(invitation: Invitation, form: str) -> None:
    """Keep the link to be shown; the form or button that made it makes no other by a second click."""
    mailed = " Den är skickad med e-post också." if invitation.is_mailed else ""
    if invitation.posted.error_id:
        mailed = (
            f" Den gick inte att skicka med e-post (felkod {invitation.posted.error_id}): lämna den själv."
        )
    until = formats.moment(invitation.expires_at)
    session.note_invitation(
        f"Länken för {invitation.username} är gjord och gäller till {until}.{mailed}", invitation.url
    )
    session.start_next_form(form)


def _clinic_names(user: RegionUser) -> dict[str, str]:
    return {clinic.code: clinic.name for clinic in clinic_register.list_clinics(portal(), user)}

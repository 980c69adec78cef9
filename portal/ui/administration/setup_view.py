"""The parts of Sätt upp portalen: the template, the workbook with what it would change, who waits for an invitation."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from portal.domain.accounts.access import RegionUser, User
from portal.domain.reporting.problems import Problem
from portal.services.accounts import invitations
from portal.services.administration import regions, setting_up
from portal.services.administration.setting_up import SetupFiles, SetupReport, SetupStep
from portal.ui.base import formats, markup, refusals, session, style
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.ui.page import downloads
from portal.ui.page.acting import acting
from portal.ui.page.navigation import page_path
from portal.uploads import findings, mending
from portal.uploads.setup.sheets import SHEETS


MOST_ROWS = 50
MOST_NAMES = 10
BOOK, MAP, LOGO = "setup-file", "setup-map", "setup-logo"  # uploaders


def show_introduction() -> None:
    sheets = formats.listed([f"*{sheet.name}*" for sheet in SHEETS])
    st.markdown(
        "Allt som portalen behöver veta, i en arbetsbok. Fyll i de blad du vill, i mallen, och ladda upp den här. "
        "Inget sparas förrän du har sett vad som ändras."
    )
    st.caption(
        f"Bladen är {sheets}. Det som inte står i boken lämnas som det är, och samma bok en gång till ändrar inget."
    )
    downloads.offer(
        "Mall (Excel)", name="satt-upp.xlsx", make=lambda _user: setting_up.write_template(portal().region)
    )


def show_file(user: User) -> None:
    """Ask for the workbook, and show everything that is wrong in it or everything that it changes."""
    file = st.file_uploader(
        "Ifylld arbetsbok (Excel, högst 2 MB)", key=session.uploader_key(BOOK, is_one_of_several=True)
    )
    if file is None:
        refusals.say_lost_file()
        return
    files = SetupFiles(name=file.name, content=file.getvalue())
    with st.spinner("Läser och kontrollerar boken …"):
        report = setting_up.preview(portal(), user, files)
    if report.problems:
        _show_faults(report.problems)
    elif report.steps:
        _show_steps(report.steps)
        st.button(
            f"Spara {formats.plural(len(report.steps), 'rad', 'rader')}",
            type="primary",
            key=f"setup-{report.fingerprint}",
            on_click=partial(_store, files, report),
        )
    else:
        st.success("Allt i boken är redan infört.", icon=":material/check_circle:")


def _show_faults(problems: Sequence[Problem]) -> None:
    if findings.is_unreadable(problems):
        text = "Boken kan inte läsas in. Inget är sparat."
    else:
        count_text = formats.plural(len(problems), "fel", "fel")
        text = f"{count_text} i boken. Inget är sparat. Rätta och ladda upp den igen."
    st.error(text, icon=":material/error:")
    rows = [markup.row(_where(problem), problem.read or "–", problem.advice) for problem in problems]
    headings = ("Var", "Det stod", "Vad är fel och hur rättar man")
    st.html(markup.table(headings, rows[:MOST_ROWS], caption="Fel i boken"))
    _say_more(len(rows))


def _where(problem: Problem) -> TableCell:
    place = problem.place
    spot = place.cell or (f"rad {place.row}" if place.row else mending.WHOLE_FILE)
    return TableCell(spot, small=place.sheet or "")


def _show_steps(steps: Sequence[SetupStep]) -> None:
    counts = [
        f"{count} i {sheet.name}"
        for sheet in SHEETS
        if (count := sum(step.sheet == sheet.name for step in steps))
    ]
    count_text = formats.plural(len(steps), "rad ändrar", "rader ändrar")
    st.markdown(f"**{count_text} något:** {formats.listed(counts)}.")
    rows = [
        markup.row(TableCell(f"rad {step.row}", small=step.sheet), step.subject, ", ".join(step.labels))
        for step in steps[:MOST_ROWS]
    ]
    headings = ("Var", "Vad", "I händelseloggen")
    st.html(markup.table(headings, rows, caption="Det här skulle sparas"))
    _say_more(len(steps))


def _say_more(count: int) -> None:
    if count > MOST_ROWS:
        st.caption(f"De första {MOST_ROWS} av {formats.number(count)} visas.")


@acting
def _store(user: User, files: SetupFiles, report: SetupReport) -> None:
    stored = setting_up.run(portal(), user, files, seen=report.fingerprint)
    session.start_next_upload(BOOK)
    session.note_message(f"Sparat: {formats.plural(len(stored.steps), 'rad', 'rader')} ur boken.")


def show_map() -> None:
    """Ask for the municipalities' shapes; without them each stands at its seat."""
    with st.expander("Kommunernas karta", icon=":material/map:"):
        st.markdown(
            "En GeoJSON-fil med en yta per kommun i bladet *Kommuner*, med dess kod, i grader (WGS 84). Utan fil står "
            "varje kommun som en punkt vid sin centralort."
        )
        file = st.file_uploader(
            "Karta (GeoJSON, högst 5 MB)", key=session.uploader_key(MAP, is_one_of_several=True)
        )
        if file is not None:
            st.button("Spara kartan", type="primary", on_click=_set_borders, args=(file.getvalue(),))


@acting
def _set_borders(user: User, content: bytes) -> None:
    regions.set_borders(portal(), user, content)
    session.start_next_upload(MAP)
    session.note_message("Kartan är sparad.")


def show_logo() -> None:
    """Ask for the region's picture; without one its name stands there in words."""
    with st.expander("Regionens logotyp", icon=":material/image:"):
        st.markdown(
            "En bild i PNG eller SVG. Den står överst i menyn, vid inloggningen och på årsuppföljningens första sida, i "
            "stället för regionens namn i ord."
        )
        logo = portal().region.logo
        if logo:
            st.html(markup.logo(style.logo_address(logo), portal().region.name))
            st.button("Ta bort logotypen", on_click=_remove_logo)
        file = st.file_uploader(
            "Logotyp (PNG eller SVG, högst 200 kB)", key=session.uploader_key(LOGO, is_one_of_several=True)
        )
        if file is not None:
            st.button("Spara logotypen", type="primary", on_click=_set_logo, args=(file.getvalue(),))


@acting
def _set_logo(user: User, content: bytes) -> None:
    regions.set_logo(portal(), user, content)
    session.start_next_upload(LOGO)
    session.note_message("Logotypen är sparad. I menyn syns den när sidan laddas om.")


@acting
def _remove_logo(user: User) -> None:
    regions.remove_logo(portal(), user)
    session.note_message("Logotypen är borttagen. I menyn står regionens namn när sidan laddas om.")


def show_waiting(user: RegionUser) -> None:
    """Say who can't log in yet, and send them their invitations."""
    waiting = invitations.list_waiting(portal(), user)
    if not waiting:
        return
    with_address = [account.name for account in waiting if account.email]
    st.subheader("Inbjudningar", anchor=False)
    count_text = formats.plural(len(waiting), "konto", "konton")
    st.markdown(f"**{count_text} väntar på sin inbjudan.** Den gäller i 72 timmar: läs in historik först.")
    if portal().smtp_url and with_address:
        words = formats.plural(len(with_address), "inbjudan", "inbjudningar")
        st.button(f"Skicka {words} med e-post", on_click=_invite)
    if len(with_address) < len(waiting) or not portal().smtp_url:
        st.caption(_by_hand(len(waiting) - len(with_address)))
        st.page_link(page_path("accounts"), label="Gör länkar på Konton", icon=":material/group:")


def _by_hand(without_address: int) -> str:
    if not portal().smtp_url:
        return "Portalen skickar ingen e-post här: gör en länk i taget och lämna den själv."
    return f"{formats.plural(without_address, 'konto', 'konton')} har ingen adress: gör en länk och lämna den själv."


@acting
def _invite(user: User) -> None:
    made = invitations.invite_waiting(portal(), user)
    away = next((invitation.posted.error_id for invitation in made if invitation.posted.is_away), "")
    unsent = [
        invitation.username
        for invitation in made
        if not invitation.is_mailed and not invitation.posted.is_away
    ]
    count = sum(invitation.is_mailed for invitation in made)
    sentences = [f"{formats.plural(count, 'inbjudan är skickad', 'inbjudningar är skickade')}."]
    if unsent:
        sentences.append(
            f"Gick inte att skicka till {formats.listed(unsent[:MOST_NAMES])}: gör en länk på Konton."
        )
    if away:
        sentences.append(
            "Portalen når inte e-posten just nu, och de som står kvar nedan väntar än. Försök igen om en stund. "
            f"Händer det på nytt, uppge felkod {away} till supporten."
        )
    session.note_message(" ".join(sentences))

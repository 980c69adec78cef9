"""What the year's report holds, folded in its check list: what is left out, what is moved to the appendix, own chapters."""

from collections.abc import Sequence

import streamlit as st

from portal.domain.accounts.access import RegionUser, User
from portal.domain.annual_report.places import TITLE, Placement, is_by_choice, place_of
from portal.services.annual_report import freezing, texts
from portal.services.annual_report.texts import ArrangedPlace, NewText
from portal.ui.base import formats, session
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.page import acting, folds


CHOICES = (("Utelämnas", Placement.OUT), ("Flyttas till bilaga", Placement.APPENDIX))
TWO = "En person fastställer och en annan publicerar"
NUMBER_HELP = "Numret avgör var det står: 7 efter kapitel 6, 4.10 sist i kapitel 4. Kapitlet finns också kommande år. Rubriken går att ändra i kapitlet."


def show(user: User, year: int) -> None:
    """Let the region choose what stands where; for the draft."""
    with folds.on_demand(
        "Kapitel och tabeller som utelämnas, flyttas eller läggs till", key=f"arrange-{year}"
    ) as is_open:
        if is_open:
            _show_choices(user, year)
            _show_new_chapter(year)
            if isinstance(user, RegionUser) and user.is_administrator:
                _show_two_persons(user)


def _show_choices(user: User, year: int) -> None:
    every = texts.arrangement(portal(), user, year)
    arranged = {place.place: place for place in every if not is_by_choice(place.place)}
    chosen = {
        placement: st.multiselect(
            label,
            list(arranged),
            default=[place.place for place in arranged.values() if place.placement is placement],
            format_func=lambda place: arranged[place].label,
            placeholder="Välj kapitel eller tabell",
            key=f"{placement.value}-{year}",
        )
        for label, placement in CHOICES
    }
    st.caption(
        "Ett kapitel tar med sig sina underkapitel. Numren på det som blir kvar ändras inte. Tabeller i bilaga står sist i dokumenten."
    )
    by_choice = _ticked(every, year)
    goes_on = st.checkbox("Gäller även kommande år", value=True, key=f"arrange-on-{year}")
    placements = dict.fromkeys(arranged, Placement.BODY) | by_choice
    placements |= {place: placement for placement, places in chosen.items() for place in places}
    st.button("Spara valen", key=f"arrange-{year}-save", on_click=_arrange, args=(year, placements, goes_on))


def _ticked(every: Sequence[ArrangedPlace], year: int) -> dict[str, Placement]:
    """Ask of each table that stands in the report only by choice whether it is to stand there."""
    placements = {}
    for place in every:
        if is_by_choice(place.place):
            is_in = place.placement is not Placement.OUT
            is_ticked = st.checkbox(f"Ta med {place.label}", value=is_in, key=f"{place.place}-{year}")
            placements[place.place] = Placement.BODY if is_ticked else Placement.OUT
    return placements


def _show_new_chapter(year: int) -> None:
    with st.form(session.form_name(f"own-chapter-{year}"), border=False):
        with st.container(horizontal=True, vertical_alignment="bottom"):
            st.text_input("Nummer på ett eget kapitel", key=f"own-number-{year}", help=NUMBER_HELP, width=220)
            st.text_input("Rubrik", key=f"own-title-{year}")
        keys = (f"own-number-{year}", f"own-title-{year}")
        st.form_submit_button("Lägg till kapitlet", on_click=_add_chapter, args=(year, *keys))


def _show_two_persons(user: User) -> None:
    takes_two = freezing.takes_two(portal(), user)
    acting.show_choice(TWO, key="report-takes-two", is_stored=takes_two, choose=_ask_for_two)


@acting.acting
def _ask_for_two(user: User, is_asked: bool) -> None:
    freezing.ask_for_two(portal(), user, is_asked=is_asked)
    session.note_message(f"Att fastställa och publicera tar {'två personer' if is_asked else 'en person'}.")


@acting.acting
def _arrange(user: User, year: int, placements: dict[str, Placement], goes_on: bool) -> None:
    moved = texts.arrange(portal(), user, year, placements, goes_on=goes_on)
    session.note_message(
        f"{formats.plural(moved, 'kapitel eller tabell', 'kapitel och tabeller')} är ändrade."
    )


@acting.acting
def _add_chapter(user: User, year: int, number_key: str, title_key: str) -> None:
    number, title = session.value_of(number_key).strip(), session.value_of(title_key)
    with at_fields(place=number_key):
        texts.write(portal(), user, year, NewText(place=place_of(number, TITLE), text=title, goes_on=True))
    session.put_text(number_key, "")
    session.put_text(title_key, "")
    session.start_next_form(f"own-chapter-{year}")
    session.note_message(f"Kapitel {number} finns nu i innehållet, där det skrivs.")

"""The pages: what each is called, where it lies, and in whose menu it stands.

All pages are registered for everybody, so that a typed address reaches the page's own guard
(a refusal in Swedish, an audit row) and not Streamlit's English "Page not found".
"""

from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from portal.domain.accounts.access import ClinicUser, Role, User
from portal.settings import ROOT


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    file: str
    title: str
    url_path: str  # empty for the default page, "/"
    icon: str
    group: str
    who: tuple[str, ...]  # in the menu of: clinic, region, admin, all; nobody when empty


CLINIC, REGION, ALL = ("clinic",), ("region",), ("all",)
OWN, COUNTY, MORE = "Min mottagning", "Regionen", "Mer"

PAGES = (
    Page(file="start.py", title="Start", url_path="", icon="home", group=MORE, who=()),
    Page(file="overview.py", title="Översikt", url_path="oversikt", icon="dashboard", group=OWN, who=CLINIC),
    Page(
        file="indicator.py", title="Indikator", url_path="indikator", icon="show_chart", group=OWN, who=CLINIC
    ),
    Page(
        file="submit.py", title="Rapportera", url_path="rapportera", icon="upload_file", group=OWN, who=CLINIC
    ),
    Page(
        file="submissions.py",
        title="Inlämningar",
        url_path="inlamningar",
        icon="inventory",
        group=OWN,
        who=CLINIC,
    ),
    Page(file="status.py", title="Läget", url_path="laget", icon="grid_view", group=COUNTY, who=REGION),
    Page(file="month.py", title="Månaden", url_path="manaden", icon="event_note", group=COUNTY, who=REGION),
    Page(file="review.py", title="Granska", url_path="granska", icon="fact_check", group=COUNTY, who=REGION),
    Page(
        file="history.py",
        title="Läs in historik",
        url_path="historik",
        icon="history",
        group=COUNTY,
        who=REGION,
    ),
    Page(
        file="clinics.py",
        title="Mottagningar",
        url_path="mottagningar",
        icon="local_hospital",
        group=COUNTY,
        who=REGION,
    ),
    Page(file="queues.py", title="Köer", url_path="koer", icon="hourglass_top", group=COUNTY, who=REGION),
    Page(
        file="contract.py",
        title="Avtalskrav",
        url_path="avtalskrav",
        icon="rule",
        group=COUNTY,
        who=REGION,
    ),
    Page(
        file="annual_report.py",
        title="Årsuppföljning",
        url_path="arsuppfoljning",
        icon="menu_book",
        group=COUNTY,
        who=ALL,
    ),
    Page(
        file="sources.py",
        title="Regionens källor",
        url_path="kallor",
        icon="database",
        group=COUNTY,
        who=REGION,
    ),
    Page(
        file="administration.py",
        title="Administration",
        url_path="administration",
        icon="settings",
        group=COUNTY,
        who=REGION,
    ),
    Page(
        file="papers/definitions.py",
        title="Definitioner",
        url_path="definitioner",
        icon="dictionary",
        group=MORE,
        who=ALL,
    ),
    Page(
        file="accounts/accounts.py",
        title="Konton",
        url_path="konton",
        icon="group",
        group=MORE,
        who=(Role.ADMIN.value,),
    ),
    Page(
        file="accounts/welcome.py",
        title="Välkommen",
        url_path="valkommen",
        icon="waving_hand",
        group=MORE,
        who=(),
    ),
    Page(
        file="audit_log.py",
        title="Händelselogg",
        url_path="handelselogg",
        icon="receipt_long",
        group=MORE,
        who=ALL,
    ),
    Page(
        file="papers/privacy.py",
        title="Dina uppgifter",
        url_path="integritet",
        icon="shield_person",
        group=MORE,
        who=ALL,
    ),
    Page(
        file="papers/accessibility.py",
        title="Tillgänglighet",
        url_path="tillganglighet",
        icon="accessibility_new",
        group=MORE,
        who=ALL,
    ),
    Page(
        file="accounts/account.py",
        title="Mitt konto",
        url_path="konto",
        icon="account_circle",
        group=MORE,
        who=ALL,
    ),
)


def page_path(name: str) -> Path:
    """Return the file of the page with this name, whichever folder of pages it lies in."""
    return ROOT / "pages" / next(page.file for page in PAGES if Path(page.file).stem == name)


def is_in_menu(page: Page, user: User | None) -> bool:
    return user is not None and bool({"all", *_roles(user)} & set(page.who))


def show_menu(user: User | None) -> StreamlitPage:
    """Register every page, show those of the user, and return the one asked for."""
    groups: dict[str, list[StreamlitPage]] = {}
    for page in sorted(PAGES, key=lambda page: not is_in_menu(page, user)):
        groups.setdefault(page.group, []).append(_registered(page, user))
    return st.navigation(groups, position="sidebar" if user else "hidden", expanded=True)


def open_start_page(user: User) -> None:
    """Go to the role's first page."""
    first = next(page for page in PAGES if is_in_menu(page, user))
    st.switch_page(_registered(first, user))


def _registered(page: Page, user: User | None) -> StreamlitPage:
    return st.Page(
        ROOT / "pages" / page.file,
        title=page.title,
        icon=f":material/{page.icon}:",
        url_path=page.url_path or None,
        default=not page.url_path,
        visibility="visible" if is_in_menu(page, user) else "hidden",
    )


def _roles(user: User) -> set[str]:
    if isinstance(user, ClinicUser):
        return {Role.CLINIC.value}
    return {Role.REGION.value, Role.ADMIN.value} if user.is_administrator else {Role.REGION.value}

"""The pages: what each is called, where it lies, and in whose menu it stands.

All pages are registered for everybody, so that a typed address reaches the page's own guard
(a refusal in Swedish, an audit row) and not Streamlit's English "Page not found".
"""

from copy import copy
from dataclasses import dataclass
from functools import cache
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
    group: str
    who: tuple[str, ...]  # in the menu of: clinic, region, admin, all; nobody when empty


CLINIC, REGION, ADMIN, ALL = ("clinic",), ("region",), (Role.ADMIN.value,), ("all",)
# By rhythm, in this order; the pages at the foot stand in nobody's groups (portal/ui/page/frame.py).
MONTHLY, FOLLOWED, YEARLY = "Varje månad", "Följ upp", "Varje år"
MANAGED, HELP, FOOT = "Hantera", "Hjälp", "Foten"

PAGES = (
    Page(file="start.py", title="Start", url_path="", group=FOOT, who=()),
    Page(file="accounts/welcome.py", title="Välkommen", url_path="valkommen", group=FOOT, who=()),
    Page(file="overview.py", title="Översikt", url_path="oversikt", group=MONTHLY, who=CLINIC),
    Page(file="indicator.py", title="Indikator", url_path="indikator", group=MONTHLY, who=CLINIC),
    Page(file="submit.py", title="Rapportera", url_path="rapportera", group=MONTHLY, who=CLINIC),
    Page(file="submissions.py", title="Inlämningar", url_path="inlamningar", group=MONTHLY, who=CLINIC),
    Page(file="status.py", title="Läget", url_path="laget", group=MONTHLY, who=REGION),
    Page(file="month.py", title="Månaden", url_path="manaden", group=MONTHLY, who=REGION),
    Page(file="review.py", title="Granska", url_path="granska", group=MONTHLY, who=REGION),
    Page(file="clinics.py", title="Mottagningar", url_path="mottagningar", group=FOLLOWED, who=REGION),
    Page(file="queues.py", title="Köer", url_path="koer", group=FOLLOWED, who=REGION),
    Page(file="contract.py", title="Avtalskrav", url_path="avtalskrav", group=FOLLOWED, who=REGION),
    Page(
        file="plans/action_plans.py",
        title="Åtgärder",
        url_path="atgarder",
        group=FOLLOWED,
        who=(*CLINIC, *REGION),
    ),
    Page(file="annual_report.py", title="Årsuppföljning", url_path="arsuppfoljning", group=YEARLY, who=ALL),
    Page(file="sources.py", title="Regionens källor", url_path="kallor", group=YEARLY, who=REGION),
    Page(file="history.py", title="Läs in historik", url_path="historik", group=MANAGED, who=REGION),
    Page(
        file="administration.py", title="Administration", url_path="administration", group=MANAGED, who=REGION
    ),
    Page(file="setup.py", title="Sätt upp portalen", url_path="satt-upp", group=MANAGED, who=ADMIN),
    Page(file="accounts/accounts.py", title="Konton", url_path="konton", group=MANAGED, who=ADMIN),
    Page(file="audit_log.py", title="Händelselogg", url_path="handelselogg", group=MANAGED, who=ALL),
    Page(file="papers/definitions.py", title="Definitioner", url_path="definitioner", group=HELP, who=ALL),
    Page(file="accounts/account.py", title="Mitt konto", url_path="konto", group=FOOT, who=ALL),
    Page(file="papers/privacy.py", title="Dina uppgifter", url_path="integritet", group=FOOT, who=ALL),
    Page(
        file="papers/accessibility.py", title="Tillgänglighet", url_path="tillganglighet", group=FOOT, who=ALL
    ),
)


def page_path(name: str) -> Path:
    """Return the file of the page with this name, whichever folder of pages it lies in."""
    return ROOT / "pages" / next(page.file for page in PAGES if Path(page.file).stem == name)


def is_in_menu(page: Page, user: User | None) -> bool:
    return user is not None and bool({"all", *_roles(user)} & set(page.who))


def foot_pages(user: User) -> list[StreamlitPage]:
    """Return what stands at the foot of the user's menu: account, privacy, accessibility."""
    return [_made(page, is_shown=False) for page in PAGES if page.group == FOOT and is_in_menu(page, user)]


def show_menu(user: User | None) -> StreamlitPage:
    """Register every page, show those of the user, and return the one asked for."""
    groups: dict[str, list[StreamlitPage]] = {}
    for page in sorted(PAGES, key=lambda page: not is_in_menu(page, user)):
        groups.setdefault(page.group, []).append(_registered(page, is_shown=_is_shown(page, user)))
    return st.navigation(groups, position="sidebar" if user else "hidden", expanded=True)


def open_start_page(user: User) -> None:
    """Go to the role's first page."""
    first = next(page for page in PAGES if is_in_menu(page, user))
    st.switch_page(_registered(first, is_shown=_is_shown(first, user)))


def _is_shown(page: Page, user: User | None) -> bool:
    return is_in_menu(page, user) and page.group != FOOT


def _registered(page: Page, *, is_shown: bool) -> StreamlitPage:
    """Return the page for one run, which notes in it that it has been shown."""
    return copy(_made(page, is_shown=is_shown))


@cache
def _made(page: Page, *, is_shown: bool) -> StreamlitPage:
    """Make the page once: Streamlit looks its file up in every folder above it."""
    return st.Page(
        ROOT / "pages" / page.file,
        title=page.title,
        url_path=page.url_path or None,
        default=not page.url_path,
        visibility="visible" if is_shown else "hidden",
    )


def _roles(user: User) -> set[str]:
    if isinstance(user, ClinicUser):
        return {Role.CLINIC.value}
    return {Role.REGION.value, Role.ADMIN.value} if user.is_administrator else {Role.REGION.value}

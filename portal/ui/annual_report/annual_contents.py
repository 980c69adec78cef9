"""The annual report's contents: what can be read, how each passage of the draft stands, and what is not saved."""

from collections.abc import Set as AbstractSet

import streamlit as st
from markupsafe import Markup

from portal.domain.accounts.access import RegionUser, User
from portal.domain.annual_report.content import SUMMARY, AnnualReport
from portal.domain.annual_report.readiness import Standing
from portal.services.annual_report import readiness
from portal.services.annual_report.documents import Edition
from portal.ui.base.context import portal
from portal.ui.base.markup import tag
from portal.ui.page import address
from portal.ui.words import report_words


PASSAGE = "kapitel"  # ?kapitel=4.5.2, or a section that is read with others: 4.2.3
STATE = "laget"  # how the draft stands before it is frozen, or the version since it was
UNSAVED = "✎"


def choose(user: User, edition: Edition, unsaved: AbstractSet[str]) -> str:
    """Let the user choose what to read: a passage, or for the region how this state of the report stands."""
    report = edition.report
    names, standings = _names(report), {}
    if isinstance(user, RegionUser) and edition.frozen is None:
        report_readiness = readiness.of_report(portal(), user, report.year)
        standings = report_readiness.of_passages(report)
        names = {STATE: f"Checklista: {report_readiness.summary}", **names}
    elif isinstance(user, RegionUser):
        names = {STATE: "Om versionen", **names}
    marks = {passage: f" :gray[{standing.symbol}]" for passage, standing in standings.items()}
    marks |= dict.fromkeys(unsaved, f" :red[{UNSAVED}]")
    asked = report.passage_of(address.text_of(PASSAGE) or "")
    chosen = address.contents(
        "Innehåll",
        list(names),
        parameter=PASSAGE,
        first=asked or SUMMARY,
        is_known=bool(asked),
        words=lambda passage: f"{names[passage]}{marks.get(passage, '')}",
    )
    legend = _legend(set(standings.values()), unsaved)
    st.html(tag("div", *legend, class_="portal-legend", data_portal_top=chosen))
    return chosen


def _legend(standings: AbstractSet[Standing], unsaved: AbstractSet[str]) -> list[Markup]:
    """Return what the marks stand for; the browser reads there whether a text would be lost with the page."""
    entries = dict.fromkeys(
        f"{standing.symbol} {standing.label}" for standing in Standing if standing in standings
    )
    marks = [tag("span", entry) for entry in entries]
    if unsaved:
        marks.append(tag("span", f"{UNSAVED} inte sparat", data_portal_unsaved="true"))
    return marks


def _names(report: AnnualReport) -> dict[str, str]:
    """Return what each passage is called here, in the report's order."""
    names = {}
    for passage, sections in report.passages.items():
        title = report_words.SHORT.get(passage) or sections[0].title
        names[passage] = f"{passage} {title}" if passage[0].isdecimal() else passage.capitalize()
    return names

"""Everything that a clinic's user is sent: its pages, the files they hand out, what its programs read, and its letters."""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from streamlit.testing.v1 import AppTest

from db.accounts import unsent_letters
from portal.domain.accounts.access import NO_CLINIC, User
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.limits import Limiter, Rate
from portal.reports.cover import Format
from portal.services.accounts import tokens
from portal.services.administration import exports
from portal.services.annual_report import documents, freezing
from portal.services.annual_report.own_year import figures as own_year
from portal.services.insight import benchmarks, indicator_series
from portal.services.release import month_sheets
from portal.services.reporting import submitting, versions
from portal.settings import ROOT
from portal.ui.base.context import give_portal
from portal.ui.insight import indicator_view
from portal.ui.page.navigation import page_path
from portal.ui.words import sheet_words
from tests.api.conftest import NAMES, WISH, Program, client_of
from tests.conftest import log_in
from tests.services.region import DECEMBER, JANUARY


# A download that is made on a click has a random name, new in every run; so has a program's fault.
RANDOM = re.compile(rb"(?<!\$\$ID-)(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
ERROR_ID = re.compile(rb'"error_id":"[0-9a-f]{8}"')
QUEUE, SHARE = "waiting_first_visit", "first_visit_within_30d"
PAGES = {
    "overview": {"manad": "2025-01"},
    "indicator of a count's share": {"indikator": "care_plans"},
    "indicator that the country publishes": {"indikator": SHARE},
    "indicator of a queue": {"indikator": QUEUE},
    "submissions": {},
    "submit": {"manad": "2025-01"},
    "action_plans": {},
    "annual_report": {"ar": "2024"},
    "audit_log": {},
}
ASKED = (
    {"size": 10_000},
    {"size": 10_000, "format": "csv"},
    {"size": 3, "page": 2},
    {"clinic": "mora"},
    {"clinic": "finnsinte"},
)


def leaves(node):
    """Return the bytes of every element below a node of the page, in order."""
    children = getattr(node, "children", None)
    if children is None:
        return [RANDOM.sub(b"", node.proto.SerializeToString(deterministic=True))]
    return [leaf for child in children.values() for leaf in leaves(child)]


def opened(sid, username, name, **parameters):
    """Return a page as somebody with that session opens it."""
    app = AppTest.from_file(str(ROOT / "portal" / "ui" / "app.py"), default_timeout=30)
    app.user = {"username": username, "sid": sid}
    app.run()
    for key, value in parameters.items():
        app.query_params[key] = value
    app.switch_page(str(page_path(name))).run()
    assert not app.exception
    return app


@dataclass
class Insider:
    """Somebody of one clinic, who keeps all that comes: by name, so that what differs can be named."""

    portal: Any
    user: User
    email: str = ""
    sid: str = field(init=False)
    program: Program = field(init=False)

    def __post_init__(self):
        _, self.sid = log_in(self.portal, self.user.username)
        client = client_of(self.portal, programs=Limiter(Rate(10_000, 10_000)))
        self.program = Program(self.portal, client, tokens.make(self.portal, self.user, WISH).secret)

    def everything(self):
        """The log first: what programs read stands in it."""
        return {**self.pages(), **self.files(), **self.answers(), **self.letters()}

    def pages(self):
        give_portal(self.portal)
        return {
            f"page {name}": leaves(
                opened(self.sid, self.user.username, name.partition(" ")[0], **parameters)._tree
            )
            for name, parameters in PAGES.items()
        }

    def files(self):
        portal, user = self.portal, self.user
        (clinic,) = user.clinics
        year = benchmarks.year_figures(portal, user, 2025)
        sheets = {
            month: month_sheets.of_clinic(portal, user, clinic=clinic, month=month)
            for month in (DECEMBER, JANUARY)
        }
        return {
            "the year's file": exports.year_as_csv(year),
            "the year for programs": repr(exports.year_as_json(year)).encode(),
            "the own year": repr(own_year.of_clinic(portal, user, clinic=clinic, year=2024)),
            "what was sent": versions.fetch_file(portal, user, clinic=clinic, month=JANUARY, version=1)[1],
            "the form": len(submitting.write_template(portal, user, clinic=clinic, months=[JANUARY])),
            "the report's data": self.report(),
            **{f"month sheet {month}": repr(sheet_words.of_clinic(each)) for month, each in sheets.items()},
            **{f"the file of {code}": file_of(portal, user, code) for code in (QUEUE, SHARE)},
        }

    def report(self):
        if freezing.newest_published(self.portal, self.user, 2024) is None:
            return b""
        edition = documents.newest_for(self.portal, self.user, 2024)
        return documents.make(self.portal, edition, Format.DATA)

    def answers(self):
        """Every route in both formats and in part, with all headers; refusals and a second question, too."""
        return {f"/api/v1/{name} {asked}": self.answer(name, asked) for name in NAMES for asked in ASKED}

    def answer(self, name, asked):
        answer = self.program.get(name, **asked)
        etag = answer.headers.get("etag", "")
        again = self.program.get(name, headers={"if-none-match": etag}, **asked)
        content = ERROR_ID.sub(b"", answer.content)
        return answer.status_code, dict(answer.headers), content, again.status_code

    def letters(self):
        """What waits for the mail server, whose hour is no part of the letter."""
        with self.portal.database.reading(NO_CLINIC) as scoped:
            waiting = unsent_letters.list_waiting(scoped)
        own = [(letter.subject, letter.content) for letter in waiting if letter.recipient == self.email]
        return {"letters": json.dumps(own)}


def file_of(portal, user, indicator):
    """The chart's file: the own months, the region, the country, and the months ahead."""
    of = INDICATORS_BY_CODE[indicator]
    (clinic,) = user.clinics
    series = indicator_series.of_clinic(portal, user, clinic=clinic, indicator=of, months=24)
    return indicator_view._csv(series).decode("utf-8-sig")


def differing(one, other):
    """Return the names of what is not the same in both."""
    return sorted(name for name in one.keys() | other.keys() if one.get(name) != other.get(name))

"""Scope: every query of clinic rows takes one, and nothing of another clinic comes out or goes in."""

import inspect
import shutil
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from db import audit, installation
from db.accounts.login_sessions import SessionLimits
from db.administration import audit_log, calendar_days, reminders, targets
from db.annual_report import annual_reports, report_texts
from db.annual_report.annual_reports import NewReport
from db.annual_report.report_texts import ReportText
from db.engine import Database
from db.insight import comments, contract
from db.plans import plans
from db.registry import clinics
from db.release import forecasts, releases
from db.reporting import breaks, deadlines, drafts, files, kept_uploads, submissions, values
from db.reporting.kept_uploads import KeptUpload
from db.reporting.submissions import NewSubmission
from db.scoping import OutOfScope, ScopedConnection
from db.sources import facts
from portal.domain.accounts.access import EVERY_CLINIC, NO_CLINIC, ClinicScope
from portal.domain.insight.contract import DemandAnswer, Level, Reply
from portal.domain.insight.demands import COMES_WITH_PORTAL
from portal.domain.plans.plan import ActionPlan, Occasion, PlanContent, PlanVersion, StepKind
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.values import Answer
from portal.domain.reporting.submissions import Door, State
from portal.domain.sources.declared import PUBLIC
from portal.domain.sources.facts import Fact
from portal.services.context import Clock, Portal
from portal.services.insight import comments as comment_service
from portal.services.release import releases as release_service
from portal.services.reporting import breaks as break_service
from portal.services.review import deadlines as deadline_service
from portal.services.review import reviews
from tests.conftest import BOTH_DATABASES, TODAY, add_account, add_clinics
from tests.services.region import CONTROLLER, DECEMBER, FEBRUARY, JANUARY, add_region, send, user_of


MODULES = (
    clinics,
    submissions,
    values,
    releases,
    forecasts,
    audit,
    audit_log,
    facts,
    breaks,
    deadlines,
    reminders,
    drafts,
    kept_uploads,
    files,
    installation,
    contract,
    annual_reports,
    report_texts,
    targets,
    calendar_days,
    comments,
    plans,
)
FALUN = ClinicScope(frozenset({"falun"}))
FIRST, LAST = Month(2024, 1), Month(2025, 1)
FOREIGN = 7_919  # mora's number, which no sum of falun's own gives
NOW = datetime(2025, 2, 5, tzinfo=UTC)
UNTIL = date(2025, 3, 31)
MORAS_FILE = "f" * 64
MORAS_UPLOAD = {"session": "moras", "username": "mora", "clinic": "mora"}
LIMITS = SessionLimits(now=NOW, seen_since=NOW)
MORAS_ANSWER = DemandAnswer(
    clinic="mora", demand="telephone_hours", reply=Reply.NO, valid_from=date(2024, 1, 1), source="Mora"
)
MORAS_FACT = Fact(
    indicator="medicine_unit_meetings", year=2024, clinic="mora", value=2, source="Mora", version=1
)
REPORT = NewReport(
    year=2024, version=1, content="mora 7919", sha256="0" * 64, frozen_by="controller", frozen_at=NOW
)
TEXT = ReportText(
    year=2024, section="5", version=1, text="Mora", generated="", written_by="falun", written_at=NOW
)
MORAS_PLAN = PlanVersion(
    plan=ActionPlan(
        number=1,
        clinic="mora",
        occasion=Occasion.parse("queue:treatment"),
        content=PlanContent(
            action="Mora", responsible="Chef", starts=JANUARY, until=FEBRUARY, expected=FOREIGN
        ),
    ),
    step=StepKind.WRITTEN,
    by="mora",
    at=NOW,
)
LEVEL = Level(met=90, valid_from=date(2024, 1, 1), basis="Beslut")


def public_functions():
    return [
        function
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


def name_of(function):
    return f"{function.__module__.rpartition('.')[2]}.{function.__name__}"


# What reads clinic rows, with the widest question one can put. `ids` are all submissions' ids.
READERS = {
    "clinics.list_in_scope": lambda scoped, ids: clinics.list_in_scope(scoped),
    "clinics.find": lambda scoped, ids: clinics.find(scoped, code="mora"),
    "submissions.list_current": lambda scoped, ids: submissions.list_current(scoped, months=[FIRST, LAST]),
    "submissions.list_versions": lambda scoped, ids: submissions.list_versions(
        scoped, first=FIRST, last=LAST
    ),
    "submissions.list_of_clinic": lambda scoped, ids: submissions.list_of_clinic(scoped, clinic="mora"),
    "submissions.list_waiting": lambda scoped, ids: submissions.list_waiting(scoped),
    "submissions.list_current_of": lambda scoped, ids: submissions.list_current_of(
        scoped, keys=[("mora", JANUARY), ("falun", JANUARY)]
    ),
    "submissions.newest_usable": lambda scoped, ids: submissions.newest_usable(scoped, month=JANUARY),
    "submissions.first_sent": lambda scoped, ids: submissions.first_sent(scoped, month=JANUARY),
    "submissions.first_sent_of": lambda scoped, ids: submissions.first_sent_of(scoped, months=[FIRST, LAST]),
    "submissions.list_events": lambda scoped, ids: submissions.list_events(scoped, submission_ids=ids),
    "values.of_submissions": lambda scoped, ids: values.of_submissions(scoped, submission_ids=ids),
    "values.of_clinic": lambda scoped, ids: values.of_clinic(scoped, clinic="mora", first=FIRST, last=LAST),
    "values.of_month": lambda scoped, ids: values.of_month(scoped, month=JANUARY, measures=["care_plans"]),
    "values.monthly_sums": lambda scoped, ids: values.monthly_sums(
        scoped, measures=["care_plans"], first=FIRST, last=LAST
    ),
    "values.of_months": lambda scoped, ids: values.of_months(
        scoped, first=FIRST, last=LAST, measures=["care_plans"]
    ),
    "values.monthly_totals": lambda scoped, ids: values.monthly_totals(
        scoped, measures=["care_plans"], first=FIRST, last=LAST
    ),
    "comments.list_versions": lambda scoped, ids: comments.list_versions(scoped, indicator="care_plans"),
    "plans.list_newest": lambda scoped, ids: plans.list_newest(scoped, COMES_WITH_PORTAL),
    "plans.list_versions": lambda scoped, ids: plans.list_versions(scoped, COMES_WITH_PORTAL, number=1),
    "values.latest_month": lambda scoped, ids: values.latest_month(scoped, year=2025),
    "values.totals": lambda scoped, ids: values.totals(
        scoped, first=FIRST, last=LAST, pairs=[("first_visits_within_30d", "first_visits")]
    ),
    "releases.list_inputs": lambda scoped, ids: releases.list_inputs(scoped, release_id=1),
    "audit_log.list_page": lambda scoped, ids: audit_log.list_page(scoped, audit_log.Filter(), limit=1_000),
    "audit_log.count_by_actor": lambda scoped, ids: audit_log.count_by_actor(scoped, audit_log.Filter()),
    "audit_log.list_colleagues": lambda scoped, ids: audit_log.list_colleagues(scoped, ["mora", "falun"]),
    "releases.newest_inputs": lambda scoped, ids: releases.newest_inputs(scoped, first=FIRST, last=LAST),
    "contract.list_answers": lambda scoped, ids: contract.list_answers(scoped),
    "facts.list_of_clinics": lambda scoped, ids: facts.list_of_clinics(
        scoped, indicators=["medicine_unit_meetings"], years=[2024]
    ),
    # frozen, not published
    "annual_reports.list_frozen": lambda scoped, ids: annual_reports.list_frozen(scoped),
    "annual_reports.find": lambda scoped, ids: annual_reports.find(scoped, year=2024, version=1),
    "annual_reports.content": lambda scoped, ids: annual_reports.content(scoped, report_id=1),
    "audit.list_recent": lambda scoped, ids: audit.list_recent(scoped),
    "deadlines.list_all": lambda scoped, ids: deadlines.list_all(scoped),
    "deadlines.last_days": lambda scoped, ids: deadlines.last_days(scoped),
    "forecasts.list_of_clinic": lambda scoped, ids: forecasts.list_of_clinic(scoped, clinic="mora"),
    "breaks.list_all": lambda scoped, ids: breaks.list_all(scoped),
    "breaks.list_months": lambda scoped, ids: breaks.list_months(scoped, clinics=["falun", "mora"]),
    "drafts.find": lambda scoped, ids: drafts.find(scoped, username="mora", clinic="mora", month=FEBRUARY),
    "kept_uploads.find": lambda scoped, ids: kept_uploads.find(scoped, **MORAS_UPLOAD),
    "kept_uploads.is_kept": lambda scoped, ids: kept_uploads.is_kept(
        scoped, **MORAS_UPLOAD, sha256=MORAS_FILE
    ),
    "kept_uploads.is_any_left": lambda scoped, ids: kept_uploads.is_any_left(scoped, LIMITS),
    "files.find": lambda scoped, ids: files.find(scoped, sha256=MORAS_FILE),
    "files.is_there": lambda scoped, ids: files.is_there(scoped, sha256=MORAS_FILE),
    "reminders.list_sent": lambda scoped, ids: reminders.list_sent(scoped),
    "reminders.list_unsure": lambda scoped, ids: reminders.list_unsure(scoped, before=NOW.replace(year=2999)),
    "reminders.list_decisions": lambda scoped, ids: reminders.list_decisions(
        scoped, since=datetime(2025, 1, 1, tzinfo=UTC)
    ),
}

# The same for everyone: released figures, the region's own, published ones; and the chain's check.
FOR_EVERYONE = {
    "releases.list_newest",
    "releases.latest_month",
    "releases.newest_changes",  # which released figures are others than before, no numbers
    "releases.list_printed",  # which parts of which indicators, no numbers
    "releases.list_figures",
    "releases.year_sums",
    "facts.list_published",
    "facts.list_public",  # what others have published of the country; of no other source
    "contract.list_levels",  # the region's limits, the same for every clinic
    "audit.first_broken_link",
    "audit.is_genuine",
    "audit.holds",
    "audit.is_cut",
    "audit.find_head",
    "audit.end_of_chain",
    "audit.find_newest",
    "audit.find_pruned",
    "audit.count_before",
    "audit_log.used_actions",
    "audit_log.is_recorded",  # whether a file's content was taken before
    "audit_log.list_region",  # which of some accounts are the region's
    "targets.list_all",
    "calendar_days.list_all",
    "installation.holds_data",  # whether there is any
    "installation.find",
    "installation.find_entry_start",
    "installation.find_all",
    "audit.data_version",  # a hash that changes with every write, of any data
    "audit.figures_version",  # of any figures
    "audit.common_version",  # of those that more than one clinic sees
}

# The region's own figures and all clinics at once: a clinic's transaction can't ask for them at all.
REGION_ONLY = {
    "submissions.earliest_month": lambda scoped: submissions.earliest_month(scoped),
    "forecasts.list_of_region": lambda scoped: forecasts.list_of_region(scoped, until=JANUARY),
    "releases.list_sums": lambda scoped: releases.list_sums(
        scoped, first=FIRST, last=LAST, indicators=["active_patients"]
    ),
    "releases.count_answered": lambda scoped: releases.count_answered(
        scoped, first=FIRST, last=LAST, indicators=["active_patients"]
    ),
    "facts.list_facts": lambda scoped: facts.list_facts(scoped, years=[2024]),
    "facts.list_of_region": lambda scoped: facts.list_of_region(scoped, indicators=["entry_referrals"]),
    "facts.list_versions": lambda scoped: facts.list_versions(scoped, indicators=["synergi_cases"]),
    "facts.published_versions": lambda scoped: facts.published_versions(scoped),
    "facts.list_parts": lambda scoped: facts.list_parts(scoped),
    "facts.years_entered": lambda scoped: facts.years_entered(scoped),
    "audit_log.list_of_actions": lambda scoped: audit_log.list_of_actions(scoped, ["account.added"]),
    "audit_log.newest_of": lambda scoped: audit_log.newest_of(scoped, "month.released"),
    "annual_reports.newest_version": lambda scoped: annual_reports.newest_version(scoped, year=2024),
    "report_texts.start": lambda scoped: report_texts.start(scoped, year=2024, section="4.2.1"),
    "report_texts.newest": lambda scoped: report_texts.newest(scoped, year=2024),
    "report_texts.list_versions": lambda scoped: report_texts.list_versions(scoped, year=2024, section="5"),
}

WRITERS = {
    "clinics.add",
    "clinics.change",
    "targets.add",
    "calendar_days.add",
    "submissions.add_many",
    "submissions.set_state",
    "releases.add",
    "releases.replace_figures",
    "forecasts.replace_clinics",
    "forecasts.replace_region",
    "facts.add_many",
    "facts.add_published",
    "breaks.add",
    "deadlines.add",
    "reminders.add_many",
    "reminders.confirm",
    "reminders.remove",
    "audit.add",
    "audit.prune",
    "drafts.save",
    "drafts.remove",
    "kept_uploads.put",
    "kept_uploads.remove",
    "kept_uploads.remove_sent",
    "kept_uploads.remove_left",
    "files.add",
    "installation.add",
    "installation.put",
    "installation.remove",
    "contract.add_answer",
    "contract.add_level",
    "annual_reports.add",
    "annual_reports.publish",
    "report_texts.add",
    "comments.add",
    "plans.add",
    "plans.add_version",
}


@pytest.mark.parametrize("function", public_functions(), ids=name_of)
def test_every_query_takes_a_scoped_connection_first(function):
    first, *_ = inspect.signature(function, eval_str=True).parameters.values()

    assert first.annotation is ScopedConnection


def test_every_query_is_either_tried_here_or_known_to_be_for_everyone():
    assert {name_of(function) for function in public_functions()} == {
        *READERS,
        *FOR_EVERYONE,
        *REGION_ONLY,
        *WRITERS,
    }


@pytest.mark.security
def test_the_regions_own_figures_are_refused_to_everyone_else(portal):
    for read_it in REGION_ONLY.values():
        for scope in (FALUN, NO_CLINIC):
            with pytest.raises(OutOfScope), portal.database.reading(scope) as scoped:
                read_it(scoped)


@pytest.mark.security
def test_of_the_regions_sources_everybody_reads_what_others_have_published_and_nothing_else(portal):
    own, country = (
        Fact(indicator=indicator, year=2024, month=Month(2024, 1), value=61, source="Rapport")
        for indicator in ("synergi_cases", PUBLIC[0])
    )
    with portal.database.writing(EVERY_CLINIC) as scoped:
        facts.add_many(scoped, [own, country], by="controller", at=NOW)

    with portal.database.reading(FALUN) as scoped:
        published = facts.list_public(scoped, indicator=PUBLIC[0], first=FIRST, last=LAST)
        assert [fact.value for fact in published] == [61]
        with pytest.raises(ValueError):
            facts.list_public(scoped, indicator="synergi_cases", first=FIRST, last=LAST)


@pytest.fixture(scope="module", params=BOTH_DATABASES)
def readable(request, tmp_path_factory):
    """A filled portal that no test changes: built once for all that is read of it."""
    with _database(request, tmp_path_factory) as database:
        portal = Portal(database=database, clock=Clock(TODAY), region_needs_second_factor=False)
        add_clinics(portal)
        yield _fill(portal)


@contextmanager
def _database(request, tmp_path_factory):
    if request.param == "postgres":
        with request.getfixturevalue("postgres_server").database() as database:
            yield database
        return
    path = tmp_path_factory.mktemp("readable") / "portal.db"
    database = Database(f"sqlite:///{shutil.copy(request.getfixturevalue('migrated_file'), path)}")
    yield database
    database.engine.dispose()


@pytest.fixture
def filled(portal):
    return _fill(portal)


def _fill(portal):
    """Falun has sent December, mora January with the foreign number; all are released."""
    add_region(portal)
    for code in ("falun", "mora"):
        add_account(portal, code, role="clinic", clinics=[code])
    send(portal, "falun", DECEMBER)
    for code in ("ludvika", "avesta", "borlange"):
        send(portal, code)
    send(portal, "mora", care_plans=FOREIGN)
    reviews.send_back(portal, CONTROLLER, clinic="mora", month=JANUARY, comment="Mora: se över planerna.")
    send(portal, "mora", care_plans=FOREIGN + 1, answer="Mora har räknat om.")
    reviews.approve(portal, CONTROLLER, clinic="mora", month=JANUARY)
    release_service.release(portal, CONTROLLER, JANUARY)
    deadline_service.grant(
        portal, CONTROLLER, clinic="mora", month=FEBRUARY, until=UNTIL, reason="Mora byter system"
    )
    break_service.enter(portal, CONTROLLER, clinic="mora", month=JANUARY, reason="Mora byter system")
    comment_service.write(
        portal,
        user_of("mora"),
        comment_service.ClinicPoint(clinic="mora", indicator=INDICATORS_BY_CODE["care_plans"], month=JANUARY),
        text="Mora byter system",
        base_version=0,
    )
    with portal.database.writing(EVERY_CLINIC) as scoped:
        facts.add_many(scoped, [MORAS_FACT], by="controller", at=NOW)
        contract.add_answer(scoped, MORAS_ANSWER, by="controller", at=NOW)
        plans.add(scoped, MORAS_PLAN)
        annual_reports.add(scoped, REPORT)
        reminders.add_many(scoped, [("mora", JANUARY, "before", "chef@mora.example")], at=NOW)
        drafts.save(
            scoped, username="mora", clinic="mora", month=FEBRUARY, texts={"care_plans": str(FOREIGN)}, at=NOW
        )
        upload = KeptUpload(name="x.csv", sha256=MORAS_FILE, content=b"mora;7919", kept_at=NOW)
        kept_uploads.put(scoped, upload, **MORAS_UPLOAD)
        files.add(scoped, sha256=MORAS_FILE, name="x.csv", content=b"mora;7919", clinics=["mora"], at=NOW)
    return portal


def read(portal, name, scope):
    with portal.database.reading(EVERY_CLINIC) as everything:
        ids = [sent.id for sent in submissions.list_of_clinic(everything, clinic="mora")]
    with portal.database.reading(scope) as scoped:
        return READERS[name](scoped, ids)


@pytest.mark.asvs("8.2.2", "8.4.1")
@pytest.mark.parametrize("name", READERS)
def test_a_clinics_scope_lets_nothing_of_another_clinic_out(readable, name):
    found = repr(read(readable, name, FALUN))

    for foreign in ("mora", "Mora", "ludvika", "avesta", "borlange", str(FOREIGN), str(FOREIGN + 1)):
        assert foreign not in found


@pytest.mark.parametrize("name", READERS)
def test_an_empty_scope_lets_nothing_out(readable, name):
    found = read(readable, name, NO_CLINIC)

    if isinstance(found, dict):
        found = [answers for answers in found.values() if answers]
    assert not found


@pytest.mark.parametrize("name", READERS)
def test_the_regions_scope_finds_what_the_clinics_does_not(readable, name):
    """The control: the questions above do ask for something."""
    assert read(readable, name, EVERY_CLINIC)
    assert read(readable, name, EVERY_CLINIC) != read(readable, name, FALUN)


@pytest.mark.asvs("8.2.2")
def test_nothing_is_written_for_a_clinic_outside_the_scope(filled):
    new = NewSubmission(
        clinic="mora",
        month=DECEMBER,
        version=1,
        door=Door.FILE,
        sent_by="falun",
        sent_at=NOW,
        file_name="x.csv",
        sha256="0" * 64,
        idempotency_key="x",
        reason="",
        note="",
        read=1,
        new=1,
        changed=0,
        unchanged=0,
        answers={"calls": Answer(1)},
    )
    with filled.database.reading(EVERY_CLINIC) as scoped:
        sent = submissions.list_of_clinic(scoped, clinic="mora")[0]
        mora = clinics.find(scoped, code="mora")
        extension, series_break = deadlines.list_all(scoped)[0], breaks.list_all(scoped)[0]
        said = comments.list_versions(scoped, indicator="care_plans")[0]
    attempts = (
        lambda scoped: submissions.add_many(scoped, [new]),
        lambda scoped: submissions.add_many(scoped, [replace(new, clinic="falun", month=JANUARY), new]),
        lambda scoped: submissions.set_state(
            scoped, sent, state=State.APPROVED, by="falun", at=NOW, comment=""
        ),
        lambda scoped: clinics.add(scoped, replace(mora, code="ny", name="Ny")),
        lambda scoped: contract.add_answer(scoped, MORAS_ANSWER, by="falun", at=NOW),
        lambda scoped: contract.add_level(scoped, "telephone_hours", LEVEL, by="falun", at=NOW),
        lambda scoped: annual_reports.add(scoped, replace(REPORT, version=2)),
        lambda scoped: annual_reports.publish(scoped, report_id=1, by="falun", at=NOW),
        lambda scoped: report_texts.add(scoped, TEXT),
        lambda scoped: clinics.change(scoped, replace(mora, closed=JANUARY)),
        lambda scoped: deadlines.add(scoped, extension),
        lambda scoped: breaks.add(scoped, series_break),
        lambda scoped: facts.add_many(
            scoped, [Fact(indicator="synergi_cases", year=2024, value=1, source="x")], by="falun", at=NOW
        ),
        lambda scoped: comments.add(scoped, replace(said, version=2)),
        lambda scoped: plans.add(scoped, MORAS_PLAN),
        lambda scoped: plans.add_version(scoped, MORAS_PLAN),
        lambda scoped: reminders.add_many(scoped, [("mora", JANUARY, "after", "x@y.se")], at=NOW),
        lambda scoped: reminders.confirm(scoped, [("mora", JANUARY, "before", "chef@mora.example")]),
        lambda scoped: reminders.remove(scoped, [("mora", JANUARY, "before", "chef@mora.example")]),
    )

    for attempt in attempts:
        with pytest.raises(OutOfScope), filled.database.writing(FALUN) as scoped:
            attempt(scoped)

    with filled.database.reading(EVERY_CLINIC) as scoped:
        assert submissions.list_of_clinic(scoped, clinic="mora")[0] == sent
        assert len(submissions.list_of_clinic(scoped, clinic="mora")) == 2
        assert clinics.find(scoped, code="mora") == mora

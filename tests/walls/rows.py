"""The matrix of who may do what: one row per service that takes a portal and a user.

This table is the documentation, and tests/walls/test_matrix.py holds every service to it, as every role, on
own and foreign clinics. A new service in portal/services needs one row here: what kind it is and how to call
it. `call(portal, user, clinic)` gets the clinic of the cell that is tried; kinds without a clinic ignore it.

The region behind it (tests/walls/conftest.py): falun, ludvika and mora, avesta, borlange have sent January,
falun December too; a provider has falun and ludvika; borlange closes after February. Mora's numbers and words are found nowhere else.
"""

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from portal.charts import county
from portal.domain.accounts.access import AccessDenied
from portal.domain.insight.contract import DemandAnswer, Level, Reply
from portal.domain.registry.clinics import Clinic, Operator
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.municipalities import Municipality
from portal.domain.sources.declared import EPISODE_TYPE, SYNERGI
from portal.domain.sources.facts import Fact
from portal.services import context
from portal.services.administration import (
    audit_log,
    backups,
    calendar_days,
    clinic_register,
    exports,
    regions,
    setting_up,
    targets,
)
from portal.services.administration.clinic_register import ClinicChanges
from portal.services.administration.one_transaction import one_transaction
from portal.services.administration.setting_up import SetupFiles
from portal.services.administration.targets import NewTarget
from portal.services.insight import (
    benchmarks,
    comments,
    contract,
    demands,
    economy,
    evidence,
    indicator_series,
    matrix,
    neighbours,
    overview,
    places,
    queues,
    region_months,
    tasks,
)
from portal.services.insight.demands import DemandWish
from portal.services.letters import reminders
from portal.services.reporting import breaks, drafts, history, inbox, kept_uploads, submitting, versions
from portal.services.reporting.inbox_folder import InboxFolder
from portal.services.reporting.submitting import Rejected
from portal.services.reporting.versioning import Confirmation
from portal.services.review import deadlines, month_news, reviews, status
from portal.services.sources import entry_months, published_figures, source_files, source_forms, source_years
from portal.services.sources.source_years import EntryNote
from portal.uploads import form
from tests.conftest import SYSTEM
from tests.services.region import DECEMBER, FEBRUARY, JANUARY, MONTH, content_of
from tests.uploads.setup.books import book, svg
from tests.uploads.setup.books import rows as setup_rows
from tests.walls.account_rows import ACCOUNT_ROWS
from tests.walls.kinds import Kind, Row, admin, clinic, own, region
from tests.walls.plan_rows import PLAN_ROWS
from tests.walls.program_rows import PROGRAM_ROWS
from tests.walls.release_rows import RELEASE_ROWS
from tests.walls.report_rows import REPORT_ROWS


SYNERGI_FILE = "uppgift;period;värde\nÄrenden i Synergi;2024;193\n".encode()
PUBLISHED_ROW = {
    "uppgift": "Skrivna vårdplaner",
    "period": "2024",
    "värde": "5400",
    "källa": "Verksamhetsberättelsen",
    "utgiven": "2025",
}
PUBLISHED_FILE = "\n".join(map(";".join, (PUBLISHED_ROW, PUBLISHED_ROW.values()))).encode()
SYNERGI_ROW = {"uppgift": "Ärenden i Synergi", "period": "2024", "värde": "193"}
CARE_PLANS, PATIENTS = INDICATORS_BY_CODE["care_plans"], INDICATORS_BY_CODE["active_patients"]
TEXTS = {measure: str(value) for measure, value in MONTH.items()}
NEW = Clinic(
    code="ny",
    name="BUP Ny",
    report_name="Ny",
    municipality_code="2080",
    municipality="Falun",
    operator=Operator.PRIVATE,
    provider="Ny AB",
)


def back_up(portal, user):
    with TemporaryDirectory() as folder:
        return backups.make(portal, user, Path(folder) / "x.backup")


def join(portal, user):
    with one_transaction(portal, user) as (joined, _):
        return joined.base_url


def take_from_folder(portal, user, clinic):
    with TemporaryDirectory() as name:
        folder = InboxFolder(Path(name))
        folder.prepare()
        (folder.path / "j.csv").write_bytes(content_of(clinic, JANUARY, calls=201))
        folder.look()
        return next(inbox.take_all(portal, user, folder))


def is_refusal(inbox_file):
    return inbox_file.outcome.is_refusal


def has_errors(upload):
    return bool(upload.errors)


def parsed(portal, clinic):
    return form.parse_form(clinic, JANUARY, {**TEXTS, "calls": "201"})


ROWS = {
    **RELEASE_ROWS,
    **REPORT_ROWS,
    **PLAN_ROWS,
    **ACCOUNT_ROWS,
    **PROGRAM_ROWS,
    # What happened
    "administration.audit_log.read": own(lambda p, u, c: audit_log.read(p, u)),
    "administration.audit_log.takers": region(lambda p, u, c: audit_log.takers(p, u)),
    "administration.exports.record_download": clinic(
        lambda p, u, c: exports.record_download(p, u, name="siffror.csv", clinic=c), shows=False
    ),
    "administration.audit_log.export": region(lambda p, u, c: audit_log.export(p, u)),
    "administration.audit_log.plan_pruning": admin(lambda p, u, c: audit_log.plan_pruning(p, u)),
    "administration.audit_log.prune": admin(lambda p, u, c: audit_log.prune(p, u)),
    "administration.audit_log.set_retention": admin(lambda p, u, c: audit_log.set_retention(p, u, 6)),
    "administration.regions.set_municipality": admin(
        lambda p, u, c: regions.set_municipality(p, u, Municipality("9901", "Exempelby", 63.1, 17.2))
    ),
    "insight.demands.set_demand": admin(
        lambda p, u, c: demands.set_demand(
            p, u, DemandWish(name="Tolk", rule="Tolk erbjuds alla.", source="Punkt 7")
        )
    ),
    "insight.demands.remove_demand": admin(lambda p, u, c: demands.remove_demand(p, u, "Synergi")),
    "administration.regions.set_logo": admin(lambda p, u, c: regions.set_logo(p, u, svg())),
    "administration.regions.remove_logo": admin(lambda p, u, c: regions.remove_logo(p, u)),
    "administration.regions.remove_municipality": admin(
        lambda p, u, c: regions.remove_municipality(p, u, "2039")
    ),
    "administration.regions.set_borders": admin(
        lambda p, u, c: regions.set_borders(p, u, county.BORDERS.read_bytes())
    ),
    "administration.regions.set_name": admin(lambda p, u, c: regions.set_name(p, u, "Region Exempel")),
    "administration.regions.set_supplier": admin(
        lambda p, u, c: regions.set_supplier(p, u, code="synergi", name="Avvikelsesystemet")
    ),
    "administration.setting_up.preview": admin(
        lambda p, u, c: setting_up.preview(p, u, SetupFiles(name="region.xlsx", content=book(setup_rows())))
    ),
    "administration.setting_up.run": admin(
        lambda p, u, c: setting_up.run(p, u, SetupFiles(name="region.xlsx", content=book(setup_rows())))
    ),
    "administration.one_transaction.one_transaction": admin(lambda p, u, c: join(p, u)),
    "administration.backups.make": admin(lambda p, u, c: back_up(p, u)),
    # Figures
    "insight.benchmarks.compare": region(
        lambda p, u, c: benchmarks.compare(p, u, indicator=CARE_PLANS, period=JANUARY)
    ),
    "insight.benchmarks.year_figures": own(lambda p, u, c: benchmarks.year_figures(p, u, 2025)),
    "insight.region_months.key_lines": region(lambda p, u, c: region_months.key_lines(p, u)),
    "insight.overview.of_clinic": clinic(lambda p, u, c: overview.of_clinic(p, u, clinic=c)),
    "insight.tasks.of_other_clinics": own(lambda p, u, c: tasks.of_other_clinics(p, u, besides="")),
    "insight.tasks.of_month": clinic(
        lambda p, u, c: tasks.of_month(p, u, clinic=c, month=FEBRUARY), shows=False
    ),
    "insight.indicator_series.of_clinic": clinic(
        lambda p, u, c: indicator_series.of_clinic(p, u, clinic=c, indicator=CARE_PLANS, months=12)
    ),
    # Public: what stands in the region's yearly report. Figures beside it are the region's alone.
    "insight.neighbours.list_events": Row(
        kind=Kind.ALL, call=lambda p, u, c: neighbours.list_events(p, u, first=DECEMBER, last=FEBRUARY)
    ),
    "insight.neighbours.openings": region(
        lambda p, u, c: neighbours.openings(
            p, u, benchmarks.compare(p, SYSTEM, indicator=PATIENTS, period=JANUARY)
        )
    ),
    "insight.places.of_period": region(lambda p, u, c: places.of_period(p, u, JANUARY)),
    "review.status.grid": region(lambda p, u, c: status.grid(p, u)),
    "review.month_news.news": region(lambda p, u, c: month_news.news(p, u, JANUARY)),
    "review.month_news.stories_of_clinic": region(
        lambda p, u, c: month_news.stories_of_clinic(p, u, clinic=c, month=JANUARY)
    ),
    "review.month_news.corrections": region(lambda p, u, c: month_news.corrections(p, u)),
    # The register and the calendar
    "administration.clinic_register.list_clinics": own(lambda p, u, c: clinic_register.list_clinics(p, u)),
    "administration.clinic_register.add": admin(lambda p, u, c: clinic_register.add(p, u, NEW)),
    "administration.clinic_register.close": admin(
        lambda p, u, c: clinic_register.close(
            p, u, code="mora", last_month=FEBRUARY, reason="Verksamheten upphör"
        )
    ),
    "reporting.breaks.enter": region(
        lambda p, u, c: breaks.enter(p, u, clinic="mora", month=FEBRUARY, reason="Byter system")
    ),
    "reporting.breaks.list_breaks": own(lambda p, u, c: breaks.list_breaks(p, u)),
    "review.deadlines.grant": region(
        lambda p, u, c: deadlines.grant(
            p, u, clinic="mora", month=FEBRUARY, until=date(2025, 4, 1), reason="Byter system"
        )
    ),
    "review.deadlines.list_extensions": own(lambda p, u, c: deadlines.list_extensions(p, u)),
    "administration.clinic_register.unsent_months": admin(
        lambda p, u, c: clinic_register.unsent_months(p, u, code="borlange", last_month=Month(2024, 12))
    ),
    "administration.clinic_register.change": admin(
        lambda p, u, c: clinic_register.change(
            p, u, ClinicChanges(name="BUP Falun ny"), code="falun", reason="Nytt namn"
        )
    ),
    "administration.clinic_register.merge": admin(
        lambda p, u, c: clinic_register.merge(
            p, u, code="avesta", into="falun", last_month=FEBRUARY, reason="Slås ihop"
        )
    ),
    "administration.clinic_register.reopen": admin(
        lambda p, u, c: clinic_register.reopen(p, u, code="borlange", reason="Fortsätter ändå")
    ),
    "administration.calendar_days.list_rules": region(lambda p, u, c: calendar_days.list_rules(p, u)),
    "administration.calendar_days.set_first_month": admin(
        lambda p, u, c: calendar_days.set_first_month(p, u, DECEMBER)
    ),
    "administration.calendar_days.set_days": admin(
        lambda p, u, c: calendar_days.set_days(
            p, u, valid_from=Month(2025, 6), deadline_day=12, release_day=18, reason="Beslut i januari"
        )
    ),
    "administration.targets.in_force": Row(kind=Kind.ALL, call=lambda p, u, c: targets.in_force(p, u)),
    "administration.targets.list_targets": region(lambda p, u, c: targets.list_targets(p, u)),
    "administration.targets.set_target": admin(
        lambda p, u, c: targets.set_target(
            p,
            u,
            NewTarget(indicator="calls_answered_same_day", value=90, valid_from=date(2025, 3, 1)),
            reason="Beslut",
        )
    ),
    "letters.reminders.list_unreached": region(lambda p, u, c: reminders.list_unreached(p, u)),
    "letters.reminders.list_unsure": region(lambda p, u, c: reminders.list_unsure(p, u)),
    "context.mark_as_demo": admin(lambda p, u, c: context.mark_as_demo(p, u, date(2025, 2, 5))),
    # The contract and the region's sources
    "insight.contract.matrix": own(lambda p, u, c: contract.matrix(p, u, 2025)),
    "insight.contract.verdicts": own(lambda p, u, c: contract.verdicts(p, u, 2025)),
    "insight.contract.history": own(lambda p, u, c: contract.history(p, u, ["falun", "ludvika", "mora"])),
    "insight.contract.list_answers": own(lambda p, u, c: contract.list_answers(p, u)),
    "insight.contract.list_levels": Row(kind=Kind.ALL, call=lambda p, u, c: contract.list_levels(p, u)),
    "insight.contract.enter_answer": region(
        lambda p, u, c: contract.enter_answer(
            p,
            u,
            DemandAnswer(
                clinic="mora",
                demand="telephone_hours",
                reply=Reply.YES,
                valid_from=date(2025, 1, 1),
                source="Platsbesök i januari",
            ),
        )
    ),
    "insight.contract.set_level": region(
        lambda p, u, c: contract.set_level(
            p,
            u,
            demand="care_plan_by_third_visit",
            level=Level(met=90, partly=80, valid_from=date(2025, 1, 1), basis="Beslut i januari"),
        )
    ),
    "sources.entry_months.newest": region(lambda p, u, c: entry_months.newest(p, u)),
    "sources.source_years.year": region(lambda p, u, c: source_years.year(p, u, 2024)),
    "sources.source_years.years": region(lambda p, u, c: source_years.years(p, u)),
    "sources.source_years.history": region(lambda p, u, c: source_years.history(p, u, SYNERGI)),
    "sources.source_years.enter": region(
        lambda p, u, c: source_years.enter(
            p, u, [Fact(indicator="synergi_cases", year=2024, value=193, source="Rapport, januari 2025")]
        )
    ),
    "insight.economy.effect": region(lambda p, u, c: economy.effect(p, u, 2024)),
    "sources.source_files.template": region(lambda p, u, c: source_files.template(p, u, SYNERGI, 2024)),
    "sources.source_files.template_csv": region(
        lambda p, u, c: source_files.template_csv(p, u, SYNERGI, 2024)
    ),
    "sources.source_files.history_csv": region(lambda p, u, c: source_files.history_csv(p, u, SYNERGI)),
    "sources.source_files.preview": region(
        lambda p, u, c: source_files.preview(
            p, u, SYNERGI, name="s.csv", content=source_files.template_csv(p, SYSTEM, SYNERGI, 2024)
        )
    ),
    "sources.source_files.commit": region(
        lambda p, u, c: source_files.commit(
            p,
            u,
            SYNERGI,
            name="s.csv",
            content=SYNERGI_FILE,
            note=EntryNote(provenance="Synergi, januari 2025"),
        )
    ),
    "sources.source_forms.boxes": region(lambda p, u, c: source_forms.boxes(p, u, SYNERGI, year=2024)),
    "sources.source_forms.words": region(lambda p, u, c: source_forms.words(p, u, EPISODE_TYPE, [])),
    "sources.source_forms.enter_texts": region(
        lambda p, u, c: source_forms.enter_texts(
            p,
            u,
            SYNERGI,
            rows=[SYNERGI_ROW],
            on_screen={},
            note=EntryNote(provenance="Synergi, januari 2025"),
        )
    ),
    "sources.published_figures.comparisons": region(
        lambda p, u, c: published_figures.comparisons(p, u, 2024)
    ),
    "sources.published_figures.template_csv": region(
        lambda p, u, c: published_figures.template_csv(p, u, 2024)
    ),
    "sources.published_figures.preview": region(
        lambda p, u, c: published_figures.preview(p, u, name="x.csv", content=PUBLISHED_FILE)
    ),
    "sources.published_figures.commit": region(
        lambda p, u, c: published_figures.commit(p, u, name="x.csv", content=PUBLISHED_FILE)
    ),
    "sources.published_figures.enter": region(lambda p, u, c: published_figures.enter(p, u, PUBLISHED_ROW)),
    "sources.published_figures.withdraw": region(
        lambda p, u, c: published_figures.withdraw(p, u, ("2024", "care_plans", ""))
    ),
    # The annual report, in report_rows.py: a version of 2024 is frozen and not published
    # What matters
    "insight.comments.of_clinic": clinic(
        lambda p, u, c: comments.of_clinic(p, u, clinic=c, indicator=CARE_PLANS)
    ),
    "insight.comments.of_region": region(
        lambda p, u, c: comments.of_region(p, u, indicator=CARE_PLANS, most=5)
    ),
    "insight.comments.write": Row(
        kind=Kind.WRITER,
        call=lambda p, u, c: comments.write(
            p,
            u,
            comments.ClinicPoint(clinic=c, indicator=CARE_PLANS, month=JANUARY),
            text="Två sjuka.",
            base_version=1,
        ),
    ),
    "insight.matrix.of_period": region(lambda p, u, c: matrix.of_period(p, u, JANUARY)),
    "insight.matrix.over_time": region(lambda p, u, c: matrix.over_time(p, u, CARE_PLANS)),
    "insight.matrix.year_before": region(
        lambda p, u, c: matrix.year_before(
            p, u, benchmarks.compare(p, SYSTEM, indicator=CARE_PLANS, period=JANUARY)
        )
    ),
    "insight.evidence.behind": region(
        lambda p, u, c: evidence.behind(
            p, u, benchmarks.compare(p, SYSTEM, indicator=CARE_PLANS, period=JANUARY)
        )
    ),
    "insight.queues.newest_complete_month": region(lambda p, u, c: queues.newest_complete_month(p, u)),
    "insight.queues.of_region": region(lambda p, u, c: queues.of_region(p, u, JANUARY)),
    # Reporting
    "reporting.submitting.write_template": clinic(
        lambda p, u, c: submitting.write_template(p, u, clinic=c, months=[JANUARY]), shows=False
    ),
    "reporting.submitting.due_months": clinic(
        lambda p, u, c: submitting.due_months(p, u, clinic=c), shows=False
    ),
    "reporting.submitting.preview": clinic(
        lambda p, u, c: submitting.preview(p, u, name="j.csv", content=content_of(c, JANUARY, calls=201)),
        is_refused=has_errors,
    ),
    "reporting.submitting.preview_parsed": clinic(
        lambda p, u, c: submitting.preview_parsed(p, u, parsed(p, c), name="j.csv"), is_refused=has_errors
    ),
    "reporting.submitting.look_at": clinic(lambda p, u, c: submitting.look_at(p, u, parsed(p, c))),
    "reporting.submitting.commit": clinic(
        lambda p, u, c: submitting.commit(
            p,
            u,
            name="j.csv",
            content=content_of(c, JANUARY, calls=201),
            confirmation=Confirmation(reason="Vi har räknat om."),
        ),
        refused=(AccessDenied, Rejected),
        shows=False,
    ),
    "reporting.submitting.commit_parsed": clinic(
        lambda p, u, c: submitting.commit_parsed(
            p, u, parsed(p, c), file=None, confirmation=Confirmation(reason="Vi har räknat om.")
        ),
        refused=(AccessDenied, Rejected),
        shows=False,
    ),
    "reporting.inbox.take_all": clinic(take_from_folder, is_refused=is_refusal),
    "reporting.inbox.take": clinic(
        lambda p, u, c: inbox.take(p, u, name="j.csv", content=content_of(c, JANUARY, calls=201)),
        is_refused=is_refusal,
    ),
    "reporting.inbox.refuse": Row(
        kind=Kind.PERSONAL,
        call=lambda p, u, c: inbox.refuse(p, u, name="j.csv", message="Portalen får inte läsa filen."),
    ),
    # One's own file back, with what is wrong in it.
    "reporting.submitting.marked_copy": Row(
        kind=Kind.PERSONAL,
        call=lambda p, u, c: submitting.marked_copy(
            p, u, name="j.csv", content=content_of("falun", JANUARY, calls_answered_same_day=900)
        ),
    ),
    "reporting.submitting.record_rejection": Row(
        kind=Kind.PERSONAL, call=lambda p, u, c: submitting.record_rejection(p, u, name="x.csv", problems=())
    ),
    "reporting.drafts.find": clinic(lambda p, u, c: drafts.find(p, u, clinic=c, month=FEBRUARY), shows=False),
    "reporting.drafts.begin": clinic(lambda p, u, c: drafts.begin(p, u, clinic=c, month=JANUARY)),
    "reporting.drafts.save": clinic(
        lambda p, u, c: drafts.save(p, u, clinic=c, month=JANUARY, texts={"calls": "201"}), shows=False
    ),
    "reporting.drafts.discard": clinic(
        lambda p, u, c: drafts.discard(p, u, clinic=c, month=JANUARY), shows=False
    ),
    "reporting.kept_uploads.preview": clinic(
        lambda p, u, c: kept_uploads.preview(
            p,
            u,
            u.username,
            clinic=c,
            name="j.csv",
            content=content_of(c, JANUARY, calls_answered_same_day=180),
        ),
        shows=False,
    ),
    "reporting.kept_uploads.find": clinic(
        lambda p, u, c: kept_uploads.find(p, u, u.username, clinic=c), shows=False
    ),
    "reporting.kept_uploads.discard": clinic(
        lambda p, u, c: kept_uploads.discard(p, u, u.username, clinic=c), shows=False
    ),
    "reporting.versions.compare": clinic(
        lambda p, u, c: versions.compare(p, u, clinic=c, month=JANUARY, earlier=1, later=2)
    ),
    "reporting.versions.may_fetch_file": clinic(
        lambda p, u, c: versions.may_fetch_file(p, u, clinic=c, month=JANUARY, version=1), shows=False
    ),
    "reporting.versions.fetch_file": clinic(
        lambda p, u, c: versions.fetch_file(p, u, clinic=c, month=JANUARY, version=1)
    ),
    "reporting.history.plan": region(
        lambda p, u, c: history.plan(p, u, name="h.csv", content=content_of("mora", JANUARY, calls=201))
    ),
    "reporting.history.run": region(
        lambda p, u, c: history.run(
            p,
            u,
            history.plan(p, SYSTEM, name="h.csv", content=content_of("mora", JANUARY, calls=201)),
            mode=history.Mode.ALL,
            note="Hämtat ur BILD i februari",
        )
    ),
    # Review and release
    "review.status.strip": clinic(lambda p, u, c: status.strip(p, u, clinic=c), shows=False),
    "review.reviews.list_waiting": region(lambda p, u, c: reviews.list_waiting(p, u)),
    "review.reviews.queue": region(lambda p, u, c: reviews.queue(p, u)),
    "review.reviews.list_of_clinic": clinic(lambda p, u, c: reviews.list_of_clinic(p, u, clinic=c)),
    "review.reviews.open_case": clinic(lambda p, u, c: reviews.open_case(p, u, clinic=c, month=JANUARY)),
    "review.reviews.approve": region(lambda p, u, c: reviews.approve(p, u, clinic="mora", month=JANUARY)),
    "review.reviews.approve_plain": region(lambda p, u, c: reviews.approve_plain(p, u)),
    "review.reviews.send_back": region(
        lambda p, u, c: reviews.send_back(
            p, u, clinic="mora", month=JANUARY, comment="Se över vårdplanerna, tack."
        )
    ),
}

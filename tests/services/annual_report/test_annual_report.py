"""The annual report's life: built, written, frozen, published; what was frozen never changes."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import DBAPIError

import db.audit
from db.scoping import OutOfScope, table
from portal import formats
from portal.demo import build
from portal.domain.accounts.access import EVERY_CLINIC, OPERATOR, AccessDenied, ClinicUser
from portal.domain.annual_report import canonical
from portal.domain.annual_report.content import Origin
from portal.domain.registry.months import Month, months_of_year
from portal.domain.registry.values import Answer
from portal.reports.cover import Format
from portal.services.administration import clinic_register
from portal.services.annual_report import documents, freezing, texts
from portal.services.annual_report.live import live
from portal.services.annual_report.texts import TextConflict
from portal.services.context import Memo
from portal.services.refused import Refused
from portal.services.reporting import submitting
from portal.services.reporting.versioning import Confirmation
from portal.services.review import reviews
from tests.conftest import SYSTEM, audit_actions


FALUN = ClinicUser("falun", "Falun", ("falun",))
OTHER = build.REVIEWER


def stored(portal, name="annual_report"):
    with portal.database.reading(EVERY_CLINIC) as scoped:
        return [tuple(row) for row in scoped.connection.execute(select(table(name)).order_by("id"))]


def correct(portal, change=1):
    """Have falun correct the care plans of March 2024, and the region approve it."""
    month = Month(2024, 3)
    case = reviews.open_case(portal, FALUN, clinic="falun", month=month)
    now = next(line.sent.value for line in case.lines if line.measure == "care_plans")
    content = build.long_file("falun", month, {"care_plans": Answer(now + change)})
    submitting.commit(
        portal,
        FALUN,
        name="rattelse.csv",
        content=content,
        confirmation=Confirmation(has_warnings=True, note="Rättad efter kontroll."),
    )
    reviews.approve(portal, OTHER, clinic="falun", month=month)


# The object


def test_only_the_region_reads_the_draft(own_demo):
    with pytest.raises(AccessDenied):
        live(own_demo, FALUN, 2024)


def test_the_same_data_give_the_same_bytes(own_demo):
    one = canonical.dump(live(own_demo, OPERATOR, 2024))
    again = replace(own_demo, memo=Memo())

    assert canonical.dump(live(again, OTHER, 2024)) == one


def test_it_names_the_submissions_behind_its_figures(own_demo):
    report = live(own_demo, OPERATOR, 2024)

    assert len(report.submissions) == len({(ref.clinic, ref.month) for ref in report.submissions}) > 180
    assert {ref.month[:4] for ref in report.submissions} == {"2023", "2024"}


def test_no_figure_has_two_values(own_demo):
    for year in (2024, 2023):
        found = {}
        for _, point in live(own_demo, OPERATOR, year).points:
            assert found.setdefault(point.key, point.value) == point.value


def test_every_figure_has_a_value_or_a_reason_in_words(own_demo):
    for section, point in live(own_demo, OPERATOR, 2024).points:
        assert point.value is not None or point.reason, (section.number, point.key)


def test_patient_board_cases_are_never_per_clinic_and_economy_stays_out(own_demo):
    report = live(own_demo, OPERATOR, 2024)
    clinics = {ref.clinic for ref in report.submissions}

    parts = {point.part for _, point in report.points if point.indicator == "patient_board_cases"}
    assert parts
    assert not parts & clinics
    entered = {point.indicator for _, point in report.points if point.origin is Origin.ENTERED}
    assert not entered & {"budget", "budget_transfer", "episodes_by_type", "episode_price"}


def test_growth_is_told_with_and_without_new_clinics(own_demo):
    section = live(own_demo, OPERATOR, 2024).section("3.1")

    said = " ".join(section.generated).replace("\u00a0", " ")
    assert "från 5 569 till 7 317 (+31,4 %)" in said
    assert "De 7 mottagningar som har värde båda åren: från 5 569 till 5 982 (+7,4 %)" in said


@pytest.mark.parametrize("year", [2023, 2024])
def test_months_to_clear_are_what_the_reports_own_tables_give(demo, year):
    tables = [table for section in live(demo, OPERATOR, year).sections for table in section.tables]
    waiting, started, to_clear = (
        next(table.rows for table in tables if table.caption.startswith(words))
        for words in ("Väntande vid slutet", "Genomförda under", "Månader att beta av kön:")
    )
    register = {clinic.name: clinic for clinic in clinic_register.list_clinics(demo, OPERATOR)}
    names = [row.cells[0].text for row in to_clear]
    compared = 0

    for name, *rows in zip(names, waiting, started, to_clear, strict=True):
        months = [
            month for month in months_of_year(year) if name not in register or register[name].is_open(month)
        ]
        for end, starts, printed in zip(*(row.cells[1:] for row in rows), strict=True):
            if printed.value is not None:
                expected = end.value / (starts.value / len(months))
                assert printed.text == formats.number(expected, 1), (name, end, starts)
                compared += 1

    assert {"Regionen", *register} >= set(names[:-1])
    assert compared >= 3 * (len(names) - 1)


def test_data_quality_follows_what_is_corrected(own_demo):
    before = live(own_demo, OPERATOR, 2024).section("Bilaga 1")
    correct(own_demo)

    after = live(own_demo, OPERATOR, 2024).section("Bilaga 1")

    falun = [
        next(row for row in section.tables[0].rows if row.cells[0].text == "BUP Falun")
        for section in (before, after)
    ]
    assert [[cell.value for cell in row.cells[1:]] for row in falun] == [
        [12, 12, 12, 0, 0, 12],
        [12, 12, 12, 0, 1, 12],
    ]


# Freezing


def test_to_freeze_twice_gives_the_same_hash_and_no_second_version(own_demo):
    one, other = freezing.freeze(own_demo, OPERATOR, 2024), freezing.freeze(own_demo, OTHER, 2024)

    assert (one.version, one.sha256) == (other.version, other.sha256)
    assert len(stored(own_demo)) == 1
    assert one.sha256 == canonical.sha256(canonical.dump(live(own_demo, OPERATOR, 2024)))


def test_a_frozen_report_is_unchanged_byte_for_byte_and_the_next_shows_the_correction(own_demo):
    first = freezing.freeze(own_demo, OPERATOR, 2024)
    before = stored(own_demo)
    correct(own_demo, change=3)

    second = freezing.freeze(own_demo, OPERATOR, 2024, "Falun rättade mars.")

    assert stored(own_demo)[:1] == before
    assert (first.version, second.version) == (1, 2)
    assert first.sha256 != second.sha256
    values = [
        next(
            point.value
            for _, point in freezing.read(own_demo, OPERATOR, year=2024, version=version).points
            if (point.indicator, point.part, point.period, point.origin)
            == ("care_plans", "", "2024", Origin.COMPUTED)
            and point.basis == "summa"
        )
        for version in (1, 2)
    ]
    assert values == [5397, 5400]


def test_what_changed_after_freezing_is_named_figure_by_figure(own_demo):
    freezing.freeze(own_demo, OPERATOR, 2024)
    frozen = freezing.read(own_demo, OPERATOR, year=2024, version=1)
    assert not freezing.changes_since(own_demo, OPERATOR, frozen)
    correct(own_demo, change=3)

    changes = freezing.changes_since(own_demo, OPERATOR, frozen)

    assert {found.point.indicator for found in changes.figures} == {"care_plans"}
    assert ("falun", 3) in {
        (found.point.part, found.live.value - found.frozen.value) for found in changes.figures
    }
    assert [section.number for section in changes.texts] == [
        "Bilaga 1"
    ]  # one more month corrected afterwards


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_second_version_needs_a_reason(own_demo, reason):
    freezing.freeze(own_demo, OPERATOR, 2024)
    correct(own_demo, change=3)

    with pytest.raises(Refused, match="Skriv varför version 1 rättas"):
        freezing.freeze(own_demo, OPERATOR, 2024, reason)

    assert len(stored(own_demo)) == 1


def test_a_second_version_says_what_was_corrected_and_why_to_all_who_read_it(own_demo):
    freezing.freeze(own_demo, OPERATOR, 2024)
    correct(own_demo, change=3)
    second = freezing.freeze(own_demo, OPERATOR, 2024, "Falun räknade mars fel.")
    freezing.publish(own_demo, OPERATOR, year=2024, version=2, sha256=second.sha256)

    state = documents.newest_for(own_demo, FALUN, 2024).about.state

    assert "Rättat sedan version 1: Skrivna vårdplaner; texten i Bilaga 1 Datakvalitet." in state
    assert state.endswith("Skäl: Falun räknade mars fel.")


# Two persons


def test_two_persons_freeze_and_publish_when_the_region_says_so(own_demo):
    freezing.ask_for_two(own_demo, SYSTEM, is_asked=True)
    frozen = freezing.freeze(own_demo, OTHER, 2024)
    version = {"year": 2024, "version": 1, "sha256": frozen.sha256}
    assert audit_actions(own_demo)[1] == ("system", "setting.report_takes_two", "yes")

    with pytest.raises(
        Refused, match="Du fastställde versionen. Regionen har valt att en annan person publicerar"
    ):
        freezing.publish(own_demo, OTHER, **version)
    assert freezing.waits_for_another(own_demo, OTHER, frozen)
    assert not freezing.waits_for_another(own_demo, OPERATOR, frozen)

    assert freezing.publish(own_demo, OPERATOR, **version).is_published


def test_one_person_is_enough_until_the_region_says_otherwise(own_demo):
    frozen = freezing.freeze(own_demo, OTHER, 2024)

    assert not freezing.waits_for_another(own_demo, OTHER, frozen)
    assert freezing.publish(own_demo, OTHER, year=2024, version=1, sha256=frozen.sha256).is_published


def test_a_text_is_frozen_with_the_figures(own_demo):
    section = live(own_demo, OPERATOR, 2024).section("5")
    first = freezing.freeze(own_demo, OPERATOR, 2024)
    texts.save(
        own_demo,
        OPERATOR,
        year=2024,
        section=section,
        text="Ny diskussion.",
        base_version=section.text_version,
    )

    second = freezing.freeze(own_demo, OPERATOR, 2024, "Diskussionen är omskriven.")

    assert first.sha256 != second.sha256
    assert freezing.read(own_demo, OPERATOR, year=2024, version=1).section("5") == section
    assert freezing.read(own_demo, OPERATOR, year=2024, version=2).section("5").text == "Ny diskussion."


@pytest.mark.security
def test_only_the_region_freezes_and_publishes(own_demo):
    with pytest.raises(AccessDenied):
        freezing.freeze(own_demo, FALUN, 2024)
    found = freezing.freeze(own_demo, OPERATOR, 2024)
    with pytest.raises(AccessDenied):
        freezing.publish(own_demo, FALUN, year=2024, version=1, sha256=found.sha256)
    with own_demo.database.writing(own_scope()) as scoped, pytest.raises(OutOfScope):
        freezing.annual_reports.publish(scoped, report_id=1, by="falun", at=own_demo.clock.now)


def own_scope():
    from portal.domain.accounts.access import scope_of

    return scope_of(FALUN)


# Publishing


@pytest.mark.security
def test_a_clinic_reads_a_report_once_it_is_published_and_never_before(own_demo):
    found = freezing.freeze(own_demo, OPERATOR, 2024)
    assert freezing.list_frozen(own_demo, FALUN) == []
    with pytest.raises(AccessDenied):
        freezing.read(own_demo, FALUN, year=2024, version=1)
    with pytest.raises(AccessDenied):
        documents.newest_for(own_demo, FALUN, 2024)

    published = freezing.publish(own_demo, OPERATOR, year=2024, version=1, sha256=found.sha256)

    assert published.is_published
    assert [one.version for one in freezing.list_frozen(own_demo, FALUN)] == [1]
    assert freezing.read(own_demo, FALUN, year=2024, version=1) == live(own_demo, OPERATOR, 2024)


@pytest.mark.security
def test_a_later_draft_or_version_is_not_shown_with_the_published_one(own_demo):
    found = freezing.freeze(own_demo, OPERATOR, 2024)
    freezing.publish(own_demo, OPERATOR, year=2024, version=1, sha256=found.sha256)
    correct(own_demo)
    freezing.freeze(own_demo, OPERATOR, 2024, "Falun rättade mars.")

    assert documents.newest_for(own_demo, FALUN, 2024).frozen.version == 1
    with pytest.raises(AccessDenied):
        documents.open_edition(own_demo, FALUN, year=2024, version=2)
    with pytest.raises(AccessDenied):
        documents.open_edition(own_demo, FALUN, year=2024)


def test_only_what_was_looked_at_is_published(own_demo):
    freezing.freeze(own_demo, OPERATOR, 2024)

    with pytest.raises(Refused):
        freezing.publish(own_demo, OPERATOR, year=2024, version=1, sha256="0" * 64)
    with pytest.raises(Refused):
        freezing.publish(own_demo, OPERATOR, year=2023, version=1, sha256="0" * 64)


def test_everything_leaves_an_audit_row(own_demo):
    section = live(own_demo, OPERATOR, 2024).section("5")
    texts.save(own_demo, OTHER, year=2024, section=section, text="Text.", base_version=1)
    found = freezing.freeze(own_demo, OTHER, 2024)
    freezing.publish(own_demo, OTHER, year=2024, version=1, sha256=found.sha256)
    freezing.publish(own_demo, OTHER, year=2024, version=1, sha256=found.sha256)  # a second click
    shown = documents.newest_for(own_demo, FALUN, 2024)
    documents.record_download(own_demo, FALUN, shown, Format.PDF)

    assert audit_actions(own_demo)[:4] == [
        ("falun", "report.downloaded", "arsuppfoljning-2024-v1.pdf"),
        ("granskare", "report.published", "2024 v1"),
        ("granskare", "report.frozen", "2024 v1"),
        ("granskare", "report.text_saved", "2024 5 v2"),
    ]


# Texts


def save(portal, text, base, user=OPERATOR, number="4.1.1"):
    section = live(portal, OPERATOR, 2024).section(number)
    return texts.save(portal, user, year=2024, section=section, text=text, base_version=base)


def test_a_text_takes_the_sentences_place_and_an_empty_one_gives_it_back(own_demo):
    save(own_demo, "Våra egna ord.", 0)
    assert live(own_demo, OPERATOR, 2024).section("4.1.1").text == "Våra egna ord."

    save(own_demo, "", 1)

    section = live(own_demo, OPERATOR, 2024).section("4.1.1")
    assert (section.text, section.text_version) == ("", 2)
    assert section.generated


def test_two_who_write_at_once_lose_nothing(own_demo):
    save(own_demo, "Den första.", 0)

    with pytest.raises(TextConflict) as conflict:
        save(own_demo, "Den andra.", 0, user=OTHER)

    assert conflict.value.theirs.text == "Den första."
    save(own_demo, "Båda.", conflict.value.theirs.version, user=OTHER)
    versions = texts.list_versions(own_demo, OPERATOR, year=2024, section="4.1.1")
    assert [(one.version, one.text, one.written_by) for one in versions] == [
        (2, "Båda.", "granskare"),
        (1, "Den första.", "kommandorad"),
    ]


def test_the_same_text_again_is_no_new_version(own_demo):
    save(own_demo, "Orden.", 0)

    save(own_demo, "  Orden. \r\n", 0)

    assert len(texts.list_versions(own_demo, OPERATOR, year=2024, section="4.1.1")) == 1


def test_a_text_older_than_the_figures_says_so(own_demo):
    save(own_demo, "Vi skrev många planer.", 0, number="4.3.2")
    newest = texts.list_versions(own_demo, OPERATOR, year=2024, section="4.3.2")[0]
    assert not texts.is_outdated(live(own_demo, OPERATOR, 2024).section("4.3.2"), newest)

    correct(own_demo, change=30)

    assert texts.is_outdated(live(own_demo, OPERATOR, 2024).section("4.3.2"), newest)


@pytest.mark.parametrize(
    ("text", "words"),
    [("x" * 20_001, "längre än"), ("Barnet 20120307-2384 fick vänta", "personnummer")],
)
def test_a_text_that_must_not_be_stored_is_refused_and_nothing_kept(own_demo, text, words):
    with pytest.raises(Refused, match=words):
        save(own_demo, text, 0)

    assert texts.list_versions(own_demo, OPERATOR, year=2024, section="4.1.1") == []


def test_only_the_region_writes_and_reads_versions(own_demo):
    with pytest.raises(AccessDenied):
        save(own_demo, "Text.", 0, user=FALUN)
    with pytest.raises(AccessDenied):
        texts.list_versions(own_demo, FALUN, year=2024, section="5")


# Both databases


@pytest.mark.parametrize("name", ["annual_report", "annual_report_publication", "report_text"])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_nobody_changes_what_is_frozen_published_or_written(portal, region_user, name, verb):
    section = live(portal, region_user, 2024).section("5")
    texts.save(portal, region_user, year=2024, section=section, text="Text.", base_version=0)
    found = freezing.freeze(portal, region_user, 2024)
    freezing.publish(portal, region_user, year=2024, version=1, sha256=found.sha256)
    rows = table(name)
    column = {"annual_report": "content", "annual_report_publication": "published_by", "report_text": "text"}[
        name
    ]
    statement = update(rows).values({column: "x"}) if verb == "update" else delete(rows)

    with pytest.raises(DBAPIError, match="never changed"), portal.database.writing(EVERY_CLINIC) as scoped:
        scoped.connection.execute(statement)

    assert freezing.read(portal, region_user, year=2024, version=1).section("5").text == "Text."


def test_both_databases_keep_what_a_version_corrects_and_why(portal, region_user):
    freezing.freeze(portal, region_user, 2024)
    section = live(portal, region_user, 2024).section("5")
    texts.save(portal, region_user, year=2024, section=section, text="Text.", base_version=0)
    freezing.freeze(portal, region_user, 2024, "Diskussionen saknades.")

    newest, first = freezing.list_frozen(portal, region_user, 2024)

    assert (first.corrected, first.reason) == ("", "")
    assert (newest.corrected, newest.reason) == ("texten i 5 Diskussion", "Diskussionen saknades.")


def test_an_empty_year_is_a_report_of_reasons(portal, region_user):
    report = live(portal, region_user, 2024)

    assert report.charts
    assert all(
        point.value is None
        for _, point in report.points
        if point.origin is Origin.COMPUTED and not point.part
    )
    with portal.database.reading(EVERY_CLINIC) as scoped:
        assert db.audit.first_broken_link(scoped) is None

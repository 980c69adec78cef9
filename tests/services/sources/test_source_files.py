"""Reading a source's file in: seen first, stored whole or not at all, told apart from what stood there."""

import csv
import io

import pytest

from portal.domain.accounts.access import AccessDenied
from portal.domain.registry.indicators import INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.sources.beside import Elsewhere
from portal.domain.sources.declared import NATION, PATIENT_BOARD, SYNERGI
from portal.domain.sources.facts import Fact
from portal.domain.sources.year import SourceState
from portal.services.insight import benchmarks, indicator_series, matrix
from portal.services.refused import Refused
from portal.services.sources import source_files, source_years
from portal.services.sources.source_years import EntryNote
from tests.conftest import audit_actions
from tests.services.region import CONTROLLER, row_counts, user_of


FILE = "uppgift;mottagning;period;värde\nÄrenden i Synergi;;2024;193\nÄrenden i Synergi;falun;2024;20\n"
FIRST_VISITS = INDICATORS_BY_CODE["first_visit_within_30d"]
PROVENANCE = "Utdrag ur Synergi 31 januari 2025"


def preview(portal, text=FILE, user=CONTROLLER):
    return source_files.preview(portal, user, SYNERGI, name="synergi.csv", content=text.encode())


def commit(portal, text=FILE, **details):
    note = EntryNote(**{"provenance": PROVENANCE, **details})
    return source_files.commit(
        portal, CONTROLLER, SYNERGI, name="synergi.csv", content=text.encode(), note=note
    )


def test_a_file_is_seen_first_and_stored_when_confirmed(portal):
    upload = preview(portal)
    assert [change.kind for change in upload.changes] == ["new", "new"]
    assert row_counts(portal)["region_fact"] == 0

    commit(portal, fingerprint=upload.fingerprint)

    found = source_years.year(portal, CONTROLLER, 2024).of("synergi")
    assert (found.of("synergi_arenden").value, found.of("synergi_arenden", clinic="falun").value) == (193, 20)
    assert found.of("synergi_arenden").fact.source == PROVENANCE
    assert audit_actions(portal)[0] == ("controller", "source.imported", "synergi 2024")


def test_new_changed_and_unchanged_are_told_apart(portal):
    commit(portal)
    text = FILE.replace("193", "195") + "Ärenden i Synergi;mora;2024;9\n"

    upload = preview(portal, text)

    assert [len(upload.of_kind(kind)) for kind in ("new", "changed", "unchanged")] == [1, 1, 1]
    with pytest.raises(Refused, match="Varför ändras"):
        commit(portal, text)
    assert commit(portal, text, correction="Sena ärenden").count("changed") == 1
    assert commit(portal, text).count("unchanged") == 3
    assert row_counts(portal)["region_fact"] == 4


def test_a_file_with_one_fault_leaves_nothing_behind(portal):
    text = FILE + "Ärenden i Synergi;mora;2024;nio\n"

    assert [problem.place.cell for problem in preview(portal, text).problems] == ["D4"]
    assert preview(portal, text).changes == ()
    with pytest.raises(Refused, match="Inget är sparat"):
        commit(portal, text)
    assert row_counts(portal)["region_fact"] == 0


def test_what_somebody_entered_since_the_preview_is_not_overwritten(portal):
    fingerprint = preview(portal).fingerprint
    source_years.enter(
        portal, CONTROLLER, [Fact(indicator="synergi_cases", year=2024, value=190, source=PROVENANCE)]
    )

    with pytest.raises(Refused, match="har hunnit"):
        commit(portal, fingerprint=fingerprint, correction="Nytt utdrag")

    assert row_counts(portal)["region_fact"] == 1


@pytest.mark.security
def test_the_history_as_a_table_runs_no_formula(portal):
    source_years.enter(
        portal,
        CONTROLLER,
        [Fact(indicator="patient_board_cases", year=2024, value=11, source="=HYPERLINK(1)", note="@note")],
    )

    text = source_files.history_csv(portal, CONTROLLER, PATIENT_BOARD).decode("utf-8-sig")

    [row] = csv.DictReader(io.StringIO(text), delimiter=";")
    assert (row["uppgift"], row["period"], row["värde"], row["version"]) == (
        "Ärenden hos Patientnämnden", "2024", "11", "1"
    )  # fmt: skip
    assert (row["hämtat ur"], row["anmärkning"]) == ("'=HYPERLINK(1)", "'@note")


def test_a_template_holds_what_is_entered(portal):
    commit(portal)

    again = source_files.template(portal, CONTROLLER, SYNERGI, 2024)
    upload = source_files.preview(portal, CONTROLLER, SYNERGI, name="mall.xlsx", content=again)
    as_text = source_files.template_csv(portal, CONTROLLER, SYNERGI, 2024).decode("utf-8-sig")

    assert [change.kind for change in upload.changes] == ["unchanged", "unchanged"]
    assert "Ärenden i Synergi;BUP Falun;2024;ärenden;20;;" in as_text


@pytest.mark.security
def test_files_are_the_regions_alone(portal):
    for attempt in (
        lambda: preview(portal, user=user_of("falun")),
        lambda: source_files.template(portal, user_of("falun"), SYNERGI, 2024),
        lambda: source_files.history_csv(portal, user_of("falun"), SYNERGI),
    ):
        with pytest.raises(AccessDenied):
            attempt()


COUNTRY = """uppgift;indelning;period;värde
Första besök inom 30 dagar, landet;;2024-11;72
Första besök inom 30 dagar, landet;;2024-12;69
Första besök inom 30 dagar, landet;Gävleborg;2024-11;64
Första besök inom 30 dagar, landet;Gävleborg;2024-12;63
"""


def test_the_countrys_months_stand_beside_a_clinics_own_with_where_they_were_read(portal):
    source_files.commit(
        portal,
        CONTROLLER,
        NATION,
        name="landet.csv",
        content=COUNTRY.encode(),
        note=EntryNote(provenance=PROVENANCE),
    )

    read = indicator_series.of_clinic(
        portal, user_of("falun"), clinic="falun", indicator=FIRST_VISITS, months=24
    )

    country = read.elsewhere.country
    assert {str(month): fact.value for month, fact in country.items()} == {"2024-11": 72, "2024-12": 69}
    assert {fact.source for fact in country.values()} == {PROVENANCE}
    assert [(fact.breakdown, fact.value) for fact in read.elsewhere.regions] == [("region:Gävleborg", 63)]
    rolling = indicator_series.of_clinic(
        portal, user_of("falun"), clinic="falun", indicator=FIRST_VISITS, months=24, is_rolling=True
    )
    assert rolling.elsewhere == Elsewhere()  # months stand beside no rolling year


def test_all_clinics_of_a_period_stand_beside_the_countrys_share_of_the_same_and_no_other(portal):
    file = COUNTRY + "Första besök inom 30 dagar, landet;;2024;66\n"
    source_files.commit(
        portal,
        CONTROLLER,
        NATION,
        name="landet.csv",
        content=file.encode(),
        note=EntryNote(provenance=PROVENANCE),
    )

    def country(period):
        compared = benchmarks.compare(portal, CONTROLLER, indicator=FIRST_VISITS, period=period)
        return compared.country.value if compared.country else None

    assert [country(period) for period in (Month(2024, 12), Month(2024, 10), 2024, 2023)] == [
        69,
        None,
        66,
        None,
    ]
    over_time = matrix.over_time(portal, CONTROLLER, FIRST_VISITS)
    assert {str(month): fact.value for month, fact in over_time.country.items()} == {
        "2024-11": 72,
        "2024-12": 69,
    }


def test_nobody_has_to_enter_the_countrys_shares(portal):
    year = source_years.year(portal, CONTROLLER, 2024)

    assert (year.of("landet").state, year.of("landet").is_to_do) == (SourceState.EMPTY, False)
    assert year.of("synergi").is_to_do


def test_a_year_of_shares_is_no_sum_of_its_months(portal):
    source_files.commit(
        portal,
        CONTROLLER,
        NATION,
        name="landet.csv",
        content=COUNTRY.encode(),
        note=EntryNote(provenance=PROVENANCE),
    )

    year = source_years.year(portal, CONTROLLER, 2024).of("landet")

    assert (year.of("landet_first_visit").value, year.state) == (69, SourceState.FILLED)
    assert year.remarks == ()
    assert len(year.months) == 4

"""Setting up from a workbook: everything or nothing, again without effect, and a month can then be sent; both engines."""

from dataclasses import replace
from datetime import date

import pytest

from db.annual_report import report_texts
from db.sources import facts
from portal.charts import county
from portal.domain.accounts.access import Role
from portal.domain.registry.indicators import BILD, INDICATORS_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.registry.region import DALARNA
from portal.domain.sources.declared import SYNERGI
from portal.services.accounts import accounts, invitations
from portal.services.administration import audit_log, clinic_register, regions, setting_up, targets
from portal.services.administration.setting_up import SetupFiles
from portal.services.annual_report import texts
from portal.services.context import Clock, Portal
from portal.services.insight import contract, places
from portal.services.refused import Refused
from portal.services.reporting import submitting
from portal.services.sources import published_figures, source_years
from portal.uploads.setup import logo_file
from tests.conftest import PASSWORD, SYSTEM, TODAY, audit_actions
from tests.services.letters.smtp import Inbox, serve
from tests.services.region import add_clinic, content_of, row_counts, send, user_of
from tests.uploads.setup.books import book, collection, rows, square, svg


@pytest.fixture
def portal(database):
    """An installation on which nothing was done yet."""
    return Portal(database=database, clock=Clock(TODAY))


def set_up(portal, filled=None, *, carry_out=setting_up.run, seen=None, **beside):
    files = SetupFiles(name="region.xlsx", content=book(filled or rows()), **beside)
    return carry_out(portal, SYSTEM, files, **({"seen": seen} if seen else {}))


def test_an_empty_installation_is_set_up_and_a_month_sent(portal):
    report = set_up(portal)

    assert report.problems == ()
    assert report.outcome == "accepted"
    assert len(report.steps) == sum(map(len, rows().values()))
    assert [clinic.code for clinic in clinic_register.list_clinics(portal, SYSTEM)] == ["falun", "borlange"]
    assert portal.calendar.days(Month(2025, 2)).deadline_day == 12
    assert portal.calendar.first_month == Month(2024, 10)
    assert contract.list_levels(portal, SYSTEM)[1].level.valid_from == date(2025, 1, 1)
    assert {line.now.value for line in targets.list_targets(portal, SYSTEM) if line.changes} == {85}

    secret = invitations.invite(portal, SYSTEM, "falun").url.rpartition("=")[2]
    invitations.accept(portal, secret, password=PASSWORD)
    user = accounts.find_user(portal, "falun")
    receipt = submitting.commit(portal, user, name="januari.csv", content=content_of())
    assert receipt.submissions == (("falun", Month(2025, 1), 1),)


def test_the_same_workbook_again_changes_nothing(portal):
    set_up(portal)
    before, events = row_counts(portal), audit_actions(portal)

    report = set_up(portal)

    assert (report.outcome, report.steps) == ("unchanged", ())
    assert row_counts(portal) == before
    assert audit_actions(portal) == events


def test_a_changed_row_changes_that_thing_and_no_other(portal):
    set_up(portal)
    filled = rows()
    filled["Mottagningar"][0][1] = "BUP Falun och Gagnef"
    filled["Konton"][2][2:4] = ["region", None]
    filled["Konton"][3][4] = "bo@borlange.example"
    filled["Kalender"][0][1] = 14
    filled["Mål"][0][1] = "inget mål"
    filled["Avtalsnivåer"][1][1] = 91
    filled["Invånare"][0][2] = 11_900
    filled["Publicerade tal"][1][3] = 432
    filled["Texter"][0][3] = "Telefonen är öppen hela dagen."
    filled["Region"][0][1] = "Region Provet"
    filled["Kommuner"][0][2] = 60.62
    filled["Källor"][0][1] = "Provets avvikelser"

    report = set_up(portal, filled)

    assert [(step.sheet, step.row, step.actions) for step in report.steps] == [
        ("Region", 2, ("region.changed",)),
        ("Kommuner", 2, ("region.changed",)),
        ("Källor", 2, ("region.changed",)),
        ("Mottagningar", 2, ("clinic.changed",)),
        ("Konton", 4, ("account.role_changed",)),
        ("Konton", 5, ("account.email_changed",)),
        ("Kalender", 2, ("days.set",)),
        ("Mål", 2, ("target.set",)),
        ("Avtalsnivåer", 3, ("contract.level_set",)),
        ("Invånare", 2, ("source.entered",)),
        ("Publicerade tal", 3, ("published.entered",)),
        ("Texter", 2, ("report.text_saved",)),
    ]
    assert report.steps[3].words == "Ändrade mottagning: falun"
    by_name = {account.username: account for account in accounts.list_all(portal, SYSTEM)}
    assert by_name["falun"].role is Role.REGION
    assert by_name["falun"].email == "fia@falun.example"
    assert set_up(portal, filled).outcome == "unchanged"


def test_an_empty_cell_leaves_what_was_entered_in_the_portal(portal):
    set_up(portal)
    clinic_register.change(
        portal,
        SYSTEM,
        clinic_register.ClinicChanges(opened=Month(2023, 5)),
        code="falun",
        reason="Öppnade då",
    )

    assert set_up(portal).outcome == "unchanged"


def test_a_workbook_that_was_looked_at_is_stored_only_while_it_does_the_same(portal):
    seen = set_up(portal, carry_out=setting_up.preview).fingerprint
    add_clinic(portal, "falun", provider="Region Dalarna")

    with pytest.raises(Refused, match="ändrades i portalen"):
        set_up(portal, seen=seen)
    assert [clinic.code for clinic in clinic_register.list_clinics(portal, SYSTEM)] == ["falun"]

    seen = set_up(portal, carry_out=setting_up.preview).fingerprint
    assert set_up(portal, seen=seen).outcome == "accepted"


def test_the_log_says_which_workbook_it_was(portal):
    set_up(portal)

    newest = audit_log.read(portal, SYSTEM).entries[0]
    assert newest.what == "Satte upp portalen ur en arbetsbok"
    assert ("fil", "region.xlsx") in newest.details


def test_a_dry_run_says_what_would_be_done_and_stores_nothing(portal):
    before = row_counts(portal)

    report = set_up(portal, carry_out=setting_up.preview)

    assert report.outcome == "accepted"
    assert len(report.steps) == sum(map(len, rows().values()))
    assert row_counts(portal) == before
    assert audit_actions(portal) == []
    assert portal.calendar.days(Month(2025, 2)).deadline_day == 15


def test_everything_wrong_is_told_at_its_cell_and_nothing_is_stored(portal):
    """Also what only the rules know; what follows from another fault is not told beside it."""
    before, filled = row_counts(portal), rows()
    filled["Mottagningar"][0][0] = "Falun"
    filled["Mottagningar"].append(["rattvik", "BUP Falun", "Rättvik", "privat", "jewe", None])
    filled["Konton"][0][0] = "Agnes Admin"
    filled["Konton"][2][4] = "fia"
    filled["Konton"][3][3] = "borlange, mora"
    filled["Konton"].append(["ny", "Nils Ny", "region", "borlange", None])
    filled["Kalender"][0][2] = 12
    filled["Mål"][0][1] = 120
    filled["Avtalsnivåer"][0][2] = 96
    filled["Avtalsnivåer"][1][4] = "?"
    filled["Region"][0][0] = "2025-03"
    filled["Invånare"][0][3] = "?"
    filled["Publicerade tal"][0][2] = "hösten"
    filled["Texter"][0][3] = "Under 2024 var telefonen öppen."
    filled["Texter"].append(["9.9", 2024, "bara det året", "Det avsnittet finns inte."])

    report = set_up(portal, filled)

    places = {f"{problem.place.sheet} {problem.place.cell}": problem.message for problem in report.problems}
    assert set(places) == {
        "Mottagningar A2",
        "Mottagningar E4",
        "Konton A2",
        "Konton D5",
        "Konton D6",
        "Kalender B2",
        "Mål B2",
        "Avtalsnivåer C2",
        "Avtalsnivåer E3",
        "Region A2",
        "Invånare D2",
        "Publicerade tal C2",
        "Texter D2",
        "Texter A3",
        "Konton E4",
    }
    assert places["Konton A2"].startswith(
        "Cell A2 i bladet Konton: ”Agnes Admin” går inte. Användarnamnet skrivs"
    )
    assert report.outcome == "rejected"
    assert report.steps == ()
    assert row_counts(portal) == before
    assert audit_actions(portal) == []


def test_the_region_is_called_what_it_calls_itself_and_so_are_its_sources(portal):
    set_up(portal)

    assert portal.region.name == "Region Exempel"
    assert portal.region.in_words(BILD) == "BILD, Region Exempel"
    assert portal.region.in_words(SYNERGI.supplier) == "Avvikelsesystemet"


INVENTED = [["9901", "Exempelby", 63.1, 17.2], ["9902", "Provköping", 63.4, 17.9]]


def test_another_regions_municipalities_take_the_place_of_those_that_came_with_the_portal(portal):
    filled = {
        "Region": [["2024-10", "Region Exempel"]],
        "Kommuner": INVENTED,
        "Mottagningar": [["by", "BUP Exempelby", "Exempelby", "privat", "Provet AB", None]],
        "Invånare": [["9902", 2024, 1200, "Påhittat"]],
    }

    assert set_up(portal, filled).problems == ()
    assert portal.region.names == {"9901": "Exempelby", "9902": "Provköping"}
    (clinic,) = clinic_register.list_clinics(portal, SYSTEM)
    assert (clinic.municipality_code, clinic.municipality) == ("9901", "Exempelby")
    mapped = places.of_period(portal, SYSTEM, Month(2024, 12))
    assert [(place.name, place.children) for place in mapped.places] == [
        ("Provköping", 1200),
        ("Exempelby", None),
    ]
    assert mapped.places[0].nearest.name == "Exempelby"
    assert set_up(portal, filled).outcome == "unchanged"


def test_a_municipality_with_a_clinic_stays_and_keeps_its_name(portal):
    set_up(portal)

    set_up(portal, {"Kommuner": INVENTED})
    assert list(portal.region.names.values()) == ["Falun", "Borlänge", "Exempelby", "Provköping"]

    (problem,) = set_up(portal, {"Kommuner": [["2080", "Fahlun", 60.6, 15.6]]}).problems
    assert (problem.place.cell, "byter inte namn" in problem.message) == ("B2", True)


def test_a_municipality_without_a_clinic_leaves_the_region_and_its_map(portal):
    shapes = collection(square("9901", 17.1, 63), square("9902", 17.8, 63.3))
    set_up(portal, {"Region": [["2024-10", "Region Exempel"]], "Kommuner": INVENTED}, borders=shapes)
    leaving = {"Kommuner": [INVENTED[0], [*INVENTED[1], "ja"]]}

    (step,) = set_up(portal, leaving).steps

    assert step.words == "Tog bort kommun: 9902"
    assert portal.region.names == {"9901": "Exempelby"}
    assert [feature["code"] for feature in county.features(portal.region.outline)] == ["9901"]
    assert set_up(portal, leaving).outcome == "unchanged"
    set_up(portal, {"Kommuner": INVENTED})
    kinds = [feature["geometry"]["type"] for feature in county.features(portal.region.outline)]
    assert kinds == ["MultiPolygon", "MultiPolygon"]


@pytest.mark.parametrize(
    ("rows_before", "leaving", "words"),
    [
        (rows()["Mottagningar"], ["2080", "Falun", 60.6, 15.6, "ja"], "I Falun finns mottagningar"),
        ([], ["9901", "Exempelby", 63.1, 17.2, "ja"], "regionens enda kommun"),
    ],
)
def test_a_municipality_with_a_clinic_and_the_last_one_stay(portal, rows_before, leaving, words):
    set_up(portal, {"Mottagningar": rows_before} if rows_before else {"Kommuner": INVENTED[:1]})

    (problem,) = set_up(portal, {"Kommuner": [leaving]}).problems

    assert (problem.place.cell, words in problem.message) == ("A2", True)


def test_the_map_is_stored_with_the_workbook_or_not_at_all(portal):
    filled = {"Region": [["2024-10", "Region Exempel"]], "Kommuner": INVENTED}
    shapes = collection(square("9901", 17.1, 63), square("9902", 17.8, 63.3))
    before = audit_actions(portal)

    dry = set_up(portal, filled, carry_out=setting_up.preview, borders=shapes)
    rejected = set_up(portal, filled, borders=collection(square("9901", 17.1, 63)))

    assert [problem.message for problem in rejected.problems] == [
        "Kartan saknar Provköping. Kommunens kod ska stå som kommun_kod, KnKod, kommunkod, kod, code eller id."
    ]
    assert (portal.region, audit_actions(portal)) == (DALARNA, before)
    assert set_up(portal, filled, borders=shapes).steps[-1].place == dry.steps[-1].place == "Karta"
    assert portal.region.borders
    assert set_up(portal, filled, borders=shapes).outcome == "unchanged"


def test_the_contracts_demands_stand_in_the_workbook_each_fault_at_its_cell(portal):
    filled = {
        "Region": [["2024-10", "Region Exempel"]],
        "Avtalskrav": [
            [
                "Svar samma dag",
                "Besvarade samma dag",
                "Alla samtal besvaras samma dag.",
                "Punkt 3",
                "2025-01-01",
            ],
            ["Tolk", None, "Tolk erbjuds alla.", "Punkt 7"],
        ],
        "Avtalsnivåer": [["Svar samma dag", 85, 70, "2025-01-01", "Avtalet, punkt 3"]],
    }
    filled["Avtalskrav"][0][1] = INDICATORS_BY_CODE["calls_answered_same_day"].label

    assert [step.actions for step in set_up(portal, filled).steps[1:]] == [
        ("contract.demand_set",),
        ("contract.demand_set",),
        ("contract.level_set",),
    ]
    assert [demand.label for demand in portal.demands.demands] == ["Svar samma dag", "Tolk"]
    assert contract.list_levels(portal, SYSTEM)[0].demand == "calls_answered_same_day"
    assert set_up(portal, filled).outcome == "unchanged"

    faulty = {
        "Avtalskrav": [
            ["Lokaler", "Antal besök", "Lokalerna är anpassade.", "Punkt 9"],
            ["Kort väg", None, "?"],
        ],
        "Avtalsnivåer": [["Svar sama dag", 85, None, "2025-01-01", "Avtalet, punkt 3"]],
    }
    places = {problem.place.cell: problem.advice for problem in set_up(portal, faulty).problems}
    assert set(places) == {"B2", "C3", "A2"}
    assert "Menade du ”Svar samma dag”?" in places["A2"]

    gone = {"Avtalskrav": [["Tolk", None, None, None, None, "ja"]]}
    assert [step.words for step in set_up(portal, gone).steps] == ["Tog bort avtalskrav: Tolk"]
    assert set_up(portal, gone).outcome == "unchanged"


def test_the_logo_is_stored_with_the_workbook_or_not_at_all_and_can_be_taken_away(portal):
    before = audit_actions(portal)

    dry = set_up(portal, carry_out=setting_up.preview, logo=svg())
    rejected = set_up(portal, logo=svg("<script/>"))

    assert [problem.message for problem in rejected.problems] == [
        "Logotypen innehåller <script>. Den ska bara ha former: inga skript, bilder, länkar eller annat utifrån."
    ]
    assert (portal.region.logo, audit_actions(portal)) == (None, before)
    assert set_up(portal, logo=svg()).steps[-1].place == dry.steps[-1].place == "Logotyp"
    assert portal.region.logo == logo_file.read(svg())
    assert set_up(portal, logo=svg()).outcome == "unchanged"
    assert set_up(portal).outcome == "unchanged"

    regions.remove_logo(portal, SYSTEM)
    regions.remove_logo(portal, SYSTEM)

    assert portal.region.logo is None
    assert [action for _, action, _ in audit_actions(portal)[:2]] == [
        "region.logo_removed",
        "installation.set_up",
    ]


@pytest.mark.parametrize(
    ("row", "cell"),
    [
        (["208", "Falun", 60.6, 15.6], "A2"),
        (["2080", "F", 60.6, 15.6], "B2"),
        (["2080", "Falun", 15.6, 60.6], "C2"),
        (["2080", "Falun", 60.6, 60.6], "D2"),
        (["2080", "Falun", "norr", 15.6], "C2"),
    ],
)
def test_a_municipality_has_a_code_a_name_and_a_place_in_sweden(portal, row, cell):
    (problem,) = set_up(portal, {"Kommuner": [row]}).problems

    assert problem.place.cell == cell


def test_what_comes_with_the_portal_about_its_first_region_is_not_anothers(portal):
    """Printed figures and the report's first texts; named as it was, it has them again."""
    first = content_about(portal)
    assert all(first)

    regions.set_name(portal, SYSTEM, "Region Exempel")
    assert content_about(portal) == ([], {})

    regions.set_name(portal, SYSTEM, DALARNA.name)
    assert content_about(portal) == first


def content_about(portal):
    with portal.reading(SYSTEM) as scoped:
        return facts.list_published(scoped), report_texts.newest(scoped, year=2024)


def test_figures_and_texts_stand_where_they_are_read(portal):
    set_up(portal)

    population = source_years.year(portal, SYSTEM, 2024).of("befolkning")
    assert [(figure.municipality, figure.value) for figure in population.entered] == [("2080", 11873)]
    printed = {
        (comparison.printed.period, comparison.printed.value, comparison.printed.issued)
        for comparison in published_figures.comparisons(portal, SYSTEM, 2024)
    }
    assert {("2024", 5397, "2025"), ("2024-11", 431, "2024")} <= printed
    opening = [texts.written_places(portal, SYSTEM, year, "4.5.1")[1].text for year in (2023, 2024, 2025)]
    assert opening[0] != opening[1] == opening[2] == "Telefonen är öppen.\n\nÄven vid lunch."


def test_the_first_month_cannot_come_after_what_is_reported(portal):
    set_up(portal)
    send(portal, "falun", Month(2024, 11), user=user_of("falun"))
    later, earlier = rows(), rows()
    later["Region"], earlier["Region"] = [["2024-12", None]], [["2023-01", None]]

    (problem,) = set_up(portal, later).problems

    assert (problem.place.cell, "November 2024 är redan rapporterad" in problem.message) == ("A2", True)
    assert [step.actions for step in set_up(portal, earlier).steps] == [("calendar.first_month",)]
    assert portal.calendar.first_month == Month(2023, 1)


def test_accounts_of_a_faulty_clinic_are_not_faulty_for_that(portal):
    filled = rows()
    filled["Mottagningar"][0][2] = "Faluun"

    (problem,) = set_up(portal, filled).problems

    assert problem.place.cell == "C2"
    assert problem.advice == "”Faluun” går inte. Menade du ”Falun”? Skriv i så fall det."


def test_an_account_does_not_become_another_person_s(portal):
    set_up(portal)
    filled = rows()
    filled["Konton"][0][1] = "Anna Annan"

    (problem,) = set_up(portal, filled).problems

    assert (problem.place.sheet, problem.place.cell) == ("Konton", "B2")
    assert "Agnes Admin" in problem.message


def test_whose_address_is_changed_is_told_at_the_one_before_once_it_is_stored(portal):
    set_up(portal)
    filled = rows()
    filled["Konton"][2][4] = "ny@falun.example"

    with serve(Inbox()) as mail:
        mailing = replace(portal, smtp_url=mail.url)
        set_up(mailing, filled, carry_out=setting_up.preview)
        assert mail.mails == []
        set_up(mailing, filled)

    assert [letter["To"] for letter in mail.mails] == ["fia@falun.example"]


def test_everybody_who_waits_is_invited_by_mail_at_once(portal):
    """After the history is in: an invitation opens for 72 hours only."""
    set_up(portal)

    with serve(Inbox()) as mail:
        mailing = replace(portal, smtp_url=mail.url)
        invited = [invitation.username for invitation in invitations.invite_waiting(mailing, SYSTEM)]
        again = invitations.invite_waiting(mailing, SYSTEM)

    assert invited == ["admin", "falun"]
    assert sorted(letter["To"] for letter in mail.mails) == ["admin@region.example", "fia@falun.example"]
    assert again == []

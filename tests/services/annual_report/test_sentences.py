"""Every sentence that the report makes of a year, held against sums made here of the stored rows.

Three years: 2023 and 2024 of the demo, and an invented 2025 in which one clinic opens, one goes bankrupt and one is
merged; and 2025 again while it runs. A sentence of no known shape fails: a new one needs its check here.
"""

import random
import re
import shutil
from dataclasses import replace
from datetime import date

import pytest

from db.engine import Database
from portal.demo.build import REVIEWER
from portal.domain.registry.clinics import Clinic, ClosedKind, Operator
from portal.domain.registry.months import Month, months_between
from portal.domain.sources.facts import Fact
from portal.services.administration import clinic_register
from portal.services.annual_report.live import live
from portal.services.context import Clock, Portal
from portal.services.sources import source_years
from tests.cli.command import Command
from tests.conftest import SYSTEM, add_account, open_demo
from tests.services.annual_report.recount import Report, Rows
from tests.services.region import MONTH, content_of, send


JUNE = Month(2025, 6)
START = Month(2023, 1)
TWELVE = (  # code, provider, opened, last month
    ("nord", "Region Dalarna", START, Month(2025, 9)),
    ("syd", "Region Dalarna", START, None),
    ("vast", "Region Dalarna", START, None),
    ("ost", "Region Dalarna", START, None),
    ("orsa", "Orsa AB", START, JUNE),
    ("malung", "Malung AB", START, None),
    ("rattvik", "Rättvik AB", START, None),
    ("gagnef", "Rättvik AB", Month(2023, 9), None),
    ("sater", "Säter AB", Month(2024, 3), None),
    ("vansbro", "Vansbro AB", START, None),
    ("smedjebacken", "Vansbro AB", START, None),
    ("leksand", "Leksand AB", Month(2025, 5), None),
)


@pytest.fixture(scope="module")
def invented_2025(demo_file, tmp_path_factory):
    """The demo with a whole 2025: twelve clinics, one of them new, one bankrupt and one merged on the way."""
    portal = open_demo(shutil.copy(demo_file, tmp_path_factory.mktemp("invented") / "demo.db"))
    portal = replace(portal, clock=Clock(date(2026, 2, 5)))
    new = Clinic(
        code="leksand",
        name="BUP Leksand",
        report_name="BUP Leksand",
        municipality_code="2029",
        municipality="Leksand",
        operator=Operator.PRIVATE,
        provider="Leksandspsyk AB",
        opened=Month(2025, 5),
    )
    clinic_register.add(portal, SYSTEM, new)
    closing = {"hedemora-kiron": Month(2025, 6), "avesta": Month(2025, 9)}
    stored, chance = Rows(portal), random.Random(2025)
    for clinic in stored.clinics:
        size = chance.uniform(0.3, 1.6)
        first = Month(2025, 5) if clinic == "leksand" else Month(2025, 1)
        for month in months_between(first, closing.get(clinic, Month(2025, 12))):
            if (clinic, str(month)) not in stored.values:
                send(portal, clinic, month, confirm=True, **invented(chance, size))
    clinic_register.close(
        portal,
        SYSTEM,
        code="hedemora-kiron",
        last_month=Month(2025, 6),
        reason="Gick i konkurs",
        kind=ClosedKind.BANKRUPTCY,
    )
    clinic_register.merge(
        portal, SYSTEM, code="avesta", into="falun", last_month=Month(2025, 9), reason="Flyttar ihop"
    )
    yield portal
    portal.database.engine.dispose()


@pytest.fixture(scope="module")
def installation(migrated_file, tmp_path_factory):
    """An empty installation into which three invented years of twelve clinics were read, and no source of the region's."""
    folder = tmp_path_factory.mktemp("installation")
    command = Command(shutil.copy(migrated_file, folder / "portal.db"))
    portal = Portal(database=Database(command.url), clock=Clock(date(2026, 2, 5)))
    add_account(portal, "region", role="region")
    chance, parts = random.Random(1), []
    for number, (code, provider, opened, last) in enumerate(TWELVE):
        clinic = Clinic(
            code=code,
            name=f"BUP {code.title()}",
            report_name=f"BUP {code.title()}",
            municipality_code="2080",
            municipality="Falun",
            operator=Operator.PUBLIC if provider == "Region Dalarna" else Operator.PRIVATE,
            provider=provider,
            opened=opened,
        )
        clinic_register.add(portal, SYSTEM, clinic)
        for month in months_between(opened, last or Month(2025, 12)):
            parts.append(content_of(code, month, **invented(chance, 0.3 + 0.1 * number)))
    file = folder / "historik.csv"
    file.write_bytes(parts[0] + b"".join(part.partition(b"\r\n")[2] for part in parts[1:]))
    read_in = command(
        "import",
        file,
        "--as",
        "region",
        "--confirm-warnings",
        "--note",
        "Historik",
        PORTAL_TODAY="2026-02-05",
    )
    assert read_in.returncode == 0, read_in.stdout + read_in.stderr
    clinic_register.close(
        portal, SYSTEM, code="orsa", last_month=JUNE, reason="Gick i konkurs", kind=ClosedKind.BANKRUPTCY
    )
    clinic_register.merge(
        portal, SYSTEM, code="nord", into="syd", last_month=Month(2025, 9), reason="Flyttar ihop"
    )
    yield portal
    portal.database.engine.dispose()


def invented(chance, size):
    values = {
        measure: max(1, round(count * size * chance.uniform(0.8, 1.2))) for measure, count in MONTH.items()
    }
    for part in [measure for measure in values if measure.endswith("_within_30d")]:
        values[part] = min(values[part], values[part.removesuffix("_within_30d")])
    values["calls_answered_same_day"] = min(values["calls_answered_same_day"], values["calls"])
    return values


def wrong(portal, year):
    report = Report(portal, year)
    return [
        f"{section.number}: {sentence}"
        for section, sentence in report.sentences()
        if not report.check(section, sentence)
    ]


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_every_sentence_of_a_year_follows_from_its_figures(demo, year):
    assert wrong(demo, year) == []


@pytest.fixture(scope="module")
def sentences_of_2025(invented_2025):
    return [sentence for _, sentence in Report(invented_2025, 2025).sentences()]


def test_every_sentence_of_an_invented_year_does_too(invented_2025):
    assert wrong(invented_2025, 2025) == []


@pytest.mark.parametrize("year", [2023, 2024, 2025])
def test_every_sentence_of_another_region_without_the_demo_follows_from_its_figures_too(installation, year):
    assert wrong(installation, year) == []


def test_nothing_of_the_demos_region_is_said_of_another_installation(installation):
    report = live(installation, REVIEWER, 2025)
    told = " ".join(text for section in report.sections for text in (*section.generated, *section.notes))

    assert "BUP Orsa stängde efter juni 2025" in told
    assert "Under 2025 startade 1 ny mottagning: BUP Leksand (maj)." in told
    assert not [name for name in ("Mora", "Kiron", "Capio", "Avesta") if name in told]


def test_what_happened_in_the_invented_year_is_told(sentences_of_2025):
    text = " ".join(sentences_of_2025)

    assert "Under 2025 startade 1 ny mottagning: BUP Leksand (maj)." in text
    assert "Kiron Care BUP Hedemora stängde efter juni 2025" in text
    assert "BUP Avesta stängde efter september 2025" in text


def test_no_other_year_is_spoken_of_than_this_and_the_one_before(invented_2025):
    """But for the years of the enquiry, a law's number, and when the free choice and the goal of 30 days began."""
    report = live(invented_2025, REVIEWER, 2025)
    leads = [text for section in report.sections for text in (section.lead, section.text)]
    written = " ".join([*leads, *(text for s in report.sections for text in (*s.generated, *s.notes))])
    without_constants = (
        written.replace("dessförinnan 2022", "")
        .replace("2017:372", "")
        .replace("februari 2022", "")
        .replace("sedan 2011", "")
    )

    assert set(re.findall(r"\b20\d\d\b", without_constants)) == {"2024", "2025"}


def test_the_year_is_summed_up_by_its_largest_and_most_important_changes(demo):
    sentences = live(demo, REVIEWER, 2024).section("").generated

    begun = ("behandlingarna", "vårdplaner", "utredningarna", "videolänk", "första besök")
    assert len(sentences) == 5
    assert {word for word in begun if any(word in sentence.lower() for sentence in sentences)} == set(begun)
    assert sentences[0].replace("\u00a0", " ") == (
        "Under 2024 startade 34 % av behandlingarna inom 30 dagar, en tydlig minskning från 64 % under 2023."
    )


def test_a_year_without_one_before_it_is_summed_up_by_what_matters_most(demo):
    sentences = live(demo, REVIEWER, 2023).section("").generated

    assert len(sentences) == 5
    assert not any("från" in sentence for sentence in sentences)
    assert sum("30 dagar" in sentence for sentence in sentences) == 3


def test_a_sum_of_some_months_is_not_called_less_than_the_year_before(demo):
    text = " ".join(sentence for _, sentence in Report(demo, 2025).sentences())

    assert "Under 2025 till och med januari genomfördes totalt 15 SIP-möten. " in text
    assert "SIP-möten, vilket" not in text


def test_the_patient_enquiry_stands_beside_the_one_before_not_beside_a_year_without(own_demo):
    indices = {2022: (69.0, 80.5), 2024: (71.5, None)}
    source_years.enter(
        own_demo,
        REVIEWER,
        [
            Fact(indicator="npe_index", year=year, breakdown=f"dimension:{name}", value=value, source="SKR")
            for year, values in indices.items()
            for name, value in zip(("Tillgänglighet", "Helhetsintryck"), values, strict=True)
            if value is not None
        ],
    )
    report = live(own_demo, REVIEWER, 2024)
    section = report.section("4.3.1")

    assert section.generated[0] == "Nationell Patientenkät 2024: Tillgänglighet 71,5 (69,0 år 2022)."
    assert section.tables[0].headings[:3] == ("Indelning", "2024", "2022")
    assert wrong(own_demo, 2024) == []


@pytest.mark.parametrize(
    ("right", "false"),
    [("218 SIP-möten", "219 SIP-möten"), ("en ökning", "en minskning"), ("+18", "+19"), ("184", "185")],
)
def test_a_false_sentence_would_be_found(demo, right, false):
    report = Report(demo, 2024)
    section, sentence = next(each for each in report.sentences() if "SIP-möten" in each[1])

    assert report.check(section, sentence)
    assert not report.check(section, sentence.replace(right, false))

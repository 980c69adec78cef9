"""Every figure of the sources stands in all four documents, at its chapter, for both years."""

import csv
import re

import pytest

from db.migrate import FACTS
from portal import formats
from portal.domain.annual_report.chapters import CHAPTERS, ENTRY, PLANS
from portal.domain.registry.indicators import INDICATORS
from portal.services.annual_report.points import part_label


FORMATS = ("docx", "pdf", "xlsx", "html")
YEARS = (2024, 2023)
BESIDE = "Bilaga 2"  # what is printed elsewhere, beside what is computed
CHAPTER_OF = {
    code: chapter.number
    for chapter in CHAPTERS
    for indicator in chapter.indicators
    for code in (indicator.code, *indicator.measures[:1])
}
PERCENT = {indicator.code for indicator in INDICATORS if indicator.is_share}


def facts(name):
    with (FACTS / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


PUBLISHED = [
    (year, row) for year in YEARS for row in facts("published.csv") if row["period"].startswith(str(year))
]


def name_of(row):
    return f"{row['period']} {row['indicator']} {row['breakdown']}".strip()


def printed(row):
    """Return a published value as Swedes read it, or the words for there being none."""
    if not row["value"]:
        return "inget underlag"
    number = formats.number(float(row["value"])).replace("\u00a0", " ")
    return f"{number} %" if row["indicator"] in PERCENT else number


def stands_in(text, number):
    return re.search(rf"(?<![\d,]){re.escape(number)}(?![\d,])", text)


def test_the_sources_give_figures_for_both_years():
    assert [sum(year == one for one, _ in PUBLISHED) for year in YEARS] == [22, 16]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    ("year", "row"), PUBLISHED, ids=[f"{year}: {name_of(row)}" for year, row in PUBLISHED]
)
def test_a_published_figure_stands_at_its_chapter_or_in_the_appendix(sections, kind, year, row):
    """There is what no indicator computes of the whole year."""
    is_of_year = row["period"] == str(year) and row["indicator"] in CHAPTER_OF
    text = sections(kind, year)[CHAPTER_OF[row["indicator"]] if is_of_year else BESIDE]

    if row["breakdown"]:
        assert f"{part_label(row['breakdown'])} {printed(row)}" in text
    elif ".." in row["period"]:
        assert f"2023-01 till 2023-11, medel per månad {printed(row)} {printed(row)} ingen" in text
    else:
        assert stands_in(text, printed(row))


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(
    "row",
    [row for year, row in PUBLISHED if year == 2024 and row["value"] and not row["breakdown"]],
    ids=name_of,
)
def test_it_stands_beside_the_same_computed_figure_with_its_source(sections, kind, row):
    text = sections(kind, 2024)[BESIDE]
    value = printed(row) + (" mottagningar" if row["indicator"] == "clinics" else "")

    assert f"2024 {value} {value} ingen Årsuppföljning Vårdval BUP Dalarna 2024" in text


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("row", facts("clinics.csv"), ids=lambda row: row["code"])
def test_a_clinics_patients_stand_in_the_table_of_chapter_3(sections, kind, row):
    """A clinic without a value says when it started, as the source's table does."""
    text = sections(kind, 2024)["3"]
    operator = {"public": "offentlig", "private": "privat"}[row["operator"]]
    patients = [
        formats.number(float(row[f"patients_{year}_12"] or 0)).replace("\u00a0", " ") for year in (2023, 2024)
    ]
    shown = [
        value if row[f"patients_{year}_12"] else "startade"
        for year, value in zip((2023, 2024), patients, strict=True)
    ]

    (found,) = re.findall(rf"{re.escape(row['name'])} {row['municipality']} {operator} (.{{4,60}})", text)
    assert found.startswith(shown[0])
    assert shown[1] in found


IN_THE_TEXT = [  # line by line in the source's chapters 3 and 4: what is no indicator's value
    ("3", "11 mottagningar"),
    ("3", "drevs 6 i privat regi"),
    ("3", "startade 2 nya mottagningar"),
    ("3", "gick i konkurs"),
    ("3", "startade oktober 2023"),
    ("3", "startade november 2023"),
    ("3", "startade november 2024"),
    ("3", "startade december 2024"),
    ("3", "5 569"),
    ("3", "7 317"),
    ("3.1", "(+31,4 %)"),
    ("3.1", "från 5 569 till 5 982 (+7,4 %)"),
    ("4.1", "bilaga 3"),
    ("4.1.1", "218 SIP-möten, vilket är en ökning jämfört med 184 under 2023"),
    ("4.2.1", "1–2 gånger per år"),
    (
        "4.2.1",
        "kontaktat 4 mottagningar som inte haft något besök under 2023. Av dessa har 3 tagit emot besök",
    ),
    ("4.2.2", "193 ärenden i Synergi, vilket är en tydlig ökning jämfört med 123 under 2023"),
    ("4.2.3", "2017:372"),
    (
        "4.2.3",
        "Vård och behandling (5), Tillgänglighet (3), Kommunikation (2), Dokumentation och sekretess (1)",
    ),
    ("4.2.3", "flickor (6), pojkar (5)"),
    ("4.2.3", "0–9 (2), 10–19 (9)"),
    ("4.3.1", "vartannat år, senast 2024 och dessförinnan 2022"),
    ("4.3.2", "3:e besöket"),
    ("4.3.2", "5 397 vårdplaner"),
    ("4.3.2", "3 011 under 2023"),
    ("4.4.1", "4–20 år"),
    ("4.4.1", "inget underlag"),
    ("4.5.1", "8.00–16.00 (40 timmar per vecka)"),
    ("4.5.1", "88 %, vilket är en liten minskning jämfört med 92 % under 2023 (−4 procentenheter)"),
    ("4.5.2", "80 % ett första besök inom 30 dagar, vilket är en ökning jämfört med 65 % under 2023"),
    ("4.5.3", "25 % av utredningarna inom 30 dagar"),
    ("4.5.3", "45 % under 2023"),
    ("4.5.4", "34 % av behandlingarna inom 30 dagar"),
    ("4.5.4", "64 % under 2023"),
    ("4.5.5", "totalt 29 985"),
    ("4.5.5", "13 477 under 2023"),
    ("5", "kommer att påbörjas under 2025"),
    ("6", "Tidiga insatser och prevention"),
]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize(("number", "words"), IN_THE_TEXT)
def test_what_the_sources_text_says_stands_at_its_chapter(sections, kind, number, words):
    assert words in sections(kind, 2024)[number]


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("year", YEARS)
def test_the_chapters_are_there_in_their_order(sections, kind, year):
    found = [number for number in sections(kind, year) if number]

    empty = (
        {ENTRY, PLANS} if year == 2023 else {ENTRY}
    )  # the demo's region has none of the first, and its plans in 2024
    assert found == [chapter.number for chapter in CHAPTERS if chapter.number not in empty]


@pytest.mark.parametrize("kind", FORMATS)
def test_a_survey_that_was_not_made_says_so(sections, kind):
    assert "ingen mätning" in sections(kind, 2023)["4.3.1"]

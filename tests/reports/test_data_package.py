"""The data package: a Frictionless descriptor that fits its files, with the edition's figures and no other."""

import csv
import hashlib
import io
import json
import zipfile
from dataclasses import replace

import pytest

from portal.domain.accounts.access import OPERATOR
from portal.domain.annual_report.content import OWN_VALUE, Origin, Shape
from portal.domain.registry.values import MissingReason
from portal.reports import data_package
from portal.services.annual_report import documents


@pytest.fixture(scope="module")
def edition(demo):
    return documents.open_edition(demo, OPERATOR, year=2024)


class Package:
    """A package read back by nothing but its descriptor."""

    def __init__(self, content):
        with zipfile.ZipFile(io.BytesIO(content)) as files:
            self.files = {name: files.read(name) for name in files.namelist()}
        self.descriptor = json.loads(self.files["datapackage.json"])
        self.resources = {resource["name"]: resource for resource in self.descriptor["resources"]}

    def rows(self, name):
        resource = self.resources[name]
        text = self.files[resource["path"]].decode(resource["encoding"])
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=resource["dialect"]["delimiter"])
        headings, *rows = list(reader)
        fields, missing = resource["schema"]["fields"], resource["schema"]["missingValues"]
        assert headings == [field["name"] for field in fields]
        return [
            {
                field["name"]: None if cell in missing else self.read(field, cell)
                for field, cell in zip(fields, row, strict=True)
            }
            for row in rows
        ]

    @staticmethod
    def read(field, cell):
        return float(cell) if field["type"] == "number" else cell


@pytest.fixture(scope="module")
def package(made):
    return Package(made("data"))


def test_the_descriptor_says_what_the_package_is(package, edition):
    descriptor = package.descriptor

    assert descriptor["profile"] == "tabular-data-package"
    assert descriptor["name"] == "arsuppfoljning-vardval-bup-dalarna-2024"
    assert descriptor["title"] == edition.report.title
    assert edition.about.state in descriptor["description"]
    assert [source["title"] for source in descriptor["sources"]] == [
        source.name for source in edition.report.sources
    ]


def test_every_file_is_described_and_is_what_its_hash_says(package):
    assert {resource["path"] for resource in package.resources.values()} == {*package.files} - {
        "datapackage.json"
    }
    for resource in package.resources.values():
        content = package.files[resource["path"]]
        assert {"name", "path", "title", "description", "schema", "encoding", "dialect"} <= set(resource)
        assert resource["bytes"] == len(content)
        assert resource["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"


def test_every_column_has_a_name_a_type_and_a_meaning(package):
    for resource in package.resources.values():
        names = [field["name"] for field in resource["schema"]["fields"]]
        assert len(set(names)) == len(names)
        assert set(resource["schema"].get("primaryKey", [])) <= set(names)
        for field in resource["schema"]["fields"]:
            assert field["type"] in ("string", "number")
            assert len(field["description"]) > 5


@pytest.mark.parametrize("name", ["siffror", "indikatorer", "manader", "kallor"])
def test_every_value_reads_as_its_type_and_keys_are_unique(package, name):
    rows, keys = package.rows(name), package.resources[name]["schema"].get("primaryKey", [])

    assert rows
    assert not keys or len({tuple(row[key] for key in keys) for row in rows}) == len(rows)


def names_and_values(section):
    """Return what a section's tables and figures say: each row's words beside its numbers."""
    rows = [row.cells for table in section.tables for row in table.rows]
    pairs = {(name.text, cell.value) for cells in rows for name in cells for cell in cells}
    return pairs | {(mark.label, mark.value) for chart in section.charts for mark in chart.marks}


def test_its_figures_are_the_editions_and_every_clinics_figure_stands_in_its_section(package, edition):
    points = {
        (section.number, point.indicator, point.part or "region", point.period, point.basis): point
        for section, point in edition.report.points
        if point.origin is not Origin.PUBLISHED
    }
    clinics = {mark.label for mark in edition.report.section("3.3").charts[0].marks}
    rows = [row for row in package.rows("siffror") if row["ursprung"] != Origin.PUBLISHED.label]

    assert len(rows) > 500
    for row in rows:
        point = points[row["kapitel"], row["indikator"], row["del"], row["period"], row["grund"]]
        assert row["värde"] == point.value
        assert row["värde"] is not None or row["skäl"]
        if row["delens namn"] in clinics and row["värde"] is not None and row["kapitel"] != "4.8":
            said = names_and_values(edition.report.section(row["kapitel"]))
            assert (row["delens namn"], row["värde"]) in said


def test_what_the_region_leaves_out_of_the_report_is_not_in_the_package(edition):
    section = edition.report.section("4.3.2")
    (shares,) = [table for table in section.tables if "tredje besöket" in table.caption]
    others = tuple(table for table in section.tables if table is not shares)
    left_out = replace(edition.report, sections=(replace(section, tables=others),))

    def of_clinics(report):
        rows = Package(data_package.write(report, edition.about)).rows("siffror")
        return {row["indikator"] for row in rows if row["grund"] == OWN_VALUE and row["värde"] is not None}

    whole = replace(edition.report, sections=(section,))
    assert of_clinics(whole) == {"care_plans", "care_plan_by_third_visit"}
    assert of_clinics(left_out) == {"care_plans"}


def test_a_clinics_cases_are_those_of_the_reports_own_year(package):
    rows = [row for row in package.rows("siffror") if row["grund"] == OWN_VALUE]

    assert {row["period"] for row in rows if row["nämnare"] is not None} == {"2024"}


def test_its_months_are_those_of_the_figures_lines(package, edition):
    lines = [chart for chart in edition.report.charts if chart.shape is Shape.LINES]

    assert [(row["figur"], row["värde"]) for row in package.rows("manader")] == [
        (chart.number, mark.value) for chart in lines for mark in chart.marks
    ]


def test_every_indicator_of_the_figures_is_defined_or_named_where_it_stands(package):
    defined = {row["indikator"] for row in package.rows("indikatorer")}
    followed = {row["indikator"] for row in package.rows("siffror") if row["grund"] == "sammanslaget"}

    assert followed
    assert followed <= defined


def test_what_is_hidden_in_the_edition_is_hidden_with_its_cases(edition):
    section = edition.report.section("4.5.2")
    hidden = replace(
        section.points[0], value=None, numerator=3.0, denominator=4.0, reason=MissingReason.SUPPRESSED.label
    )
    report = replace(edition.report, sections=(replace(section, points=(hidden,)),))

    (row,) = Package(data_package.write(report, edition.about)).rows("siffror")

    assert (row["värde"], row["täljare"], row["nämnare"], row["skäl"]) == (None, None, None, "visas inte")


def test_a_text_that_a_spreadsheet_would_compute_is_quoted(edition):
    section = edition.report.section("4.5.2")
    named = replace(section.points[0], part_label="=1+1")
    report = replace(edition.report, sections=(replace(section, points=(named,)),))

    (row,) = Package(data_package.write(report, edition.about)).rows("siffror")

    assert row["delens namn"] == "'=1+1"


def test_the_same_edition_gives_the_same_bytes(made, edition):
    assert data_package.write(edition.report, edition.about) == made("data")

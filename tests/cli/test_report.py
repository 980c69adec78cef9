"""`portal report`: a document for the region's draft, and for clinics what is published."""

import io
import json
import shutil
import zipfile

import pytest

from portal.demo import build
from portal.reports.cover import Format
from portal.services.annual_report import documents, freezing
from tests.cli.command import Command
from tests.conftest import open_demo


@pytest.fixture
def portal(demo_file, tmp_path):
    """The command line on a copy of the demo."""
    return Command(shutil.copy(demo_file, tmp_path / "demo.db"))


@pytest.mark.parametrize(
    ("kind", "start"),
    [("docx", b"PK"), ("pdf", b"%PDF-"), ("xlsx", b"PK"), ("html", b"<!DOCTYPE html>"), ("data", b"PK")],
)
def test_report_writes_a_document(portal, tmp_path, kind, start):
    out = tmp_path / f"rapport.{kind}"

    done = portal("report", 2024, "--format", kind, "--out", out, "--as", "region")

    assert done.returncode == 0, done.stderr
    assert out.read_bytes().startswith(start)
    assert "Årsuppföljning Vårdval BUP Dalarna 2024. Utkast 5 februari 2025" in done.stdout


@pytest.mark.parametrize("kind", ["xlsx", "data"])
def test_report_gives_a_clinic_what_is_published_only(portal, tmp_path, kind):
    out = tmp_path / f"rapport.{kind}"
    refused = portal("report", 2024, "--format", kind, "--out", out, "--as", "mora")
    assert (refused.returncode, out.exists()) == (1, False)
    assert "inte publicerad" in refused.stderr
    opened = open_demo(portal.path)
    frozen = freezing.freeze(opened, build.REVIEWER, 2024)
    freezing.publish(opened, build.REVIEWER, year=2024, version=1, sha256=frozen.sha256)

    done = portal("report", 2024, "--format", kind, "--out", out, "--as", "mora")

    assert done.returncode == 0, done.stderr
    assert "Fastställd version 1" in done.stdout
    assert out.read_bytes().startswith(b"PK")


def test_the_data_package_says_which_version_it_is_of(portal, tmp_path):
    opened = open_demo(portal.path)
    frozen = freezing.freeze(opened, build.REVIEWER, 2024)
    edition = documents.open_edition(opened, build.REVIEWER, year=2024, version=1)

    with zipfile.ZipFile(io.BytesIO(documents.make(opened, edition, Format.DATA))) as package:
        descriptor = json.loads(package.read("datapackage.json"))

    assert descriptor["version"] == frozen.sha256
    assert "Fastställd version 1" in descriptor["description"]


def test_report_refuses_a_version_that_is_not_frozen(portal, tmp_path):
    done = portal("report", 2024, "--format", "pdf", "--out", tmp_path / "x.pdf", "--version", "3")

    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "x.pdf").exists()

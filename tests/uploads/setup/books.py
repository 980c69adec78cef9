"""Workbooks to set a portal up from: the template, filled in as somebody would."""

import functools
import io
import json
import struct
import zlib
from datetime import date

import openpyxl

from portal.domain.registry.region import DALARNA
from portal.uploads.setup import template


def rows():
    """Return what a small region fills in, by sheet; a test changes it."""
    return {
        "Region": [["2024-10", "Region Exempel"]],
        "Kommuner": [["2080", "Falun", 60.61, "15,63"]],
        "Källor": [["Synergi", "Avvikelsesystemet"]],
        "Mottagningar": [
            ["falun", "BUP Falun", "Falun", "offentlig", "Region Dalarna", None],
            ["borlange", "JeWe Borlänge", "2081", "privat", "JeWe", "2023-09"],
        ],
        "Konton": [
            ["admin", "Agnes Admin", "regionadministratör", None, "admin@region.example"],
            ["region", "Rolf Region", "region", None, None],
            ["falun", "Fia Falun", "mottagning", "falun", "fia@falun.example"],
            ["bo", "Bo Berg", "mottagning", "borlange, falun", None],
        ],
        "Kalender": [["2025-02", 12, 18, "Beslut i styrgruppen"]],
        "Mål": [["Telefontillgänglighet", 85, date(2025, 1, 1), None, "Beslut i styrgruppen"]],
        "Avtalsnivåer": [
            ["Första besök inom 30 dagar", "95 %", 85, "2025-01-01", "Avtalet, punkt 4.5.2"],
            ["Första besök inom 30 dagar", 90, None, "2024-01-01", "Avtalet, punkt 4.5.2"],
        ],
        "Invånare": [["Falun", 2024, 11873, "SCB, folkmängd 31 december 2024"]],
        "Publicerade tal": [
            [
                "Skrivna vårdplaner",
                None,
                2024,
                5397,
                "planer",
                None,
                "Årsuppföljning Vårdval BUP",
                2025,
                "s. 14",
            ],
            ["Skrivna vårdplaner", None, date(2024, 11, 1), 431, None, None, "Månadsblad", 2024, None],
        ],
        "Texter": [["4.5.1:inledning", 2024, "även senare år", "Telefonen är öppen.\n\nÄven vid lunch."]],
    }


@functools.cache
def empty_book():
    return template.write(DALARNA)


def book(filled):
    """Return the template with these rows."""
    workbook = openpyxl.load_workbook(io.BytesIO(empty_book()))
    for name, lines in filled.items():
        sheet = workbook[name] if name in workbook.sheetnames else workbook.create_sheet(name)
        for line in lines:
            sheet.append(line)
    return saved(workbook)


def saved(workbook):
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


def collection(*features):
    """Return shapes as a file of theirs."""
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def square(code, west, south, *, clockwise=True):
    """Return a shape of a map, invented: a tenth of a degree each way."""
    ring = [[west, south], [west, south + 0.1], [west + 0.1, south + 0.1], [west + 0.1, south], [west, south]]
    return {
        "type": "Feature",
        "properties": {"kommun_kod": code},
        "geometry": {"type": "Polygon", "coordinates": [ring if clockwise else ring[::-1]]},
    }


def svg(inside='<rect width="80" height="20" fill="#06c"/>', *, opening='viewBox="0 0 80 20"'):
    """Return a picture as a region's logo might be."""
    return f'<svg xmlns="http://www.w3.org/2000/svg" {opening}>{inside}</svg>'.encode()


def png(width=80, height=20, *, pixels=None, interlaced=0, more=()):
    """Return a grey picture; `pixels` in place of those that belong there, `more` chunks after the first."""
    rows = (b"\x00" + b"\x77" * width) * height if pixels is None else pixels
    heading = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, interlaced)
    chunks = [(b"IHDR", heading), *more, (b"IDAT", zlib.compress(rows)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )

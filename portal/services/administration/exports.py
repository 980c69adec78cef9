"""Figures as data for other programs and for Swedish Excel; formula-safe."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from portal.domain.accounts.access import ClinicUser, User, check_may_see_clinic
from portal.domain.registry.annual import Figure
from portal.domain.registry.changes import unit_of_change
from portal.domain.registry.indicators import Indicator, Kind
from portal.domain.registry.rounding import for_rounding_again
from portal.domain.reporting.texts import FORMULA_SIGNS
from portal.services.context import Portal
from portal.services.insight.benchmarks import PublishedBeside, Year, YearOfIndicator


DECIMALS = 4


def record_download(portal: Portal, user: User, *, name: str, clinic: str = "") -> None:
    """Note that someone took a file of figures out of the portal; raises AccessDenied for another's clinic.

    `clinic` is whose figures they are: it reads of it in its own log. Empty: of a clinic's user those of all
    own clinics, of the region's every clinic's.
    """
    if clinic:
        check_may_see_clinic(user, clinic)
    concerned = (clinic,) if clinic or not isinstance(user, ClinicUser) else user.clinics
    with portal.writing(user) as scoped:
        for code in concerned:
            scoped.record(
                "figures.downloaded",
                clinic=code,
                subject=name,
                details={"format": name.rpartition(".")[2]},
            )


def year_as_json(year: Year) -> dict[str, Any]:
    """Return the year under the keys that `portal figures --json` promises.

    Shares are percent (0-100), unrounded; missing reasons are the Swedish words.
    """
    return {
        "year": year.year,
        "indicators": {of_year.indicator.code: _indicator(of_year) for of_year in year.indicators},
        "published": [_published(row) for row in year.published],
    }


def _indicator(of_year: YearOfIndicator) -> dict[str, Any]:
    return {
        "label": of_year.indicator.label,
        "value": _plain(of_year.region.value),
        "unit": of_year.indicator.unit,
        "basis": of_year.indicator.headline.value,
        "pooled": of_year.region.pooled,
        "mean_of_clinics": of_year.region.mean_of_clinics,
        "per_100_patients": of_year.region.rate if of_year.indicator.is_rate else None,
        "numerator": _plain(of_year.region.numerator),
        "denominator": _plain(of_year.region.denominator),
        "previous": _plain(of_year.before.value),
        "change": of_year.change,
        "change_unit": unit_of_change(of_year.indicator).value,
        "missing_reason": of_year.region.reason.label if of_year.region.reason else None,
        "published": _headline_published(of_year),
        "published_periods": [_published(row) for row in of_year.published if ".." in row.period],
        "breakdowns": {
            name: {"value": _plain(now), "previous": _plain(before)}
            for name, (now, before) in of_year.breakdowns.items()
        },
        "clinics": {
            clinic.code: _clinic(of_year.indicator, now, before) for clinic, now, before in of_year.clinics
        },
    }


def _clinic(indicator: Indicator, now: Figure, before: Figure) -> dict[str, Any]:
    return {
        "value": _plain(now.value),
        "numerator": _plain(now.numerator),
        "denominator": _plain(now.denominator),
        "missing_reason": now.reason.label if now.reason else None,
        "previous": _plain(before.value),
        "per_100_patients": now.rate if indicator.is_rate else None,
    }


def _headline_published(of_year: YearOfIndicator) -> float | None:
    part = "visited" if of_year.indicator.kind is Kind.RATIO else ""
    rows = [row for row in of_year.published if row.breakdown == part and ".." not in row.period]
    return _plain(rows[0].published) if rows else None


def _published(row: PublishedBeside) -> dict[str, Any]:
    return {
        "period": row.period,
        "indicator": row.indicator,
        "breakdown": row.breakdown,
        "published": _plain(row.published),
        "computed": _plain(row.computed),
        "unit": row.unit,
        "basis": row.basis,
        "source": row.source,
    }


def _plain(value: float | None) -> float | None:
    """Whole numbers as integers: 218, not 218.0."""
    return int(value) if value is not None and value == int(value) else value


def year_as_csv(year: Year) -> bytes:
    """Return the year as one tidy table: a row per indicator and clinic, the region last."""
    rows: list[tuple[object, ...]] = []
    for of_year in year.indicators:
        code, unit = of_year.indicator.code, of_year.indicator.unit
        for clinic, now, before in of_year.clinics:
            reason = now.reason.label if now.reason else ""
            rows.append(
                (
                    year.year,
                    code,
                    clinic.code,
                    now.value,
                    now.numerator,
                    now.denominator,
                    reason,
                    before.value,
                    unit,
                )
            )
        region, reason = of_year.region, of_year.region.reason.label if of_year.region.reason else ""
        rows.append(
            (
                year.year,
                code,
                "region",
                region.value,
                region.numerator,
                region.denominator,
                reason,
                of_year.before.value,
                unit,
            )
        )
    headings = ("år", "indikator", "mottagning", "värde", "täljare", "nämnare", "skäl", "året före", "enhet")
    return csv_bytes(headings, rows)


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as Swedish Excel opens it: BOM, semicolons, decimal commas, CRLF."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow([_cell(heading) for heading in headings])
    writer.writerows([[_cell(value) for value in row] for row in rows])
    return text.getvalue().encode("utf-8-sig")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{for_rounding_again(value, DECIMALS):.4f}".rstrip("0").rstrip(".").replace(".", ",")
    text = str(value)
    # A text cell that starts like a formula would be run by the spreadsheet program.
    return "'" + text if text.startswith(FORMULA_SIGNS) and not isinstance(value, int) else text

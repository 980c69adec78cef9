"""The buttons that hand out a month sheet: of the clinic on Översikt, of the region on Läget."""

from collections.abc import Sequence

from portal.domain.accounts.access import User
from portal.domain.registry.months import Month
from portal.reports.sheets import month_sheet
from portal.services.insight.overview import Overview
from portal.services.insight.region_months import RegionalLine
from portal.services.release import month_sheets
from portal.ui.base.context import portal
from portal.ui.page import downloads
from portal.ui.words import sheet_words


def offer_clinic(overview: Overview) -> None:
    """Offer the sheet of the month whose regional values the page shows; nothing before the first release."""
    month, clinic = overview.regional_month, overview.clinic.code
    if month is None:
        return
    downloads.offer(
        sheet_words.button(month),
        name=f"{clinic}-manadsblad-{month}.pdf",
        make=lambda clicker: _clinic_pdf(clicker, clinic, month),
        clinic=clinic,
    )


def offer_region(lines: Sequence[RegionalLine]) -> None:
    """Offer the region's sheet of its newest released month; nothing before the first release."""
    if lines:
        offer_month(lines[0].series.months[-1])


def offer_month(month: Month) -> None:
    """Offer the region's sheet of a released month."""
    downloads.offer(
        sheet_words.button(month),
        name=f"manadsblad-{month}.pdf",
        make=lambda clicker: _region_pdf(clicker, month),
    )


def _clinic_pdf(user: User, clinic: str, month: Month) -> bytes:
    sheet = sheet_words.of_clinic(month_sheets.of_clinic(portal(), user, clinic=clinic, month=month))
    return month_sheet.write(sheet, portal().region, is_demo=portal().is_demo)


def _region_pdf(user: User, month: Month) -> bytes:
    region = portal().region
    sheet = sheet_words.of_region(month_sheets.of_region(portal(), user, month), region.name)
    return month_sheet.write(sheet, region, is_demo=portal().is_demo)

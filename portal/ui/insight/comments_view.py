"""A clinic's own comments on its points: what is said, who said it, and a place to say it."""

import streamlit as st

from portal.domain.accounts.access import ClinicUser, User
from portal.domain.registry.indicators import INDICATORS_BY_CODE, Indicator
from portal.domain.registry.months import Month
from portal.services.administration import clinic_register
from portal.services.insight import comments
from portal.services.insight.comments import Comments
from portal.services.insight.indicator_series import Series
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.ui.page import pickers
from portal.ui.page.acting import acting, show_outcome


KEY = "point-comment"
MOST = 30


def of(series: Series, user: User) -> Comments:
    return comments.of_clinic(portal(), user, clinic=series.clinic.code, indicator=series.indicator)


def show(series: Series, clinic_comments: Comments, user: User) -> None:
    """Show what the clinic has said of its months; the clinic itself can say more."""
    st.subheader("Mottagningens kommentarer", anchor=False)
    place = st.container()
    with place:
        show_outcome()
    if clinic_comments.newest:
        rows = [_row(clinic_comments, month) for month in sorted(clinic_comments.newest, reverse=True)]
        place.html(
            markup.table(
                ("Månad", "Kommentar", "Skriven"),
                rows,
                caption="Regionen läser kommentarerna; andra mottagningar ser dem inte.",
            )
        )
    else:
        place.caption(
            "Ingen har kommenterat någon månad här. Regionen läser det ni skriver; andra ser det inte."
        )
    if isinstance(user, ClinicUser):
        _ask(series, clinic_comments)


def show_all(indicator: Indicator, user: User) -> None:
    """Show what the clinics say of the indicator; for the region."""
    region_comments = comments.of_region(portal(), user, indicator=indicator, most=MOST)
    if not region_comments:
        return
    names = {clinic.code: clinic.name for clinic in clinic_register.list_clinics(portal(), user)}
    rows = [
        markup.row(
            TableCell(
                names.get(comment.clinic, comment.clinic),
                href=markup.link("indikator", mottagning=comment.clinic, indikator=indicator.code),
            ),
            comment.month.label,
            comment.text,
            f"{comment.written_by} {formats.moment(comment.written_at)}",
        )
        for comment in region_comments
    ]
    st.subheader("Mottagningarnas egna kommentarer", anchor=False)
    st.html(
        markup.table(
            ("Mottagning", "Månad", "Kommentar", "Skriven"), rows, caption=f"{indicator.label}, nyast först"
        )
    )


def _row(clinic_comments: Comments, month: Month) -> markup.TableRow:
    comment = clinic_comments.newest[month]
    version = f"version {comment.version}" if comment.version > 1 else ""
    return markup.row(
        month.label,
        TableCell(comment.text),
        TableCell(f"{comment.written_by} {formats.moment(comment.written_at)}", small=version),
    )


def _ask(series: Series, clinic_comments: Comments) -> None:
    with st.expander("Kommentera en månad"):
        months = [point.month for point in reversed(series.points)]
        month = pickers.choose_month(months, label="Månad att kommentera")
        key = f"{KEY}-{series.clinic.code}-{series.indicator.code}-{month}"
        comment = clinic_comments.newest.get(month)
        st.text_area(
            "Vad förklarar månaden?",
            value=comment.text if comment else "",
            key=key,
            max_chars=comments.LONGEST_TEXT,
            help="Skriv vad som hände, inget om enskilda. Tom text tar bort kommentaren; det tidigare sparas.",
        )
        st.button(
            "Spara kommentaren",
            on_click=_write,
            args=(
                series.clinic.code,
                series.indicator.code,
                str(month),
                clinic_comments.version_of(month),
                key,
            ),
        )


@acting
def _write(user: User, clinic: str, indicator: str, month: str, base_version: int, key: str) -> None:
    written = comments.write(
        portal(),
        user,
        comments.ClinicPoint(
            clinic=clinic, indicator=INDICATORS_BY_CODE[indicator], month=Month.parse(month)
        ),
        text=session.value_of(key),
        base_version=base_version,
    )
    if written is None:
        session.note_message("Inget är ändrat.")
    else:
        session.note_message("Kommentaren är sparad." if written.text else "Kommentaren är borttagen.")

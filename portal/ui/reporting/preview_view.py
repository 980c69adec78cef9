"""The preview: every measure as read beside its history, and what the month does to the indicators."""

import streamlit as st

from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.values import is_outside
from portal.domain.reporting.texts import plain
from portal.services.reporting.month_preview import Effect, MonthPreview, PreviewLine
from portal.services.reporting.submitting import Upload
from portal.ui.base import formats, markup
from portal.ui.base.markup import TableCell, numeric
from portal.ui.words import sentences


CHANGES = {"new": "ny", "changed": "ändrad", "unchanged": "oförändrad", "empty": "tom"}
MOST_MONTHS = 6  # with their indicators; a longer file is looked at by its measures


def show(upload: Upload, *, read_from: str) -> None:
    """Show every month of a file or the form, before anything is stored."""
    show_notices(upload)
    for preview in upload.months:
        st.subheader(f"{plain(preview.clinic.name)}, {preview.month.label}", anchor=False)
        version = f" Ersätter version {preview.base_version}." if preview.base else ""
        st.caption(
            f"{preview.count('new')} nya, {preview.count('changed')} ändrade, "
            f"{preview.count('unchanged')} oförändrade värden.{version}"
        )
        _show_lines(preview, read_from)
        if len(upload.months) <= MOST_MONTHS:
            _show_effects(preview)


def show_notices(upload: Upload) -> None:
    for notice in upload.notices:
        st.info(notice, icon=":material/info:")


def _show_lines(preview: MonthPreview, read_from: str) -> None:
    headings = ("Mått", "Läst", "Månaden före", "Samma månad i fjol", "Väntat", "Ändring")
    st.html(
        markup.table(
            headings,
            [_line(line) for line in preview.lines],
            caption=f"Så här läste vi {read_from}. Väntat är vad ert eget förflutna brukar ge.",
        )
    )


def _line(line: PreviewLine) -> markup.TableRow:
    before = f"tidigare {formats.answer(line.stored)}" if line.change == "changed" else ""
    small, css = "", "num"
    if is_outside(line.read, line.expected):
        small, css = "! utanför väntat", "num worse"
    return markup.row(
        MEASURES_BY_CODE[line.measure].label,
        TableCell(formats.answer(line.read), css=css, small=small),
        numeric(formats.answer(line.month_before)),
        numeric(formats.answer(line.year_before)),
        numeric(formats.bounds(line.expected)),
        TableCell(CHANGES[line.change], small=before),
    )


def _show_effects(preview: MonthPreview) -> None:
    with st.expander("Vad månaden gör med era indikatorer", expanded=False):
        before = preview.month.previous.label
        st.html(
            markup.table(
                ("Indikator", "Med de här värdena", "Månaden före", "Regionen, månaden före"),
                [_effect(effect) for effect in preview.effects],
                caption=f"Era indikatorer med de här värdena, mot {before}. Regionens värde visas när det "
                "är släppt.",
            )
        )


def _effect(effect: Effect) -> markup.TableRow:
    region, basis = sentences.region(effect.indicator, effect.released)
    return markup.row(
        effect.indicator.label,
        numeric(formats.figure(effect.indicator, effect.now), sentences.cases(effect.indicator, effect.now)),
        numeric(
            formats.figure(effect.indicator, effect.before),
            sentences.cases(effect.indicator, effect.before),
        ),
        numeric(region, basis),
    )

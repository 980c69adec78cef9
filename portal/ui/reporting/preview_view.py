"""The preview: every measure as read beside its history, and what the month does to the indicators."""

from collections.abc import Collection

import streamlit as st

from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.registry.months import Month
from portal.domain.reporting.texts import plain
from portal.services.reporting.month_preview import Effect, MonthPreview, PreviewLine
from portal.services.reporting.submitting import Upload
from portal.ui.base import formats, markup, tiles
from portal.ui.base.markup import TableCell, numeric
from portal.ui.words import sentences


CHANGES = {"new": "ny", "changed": "ändrad", "unchanged": "oförändrad", "empty": "tom"}
HEADINGS = ("Mått", "Läst", "Månaden före", "Samma månad i fjol", "Väntat", "Ändring")
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
        warned_of = {
            (problem.month, problem.measure)
            for problem in upload.warnings
            if problem.clinic == preview.clinic.code
        }
        _show_lines(preview, warned_of, read_from)
        if len(upload.months) <= MOST_MONTHS:
            _show_effects(preview)


def show_notices(upload: Upload) -> None:
    for notice in upload.notices:
        st.info(notice, icon=":material/info:")


def _show_lines(
    preview: MonthPreview, warned_of: Collection[tuple[Month | None, str | None]], read_from: str
) -> None:
    """Show what is new or changed; what stays as it was is folded."""
    changed: list[markup.TableRow] = []
    same: list[markup.TableRow] = []
    for line in preview.lines:
        is_warned_of = (preview.month, line.measure) in warned_of
        rows = changed if line.change in ("new", "changed") else same
        rows.append(_line(line, is_warned_of=is_warned_of))
    parts = []
    if changed:
        caption = f"Så här läste vi {read_from}. Väntat är vad ert eget förflutna brukar ge."
        parts.append(markup.table(HEADINGS, changed, caption=caption))
    if same:
        label = formats.plural(len(same), "oförändrat eller tomt värde", "oförändrade eller tomma värden")
        parts.append(tiles.fold(label.capitalize(), markup.table(HEADINGS, same, caption="Som förut")))
    st.html(markup.joined(parts))


def _line(line: PreviewLine, *, is_warned_of: bool) -> markup.TableRow:
    before = f"tidigare {formats.answer(line.stored)}" if line.change == "changed" else ""
    return markup.row(
        MEASURES_BY_CODE[line.measure].label,
        TableCell(
            formats.answer(line.read),
            css="num worse" if is_warned_of else "num",
            small="! avviker" if is_warned_of else "",
        ),
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

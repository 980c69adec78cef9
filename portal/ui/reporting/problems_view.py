"""What is wrong with a file or the form, and what to look at: the same list as in the marked copy."""

from collections.abc import Sequence

import streamlit as st

from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.problems import NOWHERE, count_values
from portal.domain.reporting.texts import plain
from portal.services.reporting import submitting
from portal.services.reporting.submitting import Upload
from portal.ui.base import markup
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell
from portal.ui.page import downloads
from portal.ui.reporting import preview_view
from portal.ui.reporting.month_input import ChosenFile, MonthInput
from portal.uploads import findings, marking, mending
from portal.uploads.mending import LineToMend


MOST_PROBLEMS = 50
COPY = "-att-ratta"  # ends the name of a marked copy
# What is mended by taking away a row or a column: not allowed while the sheet is protected.
STRUCTURAL = {
    "heading.unknown",
    "heading.duplicate",
    "heading.empty",
    "measure.unknown",
    "measure.duplicate",
    "file.hidden",
}
HOW_TO_UNLOCK = (
    "Går det inte att ta bort en rad eller kolumn i Excel? Välj *Granska – Ta bort bladets skydd*; det har "
    "inget lösenord. Den markerade filen är redan utan skydd."
)


def show_problems(month_input: MonthInput, upload: Upload) -> None:
    """Say what is wrong, and then what to look at: each with its cell, what stood there, how to mend it."""
    is_form = not isinstance(month_input, ChosenFile)
    _say_how_much(month_input, upload)
    if isinstance(month_input, ChosenFile):
        _offer_marked_copy(month_input, upload)
    preview_view.show_notices(upload)
    lines = mending.lines_of(upload.problems, is_form=is_form)
    _show_lines([line for line in lines if line.blocks], _caption(upload, is_form=is_form), is_form=is_form)
    if not is_form and STRUCTURAL & {problem.code for problem in upload.errors}:
        st.caption(HOW_TO_UNLOCK)
    if upload.warnings:
        st.warning(
            f"**{mending.count_words(0, count_values(upload.warnings))}.** Det är inte säkert fel, men avviker från vad "
            "ni brukar ha. Rätta det som är fel i samma omgång. Det som stämmer låter ni stå och förklarar "
            f"här när {'formuläret' if is_form else 'filen'} är utan fel.",
            icon=":material/warning:",
        )
        show_warnings(upload, is_form=is_form)


def show_warnings(upload: Upload, *, is_form: bool) -> None:
    """List what is not wrong for certain, but is to be looked at or explained."""
    lines = mending.lines_of(upload.warnings, is_form=is_form)
    _show_lines(lines, "Värden att kontrollera", is_form=is_form)


def _caption(upload: Upload, *, is_form: bool) -> str:
    if is_form:
        return "Fel att rätta"
    return "Varför" if findings.is_unreadable(upload.errors) else "Fel att rätta, i filens ordning"


def _say_how_much(month_input: MonthInput, upload: Upload) -> None:
    count_text = mending.count_words(len(upload.errors), count_values(upload.warnings))
    if not isinstance(month_input, ChosenFile):
        st.error(
            f"{count_text} i formuläret. Inget är inskickat. Rätta i rutorna ovan.", icon=":material/error:"
        )
        return
    # A personal number may stand in the file's name.
    private = any(problem.code == marking.UNMARKABLE for problem in upload.errors)
    if findings.is_unreadable(upload.errors):
        name = "Filen" if private else plain(safe_name(upload.name))
        st.error(f"{name} kan inte läsas in. Inget är sparat.", icon=":material/error:")
        return
    where = "" if private else f" i {plain(safe_name(upload.name))}"
    st.error(
        f"{count_text}{where}. Inget är sparat. Rätta i filen och ladda upp den igen.",
        icon=":material/error:",
    )


def _show_lines(lines: Sequence[LineToMend], caption: str, *, is_form: bool) -> None:
    advice_heading = (
        "Vad är fel och hur rättar man" if any(line.blocks for line in lines) else "Vad som avviker"
    )
    headings: tuple[str, ...] = ("Var", "Mått", "Det stod", advice_heading)
    with_place = [line for line in lines if line.place != NOWHERE]
    rows = [_row(line) for line in (*with_place[:MOST_PROBLEMS], *lines[len(with_place) :])]
    if is_form:  # a form has no cells: the measure says where
        headings, rows = headings[1:], [markup.TableRow(row.cells[1:]) for row in rows]
    columns = [*[""] * (len(headings) - 1), "advice"]
    st.html(markup.table(headings, rows, caption=caption, css="mending", columns=columns))
    if len(with_place) > MOST_PROBLEMS:
        st.caption(f"De första {MOST_PROBLEMS} visas. Rätta dem och ladda upp igen, så visas resten.")


def _row(line: LineToMend) -> markup.TableRow:
    before = f"Förra månaden: {line.before}" if line.before else ""
    return markup.row(TableCell(line.where), line.measure, TableCell(line.read, small=before), line.advice)


def _offer_marked_copy(file: ChosenFile, upload: Upload) -> None:
    if not marking.can_mark(upload.problems):
        return
    stem = safe_name(file.name).rpartition(".")[0].removesuffix(COPY) or "fil"
    downloads.offer(
        "Ladda ner din fil med felen markerade",
        name=safe_name(f"{stem[:100]}{COPY}.xlsx"),
        make=lambda clicker: submitting.marked_copy(portal(), clicker, name=file.name, content=file.content),
        note="Cellerna är färgade, med en kommentar var. Rätta i den filen och ladda upp just den.",
    )

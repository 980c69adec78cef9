"""What is wrong with a file or the form, and what to look at: the same list as in the marked copy."""

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from portal.domain.registry.measures import MEASURES_BY_CODE
from portal.domain.reporting.file_names import safe_name
from portal.domain.reporting.problems import NOWHERE, Problem, count_values
from portal.domain.reporting.texts import plain
from portal.services.reporting import submitting
from portal.services.reporting.submitting import Upload
from portal.ui.base import faults, markup
from portal.ui.base.context import portal
from portal.ui.base.faults import FieldFault, take_focus
from portal.ui.base.markup import TableCell
from portal.ui.page import downloads
from portal.ui.reporting import form_view, preview_view
from portal.ui.reporting.month_input import ChosenFile, FilledForm, MonthInput
from portal.uploads import findings, marking, mending
from portal.uploads.mending import LineToMend
from portal.uploads.template import ordered_measures


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


def show_problems(month_input: MonthInput, upload: Upload, place: DeltaGenerator) -> None:
    """Say what is wrong, and then what to look at: each with its cell, what stood there, how to mend it.

    What is wrong in the form is said in `place`, above its boxes, and at each of them.
    """
    if isinstance(month_input, ChosenFile):
        _show_faults_of_file(month_input, upload)
    else:
        with place:
            field_faults = [_field_fault(problem, month_input) for problem in upload.errors]
            faults.show_summary(_heading_of_form(upload), field_faults, focus=month_input.press)
    if upload.warnings:
        _show_what_to_check(upload, is_form=not isinstance(month_input, ChosenFile))


def _show_faults_of_file(file: ChosenFile, upload: Upload) -> None:
    with st.container():
        st.error(_heading_of_file(upload), icon=":material/error:")
        take_focus(file.press)
    _offer_marked_copy(file, upload)
    preview_view.show_notices(upload)
    if not findings.is_unreadable(upload.errors):
        lines = [line for line in mending.lines_of(upload.problems) if line.blocks]
        _show_lines(lines, "Fel att rätta, i filens ordning", is_form=False)
    if STRUCTURAL & {problem.code for problem in upload.errors}:
        st.caption(HOW_TO_UNLOCK)


def _show_what_to_check(upload: Upload, *, is_form: bool) -> None:
    st.warning(
        f"**{mending.count_words(0, count_values(upload.warnings))}.** Rätta det som är fel i samma omgång. Det som "
        f"stämmer låter ni stå och förklarar här när {'formuläret' if is_form else 'filen'} är utan fel.",
        icon=":material/warning:",
    )
    show_warnings(upload, is_form=is_form)


def _heading_of_form(upload: Upload) -> str:
    count_text = mending.count_words(len(upload.errors), count_values(upload.warnings))
    return f"{count_text} i formuläret. Inget är inskickat."


def _field_fault(problem: Problem, form: FilledForm) -> FieldFault:
    """Return what is wrong with its box; what is about no box leads to the first one."""
    measure = MEASURES_BY_CODE.get(problem.measure or "", ordered_measures()[0])
    where, _, rest = problem.message.partition(": ")  # the box's name, or the clinic's
    message = "Skriv ett antal eller ett skäl." if problem.code == mending.MISSING else rest or where
    return FieldFault(
        form_view.key_of(form.clinic, form.month, measure.code),
        message,
        label=measure.label if measure.label not in message else "",
    )


def show_warnings(upload: Upload, *, is_form: bool) -> None:
    """List what is not wrong for certain, but is to be looked at or explained."""
    lines = mending.lines_of(upload.warnings, is_form=is_form)
    _show_lines(lines, "Värden att kontrollera", is_form=is_form)


def _heading_of_file(upload: Upload) -> str:
    """Say how much is wrong; of a file that can't be read why, and what to send instead."""
    # A personal number may stand in the file's name.
    private = any(problem.code == marking.UNMARKABLE for problem in upload.errors)
    if findings.is_unreadable(upload.errors):
        name = "Filen" if private else plain(safe_name(upload.name))
        reasons = "  \n".join(plain(problem.message) for problem in upload.errors)
        return f"**{name} kan inte läsas in. Inget är sparat.**  \n{reasons}"
    count_text = mending.count_words(len(upload.errors), count_values(upload.warnings))
    where = "" if private else f" i {plain(safe_name(upload.name))}"
    return f"{count_text}{where}. Inget är sparat. Rätta i filen och ladda upp den igen."


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

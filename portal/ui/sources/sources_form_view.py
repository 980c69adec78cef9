"""The doors of Regionens källor: the form, and the file with its preview."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.registry.months import months_of_year
from portal.domain.reporting.problems import Problem
from portal.domain.reporting.texts import plain
from portal.domain.sources.checks import LONGEST_TEXT, label_of, reasons_hint
from portal.domain.sources.facts import Dimension, Fact, Field, Source, SourceLevel
from portal.services.context import Portal
from portal.services.sources import source_files, source_forms, source_years
from portal.services.sources.source_files import SourceUpload
from portal.services.sources.source_forms import Box
from portal.services.sources.source_years import Change, EntryNote, RegionYear
from portal.ui.base import formats, markup, refusals, session
from portal.ui.base.context import portal
from portal.ui.base.faults import at_fields
from portal.ui.base.markup import TableCell, numeric
from portal.ui.page import address, downloads
from portal.ui.page.acting import acting
from portal.uploads import findings, mending


MOST_ROWS = 50
KINDS = {"new": "ny", "changed": "ändrad", "unchanged": "oförändrad"}
TemplateMaker = Callable[[Portal, User, Source, int], bytes]
MANY = {"new": "nya", "changed": "ändrade", "unchanged": "oförändrade"}


# --- the form ---


@dataclass(frozen=True, kw_only=True)
class SourceForm:
    """The boxes of one period and place, and the divisions that take words of the source's own."""

    name: str  # its keys begin with it
    source: Source
    period: str  # a year, or one of its months
    boxes: Sequence[Box]
    open_divisions: Sequence[tuple[Field, Dimension]]

    @property
    def fields(self) -> list[Field]:
        return list({box.field.code: box.field for box in self.boxes}.values())

    def boxes_of(self, field: Field) -> list[Box]:
        return [box for box in self.boxes if box.field is field]


def show_form(user: User, source: Source, region_year: RegionYear) -> None:
    """Fill in a period and place of the source; what is left as it is changes nothing."""
    with st.expander("Fyll i här", icon=":material/edit:"):
        form = _choose_form(user, source, region_year)
        for field in form.fields:
            st.caption(plain(f"{field.label}: {field.definition} ({field.unit}). {reasons_hint(field)}"))
        with st.form(form.name, border=False):
            _show_boxes(form.name, form.boxes)
            _show_new_parts(user, form)
            st.text_input("Anmärkning (om du vill)", key=f"{form.name}-not", max_chars=LONGEST_TEXT)
            _show_words(form.name, any(box.version for box in form.boxes))
            st.form_submit_button("Spara", type="primary", on_click=partial(_save, form))


def _choose_form(user: User, source: Source, region_year: RegionYear) -> SourceForm:
    year = region_year.year
    left_column, right_column = st.columns(2)
    with left_column:
        place = _choose_place(source, region_year)
    with right_column:
        month = _choose_month(source, year)
    boxes = source_forms.boxes(portal(), user, source, year=year, month=month, place=place)
    fields = {box.field.code: box.field for box in boxes}.values()
    divisions = [(field, dimension) for field in fields for dimension in field.dimensions]
    open_divisions = [
        (field, dimension)
        for field, dimension in divisions
        if dimension.is_open and not place and (field.has_parts_by_month or not month)
    ]
    return SourceForm(
        name=f"kalla-{source.code}-{year}-{month}-{place}",
        source=source,
        period=month or str(year),
        boxes=boxes,
        open_divisions=open_divisions,
    )


def _choose_place(source: Source, region_year: RegionYear) -> str:
    """Ask for the clinic or the municipality; a source of municipalities alone has boxes for all of them at once."""
    names: dict[str, str] = {"": "Hela regionen"} if SourceLevel.REGION in source.levels else {}
    if SourceLevel.CLINIC in source.levels:
        names |= {code: clinic.name for code, clinic in region_year.clinics.items()}
    elif SourceLevel.MUNICIPALITY in source.levels and names:
        names |= region_year.municipalities
    if len(names) < 2:
        return ""
    codes = list(names)
    return address.select("Gäller", codes, parameter="plats", first=codes[0], words=lambda code: names[code])


def _choose_month(source: Source, year: int) -> str:
    if not source.by_month:
        return ""
    labels = {str(month): month.label for month in months_of_year(year)}
    return address.select(
        "Period",
        ["", *labels],
        parameter="manad",
        first="",
        words=lambda month: labels.get(month, f"Hela {year}"),
    )


def _show_boxes(name: str, boxes: Sequence[Box]) -> None:
    columns = st.columns(2)
    for place, box in enumerate(boxes):
        key = _key(name, place)
        session.begin_text(key, box.text)
        columns[place % 2].text_input(box.label, key=key, max_chars=60)


def _show_new_parts(user: User, form: SourceForm) -> None:
    for place, (field, dimension) in enumerate(form.open_divisions):
        left_column, right_column = st.columns(2)
        left_column.selectbox(
            f"{field.label} – annan {dimension.label.lower()}",
            source_forms.words(portal(), user, dimension, form.boxes_of(field)),
            index=None,
            placeholder="Välj, eller skriv en ny",
            accept_new_options=True,
            key=f"{form.name}-ny-{place}",
        )
        right_column.text_input("Värde för den", key=f"{form.name}-nyvarde-{place}", max_chars=60)


def _show_words(name: str, has_stored: bool) -> None:
    st.text_input(source_years.PROVENANCE, key=f"{name}-kalla", max_chars=LONGEST_TEXT)
    if has_stored:
        st.text_input(
            f"{source_years.WHY_CHANGED} Behövs när ett värde rättas.",
            key=f"{name}-varfor",
            max_chars=LONGEST_TEXT,
        )


def _key(name: str, place: int) -> str:
    return f"{name}-ruta-{place}"


@acting
def _save(user: User, form: SourceForm) -> None:
    """Send what differs from what was shown; what was typed stays when it is refused."""
    rows = [
        {**box.row, "värde": text}
        for place, box in enumerate(form.boxes)
        if (text := session.value_of(_key(form.name, place)).strip()) != box.text
    ]
    note = session.value_of(f"{form.name}-not").strip()
    boxes = {repr(box.key): _key(form.name, place) for place, box in enumerate(form.boxes)}
    with at_fields(source=f"{form.name}-kalla", correction=f"{form.name}-varfor", **boxes):
        outcome = source_forms.enter_texts(
            portal(),
            user,
            form.source,
            rows=[row | {"anmärkning": note} for row in (*rows, *_new_parts(form))],
            on_screen={box.key: box.version for box in form.boxes},
            note=_entry_note(form.name),
        )
    session.forget_texts(form.name)
    session.note_message(
        f"{formats.plural(len(outcome.changes), 'uppgift är sparad', 'uppgifter är sparade')}."
    )


def _entry_note(name: str, fingerprint: str | None = None) -> EntryNote:
    """Return what stands in the boxes of `_show_words`."""
    return EntryNote(
        provenance=session.value_of(f"{name}-kalla"),
        correction=session.value_of(f"{name}-varfor"),
        fingerprint=fingerprint,
    )


def _new_parts(form: SourceForm) -> list[dict[str, str]]:
    """Return the rows of parts without a box; a value without its part is one too, to be refused."""
    rows = []
    for place, (field, dimension) in enumerate(form.open_divisions):
        part, text = (session.value_of(f"{form.name}-{box}-{place}").strip() for box in ("ny", "nyvarde"))
        if part or text:
            about = {"uppgift": field.code, "indelning": dimension.part(part), "period": form.period}
            rows.append(about | {"värde": text})
    return rows


# --- the file ---


def show_file(user: User, source: Source, year: int) -> None:
    with st.expander("Läs in en fil", icon=":material/upload_file:"):
        st.markdown(
            "Hämta mallen, fyll i kolumnen *värde* (eller *skäl*) och läs in den här. Inget sparas förrän du har "
            "sett vad som ändras."
        )
        _show_templates(user, source, year)
        file = st.file_uploader(
            f"Fil för {source.label} (Excel eller CSV, högst 2 MB)",
            key=session.uploader_key(f"kalla-fil-{source.code}"),
        )
        if file is None:
            refusals.say_lost_file()
            return
        name, content = file.name, file.getvalue()
        with st.spinner("Läser och kontrollerar filen …"):
            upload = source_files.preview(portal(), user, source, name=name, content=content)
        _show_upload(upload)
        if upload.changes and not upload.problems:
            _confirm(upload, content)


def _show_templates(user: User, source: Source, year: int) -> None:
    left_column, right_column = st.columns(2)
    for column, ending, make in (
        (left_column, "xlsx", source_files.template),
        (right_column, "csv", source_files.template_csv),
    ):
        with column:
            downloads.offer(
                f"Mall för {year} ({'Excel' if ending == 'xlsx' else 'CSV'})",
                name=f"kalla-{source.code}-{year}.{ending}",
                make=partial(_template, make, source, year),
                width="stretch",
            )


def _template(make: TemplateMaker, source: Source, year: int, clicker: User) -> bytes:
    return make(portal(), clicker, source, year)


def _show_upload(upload: SourceUpload) -> None:
    for notice in upload.notices:
        st.info(notice, icon=":material/info:")
    if upload.problems:
        show_faults(upload.problems)
    else:
        _show_changes(upload)


def show_faults(problems: Sequence[Problem]) -> None:
    """Say what is wrong in a file, and how it is mended."""
    if findings.is_unreadable(problems):
        text = "Filen kan inte läsas in. Inget är sparat."
    else:
        count_text = formats.plural(len(problems), "fel", "fel")
        text = f"Filen har {count_text}. Inget är sparat. Rätta och läs in filen igen."
    st.error(text, icon=":material/error:")
    rows = [
        markup.row(
            TableCell(_where(problem)),
            problem.read or "–",
            problem.message,
        )
        for problem in problems[:MOST_ROWS]
    ]
    st.html(markup.table(("Var", "Det stod", "Vad är fel och hur rättar man"), rows, caption="Fel i filen"))


def _where(problem: Problem) -> str:
    row = f"rad {problem.place.row}" if problem.place.row else mending.WHOLE_FILE
    return problem.place.cell or row


def _show_changes(upload: SourceUpload) -> None:
    counts = ", ".join(f"{len(upload.of_kind(kind))} {word}" for kind, word in MANY.items())
    st.markdown(f"**{formats.plural(len(upload.changes), 'uppgift', 'uppgifter')} i filen:** {counts}.")
    changes = [*upload.of_kind("changed"), *upload.of_kind("new")][:MOST_ROWS]
    if changes:
        rows = [_change_row(upload, change) for change in changes]
        headings = ("Uppgift", "Period", "Står nu", "I filen", "Vad händer")
        st.html(markup.table(headings, rows, caption="Det här skulle ändras"))


def _change_row(upload: SourceUpload, change: Change) -> markup.TableRow:
    fact = change.fact
    place = upload.places.get(fact.clinic or fact.municipality, "")
    return markup.row(
        TableCell(label_of(upload.source, fact), small=place),
        fact.month.label if fact.month else str(fact.year),
        _value(change.before),
        _value(fact),
        KINDS[change.kind],
    )


def _value(fact: Fact | None) -> TableCell:
    if fact is None or fact.value is None:
        return markup.missing(formats.reason(fact.reason if fact else None))
    return numeric(formats.number(fact.value, 1 if fact.value % 1 else 0))


def _confirm(upload: SourceUpload, content: bytes) -> None:
    """Ask where the figures come from, and store them; the form's name holds what was seen."""
    if len(upload.of_kind("unchanged")) == len(upload.changes):
        st.success("Allt i filen är redan infört.", icon=":material/check_circle:")
        return
    name = f"kalla-fil-{upload.fingerprint[:16]}"
    with st.form(name, border=True):
        _show_words(name, bool(upload.of_kind("changed")))
        st.form_submit_button("Läs in", type="primary", on_click=partial(_store, name, upload, content))


@acting
def _store(user: User, name: str, upload: SourceUpload, content: bytes) -> None:
    with at_fields(source=f"{name}-kalla", correction=f"{name}-varfor"):
        outcome = source_files.commit(
            portal(),
            user,
            upload.source,
            name=upload.name,
            content=content,
            note=_entry_note(name, upload.fingerprint),
        )
    session.start_next_upload()
    kinds = (("new", "ny uppgift", "nya uppgifter"), ("changed", "ändrad uppgift", "ändrade uppgifter"))
    counts = [formats.plural(outcome.count(kind), *words) for kind, *words in kinds if outcome.count(kind)]
    session.note_message(f"Inläst: {formats.listed(counts)}.")

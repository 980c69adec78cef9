"""The doors of Regionens källor: the form, and the file with its preview."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.registry.months import months_of_year
from portal.domain.sources.checks import LONGEST_TEXT, label_of, reasons_hint
from portal.domain.sources.facts import Dimension, Field, Source, SourceLevel
from portal.services.sources import source_files, source_forms, source_years
from portal.services.sources.source_files import SourceUpload
from portal.services.sources.source_forms import Box
from portal.services.sources.source_years import Change, RegionYear
from portal.ui.base import formats, markup, session
from portal.ui.base.context import portal
from portal.ui.base.markup import TableCell, numeric
from portal.ui.page import downloads, frame
from portal.ui.page.acting import acting


MOST_ROWS = 50
KINDS = {"new": "ny", "changed": "ändrad", "unchanged": "oförändrad"}
MANY = {"new": "nya", "changed": "ändrade", "unchanged": "oförändrade"}


# --- the form ---


def show_form(user: User, source: Source, found: RegionYear) -> None:
    """Fill in a period and place of the source; what is left as it is changes nothing."""
    with st.expander("Fyll i här", icon=":material/edit:"):
        left, right = st.columns(2)
        with left:
            clinic = _choose_place(source, found)
        with right:
            month = _choose_month(source, found.year, clinic)
        boxes = source_forms.boxes(portal(), user, source, year=found.year, month=month, clinic=clinic)
        name = f"kalla-{source.code}-{found.year}-{month}-{clinic}"
        fields = {box.field.code: box.field for box in boxes}
        for field in fields.values():
            st.caption(
                frame.plain(f"{field.label}: {field.definition} ({field.unit}). {reasons_hint(field)}")
            )
        with st.form(name, border=False):
            _show_boxes(name, boxes)
            opened = [
                (f, d) for f in fields.values() for d in f.dimensions if d.is_open and not (month or clinic)
            ]
            _show_new_parts(name, opened)
            st.text_input("Anmärkning (om du vill)", key=f"{name}-not", max_chars=LONGEST_TEXT)
            _show_words(name, any(box.version for box in boxes))
            st.form_submit_button(
                "Spara", type="primary", on_click=partial(_save, name, source, boxes, opened, found.year)
            )


def _choose_place(source: Source, found: RegionYear) -> str:
    if SourceLevel.CLINIC not in source.levels:
        return ""
    codes = [*([""] if SourceLevel.REGION in source.levels else []), *found.clinics]
    return st.selectbox(
        "Gäller",
        codes,
        format_func=lambda code: found.clinics[code].name if code else "Hela regionen",
        key=f"kalla-plats-{source.code}",
    )


def _choose_month(source: Source, year: int, clinic: str) -> str:
    if not source.by_month:
        return ""
    labels = {str(month): month.label for month in months_of_year(year)}
    return st.selectbox(
        "Period",
        ["", *labels],
        format_func=lambda month: labels.get(month, f"Hela {year}"),
        key=f"kalla-period-{source.code}-{year}",
    )


def _show_boxes(name: str, boxes: Sequence[Box]) -> None:
    columns = st.columns(2)
    for place, box in enumerate(boxes):
        key = _key(name, place)
        session.begin_text(key, box.text)
        columns[place % 2].text_input(box.label, key=key, max_chars=60)


def _show_new_parts(name: str, opened: Sequence[tuple[Field, Dimension]]) -> None:
    for place, (field, dimension) in enumerate(opened):
        left, right = st.columns(2)
        left.text_input(
            f"{field.label} – annan {dimension.label.lower()}", key=f"{name}-ny-{place}", max_chars=60
        )
        right.text_input("Värde för den", key=f"{name}-nyvarde-{place}", max_chars=60)


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
def _save(
    user: User,
    name: str,
    source: Source,
    boxes: Sequence[Box],
    opened: Sequence[tuple[Field, Dimension]],
    year: int,
) -> None:
    """Send what differs from what was shown; what was typed stays when it is refused."""
    note = session.value_of(f"{name}-not").strip()
    rows = [
        {**box.row, "värde": text, "anmärkning": note}
        for place, box in enumerate(boxes)
        if (text := session.value_of(_key(name, place)).strip()) != box.text
    ]
    rows += [row | {"anmärkning": note} for row in _new_parts(name, opened, year)]
    done = source_forms.enter_texts(
        portal(),
        user,
        source,
        rows=rows,
        shown={box.key: box.version for box in boxes},
        provenance=session.value_of(f"{name}-kalla"),
        correction=session.value_of(f"{name}-varfor"),
    )
    session.forget_texts(name)
    st.toast(f"{formats.plural(len(done.changes), 'uppgift är sparad', 'uppgifter är sparade')}.")


def _new_parts(name: str, opened: Sequence[tuple[Field, Dimension]], year: int) -> list[dict[str, str]]:
    return [
        {
            "uppgift": field.code,
            "indelning": dimension.part(part),
            "period": str(year),
            "värde": session.value_of(f"{name}-nyvarde-{place}").strip(),
        }
        for place, (field, dimension) in enumerate(opened)
        if (part := session.value_of(f"{name}-ny-{place}").strip())
    ]


# --- the file ---


def show_file(user: User, source: Source, year: int) -> None:
    with st.expander("Läs in en fil", icon=":material/upload_file:"):
        st.markdown(
            "Hämta mallen, fyll i kolumnen *värde* (eller *skäl*) och läs in den här. Inget sparas förrän du har "
            "sett vad som ändras."
        )
        _show_templates(user, source, year)
        round_ = session.upload_round()
        file = st.file_uploader(
            f"Fil för {source.label} (Excel eller CSV, högst 2 MB)",
            type=["xlsx", "csv"],
            key=f"kalla-fil-{source.code}-{round_}",
        )
        if file is None:
            return
        name, content = file.name, file.getvalue()
        with st.spinner("Läser och kontrollerar filen …"):
            upload = source_files.preview(portal(), user, source, name=name, content=content)
        _show_upload(upload)
        if upload.changes and not upload.problems:
            _confirm(upload, content)


def _show_templates(user: User, source: Source, year: int) -> None:
    left, right = st.columns(2)
    for column, ending, make in (
        (left, "xlsx", source_files.template),
        (right, "csv", source_files.template_csv),
    ):
        with column:
            downloads.offer(
                f"Mall för {year} ({'Excel' if ending == 'xlsx' else 'CSV'})",
                name=f"kalla-{source.code}-{year}.{ending}",
                make=lambda clicker, made=make: made(portal(), clicker, source, year),  # type: ignore[misc]
                width="stretch",
            )


def _show_upload(upload: SourceUpload) -> None:
    for notice in upload.notices:
        st.info(notice, icon=":material/info:")
    if upload.problems:
        st.error(
            f"Filen har {formats.plural(len(upload.problems), 'fel', 'fel')}. Inget är sparat. Rätta och läs in "
            "filen igen.",
            icon=":material/error:",
        )
        rows = [
            markup.row(
                TableCell(problem.place.cell or f"rad {problem.place.row or '–'}"),
                problem.read or "–",
                problem.message,
            )
            for problem in upload.problems[:MOST_ROWS]
        ]
        st.html(
            markup.table(("Var", "Det stod", "Vad är fel och hur rättar man"), rows, caption="Fel i filen")
        )
        return
    counts = ", ".join(f"{len(upload.of_kind(kind))} {word}" for kind, word in MANY.items())
    st.markdown(f"**{formats.plural(len(upload.changes), 'uppgift', 'uppgifter')} i filen:** {counts}.")
    shown = [*upload.of_kind("changed"), *upload.of_kind("new")][:MOST_ROWS]
    if shown:
        rows = [_change_row(upload, change) for change in shown]
        headings = ("Uppgift", "Period", "Står nu", "I filen", "Vad händer")
        st.html(markup.table(headings, rows, caption="Det här skulle ändras"))


def _change_row(upload: SourceUpload, change: Change) -> markup.TableRow:
    fact = change.fact
    place = upload.places.get(fact.clinic or fact.municipality, "")
    return markup.row(
        TableCell(label_of(upload.source, fact), small=place),
        fact.month.label if fact.month else str(fact.year),
        _shown(change.before),
        _shown(fact),
        KINDS[change.kind],
    )


def _shown(fact: object) -> TableCell:
    value, reason = getattr(fact, "value", None), getattr(fact, "reason", None)
    if value is None:
        return markup.missing(formats.reason(reason))
    return numeric(formats.number(value, 1 if value % 1 else 0))


def _confirm(upload: SourceUpload, content: bytes) -> None:
    """Ask where the figures come from, and store them; the form's name holds what was seen."""
    if len(upload.of_kind("unchanged")) == len(upload.changes):
        st.success("Allt i filen är redan infört.", icon=":material/check_circle:")
        return
    name = f"kalla-fil-{upload.seen[:16]}"
    with st.form(name, border=True):
        _show_words(name, bool(upload.of_kind("changed")))
        st.form_submit_button("Läs in", type="primary", on_click=partial(_store, name, upload, content))


@acting
def _store(user: User, name: str, upload: SourceUpload, content: bytes) -> None:
    done = source_files.commit(
        portal(),
        user,
        upload.source,
        name=upload.name,
        content=content,
        provenance=session.value_of(f"{name}-kalla"),
        correction=session.value_of(f"{name}-varfor"),
        seen=upload.seen,
    )
    session.start_next_upload()
    st.toast(f"Inläst: {done.count('new')} nya och {done.count('changed')} ändrade uppgifter.")

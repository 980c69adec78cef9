"""The second door of Rapportera: the month filled in here, saved as a draft as one types."""

import secrets
from collections.abc import Collection, Sequence

import streamlit as st

from portal.domain.accounts.access import User
from portal.domain.registry.measures import MEASURES_BY_CODE, Measure, MeasureKind
from portal.domain.registry.months import Month
from portal.domain.registry.values import REPORTABLE_REASONS, Answer
from portal.services.reporting import drafts
from portal.services.reporting.drafts import FormStart
from portal.services.review import reviews
from portal.ui.base import formats, session
from portal.ui.base.context import portal
from portal.ui.page.acting import acting
from portal.uploads import form
from portal.uploads.template import ordered_measures


REASONS = [reason.label for reason in REPORTABLE_REASONS]
STOCKS = "Läget månadens sista dag"
FLOWS = "Under månaden"
FIRST = "Ändrat eller avvikande"
NOTHING = "Inget hände: skriv 0 i allt under månaden"
MOST_IN_A_ROW = 3
PAUSE = "700ms"  # after the last key a box is saved, without being left


def show(user: User, clinic: str, month: Month) -> tuple[dict[str, str], str] | None:
    """Show the form; returns its texts, and the press by which the user asked to have them checked."""
    start = _begin(user, clinic, month)
    _show_status(start, clinic, month)
    first = _first_measures(user, start, clinic, month)
    for heading, measures in _parts(first):
        st.subheader(heading, anchor=False)  # an anchor would take a press of Tab
        for row in _rows(measures):
            for place, measure in zip(st.columns(max(2, len(row))), row, strict=False):
                with place:
                    _ask_for(measure, start.before.get(measure.code), clinic, month)
    _ask_for_reasons(clinic, month)
    st.button("Kontrollera och förhandsgranska", on_click=_check, args=(clinic, str(month)), type="secondary")
    with st.container(key="portal-bases"):  # not seen: portal/browser/portal.css
        st.text_input("Senast sparat", key=_bases_key(clinic, month))
    press = session.form_check(_name(clinic, month))
    return (_texts(clinic, month), press) if press else None


def _begin(user: User, clinic: str, month: Month) -> FormStart:
    """Fill the boxes with what is stored; what a browser brings from a lost session is stored first."""
    session.take_bases(_bases_key(clinic, month))
    start = drafts.begin(portal(), user, clinic=clinic, month=month)
    keys = {code: key_of(clinic, month, code) for code in MEASURES_BY_CODE}
    for code, key in keys.items():
        session.follow_text(key, start.texts.get(code, ""))
    if any(session.is_brought(keys[code]) for code in _typed(clinic, month)):
        _save(clinic, str(month))
        start = drafts.begin(portal(), user, clinic=clinic, month=month)
        for code, key in keys.items():
            session.follow_text(key, start.texts.get(code, ""))
    session.put_bases(_bases_key(clinic, month), keys.values())
    return start


def _first_measures(user: User, start: FormStart, clinic: str, month: Month) -> list[str]:
    """Return the measures whose boxes stand first in a correction, as long as the page is open.

    What the draft has changed; before anything is changed, what deviates.
    """
    name = _name(clinic, month)
    if (noted := session.first_boxes(name)) is None:
        noted = start.changed or _deviating(user, clinic, month)
        session.note_first_boxes(name, noted)
    return noted


def _deviating(user: User, clinic: str, month: Month) -> list[str]:
    case = reviews.open_case(portal(), user, clinic=clinic, month=month)
    return [deviation.measure for deviation in case.deviations] if case else []


def _parts(first: Collection[str]) -> list[tuple[str, list[Measure]]]:
    """Return the form's headings with their measures: those first, then as at each month."""
    parts: dict[str, list[Measure]] = {FIRST: [], STOCKS: [], FLOWS: []}
    for measure in ordered_measures():
        usual = STOCKS if measure.kind is MeasureKind.STOCK else FLOWS
        parts[FIRST if measure.code in first else usual].append(measure)
    return [(heading, measures) for heading, measures in parts.items() if measures]


def leave(clinic: str, month: Month) -> None:
    """Empty the form after it was sent: the next visit begins with what is stored."""
    session.forget_form_checked()
    session.forget_first_boxes()
    session.forget_texts(_start(clinic, month))


def _show_status(start: FormStart, clinic: str, month: Month) -> None:
    st.markdown(
        "Skriv hela tal, 0 om det inte var några. Det sparas som utkast medan du skriver. "
        "[Vad som räknas](/definitioner)"
    )
    # Always the same elements: a box that moved would lose the cursor at the first saving.
    left_column, middle_column, right_column = st.columns([2, 2, 1], vertical_alignment="center")
    saved = f"Utkast sparat {formats.moment(start.saved_at)}" if start.saved_at else "Inget utkast än"
    left_column.markdown(f":material/save: {saved}")
    middle_column.button(
        NOTHING,
        on_click=_nothing,
        args=(clinic, str(month)),
        width="stretch",
    )
    right_column.button(
        "Kasta utkastet",
        disabled=start.saved_at is None,
        on_click=_discard,
        args=(clinic, str(month)),
        width="stretch",
    )


def _rows(measures: Sequence[Measure]) -> list[list[Measure]]:
    """Return the measures two by two: a whole beside its part and the part's own, the others as they come."""
    rows: list[list[Measure]] = []
    for measure in measures:
        if rows and _may_join(rows[-1], measure):
            rows[-1].append(measure)
        else:
            rows.append([measure])
    return rows


def _may_join(row: Sequence[Measure], measure: Measure) -> bool:
    if len(row) == 1:
        return _go_together(row[0], measure)
    return measure.not_above == row[-1].code and len(row) < MOST_IN_A_ROW


def _go_together(first: Measure, second: Measure) -> bool:
    """Tell whether two measures may share a row: a whole has only its own part beside it."""
    wholes = {measure.not_above for measure in ordered_measures()}
    return second.not_above == first.code or not ({first.code, second.code} & wholes)


def _ask_for(measure: Measure, before: Answer | None, clinic: str, month: Month) -> None:
    """Draw one box. Without Streamlit's help sign: that would take every other press of Tab."""
    st.text_input(
        measure.label if measure.required else f"{measure.label} (frivilligt)",
        key=key_of(clinic, month, measure.code),
        placeholder=f"förra månaden {formats.answer(before)}" if before else "",
        max_chars=drafts.LONGEST_TEXT,
        autocomplete="off",
        live=PAUSE,
        on_change=_save,
        args=(clinic, str(month)),
    )


def _ask_for_reasons(clinic: str, month: Month) -> None:
    """One selectbox per measure, folded away: whoever fills in everything never meets them."""
    texts = _texts(clinic, month)
    with st.expander("Värde saknas? Välj ett skäl i stället för ett antal"):
        columns = st.columns(2)
        for place, measure in enumerate(ordered_measures()):
            key = _reason_key(clinic, month, measure.code)
            text = texts.get(measure.code, "").strip()
            session.put_text(key, text if text in REASONS else None)
            columns[place % 2].selectbox(
                f"Skäl: {measure.label}",
                REASONS,
                index=None,
                key=key,
                placeholder="Inget skäl",
                on_change=_give_reason,
                args=(clinic, str(month), measure.code),
            )


# --- callbacks: they run before the page's guard, so each asks for the user again ---


@acting
def _save(user: User, clinic: str, month: str) -> None:
    """Store the boxes that were typed in here; the others stay as another window may have stored them."""
    parsed_month = Month.parse(month)
    drafts.save(portal(), user, clinic=clinic, month=parsed_month, texts=_typed(clinic, parsed_month))


def _give_reason(clinic: str, month: str, measure: str) -> None:
    """Write the chosen reason in the measure's box, where a number would stand; none empties it."""
    parsed_month = Month.parse(month)
    reason = session.value_of(_reason_key(clinic, parsed_month, measure))
    session.put_text(key_of(clinic, parsed_month, measure), reason)
    _save(clinic, month)


def _nothing(clinic: str, month: str) -> None:
    parsed_month = Month.parse(month)
    for code, text in form.nothing_to_report(_texts(clinic, parsed_month)).items():
        session.put_text(key_of(clinic, parsed_month, code), text)
    _save(clinic, month)


@acting
def _check(user: User, clinic: str, month: str) -> None:
    """Check what stands in the boxes; what could not be stored as it was typed is stored first."""
    parsed_month = Month.parse(month)
    if texts := _typed(clinic, parsed_month):
        drafts.save(portal(), user, clinic=clinic, month=parsed_month, texts=texts)
    session.forget_seen_bases()
    session.note_form_checked(_name(clinic, parsed_month), press=secrets.token_hex(4))


@acting
def _discard(user: User, clinic: str, month: str) -> None:
    parsed_month = Month.parse(month)
    drafts.discard(portal(), user, clinic=clinic, month=parsed_month)
    leave(clinic, parsed_month)


# --- keys ---


def _texts(clinic: str, month: Month) -> dict[str, str]:
    return {code: session.value_of(key_of(clinic, month, code)) for code in MEASURES_BY_CODE}


def _typed(clinic: str, month: Month) -> dict[str, str]:
    texts = _texts(clinic, month)
    return {code: text for code, text in texts.items() if session.is_typed_in(key_of(clinic, month, code))}


def _name(clinic: str, month: Month) -> str:
    return f"{clinic} {month}"


def _start(clinic: str, month: Month) -> str:
    return f"form {_name(clinic, month)} "


def key_of(clinic: str, month: Month, measure: str) -> str:
    """Return the key of a measure's box."""
    return f"{_start(clinic, month)}{measure}"


def _reason_key(clinic: str, month: Month, measure: str) -> str:
    return f"{_start(clinic, month)}reason {measure}"


def _bases_key(clinic: str, month: Month) -> str:
    return f"{_start(clinic, month)}bases"

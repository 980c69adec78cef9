"""What a page notes in its tab: with editing.py and login_notes.py the one place that touches st.session_state.

Only plain text is kept: an object would outlive a change of rights. Who the user is, is never here.
"""

import inspect
import json
import re
import time
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import NamedTuple

import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime.scriptrunner import StopException, add_script_run_ctx, get_script_run_ctx


CLINIC = "portal.clinic"
PAGE = "portal.page"
LEAVING = "portal.leaving"
REFUSED = "portal.refused"


def surely(note: Callable[[], None]) -> None:
    """Note what tells of something already stored, although another click may end this run at any moment.

    Streamlit ends a run where it touches the session, in the run's own thread only.
    """
    context = get_script_run_ctx()

    def note_in_thread() -> None:
        add_script_run_ctx(ctx=context)
        note()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(note_in_thread).result()


# A page outlives its session when the server restarts or the network is away for long. The browser then
# brings what its widgets hold to the first run of a new session; nothing may be set over that.

BEGUN = "portal.begun"
BROUGHT = "portal.brought"
STOP = inspect.unwrap(st.stop).__code__
WIDGET_ID = re.compile(r"\$\$ID-[0-9a-f]+-(.+)", re.DOTALL)  # ends in the key that the page gave


@contextmanager
def run() -> Iterator[bool]:
    """Run the page: in a session's first run, with what the browser brings from one that is gone.

    Gives whether a press came with it, which no callback hears.

    A run that is ended by what the browser sends next is no first run, the next one is.
    """
    is_begun = BEGUN in st.session_state
    states = {} if is_begun else _widget_states()
    st.session_state[BROUGHT] = {key: _text_of(state) for key, state in states.items()}
    _forget_set(states)
    try:
        yield any(state.trigger_value for state in states.values())
    except StopException as stopped:  # after which this thread touches the session no more
        if not is_begun and _is_by_page(stopped):
            surely(_note_begun)
        raise
    _note_begun()


def _is_by_page(stopped: StopException) -> bool:
    """Tell whether the page ended itself: Streamlit ends a run with the same exception where a newer one is asked for."""
    return any(frame.f_code is STOP for frame, _ in traceback.walk_tb(stopped.__traceback__))


def _note_begun() -> None:
    st.session_state[BEGUN] = True


def _forget_set(states: Mapping[str, WidgetState]) -> None:
    """Forget what a first run that was ended set for widgets that it never drew: they hold what the browser brings."""
    for key, state in states.items():
        is_text = not key.startswith("$$ID-") and state.WhichOneof("value") == "string_value"
        if is_text and st.session_state.get(key, state.string_value) != state.string_value:
            del st.session_state[key]


def _widget_states() -> dict[str, WidgetState]:
    context = get_script_run_ctx()
    states = context.session_state.get_widget_states() if context else []
    keyed_states = [(WIDGET_ID.fullmatch(state.id), state) for state in states]
    return {match[1] if match[1] != "None" else state.id: state for match, state in keyed_states if match}


def _text_of(state: WidgetState) -> str:
    """Return what a widget holds as text: of an uploader, the name of its file."""
    files = state.file_uploader_state_value.uploaded_file_info
    return files[0].name if files else state.string_value


def is_brought(key: str) -> bool:
    """Tell whether a browser that lost its session brought what the widget holds."""
    return key in st.session_state.get(BROUGHT, {})


def chosen_clinic() -> str | None:
    return st.session_state.get(CLINIC)


def choose_clinic(code: str) -> None:
    st.session_state[CLINIC] = code


def page() -> str:
    """Return the path of the page being shown, as the entry script noted it."""
    return str(st.session_state.get(PAGE, ""))


def note_page(path: str) -> None:
    if path != page():
        for name in (REFUSED, INVITATION, SUMMARY, FIRST_BOXES, RECEIPT, UPLOADED, LOST_FILE):
            st.session_state.pop(name, None)
        forget_choices()
    st.session_state[PAGE] = path


def is_leaving() -> bool:
    """Tell whether the user has just logged out in this tab."""
    return bool(st.session_state.get(LEAVING))


def note_leaving() -> None:
    st.session_state[LEAVING] = True


def is_new_refusal(path: str) -> bool:
    """Tell whether this refusal was not seen in the run before: one event, not one per rerun."""
    is_new = st.session_state.get(REFUSED) != path
    st.session_state[REFUSED] = path
    return is_new


def value_of(key: str) -> str:
    """Return what a widget with that key holds."""
    text = st.session_state.get(key, st.session_state.get(BROUGHT, {}).get(key))
    return str(text or "")


ROUND = "portal.round"  # of each form
UPLOAD_ROUND = "portal.upload_round"
UPLOADED = "portal.uploaded"
LOST_FILE = "portal.lost_file"
RECEIPT = "portal.receipt"
NEXT = "portal.next"
REJECTED = "portal.rejected"


def upload_round(start: str = "") -> int:
    """Return the number that keys an uploader: a new number empties it. `start`: one of several on a page."""
    return int(st.session_state.get(f"{UPLOAD_ROUND} {start}", 0))


def uploader_key(start: str, *, is_one_of_several: bool = False) -> str:
    """Return an uploader's key: a new one where the browser shows a file that ended with its process."""
    its_round = start if is_one_of_several else ""
    key = f"{start}-{upload_round(its_round)}"
    name = st.session_state.get(BROUGHT, {}).get(key)
    if not name:
        return key
    st.session_state[LOST_FILE] = name
    start_next_upload(its_round)
    return f"{start}-{upload_round(its_round)}"


def take_lost_file() -> str:
    """Return the name of such a file, once."""
    return str(st.session_state.pop(LOST_FILE, ""))


def note_uploaded(clinic: str) -> None:
    """Remember that the clinic's uploader holds a file: empty afterwards, it was taken away."""
    st.session_state[UPLOADED] = clinic


def take_uploaded() -> str:
    return str(st.session_state.pop(UPLOADED, ""))


def start_next_upload(start: str = "") -> None:
    st.session_state[f"{UPLOAD_ROUND} {start}"] = upload_round(start) + 1


def form_name(name: str) -> str:
    """Return the key of a form: once it is carried out it is another, empty, and a second click finds it gone."""
    return f"{name} {int(st.session_state.get(f'{ROUND} {name}', 0))}"


def start_next_form(name: str) -> None:
    st.session_state[f"{ROUND} {name}"] = int(st.session_state.get(f"{ROUND} {name}", 0)) + 1


def receipt() -> tuple[str, str]:
    """Return the thanks for what was just sent, and its receipt; empty where nothing was."""
    thanks, _, text = str(st.session_state.get(RECEIPT, "")).partition("\n")
    return thanks, text


def note_receipt(thanks: str, text: str, what_is_next: str) -> None:
    st.session_state[RECEIPT] = f"{thanks}\n{text}"
    st.session_state[NEXT] = what_is_next


def what_is_next() -> str:
    return str(st.session_state.get(NEXT, ""))


def forget_receipt() -> None:
    st.session_state.pop(RECEIPT, None)


def is_new_rejection(sha256: str) -> bool:
    """Tell whether this file's refusal has not been noted yet in this tab."""
    is_new = st.session_state.get(REJECTED) != sha256
    st.session_state[REJECTED] = sha256
    return is_new


REVIEWED = "portal.reviewed"
MESSAGE = "portal.message"


def note_reviewed(clinic: str, month: str) -> None:
    """Remember what was just decided, so that the page goes on to the next in the queue."""
    st.session_state[REVIEWED] = f"{clinic} {month}"


def is_reviewed(clinic: str, month: str) -> bool:
    return st.session_state.get(REVIEWED) == f"{clinic} {month}"


def note_message(text: str) -> None:
    st.session_state[MESSAGE] = text


def take_message() -> str:
    return str(st.session_state.pop(MESSAGE, ""))


SEEN = "portal.seen"
PREVIEWED = "portal.previewed"
CHECKED_FORM = "portal.checked_form"


def seen_bases(subject: str) -> str | None:
    """Return which versions the sender's preview of this file or form was made against."""
    noted_bases = str(st.session_state.get(SEEN, ""))
    name, _, bases = noted_bases.partition("\n")
    return bases if name == subject else None


def note_seen_bases(subject: str, bases: str) -> None:
    st.session_state[SEEN] = f"{subject}\n{bases}"


def forget_seen_bases() -> None:
    st.session_state.pop(SEEN, None)


def swap_previewed(sha256: str) -> str | None:
    """Note what this run of the page previews; return what the one before it did, on which people clicked."""
    previewed = st.session_state.get(PREVIEWED)
    st.session_state[PREVIEWED] = sha256
    return str(previewed) if previewed else None


def form_check(form: str) -> str:
    """Return the press by which the user asked to have this form checked; nothing before one."""
    name, _, press = str(st.session_state.get(CHECKED_FORM, "")).partition("\n")
    return press if name == form else ""


def note_form_checked(form: str, *, press: str) -> None:
    st.session_state[CHECKED_FORM] = f"{form}\n{press}"


FIRST_BOXES = "portal.first_boxes"


def first_boxes(form: str) -> list[str] | None:
    """Return the measures that stand first in this form as long as its page is open; None: not decided."""
    name, _, measures = str(st.session_state.get(FIRST_BOXES, "")).partition("\n")
    return measures.split() if name == form else None


def note_first_boxes(form: str, measures: Iterable[str]) -> None:
    st.session_state[FIRST_BOXES] = f"{form}\n{' '.join(measures)}"


def forget_first_boxes() -> None:
    st.session_state.pop(FIRST_BOXES, None)


def forget_form_checked() -> None:
    st.session_state.pop(CHECKED_FORM, None)


def put_text(key: str, text: str | bool | None) -> None:
    """Set what a widget with that key holds; before it is drawn, or in a callback."""
    st.session_state[key] = text


def begin_text(key: str, text: str | None) -> None:
    """Set what a widget begins with, unless it has been drawn in this visit to the page."""
    if key not in st.session_state and not is_brought(key):
        st.session_state[key] = text


LAG = 2.0  # seconds in which the browser may still send what a box held before it followed another window


def follow_text(key: str, text: str) -> None:
    """Begin a widget with what is stored; one that was not typed in since follows what another window stored.

    One that holds it already is left alone: setting it would overwrite what is being typed in the browser.
    """
    text_before = value_of(key) if key in st.session_state or is_brought(key) else None
    if text_before is not None and text_before != text:
        if is_typed_in(key):
            return
        st.session_state[f"{key}.before"] = text_before
        st.session_state[f"{key}.followed"] = time.monotonic()
    if text_before != text:
        st.session_state[key] = text
    st.session_state[f"{key}.base"] = text


def is_typed_in(key: str) -> bool:
    """Tell whether the widget holds something else than what was stored when it last followed that.

    Right after it followed another window, the browser may send its old text with another box: nobody typed that.
    """
    text = value_of(key)
    is_late = time.monotonic() - float(st.session_state.get(f"{key}.followed", "-inf")) < LAG
    return text != value_of(f"{key}.base") and not (is_late and text == value_of(f"{key}.before"))


def keep_texts(start: str) -> None:
    """Keep what stands in boxes whose key starts like that, while others are drawn in their place."""
    for key in [key for key in st.session_state if str(key).startswith(start)]:
        st.session_state[key] = st.session_state[key]


UNDRAWN = "portal.undrawn"


def note_undrawn() -> None:
    """Remember that a run could not draw the page: the browser forgets what its boxes held."""
    st.session_state[UNDRAWN] = True


def put_texts_again() -> None:
    """Put what was typed into the boxes again, before they are drawn, where the run before could not draw them."""
    if st.session_state.pop(UNDRAWN, False):
        texts = {key: text for key, text in st.session_state.items() if isinstance(text, str)}
        for key, text in texts.items():
            st.session_state[key] = text


def put_bases(key: str, boxes: Iterable[str]) -> None:
    """Let the browser hold, in a widget of that key, what each box last followed."""
    bases = json.dumps({box: value_of(f"{box}.base") for box in boxes}, ensure_ascii=False)
    if value_of(key) != bases:
        st.session_state[key] = bases


def take_bases(key: str) -> None:
    """Take up what the boxes last followed from a browser that lost its session."""
    if not is_brought(key):
        return
    try:
        bases = dict(json.loads(value_of(key)))
    except (ValueError, TypeError):
        return
    for box, text in bases.items():
        st.session_state[f"{box}.base"] = str(text)


def forget_texts(start: str) -> None:
    """Forget every widget whose key starts like that: they begin again from what is stored."""
    for key in [key for key in st.session_state if str(key).startswith(start)]:
        del st.session_state[key]


def put_note(key: str, text: str) -> None:
    st.session_state[f"{key}.note"] = text


def take_note(key: str) -> str:
    return str(st.session_state.pop(f"{key}.note", ""))


def put_choice(key: str, option: object) -> None:
    """Set what a choice with that key stands on; before it is drawn."""
    st.session_state[key] = option


def choice(key: str) -> str | None:
    """Return the option that a choice with that key stands on, as the address writes it; it may be empty."""
    option = st.session_state.get(key)
    return None if option is None else str(option)


RECENT_CHOICES = "portal.recent_choices"


class RecentChoice(NamedTuple):
    """What the address was made to hold, and what the browser may say that it holds before it has heard."""

    text: str
    earlier_texts: frozenset[str | None]
    moment: float


def note_choice(parameter: str, text: str, *, earlier_text: str | None, moment: float) -> None:
    """Remember a choice until another page is opened."""
    choices: dict[str, RecentChoice] = st.session_state.setdefault(RECENT_CHOICES, {})
    texts = {earlier_text}
    if earlier := choices.get(parameter):
        texts |= {earlier.text, *earlier.earlier_texts}
    choices[parameter] = RecentChoice(text, frozenset(texts - {text}), moment)


def recent_choice(parameter: str, *, since: float) -> RecentChoice | None:
    recent: RecentChoice | None = st.session_state.get(RECENT_CHOICES, {}).get(parameter)
    return recent if recent and recent.moment > since else None


def forget_choices() -> None:
    st.session_state.pop(RECENT_CHOICES, None)


INVITATION = "portal.invitation"
SUMMARY = "portal.summary"
REFUSAL = "portal.refusal"


def note_invitation(sentence: str, url: str) -> None:
    st.session_state[INVITATION] = f"{sentence}\n{url}"


def invitation() -> tuple[str, str]:
    """Return what is to say of the link that was made last on this page, and the link."""
    sentence, _, url = str(st.session_state.get(INVITATION, "")).partition("\n")
    return sentence, url


def note_summary(parts: Mapping[str, str]) -> None:
    """Keep what came of a file, until another page is opened."""
    st.session_state[SUMMARY] = json.dumps(parts, ensure_ascii=False)


def summary() -> dict[str, str]:
    return dict(json.loads(st.session_state.get(SUMMARY, "{}")))


def note_refusal(text: str) -> None:
    st.session_state[REFUSAL] = text


FAULT = "portal.fault"


def note_fault(field: str) -> None:
    """Remember which field the next refusal is about."""
    st.session_state[FAULT] = field


def take_fault() -> str:
    return str(st.session_state.pop(FAULT, ""))


def take_refusal() -> str:
    return str(st.session_state.pop(REFUSAL, ""))


LOG_PLACE = "portal.log_place"


def log_place(search: str) -> tuple[int | None, int | None]:
    """Return the (older than, newer than) at which the log is open; a new search begins at the newest."""
    position = st.session_state.get(LOG_PLACE)
    return (position[1], position[2]) if position and position[0] == search else (None, None)


def note_log_place(search: str, older_than: int | None, newer_than: int | None) -> None:
    st.session_state[LOG_PLACE] = (search, older_than, newer_than)

"""The only module that reads or writes st.session_state.

Only plain text is kept: an object would outlive a change of rights. Who the user is, is never here.
"""

import streamlit as st


CLINIC = "portal.clinic"
PAGE = "portal.page"
LEAVING = "portal.leaving"
NEEDS_CODE = "portal.needs_code"
REFUSED = "portal.refused"


def chosen_clinic() -> str | None:
    return st.session_state.get(CLINIC)


def choose_clinic(code: str) -> None:
    st.session_state[CLINIC] = code


def page() -> str:
    """Return the path of the page being shown, as the entry script noted it."""
    return str(st.session_state.get(PAGE, ""))


def note_page(path: str) -> None:
    if path != page():
        st.session_state.pop(REFUSED, None)
    st.session_state[PAGE] = path


def is_leaving() -> bool:
    """Tell whether the user has just logged out in this tab."""
    return bool(st.session_state.get(LEAVING))


def note_leaving() -> None:
    st.session_state[LEAVING] = True


def needs_code() -> bool:
    return bool(st.session_state.get(NEEDS_CODE))


def note_needs_code(needed: bool) -> None:
    st.session_state[NEEDS_CODE] = needed


def is_new_refusal(path: str) -> bool:
    """Tell whether this refusal was not seen in the run before: one event, not one per rerun."""
    is_new = st.session_state.get(REFUSED) != path
    st.session_state[REFUSED] = path
    return is_new


def value_of(key: str) -> str:
    """Return what a widget with that key holds."""
    return str(st.session_state.get(key) or "")


UPLOAD_ROUND = "portal.upload_round"
RECEIPT = "portal.receipt"
REJECTED = "portal.rejected"


def upload_round() -> int:
    """Return the number that keys the uploader: a new number empties it."""
    return int(st.session_state.get(UPLOAD_ROUND, 0))


def start_next_upload() -> None:
    st.session_state[UPLOAD_ROUND] = upload_round() + 1


def receipt() -> str:
    return str(st.session_state.get(RECEIPT, ""))


def note_receipt(text: str) -> None:
    st.session_state[RECEIPT] = text


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
CHECKED_FORM = "portal.checked_form"


def seen_bases(what: str) -> str | None:
    """Return which versions the sender's preview of this file or form was made against."""
    kept = str(st.session_state.get(SEEN, ""))
    name, _, bases = kept.partition("\n")
    return bases if name == what else None


def note_seen_bases(what: str, bases: str) -> None:
    st.session_state[SEEN] = f"{what}\n{bases}"


def forget_seen_bases() -> None:
    st.session_state.pop(SEEN, None)


def is_form_checked(form: str) -> bool:
    """Tell whether the user has asked to have this form checked."""
    return st.session_state.get(CHECKED_FORM) == form


def note_form_checked(form: str) -> None:
    st.session_state[CHECKED_FORM] = form


def forget_form_checked() -> None:
    st.session_state.pop(CHECKED_FORM, None)


def put_text(key: str, text: str | None) -> None:
    """Set what a widget with that key holds; before it is drawn, or in a callback."""
    st.session_state[key] = text


def begin_text(key: str, text: str | None) -> None:
    """Set what a widget begins with, unless it has been drawn in this visit to the page."""
    if key not in st.session_state:
        st.session_state[key] = text


def forget_texts(start: str) -> None:
    """Forget every widget whose key starts like that: they begin again from what is stored."""
    for key in [key for key in st.session_state if str(key).startswith(start)]:
        del st.session_state[key]


# Texts being written: the version that the writer began from stays with what they have typed.


def begin_editing(key: str, text: str, version: int) -> None:
    if key not in st.session_state:
        st.session_state[key] = text
        st.session_state[f"{key}.base"] = version


def base_version(key: str) -> int:
    return int(st.session_state.get(f"{key}.base", 0))


def keep_editing(key: str, version: int) -> None:
    """Go on after a refusal, from the version that the writer has now been shown."""
    st.session_state[f"{key}.base"] = version
    st.session_state[f"{key}.open"] = True


def end_editing(key: str) -> None:
    for name in (key, f"{key}.base", f"{key}.open"):
        st.session_state.pop(name, None)


def is_editing(key: str) -> bool:
    return bool(st.session_state.get(f"{key}.open"))


def put_note(key: str, text: str) -> None:
    st.session_state[f"{key}.note"] = text


def take_note(key: str) -> str:
    return str(st.session_state.pop(f"{key}.note", ""))


def put_choice(key: str, chosen: int) -> None:
    """Set what a choice with that key stands on; in a callback."""
    st.session_state[key] = chosen

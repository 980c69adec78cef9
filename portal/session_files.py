"""Whose a file in Streamlit's memory is: its addresses and ids alone open nothing.

Streamlit serves an upload's place, a download's id and a made file to whoever has the address. Here each is
bound to the login that it was made for; Streamlit's own tables are read, and nothing is changed in them.
"""

from collections import OrderedDict
from threading import Lock
from typing import Any

import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager


UPLOADS, MEDIA = "/_stcore/upload_file/", "/media/"
MOST_FILES = 10_000


class Owners:
    """Which logins each made file is for; what is older than the newest MOST_FILES is nobody's any more."""

    def __init__(self) -> None:
        self._sids: OrderedDict[str, frozenset[str]] = OrderedDict()
        self._lock = Lock()

    def note(self, url: str, sid: str) -> None:
        name = url.rpartition("/")[2]
        with self._lock:
            self._sids[name] = self._sids.pop(name, frozenset()) | {sid}
            if len(self._sids) > MOST_FILES:
                self._sids.popitem(last=False)

    def holds(self, path: str, sid: str) -> bool:
        with self._lock:
            return sid in self._sids.get(path.rpartition("/")[2], frozenset())


owners = Owners()


def may_reach(path: str, sid: str) -> bool:
    """Tell whether a login may send to, or fetch from, this address of Streamlit's."""
    if path.startswith(MEDIA):
        return owners.holds(path, sid)
    if path.startswith(UPLOADS):
        owner = owner_of_session(path.removeprefix(UPLOADS).partition("/")[0])
        return owner is None or owner == sid  # one that is gone is Streamlit's to refuse
    return True


def owner_of_session(session_id: str) -> str | None:
    """Return the login behind one of Streamlit's own sessions; empty for a stranger's, None where it's gone."""
    if not Runtime.exists():
        return None
    session_info = Runtime.instance()._session_mgr.get_session_info(session_id)
    return str(session_info.session._user_info.get("sid") or "") if session_info else None


class OwnDeferredFile(DeferredFileHandler):
    """Makes a file only for the session whose page offered it."""

    async def handle(self, request: BackendOperationRequest, session_id: str) -> BackendOperationResponse:
        file_id = request.deferred_file.file_id
        offered = self._get_media_file_mgr()._deferred_callables.get(file_id)
        if offered is None or offered["session_id"] != session_id:
            return BackendOperationResponse(request_id=request.request_id, error_msg="No such file")
        response = await super().handle(request, session_id)
        if response.deferred_file.url:
            owners.note(response.deferred_file.url, owner_of_session(session_id) or "")
        return response


_add = MediaFileManager.add


def _add_and_note(manager: MediaFileManager, *arguments: Any, **named: Any) -> str:
    url = _add(manager, *arguments, **named)
    owners.note(url, str(st.user.get("sid") or ""))
    return url


def bind() -> None:
    """Have Streamlit's file keeping say from now on for whom each file is made."""
    MediaFileManager.add = _add_and_note  # type: ignore[method-assign,assignment]
    app_session.DeferredFileHandler = OwnDeferredFile  # type: ignore[misc]

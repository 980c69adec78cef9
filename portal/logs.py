"""What the server writes down of itself: one line an event, as JSON where a machine reads it.

A line names the request or rerun that it belongs to, and nothing personal: a library may put what it was given into the
words of an exception, so that in JSON its kind and its places in the code stand alone.
"""

import json
import logging
import secrets
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from types import TracebackType
from typing import Any

from streamlit import logger as streamlit_logger

from portal.services.refused import DatabaseUnavailable


LINES, JSON = "lines", "json"
READABLE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
OURS = "portal"
MOST_FRAMES = 40  # of one exception, the innermost
MOST_EXCEPTIONS = 5  # that one came out of
SHOWN_BEFORE = "Uncaught app execution"  # Streamlit's own line about what server.show_error logs with an id

_request: ContextVar[str] = ContextVar("request", default="")


@contextmanager
def request() -> Iterator[None]:
    """Give what is logged inside one id: that of a request, or of a page's run."""
    before = _request.set(secrets.token_hex(6))
    try:
        yield
    finally:
        _request.reset(before)


class JsonLines(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "request": _request.get(),
            "message": _message(record),
        }
        if record.exc_info and record.exc_info[1]:
            line["fault"] = "\n".join(_in_code(record.exc_info[1]))
        return json.dumps(line, ensure_ascii=False)


def _message(record: logging.LogRecord) -> str:
    """A library's first line: asyncio's next ones repeat an exception in its own words."""
    message = record.getMessage()
    is_ours = record.name.partition(".")[0] == OURS
    return " / ".join(message.splitlines()) if is_ours else message.partition("\n")[0]


def _in_code(fault: BaseException) -> Iterator[str]:
    """Yield where an exception was raised and what kind it is, and so of those that it came out of."""
    for _ in range(MOST_EXCEPTIONS):
        yield from (
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(fault.__traceback__)[-MOST_FRAMES:]
        )
        yield _kind(fault)
        before = fault.__cause__ or fault.__context__
        if before is None:
            return
        yield "out of"
        fault = before


def _kind(fault: BaseException) -> str:
    """Name an exception; of the machine's own faults also what was the matter, which holds nobody's data."""
    name = f"{type(fault).__module__}.{type(fault).__qualname__}"
    words = str(fault) if isinstance(fault, DatabaseUnavailable) else getattr(fault, "strerror", None)
    engines = getattr(fault, "orig", fault)  # SQLAlchemy's keep the driver's
    code = getattr(engines, "sqlite_errorname", None) or getattr(engines, "sqlstate", None)
    return ": ".join(filter(None, (name, words or code)))


def set_up(form: str) -> None:
    """Have everything that is logged in this process go to stderr in one form, libraries' lines too."""
    handler = logging.StreamHandler()
    handler.setFormatter(JsonLines() if form == JSON else logging.Formatter(READABLE))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    streamlit_logger.setup_formatter = _leave_to_root
    for logger in [*streamlit_logger._loggers.values()]:
        _leave_to_root(logger)
    logging.getLogger("streamlit.error_util").addFilter(_is_news)
    logging.captureWarnings(form == JSON)
    if form == JSON:
        sys.excepthook = _log_end
        threading.excepthook = _log_end_of_thread


def _leave_to_root(logger: logging.Logger) -> None:
    """What Streamlit calls for each of its loggers: those would write by themselves, past the form."""
    logger.handlers.clear()
    logger.propagate = True


def _is_news(record: logging.LogRecord) -> bool:
    return record.msg != SHOWN_BEFORE


def _log_end(kind: type[BaseException], fault: BaseException, places: TracebackType | None) -> None:
    """In its own words: in the main thread nobody's data is handled, and an operator reads why it did not start."""
    logging.getLogger(OURS).critical("the process ended: %s", fault, exc_info=(kind, fault, places))


def _log_end_of_thread(ended: Any) -> None:
    logging.getLogger(OURS).error("a thread ended", exc_info=ended.exc_value)

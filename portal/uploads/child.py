"""Runs the child processes that open workbooks, and tells whose fault it is when one gives no answer."""

import logging
import secrets
import signal
import subprocess
import sys
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from threading import BoundedSemaphore, Lock
from time import monotonic


MOST_CHILDREN = 2  # at a time: whoever opens eight tabs waits, and the server has memory left for the others
SMALLEST = 1_000  # bytes that a kept answer takes beside its own
seats = BoundedSemaphore(MOST_CHILDREN)
log = logging.getLogger("portal")

# openpyxl loads numpy where it finds it, for kinds of numbers that no file holds: half of a child's start.
RUN = (
    "import runpy, sys; sys.modules['numpy'] = None; runpy.run_module(sys.argv.pop(1), {}, '__main__', True)"
)


class TooMuch(Exception):
    """The workbook asked for more time or memory than one may have: the file's fault."""


class ChildFailed(Exception):
    """The child could not do its work: the machine's fault, or ours. The log has its words by the id.

    `is_busy`: it got too little of the processor to come to an end; another try may well succeed.
    """

    is_busy = False

    def __init__(self) -> None:
        self.error_id = secrets.token_hex(4)
        super().__init__(self.error_id)


class ChildStarved(ChildFailed):
    """The wall clock ran out before the child's own limit of processor time."""

    is_busy = True


def ask(module: str, *arguments: str, content: bytes, seconds: int) -> bytes:
    """Return what the child writes; raises TooMuch or ChildFailed.

    What a file costs is judged by the processor time and memory that the child takes, which the kernel
    counts; `seconds` of the wall clock say only how long somebody waits on a busy machine, for a free seat
    among MOST_CHILDREN first.
    It gets no environment: nothing secret is within its reach.
    """
    until = monotonic() + seconds
    if not seats.acquire(timeout=seconds):
        raise failed(module, TimeoutError("every seat is taken"), ChildStarved)
    try:
        return _run(module, *arguments, content=content, seconds=until - monotonic())
    finally:
        seats.release()


def _run(module: str, *arguments: str, content: bytes, seconds: float) -> bytes:
    try:
        child = subprocess.run(
            [sys.executable, "-c", RUN, module, *arguments],
            input=content,
            capture_output=True,
            timeout=seconds,
            env={"PYTHONUTF8": "1"},
            cwd=Path(__file__).parents[2],
            check=True,
        )
    except subprocess.TimeoutExpired as starved:
        raise failed(module, starved, ChildStarved) from None
    except subprocess.CalledProcessError as ended:
        # The kernel's own limits, set in the child. Another signal is somebody else's: memory ran out.
        if ended.returncode == -signal.SIGXCPU or b"MemoryError" in (ended.stderr or b""):
            raise TooMuch from None
        raise failed(module, ended) from None
    except OSError as unstarted:
        raise failed(module, unstarted) from None
    return child.stdout


def failed(module: str, error: Exception, kind: type[ChildFailed] = ChildFailed) -> ChildFailed:
    """Log what happened, with the child's last words, and return the fault to raise."""
    fault = kind()
    words = (getattr(error, "stderr", None) or b"")[-2_000:].decode(errors="replace").splitlines()
    log.error("child error %s: %s: %s %s", fault.error_id, module, error, "; ".join(_places(words)))
    return fault


def _places(traceback: list[str]) -> list[str]:
    """Return where a child's exception was raised and what kind it is: its words may hold what stood in the file."""
    places = [line.strip() for line in traceback if line.lstrip().startswith("File ")]
    return places + [line.partition(":")[0] for line in traceback[-1:]]


class Answers:
    """The newest answers, so that the same bytes are read once: for every tab, rerun and click.

    Who asks while they are being read waits for the same answer. A fault of the machine's is not kept.
    """

    MOST_BYTES = 16 * 1024 * 1024

    def __init__(self) -> None:
        self._futures: OrderedDict[object, Future[bytes]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: object, read: Callable[[], bytes]) -> bytes:
        with self._lock:
            future, is_new = self._futures.get(key), False
            if future is None:
                future, is_new = self._futures.setdefault(key, Future()), True
        if is_new:
            self._read(key, future, read)
        return future.result()

    def forget(self) -> None:
        with self._lock:
            self._futures.clear()

    def _read(self, key: object, future: "Future[bytes]", read: Callable[[], bytes]) -> None:
        try:
            future.set_result(read())
        except TooMuch as fault:
            future.set_exception(fault)
        # Whatever it is, those who wait for the same answer have to hear of it.
        except BaseException as fault:  # noqa: BLE001
            with self._lock:
                self._futures.pop(key, None)
            future.set_exception(fault)
        self._make_room()

    def _make_room(self) -> None:
        with self._lock:
            sizes = {key: _size(future) for key, future in self._futures.items()}
            total = sum(sizes.values())
            for key, size in sizes.items():  # the oldest first
                if total <= self.MOST_BYTES:
                    break
                if size:
                    total -= size
                    del self._futures[key]


def _size(future: "Future[bytes]") -> int:
    """Return what an answer takes, a key's own room included; nothing while it is being read."""
    if not future.done():
        return 0
    return SMALLEST if future.exception() else SMALLEST + len(future.result())

"""Runs the child processes that open workbooks, and tells whose fault it is when one gives no answer."""

import logging
import secrets
import signal
import subprocess
import sys
from pathlib import Path


log = logging.getLogger("portal")


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
    counts; `seconds` of the wall clock say only how long somebody waits on a busy machine.
    It gets no environment: nothing secret is within its reach.
    """
    try:
        child = subprocess.run(
            [sys.executable, "-m", module, *arguments],
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
    words = (getattr(error, "stderr", None) or b"")[-2_000:].decode(errors="replace")
    log.error("child error %s: %s: %s %s", fault.error_id, module, error, words)
    return fault

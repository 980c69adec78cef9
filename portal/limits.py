"""How much one login session may send and fetch in a short time (ASVS 2.4.1), and how many sockets stand open."""

import resource
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock


MOST_KEYS = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    """`burst` at once, and then one more every `seconds`."""

    burst: int
    seconds: float


UPLOADS = Rate(burst=30, seconds=20)  # a whole year's months at once, and then some
DOWNLOADS = Rate(burst=120, seconds=1)
PROGRAMS = Rate(burst=60, seconds=5)  # of one account: a workbook with many sheets at once, some every minute
STRANGERS_PROGRAMS = Rate(burst=30, seconds=10)  # of one network, with tokens that do not hold


@dataclass(slots=True)
class Limiter:
    """A token bucket per key; what is older than the newest MOST_KEYS is forgotten, that is, full again."""

    rate: Rate
    clock: Callable[[], float] = time.monotonic
    _buckets: OrderedDict[str, tuple[float, float]] = field(default_factory=OrderedDict)  # tokens left, when
    _lock: Lock = field(default_factory=Lock)

    def wait(self, key: str) -> float:
        """Take one; return 0, or for how many seconds the next one has to wait."""
        now = self.clock()
        with self._lock:
            tokens, filled_at = self._buckets.pop(key, (float(self.rate.burst), now))
            tokens = min(self.rate.burst, tokens + (now - filled_at) / self.rate.seconds)
            is_allowed = tokens >= 1
            self._buckets[key] = (tokens - 1 if is_allowed else tokens, now)
            if len(self._buckets) > MOST_KEYS:
                self._buckets.popitem(last=False)
        return 0.0 if is_allowed else (1 - tokens) * self.rate.seconds


SOCKETS_OF_LOGIN = 40  # tabs of one account
SOCKETS_OF_ADDRESS = 100  # of strangers: a whole clinic may stand at the login behind one address
SOCKETS_OF_STRANGERS = 400  # together; those who are logged in always have room beside them
FEWEST_FILES = 16_384  # an open socket takes four descriptors
STRANGERS = "strangers"


@dataclass(slots=True)
class Sockets:
    """How many sockets stand open, by who holds them."""

    _open: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def place(self, limits: dict[str, int]) -> Iterator[bool]:
        """Take a place under each key while the block runs; tell whether all of them had one left."""
        if any(self._open[key] >= most for key, most in limits.items()):
            yield False
            return
        self._open.update(limits.keys())
        try:
            yield True
        finally:
            self._open.subtract(limits.keys())
            self._open += Counter()  # forgets who holds none


def allow_many_files() -> None:
    """Raise the process's own limit of open files as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FEWEST_FILES if hard == resource.RLIM_INFINITY else min(FEWEST_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))

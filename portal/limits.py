"""How much one login session may send and fetch in a short time (ASVS 2.4.1); kept in the process."""

import time
from collections import OrderedDict
from collections.abc import Callable
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

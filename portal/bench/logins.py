"""The rerun of an open page after somebody else's login, against the same page's without: as warm, not as cold.

Processor time of the server: each turn reruns every page, lets somebody log in, and reruns it again.
"""

from collections.abc import Callable, Collection
from itertools import product

from portal.bench.measuring import Effort, Measurement
from portal.bench.servers import Server


TARGET = 1.25  # a page whose figures were forgotten takes several times as long
SOMEBODY = "falun"  # opens none of the measured pages


def measure(
    server: Server, pages: Collection[Callable[[], object]], log_in: Callable[[], object], effort: Effort
) -> Measurement:
    """Return the entry of all pages together; each is a function that reruns it."""
    warm = after = 0.0
    for _, rerun in product(range(effort.logins), pages):
        rerun()
        warm += _processor_s(server, rerun)
        log_in()
        after += _processor_s(server, rerun)
    reruns = effort.logins * len(pages)
    return Measurement(
        name="rerun.after_login",
        numerator=after / reruns,
        floor=warm / reruns,
        target=TARGET,
        extra={"floor": "the same pages before somebody else's login", "clock": "processor"},
    )


def _processor_s(server: Server, rerun: Callable[[], object]) -> float:
    before = server.processor_s
    rerun()
    return server.processor_s - before

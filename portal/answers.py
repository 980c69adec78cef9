"""What is answered above the pages when something fails, in Swedish and with an id that the log has."""

import logging
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.responses import PlainTextResponse, Response

from portal.services.refused import DatabaseUnavailable


AGAIN_IN = 20  # seconds
log = logging.getLogger("portal")


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """A fault of the machine's as it is told; the log has the rest under its id."""

    status: int
    sentence: str
    error_id: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def as_text(self) -> Response:
        return PlainTextResponse(self.sentence, self.status, headers=self.headers)


def failure_of(fault: Exception) -> Failure:
    """Log the fault, one line where the database is away, and say what is told of it."""
    error_id = secrets.token_hex(4)
    if isinstance(fault, DatabaseUnavailable):
        log.error("error %s: %s", error_id, fault)
        return Failure(
            status=503,
            sentence=f"Portalen når inte sina uppgifter just nu. Försök igen om en stund. Felkod {error_id}.",
            error_id=error_id,
            headers={"retry-after": str(AGAIN_IN)},
        )
    log.error("error %s", error_id, exc_info=fault)
    return Failure(
        status=500,
        sentence=f"Något gick fel hos oss. Försök igen; händer det på nytt, uppge felkod {error_id} till supporten.",
        error_id=error_id,
    )


def of(fault: Exception) -> Response:
    return failure_of(fault).as_text()

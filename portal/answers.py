"""What is answered above the pages when something fails, in Swedish and with an id that the log has."""

import logging
import secrets

from starlette.responses import PlainTextResponse, Response

from portal.services.refused import DatabaseUnavailable


AGAIN_IN = 20  # seconds
log = logging.getLogger("portal")


def away(fault: DatabaseUnavailable) -> Response:
    """The database can't be reached: one line in the log, and the same address again in a while."""
    error_id = secrets.token_hex(4)
    log.error("error %s: %s", error_id, fault)
    return PlainTextResponse(
        f"Portalen når inte sina uppgifter just nu. Försök igen om en stund. Felkod {error_id}.",
        503,
        headers={"retry-after": str(AGAIN_IN)},
    )


def failed(fault: Exception) -> Response:
    """Anything else: the log has the rest."""
    error_id = secrets.token_hex(4)
    log.error("error %s", error_id, exc_info=fault)
    return PlainTextResponse(
        f"Något gick fel hos oss. Försök igen; händer det på nytt, uppge felkod {error_id} till supporten.",
        500,
    )


def of(fault: Exception) -> Response:
    return away(fault) if isinstance(fault, DatabaseUnavailable) else failed(fault)

"""How an answer is written: JSON or CSV with its ETag, and faults as JSON with Swedish words and an id."""

import hashlib
import json
import logging
import secrets
from collections.abc import Mapping
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response

from portal.answers import Failure
from portal.api.questions import Question
from portal.api.resources import Resource, RowsRead
from portal.services.administration.exports import csv_bytes


JSON, CSV = "application/json", "text/csv; charset=utf-8"
ANSWERS_IN_WORDS = {True: "ja", False: "nej"}
log = logging.getLogger("portal")


def rows(request: Request, resource: Resource, question: Question, read: RowsRead, base_url: str) -> Response:
    """Return the rows that were read, or 304 where the program has them already."""
    following = _following(resource, question, read.total, base_url)
    headers = {"x-total-count": str(read.total), "vary": "authorization"}
    if following:
        headers["link"] = f'<{following}>; rel="next"'
    if question.format == "csv":
        lines = [[_cell(value) for value in row.model_dump(mode="json").values()] for row in read.rows]
        headers["content-disposition"] = f'attachment; filename="{resource.name}.csv"'
        return tagged(request, csv_bytes(resource.row.headings(), lines), CSV, headers)
    written = {
        "rows": [row.model_dump(mode="json") for row in read.rows],
        "page": question.page,
        "size": question.size,
        "total": read.total,
        "next": following,
    }
    return tagged(request, in_json(written), JSON, headers)


def tagged(request: Request, body: bytes, media_type: str, headers: Mapping[str, str]) -> Response:
    """Return the body with the tag by which it is known again, or 304 to whoever has it."""
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    had = {tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")}
    if had & {etag, "*"}:
        return Response(status_code=304, headers={"etag": etag, "vary": "authorization"})
    return Response(body, media_type=media_type, headers={**headers, "etag": etag})


def refusal(status: int, sentence: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return why nothing is given; the log has the line under the id."""
    error_id = secrets.token_hex(4)
    log.info("a program was answered %d, error %s: %s", status, error_id, sentence)
    return _fault(status, sentence, error_id, headers or {})


def failure(fault: Failure) -> Response:
    return _fault(fault.status, fault.sentence, fault.error_id, fault.headers)


def in_json(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()


def _fault(status: int, sentence: str, error_id: str, headers: Mapping[str, str]) -> Response:
    body = in_json({"message": sentence, "error_id": error_id})
    return Response(body, status, media_type=JSON, headers=dict(headers))


def _following(resource: Resource, question: Question, total: int, base_url: str) -> str | None:
    """Return the address of the next page, where there is one."""
    if question.page * question.size >= total:
        return None
    parameters = question.model_dump(exclude_unset=True) | {"page": question.page + 1}
    return f"{base_url.rstrip('/')}{resource.path}?{urlencode(parameters)}"


def _cell(value: object) -> object:
    return ANSWERS_IN_WORDS[value] if isinstance(value, bool) else value

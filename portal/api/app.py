"""What other programs may read, under /api/v1: whose token it is, how much at a time, and the answer.

Every answer here is JSON or CSV, faults too. A token is never taken from an address or a cookie, so that no page of
another site can read with it.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from portal import answers
from portal.api import answering, description
from portal.api.questions import BadQuestion, Question, asked
from portal.api.resources import RESOURCES_BY_PATH, Resource
from portal.domain.accounts.access import AccessDenied
from portal.domain.accounts.networks import network_of
from portal.limits import PROGRAMS, STRANGERS_PROGRAMS, Limiter
from portal.packing import Receive, Scope, Send
from portal.services.accounts import tokens
from portal.services.accounts.tokens import Holder
from portal.services.context import Portal
from portal.services.insight.clinic_months import NoSuchClinic
from portal.services.programs import use
from portal.services.programs.use import TokenUse
from portal.services.release import releases


NO_TOKEN = "Nyckeln saknas, är tillbakatagen eller har gått ut. Gör en ny på Mitt konto."
NO_CLINIC = "Det finns ingen sådan mottagning bland dem som kontot får se."
NO_ADDRESS = "Adressen finns inte. Alla adresser står i /api/v1/openapi.json."
NO_SECOND_FACTOR = "Kontot behöver en andra faktor. Logga in i portalen och sätt på den."
ONLY_READING = "Här går det bara att läsa (GET)."
TOO_MUCH = "För mycket på kort tid. Vänta en stund."
log = logging.getLogger("portal")


@dataclass(frozen=True, slots=True)
class Api:
    """An ASGI application; `address_of` says where a request comes from, as the walls know it."""

    portal: Portal
    address_of: Callable[[Scope], str]
    programs: Limiter = field(default_factory=lambda: Limiter(PROGRAMS))
    strangers: Limiter = field(default_factory=lambda: Limiter(STRANGERS_PROGRAMS))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        try:
            response = await run_in_threadpool(self._answer, request)
        except Exception as fault:  # noqa: BLE001 -- every fault is told in JSON, with an id
            response = answering.failure(answers.failure_of(fault))
        await response(scope, receive, send)

    def _answer(self, request: Request) -> Response:
        path = request.scope["path"]
        resource = RESOURCES_BY_PATH.get(path)
        if resource is None and path != description.PATH:
            return answering.refusal(404, NO_ADDRESS)
        if request.method not in ("GET", "HEAD"):
            return answering.refusal(405, ONLY_READING, {"allow": "GET, HEAD"})
        if resource is None:
            written = answering.in_json(description.describe())
            return answering.tagged(request, written, answering.JSON, {})
        holder = tokens.holder(self.portal, _token_of(request))
        if holder is None:
            return self._to_stranger(request)
        return self._to_holder(request, resource, holder)

    def _to_stranger(self, request: Request) -> Response:
        network = network_of(self.address_of(request.scope))
        if seconds := self.strangers.wait(network):
            return _too_much(seconds)
        log.warning("a program asked with a token that does not hold")
        return answering.refusal(401, NO_TOKEN, {"www-authenticate": "Bearer"})

    def _to_holder(self, request: Request, resource: Resource, holder: Holder) -> Response:
        if seconds := self.programs.wait(holder.user.username):
            return _too_much(seconds)
        if holder.must_enrol:
            return answering.refusal(403, NO_SECOND_FACTOR)
        try:
            question = asked(resource.question, request.query_params)
        except BadQuestion as fault:
            return answering.refusal(400, str(fault))
        releases.release_on_the_day(self.portal, holder.user)  # as the day's first page would
        try:
            read = resource.read(self.portal, holder.user, question)
        except (AccessDenied, NoSuchClinic):
            self._record(holder, resource, question, is_refused=True)
            return answering.refusal(404, NO_CLINIC)
        self._record(holder, resource, question)
        return answering.rows(request, resource, question, read, self.portal.base_url)

    def _record(
        self, holder: Holder, resource: Resource, question: Question, *, is_refused: bool = False
    ) -> None:
        token_use = TokenUse(
            token_id=holder.token_id,
            subject=resource.name,
            format=question.format,
            clinic=question.choice.clinic,
            is_refused=is_refused,
        )
        use.record(self.portal, holder.user, token_use)


def routes(portal: Portal, address_of: Callable[[Scope], str]) -> list[Route]:
    api: Any = Api(portal, address_of)
    return [Route("/api/{path:path}", api)]


def _token_of(request: Request) -> str:
    """Return what stands after Bearer."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _too_much(seconds: float) -> Response:
    return answering.refusal(429, TOO_MUCH, {"retry-after": str(ceil(seconds))})

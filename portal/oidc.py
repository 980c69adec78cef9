"""Where Streamlit's own login (st.login, OIDC) ends and ours begins.

Streamlit and Authlib do the exchange with the provider: code, PKCE, nonce, signature. The answer to its
callback would set a cookie that carries the identity for 30 days. It is taken out here before it reaches
the browser, and our login session's cookie goes out instead: nothing else ever carries an identity.
"""

import json
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value

from portal.services.accounts import identity
from portal.services.accounts.identity import Terms
from portal.services.context import Portal
from portal.settings import Settings


PROVIDER = "region"
LOGIN, CALLBACK = "/auth/login", "/oauth2callback"
STREAMLITS = "_streamlit_user"  # the cookie with the identity; with further endings: its tokens and chunks
REFUSED = "/?besked=regionens-inloggning"

Message = MutableMapping[str, Any]


def streamlit_secrets(settings: Settings) -> dict[str, Any] | None:
    """Return what st.login reads, made from the environment; None where no provider is set."""
    if not settings.uses_oidc:
        return None
    provider: dict[str, Any] = {
        "client_id": settings.oidc_client_id,
        "client_secret": settings.oidc_client_secret,
        "server_metadata_url": settings.oidc_metadata_url,
        "client_kwargs": {"scope": "openid email profile", "prompt": "select_account"},
    }
    if settings.oidc_acr:
        provider["authorize_params"] = {"acr_values": settings.oidc_acr}
    return {
        "auth": {
            "redirect_uri": settings.base_url.rstrip("/") + CALLBACK,
            "cookie_secret": settings.secret_key,
            PROVIDER: provider,
        }
    }


@dataclass(frozen=True, slots=True)
class Callback:
    """Sends the callback's answer on: Streamlit's identity out, our session's cookie in."""

    send: Callable[[Message], Any]
    portal: Portal
    settings: Settings
    session_cookie: Callable[[str], str]  # token → Set-Cookie

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {
                **message,
                "headers": await self._headers(MutableHeaders(raw=list(message["headers"]))),
            }
        await self.send(message)

    async def _headers(self, headers: MutableHeaders) -> list[tuple[bytes, bytes]]:
        set_cookies = headers.getlist("set-cookie")
        claims = claims_in(set_cookies, self.settings.secret_key)
        opened = await run_in_threadpool(self._open, claims) if claims else None
        del headers["set-cookie"]
        for set_cookie in set_cookies:
            if not set_cookie.startswith(STREAMLITS):
                headers.append("set-cookie", set_cookie)
        if opened:
            headers.append("set-cookie", self.session_cookie(opened[0]))
        headers["location"] = "/" if opened else REFUSED
        return headers.raw

    def _open(self, claims: dict[str, object]) -> tuple[str, str] | None:
        terms = Terms(claim=self.settings.oidc_claim, acr=tuple(self.settings.oidc_acr.split()))
        return identity.open_session(self.portal, claims, terms)


def claims_in(set_cookies: list[str], secret: str) -> dict[str, object]:
    """Return the claims that Streamlit has checked and signed into its cookie; nothing where it has not."""
    values: dict[str, str] = {}
    for set_cookie in set_cookies:
        try:
            values.update({name: morsel.value for name, morsel in SimpleCookie(set_cookie).items()})
        except CookieError:
            continue

    def decoded(name: str) -> bytes | None:
        value = values.get(name)
        return decode_signed_value(secret, name, value.encode("latin-1")) if value else None

    identity_cookie = get_cookie_with_chunks(decoded, STREAMLITS)
    claims = json.loads(identity_cookie) if identity_cookie else {}
    return claims if isinstance(claims, dict) else {}


def without_streamlits(cookie: str) -> str:
    """Return a Cookie header without Streamlit's identity, whoever signed it."""
    parts = [part for part in cookie.split(";") if not part.strip().startswith(STREAMLITS)]
    return ";".join(parts)

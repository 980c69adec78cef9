"""A small OpenID provider: authorization code, PKCE, nonce, RS256. It logs `person` in without asking.

What it answers can be spoilt, one thing at a time, to see that the portal does not take it.
"""

import base64
import hashlib
import json
import secrets
import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import jwt
import uvicorn
from cryptography.hazmat.primitives.asymmetric import rsa
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route


CLIENT_ID, CLIENT_SECRET = "vardval-bup", "provider secret " * 3
KEY_ID = "key-1"
PERSON = {"sub": "7f3c", "email": "Fia.Falun@region.example", "email_verified": True, "acr": "mfa"}


@dataclass
class Provider:
    url: str
    person: dict = field(default_factory=lambda: dict(PERSON))
    spoil: str = ""  # key, alg, issuer, audience, expired, nonce
    codes: dict = field(default_factory=dict)
    asked: list = field(default_factory=list)
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65_537, 2_048))

    def configuration(self, _request):
        return JSONResponse(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            }
        )

    def jwks(self, _request):
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return JSONResponse({"keys": [{**public, "kid": KEY_ID, "use": "sig", "alg": "RS256"}]})

    def authorize(self, request):
        asked = dict(request.query_params)
        self.asked.append(asked)
        assert asked["response_type"] == "code"
        assert asked["client_id"] == CLIENT_ID
        assert asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"]}
        return RedirectResponse(f"{asked['redirect_uri']}?{urlencode(answer)}", status_code=302)

    async def token(self, request):
        form = await request.form()
        asked = self.codes.pop(form["code"], None)
        pair = base64.b64decode(request.headers["authorization"].split()[1]).decode()
        if asked is None or pair != f"{CLIENT_ID}:{CLIENT_SECRET}" or not fits(form, asked):
            return JSONResponse({"error": "invalid_grant"}, 400)
        return JSONResponse(
            {"access_token": "x", "token_type": "Bearer", "id_token": self.id_token(asked), "expires_in": 60}
        )

    def id_token(self, asked):
        now = int(time.time())
        claims = {
            **self.person,
            "iss": "https://ond.example" if self.spoil == "issuer" else self.url,
            "aud": "annan" if self.spoil == "audience" else CLIENT_ID,
            "iat": now - 7_200 if self.spoil == "expired" else now,
            "exp": now - 3_600 if self.spoil == "expired" else now + 60,
            "nonce": "annan" if self.spoil == "nonce" else asked["nonce"],
        }
        if self.spoil == "alg":
            return jwt.encode(claims, None, algorithm="none", headers={"kid": KEY_ID})
        key = rsa.generate_private_key(65_537, 2_048) if self.spoil == "key" else self.key
        return jwt.encode(claims, key, algorithm="RS256", headers={"kid": KEY_ID})


def fits(form, asked):
    """Tell whether the verifier is that of the challenge (PKCE)."""
    digest = hashlib.sha256(form["code_verifier"].encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == asked["code_challenge"]


@contextmanager
def serve():
    """Give a provider on a port of this machine."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        provider = Provider(f"http://127.0.0.1:{listening.getsockname()[1]}")
        routes = [
            Route("/.well-known/openid-configuration", provider.configuration),
            Route("/jwks", provider.jwks),
            Route("/authorize", provider.authorize),
            Route("/token", provider.token, methods=["POST"]),
        ]
        server = uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="error"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield provider
        server.should_exit = True
        thread.join(timeout=10)

"""The keys that sign the audit, derived from the installation's secret; a connection carries them."""

import hmac
import json
from collections.abc import Sequence


KEYS = "audit_keys"  # in a connection's info: the key that signs, then those that did


def keys_of(*secrets: str) -> tuple[bytes, ...]:
    """Return the keys of the chain: the first signs, the others did so before the secret was changed."""
    return tuple(hmac.digest(secret.encode(), b"portal audit chain", "sha256") for secret in secrets)


def sign(key: bytes, *fields: object) -> str:
    return hmac.new(key, encoded(fields), "sha256").hexdigest()


def encoded(fields: Sequence[object]) -> bytes:
    return json.dumps(list(fields), ensure_ascii=False).encode()

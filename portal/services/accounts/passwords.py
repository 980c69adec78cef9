"""Password hashes (argon2id), one or two at a time."""

import secrets
import threading
from collections.abc import Iterable
from contextlib import suppress
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from portal.domain.accounts.passwords import LONGEST, fault_of, normal
from portal.services.refused import Refused


# OWASP's argon2id: 19 MiB, two passes. Two at once at most, so that a flood of logins cannot
# take the memory and both cores from those who are working.
hasher = PasswordHasher(memory_cost=19_456, time_cost=2, parallelism=1)
hashing = threading.BoundedSemaphore(2)


def check_rules(password: str, *, has_second_factor: bool, words: Iterable[str]) -> None:
    """Raise Refused with what is wrong with a new password."""
    if fault := fault_of(password, has_second_factor=has_second_factor, words=words):
        raise Refused(fault, about="password")


def hash_of(password: str) -> str:
    with hashing:
        return hasher.hash(normal(password))


def is_right(password_hash: str, password: str) -> bool:
    """Tell whether the password fits; costs one hash whatever was typed, also without a hash to fit."""
    typed = normal(password) if len(password) <= LONGEST else ""
    with hashing, suppress(VerificationError, InvalidHashError):
        return hasher.verify(password_hash or _stand_in(), typed)
    return False


@cache
def _stand_in() -> str:
    """Return the hash of a password nobody has: for accounts that are not there, or have none yet."""
    return hasher.hash(secrets.token_urlsafe(32))

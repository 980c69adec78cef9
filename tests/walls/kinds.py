"""What kinds of services there are, by who is let in, and a row of the matrix about one of them."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from portal.domain.accounts.access import AccessDenied


class Kind(Enum):
    """Who is let in."""

    CLINIC = "one clinic's: those of that clinic, and the region"
    WRITER = "one clinic's own users, not even the region"
    OWN = "everyone, and each finds own clinics only; the region finds all"
    PERSONAL = "everyone, about oneself"
    REGION = "the region and its administrators"
    ADMIN = "the region's administrators"
    ALL = "everyone, the same for all"


@dataclass(frozen=True, kw_only=True)
class Row:
    kind: Kind
    call: Callable[[Any, Any, str], object]
    refused: tuple[type[Exception], ...] = (AccessDenied,)  # how it says no
    is_refused: Callable[[Any], bool] = lambda result: False  # or says no in what it returns
    shows: bool = True  # whether the answer holds the clinic's numbers or name: the positive control


def clinic(call, **details):
    return Row(kind=Kind.CLINIC, call=call, **details)


def own(call, **details):
    return Row(kind=Kind.OWN, call=call, **details)


def region(call, **details):
    return Row(kind=Kind.REGION, call=call, **details)


def admin(call, **details):
    return Row(kind=Kind.ADMIN, call=call, **details)

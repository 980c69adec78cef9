"""Frozen objects as canonical JSON and back: the same object is always the same bytes."""

import hashlib
import json
import types
import typing
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, TypeVar


Kind = TypeVar("Kind")


def dump(found: Any) -> str:
    """Return a dataclass as JSON with sorted keys, no blanks, no escapes. NaN and infinity are refused."""
    return json.dumps(
        found, default=_as_fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def _as_fields(part: Any) -> dict[str, Any]:
    """Return a dataclass's fields, not copied to its bottom first as `asdict` does; anything else has no JSON."""
    return {name: getattr(part, name) for name in _names_of(part.__class__)}


@cache
def _names_of(kind: type) -> list[str]:
    """Return the names of a dataclass's fields."""
    if not is_dataclass(kind):
        raise TypeError(f"{kind.__name__} can't be written as JSON")
    return [field.name for field in fields(kind)]


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def load(kind: type[Kind], text: str) -> Kind:
    """Return the object that `dump` wrote; raises TypeError or ValueError for anything else."""
    found: Kind = _read(kind, json.loads(text))
    return found


def _read(kind: Any, raw: Any) -> Any:
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        return None if raw is None else _read(next(k for k in arguments if k is not type(None)), raw)
    if origin is tuple:
        return tuple(_read(arguments[0], part) for part in raw)
    if is_dataclass(kind):
        hints = typing.get_type_hints(kind)
        known = {field.name for field in fields(kind)}
        if unknown := set(raw) - known:
            raise ValueError(f"unknown fields: {sorted(unknown)}")
        return typing.cast(Any, kind)(**{name: _read(hints[name], part) for name, part in raw.items()})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(raw)
    return float(raw) if kind is float else raw

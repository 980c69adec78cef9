"""Frozen objects as canonical JSON and back: the same object is always the same bytes."""

import hashlib
import json
import types
import typing
from collections.abc import Callable
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
    frozen: Kind = _reader(typing.cast(Any, kind))(json.loads(text))
    return frozen


def _as_it_is(raw: Any) -> Any:
    return raw


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Return what makes a value of that kind of its JSON; a report has thousands of each kind."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is types.UnionType:
        read_any = _reader(next(k for k in arguments if k is not type(None)))
        return lambda raw: None if raw is None else read_any(raw)
    if origin is tuple:
        read_part = _reader(arguments[0])
        return lambda raw: tuple(map(read_part, raw))
    if is_dataclass(kind):
        return _reader_of_fields(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return float if kind is float else _as_it_is


def _reader_of_fields(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = {name: _reader(hints[name]) for name in _names_of(kind)}

    def read(raw: Any) -> Any:
        if unknown := set(raw) - readers.keys():
            raise ValueError(f"unknown fields: {sorted(unknown)}")
        return kind(**{name: readers[name](part) for name, part in raw.items()})

    return read

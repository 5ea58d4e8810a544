"""The JSON of a report as a JSON Schema (2020-12), from the dataclasses that it is written of."""

from __future__ import annotations

import dataclasses
import datetime
import types
import typing
from decimal import Decimal
from enum import StrEnum
from typing import Any

PLACE = "#/components/schemas/"
PLAIN: dict[Any, dict[str, Any]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    bool: {"type": "boolean"},
    # As `document.to_json` writes them.
    Decimal: {"type": "string", "pattern": r"^-?\d{1,20}\.\d{1,20}$"},
    datetime.datetime: {"type": "string", "format": "date-time"},
}


def schemas_of(kind: type[Any]) -> dict[str, dict[str, Any]]:
    """Of a dataclass and of every other that it is made of, by their names."""
    found: dict[str, dict[str, Any]] = {}
    _collect(kind, found)
    return found


def _collect(kind: Any, found: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """What stands for the type where it is used."""
    if kind in PLAIN:
        return PLAIN[kind]
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return {"type": "string", "enum": [str(one) for one in kind]}
    if typing.get_origin(kind) is tuple:
        return {"type": "array", "items": _collect(typing.get_args(kind)[0], found)}
    if typing.get_origin(kind) is types.UnionType:
        return {"anyOf": [_collect(one, found) for one in typing.get_args(kind)]}
    if kind is type(None):
        return {"type": "null"}
    if kind.__name__ not in found:
        # Before its fields: a type may hold itself.
        found[kind.__name__] = {}
        hints = typing.get_type_hints(kind)
        names = [field.name for field in dataclasses.fields(kind)]
        found[kind.__name__] |= {
            "type": "object",
            "properties": {name: _collect(hints[name], found) for name in names},
            "required": names,
            "additionalProperties": False,
        }
    return {"$ref": PLACE + kind.__name__}

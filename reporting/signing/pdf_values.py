"""Reads pyHanko's dictionaries."""

from __future__ import annotations

from typing import Any


def entry(dictionary: Any, name: str, otherwise: Any = ()) -> Any:
    """The value itself, wherever in the file it lies: the dictionary's own `get` gives back a reference."""
    try:
        return dictionary[name]
    except KeyError:
        return otherwise

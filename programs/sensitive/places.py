"""What each part of the check finds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ..enums import SensitiveKind

Span = tuple[int, int]


@dataclass(frozen=True, order=True)
class Place:
    """`text[start:end]` is what was found."""

    start: int
    end: int
    kind: SensitiveKind


class Taken:
    """Which signs of a text are spoken for already; asked for by the thousand."""

    def __init__(self, length: int) -> None:
        self._signs = bytearray(length)

    def take(self, start: int, end: int) -> bool:
        """Whether none of them was taken; now they are."""
        if any(self._signs[start:end]):
            return False
        self._signs[start:end] = b"\x01" * (end - start)
        return True


def first_of_each(spans: Iterable[Span], length: int) -> Iterator[Span]:
    """Those that overlap none before them, in the order given."""
    taken = Taken(length)
    return (span for span in spans if taken.take(*span))

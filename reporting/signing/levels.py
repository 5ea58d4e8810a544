"""What signing on the server gives back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Of ETSI EN 319 142-1: a bare signature, with a time stamp, with what proves it years later."""

    B_B = "PAdES B-B"
    B_T = "PAdES B-T"
    B_LT = "PAdES B-LT"


@dataclass(frozen=True)
class Signed:
    pdf: bytes
    level: Level
    notes: tuple[str, ...] = ()
    """Ukrainian sentences: what was wanted and could not be had."""

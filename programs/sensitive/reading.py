"""A text as people read it: lookalike signs are one, what nobody sees is not there.

Pasted from elsewhere, a name may have a Latin «i», a telephone number a soft hyphen or a narrow space in it.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from ..textforms import APOSTROPHES, DASHES

_LATIN, _CYRILLIC = "ABCEHIKMOPTXYaceiopxyïÏ", "АВСЕНІКМОРТХУасеіорхуїЇ"
_LOOKALIKES = str.maketrans(_LATIN, _CYRILLIC)
_MIXED = re.compile(r"(?<![A-Za-z@.ïÏ'])[A-Za-zïÏ']*[А-Яа-яІіЇїЄєҐґ][A-Za-zА-Яа-яІіЇїЄєҐґïÏ']*")
_INITIAL = re.compile(r"(?<!\w)[ABCEHIKMOPTXY](?=\. ?[А-ЯІЇЄҐ])")
_QUOTED_SIGN = re.compile(r'(?<=[бвмпфрк])["“”″](?=[яюєї])', re.IGNORECASE)
_SIGNS = str.maketrans({**dict.fromkeys(APOSTROPHES, "'"), **dict.fromkeys(DASHES, "-")})


@dataclass(frozen=True)
class Reading:
    text: str
    positions: tuple[int, ...]
    """Of each sign, and of the end, in the text that was read."""

    def original(self, start: int, end: int) -> tuple[int, int]:
        return self.positions[start], self.positions[end - 1] + 1


def read(text: str) -> Reading:
    """Spaces of every kind are one blank, several in a row too; a new line stays one."""
    signs: list[str] = []
    positions: list[int] = []
    for place, sign in enumerate(text):
        if unicodedata.category(sign) in ("Cf", "Mn"):
            continue
        blank = ("\n" if sign == "\n" else " ") if sign.isspace() else ""
        if blank and signs and signs[-1].isspace():
            signs[-1] = "\n" if "\n" in (blank, signs[-1]) else " "
            continue
        signs.append(blank or sign)
        positions.append(place)
    plain = "".join(signs).translate(_SIGNS)
    plain = _QUOTED_SIGN.sub("'", plain)
    for pattern in (_MIXED, _INITIAL):
        plain = pattern.sub(lambda found: found[0].translate(_LOOKALIKES), plain)
    return Reading(plain, tuple(positions))

"""Keeps the printed form to what its font can draw.

A sign the font lacks would be drawn by whatever font the machine happens to have, or by none,
and the file would no longer be fit for the archive. On paper such a sign becomes a plain square;
the document's JSON and workbook keep it.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from functools import cache
from typing import Any, TypeVar

from programs.textforms import TURNING_SIGNS

from ..document import Printed
from ..fonts import FormFont

AnyDocument = TypeVar("AnyDocument", bound=Printed)

# Signs that office programs paste and the form's fonts may lack, and what means the same there.
# The private ones are Word's ticks and bullets.
ALIKE = {
    "✓": "√",
    "✔": "√",
    "\uf0fc": "√",
    "\uf0b7": "•",
    "\uf0a7": "▪",
    "\uf0d8": "►",
    "☐": "□",
    "\u2011": "-",
    "\u2009": "\u00a0",
    "\u202f": "\u00a0",
    "\u2028": "\n",
    "\u2029": "\n",
}
MISSING = "□◊?"
# An accent with no letter to stand on; readers aloud and the archive profiles trip over it.
_LONE_MARKS = re.compile(
    r"(?:^|(?<=\s))[\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+"
)
# In some fonts, yet nothing to draw: the printer makes a box of a separator of lines.
INVISIBLE = frozenset("\u2028\u2029" + TURNING_SIGNS)


def printable(document: AnyDocument, font: FormFont) -> AnyDocument:
    """The same document with every text drawn by this font alone."""
    covered = _covered(font)
    changed: AnyDocument = _mapped(document, covered)
    return changed


def drawn(text: str, font: FormFont) -> str:
    """One text, as `printable` makes them."""
    return _drawn(text, _covered(font))


def _mapped(value: Any, covered: frozenset[str]) -> Any:
    if type(value) is str:
        return _drawn(value, covered)
    if isinstance(value, tuple):
        return tuple(_mapped(item, covered) for item in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: _mapped(getattr(value, f.name), covered) for f in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


def _drawn(text: str, covered: frozenset[str]) -> str:
    composed = _LONE_MARKS.sub("", unicodedata.normalize("NFC", text))
    if covered.issuperset(composed):
        return composed
    return "".join(sign if sign in covered else _substitute(sign, covered) for sign in composed)


def _substitute(sign: str, covered: frozenset[str]) -> str:
    alike = ALIKE.get(sign)
    if alike in covered:
        return alike
    # Joiners, variation selectors, control codes: nothing to see.
    if unicodedata.category(sign) in ("Cf", "Cc", "Mn"):
        return ""
    return next(square for square in MISSING if square in covered)


@cache
def _covered(font: FormFont) -> frozenset[str]:
    """What both faces can draw; line ends and soft hyphens besides, which no face draws."""
    from fontTools.ttLib import TTFont

    faces = []
    for file in font.files:
        with TTFont(file, lazy=True) as face:
            faces.append(frozenset(map(chr, face.getBestCmap())))
    drawn = frozenset.intersection(*faces) - frozenset(map(chr, range(32))) - INVISIBLE
    return drawn | frozenset("\n\t\u00ad")

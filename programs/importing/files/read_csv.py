"""A table as plain text: which encoding, which separator, which rows. Every cell is text."""

from __future__ import annotations

import codecs
import csv
import io
import re
from itertools import islice

from ...file_types import FileRefused
from .cells import Grid, Room, cleaned
from .tables import Book

SEPARATORS = "\t;,"
"""In the order in which they are believed when the file could mean either: «1,5» has a comma too."""

_SAMPLE = 200
_MAX_LINES = 1_100_000
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_NO_TEXT = re.compile(r"[\0-\x08\x0e-\x1f]")
_DECLARED = re.compile(r"sep=([\t;,])\r?\n", re.IGNORECASE)

UNKNOWN_ENCODING = (
    "Не вдалося визначити кодування тексту. Збережіть таблицю як «CSV UTF-8» (в Excel – «Зберегти як» → "
    "«CSV UTF-8») або як XLSX."
)


def is_utf_16(content: bytes) -> bool:
    """By its mark; to whoever looks at bytes alone, it is no text."""
    return content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))


def read_csv(content: bytes) -> Book:
    """One table, without a name. Raises FileRefused."""
    text = _decoded(content)
    if _NO_TEXT.search(text):
        raise FileRefused("У файлі є знаки, яких у тексті не буває: це не таблиця CSV або вона пошкоджена.")
    separator = None
    if declared := _DECLARED.match(text):
        separator, text = declared[1], text[declared.end() :]
    grid = Grid("", Room())
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator or _separator(text), strict=True)
    row = -1
    try:
        for row, cells in enumerate(reader):
            if row > _MAX_LINES:
                raise FileRefused("У файлі понад мільйон рядків. Поділіть його або приберіть порожні рядки.")
            for column, cell in enumerate(cells):
                grid.put(row, column, cleaned(cell) if cell else None)
    except csv.Error as error:
        raise FileRefused(
            f"Рядок {row + 2}: лапки поставлено так, що не видно, де закінчується клітинка. Закрийте їх, "
            "а лапки всередині тексту подвойте, або збережіть таблицю як XLSX."
        ) from error
    return Book("csv", (grid.table(),))


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _MARKS.items() if content.startswith(mark)), None)
    if encoding is None and b"\0" in content:
        raise FileRefused("У файлі є нульові байти: це не таблиця CSV або вона пошкоджена.")
    try:
        return content.decode(encoding or "utf-8")
    except UnicodeError as error:
        if encoding is not None:
            raise FileRefused(UNKNOWN_ENCODING) from error
    try:
        text = content.decode("cp1251")
    except UnicodeError as error:
        raise FileRefused(UNKNOWN_ENCODING) from error
    if not is_ukrainian(text):
        raise FileRefused(UNKNOWN_ENCODING)
    return text


_LETTERS = frozenset("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя")
_TYPOGRAPHY = frozenset("«»„“”‘’–—…№°§•\u00a0₴")
_FREQUENT = frozenset("оаинів")
_ENOUGH_TO_COUNT = 40


def is_ukrainian(text: str) -> bool:
    """Whether these are Ukrainian words, or the bytes of another encoding that only look like Cyrillic.

    KOI8-U, read as Windows-1251, is Cyrillic as well; but «оаинів», almost half of any text, become rare.
    """
    special = [sign for sign in text.casefold() if sign > "\x7f" and sign not in _TYPOGRAPHY]
    letters = [sign for sign in special if sign in _LETTERS]
    if len(letters) * 10 < len(special) * 9:
        return False
    frequent = [sign for sign in letters if sign in _FREQUENT]
    return len(letters) < _ENOUGH_TO_COUNT or len(frequent) * 4 > len(letters)


def _separator(text: str) -> str:
    """The one that cuts the most lines into equally many cells: lines of one table have equally many."""
    best, most = ",", 0
    for separator in SEPARATORS:
        widths: dict[int, int] = {}
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        try:
            for cells in islice(lines, _SAMPLE):
                if len(cells) > 1:
                    widths[len(cells)] = widths.get(len(cells), 0) + 1
        except csv.Error:
            # A quotation that never ends: told about when the file is read.
            pass
        if (alike := max(widths.values(), default=0)) > most:
            best, most = separator, alike
    return best

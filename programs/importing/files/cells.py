"""Cells on their way into a table: exact numbers, clean texts, merged areas, and the limits of all.

Only cells that hold something are kept. A sheet may tell of a million empty rows: none of them is made.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Context, Decimal

from ...calculations import rounded
from ...file_types import FileRefused
from ...textforms import NO_BREAK_SPACE, TURNING_SIGNS, TextFormError, clean_text, format_decimal_in_full
from . import limits
from .tables import CellValue, Span, Table, column_letters

NAME_LENGTH = 60
LARGEST_EXPONENT = 30

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,4})?", re.ASCII)
_LONGEST_NUMBER = 400

TOO_MANY_SHEETS = f"У книзі понад {limits.MAX_SHEETS} аркушів. Залиште лише потрібні."
# What a spreadsheet computes with, and shows: 30.000000000000004 is 30 to everybody who looks.
_SPREADSHEET = Context(prec=15, rounding=ROUND_HALF_UP)
# All that `clean_text` takes away or changes: it looks at one sign after another, which takes long.
_UNCLEAN = re.compile(rf"[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff{TURNING_SIGNS}]")

# Differences that a spreadsheet computes miss what anybody means by less.
_SMALLEST_SHOWN = Decimal("1E-8")

_YEAR_WORD = re.compile(r"\s*(року|р\.?)$")
_DATE_PATTERNS = ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%Y")


def cleaned(text: str) -> str | None:
    """`clean_text`, without spaces around; what is empty then is None."""
    return (clean_text(text) if _UNCLEAN.search(text) else text).strip() or None


def exact_number(text: str) -> Decimal:
    """The number that a spreadsheet wrote, to fifteen significant digits, without an exponent.

    Raises ValueError for what is none, NaN and infinities too, and for what is no amount of anything.
    """
    written = text.strip()
    if len(written) > _LONGEST_NUMBER or not _NUMBER.fullmatch(written):
        raise ValueError(shortened(written))
    number = _SPREADSHEET.create_decimal(written)
    # What adding left over is nothing to anybody who looks.
    if not number or number.adjusted() < -LARGEST_EXPONENT:
        return Decimal(0)
    if number.adjusted() > LARGEST_EXPONENT:
        raise ValueError(shortened(written))
    return Decimal(f"{number.normalize():f}")


def percent_text(number: Decimal) -> str:
    """What a person sees in a cell of percents: «35 %» of 0.35; the number alone would pass for a sum."""
    return with_unit(number.scaleb(2), "%")


def with_unit(number: Decimal, unit: str) -> str:
    """«10000 грн», of a cell that shows a unit beside its number."""
    return f"{shown(rounded(number, _SMALLEST_SHOWN))} {unit}"


def shortened(text: str, length: int = NAME_LENGTH) -> str:
    """For a sentence: on one line, with «…» in place of the rest."""
    line = " ".join(clean_text(text[: length * 4]).split())
    return line if len(line) <= length else f"{line[:length].rstrip()}…"


def shown(value: CellValue) -> str:
    """A cell as a person would type it: «2023», «2,1», «18.12.2019», «так»; empty for a blank."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "так" if value else "ні"
    if isinstance(value, datetime.date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, Decimal):
        if not value.is_finite():
            return str(value)
        # A number of thousands of digits is no number of anybody's report.
        if abs(value.adjusted()) > LARGEST_EXPONENT:
            return f"{value:.5E}"
        return format_decimal_in_full(value, at_least=0).replace(NO_BREAK_SPACE, "")
    return value.strip()


def read_date(value: CellValue) -> datetime.date | None:
    """A date, or a text like «18.12.2019», «18.12.2019 р.», «2019-12-18», «18/12/2019».

    Raises TextFormError for what is none, a bare year or a count of days too.
    """
    if value is None or isinstance(value, datetime.date):
        return value
    text = _YEAR_WORD.sub("", clean_text(shown(value)).strip())
    for pattern in _DATE_PATTERNS:
        try:
            return datetime.datetime.strptime(text, pattern).date()
        except ValueError:
            continue
    raise TextFormError(f"«{shortened(text)}» не є датою. Уведіть, наприклад, «15.01.2025».")


def cell_name(row: int, column: int) -> str:
    """«B7»; both from 0."""
    return f"{column_letters(column)}{row + 1}"


def grouped(number: int) -> str:
    """«20 000», as people write it."""
    return f"{number:,}".replace(",", NO_BREAK_SPACE)


TOO_LONG = f"У клітинці текст, довший за {grouped(limits.MAX_TEXT)} знаків. Скоротіть його."


@dataclass
class Room:
    """What one file may still take."""

    cells: int = field(default_factory=lambda: limits.MAX_CELLS)
    characters: int = field(default_factory=lambda: limits.MAX_CHARACTERS)

    def take(self, value: CellValue, cells: int = 1) -> None:
        self.cells -= cells
        if self.cells < 0:
            raise FileRefused(
                f"У файлі понад {grouped(limits.MAX_CELLS)} клітинок зі значеннями. "
                "Поділіть його на кілька файлів."
            )
        if isinstance(value, str):
            self.take_text(len(value) * cells)

    def take_text(self, length: int) -> None:
        self.characters -= length
        if self.characters < 0:
            raise FileRefused("У файлі забагато тексту. Поділіть його на кілька файлів.")


class Grid:
    """One table while it is read."""

    def __init__(self, name: str, room: Room) -> None:
        self.name = name
        self.has_uncounted_formulas = False
        self._room = room
        self._rows: dict[int, list[CellValue]] = {}
        self._merged: list[Span] = []

    def put(self, row: int, column: int, value: CellValue) -> None:
        """Raises FileRefused where there is too much, or too far away."""
        if value is None:
            return
        if row >= limits.MAX_ROWS or column >= limits.MAX_COLUMNS:
            raise self._too_far(row, column)
        if isinstance(value, str) and len(value) > limits.MAX_TEXT:
            raise self.refused(
                row, column, f"текст довший за {grouped(limits.MAX_TEXT)} знаків. Скоротіть його."
            )
        self._room.take(value)
        cells = self._rows.setdefault(row, [])
        while len(cells) <= column:
            cells.append(None)
        cells[column] = value

    def number(self, row: int, column: int, text: str) -> Decimal:
        """Raises FileRefused that names the cell."""
        try:
            return exact_number(text)
        except ValueError as error:
            raise self.refused(
                row, column, f"«{error}» не є числом, з яким можна рахувати. Виправте його."
            ) from error

    def refused(self, row: int, column: int, what: str) -> FileRefused:
        return FileRefused(f"{self._place}, клітинка {cell_name(row, column)}: {what}")

    def merge(self, span: Span) -> None:
        self._merged.append(span)
        if len(self._merged) > limits.MAX_MERGED:
            raise FileRefused(
                f"{self._place} понад {grouped(limits.MAX_MERGED)} об’єднаних областей. "
                "Роз’єднайте клітинки, яких не треба об’єднувати."
            )

    def table(self) -> Table:
        height = max(self._rows, default=-1) + 1
        width = max(map(len, self._rows.values()), default=0)
        spans = self._clipped(height, width)
        for span in spans:
            self._blank_but_first(span)
        rows: list[Sequence[CellValue]] = [()] * height
        for row, cells in self._rows.items():
            rows[row] = tuple(cells)
        return Table(self.name, tuple(rows), tuple(spans), has_uncounted_formulas=self.has_uncounted_formulas)

    def _clipped(self, height: int, width: int) -> list[Span]:
        """Merged areas within the rows and columns that hold something, in order; overlapping is a fault."""
        taken = bytearray(height * width if self._merged else 0)
        spans = []
        for merged in sorted(self._merged, key=lambda one: (one.top, one.left)):
            span = Span(merged.top, merged.left, min(merged.bottom, height - 1), min(merged.right, width - 1))
            if span.bottom < span.top or span.right < span.left:
                continue
            across = span.right - span.left + 1
            for row in range(span.top, span.bottom + 1):
                start = row * width + span.left
                if any(taken[start : start + across]):
                    raise ValueError(f"merged areas overlap at {cell_name(row, span.left)}")
                taken[start : start + across] = b"\1" * across
            if (span.top, span.left) != (span.bottom, span.right):
                spans.append(span)
        return spans

    def _blank_but_first(self, span: Span) -> None:
        for row in self._rows.keys() & range(span.top, span.bottom + 1):
            cells = self._rows[row]
            for column in range(span.left, min(span.right + 1, len(cells))):
                if (row, column) != (span.top, span.left):
                    cells[column] = None

    def _too_far(self, row: int, column: int) -> FileRefused:
        last = column_letters(limits.MAX_COLUMNS - 1)
        return FileRefused(
            f"{self._place} є значення аж у клітинці {cell_name(row, column)}, а портал читає лише перші "
            f"{grouped(limits.MAX_ROWS)} рядків і {limits.MAX_COLUMNS} граф (до {last}). "
            "Приберіть зайве з цієї клітинки та сусідніх або поділіть аркуш."
        )

    @property
    def _place(self) -> str:
        return f"На аркуші «{shortened(self.name)}»" if self.name else "У таблиці"


def put_repeated(grid: Grid, row: int, column: int, across: int, value: CellValue) -> None:
    """The same value in `across` cells; the last one is tried first, so that nothing is made in vain."""
    for place in (column + across - 1, *range(column, column + across - 1)):
        grid.put(row, place, value)

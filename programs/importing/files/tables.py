"""A file that came in, as tables of typed cells, whatever program made it. No ORM."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

CellValue = str | Decimal | datetime.date | bool | None
"""A text is cleaned (`textforms.clean_text`) and not empty; nothing is None; a date has no time of day.

A number is what a person sees, to all its digits: 10 where a format shows 10000 as thousands. With a format
that shows a unit it is a text: a percent «35 %», a sum «10000 грн», «10 тис. грн».
"""


# What an importer says of a table whose `has_uncounted_formulas` is true.
UNCOUNTED = (
    "У файлі є формули без обчислених значень. Відкрийте файл у LibreOffice або Excel, "
    "збережіть і надішліть ще раз."
)


@dataclass(frozen=True)
class Span:
    """Cells merged into one; all from 0, the ends included. The value is in the first, the rest are None."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Table:
    """One sheet, or one table of a text document. Rows may be of different lengths."""

    name: str
    rows: Sequence[Sequence[CellValue]]
    spans: Sequence[Span] = ()
    first_row: int = 1
    """What the program that made the file calls the first of these rows: 1 on a sheet."""
    has_uncounted_formulas: bool = False
    """Some formula came without the value it gives: its cell is None here."""

    def cell(self, row: int, column: int) -> CellValue:
        """None outside the table too."""
        if not 0 <= row < len(self.rows) or not 0 <= column < len(self.rows[row]):
            return None
        return self.rows[row][column]


@dataclass(frozen=True)
class Book:
    """A file's tables in its order; `kind` is «xlsx», «ods», «csv» or «docx»."""

    kind: str
    tables: Sequence[Table]
    lines: Sequence[str] = ()
    """Paragraphs of a text document outside its tables, in order; the title of the form stands in them."""

    def table(self, name: str) -> Table | None:
        return next((table for table in self.tables if table.name == name), None)


def column_letters(column: int) -> str:
    """«A», «Z», «AA», as spreadsheets call the column; from 0."""
    letters = ""
    column += 1
    while column:
        column, letter = divmod(column - 1, 26)
        letters = chr(ord("A") + letter) + letters
    return letters

"""A spreadsheet of LibreOffice, as its XML has it: rows and cells that repeat are not made anew."""

from __future__ import annotations

import datetime
import re

from ...file_types import FileRefused
from . import limits
from .cells import TOO_LONG, TOO_MANY_SHEETS, Grid, Room, cleaned, percent_text, put_repeated, shortened
from .guard import OUTSIDE, Package
from .markup import Attributes, Handler, whole_number
from .number_formats import as_shown
from .tables import Book, CellValue, Span, Table

_ADDRESS = "urn:oasis:names:tc:opendocument:xmlns:"
_OFFICE, _TABLE, _TEXT = (f"{_ADDRESS}{name}:1.0 " for name in ("office", "table", "text"))
_CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
_CELLS = ("table:table-cell", "table:covered-table-cell")
_NUMBER = "datastyle:number"
STYLES = "styles.xml"
_PARAGRAPHS = ("text:p", "text:h")
_FROM_ELSEWHERE = frozenset(
    {
        "table:table-source",
        "table:cell-range-source",
        "table:dde-links",
        "office:dde-source",
        "table:database-source-sql",
        "table:database-source-table",
        "table:database-source-query",
    }
)


def read_ods(package: Package) -> Book:
    """Visible sheets in their order. Raises FileRefused, and what `reading.DAMAGED` names."""
    content = _Content()
    if STYLES in package:
        package.scan(STYLES, content.formats)
    package.scan(package.main, content)
    return Book("ods", tuple(content.tables))


def _count(attributes: Attributes, name: str) -> int:
    return max(1, whole_number(attributes.get(name, "1")))


class _CellText:
    """Paragraphs are lines; runs of spaces, and breaks, are elements of their own."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._pieces: list[str] = []
        self._length = 0

    def add(self, data: str) -> None:
        self._length += len(data)
        if self._length > limits.MAX_TEXT * 2:
            raise FileRefused(TOO_LONG)
        self._pieces.append(data)

    def add_spaces(self, number: int) -> None:
        self.add(" " * min(number, limits.MAX_TEXT * 2 + 1))

    def end_line(self) -> None:
        self.lines.append("".join(self._pieces))
        self._pieces = []

    def __str__(self) -> str:
        return "\n".join(self.lines)


class _Formats(Handler):
    """Whether any format of numbers shows them in thousands."""

    namespaces = {f"{_ADDRESS}{name}:1.0": name for name in ("office", "datastyle")}

    def __init__(self) -> None:
        self.scale = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == _NUMBER and attributes.get(f"{_ADDRESS}datastyle:1.0 display-factor", "1") != "1":
            self.scale = True


class _Content(Handler):
    """The whole content.xml: which sheets are hidden, then sheet after sheet."""

    namespaces = {f"{_ADDRESS}{name}:1.0": name for name in ("office", "table", "text", "style", "datastyle")}
    # Notes, drawings that lie over the sheet, and what stood there before somebody changed it.
    skipped = frozenset(
        {"office:annotation", "office:forms", "table:shapes", "table:tracked-changes", "text:ruby-text"}
    )

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.formats = _Formats()
        self._room = Room()
        self._style = ""
        self._hidden_styles: set[str] = set()
        self._sheets = self._tables_in_cell = 0
        self._grid: Grid | None = None
        self._row = self._column = 0
        self._row_attributes: Attributes = {}
        self._values: list[tuple[int, int, CellValue]] = []
        self._spans: list[Span] = []
        self._cell: Attributes | None = None
        self._text = _CellText()
        self._is_in_paragraph = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name in _FROM_ELSEWHERE:
            raise FileRefused(OUTSIDE)
        if self._cell is not None:
            self._start_in_cell(name, attributes)
        elif name in _CELLS:
            self._cell, self._text = attributes, _CellText()
        elif name == "table:table-row":
            self._row_attributes, self._column = attributes, 0
            self._values, self._spans = [], []
        elif name == "table:table":
            self._begin_sheet(attributes)
        elif name == _NUMBER:
            self.formats.start(name, attributes)
        elif name == "style:style":
            self._style = attributes.get(f"{_ADDRESS}style:1.0 name", "")
        elif name == "style:table-properties" and attributes.get(f"{_TABLE}display") == "false":
            self._hidden_styles.add(self._style)

    def _start_in_cell(self, name: str, attributes: Attributes) -> None:
        if name == "table:table":
            self._tables_in_cell += 1
        elif name in _PARAGRAPHS:
            self._is_in_paragraph = True
        elif name == "text:s":
            self._text.add_spaces(_count(attributes, f"{_TEXT}c"))
        elif name == "text:tab":
            self._text.add("\t")
        elif name == "text:line-break":
            self._text.add("\n")

    def text(self, data: str) -> None:
        if self._is_in_paragraph:
            self._text.add(re.sub(r"[ \t\r\n]+", " ", data))

    def end(self, name: str) -> None:
        if name in _PARAGRAPHS and self._is_in_paragraph:
            self._is_in_paragraph = False
            self._text.end_line()
        elif name == "table:table" and self._tables_in_cell:
            self._tables_in_cell -= 1
        elif self._tables_in_cell:
            return
        elif name in _CELLS and self._cell is not None:
            self._end_cell(self._cell, is_covered=name != "table:table-cell")
            self._cell = None
        elif name == "table:table-row":
            self._end_row()
        elif name == "table:table" and self._grid is not None:
            self.tables.append(self._grid.table())
            self._grid = None

    def _begin_sheet(self, attributes: Attributes) -> None:
        self._sheets += 1
        if self._sheets > limits.MAX_SHEETS:
            raise FileRefused(TOO_MANY_SHEETS)
        is_hidden = attributes.get(f"{_TABLE}style-name") in self._hidden_styles
        self._row = 0
        self._grid = None if is_hidden else Grid(shortened(attributes.get(f"{_TABLE}name", "")), self._room)

    def _end_cell(self, cell: Attributes, *, is_covered: bool) -> None:
        across = _count(cell, f"{_TABLE}number-columns-repeated")
        if self._grid is not None and not is_covered:
            value = self._value(self._grid, cell)
            if value is not None:
                self._values.append((self._column, across, value))
            right = self._column + _count(cell, f"{_TABLE}number-columns-spanned") - 1
            bottom = self._row + _count(cell, f"{_TABLE}number-rows-spanned") - 1
            if (right, bottom) != (self._column, self._row):
                self._spans.append(Span(self._row, self._column, bottom, right))
        self._column += across

    def _end_row(self) -> None:
        alike = _count(self._row_attributes, f"{_TABLE}number-rows-repeated")
        if self._grid is not None and (self._values or self._spans):
            # The last first: one that is too far away is told before any is made.
            for row in (self._row + alike - 1, *range(self._row, self._row + alike - 1)):
                for column, across, value in self._values:
                    put_repeated(self._grid, row, column, across, value)
                for span in self._spans:
                    down = row - self._row
                    self._grid.merge(Span(row, span.left, span.bottom + down, span.right))
        self._row += alike

    def _value(self, grid: Grid, cell: Attributes) -> CellValue:
        kind = cell.get(f"{_OFFICE}value-type", "")
        shown = str(self._text)
        if cell.get(f"{_CALC}value-type") == "error" or kind == "time":
            return cleaned(shown)
        if kind in ("float", "currency", "percentage"):
            number = grid.number(self._row, self._column, cell[f"{_OFFICE}value"])
            if kind == "percentage":
                return percent_text(number)
            return as_shown(number, shown, may_be_scaled=self.formats.scale)
        if kind == "date":
            return datetime.date.fromisoformat(cell[f"{_OFFICE}date-value"][:10])
        if kind == "boolean":
            return {"true": True, "false": False}[cell[f"{_OFFICE}boolean-value"]]
        if not kind and not self._text.lines and f"{_TABLE}formula" in cell:
            grid.has_uncounted_formulas = True
        return cleaned(shown or cell.get(f"{_OFFICE}string-value", ""))

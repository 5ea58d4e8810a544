"""A sheet of a workbook that prints as our forms do: its cells, how they look, rows as tall as their text."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from programs.workbook_parts import clean, plain_number, write_value

from ..document import CellKind, Printed
from ..formatting import EXCEL_FORMATS
from .workbook import FONT, advance, pixels, room, set_header, set_height, set_page, text_height

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format


@dataclass(frozen=True)
class Style:
    """How a cell looks; `size` is added to the sheet's type size."""

    kind: CellKind = CellKind.TEXT
    bold: bool = False
    size: float = 0
    align: str = "left"
    valign: str = "top"
    border: bool = False
    indent: int = 0


MARK = Style(bold=True, align="right")
TITLE = Style(bold=True, size=3, align="center")
LINE = Style(size=1)
SECTION = Style(bold=True, size=1, align="center")
LABEL = Style(bold=True, border=True)
TEXT = Style(border=True)


class PrintedSheet:
    """Written from the top down; `row` is the first row still empty.

    `widths` of its columns in millimetres; `heights` of the rows so far in points.
    """

    def __init__(self, workbook: Workbook, document: Printed, name: str, widths: Sequence[Decimal]) -> None:
        self.workbook = workbook
        self.printed = document
        self.sheet: Any = workbook.add_worksheet(name)
        self.widths = widths
        self.last = len(widths) - 1
        # Texts over all columns end here.
        self.last_of_texts = self.last
        self.font_size = float(document.sheet.font_size)
        self.formats: dict[Style, Format] = {}
        self.heights: dict[int, float] = {}
        self.row = 0
        for number, width in enumerate(widths):
            self.sheet.set_column_pixels(number, number, pixels(width))

    # --- the sheet and its page ---

    @property
    def marks(self) -> str:
        return clean(" · ".join(self.printed.marks))

    def page(self) -> None:
        """Once all is written. The marks are the first row on screen, on paper the head of every page."""
        set_page(self.sheet, self.printed)
        if self.printed.marks:
            set_header(self.sheet, self.printed, self.marks)
            self.sheet.print_area(1, 0, self.row - 1, self.last)

    def headings(self, texts: Sequence[str]) -> None:
        """The row of headings: it stands on every printed page."""
        style = Style(size=self._heading_size(texts), align="center", valign="vcenter", border=True)
        for column, text in enumerate(texts):
            self.put(text, style, self.row, column)
        self.height(self.row, *(self.needed(text, style, column) for column, text in enumerate(texts)))
        self.sheet.repeat_rows(self.row)
        self.row += 1

    def _heading_size(self, texts: Sequence[str]) -> float:
        """A point less than the table, and less again until the longest word fits its narrow column."""
        size = self.font_size - 1
        for text, width in zip(texts, self.widths, strict=True):
            longest = max(advance(word) for word in re.split("[ \n]", text))
            size = min(size, room(width) / longest)
        return math.floor(size * 2) / 2 - self.font_size

    # --- cells ---

    def over_all(self, text: str, style: Style) -> None:
        """A text over all columns; an empty one takes no row."""
        if text:
            self.label(text, style, 0, self.last_of_texts)
            self.row += 1

    def label(self, text: str, style: Style, left: int, right: int) -> None:
        """A text over these columns of the row, which becomes as tall as it needs."""
        self.put(text, style, self.row, left, right=right)
        self.height(self.row, self.needed(text, style, left, right))

    def put(
        self,
        value: Decimal | str | int | None,
        style: Style,
        top: int,
        left: int,
        *,
        bottom: int | None = None,
        right: int | None = None,
    ) -> None:
        cell_format = self.format(style)
        bottom, right = top if bottom is None else bottom, left if right is None else right
        # XlsxWriter refuses to merge a single cell, and would make a formula of a text given to merge_range.
        if (bottom, right) != (top, left):
            self.sheet.merge_range(top, left, bottom, right, "", cell_format)
        write_value(self.sheet, top, left, value, cell_format)

    def calculated(self, formula: str, cached: Decimal | None, style: Style, row: int, column: int) -> None:
        """A formula with the document's own figure as its value, a blank as an empty text."""
        value = "" if cached is None else plain_number(cached)
        self.sheet.write_formula(row, column, formula, self.format(style), value)

    def format(self, style: Style) -> Format:
        if style not in self.formats:
            is_text = style.kind is CellKind.TEXT
            self.formats[style] = self.workbook.add_format(
                {
                    "font_name": FONT,
                    "font_size": self.font_size + style.size,
                    "bold": style.bold,
                    "align": style.align,
                    "valign": style.valign,
                    "text_wrap": is_text,
                    # A figure too long for its column is set smaller: Excel would print ####.
                    "shrink": not is_text,
                    "indent": style.indent,
                    "border": int(style.border),
                    "num_format": EXCEL_FORMATS[style.kind],
                }
            )
        return self.formats[style]

    # --- heights: neither Excel nor LibreOffice fits merged cells to their text ---

    def needed(self, text: str, style: Style, left: int, right: int | None = None) -> float:
        """Points that the wrapped text needs between two columns."""
        width = room(sum(self.widths[left : (left if right is None else right) + 1], Decimal(0)))
        return text_height(text, width, self.font_size + style.size, bold=style.bold)

    def height(self, row: int, *heights: float) -> None:
        """The row is as tall as the tallest of these, points."""
        self.heights[row] = set_height(self.sheet, row, max(heights))

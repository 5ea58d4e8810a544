"""The official form as an Excel workbook: laid out as on paper, totals alive.

The cached value of every formula is the document's own figure, so a reader that does not
calculate sees what the other formats print.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

from programs.workbook_parts import clean, plain_number, write_value

from ..document import (
    CellKind,
    FundLine,
    MeasureRow,
    ReportDocument,
    Scope,
    TaskBlock,
    TotalsRow,
)
from ..formatting import EXCEL_FORMATS
from .workbook import (
    FONT,
    LINE_HEIGHT,
    TALLEST_ROW,
    advance,
    pixels,
    points,
    room,
    set_header,
    set_height,
    set_page,
    set_properties,
    text_height,
    workbook_options,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format

PAPER_HEIGHT_MM = 210
LONGEST_SHEET_NAME = 31

# Less than any row, so that nothing more fits there; more than printers differ by.
LEFT_EMPTY = 6.0


def render(document: ReportDocument) -> bytes:
    """One sheet, A4 landscape, one page wide; the same bytes for the same document."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, workbook_options()) as workbook:
        set_properties(workbook, document, title=document.title, created=document.dated)
        _Form(workbook, document).write()
    return file.getvalue()


@dataclass(frozen=True)
class _Style:
    """How a cell looks; `size` is added to the sheet's type size."""

    kind: CellKind = CellKind.TEXT
    bold: bool = False
    size: float = 0
    align: str = "left"
    valign: str = "top"
    border: bool = False


_MARK = _Style(bold=True, align="right")
_TITLE = _Style(bold=True, size=3, align="center")
_LINE = _Style(size=1)
_SECTION = _Style(bold=True, size=1, align="center")
_LABEL = _Style(bold=True, border=True)
_SIGNATURE = _Style(size=2, valign="bottom")


def _figure(kind: CellKind, *, bold: bool = False) -> _Style:
    return _Style(kind, bold, align="left" if kind is CellKind.TEXT else "right", border=True)


class _Form:
    """The sheet being written, from the top down; `row` is the first row still empty."""

    def __init__(self, workbook: Workbook, document: ReportDocument) -> None:
        self.workbook = workbook
        self.document = document
        self.sheet = workbook.add_worksheet(_sheet_name(document))
        self.formats: dict[_Style, Format] = {}
        self.font_size = float(document.sheet.font_size)
        self.columns = document.columns
        self.index = {column.key: number for number, column in enumerate(self.columns)}
        self.last = len(self.columns) - 1
        figures = [n for n, column in enumerate(self.columns) if column.kind is not CellKind.TEXT]
        self.first_figure = min(figures, default=len(self.columns))
        self.last_figure = max(figures, default=0)
        self.heights: dict[int, float] = {}
        self.row = 0

    def write(self) -> None:
        for number, column in enumerate(self.columns):
            self.sheet.set_column_pixels(number, number, pixels(column.width))
        self._heading()
        self._table_heading()
        first = self.row
        for number, section in enumerate(self.document.sections):
            if number:
                self._line(section.heading, _SECTION)
            for task in section.tasks:
                self._task(task)
        closing = self.row
        self._totals(self.document.totals, first)
        for line in self.document.fund_lines:
            self._fund_line(line)
        self._signatures()
        self._keep_together(first, closing)
        self._print_setup()

    # --- parts of the form, in its order ---

    def _heading(self) -> None:
        document = self.document
        if document.marks:
            self._line(_marks(document), _MARK)
        self._line(document.heading, _TITLE)
        for text in document.heading_lines:
            self._line(text, _TITLE)
        self._line(document.act_line, _LINE)
        self._line(document.term_line, _LINE)
        for section in document.sections[:1]:
            self._line(section.heading, _SECTION)

    def _table_heading(self) -> None:
        style = _Style(size=self._heading_size(), align="center", valign="vcenter", border=True)
        for number, column in enumerate(self.columns):
            self._put(column.heading, style, self.row, number)
        heights = [self._height(column.heading, style, n) for n, column in enumerate(self.columns)]
        self._set_height(self.row, max(heights))
        self.sheet.repeat_rows(self.row)
        self.sheet.freeze_panes(self.row + 1, 0)
        self.row += 1

    def _heading_size(self) -> float:
        """A point less than the table, and less again until the longest word fits its narrow column."""
        size = self.font_size - 1
        for column in self.columns:
            longest = max(advance(word) for word in column.heading.split(" "))
            size = min(size, room(column.width) / longest)
        return math.floor(size * 2) / 2 - self.font_size

    def _task(self, task: TaskBlock) -> None:
        top = self.row
        for measure, height in zip(task.rows, self._measure_heights(task), strict=True):
            self._measure(measure, height)
        for number, column in enumerate(self.columns):
            if column.scope is Scope.TASK:
                self._put(getattr(task, column.key), _figure(column.kind), top, number, bottom=self.row - 1)

    def _measure_heights(self, task: TaskBlock) -> list[float]:
        """Of each measure's own cells, stretched alike where the task's text needs more."""
        heights = [self._tallest(row, Scope.MEASURE) for row in task.rows]
        lacking = max(0.0, self._tallest(task, Scope.TASK) - sum(heights))
        return [height + lacking / len(heights) for height in heights]

    def _measure(self, measure: MeasureRow, height: float) -> None:
        parts = math.ceil(height / TALLEST_ROW)
        bottom = self.row + parts - 1
        for number, column in enumerate(self.columns):
            if column.scope is Scope.MEASURE:
                value = getattr(measure, column.key)
                self._put(value, _figure(column.kind), self.row, number, bottom=bottom)
        for row in range(self.row, bottom + 1):
            self._set_height(row, height / parts)
        self.row = bottom + 1

    def _totals(self, totals: TotalsRow, first: int) -> None:
        self._label(totals.label)
        for number in range(self.first_figure, self.last + 1):
            column = self.columns[number]
            style = _figure(column.kind, bold=True)
            value = getattr(totals, column.key) if column.kind is not CellKind.TEXT else None
            self._put(value, style, self.row, number)
            if formula := self._formula(column.kind, number, first):
                cached = "" if value is None else plain_number(value)
                self.sheet.write_formula(self.row, number, formula, self._format(style), cached)
        self.row += 1

    def _formula(self, kind: CellKind, number: int, first: int) -> str | None:
        """Of a total; none where the document states the figure or there is nothing to calculate from."""
        from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

        totals = self.document.totals
        if kind is CellKind.MONEY and self.row > first:
            addends = xl_range(first, number, self.row - 1, number)
            # Excel adds in binary: without ROUND, 0.1 and 0.2 are not quite 0.3. Five decimals are a kopeck.
            return f'=IF(COUNT({addends})=0,"",ROUND(SUM({addends}),5))'
        needed = ("financed", totals.percent_base)
        if kind is CellKind.PERCENT and totals.stated_percent is None and self.index.keys() >= set(needed):
            financed, base = (xl_rowcol_to_cell(self.row, self.index[key]) for key in needed)
            return f"=IF(COUNT({financed},{base})<2,0,IF({base}=0,0,ROUND(100*{financed}/{base},1)))"
        return None

    def _fund_line(self, line: FundLine) -> None:
        self._label(line.label)
        for number in range(self.first_figure, self.last + 1):
            column = self.columns[number]
            value = getattr(line, column.key, None) if column.kind is CellKind.MONEY else None
            self._put(value, _figure(column.kind, bold=True), self.row, number)
        self.row += 1

    def _label(self, text: str) -> None:
        """To the left of a total's figures."""
        last = self.first_figure - 1
        self._put(text, _LABEL, self.row, 0, right=last)
        self._set_height(self.row, self._height(text, _LABEL, 0, last))

    def _signatures(self) -> None:
        for signature in self.document.signatures:
            self._set_height(self.row, 2 * LINE_HEIGHT * self.font_size)
            self.row += 1
            post_end, name_start = self.first_figure - 1, self.last_figure
            self._put(signature.post, _SIGNATURE, self.row, 0, right=post_end)
            self._put(signature.name, _SIGNATURE, self.row, name_start, right=self.last)
            self._set_height(
                self.row,
                max(
                    self._height(signature.post, _SIGNATURE, 0, post_end),
                    self._height(signature.name, _SIGNATURE, name_start, self.last),
                ),
            )
            self.row += 1

    def _keep_together(self, first: int, closing: int) -> None:
        """No signature on a page of its own: totals and signatures go to the next page in one piece.

        Excel has no such wish for rows, so the last measure is stretched to the end of its page.
        """
        sheet = self.document.sheet
        page = points(PAPER_HEIGHT_MM - sheet.margin_top - sheet.margin_bottom)
        repeated = self.heights[first - 1]
        left = page
        for row in range(1 if self.document.marks else 0, closing):
            if self.heights[row] > left:
                left = page - repeated
            left -= self.heights[row]
        needed = sum(self.heights[row] for row in range(closing, self.row))
        if left < needed <= page - repeated and closing > first:
            self._set_height(closing - 1, min(self.heights[closing - 1] + left - LEFT_EMPTY, TALLEST_ROW))

    def _print_setup(self) -> None:
        set_page(self.sheet, self.document)
        if self.document.marks:
            # On screen the marks are the first row, on paper the head of every page: not both on page one.
            set_header(self.sheet, self.document, _marks(self.document))
            self.sheet.print_area(1, 0, self.row - 1, self.last)

    # --- cells ---

    def _line(self, text: str, style: _Style) -> None:
        """A text over all columns; an empty one takes no row."""
        if text:
            self._put(text, style, self.row, 0, right=self.last)
            self._set_height(self.row, self._height(text, style, 0, self.last))
            self.row += 1

    def _put(
        self,
        value: Decimal | str | int | None,
        style: _Style,
        top: int,
        left: int,
        *,
        bottom: int | None = None,
        right: int | None = None,
    ) -> None:
        cell_format = self._format(style)
        bottom, right = top if bottom is None else bottom, left if right is None else right
        # XlsxWriter refuses to merge a single cell, and would make a formula of a text given to merge_range.
        if (bottom, right) != (top, left):
            self.sheet.merge_range(top, left, bottom, right, "", cell_format)
        write_value(self.sheet, top, left, value, cell_format)

    def _format(self, style: _Style) -> Format:
        if style not in self.formats:
            self.formats[style] = self.workbook.add_format(
                {
                    "font_name": FONT,
                    "font_size": self.font_size + style.size,
                    "bold": style.bold,
                    "align": style.align,
                    "valign": style.valign,
                    "text_wrap": style.kind is CellKind.TEXT,
                    # A figure too long for its column is set smaller: Excel would print ####.
                    "shrink": style.kind is not CellKind.TEXT,
                    "indent": int(style.kind is not CellKind.TEXT),
                    "border": int(style.border),
                    "num_format": EXCEL_FORMATS[style.kind],
                }
            )
        return self.formats[style]

    # --- heights: neither Excel nor LibreOffice fits merged cells to their text ---

    def _set_height(self, row: int, height: float) -> None:
        self.heights[row] = set_height(self.sheet, row, height)

    def _tallest(self, item: TaskBlock | MeasureRow, scope: Scope) -> float:
        return max(
            (
                self._height(getattr(item, column.key), _figure(column.kind), number)
                for number, column in enumerate(self.columns)
                if column.scope is scope
            ),
            default=0.0,
        )

    def _height(self, value: Any, style: _Style, left: int, right: int | None = None) -> float:
        """Points that the wrapped text needs between two columns."""
        size = self.font_size + style.size
        text = str(value) if style.kind is CellKind.TEXT else ""
        right = left if right is None else right
        width = room(sum((column.width for column in self.columns[left : right + 1]), Decimal(0)))
        return text_height(text, width, size, bold=style.bold)


def _marks(document: ReportDocument) -> str:
    return clean(" · ".join(document.marks))


def _sheet_name(document: ReportDocument) -> str:
    """The heading and the year, without what Excel refuses in a sheet's name."""
    wished = re.sub(r"[\[\]:*?/\\\n\t]", " ", clean(f"{document.heading} {document.year}"))
    return wished.strip("' ")[:LONGEST_SHEET_NAME].strip("' ")

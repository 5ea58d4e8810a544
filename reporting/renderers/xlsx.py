"""The official form as an Excel workbook: laid out as on paper, totals alive.

The cached value of every formula is the document's own figure, so a reader that does not
calculate sees what the other formats print.
"""

from __future__ import annotations

import math
import re
from io import BytesIO
from typing import TYPE_CHECKING, Any

from programs.workbook_parts import clean

from ..document import (
    CellKind,
    FundLine,
    MeasureRow,
    ReportDocument,
    Scope,
    TaskBlock,
    TotalsRow,
)
from .cells import LABEL, LINE, MARK, SECTION, TITLE, PrintedSheet, Style
from .formulas import percent_formula, sum_formula
from .workbook import LINE_HEIGHT, TALLEST_ROW, points, set_properties, workbook_options

if TYPE_CHECKING:
    from xlsxwriter import Workbook

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


_SIGNATURE = Style(size=2, valign="bottom")


def _figure(kind: CellKind, *, bold: bool = False) -> Style:
    is_text = kind is CellKind.TEXT
    return Style(kind, bold, align="left" if is_text else "right", border=True, indent=int(not is_text))


class _Form(PrintedSheet):
    def __init__(self, workbook: Workbook, document: ReportDocument) -> None:
        self.document = document
        self.columns = document.columns
        self.index = {column.key: number for number, column in enumerate(self.columns)}
        figures = [n for n, column in enumerate(self.columns) if column.kind is not CellKind.TEXT]
        self.first_figure = min(figures, default=len(self.columns))
        self.last_figure = max(figures, default=0)
        super().__init__(workbook, document, _sheet_name(document), [column.width for column in self.columns])

    def write(self) -> None:
        self._heading()
        first = self.row
        for number, section in enumerate(self.document.sections):
            if number:
                self.over_all(section.heading, SECTION)
            for task in section.tasks:
                self._task(task)
        closing = self.row
        self._totals(self.document.totals, first)
        for line in self.document.fund_lines:
            self._fund_line(line)
        self._signatures()
        self._keep_together(first, closing)
        self.page()

    # --- parts of the form, in its order ---

    def _heading(self) -> None:
        document = self.document
        self.over_all(self.marks, MARK)
        for text in (document.heading, *document.heading_lines):
            self.over_all(text, TITLE)
        for text in (document.act_line, document.term_line):
            self.over_all(text, LINE)
        for section in document.sections[:1]:
            self.over_all(section.heading, SECTION)
        self.headings([column.heading for column in self.columns])
        self.sheet.freeze_panes(self.row, 0)

    def _task(self, task: TaskBlock) -> None:
        top = self.row
        for measure, height in zip(task.rows, self._measure_heights(task), strict=True):
            self._measure(measure, height)
        for number, column in enumerate(self.columns):
            if column.scope is Scope.TASK:
                self.put(getattr(task, column.key), _figure(column.kind), top, number, bottom=self.row - 1)

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
                self.put(value, _figure(column.kind), self.row, number, bottom=bottom)
        for row in range(self.row, bottom + 1):
            self.height(row, height / parts)
        self.row = bottom + 1

    def _totals(self, totals: TotalsRow, first: int) -> None:
        self.label(totals.label, LABEL, 0, self.first_figure - 1)
        for number in range(self.first_figure, self.last + 1):
            column = self.columns[number]
            style = _figure(column.kind, bold=True)
            value = getattr(totals, column.key) if column.kind is not CellKind.TEXT else None
            if formula := self._formula(column.kind, number, first):
                self.calculated(formula, value, style, self.row, number)
            else:
                self.put(value, style, self.row, number)
        self.row += 1

    def _formula(self, kind: CellKind, number: int, first: int) -> str | None:
        """Of a total; none where the document states the figure or there is nothing to calculate from."""
        from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

        totals = self.document.totals
        if kind is CellKind.MONEY and self.row > first:
            return sum_formula([xl_range(first, number, self.row - 1, number)])
        needed = ("financed", totals.percent_base)
        if kind is CellKind.PERCENT and totals.stated_percent is None and self.index.keys() >= set(needed):
            financed, base = (xl_rowcol_to_cell(self.row, self.index[key]) for key in needed)
            return percent_formula(financed, base, without_base="0")
        return None

    def _fund_line(self, line: FundLine) -> None:
        self.label(line.label, LABEL, 0, self.first_figure - 1)
        for number in range(self.first_figure, self.last + 1):
            column = self.columns[number]
            value = getattr(line, column.key, None) if column.kind is CellKind.MONEY else None
            self.put(value, _figure(column.kind, bold=True), self.row, number)
        self.row += 1

    def _signatures(self) -> None:
        for signature in self.document.signatures:
            self.height(self.row, 2 * LINE_HEIGHT * self.font_size)
            self.row += 1
            post_end, name_start = self.first_figure - 1, self.last_figure
            self.put(signature.post, _SIGNATURE, self.row, 0, right=post_end)
            self.put(signature.name, _SIGNATURE, self.row, name_start, right=self.last)
            self.height(
                self.row,
                self.needed(signature.post, _SIGNATURE, 0, post_end),
                self.needed(signature.name, _SIGNATURE, name_start, self.last),
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
            self.height(closing - 1, min(self.heights[closing - 1] + left - LEFT_EMPTY, TALLEST_ROW))

    def _tallest(self, item: TaskBlock | MeasureRow, scope: Scope) -> float:
        return max(
            (
                self._needed(getattr(item, column.key), column.kind, number)
                for number, column in enumerate(self.columns)
                if column.scope is scope
            ),
            default=0.0,
        )

    def _needed(self, value: Any, kind: CellKind, column: int) -> float:
        text = str(value) if kind is CellKind.TEXT else ""
        return self.needed(text, _figure(kind), column)


def _sheet_name(document: ReportDocument) -> str:
    """The heading and the year, without what Excel refuses in a sheet's name."""
    wished = re.sub(r"[\[\]:*?/\\\n\t]", " ", clean(f"{document.heading} {document.year}"))
    return wished.strip("' ")[:LONGEST_SHEET_NAME].strip("' ")

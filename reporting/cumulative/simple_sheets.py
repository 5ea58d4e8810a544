"""The first and the last sheet of the cumulative workbook: rows of years, and of measures never financed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..document import CellKind, Column
from ..renderers.cells import LABEL, LINE, MARK, SECTION, TEXT, TITLE, PrintedSheet
from ..renderers.formulas import percent_formula, same_as_formula, sum_formula
from .document import CumulativeDocument, YearLine
from .fitting import label_span
from .measures_sheet import FIRST, figure

if TYPE_CHECKING:
    from xlsxwriter import Workbook


class _SimpleSheet(PrintedSheet):
    """A table of one row a line."""

    def __init__(
        self, workbook: Workbook, document: CumulativeDocument, name: str, columns: Sequence[Column]
    ) -> None:
        super().__init__(workbook, document, name, [column.width for column in columns])
        self.document = document
        self.columns = columns
        self.first_figure = label_span(columns)

    def line(self, line: Any) -> None:
        for number, column in enumerate(self.columns):
            style = TEXT if column.kind is CellKind.TEXT else figure(column.kind)
            self.put(getattr(line, column.key), style, self.row, number)
        texts = [n for n, column in enumerate(self.columns) if column.kind is CellKind.TEXT]
        self.height(self.row, *(self.needed(getattr(line, self.columns[n].key), TEXT, n) for n in texts))

    def index(self, key: str) -> int:
        return next(number for number, column in enumerate(self.columns) if column.key == key)


class YearsSheet(_SimpleSheet):
    def __init__(self, workbook: Workbook, document: CumulativeDocument) -> None:
        self.years = document.years
        super().__init__(workbook, document, document.years.sheet_name, document.years.columns)

    def write(self, total_row: int) -> None:
        """`total_row`: where on the measures' sheet the programme's total begins."""
        document = self.document
        self.over_all(self.marks, MARK)
        for text in (document.heading, *document.heading_lines):
            self.over_all(text, TITLE)
        for text in (document.act_line, document.term_line):
            self.over_all(text, LINE)
        self.over_all(self.years.heading, SECTION)
        self.headings([column.heading for column in self.columns])
        first = self.row
        for line in self.years.lines:
            self.line(line)
            self._figures_from_measures(line, total_row)
            self.row += 1
        for total in self.years.totals:
            self._total(total, first)
        for note in self.years.notes:
            self.over_all(note, LINE)
        self.page()

    def _figures_from_measures(self, line: YearLine, total_row: int) -> None:
        from xlsxwriter.utility import quote_sheetname, xl_rowcol_to_cell

        measures = self.document.measures
        place = next(n for n, one in enumerate(measures.periods) if one.years == line.years)
        rows = {indicator.key: total_row + n for n, indicator in enumerate(measures.indicators)}
        for number, column in enumerate(self.columns):
            if column.kind is not CellKind.TEXT:
                cell = xl_rowcol_to_cell(rows[column.key], FIRST + place)
                formula = same_as_formula(f"{quote_sheetname(measures.sheet_name)}!{cell}")
                value = getattr(line, column.key)
                self.calculated(formula, value, figure(column.kind), self.row, number)

    def _total(self, total: YearLine, first: int) -> None:
        from xlsxwriter.utility import xl_rowcol_to_cell

        self.label(total.year, LABEL, 0, self.first_figure - 1)
        rows = [first + n for n, line in enumerate(self.years.lines) if line.years[0] in total.years]
        for number in range(self.first_figure, self.last + 1):
            column = self.columns[number]
            value, style = getattr(total, column.key), figure(column.kind, bold=True)
            if column.kind is CellKind.MONEY:
                formula = sum_formula([xl_rowcol_to_cell(row, number) for row in rows])
                self.calculated(formula, value, style, self.row, number)
            elif value is not None:
                keys = ("financed", self.document.percent_base)
                financed, base = (xl_rowcol_to_cell(self.row, self.index(key)) for key in keys)
                formula = percent_formula(financed, base, without_base='""')
                self.calculated(formula, value, style, self.row, number)
            else:
                self.put(value, style, self.row, number)
        self.row += 1


class UnfundedSheet(_SimpleSheet):
    def __init__(self, workbook: Workbook, document: CumulativeDocument) -> None:
        self.unfunded = document.unfunded
        super().__init__(workbook, document, document.unfunded.sheet_name, document.unfunded.columns)

    def write(self) -> None:
        self.over_all(self.marks, MARK)
        self.over_all(self.unfunded.heading, SECTION)
        for lead in self.unfunded.leads:
            self.over_all(lead, LINE)
        if self.unfunded.lines:
            self.headings([column.heading for column in self.columns])
            self.sheet.freeze_panes(self.row, 0)
            first = self.row
            for line in self.unfunded.lines:
                self.line(line)
                self.row += 1
            self._total(first)
        self.page()

    def _total(self, first: int) -> None:
        from xlsxwriter.utility import xl_range

        total = self.unfunded.total
        if total is None:
            return
        self.label(total.number, LABEL, 0, self.first_figure - 1)
        for number in range(self.first_figure, self.last + 1):
            column = self.columns[number]
            if column.kind is CellKind.MONEY:
                formula = sum_formula([xl_range(first, number, self.row - 1, number)])
                style = figure(column.kind, bold=True)
                self.calculated(formula, getattr(total, column.key), style, self.row, number)
            else:
                self.put("", LABEL, self.row, number)
        self.row += 1

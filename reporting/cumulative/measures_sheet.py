"""The sheet of measures: under each its indicators, year by year, with live totals down and across."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..document import CellKind
from ..renderers.cells import LABEL, MARK, SECTION, TEXT, PrintedSheet, Style
from ..renderers.formulas import labelled_sum_formula, percent_formula, sum_formula
from .document import CumulativeDocument, Facts, Indicator, Line, PeriodKind, TaskBlock

if TYPE_CHECKING:
    from xlsxwriter import Workbook

NUMBER, TEXT_COLUMN, TERM, INDICATOR, FIRST = range(5)
A3, A3_WIDTH_MM, A4_WIDTH_MM = 8, 420, 297


def figure(kind: CellKind, *, bold: bool = False) -> Style:
    return Style(kind, bold, align="right", border=True)


class MeasuresSheet(PrintedSheet):
    """`total_row` is, once written, the first row of the programme's total."""

    def __init__(self, workbook: Workbook, document: CumulativeDocument) -> None:
        self.measures = measures = document.measures
        self.percent_base = document.percent_base
        self.rows_of = {indicator.key: n for n, indicator in enumerate(measures.indicators)}
        self.total_row = 0
        widths = (
            measures.number_width,
            measures.parts[-1].text_width,
            measures.term_width,
            measures.indicator_width,
            *(period.width for period in measures.periods),
        )
        super().__init__(workbook, document, measures.sheet_name, widths)
        if len(measures.parts) > 1:
            # Over the columns that stand on every page: over all of many years they would be cut in two.
            self.last_of_texts = INDICATOR

    def write(self) -> None:
        measures = self.measures
        self.over_all(self.marks, MARK)
        self.over_all(measures.heading, SECTION)
        columns = (f"{period.heading}\n{period.note}" for period in measures.periods)
        self.headings([measures.number, measures.text, measures.term, measures.indicator, *columns])
        self.sheet.freeze_panes(self.row, FIRST)
        totals = [self._task(task) for task in measures.tasks]
        self.total_row = self.row
        self._totals(totals)
        for line in measures.fund_lines:
            self._fund_line(line)
        self._page()

    def _page(self) -> None:
        """A4 where it is wide enough, else A3; more years than that take several pages, side by side."""
        self.page()
        margins = self.printed.sheet.margin_left + self.printed.sheet.margin_right
        width = sum(self.widths) + margins
        if width > A4_WIDTH_MM:
            self.sheet.set_paper(A3)
        if width > A3_WIDTH_MM:
            # Ends the fitting to one page's width.
            self.sheet.set_print_scale(100)
            self.sheet.repeat_columns(NUMBER, INDICATOR)

    # --- rows ---

    def _task(self, task: TaskBlock) -> int:
        """The first row of the task's total."""
        self.over_all(task.heading, LABEL)
        first = self.row
        for line in task.measures:
            self._label(line, TEXT)
            self._measure(line)
        top, bottom = self.row, self.row - 1
        self._label(task.total, LABEL)
        for indicator, row in self._rows():
            for place, facts in enumerate(task.total.facts):
                formula = None
                if indicator.kind is CellKind.MONEY and bottom >= first and self._is_year(place):
                    formula = self._labelled(first, bottom, row, place)
                self._figure(indicator, facts, row, place, formula, bold=True)
        self._done()
        return top

    def _measure(self, line: Line) -> None:
        for indicator, row in self._rows():
            for place, facts in enumerate(line.facts):
                if self._is_year(place):
                    self.put(getattr(facts, indicator.key), figure(indicator.kind), row, FIRST + place)
                else:
                    self._figure(indicator, facts, row, place, None)
        self._done()

    def _totals(self, tasks: Sequence[int]) -> None:
        from xlsxwriter.utility import xl_rowcol_to_cell

        self._label(self.measures.total, LABEL)
        for indicator, row in self._rows():
            below = row - self.row
            for place, facts in enumerate(self.measures.total.facts):
                formula = None
                if indicator.kind is CellKind.MONEY and tasks and self._is_year(place):
                    formula = sum_formula([xl_rowcol_to_cell(top + below, FIRST + place) for top in tasks])
                self._figure(indicator, facts, row, place, formula, bold=True)
        self._done()

    def _fund_line(self, line: Line) -> None:
        money = [indicator for indicator in self.measures.indicators if indicator.kind is CellKind.MONEY]
        self._label(line, LABEL, count=len(money))
        for below, indicator in enumerate(money):
            for place, facts in enumerate(line.facts):
                self._figure(indicator, facts, self.row + below, place, None, bold=True)
        self.row += len(money)

    def _rows(self) -> list[tuple[Indicator, int]]:
        return [(indicator, self.row + below) for below, indicator in enumerate(self.measures.indicators)]

    def _done(self) -> None:
        self.row += len(self.measures.indicators)

    def _label(self, line: Line, style: Style, *, count: int | None = None) -> None:
        """What the figures are of, beside so many rows of them, and these rows' own labels."""
        indicators = self.measures.indicators[:count]
        bottom = self.row + len(indicators) - 1
        if line.number:
            for column, text in ((NUMBER, line.number), (TEXT_COLUMN, line.text), (TERM, line.term)):
                self.put(text, style, self.row, column, bottom=bottom)
            heights = [self.needed(line.text, style, TEXT_COLUMN), self.needed(line.term, style, TERM)]
        else:
            self.put(line.text, style, self.row, NUMBER, bottom=bottom, right=TERM)
            heights = [self.needed(line.text, style, NUMBER, TERM)]
        share = max(heights) / len(indicators)
        for row, indicator in enumerate(indicators, self.row):
            self.put(indicator.label, style, row, INDICATOR)
            self.height(row, share, self.needed("", style, INDICATOR))

    # --- figures ---

    def _is_year(self, place: int) -> bool:
        return self.measures.periods[place].kind is PeriodKind.YEAR

    def _figure(
        self,
        indicator: Indicator,
        facts: Facts,
        row: int,
        place: int,
        formula: str | None,
        *,
        bold: bool = False,
    ) -> None:
        """Calculated where there is something to calculate from, else the document's own figure."""
        value, style = getattr(facts, indicator.key), figure(indicator.kind, bold=bold)
        if indicator.kind is CellKind.PERCENT:
            formula = self._percent(facts, row, place)
        elif not self._is_year(place):
            formula = self._across(row, place)
        if formula:
            self.calculated(formula, value, style, row, FIRST + place)
        else:
            self.put(value, style, row, FIRST + place)

    def _labelled(self, first: int, bottom: int, row: int, place: int) -> str:
        from xlsxwriter.utility import xl_range, xl_range_abs, xl_rowcol_to_cell

        column = FIRST + place
        return labelled_sum_formula(
            xl_range_abs(first, INDICATOR, bottom, INDICATOR),
            xl_rowcol_to_cell(row, INDICATOR, col_abs=True),
            xl_range(first, column, bottom, column),
        )

    def _across(self, row: int, place: int) -> str:
        """Over the years that the column adds up, those side by side as one range."""
        from xlsxwriter.utility import xl_range

        places = [n for n, one in enumerate(self.measures.periods) if one.kind is PeriodKind.YEAR]
        years = self.measures.periods[place].years
        added = [n for n in places if self.measures.periods[n].years[0] in years]
        runs: list[list[int]] = []
        for n in added:
            if runs and runs[-1][1] == n - 1:
                runs[-1][1] = n
            else:
                runs.append([n, n])
        return sum_formula([xl_range(row, FIRST + first, row, FIRST + last) for first, last in runs])

    def _percent(self, facts: Facts, row: int, place: int) -> str | None:
        """None where a person stated it, or where the years before have no report to take it of."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        if facts.is_stated or facts.percent is None:
            return None
        top = row - self.rows_of["percent"]
        financed, base = (
            xl_rowcol_to_cell(top + self.rows_of[key], FIRST + place)
            for key in ("financed", self.percent_base)
        )
        # Of one year the form prints 0,0 where there is nothing to divide by; over the years nothing stands.
        return percent_formula(financed, base, without_base="0" if self._is_year(place) else '""')

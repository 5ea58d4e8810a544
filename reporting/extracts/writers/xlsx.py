"""Excel workbooks, written by XlsxWriter row by row: of each sheet only the current row is in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from decimal import Decimal
from functools import lru_cache
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any, Self

from programs.importing.files.cells import cell_name
from programs.importing.measure_columns import DEVIATION, ColumnKind
from programs.workbook_parts import (
    A4,
    EXCEL_DATE,
    EXCEL_IN_FULL,
    FONT,
    HEADING_FILL,
    LONGEST_CELL,
    plain_number,
    set_properties,
    write_value,
)

from ...document import CellKind
from ...formatting import EXCEL_FORMATS, EXCEL_MOMENT
from ...renderers.workbook import (
    CELL_PADDING,
    LINE_HEIGHT,
    TALLEST_ROW,
    inches,
    pixels,
    room,
    set_height,
    text_height,
    workbook_options,
)
from ..sheets import Row, Sheet, Totals, Value
from .base import (
    DRAFTS_LABEL,
    MARGIN,
    TOTAL_LABEL,
    Heading,
    printing,
    refuse_full,
    width,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SIZE = 10
PAPER_CODES = {"A4": A4, "A3": 8}
ONE_LINE = SIZE * LINE_HEIGHT + CELL_PADDING

TEXTS = (ColumnKind.TEXT, ColumnKind.LONG_TEXT)
NUMBER_FORMATS: Mapping[ColumnKind, str] = {
    ColumnKind.TEXT: EXCEL_FORMATS[CellKind.TEXT],
    ColumnKind.LONG_TEXT: EXCEL_FORMATS[CellKind.TEXT],
    ColumnKind.NUMBER: "0",
    ColumnKind.MONEY: EXCEL_IN_FULL,
    ColumnKind.HRYVNIAS: "#,##0.00",
    ColumnKind.PERCENT: EXCEL_FORMATS[CellKind.PERCENT],
    ColumnKind.DATE: EXCEL_DATE,
    ColumnKind.MOMENT: EXCEL_MOMENT,
}


class XlsxWriter:
    """See `base.Writer`. The same rows and heading give the same bytes."""

    def __init__(self, file: IO[bytes], sheets: Sequence[Sheet], heading: Heading) -> None:
        self.file, self.sheets, self.heading = file, sheets, heading

    def __enter__(self) -> Self:
        from xlsxwriter import Workbook

        with ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="extract-"))
            options = workbook_options() | {"in_memory": False, "constant_memory": True, "tmpdir": folder}
            self.workbook: Workbook = Workbook(self.file, options)
            self.workbook.use_zip64()
            set_properties(
                self.workbook,
                created=self.heading.created,
                title=self.heading.title,
                author=self.heading.author,
            )
            self.parts = [_SheetPart(self.workbook, sheet) for sheet in self.sheets]
            for part in self.parts:
                stack.callback(part.close)
            self.kept = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kept.close()

    def write(self, sheet: int, row: Row) -> None:
        self.parts[sheet].write(row)

    def finish(self, totals: Sequence[Totals]) -> None:
        for part, of_sheet in zip(self.parts, totals, strict=True):
            part.finish(of_sheet)
        self.workbook.close()


class _SheetPart:
    """One worksheet being written from the top down."""

    def __init__(self, workbook: Workbook, sheet: Sheet) -> None:
        self.sheet = sheet
        self.worksheet: Worksheet = workbook.add_worksheet(sheet.name)
        self.formats = [_format(workbook, column.kind) for column in sheet.columns]
        self.total_formats = [_format(workbook, column.kind, bold=True, top=1) for column in sheet.columns]
        self.rows = 0
        self._lay_out()
        # Each above its figures, to the right where they are.
        look = {"bold": True, "text_wrap": True, "indent": 0, "num_format": "@"}
        look |= {"bg_color": HEADING_FILL, "border": 1}
        headings = {kind: _format(workbook, kind, **look) for kind in ColumnKind}
        self.plain = _format(workbook, ColumnKind.TEXT, text_wrap=False)
        self.rooms = [room(Decimal(width(column))) for column in sheet.columns]
        for place, column in enumerate(sheet.columns):
            write_value(self.worksheet, 0, place, column.heading, headings[column.kind])
        texts = [column.heading for column in sheet.columns]
        set_height(self.worksheet, 0, self._height(texts, bold=True))

    def _lay_out(self) -> None:
        worksheet = self.worksheet
        for place, column in enumerate(self.sheet.columns):
            worksheet.set_column_pixels(place, place, pixels(Decimal(width(column))))
        worksheet.freeze_panes(1, 1)
        worksheet.set_landscape()
        pages = printing(self.sheet)
        worksheet.set_paper(PAPER_CODES[pages.paper])
        worksheet.set_margins(*[inches(Decimal(MARGIN))] * 3, 2 * inches(Decimal(MARGIN)))
        if pages.scale:
            worksheet.set_print_scale(pages.scale)
            worksheet.set_v_pagebreaks(pages.breaks)
            worksheet.repeat_columns(0)
        else:
            worksheet.fit_to_pages(1, 0)
        worksheet.repeat_rows(0)
        # Printed lines between the cells cost no bytes in them.
        worksheet.hide_gridlines(0)
        worksheet.set_footer("&L&A&R&P / &N")

    def write(self, row: Row) -> None:
        refuse_full(self.sheet, self.rows)
        # The row before is on disk as soon as this one's key is written: then its height need not be kept.
        before, self.rows = self.rows, self.rows + 1
        self._cell(0, row[0], self.formats[0])
        self.worksheet.row_info.pop(before, None)
        self.worksheet.row_sizes.pop(before, None)
        if (height := self._height(row)) > ONE_LINE:
            set_height(self.worksheet, self.rows, height)
        for place, value in enumerate(row[1:], start=1):
            if value is not None and value != "":
                self._cell(place, value, self.formats[place])

    def _height(self, row: Row, *, bold: bool = False) -> float:
        """Points: neither Excel nor LibreOffice makes rows of an opened file as tall as their texts."""
        heights = [
            _text_height(value, width_of, bold)
            for value, width_of in zip(row, self.rooms, strict=True)
            # No sign is wider than an em.
            if isinstance(value, str) and (len(value) * SIZE > width_of or "\n" in value)
        ]
        return min(max(heights, default=ONE_LINE), TALLEST_ROW)

    def _cell(self, place: int, value: Value, cell_format: Format) -> None:
        if isinstance(value, str):
            if len(value) > LONGEST_CELL:
                value = value[: LONGEST_CELL - 1] + "…"
            write_value(self.worksheet, self.rows, place, value, cell_format)
        elif isinstance(value, Decimal):
            self.worksheet.write_number(self.rows, place, plain_number(value), cell_format)
        elif isinstance(value, int):
            self.worksheet.write_number(self.rows, place, value, cell_format)
        else:
            self.worksheet.write_datetime(self.rows, place, value, cell_format)

    def finish(self, totals: Totals) -> None:
        last = self.rows
        self.worksheet.autofilter(0, 0, last, len(self.sheet.columns) - 1)
        if not last:
            return
        if totals.sums:
            self._write_totals(totals, last)
        # Measures' numbers and codes are texts on purpose: 1.10 is not 1.1.
        self.worksheet.ignore_errors(
            {"number_stored_as_text": _area(1, 0, last, len(self.sheet.columns) - 1)}
        )

    def _write_totals(self, totals: Totals, last: int) -> None:
        """After a blank row: what touched the table would be filtered and sorted with it."""
        row = last + 2
        percent, deviation = map(self.sheet.place, ("computed_percent", DEVIATION.key))
        for place, cell_format in enumerate(self.total_formats):
            if place == 0:
                write_value(self.worksheet, row, 0, TOTAL_LABEL, cell_format)
            elif place in totals.sums:
                # Excel adds in binary: without ROUND, 0.1 and 0.2 are not quite 0.3.
                formula = f"=ROUND(SUBTOTAL(109,{_area(1, place, last, place)}),5)"
                value = totals.sums[place]
                shown = 0 if value is None else plain_number(value)
                self.worksheet.write_formula(row, place, formula, cell_format, shown)
            elif place == deviation:
                less = plain_number(totals.deviation or Decimal(0))
                self.worksheet.write_formula(row, place, self._deviation(row), cell_format, less)
            elif place == percent and totals.has_percent:
                counted = "" if totals.percent is None else plain_number(totals.percent)
                self.worksheet.write_formula(row, place, self._percent(totals, row), cell_format, counted)
            else:
                self.worksheet.write_blank(row, place, None, cell_format)
        if totals.drafts:
            told = DRAFTS_LABEL.format(rows=totals.rows, drafts=totals.drafts)
            write_value(self.worksheet, row + 1, 0, told, self.plain)

    def _deviation(self, row: int) -> str:
        financed, planned = self._totals_of(row, "financed", "planned")
        return f"=ROUND({financed}-{planned},5)"

    def _percent(self, totals: Totals, row: int) -> str:
        """Of the totals beside it, as `calculations.computed_percent` counts."""
        financed, base = self._totals_of(row, "financed", "actual" if totals.of_actual else "planned")
        return f'=IF({base}=0,"",ROUND(100*{financed}/{base},1))'

    def _totals_of(self, row: int, *keys: str) -> list[str]:
        """Cells of the row of totals."""
        return [cell_name(row, place) for key in keys if (place := self.sheet.place(key)) is not None]

    def close(self) -> None:
        """XlsxWriter leaves its file of rows open unless the workbook is closed."""
        self.worksheet.row_data_fh.close()


# Names of programmes, tasks and bodies come again and again.
@lru_cache(maxsize=512)
def _text_height(text: str, width_of: float, bold: bool) -> float:
    return text_height(text, width_of, SIZE, bold=bold)


def _format(workbook: Workbook, kind: ColumnKind, **more: Any) -> Format:
    return workbook.add_format(
        {
            "font_name": FONT,
            "font_size": SIZE,
            "valign": "top",
            "text_wrap": kind in TEXTS,
            "num_format": NUMBER_FORMATS[kind],
            # A number would touch the text in the next column.
            **({} if kind in TEXTS else {"align": "right", "indent": 1}),
            **more,
        }
    )


def _area(first_row: int, first: int, last_row: int, last: int) -> str:
    """«B2:B2» for one cell too."""
    return f"{cell_name(first_row, first)}:{cell_name(last_row, last)}"

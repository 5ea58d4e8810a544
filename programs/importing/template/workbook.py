"""The programme template as a workbook: what `columns` says, drawn, with today's lists in it."""

from __future__ import annotations

import datetime
import io
import textwrap
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.conf import settings

from ...models import Executor, FundingSource
from ...textforms import FIRST_YEAR, LAST_YEAR
from ...workbook_parts import A4, EXCEL_DATE, EXCEL_IN_FULL, escaped
from ..files.tables import column_letters
from . import example as template_example
from .columns import (
    DECISIONS,
    EXAMPLE,
    HELP,
    KNOWN_EXECUTORS,
    LISTS,
    ROW_SHEETS,
    SHEETS,
    SOURCES,
    Check,
    Column,
    DecisionSheet,
    ProgramSheet,
    TemplateSheet,
    hint_of,
)

if TYPE_CHECKING:
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.worksheet import Worksheet

ROWS_OF_VALIDATION = 2000
DECISIONS_AT_MOST = 60
INK, QUIET, HEAD, REQUIRED, EDGE = "FF20262E", "FF5B6470", "FFE9EDF2", "FFD8E4F2", "FFB9C2CC"
_NUMBER_FORMATS = {Check.MONEY: EXCEL_IN_FULL, Check.DATE: EXCEL_DATE, Check.NUMBER: "0", Check.YEAR: "0"}
TEXT = "@"


def template_workbook() -> bytes:
    """An XLSX file to fill in; its sheets of rows take as many rows as there are."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.worksheets[0])
    book.properties.creator = "Звіт"
    book.properties.title = "Шаблон програми"
    book.properties.language = "uk"
    _draw_help(book.create_sheet(HELP))
    lists = _lists()
    ranges = _ranges(lists)
    _draw_program(book.create_sheet(ProgramSheet().name), ranges)
    for kind in ROW_SHEETS:
        _draw_rows(book.create_sheet(kind().name), kind(), ranges)
    _draw_lists(book.create_sheet(LISTS), lists)
    _draw_example(book.create_sheet(EXAMPLE))
    for sheet in book.worksheets:
        _set_up_print(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


# --- lists -------------------------------------------------------------------------------


def _lists() -> dict[str, tuple[str, list[str]]]:
    """By the name that columns use: the heading, and the words."""
    executors = Executor.objects.filter(is_active=True).values_list("name", flat=True)
    sources = FundingSource.objects.filter(is_active=True).values_list("name", flat=True)
    found = {
        KNOWN_EXECUTORS: ("виконавці, відомі порталу", list(executors)),
        SOURCES: ("джерела фінансування", list(sources)),
    }
    for kind in SHEETS:
        for column in kind().columns.values():
            if not isinstance(column.values, str) and column.values:
                found[str(column.column_name)] = (str(column.column_name), list(column.values))
    return found


def _ranges(lists: Mapping[str, tuple[str, list[str]]]) -> dict[str, str]:
    """Where a drop-down takes its words from; none of an empty list."""
    found = {
        name: f"'{LISTS}'!${column_letters(index)}$2:${column_letters(index)}${len(words) + 1}"
        for index, (name, (_, words)) in enumerate(lists.items())
        if words
    }
    number = column_letters(list(DecisionSheet().columns).index("number"))
    found[DECISIONS] = f"'{DecisionSheet().name}'!${number}$3:${number}${DECISIONS_AT_MOST + 2}"
    return found


def _draw_lists(sheet: Worksheet, lists: Mapping[str, tuple[str, list[str]]]) -> None:
    for index, (heading, words) in enumerate(lists.values(), start=1):
        _heading(sheet, 1, index, heading)
        for row, word in enumerate(words, start=2):
            _put(sheet, row, index, word, wrapped=True)
        longest = max(map(len, words), default=0)
        sheet.column_dimensions[column_letters(index - 1)].width = min(max(longest + 2, 24), 70)
    sheet.freeze_panes = "A2"


# --- sheets to fill in -------------------------------------------------------------------


def _draw_program(sheet: Worksheet, ranges: Mapping[str, str]) -> None:
    for index, (heading, width) in enumerate((("поле", 30), ("значення", 60), ("пояснення", 80)), start=1):
        _heading(sheet, 1, index, heading)
        sheet.column_dimensions[column_letters(index - 1)].width = width
    for row, column in enumerate(ProgramSheet().columns.values(), start=2):
        _heading(sheet, row, 1, str(column.column_name), is_required=column.is_required)
        _format(sheet.cell(row, 2), column)
        _put(sheet, row, 3, hint_of(column), quiet=True, wrapped=True)
        _check(sheet, column, f"B{row}", ranges)
        _make_room(sheet, row, [hint_of(column)], [80])
    sheet.freeze_panes = "B2"


def _draw_rows(sheet: Worksheet, kind: TemplateSheet, ranges: Mapping[str, str]) -> None:
    for index, column in enumerate(kind.columns.values(), start=1):
        letters = column_letters(index - 1)
        sheet.column_dimensions[letters].width = column.width
        _heading(sheet, 1, index, str(column.column_name), is_required=column.is_required)
        _put(sheet, 2, index, hint_of(column), quiet=True, wrapped=True)
        last = 2 + ROWS_OF_VALIDATION
        _check(sheet, column, f"{letters}3:{letters}{last}", ranges)
        _format(sheet.column_dimensions[letters], column)
    columns = list(kind.columns.values())
    widths = [column.width for column in columns]
    _make_room(sheet, 1, [str(column.column_name) for column in columns], widths)
    _make_room(sheet, 2, [hint_of(column) for column in columns], widths)
    sheet.freeze_panes = "A3"
    sheet.print_title_rows = "1:1"


def _format(cells: Any, column: Column) -> None:
    """Of one cell, or of a whole column: what is typed later gets it. «12/3» is no date in a cell of text."""
    from openpyxl.styles import Alignment

    cells.number_format = _NUMBER_FORMATS.get(column.check, TEXT)
    across = "center" if column.check in (Check.NUMBER, Check.YEAR) else None
    cells.alignment = Alignment(horizontal=across, vertical="top", wrap_text=True)


def _check(sheet: Worksheet, column: Column, cells: str, ranges: Mapping[str, str]) -> None:
    """Refused by the spreadsheet itself, but for lists that anybody may add to: those only advise."""
    rule = _rule(column, ranges)
    if rule is None:
        return
    rule.allow_blank = True
    rule.showErrorMessage = True
    rule.errorTitle = str(column.column_name)[:32]
    rule.error = column.hint[:225]
    rule.add(cells)
    sheet.add_data_validation(rule)


def _rule(column: Column, ranges: Mapping[str, str]) -> DataValidation | None:
    from openpyxl.worksheet.datavalidation import DataValidation

    if column.check is Check.LIST:
        name = column.values if isinstance(column.values, str) else str(column.column_name)
        if name not in ranges:
            return None
        rule = DataValidation(type="list", formula1=ranges[name])
        if name in (KNOWN_EXECUTORS, DECISIONS):
            rule.errorStyle = "warning"
        return rule
    if column.check is Check.YEAR:
        return DataValidation(
            type="whole", operator="between", formula1=str(FIRST_YEAR), formula2=str(LAST_YEAR)
        )
    if column.check is Check.NUMBER:
        return DataValidation(type="whole", operator="between", formula1="1", formula2="9999")
    if column.check is Check.MONEY:
        return DataValidation(type="decimal", operator="greaterThanOrEqual", formula1="0")
    if column.check is Check.DATE:
        return DataValidation(
            type="date", operator="between", formula1="DATE(1991,1,1)", formula2="DATE(2100,12,31)"
        )
    return None


# --- sheets to read ----------------------------------------------------------------------


def _draw_help(sheet: Worksheet) -> None:
    sheet.column_dimensions["A"].width = 110
    who_amends = template_example.WHO_AMENDS[bool(settings.DEPARTMENTS_MANAGE_PROGRAMS)]
    lines = [line.format(who_amends=who_amends) for line in template_example.HELP_LINES]
    for row, line in enumerate(lines, start=1):
        _put(sheet, row, 1, line, bold=row == 1, wrapped=True)
        _make_room(sheet, row, [line], [110])


def _draw_example(sheet: Worksheet) -> None:
    """Under one another."""
    _put(sheet, 1, 1, template_example.BANNER, bold=True)
    row, widths = 3, template_example.WIDTHS
    for name, table in template_example.TABLES.items():
        _put(sheet, row, 1, f"Аркуш «{name}»", bold=True)
        for at, cells in enumerate(table, start=row + 1):
            for index, value in enumerate(cells, start=1):
                if at == row + 1:
                    _heading(sheet, at, index, str(value))
                else:
                    cell = _put(sheet, at, index, value, wrapped=True)
                    if isinstance(value, datetime.date):
                        cell.number_format = _NUMBER_FORMATS[Check.DATE]
            _make_room(sheet, at, [str(value) for value in cells], widths)
        row += len(table) + 2
    for index, width in enumerate(widths):
        sheet.column_dimensions[column_letters(index)].width = width


# --- cells -------------------------------------------------------------------------------


def _heading(sheet: Worksheet, row: int, column: int, text: str, *, is_required: bool = False) -> None:
    from openpyxl.styles import Border, PatternFill, Side

    cell = _put(sheet, row, column, text, bold=True, wrapped=True)
    cell.fill = PatternFill("solid", start_color=REQUIRED if is_required else HEAD)
    cell.border = Border(bottom=Side("thin", color=EDGE))


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Any,
    *,
    bold: bool = False,
    quiet: bool = False,
    wrapped: bool = False,
) -> Any:
    """A text that begins like a formula stays text."""
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Alignment, Font

    cell: Any = sheet.cell(row, column)
    if isinstance(value, str):
        cell.value = escaped(ILLEGAL_CHARACTERS_RE.sub("", value))
        cell.data_type = "s"
    elif value is not None:
        cell.value = value
    cell.font = Font(name="Calibri", size=11, bold=bold, italic=quiet, color=QUIET if quiet else INK)
    # A number stands beside texts, not against them.
    across = None if isinstance(value, str) else "left"
    cell.alignment = Alignment(horizontal=across, vertical="top", wrap_text=wrapped)
    return cell


def _make_room(sheet: Worksheet, row: int, texts: Sequence[str], widths: Sequence[int]) -> None:
    """A row as high as its texts need: programs that open the file do not measure them."""
    lines = max(len(textwrap.wrap(text, width - 2)) for text, width in zip(texts, widths, strict=False))
    sheet.row_dimensions[row].height = 15 * max(lines, 1) + 2


def _set_up_print(sheet: Worksheet) -> None:
    """One page wide; in the widths of the columns the letters stay readable."""
    from openpyxl.worksheet.page import PageMargins

    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    side, end, mark = Decimal("0.4"), Decimal("0.6"), Decimal("0.3")
    sheet.page_margins = PageMargins(side, side, end, end, header=mark, footer=mark)
    footer: Any = sheet.oddFooter
    footer.left.text, footer.right.text = "&A", "&P / &N"
    properties: Any = sheet.sheet_properties
    properties.pageSetUpPr.fitToPage = True

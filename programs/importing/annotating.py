"""The tables of a file that came in, with a column more: what was found about each row.

Written anew from what was read, whatever kind the file was, so nothing else of the file comes back.
"""

from __future__ import annotations

import contextlib
import datetime
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..workbook_parts import A4, EXCEL_DATE, LONGEST_CELL, set_properties, write_value
from .examination import Examination, Line, LineState, Note, Place, Weight
from .files.cells import shown
from .files.tables import Book, CellValue, Span, Table

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

RESULT_HEADING = "Результат перевірки"
LONGEST_SHEET_NAME = 31
ABOUT_THE_FILE = "Про файл"
# Characters; points.
NARROW, WIDE, RESULT_WIDTH = 12, 32, 48
LINE_HEIGHT, TALLEST_ROW = 15, 400
# A text longer than this makes its column wide.
LONG_TEXT = 24

_WRITTEN_STATES = {
    LineState.NEW: "Нове",
    LineState.CHANGED: "Зміни",
    LineState.UNCHANGED: "Без змін",
    LineState.SKIPPED: "Не взято",
}


def annotated_workbook(book: Book, examination: Examination) -> bytes:
    """An .xlsx with the book's sheets; cells with an error or a warning are coloured."""
    from xlsxwriter import Workbook

    file = BytesIO()
    with Workbook(file, {"in_memory": True}) as workbook:
        # The ZIP and the properties get no clock: the same examination, the same bytes.
        set_properties(workbook, created=datetime.datetime(2000, 1, 1, tzinfo=datetime.UTC))
        formats = _formats(workbook)
        if general := _about_the_whole(examination):
            _write_general(workbook.add_worksheet(ABOUT_THE_FILE), general, formats)
        names: set[str] = {ABOUT_THE_FILE.casefold()} if general else set()
        for number, table in enumerate(book.tables):
            sheet = workbook.add_worksheet(_sheet_name(table.name, names))
            # Paragraphs around a table of a text document name the programme: without them it is no form.
            lines = book.lines if number == 0 else ()
            _write_table(sheet, table, lines, examination, formats)
    return file.getvalue()


def without_results(book: Book) -> Book:
    """The book without our own column and sheet, where what we had checked was mended and sent back."""
    tables = [_without_results(table) for table in book.tables]
    if tables == list(book.tables):
        return book
    return replace(book, tables=tuple(table for table in tables if table.name != ABOUT_THE_FILE))


def _without_results(table: Table) -> Table:
    columns = {column for row in table.rows for column, value in enumerate(row) if value == RESULT_HEADING}
    if not columns:
        return table
    # It was written beside whatever else the file holds, so that nothing lies to the right of it.
    first = min(columns)
    spans = tuple(span for span in table.spans if span.right < first)
    return replace(table, rows=tuple(tuple(row[:first]) for row in table.rows), spans=spans)


def _formats(workbook: Workbook) -> dict[str, Format]:
    looks: dict[str, dict[str, Any]] = {
        "plain": {},
        "cell": {"border": 1, "border_color": "#C9C6BD"},
        "date": {"num_format": EXCEL_DATE},
        "heading": {"bold": True},
        Weight.WARNING: {"bg_color": "#FFF2CC", "border": 1, "border_color": "#C9C6BD"},
        Weight.ERROR: {"bg_color": "#F8CBAD", "border": 1, "border_color": "#C9C6BD"},
    }
    return {
        name: workbook.add_format({"text_wrap": True, "valign": "top", **look})
        for name, look in looks.items()
    }


def _about_the_whole(examination: Examination) -> list[Note]:
    return [note for note in examination.notes if note.place.row is None]


def _write_general(sheet: Worksheet, notes: list[Note], formats: Mapping[str, Format]) -> None:
    sheet.set_column(0, 0, NARROW)
    sheet.set_column(1, 1, RESULT_WIDTH)
    for row, note in enumerate(notes):
        write_value(sheet, row, 0, note.place.sheet, formats["plain"])
        write_value(sheet, row, 1, note.message, formats[note.weight])


def _write_table(
    sheet: Worksheet,
    table: Table,
    lines: Sequence[str],
    examination: Examination,
    formats: Mapping[str, Format],
) -> None:
    top = 0
    for line in lines:
        write_value(sheet, top, 0, line, None)
        top += 1
    coloured = _coloured(table, examination)
    said = _said_by_row(table, examination)
    width = max((len(row) for row in table.rows), default=0)
    wide = _columns_with_long_text(table)
    widths = [WIDE if column in wide else NARROW for column in range(width)]
    heading = _heading_row(table, examination)
    for number, row in enumerate(table.rows):
        plain = "cell" if number >= heading else "plain"
        for column, value in enumerate(row):
            look = formats[coloured.get((number, column), "date" if _is_date(value) else plain)]
            _write_cell(sheet, top + number, column, value, look)
        weight, text = said.get(number, ("plain", ""))
        if text:
            write_value(sheet, top + number, width, text, formats[weight])
        if number >= heading:
            _set_height(sheet, top + number, [*zip(row, widths, strict=False), (text, RESULT_WIDTH)])
    for span in table.spans:
        plain = "cell" if span.top >= heading else "plain"
        _merge(sheet, span, top, table, formats[coloured.get((span.top, span.left), plain)])
    for column, characters in enumerate(widths):
        sheet.set_column(column, column, characters)
    if said:
        write_value(sheet, top + heading, width, RESULT_HEADING, formats["heading"])
        sheet.set_column(width, width, RESULT_WIDTH)
    _set_page(sheet, top + heading)


def _set_height(sheet: Worksheet, row: int, cells: Sequence[tuple[CellValue, int]]) -> None:
    """For the most lines that any of the row's cells takes: not every program fits rows by itself."""
    lines = max(
        len([1 for part in str(value).split("\n") for _ in range(0, max(1, len(part)), characters)])
        for value, characters in cells
    )
    sheet.set_row(row, min(lines * LINE_HEIGHT, TALLEST_ROW))


def _set_page(sheet: Worksheet, heading: int) -> None:
    """A4 across, one page wide, the heading on every page."""
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(heading)


def _merge(sheet: Worksheet, span: Span, top: int, table: Table, look: Format) -> None:
    from xlsxwriter.exceptions import OverlappingRange

    if (span.top, span.left) == (span.bottom, span.right):
        return
    # A file may claim areas that overlap, which no spreadsheet lets anybody make.
    with contextlib.suppress(OverlappingRange):
        sheet.merge_range(top + span.top, span.left, top + span.bottom, span.right, "", look)
        _write_cell(sheet, top + span.top, span.left, table.cell(span.top, span.left), look)


def _write_cell(sheet: Worksheet, row: int, column: int, value: CellValue, look: Format) -> None:
    write_value(sheet, row, column, shown(value) if isinstance(value, bool) else value, look)


def _coloured(table: Table, examination: Examination) -> dict[tuple[int, int], str]:
    """The heavier weight of each cell that a note names, by row and column from 0."""
    coloured: dict[tuple[int, int], str] = {}
    for note in sorted(examination.notes, key=lambda note: note.weight is Weight.ERROR):
        row, column = _row_in(table, note.place), note.place.column
        if row is not None and column is not None:
            coloured[row, column] = note.weight
    return coloured


def _said_by_row(table: Table, examination: Examination) -> dict[int, tuple[str, str]]:
    """What stands in the result's cell of each row, and how it looks; rows from 0."""
    notes: defaultdict[int, list[Note]] = defaultdict(list)
    lines: dict[int, Line] = {}
    asked: defaultdict[int, list[str]] = defaultdict(list)
    for note in examination.notes:
        if (row := _row_in(table, note.place)) is not None:
            notes[row].append(note)
    for question in examination.open_questions:
        if (row := _row_in(table, question.place)) is not None:
            asked[row].append(f"Потрібна відповідь: {question.text}")
    for line in examination.lines:
        if (row := _row_in(table, line.place)) is not None:
            lines.setdefault(row, line)
    said = {}
    for row in sorted(notes.keys() | lines.keys() | asked.keys()):
        texts = [*(_note_in_words(note) for note in notes[row]), *asked[row]]
        if (found := lines.get(row)) is not None:
            texts += _line_in_words(found)
        weights = [note.weight for note in notes[row]]
        look = next((weight for weight in (Weight.ERROR, Weight.WARNING) if weight in weights), "plain")
        said[row] = (look, "\n".join(texts)[:LONGEST_CELL])
    return said


def _note_in_words(note: Note) -> str:
    word = "Помилка" if note.weight is Weight.ERROR else "Попередження"
    where = str(Place(column=note.place.column))
    return f"{word} ({where}): {note.message}" if where else f"{word}: {note.message}"


def _line_in_words(line: Line) -> list[str]:
    changes = [f"{one.label}: {one.old or '–'} → {one.new or '–'}" for one in line.changes]
    return [_WRITTEN_STATES[line.state], *(changes if line.state is LineState.CHANGED else ())]


def _row_in(table: Table, place: Place) -> int | None:
    """From 0; None for another sheet's place."""
    if place.row is None or place.sheet not in ("", table.name):
        return None
    row = place.row - table.first_row
    return row if 0 <= row < len(table.rows) else None


def _heading_row(table: Table, examination: Examination) -> int:
    """From 0: above the first row that becomes something."""
    rows = [row for line in examination.lines if (row := _row_in(table, line.place)) is not None]
    return max(0, min(rows, default=0) - 1)


def _sheet_name(name: str, taken: set[str]) -> str:
    """As it was where Excel allows it; two that become alike are told apart."""
    base = re.sub(r"[\[\]:*?/\\]", " ", name).strip("' ")[:LONGEST_SHEET_NAME].strip("' ") or "Аркуш"
    wished, number = base, 1
    while wished.casefold() in taken:
        number += 1
        ending = f" ({number})"
        wished = base[: LONGEST_SHEET_NAME - len(ending)] + ending
    taken.add(wished.casefold())
    return wished


def _is_date(value: CellValue) -> bool:
    return isinstance(value, datetime.date)


def _columns_with_long_text(table: Table) -> set[int]:
    return {
        column
        for row in table.rows
        for column, value in enumerate(row)
        if isinstance(value, str) and len(value) > LONG_TEXT
    }

"""The filled programme template read by its columns: values with their places, and all that is unreadable."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ...textforms import search_key
from ..examination import Note, Place, Weight
from ..files.cells import shortened, shown
from ..files.tables import UNCOUNTED, Book, CellValue, Table
from .columns import (
    Column,
    DecisionSheet,
    ExecutorSheet,
    MeasureSheet,
    PlanSheet,
    ProgramSheet,
    TaskSheet,
    TemplateSheet,
    hint_of,
)

HEADINGS_WITHIN = 10
"""Headings are looked for in so many first rows: people write a title above them."""

S = TypeVar("S", bound=TemplateSheet)


@dataclass(frozen=True)
class ReadRow:
    """Values by the names of the sheet's columns; what is blank or cannot be read is None or «»."""

    values: Mapping[str, Any]
    places: Mapping[str, Place]
    place: Place
    unread: frozenset[str] = frozenset()
    """Of which a note tells already."""

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def at(self, name: str) -> Place:
        return self.places.get(name, self.place)


@dataclass(frozen=True)
class ReadTemplate:
    program: ReadRow
    decisions: Sequence[ReadRow]
    tasks: Sequence[ReadRow]
    measures: Sequence[ReadRow]
    executors: Sequence[ReadRow]
    plans: Sequence[ReadRow]
    notes: list[Note] = field(default_factory=list)

    def has_errors(self, *sheets: type[TemplateSheet]) -> bool:
        """Whether anything of these could not be read: then rows and cells of them are missing."""
        wanted = {search_key(sheet().name) for sheet in sheets}
        return any(
            note.weight is Weight.ERROR and search_key(note.place.sheet) in wanted for note in self.notes
        )


def looks_like_template(book: Book) -> bool:
    """By the labels of «Програма» and the headings of «Заходи»."""
    program, measures = _table(book, ProgramSheet()), _table(book, MeasureSheet())
    if program is None or measures is None:
        return False
    labels = {search_key(shown(program.cell(row, 0))) for row in range(min(len(program.rows), 40))}
    known = {search_key(str(column.column_name)) for column in ProgramSheet().columns.values()}
    required = {"task", "number", "title"}
    found = _headings(measures, MeasureSheet())
    return len(labels & known) >= 3 and found is not None and required <= found.columns.keys()


def read_template(book: Book) -> ReadTemplate:
    """Never raises for what is in the file."""
    notes = [
        Note(Weight.ERROR, UNCOUNTED, Place(table.name))
        for table in book.tables
        if table.has_uncounted_formulas
    ]
    return ReadTemplate(
        program=_read_program(_table(book, ProgramSheet()), notes),
        decisions=_read_rows(book, DecisionSheet(), notes),
        tasks=_read_rows(book, TaskSheet(), notes),
        measures=_read_rows(book, MeasureSheet(), notes),
        executors=_read_rows(book, ExecutorSheet(), notes),
        plans=_read_rows(book, PlanSheet(), notes),
        notes=notes,
    )


def _table(book: Book, sheet: TemplateSheet) -> Table | None:
    wanted = search_key(sheet.name)
    return next((table for table in book.tables if search_key(table.name) == wanted), None)


# --- the sheet «Програма» ----------------------------------------------------------------


def _read_program(table: Table | None, notes: list[Note]) -> ReadRow:
    sheet = ProgramSheet()
    if table is None:
        return ReadRow({}, {}, Place(sheet.name))
    labels = {search_key(str(column.column_name)): name for name, column in sheet.columns.items()}
    cells: dict[str, tuple[CellValue, Place]] = {}
    for row in range(len(table.rows)):
        name = labels.get(search_key(shown(table.cell(row, 0))))
        if name is None:
            continue
        place = Place(table.name, table.first_row + row, 1)
        if name in cells:
            notes.append(Note(Weight.ERROR, f"Поле «{shown(table.cell(row, 0))}» стоїть двічі.", place))
            continue
        cells[name] = (table.cell(row, 1), place)
    # What must not be blank here depends on whether the programme stands already.
    return _read_cells(sheet.columns, cells, Place(table.name), notes, requiring=False)


# --- sheets of rows ----------------------------------------------------------------------


@dataclass(frozen=True)
class _Headings:
    row: int
    columns: Mapping[str, int]
    """By the column's name."""
    doubled: Sequence[int] = ()
    unknown: Sequence[int] = ()


def _headings(table: Table, sheet: TemplateSheet) -> _Headings | None:
    """The row that holds most of the headings, of two at least."""
    names = {search_key(str(column.column_name)): name for name, column in sheet.columns.items()}
    best: _Headings | None = None
    for row in range(min(len(table.rows), HEADINGS_WITHIN)):
        found: dict[str, int] = {}
        doubled, unknown = [], []
        for column, value in enumerate(table.rows[row]):
            name = names.get(search_key(shown(value)))
            if name is None:
                unknown += [column] if value is not None else []
            elif name in found:
                doubled.append(column)
            else:
                found[name] = column
        if len(found) >= 2 and (best is None or len(found) > len(best.columns)):
            best = _Headings(row, found, doubled, unknown)
    return best


def _read_rows(book: Book, sheet: TemplateSheet, notes: list[Note]) -> list[ReadRow]:
    table = _table(book, sheet)
    if table is None or not table.rows:
        return []
    headings = _headings(table, sheet)
    if headings is None:
        notes.append(
            Note(
                Weight.ERROR,
                "На аркуші немає рядка з назвами граф, як у шаблоні.",
                Place(table.name),
            )
        )
        return []
    notes += _wrong_headings(table, sheet, headings)
    hints = {name: search_key(hint_of(column)) for name, column in sheet.columns.items()}
    rows = []
    for row in range(headings.row + 1, len(table.rows)):
        if not _is_read(table, headings, hints, row):
            continue
        cells = {
            name: (table.cell(row, column), Place(table.name, table.first_row + row, column))
            for name, column in headings.columns.items()
        }
        place = Place(table.name, table.first_row + row)
        rows.append(_read_cells(sheet.columns, cells, place, notes))
    return rows


def _wrong_headings(table: Table, sheet: TemplateSheet, headings: _Headings) -> list[Note]:
    row = table.first_row + headings.row
    missing = [
        f"«{column.column_name}»"
        for name, column in sheet.columns.items()
        if column.is_required and name not in headings.columns
    ]
    found = []
    if missing:
        found.append(
            Note(Weight.ERROR, f"На аркуші бракує граф: {', '.join(missing)}.", Place(table.name, row))
        )
    for column in headings.doubled:
        name = shown(table.cell(headings.row, column))
        found.append(Note(Weight.ERROR, f"Графа «{name}» стоїть двічі.", Place(table.name, row, column)))
    for column in headings.unknown:
        name = shortened(shown(table.cell(headings.row, column)))
        found.append(
            Note(
                Weight.WARNING,
                f"Графи «{name}» у шаблоні немає: її не прочитано.",
                Place(table.name, row, column),
            )
        )
    return found


def _is_read(table: Table, headings: _Headings, hints: Mapping[str, str], row: int) -> bool:
    """Not a blank row, nor the one with hints, of which an older template had some others."""
    values = {name: table.cell(row, column) for name, column in headings.columns.items()}
    filled = {name: shown(value) for name, value in values.items() if value is not None}
    alike = [name for name, text in filled.items() if search_key(text) == hints[name]]
    return bool(filled) and 2 * len(alike) <= len(filled)


def _read_cells(
    columns: Mapping[str, Column],
    cells: Mapping[str, tuple[CellValue, Place]],
    place: Place,
    notes: list[Note],
    *,
    requiring: bool = True,
) -> ReadRow:
    """Each by its column; of a column that is missing altogether its own note tells."""
    values: dict[str, Any] = {}
    unread = set()
    for name, (value, where) in cells.items():
        column = columns[name]
        try:
            values[name] = column.clean({column.column_name: value})
            is_missing = requiring and column.is_required and column.is_blank(values[name])
            if is_missing and not _is_excused(column, cells):
                raise ValueError(f"Заповніть графу «{column.column_name}».")
        except ValueError as error:
            unread.add(name)
            notes.append(Note(Weight.ERROR, str(error), where))
    return ReadRow(values, {name: where for name, (_, where) in cells.items()}, place, frozenset(unread))


def _is_excused(column: Column, cells: Mapping[str, tuple[CellValue, Place]]) -> bool:
    return column.excused_by in cells and bool(shown(cells[column.excused_by][0]))

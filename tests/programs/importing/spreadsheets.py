"""Files as people send them back: changed by hand in a book, or saved anew by LibreOffice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from programs.importing.examination import Examination, Weight
from programs.importing.files.tables import Book


def edited(book: Book, cells: Mapping[tuple[int, str], Any], *, headings: int = 0) -> Book:
    """The first table with these cells in place of its own: by row (from 0) and heading as written."""
    table = book.tables[0]
    rows = [list(row) for row in table.rows]
    for (row, heading), value in cells.items():
        column = rows[headings].index(heading)
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = value
    return replace(book, tables=(replace(table, rows=rows), *book.tables[1:]))


def errors(examination: Examination) -> list[tuple[str, str]]:
    """Place and sentence."""
    return [(str(note.place), note.message) for note in examination.errors]


def warnings(examination: Examination) -> list[tuple[str, str]]:
    notes = [note for note in examination.notes if note.weight is Weight.WARNING]
    return [(str(note.place), note.message) for note in notes]


def changes(examination: Examination) -> list[tuple[str, str, str]]:
    """Heading, old, new."""
    return [(one.label, one.old, one.new) for line in examination.lines for one in line.changes]

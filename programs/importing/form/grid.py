"""A table with its merged cells resolved, and notes that know their place in it. No ORM."""

from __future__ import annotations

from collections.abc import Sequence

from ..examination import Note, Place, Weight
from ..files.cells import shown
from ..files.tables import CellValue, Table

# Merged areas are followed cell by cell; a hostile file merges millions.
MOST_COLUMNS = 200
MOST_MERGED_CELLS = 500_000


class Grid:
    """Rows and columns count from 0; places count as the file's program does."""

    def __init__(self, table: Table) -> None:
        self.table = table
        self.notes: list[Note] = []
        self.width = min(max((len(row) for row in table.rows), default=0), MOST_COLUMNS)
        self._first: dict[tuple[int, int], tuple[int, int]] = {}
        self._follow_spans()

    def _follow_spans(self) -> None:
        left = MOST_MERGED_CELLS
        for span in self.table.spans:
            rows = range(span.top, min(span.bottom + 1, self.height))
            columns = range(span.left, min(span.right + 1, self.width))
            left -= 1 + len(rows) * len(columns)
            if left < 0:
                self.error(
                    "На аркуші забагато об’єднаних клітинок. Роз’єднайте зайві і надішліть файл ще раз."
                )
                return
            self._first.update(((row, column), (span.top, span.left)) for row in rows for column in columns)

    @property
    def height(self) -> int:
        return len(self.table.rows)

    def own(self, row: int, column: int | None) -> CellValue:
        """What stands in the cell itself: None inside a merged one, but for its first."""
        return None if column is None else self.table.cell(row, column)

    def first(self, row: int, column: int) -> tuple[int, int]:
        """Where the merged cell begins that covers this one; the cell itself if none does."""
        return self._first.get((row, column), (row, column))

    def value(self, row: int, column: int | None) -> CellValue:
        """What a person sees in the cell, merged or not."""
        return None if column is None else self.table.cell(*self.first(row, column))

    def breadth(self, row: int, column: int) -> int:
        """How many columns the cell takes."""
        first, right = self.first(row, column), column
        while right + 1 < self.width and self._first.get((row, right + 1)) == first:
            right += 1
        return right - first[1] + 1

    def texts(self, row: int) -> list[tuple[int, str]]:
        """Columns and texts of the row's own cells that are not blank."""
        return [
            (column, shown(value))
            for column, value in enumerate(self.table.rows[row][: self.width])
            if value is not None
        ]

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        return Place(self.table.name, None if row is None else self.table.first_row + row, column)

    def error(self, message: str, row: int | None = None, column: int | None = None) -> None:
        self.notes.append(Note(Weight.ERROR, message, self.place(row, column)))

    def warn(self, message: str, row: int | None = None, column: int | None = None) -> None:
        self.notes.append(Note(Weight.WARNING, message, self.place(row, column)))


def joined(texts: Sequence[str]) -> str:
    return " ".join(" ".join(texts).split())

"""What a table that left the portal goes through when it is back: rows compared with what stands now."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.utils import timezone

from ...models import MeasureResult
from ...textforms import TextFormError
from ..examination import Change, Line, LineState, Note, Weight
from ..files.cells import shortened
from ..files.tables import CellValue
from .cells import Cell, OwnTable, in_words, is_same, read_money
from .versions import Opened, as_opened

TITLE_LENGTH = 90
ERASED = (
    "Клітинка порожня, а на аркуші є формули без обчислених значень. Відкрийте файл у Excel чи LibreOffice, "
    "збережіть і надішліть ще раз."
)

S = TypeVar("S")


@dataclass
class OwnRow:
    """One row of the file, beside what is written."""

    at: int
    """Its number in the table, from 0."""
    version: int = field(default=0, kw_only=True)
    """In the file: of what was opened then."""
    changed: dict[Cell, Any] = field(default_factory=dict, kw_only=True)
    """Cells that the person changed, by what they should become."""
    is_refused: bool = field(default=False, kw_only=True)
    """Some note says why it cannot be taken."""

    @property
    def result(self) -> MeasureResult:
        """Of the measure that the row is about."""
        raise NotImplementedError

    @property
    def record(self) -> Any:
        """What the row would be written into; None where nothing is written yet."""
        raise NotImplementedError

    def value(self, cell: Cell) -> Any:
        """What stands now."""
        raise NotImplementedError

    @property
    def standing_version(self) -> int:
        return self.record.version if self.record else 0

    @property
    def is_stale(self) -> bool:
        return self.record is not None and self.version != self.standing_version

    def leave_untouched(self, then: Callable[[Cell], Any]) -> None:
        """A cell that holds what it held when the file left is no change of this person's."""
        for cell, typed in list(self.changed.items()):
            if is_same(typed, then(cell)):
                del self.changed[cell]


R = TypeVar("R", bound=OwnRow)


class OwnReading(Generic[R]):
    """One file being compared with what stands; `cells` are the columns that are taken."""

    key_heading: str
    """As an `OwnTable` knows it."""
    readers: Mapping[str, Callable[[CellValue], Any]]
    """Of the fields that are no money."""
    cells: Mapping[Cell, int]

    def __init__(self, own: OwnTable) -> None:
        self.own = own
        self.notes: list[Note] = []

    @property
    def key_column(self) -> int:
        return self.own.columns[self.key_heading]

    # --- what is found

    def error(self, message: str, row: int, column: int | None = None) -> None:
        self.notes.append(Note(Weight.ERROR, message, self.own.place(row, column)))

    def refuse(self, row: R, message: str, column: int | None = None) -> None:
        row.is_refused = True
        self.error(message, row.at, column)

    def sorted_notes(self) -> list[Note]:
        return sorted(self.notes, key=lambda note: (note.place.row or 0, note.place.column or 0))

    def line(self, row: R, *, remark: str = "", written: LineState = LineState.CHANGED) -> Line:
        """`remark` follows the measure's title."""
        measure = row.result.measure
        state = written if row.changed else LineState.UNCHANGED
        return Line(
            f"{measure.code} {shortened(measure.title, TITLE_LENGTH)}{remark}",
            LineState.SKIPPED if row.is_refused else state,
            self.own.place(row.at),
            [
                Change(
                    self.own.heading(self.cells[cell]),
                    self.worded(cell, row.value(cell)),
                    self.worded(cell, value),
                    self.own.place(row.at, self.cells[cell]),
                )
                for cell, value in row.changed.items()
            ],
        )

    def worded(self, cell: Cell, value: Any) -> str:
        return in_words(value)

    # --- the file

    def known_rows(
        self, numbers: Mapping[str, int], standing: Mapping[str, S], unknown: Callable[[str], str]
    ) -> Iterator[tuple[int, S]]:
        """Rows with what stands under their keys, in the file's order; errors for other keys."""
        for key, number in numbers.items():
            if key in standing:
                yield number, standing[key]
            else:
                self.error(unknown(shortened(key)), number, self.key_column)

    def compare(self, row: R) -> None:
        """What differs from what stands is a change, what cannot be read an error."""
        for cell, column in self.cells.items():
            try:
                typed = self.read(cell, self.own.table.cell(row.at, column))
            except TextFormError as error:
                self.refuse(row, str(error), column)
                continue
            if not is_same(typed, row.value(cell)):
                row.changed[cell] = typed

    def read(self, cell: Cell, value: CellValue) -> Any:
        """Raises TextFormError."""
        name, source_id = cell
        return read_money(value) if source_id is not None else self.readers[name](value)

    def stale(self, rows: Iterable[R], model: Any, amounts: Any, owner: str) -> list[tuple[R, Opened | None]]:
        """Rows that others wrote while the file was away, with what it was taken of.

        None where nobody has seen the version that the file names. For the rest see `as_opened`.
        """
        found = [row for row in rows if row.is_stale]
        opened = as_opened(model, amounts, owner, {row.record.pk: row.version for row in found})
        return [(row, opened.get(row.record.pk)) for row in found]

    def refuse_erased(self, rows: Iterable[R]) -> None:
        """A formula without its value reads as a blank cell: nobody meant to erase what stands there."""
        if not self.own.table.has_uncounted_formulas:
            return
        for row in rows:
            for cell, value in row.changed.items():
                if value is None or value == "":
                    self.refuse(row, ERASED, self.cells[cell])


def while_away(what: str, by: object, when: datetime.datetime | None) -> str:
    """«Поки файл був у вас, це значення змінили (Олена ПРИКЛАД, 12.03.2025 о 14:05)»."""
    moment = [f"{timezone.localtime(when):%d.%m.%Y о %H:%M}"] if when else []
    return f"Поки файл був у вас, {what} ({', '.join([str(by), *moment])})"

"""What the writers have in common."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Protocol, Self

from programs.importing.measure_columns import ColumnKind, ColumnSpec

from ..sheets import Row, Sheet, Totals

TOTAL_LABEL = "Разом за видимими рядками"

MOST_ROWS = 1_048_576
"""Of one sheet in Excel and LibreOffice, headings and totals too."""
ROWS_AROUND = 3
"""The headings, the blank row and the totals."""
LONGEST_CELL = 32_767
"""Signs in one cell of Excel."""

WIDTHS: Mapping[ColumnKind, int] = {
    ColumnKind.TEXT: 32,
    ColumnKind.LONG_TEXT: 80,
    ColumnKind.NUMBER: 20,
    ColumnKind.MONEY: 28,
    ColumnKind.HRYVNIAS: 32,
    ColumnKind.PERCENT: 26,
    ColumnKind.DATE: 22,
    ColumnKind.MOMENT: 30,
}
"""Millimetres."""
WIDTHS_BY_KEY: Mapping[str, int] = {"key": 58, "measure_key": 46, "narrative": 140, "value": 140}


class NotWritten(Exception):
    """The extract does not fit the format; the message is a Ukrainian sentence that says what to do."""


@dataclass(frozen=True)
class Heading:
    """What a file says of itself."""

    title: str
    author: str
    created: datetime.datetime
    """With an offset."""


class Writer(Protocol):
    """Takes rows of several sheets in turn, each sheet's in order; nothing is a file before `finish`.

    To be used as a context: what it put aside is removed at its end in any case.
    """

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def write(self, sheet: int, row: Row) -> None:
        """Of the sheet at that place. Raises NotWritten when it is full."""

    def finish(self, totals: Sequence[Totals]) -> None:
        """Totals of each sheet; those without sums have empty ones."""


class Spooled:
    """A writer whose rows wait on disk, sheet by sheet, until all are there."""

    def __init__(self, file: IO[bytes], sheets: Sequence[Sheet], heading: Heading) -> None:
        self.file, self.sheets, self.heading = file, sheets, heading

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            self.spools = [stack.enter_context(tempfile.TemporaryFile()) for _ in self.sheets]
            self.kept = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.kept.close()


def width(column: ColumnSpec) -> int:
    """Millimetres."""
    return WIDTHS_BY_KEY.get(column.key, WIDTHS[column.kind])


def refuse_full(sheet: Sheet, rows: int) -> None:
    """Before the row with that number, from 0, is written. Raises NotWritten."""
    if rows >= MOST_ROWS - ROWS_AROUND:
        raise NotWritten(
            f"На аркуші «{sheet.name}» понад {MOST_ROWS - ROWS_AROUND} рядків: електронна таблиця стільки не "
            "вміщує. Файл не створено. Звузьте вибірку, наприклад за роками, або візьміть JSON."
        )

"""What the writers have in common."""

from __future__ import annotations

import datetime
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import pairwise
from types import TracebackType
from typing import IO, Protocol, Self

from programs.importing.measure_columns import ColumnKind, ColumnSpec

from ..sheets import Row, Sheet, Totals

TOTAL_LABEL = "Разом за видимими рядками"
DRAFTS_LABEL = "Усього рядків: {rows}, у т. ч. чернеток (звіт ще не погоджено): {drafts}"
"""Under the totals. Imports know a row of sums by such a first word."""

MOST_ROWS = 1_048_576
"""Of one sheet in Excel and LibreOffice, headings and totals too."""
ROWS_AROUND = 4
"""The headings, the blank row, the totals and what is said of drafts."""

WIDTHS: Mapping[ColumnKind, int] = {
    ColumnKind.TEXT: 32,
    ColumnKind.LONG_TEXT: 64,
    ColumnKind.NUMBER: 22,
    ColumnKind.MONEY: 31,
    ColumnKind.HRYVNIAS: 32,
    ColumnKind.PERCENT: 30,
    ColumnKind.DATE: 22,
    ColumnKind.MOMENT: 30,
}
"""Millimetres."""
WIDTHS_BY_KEY: Mapping[str, int] = {
    "key": 50,
    "measure_key": 46,
    "year": 18,
    "code": 18,
    "narrative": 180,
    "message": 110,
    "label": 80,
    "value": 160,
    # Wide enough for the longest word of their headings.
    "coexecutors_due": 30,
    "department_due": 32,
    "decision_date": 26,
    "public_edition": 27,
    "warnings": 25,
}

PAPERS: Mapping[str, tuple[int, int]] = {"A4": (297, 210), "A3": (420, 297)}
"""Width and height of a landscape page, millimetres."""
MARGIN = 10
LEAST_SCALE = 60
"""Percent: of ten points six are left, the smallest that can be read."""


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


@dataclass(frozen=True)
class Printing:
    paper: str
    """Of `PAPERS`."""
    scale: int = 0
    """Percent; 0: whatever makes the sheet one page wide."""
    breaks: Sequence[int] = ()
    """Places of columns with which a page begins; the first column is repeated on each."""


def printing(sheet: Sheet) -> Printing:
    """On the smaller paper on which the sheet is one page wide and can be read; else several pages wide."""
    widths = [width(column) for column in sheet.columns]
    for paper, (long, _) in PAPERS.items():
        if sum(widths) * LEAST_SCALE <= (long - 2 * MARGIN) * 100:
            return Printing(paper)
    breaks = [place for key in sheet.page_starts if (place := sheet.place(key)) is not None]
    parts = [sum(widths[first:end]) for first, end in pairwise([1, *breaks, len(widths)])]
    scale = (long - 2 * MARGIN) * 100 // (widths[0] + max(parts))
    return Printing(paper, min(max(scale, LEAST_SCALE), 100), breaks)


def refuse_full(sheet: Sheet, rows: int) -> None:
    """Before the row with that number, from 0, is written. Raises NotWritten."""
    if rows >= MOST_ROWS - ROWS_AROUND:
        raise NotWritten(
            f"На аркуші «{sheet.name}» понад {MOST_ROWS - ROWS_AROUND} рядків: електронна таблиця стільки не "
            "вміщує. Файл не створено. Звузьте вибірку, наприклад за роками, або візьміть JSON."
        )

"""The first rows of an extract, as a page shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice

from programs import textforms
from programs.importing.measure_columns import ColumnKind, ColumnSpec
from programs.models import FundingSource, User

from .choosing import batches
from .measure_sheet import measure_sheet
from .selection import Selection
from .sheets import Row, Sheet, Value

SHOWN = (
    "key",
    "state",
    "measure",
    "executors",
    "planned",
    "actual",
    "financed",
    "deviation",
    "percent",
    "execution_state",
    "findings",
)
"""Columns of «Заходи» by key."""


@dataclass(frozen=True)
class Preview:
    columns: Sequence[ColumnSpec]
    """Heading and kind: numbers, money and percents stand to the right."""
    rows: Sequence[Sequence[str]]
    """Cells as people read them; nothing for a blank."""


def preview(selection: Selection, reader: User | None, limit: int = 20) -> Preview:
    """The first rows, of the columns that fit a page; reads no further than they need."""
    sheet = measure_sheet(list(FundingSource.objects.all()))
    places = [place for key in SHOWN if (place := sheet.place(key)) is not None]
    columns = [sheet.columns[place] for place in places]
    first = islice(_rows(sheet, selection, reader, limit), limit)
    return Preview(
        columns=columns,
        rows=[
            [shown(row[place], column.kind) for place, column in zip(places, columns, strict=True)]
            for row in first
        ],
    )


def _rows(sheet: Sheet, selection: Selection, reader: User | None, at_once: int) -> Iterator[Row]:
    for batch in batches(selection, reader, at_once=at_once):
        yield from sheet.rows(batch)


def shown(value: Value, kind: ColumnKind) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        at_least = 2 if kind is ColumnKind.HRYVNIAS else 1
        return textforms.format_decimal_in_full(value, at_least=at_least)
    return str(value)

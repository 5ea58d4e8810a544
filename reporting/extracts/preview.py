"""The first rows of an extract, as a page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from programs import textforms
from programs.importing.measure_columns import ColumnKind, ColumnSpec
from programs.models import FundingSource, User

from .choosing import batches, is_told_by_database
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

MINUS = "−"

MOST_LOOKED_AT = 1000
AT_ONCE = 100
"""Rows, where most of them may turn out to be none that are asked for."""


@dataclass(frozen=True)
class Preview:
    columns: Sequence[ColumnSpec]
    """Heading and kind: numbers, money and percents stand to the right."""
    rows: Sequence[Sequence[str]]
    """Cells as people read them; nothing for a blank."""
    looked_at: int | None = None
    """Of how many rows these are, where it ended before it had enough; None where it did not."""


def preview(selection: Selection, reader: User | None, limit: int = 20) -> Preview:
    """The first rows, of the columns that fit a page; reads no further than they need.

    Where each row must be looked at to know whether it is one, nor further than about `MOST_LOOKED_AT`: rare
    ones would cost a page as much as the whole file.
    """
    sheet = measure_sheet(list(FundingSource.objects.all()))
    places = [place for key in SHOWN if (place := sheet.place(key)) is not None]
    columns = [sheet.columns[place] for place in places]
    rows, looked_at = _first(sheet, selection, reader, limit)
    return Preview(
        columns=columns,
        rows=[
            [shown(row[place], column.kind) for place, column in zip(places, columns, strict=True)]
            for row in rows
        ],
        looked_at=looked_at,
    )


def _first(
    sheet: Sheet, selection: Selection, reader: User | None, limit: int
) -> tuple[list[Row], int | None]:
    """So many rows; and, where they are fewer because it looked no further, of how many."""
    is_told = is_told_by_database(selection)
    rows: list[Row] = []
    looked_at = 0
    for batch in batches(selection, reader, at_once=limit if is_told else AT_ONCE):
        if not is_told and looked_at >= MOST_LOOKED_AT:
            return rows, looked_at
        rows += sheet.rows(batch)
        looked_at += batch.candidates
        if len(rows) >= limit:
            break
    return rows[:limit], None


def shown(value: Value, kind: ColumnKind) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        at_least = 2 if kind is ColumnKind.HRYVNIAS else 1
        return textforms.format_decimal_in_full(value, at_least=at_least).replace("-", MINUS)
    return str(value)

"""The sheets of an extract: their columns, and the rows that a batch of reports gives each."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils import timezone

from programs import calculations
from programs.calculations import Money
from programs.importing import measure_columns
from programs.importing.measure_columns import ColumnKind, ColumnSpec
from programs.models import MeasureResult

from .gathering import Batch, ReportPart
from .selection import DRAFTS

Value = str | int | Decimal | datetime.date | datetime.datetime | None
"""Moments are local and without an offset, as spreadsheets keep them. Nothing is None or «»."""
Row = Sequence[Value]

SUMMED = (ColumnKind.MONEY, ColumnKind.HRYVNIAS)


@dataclass(frozen=True)
class Sheet:
    name: str
    code: str
    """Its name in JSON."""
    columns: Sequence[ColumnSpec]
    """The first is the key."""
    rows: Callable[[Batch], Iterator[Row]]
    has_totals: bool = False
    """Whether its money adds up: then a row under it does it."""
    page_starts: Sequence[str] = ()
    """Keys of columns with which a printed page begins, where the sheet is too wide for one."""

    @property
    def summed(self) -> Sequence[int]:
        """Places of the columns that are added up; the deviation comes from the sums, as the percent does."""
        if not self.has_totals:
            return ()
        return [
            place
            for place, column in enumerate(self.columns)
            if column.kind in SUMMED and column.key != measure_columns.DEVIATION.key
        ]

    def place(self, key: str) -> int | None:
        """Of a column; None where the sheet has no such."""
        return next((place for place, column in enumerate(self.columns) if column.key == key), None)


@dataclass(frozen=True)
class Totals:
    """Of one sheet: the sums by column, and what they give."""

    rows: int
    drafts: int
    """Of these rows: of reports that are not agreed."""
    sums: Mapping[int, Decimal | None]
    deviation: Decimal | None
    """The financed less the plan, as a spreadsheet counts: a sum of blanks there is 0. None: no such sums."""
    percent: Decimal | None
    of_actual: bool
    """Whether the percent is one of the annual actual instead of the plan."""
    has_percent: bool = True
    """Whether the sheet's rows have a percent together: not where they count from different bases."""


class Adder:
    """Adds up a sheet's rows as they pass."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.rows = self.drafts = 0
        self.state = sheet.place(STATE.key)
        self.sums: dict[int, Decimal | None] = dict.fromkeys(sheet.summed)

    def take(self, row: Row) -> None:
        self.rows += 1
        if self.state is not None and row[self.state] in DRAFTS:
            self.drafts += 1
        for place, so_far in self.sums.items():
            value = row[place]
            if isinstance(value, Decimal):
                self.sums[place] = calculations.total((so_far, value))

    def totals(self, *, of_actual: bool) -> Totals:
        def total_of(key: str) -> Decimal | None:
            place = self.sheet.place(key)
            return None if place is None else self.sums.get(place)

        money = Money(total_of("planned"), total_of("actual"), total_of("financed"))
        base = calculations.percent_base(money, of_actual=of_actual)
        percent = calculations.computed_percent(money.financed, base)
        deviation = None
        if self.sums:
            deviation = calculations.difference(money.planned or Decimal(0), money.financed or Decimal(0))
        return Totals(self.rows, self.drafts, self.sums, deviation, percent, of_actual)


# --- columns that many sheets begin with -------------------------------------------------

KEY = ColumnSpec("key", "ключ")
PROGRAM_ID = ColumnSpec("program_id", "код програми")
YEAR = ColumnSpec("year", "звітний рік", ColumnKind.NUMBER)
STATE = ColumnSpec("state", "стан звіту")
RESULT_KEY = ColumnSpec("measure_key", "ключ заходу")
CODE = ColumnSpec("code", "№ заходу")
MEASURE = ColumnSpec("measure", "зміст заходу", ColumnKind.LONG_TEXT)

OF_RESULT = (KEY, RESULT_KEY, PROGRAM_ID, YEAR, STATE, CODE, MEASURE)


def of_result(key: str, part: ReportPart, result: MeasureResult) -> Row:
    """Cells of `OF_RESULT`."""
    own = part.keys[result.pk]
    return (f"{own}/{key}", own, *of_report(part), result.measure.code, result.measure.title)


def of_report(part: ReportPart) -> tuple[Value, ...]:
    """Cells of PROGRAM_ID, YEAR and STATE."""
    return (part.key.rpartition("/")[0], part.report.year, part.state)


def money_cells(money: Money) -> tuple[Decimal | None, ...]:
    """тис. грн, then грн, then the deviation of the financed from the plan."""
    thousands = (money.planned, money.actual, money.financed)
    deviation = calculations.difference(money.planned, money.financed)
    return (*thousands, *map(calculations.hryvnias, thousands), deviation)


MONEY_COLUMNS = (*measure_columns.TOTALS, *measure_columns.TOTALS_IN_HRYVNIAS, measure_columns.DEVIATION)


def moment(value: datetime.datetime | None) -> datetime.datetime | None:
    """Local, to the second: spreadsheets know neither offsets nor microseconds."""
    return None if value is None else timezone.localtime(value).replace(tzinfo=None, microsecond=0)


def yes_or_no(value: bool) -> str:
    return "так" if value else "ні"

"""CSV of the first sheet alone, in two dialects: one that Excel opens by a double click, one for programs."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from types import TracebackType
from typing import IO, Self

from programs.importing.measure_columns import guarded
from programs.textforms import plain_decimal

from ..sheets import Row, Sheet, Totals, Value
from .base import Heading


@dataclass(frozen=True)
class Dialect:
    encoding: str
    delimiter: str
    decimal_mark: str
    date: str
    moment: str
    guards_formulas: bool
    """Whether texts that Excel would count are marked with an apostrophe; see `guarded`."""


# What Excel with Ukrainian settings expects of a list.
FOR_EXCEL = Dialect("utf-8-sig", ";", ",", "%d.%m.%Y", "%d.%m.%Y %H:%M:%S", guards_formulas=True)
FOR_PROGRAMS = Dialect("utf-8", ",", ".", "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", guards_formulas=False)


class CsvWriter:
    """See `base.Writer`. Rows of other sheets than the first are let pass."""

    def __init__(self, file: IO[bytes], sheets: Sequence[Sheet], heading: Heading, dialect: Dialect) -> None:
        self.file, self.sheets, self.dialect = file, sheets, dialect

    def __enter__(self) -> Self:
        self.text = io.TextIOWrapper(self.file, encoding=self.dialect.encoding, newline="")
        self.rows = csv.writer(self.text, delimiter=self.dialect.delimiter, lineterminator="\r\n")
        self.rows.writerow([column.heading for column in self.sheets[0].columns])
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The file is the caller's and stays open.
        self.text.detach()

    def write(self, sheet: int, row: Row) -> None:
        if sheet == 0:
            self.rows.writerow([self._cell(value) for value in row])

    def finish(self, totals: Sequence[Totals]) -> None:
        self.text.flush()

    def _cell(self, value: Value) -> str:
        if value is None:
            return ""
        if isinstance(value, Decimal):
            return plain_decimal(value).replace(".", self.dialect.decimal_mark)
        if isinstance(value, datetime.datetime):
            return value.strftime(self.dialect.moment)
        if isinstance(value, datetime.date):
            return value.strftime(self.dialect.date)
        if isinstance(value, int):
            return str(value)
        return guarded(value) if self.dialect.guards_formulas else value

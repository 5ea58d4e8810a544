"""The figures of the form's rows; what cannot be read becomes a note at its cell and a blank. No ORM."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from ...calculations import Money
from ...textforms import TextFormError
from .cells import typed_money, typed_percent
from .columns import LABELS, MONEY, FormColumns
from .grid import Grid
from .rows import FIGURES


@dataclass
class Figures:
    """The figures of one row, as they were read."""

    planned: Decimal | None = None
    actual: Decimal | None = None
    financed: Decimal | None = None
    percent: Decimal | None = None
    unreadable: set[str] = field(default_factory=set)
    """Blank here, and not in the file."""

    @property
    def money(self) -> Money:
        return Money(self.planned, self.actual, self.financed)


class FigureReader:
    """Figures of rows; what cannot be read becomes a note at its cell and a blank."""

    def __init__(self, grid: Grid, columns: FormColumns, *, unlabelled_in_hryvnias: bool = False) -> None:
        self.grid = grid
        self.columns = columns
        self.unlabelled: set[str] = set()
        """Columns with a sum of which neither the heading nor the cell names the unit."""
        self._in_hryvnias = columns.hryvnias | (columns.unlabelled if unlabelled_in_hryvnias else frozenset())

    def read(self, row: int) -> Figures:
        figures = Figures()
        for key in FIGURES:
            column = self.columns.get(key)
            if column is None:
                continue
            try:
                value = self._money(row, column, key) if key in MONEY else self._percent(row, column)
            except TextFormError as error:
                self.grid.error(str(error), row, column)
                figures.unreadable.add(key)
            else:
                setattr(figures, key, value)
        return figures

    def _money(self, row: int, column: int, key: str) -> Decimal | None:
        first = self.grid.first(row, column)
        if first[0] != row and self.grid.own(*first) is not None:
            raise TextFormError(
                f"У графі «{LABELS[key]}» одна сума на кілька заходів (клітинки об’єднано). "
                "Роз’єднайте клітинки і впишіть суму кожного заходу."
            )
        read = typed_money(self.grid.value(row, column), LABELS[key], in_hryvnias=key in self._in_hryvnias)
        if read.value and not read.names_unit and key in self.columns.unlabelled:
            self.unlabelled.add(key)
        if read.warning:
            self.grid.warn(read.warning, row, column)
        return read.value

    def _percent(self, row: int, column: int) -> Decimal | None:
        return typed_percent(self.grid.own(row, column), LABELS["percent"])

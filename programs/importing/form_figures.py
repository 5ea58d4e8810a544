"""The figures of the form's rows; what cannot be read becomes a note at its cell and a blank. No ORM."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..calculations import Money, rounded
from ..textforms import TextFormError
from .form_cells import read_money, read_percent
from .form_columns import LABELS, MONEY, FormColumns
from .form_grid import Grid
from .form_rows import FIGURES


@dataclass
class Figures:
    """The figures of one row, as they were read."""

    planned: Decimal | None = None
    actual: Decimal | None = None
    financed: Decimal | None = None
    percent: Decimal | None = None

    @property
    def money(self) -> Money:
        return Money(self.planned, self.actual, self.financed)


class FigureReader:
    """Figures of rows; what cannot be read becomes a note at its cell and a blank."""

    def __init__(self, grid: Grid, columns: FormColumns) -> None:
        self.grid = grid
        self.columns = columns

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
        read = read_money(self.grid.value(row, column), LABELS[key], in_hryvnias=key in self.columns.hryvnias)
        if read.warning:
            self.grid.warn(read.warning, row, column)
        return read.value

    def _percent(self, row: int, column: int) -> Decimal | None:
        percent = read_percent(self.grid.own(row, column), LABELS["percent"])
        return None if percent is None else rounded(percent)

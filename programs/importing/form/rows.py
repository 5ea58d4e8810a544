"""The rows of the form's table: which is a task, a measure, the rest of one, a total. No ORM.

A row is told by what stands in it, not by what stood above: a mistaken row does not drag the others along.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from ...textforms import search_key
from .cells import NO_NUMBERS, Numbers, numbers_of_cell, split_number
from .closing import ends_with_name, is_fund, is_name, is_total
from .columns import MONEY, FormColumns, is_heading_again
from .grid import Grid, joined

FIGURES = (*MONEY, "percent")

# A text over as many columns stands for itself, not for its column.
_WIDE = 3
# «Разом з громадськими організаціями провести …» is no totals row.
_LONGEST_LABEL = 120
# A text in the column «№» that is as long is no number.
_LONGEST_NUMBER = 12

_SECTION = re.compile(
    r"(?:[0-9ivx]+[.)]?\s*)?"
    r"(виконання заходів|(розділ|підпрограма|напрям\w*|мета|(оперативна |стратегічна )?ціль)\b)"
)
_TASK = re.compile(r"завдання\s*(?:№\s*)?(?:([0-9]{1,3})\s*[.:)–—-]*|:)\s*", re.IGNORECASE)


class RowKind(StrEnum):
    MEASURE = "measure"
    TASK = "task"
    SECTION = "section"
    TOTAL = "total"
    FUND = "fund"
    FIGURES = "figures"
    """Sums without a word."""
    REST = "rest"
    """Texts without a number and sums: the rest of the measure above."""
    TEXT = "text"
    """Something else: under the table, signatures."""


@dataclass(frozen=True)
class Row:
    """One row of the sheet."""

    index: int
    kind: RowKind
    texts: Mapping[str, str]
    """Its own cells that are not blank, by the form's keys."""
    cells: Sequence[str]
    """All of them, in order."""
    label: str
    """Those that are no figures and no information, in one line."""
    numbers: Numbers = NO_NUMBERS
    """At the beginning of a measure's content, or a task's."""
    title: str = ""
    """The content of a measure, the text of a task that has a row to itself; without the number."""

    @property
    def has_figures(self) -> bool:
        """A name that stands in a column of figures is a signature."""
        return any(key in self.texts and not is_name(self.texts[key]) for key in FIGURES)

    @property
    def is_surely_measure(self) -> bool:
        """Not only a text with sums, which under the totals is a line of a fund."""
        return self.kind is RowKind.MEASURE and bool(
            self.texts.keys() & {"term", "executors", "information", "measure_number"}
            or self.numbers != NO_NUMBERS
            or numbers_of_cell(self.texts.get("number")) not in (None, NO_NUMBERS)
        )


def rows_of(grid: Grid, columns: FormColumns) -> list[Row]:
    """The rows below the headings, without blank ones and headings that stand there again."""
    below = range(columns.bottom + 1, grid.height)
    return [row for index in below if (row := _row(grid, columns, index)) is not None]


def _row(grid: Grid, columns: FormColumns, index: int) -> Row | None:
    cells = [(column, text) for column, text in grid.texts(index) if text and column not in columns.passed]
    if not cells or is_heading_again(grid, index, columns):
        return None
    keys = {column: key for key, column in columns.by_key.items()}
    texts = {keys[column]: text for column, text in cells if column in keys}
    label = joined([text for column, text in cells if keys.get(column) not in (*FIGURES, "information")])
    numbers, title = split_number(texts.get("content", ""))
    row = Row(index, RowKind.TEXT, texts, [text for _column, text in cells], label, numbers, title)
    if (task := _task_heading(grid, row, cells[0][0])) is not None:
        return task
    return Row(index, _kind(row), texts, row.cells, label, numbers, title)


def _kind(row: Row) -> RowKind:
    has = row.texts.keys()
    number = numbers_of_cell(row.texts.get("number"))
    is_numbered = number != NO_NUMBERS or row.numbers != NO_NUMBERS or "measure_number" in has
    if _is_signed(row):
        return RowKind.TEXT
    if not is_numbered or number is None:
        if is_total(row.label) and _is_label(row):
            return RowKind.TOTAL
        if is_fund(row.label) and _is_label(row):
            return RowKind.FUND
    if not row.label:
        return RowKind.FIGURES if row.has_figures else RowKind.REST
    if "content" in has:
        return RowKind.MEASURE if is_numbered or row.has_figures or "term" in has else RowKind.REST
    if number is None:
        return RowKind.TEXT
    if row.has_figures or "term" in has:
        return RowKind.MEASURE
    return RowKind.REST if has & {"executors", "information"} else RowKind.TEXT


def _is_label(row: Row) -> bool:
    """Whether all there is beside figures is one short text."""
    words = row.texts.keys() - set(FIGURES)
    return len(words) <= 1 and "information" not in words and len(row.label) <= _LONGEST_LABEL


def _is_signed(row: Row) -> bool:
    """A post and a name, or a name alone; executors may be people too, but then there is a term or a sum."""
    if "term" in row.texts or row.numbers.measure is not None:
        return False
    if any(re.fullmatch(r"[\d\s.,]+", row.texts.get(key, "")) for key in FIGURES):
        return False
    return is_name(row.cells[-1]) or (len(row.cells) == 1 and ends_with_name(row.cells[0]))


# --- tasks with a row to themselves ------------------------------------------------------


def _task_heading(grid: Grid, row: Row, column: int) -> Row | None:
    """«Завдання 1. …», «1. | Забезпечити …», «Розділ 2»: over the measures, with nothing of a measure's."""
    left = {key: text for key, text in row.texts.items() if key in ("number", "task", "content")}
    if row.texts.keys() - left.keys() - set(FIGURES) or _is_signed(row):
        return None
    number = numbers_of_cell(left.get("number"))
    words = [text for key, text in left.items() if key != "number" or number is None]
    if len(words) != 1 or is_total(words[0]) or is_fund(words[0]):
        return None
    text = words[0]
    if named := _TASK.match(text):
        numbers, title = Numbers(single=int(named[1]) if named[1] else None), text[named.end() :]
        return replace(row, kind=RowKind.TASK, numbers=_single(number, numbers), title=title)
    if row.has_figures:
        return None
    if _SECTION.match(search_key(text)):
        return replace(row, kind=RowKind.SECTION, title=text)
    numbers, title = split_number(text)
    if numbers.task is not None or (number is not None and number.task is not None):
        return None
    stands_alone = (
        grid.breadth(row.index, column) >= _WIDE
        or (number is None and len(text) > _LONGEST_NUMBER)
        or "task" in left
        or _single(number, numbers).single is not None
    )
    return (
        replace(row, kind=RowKind.TASK, numbers=_single(number, numbers), title=title)
        if stands_alone
        else None
    )


def _single(of_cell: Numbers | None, of_text: Numbers) -> Numbers:
    return of_cell if of_cell is not None and of_cell.single is not None else of_text

"""Tables that left the portal and come back: found by their headings, cells read as they were typed.

No ORM. What cannot be read is a TextFormError with a Ukrainian sentence; the place is the caller's.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...textforms import (
    DASHES,
    GROUP_SPACES,
    TextFormError,
    clean_text,
    format_decimal_in_full,
    parse_decimal,
    parse_money,
    search_key,
    without_unit,
)
from ..examination import Note, Place, Weight
from ..files.cells import shortened, shown
from ..files.tables import CellValue, Table

# How far down the headings may stand: people put letterheads above.
SEARCHED_ROWS = 60
LONGEST_NUMBER = 60
ANNOTATION = search_key("Результат перевірки")

Cell = tuple[str, int | None]
"""One cell of a row: the field, and the funding source's id for money."""

_SMALLEST_SHOWN = Decimal("0.00000001")


@dataclass(frozen=True)
class OwnTable:
    """A table below its row of headings. Rows and columns from 0."""

    table: Table
    top: int
    """The row of headings."""
    columns: Mapping[str, int]
    """By `search_key` of the heading, in the file's order; of doubled ones the first."""
    doubled: Sequence[int]

    def place(self, row: int | None = None, column: int | None = None) -> Place:
        return Place(self.table.name, None if row is None else row + self.table.first_row, column)

    def heading(self, column: int) -> str:
        return " ".join(str(self.table.cell(self.top, column)).split())

    def cell(self, row: int, heading: str) -> CellValue:
        """None where there is no such heading too."""
        column = self.columns.get(heading)
        return None if column is None else self.table.cell(row, column)

    def filled_rows(self) -> Iterator[int]:
        for row in range(self.top + 1, len(self.table.rows)):
            if any(value is not None for value in self.table.rows[row]):
                yield row

    def keyed_rows(
        self, heading: str, *, without_key: Callable[[int], bool] = lambda row: False
    ) -> tuple[dict[str, int], list[Note]]:
        """Filled rows by their keys, each key once; errors for the others, but for those that need no key."""
        found: dict[str, int] = {}
        notes = []
        column = self.columns[heading]
        for row in self.filled_rows():
            key = read_text(self.table.cell(row, column))
            if without_key(row):
                continue
            if not key:
                message = "У рядку є дані, а ключа немає. Поверніть ключ або приберіть рядок."
                notes.append(Note(Weight.ERROR, message, self.place(row)))
            elif key in found:
                message = f"Ключ «{shortened(key)}» уже є в рядку {self.place(found[key]).row}. Лишіть один."
                notes.append(Note(Weight.ERROR, message, self.place(row, column)))
            else:
                found[key] = row
        return found, notes

    def column_holds_something(self, column: int) -> bool:
        return any(self.table.cell(row, column) is not None for row in self.filled_rows())

    def heading_notes(self, known: Collection[str]) -> list[Note]:
        """Of doubled headings, and of filled columns that are not the portal's."""
        notes = [
            Note(
                Weight.ERROR,
                f"Графа «{self.heading(column)}» у таблиці двічі, і не видно, котру брати. Лишіть одну.",
                self.place(self.top, column),
            )
            for column in self.doubled
            if search_key(self.heading(column)) in known
        ]
        return notes + [
            Note(
                Weight.WARNING,
                f"Графи «{shortened(self.heading(column))}» портал не знає, тому її не взято.",
                self.place(self.top, column),
            )
            for heading, column in self.columns.items()
            if heading not in known and heading != ANNOTATION and self.column_holds_something(column)
        ]


def own_table(table: Table, needed: Collection[str]) -> OwnTable | None:
    """The table below the first row that has all the headings needed; None where there is no such row."""
    wanted = {search_key(heading) for heading in needed}
    for top, row in enumerate(table.rows[:SEARCHED_ROWS]):
        texts = {column: search_key(cell) for column, cell in enumerate(row) if isinstance(cell, str)}
        if wanted <= set(texts.values()):
            columns: dict[str, int] = {}
            doubled = []
            for column, heading in texts.items():
                if columns.setdefault(heading, column) != column:
                    doubled.append(column)
            return OwnTable(table, top, columns, doubled)
    return None


# --- values ------------------------------------------------------------------------------


def read_money(value: CellValue) -> Decimal | None:
    """тис. грн to the kopeck; a text may name hryvnias."""
    return parse_money(_number_text(value))


def read_signed(value: CellValue) -> Decimal | None:
    """Any number that the portal writes: negative ones and hryvnias too, which are longer than thousands.

    Whatever unit a person has made the cell show.
    """
    bare = without_unit(_number_text(value)).removesuffix("%")
    text = re.sub(f"[{GROUP_SPACES}]", "", bare).replace(",", ".")
    if not text:
        return None
    if not re.fullmatch(rf"[-{DASHES}]?\d+(\.\d*)?", text, re.ASCII):
        raise TextFormError(f"«{text}» не є числом.")
    return Decimal(re.sub(f"[{DASHES}]", "-", text))


def read_percent(value: CellValue) -> Decimal | None:
    return parse_decimal(_number_text(value).strip().removesuffix("%"), decimals=1)


def read_whole(value: CellValue) -> int | None:
    """A count: a version, a year."""
    number = parse_decimal(_number_text(value), decimals=0)
    return None if number is None else int(number)


def _number_text(value: CellValue) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime.date):
        raise TextFormError(f"Тут має бути число, а стоїть дата {value:%d.%m.%Y}. Впишіть число ще раз.")
    if isinstance(value, bool):
        raise TextFormError("Тут має бути число, а стоїть «так» чи «ні».")
    text = _plain(value) if isinstance(value, Decimal) else value
    if len(text) > LONGEST_NUMBER:
        raise TextFormError(f"«{shortened(text)}» не є числом. Уведіть, наприклад, «1 234,5».")
    return text


def _plain(value: Decimal) -> str:
    """What a spreadsheet means: its differences of sums miss by less than anybody could have typed."""
    if abs(value.adjusted()) > LONGEST_NUMBER:
        raise TextFormError("Завелике число.")
    near = value.quantize(_SMALLEST_SHOWN) if value.adjusted() < 15 else value
    text = f"{near:f}" if near else "0"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_text(value: CellValue) -> str:
    """A number or a date that a spreadsheet made of what was typed is written as people write it."""
    return clean_text(shown(value)).strip()


def read_choice(value: CellValue, choices: Sequence[tuple[str, str]]) -> str:
    """The stored value by its words, whatever their case."""
    typed = search_key(read_text(value))
    if not typed:
        return ""
    for stored, label in choices:
        if typed == search_key(label):
            return stored
    labels = ", ".join(f"«{label}»" for _, label in choices)
    raise TextFormError(f"«{shortened(read_text(value))}» тут не може бути. Можна лише {labels}.")


def in_words(value: object) -> str:
    """A value as a preview shows it; nothing for a blank."""
    if isinstance(value, Decimal):
        return format_decimal_in_full(value)
    if isinstance(value, datetime.date):
        return f"{value:%d.%m.%Y}"
    return "" if value is None else str(value)


def quoted(text: str) -> str:
    """For a sentence."""
    return f"«{text}»" if text else "порожньо"


def is_same(one: object, other: object) -> bool:
    """Spreadsheets take the spaces around a text away, and some its tabs: that changes nothing."""
    if isinstance(one, str) and isinstance(other, str):
        return _bare(one) == _bare(other)
    return one == other


def _bare(text: str) -> str:
    return clean_text(text).replace("\t", "").strip()

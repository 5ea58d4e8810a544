"""A workbook of Excel, as its XML has it.

Not through openpyxl: its read-only mode gives binary floats where the file has digits, tells nothing of
merged cells, and does not tell a formula that nobody has counted from an empty cell.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...file_types import FileRefused
from . import limits
from .cells import TOO_LONG, TOO_MANY_SHEETS, Grid, Room, cleaned, shortened
from .guard import Package
from .markup import Attributes, Handler, by_local_name, whole_number
from .number_formats import NumberFormat, date_of, format_of
from .tables import Book, CellValue, Span

_NAMESPACES = {
    "http://schemas.openxmlformats.org/spreadsheetml/2006/main": "",
    "http://purl.oclc.org/ooxml/spreadsheetml/main": "",
}
_REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_MAX_STYLES = 100_000


def read_xlsx(package: Package) -> Book:
    """Visible sheets in their order. Raises FileRefused, and what `reading.DAMAGED` names."""
    relations = package.relations(package.main)
    workbook = _Workbook()
    package.scan(package.main, workbook)
    if len(workbook.sheets) > limits.MAX_SHEETS:
        raise FileRefused(TOO_MANY_SHEETS)
    room = Room()
    strings = _Strings()
    styles = _Styles()
    for relation in relations.values():
        if relation.kind.endswith("/sharedStrings"):
            package.scan(relation.target, strings)
        elif relation.kind.endswith("/styles"):
            package.scan(relation.target, styles)
    context = _Context(strings.texts, styles.formats, workbook.counts_from_1904)
    tables = []
    for sheet in workbook.sheets:
        relation = relations[sheet.relation]
        if sheet.is_hidden or not relation.kind.endswith("/worksheet"):
            continue
        handler = _Sheet(Grid(sheet.name, room), context)
        package.scan(relation.target, handler)
        tables.append(handler.grid.table())
    return Book("xlsx", tuple(tables))


@dataclass(frozen=True)
class _Listed:
    """A sheet as the workbook lists it."""

    name: str
    relation: str
    is_hidden: bool


class _Workbook(Handler):
    namespaces = _NAMESPACES

    def __init__(self) -> None:
        self.sheets: list[_Listed] = []
        self.counts_from_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "workbookPr":
            self.counts_from_1904 = attributes.get("date1904", "") in ("1", "true")
        elif name == "sheet":
            known = by_local_name(attributes)
            title = shortened(unescaped(known["name"]))
            self.sheets.append(_Listed(title, known["id"], known.get("state", "visible") != "visible"))


def unescaped(text: str) -> str:
    """«_x000D_» is a sign that XML does not allow; «_x005F_» protects a text that only looks like it."""
    return _ESCAPED.sub(lambda escape: chr(int(escape[1], 16)), text) if "_x" in text else text


class _Text(Handler):
    """Texts in runs: joined, without what is only read aloud."""

    namespaces = _NAMESPACES
    skipped = frozenset({"rPh", "phoneticPr"})

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self.is_text = False

    def text(self, data: str) -> None:
        if self.is_text:
            self.length += len(data)
            if self.length > limits.MAX_TEXT * 2:
                raise FileRefused(TOO_LONG)
            self.pieces.append(data)

    def taken(self) -> str:
        text = "".join(self.pieces)
        self.pieces, self.length = [], 0
        return text


class _Strings(_Text):
    """Texts that cells only number."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str | None] = []
        # Stored once, however many cells show them; those are counted where they stand.
        self._room = Room()

    def start(self, name: str, attributes: Attributes) -> None:
        self.is_text = name == "t"

    def end(self, name: str) -> None:
        self.is_text = False
        if name == "si":
            text = cleaned(unescaped(self.taken()))
            self._room.take_text(len(text or ""))
            self.texts.append(text)


class _Styles(Handler):
    """How each style of cells shows a number."""

    namespaces = _NAMESPACES

    def __init__(self) -> None:
        self.formats: list[NumberFormat] = []
        self._codes: dict[int, str] = {}
        self._are_of_cells = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "numFmt":
            self._codes.setdefault(int(attributes["numFmtId"]), attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._are_of_cells = True
        elif name == "xf" and self._are_of_cells:
            if len(self.formats) >= _MAX_STYLES:
                raise ValueError("too many styles")
            number = int(attributes.get("numFmtId", "0"))
            self.formats.append(format_of(number, self._codes.get(number)))

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._are_of_cells = False


@dataclass(frozen=True)
class _Context:
    """What sheets of one workbook share."""

    strings: Sequence[str | None]
    styles: Sequence[NumberFormat]
    counts_from_1904: bool


class _Sheet(_Text):
    """One sheet, cell by cell."""

    def __init__(self, grid: Grid, context: _Context) -> None:
        super().__init__()
        self.grid = grid
        self._context = context
        self._row = self._column = -1
        self._cell: Attributes = {}
        self._has_formula = self._has_value = False

    def start(self, name: str, attributes: Attributes) -> None:
        self.is_text = False
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self.is_text = self._has_value = True
        elif name == "f":
            self._has_formula = True
        elif name == "row":
            self._row = _within(whole_number(attributes.get("r", str(self._row + 2))) - 1, _LAST_ROW)
            self._column = -1
        elif name == "mergeCell":
            self.grid.merge(_area(attributes["ref"]))

    def end(self, name: str) -> None:
        self.is_text = False
        if name == "c" and (self._has_value or self._has_formula):
            self.grid.put(self._row, self._column, self._value(self.taken()))

    def _begin_cell(self, attributes: Attributes) -> None:
        self._cell = attributes
        self._has_formula = self._has_value = False
        self.pieces, self.length = [], 0
        if reference := attributes.get("r"):
            row, self._column = _position(reference)
            if row != self._row:
                raise ValueError(f"{reference} in row {self._row + 1}")
        else:
            self._column = _within(self._column + 1, _LAST_COLUMN)

    def _value(self, text: str) -> CellValue:
        kind = self._cell.get("t", "n")
        if kind in ("str", "inlineStr"):
            if self._has_formula and not self._has_value:
                self.grid.has_uncounted_formulas = True
            return cleaned(unescaped(text))
        text = text.strip()
        if not text:
            self.grid.has_uncounted_formulas |= self._has_formula
            return None
        if kind == "n":
            return self._number(text)
        if kind == "s":
            return self._context.strings[whole_number(text)]
        if kind == "b":
            return {"1": True, "0": False, "true": True, "false": False}[text]
        if kind == "d":
            return datetime.date.fromisoformat(text[:10])
        if kind == "e":
            return cleaned(text)
        raise ValueError(f"a cell of type {kind}")

    def _number(self, text: str) -> Decimal | datetime.date | str:
        number = self.grid.number(self._row, self._column, text)
        style = whole_number(self._cell.get("s", "0"))
        look = self._context.styles[style] if self._context.styles else NumberFormat()
        if look.is_date:
            return date_of(number, since_1904=self._context.counts_from_1904) or number
        return look.value(number)


def _position(reference: str) -> tuple[int, int]:
    """Row and column from 0."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(reference[:20])
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return _within(int(match[2]) - 1, _LAST_ROW), _within(column - 1, _LAST_COLUMN)


def _within(place: int, size: int) -> int:
    if not 0 <= place < size:
        raise ValueError(f"place {place}")
    return place


def _area(reference: str) -> Span:
    first, _, last = reference.partition(":")
    top, left = _position(first)
    bottom, right = _position(last or first)
    if bottom < top or right < left:
        raise ValueError(reference[:20])
    return Span(top, left, bottom, right)

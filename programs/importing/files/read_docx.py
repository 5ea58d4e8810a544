"""Tables of a Word document, as its XML has them, and the paragraphs around them.

Not through python-docx: it builds the whole document in memory, ten times its size. What was deleted or moved
away under review, text boxes and numbers that Word gives by itself («1.» of a list) are not read.
"""

from __future__ import annotations

from ...file_types import FileRefused
from . import limits
from .cells import TOO_LONG, Grid, Room, cleaned
from .guard import Package
from .markup import Attributes, Handler, by_local_name, whole_number
from .tables import Book, CellValue, Span, Table

_SIGNS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_docx(package: Package) -> Book:
    """Tables of the text itself, in order, as «Таблиця 1» and so on; a table in a cell is the cell's text.

    Raises FileRefused, and what `reading.DAMAGED` names.
    """
    document = _Document()
    package.scan(package.main, document)
    return Book("docx", tuple(document.tables), tuple(document.lines))


class _WordTable:
    """A table while it is read: which cells go on downwards."""

    def __init__(self, name: str, room: Room) -> None:
        self.grid = Grid(name, room)
        self.row = self.column = -1
        self.across = 1
        self.merging = ""
        # First row of what is merged downwards, by its left and right column, with the last row so far.
        self._growing: dict[tuple[int, int], tuple[int, int]] = {}

    def begin_row(self) -> None:
        self.row += 1
        self.column = 0

    def begin_cell(self) -> None:
        self.across, self.merging = 1, ""

    def end_cell(self, value: CellValue) -> None:
        sides = (self.column, self.column + self.across - 1)
        top, bottom = self._growing.get(sides, (0, -2))
        if self.merging == "continue" and bottom == self.row - 1:
            self._growing[sides] = (top, self.row)
        else:
            self._close(sides)
            self._growing[sides] = (self.row, self.row)
            self.grid.put(self.row, self.column, value)
        if not self.merging:
            self._close(sides)
        self.column += self.across
        if len(self._growing) > limits.MAX_MERGED:
            raise ValueError("too many cells go on downwards")

    def _close(self, sides: tuple[int, int]) -> None:
        if sides in self._growing:
            top, bottom = self._growing.pop(sides)
            left, right = sides
            if (top, left) != (bottom, right):
                self.grid.merge(Span(top, left, bottom, right))

    def table(self) -> Table:
        for sides in list(self._growing):
            self._close(sides)
        return self.grid.table()


class _Document(Handler):
    """The text of the document: paragraphs, and tables of paragraphs."""

    namespaces = {
        "http://schemas.openxmlformats.org/wordprocessingml/2006/main": "",
        "http://purl.oclc.org/ooxml/wordprocessingml/main": "",
    }
    skipped = frozenset(
        {"del", "moveFrom", "pPr", "rPr", "tblPr", "sectPr", "sdtPr", "txbxContent", "pict", "object"}
    )

    def __init__(self) -> None:
        self.tables: list[Table] = []
        self.lines: list[str] = []
        self._room = Room()
        self._table: _WordTable | None = None
        self._depth = 0
        self._paragraphs: list[str] = []
        self._pieces: list[str] = []
        self._length = 0
        self._is_text = False

    def start(self, name: str, attributes: Attributes) -> None:
        self._is_text = name == "t"
        if name in _SIGNS:
            self._add(_SIGNS[name])
        elif name == "tbl":
            self._depth += 1
            if self._depth == 1:
                self._begin_table()
        elif self._table is not None and self._depth == 1:
            self._start_in_table(self._table, name, attributes)

    def _start_in_table(self, table: _WordTable, name: str, attributes: Attributes) -> None:
        if name == "tr":
            table.begin_row()
        elif name == "tc":
            table.begin_cell()
            self._paragraphs, self._length = [], 0
        elif name == "gridBefore":
            table.column += _count(attributes)
        elif name == "gridSpan":
            table.across = max(1, _count(attributes))
        elif name == "vMerge":
            table.merging = by_local_name(attributes).get("val", "continue")

    def text(self, data: str) -> None:
        if self._is_text:
            self._add(data)

    def _add(self, data: str) -> None:
        self._pieces.append(data)
        self._length += len(data)
        if self._length > limits.MAX_TEXT * 2:
            raise FileRefused(TOO_LONG)

    def end(self, name: str) -> None:
        self._is_text = False
        if name == "p":
            self._end_paragraph("".join(self._pieces))
            self._pieces = []
        elif name == "tbl":
            self._depth -= 1
            if self._depth == 0 and self._table is not None:
                self.tables.append(self._table.table())
                self._table = None
                self._length = 0
        elif name == "tc" and self._depth == 1 and self._table is not None:
            self._table.end_cell(cleaned("\n".join(self._paragraphs)))

    def _begin_table(self) -> None:
        if len(self.tables) >= limits.MAX_SHEETS:
            raise FileRefused(f"У документі понад {limits.MAX_SHEETS} таблиць. Залиште лише потрібні.")
        self._table = _WordTable(f"Таблиця {len(self.tables) + 1}", self._room)

    def _end_paragraph(self, text: str) -> None:
        if self._depth:
            self._paragraphs.append(text)
            return
        self._length = 0
        if line := cleaned(text):
            self._room.take(line)
            self.lines.append(line)


def _count(attributes: Attributes) -> int:
    return whole_number(by_local_name(attributes).get("val", ""), longest=5)

"""A block of cells as a spreadsheet puts it on the clipboard: plain text, tabs between cells. Pure text."""

from __future__ import annotations

import re

# A quoted cell ends at a quote that a tab, a line's end or the block's end follows.
_QUOTED = re.compile(r'"((?:[^"]|"")*)"(?=[\t\n]|\Z)')
_PLAIN = re.compile(r"[^\t\n]*")


def parse_block(text: str) -> list[list[str]]:
    """Rows of cells. A cell with a line break or a tab inside comes in quotes, inner quotes doubled.

    Quotes around anything else are the cell's own. The line's end after the last row, which Excel and
    LibreOffice add, is no row.
    """
    text = re.sub(r"\r\n?", "\n", text)
    text = text.removesuffix("\n")
    rows: list[list[str]] = [[]]
    place = 0
    while True:
        quoted = _QUOTED.match(text, place)
        if quoted and not re.search(r"[\t\n]", quoted[1]):
            quoted = None
        cell = quoted or _PLAIN.match(text, place)
        assert cell is not None  # a plain cell may be empty
        rows[-1].append(quoted[1].replace('""', '"') if quoted else cell[0])
        place = cell.end()
        if place == len(text):
            return rows
        if text[place] == "\n":
            rows.append([])
        place += 1

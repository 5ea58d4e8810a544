"""OpenDocument spreadsheets, written by hand as a stream: rows wait on disk, never in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from programs.importing.measure_columns import ColumnKind
from programs.textforms import plain_decimal
from programs.workbook_cells import clean

from ..sheets import Row, Sheet, Totals, Value
from . import ods_parts as parts
from .base import TOTAL_LABEL, Heading, Spooled, refuse_full

PIECE = 1 << 20
# Of what is in the archive; so that the same content gives the same bytes.
NO_CLOCK = (1980, 1, 1, 0, 0, 0)
# An entry that might pass 2 GB needs to be told so beforehand.
LARGE = 1 << 31
_SPACES = re.compile(r"\t|^ | {2,}")


class OdsWriter(Spooled):
    """See `base.Writer`."""

    def __init__(self, file: IO[bytes], sheets: Sequence[Sheet], heading: Heading) -> None:
        super().__init__(file, sheets, heading)
        self.rows = [0] * len(sheets)

    def write(self, sheet: int, row: Row) -> None:
        refuse_full(self.sheets[sheet], self.rows[sheet])
        self.rows[sheet] += 1
        columns = self.sheets[sheet].columns
        cells = "".join(_cell(value, column.kind) for value, column in zip(row, columns, strict=True))
        self.spools[sheet].write(_row(cells).encode())

    def finish(self, totals: Sequence[Totals]) -> None:
        with zipfile.ZipFile(self.file, "w", zipfile.ZIP_DEFLATED) as archive:
            # Readers know the kind of file by this entry: it is the first and not compressed.
            archive.writestr(_entry("mimetype", zipfile.ZIP_STORED), parts.MIME_TYPE)
            archive.writestr(_entry("META-INF/manifest.xml"), parts.MANIFEST)
            archive.writestr(_entry("meta.xml"), parts.meta(self.heading))
            archive.writestr(_entry("settings.xml"), parts.settings([sheet.name for sheet in self.sheets]))
            archive.writestr(_entry("styles.xml"), parts.STYLES)
            size = max(0, *(spool.tell() for spool in self.spools))
            with archive.open(
                _entry("content.xml"), "w", force_zip64=size * len(self.sheets) > LARGE
            ) as content:
                for piece in self._content(totals):
                    content.write(piece)

    def _content(self, totals: Sequence[Totals]) -> Iterator[bytes]:
        yield parts.CONTENT_HEAD.encode()
        for place, (sheet, spool) in enumerate(zip(self.sheets, self.spools, strict=True)):
            yield parts.table_head(sheet).encode()
            spool.seek(0)
            while piece := spool.read(PIECE):
                yield piece
            if totals[place].sums and self.rows[place]:
                yield _totals(sheet, totals[place]).encode()
            yield b"</table:table>"
        yield parts.content_tail(self.sheets, self.rows).encode()


def _entry(name: str, compression: int = zipfile.ZIP_DEFLATED) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, NO_CLOCK)
    entry.compress_type = compression
    return entry


# --- rows --------------------------------------------------------------------------------


def _row(cells: str, style: str = parts.ROW) -> str:
    return f'<table:table-row table:style-name="{style}">{cells}</table:table-row>\n'


def _cell(value: Value, kind: ColumnKind) -> str:
    """The type is the value's; how it is shown comes from its column."""
    if value is None or value == "":
        return "<table:table-cell/>"
    if isinstance(value, str):
        return _text(value, parts.CELL_STYLES[kind])
    style = f' table:style-name="{parts.CELL_STYLES[kind]}"'
    if isinstance(value, Decimal | int):
        number = plain_decimal(value) if isinstance(value, Decimal) else str(value)
        return f'<table:table-cell{style} office:value-type="float" office:value="{number}"/>'
    return f'<table:table-cell{style} office:value-type="date" office:date-value="{value.isoformat()}"/>'


def _text(text: str, style: str) -> str:
    return (
        f'<table:table-cell table:style-name="{style}" office:value-type="string">{paragraphs(text)}'
        "</table:table-cell>"
    )


def paragraphs(text: str) -> str:
    """One a line. XML readers fold spaces: those that count are written as marks."""
    return "".join(
        f"<text:p>{_SPACES.sub(_marked, escape(line))}</text:p>" for line in clean(text).split("\n")
    )


def _marked(spaces: re.Match[str]) -> str:
    if spaces[0] == "\t":
        return "<text:tab/>"
    return f'<text:s text:c="{len(spaces[0])}"/>'


# --- the last row ------------------------------------------------------------------------


def _totals(sheet: Sheet, totals: Totals) -> str:
    """After a blank row, as in the workbook for Excel; values beside the formulas that give them."""
    row = totals.rows + 3
    percent = sheet.place("computed_percent")
    cells = []
    for place, column in enumerate(sheet.columns):
        style = parts.total_style(column.kind)
        letters = parts.letters(place)
        if place == 0:
            cells.append(_text(TOTAL_LABEL, style))
        elif place in totals.sums:
            area = f"[.{letters}2:.{letters}{totals.rows + 1}]"
            value = totals.sums[place] or Decimal(0)
            cells.append(_formula(f"ROUND(SUBTOTAL(109;{area});5)", value, style))
        elif place == percent:
            base, financed = (
                f"[.{parts.letters(at)}{row}]"
                for at in map(sheet.place, ("actual" if totals.of_actual else "planned", "financed"))
                if at is not None
            )
            formula = f'IF({base}=0;"";ROUND(100*{financed}/{base};1))'
            cells.append(_formula(formula, totals.percent, style))
        else:
            cells.append(f'<table:table-cell table:style-name="{style}"/>')
    return _row("<table:table-cell/>") + _row("".join(cells))


def _formula(formula: str, value: Decimal | None, style: str) -> str:
    known = (
        'office:value-type="string" office:string-value=""'
        if value is None
        else f'office:value-type="float" office:value="{plain_decimal(value)}"'
    )
    return (
        f'<table:table-cell table:style-name="{style}" table:formula={quoteattr(f"of:={formula}")} {known}/>'
    )

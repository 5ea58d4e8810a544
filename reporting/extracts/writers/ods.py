"""OpenDocument spreadsheets, written by hand as a stream: rows wait on disk, never in memory."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import IO
from xml.sax.saxutils import escape, quoteattr

from programs.importing.files.tables import column_letters
from programs.importing.measure_columns import DEVIATION, ColumnKind
from programs.textforms import plain_decimal
from programs.workbook_parts import clean
from programs.zips import entry

from ..sheets import Row, Sheet, Totals, Value
from . import ods_parts as parts
from .base import DRAFTS_LABEL, TOTAL_LABEL, Heading, Spooled, refuse_full

PIECE = 1 << 20
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
            archive.writestr(entry("mimetype", stored=True), parts.MIME_TYPE)
            archive.writestr(entry("META-INF/manifest.xml"), parts.MANIFEST)
            archive.writestr(entry("meta.xml"), parts.meta(self.heading))
            archive.writestr(entry("settings.xml"), parts.settings([sheet.name for sheet in self.sheets]))
            archive.writestr(entry("styles.xml"), parts.styles(self.sheets))
            size = max(0, *(spool.tell() for spool in self.spools))
            with archive.open(
                entry("content.xml"), "w", force_zip64=size * len(self.sheets) > LARGE
            ) as content:
                for piece in self._content(totals):
                    content.write(piece)

    def _content(self, totals: Sequence[Totals]) -> Iterator[bytes]:
        yield parts.content_head(self.sheets).encode()
        for place, (sheet, spool) in enumerate(zip(self.sheets, self.spools, strict=True)):
            yield parts.table_head(place, sheet).encode()
            spool.seek(0)
            while piece := spool.read(PIECE):
                yield piece
            if totals[place].sums and self.rows[place]:
                yield _totals(sheet, totals[place]).encode()
            yield b"</table:table>"
        yield parts.content_tail(self.sheets, self.rows).encode()


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
    percent, deviation = map(sheet.place, ("computed_percent", DEVIATION.key))
    cells = []
    for place, column in enumerate(sheet.columns):
        style = parts.total_style(column.kind)
        letters = column_letters(place)
        if place == 0:
            cells.append(_text(TOTAL_LABEL, style))
        elif place in totals.sums:
            area = f"[.{letters}2:.{letters}{totals.rows + 1}]"
            value = totals.sums[place] or Decimal(0)
            cells.append(_formula(f"ROUND(SUBTOTAL(109;{area});5)", value, style))
        elif place == deviation:
            financed, planned = _totals_of(sheet, row, "financed", "planned")
            value = totals.deviation or Decimal(0)
            cells.append(_formula(f"ROUND({financed}-{planned};5)", value, style))
        elif place == percent and totals.has_percent:
            financed, base = _totals_of(sheet, row, "financed", "actual" if totals.of_actual else "planned")
            formula = f'IF({base}=0;"";ROUND(100*{financed}/{base};1))'
            cells.append(_formula(formula, totals.percent, style))
        else:
            cells.append(f'<table:table-cell table:style-name="{style}"/>')
    rows = _row("<table:table-cell/>") + _row("".join(cells))
    if not totals.drafts:
        return rows
    told = DRAFTS_LABEL.format(rows=totals.rows, drafts=totals.drafts)
    return rows + _row(_text(told, parts.PLAIN))


def _totals_of(sheet: Sheet, row: int, *keys: str) -> list[str]:
    """Cells of the row of totals."""
    places = [place for key in keys if (place := sheet.place(key)) is not None]
    return [f"[.{column_letters(place)}{row}]" for place in places]


def _formula(formula: str, value: Decimal | None, style: str) -> str:
    known = (
        'office:value-type="string" office:string-value=""'
        if value is None
        else f'office:value-type="float" office:value="{plain_decimal(value)}"'
    )
    return (
        f'<table:table-cell table:style-name="{style}" table:formula={quoteattr(f"of:={formula}")} {known}/>'
    )

"""What workbooks that leave have in common: their look, bytes that repeat, and values in their cells.

A text stays the text it is, a Decimal keeps every digit.
"""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from .textforms import plain_decimal

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

FONT = "Times New Roman"
HEADING_FILL = "#F4F3EF"
A4 = 9
# Signs in one cell of Excel.
LONGEST_CELL = 32_767

EXCEL_DATE = "dd.mm.yyyy"
# To the kopeck, where the form would round.
EXCEL_IN_FULL = "#,##0.0####"

# XML has no place for these, and Excel shows a carriage return as a box.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads «_x0041_» as «A»; what only looks like such a sign is written with its first «_» as one.
_LOOKS_ESCAPED = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
# XlsxWriter does so too, but of two that share a «_» it sees one.
_SHARES_SIGN = re.compile("_x[0-9A-Fa-f]{4}_x[0-9A-Fa-f]{4}_")


def set_properties(
    workbook: Workbook,
    *,
    created: datetime.datetime,
    title: str = "",
    author: str = "",
    language: str = "",
) -> None:
    """What a workbook says of itself; with a moment given, the same content gives the same bytes.

    `created` has an offset, and `language` is like «uk-UA».
    """
    told = {"title": clean(title), "author": clean(author)}
    workbook.set_properties(
        {
            **{name: text for name, text in told.items() if text},
            # The format knows no offsets: what is written there is read as UTC.
            "created": created.astimezone(datetime.UTC),
        }
    )
    if language:
        workbook.set_custom_property("Language", language)


def write_value(
    sheet: Worksheet,
    row: int,
    column: int,
    value: Decimal | str | int | datetime.date | None,
    cell_format: Format | None,
) -> None:
    """A Decimal as a number, a date as a date, nothing as a blank, all else as text, a formula's look too."""
    if isinstance(value, Decimal):
        sheet.write_number(row, column, plain_number(value), cell_format)
    elif isinstance(value, datetime.date):
        sheet.write_datetime(row, column, value, cell_format)
    elif value is None or value == "":
        sheet.write_blank(row, column, None, cell_format)
    else:
        sheet.write_string(row, column, literal(clean(str(value))), cell_format)


def clean(text: str) -> str:
    return _UNPRINTABLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def plain_number(value: Decimal) -> Decimal:
    """XlsxWriter writes a Decimal digit by digit: 0.0 and 0.00000 are equal, their bytes must be too."""
    return Decimal(plain_decimal(value))


def literal(text: str) -> str:
    """XlsxWriter takes a text that looks like its own mark-up for mark-up: such a one is wrapped in it."""
    if (text.startswith("<r>") and text.endswith("</r>")) or _SHARES_SIGN.search(text):
        # By its number XlsxWriter does not know the «_», and escapes nothing once more.
        inner = escape(escaped(text), {"_": "&#95;"})
        return f'<r><t xml:space="preserve">{inner}</t></r>'
    return text


def escaped(text: str) -> str:
    """For what writes texts as they are: Excel reads it as the text it was."""
    return _LOOKS_ESCAPED.sub("_x005F_", text)

"""Values into cells of workbooks that leave: a text stays the text it is, a Decimal keeps every digit."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from .textforms import plain_decimal

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

# XML has no place for these, and Excel shows a carriage return as a box.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


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
    if text.startswith("<r>") and text.endswith("</r>"):
        return f'<r><t xml:space="preserve">{escape(text)}</t></r>'
    return text

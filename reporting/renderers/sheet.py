"""The sheet's measures: one set of numbers for the stylesheet of print and for predicting page breaks.

Lengths in points unless said otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from ..document import Printed, ReportDocument

POINTS_IN_MM = 72 / 25.4
PAPER_WIDTH_MM, PAPER_HEIGHT_MM = 297, 210

LINE_HEIGHT = 1.15
CELL_PADDING = 2.2
BORDER = 0.5
HEADER_TYPE = 0.833
"""Size of the header row's type, as a part of the table's."""
TEXT_SIZE, TEXT_LINE = 12, 14.4
"""What stands outside the table: the 12 points that the office standard asks of running text."""
LINE_GAP = 2.8
SECTION_GAP = 5
SIGNATURE_GAP = 20
POST_SHARE, NAME_SHARE = 0.36, 0.3
"""Parts of the sheet's width that a signature's post and name may take."""
LOOSE_CLOSING = ".form-signatures { break-inside: auto; } .form-totals tr + tr { break-before: auto; }"


def mm(value: Decimal | float) -> float:
    return float(value) * POINTS_IN_MM


def type_size(document: Printed) -> float:
    return float(document.sheet.font_size)


def header_size(document: Printed) -> float:
    return round(type_size(document) * HEADER_TYPE, 2)


def inner_height(document: Printed) -> float:
    sheet = document.sheet
    return mm(PAPER_HEIGHT_MM) - mm(sheet.margin_top) - mm(sheet.margin_bottom)


@dataclass(frozen=True)
class Fit:
    """What gives way where texts are too long for the sheet; sizes in points, None as usual."""

    header_size: float | None = None
    task_size: float | None = None
    closing_together: bool = True
    """Whether a page holds totals, fund lines and all signatures with the last measure."""


AS_USUAL = Fit()


def page_css(document: Printed, family: str) -> str:
    """The page, its margin boxes, and what stands outside tables; joins static/form.css in print."""
    sheet = document.sheet
    return f"""
@page {{
  size: A4 landscape;
  margin: {sheet.margin_top}mm {sheet.margin_right}mm {sheet.margin_bottom}mm {sheet.margin_left}mm;
  @bottom-right {{ content: {_page_label(document.page_label)}; font: 8pt {family}; }}
  @top-right {{ content: {quoted(" · ".join(document.marks))}; font: bold 9pt {family}; }}
}}
@media print {{
.form {{ font-family: {family}; font-size: {TEXT_SIZE}pt; line-height: {TEXT_LINE}pt; }}
.form-line {{ padding-top: {LINE_GAP}pt; }}
.form-section {{ padding: {SECTION_GAP}pt 0; }}
}}
"""


def print_css(document: ReportDocument, family: str, fit: Fit) -> str:
    """`page_css`, and the measures of the official table and its signatures."""
    columns = "".join(
        f".form-table col:nth-child({place}){{width:{column.width}mm}}"
        for place, column in enumerate(document.columns, start=1)
    )
    return f"""{page_css(document, family)}
@media print {{
.form-table {{
  width: {sum(column.width for column in document.columns)}mm;
  font-size: {type_size(document)}pt;
  line-height: {LINE_HEIGHT};
}}
.form-table th, .form-table td {{ padding: {CELL_PADDING}pt; border: {BORDER}pt solid #000; }}
.form-table thead th {{ font-size: {fit.header_size or header_size(document):g}pt; }}
.form-table td.task {{ font-size: {fit.task_size or type_size(document):g}pt; }}
.form-signature {{ padding-top: {SIGNATURE_GAP}pt; break-inside: avoid; }}
{"" if fit.closing_together else LOOSE_CLOSING}
.form-signature .post {{ width: {POST_SHARE * 100:g}%; }}
.form-signature .name {{ width: {NAME_SHARE * 100:g}%; }}
{columns}
}}
"""


def quoted(text: str) -> str:
    """A CSS string; nothing in it can end the string or the style element."""
    escaped = re.sub(r'[\\"<>\n\r\f]', lambda sign: f"\\{ord(sign[0]):x} ", text)
    return f'"{escaped}"'


def _page_label(label: str) -> str:
    parts = re.split(r"(\{page\}|\{pages\})", label)
    counters = {"{page}": "counter(page)", "{pages}": "counter(pages)"}
    return " ".join(counters.get(part) or quoted(part) for part in parts if part)

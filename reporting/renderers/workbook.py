"""What our workbooks have in common: bytes that repeat, texts that stay texts, rows as tall as their text."""

from __future__ import annotations

import bisect
import datetime
import math
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from programs import workbook_parts
from programs.workbook_parts import A4, FONT, clean

from ..document import Printed

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.worksheet import Worksheet

MM_IN_INCH = 25.4
PIXELS_IN_INCH = 96
POINTS_IN_INCH = 72
HEADER_MARGIN_MM = Decimal(6)

# Excel shows no row taller than 409.5 pt.
TALLEST_ROW = 400.0
# Times lines are 1.15 em apart on paper and up to 1.17 on Excel's screen: a little more, or text is cut.
LINE_HEIGHT = 1.2
CELL_PADDING = 4.0

# Where a text may be taken apart: after a word, or in the midst of one that no column would hold.
_WORD = re.compile(r"\S{1,100}\s*|\s+")

# Advance widths of the Times face in em, rounded up; what is not here takes a whole em.
_ADVANCES = {
    sign: width
    for width, signs in {
        0.25: " \u00a0.,'|",
        0.3: "іїijlt:;/\\",
        0.35: "ІЇfrI!-’ʼ()[]",
        0.4: "ґзsJ",
        0.45: 'агеєстacez?"“”„',
        0.5: "вклорухьяҐbdghknopquvxy0123456789–«»*#_",
        0.55: "бдийнпцчЗ",
        0.6: "БГРЬFPS+=<>₴",
        0.65: "мфЕТЧELTZ",
        0.7: "жДВЄКЛСЯBCR",
        0.75: "юАИЙНОПУХЦwADGHKNOQUVXY",
        0.8: "шщФm&",
        0.85: "%",
        0.95: "ЖМMW@",
    }.items()
    for sign in signs
}
_BOLD_IS_WIDER = 1.05


# --- the workbook ------------------------------------------------------------------------


def workbook_options() -> dict[str, Any]:
    """Made anew each time: XlsxWriter writes into them, and the next workbook would differ."""
    return {
        # In memory: tall merged cells are not written in row order, and the ZIP gets no clock.
        "in_memory": True,
        # Column widths are counted in digits of the default font. Calibri, XlsxWriter's own, has no equal on
        # a machine without it, and the page comes out a third too wide; Times has one everywhere, and its
        # digits at 12 pt are 8 pixels wide, which XlsxWriter is told as a column of 72 pixels.
        "default_format_properties": {"font_name": FONT, "font_size": 12},
        "default_column_width": 72,
        "default_row_height": 21,
    }


def set_properties(workbook: Workbook, document: Printed, *, title: str, created: datetime.datetime) -> None:
    workbook_parts.set_properties(
        workbook, created=created, title=title, author=document.author, language=document.language
    )


# --- the printed page --------------------------------------------------------------------


def set_page(sheet: Worksheet, document: Printed) -> None:
    """A4 landscape, one page wide, with the document's margins and page numbers."""
    margins = document.sheet
    sheet.set_landscape()
    sheet.set_paper(A4)
    sheet.set_margins(
        left=inches(margins.margin_left),
        right=inches(margins.margin_right),
        top=inches(margins.margin_top),
        bottom=inches(margins.margin_bottom),
    )
    sheet.fit_to_pages(1, 0)
    sheet.hide_gridlines(2)
    pages = _in_margin(document.page_label).format(page="&P", pages="&N")
    margin = {"margin": inches(HEADER_MARGIN_MM)}
    sheet.set_footer(f"&R{_type_code(document, 'Regular')}{pages}", margin)


def set_header(sheet: Worksheet, document: Printed, text: str) -> None:
    """At the head of every printed page."""
    margin = {"margin": inches(HEADER_MARGIN_MM)}
    sheet.set_header(f"&R{_type_code(document, 'Bold')}{_in_margin(text)}", margin)


def _type_code(document: Printed, weight: str) -> str:
    """Excel's code for the type of a text in the page's margin."""
    # Size before face: after the face a label that begins with a digit would join the size.
    return f'&{document.sheet.font_size:.0f}&"{FONT},{weight}"'


def _in_margin(text: str) -> str:
    return text.replace("&", "&&")


# --- heights: neither Excel nor LibreOffice fits merged cells to their text --------------


def set_height(sheet: Worksheet, row: int, height: float) -> float:
    """Of a row, points; returns the height it gets."""
    # Excel's rows are whole pixels; XlsxWriter would round down and cut the last line.
    whole = math.ceil(height / POINTS_IN_INCH * PIXELS_IN_INCH)
    sheet.set_row_pixels(row, whole)
    return whole / PIXELS_IN_INCH * POINTS_IN_INCH


def text_height(text: str, width: float, size: float, *, bold: bool = False) -> float:
    """Points that the wrapped text needs in a column with `width` points of room."""
    return count_lines(text, _ems(width, size, bold=bold)) * size * LINE_HEIGHT + CELL_PADDING


def parts_of_text(text: str, width: float, size: float) -> Iterator[str]:
    """The text cut between words into parts that fit the tallest row; joined they are the text again."""
    most = int((TALLEST_ROW - CELL_PADDING) // (size * LINE_HEIGHT))
    ends = [found.end() for found in _WORD.finditer(text)] or [0]
    start = place = 0
    while place < len(ends):

        def lines(end: int, start: int = start) -> int:
            return count_lines(text[start:end], _ems(width, size))

        taken = bisect.bisect_right(ends, most, lo=place + 1, key=lines)
        yield text[start : ends[taken - 1]]
        start, place = ends[taken - 1], taken


def count_lines(text: str, width: float) -> int:
    """Lines that the text takes in a column `width` em wide; rather one too many than one too few."""
    return sum(_count_wrapped(paragraph.split(" "), width) for paragraph in clean(text).split("\n"))


def _count_wrapped(words: Sequence[str], width: float) -> int:
    space = _ADVANCES[" "]
    lines, used = 1, -space
    for word in words:
        length = advance(word)
        if used + space + length <= width:
            used += space + length
            continue
        if used >= 0:
            lines += 1
        # A word wider than the column is broken where the column ends.
        whole = int(length // width)
        lines += whole
        used = length - whole * width
    return lines


# Words come again and again: most of the time of a long table would go into this.
@lru_cache(maxsize=20_000)
def advance(word: str) -> float:
    """Its width, em."""
    return sum(_ADVANCES.get(sign, 1.0) for sign in word)


def _ems(width: float, size: float, *, bold: bool = False) -> float:
    return width / size / (_BOLD_IS_WIDER if bold else 1)


# --- measures ----------------------------------------------------------------------------


def room(millimetres: Decimal) -> float:
    """Points that a column leaves for text."""
    return points(millimetres) - CELL_PADDING


def points(millimetres: Decimal) -> float:
    return float(millimetres) / MM_IN_INCH * POINTS_IN_INCH


def pixels(millimetres: Decimal) -> int:
    """Rounded down: columns that are a hair too wide together would shrink the whole page."""
    return int(float(millimetres) / MM_IN_INCH * PIXELS_IN_INCH)


def inches(millimetres: Decimal) -> float:
    return float(millimetres) / MM_IN_INCH

"""The official form as a Word document: the same table, for those who work on in an editor.

Where its pages begin is decided by the editor that opens it; the header row stands again on each of them,
and each measure's number names its task.
"""

from __future__ import annotations

import hashlib
import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from ..document import CellKind, Column, ReportDocument, Scope, short_fingerprint, to_json
from .html import Cell, PrintedRow, closing_cells, printed_rows, whole_pieces
from .seal import LABEL_SIZE
from .sheet import (
    LINE_GAP,
    PAPER_HEIGHT_MM,
    PAPER_WIDTH_MM,
    SECTION_GAP,
    SIGNATURE_GAP,
    TEXT_SIZE,
    header_size,
    inner_height,
    type_size,
)
from .word import (
    Look,
    blank,
    cell,
    element,
    field_runs,
    last_paragraph,
    mm_twips,
    paragraph,
    row,
    saved,
    table,
    text_run,
)
from .workbook import HEADER_MARGIN_MM, advance, clean, room, text_height

MARK_SIZE = 9
LEAST_TYPE = 1.0
_MARK = Look(style="Header", size=MARK_SIZE, bold=True, align="right")
_FOOTER = Look(style="Footer", size=LABEL_SIZE)
_TITLE = Look(bold=True, align="center")
_LINE = Look(before=LINE_GAP)
_SECTION = Look(style="Heading2", before=SECTION_GAP, after=SECTION_GAP)
_ALIGN = {CellKind.TEXT: "", CellKind.MONEY: "right", CellKind.PERCENT: "right"}


def render(document: ReportDocument) -> bytes:
    """A4 landscape; the same bytes for the same document."""
    word = blank(document, TEXT_SIZE)
    _set_page(word.sections[0], document)
    form = _Form(document)
    body = word.element.body
    for part in (*form.heading(), form.table(), last_paragraph()):
        # Before the section's measures, which stand last.
        body.insert(len(body) - 1, part)
    return saved(word)


# --- the page ----------------------------------------------------------------------------


def _set_page(section: Any, document: ReportDocument) -> None:
    from docx.enum.section import WD_ORIENTATION
    from docx.shared import Mm

    sheet = document.sheet
    section.orientation = WD_ORIENTATION.LANDSCAPE
    section.page_width, section.page_height = Mm(PAPER_WIDTH_MM), Mm(PAPER_HEIGHT_MM)
    for side in ("top", "right", "bottom", "left"):
        setattr(section, f"{side}_margin", Mm(float(getattr(sheet, f"margin_{side}"))))
    section.header_distance = section.footer_distance = Mm(float(HEADER_MARGIN_MM))
    if document.marks:
        _fill(section.header, paragraph(_MARK, text_run(" · ".join(document.marks), _MARK)))
    _fill(section.footer, _footer(document))


def _fill(margin: Any, content: Any) -> None:
    margin.is_linked_to_previous = False
    margin._element[:] = [content]


def _footer(document: ReportDocument) -> Any:
    """The seal's label to the left, the page's number to the right."""
    sealed = _seal_label(document)
    look = _FOOTER if sealed else replace(_FOOTER, align="right")
    runs = [text_run(sealed, look), element("r", element("tab"))] if sealed else []
    for part in re.split(r"(\{page\}|\{pages\})", document.page_label):
        if part in ("{page}", "{pages}"):
            runs += field_runs({"{page}": "PAGE", "{pages}": "NUMPAGES"}[part], look)
        else:
            runs.append(text_run(part, look))
    made = paragraph(look, *runs)
    if sealed:
        stop = element("tab", val="right", pos=mm_twips(_text_width(document)))
        made.pPr.insert_element_before(element("tabs", stop), "w:spacing", "w:jc", "w:rPr")
    return made


def _seal_label(document: ReportDocument) -> str:
    if document.seal is None:
        return ""
    fingerprint = hashlib.sha256(to_json(document)).hexdigest()
    return document.seal.label.replace("{fingerprint}", short_fingerprint(fingerprint))


def _text_width(document: ReportDocument) -> Decimal:
    return PAPER_WIDTH_MM - document.sheet.margin_left - document.sheet.margin_right


# --- the form ----------------------------------------------------------------------------


@dataclass(frozen=True)
class _Measured:
    """A row of the table with what decides where pages may begin; heights in points."""

    printed: PrintedRow
    height: float
    """Of its own cells, stretched where it is the last of a task whose text needs more."""


class _Form:
    """The parts of the form, in its order."""

    def __init__(self, document: ReportDocument) -> None:
        self.document = document
        self.columns = document.columns
        self.widths = [mm_twips(column.width) for column in self.columns]
        self.size = type_size(document)
        self.head_size = _heading_size(document)
        self.task_columns = [n for n, column in enumerate(self.columns) if column.scope is Scope.TASK]
        self.measure_columns = [n for n, column in enumerate(self.columns) if column.scope is Scope.MEASURE]

    def heading(self) -> Iterator[Any]:
        document = self.document
        title = Look(style="Heading1")
        yield paragraph(title, text_run(document.heading, title))
        for text in document.heading_lines:
            yield paragraph(_TITLE, text_run(text, _TITLE))
        for text in (document.act_line, document.term_line):
            yield paragraph(_LINE, text_run(text, _LINE))
        for section in document.sections[:1]:
            yield paragraph(_SECTION, text_run(section.heading, _SECTION))

    def table(self) -> Any:
        document = self.document
        caption = document.sections[0].heading if document.sections else document.heading
        lines = [closing_cells(document, line) for line in (document.totals, *document.fund_lines)]
        closing = [self._closing(line, keep_next=place < len(lines)) for place, line in enumerate(lines, 1)]
        rows = (self._heading_row(), *self._measures(), *closing, *self._signatures())
        return table(self.widths, *rows, caption=caption)

    # --- rows ---

    def _heading_row(self) -> Any:
        look = Look(size=self.head_size, align="center")
        return row(
            *(
                cell(width, paragraph(look, text_run(column.heading, look)), valign="center")
                for column, width in zip(self.columns, self.widths, strict=True)
            ),
            is_heading=True,
        )

    def _measures(self) -> Iterator[Any]:
        measured = self._measured()
        page = inner_height(self.document) - self._heading_height()
        headings = self._later_headings()
        last = len(measured) - 1
        for place, one in enumerate(measured):
            if place in headings:
                yield self._section_row(headings[place])
            fits = one.height <= page
            yield self._measure(one.printed, may_break=not fits, keep_next=fits and place == last)

    def _later_headings(self) -> dict[int, str]:
        """Of the sections after the first, by the row that they stand over."""
        sections = self.document.sections
        counts = (sum(len(task.rows) for task in section.tasks) for section in sections)
        firsts = itertools.accumulate(counts, initial=0)
        return {first: section.heading for first, section in list(zip(firsts, sections, strict=False))[1:]}

    def _section_row(self, text: str) -> Any:
        look = Look(size=self.size, bold=True, align="center", keep_next=True)
        content = paragraph(look, text_run(text, look))
        return row(cell(sum(self.widths), content, span=len(self.columns)))

    def _measure(self, printed: PrintedRow, *, may_break: bool, keep_next: bool) -> Any:
        cells: dict[int, Any] = {}
        merge = "restart" if printed.task_cells else "continue"
        for place, number in enumerate(self.task_columns):
            shown = printed.task_cells[place] if printed.task_cells else Cell("", CellKind.TEXT)
            cells[number] = self._cell(shown, number, keep_next=keep_next, merge=merge)
        for shown, number in zip(printed.cells, self.measure_columns, strict=True):
            cells[number] = self._cell(shown, number, keep_next=keep_next)
        return row(*(cells[number] for number in sorted(cells)), may_break=may_break)

    def _closing(self, line: dict[str, Any], *, keep_next: bool) -> Any:
        """Totals and fund lines stay with one another and with the signatures."""
        first = line["label_span"]
        look = Look(size=self.size, bold=True, keep_next=keep_next or bool(self.document.signatures))
        label = cell(sum(self.widths[:first]), paragraph(look, text_run(line["label"], look)), span=first)
        figures = [
            self._cell(shown, number, bold=True, keep_next=look.keep_next)
            for number, shown in enumerate(line["cells"], first)
        ]
        return row(*([label] if first else []), *figures)

    def _signatures(self) -> Iterator[Any]:
        """Posts to the left, names to the right, level with a post's last line.

        Rows of the same table: LibreOffice keeps rows with one another, but no table with what follows it.
        """
        figures = [n for n, column in enumerate(self.columns) if column.kind is not CellKind.TEXT]
        ends = (max(1, figures[0]), max(1, figures[-1]), len(self.columns))
        for place, signature in enumerate(self.document.signatures, 1):
            look = Look(before=SIGNATURE_GAP, keep_next=place < len(self.document.signatures))
            cells = []
            first = 0
            for end, text in zip(ends, (signature.post, "", signature.name), strict=True):
                if end > first:
                    content = paragraph(look, text_run(text, look))
                    width = sum(self.widths[first:end])
                    cells.append(cell(width, content, span=end - first, valign="bottom", bordered=False))
                first = end
            yield row(*cells)

    def _cell(
        self, shown: Cell, number: int, *, bold: bool = False, keep_next: bool = False, merge: str = ""
    ) -> Any:
        column = self.columns[number]
        size = self.size if column.kind is CellKind.TEXT else _fitting(shown.text, column, self.size)
        look = Look(size=size, bold=bold, align=_ALIGN[column.kind], keep_next=keep_next)
        return cell(self.widths[number], paragraph(look, text_run(shown.text, look)), merge=merge)

    # --- heights: what no page holds may be broken ---

    def _measured(self) -> list[_Measured]:
        rows = printed_rows(self.document, whole_pieces(self.document))
        measured = []
        needed = 0.0
        for place, printed in enumerate(rows):
            own = self._tallest(printed.cells, self.measure_columns)
            if printed.task_cells:
                needed = self._tallest(printed.task_cells, self.task_columns)
            needed -= own
            is_last = place + 1 == len(rows) or bool(rows[place + 1].task_cells)
            measured.append(_Measured(printed, own + max(0.0, needed) if is_last else own))
        return measured

    def _tallest(self, cells: tuple[Cell, ...], numbers: list[int]) -> float:
        return max(
            (
                text_height(shown.text, room(self.columns[number].width), self.size)
                for shown, number in zip(cells, numbers, strict=True)
            ),
            default=0.0,
        )

    def _heading_height(self) -> float:
        return max(text_height(column.heading, room(column.width), self.head_size) for column in self.columns)


def _heading_size(document: ReportDocument) -> float:
    """As on paper, and less where the longest word of a heading needs it."""
    usual = header_size(document)
    longest = [(max(column.heading.split(), key=advance, default=""), column) for column in document.columns]
    return min(_fitting(word, column, usual) for word, column in longest)


def _fitting(text: str, column: Column, size: float) -> float:
    """The type size, points, at which the text takes one line of its column: `size` or less by halves."""
    width = advance(clean(text))
    fitting = min(size, room(column.width) / width) if width else size
    return max(LEAST_TYPE, math.floor(fitting * 2) / 2)

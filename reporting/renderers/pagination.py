"""Where the printed table's pages begin, told before it is set.

WeasyPrint neither repeats a tall task cell on the next page nor keeps the header row when a
row is taller than a page. So the breaks are predicted here, one Pango layout a cell, and the
table is written with its task cells split there and with tall rows cut at their lines. The
renderer then compares the real pages with these and asks again with some slack if they differ.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..document import ReportDocument, Scope, Signature
from . import sheet
from .html import Layout, Piece, label_span, measure_texts

_PANGO_UNITS = 1024
_PIXELS_IN_POINT = 96 / 72
_WRAP_WORD_CHAR = 2
# Fewer lines of a tall row than this are not worth beginning at a page's foot.
_LEAST_LINES = 4
# Lines left free at each page's foot, try by try, when the real pages differ from the foretold.
SLACK_LINES = (0, 1, 3, 6)
# A heading's long word and a long task's text are set smaller, step by step, rather than cut.
_LEAST_TYPE, _TYPE_STEP = 5.0, 0.25


class LineCounter:
    """Breaks texts into lines exactly as WeasyPrint's paragraphs do, without setting a page."""

    def __init__(self, font_config: Any, family: str) -> None:
        from weasyprint.text.ffi import ffi, gobject, pango

        self._ffi, self._pango, self._gobject = ffi, pango, gobject
        context = pango.pango_font_map_create_context(font_config.font_map)
        self._context = ffi.gc(context, gobject.g_object_unref)
        pango.pango_context_set_round_glyph_positions(self._context, False)
        language = pango.pango_language_from_string(ffi.new("char[]", b"uk"))
        pango.pango_context_set_language(self._context, language)
        self._family = ffi.new("char[]", family.encode())
        self._descriptions: dict[tuple[float, bool], Any] = {}

    def breaks(self, text: str, width: float, size: float, *, bold: bool = False) -> list[int]:
        """Byte offsets in UTF-8 at which the lines begin; `width` and `size` in points."""
        if not text:
            return [0]
        ffi, pango = self._ffi, self._pango
        layout = ffi.gc(pango.pango_layout_new(self._context), self._gobject.g_object_unref)
        pango.pango_layout_set_auto_dir(layout, False)
        pango.pango_layout_set_font_description(layout, self._description(size, bold))
        pango.pango_layout_set_width(layout, int(width * _PIXELS_IN_POINT * _PANGO_UNITS))
        pango.pango_layout_set_wrap(layout, _WRAP_WORD_CHAR)
        encoded = text.encode()
        pango.pango_layout_set_text(layout, ffi.new("char[]", encoded), len(encoded))
        starts: list[int] = []
        while (line := pango.pango_layout_get_line_readonly(layout, len(starts))) != ffi.NULL:
            starts.append(line.start_index)
        return starts

    def lines(self, text: str, width: float, size: float, *, bold: bool = False) -> int:
        return len(self.breaks(text, width, size, bold=bold))

    def _description(self, size: float, bold: bool) -> Any:
        if (size, bold) not in self._descriptions:
            pango = self._pango
            made = self._ffi.gc(pango.pango_font_description_new(), pango.pango_font_description_free)
            pango.pango_font_description_set_family(made, self._family)
            pango.pango_font_description_set_absolute_size(made, int(size * _PIXELS_IN_POINT * _PANGO_UNITS))
            pango.pango_font_description_set_weight(made, 700 if bold else 400)
            self._descriptions[size, bold] = made
        return self._descriptions[size, bold]


@dataclass(frozen=True)
class _Measured:
    """A row or the part of one: its cells as the lines they break into."""

    row: int
    lines: tuple[tuple[str, ...], ...]
    continues: bool = False

    @property
    def tallest(self) -> int:
        return max((len(cell) for cell in self.lines), default=1) or 1

    def cut(self, count: int) -> tuple[_Measured, _Measured]:
        """The first `count` lines of every cell, and the rest."""
        head = _Measured(self.row, tuple(cell[:count] for cell in self.lines), self.continues)
        rest = _Measured(self.row, tuple(cell[count:] for cell in self.lines), continues=True)
        return head, rest

    @property
    def texts(self) -> tuple[str, ...]:
        return tuple("".join(cell).strip() for cell in self.lines)


class Paginator:
    """Plans one document's pages. Heights in points."""

    def __init__(self, document: ReportDocument, counter: LineCounter) -> None:
        self.document = document
        self._counter = counter
        self._size = sheet.type_size(document)
        self.line = self._size * sheet.LINE_HEIGHT
        self.frame = 2 * sheet.CELL_PADDING + sheet.BORDER
        self.page = sheet.inner_height(document)
        self.header_size = self._header_type()
        self.header = self._header_height()
        # Collapsed borders: half a line above the header row, half below the page's last row.
        self.full = self.page - self.header - sheet.BORDER
        self.opening = self._opening_height()
        self.signatures = [self._signature_height(signature) for signature in document.signatures]
        self.tail = sum(self._line_height(line) for line in (document.totals, *document.fund_lines))
        self.task_size = self._task_type()
        self.labels = [self._label_height(task, self.task_size) for task in document.tasks]
        self.closing_together = self._closing_fits()
        self.texts = measure_texts(document)
        self.rows = self._measured_rows()

    def layout(self, slack_lines: int = 0) -> Layout:
        """The table's rows with page starts marked, each page left `slack_lines` lines short."""
        pieces = _Plan(self, slack_lines * self.line).pieces()
        return Layout(pieces, sheet.Fit(self.header_size, self.task_size, self.closing_together))

    @property
    def closing(self) -> float:
        """Totals, fund lines and signatures: they stay together, and with the last measure.

        What no page could hold with a measure goes on to the next page after the first signature.
        """
        return self.tail + sum(self.signatures if self.closing_together else self.signatures[:1])

    def _closing_fits(self) -> bool:
        return self.tail + sum(self.signatures) <= self.full - self.beside_closing

    @property
    def beside_closing(self) -> float:
        """What the last measure may take on the page of the closing."""
        return max([*self.labels[-1:], (_LEAST_LINES + 1) * self.line + self.frame])

    def height(self, measured: _Measured) -> float:
        return measured.tallest * self.line + self.frame

    def _measured_rows(self) -> list[_Measured]:
        columns = [column for column in self.document.columns if column.scope is Scope.MEASURE]
        widths = [self._inner(column.width) for column in columns]
        return [
            _Measured(
                place, tuple(self._lines(text, width) for text, width in zip(texts, widths, strict=True))
            )
            for place, texts in enumerate(self.texts)
        ]

    def _lines(self, text: str, width: float) -> tuple[str, ...]:
        # WeasyPrint folds runs of spaces («white-space: pre-line»); Pango would count them.
        encoded = re.sub(r"[ \t]+", " ", text).encode()
        starts = self._counter.breaks(encoded.decode(), width, self._size)
        ends = [*starts[1:], len(encoded)]
        return tuple(encoded[start:end].decode() for start, end in zip(starts, ends, strict=True))

    def _inner(self, width_mm: Any) -> float:
        return sheet.mm(width_mm) - self.frame

    def _header_type(self) -> float:
        """The largest type in which no word of a heading is wider than its column."""
        words = [
            (word, self._inner(column.width))
            for column in self.document.columns
            for word in column.heading.split()
        ]
        size = sheet.header_size(self.document)
        while size > _LEAST_TYPE and any(self._counter.lines(word, width, size) > 1 for word, width in words):
            size -= _TYPE_STEP
        return size

    def _header_height(self) -> float:
        lines = max(
            self._counter.lines(column.heading, self._inner(column.width), self.header_size)
            for column in self.document.columns
        )
        return lines * self.header_size * sheet.LINE_HEIGHT + self.frame

    def _task_type(self) -> float:
        """The largest type in which every task's text leaves room for what shares its pages."""
        closing = self.tail + sum(self.signatures)
        # The only task may stand between the title and the signatures on one page.
        is_only = len(self.document.tasks) == 1
        others = self.opening + closing if is_only else max(self.opening, closing)
        room = max(self.full - others - max(SLACK_LINES) * self.line, self.full / 3)
        size = self._size
        while size > _LEAST_TYPE and any(
            self._label_height(task, size) > room for task in self.document.tasks
        ):
            size -= _TYPE_STEP
        return size

    def _label_height(self, task: Any, size: float) -> float:
        columns = [column for column in self.document.columns if column.scope is Scope.TASK]
        lines = max(
            self._counter.lines(str(getattr(task, column.key)), self._inner(column.width), size)
            for column in columns
        )
        return lines * size * sheet.LINE_HEIGHT + self.frame

    def _opening_height(self) -> float:
        """The title block and the lines above the table on the first page."""
        document = self.document
        width = sheet.mm(sheet.PAPER_WIDTH_MM - document.sheet.margin_left - document.sheet.margin_right)
        bold = (document.heading, *document.heading_lines, document.sections[0].heading)
        lines = (document.act_line, document.term_line)
        count = sum(self._counter.lines(text, width, sheet.TEXT_SIZE, bold=True) for text in bold)
        count += sum(self._counter.lines(text, width, sheet.TEXT_SIZE) for text in lines)
        return count * sheet.TEXT_LINE + len(lines) * sheet.LINE_GAP + 2 * sheet.SECTION_GAP

    def _line_height(self, line: Any) -> float:
        """Of a row under the table, whose label spans the columns before the first figure."""
        columns = self.document.columns
        width = self._inner(sum(column.width for column in columns[: label_span(self.document)]))
        return self._counter.lines(line.label, width, self._size, bold=True) * self.line + self.frame

    def _signature_height(self, signature: Signature) -> float:
        width = sheet.mm(sum(column.width for column in self.document.columns))
        lines = max(
            self._counter.lines(signature.post, width * sheet.POST_SHARE, sheet.TEXT_SIZE),
            self._counter.lines(signature.name, width * sheet.NAME_SHARE, sheet.TEXT_SIZE),
        )
        return sheet.SIGNATURE_GAP + lines * sheet.TEXT_LINE


class _Plan:
    """One pass over the rows, filling pages from the top."""

    def __init__(self, paginator: Paginator, slack: float) -> None:
        self._of = paginator
        self._full = paginator.full - slack
        # Never so much that no row could stand with it.
        self._closing = min(paginator.closing, self._full - paginator.beside_closing)
        self._task_of = [place for place, task in enumerate(paginator.document.tasks) for _ in task.rows]
        self._pieces: list[Piece] = []
        self._page = _Page(room=self._full - paginator.opening, is_first=True)

    def pieces(self) -> list[Piece]:
        for measured in self._of.rows:
            rest: _Measured | None = measured
            while rest is not None:
                rest = self._place(rest)
        return self._pieces

    def _place(self, measured: _Measured) -> _Measured | None:
        """Set the row, or as much of it as the page takes; returns what goes on to the next one."""
        closing = self._closing if measured.row == len(self._of.rows) - 1 else 0.0
        alone = max(self._of.height(measured), self._label(measured)) + closing
        if self._used_with(measured) + closing > self._page.room:
            if alone > self._full or self._page.is_opening:
                return self._cut(measured, closing)
            self._turn_page()
        self._put(measured)
        return None

    def _cut(self, measured: _Measured, closing: float) -> _Measured | None:
        """A row taller than its page goes on from page to page, cut between its lines."""
        if self._lines_left(measured) < _LEAST_LINES:
            self._turn_page()
        count = self._lines_left(measured)
        if measured.tallest <= count and closing:
            # It would fit but for the closing lines: some lines go on with them.
            count = measured.tallest - _LEAST_LINES
        count = max(1, count)
        if measured.tallest <= count:
            self._put(measured)
            return None
        head, rest = measured.cut(count)
        self._put(head)
        self._turn_page()
        return rest

    def _label(self, measured: _Measured) -> float:
        return self._of.labels[self._task_of[measured.row]]

    def _above(self, measured: _Measured) -> tuple[float, float]:
        """Heights on the page before this row: of earlier tasks, and of its own task's rows."""
        if self._task_of[measured.row] == self._page.task:
            return self._page.closed, self._page.open
        return self._page.closed + self._open_group(), 0.0

    def _open_group(self) -> float:
        """The task's cell stretches its rows when it is the taller."""
        return max(self._page.open, self._of.labels[self._page.task]) if self._page.task is not None else 0.0

    def _used_with(self, measured: _Measured) -> float:
        closed, rows = self._above(measured)
        return closed + max(rows + self._of.height(measured), self._label(measured))

    def _lines_left(self, measured: _Measured) -> int:
        """How many lines of the row the page still takes, one kept in reserve."""
        closed, rows = self._above(measured)
        if closed + self._label(measured) > self._page.room and not self._page.is_fresh:
            return 0
        return int((self._page.room - closed - rows - self._of.frame) / self._of.line) - 1

    def _turn_page(self) -> None:
        self._page = _Page(room=self._full)

    def _put(self, measured: _Measured) -> None:
        page = self._page
        closed, rows = self._above(measured)
        is_whole = measured is self._of.rows[measured.row]
        texts = self._of.texts[measured.row] if is_whole else measured.texts
        starts_page = page.is_fresh
        self._pieces.append(Piece(measured.row, texts, starts_page, measured.continues))
        page.closed, page.open = closed, rows + self._of.height(measured)
        page.task = self._task_of[measured.row]


@dataclass
class _Page:
    room: float
    is_first: bool = False
    closed: float = 0.0
    """Height of the tasks that ended on this page."""
    open: float = 0.0
    """Height of the rows of the task being set."""
    task: int | None = None

    @property
    def is_fresh(self) -> bool:
        """Nothing stands here yet but the repeated header row."""
        return self.task is None and not self.is_first

    @property
    def is_opening(self) -> bool:
        """The title block stands here and no row yet: cut the row rather than leave the page so."""
        return self.is_first and self.task is None


def page_starts(anchors_by_page: Sequence[set[str]], names: Sequence[str]) -> set[str]:
    """Of the rows' anchors, those that come first on a page after the first."""
    page_of = {name: page for page, names_here in enumerate(anchors_by_page) for name in names_here}
    return {name for before, name in itertools.pairwise(names) if page_of.get(before) != page_of.get(name)}

"""The official form «Звіт про результати виконання», wherever it stands in a file. No ORM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..examination import Note, Place, Weight
from ..files.tables import UNCOUNTED, Book, Table
from .closing import is_only_of_which, is_subtotal, read_signatures, signature_lines
from .columns import LABELS, MONEY, FormColumns, find_columns, has_form_headings, has_some_form_headings
from .contents import ReadForm, ReadHeading, ReadSum
from .figures import FigureReader
from .grid import Grid, joined
from .heading import read_heading
from .measures import MeasureReader
from .printed import printed_program
from .rows import Row, RowKind, rows_of

NO_FORM = (
    "У файлі немає таблиці форми «Звіт про результати виконання»: не знайдено рядка з її графами "
    "(завдання, зміст заходів, виконавці, план, факт …)."
)


def looks_like_form(table: Table) -> bool:
    """Whether some row of it holds the form's headings, a few missing or doubled ones aside."""
    return has_form_headings(Grid(table))


def find_forms(book: Book) -> list[Table]:
    """Its tables that look like the form, in their order; else the first that lacks some of its columns."""
    whole = [table for table in book.tables if looks_like_form(table)]
    return whole or [table for table in book.tables if has_some_form_headings(Grid(table))][:1]


def is_form(book: Book) -> bool:
    """Two forms in one file are recognised too: `read_form` tells what is wrong with that."""
    return bool(find_forms(book))


def read_form(book: Book, *, unlabelled_in_hryvnias: bool = False) -> ReadForm:
    """All that could be read, and a note for what could not; nothing is raised for what is in the file.

    A book without the form, or with two, gives no tasks and one error. Sums whose unit is named neither by
    the heading nor in the cell are taken as hryvnias, or as тис. грн: which they are, a person knows.
    """
    forms = find_forms(book)
    if not forms:
        return _unread(NO_FORM)
    if len(forms) > 1:
        names = " і ".join(f"«{table.name}»" for table in forms)
        return _unread(
            f"Форма стоїть на кількох аркушах: {names}. Залиште у файлі один із них і надішліть ще раз."
        )
    grid = Grid(forms[0])
    columns = find_columns(grid)
    if columns is None:
        return _unread(NO_FORM)
    if columns.get("content") is None or not looks_like_form(grid.table):
        names = ", ".join(f"«{label[:1].upper()}{label[1:]}»" for label in columns.missing)
        return _unread(
            f"Схоже на форму звіту, але немає {'граф' if len(columns.missing) > 1 else 'графи'} {names}."
        )
    return _read(book, grid, FigureReader(grid, columns, unlabelled_in_hryvnias=unlabelled_in_hryvnias))


def _unread(message: str) -> ReadForm:
    return ReadForm("", ReadHeading(), [], None, [], [], [Note(Weight.ERROR, message, Place())])


def _read(book: Book, grid: Grid, figures: FigureReader) -> ReadForm:
    columns = figures.columns
    if grid.table.has_uncounted_formulas:
        grid.error(UNCOUNTED)
    rows = rows_of(grid, columns)
    heading, warnings = read_heading(_lines_above(book, grid, columns))
    heading = replace(heading, printed_program=printed_program(book, heading))
    for warning in warnings:
        grid.warn(warning)
    measures = MeasureReader(grid, columns, figures, rows)
    last = _last_measure(rows)
    for row in rows[: last + 1]:
        measures.read(row)
    closing = _Closing(figures, measures, rows[last + 1 :] if last >= 0 else [])
    if last < 0:
        grid.error("У таблиці форми немає жодного заходу.", columns.bottom)
    tasks = measures.tasks
    for task in tasks:
        if not task.text:
            name = "завдання" if task.number is None else f"завдання {task.number}"
            grid.notes.append(Note(Weight.WARNING, f"У файлі немає тексту {name}.", task.place))
    signatures = read_signatures(closing.signature_lines) or read_signatures(_lines_below(book, grid))
    return ReadForm(
        grid.table.name,
        heading,
        tasks,
        closing.totals,
        closing.fund_lines,
        signatures,
        list(grid.notes),
        unlabelled=[LABELS[key] for key in MONEY if key in figures.unlabelled],
    )


def _last_measure(rows: Sequence[Row]) -> int:
    """Its place among the rows, -1 without any; under a total of all only sure measures count."""
    last = -1
    is_below_total = False
    for place, row in enumerate(rows):
        is_below_total |= row.kind is RowKind.TOTAL and not is_subtotal(row.label)
        if row.is_surely_measure or (row.kind is RowKind.MEASURE and not is_below_total):
            last = place
    return last


class _Closing:
    """What stands below the last measure: the rest of it, totals, funds; then the signatures."""

    def __init__(self, figures: FigureReader, measures: MeasureReader, rows: Sequence[Row]) -> None:
        self.figures = figures
        self.totals: ReadSum | None = None
        self.fund_lines: list[ReadSum] = []
        self.signature_lines: list[Sequence[str]] = []
        grand = self._grand_total(rows)
        for row in rows:
            if row is grand:
                self.totals = self._sum(row)
            elif grand is None or row.index < grand.index:
                self._before_totals(measures, row)
            else:
                self._after_totals(row)

    def _grand_total(self, rows: Sequence[Row]) -> Row | None:
        """The last that is not of one task; a row of figures without a word, as the form has it, else."""
        named = [row for row in rows if row.kind is RowKind.TOTAL and not is_subtotal(row.label)]
        return next(reversed(named), None) or next((row for row in rows if row.kind is RowKind.FIGURES), None)

    def _before_totals(self, measures: MeasureReader, row: Row) -> None:
        if row.kind is RowKind.FUND:
            self._fund(row)
        elif self.signature_lines or row.kind is RowKind.TEXT or _is_unnumbered_task(row):
            self.signature_lines.append(row.cells)
        else:
            measures.read(row)

    def _after_totals(self, row: Row) -> None:
        if row.kind is RowKind.FIGURES:
            self.figures.grid.warn("Суми під підсумком без назви не перенесено.", row.index)
        elif (row.kind is RowKind.FUND or row.has_figures) and not self.signature_lines:
            self._fund(row)
        else:
            self.signature_lines.append(row.cells)

    def _fund(self, row: Row) -> None:
        if not is_only_of_which(row.label):
            self.fund_lines.append(self._sum(row))

    def _sum(self, row: Row) -> ReadSum:
        read = self.figures.read(row.index)
        place = self.figures.grid.place(row.index)
        return ReadSum(
            row.label,
            read.planned,
            read.actual,
            read.financed,
            read.percent,
            place,
            frozenset(read.unreadable),
        )


def _is_unnumbered_task(row: Row) -> bool:
    """A text by itself: below the measures it is no task without any, but a post over two rows."""
    return row.kind is RowKind.TASK and row.numbers.single is None


def _lines_above(book: Book, grid: Grid, columns: FormColumns) -> list[str]:
    """Rows above the headings, the paragraphs of a text document, and its tables above the form's."""
    lines: list[str] = list(book.lines)
    if book.kind == "docx":
        for table in book.tables:
            if table is grid.table:
                break
            lines += _lines(Grid(table), range(len(table.rows)))
    return [*lines, *_lines(grid, range(columns.top))]


def _lines(grid: Grid, rows: Sequence[int]) -> list[str]:
    """A row's cells make one line, unless one of them has several."""
    found: list[str] = []
    for row in rows:
        texts = [text for _column, text in grid.texts(row)]
        found += [joined(texts)] if not any("\n" in text for text in texts) else "\n".join(texts).split("\n")
    return [line.strip() for line in found if line.strip()]


def _lines_below(book: Book, grid: Grid) -> list[Sequence[str]]:
    """Where a text document has its signatures: in a table of their own, or in paragraphs."""
    if book.kind != "docx":
        return []
    place = next(place for place, table in enumerate(book.tables) if table is grid.table)
    for table in book.tables[place + 1 :]:
        other = Grid(table)
        cells = [[text for _column, text in other.texts(row)] for row in range(other.height)]
        if read_signatures(cells):
            return list(cells)
    return list(signature_lines(book.lines))

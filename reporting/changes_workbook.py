"""What differs between two editions of a report, as an Excel workbook to sort, filter and add up.

Of an edition only what never changes stands in it, so that the same two give the same bytes on any day.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from django.utils import timezone

from programs.workbook_parts import EXCEL_IN_FULL, HEADING_FILL, clean, plain_number, write_value

from .comparison import Change, Comparison, FigurePair, RowChange, compare
from .document import CellKind, ReportDocument
from .formatting import EXCEL_DIFFERENCE, EXCEL_FORMATS, EXCEL_MOMENT
from .renderers.workbook import (
    FONT,
    TALLEST_ROW,
    parts_of_text,
    pixels,
    room,
    set_header,
    set_height,
    set_page,
    set_properties,
    text_height,
    workbook_options,
)

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SIZE = 10
LINE = "#D9D6CD"
WHOLE_NUMBER = "0"

# Heading and width, mm. Together wider than the sheet of paper: the print comes out smaller by a tenth.
COLUMNS = {
    "Розділ": Decimal(22),
    "Номер": Decimal(15),
    "Захід": Decimal(70),
    "Графа": Decimal(40),
    "Було": Decimal(70),
    "Стало": Decimal(70),
    "Різниця": Decimal(24),
}
OLD, NEW, DIFFERENCE = (list(COLUMNS).index(heading) for heading in ("Було", "Стало", "Різниця"))
ABOUT_WIDTHS = (Decimal(62), Decimal(118), Decimal(118))

NOTES = (
    "Було й Стало: суми в тис. грн, відсотки у відсотках; порожня клітинка означає, що значення не було.",
    "Різниця: Стало мінус Було, для відсотків – у відсоткових пунктах; порожня, якщо одного з двох немає.",
    "Текст, вищий за найвищий рядок Excel, продовжується в наступному рядку.",
)


@dataclass(frozen=True)
class ComparedEdition:
    number: int
    agreed_at: datetime.datetime
    signed_at: datetime.datetime | None
    """Of the first signature; None of what is agreed and not signed yet."""
    fingerprint: str
    """SHA-256 of its report.json, hexadecimal, whole."""
    document: ReportDocument


def render(old: ComparedEdition, new: ComparedEdition) -> bytes:
    """Two sheets: a row for every difference, and what was compared with what."""
    from xlsxwriter import Workbook

    file = BytesIO()
    changes = compare(old.document, new.document)
    with Workbook(file, workbook_options()) as workbook:
        title = f"Зміни між редакціями {old.number} і {new.number}: {new.document.title}"
        set_properties(workbook, new.document, title=title, created=new.agreed_at)
        _Changes(workbook, old, new).write(list(_differences(changes)))
        _About(workbook, old, new).write(title, changes)
    return file.getvalue()


# --- a row for every difference ----------------------------------------------------------


@dataclass(frozen=True)
class _Difference:
    part: str
    number: str
    measure: str
    """Or the line of the totals."""
    column: str
    change: Change


def _differences(changes: Comparison) -> Iterator[_Difference]:
    """In the order of the form; what an added measure holds stands under it."""
    for word in changes.words:
        yield _Difference("Заголовок", "", "", word.label, word)
    for task in changes.tasks:
        yield _Difference("Завдання", str(task.number), "", task.heading, task)
    for row in changes.rows:
        yield from _of_measure(row)
    for row in changes.added:
        yield from _of_measure(row, Change("added", "Захід додано", "", row.measure))
    for row in changes.removed:
        yield from _of_measure(row, Change("removed", "Заходу більше немає", row.measure, ""))
    for line in changes.lines:
        for cell in line.cells:
            yield _Difference("Підсумки", "", line.label, cell.label, cell)


def _of_measure(row: RowChange, *itself: Change) -> Iterator[_Difference]:
    for cell in (*itself, *row.cells):
        yield _Difference("Захід", row.number, row.measure, cell.label, cell)


class _Table:
    """A sheet being written from the top down, with its cells' formats."""

    def __init__(self, workbook: Workbook, name: str, widths: Iterable[Decimal]) -> None:
        self.workbook = workbook
        self.sheet: Worksheet = workbook.add_worksheet(name)
        self.widths = list(widths)
        self.formats: dict[tuple[str, bool, bool], Format] = {}
        self.row = 0
        for number, width in enumerate(self.widths):
            self.sheet.set_column_pixels(number, number, pixels(width))

    def format(
        self, number_format: str = EXCEL_FORMATS[CellKind.TEXT], *, heading: bool = False, right: bool = False
    ) -> Format:
        key = (number_format, heading, right)
        if key not in self.formats:
            self.formats[key] = self.workbook.add_format(
                {
                    "font_name": FONT,
                    "font_size": SIZE,
                    "bold": heading,
                    "align": "right" if right else "left",
                    "indent": int(right),
                    "valign": "top",
                    "text_wrap": number_format == EXCEL_FORMATS[CellKind.TEXT],
                    "border": 1,
                    "border_color": LINE,
                    "num_format": number_format,
                    **({"bg_color": HEADING_FILL} if heading else {}),
                }
            )
        return self.formats[key]

    def room(self, column: int) -> float:
        return room(self.widths[column])

    def texts(self, *texts: str, heading: bool = False) -> None:
        """A row of texts from the first column on, as tall as the tallest of them; the row is done."""
        heights = []
        for column, text in enumerate(texts):
            write_value(self.sheet, self.row, column, text, self.format(heading=heading))
            heights.append(text_height(text, self.room(column), SIZE, bold=heading))
        # Only a measure's name can be longer: what changed comes in parts that fit.
        set_height(self.sheet, self.row, min(max(heights), TALLEST_ROW))
        self.row += 1


class _Changes(_Table):
    def __init__(self, workbook: Workbook, old: ComparedEdition, new: ComparedEdition) -> None:
        super().__init__(workbook, "Зміни", COLUMNS.values())
        set_page(self.sheet, new.document)
        set_header(
            self.sheet,
            new.document,
            f"Звіт {new.document.program_id} за {new.document.year} рік: "
            f"зміни між редакціями {old.number} і {new.number}",
        )

    def write(self, differences: list[_Difference]) -> None:
        self.texts(*COLUMNS, heading=True)
        self.sheet.freeze_panes(1, 0)
        self.sheet.repeat_rows(0)
        for one in differences:
            if one.change.figures:
                self._figures(one, one.change.figures)
            else:
                self._words(one)
        if not differences:
            self.texts("Відмінностей немає.")
        last = self.row - 1
        self.sheet.autofilter(0, 0, last, len(COLUMNS) - 1)
        # Measures' numbers are texts on purpose: 1.10 is not 1.1.
        self.sheet.ignore_errors({"number_stored_as_text": f"A2:F{last + 1}"})

    def _figures(self, one: _Difference, figures: FigurePair) -> None:
        from xlsxwriter.utility import xl_range, xl_rowcol_to_cell

        shown = EXCEL_IN_FULL if one.change.is_finer_than_shown else EXCEL_FORMATS[one.change.kind]
        for column, value in ((OLD, figures.old), (NEW, figures.new)):
            write_value(self.sheet, self.row, column, value, self.format(shown, right=True))
        both = xl_range(self.row, OLD, self.row, NEW)
        old, new = (xl_rowcol_to_cell(self.row, column) for column in (OLD, NEW))
        # Excel subtracts in binary: without ROUND, 0.3 less 0.1 is not quite 0.2.
        self.sheet.write_formula(
            self.row,
            DIFFERENCE,
            f'=IF(COUNT({both})<2,"",ROUND({new}-{old},5))',
            self.format(EXCEL_DIFFERENCE, right=True),
            "" if figures.difference is None else plain_number(figures.difference),
        )
        self.texts(one.part, one.number, one.measure, one.column)

    def _words(self, one: _Difference) -> None:
        """Where a text is taller than a row can be, in several rows that sort and filter alike."""
        old, new = (
            list(parts_of_text(clean(text), self.room(column), SIZE))
            for column, text in ((OLD, one.change.old), (NEW, one.change.new))
        )
        for place, (then, now) in enumerate(itertools.zip_longest(old, new, fillvalue="")):
            column = f"{one.column} (продовження)" if place else one.column
            self.texts(one.part, one.number, one.measure, column, then, now, "")


# --- what was compared with what ---------------------------------------------------------


class _About(_Table):
    def __init__(self, workbook: Workbook, old: ComparedEdition, new: ComparedEdition) -> None:
        super().__init__(workbook, "Про порівняння", ABOUT_WIDTHS)
        self.editions = (old, new)
        set_page(self.sheet, new.document)

    def write(self, title: str, changes: Comparison) -> None:
        document = self.editions[1].document
        self._over_all(title, heading=True)
        self._values("Програма", document.program_id)
        self._values("Рік", document.year)
        self.texts("", "Було", "Стало", heading=True)
        self._values("Редакція", *(one.number for one in self.editions))
        self._values("Погоджено до підписання", *(one.agreed_at for one in self.editions))
        self._values("Перший підпис", *(one.signed_at or "ще не підписано" for one in self.editions))
        self._values("Відбиток (SHA-256 report.json)", *(one.fingerprint for one in self.editions))
        self.texts("Відмінності", "Скільки", "", heading=True)
        for label, count in _counts(changes).items():
            self._values(label, count)
        for note in NOTES:
            self._over_all(note)

    def _values(self, label: str, *values: str | int | datetime.datetime) -> None:
        for column, value in enumerate(values, start=1):
            if isinstance(value, datetime.datetime):
                local = timezone.localtime(value).replace(tzinfo=None)
                self.sheet.write_datetime(self.row, column, local, self.format(EXCEL_MOMENT))
            elif isinstance(value, int):
                self.sheet.write_number(self.row, column, value, self.format(WHOLE_NUMBER))
            else:
                write_value(self.sheet, self.row, column, value, self.format())
        for column in range(len(values) + 1, len(self.widths)):
            write_value(self.sheet, self.row, column, None, self.format())
        self.texts(label)

    def _over_all(self, text: str, *, heading: bool = False) -> None:
        cell_format = self.format(heading=heading)
        self.sheet.merge_range(self.row, 0, self.row, len(self.widths) - 1, "", cell_format)
        write_value(self.sheet, self.row, 0, text, cell_format)
        whole = room(sum(self.widths, Decimal(0)))
        set_height(self.sheet, self.row, text_height(text, whole, SIZE, bold=heading))
        self.row += 1


def _counts(changes: Comparison) -> dict[str, int]:
    return {
        "Заголовок: змінено рядків": len(changes.words),
        "Завдання: змінено текстів": len(changes.tasks),
        "Заходи: змінено": len(changes.rows),
        "Заходи: змінено клітинок у них": len([cell for row in changes.rows for cell in row.cells]),
        "Заходи: додано": len(changes.added),
        "Заходи: більше немає": len(changes.removed),
        "Підсумки: змінено клітинок": len([cell for line in changes.lines for cell in line.cells]),
    }

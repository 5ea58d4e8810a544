"""«Моя частина»: a workbook of one co-executor's measures, to be filled without an account and sent back.

It comes back through `kinds.own_part`, which knows it by the headings and the key below.
"""

from __future__ import annotations

import datetime
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from io import BytesIO
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ...contributing import CONTRIBUTED_FACTS, Line, Part
from ...keys import program_key, result_keys
from ...models import NARRATIVE_LIMIT, AnnualReport, Executor, FundingSource
from ...textforms import MONEY_WHOLE_DIGITS
from ...workbook_parts import A4, EXCEL_DATE, EXCEL_IN_FULL, FONT, HEADING_FILL, set_properties, write_value
from ..measure_columns import source_column

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

SHEET = "Моя частина"
PART_KEY = "Ключ частини"
NUMBER, MEASURE, TERM = "№", "Зміст заходу", "Термін (роки)"
KEY, VERSION = "Ключ", "Версія"
TEXTS = {"narrative": "Інформація про виконання", "letter_number": "Лист №", "letter_date": "Дата листа"}

SIZE = 11
INPUT_FILL, LINE, QUIET = "#FFF8DC", "#B9B5A8", "#6B675C"
# What stands above the table is merged over so much of it, in digits: the whole is wider than a screen.
LINE_WIDTH = 135
# Points: of a line of text, of a line of the title, and of the tallest row that Excel shows.
LINE_POINTS, TITLE_POINTS, TALLEST = 15, 20, 405
# Columns are measured in digits, which are wider than letters are on average.
SIGNS_IN_DIGIT = Decimal("1.1")
LEAST_LINES = 4
EARLIEST_LETTER = datetime.date(1991, 1, 1)

HOW_TO = (
    "Заповнюйте лише жовті клітинки. План наведено для довідки: його визначають рішення ради.",
    "Суми впишіть у тис. грн, можна до копійки (п’ять знаків після коми). Порожня клітинка – даних немає, "
    "0 – суми не було.",
    "Рядків не додавайте й не видаляйте; графи «Ключ» і «Версія» потрібні порталу.",
    "Збережіть файл як книгу Excel і поверніть відповідальному виконавцю або внесіть самі на сторінці "
    "«Дані з файла».",
)


def part_key(report: AnnualReport, executor: Executor) -> str:
    """Whose part of which report a file is: «1688-2019-12-18/2024/part-12»."""
    return f"{program_key(report.program)}/{report.year}/part-{executor.pk}"


def part_headings(sources: Iterable[FundingSource]) -> list[str]:
    """Every heading that some part may have."""
    money = [
        source_column(fact, source.name) for source in sources for fact in ("planned", *CONTRIBUTED_FACTS)
    ]
    return [NUMBER, MEASURE, TERM, *money, *TEXTS.values(), KEY, VERSION]


def part_workbook(report: AnnualReport, part: Part) -> bytes:
    """An XLSX of one sheet with what is written already; the same data give the same bytes."""
    from xlsxwriter import Workbook

    file = BytesIO()
    # Columns are measured in digits of the default font: that of another is wider on machines without it.
    default = {"font_name": FONT, "font_size": SIZE}
    # In memory, the ZIP gets no clock.
    with Workbook(file, {"in_memory": True, "default_format_properties": default}) as workbook:
        title = f"{SHEET}: {part.executor}, {report.year} рік"
        set_properties(workbook, created=report.created_at, title=title)
        _Sheet(workbook, report, part).write()
    return file.getvalue()


def offered_sources(lines: Iterable[Line]) -> list[FundingSource]:
    """Those that the form prints, and whatever is planned or said from others."""
    used = set()
    for line in lines:
        used |= {amount.source_id for amount in line.result.amounts.all() if amount.planned is not None}
        if line.contribution is not None:
            used |= {amount.source_id for amount in line.contribution.amounts.all()}
    return [
        source
        for source in FundingSource.objects.all()
        if source.pk in used or (source.is_active and source.form_line)
    ]


@dataclass(frozen=True)
class _Column:
    heading: str
    width: int
    kind: str = "text"
    """Of `_Sheet.formats`."""
    is_input: bool = False

    @property
    def is_quiet(self) -> bool:
        """For the portal only: narrow, not printed, and not read by who fills the sheet in."""
        return self.kind == "quiet"


class _Sheet:
    def __init__(self, workbook: Workbook, report: AnnualReport, part: Part) -> None:
        self.report, self.part = report, part
        self.sources = offered_sources(part.lines)
        self.columns = self._columns()
        self.sheet: Worksheet = workbook.add_worksheet(SHEET)
        self.formats = _formats(workbook)
        self.row = 0

    def write(self) -> None:
        for number, column in enumerate(self.columns):
            self.sheet.set_column(number, number, column.width)
        self._letterhead()
        top = self.row
        for number, column in enumerate(self.columns):
            look = "quiet" if column.is_quiet else "heading"
            write_value(self.sheet, top, number, column.heading, self.formats[look])
        self._fit([column.heading for column in self.columns])
        # All rows of the report: of two measures with one number the later one has another key.
        everything = list(self.report.results.select_related("measure__task"))
        keys = result_keys(self.report.program, self.report.year, everything)
        for line in self.part.lines:
            values = self._values(line, keys[line.result.pk])
            for number, (column, value) in enumerate(zip(self.columns, values, strict=True)):
                write_value(self.sheet, self.row, number, value, self._format(column))
            self._fit([str(value or "") for value in values], least=LEAST_LINES)
        self._restrict(top + 1, self.row - 1)
        self._set_page(top)

    # --- columns

    def _columns(self) -> list[_Column]:
        money = [
            _Column(_capital(source_column(fact, source.name)), 16, "money", fact in CONTRIBUTED_FACTS)
            for source in self.sources
            for fact in ("planned", *CONTRIBUTED_FACTS)
        ]
        return [
            _Column(NUMBER, 6),
            _Column(MEASURE, 38),
            _Column(TERM, 12),
            *money,
            _Column(TEXTS["narrative"], 50, "text", True),
            _Column(TEXTS["letter_number"], 11, "literal", True),
            _Column(TEXTS["letter_date"], 11, "date", True),
            _Column(KEY, 6, "quiet"),
            _Column(VERSION, 6, "quiet"),
        ]

    def _values(self, line: Line, key: str) -> Sequence[Any]:
        """In the order of the columns."""
        measure, said = line.result.measure, line.contribution
        planned = {amount.source_id: amount.planned for amount in line.result.amounts.all()}
        sums = {amount.source_id: amount for amount in said.amounts.all()} if said else {}
        money: list[Decimal | None] = []
        for source in self.sources:
            money.append(planned.get(source.pk))
            money += [getattr(sums.get(source.pk), fact, None) for fact in CONTRIBUTED_FACTS]
        texts = [getattr(said, name, None) for name in TEXTS]
        version = Decimal(said.version if said else 0)
        return [measure.code, measure.title, measure.printed_term, *money, *texts, key, version]

    def _format(self, column: _Column) -> Format:
        return self.formats[f"{column.kind} input" if column.is_input else column.kind]

    # --- the page

    def _letterhead(self) -> None:
        report, due = self.report, self.report.coexecutors_due
        self._line(f"Інформація про виконання заходів за {report.year} рік", "title")
        self._line(report.printed_program)
        self._line(f"Співвиконавець: {self.part.executor}", "strong")
        self._line(f"Відповідальний виконавець: {report.printed_department}")
        if due is not None:
            self._line(f"Надіслати до {due:%d.%m.%Y}", "strong")
        for number, text in enumerate(HOW_TO, start=1):
            self._line(f"{number}. {text}")
        self._line(f"{PART_KEY}: {part_key(report, self.part.executor)}", "key")
        self.row += 1

    def _line(self, text: str, style: str = "line") -> None:
        """One cell merged over the first columns; such cells do not grow with their text by themselves."""
        written, look = " ".join(text.split()), self.formats[style]
        widths = list(accumulate(column.width for column in self.columns))
        last = max(number for number, width in enumerate(widths) if width <= LINE_WIDTH)
        self.sheet.merge_range(self.row, 0, self.row, last, "", look)
        write_value(self.sheet, self.row, 0, written, look)
        points = TITLE_POINTS if style == "title" else LINE_POINTS
        self.sheet.set_row(self.row, min(len(_wrapped(written, widths[last])) * points, TALLEST))
        self.row += 1

    def _fit(self, texts: Sequence[str], *, least: int = 1) -> None:
        """The row is as tall as its texts, or as what is to be typed in it will need; then it is done."""
        # LibreOffice leaves a row that says nothing of its height one line tall.
        lines = [
            len(_wrapped(text, column.width))
            for text, column in zip(texts, self.columns, strict=True)
            if not column.is_quiet
        ]
        self.sheet.set_row(self.row, min(max(least, *lines) * LINE_POINTS, TALLEST))
        self.row += 1

    def _restrict(self, first: int, last: int) -> None:
        """What can be typed where, and nothing elsewhere; without a password, so that nobody is stuck."""
        for number, column in enumerate(self.columns):
            if column.is_input and column.heading != TEXTS["letter_number"]:
                self.sheet.data_validation(first, number, last, number, _validation(column))
        self.sheet.protect("", {"format_columns": True, "format_rows": True})

    def _set_page(self, top: int) -> None:
        # Not the rows: with what stands above the table they would fill a small screen.
        self.sheet.freeze_panes(0, 2)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.fit_to_pages(1, 0)
        self.sheet.repeat_rows(top)
        printed = [number for number, column in enumerate(self.columns) if not column.is_quiet]
        self.sheet.print_area(0, 0, self.row - 1, max(printed))
        self.sheet.set_footer("&R&P / &N")


def _formats(workbook: Workbook) -> dict[str, Format]:
    plain: Mapping[str, Any] = {"font_name": FONT, "font_size": SIZE}
    cell = {**plain, "border": 1, "border_color": LINE, "valign": "top", "text_wrap": True}
    kinds: dict[str, dict[str, Any]] = {
        "text": {},
        "money": {"num_format": EXCEL_IN_FULL, "align": "right", "text_wrap": False},
        "date": {"num_format": EXCEL_DATE},
        # «12/3» typed as a letter's number is no date.
        "literal": {"num_format": "@"},
    }
    made = {name: workbook.add_format({**cell, **more}) for name, more in kinds.items()}
    made |= {
        f"{name} input": workbook.add_format({**cell, **more, "bg_color": INPUT_FILL, "locked": False})
        for name, more in kinds.items()
    }
    quiet = {"font_size": 8, "font_color": QUIET}
    line = {**plain, "valign": "top", "text_wrap": True}
    heading = {**cell, "bold": True, "bg_color": HEADING_FILL, "align": "center", "valign": "vcenter"}
    return made | {
        "heading": workbook.add_format(heading),
        "quiet": workbook.add_format({**cell, **quiet, "text_wrap": False, "bg_color": HEADING_FILL}),
        "line": workbook.add_format(line),
        "strong": workbook.add_format({**line, "bold": True}),
        "title": workbook.add_format({**line, "bold": True, "font_size": 14}),
        "key": workbook.add_format({**line, **quiet}),
    }


def _validation(column: _Column) -> dict[str, Any]:
    if column.kind == "money":
        rule: dict[str, Any] = {
            "validate": "decimal",
            "criteria": "between",
            "minimum": 0,
            "maximum": 10**MONEY_WHOLE_DIGITS - 1,
        }
        message = "Впишіть суму в тис. грн, не менше нуля, або лишіть клітинку порожньою."
    elif column.kind == "date":
        rule = {"validate": "date", "criteria": ">=", "value": EARLIEST_LETTER}
        message = "Впишіть дату, наприклад 15.01.2025."
    else:
        rule = {"validate": "length", "criteria": "<=", "value": NARRATIVE_LIMIT}
        message = f"Текст може мати не більше {NARRATIVE_LIMIT} знаків."
    return {**rule, "ignore_blank": True, "error_title": "Перевірте значення", "error_message": message}


def _wrapped(text: str, width: int) -> list[str]:
    """Its lines in a column so many digits wide."""
    signs = int(width * SIGNS_IN_DIGIT)
    return [line for part in text.splitlines() for line in textwrap.wrap(part, signs) or [""]]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

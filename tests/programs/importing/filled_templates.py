"""The programme template as people fill it in, for tests of what comes of that."""

from __future__ import annotations

import datetime
import io
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import openpyxl

from programs.importing.examination import Examination
from programs.importing.files.reading import read_book
from programs.importing.kinds import program_template
from programs.importing.template.workbook import template_workbook
from programs.models import User
from tests import building

Rows = Mapping[str, Sequence[Sequence[Any]]]
DAY = datetime.date(2024, 12, 19)
LATER = datetime.date(2025, 3, 27)
PROGRAM = ("міська програма", "Молодь громади", 2025, 2027, "Управління культури", "0213133", "річний факт")
ROWS: Rows = {
    "Рішення": [
        ("затверджує програму", "1201", DAY, "Про затвердження", "https://rada.example/1201"),
        ("вносить зміни", "12/3-VIII", LATER),
    ],
    "Завдання": [(1, "Підтримати молодь"), (2, "Навчати")],
    "Заходи": [
        (1, 1, "Форум", "2025, 2027", "", "Управління культури; Молодіжний центр (за згодою)"),
        (1, 2, "Гранти", "2025-2027", "щороку", "Управління культури", "Управління, центр", "12/3-VIII"),
        (2, 10, "Курси", 2026, "", "", "", "", "12/3-VIII"),
    ],
    "Виконавці": [("Молодіжний центр", "комунальна установа", "КУ «Молодіжний центр»")],
    "План за роками": [
        (1, 1, 2025, "", "загальний фонд", Decimal("120.5")),
        (1, 1, 2025, "12/3-VIII", "загальний фонд", "100,25"),
        (1, 2, 2026, "№12/3-VIII від 27.03.2025", "загальний фонд", 0),
    ],
}


NEWER = ("вносить зміни", "30", datetime.date(2026, 2, 2))
ONLY_CODE = ("", "", "", "", "", "", "", "1201-2024-12-19")


def prepared_portal() -> User:
    """The body and the source that these files name; a programme administrator."""
    building.executor()
    source = building.source()
    source.name = "загальний фонд"
    source.save()
    return building.user("admin", is_program_admin=True)


def filled(program: Sequence[Any] = PROGRAM, rows: Rows = ROWS) -> bytes:
    """The template as a person fills it; of the programme the values in its order."""
    book = openpyxl.load_workbook(io.BytesIO(template_workbook()))
    for row, value in enumerate(program, start=2):
        book["Програма"].cell(row, 2).value = value
    for sheet, lines in rows.items():
        for row, line in enumerate(lines, start=3):
            for column, value in enumerate(line, start=1):
                book[sheet].cell(row, column).value = value if value != "" else None
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_rows(**sheets: Any) -> Rows:
    """These instead; a sheet is named as in Python: План_за_роками."""
    return {**ROWS, **{name.replace("_", " "): lines for name, lines in sheets.items()}}


def examined(content: bytes, by: User, **answers: str) -> Examination:
    book = read_book(io.BytesIO(content), "програма.xlsx")
    return program_template.examine(book, by=by, answers=answers)


def applied(content: bytes, by: User) -> Any:
    return program_template.apply(examined(content, by), by=by)


def amended(**sheets: Any) -> Rows:
    return {"Рішення": [NEWER], **{name.replace("_", " "): lines for name, lines in sheets.items()}}

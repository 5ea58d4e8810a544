"""The tables of a file, with a column more that says what was found about every row."""

import datetime
from dataclasses import replace
from decimal import Decimal
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from programs.importing.annotating import annotated_workbook, without_results
from programs.importing.examination import (
    Change,
    Examination,
    Line,
    LineState,
    Note,
    Place,
    Question,
    Weight,
)
from programs.importing.files.reading import read_book
from programs.importing.files.tables import Book, Span, Table

TABLE = Table(
    "Заходи",
    (
        ("№", "Захід", "Сума"),
        ("1.1", "=SUM(1)", Decimal("2.40")),
        ("1.2", "Друга", "багато _x0041_x0042_"),
        (None, None, datetime.date(2023, 1, 2)),
    ),
    (Span(1, 1, 2, 1),),
)
EXAMINATION = Examination(
    "official_form",
    "Форма",
    lines=(
        Line("1.1", LineState.CHANGED, Place("Заходи", 2), (Change("факт", "", "2,4"),)),
        Line("1.2", LineState.UNCHANGED, Place("Заходи", 3)),
    ),
    notes=(
        Note(Weight.ERROR, "Не число.", Place("Заходи", 3, 2)),
        Note(Weight.WARNING, "Дивно.", Place("Заходи", 3)),
        Note(Weight.WARNING, "Про весь файл.", Place()),
    ),
)


def sheet(book: Book, examination: Examination, name: str) -> Worksheet:
    found: Worksheet = load_workbook(BytesIO(annotated_workbook(book, examination)))[name]
    return found


def column(of: Worksheet, letter: str) -> list[object]:
    return [cell.value for cell in of[letter]]


def test_what_a_format_showed_comes_back_as_a_text() -> None:
    table = Table("Заходи", (("№", "Сума", "Відсоток"), ("1.1", "10000 грн", "35 %")))
    of = sheet(Book("xlsx", (table,)), replace(EXAMINATION, lines=(), notes=()), "Заходи")
    assert [cell.value for cell in of[2]] == ["1.1", "10000 грн", "35 %"]


def test_every_row_says_what_was_found() -> None:
    assert column(sheet(Book("xlsx", (TABLE,)), EXAMINATION, "Заходи"), "D") == [
        "Результат перевірки",
        "Зміни\nфакт: – → 2,4",
        "Помилка (графа C): Не число.\nПопередження: Дивно.\nБез змін",
        None,
    ]


def test_what_is_about_the_whole_file_stands_on_a_sheet_of_its_own() -> None:
    assert column(sheet(Book("xlsx", (TABLE,)), EXAMINATION, "Про файл"), "B") == ["Про весь файл."]


def test_values_keep_their_kinds_and_formulas_are_texts() -> None:
    written = sheet(Book("xlsx", (TABLE,)), EXAMINATION, "Заходи")
    cells = [written["B2"], written["C2"], written["C3"], written["C4"]]
    assert [(cell.data_type, cell.value) for cell in cells] == [
        ("s", "=SUM(1)"),
        ("n", 2.4),
        ("s", "багато _x0041_x0042_"),
        ("d", datetime.datetime(2023, 1, 2)),
    ]


def test_cells_stay_merged_and_the_wrong_one_is_coloured() -> None:
    written = sheet(Book("xlsx", (TABLE,)), EXAMINATION, "Заходи")
    assert [str(area) for area in written.merged_cells.ranges] == ["B2:B3"]
    assert [written[place].fill.fgColor.rgb for place in ("C2", "C3")] == ["00000000", "FFF8CBAD"]


def test_areas_that_overlap_do_no_harm() -> None:
    table = Table("А", (("а", "б"), ("в", "г")), (Span(0, 0, 1, 1), Span(0, 1, 1, 1)))
    written = sheet(Book("ods", (table,)), Examination("official_form", ""), "А")
    assert [str(area) for area in written.merged_cells.ranges] == ["A1:B2"]


def test_sheets_that_excel_would_not_name_get_names() -> None:
    book = Book("ods", (Table("а/б", ()), Table("А/Б", ()), Table("", ()), Table("я" * 30 + "'довгий", ())))
    names = load_workbook(BytesIO(annotated_workbook(book, Examination("own_extract", "")))).sheetnames
    assert names == ["а б", "А Б (2)", "Аркуш", "я" * 30]


def test_paragraphs_of_a_text_document_stand_above_its_table() -> None:
    book = Book("docx", (TABLE,), ("Звіт", "за 2023 рік"))
    written = sheet(book, EXAMINATION, "Заходи")
    assert column(written, "A")[:3] == ["Звіт", "за 2023 рік", "№"]
    assert written["D3"].value == "Результат перевірки"


def test_the_heading_stands_above_the_first_row_that_becomes_something() -> None:
    table = Table("Заходи", (("ЗВІТ",), (), *TABLE.rows))
    examined = replace(EXAMINATION, lines=(Line("1.1", LineState.NEW, Place("Заходи", 4)),), notes=())
    assert column(sheet(Book("xlsx", (table,)), examined, "Заходи"), "D")[:4] == [
        None,
        None,
        "Результат перевірки",
        "Нове",
    ]


def test_the_same_examination_gives_the_same_bytes() -> None:
    book = Book("xlsx", (TABLE,))
    assert annotated_workbook(book, EXAMINATION) == annotated_workbook(book, EXAMINATION)


def test_mended_and_sent_back_it_is_the_table_that_came_in() -> None:
    content = annotated_workbook(Book("xlsx", (TABLE,)), EXAMINATION)
    sent_back = without_results(read_book(BytesIO(content), "перевірено.xlsx"))
    (table,) = sent_back.tables
    # Of merged cells only the first has a value.
    rows = tuple((row[0], None, row[2]) if number == 2 else row for number, row in enumerate(TABLE.rows))
    assert (table.name, table.rows, table.spans) == (TABLE.name, rows, TABLE.spans)


def test_what_was_never_checked_stays_as_it_is() -> None:
    book = Book("xlsx", (TABLE, Table("Про файл", (("щось своє",),))))
    assert without_results(book) is book


def test_a_question_stands_at_its_row() -> None:
    asked = replace(EXAMINATION, questions=(Question("who", "Хто це?", place=Place("Заходи", 4)),))
    written = sheet(Book("xlsx", (TABLE,)), asked, "Заходи")
    assert written["D4"].value == "Потрібна відповідь: Хто це?"


def test_a_row_is_as_tall_as_what_is_said_of_it() -> None:
    long = replace(EXAMINATION, notes=(Note(Weight.ERROR, "слово " * 40, Place("Заходи", 2)),), lines=())
    written = sheet(Book("xlsx", (TABLE,)), long, "Заходи")
    assert written.row_dimensions[2].height == 90

"""The workbook of two editions' differences, read back by openpyxl."""

import dataclasses
import datetime
import io
import os
import subprocess
import sys
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from reporting.changes_workbook import ComparedEdition, render
from reporting.document import FundLine, ReportDocument, to_json
from reporting.renderers.workbook import TALLEST_ROW, parts_of_text, text_height
from tests.documents import a_blank_row, a_document, a_row, a_task, with_totals

AGREED = datetime.datetime(2025, 1, 14, 22, 30, tzinfo=datetime.UTC)
SIGNED = datetime.datetime(2025, 7, 15, 9, 0, tzinfo=datetime.UTC)
HEADINGS = ["Розділ", "Номер", "Захід", "Графа", "Було", "Стало", "Різниця"]
PLANNED, FINANCED = "Річний обсяг фінансування тис. грн (план)", "Фактично профінансовано тис. грн"
PERCENT, INFORMATION = "Відсоток виконання заходу %", "Інформація про виконання"
MEASURE = "Провести засідання"


def edition(document: ReportDocument, number: int, **changes: Any) -> ComparedEdition:
    facts = ComparedEdition(number, AGREED, SIGNED, f"{number:x}" * 64, document)
    return dataclasses.replace(facts, **changes)


def made(old: ReportDocument, new: ReportDocument) -> bytes:
    return render(edition(old, 1), edition(new, 2))


def opened(old: ReportDocument, new: ReportDocument, *, values: bool = False) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(made(old, new)), data_only=values)


def of_row(old: dict[str, Any], new: dict[str, Any], *, values: bool = False) -> Worksheet:
    """The sheet of changes of one measure's cells."""
    documents = (a_document(a_task(a_row(**cells))) for cells in (old, new))
    return opened(*documents, values=values)["Зміни"]


def rows(sheet: Worksheet, first: int = 2) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first)]


def other_document() -> ReportDocument:
    """Not like `a_document` in one thing of every kind."""
    changed = a_row("1.1", planned=Decimal("1234.5"), information="Проведено 5 засідань.")
    added = a_blank_row("1.10", measure="Видати буклет", planned=Decimal(3), term="", executors="")
    document = a_document(
        a_task(changed, added, text="Забезпечити спроможність громади"),
        a_task(a_blank_row("2.1"), number=2, text="Запобігати насильству"),
        heading_lines=("Уточнений звіт (редакція 2)",),
        fund_lines=(FundLine("з загального фонду", Decimal(10), Decimal(9), None),),
    )
    return with_totals(document, percent=Decimal("0.6"))


# --- a row for every difference ---


def test_every_difference_has_its_row() -> None:
    sheet = opened(a_document(), other_document(), values=True)["Зміни"]
    heading = "Звіт\nпро результати виконання\nПрограма\nза 2024 рік"

    assert rows(sheet, first=1) == [
        HEADINGS,
        ["Заголовок", None, None, "Заголовок", heading, "Звіт\nУточнений звіт (редакція 2)", None],
        [
            "Завдання",
            "1",
            None,
            "Завдання",
            "Забезпечити спроможність",
            "Забезпечити спроможність громади",
            None,
        ],
        ["Захід", "1.1", MEASURE, PLANNED, 10, 1234.5, 1224.5],
        ["Захід", "1.1", MEASURE, INFORMATION, "Проведено 4 засідання.", "Проведено 5 засідань.", None],
        ["Захід", "1.10", "Видати буклет", "Захід додано", None, "Видати буклет", None],
        ["Захід", "1.10", "Видати буклет", PLANNED, None, 3, None],
        ["Захід", "1.10", "Видати буклет", PERCENT, None, 0, None],
        ["Захід", "1.2", MEASURE, "Заходу більше немає", MEASURE, None, None],
        ["Захід", "1.2", MEASURE, "Термін виконання", "2020-2025", None, None],
        ["Захід", "1.2", MEASURE, "Виконавці", "Управління культури", None, None],
        ["Захід", "1.2", MEASURE, PERCENT, 0, None, None],
        ["Підсумки", None, "Усього", PERCENT, 80, 0.6, -79.4],
        ["Підсумки", None, "з загального фонду", FINANCED, 8, None, None],
        ["Підсумки", None, "з інших джерел", "Назва рядка", "з інших джерел", None, None],
    ]


def test_no_difference_is_said() -> None:
    assert rows(opened(a_document(), a_document())["Зміни"]) == [["Відмінностей немає.", *[None] * 6]]


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [("0.1", "0.3", "0.2"), ("9999999999.99999", "0.25", "-9999999999.74999"), ("2.44", "2.46", "0.02")],
)
def test_the_difference_is_exact_for_a_reader_that_does_not_calculate(
    old: str, new: str, difference: str
) -> None:
    sheet = of_row({"planned": Decimal(old)}, {"planned": Decimal(new)}, values=True)

    assert [str(sheet.cell(2, column).value) for column in (5, 6, 7)] == [old, new, difference]


def test_the_difference_is_a_formula() -> None:
    assert of_row({}, {"planned": Decimal(12)})["G2"].value == '=IF(COUNT(E2:F2)<2,"",ROUND(F2-E2,5))'


def test_a_blank_has_no_difference_and_a_zero_has() -> None:
    blank, zero = (
        rows(of_row({"planned": value}, {"planned": Decimal(3)}, values=True))[0][4:]
        for value in (None, Decimal(0))
    )
    assert (blank, zero) == ([None, 3, None], [0, 3, 3])


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [("2.42", "2.44", "#,##0.0####"), ("2.44", "2.46", "#,##0.0"), ("1", "2000", "#,##0.0")],
)
def test_kopecks_are_shown_only_where_the_form_would_hide_the_difference(
    old: str, new: str, shown: str
) -> None:
    sheet = of_row({"planned": Decimal(old)}, {"planned": Decimal(new)})

    assert [sheet[cell].number_format for cell in ("E2", "F2", "G2")] == [
        shown,
        shown,
        "+#,##0.0####;-#,##0.0####;0.0",
    ]


@pytest.mark.parametrize("text", ['=HYPERLINK("https://example.org","x")', "+1", "{=1+1}", "007", "<r>&</r>"])
def test_a_text_stays_the_text_it_is(text: str) -> None:
    cell = of_row({}, {"information": text})["F2"]

    assert (cell.data_type, cell.number_format, cell.value) == ("s", "@", text)


def test_a_measures_number_is_a_text() -> None:
    documents = (a_document(a_task(a_row("1.10", planned=Decimal(plan)))) for plan in (1, 2))
    cell = opened(*documents)["Зміни"]["B2"]

    assert (cell.data_type, cell.value) == ("s", "1.10")


# --- texts and rows ---


def test_a_row_is_as_tall_as_its_text() -> None:
    sheet = of_row({}, {"information": "слово " * 100})
    # The column less its padding, points.
    needed = text_height("слово " * 100, 70 / 25.4 * 72 - 4, 10)

    assert needed <= sheet.row_dimensions[2].height < needed + 1
    assert (sheet["F2"].alignment.wrap_text, sheet["F2"].alignment.vertical) == (True, "top")


def test_a_text_taller_than_a_row_goes_on_in_the_next() -> None:
    text = "слово\n" * 30 + "довге речення " * 200
    sheet = of_row({}, {"information": text})
    found = rows(sheet)

    assert [row[:5] for row in found] == [
        ["Захід", "1.1", MEASURE, INFORMATION, "Проведено 4 засідання."],
        ["Захід", "1.1", MEASURE, f"{INFORMATION} (продовження)", None],
        ["Захід", "1.1", MEASURE, f"{INFORMATION} (продовження)", None],
    ]
    assert "".join(row[5] for row in found) == text
    assert max(sheet.row_dimensions[row].height for row in (2, 3, 4)) <= TALLEST_ROW + 1


def test_a_name_of_any_length_makes_no_row_that_excel_refuses() -> None:
    sheet = of_row({"measure": "слово " * 2000}, {"measure": "слово " * 2000, "planned": Decimal(1)})

    assert TALLEST_ROW <= sheet.row_dimensions[2].height <= TALLEST_ROW + 1


@given(st.text("аШ \n\u00a0", max_size=3000), st.sampled_from([40.0, 200.0]))
def test_parts_of_a_text_fit_and_lose_nothing(text: str, width: float) -> None:
    parts = list(parts_of_text(text, width, 10))

    assert "".join(parts) == text
    assert all(text_height(part, width, 10) <= TALLEST_ROW for part in parts)


# --- the sheet ---


def test_the_heading_is_frozen_repeated_and_filters() -> None:
    sheet = opened(a_document(), other_document())["Зміни"]

    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.auto_filter.ref) == ("A2", "$1:$1", "A1:G15")


def test_both_sheets_are_printed_one_page_wide_on_a4_across() -> None:
    workbook = opened(a_document(), other_document())

    assert [
        (
            sheet.title,
            sheet.page_setup.orientation,
            sheet.page_setup.paperSize,
            sheet.sheet_properties.pageSetUpPr.fitToPage,
            sheet.page_setup.fitToHeight,
            sheet.oddFooter.right.text,
        )
        for sheet in workbook.worksheets
    ] == [
        ("Зміни", "landscape", 9, True, 0, "Сторінка &P з &N"),
        ("Про порівняння", "landscape", 9, True, 0, "Сторінка &P з &N"),
    ]


def test_every_printed_page_says_what_is_compared() -> None:
    sheet = opened(a_document(), other_document())["Зміни"]

    assert sheet.oddHeader.right.text == "Звіт 15-2019-11-05 за 2024 рік: зміни між редакціями 1 і 2"


# --- about ---


def test_what_was_compared_with_what() -> None:
    sheet = opened(a_document(), other_document())["Про порівняння"]
    agreed, signed = datetime.datetime(2025, 1, 15, 0, 30), datetime.datetime(2025, 7, 15, 12, 0)
    title = "Зміни між редакціями 1 і 2: Звіт про результати виконання: Програма, 2024 рік"

    assert rows(sheet, first=1)[:-3] == [
        [title, None, None],
        ["Програма", "15-2019-11-05", None],
        ["Рік", 2024, None],
        [None, "Було", "Стало"],
        ["Редакція", 1, 2],
        ["Погоджено до підписання", agreed, agreed],
        ["Перший підпис", signed, signed],
        ["Відбиток (SHA-256 report.json)", "1" * 64, "2" * 64],
        ["Відмінності", "Скільки", None],
        ["Заголовок: змінено рядків", 1, None],
        ["Завдання: змінено текстів", 1, None],
        ["Заходи: змінено", 1, None],
        ["Заходи: змінено клітинок у них", 2, None],
        ["Заходи: додано", 1, None],
        ["Заходи: більше немає", 1, None],
        ["Підсумки: змінено клітинок", 3, None],
    ]


def test_what_is_not_signed_yet_is_told() -> None:
    content = render(edition(a_document(), 1), edition(other_document(), 2, signed_at=None))
    sheet = openpyxl.load_workbook(io.BytesIO(content))["Про порівняння"]

    assert sheet["C7"].value == "ще не підписано"


# --- the file ---


def test_properties() -> None:
    properties = opened(a_document(), other_document()).properties

    assert (properties.title, properties.creator, properties.created) == (
        "Зміни між редакціями 1 і 2: Звіт про результати виконання: Програма, 2024 рік",
        "Управління культури",
        datetime.datetime(2025, 1, 14, 22, 30),
    )


def test_another_process_gives_the_same_bytes() -> None:
    program = (
        "import django; django.setup(); import sys\n"
        "from reporting.document import from_json\n"
        "from tests.reporting.test_changes_workbook import made\n"
        "sys.stdout.buffer.write(made(*map(from_json, sys.stdin.buffer.read().split(b'\\0'))))"
    )
    other = subprocess.run(
        [sys.executable, "-c", program],
        input=b"\0".join(map(to_json, (a_document(), other_document()))),
        capture_output=True,
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "1", "TZ": "UTC"},
    ).stdout

    assert other == made(a_document(), other_document())

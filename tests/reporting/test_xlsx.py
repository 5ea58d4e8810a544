import csv
import dataclasses
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from reporting.document import FundLine, MeasureRow, ReportDocument, Section, Signature
from reporting.renderers.workbook import TALLEST_ROW, count_lines
from reporting.renderers.xlsx import render
from tests.documents import (
    a_blank_row,
    a_document,
    a_row,
    a_task,
    rendered_elsewhere,
    totals,
    with_totals,
)
from tests.libreoffice import converted

MONEY = ("F", "G", "H")


def opened(document: ReportDocument, *, values: bool = False) -> Worksheet:
    workbook = openpyxl.load_workbook(io.BytesIO(render(document)), data_only=values)
    (sheet,) = workbook.worksheets
    return sheet


def header_row(sheet: Worksheet) -> int:
    return next(cell.row for cell in sheet["B"] if cell.value == "Завдання")


def information(text: str) -> Cell:
    """The cell of the only measure's narrative."""
    sheet = opened(a_document(a_task(a_row(information=text))))
    return sheet.cell(header_row(sheet) + 1, 10)


def figures(sheet: Worksheet, row: int) -> list[Decimal | None]:
    values = [sheet.cell(row, column).value for column in range(6, 10)]
    return [None if value is None else Decimal(str(value)) for value in values]


def merged(sheet: Worksheet) -> set[str]:
    return {str(area) for area in sheet.merged_cells.ranges}


# --- figures ---


def test_the_real_report_has_the_figures_of_its_37_measures(real_document: ReportDocument) -> None:
    sheet = opened(real_document)
    first = header_row(sheet) + 1

    assert [figures(sheet, first + place) for place in range(37)] == [
        [row.planned, row.actual, row.financed, row.percent] for row in real_document.rows
    ]


def test_a_blank_is_blank_and_a_zero_is_zero() -> None:
    row = a_blank_row("1.1", planned=Decimal("0.00000"))
    sheet = opened(a_document(a_task(row)))

    assert figures(sheet, header_row(sheet) + 1) == [Decimal("0.0"), None, None, Decimal("0.0")]


@given(st.integers(0, 10**15 - 1).map(lambda kopecks: Decimal(kopecks).scaleb(-5)))
def test_an_amount_comes_back_to_the_last_kopeck(amount: Decimal) -> None:
    sheet = opened(a_document(a_task(a_row(planned=amount))))

    assert figures(sheet, header_row(sheet) + 1)[0] == amount


def test_figures_are_shown_with_one_decimal() -> None:
    sheet = opened(a_document())
    row = header_row(sheet) + 1

    assert [sheet.cell(row, column).number_format for column in range(5, 10)] == ["@", *["#,##0.0"] * 4]


# --- totals ---


def test_totals_of_the_real_report_are_seen_by_a_reader_that_does_not_calculate(
    real_document: ReportDocument,
) -> None:
    sheet = opened(real_document, values=True)

    assert figures(sheet, header_row(sheet) + 38) == [
        Decimal("228.3"),
        Decimal("60.0"),
        Decimal("30.0"),
        Decimal("90.0"),
    ]


def test_totals_are_formulas_over_their_column() -> None:
    sheet = opened(a_document())
    first = header_row(sheet) + 1
    row = first + 3

    assert [sheet[f"{column}{row}"].value for column in MONEY] == [
        f'=IF(COUNT({column}{first}:{column}{row - 1})=0,"",ROUND(SUM({column}{first}:{column}{row - 1}),5))'
        for column in MONEY
    ]


@pytest.mark.parametrize(("base", "column"), [("planned", "F"), ("actual", "G")])
def test_the_total_percent_is_a_formula_of_its_base(base: str, column: str) -> None:
    sheet = opened(with_totals(a_document(), percent_base=base))
    row = header_row(sheet) + 4

    assert sheet[f"I{row}"].value == (
        f"=IF(COUNT(H{row},{column}{row})<2,0,IF({column}{row}=0,0,ROUND(100*H{row}/{column}{row},1)))"
    )


def test_a_stated_total_percent_is_a_plain_number(real_document: ReportDocument) -> None:
    sheet = opened(real_document)

    assert sheet[f"I{header_row(sheet) + 38}"].value == 90


def test_the_total_of_blanks_is_cached_as_blank() -> None:
    blank = dataclasses.replace(a_document(a_task(a_blank_row("1.1"))), totals=totals(None, None, None))
    sheet = opened(blank, values=True)

    assert figures(sheet, header_row(sheet) + 2) == [None, None, None, Decimal("0.0")]


def test_fund_lines_are_numbers_and_blanks() -> None:
    document = a_document(
        fund_lines=(FundLine("загальний", Decimal("10.00001"), Decimal(0), None),),
    )
    sheet = opened(document)

    assert figures(sheet, header_row(sheet) + 5) == [Decimal("10.00001"), Decimal("0.0"), None, None]


# --- texts ---


@pytest.mark.parametrize(
    "text",
    [
        '=HYPERLINK("https://example.org","x")',
        "+1",
        "-1",
        "@SUM(1)",
        "{=1+1}",
        "https://example.org",
        "007",
        "  з пропусками  ",
        "<r><t>розмітка</t></r>",
        "<r>&</r>",
        "_x0041_",
        "рядок\nдругий",
    ],
)
def test_a_text_stays_the_text_it_is(text: str) -> None:
    cell = information(text)

    assert (cell.data_type, cell.value) == ("s", text)


def test_a_task_text_like_a_formula_stays_text_in_its_merged_cell() -> None:
    sheet = opened(a_document(a_task(a_row("1.1"), a_row("1.2"), text="=1+1")))
    cell = sheet.cell(header_row(sheet) + 1, 2)

    assert (cell.data_type, cell.value) == ("s", "=1+1")


def test_what_xml_cannot_hold_is_left_out() -> None:
    assert information("до\x00\x0b\x1f\ud800\uffffкупи\r\nразом").value == "докупи\nразом"


def test_every_text_of_the_document_is_in_the_workbook(demo_document: ReportDocument) -> None:
    values = {cell.value for row in opened(demo_document).iter_rows() for cell in row}
    texts = {
        *demo_document.heading_lines,
        demo_document.heading,
        demo_document.act_line,
        demo_document.term_line,
        " · ".join(demo_document.marks),
        *(section.heading for section in demo_document.sections),
        *(column.heading for column in demo_document.columns),
        *(text for task in demo_document.tasks for text in (task.number_text, task.text)),
        *(t for row in demo_document.rows for t in (row.content, row.term, row.executors, row.information)),
        *(line.label for line in demo_document.fund_lines),
        *(text for signature in demo_document.signatures for text in (signature.post, signature.name)),
    }

    assert texts - values == {""}


# --- layout ---


def test_a_task_is_one_cell_over_its_measures() -> None:
    document = a_document(
        a_task(a_row("1.1"), a_row("1.2"), a_row("1.3")),
        a_task(a_row("2.1"), number=2),
        a_task(a_row("3.1"), a_row("3.2"), number=3),
    )
    sheet = opened(document)
    first = header_row(sheet) + 1
    of_tasks = {area for area in merged(sheet) if area[0] in "AB" and area.split(":")[1][0] == area[0]}

    assert of_tasks == {
        f"A{first}:A{first + 2}",
        f"B{first}:B{first + 2}",
        f"A{first + 4}:A{first + 5}",
        f"B{first + 4}:B{first + 5}",
    }


def test_a_measure_taller_than_a_row_can_be_takes_several() -> None:
    sheet = opened(a_document(a_task(a_row(information="слово " * 1500))))
    first = header_row(sheet) + 1
    (area,) = (area for area in sheet.merged_cells.ranges if str(area).startswith(f"J{first}:"))
    heights = [sheet.row_dimensions[row].height for row in range(area.min_row, area.max_row + 1)]

    assert len(heights) > 1
    assert max(heights) <= TALLEST_ROW + 1
    assert f"F{first}:F{area.max_row}" in merged(sheet)


def test_a_task_longer_than_its_measures_stretches_them() -> None:
    long = a_document(a_task(a_row("1.1"), a_row("1.2"), text="слово " * 100))
    sheet = opened(long)
    first = header_row(sheet) + 1
    lines = count_lines("слово " * 100, (32 / 25.4 * 72 - 4) / 9)

    assert sum(sheet.row_dimensions[first + place].height for place in (0, 1)) >= lines * 9 * 1.15


def test_each_further_section_has_its_heading_above_its_tasks() -> None:
    document = a_document(
        sections=(Section("Перший", (a_task(a_row("1.1")),)), Section("Другий", (a_task(a_row("2.1")),)))
    )
    sheet = opened(document)
    first = header_row(sheet) + 1

    assert [sheet.cell(row, 1).value for row in range(first - 2, first + 3)] == [
        "Перший",
        r"№ з\п",
        "1.",
        "Другий",
        "1.",
    ]


def test_a_signature_stands_level_with_the_last_line_of_the_post() -> None:
    document = a_document(signatures=(Signature("Начальник " * 20, "Олена ПРИКЛАД"),))
    sheet = opened(document)
    post, name = (sheet.cell(sheet.max_row, column) for column in (1, 9))

    assert (post.value, name.value) == ("Начальник " * 20, "Олена ПРИКЛАД")
    # The format's default, which is not written down, is the bottom.
    assert (post.alignment.vertical, name.alignment.vertical) == (None, None)


def test_columns_have_the_widths_of_the_paper() -> None:
    sheet = opened(a_document())
    pixels = [round(sheet.column_dimensions[letter].width * 8) for letter in "ABCDEFGHIJ"]

    # openpyxl keeps one dimension for neighbours of one width: F stands for G too.
    assert pixels == [30, 120, 173, 68, 151, 79, 104, 86, 64, 192]


def test_the_first_row_shows_the_marks() -> None:
    document = a_document(marks=("ПРОЄКТ 14.01.2025 12:00", "ДЕМОНСТРАЦІЙНІ ДАНІ"))

    assert opened(document)["A1"].value == "ПРОЄКТ 14.01.2025 12:00 · ДЕМОНСТРАЦІЙНІ ДАНІ"


@pytest.mark.parametrize(
    ("heading", "name"),
    [
        ("Звіт", "Звіт 2024"),
        ("'Звіт': [про] виконання?*/\\", "Звіт'   про  виконання     2024"),
        ("З" * 40, "З" * 31),
        ("З" * 29 + " '", "З" * 29),
        ("", "2024"),
    ],
)
def test_the_sheet_is_called_after_the_heading(heading: str, name: str) -> None:
    assert opened(a_document(heading=heading)).title == name


# --- print ---


def test_the_page_is_a4_landscape_with_the_margins_of_the_document() -> None:
    sheet = opened(a_document())
    margins = sheet.page_margins

    assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
    assert [
        round(margin * 25.4, 3) for margin in (margins.top, margins.right, margins.bottom, margins.left)
    ] == [
        13,
        10,
        14,
        10,
    ]


def test_the_sheet_is_one_page_wide_and_as_tall_as_it_is() -> None:
    sheet = opened(a_document())

    assert (sheet.sheet_properties.pageSetUpPr.fitToPage, sheet.page_setup.fitToHeight) == (True, 0)


def test_the_header_row_is_repeated_and_frozen() -> None:
    sheet = opened(a_document())
    row = header_row(sheet)

    assert (sheet.print_title_rows, sheet.freeze_panes) == (f"${row}:${row}", f"A{row + 1}")


def test_the_footer_counts_pages() -> None:
    sheet = opened(a_document(page_label="Стор. {page} & {pages}"))

    assert sheet.oddFooter.right.text == "Стор. &P && &N"


def test_marks_head_every_printed_page_and_their_row_is_not_printed_twice() -> None:
    sheet = opened(a_document(marks=("ПРОЄКТ & чернетка",)))

    assert sheet.oddHeader.right.text == "ПРОЄКТ && чернетка"
    assert sheet.print_area == f"'Звіт 2024'!$A$2:$J${sheet.max_row}"


@pytest.mark.parametrize("measures", range(1, 40))
def test_totals_and_signatures_share_a_page(measures: int) -> None:
    rows = [a_row(f"1.{number}") for number in range(1, measures + 1)]
    sheet = opened(a_document(a_task(*rows)))
    header = header_row(sheet)

    assert len(set(pages(sheet, header)[header + measures :])) == 1


def pages(sheet: Worksheet, header: int) -> list[int]:
    """The page on which each row is printed."""
    heights = [
        sheet.row_dimensions[row].height or sheet.sheet_format.defaultRowHeight
        for row in range(1, sheet.max_row + 1)
    ]
    room = (210 - 13 - 14) / 25.4 * 72
    found, page, used = [], 1, 0.0
    for height in heights:
        if used + height > room:
            page, used = page + 1, heights[header - 1]
        used += height
        found.append(page)
    return found


# --- lines ---


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("", 1),
        ("ш", 1),
        ("шшш шшш", 1),
        ("шшш шшш шшш", 2),
        ("шшш\nшшш", 2),
        ("ш" * 20, 3),
        ("ш " + "ш" * 20, 4),
    ],
)
def test_lines_of_a_text_in_a_column_of_six_em(text: str, lines: int) -> None:
    assert count_lines(text, 6.0) == lines


# --- the file ---


def test_one_workbook_leaves_no_trace_in_the_next() -> None:
    assert render(a_document()) == render(a_document())


def test_trailing_zeros_do_not_change_the_bytes() -> None:
    one, other = (a_document(a_task(a_row(planned=Decimal(zero)))) for zero in ("0", "0.00000"))

    assert render(one) == render(other)


def test_properties_come_from_the_document() -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(render(a_document())))
    properties = workbook.properties

    assert (properties.title, properties.creator, f"{properties.created:%Y-%m-%d %H:%M}") == (
        "Звіт про результати виконання: Програма, 2024 рік",
        "Управління культури",
        "2025-01-14 10:00",
    )


def test_two_processes_give_the_same_bytes(demo_document: ReportDocument) -> None:
    assert rendered_elsewhere(demo_document, "xlsx") == [render(demo_document)] * 2


def test_the_workbook_holds_no_links_and_no_macros(demo_document: ReportDocument) -> None:
    with zipfile.ZipFile(io.BytesIO(render(demo_document))) as archive:
        assert sorted(archive.namelist()) == [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/app.xml",
            "docProps/core.xml",
            "docProps/custom.xml",
            "xl/_rels/workbook.xml.rels",
            "xl/sharedStrings.xml",
            "xl/styles.xml",
            "xl/theme/theme1.xml",
            "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
        ]


# --- LibreOffice ---


@pytest.fixture
def recalculated(tmp_path: Path) -> Callable[[ReportDocument], list[list[str]]]:
    """Opens a document's workbook in LibreOffice, calculates everything anew, gives the cells as text."""

    def convert(document: ReportDocument) -> list[list[str]]:
        files = {"report.xlsx": render(document)}
        text = converted(files, CSV_OF_EXACT_VALUES, tmp_path, recalculated=True)["report"].decode()
        return list(csv.reader(io.StringIO(text)))

    return convert


# Comma, quote, UTF-8, from line 1; figures as stored rather than as shown.
CSV_OF_EXACT_VALUES = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false,false"


def figures_in(rows: list[list[str]]) -> list[list[Decimal | None]]:
    """Of the measures, the totals row and the fund lines."""
    first = next(place for place, row in enumerate(rows) if row[1] == "Завдання") + 1
    return [[Decimal(value) if value else None for value in row[5:9]] for row in rows[first:] if row[5]]


def test_libreoffice_reads_the_real_report_and_calculates_its_totals(
    real_document: ReportDocument, recalculated: Callable[[ReportDocument], list[list[str]]]
) -> None:
    # Cached values that are wrong: only a calculation gives the right ones.
    wrong = with_totals(real_document, planned=Decimal(1), actual=Decimal(1), financed=Decimal(1))

    assert figures_in(recalculated(wrong)) == [
        *([row.planned, row.actual, row.financed, row.percent] for row in real_document.rows),
        [Decimal("228.3"), Decimal("60.0"), Decimal("30.0"), Decimal("90.0")],
    ]


def test_libreoffice_calculates_the_total_percent(
    demo_document: ReportDocument, recalculated: Callable[[ReportDocument], list[list[str]]]
) -> None:
    wrong = with_totals(demo_document, percent=Decimal("1.0"))
    expected = demo_document.totals

    assert figures_in(recalculated(wrong))[len(demo_document.rows)] == [
        expected.planned,
        expected.actual,
        expected.financed,
        expected.percent,
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        # Halves (100,15 and 1,15) go up, though in binary they may lie below.
        (a_row(planned=Decimal(1), actual=Decimal(1), financed=Decimal("1.00150")), "100.2"),
        (a_row(planned=Decimal("0.3"), actual=None, financed=Decimal("0.00345")), "1.2"),
        (a_row(planned=Decimal(0), actual=None, financed=Decimal(5)), "0"),
        (a_row(planned=Decimal(5), actual=None, financed=None), "0"),
    ],
)
def test_libreoffice_rounds_the_total_percent_as_we_do(
    row: MeasureRow, expected: str, recalculated: Callable[[ReportDocument], list[list[str]]]
) -> None:
    document = a_document(a_task(row), totals=totals("1", "1", "1", percent=Decimal("1.0")))

    assert figures_in(recalculated(document))[1][3] == Decimal(expected)

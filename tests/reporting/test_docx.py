"""The official form as a Word document, read back with python-docx."""

import datetime
import hashlib
import io
import zipfile
from decimal import Decimal
from typing import Any

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Pt

from reporting.document import ReportDocument, Section, Signature, short_fingerprint, to_json
from reporting.renderers.docx import render
from tests.documents import A_SEAL, a_document, a_row, a_task, rendered_elsewhere

LONG_TEXT = "забезпечення проведення засідань координаційної ради " * 200


def opened(document: ReportDocument) -> Any:
    return docx.Document(io.BytesIO(render(document)))


def table_of(document: ReportDocument) -> Any:
    (table,) = opened(document).tables
    return table


def texts(document: ReportDocument) -> list[list[str]]:
    """Every row's cells as they stand in the file: of a merged cell only the first has a text."""
    return [[docx.table._Cell(cell, None).text for cell in row._tr.tc_lst] for row in table_of(document).rows]


def merges(document: ReportDocument) -> list[str | None]:
    """How the first cell of each row is merged with those above and below."""
    return [row._tr.tc_lst[0].vMerge for row in table_of(document).rows]


def has(row: Any, tag: str) -> bool:
    return row._tr.find(f"{qn('w:trPr')}/{qn(tag)}") is not None


def kept(row: Any) -> set[bool | None]:
    """Whether the row's paragraphs stay with the next one's."""
    return {paragraph.paragraph_format.keep_with_next for cell in row.cells for paragraph in cell.paragraphs}


# --- words and figures -------------------------------------------------------------------


def test_lines_above_the_table_stand_in_their_order() -> None:
    assert [(p.style.name, p.text) for p in opened(a_document()).paragraphs] == [
        ("Heading 1", "Звіт"),
        ("Normal", "про результати виконання"),
        ("Normal", "Програма"),
        ("Normal", "за 2024 рік"),
        ("Normal", "Дата і номер рішення №15 від 05.11.2019"),
        ("Normal", "Термін реалізації Програми 2020-2025 роки"),
        ("Heading 2", "1. Виконання заходів"),
        ("Normal", ""),
    ]


def test_the_table_holds_the_form() -> None:
    document = a_document()
    known = ["2020-2025", "Управління культури", "10,0", "9,0", "8,0", "80,0", "Проведено 4 засідання."]
    unknown = ["2020-2025", "Управління культури", "", "", "", "0,0", ""]
    assert texts(document) == [
        [column.heading for column in document.columns],
        ["1.", "Забезпечити спроможність", "1.1. Провести засідання", *known],
        ["", "", "1.2. Провести засідання", *unknown],
        ["2.", "Запобігати насильству", "2.1. Провести засідання", *unknown],
        ["", "10,0", "9,0", "8,0", "80,0", ""],
        ["з загального фонду", "10,0", "9,0", "8,0", "", ""],
        ["з інших джерел", "", "", "", "", ""],
        ["Начальник управління", "", "Олена ПРИКЛАД"],
    ]


def test_the_real_report_reads_as_its_document(real_document: ReportDocument) -> None:
    read = texts(real_document)[1 : 1 + len(real_document.rows)]
    assert [(row[2], row[4], row[-1]) for row in read] == [
        (row.content, row.executors, row.information) for row in real_document.rows
    ]


def test_line_ends_are_breaks_and_control_codes_are_gone() -> None:
    row = a_row("1.1", "Захід", information="перше\r\nдруге\x0b\x00\ud800\tтретє <b> & ]]>")
    assert texts(a_document(a_task(row)))[1][-1] == "перше\nдруге\tтретє <b> & ]]>"


def test_a_later_section_has_its_heading_in_the_table() -> None:
    sections = (
        Section("1. Перший", (a_task(a_row("1.1")),)),
        Section("2. Другий", (a_task(a_row("2.1"), number=2),)),
    )
    assert [row[0] for row in texts(a_document(sections=sections))][1:4] == ["1.", "2. Другий", "2."]


def test_a_report_without_measures_still_has_its_totals() -> None:
    document = a_document(sections=(), signatures=(), fund_lines=())
    assert [len(row) for row in texts(document)] == [10, 6]


# --- the table ---------------------------------------------------------------------------


def test_the_header_row_alone_stands_on_every_page() -> None:
    assert [has(row, "w:tblHeader") for row in table_of(a_document()).rows] == [True] + [False] * 7


def test_readers_aloud_are_told_of_the_header_row_and_the_tables_name() -> None:
    properties = table_of(a_document())._tbl.tblPr
    look, caption = properties.find(qn("w:tblLook")), properties.find(qn("w:tblCaption"))
    assert (look.get(qn("w:firstRow")), caption.get(qn("w:val"))) == ("1", "1. Виконання заходів")


def test_a_tasks_cells_are_one_over_its_measures() -> None:
    assert merges(a_document()) == [None, "restart", "continue", "restart", None, None, None, None]


def test_columns_keep_the_documents_widths() -> None:
    document = a_document()
    table = table_of(document)
    layout = table._tbl.tblPr.find(qn("w:tblLayout")).get(qn("w:type"))
    widths = [round(column.width.mm) for column in table.columns]
    assert (layout, widths) == ("fixed", [int(column.width) for column in document.columns])


@pytest.mark.parametrize(("text", "is_kept_whole"), [("Проведено.", True), (LONG_TEXT, False)])
def test_a_row_that_no_page_holds_may_break(text: str, is_kept_whole: bool) -> None:
    document = a_document(a_task(a_row("1.1", information=text), a_row("1.2")))
    rows = table_of(document).rows
    assert [has(row, "w:cantSplit") for row in rows[1:3]] == [is_kept_whole, True]


def test_the_last_measure_of_a_task_that_no_page_holds_may_break() -> None:
    """It is stretched by what is left of the task's text."""
    document = a_document(a_task(a_row("1.1"), a_row("1.2"), text=LONG_TEXT), a_task(a_row("2.1"), number=2))
    assert [has(row, "w:cantSplit") for row in table_of(document).rows[1:4]] == [True, False, True]


def test_closing_rows_stay_with_the_last_measure_and_the_signatures() -> None:
    signatures = (Signature("Начальник", "Олена ПРИКЛАД"), Signature("Бухгалтер", "Ігор ЗРАЗОК"))
    rows = table_of(a_document(signatures=signatures)).rows
    assert [kept(row) for row in rows[2:]] == [{None}] + [{True}] * 5 + [{None}]


def test_without_signatures_the_last_fund_line_ends_it() -> None:
    rows = table_of(a_document(signatures=())).rows
    assert [kept(row) for row in rows[3:]] == [{True}] * 3 + [{None}]


def test_a_figure_too_long_for_its_column_is_set_smaller() -> None:
    document = a_document(a_task(a_row("1.1", planned=Decimal("1234567890.12345"))))
    cells = table_of(document).rows[1].cells
    sizes = [cells[place].paragraphs[0].runs[0].font.size for place in (5, 6)]
    assert sizes == [Pt(8.5), Pt(9)]


# --- the page ----------------------------------------------------------------------------


def test_the_page_is_a4_landscape_with_the_documents_margins() -> None:
    section = opened(a_document()).sections[0]
    assert section.orientation == docx.enum.section.WD_ORIENT.LANDSCAPE
    lengths = (
        section.page_width,
        section.page_height,
        section.top_margin,
        section.right_margin,
        section.bottom_margin,
        section.left_margin,
    )
    # Word counts in twentieths of a point.
    assert [round(length.mm, 1) for length in lengths] == [297.0, 210.0, 13.0, 10.0, 14.0, 10.0]


def test_marks_stand_at_the_head_of_every_page() -> None:
    document = a_document(marks=("ПРОЄКТ 14.01.2025", "ДЕМОНСТРАЦІЙНІ ДАНІ"))
    assert opened(document).sections[0].header.paragraphs[0].text == "ПРОЄКТ 14.01.2025 · ДЕМОНСТРАЦІЙНІ ДАНІ"


def test_a_final_document_has_nothing_at_its_head() -> None:
    assert opened(a_document()).sections[0].header.is_linked_to_previous


def test_pages_are_counted_by_fields() -> None:
    footer = opened(a_document()).sections[0].footer.paragraphs[0]
    codes = [code.text for code in footer._p.iter(qn("w:instrText"))]
    assert (footer.text, codes) == ("Сторінка 1 з 1", ["PAGE", "NUMPAGES"])


def test_what_is_to_be_signed_says_its_fingerprint() -> None:
    document = a_document(seal=A_SEAL)
    fingerprint = short_fingerprint(hashlib.sha256(to_json(document)).hexdigest())
    footer = opened(document).sections[0].footer.paragraphs[0]
    assert footer.text == (
        f"Відбиток {fingerprint} · справжність: https://zvit.example.org/verify/\tСторінка 1 з 1"
    )
    assert [round(stop.position.mm) for stop in footer.paragraph_format.tab_stops] == [277]


# --- the file ----------------------------------------------------------------------------


def test_properties_come_from_the_document() -> None:
    properties = opened(a_document(title="Звіт\x00 про виконання " * 20)).core_properties
    moment = datetime.datetime(2025, 1, 14, 10, 0, tzinfo=datetime.UTC)
    assert (
        properties.title,
        properties.author,
        properties.last_modified_by,
        properties.comments,
        properties.language,
        properties.created,
        properties.modified,
    ) == (
        ("Звіт про виконання " * 20)[:255],
        "Управління культури",
        "Управління культури",
        "",
        "uk-UA",
        moment,
        moment,
    )


def test_the_language_and_the_type_are_set_for_all_texts() -> None:
    defaults = opened(a_document()).styles.element.find(
        f"{qn('w:docDefaults')}/{qn('w:rPrDefault')}/{qn('w:rPr')}"
    )
    found = {child.tag: child.get(qn("w:val")) for child in defaults}
    fonts = set(defaults.find(qn("w:rFonts")).attrib.values())
    assert (found[qn("w:lang")], found[qn("w:sz")], fonts) == ("uk-UA", "24", {"Times New Roman"})


def test_another_language_is_named_as_it_is() -> None:
    assert opened(a_document(language='en"<')).core_properties.language == 'en"<'


def test_the_file_holds_nothing_of_a_template(demo_document: ReportDocument) -> None:
    with zipfile.ZipFile(io.BytesIO(render(demo_document))) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert sorted(archive.namelist()) == [
            "[Content_Types].xml",
            "_rels/.rels",
            "docProps/core.xml",
            "word/_rels/document.xml.rels",
            "word/document.xml",
            "word/footer1.xml",
            "word/header1.xml",
            "word/settings.xml",
            "word/styles.xml",
        ]


def test_two_processes_give_the_same_bytes(demo_document: ReportDocument) -> None:
    assert rendered_elsewhere(demo_document, "docx") == [render(demo_document)] * 2

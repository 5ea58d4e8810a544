"""Files of tables become the cells that a person sees in them."""

import datetime
from decimal import Decimal
from pathlib import Path

import docx
import openpyxl
import pytest
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from programs.file_types import FileRefused
from programs.importing.files.tables import Book, CellValue, Span, Table
from tests.libreoffice import saved_again
from tests.programs.importing.files_made import (
    NOTHING_IMPORTED,
    SHEET,
    cell,
    docx_of,
    docx_saved,
    ods,
    ods_cell,
    ods_number,
    ods_row,
    ods_shown,
    ods_styles,
    part,
    read,
    rows,
    saved,
    sheet,
    table,
)

D = Decimal


def first(content: bytes, name: str = "Звіт.xlsx") -> CellValue:
    """The cell A1 of the only table."""
    return rows(content, name)[0][0]


def refusal(content: bytes, name: str = "Звіт.xlsx") -> str:
    with pytest.raises(FileRefused) as refused:
        read(content, name)
    return str(refused.value).removesuffix(NOTHING_IMPORTED)


# --- one workbook, three programs --------------------------------------------------------


def everyday_workbook() -> bytes:
    """What departments write: titles merged above, sums, dates, percents, formulas, a sheet put away."""
    book = openpyxl.Workbook()
    form = book.active
    form.title = "Форма"
    form.append(["Звіт про виконання\nпрограми «Безбар’єрність»"])
    form.merge_cells("A1:D1")
    form.append([])
    form.append(["1.1", 42.35, 0.131, datetime.date(2023, 12, 31), "=B3*2", "=1/0", '=IF(B3>0,"","")', -5])
    form["C3"].number_format = "0.0%"
    form["D3"].number_format = "dd.mm.yyyy"
    form["B3"].number_format = '#,##0.00\\ "грн"'
    form.append(["1.2", 1234567.89, 1, None, "=0.1+0.2", None, None, True])
    form["C4"].number_format = "0%"
    form.merge_cells("A4:A5")
    form["B5"] = "нижче"
    form.row_dimensions[5].hidden = True
    away = book.create_sheet("Чернетка")
    away["A1"] = "не для людей"
    away.sheet_state = "hidden"
    book.create_sheet("Порожній")
    return saved(book)


def everyday_tables(*, counted: bool, true: CellValue = True) -> tuple[Table, ...]:
    twice, error, third = (D("84.7"), "#DIV/0!", D("0.3")) if counted else (None, None, None)
    title = "Звіт про виконання\nпрограми «Безбар’єрність»"
    third_row = ("1.1", "42,35 грн", "13,1 %", datetime.date(2023, 12, 31), twice, error, None, D(-5))
    fourth_row = ("1.2", D("1234567.89"), "100 %", None, third, None, None, true)
    spans = [Span(0, 0, 0, 3), Span(3, 0, 4, 0)]
    form = table(
        "Форма",
        [(title,), (), third_row, fourth_row, (None, "нижче")],
        spans,
        uncounted=not counted,
    )
    return (form, table("Порожній", []))


@pytest.fixture(scope="module")
def by_libreoffice(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The everyday workbook, saved by LibreOffice as each kind of spreadsheet."""
    made = {}
    for kind in ("xlsx", "ods"):
        folder: Path = tmp_path_factory.mktemp(kind)
        made[kind] = saved_again(everyday_workbook(), kind, folder)
    return made


def test_a_workbook_that_no_program_has_counted() -> None:
    assert read(everyday_workbook()) == Book("xlsx", everyday_tables(counted=False))


def test_a_workbook_saved_by_libreoffice(by_libreoffice: dict[str, bytes]) -> None:
    assert read(by_libreoffice["xlsx"]) == Book("xlsx", everyday_tables(counted=True))


def test_a_spreadsheet_saved_by_libreoffice(by_libreoffice: dict[str, bytes]) -> None:
    # LibreOffice keeps Excel's «true» as a formula that gives one.
    assert read(by_libreoffice["ods"]) == Book("ods", everyday_tables(counted=True, true=D(1)))


def test_the_kind_is_told_by_the_content(by_libreoffice: dict[str, bytes]) -> None:
    assert read(by_libreoffice["ods"], "Звіт.xlsx").kind == "ods"


# --- Excel -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("30.000000000000004", "30"),
        ("0.30000000000000004", "0.3"),
        ("1.0049999999999999", "1.005"),
        ("100", "100"),
        ("1.5E3", "1500"),
        ("4.2350000000000003E-2", "0.04235"),
        ("-0", "0"),
        ("1E+20", "100000000000000000000"),
        ("2.3E-40", "0"),
        (" 7 ", "7"),
    ],
)
def test_numbers_are_those_that_excel_shows(written: str, number: str) -> None:
    assert str(first(cell(f"<v>{written}</v>"))) == number


@pytest.mark.parametrize(
    "written", ["NaN", "INF", "-Infinity", "1E400", "1E40", "9" * 5_000, "1,5", "0x1F", "١"]
)
def test_what_is_no_number_is_refused_with_its_cell(written: str) -> None:
    shown = written if len(written) < 60 else f"{written[:60]}…"
    assert refusal(sheet(f'<row r="3"><c r="B3"><v>{written}</v></c></row>')) == (
        f"На аркуші «Sheet», клітинка B3: «{shown}» не є числом, з яким можна рахувати. Виправте його."
    )


@pytest.mark.parametrize(
    ("code", "stored", "seen"),
    [
        ("0%", 0.35, "35 %"),
        ("0.00%;[Red]-0.00%", -0.005, "-0,5 %"),
        ("0%", 0.30000000000000004, "30 %"),
        ("#,##0.0,", 10432.5, D("10.4325")),
        ("#,##0,.0", 10000, D(10)),
        ("0.0,,", 2500000, D("2.5")),
        ("#,##0.0", 10000, D(10000)),
        ('#,##0.0,;-#,##0.0;"–"', -10000, D(-10000)),
        ("[>=1000000]0.0,,;[>=1000]0.0,;0", 2500000, D("2.5")),
        ("[>=1000000]0.0,,;[>=1000]0.0,;0", 2500, D("2.5")),
        ("[>=1000000]0.0,,;[>=1000]0.0,;0", 25, D(25)),
        ('#,##0.00" грн"', 10000.5, "10000,5 грн"),
        ('#,##0.0," тис. грн"', 10000, "10 тис. грн"),
        ('0.0,,"млн грн"', 10000000, "10 млн грн"),
        ('_-* #,##0.00\\ "₴"_-;\\-* #,##0.00\\ "₴"_-;_-* "-"??\\ "₴"_-;_-@_-', 10000, "10000 грн"),
        ("#,##0.00\\ [$₴-422]", 10000, "10000 грн"),
        ("@", 5, D(5)),
        (";;;", 5, D(5)),
        ('0.0" %"', 35, "35 %"),
        ("dd.mm.yyyy", 45047.75, datetime.date(2023, 5, 1)),
        ('[$-FC22]d mmmm yyyy" р.";@', 45047, datetime.date(2023, 5, 1)),
        ("mmm", 45047, datetime.date(2023, 5, 1)),
        ("d", 59, datetime.date(1900, 2, 28)),
        ("d", 61, datetime.date(1900, 3, 1)),
        ("d", 1, datetime.date(1900, 1, 1)),
        ("d", 0, D(0)),
        ("d", -3, D(-3)),
        ("h:mm", 0.5, D("0.5")),
        ("[h]:mm:ss", 1.5, D("1.5")),
        ("#,##0.00\\ _г_р_н_.", 5, D(5)),
        ('0 "дні"', 5, D(5)),
        ("[$UAH] #,##0.00", 5, "5 грн"),
        ("General", 5, D(5)),
    ],
)
def test_a_number_is_what_its_format_shows(code: str, stored: float, seen: CellValue) -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = stored
    book.active["A1"].number_format = code
    assert first(saved(book)) == seen


def test_a_workbook_may_count_its_days_from_1904() -> None:
    book = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active["A1"] = datetime.date(2023, 5, 1)
    content = saved(book)
    assert ("<v>43585</v>" in part(content, SHEET), first(content)) == (True, datetime.date(2023, 5, 1))


@pytest.mark.parametrize(
    ("attributes", "inside", "seen"),
    [
        ('t="str"', "<f>A2</f><v> текст </v>", "текст"),
        ('t="inlineStr"', "<is><r><t>Ре</t></r><r><t>монт</t></r><rPh><t>х</t></rPh></is>", "Ремонт"),
        ('t="inlineStr"', "<is><t>a_x000D_&#10;b _x005F_x000D_ c</t></is>", "a\nb _x000D_ c"),
        ('t="inlineStr"', "<is><t>  &#160; </t></is>", None),
        ('t="b"', "<v>0</v>", False),
        ('t="e"', "<v>#REF!</v>", "#REF!"),
        ('t="d"', "<v>2023-05-01T10:00:00</v>", datetime.date(2023, 5, 1)),
        ('t="n"', "<v></v>", None),
    ],
)
def test_cells_of_every_type(attributes: str, inside: str, seen: CellValue) -> None:
    assert read(cell(inside, attributes)).tables[0].cell(0, 0) == seen


@pytest.mark.parametrize(
    ("inside", "attributes", "is_uncounted"),
    [
        ("<f>B1</f>", "", True),
        ("<f>B1</f><v/>", "", True),
        ("<f>B1</f>", 't="str"', True),
        ("<f>B1</f><v></v>", 't="str"', False),
        ("<f>B1</f><v>0</v>", "", False),
    ],
)
def test_formulas_without_a_value_are_told(inside: str, attributes: str, is_uncounted: bool) -> None:
    assert read(cell(inside, attributes)).tables[0].has_uncounted_formulas is is_uncounted


def test_cells_without_places_follow_each_other() -> None:
    assert rows(sheet("<row><c><v>1</v></c><c/><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>")) == [
        [D(1), None, D(2)],
        [],
        [D(3)],
    ]


def test_merged_areas_end_where_the_values_do() -> None:
    """And cells they cover are empty, whatever was left in them."""
    content = sheet(
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>9</v></c></row>'
        '<row r="2"><c r="C2"><v>2</v></c></row>',
        '<mergeCells><mergeCell ref="A1:XFD1"/><mergeCell ref="B2:B1048576"/>'
        '<mergeCell ref="E5:F9"/></mergeCells>',
    )
    assert read(content).tables == (table("Sheet", [(D(1), None), (None, None, D(2))], [Span(0, 0, 0, 2)]),)


def test_rich_text_is_joined() -> None:
    book = openpyxl.Workbook()
    book.active["A1"] = CellRichText("Ремонт ", TextBlock(InlineFont(b=True), "доріг"))
    assert first(saved(book)) == "Ремонт доріг"


# --- LibreOffice -------------------------------------------------------------------------


DATE = 'office:value-type="date" office:date-value="2023-05-01T12:00:00"'
TIME = 'office:value-type="time" office:time-value="PT12H30M"'
ERROR = 'office:value-type="float" office:value="0" calcext:value-type="error"'
SPACED = "a<text:s text:c='3'/>b<text:tab/>c<text:line-break/>d</text:p><text:p>e\n  <text:span>f</text:span>"
NOTE = "<office:annotation><text:p>примітка</text:p></office:annotation>"
INNER = f"<table:table>{ods_row(ods_cell('<text:p>в</text:p>'))}</table:table>"


@pytest.mark.parametrize(
    ("made", "seen"),
    [
        (ods_number("30.000000000000004"), D(30)),
        (ods_number("0.35", kind="percentage"), "35 %"),
        (ods_number("42.5", kind="currency"), D("42.5")),
        (ods_shown("42.5", "42,50 ₴", kind="currency"), "42,5 грн"),
        (ods_shown("10", "10,0 тис. грн"), "10 тис. грн"),
        (ods_shown("35", "35,0 %"), "35 %"),
        (ods_shown("10000", "10,0"), D(10000)),
        (ods_cell("", DATE), datetime.date(2023, 5, 1)),
        (ods_cell("", 'office:value-type="boolean" office:boolean-value="true"'), True),
        (ods_cell("<text:p>12:30</text:p>", TIME), "12:30"),
        (ods_cell("", 'office:value-type="string" office:string-value="a"'), "a"),
        (ods_cell("<text:p>#REF!</text:p>", ERROR), "#REF!"),
        (ods_cell(f"<text:p>{SPACED}</text:p>"), "a   b\tc\nd\ne f"),
        (ods_cell(f"{NOTE}<text:p>a</text:p>"), "a"),
        (ods_cell(INNER), "в"),
    ],
)
def test_cells_of_a_spreadsheet(made: str, seen: CellValue) -> None:
    assert first(ods(ods_row(made))) == seen


SCALING = (
    '<number:number-style style:name="N1"><number:number number:display-factor="1000"/></number:number-style>'
)


@pytest.mark.parametrize(
    ("stored", "text", "seen"),
    [
        ("10432.5", "10,4", D("10.4325")),
        ("-10432.5", "-10,433", D("-10.4325")),
        ("10432.5", "10 432,50", D("10432.5")),
        ("2500000", "2 500,0", D(2500)),
        ("2500000", "2,5", D("2.5")),
        ("12500000", "12,500.00", D(12500)),
        ("400", "0", D("0.4")),
        ("0", "0,0", D(0)),
        ("10000", "###", D(10000)),
        ("10000", "1E+04", D(10000)),
        ("10000", "", D(10000)),
        ("10000", "10,0 тис. грн", "10 тис. грн"),
    ],
)
@pytest.mark.parametrize("where", ["content", "styles"])
def test_a_spreadsheet_shows_thousands(stored: str, text: str, seen: CellValue, where: str) -> None:
    cells = ods_row(ods_shown(stored, text))
    if where == "content":
        content = ods(cells, styles=SCALING)
    else:
        content = ods(cells, {"styles.xml": ods_styles(SCALING)})
    assert first(content) == seen


def test_libreoffice_keeps_what_the_formats_show(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row, (value, code) in enumerate(
        [
            (10000, "#,##0.0,"),
            (10000, '#,##0.00" грн"'),
            (0.8, "0.0%"),
            (10, "0.0"),
            (10000, "#,##0.00\\ [$₴-422]"),
        ],
        1,
    ):
        book.active.cell(row, 1, value).number_format = code
    seen = [[D(10)], ["10000 грн"], ["80 %"], [D(10)], ["10000 грн"]]
    assert rows(saved(book)) == seen
    assert rows(saved_again(saved(book), "ods", tmp_path), "Звіт.ods") == seen


def test_repeated_rows_and_cells_stand_where_they_are_shown() -> None:
    empty = ods_cell("", 'table:number-columns-repeated="2"')
    content = ods(
        ods_row(
            empty,
            ods_number("1", 'table:number-columns-repeated="2"'),
            attributes='table:number-rows-repeated="2"',
        )
        + ods_row(
            ods_cell("", 'table:number-columns-repeated="16384"'),
            attributes='table:number-rows-repeated="1000000"',
        )
    )
    assert rows(content) == [[None, None, D(1), D(1)]] * 2


def test_spans_of_a_spreadsheet() -> None:
    wide = ods_number("1", 'table:number-columns-spanned="2" table:number-rows-spanned="2"')
    covered = "<table:covered-table-cell><text:p>нема</text:p></table:covered-table-cell>"
    content = ods(
        ods_row(wide, covered, ods_number("2"))
        + ods_row('<table:covered-table-cell table:number-columns-repeated="2"/>', ods_number("3"))
    )
    assert read(content).tables == (
        table("Аркуш", [(D(1), None, D(2)), (None, None, D(3))], [Span(0, 0, 1, 1)]),
    )


def test_a_hidden_sheet_of_a_spreadsheet_is_not_read() -> None:
    style = (
        '<style:style style:name="ta1" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    other = f'<table:table table:name="Видимий">{ods_row(ods_number("1"))}</table:table>'
    content = ods(ods_row(ods_number("2")), styles=style, after=other)
    assert [one.name for one in read(content).tables] == ["Видимий"]


def test_a_formula_of_a_spreadsheet_without_a_value_is_told() -> None:
    content = ods(ods_row(ods_cell("", 'table:formula="of:=[.B1]"'), ods_number("1")))
    assert read(content).tables == (table("Аркуш", [(None, D(1))], uncounted=True),)


def test_a_number_of_a_spreadsheet_that_is_none_is_refused_with_its_cell() -> None:
    assert refusal(ods(ods_row(ods_cell(), ods_number("NaN")))) == (
        "На аркуші «Аркуш», клітинка B1: «NaN» не є числом, з яким можна рахувати. Виправте його."
    )


# --- CSV ---------------------------------------------------------------------------------

TEXT = "№;Назва заходу;Сума\r\n1;Ремонт вулиць та доріг громади;1,5\r\n2;«Світло» — інше;2,5\r\n"
CELLS = [
    ["№", "Назва заходу", "Сума"],
    ["1", "Ремонт вулиць та доріг громади", "1,5"],
    ["2", "«Світло» — інше", "2,5"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_encodings_of_csv(encoding: str) -> None:
    assert rows(TEXT.encode(encoding), "a.csv") == CELLS


@pytest.mark.parametrize("encoding", ["koi8-u", "cp866", "shift-jis"])
def test_an_encoding_that_nobody_can_tell_is_refused(encoding: str) -> None:
    text = TEXT if encoding != "shift-jis" else "名前;金額\r\n道路;5\r\n"
    assert refusal(text.encode(encoding, "replace"), "a.csv").startswith(
        "Не вдалося визначити кодування тексту."
    )


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("a;b;1,5\n", [["a", "b", "1,5"]]),
        ("a,b\n\"1,5\",\"c\nd\"\n", [["a", "b"], ["1,5", "c\nd"]]),
        ("a\tb\n1,5\t2;3\n", [["a", "b"], ["1,5", "2;3"]]),
        ("sep=,\r\na,b;c\r\nd,e;f\r\n", [["a", "b;c"], ["d", "e;f"]]),
        ("Звіт;;\nміста, за 2023 рік;;\n1;2;3\n", [["Звіт"], ["міста, за 2023 рік"], ["1", "2", "3"]]),
        ("a;\"б \"\"в\"\"\"\n", [["a", 'б "в"']]),
        ("a\n\nb\n", [["a"], [], ["b"]]),
        ("a;=1+1;  ;'5\n", [["a", "=1+1", None, "'5"]]),
    ],
)  # fmt: skip
def test_separators_and_quotes_of_csv(text: str, cells: list[list[str]]) -> None:
    assert rows(text.encode(), "a.csv") == cells


def test_a_quotation_that_never_ends_is_refused_with_its_row() -> None:
    assert refusal(b'a;b\n1;"2\n3;4\n', "a.csv").startswith("Рядок 2: лапки поставлено так")


def test_text_of_another_name_is_not_taken_for_a_table() -> None:
    assert refusal(b"a;b\n1;2\n", "Звіт.xlsx") == (
        "За вмістом це простий текст. Якщо це таблиця CSV, назвіть файл так, щоб назва закінчувалася "
        "на «.csv»."
    )


# --- Word --------------------------------------------------------------------------------


def test_tables_of_word_with_the_lines_around_them() -> None:
    document = docx.Document()
    document.add_paragraph("Звіт про виконання")
    made = document.add_table(3, 3)
    made.cell(0, 0).merge(made.cell(1, 0)).text = "Завдання"
    made.cell(0, 1).merge(made.cell(0, 2)).text = "Кошти"
    made.cell(2, 0).text = "1,5\nдва"
    made.cell(2, 2).add_table(1, 1).cell(0, 0).text = "всередині"
    document.add_paragraph("")
    document.add_paragraph("Підпис")
    document.add_table(1, 1).cell(0, 0).text = "ще"
    assert read(docx_saved(document)) == Book(
        "docx",
        (
            table(
                "Таблиця 1",
                [("Завдання", "Кошти"), (), ("1,5\nдва", None, "всередині")],
                [Span(0, 0, 1, 0), Span(0, 1, 0, 2)],
            ),
            table("Таблиця 2", [("ще",)]),
        ),
        ("Звіт про виконання", "Підпис"),
    )


def word_cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>"


RESTART = '<w:vMerge w:val="restart"/><w:gridSpan w:val="2"/>'


def test_a_cell_that_does_not_go_on_below_keeps_its_text() -> None:
    """Word writes «go on» under a cell of another width too, and shows the text."""
    rows_ = (
        f"<w:tr>{word_cell('a', RESTART)}</w:tr><w:tr>{word_cell('b', '<w:vMerge/>')}{word_cell('c')}</w:tr>"
    )
    assert read(docx_of(f"<w:tbl>{rows_}</w:tbl>")).tables == (
        table("Таблиця 1", [("a",), ("b", "c")], [Span(0, 0, 0, 1)]),
    )


@pytest.mark.parametrize(
    ("inside", "line"),
    [
        ("<w:r><w:t>а</w:t><w:tab/><w:t>б</w:t><w:br/><w:t>в</w:t></w:r>", "а\tб\nв"),
        ("<w:del><w:r><w:delText>було</w:delText></w:r></w:del><w:ins><w:r><w:t>є</w:t></w:r></w:ins>", "є"),
        ("<w:moveFrom><w:r><w:t>тут</w:t></w:r></w:moveFrom><w:r><w:t>там</w:t></w:r>", "там"),
        (
            "<w:pPr><w:tabs><w:tab/></w:tabs></w:pPr><w:hyperlink><w:r><w:t>а</w:t></w:r></w:hyperlink>",
            "а",
        ),
        ("<w:r><w:instrText>PAGE</w:instrText><w:t>5</w:t></w:r>", "5"),
    ],
)
def test_lines_of_word_are_what_is_shown(inside: str, line: str) -> None:
    assert read(docx_of(f"<w:p>{inside}</w:p>")).lines == (line,)


def test_a_row_of_word_may_begin_further_on() -> None:
    before = "<w:trPr><w:gridBefore w:val='2'/></w:trPr>"
    assert rows(docx_of(f"<w:tbl><w:tr>{before}{word_cell('a')}</w:tr></w:tbl>")) == [[None, None, "a"]]

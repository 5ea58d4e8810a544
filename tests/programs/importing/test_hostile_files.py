"""Files that nobody honest writes: a sentence each, never a fault, never the whole memory."""

import io
import random
import struct
import tracemalloc
import zipfile

import openpyxl
import pytest

from programs.file_types import MAX_PARTS, FileRefused
from programs.importing.files import guard, limits, reading
from programs.importing.files.cells import grouped
from programs.importing.files.markup import HAS_DOCTYPE
from programs.importing.files.tables import Book
from tests import files
from tests.programs.importing.files_made import (
    NOTHING_IMPORTED,
    SHEET,
    SPREADSHEET,
    cell,
    docx_of,
    ods,
    ods_cell,
    ods_number,
    ods_row,
    part,
    read,
    saved,
    sheet,
    with_parts,
    workbook,
)

ACCEPTED = guard.ACCEPTED_IN_WORDS
DAMAGED = (
    "Файл «Звіт.xlsx» пошкоджений або записаний незвично. Відкрийте його в Excel чи LibreOffice, збережіть "
    "ще раз як XLSX і завантажте знову."
)
TOO_MUCH_MARKUP = "У файлі забагато порожніх рядків, клітинок або оформлення."
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
MEGABYTES = 1024 * 1024


def refusal(content: bytes, name: str = "Звіт.xlsx") -> str:
    """Without the end, which all have."""
    with pytest.raises(FileRefused) as refused:
        read(content, name)
    message = str(refused.value)
    assert message.endswith(NOTHING_IMPORTED)
    return message.removesuffix(NOTHING_IMPORTED)


# --- other kinds -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "seems"),
    [
        (b"MZ\x90\0\3\0", "програма для Windows (EXE)"),
        (files.PDF, "документ PDF"),
        (files.picture("JPEG"), "зображення JPEG"),
        (files.picture("PNG"), "зображення PNG"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "сторінка HTML"),
        (b'<?xml version="1.0"?><a/>', "файл XML"),
        (files.archive({"a.csv": b"a;b"}), "архів ZIP"),
        (files.archive({"mimetype": b"application/vnd.oasis.opendocument.text"}),
         "інший документ OpenDocument (не таблиця ODS)"),
        (OLD, "документ старого зразка"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["Звіт.xlsx", "Звіт.csv"])
def test_what_is_no_table_is_named(content: bytes, seems: str, name: str) -> None:
    assert refusal(content, name) == f"За вмістом це {seems}, а внести можна лише {ACCEPTED}."


@pytest.mark.parametrize(
    ("stream", "sentence"),
    [
        ("Workbook", "Це старий формат Excel (.xls)."),
        ("Book", "Це старий формат Excel (.xls)."),
        ("WordDocument", "Це старий формат Word (.doc)."),
        ("EncryptedPackage", "Файл захищено паролем. Зніміть пароль:"),
    ],
)
def test_old_files_and_those_with_a_password_are_named(stream: str, sentence: str) -> None:
    assert refusal(OLD + stream.encode("utf-16-le") + bytes(512)).startswith(sentence)


def test_a_spreadsheet_with_a_password_is_refused() -> None:
    encrypted = (
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        '<manifest:encryption-data manifest:checksum="x"/></manifest:file-entry>'
    )
    assert refusal(ods("", {"content.xml": b"\1\2\3"}, manifest=encrypted)) == guard.PASSWORD


def test_an_archive_with_a_password_is_refused() -> None:
    content = bytearray(workbook())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.find(signature) + flags] |= 1
    assert refusal(bytes(content)) == guard.PASSWORD


@pytest.mark.parametrize(
    ("content_type", "sentence"),
    [
        ("application/vnd.ms-excel.sheet.macroEnabled.main+xml", guard.MACROS),
        ("application/vnd.ms-excel.sheet.binary.macroEnabled.main",
         f"За вмістом це двійкова книга Excel (XLSB), а внести можна лише {ACCEPTED}."),
    ],
)  # fmt: skip
def test_other_workbooks_of_excel(content_type: str, sentence: str) -> None:
    types = part(workbook(), "[Content_Types].xml")
    ours = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
    assert (
        refusal(with_parts(workbook(), {"[Content_Types].xml": types.replace(ours, content_type)}))
        == sentence
    )


@pytest.mark.parametrize("content", [b"", b" \r\n\n"])
def test_an_empty_file_is_refused(content: bytes) -> None:
    assert refusal(content) == "Файл порожній: у ньому нічого немає."


@pytest.mark.parametrize(
    ("content", "start"),
    [
        (b"a;b\n1;\0\n", "За вмістом це файл невідомого виду"),
        (b"a;b\n" * 500 + b"\0", "У файлі є нульові байти"),
        (b"a;b\n" * 500 + b"\1", "У файлі є знаки, яких у тексті не буває"),
        ("a;b\n".encode("utf-16") + b"\0", "Не вдалося визначити кодування тексту."),
    ],
)
def test_what_is_binary_is_no_csv(content: bytes, start: str) -> None:
    assert refusal(content, "a.csv").startswith(start)


# --- archives ----------------------------------------------------------------------------


def test_a_file_that_is_too_large_is_refused() -> None:
    assert refusal(b"a" * (limits.MAX_FILE + 1)).startswith("Файл більший за 10 МБ.")


def test_a_part_that_swells_is_refused() -> None:
    assert refusal(with_parts(workbook(), {"xl/a.bin": bytes(3 * MEGABYTES)})) == guard.SWOLLEN


def test_parts_that_swell_together_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_INFLATED", MEGABYTES)
    parts = {f"xl/{number}.bin": bytes(120_000) for number in range(9)}
    assert refusal(with_parts(workbook(), parts)) == guard.SWOLLEN


def test_a_part_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(with_parts(workbook(), {"xl/a.bin": bytes(500_000)}))
    for place in (content.find(b"xl/a.bin") - 8, content.rfind(b"xl/a.bin") - 22):
        content[place : place + 4] = struct.pack("<I", 10)
    assert refusal(bytes(content)) == DAMAGED


def test_too_many_parts_are_refused() -> None:
    assert (
        refusal(with_parts(workbook(), dict.fromkeys(map(str, range(MAX_PARTS)), b"")))
        == guard.TOO_MANY_PARTS
    )


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/passwd", "XL/WORKBOOK.XML"])
def test_strange_names_are_refused(name: str) -> None:
    assert refusal(with_parts(workbook(), {name: b"<a/>"})) == guard.TOO_MANY_PARTS


def test_a_part_that_stands_twice_is_refused() -> None:
    content = io.BytesIO(workbook())
    with zipfile.ZipFile(content, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(SHEET, "<worksheet/>")
    assert refusal(content.getvalue()) == guard.TOO_MANY_PARTS


DOCTYPE = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'
PADDING = f"<?xml version='1.0'?><!--{random.Random(1).randbytes(80_000).hex()}-->"


@pytest.mark.parametrize("text", [DOCTYPE, DOCTYPE.encode("utf-16"), PADDING + DOCTYPE[21:]])
@pytest.mark.parametrize(
    ("content", "name"),
    [
        (workbook(), SHEET),
        (workbook(), "docProps/app.xml"),
        (workbook(), "xl/_rels/workbook.xml.rels"),
        (ods(""), "content.xml"),
        (docx_of(""), "word/document.xml"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_doctype_is_refused_wherever_it_stands(content: bytes, name: str, text: str | bytes) -> None:
    assert refusal(with_parts(content, {name: text})) == HAS_DOCTYPE


# --- what leads elsewhere, runs, or hides ------------------------------------------------


def related(content: bytes, index: str, kind: str, target: str, mode: str = "External") -> bytes:
    relation = f'<Relationship Id="x9" Type="{OFFICE}/{kind}" Target="{target}" TargetMode="{mode}"/>'
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        standing = index in archive.namelist()
    text = part(content, index) if standing else f'<Relationships xmlns="{PACKAGE}"></Relationships>'
    return with_parts(content, {index: text.replace("</Relationships>", f"{relation}</Relationships>")})


BOOK_INDEX, WORD_INDEX = "xl/_rels/workbook.xml.rels", "word/_rels/document.xml.rels"
ONE = cell("<v>1</v>")
LINKED = "<table:table-source xlink:href='file:///C:/a.ods'/>"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (with_parts(ONE, {"xl/externalLinks/externalLink1.xml": b"<a/>"}), guard.OUTSIDE),
        (with_parts(ONE, {"xl/connections.xml": b"<a/>"}), guard.OUTSIDE),
        (related(ONE, BOOK_INDEX, "externalLinkPath", "file:///C:/a.xlsx"), guard.OUTSIDE),
        (related(docx_of("<w:p/>"), WORD_INDEX, "subDocument", "http://127.0.0.1/"), guard.OUTSIDE),
        (ods(LINKED), guard.OUTSIDE),
        (ods("", after=f"<table:dde-links>{LINKED}</table:dde-links>"), guard.OUTSIDE),
        (with_parts(ONE, {"xl/vbaProject.bin": b"x"}), guard.MACROS),
        (with_parts(ONE, {"xl/macrosheets/sheet1.xml": b"<a/>"}), guard.MACROS),
        (with_parts(ONE, {"xl/activeX/activeX1.xml": b"<a/>"}), guard.MACROS),
        (ods("", {"Basic/Standard/Module1.xml": b"<a/>"}), guard.MACROS),
        (with_parts(ONE, {"xl/embeddings/oleObject1.bin": b"x"}), guard.EMBEDDED),
        (related(docx_of("<w:p/>"), WORD_INDEX, "aFChunk", "/word/a.html", "Internal"), guard.EMBEDDED),
        (ods("", manifest='<manifest:file-entry manifest:full-path="Object 1/" '
                          'manifest:media-type="application/vnd.oasis.opendocument.text"/>'), guard.EMBEDDED),
    ],
)  # fmt: skip
def test_what_leads_elsewhere_or_runs_is_refused(content: bytes, sentence: str) -> None:
    assert refusal(content) == sentence


@pytest.mark.parametrize(
    "content",
    [
        related(ONE, "xl/worksheets/_rels/sheet1.xml.rels", "hyperlink", "https://rada.gov.ua/"),
        related(docx_of("<w:p/>"), WORD_INDEX, "attachedTemplate", "file:///C:/Normal.dotm"),
        ods("", manifest='<manifest:file-entry manifest:full-path="Object 1/" '
                         'manifest:media-type="application/vnd.oasis.opendocument.chart"/>'),
    ],
    ids=["hyperlink", "template", "chart"],
)  # fmt: skip
def test_links_to_click_templates_and_charts_do_no_harm(content: bytes) -> None:
    assert isinstance(read(content), Book)


# --- sizes -------------------------------------------------------------------------------


def too_far(sheet_name: str, place: str) -> str:
    return (
        f"На аркуші «{sheet_name}» є значення аж у клітинці {place}, а портал читає лише перші "
        f"{grouped(20_000)} рядків і 200 граф (до GR). Приберіть зайве з цієї клітинки "
        "та сусідніх або поділіть аркуш."
    )


def lone(place: str) -> bytes:
    row = place.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return sheet(f'<dimension ref="A1:XFD1048576"/><row r="{row}"><c r="{place}"><v>1</v></c></row>')


ALL_ROWS, ALL_COLUMNS = 'table:number-rows-repeated="1048576"', 'table:number-columns-repeated="16384"'


@pytest.mark.parametrize(
    ("content", "sheet_name", "place"),
    [
        (lone("XFD1048576"), "Sheet", "XFD1048576"),
        (lone("A20001"), "Sheet", "A20001"),
        (lone("GS1"), "Sheet", "GS1"),
        (ods(ods_row(ods_number("1", ALL_COLUMNS))), "Аркуш", "XFD1"),
        (ods(ods_row(ods_number("1"), attributes=ALL_ROWS)), "Аркуш", "A1048576"),
    ],
    ids=["lone", "row", "column", "columns of ODS", "rows of ODS"],
)
def test_a_cell_far_away_is_named(content: bytes, sheet_name: str, place: str) -> None:
    assert refusal(content) == too_far(sheet_name, place)


def test_the_last_row_and_column_that_are_read() -> None:
    table = read(lone("GR20000")).tables[0]
    assert (len(table.rows), table.cell(19_999, 199)) == (20_000, 1)


def test_a_formula_far_away_that_gives_nothing_disturbs_nobody() -> None:
    content = sheet('<row r="1048576"><c r="A1048576" t="str"><f>B1</f><v></v></c></row>')
    assert read(content).tables[0].rows == ()


def empty_rows(number: int, attributes: str = 's="1" customFormat="1"') -> str:
    return "".join(f'<row r="{row}" {attributes}/>' for row in range(1, number + 1))


def peak_memory(content: bytes) -> float:
    """Of the reading alone, in megabytes."""
    tracemalloc.start()
    try:
        read(content)
        return tracemalloc.get_traced_memory()[1] / MEGABYTES
    finally:
        tracemalloc.stop()


def test_formatted_rows_without_values_are_not_made() -> None:
    content = sheet(empty_rows(100_000))
    assert (read(content).tables[0].rows, peak_memory(content) < 5) == ((), True)


def test_more_empty_rows_than_anybody_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_ELEMENTS", 5_000)
    assert refusal(sheet(empty_rows(5_000))).startswith(TOO_MUCH_MARKUP)


def test_the_same_cell_many_times_is_counted_many_times() -> None:
    wide = ods_number("1", 'table:number-columns-repeated="200"')
    assert refusal(ods(ods_row(wide, attributes='table:number-rows-repeated="20000"'))) == (
        f"У файлі понад {grouped(400_000)} клітинок зі значеннями. Поділіть його на кілька файлів."
    )


MERGED = "".join(f'<mergeCell ref="A{row}:B{row}"/>' for row in range(1, 20_002))
SPANNED = ods_row(ods_cell("", 'table:number-columns-spanned="2"'), attributes=ALL_ROWS)


@pytest.mark.parametrize(
    ("content", "sheet_name"),
    [
        (sheet('<row><c r="A1"><v>1</v></c></row>', f"<mergeCells>{MERGED}</mergeCells>"), "Sheet"),
        (ods(SPANNED), "Аркуш"),
    ],
    ids=["xlsx", "ods"],
)
def test_too_many_merged_areas_are_refused(content: bytes, sheet_name: str) -> None:
    assert refusal(content) == (
        f"На аркуші «{sheet_name}» понад {grouped(20_000)} об’єднаних областей. "
        "Роз’єднайте клітинки, яких не треба об’єднувати."
    )


def test_too_many_sheets_are_refused() -> None:
    book = openpyxl.Workbook()
    for _ in range(40):
        book.create_sheet()
    assert refusal(saved(book)) == "У книзі понад 40 аркушів. Залиште лише потрібні."


@pytest.mark.parametrize(
    "content",
    [
        cell(f"<is><t>{'ї' * 70_000}</t></is>", 't="inlineStr"'),
        ods(ods_row(ods_cell("<text:p><text:s text:c='999999999'/></text:p>"))),
        docx_of(f"<w:tbl><w:tr><w:tc><w:p><w:r><w:t>{'ї' * 70_000}</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"),
    ],
    ids=["xlsx", "ods", "docx"],
)
def test_a_text_that_no_cell_can_hold_is_refused(content: bytes) -> None:
    assert refusal(content) == f"У клітинці текст, довший за {grouped(32_767)} знаків. Скоротіть його."


def test_a_text_that_is_a_little_too_long_is_refused_with_its_cell() -> None:
    assert refusal(cell(f"<is><t>{'ї' * 32_768}</t></is>", 't="inlineStr"')) == (
        f"На аркуші «Sheet», клітинка A1: текст довший за {grouped(32_767)} знаків. Скоротіть його."
    )


def test_one_long_text_in_many_cells_is_refused() -> None:
    """Stored once, it fills whatever writes it down cell by cell."""
    strings = f'<sst xmlns="{SPREADSHEET}"><si><t>{"ї" * 30_000}</t></si></sst>'
    content = sheet('<row><c t="s"><v>0</v></c></row>' * 1_000, parts={"xl/sharedStrings.xml": strings})
    assert refusal(related(content, BOOK_INDEX, "sharedStrings", "sharedStrings.xml", "Internal")) == (
        "У файлі забагато тексту. Поділіть його на кілька файлів."
    )


@pytest.mark.parametrize(
    "inside",
    [
        "<c>" * 300,
        "".join(f"<c{number}/>" for number in range(6_000)),
        "".join(f'<c a{number}=""/>' for number in range(6_000)),
        "".join(f'<c xmlns:p{number}="a"/>' for number in range(6_000)),
        f"<!--{random.Random(2).randbytes(1_200_000).hex()}-->",
    ],
    ids=["depth", "names", "attributes", "prefixes", "token"],
)
def test_markup_that_only_wants_to_fill_the_memory_is_refused(inside: str) -> None:
    assert refusal(sheet(inside)).startswith((DAMAGED, TOO_MUCH_MARKUP))


@pytest.mark.parametrize(
    "inside",
    [
        '<row r="1"><c r="A2"><v>1</v></c></row>',
        '<row r="1"><c r="XFE1"><v>1</v></c></row>',
        '<row r="1048577"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="z"><v>7</v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>7</v></c></row>',
        '<row r="1"><c r="A1" s="99"><v>7</v></c></row>',
        '<row r="1"><c r="A1"><v>7</c></row>',
    ],
)
def test_cells_that_contradict_themselves_are_refused(inside: str) -> None:
    assert refusal(sheet(inside)) == DAMAGED


def test_merged_areas_that_overlap_are_refused() -> None:
    merged = '<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="B2:C3"/></mergeCells>'
    content = sheet('<row r="3"><c r="C3"><v>1</v></c></row>', merged)
    assert refusal(content) == DAMAGED


def test_a_fault_of_ours_is_told_as_the_files_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> Book:
        raise AttributeError

    monkeypatch.setitem(reading._READERS, "xlsx", fail)
    assert (refusal(workbook()), [record.levelname for record in caplog.records]) == (DAMAGED, ["ERROR"])

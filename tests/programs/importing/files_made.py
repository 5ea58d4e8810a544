"""Files of tables as programs write them, as people break them, and as nobody honest would write them."""

import io
import zipfile
from collections.abc import Iterable, Mapping

import docx
import openpyxl

from programs.importing.files.reading import read_book
from programs.importing.files.tables import Book, CellValue, Span, Table
from tests import files

SHEET = "xl/worksheets/sheet1.xml"
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
NOTHING_IMPORTED = " Нічого не внесено."


def read(content: bytes, name: str = "Звіт.xlsx") -> Book:
    return read_book(io.BytesIO(content), name)


def rows(content: bytes, name: str = "Звіт.xlsx") -> list[list[CellValue]]:
    """Of the only table."""
    (table,) = read(content, name).tables
    return [list(row) for row in table.rows]


def table(
    name: str, rows: Iterable[Iterable[CellValue]], spans: Iterable[Span] = (), *, uncounted: bool = False
) -> Table:
    return Table(name, tuple(map(tuple, rows)), tuple(spans), has_uncounted_formulas=uncounted)


def saved(book: openpyxl.Workbook) -> bytes:
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def with_parts(content: bytes, parts: Mapping[str, str | bytes | None]) -> bytes:
    """The archive with parts put in, or in place of its own; None takes one out."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        standing: dict[str, str | bytes | None] = {name: old.read(name) for name in old.namelist()}
        for name, text in (standing | dict(parts)).items():
            if text is not None:
                # Without the time of day: the same bytes on every run.
                new.writestr(zipfile.ZipInfo(name), text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def part(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return archive.read(name).decode()


def workbook() -> bytes:
    """One empty sheet «Sheet»."""
    return saved(openpyxl.Workbook())


def sheet(inside: str, after: str = "", parts: Mapping[str, str | bytes | None] | None = None) -> bytes:
    """A workbook whose sheet has exactly these rows, written as XML."""
    text = f'<worksheet xmlns="{SPREADSHEET}"><sheetData>{inside}</sheetData>{after}</worksheet>'
    return with_parts(workbook(), {SHEET: text, **(parts or {})})


def cell(inside: str, attributes: str = "") -> bytes:
    """A workbook with one cell in A1."""
    return sheet(f'<row r="1"><c r="A1" {attributes}>{inside}</c></row>')


# --- OpenDocument ------------------------------------------------------------------------

ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMES = "urn:oasis:names:tc:opendocument:xmlns"


def ods(
    inside: str,
    parts: Mapping[str, str | bytes | None] | None = None,
    *,
    styles: str = "",
    after: str = "",
    manifest: str = "",
) -> bytes:
    """A spreadsheet whose sheet «Аркуш» has exactly these rows."""
    content = (
        f'<office:document-content xmlns:office="{NAMES}:office:1.0" xmlns:table="{NAMES}:table:1.0" '
        f'xmlns:text="{NAMES}:text:1.0" xmlns:style="{NAMES}:style:1.0" '
        f'xmlns:number="{NAMES}:datastyle:1.0" '
        'xmlns:xlink="http://www.w3.org/1999/xlink" '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Аркуш" table:style-name="ta1">{inside}</table:table>{after}'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    index = (
        f'<manifest:manifest xmlns:manifest="{NAMES}:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{ODS}"/>{manifest}'
        "</manifest:manifest>"
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", ODS, zipfile.ZIP_STORED)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", index)
    return with_parts(made.getvalue(), parts or {})


def ods_cell(inside: str = "", attributes: str = "") -> str:
    return f"<table:table-cell {attributes}>{inside}</table:table-cell>"


def ods_row(*cells: str, attributes: str = "") -> str:
    return f"<table:table-row {attributes}>{''.join(cells)}</table:table-row>"


def ods_number(value: str, attributes: str = "", kind: str = "float") -> str:
    return ods_cell("", f'office:value-type="{kind}" office:value="{value}" {attributes}')


def ods_shown(value: str, text: str, kind: str = "float") -> str:
    """A number with the text that its format shows."""
    return ods_cell(f"<text:p>{text}</text:p>", f'office:value-type="{kind}" office:value="{value}"')


def ods_styles(inside: str) -> str:
    """The part «styles.xml»."""
    return (
        f'<office:document-styles xmlns:office="{NAMES}:office:1.0" xmlns:style="{NAMES}:style:1.0" '
        f'xmlns:number="{NAMES}:datastyle:1.0"><office:styles>{inside}</office:styles>'
        "</office:document-styles>"
    )


# --- Word --------------------------------------------------------------------------------


def docx_saved(document: docx.document.Document) -> bytes:
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def docx_of(body: str, parts: Mapping[str, str | bytes | None] | None = None) -> bytes:
    """A Word document of exactly this text, written as XML."""
    text = (
        '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
        f"<w:body>{body}</w:body></w:document>"
    )
    return with_parts(files.docx(), {"word/document.xml": text, **(parts or {})})


# --- LibreOffice -------------------------------------------------------------------------

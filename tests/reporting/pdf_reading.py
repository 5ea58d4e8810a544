"""Reads the printed form back: tables and words as a PDF reader other than our printer sees them."""

import io
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import pdfplumber
import pypdf

from reporting.document import ReportDocument
from reporting.renderers import render


@dataclass(frozen=True)
class PrintedPage:
    text: str
    header: list[str]
    rows: list[list[str]]
    """Cells of the table under the header, None where a row span goes on."""
    words: list[dict[str, Any]]


@lru_cache(maxsize=8)
def printed(document: ReportDocument) -> bytes:
    """The document's PDF; equal documents are set once for all tests that only read it."""
    return render(document, "pdf")


def read_pages(pdf: bytes) -> list[PrintedPage]:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        pages = []
        for page in opened.pages:
            tables = page.extract_tables()
            table = tables[0] if tables else [[]]
            header = [fold(cell) for cell in table[0]]
            pages.append(PrintedPage(page.extract_text() or "", header, table[1:], page.extract_words()))
        return pages


def printed_measures(pages: list[PrintedPage]) -> dict[str, list[list[str]]]:
    """Rows of each measure by its number; a measure that goes on over pages has several."""
    measures: dict[str, list[list[str]]] = {}
    number = ""
    for page in pages:
        for row in page.rows:
            match = re.match(r"(\d+\.\d+)\. ", row[2] or "")
            if match:
                number = match[1]
            if row[2] is not None:
                measures.setdefault(number, []).append(row)
    return measures


def totals_row(pages: list[PrintedPage]) -> list[str]:
    """The figures of the first row whose first cell spans up to them."""
    row = next(row for row in pages[-1].rows if row[2] is None)
    return [cell or "" for cell in row[5:9]]


def fold(text: str | None) -> str:
    return " ".join((text or "").split())


def squeezed(text: str) -> str:
    """Without white space, which line ends swallow or add."""
    return re.sub(r"\s", "", text)


def attachments(pdf: bytes) -> dict[str, bytes]:
    reader = pypdf.PdfReader(io.BytesIO(pdf))
    return {name: contents[0] for name, contents in reader.attachments.items()}


def headings(document: ReportDocument) -> list[str]:
    return [column.heading for column in document.columns]

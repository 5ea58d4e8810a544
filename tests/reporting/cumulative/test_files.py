"""The cumulative report as HTML, PDF and a workbook: each read back by a reader of its own."""

import inspect
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import openpyxl
import page as page_validation
import pdfplumber
import pypdf
import pytest
import tinyhtml5

from programs.calculations import rounded
from programs.models import Measure, Program
from reporting.cumulative import FORMATS, render
from reporting.cumulative.document import CumulativeDocument
from reporting.cumulative.fitting import figure_size
from reporting.cumulative.html import fragment
from reporting.formatting import shown
from tests import building
from tests.libreoffice import converted
from tests.programs.test_term_figures import report

from .worlds import FACTS, document_of, long, small, small_document

pytestmark = pytest.mark.django_db
NS = "{http://www.w3.org/1999/xhtml}"
LABELS = ("план", "факт", "профінансовано", "відсоток,\u00a0%")


@pytest.fixture(autouse=True)
def no_word_from_weasyprint(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A warning of the printer is a fault of the report."""
    yield
    spoken = [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")]
    assert [text for text in spoken if text and not text.startswith("Step ")] == []


@pytest.fixture
def real(demo: Program) -> CumulativeDocument:
    return document_of(demo)


@lru_cache(maxsize=8)
def printed(document: CumulativeDocument) -> bytes:
    """Its PDF; equal documents are set once for all tests that only read it."""
    return render(document, "pdf")


def figures(document: CumulativeDocument, first: int = 0, end: int | None = None) -> list[list[str]]:
    """Every row of figures of the measures' table: its label and what it shows."""
    funds = document.measures.fund_lines
    return [
        [label, *(shown(getattr(one, fact), "money") for one in line.facts[first:end])]
        for line in list(document.measures.lines)
        for fact, label in zip(FACTS, LABELS, strict=True)
        if fact != "percent" or line not in funds
    ]


def with_measure_text(text: str) -> CumulativeDocument:
    program = small()
    Measure.objects.filter(task__number=2).update(title=text)
    return document_of(program)


@pytest.mark.parametrize("format_name", list(FORMATS))
def test_the_same_document_gives_the_same_bytes(format_name: str) -> None:
    document = small_document()
    first = printed(document) if format_name == "pdf" else render(document, format_name)
    assert render(document, format_name) == first


@pytest.mark.parametrize(
    "name", ["document", "fitting", "html", "measures_sheet", "pdf", "simple_sheets", "xlsx"]
)
def test_renderers_know_no_models_no_words_and_no_clock(name: str) -> None:
    source = import_module(f"reporting.cumulative.{name}")
    text = inspect.getsource(source)
    assert re.findall(r"\bmodels\b|cumulative_wording|form_wording|timezone|\bnow\(|today", text) == []
    cyrillic = re.sub(r'"""(.|\n)*?"""|#.*', "", text)
    assert re.findall(r"[а-яґєії]+", cyrillic, re.IGNORECASE) == []


# --- HTML --------------------------------------------------------------------------------


def parsed(document: CumulativeDocument) -> Element:
    return tinyhtml5.parse(render(document, "html"), transport_encoding="utf-8")


def table_rows(tree: Element, table_id: str) -> list[list[str]]:
    table = next(one for one in tree.iter(f"{NS}table") if one.get("id") == table_id)
    return [["".join(cell.itertext()) for cell in row] for row in table.iter(f"{NS}tr")][1:]


def test_html_says_the_documents_figures(real: CumulativeDocument) -> None:
    rows = table_rows(parsed(real), "measures-1")
    count = len(real.measures.periods) + 1
    assert [row[-count:] for row in rows if len(row) >= count] == figures(real)


def test_html_says_the_years_and_what_was_never_financed(real: CumulativeDocument) -> None:
    tree = parsed(real)
    for table, section in (("years", real.years), ("unfunded", real.unfunded)):
        expected = [
            [shown(getattr(line, column.key), column.kind) for column in section.columns]
            for line in section.lines
        ]
        assert table_rows(tree, table)[: len(expected)] == expected
    assert [row[0] for row in table_rows(tree, "years")[-2:]] == [line.year for line in real.years.totals]


def test_html_has_nothing_that_a_page_of_the_portal_may_not_have(real: CumulativeDocument) -> None:
    assert re.findall(r"<(?:style|script)|\sstyle=|\son\w+=", fragment(real)) == []


def test_html_ids_are_given_once() -> None:
    ids = re.findall(r'\sid="([^"]+)"', fragment(document_of(long())))
    assert len(ids) == len(set(ids))


# --- PDF ---------------------------------------------------------------------------------


def pdf_tables(content: bytes) -> list[list[list[str]]]:
    with pdfplumber.open(io.BytesIO(content)) as opened:
        return [
            [[" ".join((cell or "").split()) for cell in row] for row in table]
            for page in opened.pages
            for table in page.extract_tables()
        ]


def pdf_figures(tables: list[list[list[str]]]) -> list[list[list[str]]]:
    """Rows of figures, by the columns that head them, in printed order."""
    labels = {label.replace("\u00a0", " ") for label in LABELS}
    found: dict[str, list[list[str]]] = {}
    for head, *rows in tables:
        found.setdefault("|".join(head), []).extend(row[3:] for row in rows if row[3] in labels)
    return list(found.values())


def spaced(rows: list[list[str]]) -> list[list[str]]:
    """As they are read back: no-break spaces are spaces."""
    return [[text.replace("\u00a0", " ") for text in row] for row in rows]


def test_pdf_says_the_documents_figures_with_headings_on_every_page() -> None:
    """Of years that take two tables, and of more measures than a page holds."""
    document = document_of(long(2020, measures=9))
    tables = [table for table in pdf_tables(render(document, "pdf")) if "Показник" in table[0][3]]
    assert pdf_figures(tables) == [
        spaced(figures(document, part.first, part.end)) for part in document.measures.parts
    ]
    assert len(tables) > len(document.measures.parts)


def test_large_figures_are_set_smaller_rather_than_over_the_lines() -> None:
    assert (figure_size(small_document()), figure_size(document_of(long()))) == (9, 5.5)


def test_pdf_keeps_a_measure_of_the_longest_text_with_its_figures_on_one_page() -> None:
    text = "Дуже довгий зміст заходу. " * 115
    content = render(with_measure_text(text[:3000].strip()), "pdf")
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    assert len([page for page in pages if "Дуже довгий зміст" in page]) == 2  # the list in section 3 too


def streams_ending_in_a_line_end(pdf: bytes) -> set[int]:
    """Numbers of the streams that end where they say, with a byte that alone would be a line's end.

    The validator takes it for one, and the stream for too short.
    """
    heads = re.finditer(rb"(\d+) 0 obj\n?<<(.*?)>>\s*stream\r?\n", pdf, re.DOTALL)
    ends = [(int(head[1]), head.end() + int(re.search(rb"/Length (\d+)", head[2])[1])) for head in heads]
    return {number for number, end in ends if pdf[end - 1 : end + 10] == b"\r\nendstream"}


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_pdf_conforms_to_archive_and_accessibility_profiles(profile: str) -> None:
    content = printed(small_document())
    excused = streams_ending_in_a_line_end(content)
    failures = page_validation.validate_pdf_bytes(content, profile=profile).failures
    assert [
        failure.message
        for failure in failures
        if not (failure.rule_id.endswith("STREAM-LENGTH-001") and failure.object_id.object_number in excused)
    ] == []


def test_pdf_names_rows_and_columns_for_the_reader_aloud() -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(small_document())))
    scopes = [
        item["/A"]["/Scope"]
        for number in range(1, len(reader.xref_objStm) + len(reader.xref.get(0, {})) + 1)
        if isinstance(item := reader.get_object(number), dict) and item.get("/S") == "/TH"
    ]
    assert (scopes.count("/Row"), set(scopes)) == (4 * 6 + 3 * 3, {"/Row", "/Column"})


def test_pdf_is_marked_and_numbered_on_every_page_and_set_in_tinos() -> None:
    document = small_document()
    content = printed(document)
    with pdfplumber.open(io.BytesIO(content)) as opened:
        texts = [(page.extract_text() or "").splitlines() for page in opened.pages]
        fonts = {
            char["fontname"].split("+")[-1].split("-")[0] for page in opened.pages for char in page.chars
        }
        sizes = {(round(page.width), round(page.height)) for page in opened.pages}
    mark = " · ".join(document.marks)
    pages = len(texts)
    assert [(lines[0], lines[-1]) for lines in texts] == [
        (mark, f"Сторінка {n} з {pages}") for n in range(1, pages + 1)
    ]
    assert (fonts, sizes) == ({"Tinos"}, {(842, 595)})


def test_pdf_carries_its_workbook() -> None:
    document = small_document()
    reader = pypdf.PdfReader(io.BytesIO(printed(document)))
    assert dict(reader.attachments) == {"cumulative.xlsx": [render(document, "xlsx")]}


# --- XLSX --------------------------------------------------------------------------------


def opened(document: CumulativeDocument, *, values: bool = True) -> Any:
    return openpyxl.load_workbook(io.BytesIO(render(document, "xlsx")), data_only=values)


def exact(document: CumulativeDocument) -> list[list[Decimal | None]]:
    funds = document.measures.fund_lines
    return [
        [getattr(one, fact) for one in line.facts]
        for line in list(document.measures.lines)
        for fact in FACTS
        if fact != "percent" or line not in funds
    ]


def number(value: Any) -> Decimal | None:
    return None if value in (None, "") else Decimal(str(value))


def sheet_figures(rows: Any, count: int) -> list[list[Decimal | None]]:
    return [list(map(number, row[4 : 4 + count])) for row in rows if len(row) > 3 and row[3] in LABELS]


def test_xlsx_says_the_documents_figures_without_calculating(real: CumulativeDocument) -> None:
    rows = opened(real)["Заходи за роками"].iter_rows(values_only=True)
    assert sheet_figures(rows, len(real.measures.periods)) == exact(real)


def test_xlsx_calculated_by_libreoffice_says_the_same(real: CumulativeDocument, tmp_path: Path) -> None:
    """Kept values thrown away, all three sheets calculated anew."""
    documents = {"real": real, "small": small_document()}
    files = {f"{name}.xlsx": render(document, "xlsx") for name, document in documents.items()}
    for name, saved in converted(files, "xlsx", tmp_path, recalculated=True).items():
        document = documents[name]
        book = openpyxl.load_workbook(io.BytesIO(saved), data_only=True)
        rows = {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}
        assert sheet_figures(rows["Заходи за роками"], len(document.measures.periods)) == exact(document)
        years = [row[4:8] for row in rows["Роки"] if re.match(r"\d{4}$|Разом", str(row[0]))]
        assert [list(map(number, row)) for row in years] == [
            [getattr(line, fact) for fact in FACTS]
            for line in (*document.years.lines, *document.years.totals)
        ]
        (total,) = [row[4:6] for row in rows["Без фінансування"] if row[0] == "Разом"]
        unfunded = document.unfunded.total
        assert list(map(number, total)) == [unfunded.planned, unfunded.actual]


def test_xlsx_totals_are_formulas_and_stated_percents_are_not(real: CumulativeDocument) -> None:
    sheet = opened(real, values=False)["Заходи за роками"]
    total = next(cell.row for cell in sheet["A"] if cell.value == "Разом за програмою")
    columns = [n for n, period in enumerate(real.measures.periods, 5) if period.heading in ("2023", "2024")]
    stated, computed = (sheet.cell(total + 3, column).value for column in columns)
    assert (stated, str(computed)[:3]) == (90, "=IF")
    formulas = [[str(sheet.cell(total + below, n).value)[:1] for n in range(5, 13)] for below in range(3)]
    assert formulas == [["="] * 8] * 3


def test_xlsx_text_stays_the_text_it_is() -> None:
    texts = ["=1+1", "{=SUM(A1)}", "<r>x</r>", "+380", "Сім'я _x0041_ & <b>"]
    program = building.program(measures=len(texts))
    for measure, text in zip(Measure.objects.order_by("number"), texts, strict=True):
        Measure.objects.filter(pk=measure.pk).update(title=text)
    report(program, 2024, *[("1", "1", "0")] * len(texts))
    workbook = opened(document_of(program), values=False)
    for name in ("Заходи за роками", "Без фінансування"):
        assert [cell.value for cell in workbook[name]["B"] if cell.value in texts] == texts


def test_xlsx_prints_its_headings_on_every_page_and_many_years_on_a3() -> None:
    few, many = (opened(document_of(make()))["Заходи за роками"] for make in (small, long))
    assert (few.print_title_rows, few.freeze_panes, few.page_setup.paperSize) == ("$3:$3", "E4", 9)
    assert (few.page_setup.orientation, few.sheet_properties.pageSetUpPr.fitToPage) == ("landscape", True)
    assert (many.print_title_cols, many.page_setup.paperSize) == ("$A:$D", 8)
    # What is printed over the columns would be cut where a page ends.
    assert {area.max_col for area in many.merged_cells.ranges if area.min_col == 1} <= {1, 3, 4}


def test_xlsx_rows_are_as_tall_as_the_longest_text() -> None:
    sheet = opened(with_measure_text("Дуже довгий зміст заходу. " * 100))["Заходи за роками"]
    row = next(cell.row for cell in sheet["B"] if str(cell.value).startswith("Дуже"))
    heights = {sheet.row_dimensions[n].height for n in range(row, row + 4)}
    (height,) = heights
    assert height * 4 > 100 * 26 / 50 * 10


def test_a_figure_is_shown_rounded_and_kept_whole() -> None:
    document = small_document()
    first = document.measures.tasks[0].measures[0].facts[4].planned
    assert first is not None
    assert rounded(first) != first
    assert first in exact(document)[0]

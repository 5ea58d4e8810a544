"""Extracts as workbooks, for Excel and for LibreOffice: types, totals, print, and texts that stay texts."""

import datetime
import io
import re
import zipfile
from decimal import Decimal
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from programs.enums import EvidenceKind
from programs.figures import total_figures
from programs.models import AnnualReport, Decision, Evidence, MeasureResult, Program
from reporting.extracts.selection import Selection
from reporting.extracts.writers import base
from reporting.extracts.writers.ods import paragraphs
from reporting.extracts.writers.xlsx import SIZE
from reporting.extracts.writing import NotWritten, sheets_of
from reporting.formatting import EXCEL_IN_FULL
from reporting.renderers.workbook import advance, room
from tests import agreeing, building
from tests.libreoffice import converted

from .taking import book, demo_book, taken

SHEETS = [
    "Заходи",
    "Завдання",
    "Програми",
    "Джерела фінансування",
    "Результати перевірки",
    "Зміни планів",
    "Історія змін",
    "Докази",
    "Про вибірку",
]
TOTALLED = SHEETS[:4]
FORMULA_LIKE = "=1+1"
DEVIATION = "відхилення (профінансовано − план), тис. грн"
MANY_PAGES_WIDE = {
    "Заходи": [
        "№ завдання",
        "план, загальний фонд, тис. грн",
        "план, загальний фонд, грн",
        DEVIATION,
    ],
    "Програми": ["строк для співвиконавців", "план, тис. грн"],
    "Докази": ["посилання"],
}
"""With the headings at which their pages begin."""


def column(sheet: Worksheet, heading: str) -> int:
    return next(cell.column for cell in sheet[1] if cell.value == heading)


def cells(sheet: Worksheet, heading: str) -> list[Any]:
    """Of the rows, without the heading and the totals."""
    at = column(sheet, heading)
    keys = [sheet.cell(row, 1).value for row in range(2, sheet.max_row + 1)]
    whole = keys.index(None) if None in keys else len(keys)
    return [sheet.cell(row, at).value for row in range(2, whole + 2)]


def totals_at(sheet: Worksheet) -> int:
    return next(cell.row for cell in sheet["A"] if cell.value == base.TOTAL_LABEL)


def total(sheet: Worksheet, heading: str) -> Any:
    return sheet.cell(totals_at(sheet), column(sheet, heading)).value


def money_totals(sheet: Worksheet) -> list[Decimal]:
    headings = ("план, тис. грн", "факт, тис. грн", "профінансовано, тис. грн")
    return [Decimal(str(total(sheet, heading))) for heading in headings]


# --- the workbook for Excel --------------------------------------------------------------


def test_the_sheets_stand_in_their_order(demo: Program) -> None:
    assert demo_book().sheetnames == SHEETS


def test_figures_and_dates_are_typed(db: None) -> None:
    building.results(building.program(measures=1))
    Decision.objects.update(number="0015")
    sheet = book()["Програми"]
    values = [
        cells(sheet, heading)[0]
        for heading in ("звітний рік", "рішення, яким затверджено: №", "рішення, яким затверджено: дата")
    ]
    assert values == [2024, "0015", datetime.datetime(2019, 11, 5)]


def test_particulars_of_evidence_are_typed(db: None) -> None:
    row = building.results(building.program(measures=1))[0]
    Evidence.objects.create(
        result=row,
        executor=row.report.program.responsible,
        kind=EvidenceKind.LINK,
        title="Акт",
        url="https://example.org/1",
        added_by=building.user("person"),
        document_number="0015",
        document_date=datetime.date(2024, 3, 2),
        amount=Decimal("42.35"),
    )
    sheet = book()["Докази"]
    at = column(sheet, "документ")
    assert [(cell.value, cell.number_format) for cell in sheet[2][at : at + 3]] == [
        ("0015", "@"),
        (datetime.datetime(2024, 3, 2), "dd.mm.yyyy"),
        (42.35, EXCEL_IN_FULL),
    ]


def test_moments_are_local_dates(demo: Program) -> None:
    moments = cells(demo_book()["Історія змін"], "коли")
    assert {type(moment) for moment in moments} == {datetime.datetime}


def test_numbers_of_measures_stay_texts(demo: Program) -> None:
    assert "2.10" in cells(demo_book(Selection(years=(2023,)))["Заходи"], "№ заходу")


def test_a_percent_is_a_number_of_hundredths(report_2023: AnnualReport) -> None:
    sheet = demo_book(Selection(years=(2023,)))["Заходи"]
    cell = sheet.cell(2, column(sheet, "відсоток у звіті"))
    assert (cell.value, cell.number_format) == (100, "#,##0.0")


@pytest.mark.parametrize("name", SHEETS)
def test_headings_stand_still_and_filter(demo: Program, name: str) -> None:
    sheet = demo_book()[name]
    rows = len(cells(sheet, "ключ"))
    assert (sheet.freeze_panes, sheet.auto_filter.ref, sheet.print_title_rows) == (
        "B2",
        f"A1:{sheet.cell(rows + 1, sheet.max_column).coordinate}",
        "$1:$1",
    )


@pytest.mark.parametrize("name", [name for name in SHEETS if name not in MANY_PAGES_WIDE])
def test_sheets_print_landscape_and_one_page_wide(demo: Program, name: str) -> None:
    sheet = demo_book()[name]
    setup = sheet.page_setup
    assert (setup.orientation, setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (  # type: ignore[union-attr]
        "landscape",
        0,
        True,
    )
    assert sheet.oddFooter.right.text == "&P / &N"


@pytest.mark.parametrize("name", MANY_PAGES_WIDE)
def test_wide_sheets_print_several_pages_wide_with_the_key_on_each(demo: Program, name: str) -> None:
    sheet = demo_book()[name]
    starts = [sheet.cell(1, found.id + 1).value for found in sheet.col_breaks.brk]
    assert (starts, sheet.print_title_cols, sheet.print_options.gridLines) == (
        MANY_PAGES_WIDE[name],
        "$A:$A",
        True,
    )


def test_printed_letters_are_no_smaller_than_six_points(demo: Program) -> None:
    scales = []
    for sheet in sheets_of("xlsx", Selection()):
        pages = base.printing(sheet)
        whole = 100 * (base.PAPERS[pages.paper][0] - 2 * base.MARGIN)
        scales.append(pages.scale or whole // sum(map(base.width, sheet.columns)))
    assert [scale for scale in scales if scale < 60] == []


def test_words_of_headings_are_not_broken(demo: Program) -> None:
    broken = []
    for sheet in sheets_of("xlsx", Selection()):
        for one in sheet.columns:
            longest = max(map(advance, one.heading.split())) * SIZE * 1.05
            if longest > room(Decimal(base.width(one))):
                broken.append(one.heading)
    assert broken == []


@pytest.mark.parametrize("name", MANY_PAGES_WIDE)
def test_pages_of_an_ods_begin_where_those_of_the_xlsx_do(demo: Program, name: str) -> None:
    content = zipfile.ZipFile(io.BytesIO(taken("ods")[0])).read("content.xml").decode()
    columns = content.partition(f'table:name="{name}"')[2].partition("<table:table-row")[0]
    begin = [
        style.endswith("-page")
        for style in re.findall(r'<table:table-column table:style-name="([^"]+)"', columns)
    ]
    headings = [cell.value for cell in demo_book()[name][1]]
    assert [
        heading for heading, is_first in zip(headings, begin, strict=True) if is_first
    ] == MANY_PAGES_WIDE[name]


def test_rows_are_as_tall_as_their_texts(report_2023: AnnualReport) -> None:
    sheet = demo_book(Selection(years=(2023,)))["Заходи"]
    narratives = cells(sheet, "інформація про виконання")
    longest = max(range(len(narratives)), key=lambda row: len(narratives[row] or ""))
    shortest = min(range(len(narratives)), key=lambda row: len(narratives[row] or ""))
    tall, short = (sheet.row_dimensions[row + 2].height for row in (longest, shortest))
    assert short < tall <= 409.5


# --- its totals ---


@pytest.mark.parametrize("name", TOTALLED)
def test_totals_are_formulas_over_visible_rows_after_a_blank_row(demo: Program, name: str) -> None:
    sheet = demo_book(Selection(years=(2023,)))[name]
    at = column(sheet, "план, тис. грн")
    rows = len(cells(sheet, "ключ"))
    letter = sheet.cell(1, at).column_letter
    assert totals_at(sheet) == rows + 3
    assert total(sheet, "план, тис. грн") == f"=ROUND(SUBTOTAL(109,{letter}2:{letter}{rows + 1}),5)"
    assert {cell.value for cell in sheet[rows + 2]} == {None}


@pytest.mark.parametrize("name", TOTALLED)
def test_drafts_among_the_rows_are_counted_under_the_totals(demo: Program, name: str) -> None:
    sheet = demo_book()[name]
    rows = len(cells(sheet, "ключ"))
    assert [cell.value for cell in sheet["A"]][totals_at(sheet) :] == [
        f"Усього рядків: {rows}, у т. ч. чернеток (звіт ще не погоджено): {rows}"
    ]


def test_where_all_is_agreed_nothing_is_said_of_drafts(db: None) -> None:
    report, head = agreeing.small_report()
    agreeing.published_edition(report, head, printed=False)
    sheet = book()["Заходи"]
    assert totals_at(sheet) == sheet.max_row


@pytest.fixture
def half_blank(db: None) -> None:
    """Of two measures with a plan one has no financed: rows alone would add up to −1."""
    program = building.program(measures=2)
    first, second = building.results(program)
    first.amounts.create(source=building.source(), planned=Decimal(5), financed=Decimal(4))
    second.amounts.create(source=building.source(), planned=Decimal(10))


@pytest.mark.parametrize("name", TOTALLED)
def test_the_total_deviation_is_that_of_the_totals(half_blank: None, name: str) -> None:
    formulas, values = book()[name], book(values=True)[name]
    row = totals_at(formulas)
    planned, financed = (
        formulas.cell(row, column(formulas, heading)).coordinate
        for heading in ("план, тис. грн", "профінансовано, тис. грн")
    )
    assert (total(formulas, DEVIATION), total(values, DEVIATION)) == (f"=ROUND({financed}-{planned},5)", -11)


@pytest.mark.parametrize("name", TOTALLED)
@pytest.mark.parametrize("year", [2023, 2024])
def test_kept_totals_are_those_of_the_report(demo: Program, name: str, year: int) -> None:
    report = demo.reports.get(year=year)
    money = total_figures([report])[report.pk].money
    sheet = demo_book(Selection(years=(year,)), values=True)[name]
    assert money_totals(sheet) == [money.planned, money.actual, money.financed]


def test_the_total_percent_is_computed_from_the_totals(report_2023: AnnualReport) -> None:
    formulas, values = (book(Selection(years=(2023,)), values=values)["Заходи"] for values in (False, True))
    row = totals_at(formulas)
    planned, financed = (
        formulas.cell(row, column(formulas, heading)).coordinate
        for heading in ("план, тис. грн", "профінансовано, тис. грн")
    )
    assert total(formulas, "розрахунковий відсоток") == (
        f'=IF({planned}=0,"",ROUND(100*{financed}/{planned},1))'
    )
    assert (total(values, "розрахунковий відсоток"), total(values, "відсоток у звіті")) == (13.1, None)


def test_programmes_that_count_from_the_actual_have_such_a_total(report_2023: AnnualReport) -> None:
    Program.objects.update(percent_base="actual")
    sheet = book(Selection(years=(2023,)), values=True)["Заходи"]
    assert total(sheet, "розрахунковий відсоток") == 50


def test_nothing_selected_is_headings_alone(demo: Program) -> None:
    workbook = demo_book(Selection(years=(1999,)))
    assert [workbook[name].max_row for name in TOTALLED] == [1, 1, 1, 1]


# --- texts ---


@pytest.fixture
def hostile(db: None) -> MeasureResult:
    """A row whose texts are what spreadsheets count, and signs that XML has no place for."""
    row = building.results(building.program(measures=1))[0]
    row.narrative = "<r>a</r>\n\n  б\tв\x0b & <b>"
    row.stated_justification = FORMULA_LIKE
    row.save()
    return row


def test_what_looks_like_a_formula_is_text(hostile: MeasureResult) -> None:
    sheet = book()["Заходи"]
    cell = sheet.cell(2, column(sheet, "обґрунтування відсотка"))
    assert (cell.value, cell.data_type) == (FORMULA_LIKE, "s")


def test_signs_of_markup_are_signs(hostile: MeasureResult) -> None:
    assert cells(book()["Заходи"], "інформація про виконання") == ["<r>a</r>\n\n  б\tв & <b>"]


@pytest.mark.parametrize("format_name", ["xlsx", "ods"])
def test_the_same_rows_give_the_same_bytes(demo: Program, format_name: str) -> None:
    assert taken(format_name) == taken(format_name)


@pytest.mark.parametrize("format_name", ["xlsx", "ods"])
def test_a_full_sheet_is_refused_in_words(
    demo: Program, monkeypatch: pytest.MonkeyPatch, format_name: str
) -> None:
    monkeypatch.setattr(base, "MOST_ROWS", 41)
    with pytest.raises(NotWritten) as refused:
        taken(format_name)
    assert str(refused.value) == (
        "На аркуші «Заходи» понад 37 рядків: електронна таблиця стільки не вміщує. Файл не створено. "
        "Звузьте вибірку, наприклад за роками, або візьміть JSON."
    )


# --- the one for LibreOffice, as XML -----------------------------------------------------


def test_an_ods_begins_with_its_kind_uncompressed(demo: Program) -> None:
    content, _ = taken("ods")
    first = zipfile.ZipFile(io.BytesIO(content)).infolist()[0]
    assert (first.filename, first.compress_type, content[30:38]) == (
        "mimetype",
        zipfile.ZIP_STORED,
        b"mimetype",
    )


def test_every_part_of_an_ods_is_whole_xml(demo: Program) -> None:
    archive = zipfile.ZipFile(io.BytesIO(taken("ods")[0]))
    names = [name for name in archive.namelist() if name.endswith(".xml")]
    assert len([ElementTree.fromstring(archive.read(name)).tag for name in names]) == 5


@pytest.mark.parametrize(
    ("text", "xml"),
    [
        ("а", "<text:p>а</text:p>"),
        ("а\nб", "<text:p>а</text:p><text:p>б</text:p>"),
        (" а", '<text:p><text:s text:c="1"/>а</text:p>'),
        ("а   б", '<text:p>а<text:s text:c="3"/>б</text:p>'),
        ("а\tб", "<text:p>а<text:tab/>б</text:p>"),
        ("<&>\x00", "<text:p>&lt;&amp;&gt;</text:p>"),
    ],
)
def test_spaces_and_lines_of_an_ods_are_kept(text: str, xml: str) -> None:
    assert paragraphs(text) == xml


# --- both, opened by LibreOffice ---------------------------------------------------------

_opened: dict[str, bytes] = {}


@pytest.fixture
def opened(demo: Program, tmp_path: Path) -> dict[str, Workbook]:
    """Both kinds as LibreOffice saves them after calculating anew: their own kept totals were spoilt.

    Converted once: the demonstration data are the same for every test.
    """
    if not _opened:
        row = MeasureResult.objects.filter(report__year=2024).order_by("pk")[0]
        row.stated_justification = FORMULA_LIKE
        row.save()
        kept = r'(formula="[^"]*" office:value-type="float" office:value=")[^"]+'
        files = {
            "excel.xlsx": spoilt(taken("xlsx")[0], r"(</f><v>)[^<]+", r"\g<1>7"),
            "libre.ods": spoilt(taken("ods")[0], kept, r"\g<1>7"),
        }
        _opened.update(converted(files, "xlsx", tmp_path, recalculated=True))
    return {name: load_workbook(io.BytesIO(content), data_only=True) for name, content in _opened.items()}


def spoilt(content: bytes, wrong: str, instead: str) -> bytes:
    """A copy of the archive in whose parts every formula has kept a wrong value."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(made, "w") as new:
        for entry in old.infolist():
            text = old.read(entry).decode()
            new.writestr(entry, re.sub(wrong, instead, text))
    return made.getvalue()


KINDS = pytest.mark.parametrize("kind", ["excel", "libre"])


@KINDS
@pytest.mark.parametrize("name", TOTALLED)
def test_libreoffice_calculates_the_totals_that_were_kept(
    opened: dict[str, Workbook], kind: str, name: str
) -> None:
    kept, counted = demo_book(values=True)[name], opened[kind][name]
    totals = [
        [
            round(Decimal(str(cell.value)), 5) if cell.value not in (None, "") else None
            for cell in sheet[totals_at(sheet)][1:]
        ]
        for sheet in (kept, counted)
    ]
    assert totals[0] == totals[1]
    assert len([value for value in totals[0] if value is not None]) >= 7


@KINDS
def test_libreoffice_reads_every_cell(opened: dict[str, Workbook], kind: str) -> None:
    kept = demo_book()
    for name in SHEETS[:6]:
        for heading in (cell.value for cell in kept[name][1]):
            if heading != "обґрунтування відсотка":
                assert cells(opened[kind][name], str(heading)) == cells(kept[name], str(heading))


@KINDS
def test_libreoffice_takes_no_text_for_a_formula(opened: dict[str, Workbook], kind: str) -> None:
    sheet = opened[kind]["Заходи"]
    assert FORMULA_LIKE in cells(sheet, "обґрунтування відсотка")


@KINDS
@pytest.mark.parametrize("name", SHEETS)
def test_libreoffice_keeps_the_filter_and_the_print(
    opened: dict[str, Workbook], kind: str, name: str
) -> None:
    sheet = opened[kind][name]
    rows = len(cells(sheet, "ключ"))
    assert (sheet.auto_filter.ref, sheet.print_title_rows, sheet.page_setup.orientation) == (
        f"A1:{sheet.cell(rows + 1, sheet.max_column).coordinate}",
        "$1:$1",
        "landscape",
    )

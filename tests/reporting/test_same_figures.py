"""One report, six files: the figures read back from each by a reader of its own are the same."""

import csv
import io
import json
from decimal import Decimal

import docx
import openpyxl
import pytest

from programs.calculations import rounded
from reporting.renderers import render

from .pdf_reading import printed, printed_measures, read_pages, squeezed, totals_row
from .test_html import body_rows, parsed

FACTS = ("planned", "actual", "financed", "percent")
Figures = dict[str, list[Decimal | None]]


def from_form(text: str) -> Decimal | None:
    """«1 234,5» as the form shows it."""
    plain = squeezed(text).replace(",", ".")
    return Decimal(plain) if plain else None


def from_document(document) -> Figures:
    def shown(value):
        return None if value is None else rounded(value)

    figures = {row.number: [shown(getattr(row, fact)) for fact in FACTS] for row in document.rows}
    return figures | {"totals": [shown(getattr(document.totals, fact)) for fact in FACTS]}


def from_html(document) -> Figures:
    rows = body_rows(parsed(document))
    table = parsed(document)
    figures = {cells[-8].split(". ")[0]: [from_form(text) for text in cells[-5:-1]] for cells in rows}
    totals = next(row for row in table.iter() if row.get("id") == "form-totals")
    return figures | {"totals": [from_form("".join(cell.itertext())) for cell in list(totals)[1:5]]}


def from_pdf(document) -> Figures:
    pages = read_pages(printed(document))
    figures = {
        number: [from_form(text) for text in parts[0][5:9]]
        for number, parts in printed_measures(pages).items()
    }
    return figures | {"totals": [from_form(text) for text in totals_row(pages)]}


def from_xlsx(document) -> Figures:
    sheet = openpyxl.load_workbook(io.BytesIO(render(document, "xlsx")), data_only=True).active
    numbers = [row.number for row in document.rows]
    figures: Figures = {}
    for cells in sheet.iter_rows(values_only=True):
        values = (
            [None if value in (None, "") else rounded(Decimal(str(value))) for value in cells[5:9]]
            if all(value is None or value == "" or isinstance(value, int | float) for value in cells[5:9])
            else []
        )
        number = str(cells[2] or "").split(". ")[0]
        if number in numbers:
            figures[number] = values
        elif len(figures) == len(numbers) and "totals" not in figures:
            figures["totals"] = values
    return figures


def from_docx(document) -> Figures:
    table = docx.Document(io.BytesIO(render(document, "docx"))).tables[0]
    rows = [[cell.text for cell in row.cells] for row in table.rows]
    totals = 1 + len(document.rows)
    figures = {cells[2].split(". ")[0]: [from_form(text) for text in cells[5:9]] for cells in rows[1:totals]}
    return figures | {"totals": [from_form(text) for text in rows[totals][5:9]]}


def from_csv(document) -> Figures:
    """The CSV has measures only; its totals are added up here as a reader would."""
    rows = list(csv.DictReader(io.StringIO(render(document, "csv").decode())))
    return {
        row["measure_number"]: [rounded(Decimal(row[fact])) if row[fact] else None for fact in FACTS]
        for row in rows
    }


def from_json(document) -> Figures:
    data = json.loads(render(document, "json"))

    def read(item):
        return [None if item[fact] is None else rounded(Decimal(item[fact])) for fact in FACTS]

    rows = [row for section in data["sections"] for task in section["tasks"] for row in task["rows"]]
    return {row["number"]: read(row) for row in rows} | {"totals": read(data["totals"])}


@pytest.mark.parametrize("reader", [from_html, from_pdf, from_xlsx, from_docx, from_json])
@pytest.mark.parametrize("year", [2023, 2024])
def test_figures_read_back_are_the_documents(request, reader, year):
    document = request.getfixturevalue({2023: "real_document", 2024: "demo_document"}[year])
    assert reader(document) == from_document(document)


@pytest.mark.parametrize("year", [2023, 2024])
def test_figures_read_back_from_csv_are_the_documents(request, year):
    document = request.getfixturevalue({2023: "real_document", 2024: "demo_document"}[year])
    expected = from_document(document)
    del expected["totals"]
    assert from_csv(document) == expected


def test_the_real_totals_are_the_printed_ones(real_document):
    assert from_pdf(real_document)["totals"] == [
        Decimal("228.3"),
        Decimal("60.0"),
        Decimal("30.0"),
        Decimal("90.0"),
    ]

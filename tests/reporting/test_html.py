"""The same table in the browser and in a saved file."""

import re
from xml.etree.ElementTree import Element

import tinyhtml5

from reporting.formatting import shown
from reporting.renderers import render
from reporting.renderers.html import form_fragment
from tests.documents import a_document, a_row, a_task

NS = "{http://www.w3.org/1999/xhtml}"


def parsed(document) -> Element:
    return tinyhtml5.parse(render(document, "html"), transport_encoding="utf-8")


def body_rows(tree: Element) -> list[list[str]]:
    table = tree.find(f".//{NS}table")
    return [["".join(cell.itertext()) for cell in row] for row in table.find(f"{NS}tbody").iter(f"{NS}tr")]


def test_header_says_the_ten_headings_exactly(real_document):
    headings = ["".join(cell.itertext()) for cell in parsed(real_document).iter(f"{NS}th")]
    assert headings == [
        "№ з\\п",
        "Завдання",
        "Зміст заходів",
        "Термін виконання",
        "Виконавці",
        "Річний обсяг фінансування тис. грн (план)",
        "Річний обсяг фінансування тис. грн (факт)",
        "Фактично профінансовано у звітному періоді тис. грн",
        "Відсоток виконання заходу %",
        "Інформація про виконання",
    ]


def test_every_row_says_what_the_document_says(real_document):
    rows = [cells[-8:] for cells in body_rows(parsed(real_document))]
    assert rows == [
        [
            row.content,
            row.term,
            row.executors,
            *(shown(value, "money") for value in (row.planned, row.actual, row.financed, row.percent)),
            row.information,
        ]
        for row in real_document.rows
    ]


def test_a_task_spans_its_measures(real_document):
    table = parsed(real_document).find(f".//{NS}table")
    spans = [int(cell.get("rowspan")) for cell in table.iter(f"{NS}td") if cell.get("rowspan")]
    assert spans == [7, 7, 12, 12, 12, 12, 6, 6]


def test_a_measure_can_be_linked_to(real_document):
    ids = [row.get("id") for row in parsed(real_document).iter(f"{NS}tr") if row.get("id")]
    assert ids == [*(f"m-{row.number}" for row in real_document.rows), "form-totals"]


def test_measures_of_one_number_are_told_apart():
    """One was withdrawn and another introduced in its place in the same year."""
    document = a_document(a_task(a_row("1.1"), a_row("1.1", "На заміну"), a_row("1.2")))
    ids = [row.get("id") for row in parsed(document).iter(f"{NS}tr") if row.get("id")]
    assert ids == ["m-1.1", "m-1.1-row2", "m-1.2", "form-totals"]


def test_fragment_obeys_the_content_security_policy(real_document):
    """No inline style or script may stand in a page of the portal."""
    fragment = form_fragment(real_document)
    assert re.findall(r"<(?:style|script)|\sstyle=|\son\w+=", fragment) == []


def test_a_blank_is_not_a_zero(demo_document):
    row = next(row for row in demo_document.rows if row.financed is None)
    cells = next(cells for cells in body_rows(parsed(demo_document)) if row.content in cells)
    assert cells[-3] == ""

"""The printed form with texts that real reports rarely hold: nothing is lost, and every page stays whole."""

import dataclasses
import random
import re
from decimal import Decimal

import page as page_validation
import pytest

from programs.models import Task
from reporting import fonts
from reporting.document import FundLine, MeasureRow, ReportDocument, Section, Signature, TaskBlock
from reporting.press import press
from reporting.renderers import render
from tests.documents import a_document, a_row, a_task

from .pdf_reading import PrintedPage, fold, headings, printed_measures, read_pages, squeezed

# What is printed comes from a document, whatever database its figures were in.
pytestmark = pytest.mark.only_on("sqlite")

LONGEST_TASK = Task._meta.get_field("text").max_length
OFFICE_TEXT = """забезпечення проведення засідань координаційної ради з питань гендерної рівності та протидії
домашньому насильству; Управління у справах сім’ї, молоді та спорту (за згодою) — https://rada.example/documents/
rishennia/2023/dodatok-do-rishennia.pdf і 1 234,5 тис. грн"""
WORDS = OFFICE_TEXT.split()


@pytest.fixture(autouse=True)
def no_word_from_the_printer(caplog):
    """WeasyPrint has nothing to complain of, and the pages came out as planned."""
    yield
    loggers = ("weasyprint", "reporting.renderers.pdf")
    spoken = [record.getMessage() for record in caplog.records if record.name.startswith(loggers)]
    assert [text for text in spoken if text and not text.startswith("Step ")] == []


@pytest.fixture
def pt_serif(monkeypatch):
    press.cache_clear()
    monkeypatch.setattr(fonts, "TINOS_FOLDERS", ())
    yield
    press.cache_clear()


def some_text(chance: random.Random, length: int, line_ends: float = 0.0) -> str:
    parts = []
    while sum(map(len, parts)) < length:
        parts += [chance.choice(WORDS), "\n" if chance.random() < line_ends else " "]
    return "".join(parts)[:length].strip()


def assert_whole(document: ReportDocument, pages: list[PrintedPage]) -> None:
    """Every row's words are there, under the header row and beside their task on every page of theirs."""
    task_of = {row.number: task for task in document.tasks for row in task.rows}
    measures = printed_measures(pages)
    assert list(measures) == [row.number for row in document.rows]
    for row in document.rows:
        for column, text in ((2, row.content), (3, row.term), (4, row.executors), (9, row.information)):
            parts = [part[column] or "" for part in measures[row.number]]
            assert squeezed("".join(parts)) == squeezed(text)
    number = ""
    for page in pages:
        assert page.header == headings(document)
        begun = [re.match(r"(\d+\.\d+)\. ", row[2] or "") for row in page.rows]
        task = task_of[begun[0][1] if begun[0] else number]
        assert [squeezed(cell or "") for cell in page.rows[0][:2]] == [task.number_text, squeezed(task.text)]
        number = next((match[1] for match in reversed(begun) if match), number)


def assert_closed(document: ReportDocument, pages: list[PrintedPage]) -> None:
    """The last page holds a measure, the totals, the fund lines and every signature."""
    last = pages[-1]
    assert any(row[2] is not None for row in last.rows)
    closing = [squeezed(row[0] or "") for row in last.rows if row[2] is None]
    assert closing == [squeezed(line.label) for line in (document.totals, *document.fund_lines)]
    text = squeezed(last.text)
    assert all(squeezed(signature.name) in text for signature in document.signatures)


def assert_conforms(content: bytes) -> None:
    failures = [
        failure.rule_id
        for profile in ("3a", "ua1")
        for failure in page_validation.validate_pdf_bytes(content, profile=profile).failures
        # The validator takes a stream whose last byte happens to be a carriage return for a shorter one.
        if failure.rule_id != "PDFA3A-STREAM-LENGTH-001"
    ]
    assert failures == []


def a_random_row(chance: random.Random, number: str) -> MeasureRow:
    amounts = [chance.choice([None, Decimal(0), Decimal("1234567890.12345")]) for _ in range(3)]
    return a_row(
        number,
        some_text(chance, chance.choice([10, 60, 400])),
        executors=some_text(chance, chance.choice([0, 40, 300])),
        planned=amounts[0],
        actual=amounts[1],
        financed=amounts[2],
        information=some_text(chance, chance.choice([0, 40, 300, 1500, 4000]), chance.choice([0, 0.2])),
    )


def a_random_document(seed: int) -> ReportDocument:
    chance = random.Random(seed)
    tasks: list[TaskBlock] = []
    for number in range(1, chance.randint(1, 4) + 1):
        rows = [a_random_row(chance, f"{number}.{n}") for n in range(1, chance.choice([1, 1, 3, 6]) + 1)]
        text = some_text(chance, chance.choice([20, 150, LONGEST_TASK]))
        tasks.append(a_task(*rows, number=number, text=text))
    signatures = tuple(
        Signature(some_text(chance, chance.choice([20, 120])), f"Ірина КОВАЛЬЧУК-{n}")
        for n in range(chance.randint(0, 3))
    )
    heading = ("про результати виконання", some_text(chance, chance.choice([60, 600])), "за 2024 рік")
    return a_document(*tasks, signatures=signatures, heading_lines=heading)


@pytest.mark.parametrize("seed", range(8))
def test_random_reports_are_printed_whole(seed):
    document = a_random_document(seed)
    content = render(document, "pdf")
    pages = read_pages(content)
    assert_whole(document, pages)
    assert_closed(document, pages)
    assert_conforms(content)


@pytest.mark.parametrize("rows", [1, 2, 12])
@pytest.mark.parametrize("length", [300, LONGEST_TASK])
def test_a_long_task_beside_short_measures(length, rows):
    text = some_text(random.Random(length), length)
    document = a_document(a_task(*(a_row(f"1.{n}", "Захід") for n in range(1, rows + 1)), text=text))
    pages = read_pages(render(document, "pdf"))
    assert_whole(document, pages)
    assert_closed(document, pages)


def test_a_long_task_in_the_wider_font(pt_serif):
    chance = random.Random(1)
    rows = [a_random_row(chance, f"1.{n}") for n in range(1, 6)]
    document = a_document(a_task(*rows, text=some_text(chance, LONGEST_TASK)))
    pages = read_pages(render(document, "pdf"))
    assert_whole(document, pages)
    assert_closed(document, pages)


def test_headings_of_the_real_form_are_not_cut_in_the_wider_font(real_document, pt_serif):
    pages = read_pages(render(real_document, "pdf"))
    assert [page.header for page in pages] == [headings(real_document)] * len(pages)


def test_measures_of_one_number_keep_their_pages():
    """One was withdrawn and another introduced in its place in the same year."""
    rows = [a_row("1.1", f"Захід {n}", information="рядок\n" * 20) for n in range(6)]
    pages = read_pages(render(a_document(a_task(*rows)), "pdf"))
    assert [fold(row[2]) for page in pages for row in page.rows if row[2]] == [row.content for row in rows]


def test_a_task_of_many_short_lines_is_printed_all_the_same():
    document = a_document(a_task(a_row("1.1"), a_row("1.2"), text="\n".join("аб" * 12)))
    assert_whole(document, read_pages(render(document, "pdf")))


@pytest.mark.parametrize("count", [2, 4, 14])
def test_every_signature_is_printed(count):
    signatures = tuple(
        Signature(f"Посада {n}: {some_text(random.Random(n), 140)}", f"Ім’я ПРІЗВИЩЕ-{n}")
        for n in range(count)
    )
    document = a_document(signatures=signatures)
    content = render(document, "pdf")
    pages = read_pages(content)
    printed = squeezed("".join(page.text for page in pages))
    assert [s.name for s in signatures if squeezed(s.name) not in printed] == []
    assert "ПРІЗВИЩЕ-0" in next(page for page in pages if any(row[2] for row in page.rows[-4:])).text
    assert_conforms(content)


def test_a_line_of_funds_with_a_long_name_stays_with_its_report():
    lines = tuple(FundLine(some_text(random.Random(n), 200), Decimal(n), None, None) for n in range(3))
    narratives = [some_text(random.Random(7), 260 * n) for n in range(1, 5)]
    rows = [a_row(f"1.{n}", information=text) for n, text in enumerate(narratives, start=1)]
    document = a_document(a_task(*rows), fund_lines=lines)
    pages = read_pages(render(document, "pdf"))
    assert_whole(document, pages)
    assert_closed(document, pages)


def test_a_report_without_measures_conforms():
    document = dataclasses.replace(a_document(), sections=(Section("1. Виконання заходів", ()),))
    content = render(document, "pdf")
    assert_conforms(content)
    assert len(read_pages(content)) == 1


@pytest.mark.parametrize(
    ("typed", "drawn"),
    [
        pytest.param("один\u2028два\u2029три", "один два три", id="separators of lines and paragraphs"),
        pytest.param("план \u202e0001\u202c грн", "план 0001 грн", id="writing turned around"),
        pytest.param("\u0301 наголос за\u0301мок", "наголос за\u0301мок", id="an accent on nothing"),
        pytest.param("а\u200bб\ufeff", "аб", id="no width"),
    ],
)
def test_signs_that_nobody_sees_do_no_harm(typed, drawn):
    document = a_document(a_task(a_row("1.1", information=typed)), author=typed, title=typed)
    content = render(document, "pdf")
    assert fold(printed_measures(read_pages(content))["1.1"][0][9]) == drawn
    assert_conforms(content)

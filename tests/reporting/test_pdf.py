"""The official form on paper, read back by tools other than the one that printed it."""

import dataclasses
import datetime
import io
import logging
import subprocess
import sys

import page as page_validation
import pypdf
import pytest
from django.core.management import call_command

from reporting import fonts
from reporting.assemble import assemble
from reporting.checks import printing
from reporting.document import ReportDocument, to_json
from reporting.formatting import shown
from reporting.press import press
from reporting.renderers import render

from .pdf_reading import (
    attachments,
    fold,
    headings,
    printed,
    printed_measures,
    read_pages,
    squeezed,
    totals_row,
)

# What is printed comes from a document, whatever database its figures were in.
pytestmark = pytest.mark.only_on("sqlite")


@pytest.fixture(autouse=True)
def no_word_from_weasyprint(caplog):
    """A warning of the printer is a fault of the form."""
    yield
    spoken = [record.getMessage() for record in caplog.records if record.name.startswith("weasyprint")]
    assert [text for text in spoken if text and not text.startswith("Step ")] == []


@pytest.fixture
def other_font():
    """Lets a test change the fonts found: the press is made once a process."""
    press.cache_clear()
    yield
    press.cache_clear()


def with_narrative(document: ReportDocument, number: str, text: str) -> ReportDocument:
    """The document with one measure's information replaced."""
    sections = tuple(
        dataclasses.replace(
            section,
            tasks=tuple(
                dataclasses.replace(
                    task,
                    rows=tuple(
                        dataclasses.replace(row, information=text) if row.number == number else row
                        for row in task.rows
                    ),
                )
                for task in section.tasks
            ),
        )
        for section in document.sections
    )
    return dataclasses.replace(document, sections=sections)


@pytest.mark.parametrize("profile", ["3a", "ua1"])
def test_conforms_to_archive_and_accessibility_profiles(real_document, profile):
    checked = page_validation.validate_pdf_bytes(printed(real_document), profile=profile)
    assert [(failure.rule_id, failure.message) for failure in checked.failures] == []
    assert checked.is_compliant


def test_says_what_it_is(real_document):
    reader = pypdf.PdfReader(io.BytesIO(printed(real_document)))
    assert reader.metadata.title == real_document.title
    assert reader.metadata.author == real_document.author
    assert reader.trailer["/Root"]["/Lang"] == "uk"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_sheets_are_a4_landscape(real_document):
    reader = pypdf.PdfReader(io.BytesIO(printed(real_document)))
    sizes = {(round(float(p.mediabox.width)), round(float(p.mediabox.height))) for p in reader.pages}
    assert sizes == {(842, 595)}


def test_title_block_stands_on_the_first_page(real_document):
    first = read_pages(printed(real_document))[0]
    lines = [line.strip() for line in first.text.splitlines()]
    expected = [
        "Звіт",
        "про результати виконання",
        "цільова соціальна програми «Житомирська міська об’єднана територіальна громада – "
        "територія рівних можливостей» на 2020-2025 роки",
        "за 2023 рік",
        "Управління у справах сім'ї, молоді та спорту Житомирської міської ради",
        "Дата і номер рішення міської ради яким затверджено Програму №1688 від 18.12.2019",
        "Термін реалізації Програми 2020-2025 роки",
        "1. Виконання заходів",
    ]
    assert lines[: len(expected)] == expected


def test_header_row_stands_on_every_page(real_document):
    pages = read_pages(printed(real_document))
    assert len(pages) > 5
    assert [page.header for page in pages] == [headings(real_document)] * len(pages)


def test_task_stands_at_the_top_of_every_page(real_document):
    task_of = {row.number: task for task in real_document.tasks for row in task.rows}
    for page in read_pages(printed(real_document)):
        number, text, content = (fold(cell) for cell in page.rows[0][:3])
        task = task_of[content.split(". ")[0]]
        assert (number, text) == (task.number_text, task.text)


def test_every_measure_is_printed_whole_and_once(real_document):
    measures = printed_measures(read_pages(printed(real_document)))
    assert list(measures) == [row.number for row in real_document.rows]
    for row in real_document.rows:
        (cells,) = measures[row.number]
        expected = [row.content, row.term, row.executors]
        expected += [shown(v, "money") for v in (row.planned, row.actual, row.financed, row.percent)]
        expected += [row.information]
        assert [squeezed(cell) for cell in cells[2:]] == [squeezed(text) for text in expected]


def test_totals_and_fund_lines_close_the_table(real_document):
    last = read_pages(printed(real_document))[-1]
    closing = [[cell or "" for cell in row] for row in last.rows if row[2] is None]
    assert closing == [
        ["", "", "", "", "", "228,3", "60,0", "30,0", "90,0", ""],
        ["з загального фонду", *[""] * 9],
        ["з спеціального фонду та інших джерел фінансування", *[""] * 9],
    ]


def test_fund_lines_carry_the_demonstration_years_figures(demo_document):
    last = read_pages(printed(demo_document))[-1]
    closing = [[cell or "" for cell in row] for row in last.rows if row[2] is None]
    assert [row[0] for row in closing[1:]] == [line.label for line in demo_document.fund_lines]
    assert [row[5:8] for row in closing[1:]] == [
        [shown(amount, "money") for amount in (line.planned, line.actual, line.financed)]
        for line in demo_document.fund_lines
    ]


def test_pages_are_numbered(real_document):
    pages = read_pages(printed(real_document))
    labels = [page.text.splitlines()[-1].strip() for page in pages]
    assert labels == [f"Сторінка {n} з {len(pages)}" for n in range(1, len(pages) + 1)]


def test_a_final_document_carries_no_mark(real_document):
    assert "ПРОЄКТ" not in read_pages(printed(real_document))[1].text


def test_a_draft_is_marked_on_every_page(report_2024):
    moment = datetime.datetime(2025, 1, 14, 9, 5, tzinfo=datetime.UTC)
    pages = read_pages(render(assemble(report_2024, draft_at=moment), "pdf"))
    mark = "ПРОЄКТ 14.01.2025 11:05 · ДЕМОНСТРАЦІЙНІ ДАНІ"
    assert [page.text.splitlines()[0] for page in pages] == [mark] * len(pages)


def test_name_is_level_with_the_posts_last_line(real_document):
    words = read_pages(printed(real_document))[-1].words
    name = next(word for word in words if word["text"] == "КОВАЛЬЧУК")
    post = [word for word in words if word["top"] > 400 and word["x1"] < 300]
    post_lines = sorted({round(word["bottom"]) for word in post if word["bottom"] < 560})
    assert len(post_lines) >= 2
    assert round(name["bottom"]) == post_lines[-1]


@pytest.mark.parametrize("lines", range(0, 36, 5))
def test_signature_never_stands_without_a_measure(real_document, lines):
    """Whatever the last narrative's length, the closing keeps a row of the table with it."""
    document = with_narrative(real_document, "4.6", "\n".join(["Рядок звіту."] * (lines + 1)))
    last = read_pages(render(document, "pdf"))[-1]
    assert "КОВАЛЬЧУК" in last.text
    assert any(row[2] is not None for row in last.rows)
    assert totals_row([last]) == ["228,3", "60,0", "30,0", "90,0"]


def test_a_row_taller_than_a_page_goes_on_without_losing_a_line(real_document):
    text = "\n".join(f"Пункт {n}: роботу виконано в повному обсязі." for n in range(1, 181))
    document = with_narrative(real_document, "2.9", text)
    pages = read_pages(render(document, "pdf"))
    parts = printed_measures(pages)["2.9"]
    assert len(parts) > 2
    assert squeezed("".join(part[9] for part in parts)) == squeezed(text)
    assert [part[5] for part in parts] == ["27,0", *[""] * (len(parts) - 1)]
    assert [page.header for page in pages] == [headings(document)] * len(pages)
    assert all(fold(page.rows[0][1]) for page in pages)


def test_a_tall_first_row_begins_under_the_title(real_document):
    document = with_narrative(real_document, "1.1", "Зроблено. " * 400)
    first = read_pages(render(document, "pdf"))[0]
    assert fold(first.rows[0][2]).startswith("1.1.")


def test_a_tall_last_row_leaves_lines_for_the_closing(real_document):
    text = "\n".join(f"Пункт {n}." for n in range(1, 121))
    pages = read_pages(render(with_narrative(real_document, "4.6", text), "pdf"))
    parts = printed_measures(pages)["4.6"]
    assert squeezed("".join(part[9] for part in parts)) == squeezed(text)
    assert "КОВАЛЬЧУК" in pages[-1].text
    assert any(row[2] is not None for row in pages[-1].rows)


def test_an_endless_word_is_broken_not_cut(real_document):
    word = "https://example.org/" + "довгеслово" * 40
    document = with_narrative(real_document, "1.3", word)
    ((cells,),) = [printed_measures(read_pages(render(document, "pdf")))["1.3"]]
    assert squeezed(cells[9]) == word


def test_carries_the_document_and_the_workbook(real_document):
    carried = attachments(printed(real_document))
    assert carried == {
        "report.json": to_json(real_document),
        "report.xlsx": render(real_document, "xlsx"),
    }


def test_carried_files_are_its_data(real_document):
    reader = pypdf.PdfReader(io.BytesIO(printed(real_document)))
    files = [reference.get_object() for reference in reader.trailer["/Root"]["/AF"]]
    assert [(file["/UF"], file["/AFRelationship"]) for file in files] == [
        ("report.json", "/Data"),
        ("report.xlsx", "/Data"),
    ]


def test_the_same_document_gives_the_same_bytes(real_document):
    assert render(real_document, "pdf") == render(real_document, "pdf")


def test_another_process_gives_the_same_bytes(real_document, tmp_path):
    (tmp_path / "report.json").write_bytes(to_json(real_document))
    script = (
        "import django, pathlib, sys; django.setup();"
        "from reporting.document import from_json; from reporting.renderers import render;"
        "document = from_json(pathlib.Path(sys.argv[1], 'report.json').read_bytes());"
        "pathlib.Path(sys.argv[1], 'report.pdf').write_bytes(render(document, 'pdf'))"
    )
    subprocess.run([sys.executable, "-c", script, tmp_path], check=True)
    assert (tmp_path / "report.pdf").read_bytes() == render(real_document, "pdf")


def test_is_set_in_tinos_alone(real_document):
    reader = pypdf.PdfReader(io.BytesIO(printed(real_document)))
    used = {
        font.get_object()["/BaseFont"].split("+")[-1]
        for page in reader.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {name.split("-")[0].lstrip("/") for name in used} == {"Tinos"}


def test_falls_back_to_pt_serif(real_document, monkeypatch, other_font):
    monkeypatch.setattr(fonts, "TINOS_FOLDERS", ())
    fallen_back = render(real_document, "pdf")
    assert page_validation.validate_pdf_bytes(fallen_back, profile="3a").is_compliant
    assert totals_row(read_pages(fallen_back)) == ["228,3", "60,0", "30,0", "90,0"]
    assert [message.id for message in printing(None)] == ["zvit.W001"]


def test_without_any_font_says_what_to_install(real_document, monkeypatch, other_font):
    monkeypatch.setattr(fonts, "TINOS_FOLDERS", ())
    monkeypatch.setattr(fonts, "_pt_serif", lambda: None)
    with pytest.raises(fonts.PrintingUnavailable, match="apt-get install fonts-croscore"):
        render(real_document, "pdf")
    assert [message.id for message in printing(None)] == ["zvit.E002"]


def test_without_pango_says_what_to_install(real_document, monkeypatch):
    monkeypatch.setattr(fonts, "PANGO_LIBRARIES", ("libnowhere.so.9",))
    with pytest.raises(fonts.PrintingUnavailable, match=r"libnowhere\.so\.9.*apt-get install libpango"):
        render(real_document, "pdf")
    assert [message.id for message in printing(None)] == ["zvit.E001"]


def test_a_narrative_is_text_whatever_it_holds(real_document):
    text = '<img src="http://127.0.0.1/x.png"> </style><b>=1+1</b> &amp; {{ 7 }} <link rel=attachment href=file:///etc/passwd>'
    document = with_narrative(real_document, "1.3", text)
    content = render(document, "pdf")
    assert squeezed(printed_measures(read_pages(content))["1.3"][0][9]) == squeezed(text)
    assert list(attachments(content)) == ["report.json", "report.xlsx"]


def test_marks_cannot_leave_the_style_sheet(real_document):
    document = dataclasses.replace(real_document, marks=('"} body{display:none} </style><b>',))
    assert read_pages(render(document, "pdf"))[0].text.splitlines()[0] == '"} body{display:none} </style><b>'


def test_pages_are_foretold_at_the_first_try(real_document, caplog):
    """Setting the sheet twice would double the time; the plan must hold for the real report."""
    caplog.set_level(logging.INFO, logger="reporting.renderers.pdf")
    render(real_document, "pdf")
    assert [record.message for record in caplog.records if record.name == "reporting.renderers.pdf"] == []


@pytest.mark.django_db
def test_start_up_checks_are_silent_here():
    call_command("check", "--fail-level", "WARNING")


def test_a_sign_the_font_lacks_is_drawn_as_a_square(real_document):
    """Pasted from Word or a phone; another font, or none, would spoil the archive file."""
    document = with_narrative(real_document, "1.3", "✓ готово \uf0b7 пункт 😀 кінець, и\u0306жа")
    content = render(document, "pdf")
    assert fold(printed_measures(read_pages(content))["1.3"][0][9]) == "√ готово • пункт □ кінець, йжа"
    assert page_validation.validate_pdf_bytes(content, profile="3a").is_compliant
    assert attachments(content)["report.json"] == to_json(document)

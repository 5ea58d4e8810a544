"""«Моя частина»: what is in the workbook, and what comes of it when it is back."""

from __future__ import annotations

import datetime
import io
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from programs.calculations import Money
from programs.contributing import parts_of, save_contribution, submit_part
from programs.enums import ReportState
from programs.importing.examination import Examination, ImportRefused, LineState
from programs.importing.files.reading import read_book
from programs.importing.files.tables import Book
from programs.importing.kinds import own_extract, own_part
from programs.importing.own.cells import own_table
from programs.importing.own.part_workbook import HOW_TO, part_workbook
from programs.models import (
    AnnualReport,
    Contribution,
    Executor,
    ExecutorPart,
    MeasureResult,
    Participation,
    User,
)
from tests import building
from tests.libreoffice import saved_again
from tests.programs.importing.spreadsheets import changes, edited, errors, warnings

pytestmark = pytest.mark.django_db

NARRATIVE, LETTER, DATED = "Інформація про виконання", "Лист №", "Дата листа"
PLAN, ACTUAL, FINANCED = (f"{fact}, general, тис. грн" for fact in ("План", "Факт", "Профінансовано"))
INPUTS = (ACTUAL, FINANCED, NARRATIVE, LETTER, DATED)
NO_KEY = (
    "Над таблицею має бути один рядок «Ключ частини: …»: з нього видно, чия це частина й якого звіту. "
    "Поверніть його або завантажте частину ще раз."
)
UNKNOWN = "Звіту «{}» за 2024 рік немає серед тих, які вам доступні."
UNKNOWN_PART = (
    "Частини з таким ключем немає серед тих частин цього звіту, які вам доступні. Перевірте, чи це той файл, "
    "або завантажте свою частину ще раз."
)
DUE = datetime.date(2025, 1, 15)


@pytest.fixture
def body(db: None) -> Executor:
    return building.executor("Управління освіти")


@pytest.fixture
def sender(body: Executor) -> User:
    return building.appointed(building.user("sender"), body)


@pytest.fixture
def clerk(db: None) -> User:
    return building.appointed(building.user("clerk"), building.executor())


@pytest.fixture
def rows(body: Executor, sender: User, clerk: User) -> list[MeasureResult]:
    """Three measures, in two of which the body takes part; of the first something is said."""
    general = building.source("general", "з загального фонду")
    building.source("special")
    program = building.program(measures=3)
    for measure in program.tasks.get().measures.all()[:2]:
        Participation.objects.create(measure=measure, executor=body)
    made = building.results(program)
    AnnualReport.objects.update(coexecutors_due=DUE)
    made[0].amounts.create(source=general, planned=Decimal("12.5"))
    save_contribution(
        made[0],
        body,
        by=sender,
        version=0,
        narrative="=1+1\nПроведено.",
        letter_number="12/3",
        letter_date=datetime.date(2025, 1, 9),
        amounts={general.pk: Money(actual=Decimal("10.12345"), financed=Decimal(0))},
    )
    return list(MeasureResult.objects.for_report(made[0].report))


@pytest.fixture
def report(rows: list[MeasureResult]) -> AnnualReport:
    return AnnualReport.objects.get()


@pytest.fixture
def content(report: AnnualReport) -> bytes:
    return part_workbook(report, parts_of(report)[0])


@pytest.fixture
def book(content: bytes) -> Book:
    return read(content)


def read(content: bytes, name: str = "part.xlsx") -> Book:
    return read_book(io.BytesIO(content), name)


def examined(book: Book, by: User, **answers: str) -> Examination:
    assert (own_part.recognises(book), own_extract.recognises(book)) == (True, False)
    return own_part.examine(book, by=by, answers=answers)


def filled(book: Book, cells: dict[tuple[int, str], Any]) -> Book:
    """Rows from 1 under the headings."""
    top = headings(book)
    return edited(book, {(top + row, name): value for (row, name), value in cells.items()}, headings=top)


def headings(book: Book) -> int:
    own = own_table(book.tables[0], ("ключ", "версія"))
    assert own is not None
    return own.top


def place(book: Book, row: int, heading: str) -> str:
    own = own_table(book.tables[0], ("ключ", "версія"))
    assert own is not None
    return str(own.place(own.top + row, list(book.tables[0].rows[own.top]).index(heading)))


def said(row: MeasureResult) -> Contribution:
    return row.contributions.get()


# --- the workbook ------------------------------------------------------------------------


def test_the_workbook_says_whose_it_is_and_what_to_do(
    book: Book, report: AnnualReport, body: Executor
) -> None:
    [table] = book.tables
    texts = [row[0] for row in table.rows[: headings(book)] if row]
    told = " ".join(str(text) for text in texts)

    assert (table.name, texts[0], texts[2], texts[4], texts[-1]) == (
        "Моя частина",
        "Інформація про виконання заходів за 2024 рік",
        "Співвиконавець: Управління освіти",
        "Надіслати до 15.01.2025",
        f"Ключ частини: {report.program.public_id}/2024/part-{body.pk}",
    )
    assert [text for text in HOW_TO if text not in told] == []


def test_the_workbook_holds_the_measures_of_one_body_with_what_it_said(
    book: Book, report: AnnualReport
) -> None:
    key = f"{report.program.public_id}/2024/1."
    term = "2020-2025"

    assert [tuple(row) for row in book.tables[0].rows[headings(book) :]] == [
        ("№", "Зміст заходу", "Термін (роки)", PLAN, *INPUTS, "Ключ", "Версія"),
        (
            "1.1",
            "Захід 1",
            term,
            Decimal("12.5"),
            Decimal("10.12345"),
            Decimal(0),
            "=1+1\nПроведено.",
            "12/3",
            datetime.date(2025, 1, 9),
            f"{key}1",
            Decimal(1),
        ),
        ("1.2", "Захід 2", term, None, None, None, None, None, None, f"{key}2", Decimal(0)),
    ]  # fmt: skip


def test_only_what_is_theirs_can_be_typed_in(content: bytes) -> None:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).active
    top = next(row[0].row for row in sheet.iter_rows() if row[0].value == "№")

    assert (sheet.protection.sheet, sheet.protection.password) == (True, None)
    assert [sheet.cell(top, cell.column).value for cell in sheet[top + 1] if not cell.protection.locked] == [
        ACTUAL,
        FINANCED,
        NARRATIVE,
        LETTER,
        DATED,
    ]
    assert sorted(rule.type for rule in sheet.data_validations.dataValidation) == [
        "date",
        "decimal",
        "decimal",
        "textLength",
    ]


def test_each_note_is_one_merged_cell_and_what_the_portal_needs_is_not_printed(
    content: bytes, book: Book
) -> None:
    sheet: Any = openpyxl.load_workbook(io.BytesIO(content)).active
    top = headings(book) + 1
    merged = {str(span).partition(":")[0] for span in sheet.merged_cells.ranges}
    texts = [sheet.cell(row, 1).value for row in range(1, top)]
    last = sheet.cell(top, sheet.max_column - 2).column_letter
    # Of equal columns beside each other openpyxl knows the first.
    key = sheet.column_dimensions[sheet.cell(top, sheet.max_column - 1).column_letter]

    assert texts[5 : 5 + len(HOW_TO)] == [f"{number}. {text}" for number, text in enumerate(HOW_TO, start=1)]
    assert merged == {f"A{number}" for number, text in enumerate(texts, start=1) if text}
    assert sheet.print_area == f"'Моя частина'!$A$1:${last}${sheet.max_row}"
    assert (key.hidden, key.width < 10, key.max) == (False, True, sheet.max_column)


def test_the_same_part_gives_the_same_bytes(content: bytes, report: AnnualReport) -> None:
    assert part_workbook(report, parts_of(report)[0]) == content


def test_a_source_that_the_form_does_not_print_is_offered_where_it_is_in_use(
    report: AnnualReport, rows: list[MeasureResult]
) -> None:
    rows[1].amounts.create(source=building.source("special"), planned=Decimal(1))
    table = read(part_workbook(report, parts_of(report)[0])).tables[0]

    assert "Факт, special, тис. грн" in table.rows[len(table.rows) - 3]


# --- it comes back -----------------------------------------------------------------------


def test_a_part_sent_back_unchanged_changes_nothing(book: Book, sender: User) -> None:
    found = examined(book, sender)

    assert (list(found.notes), [line.state for line in found.lines], found.can_apply) == (
        [],
        [LineState.UNCHANGED] * 2,
        False,
    )


@pytest.mark.parametrize("ending", ["xlsx", "ods"])
def test_a_part_filled_and_saved_by_libreoffice_comes_back(
    ending: str, content: bytes, rows: list[MeasureResult], sender: User, tmp_path: Path
) -> None:
    workbook = openpyxl.load_workbook(io.BytesIO(content))
    sheet: Any = workbook.active
    names = {cell.value: cell.column for row in sheet.iter_rows() for cell in row if cell.value}
    last = sheet.max_row
    for heading, value in {
        ACTUAL: 7.25,
        NARRATIVE: "Друге.\nі третє",
        DATED: datetime.date(2025, 1, 10),
    }.items():
        sheet.cell(last, names[heading]).value = value
    file = io.BytesIO()
    workbook.save(file)
    saved = saved_again(file.getvalue(), ending, tmp_path)

    found = examined(read(saved, f"part.{ending}"), sender)
    own_part.apply(found, by=sender)

    assert (errors(found), warnings(found), [line.state for line in found.lines]) == (
        [],
        [],
        [LineState.UNCHANGED, LineState.NEW],
    )
    contribution = said(rows[1])
    [amount] = contribution.amounts.all()
    assert (contribution.narrative, contribution.letter_date, amount.actual, amount.financed) == (
        "Друге.\nі третє",
        datetime.date(2025, 1, 10),
        Decimal("7.25"),
        None,
    )


def test_what_was_filled_becomes_information(book: Book, rows: list[MeasureResult], sender: User) -> None:
    sent = filled(
        book,
        {
            (1, NARRATIVE): None,
            (1, FINANCED): "1 200 грн",
            (2, LETTER): Decimal(125),
            (2, DATED): "10.01.2025",
            (2, NARRATIVE): "Є.",
        },
    )
    found = examined(sent, sender)
    outcome = own_part.apply(found, by=sender)

    assert changes(found) == [
        (NARRATIVE, "=1+1\nПроведено.", ""),
        (FINANCED, "0,0", "1,2"),
        (NARRATIVE, "", "Є."),
        (LETTER, "", "125"),
        (DATED, "", "10.01.2025"),
    ]
    assert [line.title for line in found.lines] == ["1.1 Захід 1", "1.2 Захід 2"]
    assert (outcome.message, outcome.url_name, list(outcome.url_args)) == (
        "Внесено інформацію: Управління освіти, 2 заходи.",
        "contributions",
        [rows[0].report.program.public_id, 2024],
    )
    first, second = said(rows[0]), said(rows[1])
    amount = first.amounts.get()
    assert (first.narrative, first.letter_number, amount.actual, amount.financed) == (
        "",
        "12/3",
        Decimal("10.12345"),
        Decimal("1.2"),
    )
    assert (second.changed_by, second.is_on_behalf, changes(examined(sent, sender))) == (sender, False, [])


def test_the_department_brings_in_what_came_by_mail(
    book: Book, rows: list[MeasureResult], clerk: User
) -> None:
    own_part.apply(examined(filled(book, {(2, NARRATIVE): "З листа."}), clerk), by=clerk)

    assert (said(rows[1]).changed_by, said(rows[1]).is_on_behalf) == (clerk, True)


@pytest.mark.parametrize(
    ("answers", "is_open", "submitted"),
    [
        ({"submit": "yes"}, False, True),
        ({"submit": "no"}, False, False),
        ({}, False, False),
        ({"submit": "так"}, True, False),
    ],
)
def test_the_part_is_said_to_be_ready_only_when_answered_so(
    answers: dict[str, str], is_open: bool, submitted: bool, book: Book, sender: User
) -> None:
    found = examined(filled(book, {(2, NARRATIVE): "Є."}), sender, **answers)
    own_part.apply(found, by=sender)

    assert (bool(found.open_questions), ExecutorPart.objects.filter(submitted_at__isnull=False).exists()) == (
        is_open,
        submitted,
    )


def test_a_formula_without_its_value_erases_nothing(book: Book, sender: User) -> None:
    sent = filled(book, {(1, ACTUAL): None, (2, NARRATIVE): "Є."})
    table = replace(sent.tables[0], has_uncounted_formulas=True)
    found = examined(replace(sent, tables=(table,)), sender)

    assert [where for where, _ in errors(found)] == [place(sent, 1, ACTUAL)]


# --- what is wrong with it ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("heading", "value", "message"),
    [
        (ACTUAL, Decimal("-1"), "«-1»: сума не може бути від’ємною."),
        (ACTUAL, "багато", "«багато» не є числом. Уведіть, наприклад, «1 234,5»."),
        (DATED, "у січні", "«у січні» не є датою. Уведіть, наприклад, «15.01.2025»."),
        (DATED, Decimal(45667), "«45667» не є датою. Уведіть, наприклад, «15.01.2025»."),
        (LETTER, "№" * 61, "Переконайтеся, що це значення містить не більше ніж 60 "),
        (NARRATIVE, "я" * 10_001, "Переконайтеся, що це значення містить не більше ніж 10000 "),
    ],
)
def test_what_cannot_stand_is_told_at_its_cell(
    heading: str, value: Any, message: str, book: Book, sender: User
) -> None:
    sent = filled(book, {(1, heading): value, (2, NARRATIVE): "Є."})
    found = examined(sent, sender)

    [(where, text)] = errors(found)
    assert (where, text[: len(message)]) == (place(sent, 1, heading), message)
    assert [line.state for line in found.lines] == [LineState.SKIPPED, LineState.NEW]


def test_a_changed_plan_is_not_taken(book: Book, sender: User) -> None:
    sent = filled(book, {(1, PLAN): Decimal(99)})
    found = examined(sent, sender)

    assert (warnings(found), changes(found)) == (
        [(place(sent, 1, PLAN), "План визначають рішення ради; у порталі тут «12,5». Зміну не взято.")],
        [],
    )


def test_keys_are_told_where_they_are_wrong(book: Book, report: AnnualReport, sender: User) -> None:
    key = f"{report.program.public_id}/2024/1."
    doubled = filled(book, {(2, "Ключ"): f"{key}1"})
    foreign = filled(book, {(1, "Ключ"): f"{key}3", (2, "Ключ"): None})
    first = place(book, 1, "Ключ").split(", ")[1]

    assert errors(examined(doubled, sender)) == [
        (place(doubled, 2, "Ключ"), f"Ключ «{key}1» уже є в {first.replace('рядок', 'рядку')}. Лишіть один.")
    ]
    assert errors(examined(foreign, sender)) == [
        (
            place(foreign, 1, "Ключ"),
            f"Заходу з ключем «{key}3» у цій частині немає. Завантажте частину ще раз.",
        ),
        (
            place(foreign, 2, "Ключ").rpartition(", ")[0],
            "У рядку є дані, а ключа немає. Поверніть ключ або приберіть рядок.",
        ),
    ]


@pytest.mark.parametrize(
    ("written", "told"),
    [
        (None, NO_KEY),
        ("Ключ частини: 1-2020-01-01/2024/part-1", UNKNOWN.format("1-2020-01-01")),
        ("Ключ частини: program-99999999999/2024/part-1", UNKNOWN.format("program-99999999999")),
        (
            "Ключ частини: 15-2019-11-05/2024/part-999999999",
            UNKNOWN_PART,
        ),
    ],
)
def test_a_part_of_nobody_is_told(written: str | None, told: str, book: Book, sender: User) -> None:
    table = book.tables[0]
    rows = [list(row) for row in table.rows]
    at = next(number for number, row in enumerate(rows) if row and str(row[0]).startswith("Ключ частини"))
    rows[at][0] = written
    sent = Book("xlsx", (type(table)(table.name, rows),))

    assert [message for _, message in errors(examined(sent, sender))] == [told]


def test_two_parts_in_one_file_are_none(book: Book, sender: User) -> None:
    [message] = [text for _, text in errors(examined(Book("xlsx", book.tables * 2), sender))]

    assert message == "У файлі кілька частин, і не видно, котру брати. Надішліть кожну окремим файлом."


# --- rights, states, others meanwhile ----------------------------------------------------


def test_a_part_of_another_co_executor_is_as_unknown_as_none(book: Book, rows: list[MeasureResult]) -> None:
    """Under a version that nobody has seen, a comparison would quote what they wrote."""
    other = building.executor("Управління спорту")
    Participation.objects.create(measure=rows[2].measure, executor=other)
    rival = building.appointed(building.user("rival"), other)
    found = examined(filled(book, {(1, NARRATIVE): "Ні.", (1, "Версія"): Decimal(7)}), rival)

    assert (errors(found), warnings(found), list(found.lines), found.title) == (
        [("аркуш «Моя частина»", UNKNOWN_PART)],
        [],
        [],
        "Моя частина",
    )


def test_who_sees_a_part_and_speaks_for_neither_brings_in_nothing(book: Book) -> None:
    auditor = building.user("auditor", is_auditor=True)
    found = examined(filled(book, {(2, NARRATIVE): "Є."}), auditor)

    assert (errors(found), list(found.lines)) == (
        [
            (
                "аркуш «Моя частина»",
                "Інформацію виконавця «Управління освіти» вносять він сам або відповідальний виконавець "
                "Програми.",
            )
        ],
        [],
    )


def test_a_closed_report_takes_nothing(book: Book, report: AnnualReport, sender: User) -> None:
    AnnualReport.objects.update(state=ReportState.ON_APPROVAL)

    assert [text for _, text in errors(examined(filled(book, {(2, NARRATIVE): "Є."}), sender))] == [
        "Звіт у стані «На погодженні»: інформацію співвиконавців уже не змінюють."
    ]


def test_a_submitted_part_is_recalled_first(
    book: Book, report: AnnualReport, body: Executor, sender: User, clerk: User
) -> None:
    submit_part(report, body, by=sender)
    sent = filled(book, {(2, NARRATIVE): "Є."})

    assert [text for _, text in errors(examined(sent, sender))] == [
        "Ви вже відмітили «Інформацію подано». Відкличте подання на сторінці «Інформація співвиконавців» і "
        "внесіть файл ще раз."
    ]
    assert (errors(examined(sent, clerk)), examined(sent, clerk).questions) == ([], [])


def test_rows_that_others_wrote_meanwhile_stay_theirs(
    book: Book, rows: list[MeasureResult], body: Executor, sender: User, clerk: User
) -> None:
    save_contribution(rows[0], body, by=clerk, version=1, narrative="З листа.", letter_number="12/3")
    save_contribution(rows[1], body, by=clerk, version=0, narrative="Теж з листа.")
    found = examined(filled(book, {(1, ACTUAL): Decimal("10.12345")}), sender)

    assert (list(found.notes), [line.state for line in found.lines]) == ([], [LineState.UNCHANGED] * 2)


def test_a_row_that_somebody_else_changed_is_told(
    book: Book, rows: list[MeasureResult], body: Executor, sender: User, clerk: User
) -> None:
    save_contribution(rows[1], body, by=clerk, version=0, narrative="З листа.")
    sent = filled(book, {(2, NARRATIVE): "Від нас."})
    [(where, message)] = errors(examined(sent, sender))

    assert (where, message.partition(" (")[0], message.partition("; ")[2]) == (
        place(sent, 2, NARRATIVE),
        "Поки файл був у вас, інформацію про цей захід змінили",
        "тепер тут «З листа.». Завантажте частину ще раз і внесіть свої зміни в неї.",
    )


def test_what_the_door_refuses_is_an_import_refused(
    book: Book, rows: list[MeasureResult], body: Executor, sender: User
) -> None:
    found = examined(filled(book, {(1, NARRATIVE): "Інше.", (2, NARRATIVE): "Є."}), sender)
    AnnualReport.objects.update(state=ReportState.AGREED)

    with pytest.raises(ImportRefused):
        own_part.apply(found, by=sender)
    assert said(rows[0]).version == 1

"""The real report of 2023 goes out as our own form and comes back into a portal that does not know it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from programs import demonstration
from programs.demonstration import load_accounts, load_reference
from programs.importing.examination import LineState
from programs.importing.files.reading import read_book
from programs.importing.files.tables import Book
from programs.importing.kinds import official_form
from programs.models import AnnualReport, FundingSource, Participation, Program, User
from reporting.assemble import assemble
from reporting.document import ReportDocument
from reporting.renderers import FORMATS, render
from tests.building import appointed, user
from tests.demonstration import loaded
from tests.libreoffice import saved_again
from tests.programs.importing.forms import said

SOURCE_SAYS_NOT = "у джерелі не зазначено"
ANSWERS = {
    "transcribed": "yes",
    "plan": "no",
    "justification:1.1": SOURCE_SAYS_NOT,
    "justification:4.1": SOURCE_SAYS_NOT,
}
TOTAL = (
    "Загальний відсоток у файлі 90,0\u00a0%, а за сумами заходів 13,1\u00a0%. "
    "90,0 дорівнює 60,0 + 30,0 (факт + профінансовано)."
)
Facts = tuple[list[tuple[str, str, str]], list[tuple[str, str, bool]]]


@pytest.fixture(scope="module")
def original(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> tuple[ReportDocument, Facts]:
    """Of a database that is put back as it was: the document, and what the portal knew beside it."""
    with django_db_blocker.unblock(), transaction.atomic():
        report = loaded().reports.get(year=2023)
        made = assemble(report, draft_at=None), facts(report)
        transaction.set_rollback(True)
    return made


@pytest.fixture
def document(original: tuple[ReportDocument, Facts]) -> ReportDocument:
    return original[0]


@pytest.fixture(scope="module")
def files(
    original: tuple[ReportDocument, Facts], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, bytes]:
    """Our form as it is printed in Excel and Word, and as others save it."""
    folder: Path = tmp_path_factory.mktemp("saved")
    xlsx = render(original[0], "xlsx")
    return {
        "xlsx": xlsx,
        "docx": render(original[0], "docx"),
        "ods": saved_again(xlsx, "ods", folder),
        "csv": as_excel_saves_csv(xlsx),
    }


def as_excel_saves_csv(xlsx: bytes) -> bytes:
    """In a Ukrainian Windows: semicolons, decimal commas, and cells that were merged left blank."""
    (table,) = read_book(io.BytesIO(xlsx), "Звіт.xlsx").tables
    saved = io.StringIO()
    writer = csv.writer(saved, delimiter=";", lineterminator="\r\n")
    for row in table.rows:
        writer.writerow([str(cell).replace(".", ",") if isinstance(cell, Decimal) else cell for cell in row])
    return saved.getvalue().encode("utf-8-sig")


def facts(report: AnnualReport) -> Facts:
    """Of each measure the years and the executors, which the form prints only as texts."""
    measures = report.results.order_by("measure__task__number", "measure__number")
    parts = Participation.objects.filter(measure__results__report=report).order_by(
        "measure__task__number", "measure__number", "position"
    )
    return (
        [(one.measure.code, str(one.measure.term), one.stated_justification) for one in measures],
        [(one.measure.code, one.executor.name, one.by_consent) for one in parts],
    )


def book(files: Mapping[str, bytes], ending: str) -> Book:
    return read_book(io.BytesIO(files[ending]), f"Звіт.{ending}")


def imported(read: Book, by: User, answers: Mapping[str, str]) -> AnnualReport:
    examination = official_form.examine(read, by=by, answers=answers)
    assert (examination.errors, examination.open_questions) == ([], [])
    outcome = official_form.apply(examination, by=by)
    return AnnualReport.objects.select_related("program__responsible").get(pk__in=outcome.report_ids)


@pytest.fixture
def department(db: None) -> User:
    """In a portal that knows the executors and the funding sources, and no programme."""
    load_reference()
    load_accounts()
    return User.objects.get(username=demonstration.RESPONSIBLE)


@pytest.mark.parametrize("ending", ["xlsx", "docx", "ods", "csv"])
def test_the_report_prints_the_same_after_the_way_round(
    ending: str, files: Mapping[str, bytes], document: ReportDocument, department: User
) -> None:
    report = imported(book(files, ending), department, ANSWERS)
    assert assemble(report, draft_at=None) == document


def test_every_format_has_the_same_bytes(
    files: Mapping[str, bytes], document: ReportDocument, department: User
) -> None:
    again = assemble(imported(book(files, "xlsx"), department, ANSWERS), draft_at=None)
    # Of the PDF, which takes its time, another test knows that equal documents print the same bytes.
    names = [name for name in FORMATS if name != "pdf"]
    different = [name for name in names if render(again, name) != render(document, name)]
    assert different == []


def test_what_the_form_prints_as_texts_is_known_as_before(
    files: Mapping[str, bytes], original: tuple[ReportDocument, Facts], department: User
) -> None:
    assert facts(imported(book(files, "xlsx"), department, ANSWERS)) == original[1]


def test_nothing_but_the_wrong_total_is_said(files: Mapping[str, bytes], department: User) -> None:
    examination = official_form.examine(book(files, "xlsx"), by=department, answers={})
    assert (said(examination), examination.open_questions) == ([("warning", TOTAL)], [])


def test_brought_in_again_it_changes_nothing(files: Mapping[str, bytes], department: User) -> None:
    read = book(files, "xlsx")
    imported(read, department, ANSWERS)
    again = official_form.examine(read, by=department, answers={})
    assert {line.state for line in again.lines} == {LineState.UNCHANGED}


def test_it_comes_back_into_a_portal_without_executors(
    files: Mapping[str, bytes], document: ReportDocument, db: None
) -> None:
    """The administrator answers who they all are; the figures are then the department's to bring in."""
    for item in demonstration.read("funding_sources"):
        FundingSource.objects.create(code=item["key"], name=item["name"], form_line=item["form_line"])
    admin, read = user("admin", is_program_admin=True), book(files, "xlsx")
    imported(read, admin, ANSWERS | all_new(read, admin))
    program = Program.objects.select_related("responsible").get()
    clerk = appointed(user("clerk"), program.responsible)
    again = assemble(imported(read, clerk, ANSWERS), draft_at=None)
    assert (again, program.awaits_confirmation) == (document, False)


def all_new(read: Book, by: User) -> dict[str, str]:
    """Every body as a new one; the responsible one first, whom the cells may name too."""
    answers = {"responsible": "new:council_body"}
    asked = official_form.examine(read, by=by, answers=answers).questions
    return answers | {one.key: "new:council_body" for one in asked if one.key.startswith("executor:")}


def test_two_sheets_with_the_form_are_refused(files: Mapping[str, bytes], department: User) -> None:
    (table,) = book(files, "xlsx").tables
    twice = Book("xlsx", (table, table))
    examination = official_form.examine(twice, by=department, answers={})
    assert (official_form.recognises(twice), len(examination.errors), list(examination.lines)) == (
        True,
        1,
        [],
    )


def test_a_form_with_no_row_is_refused(files: Mapping[str, bytes], department: User) -> None:
    (table,) = book(files, "xlsx").tables
    heading = next(number for number, row in enumerate(table.rows) if "Завдання" in row)
    empty = Book("xlsx", (type(table)(table.name, table.rows[: heading + 1]),))
    examination = official_form.examine(empty, by=department, answers={})
    assert [(note.message, list(examination.lines)) for note in examination.errors] == [
        ("У таблиці форми немає жодного заходу.", [])
    ]

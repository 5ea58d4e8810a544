"""Tables as nobody meant them, sent by somebody who agrees to everything: no fault, nothing half-written.

Each of the four kinds of file is taken as it should be and spoilt a little, hundreds of times, always in the
same ways. What can be applied is applied; what cannot leaves the database as it was.
"""

import datetime
import io
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import chain

import pytest
from django.db import models, transaction
from django.utils import timezone

from programs.contributing import parts_of
from programs.importing import staging
from programs.importing.book_json import pack
from programs.importing.examination import Examination, ImportRefused
from programs.importing.files.reading import read_book
from programs.importing.files.tables import Book, CellValue, Span
from programs.importing.own.part_workbook import part_workbook
from programs.importing.template.workbook import template_workbook
from programs.models import (
    Amount,
    AnnualReport,
    Contribution,
    Decision,
    Event,
    Executor,
    ExecutorAlias,
    Measure,
    MeasureResult,
    Participation,
    PlannedFunding,
    Program,
    StagedImport,
    Task,
    User,
)
from reporting.assemble import assemble
from reporting.extracts.selection import Selection
from reporting.extracts.writing import write_extract
from reporting.renderers import render
from tests import building

pytestmark = pytest.mark.django_db

MUTATIONS = 100
STRANGE: Sequence[CellValue] = (
    None,
    "",
    "0",
    "-5",
    "1.234,5",
    "1 234,56789",
    "1 234,567891",
    "=1+1",
    "#REF!",
    "NaN",
    "тис. грн",
    "42 350,00 грн",
    "Управління освіти; Управління освіти",
    "виконано",
    "2020-2025",
    "2025-2020",
    "2.1",
    "1.1",
    "ключ",
    "Разом",
    "а" * 12_000,
    "<r>&amp;</r>\u202e\u200b",
    "рядок\nі ще один",
    Decimal(0),
    Decimal("-1"),
    Decimal("0.000001"),
    Decimal("99999999999"),
    Decimal("2.30000000000003E-11"),
    Decimal(10) ** 29,
    True,
    datetime.date(2023, 1, 2),
    datetime.date(1899, 12, 31),
)
Cells = list[list[CellValue]]


def a_cell(cells: Cells, chance: random.Random) -> tuple[int, int]:
    row = chance.randrange(len(cells))
    return row, chance.randrange(max(1, len(cells[row])))


def set_cell(cells: Cells, chance: random.Random) -> None:
    row, column = a_cell(cells, chance)
    cells[row][column : column + 1] = [chance.choice(STRANGE)]


def move_cell(cells: Cells, chance: random.Random) -> None:
    row, column = a_cell(cells, chance)
    to_row, to_column = a_cell(cells, chance)
    if column < len(cells[row]):
        cells[to_row][to_column : to_column + 1] = [cells[row][column]]


def drop_row(cells: Cells, chance: random.Random) -> None:
    del cells[chance.randrange(len(cells))]


def double_row(cells: Cells, chance: random.Random) -> None:
    row = chance.randrange(len(cells))
    cells.insert(chance.randrange(len(cells)), list(cells[row]))


def swap_rows(cells: Cells, chance: random.Random) -> None:
    one, other = chance.randrange(len(cells)), chance.randrange(len(cells))
    cells[one], cells[other] = cells[other], cells[one]


def drop_column(cells: Cells, chance: random.Random) -> None:
    _, column = a_cell(cells, chance)
    for row in cells:
        del row[column : column + 1]


def double_column(cells: Cells, chance: random.Random) -> None:
    _, column = a_cell(cells, chance)
    for row in cells:
        row[column:column] = row[column : column + 1] or [None]


def cut_off(cells: Cells, chance: random.Random) -> None:
    del cells[chance.randrange(len(cells)) :]


SPOILERS: Sequence[Callable[[Cells, random.Random], None]] = (
    set_cell, set_cell, set_cell, set_cell, move_cell, drop_row, double_row, swap_rows, drop_column,
    double_column, cut_off,
)  # fmt: skip


def spoilt(book: Book, chance: random.Random) -> Book:
    """One to three faults in one of its tables, and now and then an area merged across it."""
    tables = list(book.tables)
    # The first sheet is the one that matters where there are many.
    place = chance.choice((0, chance.randrange(len(tables))))
    cells = [list(row) for row in tables[place].rows]
    for _ in range(chance.choice((1, 1, 2, 3))):
        if cells:
            chance.choice(SPOILERS)(cells, chance)
    spans = tables[place].spans
    if chance.random() < 0.1 and cells:
        top, left = a_cell(cells, chance)
        spans = (*spans, Span(top, left, min(top + 2, len(cells) - 1), left + 1))
    tables[place] = replace(tables[place], rows=cells, spans=spans)
    return replace(book, tables=tables)


# --- the four kinds, as they should be ----------------------------------------------------


@pytest.fixture
def clerk(db: None) -> User:
    """Works for the responsible body of a report with money and with a co-executor."""
    ours, theirs = building.executor("Управління культури"), building.executor("Управління освіти")
    clerk = building.appointed(building.user("clerk"), ours)
    made = building.program(measures=3, responsible=ours)
    for measure in Measure.objects.all():
        for position, executor in enumerate((ours, theirs), start=1):
            Participation.objects.create(measure=measure, executor=executor, position=position)
    building.ready_report(made, by=clerk)
    return clerk


def read(content: bytes) -> Book:
    return read_book(io.BytesIO(content), "файл.xlsx")


def the_form(clerk: User) -> Book:
    return read(render(assemble(AnnualReport.objects.get(), draft_at=None), "xlsx"))


def a_new_form(clerk: User) -> Book:
    """The same form of a programme that is not there yet."""
    book = the_form(clerk)
    rows = [
        [value.replace("№15", "№16") if isinstance(value, str) else value for value in row]
        for row in book.tables[0].rows
    ]
    return replace(book, tables=[replace(book.tables[0], rows=rows)])


def the_extract(clerk: User) -> Book:
    file = io.BytesIO()
    write_extract(Selection(), "xlsx", file, by=clerk, now=timezone.now())
    return read(file.getvalue())


def the_part(clerk: User) -> Book:
    report = AnnualReport.objects.get()
    (part,) = parts_of(report)
    return read(part_workbook(report, part))


def the_template(clerk: User) -> Book:
    book = read(template_workbook())
    filled: dict[str, Cells] = {
        "Рішення": [["затверджує програму", "77", datetime.date(2022, 3, 1)]],
        "Завдання": [[Decimal(1), "Перше"]],
        "Заходи": [[Decimal(1), Decimal(1), "Захід", "2023-2025", None, "Управління освіти"]],
        "План за роками": [[Decimal(1), Decimal(1), Decimal(2024), None, "general", Decimal("12.5")]],
    }
    values = ("міська програма", "Молодь", Decimal(2023), Decimal(2025), "Управління культури")
    tables = {
        table.name: [list(row) for row in table.rows] + filled.get(table.name, []) for table in book.tables
    }
    for row, value in enumerate(values, start=1):
        tables["Програма"][row][1:2] = [value]
    # What is filled in comes first: that is what is worth spoiling.
    order = ("Програма", *filled)
    return replace(book, tables=[replace(book.table(name), rows=tables[name]) for name in order])


KINDS: dict[str, Callable[[User], Book]] = {
    "official_form": the_form,
    "a new official_form": a_new_form,
    "own_extract": the_extract,
    "own_part": the_part,
    "program_template": the_template,
}

# --- what is there, and what may be done to it --------------------------------------------

WRITTEN: Sequence[type[models.Model]] = (
    Program, Decision, Task, Measure, Participation, PlannedFunding, Executor, ExecutorAlias, AnnualReport,
    MeasureResult, Amount, Contribution, Event,
)  # fmt: skip


def everything() -> list[tuple[object, ...]]:
    return list(chain.from_iterable(model._base_manager.order_by("pk").values_list() for model in WRITTEN))


def agreed_to(examination: Examination) -> dict[str, str]:
    """Whatever is asked is answered: by the last thing offered, or by a year that any field takes."""
    return {
        one.key: one.answer or (one.options[-1].value if one.options else "2024")
        for one in examination.questions
    }


def applied(book: Book, kind: str, by: User) -> bool:
    staged = StagedImport.objects.create(
        owner=by,
        file_name="файл.xlsx",
        sha256="0" * 64,
        kind=kind,
        book=pack(book),
        expires_at=timezone.now() + datetime.timedelta(hours=1),
    )
    examination = staging.examine(staged, by=by)
    for _ in range(3):
        if examination.open_questions:
            examination = staging.answer(staged, agreed_to(examination), by=by)
    try:
        staging.apply(staged, by=by, seen=examination.digest)
    except ImportRefused:
        return False
    return True


class Undone(Exception):
    """Takes back what was applied, so that each mutation meets the same data."""


@pytest.mark.parametrize("name", KINDS)
def test_a_spoilt_table_is_applied_whole_or_leaves_everything_as_it_was(name: str, clerk: User) -> None:
    book = KINDS[name](clerk)
    before = everything()
    outcomes = []
    for seed in range(MUTATIONS):
        mutated = spoilt(book, random.Random(f"{name} {seed}"))
        kind = staging.kind_of(mutated)
        if kind is None:
            outcomes.append(False)
            continue
        try:
            with transaction.atomic():
                outcomes.append(applied(mutated, kind, clerk))
                if outcomes[-1]:
                    raise Undone
                assert everything() == before
        except Undone:
            pass
    # Some are harmless and some are not, or the mutations would prove nothing.
    assert set(outcomes) == {True, False}

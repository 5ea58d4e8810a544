"""Tables of the form as departments keep it, written short."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from programs.importing.examination import Weight
from programs.importing.files.tables import Book, CellValue, Span, Table
from programs.importing.form.contents import ReadForm, ReadMeasure
from programs.importing.form.reading import read_form

Row = Sequence[CellValue]

HEADINGS: Row = (
    "№ з/п", "Завдання", "Зміст заходів", "Термін виконання", "Виконавці",
    "Річний обсяг фінансування тис. грн (план)", "Річний обсяг фінансування тис. грн (факт)",
    "Фактично профінансовано у звітному періоді тис. грн", "Відсоток виконання заходу %",
    "Інформація про виконання",
)  # fmt: skip
D = Decimal


def measure(
    content: str | None = "1.1. Тренінг",
    number: CellValue = "1.",
    task: CellValue = "Навчити",
    **cells: CellValue,
) -> list[CellValue]:
    """10,0 planned, 9,0 actual, 8,0 financed; `cells` by the keys of `read`."""
    values: dict[str, CellValue] = {
        "term": "2020-2025", "executors": "Управління культури", "planned": D(10), "actual": D(9),
        "financed": D(8), "percent": D(80), "information": "Проведено.",
    } | cells  # fmt: skip
    return [number, task, content, *values.values()]


def table(
    *rows: Row, headings: Sequence[Row] = (HEADINGS,), spans: Sequence[Span] = (), **more: object
) -> Table:
    return Table("Звіт", [*headings, *rows], spans, **more)  # type: ignore[arg-type]


def read(*rows: Row, headings: Sequence[Row] = (HEADINGS,), spans: Sequence[Span] = ()) -> ReadForm:
    return read_form(Book("xlsx", [table(*rows, headings=headings, spans=spans)]))


def only(form: ReadForm) -> ReadMeasure:
    (one,) = form.measures
    return one


def outline(form: ReadForm) -> list[tuple[int | None, str, list[tuple[int | None, str]]]]:
    return [
        (task.number, task.text, [(one.number, one.title) for one in task.measures]) for task in form.tasks
    ]


def said(form: ReadForm, weight: Weight | None = None) -> list[tuple[str, str]]:
    """Places and sentences."""
    return [(str(note.place), note.message) for note in form.notes if weight in (None, note.weight)]


def errors(form: ReadForm) -> list[tuple[str, str]]:
    return said(form, Weight.ERROR)

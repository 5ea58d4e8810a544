"""Columns of an extract that the portal writes and does not take back: who changed them is told so."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal
from typing import Any

from ... import calculations
from ...entry import AMOUNT_FIELDS
from ...enums import PercentBase
from ...keys import program_key
from ...textforms import TextFormError, clean_text
from ..examination import Note, Weight
from ..files.cells import shortened
from ..files.tables import CellValue
from ..measure_columns import unguarded
from .cells import Cell, OwnTable, in_words, quoted, read_signed
from .extract_columns import HEADINGS
from .extract_rows import FileRow, StandingRow


def fixed_cell_notes(own: OwnTable, row: FileRow, sums_in_hryvnias: Mapping[Cell, int]) -> Iterator[Note]:
    """Warnings; none for who edits a sum and its total consistently.

    Of a row that others changed since, numbers may be those that the file was taken of.
    """
    if row.is_refused:
        return
    # What stood in a version that nobody has seen cannot be told from what a person typed.
    is_known = row.opened is not None or not row.is_stale
    for column, expected in _expected_numbers(own, row, sums_in_hryvnias) if is_known else ():
        if not _holds(own.table.cell(row.at, column), expected):
            old = quoted(in_words(expected[0]))
            message = f"Цю графу обчислює портал; у ньому тут {old}. Зміну не взято."
            yield Note(Weight.WARNING, message, own.place(row.at, column))
    # A closed report may have been printed under names that are no more.
    if not row.result.report.report_state.accepts_figures:
        return
    for name, texts in _texts_elsewhere(row.standing).items():
        if HEADINGS[name] not in own.columns or _reads_alike(own.cell(row.at, HEADINGS[name]), texts):
            continue
        old = quoted(shortened(min(texts, key=len)))
        message = f"Ця графа змінюється не тут, а у відомостях про програму; у порталі {old}. Зміну не взято."
        yield Note(Weight.WARNING, message, own.place(row.at, own.columns[HEADINGS[name]]))


def _expected_numbers(
    own: OwnTable, row: FileRow, sums_in_hryvnias: Mapping[Cell, int]
) -> Iterator[tuple[int, list[Decimal | None]]]:
    """Column, and what it may hold: first what stands, then with the person's changes, then as it was."""
    then = row.cells_then
    typings: list[Mapping[Cell, Any]] = [{}, row.changed, then, {**then, **row.changed}]
    computed = [_computed(row.standing, typed) for typed in typings]
    for name in computed[0]:
        if HEADINGS[name] in own.columns:
            yield own.columns[HEADINGS[name]], [numbers[name] for numbers in computed]
    for cell, column in sums_in_hryvnias.items():
        old = row.standing.value(cell)
        yield column, [_hryvnias(typed.get(cell, old)) for typed in typings]


def _holds(value: CellValue, expected: Collection[Decimal | None]) -> bool:
    try:
        return read_signed(value) in expected
    except TextFormError:
        return False


def _computed(row: StandingRow, typed: Mapping[Cell, Any]) -> dict[str, Decimal | None]:
    """By the column's key, of the row as it stands with these cells replaced."""
    program = row.result.report.program
    money = calculations.total_money(row.money_with(typed).values())
    base = calculations.percent_base(money, of_actual=program.percent_base == PercentBase.ACTUAL)
    computed = calculations.computed_percent(money.financed, base)
    stated = typed.get(("stated_percent", None), row.result.stated_percent)
    numbers: dict[str, Decimal | None] = {}
    for fact in AMOUNT_FIELDS:
        thousands = getattr(money, fact)
        numbers[fact] = thousands
        numbers[f"{fact}_hryvnias"] = _hryvnias(thousands)
    numbers["deviation"] = calculations.difference(money.planned, money.financed)
    numbers["computed_percent"] = computed
    numbers["percent"] = calculations.printed_percent(stated, computed)
    return numbers


def _hryvnias(thousands: Decimal | None) -> Decimal | None:
    return None if thousands is None else calculations.hryvnias(thousands)


def _texts_elsewhere(row: StandingRow) -> dict[str, set[str]]:
    """What may stand in the columns that belong to the programme; a column not named is not compared."""
    report, measure = row.result.report, row.result.measure
    program, responsible = report.program, report.program.responsible
    texts: dict[str, set[str]] = {
        "program_id": {program_key(program)},
        "program": {program.title, program.printed_title, report.printed_program},
        "responsible": {responsible.name, responsible.printed_name, report.printed_department},
        "budget_codes": {program.budget_codes},
        "year": {str(report.year)},
        "task_number": {str(measure.task.number)},
        "task": {measure.task.text},
        "measure": {measure.title},
        "term": {str(measure.term), measure.printed_term},
    }
    if measure.executors_text:
        texts["executors_text"] = {measure.executors_text}
    return texts


def _reads_alike(value: CellValue, texts: Collection[str]) -> bool:
    """Whether a cell still holds one of the texts; spreadsheets make numbers of some and take spaces away."""
    if isinstance(value, Decimal):
        return f"{value:f}" in {text.lstrip("0") for text in texts}
    written = "" if value is None else str(value)
    return bool({_squeezed(written), _squeezed(unguarded(written))} & {_squeezed(text) for text in texts})


def _squeezed(text: str) -> str:
    return " ".join(clean_text(text).split())

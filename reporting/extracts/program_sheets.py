"""«Завдання» and «Програми»: totals of whole tasks and whole reports, whatever rows of them are selected."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from programs.amendments import replacements
from programs.consistency import Severity
from programs.importing.measure_columns import ColumnKind, ColumnSpec
from programs.keys import program_key
from programs.models import Program

from .gathering import Batch, ReportPart
from .sheets import (
    KEY,
    MONEY_COLUMNS,
    PROGRAM_ID,
    STATE,
    YEAR,
    Row,
    Sheet,
    Value,
    moment,
    money_cells,
    of_report,
    yes_or_no,
)

IN_REPORT = ColumnSpec("measures", "заходів у звіті", ColumnKind.NUMBER)
IN_EXTRACT = ColumnSpec("selected", "заходів у вибірці", ColumnKind.NUMBER)
COMPUTED = ColumnSpec("computed_percent", "розрахунковий відсоток", ColumnKind.PERCENT)
PRINTED = ColumnSpec("percent", "відсоток у звіті", ColumnKind.PERCENT)

# --- «Завдання» --------------------------------------------------------------------------

TASK_COLUMNS = (
    KEY,
    PROGRAM_ID,
    YEAR,
    STATE,
    ColumnSpec("task_number", "№ завдання", ColumnKind.NUMBER),
    ColumnSpec("task", "завдання", ColumnKind.LONG_TEXT),
    IN_REPORT,
    IN_EXTRACT,
    *MONEY_COLUMNS,
    COMPUTED,
)


def _task_rows(batch: Batch) -> Iterator[Row]:
    for part in batch.parts:
        tasks = {result.measure.task_id: result.measure.task for result in part.results}
        selected = Counter(result.measure.task_id for result in part.selected)
        in_report = Counter(result.measure.task_id for result in part.results)
        for pk, task in tasks.items():
            if not selected[pk]:
                continue
            figures = part.figures.tasks[pk]
            yield (
                f"{part.key}/{task.number}",
                *of_report(part),
                task.number,
                task.text,
                in_report[pk],
                selected[pk],
                *money_cells(figures.money),
                figures.computed_percent,
            )


TASK_SHEET = Sheet("Завдання", "tasks", TASK_COLUMNS, _task_rows, has_totals=True)

# --- «Програми» --------------------------------------------------------------------------

PROGRAM_COLUMNS = (
    KEY,
    PROGRAM_ID,
    YEAR,
    STATE,
    ColumnSpec("program", "програма", ColumnKind.LONG_TEXT),
    ColumnSpec("program_printed", "назва програми, як друкується", ColumnKind.LONG_TEXT),
    ColumnSpec("responsible", "відповідальний виконавець", ColumnKind.LONG_TEXT),
    ColumnSpec("budget_codes", "КПКВК МБ"),
    ColumnSpec("term", "термін реалізації"),
    ColumnSpec("decision_number", "рішення, яким затверджено: №"),
    ColumnSpec("decision_date", "рішення, яким затверджено: дата", ColumnKind.DATE),
    ColumnSpec("amendments", "рішень, які змінили план цього року", ColumnKind.NUMBER),
    ColumnSpec("coexecutors_due", "строк для співвиконавців", ColumnKind.DATE),
    ColumnSpec("department_due", "строк для відповідального виконавця", ColumnKind.DATE),
    ColumnSpec("edition", "редакція", ColumnKind.NUMBER),
    ColumnSpec("fingerprint", "відбиток SHA-256"),
    ColumnSpec("agreed_at", "погоджено", ColumnKind.MOMENT),
    ColumnSpec("signed_with", "чим підписано"),
    ColumnSpec("public_edition", "оприлюднена редакція", ColumnKind.NUMBER),
    ColumnSpec("is_transcribed", "перенесено з паперу"),
    ColumnSpec("is_demonstration", "демонстраційні дані"),
    IN_REPORT,
    IN_EXTRACT,
    *MONEY_COLUMNS,
    ColumnSpec("percent_base", "основа відсотка"),
    COMPUTED,
    ColumnSpec("stated_percent", "відсоток, надрукований на папері", ColumnKind.PERCENT),
    PRINTED,
    ColumnSpec("errors", "помилок", ColumnKind.NUMBER),
    ColumnSpec("warnings", "попереджень", ColumnKind.NUMBER),
)


def program_row(part: ReportPart) -> Row:
    report, program, total = part.report, part.program, part.figures.total
    weights = Counter(finding.severity for finding in part.findings)
    return (
        part.key,
        *of_report(part),
        program.printed_title,
        report.printed_program,
        *_passport(program),
        len(_amending(part)),
        report.coexecutors_due,
        report.department_due,
        part.frozen.edition_number if part.frozen else None,
        part.frozen.fingerprint if part.frozen else "",
        moment(part.frozen.frozen_at) if part.frozen else None,
        "; ".join(part.signed_kinds),
        report.public_number,  # type: ignore[attr-defined]
        yes_or_no(report.is_transcribed),
        yes_or_no(report.is_demonstration),
        len(part.results),
        len(part.selected),
        *money_cells(total.money),
        program.get_percent_base_display(),
        total.computed_percent,
        total.stated_percent,
        total.percent,
        weights[Severity.ERROR],
        weights[Severity.WARNING],
    )


def row_without_report(program: Program, year: int, state: str) -> Row:
    """Of a programme that has no report of the year: who it is, and that word for the state."""
    key = program_key(program)
    known: Row = (f"{key}/{year}", key, year, state, program.printed_title, "", *_passport(program))
    blanks = ["" if column.kind is ColumnKind.TEXT else None for column in PROGRAM_COLUMNS[len(known) :]]
    return (*known, *blanks)


def _passport(program: Program) -> tuple[Value, ...]:
    """Cells from «відповідальний виконавець» to the date of the decision that approved it."""
    decision = program.approving_decision
    return (
        program.responsible.name,
        program.budget_codes,
        str(program.term),
        decision.number if decision else "",
        decision.date if decision else None,
    )


def _amending(part: ReportPart) -> set[int]:
    """Decisions after the approving one whose plan for the year came into force and differed."""
    approving = part.program.approving_decision
    return {
        one.decision.pk
        for rows in part.plans_by_measure.values()
        for one in replacements(rows)
        if one.in_time and one.decision != approving and one.before != one.after
    }


def _program_rows(batch: Batch) -> Iterator[Row]:
    return map(program_row, batch.parts)


PROGRAM_SHEET = Sheet(
    "Програми",
    "programs",
    PROGRAM_COLUMNS,
    _program_rows,
    has_totals=True,
    page_starts=("coexecutors_due", "planned"),
)

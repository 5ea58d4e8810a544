"""A form of a programme that the portal does not know: the programme, and a draft of its report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ... import calculations, composing
from ...calculations import BLANK, Money
from ...entry import ResultEntry, save_results
from ...models import Executor, User
from ...proposal import Fault, ProposedExecutor, ProposedMeasure, ProposedPlan, ProposedProgram, ProposedTask
from ...textforms import Term, counted
from ..asking import Asking
from ..examination import NOWHERE, Change, Examination, Line, LineState, Note, Outcome, Place, Weight
from ..form.cells import term_of
from ..form.contents import ReadForm
from ..form.executor_cells import with_consent
from ..form.printed import in_one_line
from .asked import FormProgram, ask_program
from .content import NOTHING, FormRow, FormTask, differences, fraction_notes, numbered, row_faults
from .opening import Opening
from .sums import amount, lost_lines, wrong_sums

FIGURES_LEFT_OUT = (
    "Показники звіту вносять лише працівники відповідального виконавця: факт, профінансовано, відсотки та "
    "інформацію з файла не взято. Коли програму буде внесено, той самий файл зможуть надіслати вони."
)


@dataclass(frozen=True)
class NewProgram:
    """What is written."""

    proposed: ProposedProgram
    opening: Opening
    cells: Mapping[str, tuple[Mapping[str, Any], Mapping[int, Money]]]
    """By measure code: fields of a result, and its sums by source; empty for who may not enter them."""

    def write(self, *, by: User) -> Outcome:
        program = composing.compose(self.proposed, by=by)
        report = self.opening.open(program, by=by)
        rows = {row.measure.code: row for row in report.results.select_related("measure__task")}
        if self.cells:
            entries = [
                ResultEntry(rows[code].pk, rows[code].version, values, amounts)
                for code, (values, amounts) in self.cells.items()
            ]
            save_results(report, entries, by=by)
        measures = counted(len(rows), "захід", "заходи", "заходів")
        message = f"Внесено програму «{program}» ({measures}) і чернетку звіту за {report.year} рік."
        return Outcome(message, "report_page", (program.public_id, report.year), (report.pk,))


def examine(form: ReadForm, *, by: User, kind: str, asking: Asking) -> Examination:
    """Everything at once: what is open, what is wrong, and what would be written."""
    tasks, notes = numbered(form)
    read = ask_program(form, tasks, by, asking)
    notes += _notes(read)
    work = _work(read)
    if work is not None:
        faults = composing.faults(work.proposed, by=by)
        notes += [Note(Weight.ERROR, fault.message, _place(fault, read)) for fault in faults]
    title = read.frame.title if read.frame else in_one_line(form.heading.title)
    year = f", за {read.frame.year} рік" if read.frame else ""
    return Examination(
        kind=kind,
        title=f"Форма звіту: нова програма «{title}»{year}" if title else "Форма звіту: нова програма",
        lines=_lines(read),
        notes=(*form.notes, *asking.notes, *notes),
        questions=asking.questions,
        work=work,
    )


# --- what comes of it ----------------------------------------------------------------------


def _notes(read: FormProgram) -> list[Note]:
    notes = [note for row in read.rows for note in row_faults(row)]
    notes += fraction_notes(read.rows, of_actual=read.of_actual)
    frame, opening = read.frame, read.opening
    if frame is not None and opening is not None:
        notes += opening.faults()
        if frame.year not in frame.term:
            message = f"Звітний рік {frame.year} поза терміном програми ({frame.term.in_words})."
            notes.append(Note(Weight.ERROR, message))
        if not read.enters:
            notes.append(Note(Weight.WARNING, FIGURES_LEFT_OUT))
    notes += wrong_sums(read.form, read.rows, of_actual=read.of_actual)
    if read.source is not None:
        total = calculations.total_money(row.money for row in read.rows)
        notes += lost_lines(read.form, {read.source.form_line: total} if read.source.form_line else {})
    return notes


def _work(read: FormProgram) -> NewProgram | None:
    """With stand-ins for what is open, so that all faults are found at once."""
    frame, opening = read.frame, read.opening
    if frame is None or opening is None:
        return None
    proposed = ProposedProgram(
        kind=frame.kind,
        title=frame.title,
        start_year=frame.start_year,
        end_year=frame.end_year,
        responsible=frame.responsible.pk
        if isinstance(frame.responsible, Executor)
        else frame.responsible.name,
        decisions=(frame.decision,),
        tasks=[_task(task, read) for task in read.tasks],
        executors=_new_executors(read),
        aliases=read.named.aliases,
        budget_codes=frame.budget_codes,
        percent_base=frame.percent_base,
    )
    cells = {}
    for row in read.rows if read.enters else ():
        sums = {read.source.pk: row.money} if read.source and row.money != BLANK else {}
        cells[row.code] = (read.contents[row.code].values, sums)
    return NewProgram(proposed, opening, cells)


def _new_executors(read: FormProgram) -> list[ProposedExecutor]:
    return [*([read.brought] if read.brought else []), *read.named.executors]


def _task(task: FormTask, read: FormProgram) -> ProposedTask:
    return ProposedTask(task.number, task.text, [_measure(row, read) for row in task.rows])


def _measure(row: FormRow, read: FormProgram) -> ProposedMeasure:
    frame = read.frame
    assert frame is not None
    term = read.terms.get(row.read.term_text, frame.term)
    plans = []
    if read.plans and read.source is not None and row.read.planned is not None:
        plans.append(ProposedPlan(frame.year, read.source.pk, row.read.planned, frame.decision.ref))
    return ProposedMeasure(
        number=row.number,
        title=row.read.title,
        term=term,
        term_text="" if row.read.term_text == str(term) else row.read.term_text,
        executors_text=row.read.executors_text,
        participations=read.named.participations.get(row.read.executors_text, ()),
        plans=plans,
    )


_CELLS = {"term": "term_text", "participations": "executors_text", "plans": "planned"}


def _place(fault: Fault, read: FormProgram) -> Place:
    """The cell that a part of the proposal was read from."""
    match fault.path:
        case ("tasks", int(task), "measures", int(measure), *rest):
            cell = str(rest[0]) if rest else "row"
            return read.tasks[task].rows[measure].place(_CELLS.get(cell, cell))
        case ("tasks", int(task), *_):
            return read.tasks[task].place
        case ("executors", int(index), *_) if (place := index - bool(read.brought)) >= 0:
            return read.named.places[place]
    return NOWHERE


# --- as people see it ----------------------------------------------------------------------


def _lines(read: FormProgram) -> list[Line]:
    lines = [part.line for part in (read.frame, read.opening) if part is not None]
    names: dict[int | str, str] = {}
    names.update(read.bodies.names.items())
    names |= {one.name: one.name for one in _new_executors(read)}
    for task in read.tasks:
        text = Change("завдання", "", task.text, task.place)
        lines.append(Line(f"Завдання {task.number}", LineState.NEW, task.place, (text,)))
        lines += [Line(row.title, LineState.NEW, row.place(), _cells(row, read, names)) for row in task.rows]
    return lines


def _printed_term(row: FormRow, term: Term | None) -> str:
    """As the report prints it; with its years where the words do not tell them."""
    printed = in_one_line(row.read.term_text)
    if term is None or term_of(printed) == term:
        return printed
    return f"{printed} ({term})" if printed else str(term)


def _cells(row: FormRow, read: FormProgram, names: Mapping[int | str, str]) -> list[Change]:
    term = read.terms.get(row.read.term_text)
    parts = read.named.participations.get(row.read.executors_text, ())
    known = [with_consent(names.get(part.executor, ""), by_consent=part.by_consent) for part in parts]
    shown = [
        ("термін", _printed_term(row, term), "term_text"),
        ("виконавці, як друкується", row.read.executors_text, "executors_text"),
        ("виконавці", "; ".join(known), "executors_text"),
    ]
    if read.plans and row.read.planned is not None:
        shown.append(("план за рішенням", amount(row.read.planned), "planned"))
    changes = [Change(label, "", value, row.place(cell)) for label, value, cell in shown if value]
    return changes + (differences(row, NOTHING, read.contents[row.code]) if read.enters else [])

"""The programme template, filled in: a new programme, or what decisions change in one that stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from ... import amending, composing, permissions
from ...enums import DecisionKind
from ...models import Executor, Program, User
from ...proposal import Fault, ProposedProgram
from ...proposal_filling import filled_program
from ...proposal_standing import standing_measures, standing_proposal
from ...textforms import counted, search_key
from ..asking import Asking
from ..examination import Examination, ImportRefused, Note, Option, Outcome, Weight
from ..files.cells import shortened
from ..files.tables import Book
from ..template import lines as template_lines
from ..template.columns import ProgramSheet
from ..template.naming import Executors, decision_number
from ..template.proposal import Assembled, Reference, Standing, assemble
from ..template.reading import ReadTemplate, looks_like_template, read_template

KIND = "program_template"
LABEL = "Шаблон програми"
APPROVING_LOOKED_AT = 3
"""One decision approves a programme; of more an error tells."""


@dataclass(frozen=True)
class _Work:
    proposed: ProposedProgram
    program: Program | None
    """That stands."""


def recognises(book: Book) -> bool:
    return looks_like_template(book)


def examine(book: Book, *, by: User, answers: Mapping[str, str]) -> Examination:
    read = read_template(book)
    reference = Reference.load()
    program, notes = _program_meant(read, by)
    if program is not None:
        return _changes(read, program, reference, by=by)
    if notes:
        # Changes to nothing: all that a new programme would lack is beside the point.
        return Examination(KIND, "Зміни до програми", notes=[*read.notes, *notes])
    asking = Asking(answers)
    responsible, more = _responsible(read, reference, asking, by)
    assembled = assemble(read, reference, responsible=responsible, standing=Standing())
    found = [*read.notes, *_blanks(read), *more, *asking.notes, *assembled.notes]
    found += _as_notes(composing.faults(assembled.proposed, by=by), assembled, found)
    assembled = replace(assembled, proposed=filled_program(assembled.proposed))
    title = assembled.proposed.title
    return Examination(
        KIND,
        f"Нова програма «{title}»" if title else "Нова програма",
        template_lines.of_new(assembled, reference).lines,
        found,
        asking.questions,
        work=_Work(assembled.proposed, None),
    )


def _changes(read: ReadTemplate, program: Program, reference: Reference, *, by: User) -> Examination:
    measures = standing_measures(program)
    stands = standing_proposal(program, measures)
    standing = Standing(
        decisions=stands.decisions,
        tasks={task.number: task.text for task in stands.tasks},
        # A number that was freed and taken again means the measure in force.
        measures={
            (number, one.proposed.number): one.proposed
            for number, of in measures.items()
            for one in sorted(of, key=lambda one: one.proposed.withdrawn_by is None)
        },
    )
    assembled = assemble(read, reference, responsible=program.responsible_id, standing=standing)
    added = amending.additions(program, assembled.proposed)
    shown = template_lines.of_changes(
        assembled, added, measures, [decision.ref for decision in stands.decisions], reference
    )
    found = [*read.notes, *assembled.notes]
    found += _as_notes(amending.faults(added, by=by), assembled, found)
    return Examination(
        KIND,
        f"Зміни до програми «{program.title}»",
        shown.lines,
        [*found, *shown.notes],
        basis={"program": composing.shape(program)},
        work=_Work(assembled.proposed, program),
    )


def apply(examination: Examination, *, by: User) -> Outcome:
    work: _Work = examination.work
    try:
        if work.program is None:
            return _composed(composing.compose(work.proposed, by=by), work.proposed)
        amending.amend(work.program, work.proposed, by=by)
    except composing.ComposingRefused as refused:
        raise ImportRefused(str(refused)) from refused
    return Outcome(f"Зміни до програми «{work.program}» внесено.", "program_page", (work.program.public_id,))


def _composed(program: Program, proposed: ProposedProgram) -> Outcome:
    measures = _size_in_words(proposed)
    said = f"Програму «{program}» внесено: {measures}."
    if program.awaits_confirmation:
        said += " Її ще має підтвердити адміністратор програм."
    return Outcome(said, "program_page", (program.public_id,))


def _size_in_words(proposed: ProposedProgram) -> str:
    """«2 завдання, 7 заходів»."""
    tasks, measures = proposed.tasks, [one for task in proposed.tasks for one in task.measures]
    return (
        f"{counted(len(tasks), 'завдання', 'завдання', 'завдань')}, "
        f"{counted(len(measures), 'захід', 'заходи', 'заходів')}"
    )


# --- which programme, and whose ----------------------------------------------------------


def _program_meant(read: ReadTemplate, by: User) -> tuple[Program | None, list[Note]]:
    """One that stands and is seen by `by`: by its code, or else by the decision that approved it."""
    visible = Program.objects.visible_to(by).not_rejected()
    if code := read.program["program_id"]:
        program = visible.filter(public_id=code).first()
        place = read.program.at("program_id")
        sentence = f"Програми з кодом «{shortened(code)}» немає або вона не стосується вашого підрозділу."
        return program, [] if program else [Note(Weight.ERROR, sentence, place)]
    approved = (
        visible.approved_by(decision_number(row["number"]), row["date"])
        for row in read.decisions
        if row["kind"] == DecisionKind.APPROVES and row["number"] and row["date"]
    )
    looked_at = islice(approved, APPROVING_LOOKED_AT)
    return next((program for program in looked_at if program is not None), None), []


def _responsible(
    read: ReadTemplate, reference: Reference, asking: Asking, by: User
) -> tuple[int | str | None, list[Note]]:
    """An id, a new body's name, or nothing yet."""
    place = read.program.at("responsible")
    name = read.program["responsible"] or ""
    if name:
        new = [row["name_of"] for row in read.executors if row["name_of"]]
        keys = {search_key(one): -index for index, one in enumerate(new, start=1)}
        found = Executors({**keys, **reference.bodies.spellings}).find(name)
        if found is not None:
            return (found if found > 0 else new[-found - 1]), []
        sentence = (
            f"Виконавця «{shortened(name)}» портал не знає. Візьміть назву з аркуша «Списки» або додайте "
            "нового на аркуш «Виконавці»."
        )
        return None, [Note(Weight.ERROR, sentence, place)]
    own = Executor.objects.filter(pk__in=by.appointments.current().values("executor")).order_by("sort_key")
    bodies = list(own)
    if len(bodies) == 1 and not permissions.can_manage_programs(by):
        return bodies[0].pk, []
    if not bodies:
        return None, [Note(Weight.ERROR, "Вкажіть відповідального виконавця програми.", place)]
    options = [Option(str(body.pk), body.name) for body in bodies]
    chosen = asking.choose("responsible", "Хто відповідальний виконавець програми?", options, place=place)
    return (int(chosen) if chosen else None), []


def _blanks(read: ReadTemplate) -> list[Note]:
    """Of a new programme these may not be blank."""
    row = read.program
    return [
        Note(Weight.ERROR, f"Заповніть поле «{column.column_name}».", row.at(name))
        for name, column in ProgramSheet().columns.items()
        if column.is_required and column.is_blank(row[name]) and name not in row.unread
    ]


def _as_notes(faults: Sequence[Fault], assembled: Assembled, told: Sequence[Note]) -> list[Note]:
    """Causes alone, one error a cell: what is said of an unreadable one would be said of its stand-in."""
    places = {note.place for note in told if note.weight is Weight.ERROR and note.place.column is not None}
    notes = [
        Note(Weight.ERROR, fault.message, assembled.place(fault.path))
        for fault in faults
        if fault.path not in assembled.silent
    ]
    return [note for note in notes if note.place not in places]

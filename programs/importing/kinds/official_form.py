"""The official form as a spreadsheet: a programme with a draft report out of it, or one report's figures."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ... import permissions
from ...composing import ComposingRefused
from ...entry import EntryError
from ...enums import DecisionKind
from ...models import Decision, Program, User
from ...textforms import public_id, search_key
from ..asking import Asking
from ..examination import Examination, ImportRefused, Note, Option, Outcome, Weight
from ..form import ReadForm, ReadHeading
from ..form_reading import is_form, read_form
from ..tables import Book
from . import form_program, form_report
from .form_content import SAME_TITLE_FROM, likeness
from .form_frame import decision_of
from .form_printed import printed_program

KIND = "official_form"
LABEL = "Форма звіту"

NEW_PROGRAM = "new"
OFFERED_AT_MOST = 30


def recognises(book: Book) -> bool:
    return is_form(book)


def examine(book: Book, *, by: User, answers: Mapping[str, str]) -> Examination:
    """Reads only; never raises for what is in the file."""
    form = read_form(book)
    return examine_form(form, by=by, answers=answers, printed_program=printed_program(book, form.heading))


def examine_form(
    form: ReadForm, *, by: User, answers: Mapping[str, str], printed_program: str
) -> Examination:
    """`printed_program` is how the heading calls the programme."""
    asking = Asking(answers)
    empty = Examination(KIND, LABEL, notes=form.notes)
    if not form.measures:
        # Of a form that could not be read at all, the reader has said why.
        nothing = Note(Weight.ERROR, "У таблиці форми немає жодного заходу.")
        said = any(note.weight is Weight.ERROR for note in form.notes)
        return replace(empty, notes=form.notes if said else (*form.notes, nothing))
    if not permissions.can_import(by):
        message = "Дані з файлів вносять адміністратор програм і працівники виконавців."
        return replace(empty, notes=(*form.notes, Note(Weight.ERROR, message)))
    goal = _program_of(form.heading, by, asking)
    if isinstance(goal, Program):
        return form_report.examine(
            form, goal, by=by, kind=KIND, asking=asking, printed_program=printed_program
        )
    if goal == NEW_PROGRAM:
        return form_program.examine(form, by=by, kind=KIND, asking=asking, printed_program=printed_program)
    title = f"{LABEL}: {printed_program}" if printed_program else LABEL
    return replace(empty, title=title, questions=asking.questions)


@transaction.atomic
def apply(examination: Examination, *, by: User) -> Outcome:
    """Raises ImportRefused with the sentence of the door that would not take it; then nothing is written."""
    work: form_program.NewProgram | form_report.ReportFigures = examination.work
    try:
        return work.write(by=by)
    except (ComposingRefused, EntryError, PermissionDenied) as error:
        raise ImportRefused(str(error)) from error
    except ValidationError as error:
        raise ImportRefused(f"{' '.join(error.messages)} Нічого не записано.") from error


def _program_of(heading: ReadHeading, by: User, asking: Asking) -> Program | str:
    """The one that the heading means, `NEW_PROGRAM`, or «» while that is open.

    A decision settles it. A title alone does only where the file names no decision.
    """
    ref = decision_of(heading)
    if ref is not None and (approved := _approved_by(*ref)) is not None:
        if heading.title and likeness(heading.title, approved.title) < SAME_TITLE_FROM:
            message = (
                f"За номером і датою рішення це програма «{approved.title}», а у файлі назва "
                f"«{heading.title}». Перевірте, чи це той файл."
            )
            asking.notes.append(Note(Weight.WARNING, message))
        return approved
    programs = list(Program.objects.select_related("responsible"))
    titled = [one for one in programs if search_key(one.title) == search_key(heading.title)]
    if ref is None and len(titled) == 1:
        return titled[0]
    visible = set(Program.objects.visible_to(by).values_list("pk", flat=True))
    similar = sorted(
        (one for one in programs if one.pk in visible),
        key=lambda one: -likeness(heading.title, one.title),
    )[:OFFERED_AT_MOST]
    if not similar:
        return NEW_PROGRAM
    is_like_none = likeness(heading.title, similar[0].title) < SAME_TITLE_FROM
    answer = asking.choose(
        "program",
        "Якої програми цей звіт?",
        [Option(NEW_PROGRAM, "нова програма"), *(Option(str(one.pk), one.printed_title) for one in similar)],
        suggested=NEW_PROGRAM if heading.title and is_like_none else "",
        hint=f"У файлі: «{heading.title}»." if heading.title else "У файлі назви програми не прочитано.",
    )
    return next((one for one in similar if str(one.pk) == answer), answer)


def _approved_by(number: str, date: datetime.date) -> Program | None:
    """Numbers are compared as the public identity spells them."""
    wanted = public_id(number, date.isoformat())
    decisions = Decision.objects.filter(kind=DecisionKind.APPROVES, date=date)
    return next(
        (
            one.program
            for one in decisions.select_related("program__responsible").order_by("pk")
            if public_id(one.number, one.date.isoformat()) == wanted
        ),
        None,
    )

"""The official form as a spreadsheet: a programme with a draft report out of it, or one report's figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from django.core.exceptions import PermissionDenied, ValidationError

from ... import permissions
from ...composing import ComposingRefused
from ...entry import EntryError
from ...models import Program, User
from ...textforms import search_key
from ..asking import Asking
from ..examination import Examination, ImportRefused, Note, Option, Outcome, Weight
from ..files.tables import Book
from ..form.contents import ReadForm, ReadHeading
from ..form.reading import is_form, read_form
from ..form_import import program as form_program
from ..form_import import report as form_report
from ..form_import.content import SAME_TITLE_FROM, likeness
from ..form_import.frame import decision_of

KIND = "official_form"
LABEL = "Форма звіту"

NEW_PROGRAM = "new"
THOUSANDS, HRYVNIAS = "thousands", "hryvnias"
OFFERED_AT_MOST = 30

NOT_YOURS = (
    "Програма з файла в порталі вже є, а ви в ній участі не берете: її звіти вносить відповідальний "
    "виконавець. Якщо ви маєте працювати з нею, зверніться до адміністратора програм."
)


def recognises(book: Book) -> bool:
    return is_form(book)


def examine(book: Book, *, by: User, answers: Mapping[str, str]) -> Examination:
    """Reads only; never raises for what is in the file."""
    form, asking = read_form(book), Asking(answers)
    if form.measures and form.unlabelled:
        unit = _ask_unit(form, asking)
        if not unit:
            # Every figure depends on it, and so does what else is to be asked.
            return Examination(KIND, _title(form), notes=form.notes, questions=asking.questions)
        form = read_form(book, unlabelled_in_hryvnias=unit == HRYVNIAS)
    return _examine(form, by, asking)


def examine_form(form: ReadForm, *, by: User, answers: Mapping[str, str]) -> Examination:
    """Of one whose sums are surely in тис. грн."""
    return _examine(form, by, Asking(answers))


def _ask_unit(form: ReadForm, asking: Asking) -> str:
    """Nothing is suggested: what looks small in hryvnias may be large in thousands."""
    columns = ", ".join(f"«{label}»" for label in form.unlabelled)
    return asking.choose(
        "unit",
        f"У чому суми {'граф' if len(form.unlabelled) > 1 else 'графи'} {columns}?",
        [Option(THOUSANDS, "тис. грн"), Option(HRYVNIAS, "грн")],
        hint="Ні назви граф, ні підпис над таблицею одиниці не називають.",
    )


def _title(form: ReadForm) -> str:
    printed = form.heading.printed_program
    return f"{LABEL}: {printed}" if printed else LABEL


def _examine(form: ReadForm, by: User, asking: Asking) -> Examination:
    empty = Examination(KIND, LABEL, notes=form.notes)
    if not form.measures:
        # Of a form that could not be read at all, the reader has said why.
        nothing = Note(Weight.ERROR, "У таблиці форми немає жодного заходу.")
        said = any(note.weight is Weight.ERROR for note in form.notes)
        return replace(empty, notes=form.notes if said else (*form.notes, nothing))
    goal = _program_of(form.heading, by, asking)
    if isinstance(goal, Program) and not permissions.can_read_program(by, goal):
        return replace(empty, title=_title(form), notes=(*form.notes, Note(Weight.ERROR, NOT_YOURS)))
    if isinstance(goal, Program):
        return form_report.examine(form, goal, by=by, kind=KIND, asking=asking)
    if goal == NEW_PROGRAM:
        return form_program.examine(form, by=by, kind=KIND, asking=asking)
    return replace(empty, title=_title(form), questions=asking.questions)


def apply(examination: Examination, *, by: User) -> Outcome:
    """In a transaction. Raises ImportRefused with the sentence of the door that would not take it."""
    work: form_program.NewProgram | form_report.ReportFigures = examination.work
    try:
        return work.write(by=by)
    except (ComposingRefused, EntryError, PermissionDenied) as error:
        raise ImportRefused(str(error)) from error
    except ValidationError as error:
        raise ImportRefused(f"{' '.join(error.messages)} Нічого не записано.") from error


def _is_called_so(program: Program, heading: ReadHeading) -> bool:
    """Its title, and its years where the file tells them."""
    return (
        search_key(program.title) == search_key(heading.title)
        and heading.start_year in (None, program.start_year)
        and heading.end_year in (None, program.end_year)
        and (heading.year is None or heading.year in program.term)
    )


def _program_of(heading: ReadHeading, by: User, asking: Asking) -> Program | str:
    """The one that the heading means, `NEW_PROGRAM`, or «» while that is open.

    A decision settles it. A title alone does only where the file names no decision, and its years agree:
    a programme often has the title of the one before it. It may be one that this person may not read.
    """
    ref = decision_of(heading)
    approved = Program.objects.select_related("responsible").approved_by(*ref) if ref else None
    if approved is not None:
        if not permissions.can_read_program(by, approved):
            return approved
        if heading.title and likeness(heading.title, approved.title) < SAME_TITLE_FROM:
            message = (
                f"За номером і датою рішення це програма «{approved.title}», а у файлі назва "
                f"«{heading.title}». Перевірте, чи це той файл."
            )
            asking.notes.append(Note(Weight.WARNING, message))
        return approved
    programs = list(Program.objects.not_rejected().select_related("responsible"))
    titled = [one for one in programs if _is_called_so(one, heading)]
    if ref is None and len(titled) == 1:
        return titled[0]
    visible = set(Program.objects.visible_to(by).values_list("pk", flat=True))
    title = heading.title or heading.unquoted_title
    similar = sorted(
        (one for one in programs if one.pk in visible),
        key=lambda one: -likeness(title, one.title),
    )[:OFFERED_AT_MOST]
    if not similar:
        return NEW_PROGRAM
    is_like_none = likeness(title, similar[0].title) < SAME_TITLE_FROM
    answer = asking.choose(
        "program",
        "Якої програми цей звіт?",
        [Option(NEW_PROGRAM, "нова програма"), *(Option(str(one.pk), one.printed_title) for one in similar)],
        suggested=NEW_PROGRAM if title and is_like_none else "",
        hint=f"У файлі: «{title}»." if title else "У файлі назви програми не прочитано.",
    )
    return next((one for one in similar if str(one.pk) == answer), answer)

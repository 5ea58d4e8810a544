"""A kind of file for tests of what all kinds share: it renames the only executor."""

import dataclasses
from collections.abc import Mapping
from types import SimpleNamespace

import pytest

from programs.importing import staging
from programs.importing.examination import (
    Change,
    Examination,
    ImportRefused,
    Line,
    LineState,
    Note,
    Outcome,
    Place,
    Question,
)
from programs.importing.files.tables import Book
from programs.models import Executor, User


class NamesKind:
    """The second row of the only column is the new name; the first says «назва»."""

    KIND = "official_form"
    LABEL = "Назва"

    def __init__(self) -> None:
        self.notes: tuple[Note, ...] = ()
        self.questions: tuple[Question, ...] = ()
        self.report_ids: tuple[int, ...] = ()
        self.fails = False

    def recognises(self, book: Book) -> bool:
        return book.tables[0].cell(0, 0) == "назва"

    def examine(self, book: Book, *, by: User, answers: Mapping[str, str]) -> Examination:
        standing = Executor.objects.get()
        name = str(book.tables[0].cell(1, 0))
        state = LineState.UNCHANGED if standing.name == name else LineState.CHANGED
        return Examination(
            self.KIND,
            "Назва виконавця",
            (Line("виконавець", state, Place("", 2), (Change("назва", standing.name, name),)),),
            self.notes,
            tuple(
                dataclasses.replace(one, answer=answers.get(one.key, one.answer)) for one in self.questions
            ),
            basis={"executor": str(standing.version)},
            work=name,
        )

    def apply(self, examination: Examination, *, by: User) -> Outcome:
        standing = Executor.objects.get()
        standing.name = examination.work
        standing.save()
        if self.fails:
            raise ImportRefused("Двері відмовили.")
        return Outcome("Записано.", "program_list", report_ids=self.report_ids)


def put_in_place(patch: pytest.MonkeyPatch) -> NamesKind:
    """The only kind that recognises anything while the patch lasts."""
    made = NamesKind()
    stranger = SimpleNamespace(recognises=lambda book: False)
    patch.setattr(staging, "kind_module", lambda name: made if name == NamesKind.KIND else stranger)
    return made

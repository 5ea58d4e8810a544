"""A file is read and shown, then applied as it was shown: all of it or nothing, by its owner, in time."""

import datetime
import hashlib
from io import BytesIO
from typing import Any

import pytest
from django.db import DatabaseError, DataError, IntegrityError, OperationalError
from django.utils import timezone

from programs.enums import EventKind
from programs.importing import staging
from programs.importing.examination import Examination, ImportRefused, Note, Outcome, Question, Weight
from programs.models import Event, Executor, StagedImport, User
from tests import building
from tests.programs.importing.names_kind import NamesKind, put_in_place

pytestmark = pytest.mark.django_db


@pytest.fixture
def kind(monkeypatch: pytest.MonkeyPatch) -> NamesKind:
    return put_in_place(monkeypatch)


@pytest.fixture
def clerk(kind: NamesKind) -> User:
    return building.appointed(building.user("clerk"), building.executor("Управління культури"))


def sent(name: str = "Департамент культури", *, by: User, file_name: str = "назви.csv") -> StagedImport:
    return staging.stage(BytesIO(f"назва\n{name}\n".encode()), file_name, by=by)


def apply(staged: StagedImport, by: User) -> Outcome:
    return staging.apply(staged, by=by, seen=staging.examine(staged, by=by).digest)


def names() -> list[str]:
    return list(Executor.objects.values_list("name", flat=True))


def test_what_was_shown_is_written(clerk: User) -> None:
    outcome = apply(sent(by=clerk), clerk)
    assert (outcome.message, names()) == ("Записано.", ["Департамент культури"])


def test_showing_writes_nothing(clerk: User) -> None:
    staging.examine(sent(by=clerk), by=clerk)
    assert names() == ["Управління культури"]


def test_what_is_applied_is_kept_no_longer(clerk: User) -> None:
    apply(sent(by=clerk), clerk)
    assert StagedImport.objects.count() == 0


def test_what_is_applied_twice_is_written_once(clerk: User) -> None:
    staged = sent(by=clerk)
    seen = staging.examine(staged, by=clerk).digest
    staging.apply(staged, by=clerk, seen=seen)
    with pytest.raises(ImportRefused, match="його застосовано"):
        staging.apply(staged, by=clerk, seen=seen)


def test_data_that_changed_since_refuses_it(clerk: User) -> None:
    staged = sent(by=clerk)
    seen = staging.examine(staged, by=clerk).digest
    other = Executor.objects.get()
    other.version += 1
    other.save()
    with pytest.raises(staging.Overtaken):
        staging.apply(staged, by=clerk, seen=seen)
    assert (names(), StagedImport.objects.count()) == (["Управління культури"], 1)


def test_another_person_cannot_apply_it(clerk: User) -> None:
    staged = sent(by=clerk)
    other = building.appointed(building.user("other"), Executor.objects.get())
    with pytest.raises(ImportRefused):
        apply(staged, other)
    assert names() == ["Управління культури"]


def test_another_person_cannot_drop_it(clerk: User) -> None:
    staged = sent(by=clerk)
    staging.discard(staged, by=building.user("other"))
    assert StagedImport.objects.get() == staged


def test_it_expires(clerk: User) -> None:
    staged = sent(by=clerk)
    StagedImport.objects.update(expires_at=timezone.now())
    with pytest.raises(ImportRefused, match="минув його строк"):
        apply(staged, clerk)
    assert staging.forget_expired() == 1


def test_it_waits_as_long_as_the_setting_says(clerk: User, settings: Any) -> None:
    settings.IMPORT_KEEP_HOURS = 5
    staged = sent(by=clerk)
    assert staged.expires_at - staged.staged_at == datetime.timedelta(hours=5)


def test_an_error_forbids_it(clerk: User, kind: NamesKind) -> None:
    kind.notes = (Note(Weight.ERROR, "Не так."),)
    with pytest.raises(ImportRefused, match="є помилки"):
        apply(sent(by=clerk), clerk)
    assert names() == ["Управління культури"]


def test_an_open_question_forbids_it_until_it_is_answered(clerk: User, kind: NamesKind) -> None:
    kind.questions = (Question("why", "Чому?"),)
    staged = sent(by=clerk)
    with pytest.raises(ImportRefused):
        apply(staged, clerk)
    staging.answer(staged, {"why": " бо так ", "other": "зайве"}, by=clerk)
    assert staged.answers == {"why": "бо так"}
    apply(staged, clerk)
    assert names() == ["Департамент культури"]


def test_an_answer_given_after_the_look_must_be_looked_at(clerk: User, kind: NamesKind) -> None:
    kind.questions = (Question("why", "Чому?", answer="так"),)
    staged = sent(by=clerk)
    seen = staging.examine(staged, by=clerk).digest
    staging.answer(staged, {"why": "ні"}, by=clerk)
    with pytest.raises(staging.Overtaken):
        staging.apply(staged, by=clerk, seen=seen)


def test_a_file_that_changes_nothing_is_not_applied(clerk: User) -> None:
    with pytest.raises(ImportRefused):
        apply(sent("Управління культури", by=clerk), clerk)


def test_what_a_door_refuses_leaves_nothing_half_written(clerk: User, kind: NamesKind) -> None:
    kind.fails = True
    staged = sent(by=clerk)
    with pytest.raises(ImportRefused, match="Двері відмовили"):
        apply(staged, clerk)
    assert (names(), Event.objects.count(), StagedImport.objects.count()) == (["Управління культури"], 0, 1)


def test_the_journal_keeps_what_came_from_which_file(clerk: User, kind: NamesKind) -> None:
    report = building.results(building.program(measures=1, responsible=Executor.objects.get()))[0].report
    kind.report_ids = (report.pk,)
    kind.notes = (Note(Weight.WARNING, "Дивно."),)
    apply(sent(by=clerk), clerk)
    event = Event.objects.get(kind=EventKind.IMPORTED)
    assert (event.report, event.by, event.details) == (
        report,
        clerk,
        {
            "file": "назви.csv",
            "sha256": hashlib.sha256("назва\nДепартамент культури\n".encode()).hexdigest(),
            "import": "official_form",
            "title": "Назва виконавця",
            "rows": 1,
            "cells": 1,
            "warnings": ["Дивно."],
        },
    )


def test_a_file_of_no_kind_is_refused_by_name_of_its_sheets(clerk: User) -> None:
    with pytest.raises(ImportRefused, match="не знайдено ні форми звіту"):
        staging.stage(BytesIO("щось\nінше\n".encode()), "щось.csv", by=clerk)
    assert StagedImport.objects.count() == 0


@pytest.mark.parametrize("fields", [{}, {"is_auditor": True}, {"is_system_admin": True}])
def test_who_enters_nothing_sends_nothing(kind: NamesKind, fields: dict[str, bool]) -> None:
    building.executor()
    with pytest.raises(ImportRefused, match="Дані з файлів вносять"):
        sent(by=building.user("somebody", **fields))


def test_nothing_that_waits_is_dropped_to_make_room(clerk: User) -> None:
    for number in range(20):
        sent(by=clerk, file_name=f"{number}.csv")
    with pytest.raises(ImportRefused, match="Приберіть непотрібні"):
        sent(by=clerk)
    assert StagedImport.objects.count() == 20


def test_an_answer_keeps_no_sign_that_a_database_refuses(clerk: User, kind: NamesKind) -> None:
    kind.questions = (Question("why", "Чому?"),)
    staged = sent(by=clerk)
    staging.answer(staged, {"why": "бо\x00 так"}, by=clerk)
    assert StagedImport.objects.get().answers == {"why": "бо так"}


def test_an_answer_to_what_is_gone_is_refused(clerk: User, kind: NamesKind) -> None:
    kind.questions = (Question("why", "Чому?"),)
    staged = sent(by=clerk)
    StagedImport.objects.all().delete()
    with pytest.raises(ImportRefused, match="вже немає"):
        staging.answer(staged, {"why": "так"}, by=clerk)


@pytest.mark.parametrize(
    ("met", "raised"),
    [(IntegrityError, staging.Overtaken), (OperationalError, staging.Overtaken), (DataError, ImportRefused)],
)
def test_what_the_database_refuses_is_a_sentence_and_nothing_is_written(
    clerk: User,
    kind: NamesKind,
    monkeypatch: pytest.MonkeyPatch,
    met: type[DatabaseError],
    raised: type[ImportRefused],
) -> None:
    staged = sent(by=clerk)

    def failing(examination: Examination, *, by: User) -> Outcome:
        Executor.objects.update(name="Наполовину")
        raise met("refused")

    monkeypatch.setattr(kind, "apply", failing)
    with pytest.raises(ImportRefused) as refused:
        apply(staged, clerk)
    assert (type(refused.value), names()) == (raised, ["Управління культури"])

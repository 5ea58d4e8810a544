"""Imports in two steps: a file is read and shown, then applied as it was shown, all of it or nothing.

What is kept in between belongs to the person who sent it and expires. The file itself is not kept.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType
from typing import IO

from django.conf import settings
from django.db import DatabaseError, IntegrityError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone

from .. import permissions
from ..enums import EventKind
from ..journal import record
from ..models import AnnualReport, StagedImport, User
from ..textforms import clean_text
from .annotating import without_results
from .book_json import pack, unpack
from .examination import Examination, ImportRefused, Outcome
from .files.reading import read_book
from .files.tables import Book

# In this order: what says most about itself comes first.
KINDS = ("own_extract", "own_part", "program_template", "official_form")
KEPT_FOR_ONE_PERSON = 20
LONGEST_ANSWER = 3000
WARNINGS_ON_RECORD = 50
AT_ONCE = (
    "Тієї самої миті ті самі дані записував хтось інший. Нічого не записано; нижче нове порівняння: "
    "перегляньте його й застосуйте ще раз."
)
NOT_TAKEN = (
    "База даних не приймає якогось значення з файла, хоча перевірка його пропустила. Нічого не записано. "
    "Скажіть про це системному адміністраторові й назвіть файл."
)
GONE = (
    "Цього прочитаного файла вже немає: його застосовано, прибрано або минув його строк. "
    "Цього разу нічого не записано."
)


logger = logging.getLogger(__name__)


class Overtaken(ImportRefused):
    """What would be written now is not what the person was shown."""


def stage(file: IO[bytes], name: str, *, by: User) -> StagedImport:
    """Read a file and keep what stood in it, for `by` alone.

    Raises FileRefused for what cannot be read, ImportRefused for who may not import or a file that is
    none of the kinds; then nothing is kept.
    """
    if not permissions.can_import(by):
        raise ImportRefused(
            "Дані з файлів вносять працівники підрозділів та адміністратори програм. Нічого не внесено."
        )
    if standing_of(by).count() >= KEPT_FOR_ONE_PERSON:
        raise ImportRefused(
            f"Прочитаних файлів уже {KEPT_FOR_ONE_PERSON}, і жодного з них не застосовано. "
            "Приберіть непотрібні й надішліть цей ще раз."
        )
    book = without_results(read_book(file, name))
    kind = kind_of(book)
    if kind is None:
        raise ImportRefused(_nothing_known(book))
    file.seek(0)
    forget_expired()
    now = timezone.now()
    staged = StagedImport(
        owner=by,
        file_name=name[-255:],
        sha256=hashlib.file_digest(file, "sha256").hexdigest(),  # type: ignore[arg-type]
        kind=kind,
        book=pack(book),
        staged_at=now,
        expires_at=now + datetime.timedelta(hours=settings.IMPORT_KEEP_HOURS),
    )
    staged.save()
    return staged


def kind_of(book: Book) -> str | None:
    return next((name for name in KINDS if kind_module(name).recognises(book)), None)


def kind_module(name: str) -> ModuleType:
    """Imported when first asked for."""
    if name not in KINDS:
        raise LookupError(name)
    return import_module(f"{__package__}.kinds.{name}")


def book_of(staged: StagedImport) -> Book:
    return unpack(bytes(staged.book))


def examine(staged: StagedImport, *, by: User) -> Examination:
    """What it would do now, compared with what stands now."""
    return _examined(staged, book_of(staged), by)


def answer(staged: StagedImport, given: Mapping[str, str], *, by: User) -> Examination:
    """Take answers to the questions that are asked; whatever else was sent is left out.

    Raises ImportRefused for one that is gone meanwhile.
    """
    examination = examine(staged, by=by)
    answers = dict(staged.answers)
    for key in {question.key for question in examination.questions} & given.keys():
        answers[key] = clean_text(given[key]).strip()[:LONGEST_ANSWER]
    if answers == staged.answers:
        return examination
    if not StagedImport.objects.standing().filter(pk=staged.pk, owner=by).update(answers=answers):
        raise ImportRefused(GONE)
    staged.answers = answers
    return examine(staged, by=by)


def apply(staged: StagedImport, *, by: User, seen: str) -> Outcome:
    """Write what was shown under the digest `seen`, all of it or nothing; then nothing is kept here.

    Raises ImportRefused: it is gone, has errors or open questions; Overtaken: the data changed since, perhaps
    in this very moment. Whatever a door refuses comes as ImportRefused too.
    """
    try:
        return _applied(staged, by, seen)
    except (IntegrityError, OperationalError) as error:
        # Two people wrote the same at once, past what either could see; the database let one of them.
        logger.warning("An import met another writer: %s", error)
        raise Overtaken(AT_ONCE) from error
    except DatabaseError as error:
        logger.exception("The database refuses what the checks of an import let through")
        raise ImportRefused(NOT_TAKEN) from error


@transaction.atomic
def _applied(staged: StagedImport, by: User, seen: str) -> Outcome:
    locked = StagedImport.objects.standing().select_for_update().filter(pk=staged.pk, owner=by).first()
    if locked is None:
        raise ImportRefused(GONE)
    examination = _examined(locked, book_of(locked), by)
    if examination.digest != seen:
        raise Overtaken(
            "Поки ви дивилися, дані в порталі змінилися. Нічого не записано; нижче нове порівняння: "
            "перегляньте його й застосуйте ще раз."
        )
    if not examination.can_apply:
        raise ImportRefused("У файлі є помилки або лишилися питання без відповіді. Нічого не записано.")
    outcome: Outcome = kind_module(locked.kind).apply(examination, by=by)
    _record(locked, examination, outcome, by)
    locked.delete()
    return outcome


def discard(staged: StagedImport, *, by: User) -> None:
    StagedImport.objects.filter(pk=staged.pk, owner=by).delete()


def standing_of(user: User) -> QuerySet[StagedImport]:
    """A person's own staged imports that have not expired, the newest first, without what was read."""
    return StagedImport.objects.standing().filter(owner=user).defer("book")


def forget_expired() -> int:
    """Delete what nobody may apply any more; returns how many."""
    return StagedImport.objects.filter(expires_at__lte=timezone.now()).delete()[0]


def _examined(staged: StagedImport, book: Book, by: User) -> Examination:
    examination: Examination = kind_module(staged.kind).examine(book, by=by, answers=staged.answers)
    return examination


def _record(staged: StagedImport, examination: Examination, outcome: Outcome, by: User) -> None:
    """One event for each report that it changed, or one for the portal."""
    details = {
        "file": staged.file_name,
        "sha256": staged.sha256,
        "import": staged.kind,
        "title": examination.title,
        "rows": len(examination.written),
        "cells": examination.written_cells,
        # What the person went on with: a total of the file that its rows do not give, say.
        "warnings": [note.message for note in examination.warnings[:WARNINGS_ON_RECORD]],
    }
    reports: list[AnnualReport | None] = list(AnnualReport.objects.filter(pk__in=outcome.report_ids))
    for report in reports or [None]:
        record(EventKind.IMPORTED, by=by, report=report, **details)


def _nothing_known(book: Book) -> str:
    sheets = ", ".join(f"«{table.name}»" for table in book.tables[:5])
    found = f"Аркуші файла: {sheets}. " if sheets else "У файлі немає жодної таблиці. "
    return (
        f"{found}Серед них не знайдено ні форми звіту (з графами «Зміст заходів», «Виконавці», "
        "«Інформація про виконання»), ні шаблону програми, ні вибірки даних, ні «Моєї частини». "
        "Нічого не внесено; перевірте, чи є у таблиці рядок із назвами граф."
    )

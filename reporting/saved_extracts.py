"""Filters kept under a name, each person's own: saved, renamed, deleted."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from programs.models import User
from programs.textforms import clean_text

from .extracts.selection import Selection
from .models import SavedExtract

MOST = 50
LONGEST_NAME = 100


class NotSaved(Exception):
    """Nothing was saved or renamed; the message is a Ukrainian sentence."""


def of_user(user: User) -> QuerySet[SavedExtract]:
    return SavedExtract.objects.filter(owner=user)


def save(name: str, selection: Selection, *, by: User) -> SavedExtract:
    """Raises NotSaved for a name that is empty, too long or taken, and where there are MOST already."""
    name = _name(name)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=by.pk)
        if of_user(by).count() >= MOST:
            raise NotSaved(f"У вас уже {MOST} збережених вибірок. Видаліть зайву й збережіть знову.")
        return _written(SavedExtract(owner=by, name=name, selection=selection.to_json()))


def rename(saved: SavedExtract, name: str) -> SavedExtract:
    """Raises NotSaved for a name that is empty, too long or taken."""
    saved.name = _name(name)
    return _written(saved)


def selection_of(saved: SavedExtract) -> Selection:
    return Selection.from_json(saved.selection)


def _name(typed: str) -> str:
    name = " ".join(clean_text(typed).split())
    if not name:
        raise NotSaved("Дайте вибірці назву, за якою її впізнаєте. Її ще не збережено.")
    if len(name) > LONGEST_NAME:
        raise NotSaved(f"Назва довша за {LONGEST_NAME} знаків. Скоротіть її; вибірку ще не збережено.")
    return name


def _written(saved: SavedExtract) -> SavedExtract:
    try:
        with transaction.atomic():
            saved.save()
    except IntegrityError as error:
        raise NotSaved(f"Вибірка з назвою «{saved.name}» у вас уже є. Дайте іншу назву.") from error
    return saved

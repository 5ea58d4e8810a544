"""Copies of what was signed elsewhere: what a person says of one, and what of that cannot be.

The door by which they come in is `editions.attach_copy`.
"""

from __future__ import annotations

import datetime
import io
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

from .enums import SignedKind
from .file_types import JPEG, PDF, PNG, FileRefused, FileType, KindRefused, recognise
from .models import AnnualReport, FrozenReport, SignedFile
from .textforms import clean_text
from .workflow import NOTHING_CHANGED, NotWhole

COPY_TYPES = {SignedKind.PAPER: (PDF, JPEG, PNG), SignedKind.RESAVED: (PDF,)}


@dataclass(frozen=True)
class CopyDetails:
    """What is known of a copy whose signature nobody verifies."""

    kind: SignedKind
    signed_on: datetime.date
    signed_by: str
    registry_number: str = ""
    registered_on: datetime.date | None = None


def recognised(content: bytes, kind: SignedKind) -> FileType:
    taken = COPY_TYPES[kind]
    try:
        found = recognise(io.BytesIO(content))
        seems = found.name
    except KindRefused as refused:
        found, seems = None, refused.seems
    except FileRefused as refused:
        raise NotWhole(f"{refused} {NOTHING_CHANGED}") from refused
    if found not in taken:
        names = ", ".join(one.name for one in taken)
        raise NotWhole(f"За вмістом це {seems}, а тут беруть лише {names}. {NOTHING_CHANGED}")
    return found


def require_possible_dates(report: AnnualReport, frozen: FrozenReport, details: CopyDetails) -> None:
    today, agreed = timezone.localdate(), timezone.localtime(frozen.frozen_at).date()
    for day, what in ((details.signed_on, "підписання"), (details.registered_on, "реєстрації")):
        if day and day > today:
            raise NotWhole(f"Дата {what} {day:%d.%m.%Y} ще не настала. {NOTHING_CHANGED}")
    # An old report that was brought in from paper had been signed long before.
    if details.signed_on < agreed and not report.is_transcribed:
        raise NotWhole(
            f"Документ погоджено {agreed:%d.%m.%Y}, тож підписати його {details.signed_on:%d.%m.%Y} "
            f"не могли. Перевірте дату. {NOTHING_CHANGED}"
        )
    if details.registered_on and details.registered_on < details.signed_on:
        raise NotWhole(f"Дата реєстрації раніша за дату підписання. {NOTHING_CHANGED}")


def signer_of(details: CopyDetails) -> str:
    if signer := said(details.signed_by, "signed_by"):
        return signer
    raise NotWhole(f"Вкажіть, хто підписав. {NOTHING_CHANGED}")


def said(text: str, name: str) -> str:
    """Cleaned, and no longer than its column."""
    column: Any = SignedFile._meta.get_field(name)
    try:
        return str(column.clean(" ".join(clean_text(text).split()), None))
    except ValidationError as error:
        label = str(column.verbose_name).capitalize()
        raise NotWhole(f"{label}: {' '.join(error.messages)} {NOTHING_CHANGED}") from error

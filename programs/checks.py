"""Start-up checks of the database: run by `migrate` and by `manage.py check --database default`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Tags, Warning, register

from . import append_only, search_index


@register(Tags.database)
def append_only_triggers(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    return [
        # No error: that would stop `migrate`, the very command that mends this.
        Warning(
            f"У базі «{using}» бракує тригера {name}: записане в журналі чи поданнях можна змінити.",
            hint="Поверніть його: manage.py migrate. Тоді перевірте журнал: manage.py verify_journal.",
            id="zvit.W003",
        )
        for using in databases or ()
        for name in append_only.missing(using)
    ]


@register(Tags.database)
def search_indexes(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    return [
        Warning(
            f"Пошук у базі «{using}» іде без індексу: усе знаходиться, але повільніше.",
            hint=f"Виконайте в ній від імені адміністратора PostgreSQL: {search_index.EXTENSION}; "
            "Тоді: manage.py migrate.",
            id="zvit.W004",
        )
        for using in databases or ()
        if search_index.missing(using)
    ]

"""Довідка: a guide for each role, and which of them are a person's own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from programs.models import Participation, Program, User
from programs.permissions import HEADS

PICTURES_FOLDER = "help"


@dataclass(frozen=True)
class Guide:
    name: str
    """In the address, and of its template in templates/help/."""
    title: str
    summary: str


GUIDES = {
    guide.name: guide
    for guide in (
        Guide(
            "responsible",
            "Відповідальна особа",
            "Внести показники за рік, зібрати інформацію співвиконавців і подати звіт керівникові.",
        ),
        Guide("coexecutor", "Співвиконавець", "Подати інформацію про свої заходи."),
        Guide("head", "Керівник", "Розглянути звіт, погодити чи повернути, підписати й оприлюднити."),
        Guide("auditor", "Внутрішній аудитор", "Побачити відхилення, завантажити вибірку, перевірити файл."),
        Guide(
            "program-admin",
            "Адміністратор програм",
            "Завести програму, рішення і плани, створити річний звіт.",
        ),
        Guide(
            "system-admin",
            "Системний адміністратор",
            "Облікові записи, призначення, резервні копії.",
        ),
    )
}


def own_guides(user: User) -> list[Guide]:
    """Of the roles in which this person acts today, in the order above."""
    appointments = list(user.appointments.current())
    bodies = [one.executor_id for one in appointments]
    roles = {
        "responsible": any(one.role not in HEADS for one in appointments)
        and Program.objects.filter(responsible__in=bodies).exists(),
        "coexecutor": bool(bodies)
        and Participation.objects.filter(executor__in=bodies)
        .exclude(measure__task__program__responsible__in=bodies)
        .exists(),
        "head": any(one.role in HEADS for one in appointments),
        "auditor": user.is_auditor,
        "program-admin": user.is_program_admin,
        "system-admin": user.is_system_admin,
    }
    return [guide for guide in GUIDES.values() if roles[guide.name]]


@cache
def pictures() -> dict[str, dict[str, Any]]:
    """What `make screenshots` took, by name: `width`, `height` in pixels, and the `text` that was on it."""
    path = Path(settings.BASE_DIR) / "static" / PICTURES_FOLDER / "pictures.json"
    found: dict[str, dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    return found

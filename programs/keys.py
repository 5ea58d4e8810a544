"""Keys of rows in tables that leave the portal and come back: «1688-2019-12-18/2023/1.1»."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from django.db.models import Q

from .models import MeasureResult, Program


def program_key(program: Program) -> str:
    """Its public identity, or a stand-in while the approving decision is unknown."""
    return program.public_id or f"program-{program.pk}"


def keyed(keys: Collection[str], prefix: str = "") -> Q:
    """Programmes with these keys; `prefix` leads to them: «program__»."""
    unnamed = [int(found[1]) for key in keys if (found := re.fullmatch(r"program-(\d{1,18})", key, re.ASCII))]
    return Q(**{f"{prefix}public_id__in": list(keys)}) | Q(
        **{f"{prefix}public_id": None, f"{prefix}pk__in": unnamed}
    )


def result_keys(program: Program, year: int, results: Iterable[MeasureResult]) -> dict[int, str]:
    """By result id, of all rows of one report, measures and tasks fetched.

    A withdrawn measure and its successor may share a number in a year: the later one gets «~2».
    """
    keys: dict[int, str] = {}
    seen: dict[str, int] = {}
    for result in sorted(results, key=lambda result: result.measure_id):
        code = result.measure.code
        seen[code] = seen.get(code, 0) + 1
        suffix = f"~{seen[code]}" if seen[code] > 1 else ""
        keys[result.pk] = f"{program_key(program)}/{year}/{code}{suffix}"
    return keys

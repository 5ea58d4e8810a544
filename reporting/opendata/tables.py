"""Rows of the tables, and what tells whether they are still the same."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.conf import settings

from . import subjects
from .schema import Dataset, Table
from .subjects import PublishedReport
from .values import VALUES, Value

Row = tuple[Value, ...]

CODE_VERSION = 1
"""To be raised when the same rows are written into files in another way."""

SUBJECTS: Mapping[str, Callable[[], Iterator[Any]]] = {
    "programs": subjects.programs,
    "amendments": subjects.amendments,
    "reports": subjects.reports,
    "measures": subjects.measures,
}


def rows(table: Table) -> Iterator[Row]:
    """In a steady order, a value for each column."""
    known = VALUES[table.code]
    takes = [known[column.value] if column.value else None for column in table.columns]
    constants = [column.constant for column in table.columns]
    for subject in SUBJECTS[table.code]():
        yield tuple(
            take(subject) if take else constant for take, constant in zip(takes, constants, strict=True)
        )


def stamp(dataset: Dataset, tables: Sequence[Table], form: str) -> str:
    """Another one whenever a file of these tables would read differently; no document is read for it.

    Of programmes and amendments it is the rows that count; of reports what they are made of: what an
    edition tells never changes once it is published.
    """
    told = [
        CODE_VERSION,
        dataset.digest,
        form,
        [settings.PUBLISHER_NAME, settings.PUBLISHER_EDRPOU, settings.PUBLISHER_EMAIL],
        [settings.PORTAL_URL, settings.PUBLIC_SIGNATURE_FILES],
        *([table.code, list(_state(table))] for table in tables),
    ]
    return hashlib.sha256(json.dumps(told, default=str).encode()).hexdigest()[:40]


def _state(table: Table) -> Iterator[Sequence[Any]]:
    if table.code not in ("reports", "measures"):
        return rows(table)
    return map(_state_of, subjects.reports())


def _state_of(report: PublishedReport) -> Sequence[Any]:
    edition = report.public.edition
    return (
        report.key,
        report.program.printed_title,
        edition.number,
        edition.publication.published_at,
        report.public.report.is_transcribed,
        report.public.report.is_demonstration,
        [(file.pk, file.signed_on) for file in edition.signed_files.all()],
        [(one.place, one.scope, one.get_ground_display(), one.text) for one in report.public.withheld],
    )

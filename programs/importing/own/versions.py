"""Rows as they stood when a file left the portal, from their history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .cells import Cell


@dataclass(frozen=True)
class Opened:
    """A record and its sums by funding source, at one version."""

    record: Any
    amounts: dict[int, Any] = field(default_factory=dict)

    def value(self, cell: Cell) -> Any:
        """None where there was no such sum."""
        name, source_id = cell
        return getattr(self.record if source_id is None else self.amounts.get(source_id), name, None)


def as_opened(model: Any, amounts: Any, owner: str, wanted: Mapping[int, int]) -> dict[int, Opened]:
    """By id of those records that have changed since the version wanted; two queries, however many they are.

    `owner` is the sums' field that leads to the record. A version that nobody has seen is left out.
    """
    if not wanted:
        return {}
    found: dict[int, Opened] = {}
    following: dict[int, Any] = {}
    for record in model.history.filter(id__in=list(wanted)).order_by("history_date", "history_id"):
        if record.version == wanted[record.id]:
            found[record.id] = Opened(record)
        elif record.version > wanted[record.id]:
            following.setdefault(record.id, record)
    opened = {pk: one for pk, one in found.items() if pk in following}
    sums = amounts.history.filter(**{f"{owner}_id__in": list(opened)})
    for record in sums.order_by("history_date", "history_id"):
        pk = getattr(record, f"{owner}_id")
        # Sums are stamped not earlier than their record, and before the record's next version.
        if record.history_date < following[pk].history_date:
            opened[pk].amounts[record.source_id] = record
    return opened

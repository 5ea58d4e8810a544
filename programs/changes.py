"""What became of every cell of a row: who changed it, when, from what to what, read from field history."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django.db import models

from . import textforms
from .entry import AMOUNT_FIELDS, RESULT_FIELDS
from .grid import cell_label
from .models import Amount, MeasureResult, User

CELLS = (*AMOUNT_FIELDS, *RESULT_FIELDS)

# Of an unchanged stretch so many words are shown at each side; as many more between them are left out.
KEPT_WORDS = 12


@dataclass(frozen=True)
class Change:
    """One value of one cell; nothing stands for no value. `how` says by what way it came, if known."""

    at: datetime.datetime
    by: User | None
    cell: str
    label: str
    old: str
    new: str
    how: str = ""


def cell_name(cell: str) -> str:
    """«план», «інформація про виконання»: as the forms call it."""
    model = Amount if cell in AMOUNT_FIELDS else MeasureResult
    return str(model._meta.get_field(cell).verbose_name)  # type: ignore[union-attr]


def changes_of(result: MeasureResult) -> list[Change]:
    """Every change of a row's cells, the newest first; those of one moment in the form's order.

    Two queries, however long the history is.
    """
    return changes_of_rows([result.pk])[result.pk]


def changes_of_rows(result_ids: Sequence[int]) -> dict[int, list[Change]]:
    """The same of many rows, by result id, in two queries; of a row without history an empty list."""
    rows: dict[int, list[Any]] = {pk: [] for pk in result_ids}
    sums: dict[int, list[Any]] = {pk: [] for pk in result_ids}
    for of_rows in (
        MeasureResult.history.filter(id__in=result_ids)
        .select_related("history_user")
        .order_by("history_date", "history_id")
    ):
        rows[of_rows.id].append(of_rows)
    for of_sums in (
        Amount.history.filter(result_id__in=result_ids)
        .select_related("history_user", "source")
        .order_by("history_date", "history_id")
    ):
        sums[of_sums.result_id].append(of_sums)
    return {pk: _told(rows[pk], sums[pk]) for pk in result_ids}


def _told(rows: Sequence[Any], sums: Sequence[Any]) -> list[Change]:
    found = [*_sum_changes(sums), *_field_changes(rows)]
    # Until the first save, what stands in the row came with it.
    first_save = rows[1].history_date if len(rows) > 1 else None
    return sorted(
        (
            replace(one, how=one.how or ("створено рядок" if not first_save or one.at < first_save else ""))
            for one in found
        ),
        key=lambda change: change.at,
        reverse=True,
    )


def _field_changes(records: Iterable[Any]) -> Iterator[Change]:
    before: Any = None
    for record in records:
        yield from _differences(before, record, RESULT_FIELDS)
        before = record


def _sum_changes(records: Iterable[Any]) -> Iterator[Change]:
    standing: dict[int, Any] = {}
    for record in records:
        yield from _differences(standing.get(record.id), record, AMOUNT_FIELDS, record.source)
        standing[record.id] = record


def _differences(before: Any, record: Any, cells: tuple[str, ...], source: Any = None) -> Iterator[Change]:
    """A record that is the first of its kind is compared with empty cells."""
    for cell in cells:
        field = record.instance_type._meta.get_field(cell)
        old, new = (in_words(field, getattr(one, cell, None)) for one in (before, record))
        if old != new:
            how = record.history_change_reason or ""
            label = cell_label(field, source)
            yield Change(record.history_date, record.history_user, cell, label, old, new, how)


# --- what belongs to a record ------------------------------------------------------------

DEEDS = {"+": "додано", "~": "змінено", "-": "видалено"}


@dataclass(frozen=True)
class Happening:
    """What somebody did with one thing that belongs to a record: «рішення №7 – змінено», and its values."""

    at: datetime.datetime
    by: User | None
    thing: str
    deed: str
    values: list[tuple[str, str, str]]


def happenings(model: type[models.Model], owner: str, owner_id: Any) -> list[Happening]:
    """The history of all rows of a model whose `owner` is that record, also of deleted ones, newest first.

    One query. `values` are label, old and new, in words.
    """
    history: Any = model.history  # type: ignore[attr-defined]
    fields = [field for field in history.model.tracked_fields if field.name not in (owner, "id", "version")]
    links = [field.name for field in fields if field.is_relation]
    records = history.filter(**{owner: owner_id}).select_related("history_user", *links)
    found: list[Happening] = []
    standing: dict[int, Any] = {}
    for record in records.order_by("history_date", "history_id"):
        before, deed = standing.get(record.id), record.history_type
        worded = []
        for field in fields:
            old, new = (in_words(field, getattr(one, field.name, None)) for one in (before, record))
            worded.append((str(field.verbose_name), old, new))
        values = [] if deed == "-" else [(label, old, new) for label, old, new in worded if old != new]
        if values or deed != "~":
            thing = f"{model._meta.verbose_name} {_name(model, owner, record)}".strip()
            found.append(Happening(record.history_date, record.history_user, thing, DEEDS[deed], values))
        standing[record.id] = record
    return found[::-1]


def _name(model: type[models.Model], owner: str, record: Any) -> str:
    """What tells one row from others of its owner: what is unique among them, else its title."""
    unique = next(
        (
            [name for name in constraint.fields if name != owner]
            for constraint in model._meta.constraints
            if isinstance(constraint, models.UniqueConstraint)
            and owner in constraint.fields
            and constraint.condition is None
        ),
        [],
    )
    names = unique or [name for name in ("title", "name") if hasattr(record, name)]
    words = [in_words(model._meta.get_field(name), getattr(record, name)) for name in names]
    return ", ".join(word for word in words if word)


def in_words(field: Any, value: Any) -> str:
    """A field's value as people read it; nothing for no value."""
    if value is None or value == "":
        return ""
    if field.is_relation:
        if not isinstance(value, models.Model):
            value = field.related_model._base_manager.filter(pk=value).first()
    elif field.flatchoices:
        value = dict(field.flatchoices).get(value, value)
    elif isinstance(value, bool):
        value = "так" if value else "ні"
    elif hasattr(value, "strftime"):
        value = f"{value:%d.%m.%Y}"
    elif field.get_internal_type() == "DecimalField":
        value = textforms.format_decimal_in_full(value)
    return str(value)


# --- what changed inside a long text -----------------------------------------------------


class Fate(Enum):
    SAME = "same"
    GONE = "gone"
    NEW = "new"
    LEFT_OUT = "left_out"


@dataclass(frozen=True)
class Piece:
    fate: Fate
    text: str


def difference(old: str, new: str) -> list[Piece]:
    """How one text became the other, word by word. Long unchanged stretches are left out."""
    before, after = (re.findall(r"\s*\S+|\s+$", text) for text in (old, new))
    pieces: list[Piece] = []
    # Its own treatment of popular words keeps even a text of one repeated word from taking seconds.
    for kind, start, end, new_start, new_end in difflib.SequenceMatcher(None, before, after).get_opcodes():
        if kind == "equal":
            opens = start == new_start == 0
            closes = end == len(before) and new_end == len(after)
            pieces += _shortened(before[start:end], opens=opens, closes=closes)
            continue
        for fate, words in ((Fate.GONE, before[start:end]), (Fate.NEW, after[new_start:new_end])):
            if words:
                pieces.append(Piece(fate, "".join(words)))
    return pieces


def _shortened(words: list[str], *, opens: bool, closes: bool) -> Iterator[Piece]:
    """Only the words that stand next to a change; at the text's ends there is none."""
    head = [] if opens else words[:KEPT_WORDS]
    tail = [] if closes else words[-KEPT_WORDS:]
    if len(words) < len(head) + len(tail) + KEPT_WORDS:
        yield Piece(Fate.SAME, "".join(words))
        return
    if head:
        yield Piece(Fate.SAME, "".join(head))
    yield Piece(Fate.LEFT_OUT, " … ")
    if tail:
        yield Piece(Fate.SAME, "".join(tail))

"""What an import would do, found before anything is written: every cell old → new, and every error.

Each kind of file is a module in `kinds/` with

    KIND: str                                   as it is stored
    LABEL: str                                  as people call it
    recognises(book) -> bool                    by sheets and headings, never by the file's name
    examine(book, *, by, answers) -> Examination    reads only; never raises for what is in the file
    apply(examination, *, by) -> Outcome        writes through the doors, inside the caller's transaction

`examine` is called again under the transaction that applies; unless its digest is the one that the
person was shown, nothing is written. So `apply` may trust `work` and need not compare anything itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

from .files.tables import column_letters


@dataclass(frozen=True)
class Place:
    """Where in the file; row as its program counts, column from 0; None when it is about the whole."""

    sheet: str = ""
    row: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        """«аркуш «Заходи», рядок 12, графа F»."""
        parts = [f"аркуш «{self.sheet}»"] if self.sheet else []
        if self.row is not None:
            parts.append(f"рядок {self.row}")
        if self.column is not None:
            parts.append(f"графа {column_letters(self.column)}")
        return ", ".join(parts)


NOWHERE = Place()


class Weight(StrEnum):
    ERROR = "error"
    """Nothing can be applied until it is mended in the file or answered."""
    WARNING = "warning"
    """Needs a look; does not hinder."""


@dataclass(frozen=True)
class Note:
    """An error or a warning: a Ukrainian sentence, without the place, which is shown beside it."""

    weight: Weight
    message: str
    place: Place = NOWHERE


@dataclass(frozen=True)
class Change:
    """One cell: old and new as people read them; «» is blank."""

    label: str
    old: str
    new: str
    place: Place = NOWHERE


class LineState(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    """Not taken; a note at the same place tells why."""


@dataclass(frozen=True)
class Line:
    """One row of the file and what would become of the record it names («захід 1.1 …»)."""

    title: str
    state: LineState
    place: Place = NOWHERE
    changes: Sequence[Change] = ()


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    group: str = ""
    """Options of one group stand together under its name."""


@dataclass(frozen=True)
class Question:
    """What the file does not say and nobody may guess. Without options it is a field to type in."""

    key: str
    text: str
    options: Sequence[Option] = ()
    is_required: bool = True
    answer: str = ""
    """What was answered so far, or is suggested."""
    hint: str = ""
    input_type: str = "text"
    """HTML's: text, number or date (ISO); a `textarea` for many lines."""
    place: Place = NOWHERE


@dataclass(frozen=True)
class Examination:
    kind: str
    title: str
    """What the file is and where it would go: «Форма звіту: … за 2023 рік»."""
    lines: Sequence[Line] = ()
    notes: Sequence[Note] = ()
    questions: Sequence[Question] = ()
    basis: Mapping[str, str] = field(default_factory=dict)
    """Versions of what stands now and would be touched: who overtakes it changes the digest."""
    work: Any = None
    """What `apply` writes; for no one else."""

    @cached_property
    def errors(self) -> list[Note]:
        return [note for note in self.notes if note.weight is Weight.ERROR]

    @cached_property
    def warnings(self) -> list[Note]:
        return [note for note in self.notes if note.weight is Weight.WARNING]

    @cached_property
    def open_questions(self) -> list[Question]:
        return [one for one in self.questions if one.is_required and not one.answer]

    @cached_property
    def suggested(self) -> list[Question]:
        """Those that can stay as they are: answered, suggested, or not required."""
        return [one for one in self.questions if not one.is_required or one.answer]

    @property
    def can_apply(self) -> bool:
        return not self.errors and not self.open_questions and self.changes_something

    @cached_property
    def written(self) -> list[Line]:
        """The lines that would write something."""
        return [line for line in self.lines if line.state in (LineState.NEW, LineState.CHANGED)]

    @property
    def written_cells(self) -> int:
        return len([change for line in self.written for change in line.changes])

    @property
    def changes_something(self) -> bool:
        return bool(self.written)

    @cached_property
    def digest(self) -> str:
        """SHA-256 of all that a person is shown, and of what stands."""
        shown = {
            "kind": self.kind,
            "title": self.title,
            "lines": [
                [line.title, line.state, str(line.place), [[c.label, c.old, c.new] for c in line.changes]]
                for line in self.lines
            ],
            "notes": [[note.weight, note.message, str(note.place)] for note in self.notes],
            "questions": [[one.key, one.answer] for one in self.questions],
            "basis": dict(sorted(self.basis.items())),
        }
        text = json.dumps(shown, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Outcome:
    """What was written, in a sentence, and the page that shows it."""

    message: str
    url_name: str
    url_args: Sequence[Any] = ()
    report_ids: Sequence[int] = ()
    """Reports in whose journals the import stands."""


class ImportRefused(Exception):
    """Nothing was written; the message is a Ukrainian sentence."""

"""The official form as it was read from somebody's spreadsheet: what stands in it, and where. No ORM."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .examination import NOWHERE, Note, Place


@dataclass(frozen=True)
class ReadMeasure:
    """One row of the table. Texts as typed, line ends kept; money in тис. грн; None is a blank cell."""

    number: int | None
    """Within its task: 12 of «2.12»; None where the row has no number."""
    title: str
    """Without its number."""
    term_text: str
    executors_text: str
    planned: Decimal | None
    actual: Decimal | None
    financed: Decimal | None
    percent: Decimal | None
    """13.1 is 13,1 %: to one decimal, as the form prints it."""
    information: str
    places: Mapping[str, Place] = field(default_factory=dict)
    """By the names of the fields above; «row» is the row as a whole."""


@dataclass(frozen=True)
class ReadTask:
    number: int | None
    text: str
    measures: Sequence[ReadMeasure]
    place: Place = NOWHERE


@dataclass(frozen=True)
class ReadSum:
    """The totals row, or a fund line under it, by its label."""

    label: str
    planned: Decimal | None
    actual: Decimal | None
    financed: Decimal | None
    percent: Decimal | None = None
    place: Place = NOWHERE


@dataclass(frozen=True)
class ReadHeading:
    """What the title says; None or empty where it does not."""

    kind: str = ""
    title: str = ""
    """Without quotes."""
    start_year: int | None = None
    end_year: int | None = None
    year: int | None = None
    """The reported one."""
    department: str = ""
    decision_number: str = ""
    decision_date: datetime.date | None = None


@dataclass(frozen=True)
class ReadForm:
    table: str
    """The sheet's name."""
    heading: ReadHeading
    tasks: Sequence[ReadTask]
    totals: ReadSum | None
    fund_lines: Sequence[ReadSum]
    signatures: Sequence[tuple[str, str]]
    """Post and name, in order."""
    notes: Sequence[Note]
    """What could not be read, each with its place: errors, and warnings for what was read with a guess."""

    @property
    def measures(self) -> list[ReadMeasure]:
        return [measure for task in self.tasks for measure in task.measures]

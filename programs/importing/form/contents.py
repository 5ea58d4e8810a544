"""The official form as it was read from somebody's spreadsheet: what stands in it, and where. No ORM."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from ..examination import NOWHERE, Note, Place


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
    """13.1 is 13,1 %; not rounded, since 0.131 may be meant for the same."""
    information: str
    places: Mapping[str, Place] = field(default_factory=dict)
    """By the names of the fields above; «row» is the row as a whole."""
    unreadable: frozenset[str] = frozenset()
    """Names of the fields above that an error tells about: they are blank here, and not in the file."""

    @property
    def has_unreadable_money(self) -> bool:
        return not self.unreadable.isdisjoint(("planned", "actual", "financed"))


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
    unreadable: frozenset[str] = frozenset()
    """As of a measure."""


@dataclass(frozen=True)
class ReadHeading:
    """What the title says; None or empty where it does not."""

    kind: str = ""
    title: str = ""
    """Without quotes."""
    unquoted_title: str = ""
    """Where the title stands in none: words that may be it."""
    start_year: int | None = None
    end_year: int | None = None
    year: int | None = None
    """The reported one."""
    department: str = ""
    decision_number: str = ""
    decision_date: datetime.date | None = None
    printed_program: str = ""
    """How it calls the programme, word for word: «цільової програми «…» на 2020-2025 роки»."""


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
    unlabelled: Sequence[str] = ()
    """Money columns, as the form calls them, that hold sums of a unit named nowhere: «план», «факт»."""

    @property
    def measures(self) -> list[ReadMeasure]:
        return [measure for task in self.tasks for measure in task.measures]

    @property
    def unreadable(self) -> frozenset[str]:
        """Columns in which a sum or a percent could not be read: they cannot be added up."""
        sums = [*([self.totals] if self.totals else []), *self.fund_lines]
        told = [*(one.unreadable for one in self.measures), *(one.unreadable for one in sums)]
        return frozenset().union(*told)

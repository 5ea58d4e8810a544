"""A programme over its whole term as a document: every word and figure that is printed, and nothing else.

Renderers take a `CumulativeDocument` and return bytes; they hold no words, no arithmetic, no clock.
Money is in тис. грн, exact; percents have one decimal; None is a blank, which is not 0.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ..document import CellKind, Column, Sheet


class PeriodKind(StrEnum):
    """What a column of figures tells of."""

    YEAR = "year"
    REPORTED = "reported"
    """All years that have a report, added up."""
    TERM = "term"
    """All years, those that are only planned too."""


@dataclass(frozen=True)
class Period:
    kind: PeriodKind
    heading: str
    note: str
    """Under the heading: whether a year has a report, or which years are added up."""
    years: tuple[int, ...]
    """One, or those added up."""
    width: Decimal
    """Millimetres on paper."""


@dataclass(frozen=True)
class Part:
    """Periods that stand side by side in one printed table."""

    heading: str
    """Empty where one table holds them all."""
    first: int
    end: int
    """Places in `periods`, the second one exclusive."""
    text_width: Decimal
    """What is left for the measure's text, millimetres."""


@dataclass(frozen=True)
class Indicator:
    """A row of figures under each measure."""

    key: str
    """The attribute of `Facts` that it prints."""
    label: str
    kind: CellKind


@dataclass(frozen=True)
class Facts:
    planned: Decimal | None = None
    actual: Decimal | None = None
    financed: Decimal | None = None
    percent: Decimal | None = None
    is_stated: bool = False
    """The percent is a person's word, and not computed from these sums."""


@dataclass(frozen=True)
class Line:
    """A measure, or what is added up: a task, a line of the form's funds, the programme."""

    text: str
    facts: tuple[Facts, ...]
    """One for each period."""
    number: str = ""
    term: str = ""


@dataclass(frozen=True)
class TaskBlock:
    heading: str
    measures: tuple[Line, ...]
    total: Line


@dataclass(frozen=True)
class Measures:
    """The table of measures, year by year."""

    heading: str
    sheet_name: str
    number: str
    text: str
    term: str
    indicator: str
    """Headings of the columns before the figures."""
    number_width: Decimal
    term_width: Decimal
    indicator_width: Decimal
    periods: tuple[Period, ...]
    parts: tuple[Part, ...]
    indicators: tuple[Indicator, ...]
    tasks: tuple[TaskBlock, ...]
    total: Line
    fund_lines: tuple[Line, ...]
    """Without percents, as on the official form."""

    @property
    def lines(self) -> Iterator[Line]:
        """In printed order."""
        for task in self.tasks:
            yield from task.measures
            yield task.total
        yield self.total
        yield from self.fund_lines

    @property
    def figures_number(self) -> int:
        """How many the table has, blanks too: what it takes to print grows with them."""
        return len(list(self.lines)) * len(self.periods) * len(self.indicators)


@dataclass(frozen=True)
class YearLine:
    year: str
    """The year, or what is added up."""
    state: str = ""
    """Of its report, or that there is none."""
    edition: str = ""
    published: str = ""
    planned: Decimal | None = None
    actual: Decimal | None = None
    financed: Decimal | None = None
    percent: Decimal | None = None
    is_stated: bool = False
    years: tuple[int, ...] = ()
    """As of a period."""
    has_report: bool = False


@dataclass(frozen=True)
class Years:
    """The years and their reports."""

    heading: str
    sheet_name: str
    columns: tuple[Column, ...]
    lines: tuple[YearLine, ...]
    totals: tuple[YearLine, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class UnfundedLine:
    number: str
    text: str
    term: str = ""
    years: str = ""
    planned: Decimal | None = None
    actual: Decimal | None = None
    reasons: str = ""


@dataclass(frozen=True)
class Unfunded:
    """The measures that were never financed."""

    heading: str
    sheet_name: str
    leads: tuple[str, ...]
    columns: tuple[Column, ...]
    lines: tuple[UnfundedLine, ...]
    total: UnfundedLine | None
    """None where there is nothing to add up."""


@dataclass(frozen=True)
class CumulativeDocument:
    program_id: str
    language: str
    title: str
    """For the window, the file's properties and the reader aloud; not on the sheet."""
    author: str
    heading: str
    heading_lines: tuple[str, ...]
    act_line: str
    term_line: str
    years: Years
    measures: Measures
    unfunded: Unfunded
    percent_base: str
    """«planned» or «actual»: what the computed percents are taken of."""
    marks: tuple[str, ...]
    """«ЗА ДАНИМИ НА …» and the like, at the head of every page; empty where all reports are final."""
    page_label: str
    """With {page} and {pages}."""
    dated: datetime.datetime
    """The moment, with its offset, written into files' properties: the same document, the same bytes."""
    sheet: Sheet

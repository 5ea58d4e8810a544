"""Columns of the sheet «Заходи» of an extract: a contract, since it also comes back edited.

An extract writes all of them in the order below, each source's money columns before the totals of the
same unit; an import reads the key, the version and those that `EDITABLE` names, and knows the rest.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

SHEET = "Заходи"

FACTS = {"planned": "план", "actual": "факт", "financed": "профінансовано"}


class ColumnKind(StrEnum):
    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    """A count, a year, a number of order."""
    MONEY = "money"
    """тис. грн, exact to the kopeck."""
    HRYVNIAS = "hryvnias"
    PERCENT = "percent"
    """13.1 is 13,1 %: a number of hundredths as the form prints it, not Excel's fraction."""
    DATE = "date"
    MOMENT = "moment"


@dataclass(frozen=True)
class ColumnSpec:
    key: str
    heading: str
    kind: ColumnKind = ColumnKind.TEXT


def source_column(fact: str, source: str, *, hryvnias: bool = False) -> str:
    """«план, загальний фонд, тис. грн»: the heading of one fact of one funding source."""
    return f"{FACTS[fact]}, {source}, {'грн' if hryvnias else 'тис. грн'}"


_LONG, _NUMBER, _MONEY, _HRYVNIAS, _PERCENT = (
    ColumnKind.LONG_TEXT,
    ColumnKind.NUMBER,
    ColumnKind.MONEY,
    ColumnKind.HRYVNIAS,
    ColumnKind.PERCENT,
)

BEFORE_SOURCES = (
    ColumnSpec("key", "ключ"),
    ColumnSpec("program_id", "код програми"),
    ColumnSpec("program", "програма", _LONG),
    ColumnSpec("program_printed", "назва програми, як друкується", _LONG),
    ColumnSpec("responsible", "відповідальний виконавець", _LONG),
    ColumnSpec("budget_codes", "КПКВК МБ"),
    ColumnSpec("year", "звітний рік", _NUMBER),
    ColumnSpec("state", "стан звіту"),
    ColumnSpec("edition", "редакція", _NUMBER),
    ColumnSpec("fingerprint", "відбиток SHA-256"),
    ColumnSpec("task_number", "№ завдання", _NUMBER),
    ColumnSpec("task", "завдання", _LONG),
    ColumnSpec("code", "№ заходу"),
    ColumnSpec("measure", "зміст заходу", _LONG),
    ColumnSpec("term", "термін (роки)"),
    ColumnSpec("executors", "виконавці", _LONG),
    ColumnSpec("executors_text", "виконавці, як друкується", _LONG),
)
TOTALS = (
    ColumnSpec("planned", "план, тис. грн", _MONEY),
    ColumnSpec("actual", "факт, тис. грн", _MONEY),
    ColumnSpec("financed", "профінансовано, тис. грн", _MONEY),
)
TOTALS_IN_HRYVNIAS = (
    ColumnSpec("planned_hryvnias", "план, грн", _HRYVNIAS),
    ColumnSpec("actual_hryvnias", "факт, грн", _HRYVNIAS),
    ColumnSpec("financed_hryvnias", "профінансовано, грн", _HRYVNIAS),
)
DEVIATION = ColumnSpec("deviation", "відхилення (профінансовано − план), тис. грн", _MONEY)
AFTER_SOURCES = (
    DEVIATION,
    ColumnSpec("computed_percent", "розрахунковий відсоток", _PERCENT),
    ColumnSpec("stated_percent", "відсоток за даними виконавця", _PERCENT),
    ColumnSpec("stated_justification", "обґрунтування відсотка", _LONG),
    ColumnSpec("percent", "відсоток у звіті", _PERCENT),
    ColumnSpec("execution_state", "стан виконання"),
    ColumnSpec("zero_reason", "причина відсутності фінансування"),
    ColumnSpec("narrative", "інформація про виконання", _LONG),
    ColumnSpec("findings", "результати перевірки", _NUMBER),
    ColumnSpec("version", "версія запису", _NUMBER),
)

EDITABLE = ("execution_state", "stated_percent", "stated_justification", "zero_reason", "narrative")
"""And each source's three facts in тис. грн. The others are computed, or belong to the programme."""

# --- texts in a CSV that Excel opens -----------------------------------------------------

# A text with an apostrophe of its own before such a sign gets one more, so that taking one off restores it.
_COUNTED = re.compile(r"'*[=+\-@\t\r]")


def guarded(text: str) -> str:
    """With an apostrophe before what Excel would count; `unguarded` gives the text again."""
    return f"'{text}" if _COUNTED.match(text) else text


def unguarded(text: str) -> str:
    return text[1:] if text.startswith("'") and _COUNTED.match(text[1:]) else text

"""Columns of the sheet «Заходи» of an extract: a contract, since it also comes back edited.

An extract writes all of them in the order below, each source's money columns before the totals of the
same unit; an import reads the key, the version and those that `EDITABLE` names, and knows the rest.
"""

from __future__ import annotations

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


T, L, N, M, H, P = (
    ColumnKind.TEXT,
    ColumnKind.LONG_TEXT,
    ColumnKind.NUMBER,
    ColumnKind.MONEY,
    ColumnKind.HRYVNIAS,
    ColumnKind.PERCENT,
)

BEFORE_SOURCES = (
    ColumnSpec("key", "ключ"),
    ColumnSpec("program_id", "код програми"),
    ColumnSpec("program", "програма", L),
    ColumnSpec("responsible", "відповідальний виконавець", L),
    ColumnSpec("budget_codes", "КПКВК МБ"),
    ColumnSpec("year", "звітний рік", N),
    ColumnSpec("state", "стан звіту"),
    ColumnSpec("edition", "редакція", N),
    ColumnSpec("fingerprint", "відбиток SHA-256"),
    ColumnSpec("task_number", "№ завдання", N),
    ColumnSpec("task", "завдання", L),
    ColumnSpec("code", "№ заходу"),
    ColumnSpec("measure", "зміст заходу", L),
    ColumnSpec("term", "термін (роки)"),
    ColumnSpec("executors", "виконавці", L),
    ColumnSpec("executors_text", "виконавці, як друкується", L),
)
TOTALS = (
    ColumnSpec("planned", "план, тис. грн", M),
    ColumnSpec("actual", "факт, тис. грн", M),
    ColumnSpec("financed", "профінансовано, тис. грн", M),
)
TOTALS_IN_HRYVNIAS = (
    ColumnSpec("planned_hryvnias", "план, грн", H),
    ColumnSpec("actual_hryvnias", "факт, грн", H),
    ColumnSpec("financed_hryvnias", "профінансовано, грн", H),
)
AFTER_SOURCES = (
    ColumnSpec("deviation", "відхилення (профінансовано − план), тис. грн", M),
    ColumnSpec("computed_percent", "розрахунковий відсоток", P),
    ColumnSpec("stated_percent", "відсоток за даними виконавця", P),
    ColumnSpec("stated_justification", "обґрунтування відсотка", L),
    ColumnSpec("percent", "відсоток у звіті", P),
    ColumnSpec("execution_state", "стан виконання"),
    ColumnSpec("zero_reason", "причина відсутності фінансування"),
    ColumnSpec("narrative", "інформація про виконання", L),
    ColumnSpec("findings", "результати перевірки", N),
    ColumnSpec("version", "версія запису", N),
)

EDITABLE = ("execution_state", "stated_percent", "stated_justification", "zero_reason", "narrative")
"""And each source's three facts in тис. грн. The others are computed, or belong to the programme."""

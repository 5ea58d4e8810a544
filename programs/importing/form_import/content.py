"""The rows of a form that was read, each with its number and what it says, checked as it will be stored."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError

from ... import calculations
from ...calculations import BLANK, Money
from ...consistency import MONEY_NAMES, percent
from ...entry import AMOUNT_FIELDS
from ...models import Amount, MeasureResult
from ...textforms import format_decimal_in_full, search_key
from ..examination import NOWHERE, Change, Note, Place, Weight
from ..form.contents import ReadForm, ReadMeasure

NAMED_AT_MOST = 10
SAME_TITLE_FROM = 60
COMPARED_SIGNS = 300


@dataclass(frozen=True)
class FormRow:
    """One measure of the file."""

    task_number: int
    number: int
    read: ReadMeasure

    @property
    def code(self) -> str:
        return f"{self.task_number}.{self.number}"

    @property
    def title(self) -> str:
        return f"{self.code} {self.read.title}"

    @property
    def money(self) -> Money:
        return Money(self.read.planned, self.read.actual, self.read.financed)

    def place(self, field: str = "row") -> Place:
        return self.read.places.get(field) or self.read.places.get("row") or NOWHERE


@dataclass(frozen=True)
class FormTask:
    number: int
    text: str
    place: Place
    rows: Sequence[FormRow]


def numbered(form: ReadForm) -> tuple[list[FormTask], list[Note]]:
    """Tasks and measures with their numbers; those without one go on from the one above, and are named."""
    tasks: list[FormTask] = []
    unnumbered: list[str] = []
    for read_task in form.tasks:
        last = tasks[-1].number if tasks else 0
        number = last + 1 if read_task.number is None else read_task.number
        if read_task.number is None:
            unnumbered.append(f"{number}.")
        rows: list[FormRow] = []
        for read in read_task.measures:
            above = rows[-1].number if rows else 0
            rows.append(FormRow(number, above + 1 if read.number is None else read.number, read))
            if read.number is None:
                unnumbered.append(rows[-1].code)
        tasks.append(FormTask(number, read_task.text, read_task.place, rows))
    if not unnumbered:
        return tasks, []
    message = f"Без номера у файлі; пронумеровано за порядком: {listed(unnumbered)}."
    return tasks, [Note(Weight.WARNING, message)]


def listed(names: Sequence[str]) -> str:
    """All of a few, the first of many."""
    shown = ", ".join(names[:NAMED_AT_MOST])
    more = len(names) - NAMED_AT_MOST
    return f"{shown} і ще {more}" if more > 0 else shown


def likeness(one: str, other: str) -> int:
    """In hundredths; only what is the same but for case, apostrophes, dashes and spaces is 100."""
    ours, theirs = search_key(one), search_key(other)
    if ours == theirs:
        return 100
    # Comparing takes the square of the length: beginnings tell enough.
    matcher = difflib.SequenceMatcher(None, ours[:COMPARED_SIGNS], theirs[:COMPARED_SIGNS], autojunk=False)
    return min(99, int(100 * matcher.ratio()))


# --- each row as it will be stored ---------------------------------------------------------


def row_faults(row: FormRow) -> list[Note]:
    """Figures and narratives that the database would not take."""
    values = {
        **{name: (Amount, getattr(row.read, name)) for name in AMOUNT_FIELDS},
        "percent": (MeasureResult, stated_from(row.read.percent)),
        "information": (MeasureResult, row.read.information),
    }
    stored = {"percent": "stated_percent", "information": "narrative"}
    notes = []
    for name, (model, value) in values.items():
        field: Any = model._meta.get_field(stored.get(name, name))
        try:
            field.clean(value, model())
        except ValidationError as error:
            message = f"Захід {row.code}, {field.verbose_name}: {' '.join(error.messages)}"
            notes.append(Note(Weight.ERROR, message, row.place(name)))
    return notes


def stated_from(read: Decimal | None) -> Decimal | None:
    """A percent of the file as the form prints it."""
    return None if read is None else calculations.rounded(read)


def stated_percent(read: Decimal | None, money: Money, *, of_actual: bool) -> Decimal | None:
    """The file's percent where it is not the one that would be printed anyway, as a fraction neither."""
    stated = stated_from(read)
    if stated == _printed(money, of_actual=of_actual) or is_fraction(read, money, of_actual=of_actual):
        return None
    return stated


def is_fraction(read: Decimal | None, money: Money, *, of_actual: bool) -> bool:
    """Whether it is the computed percent written as a share, 0,8 for 80,0 %: no format says so."""
    printed = _printed(money, of_actual=of_actual)
    if read is None or printed is None or stated_from(read) == printed:
        return False
    return calculations.rounded(read.scaleb(2)) == printed


def _printed(money: Money, *, of_actual: bool) -> Decimal | None:
    base = calculations.percent_base(money, of_actual=of_actual)
    return calculations.printed_percent(None, calculations.computed_percent(money.financed, base))


def fraction_notes(rows: Sequence[FormRow], *, of_actual: bool) -> list[Note]:
    return [
        Note(
            Weight.WARNING,
            as_fraction(row.read.percent, row.money, of_actual=of_actual),
            row.place("percent"),
        )
        for row in rows
        if is_percent_told(row) and is_fraction(row.read.percent, row.money, of_actual=of_actual)
    ]


def as_fraction(read: Decimal | None, money: Money, *, of_actual: bool) -> str:
    """For a warning, of what `is_fraction`."""
    meant = percent(_printed(money, of_actual=of_actual))
    return f"Відсоток {in_words(read)} у файлі записано як частку: це {meant}, як і за розрахунком."


# --- what a row says, and what stands --------------------------------------------------------


@dataclass(frozen=True)
class Content:
    """What one result says, but for what the form does not carry; money as the form adds it up."""

    money: Money = BLANK
    stated_percent: Decimal | None = None
    justification: str = ""
    narrative: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """Fields of a result."""
        return {
            "stated_percent": self.stated_percent,
            "stated_justification": self.justification,
            "narrative": self.narrative,
        }


NOTHING = Content()


def as_it_stands(row: FormRow, now: Content) -> FormRow:
    """What of the row could not be read is as it was: no cell with an error erases anything."""
    unread = row.read.unreadable
    kept = {fact: getattr(now.money, fact) for fact in AMOUNT_FIELDS if fact in unread}
    if "information" in unread:
        kept["information"] = now.narrative
    return replace(row, read=replace(row.read, **kept)) if kept else row


def is_percent_told(row: FormRow) -> bool:
    """Whether the row's percent can be compared with what its sums give."""
    return "percent" not in row.read.unreadable and not row.read.has_unreadable_money


# Label, the attribute's way, and the cell it comes from.
_SHOWN = (
    *((name, f"money.{fact}", fact) for fact, name in MONEY_NAMES.items()),
    ("відсоток за даними виконавця", "stated_percent", "percent"),
    ("обґрунтування відсотка", "justification", "percent"),
    ("інформація про виконання", "narrative", "information"),
)


def differences(row: FormRow, old: Content, new: Content) -> list[Change]:
    """Cell by cell, as people read them."""
    found = []
    for label, way, cell in _SHOWN:
        read = operator.attrgetter(way)
        if read(old) != read(new):
            found.append(Change(label, in_words(read(old)), in_words(read(new)), row.place(cell)))
    return found


def in_words(value: Decimal | str | None) -> str:
    return format_decimal_in_full(value) if isinstance(value, Decimal) else value or ""

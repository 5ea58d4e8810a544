"""The rows of a form that was read, each with its number and what it says, checked as it will be stored."""

from __future__ import annotations

import difflib
import operator
from collections.abc import Mapping, Sequence
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
from ..asking import Asking
from ..examination import NOWHERE, Change, Note, Place, Weight
from ..form import ReadForm, ReadMeasure

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
    """The file's percent where it is not the one that would be printed anyway."""
    stated = stated_from(read)
    base = calculations.percent_base(money, of_actual=of_actual)
    computed = calculations.computed_percent(money.financed, base)
    return None if stated is None or stated == calculations.printed_percent(None, computed) else stated


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


# One question for all, where there would be more.
JUSTIFIED_ONE_BY_ONE = 30


def with_justifications(
    rows: Sequence[FormRow], contents: Mapping[str, Content], asking: Asking
) -> dict[str, Content]:
    """Each stated percent asks for its reason. Blank is allowed: it hinders submitting, not saving."""
    stated = [row for row in rows if contents[row.code].stated_percent is not None]
    given = {row.code: contents[row.code].justification for row in stated}
    if len(stated) > JUSTIFIED_ONE_BY_ONE:
        codes = listed([row.code for row in stated])
        said = _ask_reason("justification", f"Обґрунтування відсотків заходів {codes}", asking)
        given = {code: said or reason for code, reason in given.items()}
    else:
        for row in stated:
            text = f"Обґрунтування відсотка заходу {row.code}: {percent(contents[row.code].stated_percent)}"
            place = row.place("percent")
            key = f"justification:{row.code}"
            given[row.code] = _ask_reason(key, text, asking, suggested=given[row.code], place=place)
    return {
        code: replace(content, justification=given.get(code, content.justification))
        for code, content in contents.items()
    }


def _ask_reason(key: str, text: str, asking: Asking, *, suggested: str = "", place: Place = NOWHERE) -> str:
    return asking.text(
        key,
        text,
        suggested=suggested,
        is_required=False,
        input_type="textarea",
        hint="У файлі не такий відсоток, як за розрахунком. Обґрунтувати можна й пізніше, до подання звіту.",
        place=place,
    )

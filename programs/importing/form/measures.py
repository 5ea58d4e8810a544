"""Tasks and measures put together from the rows that hold them. No ORM."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ...calculations import total_money
from ...textforms import search_key
from ..files.cells import grouped, shown
from ..files.limits import MAX_TEXT
from .cells import NO_NUMBERS, Numbers, is_program_error, numbers_of_cell, split_number
from .closing import is_only_of_which
from .columns import LABELS, MONEY, FormColumns
from .contents import ReadMeasure, ReadTask
from .figures import FigureReader, Figures
from .grid import Grid
from .rows import Row, RowKind

TEXTS = {"term": "term_text", "executors": "executors_text", "information": "information"}
"""Columns and the fields of `ReadMeasure` they fill."""


@dataclass
class _Measure:
    row: int
    number: int | None
    figures: Figures
    texts: dict[str, list[str]] = field(default_factory=dict)
    """By the keys of `TEXTS`, and «content» for the title: of the measure's own row and of further ones."""
    lengths: dict[str, int] = field(default_factory=dict)
    unreadable: set[str] = field(default_factory=set)
    """Of `texts`."""
    is_full: bool = False
    """Further rows are passed over, as an error tells already."""

    def add(self, key: str, text: str) -> bool:
        """Whether there was room for it."""
        length = self.lengths.get(key, 0) + len(text)
        if length > MAX_TEXT:
            return False
        self.lengths[key] = length
        self.texts.setdefault(key, []).append(text)
        return True

    def text(self, key: str) -> str:
        return "\n".join(self.texts.get(key, ())).strip()


@dataclass
class _Task:
    number: int | None
    text: str
    row: int
    measures: list[_Measure] = field(default_factory=list)
    rows: dict[int, int] = field(default_factory=dict)
    """Rows by the numbers of measures."""
    cell: tuple[int, int] | None = None
    """Where the cell of the column «Завдання» begins; no cell where the task has a row to itself."""


class MeasureReader:
    """Follows the rows in their order; `tasks` is what they have made."""

    def __init__(self, grid: Grid, columns: FormColumns, figures: FigureReader, rows: Sequence[Row]) -> None:
        self.grid = grid
        self.columns = columns
        self.figures = figures
        self.drafts: list[_Task] = []
        self.by_name: dict[int | str, _Task] = {}
        """By their numbers and the keys of their texts."""
        self.current: _Task | None = None
        self.singles_are_measures = _singles_are_measures(grid, columns, rows)

    def read(self, row: Row) -> None:
        if row.kind is RowKind.TASK:
            self.current = self._task(row.numbers.single, row.title.strip(), row.index)
        elif row.kind is RowKind.MEASURE:
            self._measure(row)
        elif row.kind is RowKind.REST:
            self._rest(row)
        elif row.kind is RowKind.TOTAL:
            self._subtotal(row)
        elif row.kind is RowKind.FIGURES:
            self.grid.error("Рядок із сумами не має змісту заходу.", row.index)
        elif row.kind is RowKind.TEXT or (row.kind is RowKind.FUND and not is_only_of_which(row.label)):
            self.grid.warn(f"Рядок «{row.cells[0][:80]}» серед заходів не перенесено.", row.index)

    @property
    def tasks(self) -> list[ReadTask]:
        return [
            ReadTask(
                task.number,
                task.text,
                [self._made(measure) for measure in task.measures],
                self.grid.place(task.row, self.columns.get("task")),
            )
            for task in self.drafts
        ]

    def _made(self, measure: _Measure) -> ReadMeasure:
        fields = {field: measure.text(key) for key, field in TEXTS.items()}
        places = {
            TEXTS.get(key, {"content": "title"}.get(key, key)): self.grid.place(measure.row, column)
            for key, column in self.columns.by_key.items()
            if key not in ("task", "measure_number")
        }
        return ReadMeasure(
            number=measure.number,
            title=measure.text("content"),
            planned=measure.figures.planned,
            actual=measure.figures.actual,
            financed=measure.figures.financed,
            percent=measure.figures.percent,
            places={**places, "row": self.grid.place(measure.row)},
            unreadable=frozenset(measure.figures.unreadable | {TEXTS[key] for key in measure.unreadable}),
            **fields,
        )

    # --- tasks ---

    def _task(self, number: int | None, text: str, row: int) -> _Task:
        """The task of that number, or text where there is no number: a new one unless it is there already."""
        task = self.by_name.get(number if number is not None else search_key(text))
        if task is None:
            task = _Task(number, text, row)
            self.drafts.append(task)
        elif number is not None:
            self._text_of_task(task, text, row)
        self._name(task)
        return task

    def _name(self, task: _Task) -> None:
        if task.number is not None:
            self.by_name.setdefault(task.number, task)
        if task.text:
            self.by_name.setdefault(search_key(task.text), task)

    def _text_of_task(self, task: _Task, text: str, row: int) -> None:
        if text and not task.text:
            task.text = text
        elif text and search_key(text) != search_key(task.text):
            self.grid.warn(
                f"Текст завдання {task.number} тут інший, ніж вище; узято той, що вище.",
                row,
                self.columns.get("task"),
            )

    def _task_of(self, row: int, number: int | None) -> _Task:
        """The task of a measure: by the number, or else by what the column «Завдання» shows."""
        column = self.columns.get("task")
        cell = None if column is None else self.grid.first(row, column)
        in_text, text = split_number(shown(self.grid.value(row, column)))
        number = in_text.single if number is None else number
        current = self.current
        is_same = current is not None and (
            not text or cell == current.cell or search_key(text) == search_key(current.text)
        )
        if current is not None and is_same:
            if number is None or number == current.number:
                return current
            if current.number is None and not (current.measures and text == ""):
                current.number = number
                self._name(current)
                return current
            if text and cell == current.cell:
                self.grid.error(
                    f"Захід завдання {number} стоїть у клітинці завдання {current.number}.", row, column
                )
                return current
        task = self._task(number, text.strip(), row)
        task.cell = cell
        return task

    # --- measures ---

    def _measure(self, row: Row) -> None:
        content = self.columns.get("content")
        if "content" not in row.texts and self.grid.value(row.index, content) is not None:
            self.grid.error(
                "Сума стоїть у другому рядку того самого заходу (клітинки об’єднано): "
                "захід має один рядок сум.",
                row.index,
            )
            return
        numbers, title = self._numbers(row)
        self.current = task = self._task_of(row.index, self._task_number(numbers))
        number = numbers.measure
        if number is None and self.singles_are_measures:
            number = numbers.single
        if number is not None and task.rows.setdefault(number, row.index) != row.index:
            code = f"{task.number}.{number}" if task.number else str(number)
            above = self.grid.place(task.rows[number]).row
            self.grid.error(f"Захід {code} вже є вище, у рядку {above}.", row.index)
        if not title:
            self.grid.error("У рядку немає змісту заходу.", row.index, content)
        made = _Measure(row.index, number, self.figures.read(row.index))
        made.add("content", title)
        for key in TEXTS:
            if (text := self._text(row.index, key)) is None:
                made.unreadable.add(key)
            else:
                made.add(key, text)
        task.measures.append(made)

    def _task_number(self, numbers: Numbers) -> int | None:
        return numbers.task if numbers.task or self.singles_are_measures else numbers.single

    def _numbers(self, row: Row) -> tuple[Numbers, str]:
        """Of the columns «№» and of the content, whichever is of a measure; and the title without them."""
        of_text, title = row.numbers, row.title.strip()
        of_cell = self._number_cell(row, "number")
        own = self._number_cell(row, "measure_number")
        if own.single is not None:
            return Numbers(task=of_cell.single, measure=own.single), title
        if own.measure is not None:
            return own, title
        if of_text.is_deeper or of_cell.is_deeper:
            self.grid.warn("Номер заходу з трьох рівнів: у формі їх два, номер не перенесено.", row.index)
        if of_cell.measure is not None and of_text.measure is not None and of_cell != of_text:
            self.grid.error(
                f"Номер у графі «№» {of_cell.task}.{of_cell.measure}, "
                f"а в змісті заходу {of_text.task}.{of_text.measure}.",
                row.index,
            )
        if of_text.single is not None and of_cell not in (NO_NUMBERS, of_text):
            # «3. Квартал» under the number 1.2 is a title that begins so.
            return of_cell, row.texts["content"]
        if of_text.single is not None and of_cell == NO_NUMBERS:
            return Numbers(measure=of_text.single), title
        return (of_text if of_text.measure is not None else of_cell), title

    def _number_cell(self, row: Row, key: str) -> Numbers:
        column = self.columns.get(key)
        value = self.grid.value(row.index, column)
        expected = NO_NUMBERS
        if self.current and self.current.measures and (last := self.current.measures[-1].number):
            expected = Numbers(task=self.current.number, measure=last + 1)
        numbers = numbers_of_cell(value, expected)
        if numbers is None:
            self.grid.warn(f"Номер «{shown(value)[:30]}» не прочитано.", row.index, column)
            return NO_NUMBERS
        if numbers.is_guess:
            self.grid.warn(
                f"Замість номера стоїть «{shown(value)}»: прочитано як {numbers.task}.{numbers.measure}.",
                row.index,
                column,
            )
        return numbers

    def _text(self, row: int, key: str) -> str | None:
        """None of what an error tells about."""
        column = self.columns.get(key)
        text = shown(self.grid.value(row, column))
        if is_program_error(text):
            self.grid.error(f"У графі «{LABELS[key]}» помилка формули «{text}».", row, column)
            return None
        return text

    def _rest(self, row: Row) -> None:
        """Texts that go on in a further row are added to the measure above."""
        measure = self.current.measures[-1] if self.current and self.current.measures else None
        if measure is None:
            self.grid.warn(f"Рядок «{row.cells[0][:80]}» не перенесено: над ним немає заходу.", row.index)
            return
        if measure.is_full:
            return
        above = self.grid.place(measure.row).row
        for key in ("content", *TEXTS):
            if key in row.texts and not measure.add(key, row.texts[key]):
                message = (
                    f"У графі «{LABELS[key]}» рядки, що продовжують захід у рядку {above}, разом довші за "
                    f"{grouped(MAX_TEXT)} знаків. Скоротіть текст або дайте рядкам номери заходів."
                )
                self.grid.error(message, row.index, self.columns.get(key))
                measure.is_full = True
                return
        self.grid.warn(f"Рядок без номера й сум додано до заходу в рядку {above}.", row.index)

    # --- sums under a task ---

    def _subtotal(self, row: Row) -> None:
        """«Разом по завданню 1» is not kept; a difference from the measures is told."""
        measures = self.current.measures if self.current else []
        sums = total_money(measure.figures.money for measure in measures)
        stated = self.figures.read(row.index).money
        unreadable = set().union(*(measure.figures.unreadable for measure in measures))
        for key in MONEY:
            said, counted = getattr(stated, key), getattr(sums, key)
            if key in unreadable:
                continue
            if said is not None and said != (counted or 0):
                self.grid.warn(
                    f"«{row.label}»: у файлі «{LABELS[key]}» {shown(said)}, "
                    f"а сума заходів {shown(counted) or 'порожня'}.",
                    row.index,
                    self.columns.get(key),
                )


def _singles_are_measures(grid: Grid, columns: FormColumns, rows: Sequence[Row]) -> bool:
    """Whether «1», «2» in the column «№» count measures: two of them under one task, or no tasks."""
    number, task = columns.get("number"), columns.get("task")
    above: tuple[int, str] | None = None
    for row in rows:
        numbers = numbers_of_cell(grid.value(row.index, number))
        if row.kind is not RowKind.MEASURE or numbers is None or numbers.single is None:
            continue
        if task is None:
            return True
        text = search_key(shown(grid.value(row.index, task)))
        if above is not None and above[0] != numbers.single and text in ("", above[1]):
            return True
        above = (numbers.single, text or (above[1] if above else ""))
    return False

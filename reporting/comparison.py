"""What differs between two documents of a report: «що змінилося з минулого подання», «проти минулого року».

Documents in, texts out: no ORM. What belongs to a copy and not to the report (the «ПРОЄКТ» mark,
the moment of printing, the sheet's measures) is no difference.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from programs.calculations import difference
from programs.textforms import format_decimal_in_full

from .document import (
    CellKind,
    Column,
    FundLine,
    MeasureRow,
    ReportDocument,
    Scope,
    TaskBlock,
    TotalsRow,
)
from .formatting import shown

# A number is one word: «19,4 → 15,4» and not a digit inside it.
_WORD = re.compile(r"(?:\d[\d\u00a0.,]*(?<=\d)|\w+|[^\w\s])\s*|^\s+")
# Texts with less in common are read one after the other: a patchwork of single words helps nobody.
_ALIKE_FROM = 0.4
FIGURES = ("planned", "actual", "financed", "percent")
# What a row or a task is called by: of one that stands in one document alone it is no changed cell.
_NAMES = ("content", "number_text")
_Item: TypeAlias = TaskBlock | MeasureRow | TotalsRow | FundLine


@dataclass(frozen=True)
class FigurePair:
    """One figure of two documents; None is blank, in a document that lacks the row too."""

    old: Decimal | None
    new: Decimal | None

    @property
    def differs(self) -> bool:
        return self.old != self.new

    @property
    def difference(self) -> Decimal | None:
        """New less old, exact; None where either is blank."""
        return difference(self.old, self.new)


@dataclass(frozen=True)
class Change:
    """One cell or line: what it is, how it read and how it reads; nothing where there was nothing."""

    key: str
    """The column's key, or the attribute of the document."""
    label: str
    old: str
    new: str
    kind: CellKind = CellKind.TEXT
    figures: FigurePair | None = field(default=None, compare=False)
    """The values that the two texts tell of, exact; None of words."""

    @property
    def is_finer_than_shown(self) -> bool:
        """Kopecks that the form rounds away: «2,42 → 2,44» says what «2,4 → 2,4» would hide."""
        return self.figures is not None and _look_alike(self.figures.old, self.figures.new, self.kind)


@dataclass(frozen=True)
class TaskChange(Change):
    number: int = 0
    heading: str = ""
    """Of the column; the label names the task."""


@dataclass(frozen=True)
class RowChange:
    """A measure with the cells that differ: of an added or removed one, all that hold something."""

    number: str
    measure: str
    cells: tuple[Change, ...]


@dataclass(frozen=True)
class LineChange:
    """The totals row, or one fund line, with the figures that differ."""

    label: str
    cells: tuple[Change, ...]


@dataclass(frozen=True)
class Comparison:
    words: tuple[Change, ...]
    """The heading, the lines under it, the columns' headings, the signatures."""
    tasks: tuple[TaskChange, ...]
    """Tasks' texts."""
    added: tuple[RowChange, ...]
    removed: tuple[RowChange, ...]
    rows: tuple[RowChange, ...]
    """Measures that stand in both documents, in the new one's order."""
    totals: LineChange | None
    fund_lines: tuple[LineChange, ...]

    @property
    def lines(self) -> tuple[LineChange, ...]:
        """The totals and their fund lines."""
        return (*([self.totals] if self.totals else []), *self.fund_lines)

    @property
    def is_empty(self) -> bool:
        return not (
            self.words
            or self.tasks
            or self.added
            or self.removed
            or self.rows
            or self.totals
            or self.fund_lines
        )


def compare(old: ReportDocument, new: ReportDocument) -> Comparison:
    columns = _columns(old, new, Scope.MEASURE)
    pairs = _paired(old.rows, new.rows)
    return Comparison(
        words=tuple(_words(old, new)),
        tasks=tuple(_tasks(old, new)),
        added=tuple(_row_change(then, now, columns) for then, now in pairs if then is None),
        removed=tuple(_row_change(then, now, columns) for then, now in pairs if now is None),
        rows=tuple(
            change
            for then, now in pairs
            if then and now and (change := _row_change(then, now, columns)).cells
        ),
        totals=_line(old.totals, new.totals, columns, label="Усього"),
        fund_lines=tuple(_fund_lines(old.fund_lines, new.fund_lines, columns)),
    )


# --- side by side ------------------------------------------------------------------------


@dataclass(frozen=True)
class FigureLine:
    """A measure's three sums, тис. грн, and its percent, in two documents."""

    number: str
    measure: str
    planned: FigurePair
    actual: FigurePair
    financed: FigurePair
    percent: FigurePair

    @property
    def differs(self) -> bool:
        return any(pair.differs for pair in (self.planned, self.actual, self.financed, self.percent))


def side_by_side(old: ReportDocument, new: ReportDocument) -> list[FigureLine]:
    """Every measure of either document, the totals last and without a number."""
    lines = [_figure_line(then, now) for then, now in _paired(old.rows, new.rows)]
    return [*lines, FigureLine("", "Усього", **_figure_pairs(old.totals, new.totals))]


def _figure_line(then: MeasureRow | None, now: MeasureRow | None) -> FigureLine:
    either = _either(then, now)
    return FigureLine(either.number, either.measure, **_figure_pairs(then, now))


def _figure_pairs(
    then: MeasureRow | TotalsRow | None, now: MeasureRow | TotalsRow | None
) -> dict[str, FigurePair]:
    return {name: FigurePair(getattr(then, name, None), getattr(now, name, None)) for name in FIGURES}


# --- words of two texts ------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A run of words: in both texts, only in the old one, or only in the new one."""

    text: str
    kind: str
    """«same», «old» or «new»."""


def word_pieces(old: str, new: str) -> list[Piece]:
    """The new text with what was left out and what was put in, each in its place."""
    if not old or not new:
        return [Piece(text, kind) for text, kind in ((old, "old"), (new, "new")) if text]
    then, now = _WORD.findall(old), _WORD.findall(new)
    # The last word of a text has no space behind it, and stays the same word when more is written after it.
    matcher = difflib.SequenceMatcher(None, [word.rstrip() for word in then], [word.rstrip() for word in now])
    if matcher.ratio() < _ALIKE_FROM:
        return [Piece(old, "old"), Piece(new, "new")]
    runs: list[tuple[str, str]] = []
    for kind, i, j, k, m in matcher.get_opcodes():
        if kind == "equal":
            runs += itertools.chain(*map(_same_word, then[i:j], now[k:m]))
        else:
            runs += [("".join(then[i:j]), "old"), ("".join(now[k:m]), "new")]
    told = itertools.groupby([run for run in runs if run[0]], key=lambda run: run[1])
    return [Piece("".join(text for text, _ in group), kind) for kind, group in told]


def _same_word(then: str, now: str) -> list[tuple[str, str]]:
    """A word and the spaces behind it, which may have come or gone."""
    if then == now:
        return [(now, "same")]
    word = now.rstrip()
    return [(word, "same"), (then[len(word) :], "old"), (now[len(word) :], "new")]


# --- what is compared with what ----------------------------------------------------------


def _columns(old: ReportDocument, new: ReportDocument, scope: Scope) -> list[Column]:
    """The columns of both forms, the new form's words first."""
    columns = {column.key: column for column in (*old.columns, *new.columns)}
    order = dict.fromkeys(column.key for column in (*new.columns, *old.columns))
    return [columns[key] for key in order if columns[key].scope is scope]


def _paired(
    old: Sequence[MeasureRow], new: Sequence[MeasureRow]
) -> list[tuple[MeasureRow | None, MeasureRow | None]]:
    """Rows of one number, in the new order; those gone stand where their number would.

    Two measures share a number in the year in which one takes the other's place: then the one with
    the same words is the same measure.
    """
    left = list(old)
    partner: dict[int, MeasureRow] = {}
    for identity in (_number_and_words, _number):
        for place, now in enumerate(new):
            then = next((row for row in left if identity(row) == identity(now)), None)
            if place not in partner and then is not None:
                partner[place] = then
                left.remove(then)
    met = [(partner.get(place), now) for place, now in enumerate(new)]
    return sorted([*met, *((row, None) for row in left)], key=_place)


def _number_and_words(row: MeasureRow) -> tuple[str, ...]:
    return row.number, row.measure


def _number(row: MeasureRow) -> tuple[str, ...]:
    return (row.number,)


def _place(pair: tuple[MeasureRow | None, MeasureRow | None]) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", _either(*pair).number))


def _either(then: MeasureRow | None, now: MeasureRow | None) -> MeasureRow:
    either = now or then
    assert either is not None
    return either


def _row_change(then: MeasureRow | None, now: MeasureRow | None, columns: Sequence[Column]) -> RowChange:
    either = _either(then, now)
    return RowChange(either.number, either.measure, _cells(then, now, columns))


def _line(
    then: TotalsRow | FundLine | None,
    now: TotalsRow | FundLine | None,
    columns: Sequence[Column],
    label: str,
) -> LineChange | None:
    cells = _cells(then, now, [column for column in columns if column.kind is not CellKind.TEXT])
    return LineChange(label, cells) if cells else None


def _fund_lines(
    old: Sequence[FundLine], new: Sequence[FundLine], columns: Sequence[Column]
) -> Iterator[LineChange]:
    then = {line.label: line for line in old}
    now = {line.label: line for line in new}
    for label in dict.fromkeys([*now, *then]):
        if change := _line(then.get(label), now.get(label), columns, label):
            yield change
        elif (label in then) != (label in now):
            # A line of blanks that came or went.
            old_label, new_label = (label if label in lines else "" for lines in (then, now))
            yield LineChange(label, (Change("label", "Назва рядка", old_label, new_label),))


def _cells(then: _Item | None, now: _Item | None, columns: Sequence[Column]) -> tuple[Change, ...]:
    changes = (
        _change(column.key, column.heading, _value(then, column), _value(now, column), column.kind)
        for column in columns
        if (then and now) or column.key not in _NAMES
    )
    return tuple(change for change in changes if change)


def _value(item: _Item | None, column: Column) -> Decimal | str | None:
    """Blank of what is not there, and of a line that has no such figure."""
    value: Decimal | str | None = getattr(item, column.key, None)
    return value or "" if column.kind is CellKind.TEXT else value


def _change(
    key: str, label: str, then: Decimal | str | None, now: Decimal | str | None, kind: CellKind
) -> Change | None:
    if then == now:
        return None
    if isinstance(then, str) or isinstance(now, str):
        return Change(key, label, shown(then, kind), shown(now, kind), kind)
    figures = FigurePair(then, now)
    if _look_alike(then, now, kind):
        return Change(key, label, _in_full(then), _in_full(now), kind, figures)
    return Change(key, label, shown(then, kind), shown(now, kind), kind, figures)


def _look_alike(then: Decimal | None, now: Decimal | None, kind: CellKind) -> bool:
    return shown(then, kind) == shown(now, kind)


def _in_full(value: Decimal | None) -> str:
    return "" if value is None else format_decimal_in_full(value)


def _words(old: ReportDocument, new: ReportDocument) -> Iterator[Change]:
    pairs = [
        ("heading", "Заголовок", _heading(old), _heading(new)),
        ("act_line", "Рішення про затвердження", old.act_line, new.act_line),
        ("term_line", "Термін реалізації", old.term_line, new.term_line),
        ("section", "Назва розділу", *("\n".join(s.heading for s in of.sections) for of in (old, new))),
        ("totals", "Назва рядка підсумків", old.totals.label, new.totals.label),
        ("signatures", "Підписи", _signatures(old), _signatures(new)),
    ]
    headings = ({column.key: column.heading for column in of.columns} for of in (old, new))
    then, now = headings
    pairs += [
        (key, "Назва графи", then.get(key, ""), now.get(key, "")) for key in dict.fromkeys([*now, *then])
    ]
    for key, label, before, after in pairs:
        if before != after:
            yield Change(key, label, before, after)


def _heading(of: ReportDocument) -> str:
    return "\n".join((of.heading, *of.heading_lines))


def _signatures(of: ReportDocument) -> str:
    return "\n".join(f"{signature.post} {signature.name}" for signature in of.signatures)


def _tasks(old: ReportDocument, new: ReportDocument) -> Iterator[TaskChange]:
    then = {task.number: task for task in old.tasks}
    now = {task.number: task for task in new.tasks}
    columns = _columns(old, new, Scope.TASK)
    for number in sorted({*then, *now}):
        for change in _cells(then.get(number), now.get(number), columns):
            label = f"Завдання {number}"
            yield TaskChange(change.key, label, change.old, change.new, number=number, heading=change.label)

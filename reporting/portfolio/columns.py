"""The columns of a portfolio, by each of which it can be sorted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from programs.calculations import Money

from .asking import Order
from .lines import Line, are_counted, with_findings

WAY = ("draft", "returned", "on_approval", "agreed", "signed", "published")
"""States in the order in which a report passes them; one that was returned has been further than a draft."""


@dataclass(frozen=True)
class Column:
    key: str
    heading: str
    value: Callable[[Line], Any]
    """What it is sorted by; None is a blank."""
    is_figure: bool = False
    """Figures stand to the right, and the greatest of them are asked for first."""


def _money(fact: str) -> Callable[[Line], Any]:
    return lambda line: getattr(line.figures.money if line.figures else Money(), fact)


COLUMNS: Mapping[str, Column] = {
    column.key: column
    for column in (
        Column("title", "Програма", lambda line: line.program.sort_key),
        Column("responsible", "Відповідальний виконавець", lambda line: line.program.responsible.sort_key),
        Column("state", "Стан звіту", lambda line: WAY.index(line.state) if line.report else None),
        Column("planned", "План, тис.\N{NO-BREAK SPACE}грн", _money("planned"), is_figure=True),
        Column("actual", "Факт, тис.\N{NO-BREAK SPACE}грн", _money("actual"), is_figure=True),
        Column(
            "financed",
            "Профінан\N{SOFT HYPHEN}совано, тис.\N{NO-BREAK SPACE}грн",
            _money("financed"),
            is_figure=True,
        ),
        Column(
            "percent",
            "Відсоток, %",
            lambda line: line.figures.percent if line.figures else None,
            is_figure=True,
        ),
        Column("findings", "Перевірка", lambda line: line.findings, is_figure=True),
        Column("due", "Строк", lambda line: line.due),
    )
}


def read_order(text: str) -> Order:
    """«-percent»; what names no column is the usual order."""
    column = text.removeprefix("-")
    return Order(column, descending=text.startswith("-")) if column in COLUMNS else Order()


def in_order(lines: Sequence[Line], order: Order) -> list[Line]:
    """Blanks last whichever way; among equals as they came."""
    value = COLUMNS[order.column].value
    if order.column == "findings" and not are_counted(lines):
        lines = with_findings(lines)
    known = [line for line in lines if value(line) is not None]
    blank = [line for line in lines if value(line) is None]
    return sorted(known, key=value, reverse=order.descending) + blank

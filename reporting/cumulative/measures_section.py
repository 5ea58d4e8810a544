"""The table of measures, year by year, with what they add up to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from programs.term_figures import FundOverTerm, MeasureOverTerm, TaskOverTerm, TermFigures

from ..document import CellKind, Sheet
from ..renderers.sheet import PAPER_WIDTH_MM
from .document import Facts, Indicator, Line, Measures, Period, PeriodKind, TaskBlock
from .periods import facts_of, money_facts, parts, periods


def measures_section(figures: TermFigures, sheet: Sheet, words: Mapping[str, Any]) -> Measures:
    said, widths = words["measures"], words["widths"]
    columns = periods(figures, words)
    before = {name: Decimal(widths[name]) for name in ("number", "term", "indicator")}
    room = PAPER_WIDTH_MM - sheet.margin_left - sheet.margin_right - sum(before.values(), Decimal(0))
    return Measures(
        heading=said["heading"],
        sheet_name=said["sheet_name"],
        number=said["number"],
        text=said["text"],
        term=said["term"],
        indicator=said["indicator"],
        number_width=before["number"],
        term_width=before["term"],
        indicator_width=before["indicator"],
        periods=columns,
        parts=parts(columns, room, words),
        indicators=tuple(
            Indicator(key, label, CellKind.PERCENT if key == "percent" else CellKind.MONEY)
            for key, label in said["indicators"].items()
        ),
        tasks=tuple(_task(task, columns, said) for task in figures.tasks),
        total=Line(said["total"], facts_of(columns, figures.by_year, figures.total, figures.reported)),
        fund_lines=tuple(_fund_line(fund, columns, said) for fund in figures.funds),
    )


def _task(task: TaskOverTerm, columns: Sequence[Period], said: Mapping[str, Any]) -> TaskBlock:
    return TaskBlock(
        heading=said["task"].format(number=task.task.number, text=task.task.text),
        measures=tuple(_measure(measure, columns) for measure in task.measures),
        total=Line(
            said["task_total"].format(number=task.task.number),
            facts_of(columns, task.years, task.total, task.reported),
        ),
    )


def _measure(over_term: MeasureOverTerm, columns: Sequence[Period]) -> Line:
    return Line(
        number=over_term.measure.code,
        text=measure_text(over_term),
        term=over_term.measure.printed_term,
        facts=facts_of(columns, over_term.years, over_term.total, over_term.reported),
    )


def measure_text(over_term: MeasureOverTerm) -> str:
    """What it is, and below it how it came or went: two measures may share a number."""
    return f"{over_term.measure.title}\n({over_term.note})" if over_term.note else over_term.measure.title


def _fund_line(fund: FundOverTerm, columns: Sequence[Period], said: Mapping[str, Any]) -> Line:
    def told(column: Period) -> Facts:
        if column.kind is PeriodKind.YEAR:
            return money_facts(fund.years[column.years[0]])
        return money_facts(fund.reported if column.kind is PeriodKind.REPORTED else fund.total)

    return Line(fund.line or said["no_fund_line"], tuple(told(column) for column in columns))

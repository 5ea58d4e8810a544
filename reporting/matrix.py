"""Measures × years: how each measure stands in every year's report, as a table of words and figures.

Money and work are two facts and have two ways to be seen: the colour is of the percent, which also stands
there as a figure; the sign is of what became of the work, where somebody said it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from programs.enums import ExecutionState
from programs.figures import base_of
from programs.models import Measure, MeasureResult, Program, Task
from programs.term_figures import MeasureOverTerm, TermFigures, YearFigures
from programs.textforms import NO_BREAK_SPACE

from .renderers.html import row_anchors
from .templatetags.zvit import money, percent

SIGNS = {
    ExecutionState.DONE: "✓",
    ExecutionState.PARTIAL: "◐",
    ExecutionState.NOT_DONE: "✕",
    ExecutionState.NOT_PLANNED: "○",
}
HALF, WHOLE = Decimal(50), Decimal(100)


@dataclass(frozen=True, slots=True)
class Cell:
    shade: str = ""
    """How much the percent is: over, full, most, some, unfunded; planned without a report; «» else."""
    figure: str = ""
    """The percent that the report prints, or the plan where there is no report."""
    amounts: str = ""
    """Financed of what the percent is of; «» where there is neither."""
    in_full: str = ""
    """The three facts in words, for who does not see the column's meaning."""
    sign: str = ""
    state: str = ""
    """What the sign means."""
    link: str = ""
    """To the row on the page of its report; «» without one."""
    is_outside_term: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    label: str
    """A year, or years on end of which nothing is known: «2020–2022»."""
    year: int | None
    """None for such years."""
    has_report: bool


@dataclass(frozen=True, slots=True)
class MeasureLine:
    measure: Measure
    note: str
    """By which decision it came later, or went."""
    cells: Sequence[Cell]
    """One a column."""


@dataclass(frozen=True, slots=True)
class TaskLines:
    task: Task
    sums: Sequence[Cell]
    measures: Sequence[MeasureLine]


@dataclass(frozen=True, slots=True)
class Matrix:
    columns: Sequence[Column]
    tasks: Sequence[TaskLines]
    total: Sequence[Cell]

    @property
    def signs(self) -> list[tuple[str, str]]:
        """Those that stand in it, with what they mean."""
        stand = {cell.sign for task in self.tasks for line in task.measures for cell in line.cells}
        return [(sign, str(state.label)) for state, sign in SIGNS.items() if sign in stand]

    @property
    def has_reports(self) -> bool:
        return any(column.has_report for column in self.columns)

    @property
    def has_years_outside(self) -> bool:
        return any(
            cell.is_outside_term for task in self.tasks for line in task.measures for cell in line.cells
        )


def matrix(term: TermFigures, pages: Mapping[int, str]) -> Matrix:
    """From figures that are fetched: no query. `pages`: by year, the addresses of the reports' pages."""
    links = {year: _links(term, year, pages[year]) for year in term.reports}
    columns = list(_columns(term))
    return Matrix(
        columns=columns,
        tasks=[
            TaskLines(
                task.task,
                [_told(term.program, task.years.get(one.year or 0)) for one in columns],
                [_line(term, measure, columns, links) for measure in task.measures],
            )
            for task in term.tasks
        ],
        total=[_told(term.program, term.by_year.get(one.year or 0)) for one in columns],
    )


def _columns(term: TermFigures) -> Iterator[Column]:
    for is_known, group in itertools.groupby(term.years, key=lambda year: _is_known(term.by_year[year])):
        years = list(group)
        if is_known or len(years) == 1:
            yield from (Column(str(year), year, year in term.reports) for year in years)
        else:
            yield Column(f"{years[0]}–{years[-1]}", None, has_report=False)


def _is_known(figures: YearFigures) -> bool:
    return figures.reported is not None or figures.money.planned is not None


def _links(term: TermFigures, year: int, page: str) -> dict[int, str]:
    """To a report's rows on its page, by result id."""
    rows = [(one.results[year], one.measure.code) for one in term.measures if year in one.results]
    anchors = row_anchors([code for _, code in rows])
    return {result.pk: f"{page}#{anchor}" for (result, _), anchor in zip(rows, anchors, strict=True)}


def _line(
    term: TermFigures,
    one: MeasureOverTerm,
    columns: Sequence[Column],
    links: Mapping[int, Mapping[int, str]],
) -> MeasureLine:
    cells = []
    for column in columns:
        year = column.year
        result = one.results.get(year) if year else None
        link = links[year][result.pk] if year and result else ""
        cells.append(_cell(term.program, one, year, result, link) if year else Cell())
    return MeasureLine(one.measure, one.note, cells)


def _cell(program: Program, one: MeasureOverTerm, year: int, result: MeasureResult | None, link: str) -> Cell:
    figures = one.years.get(year)
    outside = one.is_outside_term(year)
    if figures is None:
        return Cell(is_outside_term=outside)
    cell = _told(program, figures)
    state = ExecutionState(result.execution_state) if result and result.execution_state else None
    return replace(
        cell,
        sign=SIGNS[state] if state else "",
        state=str(state.label) if state else "",
        link=link,
        is_outside_term=outside,
    )


def _told(program: Program, figures: YearFigures | None) -> Cell:
    if figures is None:
        return Cell()
    amounts = figures.money
    facts = f"план {money(amounts.planned)}"
    if figures.reported is None:
        if amounts.planned is None:
            return Cell()
        return Cell("planned", money(amounts.planned), in_full=f"{facts}, звіту немає")
    base = base_of(program, amounts)
    told = _percent(figures)
    return Cell(
        shade=_shade(told, base),
        figure="—" if told is None else f"{percent(told)}{NO_BREAK_SPACE}%",
        amounts=f"{money(amounts.financed)} з {money(base)}" if amounts.financed or base else "",
        in_full=f"{facts}, факт {money(amounts.actual)}, профінансовано {money(amounts.financed)}",
    )


def _percent(figures: YearFigures) -> Decimal | None:
    """As the report prints it; but nothing where nobody has said yet what was financed."""
    if figures.stated_percent is None and figures.money.financed is None:
        return None
    return figures.percent


def _shade(percent: Decimal | None, base: Decimal | None) -> str:
    if percent is None:
        return ""
    if percent > WHOLE:
        return "over"
    if percent == WHOLE:
        return "full"
    if percent:
        return "most" if percent >= HALF else "some"
    return "unfunded" if base else ""

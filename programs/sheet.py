"""The entry sheet: a report's rows with what stands beside them, and many cells changed at once.

Writes nothing itself: `entry.save_results` does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from . import calculations, permissions, textforms
from .calculations import printed_percent
from .consistency import Finding, check_fetched, check_result
from .entry import AMOUNT_FIELDS, InvalidResults, ResultEntry, StaleResults, check_results
from .enums import ReportState
from .figures import ReportFigures, amount_money, figures_around
from .grid import (
    Cell,
    ResultGrid,
    Row,
    SourceLine,
    Totals,
    line_totals,
    make_row,
    texts_of,
    totals_of,
    written_money,
    written_percent,
)
from .models import AnnualReport, FundingSource, MeasureResult, Remark, Task, User
from .pasting import parse_block
from .textforms import TextFormError, search_key

# The form's columns first, in its order; what the form does not print follows.
COLUMNS = (
    *AMOUNT_FIELDS,
    "stated_percent",
    "narrative",
    "execution_state",
    "zero_reason",
    "stated_justification",
)


# --- the page ----------------------------------------------------------------------------


@dataclass(slots=True)
class SheetRow:
    """One row of the page with what is said under it."""

    row: Row
    findings: list[Finding]
    remarks: list[Remark]
    has_last_year: bool
    last_year_total: list[tuple[str, str]]
    """Fact and sum of last year's figures, where they are not split by the sources of this year's lines."""


@dataclass(slots=True)
class SheetBand:
    """A task with its rows."""

    task: Task
    totals: Totals | None
    rows: list[SheetRow] = field(default_factory=list)


class Sheet:
    """Everything that the page shows, from a constant number of queries."""

    def __init__(self, report: AnnualReport, user: User) -> None:
        self.report = report
        self.grid = open_grid(report, user)
        for row in self.grid.rows:
            choose_lines(row)
        self.remarks = remarks_of(report)
        self._last_year = {
            result.measure_id: result
            for result in MeasureResult.objects.filter(
                report__program=report.program, report__year=report.year - 1
            ).prefetch_related("amounts")
        }

    @property
    def may_edit(self) -> bool:
        return any(row.may_edit for row in self.grid.rows)

    @property
    def general_remarks(self) -> list[Remark]:
        return [remark for remark in self.remarks if remark.result_id is None]

    @property
    def remarked_rows(self) -> list[str]:
        """The numbers of the measures that remarks are about, as the sheet goes."""
        about = {remark.result_id for remark in self.remarks}
        return [row.result.measure.code for row in self.grid.rows if row.result.pk in about]

    @cached_property
    def findings(self) -> dict[int | None, list[Finding]]:
        return findings_by_row(self.grid)

    @cached_property
    def bands(self) -> list[SheetBand]:
        return [
            SheetBand(band.task, band.totals, [self._sheet_row(row) for row in band.rows])
            for band in self.grid.bands
        ]

    def _sheet_row(self, row: Row) -> SheetRow:
        before = self._last_year.get(row.result.measure_id)
        return SheetRow(
            row,
            self.findings.get(row.result.pk, []),
            [remark for remark in self.remarks if remark.result_id == row.result.pk],
            before is not None,
            show_last_year(row, before) if before else [],
        )


def open_grid(report: AnnualReport, user: User, data: Mapping[str, str] | None = None) -> ResultGrid:
    """The report's rows, those that this person may not write closed."""
    grid = ResultGrid(report, may_edit=report.report_state.accepts_figures, data=data)
    if grid.may_edit and not permissions.works_on_report(user, report):
        own = permissions.rows_of_only_executor(user, [row.result for row in grid.rows])
        for row in grid.rows:
            if row.result.pk not in own:
                row.close()
    return grid


def findings_by_row(grid: ResultGrid) -> dict[int | None, list[Finding]]:
    """By result id; None holds what is said of the whole report."""
    found: dict[int | None, list[Finding]] = {}
    results = [row.result for row in grid.rows]
    for finding in check_fetched(grid.report, results, grid.sources, grid.figures):
        found.setdefault(finding.result_id, []).append(finding)
    return found


def choose_lines(row: Row) -> None:
    """Sources with a sum in this row; where there is none, the first that the form prints."""
    for line in row.lines:
        line.is_shown = any(cell.standing is not None or cell.touched for cell in line.cells)
    if not row.shown_lines and row.offered_lines:
        printed = [line for line in row.offered_lines if line.source.form_line]
        (printed or row.offered_lines)[0].is_shown = True


def show_last_year(row: Row, before: MeasureResult) -> list[tuple[str, str]]:
    """Last year's sums, under the inputs of their sources; else one sum of all, a fact each."""
    amounts = {amount.source_id: amount for amount in before.amounts.all()}
    if amounts.keys() <= {line.source.pk for line in row.shown_lines}:
        for line in row.shown_lines:
            for fact, cell in zip(AMOUNT_FIELDS, line.cells, strict=True):
                cell.last_year = cell.written(getattr(amounts.get(line.source.pk), fact, None))
        return []
    total = calculations.total_money(map(amount_money, amounts.values()))
    return [(fact, written_money(getattr(total, fact))) for fact in AMOUNT_FIELDS]


def remarks_of(report: AnnualReport) -> list[Remark]:
    """What the head wrote when returning the report; nothing while it is not returned."""
    if report.report_state is not ReportState.RETURNED:
        return []
    last = report.submissions.order_by("-number").values("pk")[:1]
    return list(Remark.objects.filter(submission__in=last).select_related("written_by"))


# --- one row -----------------------------------------------------------------------------


@dataclass
class RowView:
    """One row with what its saving changes on the page, loaded without the other rows."""

    row: Row
    figures: ReportFigures
    findings: Sequence[Finding]

    @classmethod
    def of(cls, result: MeasureResult, sources: Sequence[FundingSource], row: Row) -> RowView:
        """`row` holds what was typed, if anything; the figures and the findings are of what stands."""
        figures = figures_around(result, sources)
        return cls(row, figures, check_result(result, sources, figures))

    @property
    def texts(self) -> dict[str, str]:
        return texts_around(self.row, self.figures)


def row_of(result: MeasureResult, user: User, sources: Iterable[FundingSource]) -> Row:
    may_edit = permissions.can_edit_result(user, result)
    return make_row(result, result.report, sources, may_edit=may_edit)


def texts_around(row: Row, figures: ReportFigures) -> dict[str, str]:
    """The computed texts that depend on one row, by the ids of the elements that show them."""
    task_id = row.result.measure.task_id
    percent = written_percent(figures.rows[row.result.pk].computed_percent)
    lines = [totals for _, totals in line_totals(figures.fund_lines)]
    totals = [totals_of(f"t{task_id}", figures.tasks[task_id]), totals_of("total", figures.total), *lines]
    return {f"{row.key}-percent": percent} | texts_of(totals)


def typed_texts(row: Row, sources: Iterable[FundingSource]) -> dict[str, str]:
    """The same of what is typed and not saved; an unreadable cell counts as it stands."""
    row.apply()
    return texts_around(row, figures_around(row.result, sources))


# --- many cells at once ------------------------------------------------------------------


@dataclass(frozen=True)
class CellChange:
    row: Row
    cell: Cell

    @property
    def new_text(self) -> str:
        return self.cell.text if self.cell.error else self.cell.worded(self.cell.value)


class ManyCells:
    """Cells of many rows, to be looked at and then saved all or nothing."""

    def __init__(self, grid: ResultGrid, data: Mapping[str, str]) -> None:
        self.grid = grid
        self._seen = {name: text for name, text in data.items() if name.endswith("-seen")}
        self._taken: dict[str, list[str]] = {}
        self.outside: list[str] = []

    @property
    def taken_rows(self) -> list[Row]:
        return [row for row in self.grid.rows if row.key in self._taken]

    @property
    def taken_cells(self) -> list[str]:
        return [name for names in self._taken.values() for name in names]

    def take(self, typed: Mapping[str, str]) -> None:
        """Type these texts, by cell name, over the rows that the page showed."""
        for row in self.grid.rows:
            mine = {cell.name: typed[cell.name] for cell in row.all_cells() if cell.name in typed}
            if mine:
                row.read({**self._seen, **mine})
                self._taken.setdefault(row.key, []).extend(mine)

    @property
    def changes(self) -> list[CellChange]:
        """What cannot be saved first: of three hundred lines nobody looks for the wrong one."""
        found = [
            CellChange(row, cell)
            for row in self.grid.rows
            for cell in _in_printed_order(row)
            if cell.touched and (cell.error or cell.value != cell.standing)
        ]
        return sorted(found, key=lambda change: not (change.cell.error or change.cell.conflict))

    @property
    def changed_rows(self) -> list[Row]:
        return list({change.row.key: change.row for change in self.changes}.values())

    @property
    def has_errors(self) -> bool:
        return any(change.cell.error for change in self.changes)

    @property
    def conflicts(self) -> list[CellChange]:
        return [change for change in self.changes if change.cell.conflict]

    def entries(self) -> list[ResultEntry]:
        return self.grid.entries()

    def check(self, by: User) -> None:
        """Find at the cells all that saving would refuse. Raises EntryRefused as saving does."""
        if self.has_errors:
            return
        try:
            check_results(self.grid.report, self.entries(), by=by)
        except (InvalidResults, StaleResults) as error:
            self.grid.refuse(error)


def paste(into: ManyCells, at: str, text: str) -> None:
    """Type a copied block from the cell named `at` to the right and down, in the order of the page.

    A percent equal to the computed one is not stated. Raises TextFormError when there is no such cell.
    """
    block = parse_block(text)
    rows, columns = _target(into.grid.rows, at)
    typed: dict[str, str] = {}
    percents: dict[str, tuple[Row, str]] = {}
    refused: dict[str, tuple[Cell, str, str]] = {}
    for number, texts in enumerate(block, start=1):
        if number > len(rows):
            if any(map(str.strip, texts)):
                into.outside.append(f"рядок {number} блоку – нижче останнього рядка таблиці")
            continue
        row = rows[number - 1]
        if any(one.strip() for one in texts[len(columns) :]):
            into.outside.append(f"рядок {number} блоку – правіше останнього стовпця таблиці")
        for column, raw in zip(columns, texts, strict=False):
            cell = _cell(row, column)
            if cell.closed:
                refused[cell.name] = (cell, raw, "цей рядок вам змінювати не можна.")
                continue
            try:
                readable = _readable(cell, raw)
            except TextFormError as error:
                refused[cell.name] = (cell, raw, str(error))
                continue
            if column == "stated_percent":
                percents[cell.name] = (row, readable)
            else:
                typed[cell.name] = readable
    into.take(typed)
    into.take({name: _stated(into.grid, row, raw) for name, (row, raw) in percents.items()})
    for cell, raw, message in refused.values():
        cell.typed, cell.error = raw.strip(), message


def _in_printed_order(row: Row) -> list[Cell]:
    money = [cell for line in row.lines for cell in line.cells]
    return [*money, *(row.cells[name] for name in COLUMNS if name in row.cells)]


def _target(rows: list[Row], at: str) -> tuple[list[Row], list[str]]:
    """From the row of the named cell down; from its column to the right, a money column with its source."""
    key, _, column = at.partition("-")
    first = next((number for number, row in enumerate(rows) if row.key == key), None)
    source = column.rpartition("-")[0]
    columns = [f"{source}-{name}" if source and name in AMOUNT_FIELDS else name for name in COLUMNS]
    if first is None or column not in columns:
        raise TextFormError("Такої клітинки у звіті немає. Оновіть сторінку й вставте ще раз.")
    if source and not any(str(line.source.pk) == source for line in rows[first].lines):
        raise TextFormError("Такого джерела фінансування немає. Оновіть сторінку й вставте ще раз.")
    return rows[first:], columns[columns.index(column) :]


def _cell(row: Row, column: str) -> Cell:
    source, _, fact = column.rpartition("-")
    if not source:
        return row.cells[column]
    line: SourceLine = next(line for line in row.lines if str(line.source.pk) == source)
    return line.cells[AMOUNT_FIELDS.index(fact)]


def _readable(cell: Cell, raw: str) -> str:
    """As the input would hold it: choices are recognised by their words, a percent loses its sign."""
    if cell.model_field.name == "stated_percent":
        return raw.strip().removesuffix("%")
    if not cell.choices or not raw.strip():
        return raw
    wanted = search_key(raw)
    for value, label in cell.choices:
        if wanted == search_key(label):
            return value
    labels = ", ".join(f"«{label}»" for _, label in cell.choices)
    raise TextFormError(f"Тут можна лише {labels}.")


def _stated(grid: ResultGrid, row: Row, raw: str) -> str:
    """Empty for the percent that the form prints anyway."""
    try:
        percent = textforms.parse_decimal(raw, decimals=1)
    except TextFormError:
        return raw
    computed = grid.figures.rows[row.result.pk].computed_percent
    return "" if percent == printed_percent(None, computed) else raw

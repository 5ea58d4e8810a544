"""Rows of an extract that came back, beside the portal's own, found by their keys."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ...calculations import Money
from ...entry import AMOUNT_FIELDS, ResultEntry
from ...keys import program_key, result_keys
from ...models import AnnualReport, MeasureResult, Program, User
from ...textforms import counted
from ..files.cells import shortened
from .cells import Cell
from .reading import OwnRow
from .versions import Opened

NAMED_REPORTS = 5
"""So many stand in a sentence by name."""


@dataclass(frozen=True)
class StandingRow:
    key: str
    result: MeasureResult
    """With its report, measure, task and amounts."""

    def value(self, cell: Cell) -> Any:
        name, source_id = cell
        if source_id is None:
            return getattr(self.result, name)
        return getattr(self.amounts.get(source_id), name, None)

    @cached_property
    def amounts(self) -> dict[int, Any]:
        return {amount.source_id: amount for amount in self.result.amounts.all()}

    def money_with(self, typed: Mapping[Cell, Any]) -> dict[int, Money]:
        """All its money by source, some cells of it replaced."""
        sources = {*self.amounts, *(source_id for _, source_id in typed if source_id is not None)}
        return {
            source_id: Money(
                *(typed.get((fact, source_id), self.value((fact, source_id))) for fact in AMOUNT_FIELDS)
            )
            for source_id in sources
        }


@dataclass
class FileRow(OwnRow):
    """One row of the file, beside the portal's."""

    standing: StandingRow
    opened: Opened | None = None
    """What the file was taken of, where others wrote the row since."""
    is_only_read: bool = False
    """This person enters no figures here."""
    has_conflict: bool = False
    """Somebody else changed since what this person changes: the door tells who and when."""

    @property
    def record(self) -> MeasureResult:
        return self.result

    @property
    def result(self) -> MeasureResult:
        return self.standing.result

    def value(self, cell: Cell) -> Any:
        return self.standing.value(cell)

    @property
    def cells_then(self) -> dict[Cell, Any]:
        """The sums and the percent that the file was taken of; nothing where nobody knows them."""
        if self.opened is None:
            return {}
        sources = {*self.standing.amounts, *self.opened.amounts}
        cells: list[Cell] = [(fact, source_id) for source_id in sources for fact in AMOUNT_FIELDS]
        return {cell: self.opened.value(cell) for cell in [*cells, ("stated_percent", None)]}

    @property
    def entry(self) -> ResultEntry:
        money = self.standing.money_with(self.changed)
        touched = {source_id for _, source_id in self.changed if source_id is not None}
        return ResultEntry(
            self.result.pk,
            self.version if self.has_conflict else self.result.version,
            {name: value for (name, source_id), value in self.changed.items() if source_id is None},
            {source_id: money[source_id] for source_id in touched},
        )


def by_report(rows: Iterable[FileRow]) -> dict[AnnualReport, list[FileRow]]:
    """By id, whatever the file's order: the door locks reports, and two imports must not wait in a ring."""
    groups: dict[AnnualReport, list[FileRow]] = {}
    for row in sorted(rows, key=lambda row: row.result.report.pk):
        groups.setdefault(row.result.report, []).append(row)
    return groups


def counted_by_report(rows: Mapping[AnnualReport, Collection[object]]) -> str:
    """«Програма», 2023 рік: 2 рядки; 2024 рік: 1 рядок; «Інша», 2024 рік: 1 рядок; ще 2 звіти: 5 рядків."""
    reports = sorted(rows, key=lambda report: (str(report.program), report.program_id, report.year))
    told, before = [], None
    for report in reports[:NAMED_REPORTS]:
        named = f"«{shortened(str(report.program))}», " if report.program_id != before else ""
        told.append(f"{named}{report.year} рік: {_counted_rows(rows[report])}")
        before = report.program_id
    if rest := reports[NAMED_REPORTS:]:
        more = _counted_rows([row for report in rest for row in rows[report]])
        told.append(f"ще {counted(len(rest), 'звіт', 'звіти', 'звітів')}: {more}")
    return "; ".join(told)


def _counted_rows(rows: Collection[object]) -> str:
    return counted(len(rows), "рядок", "рядки", "рядків")


def standing_rows(keys: Iterable[str], by: User) -> dict[str, StandingRow]:
    """Of those reports that the keys name and `by` may see, every row by its key. Six queries at most."""
    wanted = {parts for key in keys if (parts := _program_and_year(key))}
    named = {name for name, _ in wanted}
    programs = Program.objects.visible_to(by).not_rejected()
    found = [*programs.filter(public_id__in=named), *programs.filter(pk__in=_stand_ins(named))]
    names = {program.pk: program_key(program) for program in found}
    reports = {
        report.pk: report
        for report in AnnualReport.objects.filter(
            program__in=list(names), year__in={year for _, year in wanted}
        ).select_related("program__responsible")
        if (names[report.program_id], report.year) in wanted
    }
    rows: dict[int, list[MeasureResult]] = {}
    results = MeasureResult.objects.filter(report__in=list(reports)).select_related("measure__task")
    for result in results.prefetch_related("amounts", "measure__participations"):
        result.report = reports[result.report_id]
        rows.setdefault(result.report_id, []).append(result)
    return {
        key: StandingRow(key, result)
        for report_id, of_report in rows.items()
        for result, key in _keyed(reports[report_id], of_report)
    }


def _keyed(report: AnnualReport, results: list[MeasureResult]) -> Iterable[tuple[MeasureResult, str]]:
    keys = result_keys(report.program, report.year, results)
    return ((result, keys[result.pk]) for result in results)


def _program_and_year(key: str) -> tuple[str, int] | None:
    parts = key.split("/")
    if len(parts) != 3 or not (parts[1].isascii() and parts[1].isdigit() and len(parts[1]) == 4):
        return None
    return parts[0], int(parts[1])


def _stand_ins(names: Collection[str]) -> list[int]:
    """Ids of programmes that are named by them, having no public identity."""
    numbers = [name.removeprefix("program-") for name in names if name.startswith("program-")]
    return [int(number) for number in numbers if number.isascii() and number.isdigit() and len(number) < 10]

"""Rows of «Моя частина» that came back, beside what is written; and whose part a file is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from ... import permissions
from ...calculations import Money
from ...contributing import CONTRIBUTED_FACTS, Line, Part, parts_of
from ...keys import program_key
from ...models import AnnualReport, Contribution, MeasureResult, User
from .cells import Cell, OwnTable
from .part_workbook import PART_KEY, TEXTS
from .reading import OwnRow

_KEY_LINE = re.compile(
    rf"{PART_KEY}:\s*(?P<program>[^/\s]+)/(?P<year>\d{{4}})/part-(?P<executor>\d{{1,9}})", re.I
)


def blank(cell: Cell) -> str | None:
    """What stands in a cell of which nothing was said."""
    return "" if cell[0] in ("narrative", "letter_number") else None


@dataclass
class PartRow(OwnRow):
    """One row of the file, beside what is written of its measure."""

    line: Line

    @property
    def result(self) -> MeasureResult:
        return self.line.result

    @property
    def record(self) -> Contribution | None:
        return self.line.contribution

    def value(self, cell: Cell) -> Any:
        """Blank where nothing was said yet."""
        name, source_id = cell
        said = self.line.contribution
        if source_id is None:
            return getattr(said, name, blank(cell))
        amounts = {amount.source_id: amount for amount in said.amounts.all()} if said else {}
        return getattr(amounts.get(source_id), name, None)

    @property
    def arguments(self) -> dict[str, Any]:
        """Of `save_contribution`: what is not changed goes as it stands."""
        sources = {source_id for _, source_id in self.changed if source_id is not None}

        def now(cell: Cell) -> Any:
            return self.changed.get(cell, self.value(cell))

        amounts = {
            source_id: Money(**{fact: now((fact, source_id)) for fact in CONTRIBUTED_FACTS})
            for source_id in sources
        }
        texts = {name: now((name, None)) for name in TEXTS}
        return {"version": self.standing_version, "amounts": amounts, **texts}


# --- whose part it is --------------------------------------------------------------------


UNKNOWN = (
    "Частини з таким ключем немає серед тих частин цього звіту, які вам доступні. Перевірте, чи це той файл, "
    "або завантажте свою частину ще раз."
)


class Unaddressed(Exception):
    """The message is a Ukrainian sentence."""


def addressed(own: OwnTable, by: User) -> tuple[AnnualReport, Part]:
    """Only what this person may both see and send: the rest is not compared, since that would quote it.

    Whether the report is still open is left to the caller. Raises Unaddressed.
    """
    found = [
        match
        for row in own.table.rows[: own.top]
        for cell in row
        if isinstance(cell, str) and (match := _KEY_LINE.search(cell))
    ]
    if len(found) != 1:
        raise Unaddressed(
            f"Над таблицею має бути один рядок «{PART_KEY}: …»: з нього видно, чия це частина й якого звіту. "
            "Поверніть його або завантажте частину ще раз."
        )
    name, year, executor_id = found[0]["program"], int(found[0]["year"]), int(found[0]["executor"])
    report = _report(name, year, by)
    if report is None:
        raise Unaddressed(f"Звіту «{name}» за {year} рік немає серед тих, які вам доступні.")
    part = next((part for part in parts_of(report) if part.executor.pk == executor_id), None)
    if part is None:
        raise Unaddressed(UNKNOWN)
    _require_rights(report, part, by)
    return report, part


def _require_rights(report: AnnualReport, part: Part, by: User) -> None:
    """In the words of an unknown key for who may not even see the part."""
    executor = part.executor
    speaks = permissions.speaks_for(by, executor)
    if not (speaks or permissions.can_see_every_part(by, report)):
        raise Unaddressed(UNKNOWN)
    if not (speaks or permissions.works_on_report(by, report)):
        raise Unaddressed(
            f"Інформацію виконавця «{executor}» вносять він сам або відповідальний виконавець Програми."
        )


def _report(name: str, year: int, by: User) -> AnnualReport | None:
    reports = (
        AnnualReport.objects.visible_to(by)
        .not_rejected()
        .filter(year=year)
        .select_related("program__responsible")
    )
    named = reports.filter(program__public_id=name).first()
    if named is None and (number := name.removeprefix("program-")).isdecimal() and number.isascii():
        named = reports.filter(program__public_id=None, program=int(number[:9])).first()
    return named if named and program_key(named.program) == name else None

"""«Вибірка даних» that comes back edited: what was changed goes into the rows, the rest is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any

from django.utils import timezone

from ... import permissions
from ...entry import (
    EntryError,
    InvalidResults,
    ResultEntry,
    StaleResults,
    check_results,
    save_results,
)
from ...grid import cell_label
from ...models import Amount, AnnualReport, FundingSource, MeasureResult, User
from ...textforms import TextFormError, counted, search_key
from ..cells import shortened
from ..examination import (
    Change,
    Examination,
    ImportRefused,
    Line,
    LineState,
    Note,
    Outcome,
    Weight,
)
from ..measure_columns import SHEET
from ..tables import Book, CellValue
from .extract_columns import extract_columns
from .extract_fixed import fixed_cell_notes
from .extract_rows import Cell, FileRow, standing_rows
from .own_cells import (
    OwnTable,
    in_words,
    is_same,
    own_table,
    quoted,
    read_choice,
    read_money,
    read_percent,
    read_text,
    read_whole,
    unguarded,
)
from .own_versions import as_opened

KIND = "own_extract"
LABEL = "Вибірка даних"

KEY, VERSION = "ключ", "версія запису"
READERS: Mapping[str, Callable[[CellValue], Any]] = {
    "execution_state": lambda value: read_choice(value, _choices("execution_state")),
    "zero_reason": lambda value: read_choice(value, _choices("zero_reason")),
    "stated_percent": read_percent,
    "stated_justification": read_text,
    "narrative": read_text,
}
# The row of sums under the table; what the sums are called, people may change too.
SUM_WORDS = ("разом", "усього", "всього", "підсум")
TITLE_LENGTH = 90


def recognises(book: Book) -> bool:
    return _find(book) is not None


def _find(book: Book) -> OwnTable | None:
    """The sheet of measures: other sheets of an extract have keys and no versions."""
    found = [own for table in book.tables if (own := own_table(table, (KEY, VERSION)))]
    named = [own for own in found if own.table.name == SHEET]
    return next(iter(named or found), None)


def _choices(name: str) -> list[tuple[str, str]]:
    model_field: Any = MeasureResult._meta.get_field(name)
    return list(model_field.choices)


def examine(book: Book, *, by: User, answers: Mapping[str, str]) -> Examination:
    """Queries do not grow with the rows of a report."""
    own = _find(book)
    if own is None:
        return Examination(KIND, LABEL, notes=[Note(Weight.ERROR, "У файлі немає таблиці вибірки.")])
    return _Reading(own, by, is_csv=book.kind == "csv").examination()


def apply(examination: Examination, *, by: User) -> Outcome:
    entries: dict[int, list[ResultEntry]] = examination.work
    reports = AnnualReport.objects.select_related("program").in_bulk(list(entries))
    try:
        for pk, of_report in entries.items():
            save_results(reports[pk], of_report, by=by)
    except EntryError as error:
        raise ImportRefused(str(error)) from error
    rows = len([entry for of_report in entries.values() for entry in of_report])
    message = f"З вибірки внесено зміни: {counted(rows, 'рядок', 'рядки', 'рядків')}."
    one = next(iter(reports.values()))
    if len(reports) == 1 and one.program.public_id:
        return Outcome(message, "report_page", (one.program.public_id, one.year), tuple(reports))
    return Outcome(message, "program_list", (), tuple(reports))


class _Reading:
    """One file being compared with what stands."""

    def __init__(self, own: OwnTable, by: User, *, is_csv: bool) -> None:
        self.own, self.by, self.is_csv = own, by, is_csv
        self.sources = {source.pk: source for source in FundingSource.objects.all()}
        columns = extract_columns(own, self.sources.values())
        self.cells = columns.cells
        self.sums_in_hryvnias = columns.sums_in_hryvnias
        self.notes = own.heading_notes(columns.known)

    # --- the whole

    def examination(self) -> Examination:
        if not self.cells:
            self._error(
                "У таблиці немає жодної графи, яку можна змінювати: ні сум за джерелами, ні стану, ні "
                "інформації про виконання. Вивантажте дані ще раз.",
                self.own.top,
            )
        rows = self._file_rows()
        for row in rows:
            self._compare(row)
        self._leave_untouched(rows)
        for row in rows:
            self.notes += fixed_cell_notes(self.own, row, self.sums_in_hryvnias)
        for report, of_report in _by_report(rows).items():
            self._check(report, [row for row in of_report if row.changed])
        if not rows and not self.notes:
            self._error("У таблиці немає жодного рядка з даними.", self.own.top)
        touched = [row for row in rows if row.changed and not row.is_refused]
        return Examination(
            KIND,
            self._title(rows),
            lines=[self._line(row) for row in rows],
            notes=sorted(self.notes, key=lambda note: (note.place.row or 0, note.place.column or 0)),
            basis=_basis(touched),
            work={
                report.pk: [row.entry for row in of_report]
                for report, of_report in _by_report(touched).items()
            },
        )

    def _title(self, rows: list[FileRow]) -> str:
        reports = list(_by_report(rows))
        measures = counted(len(rows), "захід", "заходи", "заходів")
        if len(reports) == 1:
            return f"{LABEL}: «{reports[0].program}», {reports[0].year} рік, {measures}"
        return f"{LABEL}: {counted(len(reports), 'звіт', 'звіти', 'звітів')}, {measures}"

    def _line(self, row: FileRow) -> Line:
        measure = row.result.measure
        state = LineState.CHANGED if row.changed else LineState.UNCHANGED
        return Line(
            f"{measure.code} {shortened(measure.title, TITLE_LENGTH)} ({row.result.report.year})",
            LineState.SKIPPED if row.is_refused else state,
            self.own.place(row.at),
            [
                Change(
                    self.own.heading(self.cells[cell]),
                    self._worded(cell, row.standing.value(cell)),
                    self._worded(cell, value),
                    self.own.place(row.at, self.cells[cell]),
                )
                for cell, value in row.changed.items()
            ],
        )

    @staticmethod
    def _worded(cell: Cell, value: Any) -> str:
        if cell[0] in ("execution_state", "zero_reason"):
            value = dict(_choices(cell[0])).get(value, value)
        return in_words(value)

    def _error(self, message: str, row: int, column: int | None = None) -> None:
        self.notes.append(Note(Weight.ERROR, message, self.own.place(row, column)))

    # --- rows

    def _file_rows(self) -> list[FileRow]:
        """Rows with a key that the person may see, each once; notes for the others."""
        numbers, notes = self.own.keyed_rows(KEY, without_key=self._is_sums)
        self.notes += notes
        standing = standing_rows(numbers, self.by)
        for key in numbers.keys() - standing.keys():
            self._error(
                f"Рядка з ключем «{shortened(key)}» немає серед звітів, які вам доступні. "
                "Перевірте ключ або вивантажте дані ще раз.",
                numbers[key],
                self._key,
            )
        return [FileRow(number, standing[key]) for key, number in numbers.items() if key in standing]

    @cached_property
    def _key(self) -> int:
        return self.own.columns[KEY]

    def _is_sums(self, number: int) -> bool:
        """Without a key, named as sums are in some cell that nobody edits."""
        if "/" in read_text(self.own.cell(number, KEY)):
            return False
        editable = set(self.cells.values())
        return any(
            isinstance(cell, str) and column not in editable and search_key(cell).startswith(SUM_WORDS)
            for column, cell in enumerate(self.own.table.rows[number])
        )

    def _compare(self, row: FileRow) -> None:
        for cell, column in self.cells.items():
            value = self.own.table.cell(row.at, column)
            try:
                typed = READERS[cell[0]](value) if cell[1] is None else read_money(value)
            except TextFormError as error:
                self._error(str(error), row.at, column)
                row.is_refused = True
                continue
            if not is_same(typed, standing := row.standing.value(cell)):
                # An extract for programs has no such apostrophes, and a text may begin with one of its own.
                typed = unguarded(typed) if self.is_csv and isinstance(typed, str) else typed
                if not is_same(typed, standing):
                    row.changed[cell] = typed
        try:
            row.version = read_whole(self.own.cell(row.at, VERSION)) or 0
        except TextFormError:
            row.version = 0
        row.is_stale = row.version != row.result.version
        if row.changed and not row.version:
            column = self.own.columns[VERSION]
            self._error(
                f"У графі «{VERSION}» має бути число, з яким дані вивантажено: без нього не видно, чи не "
                "змінив цей рядок хтось інший. Поверніть його або вивантажте дані ще раз.",
                row.at,
                column,
            )
            row.is_refused = True

    def _leave_untouched(self, rows: list[FileRow]) -> None:
        """What somebody else changed while the file was away, and this person did not, is no change."""
        stale = {row.result.pk: row for row in rows if row.changed and row.is_stale}
        wanted = {pk: row.version for pk, row in stale.items()}
        opened = as_opened(MeasureResult, Amount, "result", wanted)
        for pk, row in stale.items():
            then = opened.get(pk)
            for (name, source_id), typed in list(row.changed.items()):
                owner = then and (then.record if source_id is None else then.amounts.get(source_id))
                before = getattr(owner, name, None)
                if then is not None and is_same(typed, before):
                    del row.changed[name, source_id]
                elif then is None or not is_same(before, row.standing.value((name, source_id))):
                    row.has_conflict = True

    # --- what stands in the way

    def _check(self, report: AnnualReport, rows: list[FileRow]) -> None:
        """Rights and state, then all that the door would say; rows that it would refuse are marked."""
        if not rows:
            return
        self._refuse_erasing(rows)
        allowed = rows
        if not permissions.works_on_report(self.by, report):
            own = permissions.rows_of_only_executor(self.by, [row.result for row in rows])
            allowed = [row for row in rows if row.result.pk in own]
            self._refuse(
                [row for row in rows if row.result.pk not in own],
                "Цей рядок змінено у файлі, а показники вводять лише працівники відповідального виконавця "
                "Програми. Поверніть, як було.",
            )
        if not report.report_state.accepts_figures:
            self._refuse(
                allowed,
                f"Звіт за {report.year} рік у стані «{report.get_state_display()}»: показники змінювати не "
                "можна. Поверніть у рядку, як було, або спершу поверніть звіт на доопрацювання.",
            )
            return
        self._ask_the_door(report, [row for row in allowed if not row.is_refused])

    def _refuse(self, rows: Iterable[FileRow], message: str) -> None:
        for row in rows:
            row.is_refused = True
            self._error(message, row.at, self.cells[next(iter(row.changed))])

    def _refuse_erasing(self, rows: Iterable[FileRow]) -> None:
        """A formula without its value reads as a blank cell: nobody meant to erase what stands there."""
        if not self.own.table.has_uncounted_formulas:
            return
        for row in rows:
            for cell, value in row.changed.items():
                if value is None or value == "":
                    row.is_refused = True
                    self._error(
                        "Клітинка порожня, а на аркуші є формули без обчислених значень. Відкрийте файл у "
                        "Excel чи LibreOffice, збережіть і надішліть ще раз.",
                        row.at,
                        self.cells[cell],
                    )

    def _ask_the_door(self, report: AnnualReport, rows: list[FileRow]) -> None:
        places = {(row.result.pk, self._label(cell)): (row, cell) for row in rows for cell in row.changed}

        def told(result_id: int, label: str, message: str) -> None:
            row, cell = places[result_id, label]
            row.is_refused = True
            self._error(message, row.at, self.cells[cell])

        # Wrong values hide conflicts: it is asked again without the rows that have them.
        while asked := [row for row in rows if not row.is_refused]:
            try:
                check_results(report, [row.entry for row in asked], by=self.by)
            except InvalidResults as refusal:
                for invalid in refusal.invalid:
                    told(invalid.result_id, invalid.label, invalid.message)
            except StaleResults as refusal:
                for conflict in refusal.conflicts:
                    when = conflict.changed_at
                    moment = f" {timezone.localtime(when):%d.%m.%Y о %H:%M}" if when else ""
                    theirs = self._worded(places[conflict.result_id, conflict.label][1], conflict.theirs)
                    told(
                        conflict.result_id,
                        conflict.label,
                        f"Поки файл був у вас, це значення змінили на {quoted(theirs)} "
                        f"({conflict.changed_by}{moment}). Вивантажте дані ще раз або впишіть сюди те, що "
                        "вже записано.",
                    )
            except EntryError as refusal:
                self._refuse(asked, str(refusal))
            else:
                break

    def _label(self, cell: Cell) -> str:
        """As the door names the place in its refusals."""
        name, source_id = cell
        if source_id is None:
            return cell_label(MeasureResult._meta.get_field(name))
        return cell_label(Amount._meta.get_field(name), self.sources[source_id])


def _by_report(rows: Iterable[FileRow]) -> dict[AnnualReport, list[FileRow]]:
    groups: dict[AnnualReport, list[FileRow]] = {}
    for row in rows:
        groups.setdefault(row.result.report, []).append(row)
    return groups


def _basis(rows: list[FileRow]) -> dict[str, str]:
    """Versions of the rows that would be written, and states of their reports."""
    versions = {f"row {row.result.pk}": str(row.result.version) for row in rows}
    return versions | {f"report {report.pk}": report.state for report in _by_report(rows)}

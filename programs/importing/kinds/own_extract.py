"""«Вибірка даних» that comes back edited: what was changed goes into the rows, the rest is left alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

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
from ...textforms import TextFormError, search_key
from ..examination import (
    Examination,
    ImportRefused,
    Note,
    Outcome,
    Weight,
)
from ..files.tables import Book, CellValue
from ..measure_columns import SHEET, unguarded
from ..own.cells import (
    Cell,
    OwnTable,
    in_words,
    is_same,
    own_table,
    quoted,
    read_choice,
    read_percent,
    read_text,
    read_whole,
)
from ..own.extract_columns import extract_columns
from ..own.extract_fixed import fixed_cell_notes
from ..own.extract_rows import FileRow, by_report, counted_by_report, standing_rows
from ..own.reading import OwnReading, while_away

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
ONLY_READ = (
    "Цей рядок ви лише читаєте: показники вводять працівники відповідального виконавця Програми. Поверніть, "
    "як було."
)


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
    # They are locked in this order, as while they were examined.
    ids = tuple(sorted(entries))
    try:
        for pk in ids:
            save_results(reports[pk], entries[pk], by=by)
    except EntryError as error:
        raise ImportRefused(str(error)) from error
    named = counted_by_report({reports[pk]: entries[pk] for pk in ids})
    message = f"З вибірки внесено зміни: {named}."
    one = reports[ids[0]]
    if len(ids) == 1 and one.program.public_id:
        return Outcome(message, "report_page", (one.program.public_id, one.year), ids)
    return Outcome(message, "program_list", (), ids)


class _Reading(OwnReading[FileRow]):
    key_heading = KEY
    readers = READERS

    def __init__(self, own: OwnTable, by: User, *, is_csv: bool) -> None:
        super().__init__(own)
        self.by, self.is_csv = by, is_csv
        self.sources = {source.pk: source for source in FundingSource.objects.all()}
        columns = extract_columns(own, self.sources.values())
        self.cells = columns.cells
        self.sums_in_hryvnias = columns.sums_in_hryvnias
        self.notes = own.heading_notes(columns.known)

    # --- the whole

    def examination(self) -> Examination:
        if not self.cells:
            self.error(
                "У таблиці немає жодної графи, яку можна змінювати: ні сум за джерелами, ні стану, ні "
                "інформації про виконання. Вивантажте дані ще раз.",
                self.own.top,
            )
        rows = self._file_rows()
        for row in rows:
            self.compare(row)
        self._leave_untouched(rows)
        changed = [row for row in rows if row.changed]
        self._refuse_only_read(changed)
        allowed = [row for row in changed if not row.is_only_read]
        self._require_versions(allowed)
        for row in rows:
            self.notes += fixed_cell_notes(self.own, row, self.sums_in_hryvnias)
        self.refuse_erased(allowed)
        for report, of_report in by_report(allowed).items():
            self._check(report, of_report)
        if not rows and not self.notes:
            self.error("У таблиці немає жодного рядка з даними.", self.own.top)
        touched = [row for row in rows if row.changed and not row.is_refused]
        return Examination(
            KIND,
            self._title(rows),
            lines=[self.line(row, remark=f" ({row.result.report.year})") for row in rows],
            notes=self.sorted_notes(),
            basis=_basis(touched),
            work={
                report.pk: [row.entry for row in of_report]
                for report, of_report in by_report(touched).items()
            },
        )

    def _title(self, rows: list[FileRow]) -> str:
        """How many rows of which reports: those that this person changed, or all where there are none."""
        concerned = [row for row in rows if row.changed or row.is_refused]
        groups = by_report(concerned or rows)
        if not groups:
            return LABEL
        return f"{LABEL} {'зі змінами' if concerned else 'без змін'}: {counted_by_report(groups)}"

    def worded(self, cell: Cell, value: Any) -> str:
        if cell[0] in ("execution_state", "zero_reason"):
            value = dict(_choices(cell[0])).get(value, value)
        return in_words(value)

    # --- rows

    def _file_rows(self) -> list[FileRow]:
        """Rows with a key that the person may see, each once; notes for the others."""
        numbers, notes = self.own.keyed_rows(KEY, without_key=self._is_sums)
        self.notes += notes
        found = self.known_rows(
            numbers,
            standing_rows(numbers, self.by),
            lambda key: (
                f"Рядка з ключем «{key}» немає серед звітів, які вам доступні. "
                "Перевірте ключ або вивантажте дані ще раз."
            ),
        )
        return [FileRow(number, standing) for number, standing in found]

    def _is_sums(self, number: int) -> bool:
        """Without a key, named as sums are in some cell that nobody edits."""
        if "/" in read_text(self.own.cell(number, KEY)):
            return False
        editable = set(self.cells.values())
        return any(
            isinstance(cell, str) and column not in editable and search_key(cell).startswith(SUM_WORDS)
            for column, cell in enumerate(self.own.table.rows[number])
        )

    def compare(self, row: FileRow) -> None:
        super().compare(row)
        if self.is_csv:
            # An extract for programs has no such apostrophes, and a text may begin with one of its own.
            row.changed = {
                cell: unguarded(typed) if isinstance(typed, str) else typed
                for cell, typed in row.changed.items()
            }
            row.leave_untouched(row.value)
        try:
            row.version = read_whole(self.own.cell(row.at, VERSION)) or 0
        except TextFormError:
            row.version = 0

    def _require_versions(self, rows: Iterable[FileRow]) -> None:
        message = (
            f"У графі «{VERSION}» має бути число, з яким дані вивантажено: без нього не видно, чи не "
            "змінив цей рядок хтось інший. Поверніть його або вивантажте дані ще раз."
        )
        for row in rows:
            if not row.version:
                self.refuse(row, message, self.own.columns[VERSION])

    def _leave_untouched(self, rows: list[FileRow]) -> None:
        """What somebody else changed while the file was away, and this person did not, is no change."""
        for row, then in self.stale(rows, MeasureResult, Amount, "result"):
            row.opened = then
            if then is not None:
                row.leave_untouched(then.value)
            row.has_conflict = any(
                then is None or not is_same(then.value(cell), row.value(cell)) for cell in row.changed
            )

    # --- what stands in the way

    def _refuse_only_read(self, changed: Iterable[FileRow]) -> None:
        """Before anything else is said of these rows: what the door would, names who changed them and how."""
        for report, rows in by_report(changed).items():
            if permissions.works_on_report(self.by, report):
                continue
            own = permissions.rows_of_only_executor(self.by, [row.result for row in rows])
            for row in rows:
                row.is_only_read = row.result.pk not in own
            self._refuse_rows([row for row in rows if row.is_only_read], ONLY_READ)

    def _check(self, report: AnnualReport, rows: list[FileRow]) -> None:
        """The report's state, then all that the door would say; rows that it would refuse are marked."""
        if not report.report_state.accepts_figures:
            self._refuse_rows(
                rows,
                f"Звіт за {report.year} рік у стані «{report.get_state_display()}»: показники змінювати не "
                "можна. Поверніть у рядку, як було, або спершу поверніть звіт на доопрацювання.",
            )
            return
        self._ask_the_door(report, [row for row in rows if not row.is_refused])

    def _refuse_rows(self, rows: Iterable[FileRow], message: str) -> None:
        for row in rows:
            self.refuse(row, message, self.cells[next(iter(row.changed))])

    def _ask_the_door(self, report: AnnualReport, rows: list[FileRow]) -> None:
        places = {(row.result.pk, self._label(cell)): (row, cell) for row in rows for cell in row.changed}

        def told(result_id: int, label: str, message: str) -> None:
            row, cell = places[result_id, label]
            self.refuse(row, message, self.cells[cell])

        # Wrong values hide conflicts: it is asked again without the rows that have them.
        while asked := [row for row in rows if not row.is_refused]:
            try:
                check_results(report, [row.entry for row in asked], by=self.by)
            except InvalidResults as refusal:
                for invalid in refusal.invalid:
                    told(invalid.result_id, invalid.label, invalid.message)
            except StaleResults as refusal:
                for conflict in refusal.conflicts:
                    theirs = self.worded(places[conflict.result_id, conflict.label][1], conflict.theirs)
                    what = while_away(
                        f"це значення змінили на {quoted(theirs)}", conflict.changed_by, conflict.changed_at
                    )
                    told(
                        conflict.result_id,
                        conflict.label,
                        f"{what}. Вивантажте дані ще раз або впишіть сюди те, що вже записано.",
                    )
            except EntryError as refusal:
                self._refuse_rows(asked, str(refusal))
            else:
                break

    def _label(self, cell: Cell) -> str:
        """As the door names the place in its refusals."""
        name, source_id = cell
        if source_id is None:
            return cell_label(MeasureResult._meta.get_field(name))
        return cell_label(Amount._meta.get_field(name), self.sources[source_id])


def _basis(rows: list[FileRow]) -> dict[str, str]:
    """Versions of the rows that would be written, and states of their reports."""
    versions = {f"row {row.result.pk}": str(row.result.version) for row in rows}
    return versions | {f"report {report.pk}": report.state for report in by_report(rows)}

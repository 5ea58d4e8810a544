"""«Моя частина» that comes back filled: each row becomes a co-executor's information on one measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from ... import permissions
from ...contributing import (
    CONTRIBUTED_FACTS,
    ContributingError,
    Part,
    save_contribution,
    submit_part,
)
from ...keys import result_keys
from ...models import AnnualReport, ContributedAmount, Contribution, FundingSource, User
from ...textforms import TextFormError, counted, search_key
from ..asking import Asking
from ..examination import (
    Examination,
    ImportRefused,
    Line,
    LineState,
    Note,
    Outcome,
    Weight,
)
from ..files.cells import read_date, shortened
from ..files.tables import Book, CellValue
from ..measure_columns import source_column
from ..own.cells import Cell, OwnTable, in_words, own_table, quoted, read_signed, read_text, read_whole
from ..own.part_rows import PartRow, Unaddressed, addressed, blank
from ..own.part_workbook import KEY, TEXTS, VERSION, part_headings
from ..own.reading import OwnReading, while_away

KIND = "own_part"
LABEL = "Моя частина"

SUBMIT = "submit"
READERS = {"narrative": read_text, "letter_number": read_text, "letter_date": read_date}


def recognises(book: Book) -> bool:
    return bool(_find(book))


def _find(book: Book) -> list[OwnTable]:
    return [own for table in book.tables if (own := own_table(table, (KEY, VERSION, TEXTS["narrative"])))]


@dataclass(frozen=True)
class _Work:
    report: AnnualReport
    part: Part
    rows: Sequence[PartRow]
    submits: bool


def examine(book: Book, *, by: User, answers: Mapping[str, str]) -> Examination:
    tables = _find(book)
    if len(tables) != 1:
        message = "У файлі кілька частин, і не видно, котру брати. Надішліть кожну окремим файлом."
        return Examination(KIND, LABEL, notes=[Note(Weight.ERROR, message)])
    own = tables[0]
    try:
        report, part = addressed(own, by)
    except Unaddressed as refusal:
        return Examination(KIND, LABEL, notes=[Note(Weight.ERROR, str(refusal), own.place())])
    return _Reading(own, by, report, part).examination(answers)


def apply(examination: Examination, *, by: User) -> Outcome:
    work: _Work = examination.work
    executor = work.part.executor
    try:
        for row in work.rows:
            save_contribution(row.result, executor, by=by, **row.arguments)
        if work.submits:
            submit_part(work.report, executor, by=by, seen=work.part.version)
    except ContributingError as error:
        raise ImportRefused(str(error)) from error
    measures = counted(len(work.rows), "захід", "заходи", "заходів")
    submitted = " «Інформацію подано» відмічено." if work.submits else ""
    message = f"Внесено інформацію: {executor}, {measures}.{submitted}"
    args = (work.report.program.public_id, work.report.year)
    if work.report.program.public_id is None:
        return Outcome(message, "program_list", (), (work.report.pk,))
    return Outcome(message, "contributions", args, (work.report.pk,))


class _Reading(OwnReading[PartRow]):
    key_heading = search_key(KEY)
    readers = READERS

    def __init__(self, own: OwnTable, by: User, report: AnnualReport, part: Part) -> None:
        super().__init__(own)
        self.by, self.report, self.part = by, report, part
        sources = list(FundingSource.objects.all())
        self.cells = self._columns(sources)
        self.plans = {
            source.pk: own.columns[key]
            for source in sources
            if (key := search_key(source_column("planned", source.name))) in own.columns
        }
        self.notes = own.heading_notes({search_key(heading) for heading in part_headings(sources)})

    def _columns(self, sources: Sequence[FundingSource]) -> dict[Cell, int]:
        """Columns of the file that are taken."""
        headings: dict[Cell, str] = {(name, None): heading for name, heading in TEXTS.items()}
        for source in sources:
            headings |= {(fact, source.pk): source_column(fact, source.name) for fact in CONTRIBUTED_FACTS}
        keyed = {cell: search_key(heading) for cell, heading in headings.items()}
        return {cell: self.own.columns[key] for cell, key in keyed.items() if key in self.own.columns}

    def examination(self, answers: Mapping[str, str]) -> Examination:
        rows = self._rows()
        for row in rows:
            self.compare(row)
            self._note_plans(row)
        self.refuse_erased(rows)
        self._judge_stale(rows)
        changed = [row for row in rows if row.changed]
        if changed:
            self._judge_state(changed)
        if not rows and not self.notes:
            self.error("У таблиці немає жодного рядка з ключем.", self.own.top)
        written = [row for row in changed if not row.is_refused]
        asking = Asking(answers)
        submits = bool(written) and not self.part.is_submitted and self._submits(asking)
        return Examination(
            KIND,
            f"{LABEL}: {self.part.executor}, «{self.report.program}», {self.report.year} рік",
            lines=[self._line(row) for row in rows],
            notes=self.sorted_notes(),
            questions=asking.questions,
            basis={
                "report": self.report.state,
                "part": str(self.part.version),
                **{str(row.result.pk): str(row.standing_version) for row in written},
            },
            work=_Work(self.report, self.part, written, submits),
        )

    def _line(self, row: PartRow) -> Line:
        return self.line(row, written=LineState.NEW if row.record is None else LineState.CHANGED)

    @staticmethod
    def _submits(asking: Asking) -> bool:
        return asking.agree(
            SUBMIT,
            "Відмітити «Інформацію подано» після внесення?",
            suggested=False,
            hint="«Так», якщо це вся інформація: відповідальний виконавець побачить, що цю частину можна "
            "зводити. «Ні», якщо ще будуть зміни.",
        )

    def _rows(self) -> list[PartRow]:
        """Rows of this part, each once; notes for the others."""
        everything = list(self.report.results.select_related("measure__task"))
        keys = result_keys(self.report.program, self.report.year, everything)
        lines = {keys[line.result.pk]: line for line in self.part.lines}
        numbers, notes = self.own.keyed_rows(self.key_heading)
        self.notes += notes
        found = self.known_rows(
            numbers,
            lines,
            lambda key: f"Заходу з ключем «{key}» у цій частині немає. Завантажте частину ще раз.",
        )
        return [PartRow(number, line, version=self._version(number)) for number, line in found]

    def _version(self, number: int) -> int:
        """-1 where it cannot be read: nobody has seen such a one."""
        try:
            version = read_whole(self.own.cell(number, search_key(VERSION)))
        except TextFormError:
            version = None
        return -1 if version is None else version

    def read(self, cell: Cell, value: CellValue) -> Any:
        typed = super().read(cell, value)
        name, source_id = cell
        if source_id is None:
            checked: Any = Contribution._meta.get_field(name)
            try:
                checked.clean(typed, None)
            except ValidationError as error:
                raise TextFormError(" ".join(error.messages)) from error
        return typed

    def _note_plans(self, row: PartRow) -> None:
        standing = {amount.source_id: amount.planned for amount in row.result.amounts.all()}
        for source_id, column in self.plans.items():
            try:
                is_kept = read_signed(self.own.table.cell(row.at, column)) == standing.get(source_id)
            except TextFormError:
                is_kept = False
            if not is_kept:
                plan = quoted(in_words(standing.get(source_id)))
                message = f"План визначають рішення ради; у порталі тут {plan}. Зміну не взято."
                self.notes.append(Note(Weight.WARNING, message, self.own.place(row.at, column)))

    def _judge_stale(self, rows: Sequence[PartRow]) -> None:
        """What others wrote while the file was away: left alone where this person did not touch the row."""
        for row, then in self.stale(rows, Contribution, ContributedAmount, "contribution"):
            if then is not None:
                row.leave_untouched(then.value)
            elif row.version == 0:
                row.leave_untouched(blank)
            if row.changed:
                first = next(iter(row.changed))
                said: Any = row.record
                what = while_away("інформацію про цей захід змінили", said.changed_by, said.changed_at)
                now = quoted(shortened(in_words(row.value(first))))
                self.refuse(
                    row,
                    f"{what}; тепер тут {now}. Завантажте частину ще раз і внесіть свої зміни в неї.",
                    self.cells[first],
                )

    def _judge_state(self, changed: Sequence[PartRow]) -> None:
        """Of the report and the part: the same for every row."""
        report = self.report
        if not report.report_state.accepts_figures:
            message = (
                f"Звіт у стані «{report.get_state_display()}»: інформацію співвиконавців уже не змінюють."
            )
        elif self.part.is_submitted and not permissions.works_on_report(self.by, report):
            message = (
                "Ви вже відмітили «Інформацію подано». Відкличте подання на сторінці «Інформація "
                "співвиконавців» і внесіть файл ще раз."
            )
        else:
            return
        self.notes.append(Note(Weight.ERROR, message, self.own.place()))
        for row in changed:
            row.is_refused = True

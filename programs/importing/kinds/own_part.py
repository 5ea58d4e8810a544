"""«Моя частина» that comes back filled: each row becomes a co-executor's information on one measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone

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
from ..cells import shortened
from ..examination import (
    Change,
    Examination,
    ImportRefused,
    Line,
    LineState,
    Note,
    Option,
    Outcome,
    Question,
    Weight,
)
from ..measure_columns import source_column
from ..part_workbook import KEY, TEXTS, VERSION, part_headings
from ..tables import Book
from .own_cells import (
    OwnTable,
    in_words,
    is_same,
    own_table,
    quoted,
    read_date,
    read_money,
    read_signed,
    read_text,
    read_whole,
)
from .own_versions import as_opened
from .part_rows import Cell, PartRow, Unaddressed, addressed, blank

KIND = "own_part"
LABEL = "Моя частина"

SUBMIT, YES, NO = "submit", "yes", "no"
TITLE_LENGTH = 90
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
            save_contribution(row.line.result, executor, by=by, **row.arguments)
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


class _Reading:
    def __init__(self, own: OwnTable, by: User, report: AnnualReport, part: Part) -> None:
        self.own, self.by, self.report, self.part = own, by, report, part
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
            self._compare(row)
        self._judge_stale(rows)
        changed = [row for row in rows if row.changed]
        if changed:
            self._judge_rights(changed)
        if not rows and not self.notes:
            self._error("У таблиці немає жодного рядка з ключем.", self.own.top)
        written = [row for row in changed if not row.is_refused]
        questions = self._questions(answers) if written else []
        return Examination(
            KIND,
            f"{LABEL}: {self.part.executor}, «{self.report.program}», {self.report.year} рік",
            lines=[self._line(row) for row in rows],
            notes=sorted(self.notes, key=lambda note: (note.place.row or 0, note.place.column or 0)),
            questions=questions,
            basis={
                "report": self.report.state,
                "part": str(self.part.version),
                **{str(row.line.result.pk): str(row.standing_version) for row in written},
            },
            work=_Work(self.report, self.part, written, any(one.answer == YES for one in questions)),
        )

    def _rows(self) -> list[PartRow]:
        """Rows of this part, each once; notes for the others."""
        everything = list(self.report.results.select_related("measure__task"))
        keys = result_keys(self.report.program, self.report.year, everything)
        lines = {keys[line.result.pk]: line for line in self.part.lines}
        numbers, notes = self.own.keyed_rows(search_key(KEY))
        self.notes += notes
        for key in numbers.keys() - lines.keys():
            self._error(
                f"Заходу з ключем «{shortened(key)}» у цій частині немає. Завантажте частину ще раз.",
                numbers[key],
                self._key,
            )
        return [
            PartRow(number, lines[key], self._version(number))
            for key, number in numbers.items()
            if key in lines
        ]

    @property
    def _key(self) -> int:
        return self.own.columns[search_key(KEY)]

    def _version(self, number: int) -> int:
        """-1 where it cannot be read: nobody has seen such a one."""
        try:
            version = read_whole(self.own.cell(number, search_key(VERSION)))
        except TextFormError:
            version = None
        return -1 if version is None else version

    def _compare(self, row: PartRow) -> None:
        for cell, column in self.cells.items():
            value = self.own.table.cell(row.at, column)
            try:
                typed = READERS[cell[0]](value) if cell[1] is None else read_money(value)
                if cell[1] is None:
                    Contribution._meta.get_field(cell[0]).clean(typed, None)  # type: ignore[union-attr]
            except TextFormError as error:
                self._refuse(row, str(error), column)
                continue
            except ValidationError as error:
                self._refuse(row, " ".join(error.messages), column)
                continue
            if not is_same(typed, row.value(cell)):
                row.changed[cell] = typed
        self._note_plans(row)
        if self.own.table.has_uncounted_formulas and any(
            value in (None, "") and cell[1] is not None for cell, value in row.changed.items()
        ):
            self._refuse(
                row,
                "У рядку стерто суму, а на аркуші є формули без обчислених значень. Відкрийте файл у Excel "
                "чи LibreOffice, збережіть і надішліть ще раз.",
            )

    def _note_plans(self, row: PartRow) -> None:
        standing = {amount.source_id: amount.planned for amount in row.line.result.amounts.all()}
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
        stale = {
            row.line.contribution.pk: row
            for row in rows
            if row.changed and row.line.contribution and row.version != row.standing_version
        }
        wanted = {pk: row.version for pk, row in stale.items()}
        opened = as_opened(Contribution, ContributedAmount, "contribution", wanted)
        for pk, row in stale.items():
            if row.version == 0 or pk in opened:
                self._drop_untouched(row, opened.get(pk))
            if row.changed:
                said: Any = row.line.contribution
                moment = f"{timezone.localtime(said.changed_at):%d.%m.%Y о %H:%M}"
                now = quoted(shortened(in_words(row.value(next(iter(row.changed))))))
                self._refuse(
                    row,
                    f"Поки файл був у вас, інформацію про цей захід змінили ({said.changed_by}, {moment}); "
                    f"тепер тут {now}. Завантажте частину ще раз і внесіть свої зміни в неї.",
                    self.cells[next(iter(row.changed))],
                )

    def _drop_untouched(self, row: PartRow, opened: Any) -> None:
        for (name, source_id), typed in list(row.changed.items()):
            owner = opened and (opened.record if source_id is None else opened.amounts.get(source_id))
            if is_same(typed, getattr(owner, name, blank((name, source_id)))):
                del row.changed[name, source_id]

    def _judge_rights(self, changed: Sequence[PartRow]) -> None:
        """The same for every row of a part."""
        report, executor = self.report, self.part.executor
        works_on_it = permissions.works_on_report(self.by, report)
        if not (works_on_it or permissions.speaks_for(self.by, executor)):
            message = (
                f"Інформацію виконавця «{executor}» вносять він сам або відповідальний виконавець Програми."
            )
        elif not report.report_state.accepts_figures:
            message = (
                f"Звіт у стані «{report.get_state_display()}»: інформацію співвиконавців уже не змінюють."
            )
        elif self.part.is_submitted and not works_on_it:
            message = (
                "Ви вже відмітили «Інформацію подано». Відкличте подання на сторінці «Інформація "
                "співвиконавців» і внесіть файл ще раз."
            )
        else:
            return
        self.notes.append(Note(Weight.ERROR, message, self.own.place()))
        for row in changed:
            row.is_refused = True

    def _questions(self, answers: Mapping[str, str]) -> list[Question]:
        if self.part.is_submitted:
            return []
        answer = answers.get(SUBMIT, NO)
        return [
            Question(
                SUBMIT,
                "Відмітити «Інформацію подано» після внесення?",
                [Option(NO, "Ні, ще будуть зміни"), Option(YES, "Так, це вся інформація")],
                answer=answer if answer in (YES, NO) else NO,
                hint="Відповідальний виконавець побачить, що цю частину можна зводити.",
            )
        ]

    def _line(self, row: PartRow) -> Line:
        measure = row.line.result.measure
        is_new = row.line.contribution is None
        written = LineState.NEW if is_new else LineState.CHANGED
        state = written if row.changed else LineState.UNCHANGED
        return Line(
            f"{measure.code} {shortened(measure.title, TITLE_LENGTH)}",
            LineState.SKIPPED if row.is_refused else state,
            self.own.place(row.at),
            [
                Change(
                    self.own.heading(self.cells[cell]),
                    in_words(row.value(cell)),
                    in_words(value),
                    self.own.place(row.at, self.cells[cell]),
                )
                for cell, value in row.changed.items()
            ],
        )

    def _refuse(self, row: PartRow, message: str, column: int | None = None) -> None:
        row.is_refused = True
        self._error(message, row.at, column)

    def _error(self, message: str, row: int, column: int | None = None) -> None:
        self.notes.append(Note(Weight.ERROR, message, self.own.place(row, column)))

"""A form of a programme that the portal has: the figures of one year's draft report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ... import permissions
from ...calculations import total
from ...entry import ResultEntry, save_results
from ...enums import PercentBase
from ...models import AnnualReport, FundingSource, Program, User
from ...plans import plan_in_force
from ...textforms import counted
from ..asking import Asking
from ..examination import Change, Examination, Line, LineState, Note, Outcome, Weight
from ..form.contents import ReadForm
from ..form.printed import in_one_line
from .content import FormRow, as_it_stands, differences, fraction_notes, numbered, row_faults
from .matching import Matching, Standing, match, standing_rows
from .merging import Merged, merge
from .opening import Opening, ask_opening, ask_year, sign, signed_by
from .percents import are_others_stated
from .sums import amount, lost_lines, total_percent, wrong_sums


@dataclass(frozen=True)
class ReportFigures:
    """What is written."""

    program_id: int
    year: int
    opening: Opening | None
    """Of a report that is not there yet."""
    signatories: Sequence[tuple[str, str]]
    """Of one that is, and had none."""
    entries: Mapping[int, ResultEntry]
    """By measure id; in a report not opened yet, results' ids and versions are still to come: 0."""

    def write(self, *, by: User) -> Outcome:
        program = Program.objects.select_related("responsible").get(pk=self.program_id)
        if self.opening is not None:
            report = self.opening.open(program, by=by)
        else:
            report = program.reports.get(year=self.year)
            sign(report, self.signatories, by=by)
        rows = {row.measure_id: row for row in report.results.filter(measure__in=list(self.entries))}
        entries = [
            replace(entry, result_id=rows[pk].pk, version=entry.version or rows[pk].version)
            for pk, entry in self.entries.items()
        ]
        changed = save_results(report, entries, by=by) if entries else 0
        begun = "створено, " if self.opening is not None else ""
        message = f"Звіт за {report.year} рік: {begun}змінено {counted(changed, 'рядок', 'рядки', 'рядків')}."
        return Outcome(message, "report_page", (program.public_id, report.year), (report.pk,))


@dataclass(frozen=True)
class _Goal:
    """The report that the file goes into."""

    program: Program
    year: int
    report: AnnualReport | None
    """None is one to be opened."""
    enters: bool
    """Whether this person may enter figures."""


def examine(form: ReadForm, program: Program, *, by: User, kind: str, asking: Asking) -> Examination:
    """Of a programme that this person may read; who may not touch the report sees nothing of it."""
    year = ask_year("year", "Звітний рік", form.heading.year, asking)
    title = f"Форма звіту: {program.printed_title}" + (f", за {year} рік" if year else "")
    empty = Examination(kind, title, notes=(*form.notes, *asking.notes), questions=asking.questions)
    if year is None:
        return empty
    report = program.reports.filter(year=year).first()
    if refusal := _refusal(program, report, year, by):
        return replace(empty, notes=(*empty.notes, Note(Weight.ERROR, refusal)))
    enters = permissions.speaks_for(by, program.responsible)
    goal = _Goal(program, year, report, enters)
    return _examine(form, goal, empty, asking)


def _refusal(program: Program, report: AnnualReport | None, year: int, by: User) -> str:
    """Why this person cannot bring this year's figures in now; «» when nothing hinders."""
    if not program.public_id:
        return (
            "У програми ще немає рішення, яким її затверджено. Спершу його має внести адміністратор програм."
        )
    if report is None and year not in program.term:
        return f"{year} рік поза терміном програми ({program.term.in_words})."
    if report is None and not permissions.can_manage_program(by, program):
        return (
            f"Звіту за {year} рік у порталі ще немає. Його створює адміністратор програм; "
            "після цього надішліть файл ще раз."
        )
    if report is not None and not permissions.works_on_report(by, report):
        return f"Показники звіту вносять лише працівники відповідального виконавця: {program.responsible}."
    if report is not None and not report.report_state.accepts_figures:
        return f"Звіт за {year} рік у стані «{report.get_state_display()}»: показники змінювати не можна."
    return ""


def _examine(form: ReadForm, goal: _Goal, empty: Examination, asking: Asking) -> Examination:
    tasks, notes = numbered(form)
    rows = [row for task in tasks for row in task.rows]
    of_actual = goal.program.percent_base == PercentBase.ACTUAL
    opening = None
    if goal.report is None:
        opening = ask_opening(
            form,
            goal.year,
            goal.program,
            asking,
            printed_percent=total_percent(form, rows, of_actual=of_actual),
            has_other_percents=are_others_stated(rows, of_actual=of_actual),
        )
        notes += opening.faults()
    standing = standing_rows(goal.program, goal.year, goal.report)
    matched = match(rows, standing, asking)
    matched = replace(matched, pairs=[(as_it_stands(row, one.content), one) for row, one in matched.pairs])
    sources = list(FundingSource.objects.all())
    if goal.enters:
        merged = merge(
            form,
            matched,
            sources,
            asking,
            of_actual=of_actual,
            is_transcribed=_is_transcribed(goal.report, opening),
        )
    else:
        merged = Merged()
        body = goal.program.responsible
        message = f"Показники звіту вносять лише працівники відповідального виконавця ({body}): їх не взято."
        notes.append(Note(Weight.WARNING, message))
    signatories, about_signing = _signing(form, goal)
    notes += [note for row in rows for note in row_faults(row)]
    notes += fraction_notes(rows, of_actual=of_actual)
    notes += [*matched.notes, *merged.notes, *_other_plans(matched, goal), *about_signing]
    notes += wrong_sums(form, rows, of_actual=of_actual)
    if goal.enters:
        notes += lost_lines(form, merged.by_line(standing, sources))
    entries = {one.measure.pk: entry for one, entry in merged.entries}
    return replace(
        empty,
        lines=_lines(rows, matched, merged, opening, signatories),
        notes=(*form.notes, *asking.notes, *notes),
        questions=asking.questions,
        basis=_basis(goal, standing),
        work=ReportFigures(goal.program.pk, goal.year, opening, signatories, entries),
    )


def _is_transcribed(report: AnnualReport | None, opening: Opening | None) -> bool:
    return opening.is_transcribed if opening is not None else report is not None and report.is_transcribed


def _signing(form: ReadForm, goal: _Goal) -> tuple[list[tuple[str, str]], list[Note]]:
    """Signatories for a report that has none; who is there already stays."""
    if goal.report is None:
        return [], []
    in_file = [(in_one_line(post), in_one_line(name)) for post, name in form.signatures]
    there = [(one.post, one.name) for one in goal.report.signatories.all()]
    if not there or not in_file or there == in_file:
        return ([] if there else in_file), []
    message = f"Підписує у звіті {signed_by(there)}, а у файлі {signed_by(in_file)}. Лишається, як у звіті."
    return [], [Note(Weight.WARNING, message)]


def _other_plans(matched: Matching, goal: _Goal) -> list[Note]:
    plans = plan_in_force(goal.program, goal.year)
    notes = []
    for row, one in matched.pairs:
        in_force = total(plans.get(one.measure.pk, {}).values())
        if in_force not in (None, row.read.planned) and "planned" not in row.read.unreadable:
            message = (
                f"Захід {row.code}: план у файлі {amount(row.read.planned)}, а за рішенням ради "
                f"{amount(in_force)}. У звіт піде план із файла."
            )
            notes.append(Note(Weight.WARNING, message, row.place("planned")))
    return notes


def _basis(goal: _Goal, standing: Sequence[Standing]) -> dict[str, str]:
    return {
        f"program:{goal.program.pk}": str(goal.program.version),
        **({f"report:{goal.report.pk}": str(goal.report.version)} if goal.report else {}),
        **{f"result:{one.result.pk}": str(one.result.version) for one in standing if one.result},
    }


def _lines(
    rows: Sequence[FormRow],
    matched: Matching,
    merged: Merged,
    opening: Opening | None,
    signatories: Sequence[tuple[str, str]],
) -> list[Line]:
    lines = [opening.line] if opening is not None else []
    if signatories:
        change = Change("підписувачі", "", signed_by(signatories))
        lines.append(Line("Підписи", LineState.NEW, changes=(change,)))
    standing = {row.code: one for row, one in matched.pairs}
    for row in rows:
        if row.code not in standing:
            lines.append(Line(row.title, LineState.SKIPPED, row.place()))
            continue
        changes = []
        if (content := merged.contents.get(row.code)) is not None:
            changes = differences(row, standing[row.code].content, content)
        state = LineState.CHANGED if changes else LineState.UNCHANGED
        lines.append(Line(row.title, state, row.place(), changes))
    return lines

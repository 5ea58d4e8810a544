"""What a template would write, row by row: a new programme, or changes to one that stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from ...amending import AddedToMeasure, Additions
from ...models import FundingSource
from ...proposal import (
    DecisionRef,
    Path,
    ProposedMeasure,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
    proposed_plans_in_force,
)
from ...proposal_faults import decision_words
from ...proposal_filling import filled_measure
from ...proposal_standing import StandingMeasure, numbered, same_measure
from ...textforms import format_decimal_in_full
from ..examination import Change, Line, LineState, Note, Place, Weight
from ..files.cells import shortened
from .proposal import Assembled, Reference


@dataclass(frozen=True)
class Shown:
    lines: Sequence[Line]
    notes: Sequence[Note] = ()


class _Words:
    """Ids into names."""

    def __init__(self, reference: Reference) -> None:
        self._names = reference.names
        self._sources: Mapping[int, FundingSource] = {one.pk: one for one in reference.sources.values()}

    def executor(self, named: int | str) -> str:
        return named if isinstance(named, str) else self._names.get(named, "")

    def participants(self, measure: ProposedMeasure) -> str:
        return "; ".join(
            f"{self.executor(part.executor)}{' (за згодою)' if part.by_consent else ''}"
            for part in measure.participations
        )

    def source(self, source_id: int) -> str:
        return str(self._sources[source_id])


# --- a new programme ---------------------------------------------------------------------


def of_new(assembled: Assembled, reference: Reference) -> Shown:
    proposed, words = assembled.proposed, _Words(reference)
    lines = [_program_line(assembled, words), *_decision_lines(assembled), *_executor_lines(assembled)]
    for index, task in enumerate(proposed.tasks):
        path: Path = ("tasks", index)
        lines.append(_task_line(task, assembled, path))
        for number, measure in enumerate(task.measures):
            lines.append(_measure_line(task.number, measure, assembled, (*path, "measures", number), words))
    return Shown(lines)


def _new(title: str, cells: Sequence[tuple[str, str, str]], assembled: Assembled, path: Path) -> Line:
    """Cells as label, value and the part's name; blank ones are not shown."""
    changes = [
        Change(label, "", value, assembled.place((*path, name))) for label, value, name in cells if value
    ]
    return Line(title, LineState.NEW, assembled.place(path), changes)


def _program_line(assembled: Assembled, words: _Words) -> Line:
    proposed = assembled.proposed
    years = f"{proposed.start_year}-{proposed.end_year}" if assembled.has_years else ""
    cells = [
        ("вид", proposed.kind, "kind"),
        ("назва", proposed.title, "title"),
        ("роки", years, "start_year"),
        ("відповідальний виконавець", words.executor(proposed.responsible), "responsible"),
        ("КПКВК МБ", proposed.budget_codes, "budget_codes"),
        ("основа відсотка", str(proposed.percent_base.label), "percent_base"),
    ]
    return _new("Програма", cells, assembled, ())


def _decision_lines(assembled: Assembled) -> Iterator[Line]:
    for index, decision in enumerate(assembled.proposed.decisions):
        cells = [
            ("що робить", str(decision.kind.label), "kind"),
            ("назва", decision.title, "title"),
            ("посилання", decision.url, "url"),
        ]
        yield _new(f"Рішення {decision_words(decision.ref)}", cells, assembled, ("decisions", index))


def _executor_lines(assembled: Assembled) -> Iterator[Line]:
    for index, executor in enumerate(assembled.proposed.executors):
        cells = [
            ("назва", executor.name, "name"),
            ("вид", str(executor.kind.label), "kind"),
            ("повна назва", executor.official_name, "official_name"),
        ]
        yield _new("Новий виконавець", cells, assembled, ("executors", index))


def _task_line(task: ProposedTask, assembled: Assembled, path: Path) -> Line:
    return _new(f"Завдання {task.number}", [("завдання", task.text, "text")], assembled, path)


def _measure_line(
    task: int, measure: ProposedMeasure, assembled: Assembled, path: Path, words: _Words
) -> Line:
    cells = [
        ("зміст заходу", measure.title, "title"),
        ("термін", str(measure.term), "term"),
        ("термін, як друкується", measure.term_text, "term_text"),
        ("виконавці", words.participants(measure), "participations"),
        ("виконавці, як друкується", measure.executors_text, "executors_text"),
        ("введено рішенням", _decision(measure.introduced_by), "introduced_by"),
        ("виключено рішенням", _decision(measure.withdrawn_by), "withdrawn_by"),
    ]
    line = _new(_measure_title(task, measure), cells, assembled, path)
    plans = [
        _plan_change(plan, None, assembled.place((*path, "plans", index, "amount")), words)
        for index, plan in enumerate(measure.plans)
    ]
    return Line(line.title, line.state, line.place, [*line.changes, *plans])


def _measure_title(task: int, measure: ProposedMeasure) -> str:
    return f"Захід {task}.{measure.number} {shortened(measure.title)}"


def _decision(ref: tuple[str, object] | None) -> str:
    return decision_words(ref) if ref else ""  # type: ignore[arg-type]


def _amount(plan: ProposedPlan | None) -> str:
    return format_decimal_in_full(plan.amount) if plan else ""


def _plan_change(
    plan: ProposedPlan, before: Decimal | None, place: Place, words: _Words, *, takes_force: bool = True
) -> Change:
    label = f"{_plan_label(plan, words)}, за рішенням {decision_words(plan.decision)}"
    if not takes_force:
        return Change(label, "", f"{_amount(plan)}, не діятиме", place)
    if plan.is_filled:
        # Nothing is struck out: the figure is the one in force.
        return Change(label, "", f"лишається {_amount(plan)}: рішення його не називає", place)
    return Change(label, "" if before is None else format_decimal_in_full(before), _amount(plan), place)


def _plan_label(plan: ProposedPlan, words: _Words) -> str:
    return f"план на {plan.year} рік, {words.source(plan.source_id)}, тис. грн"


# --- changes to a programme that stands --------------------------------------------------


def of_changes(
    assembled: Assembled,
    added: Additions,
    standing: Mapping[int, Sequence[StandingMeasure]],
    decisions: Sequence[DecisionRef],
    reference: Reference,
) -> Shown:
    """`standing` are the programme's measures by task, `decisions` its own, by their refs."""
    words = _Words(reference)
    new_decisions = {decision.ref for decision in added.decisions}
    lines = [
        line if decision.ref in new_decisions else Line(line.title, LineState.UNCHANGED, line.place)
        for line, decision in zip(_decision_lines(assembled), assembled.proposed.decisions, strict=True)
    ]
    lines += _executor_lines(assembled)
    notes = list(_program_notes(assembled, added.whole))
    new_tasks = {task.number for task in added.tasks}
    order, entered = added.order, set(decisions)
    amended = {one.path: one for one in added.amended}
    alike = numbered(standing)
    for index, task in enumerate(assembled.proposed.tasks):
        path: Path = ("tasks", index)
        if path in assembled.places:
            line = _task_line(task, assembled, path)
            is_new = task.number in new_tasks
            lines.append(line if is_new else Line(line.title, LineState.UNCHANGED, line.place))
        for number, measure in enumerate(task.measures):
            here: Path = (*path, "measures", number)
            same = same_measure(measure, alike.get((task.number, measure.number), ()), entered)
            if same is None:
                lines.append(
                    _measure_line(task.number, filled_measure(measure, order), assembled, here, words)
                )
                continue
            ignored = list(_ignored(task.number, measure, same, assembled, here, words))
            notes += ignored
            title, place = _measure_title(task.number, same.proposed), assembled.place(here)
            if (one := amended.get(here)) is None:
                state = LineState.SKIPPED if ignored else LineState.UNCHANGED
                lines.append(Line(title, state, place))
                continue
            changes, warnings = _of_amended(
                one, f"{task.number}.{same.proposed.number}", order, assembled, words
            )
            lines.append(Line(title, LineState.CHANGED, place, changes))
            notes += warnings
    return Shown(lines, notes)


def _of_amended(
    one: AddedToMeasure, code: str, order: Sequence[DecisionRef], assembled: Assembled, words: _Words
) -> tuple[list[Change], list[Note]]:
    """What stands today → what will be in force after all; of a sum that will not be, a warning."""
    changes, notes = [], []
    place = assembled.place(one.path)
    if one.withdrawn_by is not None:
        withdrawn = _decision(one.withdrawn_by)
        where = assembled.place((*one.path, "withdrawn_by"))
        changes.append(Change("виключено рішенням", "", withdrawn, where))
    before = proposed_plans_in_force(one.standing.proposed.plans, order)
    after = proposed_plans_in_force(one.after.plans, order)
    places = [assembled.place((*where, "amount")) for where in one.paths]
    places += [place] * len(one.filled)
    for plan, at in zip((*one.plans, *one.filled), places, strict=True):
        met = before[plan.year].amounts.get(plan.source_id) if plan.year in before else None
        newest = after.get(plan.year)
        # Whichever decision says it: one that does not name the source takes the sum over.
        takes_force = newest is not None and newest.amounts.get(plan.source_id) == plan.amount
        changes.append(_plan_change(plan, met, at, words, takes_force=takes_force))
        if newest is not None and not takes_force and not plan.is_filled:
            notes.append(_never_in_force(code, plan, newest.decision, at, words))
    return changes, notes


def _never_in_force(code: str, plan: ProposedPlan, newer: DecisionRef, place: Place, words: _Words) -> Note:
    return Note(
        Weight.WARNING,
        f"Захід {code}, план на {plan.year} рік, {words.source(plan.source_id)}, {_amount(plan)} тис. грн не "
        f"діятиме: пізніше рішення {decision_words(newer)} планує цей рік заходу. Якщо суму встановило інше "
        "рішення, впишіть його номер.",
        place,
    )


def _program_notes(assembled: Assembled, stands: ProposedProgram) -> Iterator[Note]:
    proposed = assembled.proposed
    for name, label in (("kind", "Вид"), ("title", "Назва"), ("budget_codes", "КПКВК МБ")):
        given, standing = getattr(proposed, name), getattr(stands, name)
        if given and given != standing:
            yield Note(
                Weight.WARNING,
                f"{label} у порталі: «{standing}». Те, що у файлі, не взято.",
                assembled.place((name,)),
            )


def _ignored(
    task: int,
    measure: ProposedMeasure,
    same: StandingMeasure,
    assembled: Assembled,
    path: Path,
    words: _Words,
) -> Iterator[Note]:
    """What the file says otherwise of what stands."""
    stands = same.proposed
    pairs = (
        ("зміст", measure.title, stands.title, "title"),
        ("термін", str(measure.term), str(stands.term), "term"),
        ("термін, як друкується", measure.term_text, stands.term_text, "term_text"),
        ("виконавці", words.participants(measure), words.participants(stands), "participations"),
        ("виконавці, як друкується", measure.executors_text, stands.executors_text, "executors_text"),
    )
    for label, given, standing, name in pairs:
        if given and given != standing:
            yield Note(
                Weight.WARNING,
                f"Захід {task}.{stands.number}, {label}: у порталі «{shortened(standing)}». Те, що у файлі, "
                "не взято; що стоїть, виправляють на сторінці заходу.",
                assembled.place((*path, name)),
            )
    amounts = {(plan.year, plan.source_id, plan.decision): plan for plan in stands.plans}
    for index, plan in enumerate(measure.plans):
        old = amounts.get((plan.year, plan.source_id, plan.decision))
        if old is not None and old.amount != plan.amount:
            yield Note(
                Weight.WARNING,
                f"Захід {task}.{stands.number}, {_plan_label(plan, words)}: за рішенням "
                f"{decision_words(plan.decision)} вже записано {_amount(old)}. Суму з файлу не взято.",
                assembled.place((*path, "plans", index, "amount")),
            )

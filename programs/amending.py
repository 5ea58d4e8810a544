"""What decisions add to a programme that stands: measures, withdrawals, plans. Old figures are kept.

What is wanted comes as a proposal of the whole or of a part; what of it stands already is left as it is,
and sources that a decision does not name are filled. The way in for files; figures are written by
`planning`, as those of the page are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import IntegrityError, transaction
from simple_history.utils import bulk_update_with_history

from . import permissions
from .composing import (
    ComposingRefused,
    write_aliases,
    write_decisions,
    write_executors,
    write_measures,
    write_tasks,
)
from .enums import DecisionKind
from .models import Decision, Executor, Measure, Program, User
from .planning import PlanCell, ToldOfDecision, write_figures
from .proposal import (
    DecisionRef,
    Fault,
    Path,
    ProposedDecision,
    ProposedMeasure,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
)
from .proposal_faults import faults_of
from .proposal_filling import filled_measure, filled_plans
from .proposal_standing import (
    StandingMeasure,
    numbered,
    same_measure,
    standing_measures,
    standing_proposal,
)


@dataclass(frozen=True)
class AddedToMeasure:
    """To one that stands."""

    standing: StandingMeasure
    plans: Sequence[ProposedPlan]
    filled: Sequence[ProposedPlan]
    """Beside these plans, the sources that they leave standing."""
    withdrawn_by: DecisionRef | None
    paths: Sequence[Path]
    """Of the plans in what was wanted."""
    path: Path

    @property
    def after(self) -> ProposedMeasure:
        measure = self.standing.proposed
        return replace(
            measure,
            plans=[*measure.plans, *self.plans, *self.filled],
            withdrawn_by=self.withdrawn_by or measure.withdrawn_by,
        )


@dataclass(frozen=True)
class Additions:
    program: Program
    decisions: Sequence[ProposedDecision]
    tasks: Sequence[ProposedTask]
    """New ones, with all their measures."""
    measures: Sequence[tuple[int, ProposedMeasure]]
    """Into tasks that stand, by the task's number."""
    amended: Sequence[AddedToMeasure]
    whole: ProposedProgram
    """The programme as it would become."""
    repeated: Sequence[Fault] = ()
    """What the wanted says twice of one that stands."""
    paths: Mapping[Path, Path] = field(default_factory=dict)
    """Of everything that is added: where it stands in `whole` → where in what was wanted."""

    @property
    def is_empty(self) -> bool:
        return not (self.decisions or self.tasks or self.measures or self.amended)

    @property
    def new_measures(self) -> list[tuple[int, ProposedMeasure]]:
        """By the task's number."""
        of_new = [(task.number, measure) for task in self.tasks for measure in task.measures]
        return [*of_new, *self.measures]

    @property
    def order(self) -> list[DecisionRef]:
        """All decisions of the programme as it would become, as they were and would be entered."""
        return [decision.ref for decision in self.whole.decisions]


# --- what is added -----------------------------------------------------------------------


def additions(program: Program, wanted: ProposedProgram) -> Additions:
    """What of the wanted the programme lacks. Of the same plan with another sum nothing is taken."""
    measures = standing_measures(program)
    merging = _Merging(standing_proposal(program, measures), measures)
    for index in range(len(wanted.executors)):
        merging.paths["executors", index] = ("executors", index)
    for index, decision in enumerate(wanted.decisions):
        merging.add_decision(decision, ("decisions", index))
    for index, task in enumerate(wanted.tasks):
        merging.add_task(task, ("tasks", index))
    whole = replace(
        merging.standing,
        decisions=[*merging.standing.decisions, *merging.decisions],
        tasks=merging.whole_tasks,
        executors=wanted.executors,
        aliases=wanted.aliases,
    )
    return Additions(
        program,
        merging.decisions,
        merging.tasks,
        merging.measures,
        merging.amended,
        whole,
        merging.repeated,
        merging.paths,
    )


class _Merging:
    """The programme as it would become, put together part by part."""

    def __init__(self, standing: ProposedProgram, measures: Mapping[int, Sequence[StandingMeasure]]) -> None:
        self.standing = standing
        self.decisions: list[ProposedDecision] = []
        self.tasks: list[ProposedTask] = []
        self.measures: list[tuple[int, ProposedMeasure]] = []
        self.amended: list[AddedToMeasure] = []
        self.whole_tasks = list(standing.tasks)
        self.repeated: list[Fault] = []
        self.paths: dict[Path, Path] = {}
        self._met: set[tuple[str, int]] = set()
        self._numbered = numbered(measures)
        self._at = {one.row.pk: index for of_task in measures.values() for index, one in enumerate(of_task)}
        self._order = [decision.ref for decision in standing.decisions]
        self._refs = frozenset(self._order)
        self._places = {task.number: index for index, task in enumerate(standing.tasks)}

    def add_decision(self, decision: ProposedDecision, path: Path) -> None:
        if decision.ref not in self._refs:
            self.paths["decisions", len(self.standing.decisions) + len(self.decisions)] = path
            self.decisions.append(decision)
            self._order.append(decision.ref)

    def add_task(self, task: ProposedTask, path: Path) -> None:
        place = self._places.get(task.number)
        if place is None:
            task = replace(task, measures=[filled_measure(one, self._order) for one in task.measures])
            self.paths["tasks", len(self.whole_tasks)] = path
            self.whole_tasks.append(task)
            self.tasks.append(task)
            return
        if not self._is_first("task", task.number):
            self.repeated.append(Fault(f"Завдання {task.number} подано двічі.", path))
            return
        measures = list(self.whole_tasks[place].measures)
        for index, measure in enumerate(task.measures):
            self._add_measure(task.number, measure, measures, ("tasks", place), (*path, "measures", index))
        self.whole_tasks[place] = replace(self.whole_tasks[place], measures=measures)

    def _is_first(self, what: str, which: int) -> bool:
        is_first = (what, which) not in self._met
        self._met.add((what, which))
        return is_first

    def _add_measure(
        self, number: int, wanted: ProposedMeasure, merged: list[ProposedMeasure], place: Path, path: Path
    ) -> None:
        same = same_measure(wanted, self._numbered.get((number, wanted.number), ()), self._refs)
        if same is None:
            self.paths[*place, "measures", len(merged)] = path
            merged.append(filled_measure(wanted, self._order))
            self.measures.append((number, merged[-1]))
        elif not self._is_first("measure", same.row.pk):
            self.repeated.append(Fault(f"Захід {number}.{wanted.number} подано двічі.", path))
        elif added := _added(wanted, same, path, self._order):
            at = self._at[same.row.pk]
            merged[at] = added.after
            self.amended.append(added)
            self.paths |= dict(_paths_of(added, (*place, "measures", at)))


def _added(
    wanted: ProposedMeasure, same: StandingMeasure, path: Path, order: Sequence[DecisionRef]
) -> AddedToMeasure | None:
    stand = {(plan.year, plan.source_id, plan.decision) for plan in same.proposed.plans}
    new = [
        (plan, (*path, "plans", index))
        for index, plan in enumerate(wanted.plans)
        if (plan.year, plan.source_id, plan.decision) not in stand
    ]
    withdrawn_by = wanted.withdrawn_by if same.proposed.withdrawn_by is None else None
    if not new and withdrawn_by is None:
        return None
    plans = [plan for plan, _ in new]
    filled = filled_plans(same.proposed.plans, plans, order)
    return AddedToMeasure(same, plans, filled, withdrawn_by, [place for _, place in new], path)


def _paths_of(added: AddedToMeasure, place: Path) -> Iterator[tuple[Path, Path]]:
    before = len(added.standing.proposed.plans)
    for index, path in enumerate(added.paths):
        yield (*place, "plans", before + index), path
    if added.withdrawn_by is not None:
        yield (*place, "withdrawn_by"), (*added.path, "withdrawn_by")


def faults(added: Additions, *, by: User) -> list[Fault]:
    """Of what is added alone, with paths in what was wanted; reads only."""
    found = list(added.repeated)
    if not permissions.can_manage_program(by, added.program):
        found.append(Fault("Зміни до цієї програми вносить адміністратор програм."))
    for fault in faults_of(added.whole, by=by, is_new=False):
        for size in range(len(fault.path), 0, -1):
            if (wanted := added.paths.get(fault.path[:size])) is not None:
                found.append(Fault(fault.message, (*wanted, *fault.path[size:])))
                break
    return found


# --- writing -----------------------------------------------------------------------------


def amend(program: Program, wanted: ProposedProgram, *, by: User) -> Additions:
    """Write what the programme lacks; old figures stay. Raises ComposingRefused."""
    try:
        with transaction.atomic():
            locked = Program.objects.select_for_update().get(pk=program.pk)
            added = additions(locked, wanted)
            if found := faults(added, by=by):
                raise ComposingRefused(found)
            if not added.is_empty:
                _write(added, by)
            return added
    except IntegrityError as error:
        raise ComposingRefused([Fault("Хтось щойно записав те саме. Перегляньте файл ще раз.")]) from error


def _write(added: Additions, by: User) -> None:
    program = added.program
    new = write_executors(added.whole.executors, by=by)
    write_aliases(added.whole.aliases, by=by)
    standing = {(one.number, one.date): one for one in Decision.objects.filter(program=program)}
    decisions = standing | write_decisions(program, added.decisions, by=by)
    tasks = {task.number: task for task in program.tasks.all()} | write_tasks(program, added.tasks, by=by)
    # First: a withdrawn measure frees its number.
    _withdraw(added.amended, decisions, by)
    rows = write_measures(
        [(tasks[number], measure) for number, measure in added.new_measures], decisions, new, by=by
    )
    plans = [(one.standing.row, plan) for one in added.amended for plan in (*one.plans, *one.filled)]
    plans += [
        (row, plan)
        for row, (_, measure) in zip(rows, added.new_measures, strict=True)
        for plan in measure.plans
    ]
    write_figures(program, {decisions[ref]: told for ref, told in _told(added, plans, new).items()}, by=by)


def _withdraw(amended: Sequence[AddedToMeasure], decisions: Mapping[DecisionRef, Decision], by: User) -> None:
    rows = []
    for one in amended:
        if one.withdrawn_by is not None:
            row = one.standing.row
            row.withdrawn_by = decisions[one.withdrawn_by]
            row.version += 1
            rows.append(row)
    if rows:
        bulk_update_with_history(rows, Measure, ["withdrawn_by", "version"], default_user=by)


def _told(
    added: Additions, plans: Sequence[tuple[Measure, ProposedPlan]], new: Mapping[str, Executor]
) -> dict[DecisionRef, ToldOfDecision]:
    """Of each decision that is new or says anything."""
    figures: dict[DecisionRef, dict[PlanCell, Decimal | None]] = defaultdict(dict)
    for row, plan in plans:
        figures[plan.decision][PlanCell(row.pk, plan.year, plan.source_id)] = plan.amount
    # One that no decision is named for came with the programme.
    approving = next(one.ref for one in added.whole.decisions if one.kind == DecisionKind.APPROVES)
    introduced: dict[DecisionRef, list[str]] = defaultdict(list)
    withdrawn: dict[DecisionRef, list[str]] = defaultdict(list)
    executors: dict[DecisionRef, dict[str, None]] = defaultdict(dict)
    for number, measure in added.new_measures:
        ref = measure.introduced_by or approving
        introduced[ref].append(f"{number}.{measure.number}")
        named = [part.executor for part in measure.participations if isinstance(part.executor, str)]
        executors[ref] |= dict.fromkeys(named)
        if measure.withdrawn_by:
            withdrawn[measure.withdrawn_by].append(f"{number}.{measure.number}")
    for one in added.amended:
        if one.withdrawn_by:
            withdrawn[one.withdrawn_by].append(one.standing.row.code)
    entered = {decision.ref for decision in added.decisions}
    return {
        ref: ToldOfDecision(
            figures[ref],
            introduced[ref],
            withdrawn[ref],
            [{"id": new[name].pk, "name": name} for name in executors[ref]],
        )
        for ref in added.order
        if ref in entered or figures[ref] or introduced[ref] or withdrawn[ref]
    }

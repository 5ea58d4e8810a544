"""What decisions add to a programme that stands: measures, withdrawals, plans. Old figures are kept.

What is wanted comes as a proposal of the whole or of a part; what of it stands already is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.db import IntegrityError, transaction
from simple_history.utils import bulk_update_with_history

from . import permissions
from .composing import (
    ComposingRefused,
    plans_of,
    write_aliases,
    write_decisions,
    write_executors,
    write_measures,
    write_plans,
    write_tasks,
)
from .enums import EventKind
from .journal import record
from .models import Decision, Measure, PlannedFunding, Program, User
from .proposal import (
    DecisionRef,
    Fault,
    Path,
    ProposedDecision,
    ProposedMeasure,
    ProposedParticipation,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
)
from .proposal_faults import faults_of


@dataclass(frozen=True)
class StandingMeasure:
    row: Measure
    proposed: ProposedMeasure


@dataclass(frozen=True)
class AddedToMeasure:
    """To one that stands."""

    standing: StandingMeasure
    plans: Sequence[ProposedPlan]
    withdrawn_by: DecisionRef | None
    paths: Sequence[Path]
    """Of these plans in what was wanted."""
    path: Path

    @property
    def after(self) -> ProposedMeasure:
        measure = self.standing.proposed
        return replace(
            measure,
            plans=[*measure.plans, *self.plans],
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


# --- what stands -------------------------------------------------------------------------


def standing_measures(program: Program) -> dict[int, list[StandingMeasure]]:
    """By the task's number, in printed order. Four queries."""
    rows = (
        Measure.objects.of_program(program)
        .select_related("task", "introduced_by", "withdrawn_by")
        .prefetch_related("participations", "planned_funding__decision")
        .order_by("task__number", "number", "pk")
    )
    found: dict[int, list[StandingMeasure]] = {}
    for row in rows:
        found.setdefault(row.task.number, []).append(StandingMeasure(row, _as_proposed(row)))
    return found


def standing_proposal(program: Program) -> ProposedProgram:
    """The programme as it would be proposed."""
    measures = standing_measures(program)
    return ProposedProgram(
        kind=program.kind,
        title=program.title,
        start_year=program.start_year,
        end_year=program.end_year,
        responsible=program.responsible_id,
        decisions=[
            ProposedDecision(kind=one.kind, number=one.number, date=one.date, title=one.title, url=one.url)  # type: ignore[arg-type]
            for one in Decision.objects.filter(program=program)
        ],
        tasks=[
            ProposedTask(task.number, task.text, [one.proposed for one in measures.get(task.number, ())])
            for task in program.tasks.order_by("number")
        ],
        budget_codes=program.budget_codes,
        percent_base=program.percent_base,  # type: ignore[arg-type]
    )


def _as_proposed(row: Measure) -> ProposedMeasure:
    return ProposedMeasure(
        number=row.number,
        title=row.title,
        term=row.term,
        term_text=row.term_text,
        executors_text=row.executors_text,
        participations=[
            ProposedParticipation(part.executor_id, part.by_consent) for part in row.participations.all()
        ],
        introduced_by=_ref(row.introduced_by),
        withdrawn_by=_ref(row.withdrawn_by),
        plans=[
            ProposedPlan(plan.year, plan.source_id, plan.amount, (plan.decision.number, plan.decision.date))
            for plan in row.planned_funding.all()
        ],
    )


def _ref(decision: Decision | None) -> DecisionRef | None:
    return (decision.number, decision.date) if decision else None


def same_measure(
    wanted: ProposedMeasure, standing: Iterable[StandingMeasure], decisions: Iterable[DecisionRef]
) -> StandingMeasure | None:
    """The one that a row means: of its number, in force rather than withdrawn.

    What a decision introduces that does not stand yet is new, whatever its number was before.
    """
    if wanted.introduced_by is not None and wanted.introduced_by not in decisions:
        return None
    alike = [one for one in standing if one.proposed.number == wanted.number]
    in_force = [one for one in alike if one.proposed.withdrawn_by is None]
    return next(iter(in_force or alike[::-1]), None)


def plan_in_force(plans: Iterable[ProposedPlan], year: int) -> dict[int, Decimal]:
    """тис. грн by source id, as `plans.plans_in_force` tells it of rows."""
    of_year = [plan for plan in plans if plan.year == year and plan.decision[1].year <= year]
    if not of_year:
        return {}
    newest = sorted((plan.decision for plan in of_year), key=lambda ref: ref[1])[-1]
    return {plan.source_id: plan.amount for plan in of_year if plan.decision == newest}


# --- what is added -----------------------------------------------------------------------


def additions(program: Program, wanted: ProposedProgram) -> Additions:
    """What of the wanted the programme lacks. Of the same plan with another sum nothing is taken."""
    merging = _Merging(standing_proposal(program), standing_measures(program))
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
        self._measures = measures
        self._refs = {decision.ref for decision in standing.decisions}
        self._places = {task.number: index for index, task in enumerate(standing.tasks)}

    def add_decision(self, decision: ProposedDecision, path: Path) -> None:
        if decision.ref not in self._refs:
            self.paths["decisions", len(self.standing.decisions) + len(self.decisions)] = path
            self.decisions.append(decision)

    def add_task(self, task: ProposedTask, path: Path) -> None:
        place = self._places.get(task.number)
        if place is None:
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
        standing = self._measures.get(number, ())
        same = same_measure(wanted, standing, self._refs)
        if same is None:
            self.paths[*place, "measures", len(merged)] = path
            merged.append(wanted)
            self.measures.append((number, wanted))
        elif not self._is_first("measure", same.row.pk):
            self.repeated.append(Fault(f"Захід {number}.{wanted.number} подано двічі.", path))
        elif added := _added(wanted, same, path):
            at = standing.index(same)
            merged[at] = added.after
            self.amended.append(added)
            self.paths |= dict(_paths_of(added, (*place, "measures", at)))


def _added(wanted: ProposedMeasure, same: StandingMeasure, path: Path) -> AddedToMeasure | None:
    stand = {(plan.year, plan.source_id, plan.decision) for plan in same.proposed.plans}
    new = [
        (plan, (*path, "plans", index))
        for index, plan in enumerate(wanted.plans)
        if (plan.year, plan.source_id, plan.decision) not in stand
    ]
    withdrawn_by = wanted.withdrawn_by if same.proposed.withdrawn_by is None else None
    if not new and withdrawn_by is None:
        return None
    return AddedToMeasure(same, [plan for plan, _ in new], withdrawn_by, [place for _, place in new], path)


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
    measures = [(task.number, measure) for task in added.tasks for measure in task.measures]
    measures += added.measures
    # First: a withdrawn measure frees its number.
    _write_amended(added.amended, decisions, by)
    write_measures([(tasks[number], measure) for number, measure in measures], decisions, new, by=by)
    program.version += 1
    program._history_user = by  # type: ignore[attr-defined]
    program.save()
    record(
        EventKind.PLAN_AMENDED,
        by=by,
        program_id=program.pk,
        program=program.public_id,
        title=program.title,
        decisions=[str(decisions[one.ref]) for one in added.decisions],
        measures=[f"{number}.{measure.number}" for number, measure in measures],
        withdrawn=[one.standing.row.code for one in added.amended if one.withdrawn_by],
        plans=_plans_in_words(added.amended, decisions),
        executors=[{"id": executor.pk, "name": executor.name} for executor in new.values()],
    )


def _write_amended(
    amended: Sequence[AddedToMeasure], decisions: Mapping[DecisionRef, Decision], by: User
) -> None:
    plans: list[PlannedFunding] = []
    for one in amended:
        row = one.standing.row
        if one.withdrawn_by is not None:
            row.withdrawn_by = decisions[one.withdrawn_by]
        # Plans belong to the measure's form: one that was opened before them is stale.
        row.version += 1
        plans += plans_of(row, replace(one.standing.proposed, plans=one.plans), decisions)
    if amended:
        rows = [one.standing.row for one in amended]
        bulk_update_with_history(rows, Measure, ["withdrawn_by", "version"], default_user=by)
    write_plans(plans, by=by)


def _plans_in_words(
    amended: Sequence[AddedToMeasure], decisions: Mapping[DecisionRef, Decision]
) -> list[dict[str, object]]:
    return [
        {
            "measure": one.standing.row.code,
            "year": plan.year,
            "source": plan.source_id,
            "decision": str(decisions[plan.decision]),
            "before": plan_in_force(one.standing.proposed.plans, plan.year).get(plan.source_id),
            "after": plan.amount,
        }
        for one in amended
        for plan in one.plans
    ]

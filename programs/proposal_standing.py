"""A programme that stands, told as it would be proposed: what wanted changes are compared with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch

from .models import Decision, Measure, PlannedFunding, Program
from .proposal import (
    DecisionRef,
    ProposedDecision,
    ProposedMeasure,
    ProposedParticipation,
    ProposedPlan,
    ProposedProgram,
    ProposedTask,
)


@dataclass(frozen=True)
class StandingMeasure:
    row: Measure
    proposed: ProposedMeasure


def standing_measures(program: Program) -> dict[int, list[StandingMeasure]]:
    """By the task's number, in printed order. Three queries."""
    # Decisions come with their rows: looked up apart, SQLite takes no more than a thousand.
    plans = PlannedFunding.objects.select_related("decision")
    rows = (
        Measure.objects.of_program(program)
        .select_related("task", "introduced_by", "withdrawn_by")
        .prefetch_related("participations", Prefetch("planned_funding", queryset=plans))
        .order_by("task__number", "number", "pk")
    )
    found: dict[int, list[StandingMeasure]] = {}
    for row in rows:
        found.setdefault(row.task.number, []).append(StandingMeasure(row, _as_proposed(row)))
    return found


def numbered(
    measures: Mapping[int, Iterable[StandingMeasure]],
) -> dict[tuple[int, int], list[StandingMeasure]]:
    """The same by the task's number and their own; one number may have been several measures'."""
    found: dict[tuple[int, int], list[StandingMeasure]] = defaultdict(list)
    for task, of_task in measures.items():
        for one in of_task:
            found[task, one.proposed.number].append(one)
    return found


def standing_proposal(
    program: Program, measures: Mapping[int, Sequence[StandingMeasure]] | None = None
) -> ProposedProgram:
    """The programme as it would be proposed; `measures` are its `standing_measures`, if they are read."""
    if measures is None:
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
    wanted: ProposedMeasure, standing: Iterable[StandingMeasure], decisions: Collection[DecisionRef]
) -> StandingMeasure | None:
    """The one that a row means: of its number, in force rather than withdrawn.

    What a decision introduces that does not stand yet is new, whatever its number was before.
    """
    if wanted.introduced_by is not None and wanted.introduced_by not in decisions:
        return None
    alike = [one for one in standing if one.proposed.number == wanted.number]
    in_force = [one for one in alike if one.proposed.withdrawn_by is None]
    return next(iter(in_force or alike[::-1]), None)

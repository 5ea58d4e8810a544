"""Proposed figures, and beside them those of the sources that their decisions leave standing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from .plans import left_standing
from .proposal import (
    DecisionRef,
    ProposedMeasure,
    ProposedPlan,
    ProposedProgram,
    ages_of,
)


def filled_plans(
    standing: Sequence[ProposedPlan], new: Sequence[ProposedPlan], order: Sequence[DecisionRef]
) -> list[ProposedPlan]:
    """What is to be written beside the new figures of a measure, as `plans.left_standing` says.

    `order`: the programme's decisions as they were entered. The oldest first: what is filled for one
    decision is what the next one meets.
    """
    ages = ages_of([*standing, *new], order)
    said: dict[int, dict[DecisionRef, dict[int, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for plan in (*standing, *new):
        if plan.decision in ages and plan.decision[1].year <= plan.year:
            said[plan.year][plan.decision][plan.source_id] = plan.amount
    named = {(plan.year, plan.decision) for plan in new}
    filled = []
    for year, by_decision in said.items():
        met: dict[int, Decimal] = {}
        for decision in sorted(by_decision, key=ages.__getitem__):
            own = by_decision[decision]
            left = left_standing(own, met) if (year, decision) in named else {}
            filled += [
                ProposedPlan(year, source_id, amount, decision, is_filled=True)
                for source_id, amount in left.items()
            ]
            met = {**own, **left}
    return sorted(filled, key=lambda plan: (ages[plan.decision], plan.year))


def filled_measure(measure: ProposedMeasure, order: Sequence[DecisionRef]) -> ProposedMeasure:
    """A new one."""
    return replace(measure, plans=[*measure.plans, *filled_plans((), measure.plans, order)])


def filled_program(proposed: ProposedProgram) -> ProposedProgram:
    """A new one."""
    order = [decision.ref for decision in proposed.decisions]
    return replace(
        proposed,
        tasks=[
            replace(task, measures=[filled_measure(measure, order) for measure in task.measures])
            for task in proposed.tasks
        ],
    )

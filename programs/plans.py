"""The plan in force: what decisions say about a measure's year."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from .models import PlannedFunding, Program


@dataclass(frozen=True)
class Plan:
    """A measure's plan for a year: the decision it comes from, and тис. грн by funding source id."""

    decision_id: int
    amounts: dict[int, Decimal] = field(default_factory=dict)


def plans_in_force(program: Program, year: int, **measures: Any) -> dict[int, Plan]:
    """By measure id, from one query; `measures` narrows it as a filter does.

    For each measure the newest decision that names the year replaces the whole of its older plan.
    """
    return newest_plans(PlannedFunding.objects.of_year(program, year).filter(**measures))


def newest_plans(rows: Iterable[PlannedFunding]) -> dict[int, Plan]:
    """The same of rows of one year that are fetched, in the order of `of_year`."""
    newest: dict[int, Plan] = {}
    for row in rows:
        plan = newest.get(row.measure_id)
        if plan is None or plan.decision_id != row.decision_id:
            plan = newest[row.measure_id] = Plan(row.decision_id)
        plan.amounts[row.source_id] = row.amount
    return newest


def plan_in_force(program: Program, year: int) -> dict[int, dict[int, Decimal]]:
    """Planned тис. грн by measure id and funding source id."""
    return {measure_id: plan.amounts for measure_id, plan in plans_in_force(program, year).items()}

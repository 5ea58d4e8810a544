"""The plan in force: what decisions say about a measure's year."""

from __future__ import annotations

from decimal import Decimal

from .models import PlannedFunding, Program


def plan_in_force(program: Program, year: int) -> dict[int, dict[int, Decimal]]:
    """Planned тис. грн by measure id and funding source id, from one query.

    For each measure the newest decision that names the year replaces the whole of its older plan.
    """
    newest: dict[int, tuple[int, dict[int, Decimal]]] = {}
    for row in PlannedFunding.objects.of_year(program, year):
        decision_id, plan = newest.get(row.measure_id, (None, {}))
        if decision_id != row.decision_id:
            plan = {}
            newest[row.measure_id] = (row.decision_id, plan)
        plan[row.source_id] = row.amount
    return {measure_id: plan for measure_id, (_, plan) in newest.items()}

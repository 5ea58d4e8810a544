"""The plan in force: what decisions say about a measure's year."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
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


def left_standing(said: Mapping[int, Decimal | None], in_force: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """The figures in force that a decision takes over because it does not name them, by source id.

    A decision replaces the whole plan of a measure's year, so a source that it left out would fall out of
    the plan without anybody having said so. Therefore, whichever way figures come in: what a decision
    does not name stays as it is in force, written once more by that decision; 0 takes a source away. Of a
    year of which it says nothing the older plan stays whole, and what was decided after the year's end
    takes nothing over, since it never comes into force.

    `said`: by source id, all that the decision says of one measure's year; None is not said. `in_force`:
    what it meets.
    """
    if all(amount is None for amount in said.values()):
        return {}
    return {
        source_id: amount for source_id, amount in in_force.items() if amount and said.get(source_id) is None
    }


def too_late(decided: datetime.date, year: int) -> str:
    """Why a decision of this date plans nothing for this year: it never comes into force; «» if it does."""
    if decided.year <= year:
        return ""
    return f"Рішення ухвалено {decided:%d.%m.%Y}, плану на {year} рік воно вже не змінює."


def plan_in_force(program: Program, year: int) -> dict[int, dict[int, Decimal]]:
    """Planned тис. грн by measure id and funding source id."""
    return {measure_id: plan.amounts for measure_id, plan in plans_in_force(program, year).items()}

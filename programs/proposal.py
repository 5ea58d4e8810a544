"""A whole programme as somebody proposes it, before anything is written. No ORM.

Read from a file or typed; `composing` checks it and writes it, all or nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from .enums import DecisionKind, ExecutorKind, PercentBase
from .textforms import Term

DecisionRef = tuple[str, datetime.date]
"""Number and date: how everything else names a decision of the proposal."""


@dataclass(frozen=True)
class ProposedExecutor:
    """A body that the portal does not know yet. `name` is how everything else names it."""

    name: str
    kind: ExecutorKind = ExecutorKind.COUNCIL_BODY
    official_name: str = ""


@dataclass(frozen=True)
class ProposedDecision:
    kind: DecisionKind
    number: str
    date: datetime.date
    title: str = ""
    url: str = ""

    @property
    def ref(self) -> DecisionRef:
        return (self.number, self.date)


@dataclass(frozen=True)
class ProposedParticipation:
    executor: int | str
    """The id of a known executor, or the name of a ProposedExecutor."""
    by_consent: bool = False


@dataclass(frozen=True)
class ProposedPlan:
    """Planned funding, тис. грн, of one year from one source by one decision."""

    year: int
    source_id: int
    amount: Decimal
    decision: DecisionRef
    is_filled: bool = False
    """The decision does not name the source: the figure in force, taken over (`plans.left_standing`)."""


@dataclass(frozen=True)
class ProposedMeasure:
    number: int
    title: str
    term: Term
    term_text: str = ""
    executors_text: str = ""
    participations: Sequence[ProposedParticipation] = ()
    introduced_by: DecisionRef | None = None
    withdrawn_by: DecisionRef | None = None
    plans: Sequence[ProposedPlan] = ()


@dataclass(frozen=True)
class ProposedTask:
    number: int
    text: str
    measures: Sequence[ProposedMeasure] = ()


@dataclass(frozen=True)
class ProposedProgram:
    kind: str
    title: str
    start_year: int
    end_year: int
    responsible: int | str
    """As in ProposedParticipation."""
    decisions: Sequence[ProposedDecision]
    tasks: Sequence[ProposedTask]
    executors: Sequence[ProposedExecutor] = ()
    aliases: Mapping[str, int] = field(default_factory=dict)
    """New spellings of known executors: what the file writes → executor id. Kept if `by` keeps executors."""
    budget_codes: str = ""
    percent_base: PercentBase = PercentBase.PLANNED


Path = tuple[str | int, ...]
"""Where in the proposal: ("tasks", 0, "measures", 3, "title")."""


@dataclass(frozen=True)
class Fault:
    """Why it cannot be written: a Ukrainian sentence, and the part it is about."""

    message: str
    path: Path = ()


@dataclass(frozen=True)
class ProposedInForce:
    """A measure's plan for a year: the decision it comes from, and тис. грн by source id."""

    decision: DecisionRef
    amounts: dict[int, Decimal]


def proposed_plans_in_force(
    plans: Iterable[ProposedPlan], order: Sequence[DecisionRef]
) -> dict[int, ProposedInForce]:
    """A measure's plans by year, as `plans.plans_in_force` tells them of rows.

    `order`: the programme's decisions as they were entered; of two of one day the later entered is newer.
    What comes by any other decision is left out.
    """
    ages = ages_of(plans := list(plans), order)
    found: dict[int, ProposedInForce] = {}
    for plan in plans:
        if plan.decision not in ages or plan.decision[1].year > plan.year:
            continue
        in_force = found.get(plan.year)
        if in_force is None or ages[in_force.decision] < ages[plan.decision]:
            in_force = found[plan.year] = ProposedInForce(plan.decision, {})
        if in_force.decision == plan.decision:
            in_force.amounts[plan.source_id] = plan.amount
    return found


def ages_of(
    plans: Iterable[ProposedPlan], order: Sequence[DecisionRef]
) -> dict[DecisionRef, tuple[datetime.date, int]]:
    """Of the decisions that these plans come by, in whose order plans replace each other: the newest last."""
    named = {plan.decision for plan in plans}
    return {ref: age(ref, order) for ref in named if ref in order}


def age(ref: DecisionRef, order: Sequence[DecisionRef]) -> tuple[datetime.date, int]:
    """Greater of the newer: in this order plans replace each other."""
    return ref[1], order.index(ref)

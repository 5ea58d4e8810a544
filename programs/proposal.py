"""A whole programme as somebody proposes it, before anything is written. No ORM.

Read from a file or typed; `composing` checks it and writes it, all or nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
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

"""What a decision changed in a programme: each figure before and after, and the sums of every year.

«Before» is the plan in force just before the decision, as if it and all later ones had not been taken.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import calculations
from .models import Decision, FundingSource, Measure, PlannedFunding, Program
from .plans import Plan, newest_plans

Place = tuple[int, int]
"""A measure's id and a year: what one decision plans as a whole."""


@dataclass(frozen=True)
class Line:
    """One figure, тис. грн. None: no decision says it; after one that replaces the plan, no longer."""

    measure: Measure
    year: int
    source: FundingSource
    before: Decimal | None
    after: Decimal | None
    in_time: bool
    """False for what was decided after its year had ended: such a figure never comes into force."""

    @property
    def difference(self) -> Decimal | None:
        return calculations.difference(self.before, self.after)


@dataclass(frozen=True)
class YearTotal:
    """The programme's whole plan for a year, тис. грн, without the decision and with it."""

    year: int
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        return calculations.difference(self.before, self.after)


@dataclass(frozen=True)
class Amendment:
    decision: Decision
    lines: tuple[Line, ...]
    """In printed order; within a measure by year, then by source."""
    totals: tuple[YearTotal, ...]
    """Of the years that the decision names, or whose sums it changed by taking measures in or out."""
    introduced: tuple[Measure, ...]
    withdrawn: tuple[Measure, ...]

    @property
    def named_measures(self) -> int:
        return len({line.measure.pk for line in self.lines})

    @property
    def named_years(self) -> list[int]:
        return sorted({line.year for line in self.lines})

    @property
    def is_silent(self) -> bool:
        return not (self.lines or self.introduced or self.withdrawn)


def amendment(decision: Decision) -> Amendment:
    """Of one decision; see `amendments`."""
    return next(one for one in amendments(decision.program) if one.decision.pk == decision.pk)


def amendments(program: Program) -> list[Amendment]:
    """What each decision of the programme changed, the newest first, in four queries."""
    decisions = list(Decision.objects.filter(program=program))
    told = _Told(
        program,
        decisions,
        list(Measure.objects.of_program(program).select_related("task")),
        {source.pk: source for source in FundingSource.objects.all()},
        list(
            PlannedFunding.objects.filter(measure__task__program=program).order_by("source__position", "pk")
        ),
    )
    return [told.amendment(place) for place in reversed(range(len(decisions)))]


def in_force_before(decision: Decision, year: int) -> dict[int, Plan]:
    """By measure id, the plan for the year that the decision meets."""
    earlier = [
        one for one in Decision.objects.filter(program=decision.program_id) if comes_before(one, decision)
    ]
    return newest_plans(
        PlannedFunding.objects.of_year(decision.program, year).filter(
            decision__in=[one.pk for one in earlier]
        )
    )


def comes_before(one: Decision, other: Decision) -> bool:
    """In the order in which plans replace each other."""
    return (one.date, one.pk) < (other.date, other.pk)


def decisions_in_force(plans: Iterable[Plan], decisions: Iterable[Decision]) -> list[tuple[Decision, int]]:
    """Of these decisions those that the plans come from, and how many plans each; the newest first."""
    counts = Counter(plan.decision_id for plan in plans)
    newest = sorted(decisions, key=lambda one: (one.date, one.pk), reverse=True)
    return [(decision, counts[decision.pk]) for decision in newest if counts[decision.pk]]


@dataclass(frozen=True)
class _Told:
    """All that a programme's decisions say, fetched: they in the order of their dates."""

    program: Program
    decisions: Sequence[Decision]
    measures: Sequence[Measure]
    sources: Mapping[int, FundingSource]
    rows: Sequence[PlannedFunding]

    def amendment(self, place: int) -> Amendment:
        decision = self.decisions[place]
        before, after = self.decisions[:place], self.decisions[: place + 1]
        named = {(row.measure_id, row.year) for row in self.rows if row.decision_id == decision.pk}
        years = {year for _, year in named}
        totals = [
            YearTotal(year, self._total(year, before), self._total(year, after))
            for year in sorted({*self.program.term, *years})
        ]
        return Amendment(
            decision,
            lines=tuple(self._lines(decision, before, named)),
            totals=tuple(one for one in totals if one.year in years or one.before != one.after),
            introduced=tuple(one for one in self.measures if one.introduced_by_id == decision.pk),
            withdrawn=tuple(one for one in self.measures if one.withdrawn_by_id == decision.pk),
        )

    def _lines(self, decision: Decision, before: Sequence[Decision], named: Collection[Place]) -> list[Line]:
        own: dict[Place, dict[int, Decimal]] = {}
        for row in self.rows:
            if row.decision_id == decision.pk:
                own.setdefault((row.measure_id, row.year), {})[row.source_id] = row.amount
        lines = []
        years = sorted({year for _, year in named})
        plans = {year: self._plans(year, before) for year in years}
        for measure in self.measures:
            for year in years:
                if (said := own.get((measure.pk, year))) is None:
                    continue
                replaced = plans[year].get(measure.pk)
                stood = replaced.amounts if replaced else {}
                lines += [
                    Line(measure, year, source, stood.get(pk), said.get(pk), decision.date.year <= year)
                    for pk, source in self.sources.items()
                    if pk in stood or pk in said
                ]
        return lines

    def _plans(self, year: int, decisions: Sequence[Decision]) -> dict[int, Plan]:
        """In force in a year, were these all the decisions."""
        in_time = [decision.pk for decision in decisions if decision.date.year <= year]
        order = {pk: place for place, pk in enumerate(in_time)}
        rows = [row for row in self.rows if row.year == year and row.decision_id in order]
        return newest_plans(sorted(rows, key=lambda row: order[row.decision_id]))

    def _total(self, year: int, decisions: Sequence[Decision]) -> Decimal | None:
        plans = self._plans(year, decisions)
        dates = {decision.pk: decision.date for decision in decisions}
        counted = [one for one in self.measures if is_in_force(one, year, dates)]
        return calculations.total(
            amount
            for measure in counted
            if (plan := plans.get(measure.pk))
            for amount in plan.amounts.values()
        )


def is_in_force(measure: Measure, year: int, dates: Mapping[int, datetime.date]) -> bool:
    """As `MeasureQuerySet.in_force`, were these decisions, by id with their dates, all there are."""
    introduced, withdrawn = measure.introduced_by_id, measure.withdrawn_by_id
    if introduced is not None and not (introduced in dates and dates[introduced].year <= year):
        return False
    return withdrawn is None or withdrawn not in dates or dates[withdrawn].year >= year

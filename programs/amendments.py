"""What a decision changed in a programme: each figure before and after, and the sums of every year.

«Before» is the plan in force just before the decision, as if it and all later ones had not been taken.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from . import calculations
from .models import Decision, FundingSource, Measure, PlannedFunding, Program
from .plans import Plan, newest_plans

Place = tuple[int, int]
"""A measure's id and a year: what one decision plans as a whole."""
Plans = Mapping[int, Mapping[int, Decimal]]
"""In force in a year: by measure id, then funding source id."""
_InForce = Mapping[int, Plans]
"""By year."""


@dataclass(frozen=True)
class Line:
    """One figure, тис. грн. None: nothing is planned there.

    The differences of a year's lines add up to the difference of its total.
    """

    measure: Measure
    year: int
    source: FundingSource
    before: Decimal | None
    after: Decimal | None
    """What the decision says; where it does not name the measure, what comes of it all the same."""
    in_force: Decimal | None
    """What stands after the decision: another figure than it says where that never comes into force."""
    is_named: bool
    """False where the sum came or went only because the measure did."""

    @property
    def difference(self) -> Decimal | None:
        return calculations.plan_change(self.before, self.in_force)

    @property
    def is_idle(self) -> bool:
        """The decision came after the year's end, or the measure is not in force in it."""
        return self.after != self.in_force


@dataclass(frozen=True)
class YearTotal:
    """The programme's whole plan for a year, тис. грн, without the decision and with it."""

    year: int
    before: Decimal | None
    after: Decimal | None

    @property
    def difference(self) -> Decimal | None:
        return calculations.plan_change(self.before, self.after)


@dataclass(frozen=True)
class Amendment:
    decision: Decision
    lines: tuple[Line, ...]
    """In printed order; within a measure by year, then by source."""
    totals: tuple[YearTotal, ...]
    """Of the years that the decision names or changes."""
    introduced: tuple[Measure, ...]
    withdrawn: tuple[Measure, ...]

    @property
    def named_measures(self) -> int:
        return len({line.measure.pk for line in self.lines if line.is_named})

    @property
    def years(self) -> list[int]:
        """Which it names, or changes by taking measures in or out."""
        return sorted({line.year for line in self.lines})


@dataclass(frozen=True)
class Replacement:
    """What one decision made of one measure's plan for one year; both plans by funding source id."""

    decision: Decision
    before: Mapping[int, Decimal]
    """In force when it was taken: nothing that was decided after the year's end ever is."""
    after: Mapping[int, Decimal]
    """All that the decision says: it replaces the whole plan."""
    in_time: bool
    """False for what was decided after its year had ended: such a plan never comes into force."""

    def lines(self, sources: Iterable[int]) -> Iterator[tuple[int, Decimal | None, Decimal | None]]:
        """Source id, before, after; of these sources those that either plan names."""
        for pk in sources:
            if pk in self.before or pk in self.after:
                yield pk, self.before.get(pk), self.after.get(pk)


def replacements(rows: Iterable[PlannedFunding]) -> list[Replacement]:
    """Of one measure's year, the rows of all decisions with these; the oldest decision first. No query."""
    said: dict[Decision, dict[int, Decimal]] = {}
    year = 0
    for row in rows:
        year = row.year
        said.setdefault(row.decision, {})[row.source_id] = row.amount
    found: list[Replacement] = []
    in_force: Mapping[int, Decimal] = {}
    for decision in sorted(said, key=age):
        in_time = decision.date.year <= year
        found.append(Replacement(decision, in_force, said[decision], in_time))
        if in_time:
            in_force = said[decision]
    return found


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
        _rows_by_year(program, decisions),
    )
    found: list[Amendment] = []
    before = told.in_force(0)
    for place, decision in enumerate(decisions):
        after = told.in_force(place + 1)
        found.append(told.amendment(decision, before, after))
        before = after
    return found[::-1]


def _rows_by_year(program: Program, decisions: Sequence[Decision]) -> dict[int, list[PlannedFunding]]:
    """Within a year in the order of the decisions, then of the sources."""
    order = {decision.pk: place for place, decision in enumerate(decisions)}
    every = PlannedFunding.objects.filter(measure__task__program=program).order_by("source__position", "pk")
    by_year: dict[int, list[PlannedFunding]] = {}
    for row in sorted(every.filter(decision__in=order), key=lambda row: order[row.decision_id]):
        by_year.setdefault(row.year, []).append(row)
    return by_year


def in_force_before(decision: Decision, years: Collection[int]) -> dict[Place, Plan]:
    """The plans for these years that the decision meets, by measure id and year. Two queries."""
    earlier = [
        one.pk for one in Decision.objects.filter(program=decision.program_id) if comes_before(one, decision)
    ]
    rows = (
        PlannedFunding.objects.filter(decision__in=earlier, year__in=years)
        .select_related("decision")
        .order_by("decision__date", "decision_id", "source__position")
    )
    by_year: dict[int, list[PlannedFunding]] = {}
    for row in rows:
        if row.decision.date.year <= row.year:
            by_year.setdefault(row.year, []).append(row)
    return {
        (measure_id, year): plan
        for year, of_year in by_year.items()
        for measure_id, plan in newest_plans(of_year).items()
    }


def overtaken_by(decision: Decision, year: int) -> dict[int, Decision]:
    """By measure id, the newest later decision that plans its year anew. One query."""
    if decision.date.year > year:
        return {}
    rows = (
        PlannedFunding.objects.filter(decision__program=decision.program_id, year=year)
        .filter(decision__date__gte=decision.date, decision__date__year__lte=year)
        .select_related("decision")
        .order_by("decision__date", "decision_id")
    )
    return {row.measure_id: row.decision for row in rows if comes_before(decision, row.decision)}


def age(decision: Decision) -> tuple[datetime.date, int]:
    """Greater of the newer: in this order plans replace each other."""
    return decision.date, decision.pk


def comes_before(one: Decision, other: Decision) -> bool:
    return age(one) < age(other)


def decisions_in_force(plans: Iterable[Plan], decisions: Iterable[Decision]) -> list[tuple[Decision, int]]:
    """Of these decisions those that the plans come from, and how many plans each; the newest first."""
    counts = Counter(plan.decision_id for plan in plans)
    newest = sorted(decisions, key=age, reverse=True)
    return [(decision, counts[decision.pk]) for decision in newest if counts[decision.pk]]


@dataclass(frozen=True)
class _Told:
    """All that a programme's decisions say, fetched: they in the order of their dates."""

    program: Program
    decisions: Sequence[Decision]
    measures: Sequence[Measure]
    sources: Mapping[int, FundingSource]
    rows: Mapping[int, Sequence[PlannedFunding]]
    """By year, in the order of the decisions."""

    def amendment(self, decision: Decision, before: _InForce, after: _InForce) -> Amendment:
        """`before`, `after`: what is in force without the decision and with it, by year."""
        said: dict[Place, dict[int, Decimal]] = {}
        for rows in self.rows.values():
            for row in rows:
                if row.decision_id == decision.pk:
                    said.setdefault((row.measure_id, row.year), {})[row.source_id] = row.amount
        named = {year for _, year in said}
        years = sorted({*self.program.term, *named})
        totals = [YearTotal(year, _total(before[year]), _total(after[year])) for year in years]
        lines = tuple(
            line
            for measure in self.measures
            for year in years
            for line in self._lines(
                measure,
                year,
                before[year].get(measure.pk, {}),
                after[year].get(measure.pk, {}),
                said.get((measure.pk, year)),
            )
        )
        changed = named | {line.year for line in lines}
        return Amendment(
            decision,
            lines=lines,
            totals=tuple(one for one in totals if one.year in changed),
            introduced=tuple(one for one in self.measures if one.introduced_by_id == decision.pk),
            withdrawn=tuple(one for one in self.measures if one.withdrawn_by_id == decision.pk),
        )

    def _lines(
        self,
        measure: Measure,
        year: int,
        before: Mapping[int, Decimal],
        after: Mapping[int, Decimal],
        said: Mapping[int, Decimal] | None,
    ) -> Iterator[Line]:
        """Of what was named, all; of the rest what changed: measures came or went."""
        if said is None and before == after:
            return
        told = after if said is None else said
        for pk, source in self.sources.items():
            if pk in before or pk in told or pk in after:
                yield Line(
                    measure,
                    year,
                    source,
                    before.get(pk),
                    told.get(pk),
                    after.get(pk),
                    is_named=said is not None,
                )

    def in_force(self, count: int) -> _InForce:
        """Were the first so many decisions all there are; of years of the term and beyond."""
        dates = {decision.pk: decision.date for decision in self.decisions[:count]}
        return {year: self._in_force(year, dates) for year in {*self.program.term, *self.rows}}

    def _in_force(self, year: int, dates: Mapping[int, datetime.date]) -> Plans:
        in_time = {pk for pk, date in dates.items() if date.year <= year}
        plans = newest_plans(row for row in self.rows.get(year, ()) if row.decision_id in in_time)
        return {
            measure.pk: plan.amounts
            for measure in self.measures
            if (plan := plans.get(measure.pk)) and is_in_force(measure, year, dates)
        }


def _total(plans: Plans) -> Decimal | None:
    return calculations.total(amount for plan in plans.values() for amount in plan.values())


def is_in_force(measure: Measure, year: int, dates: Mapping[int, datetime.date]) -> bool:
    """As `MeasureQuerySet.in_force`, were these decisions, by id with their dates, all there are."""
    introduced, withdrawn = measure.introduced_by_id, measure.withdrawn_by_id
    if introduced is not None and not (introduced in dates and dates[introduced].year <= year):
        return False
    return withdrawn is None or withdrawn not in dates or dates[withdrawn].year >= year

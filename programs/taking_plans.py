"""Taking the plan in force into a report's rows.

A report's plan is a copy made when it was opened; a later decision never rewrites it. Here a person
chooses the rows that are to follow the decision. Writes through `entry`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction

from . import calculations
from .calculations import BLANK, Money
from .entry import EntryError, ResultEntry, save_results
from .figures import amount_money
from .models import AnnualReport, Decision, FundingSource, MeasureResult, User
from .plans import Plan, plans_in_force


class Seen(NamedTuple):
    """What a page showed of one row: its version, and the plan in force as `Offer.mark`."""

    version: int
    mark: str


@dataclass(frozen=True)
class OfferedLine:
    """One source's plan, тис. грн. A decision replaces the whole plan: a source it leaves out has none."""

    source: FundingSource
    standing: Decimal | None
    """In the report."""
    in_force: Decimal | None

    @property
    def differs(self) -> bool:
        if self.in_force is None:
            # A zero where nothing is planned says the same; a plan of 0 is not said by a blank.
            return bool(self.standing)
        return self.standing != self.in_force


@dataclass(frozen=True)
class Offer:
    """One row whose plan is not the one in force."""

    result: MeasureResult
    decision: Decision
    lines: tuple[OfferedLine, ...]

    @property
    def standing(self) -> Decimal | None:
        return calculations.total(line.standing for line in self.lines)

    @property
    def in_force(self) -> Decimal | None:
        return calculations.total(line.in_force for line in self.lines)

    @property
    def mark(self) -> str:
        """The plan offered, to be compared when it comes back: what was not seen is not taken."""
        amounts = [f"{line.source.pk}={line.in_force}" for line in self.lines if line.in_force is not None]
        return " ".join([str(self.decision.pk), *amounts])

    def amounts(self) -> dict[int, Money]:
        """The row's money with the plan in force, by id of each source where that differs."""
        standing = {amount.source_id: amount_money(amount) for amount in self.result.amounts.all()}
        return {
            line.source.pk: replace(standing.get(line.source.pk, BLANK), planned=line.in_force)
            for line in self.lines
            if line.differs
        }


class PlansMoved(EntryError):
    """Decisions say something else by now than what the page showed."""

    def __init__(self, codes: Iterable[str]) -> None:
        super().__init__(
            f"Поки ви працювали, план за рішеннями змінився: {', '.join(codes)}. Нічого не записано; "
            "перегляньте нові суми й візьміть план ще раз."
        )


def offers(report: AnnualReport) -> list[Offer]:
    """Rows whose plan differs from the one in force in any source, in printed order.

    Of a measure that no decision plans for the year there is nothing to take. A constant number of queries.
    """
    plans = plans_in_force(report.program, report.year)
    decisions = {decision.pk: decision for decision in report.program.decisions.all()}
    sources = list(FundingSource.objects.all())
    found = [
        Offer(result, decisions[plan.decision_id], _lines(result, plan, sources))
        for result in MeasureResult.objects.for_report(report)
        if (plan := plans.get(result.measure_id))
    ]
    return [offer for offer in found if any(line.differs for line in offer.lines)]


def _lines(result: MeasureResult, plan: Plan, sources: Iterable[FundingSource]) -> tuple[OfferedLine, ...]:
    standing = {amount.source_id: amount.planned for amount in result.amounts.all()}
    return tuple(
        OfferedLine(source, standing.get(source.pk), plan.amounts.get(source.pk))
        for source in sources
        if source.pk in plan.amounts or standing.get(source.pk) is not None
    )


@transaction.atomic
def take(report: AnnualReport, seen: Mapping[int, Seen], *, by: User) -> int:
    """Put the plan in force into these rows, by result id, all or nothing. Returns how many changed.

    Fact and financing stay. A row that follows its decision already is left alone. Raises PlansMoved
    and what `entry.save_results` raises; then nothing is written.
    """
    # Before the rows are read: the facts that go along with the plan must be those that stand.
    AnnualReport.objects.select_for_update(of=("self",)).get(pk=report.pk)
    found = {offer.result.pk: offer for offer in offers(report)}
    moved = [offer for pk, offer in found.items() if pk in seen and seen[pk].mark != offer.mark]
    if moved:
        raise PlansMoved(offer.result.measure.code for offer in moved)
    entries = [
        ResultEntry(pk, one.version, amounts=found[pk].amounts() if pk in found else {})
        for pk, one in seen.items()
    ]
    return save_results(report, entries, by=by)

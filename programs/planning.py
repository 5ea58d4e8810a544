"""What decisions plan in a programme that stands: many figures at once, all or nothing.

Two ways in, a page's table (`amend_plan`) and a file (`amending`), and one function that writes:
`write_figures`. Sources that nobody named are filled beforehand, as `plans.left_standing` says. What
other decisions say is never touched. One measure's own form in «Дані» keeps its rows by itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from simple_history.utils import bulk_create_with_history, bulk_update_with_history

from . import permissions
from .amendments import Place, age, in_force_before, is_in_force
from .enums import DecisionKind, EventKind
from .journal import record
from .models import Decision, FundingSource, Measure, PlannedFunding, Program, User
from .plans import left_standing, too_late
from .textforms import format_decimal_in_full

NOTHING_WRITTEN = "Нічого не записано."


class PlanCell(NamedTuple):
    """The place of one figure in what a decision plans."""

    measure_id: int
    year: int
    source_id: int


Figures = Mapping[PlanCell, Decimal | None]
"""тис. грн; None: the decision says nothing of it."""
Standing = Mapping[PlanCell, PlannedFunding]


@dataclass(frozen=True)
class ToldOfDecision:
    """All that is written and put on record of one decision at once."""

    figures: Figures = field(default_factory=dict)
    """With the sources that it leaves standing."""
    introduced: Sequence[str] = ()
    """Measures that it brought in and took out, by code; these the caller has written."""
    withdrawn: Sequence[str] = ()
    executors: Sequence[Mapping[str, Any]] = ()
    """Bodies that came to be known with them: {"id", "name"}."""


@dataclass(frozen=True)
class Amended:
    changed: int
    """Figures written, altered or taken back."""
    filled: int
    """Of these, sources nobody typed, filled with the figures in force."""


@dataclass(frozen=True)
class Fault:
    """A figure that cannot be written and why, in a Ukrainian sentence."""

    cell: PlanCell
    message: str


@dataclass(frozen=True)
class Conflict:
    """A figure that somebody else changed since the page was opened."""

    cell: PlanCell
    theirs: Decimal | None
    yours: Decimal | None

    @property
    def message(self) -> str:
        theirs = "прибрали суму" if self.theirs is None else f"записали {format_decimal_in_full(self.theirs)}"
        yours = "порожньо" if self.yours is None else format_decimal_in_full(self.yours)
        return f"Поки ви працювали, тут {theirs}; у вас {yours}. Збережіть ще раз, щоб лишилося ваше."


class PlanningError(Exception):
    """Nothing was written; the message is a Ukrainian sentence."""


class PlanningRefused(PlanningError):
    """This person may not, or there is no such measure or source."""


class InvalidPlan(PlanningError):
    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__(f"{NOTHING_WRITTEN} {' '.join(dict.fromkeys(fault.message for fault in faults))}")


class StalePlan(PlanningError):
    def __init__(self, conflicts: list[Conflict]) -> None:
        self.conflicts = conflicts
        super().__init__(
            f"Поки ви працювали, хтось змінив ті самі суми: {len(conflicts)}. {NOTHING_WRITTEN} "
            "Порівняйте обидва значення й збережіть ще раз."
        )


@transaction.atomic
def amend_plan(decision: Decision, figures: Figures, *, by: User, seen: Figures) -> Amended:
    """Make the decision say these figures; those not named stay as they are.

    `seen` are the decision's own figures as the person's page showed them; what is missing there was blank.
    A figure equal to the one seen was not changed by this person and is left alone. Raises PlanningRefused,
    InvalidPlan or StalePlan; then nothing is written.
    """
    program = Program.objects.select_for_update().get(pk=decision.program_id)
    if not permissions.can_manage_program(by, program):
        raise PlanningRefused(f"Плани цієї програми змінює той, хто її веде. {NOTHING_WRITTEN}")
    # As it stands now: its date decides which years it may plan.
    decision = Decision.objects.select_related("program").get(pk=decision.pk)
    changed = {cell: amount for cell, amount in figures.items() if amount != seen.get(cell)}
    measures = _measures_of(program, changed)
    standing = _standing(decision, changed)
    changed = {cell: amount for cell, amount in changed.items() if amount != _amount(standing, cell)}
    faults = [
        fault for cell, amount in changed.items() for fault in _faults(decision, measures, cell, amount)
    ]
    if faults:
        raise InvalidPlan(faults)
    conflicts = [
        Conflict(cell, theirs, amount)
        for cell, amount in changed.items()
        if (theirs := _amount(standing, cell)) != seen.get(cell)
    ]
    if conflicts:
        raise StalePlan(conflicts)
    filled = _filled(decision, changed, standing)
    if changed:
        write_figures(program, {decision: ToldOfDecision({**changed, **filled})}, by=by)
    return Amended(len(changed) + len(filled), len(filled))


@transaction.atomic
def add_decision(
    program: Program, *, number: str, date: datetime.date, title: str = "", url: str = "", by: User
) -> Decision:
    """Another decision that amends the programme; its figures come by `amend_plan`.

    Raises PlanningRefused, or ValidationError with its messages by field.
    """
    program = Program.objects.select_for_update().get(pk=program.pk)
    if not permissions.can_manage_program(by, program):
        raise PlanningRefused(f"Рішення додає той, хто веде цю програму. {NOTHING_WRITTEN}")
    decision = Decision(
        program=program, kind=DecisionKind.AMENDS, number=number, date=date, title=title, url=url
    )
    decision.full_clean()
    approving = program.approving_decision
    if approving is not None and date < approving.date:
        raise ValidationError(
            {"date": f"Зміни не вносять раніше, ніж програму затверджено ({approving.date:%d.%m.%Y})."}
        )
    decision._history_user = by  # type: ignore[attr-defined]
    decision.save()
    _count_change(program, by)
    return decision


# --- what stands, locked -----------------------------------------------------------------


def _measures_of(program: Program, cells: Iterable[PlanCell]) -> dict[int, Measure]:
    """Locked, so that an open form of the measure in «Дані» waits, and then finds it changed."""
    wanted = {cell.measure_id for cell in cells}
    measures = {
        measure.pk: measure
        for measure in Measure.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted, task__program=program)
        .select_related("task__program", "introduced_by", "withdrawn_by")
        .order_by("pk")
    }
    known = set(FundingSource.objects.values_list("pk", flat=True))
    if wanted - measures.keys() or {cell.source_id for cell in cells} - known:
        raise PlanningRefused(
            f"Такого заходу або джерела фінансування в програмі немає. {NOTHING_WRITTEN} Оновіть сторінку."
        )
    return measures


def _standing(decision: Decision, cells: Iterable[PlanCell]) -> dict[PlanCell, PlannedFunding]:
    """What the decision says of the measures and years that the cells are of, every source."""
    rows = PlannedFunding.objects.filter(
        decision=decision,
        measure__in={cell.measure_id for cell in cells},
        year__in={cell.year for cell in cells},
    )
    return {PlanCell(row.measure_id, row.year, row.source_id): row for row in rows}


def figures_before(decision: Decision, years: Collection[int]) -> dict[PlanCell, Decimal]:
    """In force in these years when the decision was taken."""
    return {
        PlanCell(*place, source_id): amount
        for place, plan in in_force_before(decision, years).items()
        for source_id, amount in plan.amounts.items()
    }


def _amount(standing: Standing, cell: PlanCell) -> Decimal | None:
    return standing[cell].amount if cell in standing else None


# --- what cannot be ----------------------------------------------------------------------


def _faults(
    decision: Decision, measures: Mapping[int, Measure], cell: PlanCell, amount: Decimal | None
) -> Iterator[Fault]:
    if amount is None:
        # To be taken back, whatever is wrong with it.
        return
    measure = measures[cell.measure_id]
    row = _row(decision, cell, amount)
    row.measure = measure
    try:
        row.clean_fields(exclude={"measure", "decision", "source"})
        row.clean()
    except ValidationError as error:
        yield from (Fault(cell, message) for message in error.messages)
        return
    if late := too_late(decision.date, cell.year):
        yield Fault(cell, late)
    elif not is_in_force(measure, cell.year, _dates(measure)):
        yield Fault(cell, f"Захід {measure.code} у {cell.year} році не діє.")


def _dates(measure: Measure) -> dict[int, datetime.date]:
    """Of the decisions that took the measure in and out."""
    return {one.pk: one.date for one in (measure.introduced_by, measure.withdrawn_by) if one}


# --- writing -----------------------------------------------------------------------------


def _filled(decision: Decision, changed: Figures, standing: Standing) -> dict[PlanCell, Decimal]:
    """`plans.left_standing` of every measure and year that is changed."""
    said = {cell: row.amount for cell, row in standing.items()} | dict(changed)
    in_time = [cell for cell in said if decision.date.year <= cell.year]
    by_place: dict[Place, dict[int, Decimal | None]] = {}
    for cell in in_time:
        by_place.setdefault((cell.measure_id, cell.year), {})[cell.source_id] = said[cell]
    met = in_force_before(decision, {cell.year for cell in in_time})
    return {
        PlanCell(measure_id, year, source_id): amount
        for measure_id, year in sorted({(cell.measure_id, cell.year) for cell in changed} & met.keys())
        for source_id, amount in left_standing(
            by_place[measure_id, year], met[measure_id, year].amounts
        ).items()
    }


def _row(decision: Decision, cell: PlanCell, amount: Decimal) -> PlannedFunding:
    return PlannedFunding(
        decision=decision,
        measure_id=cell.measure_id,
        year=cell.year,
        source_id=cell.source_id,
        amount=amount,
    )


def write_figures(program: Program, told: Mapping[Decision, ToldOfDecision], *, by: User) -> None:
    """Make decisions say these figures, where None takes one back; nothing is checked or filled here.

    The programme is locked by the caller. Its version and the measures' grow, so that forms opened before
    are stale; history is in the person's name; each decision leaves one event PLAN_AMENDED: how many
    figures of which years and measures, each with the figure in force before the decision, the one that
    the decision itself said until now and the one it says, тис. грн or None; measures in and out.
    """
    stamp: dict[str, Any] = {"default_user": by, "default_date": timezone.now()}
    measures = {
        measure.pk: measure
        for measure in Measure.objects.select_for_update(of=("self",))
        .filter(pk__in={cell.measure_id for one in told.values() for cell in one.figures})
        .select_related("task")
        .order_by("task__number", "number", "pk")
    }
    # The oldest first: what it says is what the next one meets.
    for decision in sorted(told, key=age):
        figures = told[decision].figures
        standing = _standing(decision, figures)
        event = {
            "program_id": program.pk,
            "program": program.public_id,
            "decision": {"id": decision.pk, "number": decision.number, "date": decision.date},
            **_of_figures(decision, figures, standing, measures),
            "introduced": list(told[decision].introduced),
            "withdrawn": list(told[decision].withdrawn),
            "executors": list(told[decision].executors),
        }
        _write_rows(decision, figures, standing, by, stamp)
        record(EventKind.PLAN_AMENDED, by=by, **event)
    for measure in measures.values():
        measure.version += 1
    if measures:
        bulk_update_with_history(list(measures.values()), Measure, ["version"], **stamp)
    _count_change(program, by)


def _count_change(program: Program, by: User) -> None:
    """So that forms of the programme opened before are stale."""
    program.version += 1
    program._history_user = by  # type: ignore[attr-defined]  # how simple-history is told the person
    program.save(update_fields=["version"])


def _of_figures(
    decision: Decision, figures: Figures, standing: Standing, measures: Mapping[int, Measure]
) -> dict[str, Any]:
    met = figures_before(decision, {cell.year for cell in figures})
    named = {cell.measure_id for cell in figures}
    return {
        "cells": len(figures),
        "years": sorted({cell.year for cell in figures}),
        "measures": [measure.code for pk, measure in measures.items() if pk in named],
        "figures": [
            {
                "measure": measures[cell.measure_id].code,
                "year": cell.year,
                "source": cell.source_id,
                "before": met.get(cell),
                "said": _amount(standing, cell),
                "after": amount,
            }
            for cell, amount in figures.items()
        ],
    }


def _write_rows(
    decision: Decision, figures: Figures, standing: Standing, by: User, stamp: Mapping[str, Any]
) -> None:
    new, old = [], []
    for cell, amount in figures.items():
        row = standing.get(cell)
        if amount is None and row is not None:
            row._history_user = by  # type: ignore[attr-defined]
            row.delete()
        elif amount is not None and row is not None:
            row.amount = amount
            old.append(row)
        elif amount is not None:
            new.append(_row(decision, cell, amount))
    if old:
        bulk_update_with_history(old, PlannedFunding, ["amount"], **stamp)
    if new:
        bulk_create_with_history(new, PlannedFunding, **stamp)
